/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Settings of interfaces (contract DEV-18). */

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "../dp/if.h"
#include "settings.h"

typedef RTE_ATOMIC(int) conf_value;

/* clang-format off */
static const struct {
	const char *name;
	size_t off;
} confs[] = {
#define X(name, combine, def) [LOP_CONF_##name] = { #name, offsetof(struct lop_if_conf, name) },
	LOP_FOREACH_CONF(X)
#undef X
};
/* clang-format on */

static conf_value *
conf_at(struct lop_if_conf *conf, int id)
{
	return (conf_value *)((char *)conf + confs[id].off);
}

/* Whose setting a name means: an interface's, or dev == NULL: all's or default's. */
struct conf_target {
	struct lop_if_conf *conf;
	struct lop_if *dev;
	int id;
};

static int
target_find(struct lop *lop, const char *name, struct conf_target *target)
{
	const char *who, *what;
	size_t len;

	if (strcmp(name, "ip_forward") == 0)
		name = "conf/all/forwarding";
	if (strncmp(name, "conf/", 5) != 0)
		return -ENOENT;
	who = name + 5;
	what = strrchr(who, '/');
	if (what == NULL)
		return -ENOENT;
	len = what++ - who;

	*target = (struct conf_target){ .id = LOP_CONF_COUNT };
	for (int i = 0; i < LOP_CONF_COUNT; i++) {
		if (strcmp(confs[i].name, what) == 0)
			target->id = i;
	}
	if (len == 3 && memcmp(who, "all", len) == 0)
		target->conf = &lop->conf_all;
	else if (len == 7 && memcmp(who, "default", len) == 0)
		target->conf = &lop->conf_default;
	for (int i = LOP_LO_INDEX; target->conf == NULL && i < LOP_IFS_MAX; i++) {
		struct lop_if *dev = lop_if_of(lop, i);

		/* without IPv4 there is no such folder: contract DEV-09 */
		if (dev != NULL && lop_load(dev->has_ip) && strncmp(dev->name, who, len) == 0 &&
				dev->name[len] == '\0') {
			target->conf = &dev->conf;
			target->dev = dev;
		}
	}
	return target->id == LOP_CONF_COUNT || target->conf == NULL ? -ENOENT : 0;
}

/* What interfaces that are there keep, whatever the default becomes. */
#define KEPT                                                                            \
	(RTE_BIT32(LOP_CONF_route_localnet) | RTE_BIT32(LOP_CONF_promote_secondaries) | \
			RTE_BIT32(LOP_CONF_drop_unicast_in_l2_multicast) |              \
			RTE_BIT32(LOP_CONF_forwarding))

/* Interfaces follow the default in what nobody set for them, until they have an address. */
static void
default_follow(struct lop *lop, int id, int number)
{
	if ((KEPT & RTE_BIT32(id)) != 0)
		return;
	for (int i = LOP_LO_INDEX; i < LOP_IFS_MAX; i++) {
		struct lop_if *dev = lop_if_of(lop, i);

		if (dev != NULL && (dev->conf_set & RTE_BIT32(id)) == 0)
			lop_store(*conf_at(&dev->conf, id), number);
	}
}

/* Forwarding for all is set everywhere: what comes later starts from there. */
static void
forwarding_set(struct lop *lop, int number)
{
	lop_store(lop->conf_default.forwarding, number);
	for (int i = LOP_LO_INDEX; i < LOP_IFS_MAX; i++) {
		struct lop_if *dev = lop_if_of(lop, i);

		if (dev != NULL)
			lop_store(dev->conf.forwarding, number);
	}
}

int
lop_conf_set(struct lop *lop, const char *name, const char *value)
{
	struct conf_target target;
	int ret, number;

	ret = target_find(lop, name, &target);
	if (ret == 0)
		ret = lop_number_parse(&value, &number);
	if (ret != 0)
		return ret;
	lop_store(*conf_at(target.conf, target.id), number);
	if (target.dev != NULL)
		target.dev->conf_set |= RTE_BIT32(target.id);
	else if (target.conf == &lop->conf_default)
		default_follow(lop, target.id, number);
	else if (target.id == LOP_CONF_forwarding)
		forwarding_set(lop, number);
	lop_routes_changed(lop);
	return 0;
}

int
lop_conf_get(const struct lop *lop, const char *name, int *value)
{
	struct conf_target target;
	/* nothing is written through it */
	int ret = target_find((struct lop *)(uintptr_t)lop, name, &target);

	if (ret == 0)
		*value = lop_load(*conf_at(target.conf, target.id));
	return ret;
}
