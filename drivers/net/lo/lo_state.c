/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * What can be asked about a queue.
 */

#include <errno.h>

#include <rte_power_intrinsics.h>

#include "lo.h"
#include "lo_rxtx.h"

void
lo_rxq_info_get(struct rte_eth_dev *eth, uint16_t id, struct rte_eth_rxq_info *info)
{
	const struct lo_rxq *rxq = eth->data->rx_queues[id];

	info->mp = rxq->pool;
	info->nb_desc = rxq->nb_desc;
	info->scattered_rx = (rxq->offloads & RTE_ETH_RX_OFFLOAD_SCATTER) != 0;
	info->queue_state = eth->data->rx_queue_state[id];
	info->conf.rx_deferred_start = rxq->deferred_start;
	info->conf.offloads = rxq->offloads;
}

void
lo_txq_info_get(struct rte_eth_dev *eth, uint16_t id, struct rte_eth_txq_info *info)
{
	const struct lo_txq *txq = eth->data->tx_queues[id];

	info->nb_desc = txq->nb_desc;
	info->queue_state = eth->data->tx_queue_state[id];
	info->conf.tx_deferred_start = txq->deferred_start;
	info->conf.offloads = txq->offloads;
}

lo_rx_count_t
lo_rx_queue_count(void *queue)
{
	return lo_ring_count(&((struct lo_rxq *)queue)->ring);
}

int
lo_rx_descriptor_status(void *queue, uint16_t offset)
{
	const struct lo_ring *r = &((struct lo_rxq *)queue)->ring;

	if (offset >= r->size)
		return -EINVAL;
	if (rte_atomic_load_explicit(&r->limit, rte_memory_order_relaxed) == 0)
		return RTE_ETH_RX_DESC_UNAVAIL;
	return offset < lo_ring_count(r) ? RTE_ETH_RX_DESC_DONE : RTE_ETH_RX_DESC_AVAIL;
}

/*
 * The ring that a packet sent now would go to. By flow that depends on the packet: the fullest
 * ring stands for all of them, so that what is said to fit does.
 */
static const struct lo_ring *
lo_ring_next(const struct lo_txq *txq)
{
	const struct rte_eth_dev_data *data = txq->dev->data;
	const struct lo_ring *fullest = NULL;

	if (txq->dev->args.steer == LO_STEER_QUEUE)
		return txq->ring;
	if (txq->dev->args.steer == LO_STEER_LCORE)
		return lo_ring_of_lcore(txq);
	for (uint16_t i = 0; i < data->nb_rx_queues; i++) {
		const struct lo_ring *r = lo_ring_of_queue(txq->dev, i);

		if (fullest == NULL ||
				r->size - lo_ring_count(r) < fullest->size - lo_ring_count(fullest))
			fullest = r;
	}
	return fullest;
}

int
lo_tx_queue_count(void *queue)
{
	const struct lo_ring *r = lo_ring_next(queue);

	return r == NULL ? 0 : lo_ring_count(r);
}

int
lo_tx_descriptor_status(void *queue, uint16_t offset)
{
	const struct lo_txq *txq = queue;
	const struct lo_ring *r = lo_ring_next(txq);

	if (offset >= txq->nb_desc)
		return -EINVAL;
	if (r == NULL || offset >= r->size)
		return RTE_ETH_TX_DESC_UNAVAIL;
	return offset < r->size - lo_ring_count(r) ? RTE_ETH_TX_DESC_DONE : RTE_ETH_TX_DESC_FULL;
}

/* A packet leaves its transmit queue at once, so there is never one to free. */
int
lo_tx_done_cleanup(void *queue, uint32_t free_cnt)
{
	RTE_SET_USED(queue);
	RTE_SET_USED(free_cnt);
	return 0;
}

/* Do not sleep when the tail has moved on from where the consumer left it. */
static int
lo_monitor_moved(const uint64_t value, const uint64_t opaque[RTE_POWER_MONITOR_OPAQUE_SZ])
{
	return lo_ring_index(value) == lo_ring_index(opaque[0]) ? 0 : -1;
}

int
lo_monitor_addr_get(void *queue, struct rte_power_monitor_cond *cond)
{
	struct lo_ring *r = &((struct lo_rxq *)queue)->ring;

	cond->addr = (void *)(uintptr_t)&r->tail;
	cond->size = sizeof(r->tail);
	cond->fn = lo_monitor_moved;
	cond->opaque[0] = rte_atomic_load_explicit(&r->head, rte_memory_order_relaxed);
	return 0;
}
