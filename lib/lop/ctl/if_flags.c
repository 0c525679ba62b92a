/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* What changes about an interface: flags, MTU, link address; and what can be asked. */

#include <errno.h>
#include <string.h>

#include <rte_ethdev.h>

#include "../dp/fib.h"
#include "../dp/neigh.h"
#include "../dp/worker.h"
#include "ifs.h"

#define FLAGS_SETTABLE (IFF_UP | IFF_NOARP | IFF_PROMISC | IFF_ALLMULTI | IFF_MULTICAST)

/* contract DEV-03 */
static void
if_up(struct lop_if *dev)
{
	lop_store(dev->flags, lop_load(dev->flags) | IFF_UP);
	if (!lop_load(dev->has_ip))
		return;
	if (lop_if_join(dev, LOP_GROUP_ALL_HOSTS) != 0)
		LOP_LOG(WARNING, "%s: no memory to join 224.0.0.1", dev->name);
	if (dev->loopback)
		lop_addr_add_loopback(dev);
	lop_fib_if_up(dev);
}

/* contract DEV-10: addresses and local routes stay */
void
lop_if_down(struct lop_if *dev)
{
	lop_store(dev->flags, lop_load(dev->flags) & ~IFF_UP);
	lop_store(dev->was_up, true);
	if (lop_load(dev->has_ip)) {
		lop_fib_if_down(dev);
		lop_if_leave(dev, LOP_GROUP_ALL_HOSTS);
	}
	lop_neigh_flush(dev->lop, dev);
}

static int
flags_set(struct lop_if *dev, unsigned int flags, unsigned int mask)
{
	const unsigned int changed = (lop_load(dev->flags) ^ flags) & mask;
	int ret;

	ret = lop_port_flags(dev, flags, changed);
	if (ret != 0)
		return ret;
	lop_store(dev->flags, lop_load(dev->flags) ^ (changed & ~IFF_UP));
	/* contract DEV-07: neighbours were made by the old flag */
	if ((changed & IFF_NOARP) != 0)
		lop_neigh_flush(dev->lop, dev);
	if ((changed & IFF_UP) != 0) {
		if ((flags & IFF_UP) != 0)
			if_up(dev);
		else
			lop_if_down(dev);
	}
	if ((changed & (IFF_UP | IFF_NOARP)) != 0)
		lop_routes_changed(dev->lop);
	lop_watched_update(dev->lop);
	return 0;
}

int
lop_if_set_flags(struct lop *lop, int ifindex, unsigned int flags, unsigned int mask)
{
	struct lop_if *dev;
	int ret;

	pthread_mutex_lock(&lop->lock);
	dev = lop_if_of(lop, ifindex);
	if (dev == NULL)
		ret = -ENODEV;
	else if ((mask & ~FLAGS_SETTABLE) != 0)
		ret = -EINVAL;
	else
		ret = flags_set(dev, flags, mask);
	pthread_mutex_unlock(&lop->lock);
	return ret;
}

/* IPv4 comes back as on a new interface: settings too, addresses not. */
static void
ip_restore(struct lop_if *dev)
{
	dev->conf = dev->lop->conf_default;
	dev->conf_set = 0;
	lop_store(dev->has_ip, true);
	if (lop_if_is_up(dev))
		lop_if_join(dev, LOP_GROUP_ALL_HOSTS);
}

/* contract DEV-09 */
static void
mtu_changed(struct lop_if *dev, uint32_t mtu_bytes)
{
	const bool had_ip = lop_load(dev->has_ip);

	lop_store(dev->mtu_bytes, mtu_bytes);
	if (had_ip && mtu_bytes < LOP_MTU_MIN_IP) {
		lop_addrs_clear(dev);
		return;
	}
	if (!had_ip && mtu_bytes >= LOP_MTU_MIN_IP)
		ip_restore(dev);
	lop_fib_if_changed(dev);
}

