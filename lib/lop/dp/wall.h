/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_WALL_H
#define LOP_DP_WALL_H

/*
 * The time of day, for messages that carry it: the worker's clock, set against the wall's once.
 */

#include "worker.h"

/* Milliseconds since midnight UT, as ICMP timestamps and the timestamp option have them. */
static inline uint32_t
lop_wall_ms_of_day(struct lop_worker *w)
{
	return (uint64_t)(lop_now(w) + w->wall_offset_us) / 1000 % (24 * 3600 * 1000);
}

#endif
