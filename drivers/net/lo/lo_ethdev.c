/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The driver: what the device can do, and how it appears on the vdev bus and goes.
 */

#include <errno.h>

#include <bus_vdev_driver.h>
#include <ethdev_vdev.h>
#include <rte_malloc.h>

#include "lo.h"

extern const struct eth_dev_ops lo_ops;

const struct eth_dev_ops lo_ops = {
	.dev_configure = lo_dev_configure,
	.dev_start = lo_dev_start,
	.dev_stop = lo_dev_stop,
	.dev_reset = lo_dev_reset,
	.dev_close = lo_dev_close,
	.dev_infos_get = lo_infos_get,
	.dev_set_link_up = lo_link_up,
	.dev_set_link_down = lo_link_down,
	.link_update = lo_link_update,
	.mtu_set = lo_mtu_set,
	.promiscuous_enable = lo_promiscuous_enable,
	.promiscuous_disable = lo_promiscuous_disable,
	.allmulticast_enable = lo_allmulticast_set,
	.allmulticast_disable = lo_allmulticast_set,
	.mac_addr_set = lo_mac_set,
	.mac_addr_add = lo_mac_add,
	.mac_addr_remove = lo_mac_remove,
	.set_mc_addr_list = lo_mc_list_set,
	.dev_supported_ptypes_get = lo_ptypes_get,
	.dev_ptypes_set = lo_ptypes_set,
	.read_clock = lo_clock_read,
	.rx_queue_setup = lo_rx_queue_setup,
	.rx_queue_release = lo_rx_queue_release,
	.rx_queue_start = lo_rx_queue_start,
	.rx_queue_stop = lo_rx_queue_stop,
	.rx_queue_intr_enable = lo_intr_enable,
	.rx_queue_intr_disable = lo_intr_disable,
	.tx_queue_setup = lo_tx_queue_setup,
	.tx_queue_release = lo_tx_queue_release,
	.tx_queue_start = lo_tx_queue_start,
	.tx_queue_stop = lo_tx_queue_stop,
	.tx_done_cleanup = lo_tx_done_cleanup,
	.rxq_info_get = lo_rxq_info_get,
	.txq_info_get = lo_txq_info_get,
	.rx_burst_mode_get = lo_rx_burst_mode_get,
	.tx_burst_mode_get = lo_tx_burst_mode_get,
	.get_monitor_addr = lo_monitor_addr_get,
	.reta_update = lo_reta_update,
	.reta_query = lo_reta_query,
	.rss_hash_update = lo_rss_hash_update,
	.rss_hash_conf_get = lo_rss_hash_conf_get,
	.stats_get = lo_stats_get,
	.stats_reset = lo_stats_reset,
	.xstats_get = lo_xstats_get,
	.xstats_get_names = lo_xstats_get_names,
	.xstats_reset = lo_stats_reset,
	.eth_dev_priv_dump = lo_priv_dump,
};

/* What a process has of its own, the primary and every secondary one. */
static void
lo_process_setup(struct rte_eth_dev *eth)
{
	eth->dev_ops = &lo_ops;
	eth->rx_queue_count = lo_rx_queue_count;
	eth->rx_descriptor_status = lo_rx_descriptor_status;
	eth->tx_descriptor_status = lo_tx_descriptor_status;
#if LO_HAS_TX_QUEUE_COUNT
	eth->tx_queue_count = lo_tx_queue_count;
#endif
}

static int
lo_attach(struct rte_vdev_device *vdev)
{
	struct rte_eth_dev *eth = rte_eth_dev_attach_secondary(rte_vdev_device_name(vdev));

	if (eth == NULL) {
		LO_LOG(ERR, "%s: the primary process has no such device",
				rte_vdev_device_name(vdev));
		return -ENODEV;
	}
	eth->device = &vdev->device;
	lo_process_setup(eth);
	lo_bursts_select_any(eth);
	rte_eth_dev_probing_finish(eth);
	return 0;
}

static int
lo_create(struct rte_vdev_device *vdev, const struct lo_args *args)
{
	const char *name = rte_vdev_device_name(vdev);
	struct rte_eth_dev *eth;
	struct lo_dev *dev;

	eth = rte_eth_vdev_allocate(vdev, sizeof(*dev));
	if (eth == NULL) {
		LO_LOG(ERR, "%s: no ethdev port or no memory", name);
		return -ENOMEM;
	}
	dev = lo_dev_of(eth);
	dev->data = eth->data;
	dev->args = *args;
	eth->data->dev_flags = RTE_ETH_DEV_INTR_LSC;
	eth->data->mac_addrs = rte_calloc_socket(
			name, LO_MACS_MAX, sizeof(struct rte_ether_addr), 0, eth->data->numa_node);
	if (eth->data->mac_addrs == NULL)
		goto fail;
	if (args->steer == LO_STEER_FLOW) {
		dev->flow = rte_zmalloc_socket(name, sizeof(*dev->flow), RTE_CACHE_LINE_SIZE,
				eth->data->numa_node);
		if (dev->flow == NULL)
			goto fail;
	}
	lo_defaults_set(eth);
	lo_process_setup(eth);
	lo_link_update(eth, 0);
	rte_eth_dev_probing_finish(eth);
	return 0;

fail:
	LO_LOG(ERR, "%s: no memory", name);
	/* frees the private data and the addresses */
	rte_eth_dev_release_port(eth);
	return -ENOMEM;
}

static int
lo_probe(struct rte_vdev_device *vdev)
{
	struct lo_args args;
	int ret;

	if (rte_eal_process_type() == RTE_PROC_SECONDARY)
		return lo_attach(vdev);

	ret = lo_args_parse(rte_vdev_device_name(vdev), rte_vdev_device_args(vdev), &args);
	if (ret != 0)
		return ret;
	return lo_create(vdev, &args);
}

static int
lo_remove(struct rte_vdev_device *vdev)
{
	struct rte_eth_dev *eth = rte_eth_dev_allocated(rte_vdev_device_name(vdev));

	/* closed already */
	if (eth == NULL)
		return 0;
	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return rte_eth_dev_release_port(eth);
	if (eth->data->dev_started)
		rte_eth_dev_stop(eth->data->port_id);
	return rte_eth_dev_close(eth->data->port_id);
}

static struct rte_vdev_driver lo_driver = {
	.probe = lo_probe,
	.remove = lo_remove,
};

#define X(key, def, range, help) #key "=<" range "> "
RTE_PMD_REGISTER_VDEV(net_lo, lo_driver);
RTE_PMD_REGISTER_PARAM_STRING(net_lo, LO_FOREACH_ARG(X));
RTE_LOG_REGISTER_DEFAULT(lo_logtype, NOTICE);

#ifdef LO_PMD_INFO
/* DPDK's own build makes this string from the registrations above; dpdk-pmdinfo.py reads it. */
__rte_used static const char lo_pmd_info
		[] = "PMD_INFO_STRING= {\"name\": \"net_lo\", \"params\": \"" LO_FOREACH_ARG(
				X) "\", \"pci_ids\": []}";
#endif
#undef X
