/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The prefixes of local and main, as the look-up of a flow without wishes knows them: a list while
 * they are few, the tables of rte_lpm, 64 MiB, when they are more.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fib.h"

/* Back from tables to a list: well below, lest a flapping route costs 64 MiB each time. */
#define LOP_FIB_FEW_AGAIN (LOP_FIB_FEW / 2)

int
lop_prefix_reserve(struct lop *lop, uint8_t len)
{
	struct lop_fib *fib = lop->fib;

	if (lop_load(fib->lpm) == NULL && fib->ctl->nb_heads == LOP_FIB_FEW) {
		int err = lop_lpm_build(lop);

		if (err != 0)
			return err;
	}
	return lop_load(fib->lpm) != NULL && len > 24 ? lop_lpm_reserve(lop, 1) : 0;
}

static void
list_add(struct lop_fib_ctl *ctl, uint32_t net_be, uint8_t len)
{
	ctl->head[ctl->nb_heads] = (struct lop_fib_head){ .net_be = net_be, .len = len };
}

static void
list_del(struct lop_fib_ctl *ctl, uint32_t net_be, uint8_t len)
{
	for (uint32_t i = 0; i < ctl->nb_heads; i++) {
		if (ctl->head[i].net_be == net_be && ctl->head[i].len == len) {
			ctl->head[i] = ctl->head[ctl->nb_heads - 1];
			return;
		}
	}
}

void
lop_prefix_set(struct lop *lop, uint32_t net_be, uint8_t len, uint32_t slot, bool had)
{
	struct lop_fib *fib = lop->fib;
	struct lop_fib_ctl *ctl = fib->ctl;
	const bool many = lop_load(fib->lpm) != NULL;
	const bool has = slot != LOP_FIB_NO_SLOT;

	if (many && has)
		lop_lpm_set(lop, net_be, len, slot);
	else if (many && had)
		lop_lpm_unset(lop, net_be, len);
	else if (has && !had)
		list_add(ctl, net_be, len);
	else if (!has && had)
		list_del(ctl, net_be, len);
	ctl->nb_heads += (uint32_t)has - (uint32_t)had;
}

static int
by_length(const void *a, const void *b)
{
	const struct lop_fib_head *x = a, *y = b;

	return (int)x->len - (int)y->len;
}

static void
fill_few(const struct lop_fib *fib, struct lop_fib_few *few)
{
	/* They have rules of their own: the burst leaves them to lop_route_output(). */
	static const struct lop_fib_head own[LOP_FIB_OWN] = {
		{ 0, 32 },
		{ UINT32_MAX, 32 },
		{ RTE_BE32(0xe0000000), 4 },
	};
	struct lop_fib_ctl *ctl = fib->ctl;

	qsort(ctl->head, ctl->nb_heads, sizeof(ctl->head[0]), by_length);
	few->n = ctl->nb_heads + RTE_DIM(own);
	for (uint32_t i = 0; i < few->n; i++) {
		const bool route = i < ctl->nb_heads;
		const struct lop_fib_head *h = route ? &ctl->head[i] : &own[i - ctl->nb_heads];

		few->net_be[i] = h->net_be;
		few->mask_be[i] = lop_fib_mask_be(h->len);
		few->slot[i] = route ? lop_fib_head_slot(fib, h->net_be, h->len) : LOP_FIB_NO_SLOT;
	}
}

/* From the tables back to the list. */
static void
collect_heads(struct lop *lop)
{
	const struct lop_fib_routes *routes = lop_load(lop->fib->routes);
	struct lop_fib_ctl *ctl = lop->fib->ctl;
	uint32_t n = 0;

	for (uint32_t i = 1; i < ctl->entries_used; i++) {
		const struct lop_fib_entry *e = &routes->entry[i];
		bool known = false;

		if (!e->used || lop_fib_head_slot(lop->fib, e->net_be, e->len) == LOP_FIB_NO_SLOT)
			continue;
		for (uint32_t k = 0; k < n && !known; k++)
			known = ctl->head[k].net_be == e->net_be && ctl->head[k].len == e->len;
		if (!known)
			ctl->head[n++] = (struct lop_fib_head){ e->net_be, e->len };
	}
}

/* At the end of a change; a grace period follows. */
void
lop_prefixes_publish(struct lop *lop)
{
	struct lop_fib *fib = lop->fib;
	struct lop_fib_ctl *ctl = fib->ctl;
	struct lop_fib_few *old = lop_load(fib->few);
	const bool back = lop_load(fib->lpm) != NULL && ctl->nb_heads <= LOP_FIB_FEW_AGAIN;

	if (lop_load(fib->lpm) != NULL && !back) {
		/* Readers of the list go on to the tables. */
		lop_publish(fib->few, NULL);
		if (old != NULL)
			ctl->spare2 = old;
		return;
	}
	if (back)
		collect_heads(lop);
	fill_few(fib, ctl->spare);
	lop_publish(fib->few, ctl->spare);
	if (back)
		lop_synchronize(lop);
	ctl->spare = old != NULL ? old : ctl->spare2;
	if (back)
		lop_lpm_free(lop);
}
