/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Settings that are two numbers, or a list of ranges (contract SK-01, SK-02). */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settings.h"

bool
lop_range_part(enum lop_setting_id id)
{
	return id == LOP_SETTING_PORT_MIN || id == LOP_SETTING_PORT_MAX ||
			id == LOP_SETTING_PING_GROUP_MIN || id == LOP_SETTING_PING_GROUP_MAX;
}

/* "min max", or only the lower one; what follows is of no interest to Linux. */
static int
pair_parse(const char *text, int *min, int *max)
{
	if (lop_number_parse(&text, min) != 0)
		return -EINVAL;
	return *text == '\0' ? 0 : lop_number_parse(&text, max);
}

static int
pair_print(char *value, size_t size, int min, int max)
{
	return (size_t)snprintf(value, size, "%d\t%d", min, max) < size ? 0 : -ENOSPC;
}

static int
port_range_set(struct lop *lop, const char *value)
{
	int min = lop_setting(lop, LOP_SETTING_PORT_MIN);
	int max = lop_setting(lop, LOP_SETTING_PORT_MAX);

	if (pair_parse(value, &min, &max) != 0 || min < 1 || max > UINT16_MAX || min > max ||
			min < lop_setting(lop, LOP_SETTING_UNPRIVILEGED_PORT))
		return -EINVAL;
	lop_store(lop->setting[LOP_SETTING_PORT_MIN], min);
	lop_store(lop->setting[LOP_SETTING_PORT_MAX], max);
	return 0;
}

static int
port_range_get(const struct lop *lop, char *value, size_t size)
{
	return pair_print(value, size, lop_setting(lop, LOP_SETTING_PORT_MIN),
			lop_setting(lop, LOP_SETTING_PORT_MAX));
}

/* An empty range is kept as Linux keeps it: "1 0", nobody. */
static int
ping_group_set(struct lop *lop, const char *value)
{
	int min = lop_setting(lop, LOP_SETTING_PING_GROUP_MIN);
	int max = lop_setting(lop, LOP_SETTING_PING_GROUP_MAX);

	if (pair_parse(value, &min, &max) != 0 || min < 0 || max < 0)
		return -EINVAL;
	if (max < min) {
		min = 1;
		max = 0;
	}
	lop_store(lop->setting[LOP_SETTING_PING_GROUP_MIN], min);
	lop_store(lop->setting[LOP_SETTING_PING_GROUP_MAX], max);
	return 0;
}

static int
ping_group_get(const struct lop *lop, char *value, size_t size)
{
	return pair_print(value, size, lop_setting(lop, LOP_SETTING_PING_GROUP_MIN),
			lop_setting(lop, LOP_SETTING_PING_GROUP_MAX));
}

static int
port_parse(const char **text)
{
	char *end;
	unsigned long port;

	if (**text < '0' || **text > '9')
		return -EINVAL;
	port = strtoul(*text, &end, 10);
	*text = end;
	return port <= UINT16_MAX ? (int)port : -EINVAL;
}

/* "a,b-c,...", a newline at most behind it; nothing: none. */
static int
reserved_parse(const char *text, uint8_t *bitmap)
{
	for (bool first = true; *text != '\0' && *text != '\n'; first = false) {
		int from, to;

		if (!first && *text++ != ',')
			return -EINVAL;
		from = port_parse(&text);
		to = from;
		if (from >= 0 && *text == '-') {
			text++;
			to = port_parse(&text);
		}
		if (from < 0 || to < from)
			return -EINVAL;
		for (int port = from; port <= to; port++)
			bitmap[port / 8] |= 1 << port % 8;
	}
	return 0;
}

static int
reserved_set(struct lop *lop, const char *value)
{
	uint8_t *bitmap = calloc(1, sizeof(lop->reserved_ports));
	int ret;

	if (bitmap == NULL)
		return -ENOMEM;
	ret = reserved_parse(value, bitmap);
	/* by bytes: who looks for a port holds the lock, too */
	if (ret == 0)
		memcpy(lop->reserved_ports, bitmap, sizeof(lop->reserved_ports));
	free(bitmap);
	return ret;
}

static bool
is_reserved(const struct lop *lop, int port)
{
	return port <= UINT16_MAX && (lop->reserved_ports[port / 8] >> port % 8 & 1) != 0;
}

static int
reserved_get(const struct lop *lop, char *value, size_t size)
{
	size_t used = 0;

	if (size == 0)
		return -ENOSPC;
	value[0] = '\0';
	for (int port = 0; port <= UINT16_MAX; port++) {
		const char *comma = used != 0 ? "," : "";
		const int from = port;

		if (!is_reserved(lop, port))
			continue;
		while (is_reserved(lop, port + 1))
			port++;
		used += snprintf(value + used, size - used, port != from ? "%s%d-%d" : "%s%d",
				comma, from, port);
		if (used >= size)
			return -ENOSPC;
	}
	return 0;
}

static const struct lop_ranges_setting ranges[] = {
	{ "ip_local_port_range", port_range_set, port_range_get },
	{ "ip_local_reserved_ports", reserved_set, reserved_get },
	{ "ping_group_range", ping_group_set, ping_group_get },
};

const struct lop_ranges_setting *
lop_ranges_find(const char *name)
{
	for (unsigned int i = 0; i < RTE_DIM(ranges); i++) {
		if (strcmp(ranges[i].name, name) == 0)
			return &ranges[i];
	}
	return NULL;
}
