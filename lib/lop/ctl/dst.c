/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Destinations: what routes and interfaces lead packets to (contract RT-11, MC-01, BC-01). */

#include <errno.h>
#include <linux/in_route.h>

#include "fib.h"

/* IPv4 has no more, whatever the interface has: contract DEV-09. */
#define MTU_MAX 65535
/* Of a route: with room for a link header. */
#define ROUTE_MTU_MAX (MTU_MAX - 15)

static uint32_t
mtu_of(const struct lop_if *dev, uint32_t route_mtu)
{
	if (route_mtu != 0)
		return RTE_MIN(route_mtu, (uint32_t)ROUTE_MTU_MAX);
	return RTE_MIN(lop_load(dev->mtu_bytes), (uint32_t)MTU_MAX);
}

/* What lo loops is delivered, whoever it is for: contract RT-11, CM-02. */
static void
set_type(struct lop_dst *dst, uint8_t type, bool joined)
{
	dst->type = type;
	if (type == RTN_MULTICAST) {
		dst->cache_flags = RTCF_MULTICAST | (joined ? RTCF_LOCAL : 0);
		dst->input = joined ? LOP_INPUT_DELIVER : LOP_INPUT_DISCARD;
		dst->copy_to_self = joined && !dst->dev->loopback;
	} else if (type == RTN_BROADCAST) {
		dst->cache_flags = RTCF_BROADCAST | RTCF_LOCAL;
		dst->input = LOP_INPUT_DELIVER;
		dst->copy_to_self = !dst->dev->loopback;
	} else if (type == RTN_LOCAL || dst->dev->loopback) {
		dst->cache_flags = RTCF_LOCAL;
		dst->input = LOP_INPUT_DELIVER;
	} else {
		dst->input = LOP_INPUT_NOT_LOCAL;
	}
}

static void
set_dev(struct lop_dst *dst, struct lop_if *dev, int orig_ifindex, uint32_t route_mtu)
{
	dst->dev = dev;
	dst->neigh = dev->loopback ? dev->neigh_any : NULL;
	dst->orig_ifindex = orig_ifindex;
	dst->mtu_bytes = mtu_of(dev, route_mtu);
}

static int
errno_of_type(uint8_t type)
{
	switch (type) {
	case RTN_BLACKHOLE:
		return -EINVAL;
	case RTN_UNREACHABLE:
		return -EHOSTUNREACH;
	case RTN_PROHIBIT:
		return -EACCES;
	case RTN_THROW:
		return -EAGAIN;
	default:
		return 0;
	}
}

void
lop_dst_fill(struct lop *lop, const struct lop_hop *hop, struct lop_dst *dst,
		struct lop_fib_slot *slot)
{
	struct lop_if *owner = lop_if_of(lop, hop->oif);
	const bool local = hop->type == RTN_LOCAL;
	struct lop_if *dev = local ? lop->lo : owner;

	*slot = (struct lop_fib_slot){
		.dsts = dst,
		.oif = hop->oif,
		.err = errno_of_type(hop->type),
		.type = hop->type,
		.scope = hop->scope,
		.by_group = hop->by_group,
	};
	if (slot->err != 0)
		return;

	for (unsigned int i = 0; i < (hop->by_group ? 2 : 1); i++) {
		struct lop_dst *d = &dst[i];

		set_dev(d, dev, hop->oif, hop->mtu_bytes);
		d->gateway_be = hop->gateway_be;
		d->table = hop->table;
		d->scope = hop->scope;
		set_type(d, hop->by_group ? RTN_MULTICAST : hop->type, i == 1);
	}

	/* The source: the route's; or the address itself if it is local; or one of the interface. */
	slot->src_be = hop->prefsrc_be;
	if (slot->src_be == 0 && local)
		slot->src_mask_be = UINT32_MAX;
	else if (slot->src_be == 0)
		slot->src_be = lop_select_addr(lop, owner, hop->gateway_be, hop->scope);
	dst[0].prefsrc_be = slot->src_be;
	if (hop->by_group)
		dst[1].prefsrc_be = slot->src_be;
	/* A source of 127/8 is refused or not by a setting: not for the burst to know. */
	if (dev->loopback || !lop_addr_is_loopback(slot->src_be))
		slot->dst = dst;
}

/* A block of an interface's destinations. */
enum {
	ON_LINK,
	BROADCAST,
	MULTICAST,
	MULTICAST_JOINED,
	THIS_HOST,
	NB_DSTS
};

static void
publish(struct lop_if *dev, const struct lop_dst *dst)
{
	lop_publish(dev->dst_broadcast, &dst[BROADCAST]);
	lop_publish(dev->dst_multicast, &dst[MULTICAST]);
	lop_publish(dev->dst_multicast_joined, &dst[MULTICAST_JOINED]);
	lop_publish(dev->dst_this_host, &dst[THIS_HOST]);
	lop_publish(dev->dst_on_link, &dst[ON_LINK]);
	if (dev->loopback)
		lop_publish(dev->lop->dst_this_host, &dst[THIS_HOST]);
}

int
lop_dst_if_make(struct lop_if *dev)
{
	static const uint8_t type[NB_DSTS] = {
		[ON_LINK] = RTN_UNICAST,
		[BROADCAST] = RTN_BROADCAST,
		[MULTICAST] = RTN_MULTICAST,
		[MULTICAST_JOINED] = RTN_MULTICAST,
		[THIS_HOST] = RTN_LOCAL,
	};
	struct lop_dst *dst = lop_fib_alloc(NB_DSTS * sizeof(*dst));

	if (dst == NULL)
		return -ENOMEM;
	for (unsigned int i = 0; i < NB_DSTS; i++) {
		struct lop_if *out = i == THIS_HOST && !dev->loopback ? dev->lop->lo : dev;

		set_dev(&dst[i], out, dev->ifindex, 0);
		dst[i].scope = i == THIS_HOST ? RT_SCOPE_HOST : RT_SCOPE_LINK;
		set_type(&dst[i], type[i], i == MULTICAST_JOINED);
	}
	/* ON_LINK is the first of the block: the block goes by it. */
	if (dev->lop->fib != NULL)
		lop_fib_retire(dev->lop->fib->ctl, lop_load(dev->dst_on_link));
	publish(dev, dst);
	return 0;
}

void
lop_dst_if_free(struct lop_if *dev)
{
	lop_fib_free(lop_load(dev->dst_on_link));
	lop_store(dev->dst_on_link, NULL);
	if (dev->loopback)
		lop_store(dev->lop->dst_this_host, NULL);
}
