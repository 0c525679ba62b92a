/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Slots: the destinations of routes, shared by all routes that say the same. */

#include <errno.h>
#include <string.h>

#include <rte_hash_crc.h>
#include <rte_malloc.h>

#include "fib.h"

#define FIRST_SLOTS 32

static uint32_t
bucket_of(const struct lop_hop *hop)
{
	const uint64_t a = (uint64_t)hop->gateway_be << 32 | hop->prefsrc_be;
	const uint64_t b = (uint64_t)hop->table << 32 | (uint32_t)hop->oif << 16 | hop->type << 8 |
			hop->scope;

	return rte_hash_crc_8byte(a, rte_hash_crc_8byte(b, hop->mtu_bytes)) % LOP_HOP_BUCKETS;
}

static bool
same_hop(const struct lop_hop *a, const struct lop_hop *b)
{
	return a->table == b->table && a->gateway_be == b->gateway_be &&
			a->prefsrc_be == b->prefsrc_be && a->mtu_bytes == b->mtu_bytes &&
			a->flags == b->flags && a->oif == b->oif && a->type == b->type &&
			a->scope == b->scope && a->by_group == b->by_group;
}

/* A copy of all slots, `size` of them. */
static struct lop_fib_slots *
copy_slots(struct lop_fib *fib, uint32_t size)
{
	const struct lop_fib_slots *old = lop_load(fib->slots);
	struct lop_fib_slots *slots = lop_fib_alloc(sizeof(*slots) + size * sizeof(slots->slot[0]));

	if (slots == NULL)
		return NULL;
	slots->size = size;
	if (old != NULL)
		memcpy(slots->slot, old->slot, old->size * sizeof(old->slot[0]));
	return slots;
}

static int
grow(struct lop *lop)
{
	struct lop_fib *fib = lop->fib;
	struct lop_fib_ctl *ctl = fib->ctl;
	struct lop_fib_slots *old = lop_load(fib->slots);
	const uint32_t size = old == NULL ? FIRST_SLOTS : old->size + old->size / 2;
	struct lop_hop_use *use = rte_realloc(ctl->use, size * sizeof(*use), RTE_CACHE_LINE_SIZE);
	struct lop_fib_slots *slots;

	if (use == NULL)
		return -ENOMEM;
	ctl->use = use;
	slots = copy_slots(fib, size);
	if (slots == NULL)
		return -ENOMEM;
	if (old == NULL)
		ctl->slots_used = LOP_FIB_NO_SLOT + 1;
	lop_publish(fib->slots, slots);
	lop_fib_retire(ctl, old);
	return 0;
}

static int
new_slot(struct lop *lop, uint32_t *slot)
{
	struct lop_fib_ctl *ctl = lop->fib->ctl;
	const struct lop_fib_slots *slots = lop_load(lop->fib->slots);

	if (ctl->free_slot != 0) {
		*slot = ctl->free_slot;
		ctl->free_slot = ctl->use[*slot].next;
		return 0;
	}
	if (slots == NULL || ctl->slots_used == slots->size) {
		int err = grow(lop);

		if (err != 0)
			return err;
	}
	*slot = ctl->slots_used++;
	return 0;
}

int
lop_hop_get(struct lop *lop, const struct lop_hop *hop, uint32_t *slot)
{
	struct lop_fib_ctl *ctl = lop->fib->ctl;
	uint32_t *bucket = &ctl->bucket[bucket_of(hop)];
	struct lop_dst *dst;
	int err;

	for (uint32_t i = *bucket; i != 0; i = ctl->use[i].next) {
		if (same_hop(&ctl->use[i].hop, hop)) {
			ctl->use[i].refs++;
			*slot = i;
			return 0;
		}
	}
	dst = lop_fib_alloc((hop->by_group ? 2 : 1) * sizeof(*dst));
	if (dst == NULL)
		return -ENOMEM;
	err = new_slot(lop, slot);
	if (err != 0) {
		lop_fib_free(dst);
		return err;
	}
	/* No reader knows the slot yet. */
	lop_dst_fill(lop, hop, dst, &lop_load(lop->fib->slots)->slot[*slot]);
	ctl->use[*slot] = (struct lop_hop_use){ .hop = *hop, .refs = 1, .next = *bucket };
	*bucket = *slot;
	return 0;
}

