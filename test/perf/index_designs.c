/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The index ring, and the designs on it that need no vectors.
 */

#include "lo.h"
#include "ring.h"

void
lod_index_prepare(struct lod_ring *r, uint32_t slots, struct rte_mbuf **slot, uint32_t *count)
{
	memset(r, 0, sizeof(*r));
	r->size = slots;
	r->slot = slot;
	r->count = count;
	r->rx_size = slots;
	r->rx_slot = slot;
	r->rx_count = count;
	/* as for a device with receive offload SCATTER off, port 0 */
	r->want = ((union lo_rearm){ .refcnt = 1, .nb_segs = 1 }).word;
	r->slow_rearm = ((union lo_rearm){ .nb_segs = UINT16_MAX }).word;
	r->slow_flags = ~LO_FLAGS_CROSSING;
}

void
lod_index_counted(const struct lod_loop *loop, uint64_t *tx_bytes, uint64_t *rx_bytes)
{
	*tx_bytes = loop->ring.tx_bytes;
	*rx_bytes = loop->ring.rx_bytes;
}

static void
index_setup(struct lod_loop *loop, const struct lod_design *design, uint32_t slots)
{
	RTE_SET_USED(design);
	lod_index_prepare(&loop->ring, slots, loop->slot, loop->count);
	loop->txq = &loop->ring;
	loop->rxq = &loop->ring;
}

const struct lod_family lod_index = { index_setup, lod_index_counted };

bool
lod_any_oversize(struct rte_mbuf **pkts, uint32_t n)
{
	uint32_t longest = 0;

	for (uint32_t i = 0; i < n; i++)
		longest = RTE_MAX(longest, pkts[i]->pkt_len);
	return longest > LOD_FRAME_MAX_BYTES;
}

static __rte_noinline bool
scalar_far(struct lod_ring *r, uint32_t at, struct rte_mbuf **pkts, uint32_t n, uint32_t *bytes)
{
	return lod_fill_scalar(r, at, pkts, n, bytes);
}

uint16_t
lod_scalar_tx(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	return lod_put(queue, pkts, n, lod_fill_scalar, scalar_far, true);
}

uint16_t
lod_scalar_rx(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	return lod_get(queue, pkts, n, lod_take_scalar, lod_count_tail_or_slot, true);
}
