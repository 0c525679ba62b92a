/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Looking at tables and files. */

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ops.h"

struct list {
	struct run *run;
	json_t *lines;
};

static void
append(json_t *lines, const char *text)
{
	json_array_append_new(lines, json_string(text));
}

/* The line of a socket without its bucket, user, inode, references and pointer, all fixed columns
 * being where they belong, its ports by their names. */
static void
append_udp(const struct run *run, json_t *lines, const char *line)
{
	char pointer[32], text[256], from[8], to[8];
	unsigned int drops, addr[2], port[2];

	if (strlen(line) < 93 || sscanf(line + 92, "%*u %*u %31s %u", pointer, &drops) != 2 ||
			sscanf(line + 7, "%8X:%4X %8X:%4X", &addr[0], &port[0], &addr[1],
					&port[1]) != 4) {
		append(lines, line);
		return;
	}
	port_known_text(run, from, sizeof(from), port[0]);
	port_known_text(run, to, sizeof(to), port[1]);
	snprintf(text, sizeof(text),
			"%08X:%s %08X:%s%.43s # %.9s # # %zu digits, drops %u, %zu characters",
			addr[0], from, addr[1], to, line + 34, line + 82, strlen(pointer), drops,
			strlen(line));
	append(lines, text);
}

static int
by_line(const void *a, const void *b)
{
	return strcmp(json_string_value(*(json_t *const *)a),
			json_string_value(*(json_t *const *)b));
}

/* The order of a table's dump is no promise. */
static json_t *
sorted(json_t *lines)
{
	json_t *all[512];
	json_t *result = json_array();
	size_t n = RTE_MIN(json_array_size(lines), RTE_DIM(all));

	for (size_t i = 0; i < n; i++)
		all[i] = json_array_get(lines, i);
	qsort(all, n, sizeof(all[0]), by_line);
	for (size_t i = 0; i < n; i++)
		json_array_append(result, all[i]);
	json_decref(lines);
	return result;
}

static void
observe_file(struct run *run, const char *name, json_t *lines)
{
	const int ret = run->x->proc(name, run->file, sizeof(run->file));
	char *rest = run->file;
	char *line;

	note_status(run, ret);
	if (ret != 0)
		return;
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		if (strcmp(name, "udp") == 0)
			append_udp(run, lines, line);
		else
			append(lines, line);
	}
}

static void
neigh_line(const struct lop_neigh_info *n, void *arg)
{
	struct list *list = arg;
	char host[INET_ADDRSTRLEN], text[128];

	inet_ntop(AF_INET, &n->addr_be, host, sizeof(host));
	snprintf(text, sizeof(text), "%s dev %d lladdr %02x:%02x:%02x:%02x:%02x:%02x nud %#x", host,
			n->ifindex, n->lladdr[0], n->lladdr[1], n->lladdr[2], n->lladdr[3],
			n->lladdr[4], n->lladdr[5], n->state);
	append(list->lines, text);
}

static void
route_line(const struct lop_route *r, void *arg)
{
	struct list *list = arg;
	char dst[INET_ADDRSTRLEN], src[INET_ADDRSTRLEN], via[INET_ADDRSTRLEN], text[256];

	inet_ntop(AF_INET, &r->dst_be, dst, sizeof(dst));
	inet_ntop(AF_INET, &r->prefsrc_be, src, sizeof(src));
	inet_ntop(AF_INET, &r->gateway_be, via, sizeof(via));
	snprintf(text, sizeof(text),
			"table %u type %u %s/%u oif %d src %s via %s scope %u proto %u metric %u"
			" tos %u",
			r->table, r->type, dst, r->dst_len, r->oif, src, via, r->scope, r->protocol,
			r->priority, r->tos);
	append(list->lines, text);
}

static void
observe_hooks(struct run *run, json_t *lines)
{
	char text[64];

	for (unsigned int i = 0; i < run->nb_hooks; i++) {
		uint64_t packets = 0;
		const int ret = run->x->hook_count(run->hooks[i], &packets);

		snprintf(text, sizeof(text), "%d: %d, %" PRIu64 " packets", i, ret, packets);
		append(lines, text);
	}
}

/* observe udp|arp|dev|snmp|netstat|neigh|routes|hooks */
void
op_observe(struct run *run, const struct words *w)
{
	const char *what = word(w, 1);
	struct list list = { .run = run, .lines = json_array() };

	if (strcmp(what, "neigh") == 0) {
		note_status(run, run->x->neighs(neigh_line, &list));
		list.lines = sorted(list.lines);
	} else if (strcmp(what, "routes") == 0) {
		note_status(run, run->x->routes(route_line, &list));
		list.lines = sorted(list.lines);
	} else if (strcmp(what, "hooks") == 0) {
		observe_hooks(run, list.lines);
	} else {
		observe_file(run, what, list.lines);
		if (strcmp(what, "udp") == 0 || strcmp(what, "arp") == 0)
			list.lines = sorted(list.lines);
	}
	note(run, "lines", list.lines);
}
