/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LO_RXTX_H
#define LO_RXTX_H

/*
 * What the bursts are made of. HOT, like lo_rxtx.c.
 */

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include <rte_lcore.h>

#include "lo.h"
#include "lo_hash.h"

/* Packets looked at before any of them is handed over, where several producers share a ring. */
#define LO_CHUNK 64

/* The rearm data of an mbuf: data_off, refcnt, nb_segs, port. */
#define LO_LOOK_AT offsetof(struct rte_mbuf, data_off)
static_assert(offsetof(struct rte_mbuf, port) == LO_LOOK_AT + offsetof(union lo_rearm, port),
		"union lo_rearm is laid out as struct rte_mbuf");

/* What a look at some packets found. */
struct lo_seen {
	uint64_t flags; /* all their ol_flags */
	uint64_t rearm; /* where their rearm data differ from txq->rearm_want */
	uint64_t over;  /* the sign is set when one is longer than the limit */
	uint32_t bytes; /* running byte count, modulo 2^32 */
};

/* lo_rxtx.c */
uint16_t lo_tx_one_base(void *queue, struct rte_mbuf **pkts, uint16_t n);
uint16_t lo_tx_one_avx2(void *queue, struct rte_mbuf **pkts, uint16_t n);
uint16_t lo_tx_queue_shared(void *queue, struct rte_mbuf **pkts, uint16_t n);
uint16_t lo_tx_lcore(void *queue, struct rte_mbuf **pkts, uint16_t n);
uint16_t lo_tx_flow_base(void *queue, struct rte_mbuf **pkts, uint16_t n);
uint16_t lo_tx_flow_clmul(void *queue, struct rte_mbuf **pkts, uint16_t n);
uint16_t lo_tx_any(void *queue, struct rte_mbuf **pkts, uint16_t n);
uint16_t lo_rx_one_base(void *queue, struct rte_mbuf **pkts, uint16_t n);
uint16_t lo_rx_one_avx2(void *queue, struct rte_mbuf **pkts, uint16_t n);
uint16_t lo_rx_many(void *queue, struct rte_mbuf **pkts, uint16_t n);
uint16_t lo_rx_any(void *queue, struct rte_mbuf **pkts, uint16_t n);

typedef void (*lo_fill_t)(const struct lo_txq *txq, struct lo_ring *r, uint32_t at,
		struct rte_mbuf **pkts, uint32_t n, struct lo_seen *seen);
typedef void (*lo_fill_far_t)(const struct lo_txq *txq, struct lo_ring *r, struct rte_mbuf **pkts,
		uint32_t n, struct lo_seen *seen);
typedef void (*lo_take_t)(struct rte_mbuf **pkts, struct rte_mbuf *const *slots, uint32_t n);

/* The slots as the only producer and the consumer see them: plain memory behind the tail. */
static __rte_always_inline struct rte_mbuf **
lo_slots(lo_slot_t *slot)
{
	return (struct rte_mbuf **)(uintptr_t)slot;
}

static __rte_always_inline uint64_t
lo_rearm_port_bits(void)
{
	return ((union lo_rearm){ .port = UINT16_MAX }).word;
}

static __rte_always_inline uint64_t
lo_rearm_refcnt_bits(void)
{
	return ((union lo_rearm){ .refcnt = UINT16_MAX }).word;
}

static __rte_always_inline void
lo_look(const struct lo_txq *txq, const struct rte_mbuf *m, struct lo_seen *seen)
{
	union lo_rearm rearm;

	memcpy(&rearm, (const char *)m + LO_LOOK_AT, sizeof(rearm));
	seen->bytes += m->pkt_len;
	seen->flags |= m->ol_flags;
	seen->rearm |= rearm.word ^ txq->rearm_want;
	seen->over |= (uint64_t)rte_atomic_load_explicit(
				      &txq->frame_max_bytes, rte_memory_order_relaxed) -
			m->pkt_len;
}

/* Fill n slots from `at` on, which must not wrap, and look at the packets. */
static __rte_always_inline void
lo_fill(const struct lo_txq *txq, struct lo_ring *r, uint32_t at, struct rte_mbuf **pkts,
		uint32_t n, struct lo_seen *seen)
{
	struct rte_mbuf **slot = lo_slots(r->slot) + at;
	uint32_t *mark = r->slot_mark + at;

	for (uint32_t i = 0; i < n; i++) {
		slot[i] = pkts[i];
		lo_look(txq, pkts[i], seen);
		mark[i] = lo_ring_mark(seen->bytes);
	}
}

