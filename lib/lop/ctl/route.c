/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Routes of users: what Linux accepts, with its errnos (contract RT-10, RT-13, SEND-12). */

#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>

#include "../include/lop_route.h"
#include "fib.h"

/* The widest scope that a route of a type may have; NOWHERE: no such type. */
static const uint8_t type_scope[RTN_MAX + 1] = {
	[RTN_UNSPEC] = RT_SCOPE_NOWHERE,
	[RTN_UNICAST] = RT_SCOPE_UNIVERSE,
	[RTN_LOCAL] = RT_SCOPE_HOST,
	[RTN_BROADCAST] = RT_SCOPE_LINK,
	[RTN_ANYCAST] = RT_SCOPE_LINK,
	[RTN_MULTICAST] = RT_SCOPE_UNIVERSE,
	[RTN_BLACKHOLE] = RT_SCOPE_UNIVERSE,
	[RTN_UNREACHABLE] = RT_SCOPE_UNIVERSE,
	[RTN_PROHIBIT] = RT_SCOPE_UNIVERSE,
	[RTN_THROW] = RT_SCOPE_UNIVERSE,
	[RTN_NAT] = RT_SCOPE_NOWHERE,
	[RTN_XRESOLVE] = RT_SCOPE_NOWHERE,
};

static bool
refuses(uint8_t type)
{
	return type == RTN_BLACKHOLE || type == RTN_UNREACHABLE || type == RTN_PROHIBIT ||
			type == RTN_THROW;
}

static uint32_t
table_of(const struct lop_route *route)
{
	return route->table == RT_TABLE_UNSPEC ? RT_TABLE_MAIN : route->table;
}

/* A prefix with bits behind its length, ECN bits in the TOS, a type or scope that is none. */
static int
check_form(const struct lop_route *route, uint8_t type)
{
	if (route->dst_len > 32 || (route->dst_be & ~lop_fib_mask_be(route->dst_len)) != 0)
		return -EINVAL;
	if ((route->tos & IPTOS_ECN_MASK) != 0 || type > RTN_MAX)
		return -EINVAL;
	if (type_scope[type] > route->scope ||
			(type_scope[type] == RT_SCOPE_NOWHERE && !refuses(type)))
		return -EINVAL;
	if ((route->flags & ~(uint32_t)RTNH_F_ONLINK) != 0)
		return -EINVAL;
	if (refuses(type))
		return route->gateway_be != 0 || route->oif != 0 ? -EINVAL : 0;
	return route->scope > RT_SCOPE_HOST ? -EINVAL : 0;
}

/* An interface that exists and is up. */
static int
check_up(struct lop *lop, int ifindex)
{
	const struct lop_if *dev = lop_if_of(lop, ifindex);

	if (dev == NULL || !lop_load(dev->has_ip))
		return -ENODEV;
	return lop_if_is_up(dev) ? 0 : -ENETDOWN;
}

/* The gateway is a neighbour, whatever routes say. */
static int
check_gateway_onlink(struct lop *lop, const struct lop_route *route)
{
	int err = check_up(lop, route->oif);

	if (route->scope >= RT_SCOPE_LINK)
		return -EINVAL;
	if (err != 0)
		return err;
	return lop_addr_type_dev(lop, lop_if_of(lop, route->oif), route->gateway_be) ==
							RTN_UNICAST &&
					lop_addr_type(lop, route->gateway_be) != RTN_LOCAL
			? 0
			: -EINVAL;
}

/* The gateway is reached by a route of a closer scope: its interface is the route's. */
static int
check_gateway(struct lop *lop, const struct lop_route *route, int *oif)
{
	const struct lop_fib_key key = {
		.addr_be = route->gateway_be,
		.oif = route->oif,
		.scope = RTE_MAX(route->scope + 1, RT_SCOPE_LINK),
	};
	const uint32_t table = table_of(route);
	struct lop_fib_found found;
	int err = -EAGAIN;

	if (table != RT_TABLE_MAIN && table != RT_TABLE_LOCAL)
		err = lop_fib_find(lop->fib, table, &key, &found);
	if (err != 0)
		err = lop_fib_lookup(lop->fib, &key, &found);
	if (err != 0)
		return err;
	if (found.slot->type != RTN_UNICAST && found.slot->type != RTN_LOCAL)
		return -EINVAL;
	*oif = found.slot->oif;
	return check_up(lop, *oif);
}

static int
check_hop(struct lop *lop, const struct lop_route *route, int *oif)
{
	*oif = route->oif;
	if (route->scope == RT_SCOPE_HOST) {
		/* The interface need not be up: contract DEV-10. */
		if (route->gateway_be != 0)
			return -EINVAL;
		return lop_if_of(lop, route->oif) == NULL ? -ENODEV : 0;
	}
	if (route->gateway_be == 0) {
		if ((route->flags & RTNH_F_ONLINK) != 0)
			return -EINVAL;
		return check_up(lop, route->oif);
	}
	if ((route->flags & RTNH_F_ONLINK) != 0)
		return check_gateway_onlink(lop, route);
	return check_gateway(lop, route, oif);
}

