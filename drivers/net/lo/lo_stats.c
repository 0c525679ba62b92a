/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Statistics. Counters belong to those who write them; a reader adds them up, and a reset
 * remembers the sums and subtracts them from then on, so that no owner's line is ever written.
 *
 * Receive counters are read before transmit counters: what was received was counted as sent.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lo.h"

#define X(id, name, help) name,
const char *const lo_drop_name[] = { LO_FOREACH_DROP(X) };
#undef X

static void
lo_rx_read(const struct lo_rxq *rxq, struct lo_rx_total *t)
{
	t->packets = lo_read(&rxq->ring.packets);
	t->bytes = lo_read(&rxq->ring.bytes);
	t->missed = lo_read(&rxq->ring.missed);
	t->wakeups = lo_read(&rxq->ring.wakeups);
}

static void
lo_tx_read(const struct lo_txq *txq, struct lo_tx_total *t)
{
	t->packets = 0;
	t->bytes = 0;
	for (unsigned int i = 0; i < LO_TX_SLICES; i++) {
		t->packets += lo_read(&txq->count[i].packets);
		t->bytes += lo_read(&txq->count[i].bytes);
	}
	t->refused = lo_read(&txq->cold.refused);
	t->gso_packets = lo_read(&txq->cold.gso_packets);
	t->gso_segments = lo_read(&txq->cold.gso_segments);
	for (unsigned int i = 0; i < LO_DROP_COUNT; i++)
		t->drop[i] = lo_read(&txq->cold.drop[i]);
}

void
lo_rx_total_get(const struct lo_rxq *rxq, struct lo_rx_total *t)
{
	lo_rx_read(rxq, t);
	t->packets -= rxq->base.packets;
	t->bytes -= rxq->base.bytes;
	t->missed -= rxq->base.missed;
	t->wakeups -= rxq->base.wakeups;
}

void
lo_tx_total_get(const struct lo_txq *txq, struct lo_tx_total *t)
{
	lo_tx_read(txq, t);
	t->packets -= txq->base.packets;
	t->bytes -= txq->base.bytes;
	t->refused -= txq->base.refused;
	t->gso_packets -= txq->base.gso_packets;
	t->gso_segments -= txq->base.gso_segments;
	for (unsigned int i = 0; i < LO_DROP_COUNT; i++)
		t->drop[i] -= txq->base.drop[i];
}

/* A frame that the address filter keeps from the receiver is no error of the sender. */
static uint64_t
lo_tx_errors(const struct lo_tx_total *t)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < LO_DROP_COUNT; i++)
		sum += i == LO_DROP_MAC_FILTER ? 0 : t->drop[i];
	return sum;
}

#if LO_QSTATS_APART
#define LO_QSTATS(stats, queues) (queues)
int
lo_stats_get(struct rte_eth_dev *eth, struct rte_eth_stats *stats, struct eth_queue_stats *queues)
#else
#define LO_QSTATS(stats, queues) (stats)
int
lo_stats_get(struct rte_eth_dev *eth, struct rte_eth_stats *stats)
#endif
{
	for (uint16_t i = 0; i < eth->data->nb_rx_queues; i++) {
		const struct lo_rxq *rxq = eth->data->rx_queues[i];
		struct lo_rx_total t;

		if (rxq == NULL)
			continue;
		lo_rx_total_get(rxq, &t);
		stats->ipackets += t.packets;
		stats->ibytes += t.bytes;
		stats->imissed += t.missed;
		if (i < RTE_ETHDEV_QUEUE_STAT_CNTRS && LO_QSTATS(stats, queues) != NULL) {
			LO_QSTATS(stats, queues)->q_ipackets[i] = t.packets;
			LO_QSTATS(stats, queues)->q_ibytes[i] = t.bytes;
			LO_QSTATS(stats, queues)->q_errors[i] = t.missed;
		}
	}
	for (uint16_t i = 0; i < eth->data->nb_tx_queues; i++) {
		const struct lo_txq *txq = eth->data->tx_queues[i];
		struct lo_tx_total t;

		if (txq == NULL)
			continue;
		lo_tx_total_get(txq, &t);
		stats->opackets += t.packets;
		stats->obytes += t.bytes;
		stats->oerrors += lo_tx_errors(&t);
		if (i < RTE_ETHDEV_QUEUE_STAT_CNTRS && LO_QSTATS(stats, queues) != NULL) {
			LO_QSTATS(stats, queues)->q_opackets[i] = t.packets;
			LO_QSTATS(stats, queues)->q_obytes[i] = t.bytes;
		}
	}
	return 0;
}

int
lo_stats_reset(struct rte_eth_dev *eth)
{
	for (uint16_t i = 0; i < eth->data->nb_rx_queues; i++) {
		struct lo_rxq *rxq = eth->data->rx_queues[i];

		if (rxq != NULL)
			lo_rx_read(rxq, &rxq->base);
	}
	for (uint16_t i = 0; i < eth->data->nb_tx_queues; i++) {
		struct lo_txq *txq = eth->data->tx_queues[i];

		if (txq != NULL)
			lo_tx_read(txq, &txq->base);
	}
	return 0;
}
