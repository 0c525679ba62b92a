/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Input stage: fragments become datagrams again (contract RE-01, RE-02).
 *
 * in    whole IPv4 packets, headers checked, routed
 * out   no fragments: a datagram that has become whole takes the place of the fragment that made
 *       it so, with that one's destination, in a chain of mbufs
 * drop  REASM, REASM_TIMEOUT
 *
 * Every fragment is copied nowhere; it waits in its mbuf, at most until ipfrag_time is over.
 */

#include <linux/rtnetlink.h>
#include <netinet/ip_icmp.h>

#include "fib.h"
#include "reasm.h"
#include "sock.h"
#include "stages.h"
#include "trace.h"

#define OFFSET_MASK RTE_BE16(RTE_IPV4_HDR_OFFSET_MASK | RTE_IPV4_HDR_MF_FLAG)
#define EXPIRED_AT_ONCE 32

enum {
	ECN_NOT_ECT,
	ECN_ECT1,
	ECN_ECT0,
	ECN_CE
};

/* What a fragment's header says. */
struct piece {
	uint32_t start, end, header;
	bool more, df;
	uint8_t ecn;
};

static struct piece
piece_of(const struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	const uint16_t off = rte_be_to_cpu_16(ip->fragment_offset);
	struct piece p = {
		.start = (off & RTE_IPV4_HDR_OFFSET_MASK) * RTE_IPV4_HDR_OFFSET_UNITS,
		.header = lop_ihl(m),
		.more = (off & RTE_IPV4_HDR_MF_FLAG) != 0,
		.df = (off & RTE_IPV4_HDR_DF_FLAG) != 0,
		.ecn = ip->type_of_service & 3,
	};

	p.end = p.start + m->pkt_len - p.header;
	/* only the last one may end between two units */
	if (p.more)
		p.end &= ~(uint32_t)7;
	return p;
}

/* Cut a chain to a length. */
static void
trim(struct rte_mbuf *m, uint32_t bytes)
{
	struct rte_mbuf *seg = m, *rest;
	uint32_t left = bytes;

	if (m->pkt_len == bytes)
		return;
	while (seg->next != NULL && left > seg->data_len) {
		left -= seg->data_len;
		seg = seg->next;
	}
	rest = seg->next;
	seg->next = NULL;
	seg->data_len = left;
	m->pkt_len = bytes;
	while (rest != NULL) {
		struct rte_mbuf *next = rest->next;

		rte_pktmbuf_free_seg(rest);
		m->nb_segs--;
		rest = next;
	}
}

/* The datagram's ECN bits from those of its fragments: 0, CE, or -1 where they contradict. */
static int
ecn_of(uint8_t seen)
{
	if ((seen & 1 << ECN_NOT_ECT) != 0)
		return seen == 1 << ECN_NOT_ECT ? 0 : -1;
	return (seen & 1 << ECN_CE) != 0 && seen != 1 << ECN_CE ? ECN_CE : 0;
}

/* All is there: one packet, or NULL and nothing is left. */
static struct rte_mbuf *
whole(struct lop_worker *w, struct lop_reasm *r, struct lop_reasm_queue *q,
		const struct lop_meta *meta)
{
	const struct rte_mbuf *head = q->run[0];
	const uint32_t header = lop_ihl(head);
	const uint16_t options = lop_meta(head)->flags & LOP_META_OPTIONS;
	const uint8_t pkt_type = lop_meta(head)->pkt_type;
	const int ecn = ecn_of(q->ecn);
	struct rte_ipv4_hdr *ip;
	struct rte_mbuf *m;
	uint32_t charge;

	if (ecn < 0 || header + q->end > RTE_IPV4_MAX_PKT_LEN) {
		lop_mib_add(w, IP_REASMFAILS, 1);
		lop_reasm_empty(w, r, q, LOP_DROP_REASM);
		lop_reasm_remove(r, q);
		return NULL;
	}
	charge = lop_reasm_charge(q);
	m = lop_reasm_join(q);
	m->ol_flags &= ~(RTE_MBUF_F_RX_RSS_HASH | RTE_MBUF_F_RX_FDIR | RTE_MBUF_F_RX_FDIR_ID);
	*lop_meta(m) = *meta;
	/* its header is the first fragment's, and so are its options and the kind of its frame */
	lop_meta(m)->pkt_type = pkt_type;
	lop_meta(m)->flags &= ~LOP_META_OPTIONS;
	lop_meta(m)->flags |= LOP_META_REASSEMBLED | options;
	if (!q->csum_valid)
		lop_meta(m)->flags &= ~LOP_META_CSUM_VALID;
	lop_meta(m)->l3_len = header;
	lop_charge_set(m, charge);
	m->vlan_tci_outer = q->largest; /* IP_RECVFRAGSIZE (contract CM-06) */

	ip = rte_pktmbuf_mtod(m, struct rte_ipv4_hdr *);
	ip->total_length = rte_cpu_to_be_16(m->pkt_len);
	/* the sender wanted no fragments larger than these to be cut again */
	ip->fragment_offset = q->largest_df != 0 && q->largest_df == q->largest
			? RTE_BE16(RTE_IPV4_HDR_DF_FLAG)
			: 0;
	ip->type_of_service |= ecn;
	ip->hdr_checksum = 0;
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	lop_mib_add(w, IP_REASMOKS, 1);
	lop_reasm_remove(r, q);
	return m;
}

