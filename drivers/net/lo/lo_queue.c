/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Queues: set-up and release, start and stop.
 */

#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "lo.h"

/*
 * Free what is in the ring; nobody receives from it meanwhile. One of several producers may be
 * about to fill a slot it has reserved: that one and those behind it are left to a later drain, or
 * to the consumer.
 */
void
lo_ring_drain(struct lo_ring *r)
{
	uint32_t head = rte_atomic_load_explicit(&r->head, rte_memory_order_relaxed);
	uint64_t tail = rte_atomic_load_explicit(&r->tail, rte_memory_order_acquire);

	while (head != lo_ring_index(tail)) {
		uint32_t at = lo_ring_slot(r->size, head);
		struct rte_mbuf *m = rte_atomic_load_explicit(
				&r->slot[at], rte_memory_order_acquire);

		if (m == NULL)
			break;
		rte_pktmbuf_free(m);
		rte_atomic_store_explicit(&r->slot[at], NULL, rte_memory_order_relaxed);
		r->bytes_seen = r->slot_mark[at] >> 1;
		head = lo_ring_advance(r->size, head, 1);
	}
	if (head == lo_ring_index(tail)) {
		r->tail_seen = tail;
		r->bytes_seen = lo_ring_bytes(tail);
	}
	rte_atomic_store_explicit(&r->head, head, rte_memory_order_release);
}

/* Empty, for the next start; the counters stay. */
void
lo_ring_reset(struct lo_ring *r, bool several_producers)
{
	lo_ring_drain(r);
	memset((void *)(uintptr_t)r->slot, 0, r->size * sizeof(r->slot[0]));
	rte_atomic_store_explicit(&r->tail, 0, rte_memory_order_relaxed);
	rte_atomic_store_explicit(&r->head, 0, rte_memory_order_relaxed);
	r->head_seen = 0;
	r->full_at = r->size;
	r->tail_seen = 0;
	r->bytes_seen = 0;
	r->several_producers = several_producers;
}

int
lo_rx_queue_setup(struct rte_eth_dev *eth, uint16_t id, uint16_t nb_desc, unsigned int socket,
		const struct rte_eth_rxconf *conf, struct rte_mempool *pool)
{
	struct lo_rxq *rxq;
	struct lo_ring *r;

	rxq = rte_zmalloc_socket("net_lo rx queue", sizeof(*rxq), LO_RING_ALIGN_BYTES, socket);
	if (rxq == NULL)
		goto fail;
	r = &rxq->ring;
	/* pointers, then marks */
	r->slot = rte_zmalloc_socket("net_lo ring",
			nb_desc * (sizeof(r->slot[0]) + sizeof(r->slot_mark[0])),
			LO_RING_ALIGN_BYTES, socket);
	if (r->slot == NULL)
		goto fail_queue;
	r->slot_mark = (uint32_t *)(uintptr_t)(r->slot + nb_desc);
	r->rx_slot = r->slot;
	r->rx_slot_mark = r->slot_mark;
	r->size = nb_desc;
	r->rx_size = nb_desc;
	r->queue_id = id;
	rxq->nb_desc = nb_desc;
	rxq->deferred_start = conf->rx_deferred_start;
	rxq->offloads = conf->offloads | eth->data->dev_conf.rxmode.offloads;
	rxq->pool = pool;
	eth->data->rx_queues[id] = rxq;
	return 0;

fail_queue:
	rte_free(rxq);
fail:
	LO_LOG(ERR, "%s: receive queue %u of %u descriptors: no memory", eth->data->name, id,
			nb_desc);
	return -ENOMEM;
}

int
lo_tx_queue_setup(struct rte_eth_dev *eth, uint16_t id, uint16_t nb_desc, unsigned int socket,
		const struct rte_eth_txconf *conf)
{
	struct lo_txq *txq;

	txq = rte_zmalloc_socket("net_lo tx queue", sizeof(*txq), RTE_CACHE_LINE_SIZE, socket);
	if (txq == NULL) {
		LO_LOG(ERR, "%s: transmit queue %u: no memory", eth->data->name, id);
		return -ENOMEM;
	}
	txq->dev = lo_dev_of(eth);
	txq->queue_id = id;
	txq->nb_desc = nb_desc;
	txq->deferred_start = conf->tx_deferred_start;
	txq->offloads = conf->offloads | eth->data->dev_conf.txmode.offloads;
	rte_atomic_store_explicit(&txq->always_slow, true, rte_memory_order_relaxed);
	eth->data->tx_queues[id] = txq;
	return 0;
}

void
lo_rx_queue_release(struct rte_eth_dev *eth, uint16_t id)
{
	struct lo_rxq *rxq = eth->data->rx_queues[id];

	if (rxq == NULL)
		return;
	lo_ring_drain(&rxq->ring);
	rte_free((void *)(uintptr_t)rxq->ring.slot);
	rte_free(rxq);
	eth->data->rx_queues[id] = NULL;
}

void
lo_tx_queue_release(struct rte_eth_dev *eth, uint16_t id)
{
	rte_free(eth->data->tx_queues[id]);
	eth->data->tx_queues[id] = NULL;
}

int
lo_rx_queue_start(struct rte_eth_dev *eth, uint16_t id)
{
	struct lo_rxq *rxq = eth->data->rx_queues[id];

	/* what a sender put in while the queue was being stopped */
	lo_ring_drain(&rxq->ring);
	rte_atomic_store_explicit(&rxq->ring.limit, rxq->ring.size, rte_memory_order_relaxed);
	eth->data->rx_queue_state[id] = RTE_ETH_QUEUE_STATE_STARTED;
	lo_gates_update(eth);
	return 0;
}

/* Senders drop what is for this queue from now on; what waits in it is freed. */
int
lo_rx_queue_stop(struct rte_eth_dev *eth, uint16_t id)
{
	struct lo_rxq *rxq = eth->data->rx_queues[id];

	rte_atomic_store_explicit(&rxq->ring.limit, 0, rte_memory_order_relaxed);
	eth->data->rx_queue_state[id] = RTE_ETH_QUEUE_STATE_STOPPED;
	lo_gates_update(eth);
	lo_ring_drain(&rxq->ring);
	return 0;
}

int
lo_tx_queue_start(struct rte_eth_dev *eth, uint16_t id)
{
	eth->data->tx_queue_state[id] = RTE_ETH_QUEUE_STATE_STARTED;
	lo_gates_update(eth);
	return 0;
}

int
lo_tx_queue_stop(struct rte_eth_dev *eth, uint16_t id)
{
	eth->data->tx_queue_state[id] = RTE_ETH_QUEUE_STATE_STOPPED;
	lo_gates_update(eth);
	return 0;
}
