/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The routing tables: their coming and going, and the hash table of all routes. */

#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "fib.h"

#define FIRST_ROUTES 64

/* Routes a quarter more than there are: what a table costs beside its routes. */
static uint32_t
more_than(uint32_t n)
{
	return n + n / 4 + 1;
}

static uint32_t
link_order(const struct lop_fib_entry *e)
{
	/* Local is tried before main, others never meet. */
	return e->table == RT_TABLE_LOCAL ? 0 : 1;
}

/* Does a stand before b, both of one prefix? Where neither does, the older one. */
static bool
is_before(const struct lop_fib_entry *a, const struct lop_fib_entry *b)
{
	if (link_order(a) != link_order(b))
		return link_order(a) < link_order(b);
	if (a->table != b->table)
		return a->table > b->table;
	if (a->tos != b->tos)
		return a->tos > b->tos;
	return a->priority < b->priority;
}

static bool
same_prefix(const struct lop_fib_entry *a, const struct lop_fib_entry *b)
{
	return a->net_be == b->net_be && a->len == b->len;
}

/* Into its chain, behind all that it is not before. */
static void
link_entry(struct lop_fib_routes *routes, uint32_t index)
{
	struct lop_fib_entry *e = &routes->entry[index];
	RTE_ATOMIC(uint32_t) *at = &routes->bucket[lop_fib_bucket(routes, e->net_be, e->len)];

	for (; lop_load(*at) != 0; at = &routes->entry[lop_load(*at)].next) {
		const struct lop_fib_entry *other = &routes->entry[lop_load(*at)];

		if (same_prefix(e, other) && is_before(e, other))
			break;
	}
	lop_store(e->next, lop_load(*at));
	lop_publish(*at, index);
}

static void
unlink_entry(struct lop_fib_routes *routes, uint32_t index)
{
	const struct lop_fib_entry *e = &routes->entry[index];
	RTE_ATOMIC(uint32_t) *at = &routes->bucket[lop_fib_bucket(routes, e->net_be, e->len)];

	while (lop_load(*at) != index)
		at = &routes->entry[lop_load(*at)].next;
	/* Who stands on it goes on from it. */
	lop_publish(*at, lop_load(e->next));
}

static struct lop_fib_routes *
alloc_routes(uint32_t size)
{
	const size_t header = RTE_ALIGN(sizeof(struct lop_fib_routes) + size * sizeof(uint32_t),
			RTE_CACHE_LINE_SIZE);
	struct lop_fib_routes *routes = lop_fib_alloc(
			header + (size_t)size * sizeof(struct lop_fib_entry));

	if (routes == NULL)
		return NULL;
	routes->nb_buckets = size;
	routes->size = size;
	routes->entry = (struct lop_fib_entry *)(void *)((char *)routes + header);
	return routes;
}

/* Room for so many more routes. Chains cannot be taken apart under readers: all are built anew. */
int
lop_fib_reserve(struct lop *lop, uint32_t more)
{
	struct lop_fib *fib = lop->fib;
	struct lop_fib_ctl *ctl = fib->ctl;
	struct lop_fib_routes *old = lop_load(fib->routes);
	struct lop_fib_routes *routes;
	uint32_t size;

	/* Entries that wait for a grace period count as used. */
	if (old != NULL &&
			((uint64_t)ctl->entries_used + more <= old->size ||
					(more == 1 && ctl->free_entry != 0)))
		return 0;
	size = more == 1 ? RTE_MAX(more_than(ctl->entries_used), (uint32_t)FIRST_ROUTES)
			 : ctl->entries_used + more;
	routes = alloc_routes(size);
	if (routes == NULL)
		return -ENOMEM;
	if (old == NULL) {
		ctl->entries_used = 1;
	} else {
		memcpy(routes->entry, old->entry, old->size * sizeof(old->entry[0]));
		/* Chain by chain, so that each prefix keeps its order. */
		for (uint32_t b = 0; b < old->nb_buckets; b++) {
			for (uint32_t i = lop_load(old->bucket[b]); i != 0;
					i = lop_load(old->entry[i].next))
				link_entry(routes, i);
		}
	}
	lop_publish(fib->routes, routes);
	lop_fib_retire(ctl, old);
	ctl->changed = true;
	return 0;
}

