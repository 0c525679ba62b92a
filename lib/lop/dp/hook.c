/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Hooks: four stages of one shape (contract FLOW-2, NF-01 to NF-03).
 *
 * in    data at the IPv4 header; output: a destination, header whole
 * drop  HOOK, HOOK_QUEUE; NO_ROUTE, ROUTE_ERROR after a change at LOCAL_OUT
 */

#include <errno.h>
#include <string.h>

#include "hook_run.h"

/* The packet's device; -1 where POST_ROUTING is not to see it. */
static inline int
device_of(enum lop_hook_point point, const struct rte_mbuf *m)
{
	const struct lop_meta *meta = lop_meta(m);

	if (!lop_hook_is_out(point))
		return meta->ifindex;
	if (point == LOP_HOOK_POST_ROUTING && (meta->flags & LOP_META_REROUTED) != 0)
		return -1;
	return meta->dst->dev->ifindex;
}

/* How many packets, from the first on, have the same device: nearly always all of them. */
static inline uint16_t
run_of(const struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n, enum lop_hook_point point)
{
	const int ifindex = device_of(point, pkts[0]);
	uint16_t end = 1;

	/* one destination, and none was routed again: that would have ended it */
	if (lop_hook_is_out(point) && likely(w->out.dst != NULL))
		return n;
	while (end < n && likely(device_of(point, pkts[end]) == ifindex))
		end++;
	return end;
}

static uint16_t
hooks(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n, enum lop_hook_point point,
		const struct lop_hook_list *list)
{
	uint16_t kept = 0, end;

	for (uint16_t i = 0; i < n; i = end) {
		struct lop_hook_run run = {
			.w = w,
			.list = list,
			.state = { .lop = w->lop,
					.point = point,
					.ifindex = device_of(point, pkts[i]) },
			.pkts = &pkts[i],
			.n = run_of(w, &pkts[i], n - i, point),
		};

		end = i + run.n;
		if (likely(run.state.ifindex >= 0))
			lop_hook_run(&run, 0);
		if (kept != i)
			memmove(&pkts[kept], &pkts[i], run.n * sizeof(pkts[0]));
		kept += run.n;
	}
	return kept;
}

uint16_t
lop_hook_pre(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_hook_list *list = lop_acquire(w->lop->hooks.point[LOP_HOOK_PRE_ROUTING]);

	return likely(list == NULL) ? n : hooks(w, pkts, n, LOP_HOOK_PRE_ROUTING, list);
}

uint16_t
lop_hook_local_in(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_hook_list *list = lop_acquire(w->lop->hooks.point[LOP_HOOK_LOCAL_IN]);

	return likely(list == NULL) ? n : hooks(w, pkts, n, LOP_HOOK_LOCAL_IN, list);
}

/* On the way out a burst may be past its link header: its hooks came after its headers. */
uint16_t
lop_hook_local_out(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_hook_list *list = lop_acquire(w->lop->hooks.point[LOP_HOOK_LOCAL_OUT]);

	return likely(list == NULL || w->out.l2) ? n : hooks(w, pkts, n, LOP_HOOK_LOCAL_OUT, list);
}

uint16_t
lop_hook_post(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_hook_list *list = lop_acquire(w->lop->hooks.point[LOP_HOOK_POST_ROUTING]);

	return likely(list == NULL || w->out.l2) ? n
						 : hooks(w, pkts, n, LOP_HOOK_POST_ROUTING, list);
}
