/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Longest prefix match: for bursts, for one flow with all that may rule a route out, for the kind
 * of an address.
 */

#include <errno.h>

#include "fib.h"
#include "fib_table.h"
#include "worker.h"

/*
 * Compare all addresses with one prefix at a time: the compiler makes vectors of it, and the cost
 * does not depend on what the addresses are.
 */
static inline void
find_among_few(const struct lop_fib_few *few, const uint32_t *addr_be, uint32_t *slot, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		slot[i] = LOP_FIB_NO_SLOT;
	for (uint32_t k = 0; k < few->n; k++) {
		const uint32_t net_be = few->net_be[k];
		const uint32_t mask_be = few->mask_be[k];
		const uint32_t found = few->slot[k];

		for (uint16_t i = 0; i < n; i++)
			slot[i] = (addr_be[i] & mask_be) == net_be ? found : slot[i];
	}
}

/*
 * rte_lpm's look-up, without its array of variable length. A word of tbl24 has both flags where a
 * word of tbl8 goes on.
 */
static inline uint32_t
lpm_word(const struct rte_lpm *lpm, uint32_t addr)
{
	const RTE_ATOMIC(uint32_t) *word = (const void *)&lpm->tbl24[addr >> 8];
	uint32_t found = lop_load(*word);

	if (unlikely((found & RTE_LPM_VALID_EXT_ENTRY_BITMASK) ==
			    RTE_LPM_VALID_EXT_ENTRY_BITMASK)) {
		/* The array that the group is in was published before it. */
		RTE_ATOMIC(struct rte_lpm_tbl_entry *) const *tbl8 = (const void *)&lpm->tbl8;

		word = (const void *)lop_acquire(*tbl8);
		found = lop_load(word[(found & 0xffffff) * RTE_LPM_TBL8_GROUP_NUM_ENTRIES +
				(addr & 0xff)]);
	}
	return found;
}

static inline void
find_among_many(const struct rte_lpm *lpm, const uint32_t *addr_be, uint32_t *slot, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		const bool own = addr_be[i] == 0 || addr_be[i] == UINT32_MAX ||
				lop_addr_is_multicast(addr_be[i]);
		const uint32_t found = lpm_word(lpm, rte_be_to_cpu_32(addr_be[i]));

		/* An entry that is not valid has no next hop either. */
		slot[i] = own ? LOP_FIB_NO_SLOT : found & 0xffffff;
	}
}

static inline void
find_burst(const struct lop_fib *fib, const uint32_t *addr_be, uint32_t *slot, uint16_t n)
{
	const struct lop_fib_few *few = lop_acquire(fib->few);

	if (few != NULL)
		find_among_few(few, addr_be, slot, n);
	else
		find_among_many(lop_acquire(fib->lpm), addr_be, slot, n);
}

/* contract RT-08, RT-13, DEV-16 */
void
lop_route_output_bulk(struct lop_worker *w, const uint32_t *daddr_be, const struct lop_dst **dst,
		uint32_t *saddr_be, uint16_t n)
{
	const struct lop_fib *fib = w->lop->fib;
	uint32_t index[LOP_BURST_MAX];

	while (n != 0) {
		const uint16_t burst = RTE_MIN(n, (uint16_t)LOP_BURST_MAX);
		const struct lop_fib_slot *slot;

		find_burst(fib, daddr_be, index, burst);
		/* After the prefixes: it has at least the slots that these lead to. */
		slot = lop_acquire(fib->slots)->slot;
		for (uint16_t i = 0; i < burst; i++) {
			const struct lop_fib_slot *s = &slot[index[i]];

			dst[i] = s->dst;
			saddr_be[i] = s->src_be | (daddr_be[i] & s->src_mask_be);
		}
		daddr_be += burst;
		dst += burst;
		saddr_be += burst;
		n -= burst;
	}
}

static bool
in_table(uint32_t table, uint32_t wanted)
{
	if (wanted == LOP_FIB_MERGED)
		return table == RT_TABLE_LOCAL || table == RT_TABLE_MAIN;
	return table == wanted;
}

