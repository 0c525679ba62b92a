/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_FILTER_H
#define LOP_FILTER_H

/**
 * @file
 * A packet filter: rules over the 5-tuple, compiled with rte_acl, on the public interface of hooks.
 */

#include "lop_hook.h"

#ifdef __cplusplus
extern "C" {
#endif

struct lop_filter;

/**
 * One rule; the first that fits decides. Fields left 0 fit all. Bounds of ports are included. Ports
 * fit only where they can be seen: in UDP, TCP, UDP-Lite, SCTP and DCCP, not in later fragments.
 */
struct lop_filter_rule {
	uint32_t saddr_be, daddr_be;
	uint8_t saddr_len, daddr_len;
	uint8_t protocol;
	uint16_t sport_min, sport_max; /**< host byte order; 0 to 0: any */
	uint16_t dport_min, dport_max;
	enum lop_verdict verdict; /**< LOP_VERDICT_DROP or LOP_VERDICT_ACCEPT */
};

/**
 * Hang a filter with a policy and no rules into a hook point.
 *
 * @return
 *   NULL with rte_errno: EINVAL, ENOSPC, ENOMEM.
 */
LOP_API struct lop_filter *lop_filter_create(
		struct lop *lop, enum lop_hook_point point, int priority, enum lop_verdict policy);

/**
 * Replace all rules at once, and count from 0 again; on an error the old ones stay. Not from within
 * a hook.
 *
 * @return
 *   -EINVAL (a length, a range, a verdict, ports of a protocol without), -ENOMEM, -ENOSPC (65536
 *   rules are the most).
 */
LOP_API int
lop_filter_set(struct lop_filter *filter, const struct lop_filter_rule *rules, unsigned int n);

/** Packets that rule i decided; i = number of rules: the policy. Any thread. */
LOP_API uint64_t lop_filter_hits(const struct lop_filter *filter, unsigned int i);

/** Before its instance is destroyed; not from within a hook. NULL is fine. */
LOP_API void lop_filter_destroy(struct lop_filter *filter);

#ifdef __cplusplus
}
#endif

#endif
