/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The kernel's routes. */

#include <linux/in_route.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "rtnl.h"
#include "sys.h"

static void
put_metrics(struct nl *nl, uint32_t mtu_bytes)
{
	const size_t at = nl_open(nl, RTA_METRICS);

	nl_u32(nl, RTAX_MTU, mtu_bytes);
	nl_close(nl, at);
}

int
sys_route(bool add, const struct lop_route *route, const char *dev)
{
	const struct rtmsg head = {
		.rtm_family = AF_INET,
		.rtm_dst_len = route->dst_len,
		.rtm_tos = route->tos,
		.rtm_table = RT_TABLE_UNSPEC,
		.rtm_protocol = add ? RTPROT_BOOT : RTPROT_UNSPEC,
		.rtm_scope = add ? route->scope : RT_SCOPE_NOWHERE,
		.rtm_type = route->type,
		.rtm_flags = route->flags,
	};
	struct nl nl = { 0 };

	nl_message(&nl, add ? RTM_NEWROUTE : RTM_DELROUTE,
			NLM_F_ACK | (add ? NLM_F_CREATE | NLM_F_EXCL : 0), &head, sizeof(head));
	nl_u32(&nl, RTA_TABLE, route->table);
	if (route->dst_len != 0)
		nl_u32(&nl, RTA_DST, route->dst_be);
	if (dev != NULL)
		nl_u32(&nl, RTA_OIF, sys_ifindex(dev));
	if (route->prefsrc_be != 0)
		nl_u32(&nl, RTA_PREFSRC, route->prefsrc_be);
	if (route->gateway_be != 0)
		nl_u32(&nl, RTA_GATEWAY, route->gateway_be);
	if (route->priority != 0)
		nl_u32(&nl, RTA_PRIORITY, route->priority);
	if (route->mtu_bytes != 0)
		put_metrics(&nl, route->mtu_bytes);
	return nl_talk(NETLINK_ROUTE, &nl);
}

struct route_walk {
	void (*cb)(const struct lop_route *route, void *arg);
	void *arg;
	uint32_t cache_flags;
};

static void
route_seen(struct nlmsghdr *msg, void *arg)
{
	struct rtmsg *head = NLMSG_DATA(msg);
	struct route_walk *walk = arg;
	struct lop_route route = {
		.dst_len = head->rtm_dst_len,
		.tos = head->rtm_tos,
		.type = head->rtm_type,
		.scope = head->rtm_scope,
		.protocol = head->rtm_protocol,
		.table = head->rtm_table,
	};
	int left = (int)NLMSG_PAYLOAD(msg, sizeof(*head));
	struct rtattr *attr = RTM_RTA(head);
	uint32_t value;

	if (msg->nlmsg_type != RTM_NEWROUTE || head->rtm_family != AF_INET)
		return;
	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left)) {
		if (RTA_PAYLOAD(attr) < sizeof(value))
			continue;
		memcpy(&value, RTA_DATA(attr), sizeof(value));
		switch (attr->rta_type) {
		case RTA_DST:
			route.dst_be = value;
			break;
		case RTA_OIF:
			route.oif = (int)value;
			break;
		case RTA_PREFSRC:
			route.prefsrc_be = value;
			break;
		case RTA_GATEWAY:
			route.gateway_be = value;
			break;
		case RTA_PRIORITY:
			route.priority = value;
			break;
		case RTA_TABLE:
			route.table = value;
			break;
		default:
			break;
		}
	}
	walk->cache_flags = head->rtm_flags;
	walk->cb(&route, walk->arg);
}

int
sys_routes(void (*cb)(const struct lop_route *route, void *arg), void *arg)
{
	struct route_walk walk = { .cb = cb, .arg = arg };
	const struct rtmsg head = { .rtm_family = AF_INET };
	struct nl nl = { 0 };

	nl_message(&nl, RTM_GETROUTE, NLM_F_DUMP, &head, sizeof(head));
	return nl_ask(NETLINK_ROUTE, &nl, route_seen, &walk);
}

static void
keep(const struct lop_route *route, void *arg)
{
	*(struct lop_route *)arg = *route;
}

int
sys_route_get(uint32_t daddr_be, uint32_t saddr_be, const char *dev,
		struct lop_route_answer *answer)
{
	const struct rtmsg head = {
		.rtm_family = AF_INET,
		.rtm_dst_len = 32,
		.rtm_src_len = saddr_be != 0 ? 32 : 0,
		.rtm_flags = RTM_F_LOOKUP_TABLE,
	};
	struct lop_route route = { 0 };
	struct route_walk walk = { .cb = keep, .arg = &route };
	struct nl nl = { 0 };
	int ret;

	nl_message(&nl, RTM_GETROUTE, 0, &head, sizeof(head));
	nl_u32(&nl, RTA_DST, daddr_be);
	if (saddr_be != 0)
		nl_u32(&nl, RTA_SRC, saddr_be);
	if (dev != NULL)
		nl_u32(&nl, RTA_OIF, sys_ifindex(dev));
	ret = nl_ask(NETLINK_ROUTE, &nl, route_seen, &walk);
	if (ret != 0)
		return ret;
	answer->type = route.type;
	answer->table = route.table;
	answer->oif = route.oif;
	/* a source that was asked for is not told again */
	answer->src_be = route.prefsrc_be != 0 ? route.prefsrc_be : saddr_be;
	answer->gateway_be = route.gateway_be;
	answer->cache_flags = walk.cache_flags & (RTCF_LOCAL | RTCF_BROADCAST | RTCF_MULTICAST);
	return 0;
}
