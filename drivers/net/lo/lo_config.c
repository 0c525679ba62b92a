/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The life of the device: configure, start, stop, reset, close.
 */

#include <errno.h>
#include <string.h>

#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_mbuf_dyn.h>

#include "lo.h"

/* Applications ask for what they need; what a loop cannot do is refused here. */
static int
lo_conf_check(const struct rte_eth_dev *eth)
{
	const struct rte_eth_conf *conf = &eth->data->dev_conf;
	uint32_t speed_bit = rte_eth_speed_bitflag(lo_dev_of(eth)->args.speed_mbps, 1);

	if ((conf->rxmode.mq_mode & ~RTE_ETH_MQ_RX_RSS_FLAG) != 0 ||
			conf->txmode.mq_mode != RTE_ETH_MQ_TX_NONE) {
		LO_LOG(ERR, "%s: receive mode %#x, transmit mode %#x: want RSS or none, and none",
				eth->data->name, conf->rxmode.mq_mode, conf->txmode.mq_mode);
		return -ENOTSUP;
	}
	if ((conf->link_speeds & RTE_ETH_LINK_SPEED_FIXED) != 0 &&
			(conf->link_speeds & ~RTE_ETH_LINK_SPEED_FIXED) != speed_bit) {
		LO_LOG(ERR, "%s: fixed link speeds %#x: want %#x (devargs: speed=%u)",
				eth->data->name, conf->link_speeds, speed_bit,
				lo_dev_of(eth)->args.speed_mbps);
		return -EINVAL;
	}
	if (conf->intr_conf.rxq != 0 && eth->data->nb_rx_queues > RTE_MAX_RXTX_INTR_VEC_ID) {
		LO_LOG(ERR, "%s: interrupts for %u receive queues: want at most %u",
				eth->data->name, eth->data->nb_rx_queues, RTE_MAX_RXTX_INTR_VEC_ID);
		return -EINVAL;
	}
	return 0;
}

static int
lo_timestamp_setup(struct lo_dev *dev)
{
	int flag;

	dev->timestamp_flag = 0;
	if ((dev->rx_offloads & RTE_ETH_RX_OFFLOAD_TIMESTAMP) != 0) {
		if (rte_mbuf_dyn_rx_timestamp_register(&dev->timestamp_off, &dev->timestamp_flag) !=
				0) {
			LO_LOG(ERR, "%s: receive timestamp: %s", dev->data->name,
					rte_strerror(rte_errno));
			return -rte_errno;
		}
		return 0;
	}
	/* somebody else's: a packet that crosses does not keep it */
	flag = rte_mbuf_dynflag_lookup(RTE_MBUF_DYNFLAG_RX_TIMESTAMP_NAME, NULL);
	if (flag >= 0)
		dev->timestamp_flag = RTE_BIT64(flag);
	return 0;
}

int
lo_dev_configure(struct rte_eth_dev *eth)
{
	const struct rte_eth_rxmode *rx = &eth->data->dev_conf.rxmode;
	struct lo_dev *dev = lo_dev_of(eth);
	int ret = lo_conf_check(eth);

	if (ret != 0)
		return ret;
	dev->rx_offloads = rx->offloads;
	dev->lro_max_bytes = 0;
	if ((rx->offloads & RTE_ETH_RX_OFFLOAD_TCP_LRO) != 0) {
		/* ethdev puts the frame size where the application gave no limit */
		dev->lro_max_bytes = rx->max_lro_pkt_size > rx->mtu + LO_FRAME_OVERHEAD_BYTES
				? rx->max_lro_pkt_size
				: LO_FRAME_MAX_BYTES;
	}
	ret = lo_timestamp_setup(dev);
	if (ret != 0)
		return ret;
	return lo_flow_configure(eth);
}

void
lo_frame_limit_set(struct rte_eth_dev *eth, uint16_t mtu)
{
	for (uint16_t i = 0; i < eth->data->nb_tx_queues; i++) {
		struct lo_txq *txq = eth->data->tx_queues[i];

		if (txq != NULL)
			rte_atomic_store_explicit(&txq->frame_max_bytes,
					(uint32_t)mtu + RTE_ETHER_HDR_LEN,
					rte_memory_order_relaxed);
	}
}

