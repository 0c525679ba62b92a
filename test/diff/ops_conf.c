/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Operations on interfaces, addresses, routes, neighbours, settings, hooks and time. */

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "ops.h"

/* link DEV up|down [mtu=] [mac=] [name=] [noarp=0|1] */
void
op_link(struct run *run, const struct words *w)
{
	const char *dev = word(w, 1);
	const char *state = word(w, 2);
	const char *mac = word_of(w, "mac");
	const char *name = word_of(w, "name");
	uint8_t bytes[ETH_ALEN];
	int ret = 0;

	if (word_of(w, "mtu") != NULL)
		ret = run->x->mtu(dev, number_of(w, "mtu", 0));
	if (ret == 0 && mac != NULL) {
		mac_of(mac, bytes);
		ret = run->x->mac(dev, bytes);
	}
	if (ret == 0 && name != NULL)
		ret = run->x->rename(dev, name);
	if (ret == 0 && word_of(w, "noarp") != NULL)
		ret = run->x->flags(dev, number_of(w, "noarp", 0) != 0 ? IFF_NOARP : 0, IFF_NOARP);
	if (ret == 0 && *state != '\0')
		ret = run->x->flags(dev, strcmp(state, "up") == 0 ? IFF_UP : 0, IFF_UP);
	note_status(run, ret);
}

/* addr add|del DEV ADDR/LEN [scope=] [brd=] [label=] */
void
op_addr(struct run *run, const struct words *w)
{
	struct lop_ifaddr addr = {
		.broadcast_be = address_of(w, "brd"),
		.scope = number_of(w, "scope", RT_SCOPE_UNIVERSE),
	};
	const char *label = word_of(w, "label");

	addr.prefix_len = prefix(word(w, 3), &addr.local_be);
	if (label != NULL)
		snprintf(addr.label, sizeof(addr.label), "%s", label);
	note_status(run, run->x->addr(strcmp(word(w, 1), "add") == 0, word(w, 2), &addr));
}

static void
route_get(struct run *run, const struct words *w)
{
	struct lop_route_answer answer = { 0 };
	struct sockaddr_in sin;
	int ret;

	address(word(w, 2), &sin);
	ret = run->x->route_get(
			sin.sin_addr.s_addr, address_of(w, "from"), word_of(w, "dev"), &answer);
	note_status(run, ret);
	if (ret != 0)
		return;
	note_text(run, "route", "type %u oif %d src %08x via %08x flags %#x", answer.type,
			answer.oif, ntohl(answer.src_be), ntohl(answer.gateway_be),
			answer.cache_flags);
}

/* route add|del DST/LEN|default [type=] [dev=] [via=] [src=] [scope=] [table=] [metric=] ... */
void
op_route(struct run *run, const struct words *w)
{
	struct lop_route route = {
		.tos = number_of(w, "tos", 0),
		.type = number_of(w, "type", RTN_UNICAST),
		.table = number_of(w, "table", RT_TABLE_MAIN),
		.priority = number_of(w, "metric", 0),
		.prefsrc_be = address_of(w, "src"),
		.gateway_be = address_of(w, "via"),
		.mtu_bytes = number_of(w, "mtu", 0),
		.flags = number_of(w, "flags", 0),
	};
	const char *dst = word(w, 2);

	if (strcmp(word(w, 1), "get") == 0) {
		route_get(run, w);
		return;
	}
	route.scope = number_of(w, "scope",
			word_of(w, "via") != NULL || word_of(w, "dev") == NULL ? RT_SCOPE_UNIVERSE
					: route.type == RTN_LOCAL              ? RT_SCOPE_HOST
									       : RT_SCOPE_LINK);
	if (strcmp(dst, "default") != 0)
		route.dst_len = prefix(dst, &route.dst_be);
	note_status(run, run->x->route(strcmp(word(w, 1), "add") == 0, &route, word_of(w, "dev")));
}

/* neigh set|del DEV ADDR [lladdr=] [nud=] */
void
op_neigh(struct run *run, const struct words *w)
{
	struct lop_neigh_info neigh = { .state = number_of(w, "nud", NUD_PERMANENT) };
	struct sockaddr_in sin;

	address(word(w, 3), &sin);
	neigh.addr_be = sin.sin_addr.s_addr;
	if (word_of(w, "lladdr") != NULL)
		mac_of(word_of(w, "lladdr"), neigh.lladdr);
	note_status(run, run->x->neigh(strcmp(word(w, 1), "set") == 0, word(w, 2), &neigh));
}

/* sysctl NAME=VALUE; '_' stands for a blank in the value */
void
op_sysctl(struct run *run, const struct words *w)
{
	char *value = w->nb_keys > 0 ? w->pair[0].value : NULL;

	if (value == NULL)
		bad_word("a setting", "has no value");
	for (char *p = value; *p != '\0'; p++) {
		if (*p == '_')
			*p = ' ';
	}
	note_status(run, run->x->sysctl(w->pair[0].key, value));
}

static enum lop_hook_point
point_of(const char *name)
{
	static const char *const names[] = { "pre", "in", "forward", "out", "post" };

	for (unsigned int i = 0; i < RTE_DIM(names); i++) {
		if (strcmp(names[i], name) == 0)
			return i;
	}
	bad_word("no hook", name);
}

/* hook POINT accept|drop|reject [code=] [proto=] [priority=] */
void
op_hook(struct run *run, const struct words *w)
{
	const char *verdict = word(w, 2);
	struct dx_hook hook = {
		.point = point_of(word(w, 1)),
		.reject = strcmp(verdict, "reject") == 0,
		.code = number_of(w, "code", 3),
		.verdict = strcmp(verdict, "accept") == 0 ? LOP_VERDICT_ACCEPT : LOP_VERDICT_DROP,
		.priority = number_of(w, "priority", 0),
		.protocol = number_of(w, "proto", 0),
	};
	const int ret = run->x->hook(&hook);

	note_status(run, ret);
	if (ret >= 0 && run->nb_hooks < DIFF_HOOKS_MAX)
		run->hooks[run->nb_hooks++] = ret;
}

/* tap NAME: a device of a fixed link address */
void
op_tap(struct run *run, const struct words *w)
{
	static const uint8_t mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 1 };
	int ret = run->x->tap(word(w, 1));

	if (ret == 0)
		ret = run->x->mac(word(w, 1), mac);
	memcpy(run->tap_mac, mac, sizeof(mac));
	run->has_tap = true;
	note_status(run, ret);
}

void
op_advance(struct run *run, const struct words *w)
{
	run->x->advance(number(word(w, 1)));
}
