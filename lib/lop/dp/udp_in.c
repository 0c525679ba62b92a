/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Datagrams to their sockets.
 *
 * in    data starts at the UDP header; the IPv4 header of meta.l3_len bytes stands in front
 * out   0: all are taken
 * drop  UDP_HEADER, UDP_CSUM, NO_SOCKET, and what lop_sock_deliver() drops
 */

#include <netinet/ip_icmp.h>

#include <rte_ip.h>
#include <rte_udp.h>

#include "copy.h"
#include "csum.h"
#include "stages.h"
#include "trace.h"
#include "udp_in.h"
#include "udp_table.h"

/* Payloads of which a wrong checksum is found when they come in; of larger ones when read (UR-01). */
#define SUM_AT_ONCE_BYTES (76 - sizeof(struct rte_udp_hdr))

bool
lop_udp_payload_is_right(struct rte_mbuf *m)
{
	const struct rte_udp_hdr *udp = lop_udp_of(m);
	const struct rte_ipv4_hdr *ip = lop_udp_ip_of(m);
	uint32_t sum;

	if ((lop_meta(m)->flags & LOP_META_CSUM_KNOWN) != 0 || udp->dgram_cksum == 0)
		return true;
	sum = lop_csum_sum(m, 0) + rte_raw_cksum(udp, sizeof(*udp));
	sum += (ip->src_addr & 0xffff) + (ip->src_addr >> 16);
	sum += (ip->dst_addr & 0xffff) + (ip->dst_addr >> 16);
	sum += RTE_BE16(IPPROTO_UDP) + rte_cpu_to_be_16(m->pkt_len + sizeof(*udp));
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	if (sum != 0xffff)
		return false;
	lop_meta(m)->flags |= LOP_META_CSUM_VALID;
	return true;
}

static void
wrong_sum(struct lop_worker *w, struct rte_mbuf *m)
{
	lop_mib_add(w, UDP_INCSUMERRORS, 1);
	lop_mib_add(w, UDP_INERRORS, 1);
	lop_drop(w, m, UDP_CSUM);
}

/* The header is there, its length is possible, data beyond it is cut off; else dropped, and false. */
static __rte_always_inline bool
check(struct lop_worker *w, struct rte_mbuf *m)
{
	uint32_t length;

	if (unlikely(m->data_len < sizeof(struct rte_udp_hdr)) &&
			(m->pkt_len < sizeof(struct rte_udp_hdr) || rte_pktmbuf_linearize(m) != 0))
		goto bad;
	length = rte_be_to_cpu_16(rte_pktmbuf_mtod(m, const struct rte_udp_hdr *)->dgram_len);
	if (unlikely(length != m->pkt_len)) {
		if (length < sizeof(struct rte_udp_hdr) || length > m->pkt_len)
			goto bad;
		lop_shorten(m, length);
	}
	return true;
bad:
	lop_mib_add(w, UDP_INERRORS, 1);
	lop_drop(w, m, UDP_HEADER);
	return false;
}

static __rte_always_inline struct lop_tuple
tuple_of(const struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = lop_udp_ip_of(m);
	const struct rte_udp_hdr *udp = lop_udp_of(m);

	return (struct lop_tuple){
		.saddr_be = ip->src_addr,
		.daddr_be = ip->dst_addr,
		.sport_be = udp->src_port,
		.dport_be = udp->dst_port,
		.ifindex = lop_meta(m)->ifindex,
	};
}

/* contract IC-01 */
static __rte_noinline void
to_nobody(struct lop_worker *w, struct rte_mbuf *m)
{
	if (!lop_udp_payload_is_right(m)) {
		wrong_sum(w, m);
		return;
	}
	lop_mib_add(w, UDP_NOPORTS, 1);
	rte_pktmbuf_prepend(m, lop_meta(m)->l3_len + sizeof(struct rte_udp_hdr));
	lop_icmp_send(w, m, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
	lop_drop(w, m, NO_SOCKET);
}

/* Each socket that listens gets a copy, the last one the datagram (contract BC-01, MC-02). */
static __rte_noinline void
to_many(struct lop_worker *w, struct rte_mbuf *m)
{
	const struct lop_tuple t = tuple_of(m);
	struct lop_sock *found = NULL;
	struct lop_sock *sk = lop_acquire(w->lop->udp->by_port[lop_udp_port_chain(t.dport_be)]);

	if (m->pkt_len <= SUM_AT_ONCE_BYTES && !lop_udp_payload_is_right(m)) {
		wrong_sum(w, m);
		return;
	}
	for (; sk != NULL; sk = lop_acquire(sk->by_port)) {
		struct rte_mbuf *copy;

		if (!lop_udp_hears(sk, &t, (lop_meta(m)->flags & LOP_META_MULTICAST) != 0))
			continue;
		if (found != NULL) {
			copy = lop_udp_copy(w, m);
			if (copy != NULL)
				lop_sock_deliver(w, found, &copy, 1);
		}
		found = sk;
	}
	if (found != NULL) {
		lop_sock_deliver(w, found, &m, 1);
	} else {
		lop_mib_add(w, UDP_IGNOREDMULTI, 1);
		rte_pktmbuf_free(m);
	}
}

/* One datagram for one socket, or NULL: it is taken care of. */
static __rte_always_inline struct lop_sock *
to_one(struct lop_worker *w, struct rte_mbuf *m, struct lop_tuple *last, struct lop_sock *last_sk)
{
	const struct lop_tuple t = tuple_of(m);
	struct lop_sock *sk;

	if (likely(last_sk != NULL && t.saddr_be == last->saddr_be &&
			    t.daddr_be == last->daddr_be && t.sport_be == last->sport_be &&
			    t.dport_be == last->dport_be && t.ifindex == last->ifindex)) {
		sk = last_sk;
	} else {
		sk = lop_udp_lookup(w->lop, &t);
		if (unlikely(sk == NULL)) {
			to_nobody(w, m);
			return NULL;
		}
		*last = t;
	}
	if (lop_tracing(w))
		lop_trace_burst(w, LOP_TRACE_UDP_IN, &m, 1, (uintptr_t)sk, 0);
	if (unlikely((lop_meta(m)->flags & LOP_META_CSUM_KNOWN) == 0 &&
			    m->pkt_len <= SUM_AT_ONCE_BYTES && !lop_udp_payload_is_right(m))) {
		wrong_sum(w, m);
		return NULL;
	}
	return sk;
}

uint16_t
lop_udp_in(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	struct lop_sock *run_sk = NULL;
	struct lop_tuple last = { 0 };
	uint16_t run = 0;

	/* neighbours for the same socket go together: pkts[0..run) are kept for run_sk */
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		struct lop_sock *sk;

		if (unlikely(!check(w, m)))
			continue;
		rte_pktmbuf_adj(m, sizeof(struct rte_udp_hdr));
		if (unlikely((lop_meta(m)->flags & (LOP_META_BROADCAST | LOP_META_MULTICAST)) !=
				    0)) {
			to_many(w, m);
			continue;
		}
		sk = to_one(w, m, &last, run_sk);
		if (unlikely(sk == NULL))
			continue;
		if (sk != run_sk && run != 0) {
			lop_sock_deliver(w, run_sk, pkts, run);
			run = 0;
		}
		run_sk = sk;
		pkts[run++] = m;
	}
	if (likely(run != 0))
		lop_sock_deliver(w, run_sk, pkts, run);
	return 0;
}
