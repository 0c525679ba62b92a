/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The bursts. HOT: no heap, no lock, no log, no clock, no division.
 *
 * A transmit burst looks at the first cache line of each mbuf once, while it fills the ring. When
 * every packet of the burst can cross untouched, that was all; otherwise nothing is published and
 * lo_tx_slow() takes the burst packet by packet. A receive burst copies pointers.
 */

#include "lo_rxtx.h"
#include "lo.h"

#ifdef RTE_ARCH_X86
#include "lo_rxtx_avx2.h"
#endif

/* One producer: this transmit queue, one ring. */
static __rte_always_inline uint16_t
lo_tx_one(void *queue, struct rte_mbuf **pkts, uint16_t n, lo_fill_t fill, lo_fill_far_t fill_far)
{
	struct lo_txq *txq = queue;
	struct lo_ring *r = txq->ring;
	struct lo_seen seen = { 0 };
	uint32_t k, at, straight;
	uint64_t tail;

	if (unlikely(lo_get(txq->always_slow)))
		return lo_tx_answer(txq, lo_tx_slow(txq, pkts, n), n);

	tail = rte_atomic_load_explicit(&r->tail, rte_memory_order_relaxed);
	k = RTE_MIN(lo_ring_room(r, tail, n), n);
	at = lo_ring_slot(r->size, lo_ring_index(tail));
	straight = RTE_MIN(k, r->size - at);
	seen.bytes = lo_ring_bytes(tail);
	fill(txq, r, at, pkts, straight, &seen);
	if (unlikely(straight < k)) {
		/* a copy, so that the other can live in registers */
		struct lo_seen far = seen;

		fill_far(txq, r, pkts + straight, k - straight, &far);
		seen = far;
	}
	if (unlikely(!lo_seen_crosses(txq, &seen, pkts, k)))
		return lo_tx_answer(txq, lo_tx_slow(txq, pkts, n), n);
	if (unlikely(lo_seen_other_port(&seen)))
		lo_ports_set(txq, pkts, k);

	lo_add_own(&txq->count[0].packets, k);
	lo_add_own(&txq->count[0].bytes, seen.bytes - lo_ring_bytes(tail));
	/* pairs with the acquire in lo_rx_one(): the slots are filled */
	rte_atomic_store_explicit(&r->tail,
			(uint64_t)seen.bytes << 32 |
					lo_ring_advance(r->size, lo_ring_index(tail), k),
			rte_memory_order_release);
	lo_ring_notify(txq->dev, r);

	if (unlikely(k < n))
		k += lo_tx_overflow(txq, r, pkts + k, n - k);
	return lo_tx_answer(txq, k, n);
}

static __rte_always_inline uint16_t
lo_tx_many(struct lo_txq *txq, struct lo_ring *r, struct rte_mbuf **pkts, uint16_t n,
		unsigned int slice)
{
	struct lo_seen seen = { 0 };
	struct lo_notes notes;

	for (uint32_t i = 0; i < n; i++)
		lo_look(txq, pkts[i], &seen);
	if (unlikely(!lo_seen_crosses(txq, &seen, pkts, n)))
		return lo_tx_slow(txq, pkts, n);

	notes.other_port = lo_seen_other_port(&seen);
	notes.keep_hash = false;
	return lo_tx_run(txq, r, pkts, n, &notes, 0, slice);
}

static __rte_always_inline uint16_t
lo_tx_chunks(struct lo_txq *txq, struct lo_ring *r, struct rte_mbuf **pkts, uint16_t n,
		unsigned int slice)
{
	uint16_t done = 0;
	uint16_t chunk, k;

	if (unlikely(lo_get(txq->always_slow)))
		return lo_tx_answer(txq, lo_tx_slow(txq, pkts, n), n);

	do {
		chunk = RTE_MIN(n - done, LO_CHUNK);
		k = lo_tx_many(txq, r, pkts + done, chunk, slice);
		done += k;
	} while (k == chunk && done < n);

	return lo_tx_answer(txq, done, n);
}

/* steer=queue, more transmit queues than receive queues. */
uint16_t
lo_tx_queue_shared(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	struct lo_txq *txq = queue;

	return lo_tx_chunks(txq, txq->ring, pkts, n, 0);
}

/* steer=lcore */
uint16_t
lo_tx_lcore(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	struct lo_txq *txq = queue;

	return lo_tx_chunks(
			txq, lo_ring_of_lcore(txq), pkts, n, rte_lcore_id() & (LO_TX_SLICES - 1));
}

