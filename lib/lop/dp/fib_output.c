/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The route of one flow that this host sends, in the order in which Linux decides
 * (contract RT-03 to RT-13, SEND-08, SEND-12, SEND-18, CM-02).
 */

#include <errno.h>
#include <netinet/in.h>

#include "fib.h"
#include "fib_table.h"
#include "worker.h"

/* May packets of this host have this source (contract RT-03)? */
static bool
is_own(const struct lop *lop, uint32_t addr_be)
{
	return lop_addr_type(lop, addr_be) == RTN_LOCAL || lop_if_of_addr(lop, addr_be) != NULL;
}

/* What must hold whatever way the interface was chosen: contract RT-09, DEV-09. */
static int
check_device(const struct lop_if *dev, uint32_t saddr_be)
{
	if (!lop_load(dev->has_ip))
		return -EINVAL;
	if (lop_addr_is_loopback(saddr_be) && !dev->loopback && !lop_if_route_localnet(dev))
		return -EINVAL;
	return 0;
}

/* On the link of an interface, without a route: contract RT-04, RT-05, RT-07, MC-01, BC-01. */
static int
by_device(const struct lop_if *dev, const struct lop_flow *flow, uint32_t saddr_be,
		struct lop_route_result *result)
{
	const uint32_t daddr_be = flow->daddr_be;

	result->daddr_be = daddr_be;
	result->saddr_be = saddr_be;
	result->cacheable = true;
	if (daddr_be == UINT32_MAX) {
		result->dst = lop_acquire(dev->dst_broadcast);
	} else if (lop_addr_is_multicast(daddr_be)) {
		result->dst = lop_if_joined(dev, daddr_be) ? lop_acquire(dev->dst_multicast_joined)
							   : lop_acquire(dev->dst_multicast);
		result->cacheable = false;
	} else {
		result->dst = lop_acquire(dev->dst_on_link);
	}
	return check_device(dev, saddr_be);
}

/* By the route that was found. */
static int
by_route(const struct lop_flow *flow, uint32_t saddr_be, const struct lop_fib_found *found,
		struct lop_route_result *result)
{
	const struct lop_fib_slot *slot = found->slot;
	const struct lop_dst *dst = slot->dsts;

	if (saddr_be == 0)
		saddr_be = slot->src_be | (flow->daddr_be & slot->src_mask_be);
	if (flow->daddr_be == UINT32_MAX)
		return by_device(dst->dev, flow, saddr_be, result);
	if (lop_addr_is_multicast(flow->daddr_be)) {
		/* A route for all of multicast, or for more, says the interface and no more. */
		if (found->len < 4 || !slot->by_group)
			return by_device(dst->dev, flow, saddr_be, result);
		if (lop_if_joined(dst->dev, flow->daddr_be))
			dst++;
		result->cacheable = false;
	} else {
		result->cacheable = true;
	}
	result->dst = dst;
	result->daddr_be = flow->daddr_be;
	result->saddr_be = saddr_be;
	return check_device(dst->dev, saddr_be);
}

/* 0.0.0.0 is this host: contract SEND-18, RT-06. */
static int
to_this_host(struct lop *lop, const struct lop_if *dev, uint32_t saddr_be,
		struct lop_route_result *result)
{
	if (saddr_be == 0)
		saddr_be = htonl(INADDR_LOOPBACK);
	result->dst = dev == NULL ? lop_acquire(lop->dst_this_host)
				  : lop_acquire(dev->dst_this_host);
	result->daddr_be = saddr_be;
	result->saddr_be = saddr_be;
	result->cacheable = false;
	return check_device(result->dst->dev, saddr_be);
}

int
lop_route_resolve(struct lop *lop, const struct lop_flow *flow, struct lop_route_result *result)
{
	const uint8_t scope = flow->dont_route ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
	const uint32_t daddr_be = flow->daddr_be;
	const bool multicast = lop_addr_is_multicast(daddr_be);
	const struct lop_fib_key key = {
		.addr_be = daddr_be,
		.oif = flow->oif,
		.tos = flow->tos,
		.scope = scope,
	};
	uint32_t saddr_be = flow->saddr_be;
	struct lop_if *dev = NULL;
	struct lop_fib_found found;
	int err;

	if (saddr_be != 0) {
		if (saddr_be == UINT32_MAX || lop_addr_is_multicast(saddr_be))
			return -EINVAL;
		if (flow->oif == 0 && (multicast || daddr_be == UINT32_MAX)) {
			dev = lop_if_of_addr(lop, saddr_be);
			return dev == NULL ? -ENETUNREACH : by_device(dev, flow, saddr_be, result);
		}
		if (!flow->any_source && !is_own(lop, saddr_be))
			return -ENETUNREACH;
	}

	if (flow->oif != 0) {
		dev = lop_if_of(lop, flow->oif);
		if (dev == NULL)
			return -ENODEV;
		if (!lop_if_is_up(dev) || !lop_load(dev->has_ip))
			return -ENETUNREACH;
		if (daddr_be == UINT32_MAX || lop_addr_is_local_multicast(daddr_be) ||
				flow->protocol == IPPROTO_IGMP) {
			if (saddr_be == 0)
				saddr_be = lop_select_addr(lop, dev, 0, RT_SCOPE_LINK);
			return by_device(dev, flow, saddr_be, result);
		}
		if (saddr_be == 0 && multicast)
			saddr_be = lop_select_addr(lop, dev, 0, scope);
		else if (saddr_be == 0 && daddr_be == 0)
			saddr_be = lop_select_addr(lop, dev, 0, RT_SCOPE_HOST);
	}

	if (daddr_be == 0)
		return to_this_host(lop, dev, saddr_be, result);

	err = lop_fib_lookup(lop->fib, &key, &found);
	if (err == 0)
		return by_route(flow, saddr_be, &found, result);
	if (dev == NULL)
		return err;
	/* The caller knows better than the tables: contract RT-07. */
	if (saddr_be == 0)
		saddr_be = lop_select_addr(lop, dev, 0, RT_SCOPE_LINK);
	return by_device(dev, flow, saddr_be, result);
}

int
lop_route_output(struct lop_worker *w, const struct lop_flow *flow, struct lop_route_result *result)
{
	int err = lop_route_resolve(w->lop, flow, result);

	if (unlikely(err == -ENETUNREACH))
		lop_mib_add(w, IP_OUTNOROUTES, 1);
	return err;
}