uint32_t
lop_fib_head_slot(const struct lop_fib *fib, uint32_t net_be, uint8_t len)
{
	const struct lop_fib_routes *routes = lop_load(fib->routes);
	uint32_t i = lop_load(routes->bucket[lop_fib_bucket(routes, net_be, len)]);

	for (; i != 0; i = lop_load(routes->entry[i].next)) {
		const struct lop_fib_entry *e = &routes->entry[i];

		if (e->net_be == net_be && e->len == len && e->tos == 0 &&
				(e->table == RT_TABLE_LOCAL || e->table == RT_TABLE_MAIN))
			return lop_load(e->slot);
	}
	return LOP_FIB_NO_SLOT;
}

/* What look-ups skip by: lengths that are there, TOS, table default. */
static void
count(struct lop_fib *fib, const struct lop_fib_entry *e, int by)
{
	struct lop_fib_ctl *ctl = fib->ctl;
	const uint64_t bit = RTE_BIT64(e->len);

	ctl->nb_routes += by;
	ctl->count[e->len] += by;
	lop_store(fib->lens,
			ctl->count[e->len] != 0 ? lop_load(fib->lens) | bit
						: lop_load(fib->lens) & ~bit);
	if (e->table == RT_TABLE_LOCAL || e->table == RT_TABLE_MAIN) {
		ctl->merged_count[e->len] += by;
		lop_store(fib->merged_lens,
				ctl->merged_count[e->len] != 0 ? lop_load(fib->merged_lens) | bit
							       : lop_load(fib->merged_lens) & ~bit);
	}
	if (e->table == RT_TABLE_DEFAULT)
		lop_store(fib->nb_default, lop_load(fib->nb_default) + by);
	if (e->tos != 0)
		lop_store(fib->nb_tos, lop_load(fib->nb_tos) + by);
}

/* A route of the same TOS and priority: refused, or only if it leads to the same. */
static bool
is_there(const struct lop_fib *fib, const struct lop_fib_spec *spec, uint32_t slot)
{
	const struct lop_fib_routes *routes = lop_load(fib->routes);
	uint32_t i = lop_load(routes->bucket[lop_fib_bucket(routes, spec->net_be, spec->len)]);

	for (; i != 0; i = lop_load(routes->entry[i].next)) {
		const struct lop_fib_entry *e = &routes->entry[i];

		if (e->net_be == spec->net_be && e->len == spec->len &&
				e->table == spec->hop.table && e->tos == spec->tos &&
				e->priority == spec->priority &&
				(!spec->append || lop_load(e->slot) == slot))
			return true;
	}
	return false;
}

static uint32_t
new_entry(struct lop_fib *fib)
{
	struct lop_fib_ctl *ctl = fib->ctl;
	uint32_t index = ctl->free_entry;

	if (index == 0)
		return ctl->entries_used++;
	ctl->free_entry = lop_load(fib->routes)->entry[index].priority;
	return index;
}

static bool
is_merged(uint32_t table)
{
	return table == RT_TABLE_LOCAL || table == RT_TABLE_MAIN;
}

int
lop_fib_insert(struct lop *lop, const struct lop_fib_spec *spec)
{
	struct lop_fib *fib = lop->fib;
	const bool head = is_merged(spec->hop.table) && spec->tos == 0;
	struct lop_fib_entry *e;
	uint32_t had, slot, index;
	int err;

	if (!spec->append && is_there(fib, spec, LOP_FIB_NO_SLOT))
		return -EEXIST;
	err = lop_fib_reserve(lop, 1);
	if (err != 0)
		return err;
	err = lop_hop_get(lop, &spec->hop, &slot);
	if (err != 0)
		return err;
	if (spec->append && is_there(fib, spec, slot)) {
		lop_hop_put(lop, slot);
		return -EEXIST;
	}
	had = lop_fib_head_slot(fib, spec->net_be, spec->len);
	if (head && had == LOP_FIB_NO_SLOT) {
		err = lop_prefix_reserve(lop, spec->len);
		if (err != 0) {
			lop_hop_put(lop, slot);
			return err;
		}
	}

	index = new_entry(fib);
	e = &lop_load(fib->routes)->entry[index];
	e->net_be = spec->net_be;
	e->len = spec->len;
	e->tos = spec->tos;
	e->table = spec->hop.table;
	e->priority = spec->priority;
	e->protocol = spec->protocol;
	e->used = true;
	lop_store(e->slot, slot);
	link_entry(lop_load(fib->routes), index);
	count(fib, e, 1);
	if (head)
		lop_prefix_set(lop, spec->net_be, spec->len,
				lop_fib_head_slot(fib, spec->net_be, spec->len),
				had != LOP_FIB_NO_SLOT);
	if (spec->hop.table == RT_TABLE_LOCAL)
		lop_store(fib->has_local, true);
	fib->ctl->changed = true;
	return 0;
}

