/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The table of neighbours: chains that grow, entries from slabs, what is thrown out. */

#include <errno.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_rcu_qsbr.h>

#include "neigh.h"

#define CHAINS_LOG2_MIN 6
#define GC_KEPT_US (5 * UINT64_C(1000000))

struct lop_neigh_slab {
	struct lop_neigh_slab *next;
	struct lop_neigh neigh[LOP_NEIGH_SLAB] __rte_cache_aligned;
};

static struct lop_neigh_chains *
chains_create(unsigned int log2)
{
	struct lop_neigh_chains *c = rte_zmalloc("lop neigh chains",
			sizeof(*c) + (sizeof(c->head[0]) << log2), RTE_CACHE_LINE_SIZE);

	if (c != NULL)
		c->shift = 64 - log2;
	return c;
}

int
lop_neigh_init(struct lop *lop)
{
	struct lop_neigh_table *t = rte_zmalloc("lop neigh table", sizeof(*t), RTE_CACHE_LINE_SIZE);
	struct lop_neigh_chains *c = chains_create(CHAINS_LOG2_MIN);

	if (t == NULL || c == NULL) {
		rte_free(c);
		rte_free(t);
		return -ENOMEM;
	}
	t->lop = lop;
	rte_spinlock_init(&t->lock);
	t->last = &t->first;
	t->limbo_last = &t->limbo;
	lop_publish(t->reader.chains, c);
	lop->neigh = t;
	return 0;
}

void
lop_neigh_fini(struct lop *lop)
{
	struct lop_neigh_table *t = lop->neigh;
	struct lop_neigh_chains *c = lop_load(t->reader.chains);

	while (c != NULL) {
		struct lop_neigh_chains *smaller = c->smaller;

		rte_free(c);
		c = smaller;
	}
	while (t->slabs != NULL) {
		struct lop_neigh_slab *next = t->slabs->next;

		rte_free(t->slabs);
		t->slabs = next;
	}
	rte_free(t);
	lop->neigh = NULL;
}

static void
chain_push(struct lop_neigh_chains *c, struct lop_neigh *n)
{
	const uint64_t i = lop_neigh_hash(n->dev, n->addr_be) >> c->shift;

	/* in this order for a reader too, or it could go round in circles while chains move */
	lop_publish(n->next, lop_load(c->head[i]));
	lop_publish(c->head[i], n);
}

/*
 * Move all entries into twice as many chains. A reader on its way along an old chain may find
 * itself in a new one and miss its entry: it then comes here for the lock and looks again. The old
 * chains stay until the end, because such a reader may hold them: together they are not larger than
 * the new ones. Without memory the old ones go on.
 */
static void
chains_grow(struct lop_neigh_table *t)
{
	struct lop_neigh_chains *old = lop_load(t->reader.chains);
	struct lop_neigh_chains *c = chains_create(64 - old->shift + 1);

	if (c == NULL)
		return;
	for (struct lop_neigh *n = t->first; n != NULL; n = n->next_all)
		chain_push(c, n);
	c->smaller = old;
	lop_publish(t->reader.chains, c);
}

/* Entries that nobody sees any more can be used again. */
static void
limbo_reap(struct lop_neigh_table *t)
{
	struct lop_neigh *n;

	while ((n = t->limbo) != NULL && rte_rcu_qsbr_check(t->lop->qsbr, n->grace, false) == 1) {
		t->limbo = n->next_all;
		if (t->limbo == NULL)
			t->limbo_last = &t->limbo;
		n->next_all = t->spare;
		t->spare = n;
	}
}

static struct lop_neigh *
entry_alloc(struct lop_neigh_table *t)
{
	struct lop_neigh *n;

	limbo_reap(t);
	if (t->spare == NULL) {
		struct lop_neigh_slab *s = rte_malloc(
				"lop neigh slab", sizeof(*s), RTE_CACHE_LINE_SIZE);

		if (s == NULL)
			return NULL;
		s->next = t->slabs;
		t->slabs = s;
		for (unsigned int i = 0; i < LOP_NEIGH_SLAB; i++) {
			s->neigh[i].next_all = t->spare;
			t->spare = &s->neigh[i];
		}
	}
	n = t->spare;
	t->spare = n->next_all;
	memset(n, 0, sizeof(*n));
	return n;
}

struct lop_neigh *
lop_neigh_insert(struct lop_neigh_table *t, struct lop_if *dev, uint32_t key_be)
{
	struct lop_neigh *n = entry_alloc(t);

	if (n == NULL)
		return NULL;
	n->dev = dev;
	n->addr_be = key_be;
	lop_store(n->refs, 1);
	n->gc = true;
	n->pprev_all = t->last;
	*t->last = n;
	t->last = &n->next_all;
	t->nb_gc++;
	return n;
}

/* What has been filled in can be found. */
void
lop_neigh_publish(struct lop_neigh_table *t, struct lop_neigh *n)
{
	chain_push(lop_load(t->reader.chains), n);
	if (++t->n > UINT64_C(1) << (64 - lop_load(t->reader.chains)->shift))
		chains_grow(t);
}

void
lop_neigh_remove(struct lop_neigh_table *t, struct lop_neigh *n)
{
	struct lop_neigh_chains *c = lop_load(t->reader.chains);
	RTE_ATOMIC(struct lop_neigh *)
	*at = &c->head[lop_neigh_hash(n->dev, n->addr_be) >> c->shift];

	while (lop_load(*at) != n)
		at = &lop_load(*at)->next;
	/* n->next stays, for readers that stand on n */
	lop_publish(*at, lop_load(n->next));

	*n->pprev_all = n->next_all;
	if (n->next_all != NULL)
		n->next_all->pprev_all = n->pprev_all;
	else
		t->last = n->pprev_all;
	t->n--;
	t->nb_gc -= n->gc;

	n->grace = lop_grace_start(t->lop);
	n->next_all = NULL;
	*t->limbo_last = n;
	t->limbo_last = &n->next_all;
}

/* Throw out the oldest of what nobody entrusted to us, until only gc_thresh2 are left. */
static unsigned int
tidy(struct lop_neigh_table *t, uint64_t now_us)
{
	const unsigned int keep = lop_setting(t->lop, LOP_SETTING_NEIGH_GC_THRESH2);
	unsigned int removed = 0;
	struct lop_neigh *next;

	for (struct lop_neigh *n = t->first; n != NULL && t->nb_gc > keep; n = next) {
		const uint16_t state = lop_load(n->state);

		next = n->next_all;
		if (!n->gc || lop_load(n->refs) > 1)
			continue;
		if ((state & (NUD_NOARP | NUD_FAILED)) == 0 &&
				now_us - lop_load(n->updated_us) <= GC_KEPT_US)
			continue;
		lop_neigh_remove(t, n);
		removed++;
	}
	t->gc_us = now_us;
	return removed;
}

bool
lop_neigh_room(struct lop_neigh_table *t, uint64_t now_us)
{
	const unsigned int hard = lop_setting(t->lop, LOP_SETTING_NEIGH_GC_THRESH3);
	const unsigned int soft = lop_setting(t->lop, LOP_SETTING_NEIGH_GC_THRESH2);

	if (t->nb_gc < soft || (t->nb_gc < hard && now_us - t->gc_us <= GC_KEPT_US))
		return true;
	return tidy(t, now_us) != 0 || t->nb_gc < hard;
}
