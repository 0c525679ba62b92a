/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOD_RING_H
#define LOD_RING_H

/*
 * The frame of the designs on an index ring: the driver's ring and bursts for one producer, open
 * to another way to fill slots, to count bytes, and to learn the other side's index.
 */

#include <stdalign.h>
#include <stddef.h>
#include <string.h>

#include "designs.h"
#include "lo_ring.h"
#include "loop.h"

/* Put n packets into the slots from `at` on, no wrap. False: they may not cross. */
typedef bool (*lod_fill_t)(struct lod_ring *r, uint32_t at, struct rte_mbuf **pkts, uint32_t n,
		uint32_t *bytes);
typedef void (*lod_take_t)(struct rte_mbuf **pkts, struct rte_mbuf *const *slots, uint32_t n);
/* The running byte count behind the k packets that were taken from the head on. */
typedef uint32_t (*lod_count_t)(const struct lod_ring *r, uint32_t head, uint32_t k, bool drained,
		struct rte_mbuf *const *pkts);

/* A counter with one writer, which others may read. */
static __rte_always_inline void
lod_add(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, __atomic_load_n(counter, __ATOMIC_RELAXED) + n, __ATOMIC_RELAXED);
}

/* `far` is `fill` once more, for what is behind the end of the ring: seldom, so out of the way. */
static __rte_always_inline uint16_t
lod_put(struct lod_ring *r, struct rte_mbuf **pkts, uint16_t n, lod_fill_t fill, lod_fill_t far,
		bool cached)
{
	uint64_t tail = __atomic_load_n(&r->tail, __ATOMIC_RELAXED);
	uint32_t used = lo_ring_used(r->size, tail, r->head_seen);
	uint32_t bytes = lo_ring_bytes(tail);
	uint32_t at, k, straight;

	if (!cached || used + n > r->size) {
		r->head_seen = __atomic_load_n(&r->head, __ATOMIC_ACQUIRE);
		used = lo_ring_used(r->size, tail, r->head_seen);
	}
	k = RTE_MIN(r->size - used, n);
	at = lo_ring_slot(r->size, lo_ring_index(tail));
	straight = RTE_MIN(k, r->size - at);
	if (unlikely(!fill(r, at, pkts, straight, &bytes)))
		return 0;
	if (unlikely(straight < k) && !far(r, 0, pkts + straight, k - straight, &bytes))
		return 0;
	lod_add(&r->tx_packets, k);
	lod_add(&r->tx_bytes, bytes - lo_ring_bytes(tail));
	__atomic_store_n(&r->tail,
			(uint64_t)bytes << 32 | lo_ring_advance(r->size, lo_ring_index(tail), k),
			__ATOMIC_RELEASE);
	return k;
}

static __rte_always_inline uint16_t
lod_get(struct lod_ring *r, struct rte_mbuf **pkts, uint16_t n, lod_take_t take, lod_count_t count,
		bool cached)
{
	uint32_t head = __atomic_load_n(&r->head, __ATOMIC_RELAXED);
	uint32_t used = lo_ring_used(r->rx_size, r->tail_seen, head);
	uint32_t at, bytes, k, straight;

	if (!cached || used < n) {
		r->tail_seen = __atomic_load_n(&r->tail, __ATOMIC_ACQUIRE);
		used = lo_ring_used(r->rx_size, r->tail_seen, head);
		if (used == 0)
			return 0;
	}
	k = RTE_MIN(used, n);
	at = lo_ring_slot(r->rx_size, head);
	straight = RTE_MIN(k, r->rx_size - at);
	take(pkts, r->rx_slot + at, straight);
	if (unlikely(straight < k))
		take(pkts + straight, r->rx_slot, k - straight);
	bytes = count(r, head, k, k == used, pkts);
	lod_add(&r->rx_packets, k);
	lod_add(&r->rx_bytes, bytes - r->bytes_seen);
	r->bytes_seen = bytes;
	__atomic_store_n(&r->head, lo_ring_advance(r->rx_size, head, k), __ATOMIC_RELEASE);
	return k;
}

static __rte_always_inline uint32_t
lod_last_slot(const struct lod_ring *r, uint32_t head, uint32_t k)
{
	return lo_ring_slot(r->rx_size, lo_ring_advance(r->rx_size, head, k - 1));
}

/* One load from the line of the last slot. */
static __rte_always_inline uint32_t
lod_count_slot(const struct lod_ring *r, uint32_t head, uint32_t k, bool drained,
		struct rte_mbuf *const *pkts)
{
	RTE_SET_USED(drained);
	RTE_SET_USED(pkts);
	return r->rx_count[lod_last_slot(r, head, k)];
}

/* What the tail says where it can, which costs no line. */
static __rte_always_inline uint32_t
lod_count_tail_or_slot(const struct lod_ring *r, uint32_t head, uint32_t k, bool drained,
		struct rte_mbuf *const *pkts)
{
	return drained ? lo_ring_bytes(r->tail_seen) : lod_count_slot(r, head, k, drained, pkts);
}

/* The 64 bits from the data offset on: data_off, refcnt, nb_segs, port. */
static __rte_always_inline uint64_t
lod_rearm(const struct rte_mbuf *m)
{
	uint64_t word;

	memcpy(&word, (const char *)m + offsetof(struct rte_mbuf, data_off), sizeof(word));
	return word;
}

/* What an OR of lengths beyond the limit comes to. */
bool lod_any_oversize(struct rte_mbuf **pkts, uint32_t n);

static __rte_always_inline bool
lod_fill_scalar(struct lod_ring *r, uint32_t at, struct rte_mbuf **pkts, uint32_t n,
		uint32_t *bytes)
{
	struct rte_mbuf **slot = r->slot + at;
	uint32_t *count = r->count + at;
	uint64_t flags = 0, rearm = 0, over = 0;
	uint32_t sum = *bytes;

	for (uint32_t i = 0; i < n; i++) {
		const struct rte_mbuf *m = pkts[i];

		slot[i] = pkts[i];
		sum += m->pkt_len;
		count[i] = sum;
		flags |= m->ol_flags;
		rearm |= lod_rearm(m) ^ r->want;
		over |= (uint64_t)LOD_FRAME_MAX_BYTES - m->pkt_len;
	}
	*bytes = sum;
	return ((flags & r->slow_flags) | (rearm & r->slow_rearm) | over >> 63) == 0;
}

static __rte_always_inline void
lod_take_scalar(struct rte_mbuf **pkts, struct rte_mbuf *const *slots, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		pkts[i] = slots[i];
}

#endif
