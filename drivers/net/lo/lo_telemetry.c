/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Telemetry: /net_lo/list, and by port /net_lo/conf, /net_lo/queues, /net_lo/drops.
 */

#include <errno.h>
#include <stdlib.h>

#include <rte_telemetry.h>

#include "lo.h"

extern const struct eth_dev_ops lo_ops;

static const struct rte_eth_dev *
lo_port(const char *params)
{
	char *end;
	unsigned long port;

	if (params == NULL || params[0] < '0' || params[0] > '9')
		return NULL;
	port = strtoul(params, &end, 10);
	if (*end != '\0' || port >= RTE_MAX_ETHPORTS || !rte_eth_dev_is_valid_port(port) ||
			rte_eth_devices[port].dev_ops != &lo_ops)
		return NULL;
	return &rte_eth_devices[port];
}

static int
lo_tel_list(const char *cmd, const char *params, struct rte_tel_data *d)
{
	uint16_t port;

	RTE_SET_USED(cmd);
	RTE_SET_USED(params);
	rte_tel_data_start_array(d, RTE_TEL_INT_VAL);
	RTE_ETH_FOREACH_DEV (port) {
		if (rte_eth_devices[port].dev_ops == &lo_ops)
			rte_tel_data_add_array_int(d, port);
	}
	return 0;
}

static int
lo_tel_conf(const char *cmd, const char *params, struct rte_tel_data *d)
{
	const struct rte_eth_dev *eth = lo_port(params);
	const struct lo_dev *dev;

	RTE_SET_USED(cmd);
	if (eth == NULL)
		return -EINVAL;
	dev = lo_dev_of(eth);
	rte_tel_data_start_dict(d);
	rte_tel_data_add_dict_string(d, "name", eth->data->name);
	rte_tel_data_add_dict_string(d, "steer", lo_steer_name[dev->args.steer]);
	rte_tel_data_add_dict_string(d, "overflow", lo_overflow_name[dev->args.overflow]);
	rte_tel_data_add_dict_string(d, "link", lo_get(dev->link_up) ? "up" : "down");
	rte_tel_data_add_dict_uint(d, "speed_mbps", dev->args.speed_mbps);
	rte_tel_data_add_dict_uint(d, "mtu", eth->data->mtu);
	rte_tel_data_add_dict_uint(d, "rx_queues", eth->data->nb_rx_queues);
	rte_tel_data_add_dict_uint(d, "tx_queues", eth->data->nb_tx_queues);
	rte_tel_data_add_dict_uint(d, "rx_offloads", dev->rx_offloads);
	return 0;
}

static struct rte_tel_data *
lo_tel_rxq(const struct lo_rxq *rxq)
{
	struct rte_tel_data *d = rte_tel_data_alloc();
	struct lo_rx_total t;

	if (d == NULL)
		return NULL;
	lo_rx_total_get(rxq, &t);
	rte_tel_data_start_dict(d);
	rte_tel_data_add_dict_uint(d, "slots", rxq->ring.size);
	rte_tel_data_add_dict_uint(d, "used", lo_ring_count(&rxq->ring));
	rte_tel_data_add_dict_uint(d, "packets", t.packets);
	rte_tel_data_add_dict_uint(d, "bytes", t.bytes);
	rte_tel_data_add_dict_uint(d, "missed", t.missed);
	rte_tel_data_add_dict_uint(d, "interrupts", t.wakeups);
	return d;
}

static struct rte_tel_data *
lo_tel_txq(const struct lo_txq *txq)
{
	struct rte_tel_data *d = rte_tel_data_alloc();
	struct lo_tx_total t;

	if (d == NULL)
		return NULL;
	lo_tx_total_get(txq, &t);
	rte_tel_data_start_dict(d);
	rte_tel_data_add_dict_uint(d, "packets", t.packets);
	rte_tel_data_add_dict_uint(d, "bytes", t.bytes);
	rte_tel_data_add_dict_uint(d, "refused", t.refused);
	rte_tel_data_add_dict_uint(d, "gso_packets", t.gso_packets);
	rte_tel_data_add_dict_uint(d, "gso_segments", t.gso_segments);
	return d;
}

/* As many queues as one answer holds, the receive queues first. */
static int
lo_tel_queues(const char *cmd, const char *params, struct rte_tel_data *d)
{
	const struct rte_eth_dev *eth = lo_port(params);
	char name[16];

	RTE_SET_USED(cmd);
	if (eth == NULL)
		return -EINVAL;
	rte_tel_data_start_dict(d);
	for (uint16_t i = 0; i < eth->data->nb_rx_queues; i++) {
		struct rte_tel_data *q = eth->data->rx_queues[i] == NULL
				? NULL
				: lo_tel_rxq(eth->data->rx_queues[i]);

		snprintf(name, sizeof(name), "rx_q%u", i);
		if (q != NULL && rte_tel_data_add_dict_container(d, name, q, 0) != 0)
			rte_tel_data_free(q);
	}
	for (uint16_t i = 0; i < eth->data->nb_tx_queues; i++) {
		struct rte_tel_data *q = eth->data->tx_queues[i] == NULL
				? NULL
				: lo_tel_txq(eth->data->tx_queues[i]);

		snprintf(name, sizeof(name), "tx_q%u", i);
		if (q != NULL && rte_tel_data_add_dict_container(d, name, q, 0) != 0)
			rte_tel_data_free(q);
	}
	return 0;
}

static int
lo_tel_drops(const char *cmd, const char *params, struct rte_tel_data *d)
{
	const struct rte_eth_dev *eth = lo_port(params);
	uint64_t drop[LO_DROP_COUNT] = { 0 };
	uint64_t missed = 0;

	RTE_SET_USED(cmd);
	if (eth == NULL)
		return -EINVAL;
	for (uint16_t i = 0; i < eth->data->nb_tx_queues; i++) {
		const struct lo_txq *txq = eth->data->tx_queues[i];
		struct lo_tx_total t;

		if (txq == NULL)
			continue;
		lo_tx_total_get(txq, &t);
		for (unsigned int reason = 0; reason < LO_DROP_COUNT; reason++)
			drop[reason] += t.drop[reason];
	}
	for (uint16_t i = 0; i < eth->data->nb_rx_queues; i++) {
		const struct lo_rxq *rxq = eth->data->rx_queues[i];
		struct lo_rx_total t;

		if (rxq == NULL)
			continue;
		lo_rx_total_get(rxq, &t);
		missed += t.missed;
	}
	rte_tel_data_start_dict(d);
	for (unsigned int reason = 0; reason < LO_DROP_COUNT; reason++)
		rte_tel_data_add_dict_uint(d, lo_drop_name[reason], drop[reason]);
	rte_tel_data_add_dict_uint(d, "missed", missed);
	return 0;
}

RTE_INIT(lo_telemetry_init)
{
	rte_telemetry_register_cmd("/net_lo/list", lo_tel_list, "The net_lo ports. No parameters");
	rte_telemetry_register_cmd("/net_lo/conf", lo_tel_conf,
			"Configuration of a net_lo port. Parameters: int port_id");
	rte_telemetry_register_cmd("/net_lo/queues", lo_tel_queues,
			"Rings and counters of a net_lo port. Parameters: int port_id");
	rte_telemetry_register_cmd("/net_lo/drops", lo_tel_drops,
			"What a net_lo port dropped, by reason. Parameters: int port_id");
}
