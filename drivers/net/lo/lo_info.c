/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * What the device is: capabilities, link, MTU, addresses, packet types, clock.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>

#include "lo.h"

int
lo_infos_get(struct rte_eth_dev *eth, struct rte_eth_dev_info *info)
{
	const struct lo_dev *dev = lo_dev_of(eth);

	info->max_rx_queues = LO_QUEUES_MAX;
	info->max_tx_queues = LO_QUEUES_MAX;
	info->max_mac_addrs = LO_MACS_MAX;
	info->min_mtu = LO_MTU_MIN;
	info->max_mtu = LO_MTU_MAX;
	info->max_rx_pktlen = LO_FRAME_MAX_BYTES;
	info->max_lro_pkt_size = LO_FRAME_MAX_BYTES;
	info->speed_capa = rte_eth_speed_bitflag(dev->args.speed_mbps, 1);
	info->rx_offload_capa = RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM |
			RTE_ETH_RX_OFFLOAD_TCP_CKSUM | RTE_ETH_RX_OFFLOAD_SCTP_CKSUM |
			RTE_ETH_RX_OFFLOAD_TCP_LRO | RTE_ETH_RX_OFFLOAD_SCATTER |
			RTE_ETH_RX_OFFLOAD_TIMESTAMP;
	info->tx_offload_capa = RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM |
			RTE_ETH_TX_OFFLOAD_TCP_CKSUM | RTE_ETH_TX_OFFLOAD_SCTP_CKSUM |
			RTE_ETH_TX_OFFLOAD_TCP_TSO | RTE_ETH_TX_OFFLOAD_UDP_TSO |
			RTE_ETH_TX_OFFLOAD_MULTI_SEGS | RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
	if (dev->args.steer == LO_STEER_LCORE)
		info->tx_offload_capa |= RTE_ETH_TX_OFFLOAD_MT_LOCKFREE;
	if (dev->args.steer == LO_STEER_FLOW) {
		info->rx_offload_capa |= RTE_ETH_RX_OFFLOAD_RSS_HASH;
		info->flow_type_rss_offloads = LO_RSS_TYPES;
		info->reta_size = LO_RETA_SIZE;
		info->hash_key_size = LO_RSS_KEY_BYTES;
	}
	info->rx_desc_lim.nb_max = LO_RING_SIZE_MAX;
	info->rx_desc_lim.nb_min = 1;
	info->rx_desc_lim.nb_align = 1;
	info->tx_desc_lim = info->rx_desc_lim;
	info->default_rxportconf.burst_size = 32;
	info->default_rxportconf.ring_size = 1024;
	info->default_rxportconf.nb_queues = 1;
	info->default_txportconf = info->default_rxportconf;
	info->dev_capa &= ~(uint64_t)RTE_ETH_DEV_CAPA_FLOW_RULE_KEEP;

	return 0;
}

int
lo_link_update(struct rte_eth_dev *eth, int wait)
{
	const struct lo_dev *dev = lo_dev_of(eth);
	const struct rte_eth_link link = {
		.link_speed = dev->args.speed_mbps,
		.link_duplex = RTE_ETH_LINK_FULL_DUPLEX,
		.link_autoneg = RTE_ETH_LINK_FIXED,
		.link_status = lo_get(dev->link_up) ? RTE_ETH_LINK_UP : RTE_ETH_LINK_DOWN,
	};

	RTE_SET_USED(wait);
	return rte_eth_linkstatus_set(eth, &link);
}

void
lo_link_set(struct rte_eth_dev *eth, bool up)
{
	lo_set(lo_dev_of(eth)->link_up, up);
	lo_gates_update(eth);
	if (lo_link_update(eth, 0) == 0 && eth->data->dev_conf.intr_conf.lsc != 0)
		rte_eth_dev_callback_process(eth, RTE_ETH_EVENT_INTR_LSC, NULL);
}

int
lo_link_up(struct rte_eth_dev *eth)
{
	/* the link comes up with the device, not before it */
	if (eth->data->dev_started)
		lo_link_set(eth, true);
	return 0;
}

int
lo_link_down(struct rte_eth_dev *eth)
{
	lo_link_set(eth, false);
	return 0;
}

int
lo_mtu_set(struct rte_eth_dev *eth, uint16_t mtu)
{
	lo_frame_limit_set(eth, mtu);
	return 0;
}

int
lo_promiscuous_enable(struct rte_eth_dev *eth)
{
	lo_set(lo_dev_of(eth)->filter, false);
	lo_gates_update(eth);
	return 0;
}

int
lo_promiscuous_disable(struct rte_eth_dev *eth)
{
	lo_set(lo_dev_of(eth)->filter, true);
	lo_gates_update(eth);
	return 0;
}

/* The address filter reads ethdev's own setting, so there is nothing to do here. */
int
lo_allmulticast_set(struct rte_eth_dev *eth)
{
	RTE_SET_USED(eth);
	return 0;
}

/* Nor here: ethdev keeps the addresses where the filter looks for them. */
int
lo_mac_set(struct rte_eth_dev *eth, struct rte_ether_addr *mac)
{
	RTE_SET_USED(eth);
	RTE_SET_USED(mac);
	return 0;
}

