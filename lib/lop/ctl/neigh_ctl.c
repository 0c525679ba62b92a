/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Neighbours by hand, as ip-neighbour(8): set, delete, list, flush. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rtnetlink.h>

#include "../dp/worker.h"
#include "../include/lop_neigh.h"
#include "neigh.h"

/* What ip-neighbour(8) shows when no state is named (contract NE-03). */
#define SHOWN (0xff & ~NUD_NOARP)

/* Packets that lo's entry has served or would have: on lo each packet moves one of these. */
static uint64_t
any_count(const struct lop *lop)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < lop->workers_max; i++) {
		const struct lop_worker *w = lop->workers[i];

		if (w != NULL)
			sum += lop_load(w->plain_in_packets) +
					lop_load(w->ifs[LOP_LO_INDEX].tx_packets) +
					lop_load(w->ifs[LOP_LO_INDEX].tx_dropped);
	}
	return sum;
}

/* Linux makes lo's entry with the first packet; ours is there always and is shown from then on. */
static bool
any_exists(const struct lop_neigh_table *t, const struct lop_neigh *any)
{
	return t->any_set || lop_load(any->used_us) != 0 || any_count(t->lop) != t->any_mark;
}

/* Back to what the next packet would find. */
static void
any_reset(struct lop_neigh_table *t, struct lop_neigh *any)
{
	t->any_set = false;
	t->any_mark = any_count(t->lop);
	lop_store(any->used_us, 0);
	lop_neigh_construct(any, RTN_BROADCAST, lop_clock_us(t->lop));
}

static void
entry_set(struct lop_neigh_table *t, struct lop_neigh *n, const struct lop_neigh_info *info)
{
	const bool gc = info->state != NUD_PERMANENT;
	const uint64_t now_us = lop_clock_us(t->lop);

	lop_neigh_lladdr_set(n, info->lladdr);
	lop_store(n->updated_us, now_us);
	lop_store(n->confirmed_us, now_us);
	if (n == n->dev->neigh_any) {
		t->any_set = true;
		t->any_mark = any_count(t->lop);
	} else {
		t->nb_gc += gc - n->gc;
		n->gc = gc;
	}
	lop_publish(n->state, info->state);
}

static int
table_set(struct lop_neigh_table *t, struct lop_if *dev, const struct lop_neigh_info *info)
{
	const uint32_t key_be = lop_neigh_key(dev, info->addr_be);
	struct lop_neigh *n = dev->neigh_any;
	int ret = 0;

	rte_spinlock_lock(&t->lock);
	if (n == NULL)
		n = lop_neigh_find(t, dev, key_be);
	if (n != NULL) {
		entry_set(t, n, info);
	} else if (!lop_neigh_room(t, lop_clock_us(t->lop))) {
		ret = -ENOBUFS;
	} else {
		n = lop_neigh_insert(t, dev, key_be);
		if (n != NULL) {
			entry_set(t, n, info);
			lop_neigh_publish(t, n);
		} else {
			ret = -ENOMEM;
		}
	}
	rte_spinlock_unlock(&t->lock);
	return ret;
}

int
lop_neigh_set(struct lop *lop, const struct lop_neigh_info *info)
{
	struct lop_if *dev;
	int ret;

	pthread_mutex_lock(&lop->lock);
	dev = lop_if_of(lop, info->ifindex);
	if (dev == NULL)
		ret = -ENODEV;
	else if (!lop_load(dev->has_ip) ||
			(info->state != NUD_PERMANENT && info->state != NUD_NOARP &&
					info->state != NUD_REACHABLE && info->state != NUD_STALE))
		ret = -EINVAL;
	else
		ret = table_set(lop->neigh, dev, info);
	pthread_mutex_unlock(&lop->lock);
	return ret;
}