/* Too many of its sender's fragments came since the last one of this datagram: begin anew. */
static bool
too_far(const struct lop_worker *w, struct lop_reasm_queue *q)
{
	const uint32_t limit = lop_setting(w->lop, LOP_SETTING_IPFRAG_MAX_DIST);
	const uint32_t mark = q->source_mark;

	if (q->source == NULL || limit == 0)
		return false;
	q->source_mark = ++q->source->fragments;
	return q->last_run != NULL && q->source_mark - mark > limit;
}

/* Whether a fragment agrees with what is known of the datagram's end; learns from it. */
static bool
agrees(struct lop_reasm_queue *q, const struct piece *p)
{
	if (p->end == p->start)
		return false;
	if (p->more) {
		if (p->end > q->end && q->last_in)
			return false;
		q->end = RTE_MAX(q->end, p->end);
		return true;
	}
	if (p->end < q->end || (q->last_in && p->end != q->end))
		return false;
	q->last_in = true;
	q->end = p->end;
	return true;
}

static void
give_up(struct lop_worker *w, struct lop_reasm *r, struct lop_reasm_queue *q, struct rte_mbuf *m)
{
	lop_mib_add(w, IP_REASMFAILS, 1);
	lop_drop(w, m, REASM);
	lop_reasm_empty(w, r, q, LOP_DROP_REASM);
	lop_reasm_remove(r, q);
}

/* One fragment into its queue. The datagram, if it is whole now. */
static struct rte_mbuf *
put(struct lop_worker *w, struct lop_reasm *r, struct lop_reasm_queue *q, struct rte_mbuf *m)
{
	const struct lop_meta meta = *lop_meta(m);
	const struct piece p = piece_of(m);
	const uint32_t truesize = lop_truesize(m->pkt_len - RTE_MIN(28U, m->pkt_len));
	const uint16_t came_in_by = lop_came_in_by(w, m);
	const uint32_t size = p.end - p.start + p.header;

	if (too_far(w, q)) {
		lop_mib_add(w, IP_REASMFAILS, 1);
		lop_reasm_restart(w, r, q);
	}
	if (!agrees(q, &p)) {
		give_up(w, r, q, m);
		return NULL;
	}
	trim(m, size);
	/* the first one's header becomes the datagram's */
	if (p.start != 0)
		rte_pktmbuf_adj(m, p.header);
	switch (lop_reasm_put(q, m, p.start, p.end)) {
	case LOP_REASM_DUPLICATE:
		lop_drop(w, m, REASM);
		return NULL;
	case LOP_REASM_OVERLAP:
		lop_mib_add(w, IPEXT_REASMOVERLAPS, 1);
		give_up(w, r, q, m);
		return NULL;
	case LOP_REASM_KEPT:
		break;
	}
	/* destinations do not live as long as a datagram may wait */
	lop_meta(m)->dst = NULL;
	q->ifindex = came_in_by;
	q->first_in |= p.start == 0;
	q->bytes += p.end - p.start;
	q->ecn |= 1 << p.ecn;
	q->csum_valid &= (meta.flags & LOP_META_CSUM_VALID) != 0;
	q->largest = RTE_MAX(q->largest, size);
	if (p.df)
		q->largest_df = RTE_MAX(q->largest_df, size);
	q->truesize += truesize;
	r->bytes += truesize;
	if (!q->first_in || !q->last_in || q->bytes != q->end)
		return NULL;
	return whole(w, r, q, &meta);
}