/* What steer=flow would have to ask each packet's ring. */
static bool
lo_any_rx_stopped(const struct rte_eth_dev *eth)
{
	for (uint16_t i = 0; i < eth->data->nb_rx_queues; i++) {
		const struct lo_rxq *rxq = eth->data->rx_queues[i];

		if (rxq != NULL && lo_get(rxq->ring.limit) == 0)
			return true;
	}
	return false;
}

/* Send every packet of a transmit queue through lo_tx_slow(), or only those that need it. */
void
lo_gates_update(struct rte_eth_dev *eth)
{
	const struct lo_dev *dev = lo_dev_of(eth);
	const bool looks = lo_get(dev->filter) || lo_get(dev->ptype_mask) != 0 ||
			(dev->rx_offloads & RTE_ETH_RX_OFFLOAD_TIMESTAMP) != 0 ||
			(dev->args.steer == LO_STEER_FLOW && lo_any_rx_stopped(eth));

	for (uint16_t i = 0; i < eth->data->nb_tx_queues; i++) {
		struct lo_txq *txq = eth->data->tx_queues[i];
		bool stopped = eth->data->tx_queue_state[i] == RTE_ETH_QUEUE_STATE_STOPPED;

		if (txq != NULL)
			rte_atomic_store_explicit(&txq->always_slow,
					looks || stopped || !lo_get(dev->link_up) ||
							txq->ring == NULL,
					rte_memory_order_relaxed);
	}
}

static void
lo_txq_prepare(struct rte_eth_dev *eth, uint16_t id, bool shared)
{
	struct lo_dev *dev = lo_dev_of(eth);
	struct lo_txq *txq = eth->data->tx_queues[id];
	const bool scatter = (dev->rx_offloads & RTE_ETH_RX_OFFLOAD_SCATTER) != 0;
	const bool keep_hash = (dev->rx_offloads & RTE_ETH_RX_OFFLOAD_RSS_HASH) != 0;

	txq->ring = NULL;
	if (eth->data->nb_rx_queues != 0) {
		struct lo_rxq *rxq = eth->data->rx_queues[id % eth->data->nb_rx_queues];

		txq->ring = &rxq->ring;
	}
	txq->shared = shared;
	txq->slow_flags = ~LO_FLAGS_CROSSING | dev->timestamp_flag;
	if (keep_hash)
		txq->slow_flags &= ~RTE_MBUF_F_RX_RSS_HASH;
	txq->rearm_want = ((union lo_rearm){
					   .refcnt = 1, .nb_segs = 1, .port = eth->data->port_id })
					  .word;
	txq->rearm_slow = scatter ? 0 : ((union lo_rearm){ .nb_segs = UINT16_MAX }).word;
	/* the hash is written into every mbuf, so a shared one needs a copy of its own */
	if (keep_hash)
		txq->rearm_slow |= ((union lo_rearm){ .refcnt = UINT16_MAX }).word;
}

/* More than one thread may put packets into a receive ring. */
static bool
lo_producers_shared(const struct rte_eth_dev *eth)
{
	switch (lo_dev_of(eth)->args.steer) {
	case LO_STEER_LCORE:
		return true;
	case LO_STEER_FLOW:
		return eth->data->nb_tx_queues > 1;
	default:
		return eth->data->nb_tx_queues > eth->data->nb_rx_queues;
	}
}

static void
lo_lcores_spread(struct rte_eth_dev *eth)
{
	struct lo_dev *dev = lo_dev_of(eth);

	for (unsigned int lcore = 0; lcore <= RTE_MAX_LCORE; lcore++) {
		int index = lcore < RTE_MAX_LCORE ? rte_lcore_index(lcore) : -1;

		if (eth->data->nb_rx_queues != 0)
			dev->lcore_queue[lcore] = (index >= 0 ? (unsigned int)index : lcore) %
					eth->data->nb_rx_queues;
	}
}

