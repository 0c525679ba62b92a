/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Input stage 7: to the protocols, and to raw sockets before them (contract DM-01).
 *
 * in    packets for this host, whole, behind LOCAL_IN; data starts at the IPv4 header
 * out   0: all are taken
 * drop  NO_PROTOCOL, and what the protocols drop
 */

#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#include <rte_ether.h>
#include <rte_icmp.h>
#include <rte_ip.h>

#include "stages.h"
#include "trace.h"
#include "udp_table.h"

/* ICMP_FILTER: types that a raw socket does not want to hear, and what has none. */
static bool
is_filtered(const struct lop_sock *sk, const struct rte_mbuf *m)
{
	uint8_t room[sizeof(struct rte_icmp_hdr)];
	const uint8_t *type = rte_pktmbuf_read(m, lop_ihl(m), sizeof(room), room);

	return type == NULL || (*type < 32 && (lop_load(sk->icmp_filter) & RTE_BIT32(*type)) != 0);
}

/* Copies to raw sockets of this protocol; whether there was one. */
static __rte_noinline bool
to_raw(struct lop_worker *w, struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	const uint32_t header = lop_ihl(m);
	bool any = false;

	for (struct lop_sock *sk = lop_acquire(w->lop->udp->raw); sk != NULL;
			sk = lop_acquire(sk->by_port)) {
		struct rte_mbuf *copy;

		if (sk->type != SOCK_RAW || sk->protocol != ip->next_proto_id ||
				(lop_load(sk->rcv_saddr_be) != 0 &&
						lop_load(sk->rcv_saddr_be) != ip->dst_addr) ||
				(lop_load(sk->daddr_be) != 0 &&
						lop_load(sk->daddr_be) != ip->src_addr) ||
				(lop_load(sk->bound_if) != 0 &&
						lop_load(sk->bound_if) != lop_meta(m)->ifindex))
			continue;
		any = true;
		if (ip->next_proto_id == IPPROTO_ICMP && is_filtered(sk, m))
			continue;
		copy = rte_pktmbuf_copy(m, w->lop->pool, 0, UINT32_MAX);
		if (copy == NULL) {
			lop_count(w->drop[LOP_DROP_NO_MBUF], 1);
			continue;
		}
		*lop_meta(copy) = *lop_meta(m);
		/* a filter may ask for the link header */
		if (likely(rte_pktmbuf_headroom(m) >= RTE_ETHER_HDR_LEN))
			memcpy(rte_pktmbuf_mtod(copy, uint8_t *) - RTE_ETHER_HDR_LEN,
					rte_pktmbuf_mtod(m, const uint8_t *) - RTE_ETHER_HDR_LEN,
					RTE_ETHER_HDR_LEN);
		/* its length has the IPv4 header, the charge has not */
		if ((lop_meta(m)->flags & LOP_META_CHARGED) == 0)
			lop_charge_set(copy, lop_truesize_of(m->pkt_len - header, header - 20));
		lop_sock_deliver(w, sk, &copy, 1);
	}
	return any;
}

static void
to_nobody(struct lop_worker *w, struct rte_mbuf *m, bool raw)
{
	if (raw) {
		lop_mib_add(w, IP_INDELIVERS, 1);
		rte_pktmbuf_free(m);
		return;
	}
	lop_mib_add(w, IP_INUNKNOWNPROTOS, 1);
	lop_icmp_send(w, m, ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, 0);
	lop_drop(w, m, NO_PROTOCOL);
}

/* A run of packets of one protocol. */
static void
to_protocol(struct lop_worker *w, uint8_t protocol, struct rte_mbuf **pkts, uint16_t n)
{
	bool raw[LOP_BURST_MAX] = { false };

	if (unlikely(lop_load(w->lop->udp->nb_raw) != 0)) {
		for (uint16_t i = 0; i < n; i++)
			raw[i] = to_raw(w, pkts[i]);
	}
	if (unlikely(protocol != IPPROTO_UDP && protocol != IPPROTO_ICMP)) {
		for (uint16_t i = 0; i < n; i++)
			to_nobody(w, pkts[i], raw[i]);
		return;
	}
	lop_mib_add(w, IP_INDELIVERS, n);
	for (uint16_t i = 0; i < n; i++)
		rte_pktmbuf_adj(pkts[i], lop_meta(pkts[i])->l3_len);
	if (lop_tracing(w) && protocol == IPPROTO_ICMP)
		lop_trace_burst(w, LOP_TRACE_ICMP_IN, pkts, n, 0, 0);
	if (likely(protocol == IPPROTO_UDP))
		lop_udp_in(w, pkts, n);
	else
		lop_icmp_in(w, pkts, n);
}

static inline uint8_t
protocol_of(const struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *)->next_proto_id;
}

uint16_t
lop_local_in(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t from = 0;

	for (uint16_t i = 0; i < n; i++) {
		struct lop_meta *meta = lop_meta(pkts[i]);

		/* what a receiver is told: the interface that owns the address (contract CM-06) */
		meta->ifindex = meta->dst->orig_ifindex;
	}
	while (from < n) {
		const uint8_t protocol = protocol_of(pkts[from]);
		uint16_t k = 1;

		while (from + k < n && protocol_of(pkts[from + k]) == protocol)
			k++;
		to_protocol(w, protocol, pkts + from, k);
		from += k;
	}
	return 0;
}
