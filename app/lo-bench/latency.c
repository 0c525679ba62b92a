/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include "latency.h"

/* The middle of what falls into a bucket. */
static double
middle(unsigned int bucket)
{
	const unsigned int shift = bucket < 2 * LOB_LATENCY_SUB
			? 0
			: (bucket >> LOB_LATENCY_SUB_LOG2) - 1;
	const uint64_t first = (uint64_t)(bucket - (shift << LOB_LATENCY_SUB_LOG2)) << shift;

	return first + ((UINT64_C(1) << shift) - 1) / 2.0;
}

double
lob_latency_at(const struct lob_latency *l, double share)
{
	uint64_t seen = 0;

	for (unsigned int i = 0; i < LOB_LATENCY_BUCKETS; i++) {
		seen += l->bucket[i];
		if (l->bucket[i] != 0 && seen >= share * l->n)
			return middle(i);
	}
	return 0;
}