/* The part of a burst behind the end of the ring. */
static __rte_always_inline void
lo_fill_far(const struct lo_txq *txq, struct lo_ring *r, struct rte_mbuf **pkts, uint32_t n,
		struct lo_seen *seen)
{
	lo_fill(txq, r, 0, pkts, n, seen);
}

static __rte_always_inline void
lo_take(struct rte_mbuf **pkts, struct rte_mbuf *const *slots, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		pkts[i] = slots[i];
}

/* What "may be longer than the limit" comes to. */
static __rte_noinline bool
lo_any_oversize(const struct lo_txq *txq, struct rte_mbuf **pkts, uint32_t n)
{
	uint32_t longest = 0;

	for (uint32_t i = 0; i < n; i++)
		longest = RTE_MAX(longest, pkts[i]->pkt_len);
	return longest > lo_get(txq->frame_max_bytes);
}

/*
 * Whether the packets seen can be handed over now. A shared mbuf can, as long as nothing has to
 * be written into it.
 */
static __rte_always_inline bool
lo_seen_crosses(const struct lo_txq *txq, const struct lo_seen *seen, struct rte_mbuf **pkts,
		uint32_t n)
{
	if (((seen->flags & txq->slow_flags) | (seen->rearm & txq->rearm_slow)) != 0)
		return false;
	if (unlikely(seen->over >> 63 != 0) && lo_any_oversize(txq, pkts, n))
		return false;
	return (seen->rearm & lo_rearm_port_bits()) == 0 ||
			(seen->rearm & lo_rearm_refcnt_bits()) == 0;
}

/* On a loop that happens once in the life of an mbuf. */
static __rte_always_inline bool
lo_seen_other_port(const struct lo_seen *seen)
{
	return (seen->rearm & lo_rearm_port_bits()) != 0;
}

static __rte_always_inline void
lo_ports_set(const struct lo_txq *txq, struct rte_mbuf **pkts, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		pkts[i]->port = txq->dev->data->port_id;
}

/* What is to be written into the mbufs of a chunk once they are sure of their slots. */
struct lo_notes {
	bool other_port;
	bool keep_hash;
	/* by packet, steer=flow only */
	struct lo_ring *ring[LO_CHUNK];
	uint32_t hash[LO_CHUNK]; /* in reverse */
	uint64_t flags[LO_CHUNK];
};

static __rte_always_inline void
lo_note_apply(const struct lo_txq *txq, const struct lo_notes *notes, uint32_t i,
		struct rte_mbuf *m)
{
	if (unlikely(notes->other_port))
		m->port = txq->dev->data->port_id;
	if (notes->keep_hash) {
		m->hash.rss = lo_reverse32(notes->hash[i]);
		m->ol_flags = (m->ol_flags & ~RTE_MBUF_F_RX_RSS_HASH) | notes->flags[i];
	}
}

/* Tell a sleeping consumer, where somebody asked for interrupts. */
static __rte_always_inline void
lo_ring_notify(const struct lo_dev *dev, struct lo_ring *r)
{
	if (unlikely(r->interrupts))
		lo_intr_wake(dev, r);
}

/* Fill the slots that lo_ring_reserve() gave; `bytes` counts from this burst's first packet. */
static __rte_always_inline void
lo_ring_publish(struct lo_ring *r, uint64_t tail, struct rte_mbuf **pkts, const uint32_t *bytes,
		uint32_t n)
{
	uint32_t at = lo_ring_slot(r->size, lo_ring_index(tail));

	for (uint32_t i = 0; i < n; i++) {
		/* there is one for each packet: NOLINTNEXTLINE(clang-analyzer-core.*) */
		r->slot_mark[at] = lo_ring_mark(lo_ring_bytes(tail) + bytes[i]);
		/* pairs with the acquire in lo_rx_many() */
		rte_atomic_store_explicit(&r->slot[at], pkts[i], rte_memory_order_release);
		if (++at == r->size)
			at = 0;
	}
}