/* The first route of a prefix that nothing rules out: 0; 1 if there is none; a type's errno. */
static int
find_in_prefix(const struct lop_fib *fib, uint32_t table, const struct lop_fib_key *key,
		uint8_t len, struct lop_fib_found *found)
{
	const struct lop_fib_routes *routes = lop_acquire(fib->routes);
	const uint32_t net_be = key->addr_be & lop_fib_mask_be(len);
	uint32_t i = lop_acquire(routes->bucket[lop_fib_bucket(routes, net_be, len)]);

	for (; i != 0; i = lop_acquire(routes->entry[i].next)) {
		const struct lop_fib_entry *e = &routes->entry[i];
		const struct lop_fib_slot *slot;

		if (e->net_be != net_be || e->len != len || !in_table(e->table, table))
			continue;
		if (e->tos != 0 && e->tos != (key->tos & LOP_FIB_TOS))
			continue;
		slot = &lop_acquire(fib->slots)->slot[lop_load(e->slot)];
		if (slot->scope < key->scope)
			continue;
		/* A type that refuses does so before the interface is looked at: contract RT-10. */
		if (slot->err != 0)
			return slot->err;
		if (key->oif != 0 && key->oif != slot->oif)
			continue;
		found->slot = slot;
		found->table = e->table;
		found->len = len;
		return 0;
	}
	return 1;
}

int
lop_fib_find(const struct lop_fib *fib, uint32_t table, const struct lop_fib_key *key,
		struct lop_fib_found *found)
{
	uint64_t lens = table == LOP_FIB_MERGED ? lop_load(fib->merged_lens) : lop_load(fib->lens);

	while (lens != 0) {
		const uint8_t len = 63 - __builtin_clzll(lens);
		int err = find_in_prefix(fib, table, key, len, found);

		if (err <= 0)
			return err;
		lens &= ~RTE_BIT64(len);
	}
	return -EAGAIN;
}

/*
 * The route that is first for a flow without wishes is first for this one too, if it fits: what
 * comes before it is longer or has a TOS.
 */
static bool
find_first(const struct lop_fib *fib, const struct lop_fib_key *key, struct lop_fib_found *found)
{
	const struct lop_fib_slot *slot;
	uint32_t index;

	if (lop_load(fib->nb_tos) != 0)
		return false;
	find_burst(fib, &key->addr_be, &index, 1);
	if (index == LOP_FIB_NO_SLOT)
		return false;
	slot = &lop_acquire(fib->slots)->slot[index];
	if (slot->err != 0 || slot->scope < key->scope)
		return false;
	if (key->oif != 0 && key->oif != slot->oif)
		return false;
	found->slot = slot;
	return true;
}

int
lop_fib_lookup(const struct lop_fib *fib, const struct lop_fib_key *key,
		struct lop_fib_found *found)
{
	int err;

	/* Multicast asks how long the prefix is; find_first() does not know, nor finds it. */
	if (find_first(fib, key, found))
		return 0;
	err = lop_fib_find(fib, LOP_FIB_MERGED, key, found);
	if (err == -EAGAIN && lop_load(fib->nb_default) != 0)
		err = lop_fib_find(fib, RT_TABLE_DEFAULT, key, found);
	return err == -EAGAIN ? -ENETUNREACH : err;
}

/* contract DEV-02, BI-01: asked of local and main as of one table, as Linux does. */
static uint8_t
addr_type(const struct lop *lop, int ifindex, uint32_t addr_be)
{
	const struct lop_fib_key key = { .addr_be = addr_be };
	const struct lop_fib *fib = lop->fib;
	struct lop_fib_found found;

	if (addr_be == 0 || addr_be == UINT32_MAX)
		return RTN_BROADCAST;
	if (lop_addr_is_multicast(addr_be))
		return RTN_MULTICAST;
	if (!lop_load(fib->has_local))
		return RTN_BROADCAST;
	if (!find_first(fib, &key, &found) && lop_fib_find(fib, LOP_FIB_MERGED, &key, &found) != 0)
		return RTN_UNICAST;
	if (ifindex != 0 && found.slot->oif != ifindex)
		return RTN_UNICAST;
	return found.slot->type;
}

uint8_t
lop_addr_type(const struct lop *lop, uint32_t addr_be)
{
	return addr_type(lop, 0, addr_be);
}

uint8_t
lop_addr_type_dev(const struct lop *lop, const struct lop_if *dev, uint32_t addr_be)
{
	return addr_type(lop, dev->ifindex, addr_be);
}
