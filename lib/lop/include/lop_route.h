/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_ROUTE_H
#define LOP_ROUTE_H

/**
 * @file
 * Routes (contract RT, RULE-01).
 */

#include <net/if.h>

#include <linux/rtnetlink.h>

#include "lop.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A route, in the words of rtnetlink(7). */
struct lop_route {
	uint32_t dst_be;
	uint8_t dst_len;
	uint8_t tos;
	uint8_t type;     /**< RTN_*; 0: RTN_UNICAST */
	uint8_t scope;    /**< RT_SCOPE_* */
	uint8_t protocol; /**< RTPROT_*; 0: RTPROT_BOOT */
	uint32_t table;   /**< RT_TABLE_*; 0: RT_TABLE_MAIN */
	uint32_t priority;
	uint32_t prefsrc_be;
	uint32_t gateway_be; /**< 0: on-link */
	int oif;
	uint32_t mtu_bytes; /**< 0: the interface's */
	uint32_t flags;     /**< RTNH_F_ONLINK */
};

/** What `ip route get` says. */
struct lop_route_answer {
	uint8_t type;
	uint32_t table;
	int oif;
	uint32_t src_be;
	uint32_t gateway_be;
	uint32_t mtu_bytes;
	uint32_t cache_flags; /**< RTCF_LOCAL, RTCF_BROADCAST, RTCF_MULTICAST */
};

/**
 * Add a route.
 *
 * @return
 *   -EEXIST, -EINVAL (a field out of range, a type or scope that does not fit, a prefsrc that is
 *   not local), -ENODEV (no such interface), -ENETDOWN (it is down), -ENETUNREACH (gateway not
 *   reachable on-link), -ENOSPC, -ENOMEM.
 */
LOP_API int lop_route_add(struct lop *lop, const struct lop_route *route);

/**
 * Remove the first route that fits; fields left 0 (but dst, TOS) fit all, table 0 is
 * main. -ESRCH, -EINVAL (no prefix).
 */
LOP_API int lop_route_del(struct lop *lop, const struct lop_route *route);

/** Add many; stops at the first that is refused. How many were added, or its errno if none was. */
LOP_API int lop_route_add_bulk(struct lop *lop, const struct lop_route *routes, unsigned int n);

/** Call back for each route of a table (0: all), by table, then as `ip route` orders them. */
LOP_API int lop_route_list(struct lop *lop, uint32_t table,
		void (*cb)(const struct lop_route *route, void *arg), void *arg);

/** Ask where a packet would go, by an attached thread. Linux's errno as sendto(2) would give. */
LOP_API int lop_route_get(struct lop *lop, uint32_t daddr_be, uint32_t saddr_be, int oif,
		struct lop_route_answer *answer);

/** As `ip route flush cache`. */
LOP_API void lop_route_flush_cache(struct lop *lop);

#ifdef __cplusplus
}
#endif

#endif