/* Put one packet in behind the tail, as the only producer, who knows that there is room. */
static __rte_always_inline void
lo_ring_append(struct lo_ring *r, uint64_t tail, struct rte_mbuf *m, uint32_t pkt_len)
{
	uint32_t at = lo_ring_slot(r->size, lo_ring_index(tail));

	tail += (uint64_t)pkt_len << 32 | 1;
	/* once a lap, so rather a branch here */
	if (unlikely(lo_ring_index(tail) == 2 * r->size))
		tail -= 2 * r->size;
	lo_slots(r->slot)[at] = m;
	r->slot_mark[at] = lo_ring_mark(lo_ring_bytes(tail));
	rte_atomic_store_explicit(&r->tail, tail, rte_memory_order_release);
}

/* Bytes of packets that end inside a producer's burst: out of the way, and without gathers. */
static __rte_noinline uint32_t
lo_bytes_sum(struct rte_mbuf **pkts, uint32_t n)
{
	uint32_t bytes = 0;

	for (uint32_t i = 0; i < n; i++)
		bytes += pkts[i]->pkt_len;
	return bytes;
}

/* Bytes of the k > 0 packets from the head on, which the consumer has in `pkts`. */
static __rte_always_inline uint32_t
lo_ring_bytes_taken(const struct lo_ring *r, uint32_t head, uint32_t k, struct rte_mbuf **pkts)
{
	const uint32_t last = lo_ring_advance(r->rx_size, head, k - 1);
	const uint32_t mark = r->rx_slot_mark[lo_ring_slot(r->rx_size, last)];

	/* a mark has one bit less than the count: more packets could make it go round */
	if (likely(mark != 0 && k <= LO_RING_SIZE_MAX / 2))
		return ((mark >> 1) - r->bytes_seen) & (UINT32_MAX >> 1);
	return lo_bytes_sum(pkts, k);
}

/* Account for k packets whose pointers the consumer has read, and give their slots back. */
static __rte_always_inline void
lo_ring_take(struct lo_ring *r, uint32_t head, uint32_t k, uint32_t bytes)
{
	lo_add_own(&r->packets, k);
	lo_add_own(&r->bytes, bytes);
	r->bytes_seen += bytes;
	/* pairs with the acquire in lo_ring_room() and lo_ring_reserve() */
	rte_atomic_store_explicit(
			&r->head, lo_ring_advance(r->rx_size, head, k), rte_memory_order_release);
}

static __rte_always_inline struct lo_ring *
lo_ring_of_queue(const struct lo_dev *dev, uint16_t queue)
{
	return &((struct lo_rxq *)dev->data->rx_queues[queue])->ring;
}

/* steer=lcore: NULL where there is no receive queue. Threads unknown to EAL share the last entry. */
static __rte_always_inline struct lo_ring *
lo_ring_of_lcore(const struct lo_txq *txq)
{
	const struct lo_dev *dev = txq->dev;
	const unsigned int lcore = rte_lcore_id();

	if (unlikely(dev->data->nb_rx_queues == 0))
		return NULL;
	return lo_ring_of_queue(
			dev, dev->lcore_queue[lcore < RTE_MAX_LCORE ? lcore : RTE_MAX_LCORE]);
}

/* What a burst answers; what it hands back is counted, never silent. */
static __rte_always_inline uint16_t
lo_tx_answer(struct lo_txq *txq, uint16_t done, uint16_t n)
{
	if (unlikely(done < n))
		lo_add_shared(&txq->cold.refused, n - done);
	return done;
}

/* Packets for one ring, at most LO_CHUNK, as one of several producers. */
static __rte_always_inline uint16_t
lo_tx_run(struct lo_txq *txq, struct lo_ring *r, struct rte_mbuf **pkts, uint16_t n,
		const struct lo_notes *notes, uint16_t first, unsigned int slice)
{
	uint32_t bytes[LO_CHUNK];
	uint32_t sum = 0;
	uint64_t tail;
	uint32_t k;

	for (uint32_t i = 0; i < n; i++)
		bytes[i] = sum += pkts[i]->pkt_len;
	k = lo_ring_reserve(r, n, bytes, &tail);
	if (likely(k != 0)) {
		lo_add_shared(&txq->count[slice].packets, k);
		lo_add_shared(&txq->count[slice].bytes, bytes[k - 1]);
		/* not before: what goes back to the caller goes back as it came */
		for (uint32_t i = 0; i < k; i++)
			lo_note_apply(txq, notes, first + i, pkts[i]);
		lo_ring_publish(r, tail, pkts, bytes, k);
		lo_ring_notify(txq->dev, r);
	}

	return likely(k == n) ? n : k + lo_tx_overflow(txq, r, pkts + k, n - k);
}

#endif
