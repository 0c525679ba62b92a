/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_NEIGH_H
#define LOP_NEIGH_H

/**
 * @file
 * Neighbours (contract NE-01 to NE-04).
 */

#include <linux/neighbour.h>
#include <net/ethernet.h>

#include "lop.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A neighbour. */
struct lop_neigh_info {
	int ifindex;
	uint32_t addr_be; /**< always 0 on lo (contract NE-01) */
	uint16_t state;   /**< NUD_* */
	uint8_t lladdr[ETH_ALEN];
	uint32_t refs;
};

/**
 * Create or replace an entry: state NUD_PERMANENT, NUD_NOARP, NUD_REACHABLE or NUD_STALE. A STALE
 * one is NUD_DELAY from the first packet on that leaves by it (contract NE-08); nothing else ages.
 *
 * @return
 *   -ENODEV, -EINVAL (state, no IPv4 on the interface), -ENOBUFS (table full), -ENOMEM.
 */
LOP_API int lop_neigh_set(struct lop *lop, const struct lop_neigh_info *neigh);

/** -ENODEV, -ENOENT. */
LOP_API int lop_neigh_del(struct lop *lop, int ifindex, uint32_t addr_be);

/** Call back for each entry whose state has a bit of `states`; 0: those `ip neigh` shows. */
LOP_API int lop_neigh_list(struct lop *lop, uint16_t states,
		void (*cb)(const struct lop_neigh_info *neigh, void *arg), void *arg);

#ifdef __cplusplus
}
#endif

#endif
