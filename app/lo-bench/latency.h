/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_LATENCY_H
#define LOB_LATENCY_H

#include <stdint.h>

#include <rte_branch_prediction.h>

/* Each power of two has this many buckets, so a value is off by one in 128 at most. */
#define LOB_LATENCY_SUB_LOG2 6
#define LOB_LATENCY_SUB (1 << LOB_LATENCY_SUB_LOG2)
#define LOB_LATENCY_BUCKETS ((64 - LOB_LATENCY_SUB_LOG2 + 1) * LOB_LATENCY_SUB)

/* How often which time was measured, in TSC cycles. */
struct lob_latency {
	uint64_t n;
	uint64_t bucket[LOB_LATENCY_BUCKETS];
};

static inline unsigned int
lob_latency_bucket(uint64_t tsc)
{
	const unsigned int shift = tsc < 2 * LOB_LATENCY_SUB
			? 0
			: 63 - __builtin_clzll(tsc) - LOB_LATENCY_SUB_LOG2;

	return (shift << LOB_LATENCY_SUB_LOG2) + (tsc >> shift);
}

static inline void
lob_latency_add(struct lob_latency *l, uint64_t tsc)
{
	l->n++;
	l->bucket[lob_latency_bucket(tsc)]++;
}

/**
 * @param share
 *   0.5 for the median, 0.999 for what one in a thousand exceeds.
 * @return
 *   TSC cycles, 0 when nothing was measured.
 */
double lob_latency_at(const struct lob_latency *l, double share);

#endif /* LOB_LATENCY_H */
