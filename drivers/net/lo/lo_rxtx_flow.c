/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The transmit burst of steer=flow. HOT, like lo_rxtx.c.
 *
 * First each packet's ring is found, then, when the whole burst can cross untouched, each packet
 * is put into its ring. A burst of plain packets of one protocol, nearly every one, is looked at
 * with vectors and without a branch but for its lengths.
 */

#include "lo.h"
#include "lo_rxtx.h"

#ifdef RTE_ARCH_X86
#include "lo_rxtx_avx2.h"
#endif

/* Find the rings of a chunk, and what crossing takes. */
typedef void (*lo_plan_t)(const struct lo_txq *txq, struct rte_mbuf **pkts, uint16_t n,
		struct lo_notes *notes, struct lo_seen *seen);

static __rte_always_inline void
lo_plan(const struct lo_txq *txq, struct rte_mbuf **pkts, uint16_t n, struct lo_notes *notes,
		struct lo_seen *seen, struct lo_hasher by)
{
	for (uint16_t i = 0; i < n; i++) {
		lo_look(txq, pkts[i], seen);
		notes->flags[i] = 0;
		notes->ring[i] = lo_ring_of_queue(txq->dev,
				lo_flow_queue(txq->dev, pkts[i], &notes->hash[i], &notes->flags[i],
						by));
	}
}

static __rte_always_inline void
lo_plan_base(const struct lo_txq *txq, struct rte_mbuf **pkts, uint16_t n, struct lo_notes *notes,
		struct lo_seen *seen)
{
	lo_plan(txq, pkts, n, notes, seen, lo_hasher_base);
}

#ifdef RTE_ARCH_X86
/* Any packets; out of the way of the plain ones. */
static LO_CLMUL_TARGET __rte_noinline void
lo_plan_mixed(const struct lo_txq *txq, struct rte_mbuf **pkts, uint16_t n, struct lo_notes *notes,
		struct lo_seen *seen)
{
	const struct lo_hasher by = { lo_hash_plain_clmul, lo_hash_words_clmul };

	lo_plan(txq, pkts, n, notes, seen, by);
}

/* Packets as lo_hash_plain() wants them and all of one protocol; false when one is not. */
static LO_CLMUL bool
lo_plan_plain(const struct lo_txq *txq, struct rte_mbuf **pkts, uint16_t n, struct lo_notes *notes,
		struct lo_seen *seen, bool keep_hash)
{
	const struct lo_flow *flow = txq->dev->flow;
	void **rx_queues = txq->dev->data->rx_queues;
	const __m256i want = _mm256_set_epi64x(0, 0, 0, txq->rearm_want);
	const struct lo_plain plain = lo_plain_of(flow, pkts[0]);
	__m256i differ = _mm256_setzero_si256();
	__m128i other = _mm_setzero_si128();

	if (unlikely(plain.words == 0))
		return false;
	for (uint16_t i = 0; i < n; i++) {
		const uint8_t *data = rte_pktmbuf_mtod(pkts[i], const uint8_t *);
		uint32_t hash;

		if (unlikely(pkts[i]->data_len < LO_PLAIN_BYTES))
			return false;
		differ = _mm256_or_si256(differ, _mm256_xor_si256(lo_look_avx2(pkts[i]), want));
		other = _mm_or_si128(other, lo_plain_differs(&plain, data));
		hash = lo_plain_hash(&plain, data);
		if (keep_hash) {
			notes->hash[i] = hash;
			notes->flags[i] = RTE_MBUF_F_RX_RSS_HASH;
		}
		notes->ring[i] = rx_queues[flow->reta[lo_reta_place(hash)]];
	}
	lo_seen_avx2(txq, differ, seen);
	return lo_plain_all(other);
}

static LO_CLMUL void
lo_plan_clmul(const struct lo_txq *txq, struct rte_mbuf **pkts, uint16_t n, struct lo_notes *notes,
		struct lo_seen *seen)
{
	const bool all = unlikely(notes->keep_hash)
			? lo_plan_plain(txq, pkts, n, notes, seen, true)
			: lo_plan_plain(txq, pkts, n, notes, seen, false);