int
lo_mac_add(struct rte_eth_dev *eth, struct rte_ether_addr *mac, uint32_t i, uint32_t vmdq)
{
	RTE_SET_USED(eth);
	RTE_SET_USED(mac);
	RTE_SET_USED(i);
	return vmdq == 0 ? 0 : -ENOTSUP;
}

void
lo_mac_remove(struct rte_eth_dev *eth, uint32_t i)
{
	RTE_SET_USED(eth);
	RTE_SET_USED(i);
}

int
lo_mc_list_set(struct rte_eth_dev *eth, struct rte_ether_addr *macs, uint32_t n)
{
	struct lo_dev *dev = lo_dev_of(eth);

	if (n > LO_MC_MACS_MAX) {
		LO_LOG(ERR, "%s: %u multicast addresses: want at most %u", eth->data->name, n,
				LO_MC_MACS_MAX);
		return -ENOSPC;
	}
	/* the filter may be reading: never more entries than are there */
	dev->nb_mc_macs = 0;
	if (n != 0)
		memcpy(dev->mc_macs, macs, n * sizeof(*macs));
	dev->nb_mc_macs = n;
	return 0;
}

static const uint32_t lo_ptypes[] = {
	RTE_PTYPE_L2_ETHER,
	RTE_PTYPE_L2_ETHER_VLAN,
	RTE_PTYPE_L2_ETHER_QINQ,
	RTE_PTYPE_L3_IPV4,
	RTE_PTYPE_L3_IPV4_EXT,
	RTE_PTYPE_L3_IPV6,
	RTE_PTYPE_L3_IPV6_EXT,
	RTE_PTYPE_L4_FRAG,
	RTE_PTYPE_L4_UDP,
	RTE_PTYPE_L4_TCP,
	RTE_PTYPE_L4_SCTP,
#if !LO_PTYPES_COUNTED
	RTE_PTYPE_UNKNOWN,
#endif
};

#if LO_PTYPES_COUNTED
const uint32_t *
lo_ptypes_get(struct rte_eth_dev *eth, size_t *n)
{
	RTE_SET_USED(eth);
	*n = RTE_DIM(lo_ptypes);
	return lo_ptypes;
}
#else
const uint32_t *
lo_ptypes_get(struct rte_eth_dev *eth)
{
	RTE_SET_USED(eth);
	return lo_ptypes;
}
#endif

/* Until an application asks, a packet keeps the type its sender gave it. */
int
lo_ptypes_set(struct rte_eth_dev *eth, uint32_t mask)
{
	lo_set(lo_dev_of(eth)->ptype_mask, mask & LO_PTYPE_MASK);
	lo_gates_update(eth);
	return 0;
}

int
lo_clock_read(struct rte_eth_dev *eth, uint64_t *clock)
{
	RTE_SET_USED(eth);
	*clock = rte_rdtsc();
	return 0;
}

int
lo_priv_dump(struct rte_eth_dev *eth, FILE *f)
{
	const struct lo_dev *dev = lo_dev_of(eth);
	const struct rte_eth_dev_data *data = eth->data;

	fprintf(f, "steer %s, overflow %s, speed %u Mbps, link %s, MTU %u\n",
			lo_steer_name[dev->args.steer], lo_overflow_name[dev->args.overflow],
			dev->args.speed_mbps, lo_get(dev->link_up) ? "up" : "down", data->mtu);
	for (uint16_t i = 0; i < data->nb_rx_queues; i++) {
		const struct lo_rxq *rxq = data->rx_queues[i];
		struct lo_rx_total rx;

		if (rxq == NULL)
			continue;
		lo_rx_total_get(rxq, &rx);
		fprintf(f,
				"rx queue %u: %s, %u of %u slots full, %s, packets %" PRIu64
				", bytes %" PRIu64 ", missed %" PRIu64 "\n",
				i, data->rx_queue_state[i] ? "started" : "stopped",
				lo_ring_count(&rxq->ring), rxq->ring.size,
				rxq->ring.several_producers ? "several producers" : "one producer",
				rx.packets, rx.bytes, rx.missed);
	}
	for (uint16_t i = 0; i < data->nb_tx_queues; i++) {
		const struct lo_txq *txq = data->tx_queues[i];
		struct lo_tx_total tx;

		if (txq == NULL)
			continue;
		lo_tx_total_get(txq, &tx);
		fprintf(f,
				"tx queue %u: %s%s, packets %" PRIu64 ", bytes %" PRIu64
				", refused %" PRIu64 "\n",
				i, data->tx_queue_state[i] ? "started" : "stopped",
				lo_get(txq->always_slow) ? ", packet by packet" : "", tx.packets,
				tx.bytes, tx.refused);
		for (unsigned int reason = 0; reason < LO_DROP_COUNT; reason++) {
			if (tx.drop[reason] != 0)
				fprintf(f, "tx queue %u: dropped %s %" PRIu64 "\n", i,
						lo_drop_name[reason], tx.drop[reason]);
		}
	}
	return ferror(f) != 0 ? -EIO : 0;
}
