/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_HOOK_RUN_H
#define LOP_DP_HOOK_RUN_H

/*
 * Calling the hooks of a point, for its stage and for lop_hook_reinject().
 */

#include "parked.h"
#include "stages.h"

/* Packets of one device at one point. */
struct lop_hook_run {
	struct lop_worker *w;
	const struct lop_hook_list *list;
	struct lop_hook_state state;
	struct rte_mbuf **pkts;
	uint16_t n;
};

static inline bool
lop_hook_is_out(enum lop_hook_point point)
{
	return point == LOP_HOOK_LOCAL_OUT || point == LOP_HOOK_POST_ROUTING;
}

/*
 * All hooks from list->entry[first] on, with routing after a change at LOCAL_OUT (contract NF-03).
 * What is left is at the front of run->pkts.
 */
void lop_hook_run(struct lop_hook_run *run, unsigned int first);

/* Give a packet to the handler of queued ones; park says which hook it comes from. */
void lop_hook_queue(const struct lop_hook_run *run, struct rte_mbuf *m, struct lop_park *park);

/* A packet leaves its sender's buffer. Between lop_enter() and lop_leave(). */
struct lop_sock *lop_wmem_release(struct lop *lop, const struct lop_park *park);

/* Route a packet of this host again by what its header says now: 0, or -errno and it is gone. */
int lop_hook_reroute(struct lop_worker *w, struct rte_mbuf *m);

#endif
