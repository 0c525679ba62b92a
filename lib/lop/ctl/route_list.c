/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* What routes there are, and where they lead. */

#include <errno.h>
#include <stdlib.h>

#include "../include/lop_route.h"
#include "fib.h"

/* By table, by address, the longer prefix first, then in the order in which they are tried. */
static int
by_place(const void *a, const void *b, void *arg)
{
	const struct lop_fib_entry *entry = arg;
	const struct lop_fib_entry *x = &entry[*(const uint32_t *)a];
	const struct lop_fib_entry *y = &entry[*(const uint32_t *)b];
	const uint32_t net_x = rte_be_to_cpu_32(x->net_be);
	const uint32_t net_y = rte_be_to_cpu_32(y->net_be);

	if (x->table != y->table)
		return x->table < y->table ? -1 : 1;
	if (net_x != net_y)
		return net_x < net_y ? -1 : 1;
	if (x->len != y->len)
		return y->len - x->len;
	if (x->tos != y->tos)
		return y->tos - x->tos;
	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return 0;
}

/* The place of each route in its chain stands in order[] already: equal ones keep it. */
static uint32_t
collect(const struct lop_fib_routes *routes, uint32_t table, uint32_t *order)
{
	uint32_t n = 0;

	for (uint32_t b = 0; b < routes->nb_buckets; b++) {
		for (uint32_t i = lop_load(routes->bucket[b]); i != 0;
				i = lop_load(routes->entry[i].next)) {
			if (table == 0 || routes->entry[i].table == table)
				order[n++] = i;
		}
	}
	return n;
}

static void
describe(const struct lop_fib_entry *e, const struct lop_hop *hop, struct lop_route *route)
{
	*route = (struct lop_route){
		.dst_be = e->net_be,
		.dst_len = e->len,
		.tos = e->tos,
		.type = hop->type,
		.scope = hop->scope,
		.protocol = e->protocol,
		.table = e->table,
		.priority = e->priority,
		.prefsrc_be = hop->prefsrc_be,
		.gateway_be = hop->gateway_be,
		.oif = hop->oif,
		.mtu_bytes = hop->mtu_bytes,
		.flags = hop->flags,
	};
}

/* A copy of the routes in their order: how many, or -ENOMEM. */
static int
snapshot(const struct lop *lop, uint32_t table, struct lop_route **list)
{
	const struct lop_fib_routes *routes = lop_load(lop->fib->routes);
	const struct lop_fib_ctl *ctl = lop->fib->ctl;
	uint32_t *order = malloc((ctl->nb_routes + 1) * sizeof(*order));
	uint32_t n;

	*list = malloc((ctl->nb_routes + 1) * sizeof(**list));
	if (order == NULL || *list == NULL) {
		free(order);
		free(*list);
		return -ENOMEM;
	}
	n = collect(routes, table, order);
	/* glibc's merges, and so keeps the order of equals. */
	qsort_r(order, n, sizeof(*order), by_place, routes->entry);
	for (uint32_t i = 0; i < n; i++) {
		const struct lop_fib_entry *e = &routes->entry[order[i]];

		describe(e, &ctl->use[lop_load(e->slot)].hop, &(*list)[i]);
	}
	free(order);
	return n;
}

int
lop_route_list(struct lop *lop, uint32_t table,
		void (*cb)(const struct lop_route *route, void *arg), void *arg)
{
	struct lop_route *list;
	int n;

	if (lop == NULL || cb == NULL)
		return -EINVAL;
	pthread_mutex_lock(&lop->lock);
	n = snapshot(lop, table, &list);
	pthread_mutex_unlock(&lop->lock);
	if (n < 0)
		return n;
	/* Without the lock: the callback may change routes. */
	for (int i = 0; i < n; i++)
		cb(&list[i], arg);
	free(list);
	return 0;
}

int
lop_route_get(struct lop *lop, uint32_t daddr_be, uint32_t saddr_be, int oif,
		struct lop_route_answer *answer)
{
	const struct lop_flow flow = { .daddr_be = daddr_be, .saddr_be = saddr_be, .oif = oif };
	struct lop_route_result result;
	struct lop_worker *w;
	int err;

	if (lop == NULL || answer == NULL)
		return -EINVAL;
	w = lop_worker_of(lop);
	if (w == NULL)
		return -ENXIO;
	lop_enter(w);
	err = lop_route_resolve(lop, &flow, &result);
	if (err == 0) {
		*answer = (struct lop_route_answer){
			.type = result.dst->type,
			.table = result.dst->table,
			.oif = result.dst->dev->ifindex,
			.src_be = result.saddr_be,
			.gateway_be = result.dst->gateway_be,
			.mtu_bytes = result.dst->mtu_bytes,
			.cache_flags = result.dst->cache_flags,
		};
	}
	lop_leave(w);
	return err;
}
