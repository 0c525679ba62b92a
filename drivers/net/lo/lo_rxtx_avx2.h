/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LO_RXTX_AVX2_H
#define LO_RXTX_AVX2_H

/*
 * lo_fill() and lo_take() with AVX2, picked at run time. HOT, like lo_rxtx.c.
 *
 * One 32-byte load of an mbuf, from its data offset on, brings everything that a look wants:
 * rearm data, ol_flags, and in its sixth 32-bit lane pkt_len.
 */

#include <immintrin.h>

#include "lo_rxtx.h"

#define LO_AVX2 __attribute__((target("avx2"))) __rte_always_inline

static_assert(offsetof(struct rte_mbuf, ol_flags) == LO_LOOK_AT + 8, "ol_flags after rearm data");
static_assert(offsetof(struct rte_mbuf, pkt_len) == LO_LOOK_AT + 20, "pkt_len in lane 5");

static LO_AVX2 void
lo_look_avx2(const struct rte_mbuf *m, __m256i want, __m256i *differ, __m256i *longest)
{
	__m256i v = _mm256_loadu_si256((const __m256i *)((const char *)m + LO_LOOK_AT));

	*differ = _mm256_or_si256(*differ, _mm256_xor_si256(v, want));
	*longest = _mm256_max_epu32(*longest, v);
}

static LO_AVX2 void
lo_fill_avx2(const struct lo_txq *txq, struct lo_ring *r, uint32_t at, struct rte_mbuf **pkts,
		uint32_t n, struct lo_seen *seen)
{
	struct rte_mbuf **slot = lo_slots(r) + at;
	uint32_t *slot_bytes = r->slot_bytes + at;
	const __m256i want = _mm256_set_epi64x(0, 0, 0, txq->rearm_want);
	__m256i differ[2] = { _mm256_setzero_si256(), _mm256_setzero_si256() };
	__m256i longest = _mm256_setzero_si256();
	uint32_t bytes = seen->bytes;
	uint32_t i;

	for (i = 0; i + 4 <= n; i += 4) {
		__m256i four = _mm256_loadu_si256((const __m256i *)&pkts[i]);

		_mm256_storeu_si256((__m256i *)&slot[i], four);
		lo_look_avx2(pkts[i], want, &differ[0], &longest);
		lo_look_avx2(pkts[i + 1], want, &differ[1], &longest);
		lo_look_avx2(pkts[i + 2], want, &differ[0], &longest);
		lo_look_avx2(pkts[i + 3], want, &differ[1], &longest);
		slot_bytes[i] = bytes += pkts[i]->pkt_len;
		slot_bytes[i + 1] = bytes += pkts[i + 1]->pkt_len;
		slot_bytes[i + 2] = bytes += pkts[i + 2]->pkt_len;
		slot_bytes[i + 3] = bytes += pkts[i + 3]->pkt_len;
	}
	for (; i < n; i++) {
		slot[i] = pkts[i];
		lo_look_avx2(pkts[i], want, &differ[0], &longest);
		slot_bytes[i] = bytes += pkts[i]->pkt_len;
	}

	differ[0] = _mm256_or_si256(differ[0], differ[1]);
	seen->bytes = bytes;
	seen->rearm |= _mm256_extract_epi64(differ[0], 0);
	seen->flags |= _mm256_extract_epi64(differ[0], 1);
	seen->over |= (uint64_t)rte_atomic_load_explicit(
				      &txq->frame_max_bytes, rte_memory_order_relaxed) -
			(uint32_t)_mm256_extract_epi32(longest, 5);
}

static LO_AVX2 void
lo_take_avx2(struct rte_mbuf **pkts, struct rte_mbuf *const *slots, uint32_t n)
{
	uint32_t i;

	for (i = 0; i + 4 <= n; i += 4)
		_mm256_storeu_si256((__m256i *)&pkts[i],
				_mm256_loadu_si256((const __m256i *)&slots[i]));
	for (; i < n; i++)
		pkts[i] = slots[i];
}

#endif
