/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOD_AVX2_H
#define LOD_AVX2_H

/*
 * Filling slots with AVX2: one function whose steps are picked at compile time.
 */

#include <assert.h>
#include <immintrin.h>

#include "ring.h"

/* The loads and stores of the model that is tuned for otherwise are split in two. */
#define LOD_AVX2_TARGET __attribute__((target("avx2,tune=haswell")))
#define LOD_AVX2 LOD_AVX2_TARGET __rte_always_inline

#define LOD_COPY RTE_BIT32(0)  /* pointers into slots */
#define LOD_LOOK RTE_BIT32(1)  /* collect what would not cross, lengths by OR */
#define LOD_SLOTS RTE_BIT32(2) /* a running byte count in every slot */
#define LOD_TOTAL RTE_BIT32(3) /* only the burst's bytes */
#define LOD_MAX RTE_BIT32(4)   /* the longest length beside */
#define LOD_MARK RTE_BIT32(5)  /* the byte count behind the last slot, marked by its lowest bit */

static_assert(offsetof(struct rte_mbuf, ol_flags) == offsetof(struct rte_mbuf, data_off) + 8,
		"ol_flags in 64-bit lane 1");
static_assert(offsetof(struct rte_mbuf, pkt_len) == offsetof(struct rte_mbuf, data_off) + 20,
		"pkt_len in 32-bit lane 5");

struct lod_seen {
	__m256i differ;
	__m256i longest;
	uint32_t bytes;
};

static LOD_AVX2 __m256i
lod_load32(const struct rte_mbuf *m)
{
	return _mm256_loadu_si256(
			(const __m256i *)((const char *)m + offsetof(struct rte_mbuf, data_off)));
}

/* Running sums of four lengths. */
static LOD_AVX2 __m128i
lod_sums(__m128i len, __m128i before)
{
	len = _mm_add_epi32(len, _mm_slli_si128(len, 4));
	len = _mm_add_epi32(len, _mm_slli_si128(len, 8));
	return _mm_add_epi32(len, before);
}

static LOD_AVX2 __m128i
lod_lengths(__m256i a, __m256i b, __m256i c, __m256i d)
{
	return _mm256_extracti128_si256(_mm256_unpackhi_epi64(_mm256_unpacklo_epi32(a, b),
							_mm256_unpacklo_epi32(c, d)),
			1);
}

/* What is left behind the groups of four. */
static LOD_AVX2 void
lod_pass_rest(struct lod_ring *r, uint32_t at, struct rte_mbuf **pkts, uint32_t n,
		struct lod_seen *seen, const uint32_t steps)
{
	const __m256i want = _mm256_set_epi64x(0, 0, 0, r->want);

	for (uint32_t i = 0; i < n; i++) {
		if ((steps & LOD_COPY) != 0)
			r->slot[at + i] = pkts[i];
		if ((steps & (LOD_LOOK | LOD_MAX)) != 0) {
			__m256i m = lod_load32(pkts[i]);

			seen->differ = _mm256_or_si256(seen->differ, _mm256_xor_si256(m, want));
			seen->longest = _mm256_max_epu32(seen->longest, m);
		}
		if ((steps & (LOD_SLOTS | LOD_TOTAL)) != 0)
			seen->bytes += pkts[i]->pkt_len;
		if ((steps & LOD_SLOTS) != 0)
			r->count[at + i] = seen->bytes;
		if ((steps & LOD_MARK) != 0)
			r->count[at + i] = 0;
	}
}

static LOD_AVX2 void
lod_pass(struct lod_ring *r, uint32_t at, struct rte_mbuf **pkts, uint32_t n, struct lod_seen *seen,
		const uint32_t steps)
{
	struct rte_mbuf **slot = r->slot + at;
	uint32_t *count = r->count + at;
	const __m256i want = _mm256_set_epi64x(0, 0, 0, r->want);
	__m256i differ = seen->differ, longest = seen->longest;
	__m256i total = _mm256_setzero_si256();
	__m128i sums = _mm_set1_epi32(seen->bytes);
	uint32_t i;

	for (i = 0; i + 4 <= n; i += 4) {
		__m256i a, b, c, d;

		if ((steps & LOD_COPY) != 0)
			_mm256_storeu_si256((__m256i *)&slot[i],
					_mm256_loadu_si256((const __m256i *)&pkts[i]));
		if ((steps & LOD_MARK) != 0)
			_mm_storeu_si128((__m128i *)&count[i], _mm_setzero_si128());
		if ((steps & ~(LOD_COPY | LOD_MARK)) == 0)
			continue;
		a = lod_load32(pkts[i]);
		b = lod_load32(pkts[i + 1]);
		c = lod_load32(pkts[i + 2]);
		d = lod_load32(pkts[i + 3]);
		if ((steps & LOD_LOOK) != 0)
			differ = _mm256_or_si256(differ,
					_mm256_or_si256(_mm256_or_si256(_mm256_xor_si256(a, want),
									_mm256_xor_si256(b, want)),
							_mm256_or_si256(_mm256_xor_si256(c, want),
									_mm256_xor_si256(
											d, want))));
		if ((steps & LOD_MAX) != 0)
			longest = _mm256_max_epu32(longest,
					_mm256_max_epu32(_mm256_max_epu32(a, b),
							_mm256_max_epu32(c, d)));
		if ((steps & LOD_TOTAL) != 0)
			total = _mm256_add_epi32(total,
					_mm256_add_epi32(_mm256_add_epi32(a, b),
							_mm256_add_epi32(c, d)));
		if ((steps & LOD_SLOTS) != 0) {
			sums = lod_sums(lod_lengths(a, b, c, d), sums);
			_mm_storeu_si128((__m128i *)&count[i], sums);
			sums = _mm_shuffle_epi32(sums, 0xff);
		}
	}
	seen->differ = differ;
	seen->longest = longest;
	seen->bytes = _mm_cvtsi128_si32(sums) + _mm256_extract_epi32(total, 5);
	lod_pass_rest(r, at + i, pkts + i, n - i, seen, steps);
}

