/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Hooks of an instance: registered, replaced as a whole, freed when no worker sees them. */

#include <errno.h>
#include <limits.h>

#include <rte_malloc.h>
#include <rte_string_fns.h>

#include "../dp/parked.h"
#include "hooks.h"

int
lop_hooks_next_id(struct lop *lop)
{
	if (lop->hooks.last_id == INT_MAX)
		return -ENOSPC;
	return ++lop->hooks.last_id;
}

/* With the lock held: a list to change, beside the one in use, or NULL. */
static struct lop_hook_list *
list_copy(struct lop *lop, enum lop_hook_point point)
{
	const struct lop_hook_list *old = lop_load(lop->hooks.point[point]);
	struct lop_hook_list **spare = &lop->hooks.spare[point];

	if (*spare == NULL)
		*spare = rte_malloc("lop hooks", sizeof(**spare), RTE_CACHE_LINE_SIZE);
	if (*spare == NULL)
		return NULL;
	if (old != NULL)
		**spare = *old;
	else
		(*spare)->n = 0;
	return *spare;
}

/* What was in use is the next spare one: there is one from the second hook on. */
static void
replace(struct lop *lop, enum lop_hook_point point, struct lop_hook_list *list)
{
	struct lop_hook_list *old = lop_load(lop->hooks.point[point]);

	lop_publish(lop->hooks.point[point], list);
	lop_watched_update(lop);
	lop_synchronize(lop);
	if (list == NULL)
		rte_free(lop->hooks.spare[point]);
	lop->hooks.spare[point] = old;
}

/* In front of all of the same priority, as Linux has it (contract FLOW-2). */
static void
insert(struct lop_hook_list *list, const struct lop_hook *hook, int id)
{
	unsigned int i = list->n++;

	for (; i > 0 && list->entry[i - 1].priority >= hook->priority; i--)
		list->entry[i] = list->entry[i - 1];
	list->entry[i] = (struct lop_hook_entry){
		.fn = hook->fn,
		.arg = hook->arg,
		.id = id,
		.priority = hook->priority,
	};
	if (hook->name != NULL)
		strlcpy(list->entry[i].name, hook->name, sizeof(list->entry[i].name));
}

static int
hook_add(struct lop *lop, const struct lop_hook *hook)
{
	struct lop_hook_list *old = lop_load(lop->hooks.point[hook->point]);
	struct lop_hook_list *list;
	int ret;

	if (old != NULL && old->n == LOP_HOOKS_MAX)
		return -ENOSPC;
	ret = lop_parked_create(lop);
	if (ret != 0)
		return ret;
	list = list_copy(lop, hook->point);
	if (list == NULL)
		return -ENOMEM;
	ret = lop_hooks_next_id(lop);
	if (ret < 0)
		return ret;
	insert(list, hook, ret);
	replace(lop, hook->point, list);
	return ret;
}

int
lop_hook_register(struct lop *lop, const struct lop_hook *hook)
{
	int ret;

	if (hook == NULL || hook->fn == NULL || (unsigned int)hook->point >= LOP_HOOK_POINTS)
		return -EINVAL;
	pthread_mutex_lock(&lop->lock);
	ret = hook_add(lop, hook);
	pthread_mutex_unlock(&lop->lock);
	return ret;
}

static int
hook_remove(struct lop *lop, enum lop_hook_point point, int id)
{
	struct lop_hook_list *old = lop_load(lop->hooks.point[point]);
	struct lop_hook_list *list;
	unsigned int i = 0;

	while (old != NULL && i < old->n && old->entry[i].id != id)
		i++;
	if (old == NULL || i == old->n)
		return -ENOENT;
	if (old->n == 1) {
		replace(lop, point, NULL);
		return 0;
	}
	list = list_copy(lop, point);
	list->n--;
	for (; i < list->n; i++)
		list->entry[i] = list->entry[i + 1];
	replace(lop, point, list);
	return 0;
}

int
lop_hook_unregister(struct lop *lop, int id)
{
	int ret = -ENOENT;

	pthread_mutex_lock(&lop->lock);
	for (unsigned int p = 0; p < LOP_HOOK_POINTS && ret == -ENOENT; p++)
		ret = hook_remove(lop, p, id);
	pthread_mutex_unlock(&lop->lock);
	return ret;
}

/* A function and its argument change together: nobody sees the one with the other's. */
int
lop_hook_queue_set(struct lop *lop,
		void (*fn)(void *arg, const struct lop_hook_state *state, struct rte_mbuf *pkt),
		void *arg)
{
	pthread_mutex_lock(&lop->lock);
	lop_publish(lop->hooks.queue_fn, NULL);
	lop_synchronize(lop);
	lop->hooks.queue_arg = arg;
	lop_publish(lop->hooks.queue_fn, fn);
	pthread_mutex_unlock(&lop->lock);
	return 0;
}

int
lop_send_check_set(struct lop *lop,
		int (*fn)(void *arg, int fd, const struct sockaddr *to, size_t len_bytes),
		void *arg)
{
	pthread_mutex_lock(&lop->lock);
	lop_publish(lop->hooks.send_check, NULL);
	lop_synchronize(lop);
	lop->hooks.send_check_arg = arg;
	lop_publish(lop->hooks.send_check, fn);
	lop_watched_update(lop);
	pthread_mutex_unlock(&lop->lock);
	return 0;
}

void
lop_hooks_fini(struct lop *lop)
{
	for (unsigned int p = 0; p < LOP_HOOK_POINTS; p++) {
		rte_free(lop_load(lop->hooks.point[p]));
		rte_free(lop->hooks.spare[p]);
		lop->hooks.spare[p] = NULL;
		lop_store(lop->hooks.point[p], NULL);
	}
	rte_free(lop_load(lop->hooks.taps));
	rte_free(lop->hooks.spare_taps);
	lop->hooks.spare_taps = NULL;
	lop_store(lop->hooks.taps, NULL);
	lop_store(lop->hooks.queue_fn, NULL);
	lop_store(lop->hooks.send_check, NULL);
	lop_parked_free(lop);
}
