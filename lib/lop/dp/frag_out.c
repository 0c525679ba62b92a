/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Output stage 5: cut what exceeds the MTU (contract FR-01 to FR-03).
 *
 * in    whole IPv4 packets with meta.dst
 * out   those that fit; fragments go on from here, one by one, and over lo each is received before
 *       the next one leaves, as Linux has it
 * drop  TOO_BIG, FRAG_FAILED
 */

#include <errno.h>
#include <string.h>

#include <netinet/ip_icmp.h>

#include "csum.h"
#include "ip_options.h"
#include "reasm.h"
#include "stages.h"
#include "trace.h"

#define HEADER_MAX 60

/* What is being cut. */
struct cut {
	struct rte_mbuf *m;
	const struct rte_mbuf *seg; /* where copying goes on */
	uint32_t seg_off;
	uint32_t left;       /* bytes not sent yet */
	uint32_t offset;     /* of the next fragment's data, in the original datagram */
	uint32_t chunk;      /* bytes of every fragment but the last */
	uint32_t last_chunk; /* bytes that the last can have */
	uint8_t header_bytes;
	bool more_behind; /* what is cut is itself a fragment, and not the last */
	uint8_t header[HEADER_MAX];
};

static uint32_t
mtu_of(const struct rte_mbuf *m)
{
	const struct lop_dst *dst = lop_meta(m)->dst;
	const struct lop_sock *sk = lop_meta(m)->sock;

	/* these modes do not believe in what is said about a path (contract RT-17) */
	if (unlikely(sk != NULL && lop_load(sk->pmtudisc) >= IP_PMTUDISC_PROBE))
		return RTE_MIN(lop_load(dst->dev->mtu_bytes), (uint32_t)UINT16_MAX);
	return dst->mtu_bytes;
}

/* Append bytes from where copying goes on. 0, or -ENOMEM with what is there left to the caller. */
static int
append(struct lop_worker *w, struct cut *c, struct rte_mbuf *to, uint32_t bytes)
{
	struct rte_mbuf *last = to;

	while (bytes != 0) {
		uint32_t n = RTE_MIN(bytes, c->seg->data_len - c->seg_off);

		if (n == 0) {
			c->seg = c->seg->next;
			c->seg_off = 0;
			continue;
		}
		if (rte_pktmbuf_tailroom(last) == 0) {
			last->next = rte_pktmbuf_alloc(w->lop->pool);
			if (last->next == NULL)
				return -ENOMEM;
			last = last->next;
			last->data_off = 0;
			to->nb_segs++;
		}
		n = RTE_MIN(n, rte_pktmbuf_tailroom(last));
		memcpy(rte_pktmbuf_mtod_offset(last, uint8_t *, last->data_len),
				rte_pktmbuf_mtod_offset(c->seg, const uint8_t *, c->seg_off), n);
		last->data_len += n;
		to->pkt_len += n;
		c->seg_off += n;
		bytes -= n;
	}
	return 0;
}

/* The next fragment, or NULL: out of mbufs. */
static struct rte_mbuf *
next_fragment(struct lop_worker *w, struct cut *c)
{
	const uint32_t bytes = c->left <= c->last_chunk ? c->left : c->chunk;
	const bool more = bytes != c->left || c->more_behind;
	struct rte_mbuf *f = rte_pktmbuf_alloc(w->lop->pool);
	struct rte_ipv4_hdr *ip;

	if (f == NULL)
		return NULL;
	ip = (struct rte_ipv4_hdr *)rte_pktmbuf_append(f, c->header_bytes);
	if (append(w, c, f, bytes) != 0) {
		rte_pktmbuf_free(f);
		return NULL;
	}
	memcpy(ip, c->header, c->header_bytes);
	ip->total_length = rte_cpu_to_be_16(f->pkt_len);
	ip->fragment_offset = rte_cpu_to_be_16(
			c->offset / RTE_IPV4_HDR_OFFSET_UNITS | (more ? RTE_IPV4_HDR_MF_FLAG : 0));
	ip->hdr_checksum = 0;
	ip->hdr_checksum = rte_ipv4_cksum(ip);

	*lop_meta(f) = *lop_meta(c->m);
	lop_meta(f)->flags &= ~LOP_META_IGNORE_DF;
	f->ol_flags |= c->m->ol_flags & lop_meta_flag_bit;
	lop_cutter_set(f, w);
	c->offset += bytes;
	c->left -= bytes;
	return f;
}

