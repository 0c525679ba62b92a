/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The route of a packet that came in from a network: is it for this host, and may its source be
 * (contract RX-02 to RX-05).
 */

#include <errno.h>
#include <netinet/in.h>

#include <rte_ip.h>

#include "fib.h"
#include "fib_table.h"
#include "worker.h"

/* By a look-up of the way back. 0; -EINVAL: a martian; -EXDEV: not through this interface. */
static int
check_way_back(const struct lop *lop, const struct lop_if *in, uint32_t saddr_be, uint8_t tos,
		int rp_filter)
{
	struct lop_fib_key key = { .addr_be = saddr_be, .tos = tos };
	const struct lop_addrs *addrs = lop_acquire(in->addrs);
	const int strange = rp_filter != 0 ? -EXDEV : 0;
	struct lop_fib_found found;

	if (lop_fib_lookup(lop->fib, &key, &found) != 0)
		return strange;
	if (found.slot->type != RTN_UNICAST &&
			(found.slot->type != RTN_LOCAL || !lop_if_accept_local(in)))
		return -EINVAL;
	if (found.slot->oif == in->ifindex || (found.slot->type == RTN_LOCAL && in->loopback))
		return 0;
	if (addrs == NULL || addrs->n == 0)
		return strange;
	return rp_filter == 1 ? -EXDEV : 0;
}

static bool
is_configured(const struct lop *lop, uint32_t addr_be)
{
	for (int i = LOP_LO_INDEX; i < LOP_IFS_MAX; i++) {
		const struct lop_if *dev = lop_if_of(lop, i);
		const struct lop_addrs *addrs = dev == NULL ? NULL : lop_acquire(dev->addrs);

		for (unsigned int k = 0; addrs != NULL && k < addrs->n; k++) {
			if (addrs->addr[k].local_be == addr_be)
				return true;
		}
	}
	return false;
}

/* contract RX-02, RX-03 */
static int
check_source(const struct lop *lop, const struct lop_if *in, uint32_t saddr_be, uint8_t tos)
{
	const int rp_filter = lop_if_rp_filter(in);

	if (rp_filter == 0 && lop_if_accept_local(in))
		return 0;
	/* Where a user has made more addresses local, the configured ones are not all. */
	if (rp_filter != 0 || lop_load(lop->fib->custom_local))
		return check_way_back(lop, in, saddr_be, tos, rp_filter);
	return is_configured(lop, saddr_be) ? -EINVAL : 0;
}

static int
route_multicast(const struct lop *lop, const struct lop_if *in, const struct rte_ipv4_hdr *ip,
		const struct lop_dst **dst, int *reason)
{
	const uint32_t saddr_be = ip->src_addr;
	int err = 0;

	*reason = LOP_DROP_DISCARD;
	if (!lop_if_joined(in, ip->dst_addr))
		return -EINVAL;
	*reason = LOP_DROP_MARTIAN;
	if (saddr_be == UINT32_MAX || lop_addr_is_multicast(saddr_be))
		return -EINVAL;
	if (lop_addr_is_loopback(saddr_be) && !lop_if_route_localnet(in))
		return -EINVAL;
	if (saddr_be != 0)
		err = check_source(lop, in, saddr_be, ip->type_of_service);
	else if (!lop_addr_is_local_multicast(ip->dst_addr) && ip->next_proto_id != IPPROTO_IGMP)
		err = -EINVAL;
	*dst = lop_acquire(in->dst_multicast_joined);
	return err;
}

/* Nothing is forwarded: an unreachable host, whatever there was no route for (contract RX-04). */
static int
not_for_us(const struct lop_if *in, int err, int *reason)
{
	if (lop_if_forwarding(in) && err == -ENETUNREACH) {
		*reason = LOP_DROP_NO_ROUTE;
		return err;
	}
	*reason = LOP_DROP_NOT_LOCAL;
	return -EHOSTUNREACH;
}

static int
route_unicast(const struct lop *lop, const struct lop_if *in, const struct rte_ipv4_hdr *ip,
		const struct lop_dst **dst, int *reason)
{
	const uint32_t saddr_be = ip->src_addr;
	const uint32_t daddr_be = ip->dst_addr;
	const struct lop_fib_key key = { .addr_be = daddr_be, .tos = ip->type_of_service };
	struct lop_fib_found found;
	bool broadcast = daddr_be == UINT32_MAX || (saddr_be == 0 && daddr_be == 0);
	int err;

	*reason = LOP_DROP_MARTIAN;
	if (saddr_be == UINT32_MAX || lop_addr_is_multicast(saddr_be))
		return -EINVAL;
	if (!broadcast) {
		if (saddr_be == 0 || daddr_be == 0)
			return -EINVAL;
		if ((lop_addr_is_loopback(saddr_be) || lop_addr_is_loopback(daddr_be)) &&
				!lop_if_route_localnet(in))
			return -EINVAL;
		err = lop_fib_lookup(lop->fib, &key, &found);
		if (err != 0)
			return not_for_us(in, err, reason);
		broadcast = found.slot->type == RTN_BROADCAST;
		if (!broadcast && found.slot->type != RTN_LOCAL)
			return not_for_us(in, -EHOSTUNREACH, reason);
	}
	*dst = broadcast ? lop_acquire(in->dst_broadcast) : lop_acquire(in->dst_this_host);
	return saddr_be == 0 ? 0 : check_source(lop, in, saddr_be, ip->type_of_service);
}

int
lop_route_input(struct lop_worker *w, const struct rte_mbuf *m, struct lop_if *in,
		const struct lop_dst **dst, int *reason)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	int err;

	*dst = NULL;
	if (!lop_load(in->has_ip)) {
		*reason = LOP_DROP_DISCARD;
		return -EINVAL;
	}
	if (lop_addr_is_multicast(ip->dst_addr))
		err = route_multicast(w->lop, in, ip, dst, reason);
	else
		err = route_unicast(w->lop, in, ip, dst, reason);
	if (err == -EXDEV) {
		lop_mib_add(w, TCPEXT_IPREVERSEPATHFILTER, 1);
		*reason = LOP_DROP_RP_FILTER;
	}
	if (err != 0)
		*dst = NULL;
	return err;
}

void
lop_route_input_count(struct lop_worker *w, int reason)
{
	if (reason == LOP_DROP_NO_ROUTE)
		lop_mib_add(w, IPEXT_INNOROUTES, 1);
	else if (reason == LOP_DROP_NOT_LOCAL)
		lop_mib_add(w, IP_INADDRERRORS, 1);
}
