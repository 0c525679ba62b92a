/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_CTL_NEIGH_H
#define LOP_CTL_NEIGH_H

/*
 * The table of neighbours. Workers add to it when they meet a new next hop, so that it has a lock
 * of its own, held for short; who holds both has taken lop->lock first. Readers take none.
 */

#include <rte_spinlock.h>

#include "../dp/neigh.h"
#include "instance.h"

#define LOP_NEIGH_SLAB 64

struct lop_neigh_slab;

struct lop_neigh_table {
	struct lop_neigh_reader reader; /* first: see lop_neigh_find() */
	struct lop *lop;
	rte_spinlock_t lock;
	unsigned int n;          /* entries */
	unsigned int nb_gc;      /* of them, those that thresholds count */
	uint64_t gc_us;          /* when it was last tidied */
	struct lop_neigh *first; /* all of them, the oldest first */
	struct lop_neigh **last;
	struct lop_neigh *limbo; /* taken away, maybe still seen, the oldest first */
	struct lop_neigh **limbo_last;
	struct lop_neigh *spare;
	struct lop_neigh_slab *slabs;

	/* lo's: what stood in lo's counters when the entry was last flushed or set */
	uint64_t any_mark;
	bool any_set; /* by a user, since then */
};

/* ctl/neigh_table.c, with the table's lock held: */

/* A new entry, in no chain yet, in state NUD_NONE; NULL without memory. */
struct lop_neigh *lop_neigh_insert(struct lop_neigh_table *t, struct lop_if *dev, uint32_t key_be);
/* Let it be found. */
void lop_neigh_publish(struct lop_neigh_table *t, struct lop_neigh *n);
/* Take an entry away; its memory is used again when nobody sees it. */
void lop_neigh_remove(struct lop_neigh_table *t, struct lop_neigh *n);
/* Whether one more entry may come, maybe after tidying (contract NE-05). */
bool lop_neigh_room(struct lop_neigh_table *t, uint64_t now_us);

/* ctl/neigh.c */

/* Choose state and header of a new entry (contract NE-02); type is that of its address, RTN_*. */
void lop_neigh_construct(struct lop_neigh *n, uint8_t type, uint64_t now_us);
/* Write a link address and the header that goes with it; packets see the old or the new one. */
void lop_neigh_lladdr_set(struct lop_neigh *n, const uint8_t lladdr[RTE_ETHER_ADDR_LEN]);

#endif
