/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Multicast groups of an interface (contract MC-01). */

#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "ifs.h"

/* Readers see the old or the new array. */
static void
groups_publish(struct lop_if *dev, struct lop_groups *groups)
{
	struct lop_groups *old = lop_load(dev->groups);

	lop_publish(dev->groups, groups);
	lop_port_groups(dev);
	lop_routes_changed(dev->lop);
	if (old != NULL) {
		lop_synchronize(dev->lop);
		rte_free(old);
	}
}

/* A copy with room for one group more than there are; without the group at `skip`. */
static struct lop_groups *
groups_copy(const struct lop_groups *old, unsigned int skip)
{
	const unsigned int n = old != NULL ? old->n : 0;
	struct lop_groups *groups = rte_zmalloc(
			"lop groups", sizeof(*groups) + (n + 1) * sizeof(groups->group[0]), 0);

	for (unsigned int i = 0; groups != NULL && i < n; i++) {
		if (i != skip)
			groups->group[groups->n++] = old->group[i];
	}
	return groups;
}

static unsigned int
group_find(const struct lop_groups *groups, uint32_t group_be)
{
	unsigned int i = 0;

	while (groups != NULL && i < groups->n && groups->group[i].group_be != group_be)
		i++;
	return i;
}

int
lop_if_join(struct lop_if *dev, uint32_t group_be)
{
	struct lop_groups *groups = lop_load(dev->groups);
	const unsigned int i = group_find(groups, group_be);

	if (!lop_load(dev->has_ip))
		return -ENODEV;
	if (rte_be_to_cpu_32(group_be) >> 28 != 0xe)
		return -EINVAL;
	if (groups != NULL && i < groups->n) {
		groups->group[i].refs++; /* readers look at the address only */
		return 0;
	}
	groups = groups_copy(groups, UINT_MAX);
	if (groups == NULL)
		return -ENOMEM;
	groups->group[groups->n].group_be = group_be;
	groups->group[groups->n++].refs = 1;
	groups_publish(dev, groups);
	return 0;
}

int
lop_if_leave(struct lop_if *dev, uint32_t group_be)
{
	struct lop_groups *groups = lop_load(dev->groups);
	const unsigned int i = group_find(groups, group_be);

	if (groups == NULL || i == groups->n)
		return -EADDRNOTAVAIL;
	if (--groups->group[i].refs != 0)
		return 0;
	if (groups->n == 1) {
		groups_publish(dev, NULL);
		return 0;
	}
	groups = groups_copy(groups, i);
	if (groups == NULL) {
		lop_load(dev->groups)->group[i].refs = 1;
		return -ENOMEM;
	}
	groups_publish(dev, groups);
	return 0;
}

void
lop_groups_clear(struct lop_if *dev)
{
	if (lop_load(dev->groups) != NULL)
		groups_publish(dev, NULL);
}
