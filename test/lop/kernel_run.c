/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* A run of a scenario: its lines, and the counters that moved. */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

#define EPHEMERAL_MIN 32768

void
k_print(struct krun *run, const char *fmt, ...)
{
	struct krecord *record = run->record;
	size_t room = sizeof(record->text) - record->used;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(record->text + record->used, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		record->used += RTE_MIN((size_t)n, room - 1);
}

void
k_print_result(struct krun *run, ssize_t ret)
{
	const char *name = strerrorname_np(errno);

	if (ret >= 0)
		k_print(run, " = %zd", ret);
	else
		k_print(run, " = -1 %s", name != NULL ? name : "?");
}

static void
print_port(struct krun *run, uint16_t port)
{
	unsigned int i;

	if (port < EPHEMERAL_MIN) {
		k_print(run, ":%u", port);
		return;
	}
	for (i = 0; i < run->nb_ports && run->ports[i] != port; i++)
		;
	if (i == run->nb_ports && i < K_PORTS_MAX)
		run->ports[run->nb_ports++] = port;
	k_print(run, ":p%u", i + 1);
}

void
k_print_addr(struct krun *run, const struct sockaddr_storage *addr, socklen_t len)
{
	const struct sockaddr_in *sin = (const struct sockaddr_in *)addr;
	char text[INET_ADDRSTRLEN];

	if (len < sizeof(*sin) || sin->sin_family != AF_INET) {
		k_print(run, " (%u bytes, family %d)", len, len < 2 ? -1 : sin->sin_family);
		return;
	}
	inet_ntop(AF_INET, &sin->sin_addr, text, sizeof(text));
	k_print(run, " %s", text);
	print_port(run, ntohs(sin->sin_port));
}

uint64_t
k_hash(uint64_t hash, const void *data, size_t bytes)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < bytes; i++)
		hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
	return hash;
}

void
k_file(struct krun *run, const char *name)
{
	int ret = run->x->proc(name, run->file, sizeof(run->file));

	if (ret != 0)
		snprintf(run->file, sizeof(run->file), "%s: %d\n", name, ret);
}

static void
counter_add(struct ksnap *snap, const char *group, const char *name, uint64_t value)
{
	if (snap->n == K_COUNTERS_MAX)
		return;
	snprintf(snap->counter[snap->n].name, sizeof(snap->counter[0].name), "%s.%s", group, name);
	snap->counter[snap->n++].value = value;
}

/* Pairs of lines: "Ip: InReceives ...", "Ip: 0 ...". */
static void
pairs_read(struct ksnap *snap, char *text)
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
				counter_add(snap, group, name, strtoull(value, NULL, 10));
		}
	}
}

/* Lines of an interface each, behind two of headings. */
static void
dev_read(struct ksnap *snap, char *text)
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
			counter_add(snap, name, columns[i], strtoull(at, &at, 10));
	}
}

static void
snap_take(struct krun *run, struct ksnap *snap)
{
	snap->n = 0;
	k_file(run, "snmp");
	pairs_read(snap, run->file);
	k_file(run, "netstat");
	pairs_read(snap, run->file);
	k_file(run, "dev");
	dev_read(snap, run->file);
}

/* Types of IcmpMsg turn up in the midst of the others: then a counter is not where it was. */
static uint64_t
value_in(const struct ksnap *snap, const char *name, unsigned int hint)
{
	if (hint < snap->n && strcmp(snap->counter[hint].name, name) == 0)
		return snap->counter[hint].value;
	for (unsigned int i = 0; i < snap->n; i++) {
		if (strcmp(snap->counter[i].name, name) == 0)
			return snap->counter[i].value;
	}
	return 0;
}

static void
print_moved(struct krun *run, const struct ksnap *old, const struct ksnap *new)
{
	for (unsigned int i = 0; i < new->n; i++) {
		const char *name = new->counter[i].name;
		int64_t moved = new->counter[i].value - value_in(old, name, i);

		if (moved != 0)
			k_print(run, " %s%+" PRId64, name, moved);
	}
}

void
k_run(const struct kx *x, const struct kop *ops, unsigned int n, struct krecord *record)
{
	struct krun *run = calloc(1, sizeof(*run));

	assert_non_null(run);
	run->x = x;
	run->record = record;
	for (unsigned int i = 0; i < K_SLOTS; i++)
		run->fd[i] = -1;
	snap_take(run, &run->snap[0]);
	for (unsigned int i = 0; i < n; i++) {
		k_print(run, "%u %s", i + 1, ops[i].what);
		ops[i].run(run, &ops[i]);
		snap_take(run, &run->snap[(i + 1) & 1]);
		if (run->snap[0].n != 0)
			k_print(run, " |");
		print_moved(run, &run->snap[i & 1], &run->snap[(i + 1) & 1]);
		k_print(run, "\n");
	}
	for (unsigned int i = 0; i < K_SLOTS; i++) {
		if (run->fd[i] >= 0)
			x->close(run->fd[i]);
	}
	record->done = true;
	free(run);
}
