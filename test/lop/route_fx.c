/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Routes of cases: written and read as text. */

#include <linux/in_route.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "route.h"

uint32_t
rt_ip(const char *text)
{
	struct in_addr addr = { 0 };

	if (text != NULL)
		assert_int_equal(inet_pton(AF_INET, text, &addr), 1);
	return addr.s_addr;
}

struct lop_route
rt(const char *prefix)
{
	const char *slash = strchr(prefix, '/');
	struct lop_route route = { 0 };
	char net[INET_ADDRSTRLEN];

	assert_non_null(slash);
	snprintf(net, sizeof(net), "%.*s", (int)(slash - prefix), prefix);
	route.dst_be = rt_ip(net);
	route.dst_len = strtoul(slash + 1, NULL, 10);
	return route;
}

int
rt_add_oif(struct lop *lop, const char *prefix, int oif)
{
	struct lop_route route = rt(prefix);

	route.oif = oif;
	route.scope = RT_SCOPE_LINK;
	return lop_route_add(lop, &route);
}

int
rt_add_via(struct lop *lop, const char *prefix, const char *gateway)
{
	struct lop_route route = rt(prefix);

	route.gateway_be = rt_ip(gateway);
	return lop_route_add(lop, &route);
}

int
rt_add_type(struct lop *lop, const char *prefix, uint8_t type)
{
	struct lop_route route = rt(prefix);

	route.type = type;
	return lop_route_add(lop, &route);
}

void
rt_addr(struct lop *lop, int ifindex, const char *addr, uint8_t len, uint8_t scope)
{
	const struct lop_ifaddr a = { .local_be = rt_ip(addr), .prefix_len = len, .scope = scope };

	assert_int_equal(lop_addr_add(lop, ifindex, &a), 0);
}

void
rt_addr_del(struct lop *lop, int ifindex, const char *addr, uint8_t len)
{
	const struct lop_ifaddr a = { .local_be = rt_ip(addr), .prefix_len = len };

	assert_int_equal(lop_addr_del(lop, ifindex, &a), 0);
}

int
rt_wire(struct fx *fx, struct lop *lop, const char *name, const char *addr, uint8_t len)
{
	int ifindex = fx_wire(fx, lop, name);

	if (addr != NULL)
		rt_addr(lop, ifindex, addr, len, RT_SCOPE_UNIVERSE);
	assert_int_equal(lop_if_set_flags(lop, ifindex, IFF_UP, IFF_UP), 0);
	return ifindex;
}

static const char *
type_name(uint8_t type)
{
	static const char *const names[] = { "unspec", "unicast", "local", "broadcast", "anycast",
		"multicast", "blackhole", "unreachable", "prohibit", "throw" };

	assert_true(type < RTE_DIM(names));
	return names[type];
}

static void
put_ip(char *text, size_t size, const char *before, uint32_t addr_be)
{
	char ip[INET_ADDRSTRLEN];
	size_t used = strlen(text);

	if (addr_be != 0)
		snprintf(text + used, size - used, "%s%s", before,
				inet_ntop(AF_INET, &addr_be, ip, sizeof(ip)));
}

const char *
rt_get(struct lop *lop, const char *daddr, const char *saddr, int oif)
{
	static char text[160];
	struct lop_route_answer a;
	int err = lop_route_get(lop, rt_ip(daddr), rt_ip(saddr), oif, &a);
	size_t used;

	if (err != 0) {
		snprintf(text, sizeof(text), "%s", strerrorname_np(-err));
		return text;
	}
	snprintf(text, sizeof(text), "%s", type_name(a.type));
	put_ip(text, sizeof(text), " via ", a.gateway_be);
	used = strlen(text);
	snprintf(text + used, sizeof(text) - used, " dev %d", a.oif);
	put_ip(text, sizeof(text), " src ", a.src_be);
	used = strlen(text);
	snprintf(text + used, sizeof(text) - used, "%s%s%s",
			(a.cache_flags & RTCF_LOCAL) != 0 ? " <local>" : "",
			(a.cache_flags & RTCF_BROADCAST) != 0 ? " <brd>" : "",
			(a.cache_flags & RTCF_MULTICAST) != 0 ? " <mc>" : "");
	return text;
}

struct listing {
	char text[4096];
};

static void
list_one(const struct lop_route *route, void *arg)
{
	struct listing *l = arg;
	size_t used = strlen(l->text);
	char ip[INET_ADDRSTRLEN];

	snprintf(l->text + used, sizeof(l->text) - used, "%s %s/%u", type_name(route->type),
			inet_ntop(AF_INET, &route->dst_be, ip, sizeof(ip)), route->dst_len);
	put_ip(l->text, sizeof(l->text), " via ", route->gateway_be);
	used = strlen(l->text);
	if (route->oif != 0)
		snprintf(l->text + used, sizeof(l->text) - used, " dev %d", route->oif);
	put_ip(l->text, sizeof(l->text), " src ", route->prefsrc_be);
	used = strlen(l->text);
	if (route->tos != 0)
		snprintf(l->text + used, sizeof(l->text) - used, " tos %#x", route->tos);
	used = strlen(l->text);
	if (route->priority != 0)
		snprintf(l->text + used, sizeof(l->text) - used, " metric %u", route->priority);
	used = strlen(l->text);
	snprintf(l->text + used, sizeof(l->text) - used, "\n");
}

const char *
rt_table(struct lop *lop, uint32_t table)
{
	static struct listing l;

	l.text[0] = '\0';
	assert_int_equal(lop_route_list(lop, table, list_one, &l), 0);
	return l.text;
}
