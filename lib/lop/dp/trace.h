/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_TRACE_H
#define LOP_DP_TRACE_H

/*
 * Recording where a traced packet goes. Off, a stage asks once per burst: lop_tracing(w).
 */

#include "worker.h"

enum lop_trace_stage {
	LOP_TRACE_SOCKET,
	LOP_TRACE_ROUTE,
	LOP_TRACE_UDP_OUT,
	LOP_TRACE_IP_OUT,
	LOP_TRACE_HOOK,
	LOP_TRACE_FRAG,
	LOP_TRACE_NEIGH,
	LOP_TRACE_DEV_OUT,
	LOP_TRACE_ETH_IN,
	LOP_TRACE_IP_IN,
	LOP_TRACE_ROUTE_IN,
	LOP_TRACE_REASM,
	LOP_TRACE_UDP_IN,
	LOP_TRACE_ICMP_IN,
	LOP_TRACE_QUEUE,
	LOP_TRACE_DROP
};

static inline bool
lop_tracing(const struct lop_worker *w)
{
	return unlikely(lop_load(w->lop->trace) != NULL);
}

/*
 * What a stage decided about the packets of a burst that are traced. Most is read from the packet,
 * whose data starts at the IPv4 header where nothing else is said; a and b by stage:
 *
 *	NEIGH      a: struct lop_neigh *, 0: the destination's
 *	DEV_OUT    data starts at the Ethernet header
 *	FRAG       of the whole packet; a: fragments made of it
 *	REASM      of whole packets only
 *	UDP_IN     a: struct lop_sock *, 0: none; data starts at the UDP header
 *	ICMP_IN    data starts at the ICMP header
 *	QUEUE      a: struct lop_sock *, b: bytes that wait in it
 *	DROP       a: enum lop_drop_reason
 *
 * SOCKET, ROUTE, UDP_OUT and ETH_IN come from lop_trace_pick(), HOOK from lop_trace_hook(), DROP
 * from lop_drop(). Fragments have their whole's record.
 */
void lop_trace_burst(struct lop_worker *w, enum lop_trace_stage stage, struct rte_mbuf *const *pkts,
		uint16_t n, uintptr_t a, uintptr_t b);

/*
 * Packets at the start of output (behind lop_udp_out(), or in lop_local_output()) or of input
 * (behind lop_eth_in()): which of the new ones to trace. Data starts at the IPv4 header.
 */
void lop_trace_pick(struct lop_worker *w, struct rte_mbuf *const *pkts, uint16_t n);

/* Records of packets that may be out of reach when a hook has decided: before, and after it. */
struct lop_hook_entry;
#define LOP_TRACE_NO_NUMBER UINT32_MAX
void lop_trace_numbers(struct rte_mbuf *const *pkts, uint16_t n, uint32_t *numbers);
void
lop_trace_hook(struct lop_worker *w, const uint32_t *numbers, uint16_t n, enum lop_hook_point point,
		const struct lop_hook_entry *hook, const uint8_t *verdicts);

#endif