/* One producer filled the ring: whatever the tail says can be taken. */
static __rte_always_inline uint16_t
lo_rx_one(void *queue, struct rte_mbuf **pkts, uint16_t n, lo_take_t take, lo_take_t take_far)
{
	struct lo_ring *r = &((struct lo_rxq *)queue)->ring;
	uint32_t head = rte_atomic_load_explicit(&r->head, rte_memory_order_relaxed);
	uint32_t used = lo_ring_used(r->rx_size, r->tail_seen, head);
	uint32_t at, straight, bytes, k;

	if (used < n) {
		/* pairs with the release in lo_tx_one() */
		r->tail_seen = rte_atomic_load_explicit(&r->tail, rte_memory_order_acquire);
		used = lo_ring_used(r->rx_size, r->tail_seen, head);
		if (used == 0)
			return 0;
	}
	k = RTE_MIN(used, n);
	at = lo_ring_slot(r->rx_size, head);
	straight = RTE_MIN(k, r->rx_size - at);
	take(pkts, lo_slots(r->rx_slot) + at, straight);
	if (unlikely(straight < k))
		take_far(pkts + straight, lo_slots(r->rx_slot), k - straight);
	/* the tail knows too, and saves a line that the producer writes */
	bytes = k == used ? lo_ring_bytes(r->tail_seen) - r->bytes_seen
			  : lo_ring_bytes_taken(r, head, k, pkts);
	lo_ring_take(r, head, k, bytes);

	return k;
}

/* Several producers: a slot holds a packet once its pointer is there, and is given back as NULL. */
uint16_t
lo_rx_many(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	struct lo_ring *r = &((struct lo_rxq *)queue)->ring;
	uint32_t head = rte_atomic_load_explicit(&r->head, rte_memory_order_relaxed);
	uint64_t tail = rte_atomic_load_explicit(&r->tail, rte_memory_order_acquire);
	uint32_t used = RTE_MIN(lo_ring_used(r->rx_size, tail, head), n);
	uint32_t at = lo_ring_slot(r->rx_size, head);
	uint32_t k;

	for (k = 0; k < used; k++) {
		/* pairs with the release in lo_ring_publish() */
		struct rte_mbuf *m = rte_atomic_load_explicit(
				&r->rx_slot[at], rte_memory_order_acquire);

		if (m == NULL)
			break;
		rte_atomic_store_explicit(&r->rx_slot[at], NULL, rte_memory_order_relaxed);
		pkts[k] = m;
		if (++at == r->rx_size)
			at = 0;
	}
	if (k != 0)
		lo_ring_take(r, head, k, lo_ring_bytes_taken(r, head, k, pkts));

	return k;
}

/* One packet alone gains nothing by vectors or loops. */
static __rte_noinline uint16_t
lo_tx_single(void *queue, struct rte_mbuf **pkts)
{
	return lo_tx_one(queue, pkts, 1, lo_fill, lo_fill_far);
}

uint16_t
lo_tx_one_base(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	return lo_tx_one(queue, pkts, n, lo_fill, lo_fill_far);
}

uint16_t
lo_rx_one_base(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	return lo_rx_one(queue, pkts, n, lo_take, lo_take);
}

#ifdef RTE_ARCH_X86
/* The part of a burst behind the end of the ring: seldom, so out of the way. */
static LO_AVX2_TARGET __rte_noinline void
lo_fill_far_avx2(const struct lo_txq *txq, struct lo_ring *r, struct rte_mbuf **pkts, uint32_t n,
		struct lo_seen *seen)
{
	lo_fill_avx2(txq, r, 0, pkts, n, seen);
}

static LO_AVX2_TARGET __rte_noinline void
lo_take_far_avx2(struct rte_mbuf **pkts, struct rte_mbuf *const *slots, uint32_t n)
{
	lo_take_avx2(pkts, slots, n);
}

LO_AVX2_TARGET uint16_t
lo_tx_one_avx2(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	if (n == 1)
		return lo_tx_single(queue, pkts);
	return lo_tx_one(queue, pkts, n, lo_fill_avx2, lo_fill_far_avx2);
}

LO_AVX2_TARGET uint16_t
lo_rx_one_avx2(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	return lo_rx_one(queue, pkts, n, lo_take_avx2, lo_take_far_avx2);
}
#endif

/* For processes that did not configure the device and cannot know when it changes. */
uint16_t
lo_tx_any(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lo_txq *txq = queue;

	switch (txq->dev->args.steer) {
	case LO_STEER_LCORE:
		return lo_tx_lcore(queue, pkts, n);
	case LO_STEER_FLOW:
		return lo_tx_flow_base(queue, pkts, n);
	default:
		return txq->shared ? lo_tx_queue_shared(queue, pkts, n)
				   : lo_tx_one_base(queue, pkts, n);
	}
}

uint16_t
lo_rx_any(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lo_rxq *rxq = queue;

	return rxq->ring.several_producers ? lo_rx_many(queue, pkts, n)
					   : lo_rx_one_base(queue, pkts, n);
}
