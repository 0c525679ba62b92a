/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Settings by their names in Linux. What is written is read as Linux reads it: a number in C's
 * notation, after spaces, up to a space.
 */

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_string_fns.h>

#include "../dp/if.h"
#include "ifs.h"
#include "settings.h"

#define NAME_MAX_BYTES 96

/* clang-format off */
static const struct {
	const char *name;
	int def, min, max;
} settings[] = {
#define X(id, name, def, min, max) [LOP_SETTING_##id] = { name, def, min, max },
	LOP_FOREACH_SETTING(X)
#undef X
};
/* clang-format on */

void
lop_settings_init(struct lop *lop)
{
	for (unsigned int i = 0; i < LOP_SETTING_COUNT; i++)
		lop_store(lop->setting[i], settings[i].def);
#define X(name, combine, def) lop_store(lop->conf_default.name, def);
	LOP_FOREACH_CONF(X)
#undef X
	/* conf/all: nothing is demanded and nothing allowed for all (contract DEV-18) */
}

/* A setting that is a file of its own in Linux, not a bound of a range. */
static int
setting_find(const char *name)
{
	for (unsigned int i = 0; i < LOP_SETTING_COUNT; i++) {
		if (strcmp(settings[i].name, name) == 0 && !lop_range_part(i))
			return i;
	}
	return -ENOENT;
}

int
lop_number_parse(const char **text, int *number)
{
	const char *p = *text;
	char *end;
	long value;

	errno = 0;
	value = strtol(p, &end, 0);
	if (end == p || errno != 0 || value < INT32_MIN || value > INT32_MAX ||
			(*end != '\0' && !isspace((unsigned char)*end)))
		return -EINVAL;
	while (isspace((unsigned char)*end))
		end++;
	*text = end;
	*number = value;
	return 0;
}

static int
setting_set(struct lop *lop, int id, const char *value)
{
	int number;

	if (lop_number_parse(&value, &number) != 0 || number < settings[id].min ||
			number > settings[id].max)
		return -EINVAL;
	/* unprivileged sockets never get a privileged port by themselves */
	if (id == LOP_SETTING_UNPRIVILEGED_PORT && number > lop_setting(lop, LOP_SETTING_PORT_MIN))
		return -EINVAL;
	lop_store(lop->setting[id], number);
	/* a plan of a send holds the TTL */
	lop_routes_changed(lop);
	return 0;
}

/*
 * As sysctl(8): '/' and '.' both separate, and the first one says which does; the other is then
 * part of a name. Without "net/ipv4/" and "net/" in front.
 */
static int
name_normal(const char *name, char normal[NAME_MAX_BYTES])
{
	const char *first = strpbrk(name, "./");
	size_t off = 0;

	if (strnlen(name, NAME_MAX_BYTES) == NAME_MAX_BYTES)
		return -ENOENT;
	strlcpy(normal, name, NAME_MAX_BYTES);
	if (first != NULL && *first == '.') {
		for (char *p = normal; *p != '\0'; p++)
			*p = *p == '.' ? '/' : *p == '/' ? '.' : *p;
	}
	if (strncmp(normal, "net/ipv4/", 9) == 0)
		off = 9;
	else if (strncmp(normal, "net/core/", 9) == 0)
		off = 4;
	memmove(normal, normal + off, strlen(normal + off) + 1);
	return 0;
}

/* The line that says why; the range where there is one. */
static int
refused(const char *name, const char *value, int ret)
{
	const int id = setting_find(name);

	if (ret == -ENOENT)
		LOP_LOG(ERR, "%s: no such setting", name);
	else if (id >= 0)
		LOP_LOG(ERR, "%s=%s: want %d to %d", name, value, settings[id].min,
				settings[id].max);
	else
		LOP_LOG(ERR, "%s=%s: %s", name, value, strerror(-ret));
	return ret;
}

int
lop_sysctl_set(struct lop *lop, const char *name, const char *value)
{
	const struct lop_ranges_setting *ranges;
	char normal[NAME_MAX_BYTES];
	int ret, id;

	if (name_normal(name, normal) != 0)
		return -ENOENT;
	id = setting_find(normal);
	ranges = lop_ranges_find(normal);

	pthread_mutex_lock(&lop->lock);
	if (id >= 0)
		ret = setting_set(lop, id, value);
	else if (ranges != NULL)
		ret = ranges->set(lop, value);
	else
		ret = lop_conf_set(lop, normal, value);
	pthread_mutex_unlock(&lop->lock);
	return ret == 0 ? 0 : refused(normal, value, ret);
}

int
lop_sysctl_get(struct lop *lop, const char *name, char *value, size_t size)
{
	const struct lop_ranges_setting *ranges;
	char normal[NAME_MAX_BYTES];
	int number, id;
	int ret = 0;

	if (name_normal(name, normal) != 0)
		return -ENOENT;
	id = setting_find(normal);
	ranges = lop_ranges_find(normal);

	pthread_mutex_lock(&lop->lock);
	if (id >= 0)
		number = lop_setting(lop, id);
	else if (ranges == NULL)
		ret = lop_conf_get(lop, normal, &number);
	if (ranges != NULL)
		ret = ranges->get(lop, value, size);
	else if (ret == 0 && (size_t)snprintf(value, size, "%d", number) >= size)
		ret = -ENOSPC;
	pthread_mutex_unlock(&lop->lock);
	return ret;
}