static LOD_AVX2 bool
lod_crosses(const struct lod_ring *r, const struct lod_seen *seen, struct rte_mbuf **pkts,
		uint32_t n, const uint32_t steps)
{
	const __m256i lengths = (steps & LOD_MAX) != 0 ? seen->longest : seen->differ;

	if ((steps & LOD_LOOK) == 0)
		return true;
	if (((_mm256_extract_epi64(seen->differ, 0) & r->slow_rearm) |
			    (_mm256_extract_epi64(seen->differ, 1) & r->slow_flags)) != 0)
		return false;
	if (likely((uint32_t)_mm256_extract_epi32(lengths, 5) <= LOD_FRAME_MAX_BYTES))
		return true;
	return (steps & LOD_MAX) == 0 && !lod_any_oversize(pkts, n);
}

static LOD_AVX2 bool
lod_fill_avx2(struct lod_ring *r, uint32_t at, struct rte_mbuf **pkts, uint32_t n, uint32_t *bytes,
		const uint32_t steps)
{
	struct lod_seen seen = {
		.differ = _mm256_setzero_si256(), .longest = _mm256_setzero_si256(), .bytes = *bytes
	};

	lod_pass(r, at, pkts, n, &seen, steps);
	if ((steps & LOD_MARK) != 0 && likely(n != 0))
		r->count[at + n - 1] = seen.bytes << 1 | 1;
	*bytes = seen.bytes;
	return lod_crosses(r, &seen, pkts, n, steps);
}

/* The driver's. */
static LOD_AVX2 bool
lod_fill_marks(struct lod_ring *r, uint32_t at, struct rte_mbuf **pkts, uint32_t n, uint32_t *bytes)
{
	return lod_fill_avx2(r, at, pkts, n, bytes, LOD_COPY | LOD_LOOK | LOD_TOTAL | LOD_MARK);
}

/* By hand: a compiler makes a gather of it, which is slower. */
static LOD_AVX2 __m128i
lod_four_lengths(struct rte_mbuf *const *pkts)
{
	__m128i len = _mm_cvtsi32_si128(pkts[0]->pkt_len);

	len = _mm_insert_epi32(len, pkts[1]->pkt_len, 1);
	len = _mm_insert_epi32(len, pkts[2]->pkt_len, 2);
	return _mm_insert_epi32(len, pkts[3]->pkt_len, 3);
}

static LOD_AVX2 uint32_t
lod_sum_of(__m128i v)
{
	v = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0x4e));
	v = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0xb1));
	return _mm_cvtsi128_si32(v);
}

static LOD_AVX2 uint32_t
lod_lengths_of(struct rte_mbuf *const *pkts, uint32_t n)
{
	__m128i total = _mm_setzero_si128();
	uint32_t bytes = 0;
	uint32_t i;

	for (i = 0; i + 4 <= n; i += 4)
		total = _mm_add_epi32(total, lod_four_lengths(&pkts[i]));
	for (; i < n; i++)
		bytes += pkts[i]->pkt_len;
	return bytes + lod_sum_of(total);
}

/* Reads the slots: what was just stored to pkts would have to wait for the stores. */
static LOD_AVX2 uint32_t
lod_count_sum(const struct lod_ring *r, uint32_t head, uint32_t k, bool drained,
		struct rte_mbuf *const *pkts)
{
	uint32_t at = lo_ring_slot(r->rx_size, head);
	uint32_t straight = RTE_MIN(k, r->rx_size - at);

	RTE_SET_USED(drained);
	RTE_SET_USED(pkts);
	return r->bytes_seen + lod_lengths_of(r->rx_slot + at, straight) +
			lod_lengths_of(r->rx_slot, k - straight);
}

/* Where the last slot has no mark, the packets tell. */
static LOD_AVX2 uint32_t
lod_count_marks(const struct lod_ring *r, uint32_t head, uint32_t k, bool drained,
		struct rte_mbuf *const *pkts)
{
	uint32_t mark, half;

	if (drained)
		return lo_ring_bytes(r->tail_seen);
	mark = lod_count_slot(r, head, k, drained, pkts);
	if ((mark & 1) == 0)
		return lod_count_sum(r, head, k, drained, pkts);
	/* 31 bits of the count; a burst is shorter than what they hold */
	half = ((mark >> 1) - r->bytes_seen) & INT32_MAX;
	return r->bytes_seen + half;
}

static LOD_AVX2 void
lod_take_avx2(struct rte_mbuf **pkts, struct rte_mbuf *const *slots, uint32_t n)
{
	uint32_t i;

	for (i = 0; i + 4 <= n; i += 4)
		_mm256_storeu_si256((__m256i *)&pkts[i],
				_mm256_loadu_si256((const __m256i *)&slots[i]));
	for (; i < n; i++)
		pkts[i] = slots[i];
}

#endif
