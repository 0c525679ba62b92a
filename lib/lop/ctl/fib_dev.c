/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Routes that follow from interfaces and their addresses (contract DEV-02, DEV-03, DEV-10, DEV-15). */

#include <errno.h>

#include <rte_errno.h>

#include "fib.h"

/* What one address makes: at most itself, its subnet, and two broadcast addresses. */
#define DERIVED_MAX 4

struct derived {
	struct lop_fib_spec spec[DERIVED_MAX];
	unsigned int n;
};

static uint32_t
net_of(const struct lop_ifaddr *addr)
{
	return addr->local_be & lop_fib_mask_be(addr->prefix_len);
}

/* The primary address of a secondary one's subnet, whose source its routes have; or itself. */
static uint32_t
primary_of(const struct lop_if *dev, const struct lop_ifaddr *addr)
{
	const struct lop_addrs *addrs = lop_load(dev->addrs);

	for (unsigned int i = 0; addr->secondary && i < addrs->n; i++) {
		const struct lop_ifaddr *other = &addrs->addr[i];

		if (!other->secondary && other->prefix_len == addr->prefix_len &&
				net_of(other) == net_of(addr))
			return other->local_be;
	}
	return addr->local_be;
}

static void
derive_one(const struct lop_if *dev, struct derived *d, uint8_t type, uint32_t net_be, uint8_t len,
		uint32_t src_be)
{
	d->spec[d->n++] = (struct lop_fib_spec){
		.hop = {
			.table = type == RTN_UNICAST ? RT_TABLE_MAIN : RT_TABLE_LOCAL,
			.prefsrc_be = src_be,
			.oif = dev->ifindex,
			.type = type,
			.scope = type == RTN_LOCAL ? RT_SCOPE_HOST : RT_SCOPE_LINK,
		},
		.net_be = net_be,
		.len = len,
		.protocol = RTPROT_KERNEL,
		.append = true,
	};
}

/* In the order in which Linux makes them. An interface that is down has the address only. */
static void
derive(const struct lop_if *dev, const struct lop_ifaddr *addr, bool up, struct derived *d)
{
	const uint32_t src_be = primary_of(dev, addr);
	const uint32_t net_be = net_of(addr);
	const uint32_t broadcast_be = net_be | ~lop_fib_mask_be(addr->prefix_len);

	d->n = 0;
	derive_one(dev, d, RTN_LOCAL, addr->local_be, 32, src_be);
	if (!up)
		return;
	if (addr->broadcast_be != 0 && addr->broadcast_be != UINT32_MAX)
		derive_one(dev, d, RTN_BROADCAST, addr->broadcast_be, 32, src_be);
	if (addr->secondary || net_be == 0)
		return;
	if (addr->prefix_len < 32)
		derive_one(dev, d, dev->loopback ? RTN_LOCAL : RTN_UNICAST, net_be,
				addr->prefix_len, src_be);
	if (addr->prefix_len < 31)
		derive_one(dev, d, RTN_BROADCAST, broadcast_be, 32, src_be);
}

static void
add_routes(struct lop_if *dev, const struct lop_ifaddr *addr)
{
	struct derived d;

	derive(dev, addr, lop_if_is_up(dev), &d);
	for (unsigned int i = 0; i < d.n; i++) {
		int err = lop_fib_insert(dev->lop, &d.spec[i]);

		if (err != 0 && err != -EEXIST)
			LOP_LOG(ERR, "%s: route of an address of %s: %s", dev->lop->name, dev->name,
					rte_strerror(-err));
	}
}

void
lop_fib_addr_added(struct lop_if *dev, const struct lop_ifaddr *addr)
{
	add_routes(dev, addr);
	lop_hops_refresh(dev->lop);
	dev->lop->fib->ctl->changed = true;
	lop_fib_commit(dev->lop);
}

static bool
is_of(const struct lop_fib_entry *e, const struct lop_hop *hop, const struct lop_fib_spec *spec)
{
	return e->protocol == RTPROT_KERNEL && hop->oif == spec->hop.oif &&
			hop->type == spec->hop.type && hop->table == spec->hop.table &&
			e->net_be == spec->net_be && e->len == spec->len;
}

