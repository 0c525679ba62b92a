/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The ethdev port behind an interface. lo's port knows nothing of the interface's flags, MTU and
 * address: it takes and gives everything, and the path decides as Linux does.
 */

#include <errno.h>

#include <rte_ethdev.h>

#include "ifs.h"

#define GROUPS_MAX 64 /* filtered by the port; with more it passes all */

static int
queues_setup(struct lop_if *dev, const struct rte_eth_dev_info *info, uint16_t nb_desc,
		const struct rte_eth_conf *conf)
{
	struct rte_eth_rxconf rx = info->default_rxconf;
	struct rte_eth_txconf tx = info->default_txconf;
	uint16_t nb_rxd = nb_desc, nb_txd = nb_desc;
	int ret;

	ret = rte_eth_dev_adjust_nb_rx_tx_desc(dev->port_id, &nb_rxd, &nb_txd);
	rx.offloads = conf->rxmode.offloads;
	tx.offloads = conf->txmode.offloads;
	for (uint16_t q = 0; ret == 0 && q < dev->nb_queues; q++)
		ret = rte_eth_rx_queue_setup(dev->port_id, q, nb_rxd,
				rte_eth_dev_socket_id(dev->port_id), &rx, dev->lop->pool);
	for (uint16_t q = 0; ret == 0 && q < dev->nb_queues; q++)
		ret = rte_eth_tx_queue_setup(
				dev->port_id, q, nb_txd, rte_eth_dev_socket_id(dev->port_id), &tx);
	return ret;
}

/* What stands in dev for the port: lo has values of its own (contract DEV-04). */
static int
params_take(struct lop_if *dev)
{
	uint16_t mtu_bytes;
	int ret;

	if (dev->loopback)
		return rte_eth_promiscuous_enable(dev->port_id);
	ret = rte_eth_macaddr_get(dev->port_id, &dev->mac);
	if (ret == 0)
		ret = rte_eth_dev_get_mtu(dev->port_id, &mtu_bytes);
	if (ret == 0)
		lop_store(dev->mtu_bytes, mtu_bytes);
	return ret;
}

int
lop_port_start(struct lop_if *dev, uint16_t nb_desc)
{
	struct rte_eth_conf conf = { 0 };
	struct rte_eth_dev_info info;
	int ret;

	ret = rte_eth_dev_info_get(dev->port_id, &info);
	if (ret != 0)
		return ret;
	dev->nb_queues = RTE_MIN(dev->lop->workers_max,
			RTE_MIN((unsigned int)info.max_rx_queues, info.max_tx_queues));
	conf.rxmode.offloads = RTE_ETH_RX_OFFLOAD_SCATTER & info.rx_offload_capa;
	conf.txmode.offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS & info.tx_offload_capa;
	if (dev->loopback)
		conf.rxmode.mtu = LOP_IP_MTU_MAX;
	ret = rte_eth_dev_configure(dev->port_id, dev->nb_queues, dev->nb_queues, &conf);
	if (ret == 0)
		ret = queues_setup(dev, &info, nb_desc, &conf);
	if (ret == 0)
		ret = params_take(dev);
	if (ret == 0)
		ret = rte_eth_dev_start(dev->port_id);
	if (ret != 0)
		LOP_LOG(ERR, "%s: port %u with %u queue pairs: %s", dev->name, dev->port_id,
				dev->nb_queues, rte_strerror(-ret));
	return ret;
}

void
lop_port_stop(struct lop_if *dev)
{
	int ret = rte_eth_dev_stop(dev->port_id);

	if (ret != 0)
		LOP_LOG(WARNING, "%s: port %u does not stop: %s", dev->name, dev->port_id,
				rte_strerror(-ret));
}

/* A port without an operation has nothing to be told: the interface's value is what counts. */
static int
unless_unsupported(int ret)
{
	return ret == -ENOTSUP ? 0 : ret;
}

int
lop_port_flags(struct lop_if *dev, unsigned int flags, unsigned int changed)
{
	int ret = 0;

	if (dev->loopback)
		return 0;
	if ((changed & IFF_PROMISC) != 0)
		ret = (flags & IFF_PROMISC) != 0 ? rte_eth_promiscuous_enable(dev->port_id)
						 : rte_eth_promiscuous_disable(dev->port_id);
	if (unless_unsupported(ret) == 0 && (changed & IFF_ALLMULTI) != 0)
		ret = (flags & IFF_ALLMULTI) != 0 ? rte_eth_allmulticast_enable(dev->port_id)
						  : rte_eth_allmulticast_disable(dev->port_id);
	if (unless_unsupported(ret) == 0 && (changed & IFF_UP) != 0)
		ret = (flags & IFF_UP) != 0 ? rte_eth_dev_set_link_up(dev->port_id)
					    : rte_eth_dev_set_link_down(dev->port_id);
	return unless_unsupported(ret);
}

int
lop_port_mtu(struct lop_if *dev, int mtu_bytes)
{
	if (dev->loopback)
		return mtu_bytes >= 0 ? 0 : -EINVAL;
	if (mtu_bytes < RTE_ETHER_MIN_MTU || mtu_bytes > LOP_IP_MTU_MAX)
		return -EINVAL;
	return unless_unsupported(rte_eth_dev_set_mtu(dev->port_id, mtu_bytes));
}

int
lop_port_mac(struct lop_if *dev, const struct rte_ether_addr *mac)
{
	struct rte_ether_addr copy = *mac;

	if (dev->loopback)
		return 0;
	return unless_unsupported(rte_eth_dev_default_mac_addr_set(dev->port_id, &copy));
}

/* Let what is joined pass the port's filter: by address where it can, else all of multicast. */
void
lop_port_groups(struct lop_if *dev)
{
	const struct lop_groups *groups = lop_load(dev->groups);
	struct rte_ether_addr macs[GROUPS_MAX];
	const unsigned int n = groups != NULL ? groups->n : 0;

	if (dev->loopback)
		return;
	for (unsigned int i = 0; i < n && i < GROUPS_MAX; i++) {
		const uint32_t group = rte_be_to_cpu_32(groups->group[i].group_be);

		macs[i] = (struct rte_ether_addr){ { 0x01, 0x00, 0x5e, group >> 16 & 0x7f,
				group >> 8, group } };
	}
	if (n > GROUPS_MAX || rte_eth_dev_set_mc_addr_list(dev->port_id, macs, n) != 0)
		rte_eth_allmulticast_enable(dev->port_id);
}