void
lop_fib_remove(struct lop *lop, uint32_t index)
{
	struct lop_fib *fib = lop->fib;
	struct lop_fib_ctl *ctl = fib->ctl;
	struct lop_fib_routes *routes = lop_load(fib->routes);
	struct lop_fib_entry *e = &routes->entry[index];

	unlink_entry(routes, index);
	count(fib, e, -1);
	if (is_merged(e->table) && e->tos == 0)
		lop_prefix_set(lop, e->net_be, e->len, lop_fib_head_slot(fib, e->net_be, e->len),
				true);
	lop_hop_put(lop, lop_load(e->slot));
	e->used = false;
	e->priority = ctl->gone_entry;
	ctl->gone_entry = index;
	ctl->changed = true;
}

void
lop_fib_remove_if(struct lop *lop,
		bool (*is)(const struct lop_fib_entry *e, const struct lop_hop *hop,
				const void *arg),
		const void *arg)
{
	const struct lop_fib_routes *routes = lop_load(lop->fib->routes);
	struct lop_fib_ctl *ctl = lop->fib->ctl;

	for (uint32_t i = 1; i < ctl->entries_used; i++) {
		const struct lop_fib_entry *e = &routes->entry[i];

		if (e->used && is(e, &ctl->use[lop_load(e->slot)].hop, arg))
			lop_fib_remove(lop, i);
	}
}

/*
 * Show the change to readers as a whole where that is possible, wait until nobody reads what was
 * there before, and free it.
 */
void
lop_fib_commit(struct lop *lop)
{
	struct lop_fib *fib = lop->fib;
	struct lop_fib_ctl *ctl = fib->ctl;
	struct lop_fib_entry *entry = lop_load(fib->routes)->entry;

	if (!ctl->changed && ctl->garbage == NULL)
		return;
	lop_prefixes_publish(lop);
	/* Sockets that keep a destination ask again from here on; so it may go. */
	lop_routes_changed(lop);
	lop_synchronize(lop);
	lop_fib_free_retired(ctl);
	lop_hops_recycle(lop);
	while (ctl->gone_entry != 0) {
		const uint32_t index = ctl->gone_entry;

		ctl->gone_entry = entry[index].priority;
		entry[index].priority = ctl->free_entry;
		ctl->free_entry = index;
	}
	ctl->changed = false;
}

void
lop_routes_changed(struct lop *lop)
{
	lop_publish(lop->genid, lop_load(lop->genid) + 1);
}

int
lop_fib_init(struct lop *lop)
{
	struct lop_fib *fib = rte_zmalloc("lop_fib", sizeof(*fib), RTE_CACHE_LINE_SIZE);
	struct lop_fib_ctl *ctl = rte_zmalloc("lop_fib", sizeof(*ctl), RTE_CACHE_LINE_SIZE);
	const struct lop_hop nothing = { .type = RTN_THROW };
	uint32_t slot;

	lop->fib = fib;
	if (fib == NULL || ctl == NULL) {
		rte_free(ctl);
		rte_free(fib);
		lop->fib = NULL;
		return -ENOMEM;
	}
	fib->ctl = ctl;
	ctl->spare = lop_fib_alloc(sizeof(*ctl->spare));
	ctl->spare2 = lop_fib_alloc(sizeof(*ctl->spare2));
	/* The first slot makes the array. */
	if (ctl->spare == NULL || ctl->spare2 == NULL || lop_fib_reserve(lop, 1) != 0 ||
			lop_hop_get(lop, &nothing, &slot) != 0) {
		lop_fib_fini(lop);
		return -ENOMEM;
	}
	lop_prefixes_publish(lop);
	return 0;
}

void
lop_fib_fini(struct lop *lop)
{
	struct lop_fib *fib = lop->fib;
	struct lop_fib_ctl *ctl;

	if (fib == NULL)
		return;
	ctl = fib->ctl;
	lop_fib_free_retired(ctl);
	lop_hops_free(lop);
	lop_lpm_free(lop);
	lop_fib_free(lop_load(fib->routes));
	if (lop_load(fib->few) != NULL)
		lop_fib_free(lop_load(fib->few));
	else
		lop_fib_free(ctl->spare2);
	lop_fib_free(ctl->spare);
	rte_free(ctl);
	rte_free(fib);
	lop->fib = NULL;
}
