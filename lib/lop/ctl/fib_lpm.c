/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The tables of rte_lpm, filled here: rte_lpm_add() searches all rules of a length for the one it
 * is given, so that a million routes would take hours. What it would keep as rules is in the
 * routes' hash table already. Readers look up as rte_lpm does (dp/fib_lookup.c); they see each entry
 * before or after a change, and a group of 256 is filled before it can be found.
 */

#include <errno.h>
#include <string.h>

#include "fib.h"

#define GROUP RTE_LPM_TBL8_GROUP_NUM_ENTRIES
#define FIRST_GROUPS 64

static struct rte_lpm_tbl_entry
load(const struct rte_lpm_tbl_entry *at)
{
	return *at;
}

/* An entry is one word, and so is its store. */
static void
store(struct rte_lpm_tbl_entry *at, struct rte_lpm_tbl_entry entry)
{
	uint32_t word;

	memcpy(&word, &entry, sizeof(word));
	lop_publish(*(RTE_ATOMIC(uint32_t) *)(void *)at, word);
}
static_assert(sizeof(struct rte_lpm_tbl_entry) == sizeof(uint32_t), "one word");

static bool
same(struct rte_lpm_tbl_entry a, struct rte_lpm_tbl_entry b)
{
	return memcmp(&a, &b, sizeof(a)) == 0;
}

static struct rte_lpm_tbl_entry
entry_of(uint32_t slot, uint8_t len)
{
	if (slot == LOP_FIB_NO_SLOT)
		return (struct rte_lpm_tbl_entry){ 0 };
	return (struct rte_lpm_tbl_entry){ .next_hop = slot, .valid = 1, .depth = len };
}

/* Room for more groups: a new array, and none of its new groups is found before all have it. */
int
lop_lpm_reserve(struct lop *lop, uint32_t groups)
{
	struct lop_fib_ctl *ctl = lop->fib->ctl;
	struct rte_lpm *lpm = lop_load(lop->fib->lpm);
	struct rte_lpm_tbl_entry *old = lpm->tbl8;
	struct rte_lpm_tbl_entry *tbl8;
	uint32_t size = RTE_MAX(ctl->groups_size, (uint32_t)FIRST_GROUPS / 2);

	if (ctl->groups_used + groups <= ctl->groups_size || (groups == 1 && ctl->free_group != 0))
		return 0;
	while (size < ctl->groups_used + groups)
		size *= 2;
	tbl8 = lop_fib_alloc((size_t)size * GROUP * sizeof(*tbl8));
	if (tbl8 == NULL)
		return -ENOMEM;
	if (old != NULL)
		memcpy(tbl8, old, (size_t)ctl->groups_used * GROUP * sizeof(*tbl8));
	lop_publish(*(RTE_ATOMIC(struct rte_lpm_tbl_entry *) *)(void *)&lpm->tbl8, tbl8);
	ctl->groups_size = size;
	if (old != NULL) {
		lop_synchronize(lop);
		lop_fib_free(old);
	}
	return 0;
}

/* A group whose entries are all `fill`. lop_lpm_reserve() came before. */
static uint32_t
group_new(struct lop *lop, struct rte_lpm_tbl_entry fill)
{
	struct lop_fib_ctl *ctl = lop->fib->ctl;
	struct rte_lpm_tbl_entry *tbl8 = lop_load(lop->fib->lpm)->tbl8;
	uint32_t group;

	if (ctl->free_group != 0) {
		group = ctl->free_group - 1;
		ctl->free_group = load(&tbl8[group * GROUP]).next_hop;
	} else {
		group = ctl->groups_used++;
	}
	for (uint32_t i = 0; i < GROUP; i++)
		store(&tbl8[group * GROUP + i], fill);
	return group;
}

/* A group that says one thing only is none: what it says goes in front. */
static void
group_merge(struct lop *lop, struct rte_lpm_tbl_entry *front)
{
	struct lop_fib_ctl *ctl = lop->fib->ctl;
	const uint32_t group = front->next_hop;
	struct rte_lpm_tbl_entry *entry = &lop_load(lop->fib->lpm)->tbl8[group * GROUP];
	const struct rte_lpm_tbl_entry first = load(entry);

	if (first.valid && first.depth > 24)
		return;
	for (uint32_t i = 1; i < GROUP; i++) {
		if (!same(load(&entry[i]), first))
			return;
	}
	store(front, first);
	/*
	 * A reader on its way may still read the group: its first entry becomes the link only after
	 * a grace period, and that is now, for merging is rare.
	 */
	lop_synchronize(lop);
	store(entry, (struct rte_lpm_tbl_entry){ .next_hop = ctl->free_group });
	ctl->free_group = group + 1;
}

