/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_PLAIN_TURN_H
#define LOP_DP_PLAIN_TURN_H

/*
 * Through lo and back in one go: out of this worker's queue pair, in which nothing waited, come the
 * packets that went in. When they are the same, and no callback of the port could write into them,
 * what input would look at is what this worker wrote: its checks are done.
 */

#include <rte_ethdev.h>

#include "stages.h"

/* Packets that headers were written for. */
struct lop_written {
	bool alike;     /* as long as one another and in one segment, or one alone */
	uint64_t bytes; /* of IPv4 */
};

/* Neither callback: then a burst is the driver's alone. */
static __rte_always_inline bool
lop_port_is_bare(const struct rte_eth_fp_ops *port, uint16_t queue)
{
	return rte_atomic_load_explicit(&port->txq.clbk[queue], rte_memory_order_relaxed) == NULL &&
			rte_atomic_load_explicit(
					&port->rxq.clbk[queue], rte_memory_order_relaxed) == NULL;
}

/* Whether n packets may go this way: none waits that would come before them, nothing looks on. */
static __rte_always_inline bool
lop_may_turn(const struct lop_worker *w, uint16_t n)
{
	return likely(!w->looping && w->lo_waiting == 0 &&
			n <= lop_setting(w->lop, LOP_SETTING_DEV_WEIGHT) &&
			n <= lop_setting(w->lop, LOP_SETTING_BACKLOG) + 1 &&
			lop_port_is_bare(&rte_eth_fp_ops[w->lop->lo->port_id], w->index));
}

/* By words: a wider load would wait for the narrower stores of the device to leave the CPU. */
static __rte_always_inline bool
lop_are_same(struct rte_mbuf *const *a, struct rte_mbuf *const *b, uint16_t n)
{
	uintptr_t differ = 0;

	for (uint16_t i = 0; i < n; i++)
		differ |= (uintptr_t)a[i] ^ (uintptr_t)b[i];
	return differ == 0;
}

/* dp/plain_out.c: they came out otherwise, if at all: all that is left to do with them. */
void lop_turn_otherwise(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n, uint16_t sent,
		struct rte_mbuf **back, uint16_t came);

/* Received without a look, so many bytes of IPv4. */
static __rte_always_inline void
lop_turn_count(struct lop_worker *w, uint16_t n, uint64_t bytes)
{
	lop_count(w->plain_in_packets, n);
	lop_count(w->plain_in_bytes, bytes);
}

/*
 * Frames through lo: true, they are to be received without a look, and counted; false, they are
 * taken care of.
 */
static __rte_always_inline bool
lop_turn(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	const struct rte_eth_fp_ops *port = &rte_eth_fp_ops[w->lop->lo->port_id];
	const uint16_t queue = w->index;
	struct rte_mbuf *back[LOP_BURST_MAX];
	/* as rte_eth_tx_burst() and rte_eth_rx_burst() */
	const uint16_t sent = port->tx_pkt_burst(port->txq.data[queue], pkts, n);
	const uint16_t came = port->rx_pkt_burst(port->rxq.data[queue], back, n);

	lop_count(w->softnet_processed, came);
	if (unlikely(sent != n || came != n || !lop_are_same(back, pkts, n))) {
		lop_turn_otherwise(w, pkts, n, sent, back, came);
		return false;
	}
	return true;
}

/* What input leaves of a packet: data from the payload on. alike: packets of one length. */
static __rte_always_inline void
lop_strip(struct rte_mbuf **pkts, uint16_t n, bool alike)
{
	const uint32_t bytes = RTE_ETHER_HDR_LEN + sizeof(struct rte_ipv4_hdr) +
			sizeof(struct rte_udp_hdr);
	const uint32_t pkt_len = pkts[0]->pkt_len - bytes;
	const uint16_t data_len = pkts[0]->data_len - bytes;

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];

		m->data_off += bytes;
		m->data_len = alike ? data_len : m->data_len - bytes;
		m->pkt_len = alike ? pkt_len : m->pkt_len - bytes;
	}
}

#endif