static int
lo_queues_check(const struct rte_eth_dev *eth)
{
	for (uint16_t i = 0; i < eth->data->nb_rx_queues; i++) {
		if (eth->data->rx_queues[i] == NULL) {
			LO_LOG(ERR, "%s: receive queue %u is not set up", eth->data->name, i);
			return -EINVAL;
		}
	}
	for (uint16_t i = 0; i < eth->data->nb_tx_queues; i++) {
		if (eth->data->tx_queues[i] == NULL) {
			LO_LOG(ERR, "%s: transmit queue %u is not set up", eth->data->name, i);
			return -EINVAL;
		}
	}
	return 0;
}

int
lo_dev_start(struct rte_eth_dev *eth)
{
	const bool shared = lo_producers_shared(eth);
	int ret = lo_queues_check(eth);

	if (ret == 0)
		ret = lo_intr_setup(eth);
	if (ret != 0)
		return ret;

	lo_lcores_spread(eth);
	for (uint16_t i = 0; i < eth->data->nb_rx_queues; i++) {
		struct lo_rxq *rxq = eth->data->rx_queues[i];

		lo_ring_reset(&rxq->ring, shared);
		if (!rxq->deferred_start)
			lo_rx_queue_start(eth, i);
	}
	for (uint16_t i = 0; i < eth->data->nb_tx_queues; i++) {
		struct lo_txq *txq = eth->data->tx_queues[i];

		lo_txq_prepare(eth, i, shared);
		eth->data->tx_queue_state[i] = txq->deferred_start ? RTE_ETH_QUEUE_STATE_STOPPED
								   : RTE_ETH_QUEUE_STATE_STARTED;
	}
	lo_frame_limit_set(eth, eth->data->mtu);
	lo_bursts_select(eth, shared);
	lo_link_set(eth, true);

	return 0;
}

int
lo_dev_stop(struct rte_eth_dev *eth)
{
	lo_link_set(eth, false);
	for (uint16_t i = 0; i < eth->data->nb_tx_queues; i++)
		eth->data->tx_queue_state[i] = RTE_ETH_QUEUE_STATE_STOPPED;
	for (uint16_t i = 0; i < eth->data->nb_rx_queues; i++)
		lo_rx_queue_stop(eth, i);
	lo_intr_teardown(eth);
	return 0;
}

/* What a device is born with, and has again after a reset. */
void
lo_defaults_set(struct rte_eth_dev *eth)
{
	struct lo_dev *dev = lo_dev_of(eth);

	memset(eth->data->mac_addrs, 0, LO_MACS_MAX * sizeof(eth->data->mac_addrs[0]));
	eth->data->mac_addrs[0] = dev->args.mac;
	eth->data->mtu = RTE_ETHER_MTU;
	/* a loop hears everything until it is told otherwise */
	eth->data->promiscuous = 1;
	eth->data->all_multicast = 1;
	lo_set(dev->filter, false);
	dev->nb_mc_macs = 0;
	lo_set(dev->ptype_mask, 0);
	dev->rx_offloads = 0;
	lo_flow_configure(eth);
}

int
lo_dev_reset(struct rte_eth_dev *eth)
{
	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return -EPERM;
	for (uint16_t i = 0; i < eth->data->nb_rx_queues; i++)
		lo_rx_queue_release(eth, i);
	for (uint16_t i = 0; i < eth->data->nb_tx_queues; i++)
		lo_tx_queue_release(eth, i);
	memset(&eth->data->dev_conf, 0, sizeof(eth->data->dev_conf));
	lo_defaults_set(eth);
	return 0;
}

int
lo_dev_close(struct rte_eth_dev *eth)
{
	struct lo_dev *dev = lo_dev_of(eth);

	/* the memory is the primary process's */
	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return 0;
	for (uint16_t i = 0; i < eth->data->nb_rx_queues; i++)
		lo_rx_queue_release(eth, i);
	for (uint16_t i = 0; i < eth->data->nb_tx_queues; i++)
		lo_tx_queue_release(eth, i);
	lo_intr_teardown(eth);
	rte_free(dev->flow);
	dev->flow = NULL;
	return 0;
}
