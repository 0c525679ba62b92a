/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LO_RING_H
#define LO_RING_H

/*
 * The ring behind a receive queue: exactly `size` slots, all usable.
 *
 * An index runs from 0 to 2 * size - 1, so that a full ring and an empty one differ without a
 * spare slot and without a power of two. The tail carries, beside its index, the number of bytes
 * ever put in (modulo 2^32), and the last slot of a burst is marked with that number: a consumer
 * whose burst ends at a mark or at the tail learns its bytes from one load. Where it ends in the
 * middle of a producer's burst, it has to ask the packets.
 *
 * One producer:      fill the slots, then publish the tail.
 * Several producers: move the tail by compare-and-swap, which reserves the slots, then fill them;
 *                    a slot is published by its pointer, and the consumer puts NULL back. A
 *                    producer never waits for another one.
 *
 * Two adjacent cache lines are fetched together on x86, hence the alignment to 128 bytes.
 */

#include <rte_branch_prediction.h>
#include <rte_mbuf.h>

#include "lo_compat.h"

#define LO_RING_ALIGN_BYTES 128
#define LO_RING_SIZE_MAX 32768

typedef RTE_ATOMIC(struct rte_mbuf *) lo_slot_t;

/*
 * Each side finds all it needs in one line of its own; what both need stands twice.
 */
struct lo_ring {
	/* The producers' line: index, and bytes << 32. */
	RTE_ATOMIC(uint64_t) tail __rte_aligned(LO_RING_ALIGN_BYTES);
	uint32_t head_seen; /* the head as a single producer last read it */
	uint32_t full_at;   /* the index at which it would fill the ring, by head_seen */
	uint32_t size;
	RTE_ATOMIC(uint32_t) limit; /* size, or 0 while the receive queue is stopped */
	bool several_producers;
	bool interrupts; /* producers look whether the consumer sleeps */
	lo_slot_t *slot;
	uint32_t *slot_mark;
	RTE_ATOMIC(uint64_t) missed; /* packets freed because the ring was full (overflow=drop) */

	/* The consumer's line. */
	RTE_ATOMIC(uint32_t) head __rte_aligned(LO_RING_ALIGN_BYTES);
	uint32_t bytes_seen; /* the byte count behind the last packet taken */
	uint64_t tail_seen;  /* the tail as a consumer behind a single producer last read it */
	RTE_ATOMIC(uint64_t) packets;
	RTE_ATOMIC(uint64_t) bytes;
	lo_slot_t *rx_slot;
	uint32_t *rx_slot_mark;
	uint32_t rx_size;

	/* Written by the consumer when it goes to sleep, by a producer when it wakes it. */
	RTE_ATOMIC(uint32_t) armed __rte_aligned(LO_RING_ALIGN_BYTES);
	uint16_t queue_id;
	RTE_ATOMIC(uint64_t) wakeups;
};

static __rte_always_inline uint32_t
lo_ring_index(uint64_t tail)
{
	return (uint32_t)tail;
}

static __rte_always_inline uint32_t
lo_ring_bytes(uint64_t tail)
{
	return tail >> 32;
}

/* What follows is arithmetic, for where rings alternate a branch on their indices is a guess. */

/* x where it is not negative, else x + n */
static __rte_always_inline uint32_t
lo_ring_wrap(uint32_t x, uint32_t n)
{
	return x + (n & -(x >> 31));
}

static __rte_always_inline uint32_t
lo_ring_slot(uint32_t size, uint32_t index)
{
	return lo_ring_wrap(index - size, size);
}

static __rte_always_inline uint32_t
lo_ring_advance(uint32_t size, uint32_t index, uint32_t n)
{
	return lo_ring_wrap(index + n - 2 * size, 2 * size);
}

/* The mark of a slot behind which so many bytes stand; 0 is none. */
static __rte_always_inline uint32_t
lo_ring_mark(uint32_t bytes)
{
	return bytes << 1 | 1;
}

/* The tail after n packets of so many bytes. */
static __rte_always_inline uint64_t
lo_ring_tail_after(uint32_t size, uint64_t tail, uint32_t n, uint32_t bytes)
{
	return (uint64_t)(lo_ring_bytes(tail) + bytes) << 32 |
			lo_ring_advance(size, lo_ring_index(tail), n);
}

static __rte_always_inline uint32_t
lo_ring_used(uint32_t size, uint64_t tail, uint32_t head)
{
	return lo_ring_wrap(lo_ring_index(tail) - head, 2 * size);
}

/* Packets in the ring, seen from any thread: true when it was read, perhaps not any more. */
static __rte_always_inline uint32_t
lo_ring_count(const struct lo_ring *r)
{
	uint32_t head = rte_atomic_load_explicit(&r->head, rte_memory_order_acquire);
	uint64_t tail = rte_atomic_load_explicit(&r->tail, rte_memory_order_acquire);
	uint32_t used = lo_ring_used(r->size, tail, head);

	return used < r->size ? used : r->size;
}

/* Slots that a single producer may fill, looking at the consumer's line only when it must. */
static __rte_always_inline uint32_t
lo_ring_room(struct lo_ring *r, uint64_t tail, uint32_t want)
{
	uint32_t limit = rte_atomic_load_explicit(&r->limit, rte_memory_order_relaxed);
	uint32_t used = lo_ring_used(r->size, tail, r->head_seen);

	if (used + want > limit) {
		/* pairs with the release in lo_ring_take(): the slots were read */
		r->head_seen = rte_atomic_load_explicit(&r->head, rte_memory_order_acquire);
		r->full_at = lo_ring_advance(r->size, r->head_seen, r->size);
		used = lo_ring_used(r->size, tail, r->head_seen);
	}

	return used < limit ? limit - used : 0;
}

/*
 * Reserve up to n slots among several producers. `bytes` holds the running byte count of the
 * packets. Answers how many, and the tail before.
 */
static __rte_always_inline uint32_t
lo_ring_reserve(struct lo_ring *r, uint32_t n, const uint32_t *bytes, uint64_t *before)
{
	uint64_t tail = rte_atomic_load_explicit(&r->tail, rte_memory_order_acquire);

	for (;;) {
		uint32_t limit = rte_atomic_load_explicit(&r->limit, rte_memory_order_relaxed);
		/* pairs with the release in the consumer: it has put NULL into the slots */
		uint32_t head = rte_atomic_load_explicit(&r->head, rte_memory_order_acquire);
		uint32_t used = lo_ring_used(r->size, tail, head);
		uint32_t k = used < limit ? RTE_MIN(limit - used, n) : 0;

		if (used > r->size) {
			/* the head was read later than the tail and has overtaken it */
			tail = rte_atomic_load_explicit(&r->tail, rte_memory_order_acquire);
			continue;
		}
		if (k == 0)
			return 0;
		if (rte_atomic_compare_exchange_weak_explicit(&r->tail, &tail,
				    lo_ring_tail_after(r->size, tail, k, bytes[k - 1]),
				    rte_memory_order_acq_rel, rte_memory_order_acquire)) {
			*before = tail;
			return k;
		}
	}
}

#endif
