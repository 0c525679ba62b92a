/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_TRACE_H
#define LOP_TRACE_H

/**
 * @file
 * A trace of packets on their path: stage by stage, what was decided, and the name of the kernel's
 * function that decides it in Linux.
 */

#include <stdio.h>

#include "lop.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Which packets; what is zero fits all. */
struct lop_trace_filter {
	uint32_t saddr_be, daddr_be;
	uint16_t sport_be, dport_be;
	uint8_t protocol;
};

/**
 * Trace the next packets that enter the path, from a socket or a device. A trace that runs is ended
 * first and its records are dropped.
 *
 * @param filter
 *   May be NULL.
 * @param packets
 *   How many, 1 to 1024.
 * @return
 *   -EINVAL, -ENOMEM.
 */
LOP_API int
lop_trace_start(struct lop *lop, const struct lop_trace_filter *filter, unsigned int packets);

/** Stop tracing; the records stay. */
LOP_API void lop_trace_stop(struct lop *lop);

/** Print the records in packet order. How many packets there were, or -EIO. */
LOP_API int lop_trace_print(struct lop *lop, FILE *f);

#ifdef __cplusplus
}
#endif

#endif