void
lop_hop_put(struct lop *lop, uint32_t slot)
{
	struct lop_fib_ctl *ctl = lop->fib->ctl;
	struct lop_hop_use *use = &ctl->use[slot];
	uint32_t *link = &ctl->bucket[bucket_of(&use->hop)];

	if (--use->refs != 0)
		return;
	while (*link != slot)
		link = &ctl->use[*link].next;
	*link = use->next;
	use->next = ctl->gone_slot;
	ctl->gone_slot = slot;
	lop_fib_retire(ctl, lop_load(lop->fib->slots)->slot[slot].dsts);
}

/* After a grace period. */
void
lop_hops_recycle(struct lop *lop)
{
	struct lop_fib_ctl *ctl = lop->fib->ctl;

	while (ctl->gone_slot != 0) {
		const uint32_t slot = ctl->gone_slot;

		ctl->gone_slot = ctl->use[slot].next;
		memset(&lop_load(lop->fib->slots)->slot[slot], 0, sizeof(struct lop_fib_slot));
		ctl->use[slot].next = ctl->free_slot;
		ctl->free_slot = slot;
	}
}

static bool
same_slot(const struct lop_fib_slot *a, const struct lop_dst *dst_a, const struct lop_fib_slot *b,
		const struct lop_dst *dst_b)
{
	return a->src_be == b->src_be && (a->dst == NULL) == (b->dst == NULL) &&
			dst_a->mtu_bytes == dst_b->mtu_bytes && dst_a->dev == dst_b->dev &&
			dst_a->neigh == dst_b->neigh && dst_a->prefsrc_be == dst_b->prefsrc_be;
}

/*
 * Make all destinations anew whose source, MTU or neighbour is another one now. Without memory the
 * old ones stay.
 */
void
lop_hops_refresh(struct lop *lop)
{
	struct lop_fib *fib = lop->fib;
	struct lop_fib_ctl *ctl = fib->ctl;
	struct lop_fib_slots *old = lop_load(fib->slots);
	struct lop_fib_slots *slots = old;

	for (uint32_t i = LOP_FIB_NO_SLOT + 1; i < ctl->slots_used; i++) {
		const struct lop_hop *hop = &ctl->use[i].hop;
		struct lop_fib_slot slot = { 0 };
		struct lop_dst tmp[2] = { 0 };
		struct lop_dst *dst;

		if (ctl->use[i].refs == 0 || old->slot[i].err != 0 ||
				lop_if_of(lop, hop->oif) == NULL)
			continue;
		lop_dst_fill(lop, hop, tmp, &slot);
		if (same_slot(&old->slot[i], old->slot[i].dsts, &slot, tmp))
			continue;
		dst = lop_fib_alloc((hop->by_group ? 2 : 1) * sizeof(*dst));
		if (dst != NULL && slots == old)
			slots = copy_slots(fib, old->size);
		if (dst == NULL || slots == NULL) {
			LOP_LOG(ERR, "%s: no memory to refresh routes", lop->name);
			lop_fib_free(dst);
			slots = slots == NULL ? old : slots;
			break;
		}
		lop_dst_fill(lop, hop, dst, &slots->slot[i]);
		lop_fib_retire(ctl, old->slot[i].dsts);
	}
	if (slots != old) {
		lop_publish(fib->slots, slots);
		lop_fib_retire(ctl, old);
	}
}

void
lop_hops_free(struct lop *lop)
{
	struct lop_fib_slots *slots = lop_load(lop->fib->slots);
	struct lop_fib_ctl *ctl = lop->fib->ctl;

	for (uint32_t i = LOP_FIB_NO_SLOT + 1; i < ctl->slots_used; i++) {
		if (ctl->use[i].refs != 0)
			lop_fib_free(slots->slot[i].dsts);
	}
	lop_fib_free(slots);
	rte_free(ctl->use);
}
