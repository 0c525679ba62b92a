/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Counters as the files below /proc/net have them. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "counters.h"
#include "diff.h"

static void
counter_add(struct counters *c, const char *group, const char *name, uint64_t value)
{
	if (c->n == COUNTERS_MAX)
		return;
	snprintf(c->counter[c->n].name, sizeof(c->counter[0].name), "%s.%s", group, name);
	c->counter[c->n++].value = value;
}

/* Pairs of lines: "Ip: InReceives ...", "Ip: 0 ...". */
static void
pairs_read(struct counters *c, char *text)
{
	char *rest = text;
	char *names, *values;

	while ((names = strsep(&rest, "\n")) != NULL && (values = strsep(&rest, "\n")) != NULL) {
		char *group = strsep(&names, ":");
		char *name, *value;

		strsep(&values, ":");
		if (names == NULL || values == NULL)
			return;
		while ((name = strsep(&names, " ")) != NULL &&
				(value = strsep(&values, " ")) != NULL) {
			if (*name != '\0')
				counter_add(c, group, name, strtoull(value, NULL, 10));
		}
	}
}

/* Lines of an interface each, behind two of headings. */
static void
dev_read(struct counters *c, char *text)
{
	static const char *const columns[] = { "rx_bytes", "rx_packets", "rx_errs", "rx_drop",
		"rx_fifo", "rx_frame", "rx_compressed", "rx_multicast", "tx_bytes", "tx_packets",
		"tx_errs", "tx_drop", "tx_fifo", "tx_colls", "tx_carrier", "tx_compressed" };
	char *rest = text;
	char *line;

	strsep(&rest, "\n");
	strsep(&rest, "\n");
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		char *name = line + strspn(line, " ");
		char *at = strchr(name, ':');

		if (at == NULL)
			return;
		*at++ = '\0';
		for (unsigned int i = 0; i < RTE_DIM(columns); i++)
			counter_add(c, name, columns[i], strtoull(at, &at, 10));
	}
}

void
counters_read(const struct dx *x, char *file, size_t size, struct counters *c)
{
	c->n = 0;
	if (x->proc("snmp", file, size) == 0)
		pairs_read(c, file);
	if (x->proc("netstat", file, size) == 0)
		pairs_read(c, file);
	if (x->proc("dev", file, size) == 0)
		dev_read(c, file);
}

/* Types of IcmpMsg turn up in the midst of the others: then a counter is not where it was. */
static uint64_t
value_in(const struct counters *c, const char *name, unsigned int hint)
{
	if (hint < c->n && strcmp(c->counter[hint].name, name) == 0)
		return c->counter[hint].value;
	for (unsigned int i = 0; i < c->n; i++) {
		if (strcmp(c->counter[i].name, name) == 0)
			return c->counter[i].value;
	}
	return 0;
}

void
counters_moved(char *text, size_t size, const struct counters *old, const struct counters *now)
{
	size_t used = 0;

	*text = '\0';
	for (unsigned int i = 0; i < now->n && used < size; i++) {
		const char *name = now->counter[i].name;
		const int64_t moved = now->counter[i].value - value_in(old, name, i);

		if (moved != 0)
			used += snprintf(text + used, size - used, "%s%s%+" PRId64,
					used == 0 ? "" : " ", name, moved);
	}
}
