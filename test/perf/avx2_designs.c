/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Designs on the index ring with AVX2. Each differs from lod_marks in the one thing that its
 * name tells.
 */

#include "avx2.h"

/* A byte count for so many slots. */
#define BLOCK_SLOTS 32

#define FILL(name, steps)                                                                  \
	static LOD_AVX2 bool name(struct lod_ring *r, uint32_t at, struct rte_mbuf **pkts, \
			uint32_t n, uint32_t *bytes)                                       \
	{                                                                                  \
		return lod_fill_avx2(r, at, pkts, n, bytes, steps);                        \
	}

FILL(fill_copy, LOD_COPY)
FILL(fill_look, LOD_COPY | LOD_LOOK)
FILL(fill_slots, LOD_COPY | LOD_LOOK | LOD_SLOTS)
FILL(fill_total, LOD_COPY | LOD_LOOK | LOD_TOTAL)
FILL(fill_max, LOD_COPY | LOD_LOOK | LOD_TOTAL | LOD_MARK | LOD_MAX)
FILL(fill_first_pass, LOD_LOOK | LOD_TOTAL | LOD_MARK)

static LOD_AVX2 bool
fill_two_passes(struct lod_ring *r, uint32_t at, struct rte_mbuf **pkts, uint32_t n,
		uint32_t *bytes)
{
	return fill_first_pass(r, at, pkts, n, bytes) && fill_copy(r, at, pkts, n, bytes);
}

/* Half of the load, and each length on its own. */
static LOD_AVX2 bool
fill_look16(struct lod_ring *r, uint32_t at, struct rte_mbuf **pkts, uint32_t n, uint32_t *bytes)
{
	const __m128i want = _mm_set_epi64x(0, r->want);
	__m128i differ = _mm_setzero_si128(), over = differ;
	__m128i total = _mm_cvtsi32_si128(*bytes);
	uint64_t rearm, flags;
	bool crosses;
	uint32_t i;

	for (i = 0; i + 4 <= n; i += 4) {
		const __m128i len = lod_four_lengths(&pkts[i]);

		_mm256_storeu_si256((__m256i *)&r->slot[at + i],
				_mm256_loadu_si256((const __m256i *)&pkts[i]));
		for (uint32_t k = i; k < i + 4; k++) {
			const void *from = (const char *)pkts[k] +
					offsetof(struct rte_mbuf, data_off);

			differ = _mm_or_si128(differ, _mm_xor_si128(_mm_loadu_si128(from), want));
		}
		over = _mm_or_si128(over, len);
		total = _mm_add_epi32(total, len);
		_mm_storeu_si128((__m128i *)&r->count[at + i], _mm_setzero_si128());
	}
	*bytes = lod_sum_of(total);
	crosses = lod_fill_marks(r, at + i, pkts + i, n - i, bytes);
	if (likely(n != 0))
		r->count[at + n - 1] = *bytes << 1 | 1;
	over = _mm_or_si128(over, _mm_shuffle_epi32(over, 0x4e));
	over = _mm_or_si128(over, _mm_shuffle_epi32(over, 0xb1));
	rearm = _mm_cvtsi128_si64(differ);
	flags = _mm_extract_epi64(differ, 1);
	if (!crosses || ((rearm & r->slow_rearm) | (flags & r->slow_flags)) != 0)
		return false;
	return likely((uint32_t)_mm_cvtsi128_si32(over) <= LOD_FRAME_MAX_BYTES) ||
			!lod_any_oversize(pkts, n);
}

static LOD_AVX2 bool
fill_blocks(struct lod_ring *r, uint32_t at, struct rte_mbuf **pkts, uint32_t n, uint32_t *bytes)
{
	const uint32_t steps = LOD_COPY | LOD_LOOK | LOD_TOTAL;
	struct lod_seen seen = { .differ = _mm256_setzero_si256(), .bytes = *bytes };
	uint32_t part;

	for (uint32_t i = 0; i < n; i += part, at += part) {
		part = RTE_MIN(n - i, BLOCK_SLOTS - at % BLOCK_SLOTS);
		lod_pass(r, at, pkts + i, part, &seen, steps);
		if ((at + part) % BLOCK_SLOTS == 0)
			r->count[at / BLOCK_SLOTS] = seen.bytes;
	}
	*bytes = seen.bytes;
	return lod_crosses(r, &seen, pkts, n, steps);
}

static LOD_AVX2 uint32_t
count_none(const struct lod_ring *r, uint32_t head, uint32_t k, bool drained,
		struct rte_mbuf *const *pkts)
{
	RTE_SET_USED(head);
	RTE_SET_USED(k);
	RTE_SET_USED(drained);
	RTE_SET_USED(pkts);
	return r->bytes_seen;
}

/* The count of the last whole block, and what is behind it. */
static LOD_AVX2 uint32_t
count_blocks(const struct lod_ring *r, uint32_t head, uint32_t k, bool drained,
		struct rte_mbuf *const *pkts)
{
	uint32_t end = lod_last_slot(r, head, k) + 1;
	uint32_t rest = end % BLOCK_SLOTS;
	uint32_t bytes = r->bytes_seen;

	if (drained)
		return lo_ring_bytes(r->tail_seen);
	if (rest < k)
		bytes = r->rx_count[(end < BLOCK_SLOTS ? r->rx_size : end) / BLOCK_SLOTS - 1];
	else
		rest = k;
	return bytes + lod_lengths_of(pkts + k - rest, rest);
}

#define PUT(name, fill, cached)                                                                \
	static LOD_AVX2_TARGET __rte_noinline bool name##_far(struct lod_ring *r, uint32_t at, \
			struct rte_mbuf **pkts, uint32_t n, uint32_t *bytes)                   \
	{                                                                                      \
		return fill(r, at, pkts, n, bytes);                                            \
	}                                                                                      \
	LOD_AVX2_TARGET LOD_BURST(name)                                                        \
	{                                                                                      \
		return lod_put(queue, pkts, n, fill, name##_far, cached);                      \
	}
#define GET(name, count, cached)                                              \
	LOD_AVX2_TARGET LOD_BURST(name)                                       \
	{                                                                     \
		return lod_get(queue, pkts, n, lod_take_avx2, count, cached); \
	}

PUT(lod_copy_tx, fill_copy, true)
GET(lod_copy_rx, count_none, true)
PUT(lod_look_tx, fill_look, true)
PUT(lod_marks_tx, lod_fill_marks, true)
GET(lod_marks_rx, lod_count_marks, true)
PUT(lod_slots_tx, fill_slots, true)
GET(lod_slots_rx, lod_count_tail_or_slot, true)
GET(lod_slots_only_rx, lod_count_slot, true)
PUT(lod_total_tx, fill_total, true)
GET(lod_sum_rx, lod_count_sum, true)
PUT(lod_blocks_tx, fill_blocks, true)
GET(lod_blocks_rx, count_blocks, true)
PUT(lod_uncached_tx, lod_fill_marks, false)
GET(lod_uncached_rx, lod_count_marks, false)
PUT(lod_two_passes_tx, fill_two_passes, true)
PUT(lod_max_tx, fill_max, true)
PUT(lod_look16_tx, fill_look16, true)
