/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LO_RXTX_AVX2_H
#define LO_RXTX_AVX2_H

/*
 * lo_fill() and lo_take() with AVX2, picked at run time. HOT, like lo_rxtx.c.
 *
 * One 32-byte load of an mbuf, from its data offset on, brings everything that a look wants:
 * rearm data, ol_flags, and in its sixth 32-bit lane pkt_len. Lengths are only collected by OR
 * here: an OR within the limit means that each of them is.
 */

#include <immintrin.h>

#include "lo_rxtx.h"

/* The loads and stores of the model that is tuned for otherwise are split in two. */
#define LO_AVX2_TARGET __attribute__((target("avx2,tune=haswell")))
#define LO_AVX2 LO_AVX2_TARGET __rte_always_inline

static_assert(offsetof(struct rte_mbuf, ol_flags) == LO_LOOK_AT + 8, "ol_flags after rearm data");
static_assert(offsetof(struct rte_mbuf, pkt_len) == LO_LOOK_AT + 20, "pkt_len in lane 5");

static LO_AVX2 __m256i
lo_look_avx2(const struct rte_mbuf *m)
{
	return _mm256_loadu_si256((const __m256i *)((const char *)m + LO_LOOK_AT));
}

static LO_AVX2 void
lo_seen_avx2(const struct lo_txq *txq, __m256i differ, struct lo_seen *seen)
{
	seen->rearm |= _mm256_extract_epi64(differ, 0);
	seen->flags |= _mm256_extract_epi64(differ, 1);
	seen->over |= (uint64_t)rte_atomic_load_explicit(
				      &txq->frame_max_bytes, rte_memory_order_relaxed) -
			(uint32_t)_mm256_extract_epi32(differ, 5);
}

static LO_AVX2 void
lo_fill_avx2(const struct lo_txq *txq, struct lo_ring *r, uint32_t at, struct rte_mbuf **pkts,
		uint32_t n, struct lo_seen *seen)
{
	struct rte_mbuf **slot = lo_slots(r->slot) + at;
	uint32_t *mark = r->slot_mark + at;
	const __m256i want = _mm256_set_epi64x(0, 0, 0, txq->rearm_want);
	__m256i differ = _mm256_setzero_si256();
	__m256i sum = _mm256_setzero_si256();
	uint32_t i;

	if (unlikely(n == 0))
		return;
	for (i = 0; i + 4 <= n; i += 4) {
		__m256i a = lo_look_avx2(pkts[i]);
		__m256i b = lo_look_avx2(pkts[i + 1]);
		__m256i c = lo_look_avx2(pkts[i + 2]);
		__m256i d = lo_look_avx2(pkts[i + 3]);

		_mm256_storeu_si256(
				(__m256i *)&slot[i], _mm256_loadu_si256((const __m256i *)&pkts[i]));
		_mm_storeu_si128((__m128i *)&mark[i], _mm_setzero_si128());
		sum = _mm256_add_epi32(sum,
				_mm256_add_epi32(_mm256_add_epi32(a, b), _mm256_add_epi32(c, d)));
		a = _mm256_or_si256(_mm256_xor_si256(a, want), _mm256_xor_si256(b, want));
		c = _mm256_or_si256(_mm256_xor_si256(c, want), _mm256_xor_si256(d, want));
		differ = _mm256_or_si256(differ, _mm256_or_si256(a, c));
	}
	for (; i < n; i++) {
		__m256i a = lo_look_avx2(pkts[i]);

		slot[i] = pkts[i];
		mark[i] = 0;
		sum = _mm256_add_epi32(sum, a);
		differ = _mm256_or_si256(differ, _mm256_xor_si256(a, want));
	}

	seen->bytes += _mm256_extract_epi32(sum, 5);
	mark[n - 1] = lo_ring_mark(seen->bytes);
	lo_seen_avx2(txq, differ, seen);
}

static LO_AVX2 void
lo_take_avx2(struct rte_mbuf **pkts, struct rte_mbuf *const *slots, uint32_t n)
{
	uint32_t i;

	for (i = 0; i + 4 <= n; i += 4)
		_mm256_storeu_si256((__m256i *)&pkts[i],
				_mm256_loadu_si256((const __m256i *)&slots[i]));
	if ((n & 2) != 0) {
		_mm_storeu_si128((__m128i *)&pkts[i], _mm_loadu_si128((const __m128i *)&slots[i]));
		i += 2;
	}
	if ((n & 1) != 0)
		pkts[i] = slots[i];
}

#endif