/* A fragment: NULL, or the datagram that it completes. */
static struct rte_mbuf *
take(struct lop_worker *w, struct lop_reasm *r, struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	const struct lop_reasm_key key = {
		.saddr_be = ip->src_addr,
		.daddr_be = ip->dst_addr,
		.id_be = ip->packet_id,
		.protocol = ip->next_proto_id,
		.cutter = lop_cutter(w, m),
	};
	struct lop_reasm_queue *q = NULL;
	const uint32_t limit = lop_setting(w->lop, LOP_SETTING_IPFRAG_HIGH_THRESH);

	/* over the limit even what has begun is refused */
	if (limit != 0 && r->bytes <= limit) {
		q = lop_reasm_find(r, &key);
		if (q == NULL)
			q = lop_reasm_new(w, r, &key);
	}
	if (q == NULL) {
		lop_mib_add(w, IP_REASMFAILS, 1);
		lop_drop(w, m, REASM);
		return NULL;
	}
	return put(w, r, q, m);
}

static bool
is_fragment(const struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);

	return unlikely((ip->fragment_offset & OFFSET_MASK) != 0);
}

uint16_t
lop_reasm_in(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	struct lop_reasm *r = w->lop->reasm;
	uint16_t kept = 0, fragments = 0;

	while (kept < n && !is_fragment(pkts[kept]))
		kept++;
	if (likely(kept == n))
		return n;

	lop_reasm_timer(w);
	rte_spinlock_lock(&r->lock);
	for (uint16_t i = kept; i < n; i++) {
		struct rte_mbuf *m = pkts[i];

		if (is_fragment(m)) {
			fragments++;
			m = take(w, r, m);
		}
		if (m != NULL)
			pkts[kept++] = m;
	}
	rte_spinlock_unlock(&r->lock);
	lop_mib_add(w, IP_REASMREQDS, fragments);
	if (lop_tracing(w) && kept != 0)
		lop_trace_burst(w, LOP_TRACE_REASM, pkts, kept, fragments, 0);
	return kept;
}

/*
 * Only about a first fragment that would be let in and delivered still: over lo none is, for its
 * source is this host's (contract RE-02, RX-02).
 */
static void
answer_expired(struct lop_worker *w, struct rte_mbuf *m, int ifindex)
{
	struct lop_if *in = lop_if_of(w->lop, ifindex);
	const struct lop_dst *dst;
	int reason;

	if (in != NULL && lop_route_input(w, m, in, &dst, &reason) == 0 && dst->type == RTN_LOCAL) {
		lop_meta(m)->dst = dst;
		lop_icmp_send(w, m, ICMP_TIME_EXCEEDED, ICMP_EXC_FRAGTIME, 0);
	}
	lop_drop(w, m, REASM_TIMEOUT);
}

void
lop_reasm_timer(struct lop_worker *w)
{
	struct lop_reasm *r = w->lop->reasm;
	struct rte_mbuf *first[EXPIRED_AT_ONCE];
	uint16_t ifindex[EXPIRED_AT_ONCE];

	while (lop_load(r->due_us) <= lop_now(w)) {
		struct lop_reasm_queue *q;
		unsigned int n = 0, expired = 0;

		rte_spinlock_lock(&r->lock);
		while (n < EXPIRED_AT_ONCE && (q = TAILQ_FIRST(&r->by_due)) != NULL &&
				q->due_us <= lop_now(w)) {
			first[n] = lop_reasm_take_first(q);
			ifindex[n] = q->ifindex;
			if (first[n] != NULL)
				n++;
			expired++;
			lop_reasm_empty(w, r, q, LOP_DROP_REASM_TIMEOUT);
			lop_reasm_remove(r, q);
		}
		rte_spinlock_unlock(&r->lock);
		lop_mib_add(w, IP_REASMFAILS, expired);
		lop_mib_add(w, IP_REASMTIMEOUT, expired);
		for (unsigned int i = 0; i < n; i++)
			answer_expired(w, first[i], ifindex[i]);
	}
}
