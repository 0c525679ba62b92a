/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The driver's own bursts, without the rest of the driver: no device, no EAL.
 */

#include "designs.h"
#include "lo.h"
#include "lo_rxtx.h"
#include "loop.h"

static struct rte_eth_dev_data data;
static struct lo_dev dev;
static struct lo_rxq rxq;
static struct lo_txq txq;

/* A packet that needs more than to be handed over: here it goes back to the caller. */
uint16_t
lo_tx_slow(struct lo_txq *t, struct rte_mbuf **pkts, uint16_t n)
{
	RTE_SET_USED(t);
	RTE_SET_USED(pkts);
	RTE_SET_USED(n);
	return 0;
}

uint16_t
lo_tx_overflow(struct lo_txq *t, struct lo_ring *r, struct rte_mbuf **pkts, uint16_t n)
{
	RTE_SET_USED(t);
	RTE_SET_USED(r);
	RTE_SET_USED(pkts);
	RTE_SET_USED(n);
	return 0;
}

void
lo_intr_wake(const struct lo_dev *d, struct lo_ring *r)
{
	RTE_SET_USED(d);
	RTE_SET_USED(r);
}

static void
driver_setup(struct lod_loop *loop, const struct lod_design *design, uint32_t slots)
{
	struct lo_ring *r = &rxq.ring;

	memset(&rxq, 0, sizeof(rxq));
	memset(&txq, 0, sizeof(txq));
	memset(loop->slot, 0, sizeof(loop->slot));
	r->slot = (lo_slot_t *)(uintptr_t)loop->slot;
	r->rx_slot = r->slot;
	r->slot_mark = loop->count;
	r->rx_slot_mark = loop->count;
	r->size = slots;
	r->rx_size = slots;
	r->several_producers = design->shared;
	rte_atomic_store_explicit(&r->limit, slots, rte_memory_order_relaxed);
	dev.data = &data;
	txq.ring = r;
	txq.dev = &dev;
	txq.shared = design->shared;
	lod_index_prepare(&loop->ring, slots, loop->slot, loop->count);
	txq.rearm_want = loop->ring.want;
	txq.rearm_slow = loop->ring.slow_rearm;
	txq.slow_flags = loop->ring.slow_flags;
	rte_atomic_store_explicit(
			&txq.frame_max_bytes, LOD_FRAME_MAX_BYTES, rte_memory_order_relaxed);
	loop->txq = &txq;
	loop->rxq = &rxq;
}

static void
driver_counted(const struct lod_loop *loop, uint64_t *tx_bytes, uint64_t *rx_bytes)
{
	RTE_SET_USED(loop);
	*tx_bytes = lo_read(&txq.count[0].bytes);
	*rx_bytes = lo_read(&rxq.ring.bytes);
}

const struct lod_family lod_driver = { driver_setup, driver_counted };
