/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* What the input of an instance keeps from packet to packet: made with its first worker. */

#include <errno.h>
#include <time.h>

#include <rte_malloc.h>

#include "../dp/icmp.h"
#include "../dp/reasm.h"

static uint64_t
wall_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * UINT64_C(1000000) + now.tv_nsec / 1000;
}

static void
own_init(struct lop_worker *w)
{
	w->wall_offset_us = wall_us() - lop_clock_us(w->lop);
	w->ip_id_key = lop_random(w);
	for (unsigned int i = 0; i < RTE_DIM(w->ip_id); i++)
		w->ip_id[i] = lop_random(w) >> 16;
}

static void
table_init(struct lop_reasm *r, uint32_t hash_key)
{
	rte_spinlock_init(&r->lock);
	lop_store(r->due_us, UINT64_MAX);
	r->hash_key = hash_key;
	TAILQ_INIT(&r->by_due);
	for (unsigned int i = 0; i < LOP_REASM_SOURCES; i++) {
		r->sources[i].next = r->free_sources;
		r->free_sources = &r->sources[i];
	}
}

int
lop_reasm_init(struct lop_worker *w)
{
	struct lop *lop = w->lop;

	own_init(w);
	if (lop->reasm == NULL) {
		lop->reasm = rte_zmalloc("lop reasm", sizeof(*lop->reasm), RTE_CACHE_LINE_SIZE);
		lop->icmp_limit = rte_zmalloc(
				"lop icmp limit", sizeof(*lop->icmp_limit), RTE_CACHE_LINE_SIZE);
		if (lop->reasm == NULL || lop->icmp_limit == NULL)
			goto fail;
		table_init(lop->reasm, lop_random(w));
		rte_spinlock_init(&lop->icmp_limit->lock);
		lop->icmp_limit->hash_key = lop_random(w);
	}
	lop->reasm->users++;
	return 0;

fail:
	rte_free(lop->icmp_limit);
	rte_free(lop->reasm);
	lop->icmp_limit = NULL;
	lop->reasm = NULL;
	return -ENOMEM;
}

void
lop_reasm_fini(struct lop_worker *w)
{
	struct lop *lop = w->lop;
	struct lop_reasm_queue *q;

	if (--lop->reasm->users != 0)
		return;
	while ((q = TAILQ_FIRST(&lop->reasm->by_due)) != NULL) {
		lop_reasm_empty(w, lop->reasm, q, LOP_DROP_INSTANCE_GONE);
		lop_reasm_remove(lop->reasm, q);
	}
	rte_free(lop->icmp_limit);
	rte_free(lop->reasm);
	lop->icmp_limit = NULL;
	lop->reasm = NULL;
}