/* Does another address of the interface make this route too? */
static bool
is_derived(const struct lop_if *dev, const struct lop_fib_entry *e, const struct lop_hop *hop)
{
	const struct lop_addrs *addrs = lop_load(dev->addrs);

	for (unsigned int i = 0; i < addrs->n; i++) {
		struct derived d;

		derive(dev, &addrs->addr[i], true, &d);
		for (unsigned int k = 0; k < d.n; k++) {
			if (is_of(e, hop, &d.spec[k]) &&
					hop->prefsrc_be == d.spec[k].hop.prefsrc_be)
				return true;
		}
	}
	return false;
}

struct removal {
	const struct lop_if *dev;
	struct derived gone;
};

static bool
follows_from_removed(const struct lop_fib_entry *e, const struct lop_hop *hop, const void *arg)
{
	const struct removal *r = arg;

	for (unsigned int i = 0; i < r->gone.n; i++) {
		if (is_of(e, hop, &r->gone.spec[i]))
			return !is_derived(r->dev, e, hop);
	}
	return false;
}

/* Linux looks at the main table's only. */
static bool
has_source(const struct lop_fib_entry *e, const struct lop_hop *hop, const void *arg)
{
	const uint32_t *addr_be = arg;

	return e->table == RT_TABLE_MAIN && hop->prefsrc_be == *addr_be;
}

static bool
leaves_by(const struct lop_fib_entry *e, const struct lop_hop *hop, const void *arg)
{
	const struct lop_if *dev = arg;

	RTE_SET_USED(e);
	return hop->oif == dev->ifindex;
}

/* Routes of host scope, the local ones, do not need the interface to be up. */
static bool
leaves_by_link(const struct lop_fib_entry *e, const struct lop_hop *hop, const void *arg)
{
	return leaves_by(e, hop, arg) && hop->scope != RT_SCOPE_HOST;
}

void
lop_fib_addr_removed(struct lop_if *dev, const struct lop_ifaddr *addr)
{
	struct removal r = { .dev = dev };
	struct lop *lop = dev->lop;

	derive(dev, addr, true, &r.gone);
	lop_fib_remove_if(lop, follows_from_removed, &r);
	if (lop_load(dev->addrs)->n == 0)
		lop_fib_remove_if(lop, leaves_by, dev);
	/* No interface's any more: nothing may be sent from it. */
	lop_prefixes_publish(lop);
	lop_synchronize(lop);
	if (lop_addr_type_dev(lop, dev, addr->local_be) != RTN_LOCAL)
		lop_fib_remove_if(lop, has_source, &addr->local_be);
	lop_hops_refresh(lop);
	lop->fib->ctl->changed = true;
	lop_fib_commit(lop);
}

void
lop_fib_if_up(struct lop_if *dev)
{
	const struct lop_addrs *addrs = lop_load(dev->addrs);

	for (unsigned int i = 0; i < addrs->n; i++)
		add_routes(dev, &addrs->addr[i]);
	lop_fib_if_changed(dev);
}

void
lop_fib_if_down(struct lop_if *dev)
{
	lop_fib_remove_if(dev->lop, leaves_by_link, dev);
	dev->lop->fib->ctl->changed = true;
	lop_fib_commit(dev->lop);
}

void
lop_fib_if_gone(struct lop_if *dev)
{
	lop_fib_remove_if(dev->lop, leaves_by, dev);
	dev->lop->fib->ctl->changed = true;
	lop_fib_commit(dev->lop);
}

void
lop_fib_if_changed(struct lop_if *dev)
{
	if (lop_dst_if_make(dev) != 0)
		LOP_LOG(ERR, "%s: no memory for destinations of %s", dev->lop->name, dev->name);
	lop_hops_refresh(dev->lop);
	dev->lop->fib->ctl->changed = true;
	lop_fib_commit(dev->lop);
}
