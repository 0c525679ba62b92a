/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOD_LOOP_H
#define LOD_LOOP_H

/*
 * The memory that the designs work on, one after the other.
 */

#include <stdalign.h>

#include <rte_ring.h>

#include "designs.h"

/* The driver's ring for one producer, and what its transmit queue adds, in the same lines. */
struct lod_ring {
	alignas(LOD_ALIGN_BYTES) uint64_t tail; /* index, and bytes << 32 */
	uint32_t head_seen;
	uint32_t size;
	struct rte_mbuf **slot;
	uint32_t *count;
	uint64_t want; /* the rearm data of a packet that crosses */
	uint64_t slow_rearm;
	uint64_t slow_flags;
	uint64_t tx_packets;
	uint64_t tx_bytes;

	alignas(LOD_ALIGN_BYTES) uint32_t head;
	uint32_t bytes_seen;
	uint64_t tail_seen;
	struct rte_mbuf **rx_slot;
	uint32_t *rx_count;
	uint32_t rx_size;
	uint64_t rx_packets;
	uint64_t rx_bytes;
};

/* net_ring's queue. */
struct lod_rte_queue {
	struct rte_ring *rte;
	uint64_t packets;
};

struct lod_driver_queues;

struct lod_loop {
	/* what the bursts of the design at work get */
	void *txq;
	void *rxq;
	alignas(LOD_ALIGN_BYTES) struct lod_rte_queue rte_tx;
	alignas(LOD_ALIGN_BYTES) struct lod_rte_queue rte_rx;
	struct lod_ring ring;
	alignas(LOD_ALIGN_BYTES) struct rte_mbuf *slot[LOD_SLOTS_MAX];
	alignas(LOD_ALIGN_BYTES) uint32_t count[2 * LOD_SLOTS_MAX];
	/* a ring of exactly LOD_SLOTS_MAX is rounded up to twice as many */
	alignas(LOD_ALIGN_BYTES) char rte_memory[sizeof(struct rte_ring) +
			2 * LOD_SLOTS_MAX * sizeof(void *)];
};

void lod_index_prepare(struct lod_ring *r, uint32_t slots, struct rte_mbuf **slot, uint32_t *count);
void lod_index_counted(const struct lod_loop *loop, uint64_t *tx_bytes, uint64_t *rx_bytes);

#endif