static int
table_del(struct lop_neigh_table *t, struct lop_if *dev, uint32_t addr_be)
{
	struct lop_neigh *n = dev->neigh_any;
	int ret = -ENOENT;

	/* by the key as it is: on lo only 0.0.0.0 finds the entry (contract NE-01) */
	rte_spinlock_lock(&t->lock);
	if (n == NULL) {
		n = lop_neigh_find(t, dev, addr_be);
		if (n != NULL) {
			lop_neigh_remove(t, n);
			ret = 0;
		}
	} else if (addr_be == 0 && any_exists(t, n)) {
		any_reset(t, n);
		ret = 0;
	}
	rte_spinlock_unlock(&t->lock);
	return ret;
}

int
lop_neigh_del(struct lop *lop, int ifindex, uint32_t addr_be)
{
	struct lop_if *dev;
	int ret;

	pthread_mutex_lock(&lop->lock);
	dev = lop_if_of(lop, ifindex);
	ret = dev != NULL ? table_del(lop->neigh, dev, addr_be) : -ENODEV;
	pthread_mutex_unlock(&lop->lock);
	return ret;
}

void
lop_neigh_flush(struct lop *lop, struct lop_if *dev)
{
	struct lop_neigh_table *t = lop->neigh;
	struct lop_neigh *next;

	rte_spinlock_lock(&t->lock);
	if (dev->neigh_any != NULL)
		any_reset(t, dev->neigh_any);
	for (struct lop_neigh *n = t->first; n != NULL; n = next) {
		next = n->next_all;
		if (n->dev == dev)
			lop_neigh_remove(t, n);
	}
	rte_spinlock_unlock(&t->lock);
}

static void
info_of(const struct lop_neigh *n, struct lop_neigh_info *info)
{
	*info = (struct lop_neigh_info){
		.ifindex = n->dev->ifindex,
		.addr_be = n->addr_be,
		.state = lop_load(n->state),
		.refs = lop_load(n->refs),
	};
	memcpy(info->lladdr, n->lladdr, sizeof(info->lladdr));
}

/* Packets over lo do not look at its entry: that it was used when STALE, their number says. */
static void
any_info_of(const struct lop_neigh_table *t, const struct lop_neigh *any,
		struct lop_neigh_info *info)
{
	info_of(any, info);
	if (info->state == NUD_STALE && any_count(t->lop) != t->any_mark)
		info->state = NUD_DELAY;
}

/* How many entries were copied; their number never exceeds what *infos has room for. */
static unsigned int
table_copy(struct lop_neigh_table *t, uint16_t states, struct lop_neigh_info *infos)
{
	const struct lop_if *lo = t->lop->lo;
	unsigned int n = 0;

	if (lo != NULL && any_exists(t, lo->neigh_any)) {
		any_info_of(t, lo->neigh_any, &infos[n]);
		n += (infos[n].state & states) != 0;
	}
	for (const struct lop_neigh *at = t->first; at != NULL; at = at->next_all) {
		if ((lop_load(at->state) & states) != 0)
			info_of(at, &infos[n++]);
	}
	return n;
}

/* A copy first: neither workers nor what cb calls shall wait for cb. */
int
lop_neigh_list(struct lop *lop, uint16_t states,
		void (*cb)(const struct lop_neigh_info *neigh, void *arg), void *arg)
{
	struct lop_neigh_table *t = lop->neigh;
	struct lop_neigh_info *infos = NULL;
	unsigned int room = 0, n;

	pthread_mutex_lock(&lop->lock);
	rte_spinlock_lock(&t->lock);
	while (infos == NULL || room < t->n + 1) {
		/* never allocate with workers waiting */
		room = t->n + 64;
		rte_spinlock_unlock(&t->lock);
		free(infos);
		infos = calloc(room, sizeof(*infos));
		if (infos == NULL) {
			pthread_mutex_unlock(&lop->lock);
			return -ENOMEM;
		}
		rte_spinlock_lock(&t->lock);
	}
	n = table_copy(t, states != 0 ? states : SHOWN, infos);
	rte_spinlock_unlock(&t->lock);
	pthread_mutex_unlock(&lop->lock);

	for (unsigned int i = 0; i < n; i++)
		cb(&infos[i], arg);
	free(infos);
	return 0;
}
