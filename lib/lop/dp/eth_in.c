/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Input stage 1: whose frame it is, and of what kind.
 *
 * in    frames of one interface, meta.ifindex
 * out   data starts at the IPv4 header; meta.pkt_type; frames of lo have the meta they left with
 * drop  TRUNCATED, DEV_DOWN (contract BK-02), UNKNOWN_ETHERTYPE (BK-08)
 */

#include <netpacket/packet.h>

#include <rte_ether.h>

#include "stages.h"
#include "tap.h"

/* contract XM-04 */
static uint8_t
pkt_type_of(const struct lop_if *dev, const struct rte_ether_hdr *eth)
{
	if (rte_is_same_ether_addr(&eth->dst_addr, &dev->mac))
		return PACKET_HOST;
	if (!rte_is_multicast_ether_addr(&eth->dst_addr))
		return PACKET_OTHERHOST;
	return rte_is_same_ether_addr(&eth->dst_addr, &dev->broadcast) ? PACKET_BROADCAST
								       : PACKET_MULTICAST;
}

/* What came in over lo brings its destination along; from anywhere else it does not. */
static __rte_always_inline void
meta_start(struct rte_mbuf *m, const struct lop_if *dev)
{
	struct lop_meta *meta = lop_meta(m);

	if (likely(dev->loopback && (m->ol_flags & lop_meta_flag_bit) != 0)) {
		meta->sock = NULL; /* orphaned: contract XM-02 */
		return;
	}
	*meta = (struct lop_meta){ .ifindex = dev->ifindex };
	m->ol_flags |= lop_meta_flag_bit;
}

static void
drop_all(struct lop_worker *w, struct lop_if *dev, struct rte_mbuf **pkts, uint16_t n)
{
	lop_count(w->ifs[dev->ifindex].rx_dropped, n);
	for (uint16_t i = 0; i < n; i++)
		lop_drop(w, pkts[i], DEV_DOWN);
}

/*
 * DEV-11: a frame on lo was transmitted and received at once, and its header does not count; one
 * of another device counts whole, as it did when it left.
 */
static void
count(struct lop_worker *w, const struct lop_if *dev, uint64_t packets, uint64_t bytes)
{
	struct lop_if_count *c = &w->ifs[dev->ifindex];

	lop_count(c->rx_packets, packets);
	lop_count(c->rx_bytes, bytes);
	if (dev->loopback) {
		lop_count(c->tx_packets, packets);
		lop_count(c->tx_bytes, bytes);
	} else {
		lop_count(c->rx_bytes, packets * RTE_ETHER_HDR_LEN);
	}
}

uint16_t
lop_eth_in(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	struct lop_if *dev = lop_if_of(w->lop, lop_meta(pkts[0])->ifindex);
	uint16_t whole = 0, kept = 0;
	uint64_t bytes = 0;

	if (unlikely(!lop_if_is_up(dev))) {
		drop_all(w, dev, pkts, n);
		return 0;
	}
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];

		if (unlikely(rte_pktmbuf_data_len(m) < RTE_ETHER_HDR_LEN)) {
			lop_drop(w, m, TRUNCATED);
			continue;
		}
		meta_start(m, dev);
		lop_meta(m)->pkt_type = pkt_type_of(
				dev, rte_pktmbuf_mtod(m, const struct rte_ether_hdr *));
		bytes += m->pkt_len - RTE_ETHER_HDR_LEN;
		pkts[whole++] = m;
	}
	count(w, dev, whole, bytes);
	if (unlikely(lop_load(w->lop->hooks.taps) != NULL) && whole != 0)
		lop_taps_in(w, dev, pkts, whole);
	for (uint16_t i = 0; i < whole; i++) {
		struct rte_mbuf *m = pkts[i];
		const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, const struct rte_ether_hdr *);

		if (unlikely(eth->ether_type != RTE_BE16(RTE_ETHER_TYPE_IPV4))) {
			lop_count(w->ifs[dev->ifindex].rx_dropped, 1);
			lop_drop(w, m, UNKNOWN_ETHERTYPE);
			continue;
		}
		rte_pktmbuf_adj(m, RTE_ETHER_HDR_LEN);
		pkts[kept++] = m;
	}
	return kept;
}
