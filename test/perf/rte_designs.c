/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Designs on rte_ring.
 */

#include <rte_ring.h>

#include "ring.h"

static void
rte_setup(struct lod_loop *loop, const struct lod_design *design, uint32_t slots)
{
	struct rte_ring *rte = (struct rte_ring *)loop->rte_memory;

	/* cannot fail: a short name, slots and flags of our own */
	rte_ring_init(rte, "lo-designs", slots, design->ring_flags | RING_F_EXACT_SZ);
	loop->rte_tx = (struct lod_rte_queue){ .rte = rte };
	loop->rte_rx = (struct lod_rte_queue){ .rte = rte };
	loop->txq = &loop->rte_tx;
	loop->rxq = &loop->rte_rx;
	/* the zero-copy designs: what stands beside the rte_ring */
	lod_index_prepare(&loop->ring, rte_ring_get_size(rte), (struct rte_mbuf **)&rte[1],
			loop->count);
	if (design->counts) {
		loop->txq = loop;
		loop->rxq = loop;
	}
}

const struct lod_family lod_rte = { rte_setup, lod_index_counted };

/* As net_ring 22.11 does it. */
uint16_t
lod_net_ring_tx(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	struct lod_rte_queue *q = queue;

	n = rte_ring_enqueue_burst(q->rte, (void **)pkts, n, NULL);
	if ((q->rte->flags & RING_F_SP_ENQ) != 0)
		q->packets += n;
	else
		__atomic_fetch_add(&q->packets, n, __ATOMIC_RELAXED);
	return n;
}

uint16_t
lod_net_ring_rx(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	struct lod_rte_queue *q = queue;

	n = rte_ring_dequeue_burst(q->rte, (void **)pkts, n, NULL);
	if ((q->rte->flags & RING_F_SC_DEQ) != 0)
		q->packets += n;
	else
		__atomic_fetch_add(&q->packets, n, __ATOMIC_RELAXED);
	return n;
}

/* As net_ring 24.07 and later do it. */
uint16_t
lod_net_ring_port_rx(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	struct lod_rte_queue *q = queue;

	n = rte_ring_dequeue_burst(q->rte, (void **)pkts, n, NULL);
	for (uint16_t i = 0; i < n; i++)
		pkts[i]->port = 0;
	if ((q->rte->flags & RING_F_SC_DEQ) != 0)
		q->packets += n;
	else
		__atomic_fetch_add(&q->packets, n, __ATOMIC_RELAXED);
	return n;
}

/* The checks and counts of the driver, made in the memory of an rte_ring. */
static __rte_always_inline uint16_t
zero_copy_put(struct lod_loop *loop, struct rte_mbuf **pkts, uint16_t n, lod_fill_t fill)
{
	struct rte_ring *rte = loop->rte_tx.rte;
	struct lod_ring *r = &loop->ring;
	uint32_t bytes = lo_ring_bytes(r->tail);
	struct rte_ring_zc_data zcd;
	bool crosses;

	n = rte_ring_enqueue_zc_burst_start(rte, n, &zcd, NULL);
	if (n == 0)
		return 0;
	crosses = fill(r, (struct rte_mbuf **)zcd.ptr1 - r->slot, pkts, zcd.n1, &bytes);
	if (unlikely(zcd.n1 < n))
		crosses &= fill(r, 0, pkts + zcd.n1, n - zcd.n1, &bytes);
	if (unlikely(!crosses))
		n = 0;
	rte_ring_enqueue_zc_finish(rte, n);
	if (likely(n != 0)) {
		lod_add(&r->tx_packets, n);
		lod_add(&r->tx_bytes, bytes - lo_ring_bytes(r->tail));
		r->tail = (uint64_t)bytes << 32;
	}
	return n;
}

static __rte_always_inline uint16_t
zero_copy_get(struct lod_loop *loop, struct rte_mbuf **pkts, uint16_t n, lod_take_t take,
		lod_count_t count)
{
	struct rte_ring *rte = loop->rte_rx.rte;
	struct lod_ring *r = &loop->ring;
	struct rte_ring_zc_data zcd;
	uint32_t bytes;

	n = rte_ring_dequeue_zc_burst_start(rte, n, &zcd, NULL);
	if (n == 0)
		return 0;
	take(pkts, zcd.ptr1, zcd.n1);
	if (unlikely(zcd.n1 < n))
		take(pkts + zcd.n1, zcd.ptr2, n - zcd.n1);
	bytes = count(r, (struct rte_mbuf **)zcd.ptr1 - r->rx_slot, n, false, pkts);
	rte_ring_dequeue_zc_finish(rte, n);
	lod_add(&r->rx_packets, n);
	lod_add(&r->rx_bytes, bytes - r->bytes_seen);
	r->bytes_seen = bytes;
	return n;
}

uint16_t
lod_zero_copy_tx(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	return zero_copy_put(queue, pkts, n, lod_fill_scalar);
}

uint16_t
lod_zero_copy_rx(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	return zero_copy_get(queue, pkts, n, lod_take_scalar, lod_count_slot);
}

#ifdef RTE_ARCH_X86
#include "avx2.h"

LOD_AVX2_TARGET uint16_t
lod_zero_copy_avx2_tx(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	return zero_copy_put(queue, pkts, n, lod_fill_marks);
}

LOD_AVX2_TARGET uint16_t
lod_zero_copy_avx2_rx(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	return zero_copy_get(queue, pkts, n, lod_take_avx2, lod_count_marks);
}
#endif