/* Local in the route's own table or in table local; or what the route itself makes local. */
static bool
prefsrc_is_local(struct lop *lop, const struct lop_route *route, uint8_t type)
{
	const struct lop_fib_key key = { .addr_be = route->prefsrc_be };
	const uint32_t table = table_of(route);
	struct lop_fib_found found;

	if (type == RTN_LOCAL && route->dst_be != 0 && route->prefsrc_be == route->dst_be)
		return true;
	if (table != RT_TABLE_MAIN && table != RT_TABLE_LOCAL &&
			lop_fib_find(lop->fib, table, &key, &found) == 0 &&
			found.slot->type == RTN_LOCAL)
		return true;
	return lop_addr_type(lop, route->prefsrc_be) == RTN_LOCAL;
}

static bool
by_group(const struct lop_route *route, uint8_t type)
{
	if (type == RTN_LOCAL || refuses(type))
		return false;
	return type == RTN_MULTICAST ||
			(route->dst_len >= 4 && lop_addr_is_multicast(route->dst_be));
}

static int
add(struct lop *lop, const struct lop_route *route)
{
	const uint8_t type = route->type == RTN_UNSPEC ? RTN_UNICAST : route->type;
	struct lop_fib_spec spec = {
		.hop = {
			.table = table_of(route),
			.gateway_be = route->gateway_be,
			.prefsrc_be = route->prefsrc_be,
			.mtu_bytes = route->mtu_bytes,
			.flags = route->flags,
			.type = type,
			.scope = route->scope,
		},
		.net_be = route->dst_be,
		.priority = route->priority,
		.len = route->dst_len,
		.tos = route->tos,
		.protocol = route->protocol == RTPROT_UNSPEC ? RTPROT_BOOT : route->protocol,
	};
	int oif = 0;
	int err = check_form(route, type);

	if (err == 0 && !refuses(type))
		err = check_hop(lop, route, &oif);
	if (err != 0)
		return err;
	if (!refuses(type) && route->prefsrc_be != 0 && !prefsrc_is_local(lop, route, type))
		return -EINVAL;
	spec.hop.oif = oif;
	spec.hop.by_group = by_group(route, type);
	err = lop_fib_insert(lop, &spec);
	if (err == 0 && type == RTN_LOCAL)
		lop_store(lop->fib->custom_local, true);
	return err;
}

int
lop_route_add(struct lop *lop, const struct lop_route *route)
{
	int err;

	if (lop == NULL || route == NULL)
		return -EINVAL;
	pthread_mutex_lock(&lop->lock);
	err = add(lop, route);
	lop_fib_commit(lop);
	pthread_mutex_unlock(&lop->lock);
	return err;
}

int
lop_route_add_bulk(struct lop *lop, const struct lop_route *routes, unsigned int n)
{
	unsigned int i = 0;
	int err;

	if (lop == NULL || (routes == NULL && n != 0) || n > INT32_MAX)
		return -EINVAL;
	pthread_mutex_lock(&lop->lock);
	/* One growth instead of many: a million routes come in at once. */
	err = n > 1 ? lop_fib_reserve(lop, n) : 0;
	for (; i < n && err == 0; i++)
		err = add(lop, &routes[i]);
	if (err != 0 && i > 0)
		i--;
	lop_fib_commit(lop);
	pthread_mutex_unlock(&lop->lock);
	return i == 0 ? err : (int)i;
}

static bool
fits(const struct lop_fib_entry *e, const struct lop_hop *hop, const struct lop_route *route)
{
	return e->net_be == route->dst_be && e->len == route->dst_len && e->tos == route->tos &&
			e->table == table_of(route) &&
			(route->type == 0 || route->type == hop->type) &&
			(route->scope == 0 || route->scope == hop->scope) &&
			(route->protocol == 0 || route->protocol == e->protocol) &&
			(route->priority == 0 || route->priority == e->priority) &&
			(route->prefsrc_be == 0 || route->prefsrc_be == hop->prefsrc_be) &&
			(route->gateway_be == 0 || route->gateway_be == hop->gateway_be) &&
			(route->oif == 0 || route->oif == hop->oif) &&
			(route->mtu_bytes == 0 || route->mtu_bytes == hop->mtu_bytes);
}

static int
del(struct lop *lop, const struct lop_route *route)
{
	const struct lop_fib_routes *routes = lop_load(lop->fib->routes);
	const struct lop_hop_use *use = lop->fib->ctl->use;
	uint32_t i;

	i = lop_load(routes->bucket[lop_fib_bucket(routes, route->dst_be, route->dst_len)]);
	for (; i != 0; i = lop_load(routes->entry[i].next)) {
		const struct lop_fib_entry *e = &routes->entry[i];

		if (fits(e, &use[lop_load(e->slot)].hop, route)) {
			lop_fib_remove(lop, i);
			return 0;
		}
	}
	return -ESRCH;
}

int
lop_route_del(struct lop *lop, const struct lop_route *route)
{
	int err;

	if (lop == NULL || route == NULL || route->dst_len > 32 ||
			(route->dst_be & ~lop_fib_mask_be(route->dst_len)) != 0 ||
			(route->tos & IPTOS_ECN_MASK) != 0 || route->type > RTN_MAX)
		return -EINVAL;
	pthread_mutex_lock(&lop->lock);
	err = del(lop, route);
	lop_fib_commit(lop);
	pthread_mutex_unlock(&lop->lock);
	return err;
}

void
lop_route_flush_cache(struct lop *lop)
{
	pthread_mutex_lock(&lop->lock);
	lop_routes_changed(lop);
	pthread_mutex_unlock(&lop->lock);
}