/* Replace what prefixes of this length or shorter said; exact: only what this one did. */
static void
write_range(struct rte_lpm_tbl_entry *at, uint32_t n, uint8_t len, bool exact,
		struct rte_lpm_tbl_entry entry)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct rte_lpm_tbl_entry old = load(&at[i]);

		if (exact ? old.valid && old.depth == len : !old.valid || old.depth <= len)
			store(&at[i], entry);
	}
}

static void
write_prefix(struct lop *lop, uint32_t net_be, uint8_t len, bool exact,
		struct rte_lpm_tbl_entry entry)
{
	struct rte_lpm *lpm = lop_load(lop->fib->lpm);
	const uint32_t net = rte_be_to_cpu_32(net_be);
	struct rte_lpm_tbl_entry *front = &lpm->tbl24[net >> 8];

	if (len > 24) {
		if (!front->valid_group) {
			const uint32_t group = group_new(lop, load(front));
			const struct rte_lpm_tbl_entry to_group = {
				.next_hop = group,
				.valid = 1,
				.valid_group = 1,
			};

			store(front, to_group);
		}
		write_range(&lpm->tbl8[front->next_hop * GROUP + (net & 0xff)], 1u << (32 - len),
				len, exact, entry);
		return;
	}
	for (uint32_t i = 0; i < 1u << (24 - len); i++) {
		if (front[i].valid_group)
			write_range(&lpm->tbl8[front[i].next_hop * GROUP], GROUP, len, exact,
					entry);
		else
			write_range(&front[i], 1, len, exact, entry);
	}
}

void
lop_lpm_set(struct lop *lop, uint32_t net_be, uint8_t len, uint32_t slot)
{
	write_prefix(lop, net_be, len, false, entry_of(slot, len));
}

/* What the next shorter prefix says comes in its place. */
void
lop_lpm_unset(struct lop *lop, uint32_t net_be, uint8_t len)
{
	const struct lop_fib *fib = lop->fib;
	struct rte_lpm_tbl_entry *front;
	uint32_t slot = LOP_FIB_NO_SLOT;
	uint8_t shorter = len;

	while (slot == LOP_FIB_NO_SLOT && shorter-- > 0)
		slot = lop_fib_head_slot(fib, net_be & lop_fib_mask_be(shorter), shorter);
	write_prefix(lop, net_be, len, true, entry_of(slot, shorter));
	front = &lop_load(fib->lpm)->tbl24[rte_be_to_cpu_32(net_be) >> 8];
	if (len > 24 && front->valid_group)
		group_merge(lop, front);
}

/* Tables of all prefixes, for lop_prefixes_publish(). */
int
lop_lpm_build(struct lop *lop)
{
	struct lop_fib *fib = lop->fib;
	struct lop_fib_ctl *ctl = fib->ctl;
	struct rte_lpm *lpm = lop_fib_alloc(sizeof(*lpm));
	int err;

	if (lpm == NULL)
		return -ENOMEM;
	ctl->groups_size = 0;
	ctl->groups_used = 0;
	ctl->free_group = 0;
	lop_publish(fib->lpm, lpm);
	/* Nobody reads it before the list has gone. */
	err = lop_lpm_reserve(lop, ctl->nb_heads);
	if (err != 0) {
		lop_lpm_free(lop);
		return err;
	}
	for (uint32_t i = 0; i < ctl->nb_heads; i++) {
		const struct lop_fib_head *h = &ctl->head[i];

		lop_lpm_set(lop, h->net_be, h->len, lop_fib_head_slot(fib, h->net_be, h->len));
	}
	return 0;
}

void
lop_lpm_free(struct lop *lop)
{
	struct rte_lpm *lpm = lop_load(lop->fib->lpm);

	lop_store(lop->fib->lpm, NULL);
	if (lpm == NULL)
		return;
	lop_fib_free(lpm->tbl8);
	lop_fib_free(lpm);
}
