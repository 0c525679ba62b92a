/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_ATOMIC_H
#define LOP_DP_ATOMIC_H

/*
 * Shared words: loads and stores with the order that is needed, by names that fit in a line.
 */

#include "lop_compat.h"

#define lop_load(field) rte_atomic_load_explicit(&(field), rte_memory_order_relaxed)
#define lop_store(field, value) rte_atomic_store_explicit(&(field), value, rte_memory_order_relaxed)
/* A pointer to what another thread built, and the publishing of it. */
#define lop_acquire(field) rte_atomic_load_explicit(&(field), rte_memory_order_acquire)
#define lop_publish(field, value) \
	rte_atomic_store_explicit(&(field), value, rte_memory_order_release)

/* A counter of one writer that others may read: no locked instruction. */
#define lop_count(field, n) lop_store(field, lop_load(field) + (n))

#endif
