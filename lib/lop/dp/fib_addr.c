/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Addresses of interfaces: whose one is, and which one to send from. */

#include <arpa/inet.h>
#include <rte_ip.h>

#include "fib.h"
#include "fib_table.h"
#include "worker.h"

/*
 * Configured addresses come first, whatever routes say; then anything that a route makes local.
 */
struct lop_if *
lop_if_of_addr(const struct lop *lop, uint32_t addr_be)
{
	const struct lop_fib_key key = { .addr_be = addr_be };
	struct lop_fib_found found;

	for (int i = LOP_LO_INDEX; i < LOP_IFS_MAX; i++) {
		struct lop_if *dev = lop_if_of(lop, i);
		const struct lop_addrs *addrs = dev == NULL ? NULL : lop_acquire(dev->addrs);

		for (unsigned int k = 0; addrs != NULL && k < addrs->n; k++) {
			if (addrs->addr[k].local_be == addr_be)
				return dev;
		}
	}
	if (lop_load(lop->fib->has_local) &&
			lop_fib_find(lop->fib, LOP_FIB_MERGED, &key, &found) == 0 &&
			found.slot->type == RTN_LOCAL)
		return lop_if_of(lop, found.slot->oif);
	return NULL;
}

static bool
same_subnet(const struct lop_ifaddr *addr, uint32_t dst_be)
{
	return ((addr->local_be ^ dst_be) & lop_fib_mask_be(addr->prefix_len)) == 0;
}

/*
 * The first primary address of the interface whose scope allows it, one in the subnet of dst_be
 * before others.
 */
static uint32_t
select_on(const struct lop_if *dev, uint32_t dst_be, uint8_t scope)
{
	const struct lop_addrs *addrs = lop_acquire(dev->addrs);
	/* With route_localnet the addresses of 127/8 are as good as those of the link. */
	const uint8_t widest = lop_if_route_localnet(dev) ? RT_SCOPE_LINK : RT_SCOPE_HOST;
	uint32_t first_be = 0;

	for (unsigned int i = 0; addrs != NULL && i < addrs->n; i++) {
		const struct lop_ifaddr *addr = &addrs->addr[i];

		if (addr->secondary || RTE_MIN(addr->scope, widest) > scope)
			continue;
		if (dst_be == 0 || same_subnet(addr, dst_be))
			return addr->local_be;
		if (first_be == 0)
			first_be = addr->local_be;
	}
	return first_be;
}

/* contract RT-14 */
uint32_t
lop_select_addr(const struct lop *lop, const struct lop_if *dev, uint32_t dst_be, uint8_t scope)
{
	uint32_t found_be = lop_load(dev->has_ip) ? select_on(dev, dst_be, scope) : 0;

	for (int i = LOP_LO_INDEX; found_be == 0 && i < LOP_IFS_MAX; i++) {
		const struct lop_if *other = lop_if_of(lop, i);
		const struct lop_addrs *addrs = other == NULL ? NULL : lop_acquire(other->addrs);

		for (unsigned int k = 0; addrs != NULL && k < addrs->n; k++) {
			const struct lop_ifaddr *addr = &addrs->addr[k];

			if (!addr->secondary && addr->scope != RT_SCOPE_LINK &&
					addr->scope <= scope)
				return addr->local_be;
		}
	}
	return found_be;
}

uint32_t
lop_answer_source(const struct lop *lop, const struct lop_if *dev, const struct rte_ipv4_hdr *ip)
{
	const uint32_t peer_be = ip->src_addr;
	const struct lop_fib_key key = { .addr_be = peer_be, .tos = ip->type_of_service };
	struct lop_fib_found found;

	if (dev == NULL)
		return 0;
	if (peer_be == 0)
		return lop_select_addr(lop, dev, 0, RT_SCOPE_LINK);
	if (lop_fib_lookup(lop->fib, &key, &found) == 0)
		return found.slot->src_be | (peer_be & found.slot->src_mask_be);
	return lop_select_addr(lop, dev, peer_be, RT_SCOPE_UNIVERSE);
}
