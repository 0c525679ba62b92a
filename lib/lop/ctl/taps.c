/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Taps of an instance. */

#include <errno.h>

#include <rte_malloc.h>

#include "hooks.h"

/* With the lock held: a list to change, beside the one in use, or NULL. As hooks have it. */
static struct lop_tap_list *
list_copy(struct lop *lop)
{
	const struct lop_tap_list *old = lop_load(lop->hooks.taps);
	struct lop_tap_list **spare = &lop->hooks.spare_taps;

	if (*spare == NULL)
		*spare = rte_malloc("lop taps", sizeof(**spare), RTE_CACHE_LINE_SIZE);
	if (*spare == NULL)
		return NULL;
	if (old != NULL)
		**spare = *old;
	else
		(*spare)->n = 0;
	return *spare;
}

static void
replace(struct lop *lop, struct lop_tap_list *list)
{
	struct lop_tap_list *old = lop_load(lop->hooks.taps);

	lop_publish(lop->hooks.taps, list);
	lop_watched_update(lop);
	lop_synchronize(lop);
	if (list == NULL)
		rte_free(lop->hooks.spare_taps);
	lop->hooks.spare_taps = old;
}

static int
tap_add(struct lop *lop, const struct lop_tap_entry *tap)
{
	const struct lop_tap_list *old = lop_load(lop->hooks.taps);
	struct lop_tap_list *list;
	int id;

	if (tap->ifindex != 0 && lop_if_of(lop, tap->ifindex) == NULL)
		return -ENODEV;
	if (old != NULL && old->n == LOP_TAPS_MAX)
		return -ENOSPC;
	list = list_copy(lop);
	if (list == NULL)
		return -ENOMEM;
	id = lop_hooks_next_id(lop);
	if (id < 0)
		return id;
	list->entry[list->n] = *tap;
	list->entry[list->n++].id = id;
	replace(lop, list);
	return id;
}

int
lop_tap_add(struct lop *lop, int ifindex, lop_tap_fn fn, void *arg)
{
	const struct lop_tap_entry tap = { .fn = fn, .arg = arg, .ifindex = ifindex };
	int ret;

	if (fn == NULL)
		return -EINVAL;
	pthread_mutex_lock(&lop->lock);
	ret = tap_add(lop, &tap);
	pthread_mutex_unlock(&lop->lock);
	return ret;
}

static int
tap_del(struct lop *lop, int id)
{
	const struct lop_tap_list *old = lop_load(lop->hooks.taps);
	struct lop_tap_list *list;
	unsigned int i = 0;

	while (old != NULL && i < old->n && old->entry[i].id != id)
		i++;
	if (old == NULL || i == old->n)
		return -ENOENT;
	if (old->n == 1) {
		replace(lop, NULL);
		return 0;
	}
	list = list_copy(lop);
	list->n--;
	for (; i < list->n; i++)
		list->entry[i] = list->entry[i + 1];
	replace(lop, list);
	return 0;
}

int
lop_tap_del(struct lop *lop, int id)
{
	int ret;

	pthread_mutex_lock(&lop->lock);
	ret = tap_del(lop, id);
	pthread_mutex_unlock(&lop->lock);
	return ret;
}
