/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LO_STATS_H
#define LO_STATS_H

#include <stdint.h>

#include "lo_compat.h"

/*
 * Why a packet that tx_burst accepted is not delivered: enum name, name in xstats and telemetry,
 * help. The only place to edit. A packet that finds its ring full under overflow=drop is not
 * here: the receive queue counts it as missed.
 */
#define LO_FOREACH_DROP(X)                                                                       \
	X(OVERSIZE, "oversize", "longer than the MTU and the Ethernet header")                   \
	X(LINK_DOWN, "link_down", "sent while the link was down")                                \
	X(NO_RX_QUEUE, "no_rx_queue", "the receive queue does not exist or is stopped")          \
	X(UNSUPPORTED_OFFLOAD, "unsupported_offload", "asks for an offload that is not offered") \
	X(MALFORMED, "malformed", "header lengths do not fit the data or the request")           \
	X(NO_MBUF, "no_mbuf", "no mbuf for a private copy or a segment")                         \
	X(NOT_LINEAR, "not_linear", "several segments, no scattered receive, no room for one")   \
	X(MAC_FILTER, "mac_filter", "not for this station, promiscuous mode is off")

enum lo_drop {
#define X(id, name, help) LO_DROP_##id,
	LO_FOREACH_DROP(X)
#undef X
	LO_DROP_COUNT
};

/* Counters of a transmit queue, one set per slice of the lcores that share it. */
#define LO_TX_SLICES 8

struct __rte_cache_aligned lo_tx_count {
	RTE_ATOMIC(uint64_t) packets;
	RTE_ATOMIC(uint64_t) bytes;
};

/* Seldom written, by any thread that transmits. */
struct lo_tx_cold {
	RTE_ATOMIC(uint64_t) refused; /* handed back because a ring was full */
	RTE_ATOMIC(uint64_t) gso_packets;
	RTE_ATOMIC(uint64_t) gso_segments;
	RTE_ATOMIC(uint64_t) drop[LO_DROP_COUNT];
};

/* One queue pair's counters, added up. A reset remembers them and subtracts them from then on. */
struct lo_rx_total {
	uint64_t packets;
	uint64_t bytes;
	uint64_t missed;
	uint64_t wakeups;
};

struct lo_tx_total {
	uint64_t packets;
	uint64_t bytes;
	uint64_t refused;
	uint64_t gso_packets;
	uint64_t gso_segments;
	uint64_t drop[LO_DROP_COUNT];
};

static __rte_always_inline uint64_t
lo_read(const RTE_ATOMIC(uint64_t) * counter)
{
	return rte_atomic_load_explicit(counter, rte_memory_order_relaxed);
}

/* For the only thread that writes this counter. */
static __rte_always_inline void
lo_add_own(RTE_ATOMIC(uint64_t) * counter, uint64_t n)
{
	rte_atomic_store_explicit(counter, lo_read(counter) + n, rte_memory_order_relaxed);
}

static __rte_always_inline void
lo_add_shared(RTE_ATOMIC(uint64_t) * counter, uint64_t n)
{
	rte_atomic_fetch_add_explicit(counter, n, rte_memory_order_relaxed);
}

#endif
