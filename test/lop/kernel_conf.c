/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The operations on lo, on addresses and routes, and the files below /proc/net. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

#define LINES_MAX 64

void
kop_lo_up(struct krun *run, const struct kop *op)
{
	k_print(run, " %d = %d", op->a, run->x->lo_up(op->a != 0));
}

void
kop_lo_mtu(struct krun *run, const struct kop *op)
{
	k_print(run, " %d = %d", op->a, run->x->lo_mtu(op->a));
}

void
kop_addr(struct krun *run, const struct kop *op)
{
	uint32_t addr_be = 0;

	inet_pton(AF_INET, op->addr, &addr_be);
	k_print(run, " %s %s/%u = %d", op->a != 0 ? "add" : "del", op->addr, op->n,
			run->x->addr(op->a != 0, addr_be, op->n, op->b));
}

void
kop_route(struct krun *run, const struct kop *op)
{
	struct lop_route route = *op->route;

	inet_pton(AF_INET, op->addr, &route.dst_be);
	route.dst_len = op->n;
	k_print(run, " %s %s/%u type %u table %u = %d", op->a != 0 ? "add" : "del", op->addr, op->n,
			route.type, route.table, run->x->route(op->a != 0, &route));
}

void
kop_sysctl(struct krun *run, const struct kop *op)
{
	k_print(run, " %s=%s = %d", op->addr, op->text, run->x->sysctl(op->addr, op->text));
}

/* The line of a socket without its bucket, user, inode, references and pointer, all fixed columns
 * being where they belong. */
static void
udp_line_print(struct krun *run, const char *line)
{
	char pointer[32];
	unsigned int drops;

	if (strlen(line) < 93 || sscanf(line + 92, "%*u %*u %31s %u", pointer, &drops) != 2) {
		k_print(run, "\n%s", line);
		return;
	}
	k_print(run, "\n#%.72s # %.9s # # %zu digits, drops %u, %zu characters", line + 5,
			line + 82, strlen(pointer), drops, strlen(line));
}

static int
by_text(const void *a, const void *b)
{
	const char *x = *(char *const *)a;
	const char *y = *(char *const *)b;

	/* by address and port: what stands before is the bucket */
	return strcmp(x + RTE_MIN(strlen(x), 6U), y + RTE_MIN(strlen(y), 6U));
}

/* Sockets of one moment: the order of the buckets is no promise. */
static void
print_udp(struct krun *run)
{
	char *rest = run->file;
	char *lines[LINES_MAX];
	unsigned int n = 0;
	char *line;

	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0' && n < LINES_MAX)
		lines[n++] = line;
	qsort(lines, n, sizeof(lines[0]), by_text);
	for (unsigned int i = 0; i < n; i++)
		udp_line_print(run, lines[i]);
}

void
kop_file(struct krun *run, const struct kop *op)
{
	k_print(run, " %s:", op->addr);
	k_file(run, op->addr);
	if (strcmp(op->addr, "udp") == 0)
		print_udp(run);
	else
		k_print(run, "\n%s", run->file);
}