	if (unlikely(!all))
		lo_plan_mixed(txq, pkts, n, notes, seen);
}
#endif

/* One transmit queue: the only producer of every ring. */
static __rte_always_inline uint16_t
lo_tx_flow_each(struct lo_txq *txq, struct rte_mbuf **pkts, uint16_t n,
		const struct lo_notes *notes, bool writes)
{
	uint64_t bytes = 0;
	uint32_t packets = 0;
	uint16_t i;

	for (i = 0; i < n; i++) {
		struct lo_ring *r = notes->ring[i];
		uint64_t tail = rte_atomic_load_explicit(&r->tail, rte_memory_order_relaxed);
		uint32_t pkt_len = pkts[i]->pkt_len;

		if (unlikely(lo_ring_index(tail) == r->full_at) && lo_ring_room(r, tail, 1) == 0) {
			if (lo_tx_overflow(txq, r, &pkts[i], 1) == 0)
				break;
			continue;
		}
		packets++;
		bytes += pkt_len;
		if (writes)
			lo_note_apply(txq, notes, i, pkts[i]);
		lo_ring_append(r, tail, pkts[i], pkt_len);
		lo_ring_notify(txq->dev, r);
	}
	lo_add_own(&txq->count[0].packets, packets);
	lo_add_own(&txq->count[0].bytes, bytes);

	return i;
}

/* Several transmit queues: neighbours for the same ring go together. */
static __rte_noinline uint16_t
lo_tx_flow_runs(struct lo_txq *txq, struct rte_mbuf **pkts, uint16_t n,
		const struct lo_notes *notes)
{
	struct lo_ring *const *ring = notes->ring;
	uint16_t done = 0;
	uint16_t run, k;

	do {
		for (run = 1; done + run < n && ring[done + run] == ring[done]; run++)
			;
		/* each packet has its ring: NOLINTNEXTLINE(clang-analyzer-core.*) */
		k = lo_tx_run(txq, ring[done], pkts + done, run, notes, done, 0);
		done += k;
	} while (k == run && done < n);

	return done;
}

static __rte_always_inline uint16_t
lo_tx_flow_chunk(struct lo_txq *txq, struct rte_mbuf **pkts, uint16_t n, lo_plan_t plan)
{
	struct lo_seen seen = { 0 };
	struct lo_notes notes;

	notes.keep_hash = (txq->dev->rx_offloads & RTE_ETH_RX_OFFLOAD_RSS_HASH) != 0;
	plan(txq, pkts, n, &notes, &seen);
	if (unlikely(!lo_seen_crosses(txq, &seen, pkts, n)))
		return lo_tx_slow(txq, pkts, n);
	notes.other_port = lo_seen_other_port(&seen);

	if (unlikely(txq->shared))
		return lo_tx_flow_runs(txq, pkts, n, &notes);
	if (unlikely(notes.other_port || notes.keep_hash))
		return lo_tx_flow_each(txq, pkts, n, &notes, true);
	return lo_tx_flow_each(txq, pkts, n, &notes, false);
}

static __rte_always_inline uint16_t
lo_tx_flow(void *tx_queue, struct rte_mbuf **pkts, uint16_t n, lo_plan_t plan)
{
	struct lo_txq *txq = tx_queue;
	uint16_t done = 0;
	uint16_t chunk, k;

	if (unlikely(lo_get(txq->always_slow)))
		return lo_tx_answer(txq, lo_tx_slow(txq, pkts, n), n);

	for (k = chunk = 0; done < n && k == chunk; done += k) {
		chunk = RTE_MIN(n - done, LO_CHUNK);
		k = lo_tx_flow_chunk(txq, pkts + done, chunk, plan);
	}

	return lo_tx_answer(txq, done, n);
}

uint16_t
lo_tx_flow_base(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	return lo_tx_flow(queue, pkts, n, lo_plan_base);
}

#ifdef RTE_ARCH_X86
LO_CLMUL_TARGET uint16_t
lo_tx_flow_clmul(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	return lo_tx_flow(queue, pkts, n, lo_plan_clmul);
}
#endif
