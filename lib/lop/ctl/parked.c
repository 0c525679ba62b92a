/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Packets that hooks queued or stole. */

#include <errno.h>
#include <sys/queue.h>

#include <rte_hash_crc.h>
#include <rte_malloc.h>
#include <rte_spinlock.h>

#include "../dp/parked.h"

#define CHAINS 4096

struct parked {
	const struct rte_mbuf *m;
	struct lop_park park;
	LIST_ENTRY(parked) chain;
	TAILQ_ENTRY(parked) age; /* free or stolen ones */
};

struct lop_parked {
	rte_spinlock_t lock;
	TAILQ_HEAD(, parked) free, stolen; /* the oldest stolen one first */
	LIST_HEAD(, parked) chain[CHAINS];
	struct parked all[LOP_PARKED_MAX];
};

int
lop_parked_create(struct lop *lop)
{
	struct lop_parked *p;

	if (lop_load(lop->hooks.parked) != NULL)
		return 0;
	p = rte_zmalloc("lop parked", sizeof(*p), RTE_CACHE_LINE_SIZE);
	if (p == NULL)
		return -ENOMEM;
	rte_spinlock_init(&p->lock);
	TAILQ_INIT(&p->free);
	TAILQ_INIT(&p->stolen);
	for (unsigned int i = 0; i < LOP_PARKED_MAX; i++)
		TAILQ_INSERT_TAIL(&p->free, &p->all[i], age);
	lop_publish(lop->hooks.parked, p);
	return 0;
}

void
lop_parked_free(struct lop *lop)
{
	rte_free(lop_load(lop->hooks.parked));
	lop_store(lop->hooks.parked, NULL);
}

static uint32_t
chain_of(const struct rte_mbuf *m)
{
	return ((uintptr_t)m * UINT64_C(0x9e3779b97f4a7c15)) >> 32 & (CHAINS - 1);
}

static struct parked *
find(struct lop_parked *p, const struct rte_mbuf *m)
{
	struct parked *e;

	LIST_FOREACH(e, &p->chain[chain_of(m)], chain)
	{
		if (e->m == m)
			return e;
	}
	return NULL;
}

static void
take_out(struct lop_parked *p, struct parked *e)
{
	LIST_REMOVE(e, chain);
	if (e->park.stolen)
		TAILQ_REMOVE(&p->stolen, e, age);
	TAILQ_INSERT_HEAD(&p->free, e, age);
}

bool
lop_park(struct lop *lop, const struct rte_mbuf *m, const struct lop_park *park)
{
	struct lop_parked *p = lop_acquire(lop->hooks.parked);
	struct parked *e;

	rte_spinlock_lock(&p->lock);
	/* what is known of it is old: its hook freed the packet, and the mbuf came back */
	e = find(p, m);
	if (e == NULL && TAILQ_EMPTY(&p->free))
		e = TAILQ_FIRST(&p->stolen);
	if (e != NULL)
		take_out(p, e);
	e = TAILQ_FIRST(&p->free);
	if (e != NULL) {
		TAILQ_REMOVE(&p->free, e, age);
		e->m = m;
		e->park = *park;
		LIST_INSERT_HEAD(&p->chain[chain_of(m)], e, chain);
		if (park->stolen)
			TAILQ_INSERT_TAIL(&p->stolen, e, age);
	}
	rte_spinlock_unlock(&p->lock);
	return e != NULL;
}

bool
lop_unpark(struct lop *lop, const struct rte_mbuf *m, struct lop_park *park)
{
	struct lop_parked *p = lop_acquire(lop->hooks.parked);
	struct parked *e;

	if (p == NULL)
		return false;
	rte_spinlock_lock(&p->lock);
	e = find(p, m);
	if (e != NULL) {
		*park = e->park;
		take_out(p, e);
	}
	rte_spinlock_unlock(&p->lock);
	return e != NULL;
}