int
lop_if_set_mtu(struct lop *lop, int ifindex, int mtu_bytes)
{
	struct lop_if *dev;
	int ret;

	pthread_mutex_lock(&lop->lock);
	dev = lop_if_of(lop, ifindex);
	ret = dev != NULL ? lop_port_mtu(dev, mtu_bytes) : -ENODEV;
	if (ret == 0) {
		mtu_changed(dev, mtu_bytes);
		lop_routes_changed(lop);
	}
	pthread_mutex_unlock(&lop->lock);
	return ret;
}

int
lop_if_set_mac(struct lop *lop, int ifindex, const uint8_t mac[ETH_ALEN])
{
	struct rte_ether_addr addr;
	struct lop_if *dev;
	int ret;

	memcpy(&addr, mac, sizeof(addr));

	pthread_mutex_lock(&lop->lock);
	dev = lop_if_of(lop, ifindex);
	if (dev == NULL)
		ret = -ENODEV;
	else if (rte_is_same_ether_addr(&addr, &dev->mac))
		ret = 0; /* nobody asks whether it is a good one */
	else if (!rte_is_valid_assigned_ether_addr(&addr))
		ret = -EADDRNOTAVAIL;
	else
		ret = lop_port_mac(dev, &addr);
	if (ret == 0) {
		rte_ether_addr_copy(&addr, &dev->mac);
		lop_neigh_flush(lop, dev);
		lop_fib_if_changed(dev);
		lop_routes_changed(lop);
	}
	pthread_mutex_unlock(&lop->lock);
	return ret;
}

/* IFF_RUNNING is the link's state; lo's link is always there (contract DEV-03, DEV-13). */
static unsigned int
flags_shown(const struct lop_if *dev)
{
	const unsigned int flags = lop_load(dev->flags);
	struct rte_eth_link link;

	if ((flags & IFF_UP) == 0)
		return flags;
	if (!dev->loopback &&
			(rte_eth_link_get_nowait(dev->port_id, &link) != 0 ||
					link.link_status != RTE_ETH_LINK_UP))
		return flags;
	return flags | IFF_RUNNING;
}

int
lop_if_get(struct lop *lop, int ifindex, struct lop_if_info *info)
{
	const struct lop_if *dev;

	pthread_mutex_lock(&lop->lock);
	dev = lop_if_of(lop, ifindex);
	if (dev != NULL) {
		*info = (struct lop_if_info){
			.ifindex = dev->ifindex,
			.port_id = dev->port_id,
			.flags = flags_shown(dev),
			.mtu = lop_load(dev->mtu_bytes),
			.type = dev->type,
			.tx_queue_len = dev->tx_queue_len,
		};
		memcpy(info->name, dev->name, sizeof(info->name));
		memcpy(info->mac, &dev->mac, sizeof(info->mac));
		memcpy(info->broadcast, &dev->broadcast, sizeof(info->broadcast));
	}
	pthread_mutex_unlock(&lop->lock);
	return dev != NULL ? 0 : -ENODEV;
}

int
lop_if_stats(struct lop *lop, int ifindex, struct lop_if_stats *stats)
{
	int ret = -ENODEV;

	pthread_mutex_lock(&lop->lock);
	if (lop_if_of(lop, ifindex) != NULL) {
		memset(stats, 0, sizeof(*stats));
		for (unsigned int i = 0; i < lop->workers_max; i++) {
			const struct lop_worker *w = lop->workers[i];

			if (w == NULL)
				continue;
#define ADD(field) stats->field += lop_load(w->ifs[ifindex].field)
			ADD(rx_packets);
			ADD(rx_bytes);
			ADD(tx_packets);
			ADD(tx_bytes);
			ADD(rx_dropped);
			ADD(tx_dropped);
			ADD(rx_otherhost_dropped);
			ADD(multicast);
#undef ADD
			if (ifindex != LOP_LO_INDEX)
				continue;
			/* both at once, on the way in */
			stats->rx_packets += lop_load(w->plain_in_packets);
			stats->rx_bytes += lop_load(w->plain_in_bytes);
			stats->tx_packets += lop_load(w->plain_in_packets);
			stats->tx_bytes += lop_load(w->plain_in_bytes);
		}
		ret = 0;
	}
	pthread_mutex_unlock(&lop->lock);
	return ret;
}