/* One fragment through the rest of output, and over the loop. 0, -errno, or 1: it is lost. */
static int
send_on(struct lop_worker *w, struct rte_mbuf *f)
{
	const struct lop_if *dev = lop_meta(f)->dst->dev;
	int err;

	w->out = (struct lop_out){ .headers = true, .fits = true };
	if (lop_neigh_out(w, &f, 1) != 0)
		lop_dev_out(w, &f, 1);
	err = w->out.err;
	if (!w->looping)
		lop_loop(w);
	/* no error of the sender's, but the rest stays here (contract DEV-10) */
	return err == 0 && !lop_if_is_up(dev) ? 1 : err;
}

static void
cut_begin(struct cut *c, struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	const uint16_t off = rte_be_to_cpu_16(ip->fragment_offset);
	struct lop_meta *meta = lop_meta(m);

	c->m = m;
	c->header_bytes = lop_ihl(m);
	c->seg = m;
	c->seg_off = c->header_bytes;
	c->left = m->pkt_len - c->header_bytes;
	c->last_chunk = mtu_of(m) > c->header_bytes ? mtu_of(m) - c->header_bytes : 0;
	c->chunk = c->last_chunk & ~(uint32_t)7;
	c->offset = (off & RTE_IPV4_HDR_OFFSET_MASK) * RTE_IPV4_HDR_OFFSET_UNITS;
	c->more_behind = (off & RTE_IPV4_HDR_MF_FLAG) != 0;
	if ((meta->flags & LOP_META_CSUM_PARTIAL) != 0) {
		lop_csum_finish_udp(m, c->header_bytes);
		meta->flags &= ~LOP_META_CSUM_PARTIAL;
		meta->flags |= LOP_META_CSUM_VALID;
	}
	memcpy(c->header, ip, c->header_bytes);
}

/* Cut a packet and send the pieces. 0, or -errno of what stopped it. Takes the packet. */
static int
cut_and_send(struct lop_worker *w, struct rte_mbuf *m)
{
	uint32_t made = 0;
	struct cut c;
	int err = 0;

	cut_begin(&c, m);
	if (c.chunk == 0)
		err = -EMSGSIZE;
	while (err == 0 && c.left != 0) {
		struct rte_mbuf *f = next_fragment(w, &c);

		if (made == 0)
			lop_options_fragment(c.header + sizeof(struct rte_ipv4_hdr),
					c.header_bytes - sizeof(struct rte_ipv4_hdr));
		err = f == NULL ? -ENOMEM : send_on(w, f);
		if (err == 0)
			made++;
	}
	lop_mib_add(w, IP_FRAGCREATES, made);
	if (lop_tracing(w))
		lop_trace_burst(w, LOP_TRACE_FRAG, &m, 1, made, mtu_of(m));
	if (err != 0) {
		lop_mib_add(w, IP_FRAGFAILS, 1);
		lop_drop(w, m, FRAG_FAILED);
	} else {
		lop_mib_add(w, IP_FRAGOKS, 1);
		rte_pktmbuf_free(m);
	}
	return err;
}

/* What is too long, cut or refused; what fits and stood in front of it has gone. */
static void
too_long(struct lop_worker *w, struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	struct lop_out out = w->out;
	int err;

	if ((ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_DF_FLAG)) != 0 &&
			(lop_meta(m)->flags & LOP_META_IGNORE_DF) == 0) {
		lop_mib_add(w, IP_FRAGFAILS, 1);
		lop_icmp_send(w, m, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
				rte_cpu_to_be_32(mtu_of(m)));
		lop_out_drop(w, m, TOO_BIG, EMSGSIZE);
		return;
	}
	err = cut_and_send(w, m);
	if (err < 0) {
		out.err = err;
		out.failed++;
	}
	w->out = out;
}

uint16_t
lop_frag_out(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t kept = 0;

	if (likely(w->out.fits))
		return n;
	for (uint16_t i = 0; i < n; i++) {
		struct lop_out out;

		if (likely(pkts[i]->pkt_len <= mtu_of(pkts[i]))) {
			pkts[kept++] = pkts[i];
			continue;
		}
		/* in order: the sender's packets before this one go first */
		if (kept != 0) {
			out = w->out;
			w->out.fits = true;
			kept = lop_neigh_out(w, pkts, kept);
			if (kept != 0)
				lop_dev_out(w, pkts, kept);
			out.err = w->out.err;
			out.failed = w->out.failed;
			w->out = out;
			kept = 0;
		}
		too_long(w, pkts[i]);
	}
	w->out.fits = true;
	return kept;
}
