/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Extended statistics: the device's drops by reason, then every queue's counters, beyond the
 * sixteen queues of the basic statistics too.
 */

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "lo.h"

/* A field of a total, and how its counter is called. */
struct lo_xstat {
	const char *name;
	size_t off;
};

static const struct lo_xstat lo_dev_tx_xstats[] = {
#define X(id, name, help)                                                           \
	{ LO_DROP_##id == LO_DROP_MAC_FILTER ? "rx_mac_filtered" : "tx_drop_" name, \
		offsetof(struct lo_tx_total, drop[LO_DROP_##id]) },
	LO_FOREACH_DROP(X)
#undef X
			{ "tx_ring_full", offsetof(struct lo_tx_total, refused) },
	{ "tx_gso_packets", offsetof(struct lo_tx_total, gso_packets) },
	{ "tx_gso_segments", offsetof(struct lo_tx_total, gso_segments) },
};

static const struct lo_xstat lo_dev_rx_xstats[] = {
	{ "rx_interrupts", offsetof(struct lo_rx_total, wakeups) },
};

static const struct lo_xstat lo_rxq_xstats[] = {
	{ "packets", offsetof(struct lo_rx_total, packets) },
	{ "bytes", offsetof(struct lo_rx_total, bytes) },
	{ "missed", offsetof(struct lo_rx_total, missed) },
};

/* After the totals' fields one that is derived: the sum of the drops. */
#define LO_TXQ_DROPS SIZE_MAX

static const struct lo_xstat lo_txq_xstats[] = {
	{ "packets", offsetof(struct lo_tx_total, packets) },
	{ "bytes", offsetof(struct lo_tx_total, bytes) },
	{ "drops", LO_TXQ_DROPS },
	{ "refused", offsetof(struct lo_tx_total, refused) },
};

static unsigned int
lo_xstats_count(const struct rte_eth_dev *eth)
{
	return RTE_DIM(lo_dev_tx_xstats) + RTE_DIM(lo_dev_rx_xstats) +
			eth->data->nb_rx_queues * RTE_DIM(lo_rxq_xstats) +
			eth->data->nb_tx_queues * RTE_DIM(lo_txq_xstats);
}

int
lo_xstats_get_names(struct rte_eth_dev *eth, struct rte_eth_xstat_name *names, unsigned int n)
{
	const unsigned int count = lo_xstats_count(eth);
	unsigned int at = 0;

	if (names == NULL || n < count)
		return count;
	for (unsigned int i = 0; i < RTE_DIM(lo_dev_tx_xstats); i++)
		snprintf(names[at++].name, RTE_ETH_XSTATS_NAME_SIZE, "%s",
				lo_dev_tx_xstats[i].name);
	for (unsigned int i = 0; i < RTE_DIM(lo_dev_rx_xstats); i++)
		snprintf(names[at++].name, RTE_ETH_XSTATS_NAME_SIZE, "%s",
				lo_dev_rx_xstats[i].name);
	for (unsigned int q = 0; q < eth->data->nb_rx_queues; q++) {
		for (unsigned int i = 0; i < RTE_DIM(lo_rxq_xstats); i++)
			snprintf(names[at++].name, RTE_ETH_XSTATS_NAME_SIZE, "rx_q%u_%s", q,
					lo_rxq_xstats[i].name);
	}
	for (unsigned int q = 0; q < eth->data->nb_tx_queues; q++) {
		for (unsigned int i = 0; i < RTE_DIM(lo_txq_xstats); i++)
			snprintf(names[at++].name, RTE_ETH_XSTATS_NAME_SIZE, "tx_q%u_%s", q,
					lo_txq_xstats[i].name);
	}
	return count;
}

static uint64_t
lo_field(const void *total, size_t off)
{
	const struct lo_tx_total *tx = total;
	uint64_t drops = 0;

	if (off != LO_TXQ_DROPS)
		return *(const uint64_t *)((const char *)total + off);
	for (unsigned int i = 0; i < LO_DROP_COUNT; i++)
		/* only a transmit queue's total has them: NOLINTNEXTLINE(clang-analyzer-core.*) */
		drops += tx->drop[i];
	return drops;
}

int
lo_xstats_get(struct rte_eth_dev *eth, struct rte_eth_xstat *xstats, unsigned int n)
{
	const unsigned int count = lo_xstats_count(eth);
	const unsigned int rx_dev = RTE_DIM(lo_dev_tx_xstats);
	unsigned int at = rx_dev + RTE_DIM(lo_dev_rx_xstats);

	if (xstats == NULL || n < count)
		return count;
	for (unsigned int i = 0; i < count; i++) {
		xstats[i].id = i;
		xstats[i].value = 0;
	}
	for (unsigned int q = 0; q < eth->data->nb_rx_queues; q++) {
		const struct lo_rxq *rxq = eth->data->rx_queues[q];
		struct lo_rx_total t = { 0 };

		if (rxq != NULL)
			lo_rx_total_get(rxq, &t);
		for (unsigned int i = 0; i < RTE_DIM(lo_dev_rx_xstats); i++)
			xstats[rx_dev + i].value += lo_field(&t, lo_dev_rx_xstats[i].off);
		for (unsigned int i = 0; i < RTE_DIM(lo_rxq_xstats); i++)
			xstats[at++].value = lo_field(&t, lo_rxq_xstats[i].off);
	}
	for (unsigned int q = 0; q < eth->data->nb_tx_queues; q++) {
		const struct lo_txq *txq = eth->data->tx_queues[q];
		struct lo_tx_total t = { 0 };

		if (txq != NULL)
			lo_tx_total_get(txq, &t);
		for (unsigned int i = 0; i < RTE_DIM(lo_dev_tx_xstats); i++)
			xstats[i].value += lo_field(&t, lo_dev_tx_xstats[i].off);
		for (unsigned int i = 0; i < RTE_DIM(lo_txq_xstats); i++)
			xstats[at++].value = lo_field(&t, lo_txq_xstats[i].off);
	}
	return count;
}
