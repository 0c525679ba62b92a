/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Queues: stopped, started, deferred; what can be asked about them. */

#include <string.h>

#include <rte_power_intrinsics.h>
#include <rte_vect.h>

#include "nl.h"

#define DEPTH 20

static void
send_to(struct fx *fx, uint16_t queue, uint32_t stamp)
{
	struct rte_mbuf *m = pkt_build(fx->pool, &(struct pkt){ .stamp = stamp });

	fx_tx_all(fx->tx_port, queue, &m, 1);
}

static uint8_t
rx_state(struct fx *fx, uint16_t queue)
{
	struct rte_eth_rxq_info info;

	assert_int_equal(rte_eth_rx_queue_info_get(fx->tx_port, queue, &info), 0);
	return info.queue_state;
}

static uint8_t
tx_state(struct fx *fx, uint16_t queue)
{
	struct rte_eth_txq_info info;

	assert_int_equal(rte_eth_tx_queue_info_get(fx->tx_port, queue, &info), 0);
	return info.queue_state;
}

/* A stopped receive queue: its packets are freed, what comes is dropped by name, others go on. */
static void
rx_queue_stops_alone(void **state)
{
	struct fx *fx = *state;
	const struct fx_port conf = { .nb_rx = 2, .nb_tx = 2 };

	nl_up(fx, "", &conf);
	send_to(fx, 0, 1);
	send_to(fx, 1, 2);
	assert_int_equal(rx_state(fx, 0), RTE_ETH_QUEUE_STATE_STARTED);
	assert_int_equal(rte_eth_dev_rx_queue_stop(fx->tx_port, 0), 0);
	assert_int_equal(rx_state(fx, 0), RTE_ETH_QUEUE_STATE_STOPPED);
	assert_int_equal(rx_state(fx, 1), RTE_ETH_QUEUE_STATE_STARTED);
	assert_int_equal(rte_mempool_in_use_count(fx->pool), 1);
	assert_int_equal(rte_eth_rx_descriptor_status(fx->tx_port, 0, 0), RTE_ETH_RX_DESC_UNAVAIL);

	send_to(fx, 0, 3);
	send_to(fx, 1, 4);
	assert_int_equal(nl_xstat(fx, "tx_drop_no_rx_queue"), 1);
	assert_int_equal(nl_xstat(fx, "tx_q0_drops"), 1);
	assert_int_equal(fx_drain(fx->tx_port, 1), 2);

	assert_int_equal(rte_eth_dev_rx_queue_start(fx->tx_port, 0), 0);
	assert_int_equal(rx_state(fx, 0), RTE_ETH_QUEUE_STATE_STARTED);
	assert_int_equal(rte_eth_rx_queue_count(fx->tx_port, 0), 0);
	send_to(fx, 0, 5);
	assert_int_equal(fx_drain(fx->tx_port, 0), 1);
}

/* A stopped transmit queue takes nothing, and says so. */
static void
tx_queue_stops_alone(void **state)
{
	struct fx *fx = *state;
	const struct fx_port conf = { .nb_rx = 2, .nb_tx = 2 };
	struct rte_mbuf *m;

	nl_up(fx, "", &conf);
	assert_int_equal(rte_eth_dev_tx_queue_stop(fx->tx_port, 0), 0);
	assert_int_equal(tx_state(fx, 0), RTE_ETH_QUEUE_STATE_STOPPED);
	assert_int_equal(tx_state(fx, 1), RTE_ETH_QUEUE_STATE_STARTED);
	m = pkt_build(fx->pool, &(struct pkt){ 0 });
	assert_int_equal(rte_eth_tx_burst(fx->tx_port, 0, &m, 1), 0);
	rte_pktmbuf_free(m);
	send_to(fx, 1, 1);
	assert_int_equal(fx_drain(fx->tx_port, 1), 1);
	assert_int_equal(rte_eth_dev_tx_queue_start(fx->tx_port, 0), 0);
	assert_int_equal(tx_state(fx, 0), RTE_ETH_QUEUE_STATE_STARTED);
	send_to(fx, 0, 2);
	assert_int_equal(fx_drain(fx->tx_port, 0), 1);
}

static void
deferred_queues_wait(void **state)
{
	struct fx *fx = *state;
	const struct fx_port conf = { .nb_rx = 2, .nb_tx = 2, .deferred = true };
	struct rte_mbuf *m;

	nl_up(fx, "", &conf);
	for (uint16_t q = 0; q < 2; q++) {
		assert_int_equal(rx_state(fx, q), RTE_ETH_QUEUE_STATE_STOPPED);
		assert_int_equal(tx_state(fx, q), RTE_ETH_QUEUE_STATE_STOPPED);
	}
	m = pkt_build(fx->pool, &(struct pkt){ 0 });
	assert_int_equal(rte_eth_tx_burst(fx->tx_port, 0, &m, 1), 0);
	rte_pktmbuf_free(m);
	assert_int_equal(rte_eth_dev_tx_queue_start(fx->tx_port, 0), 0);
	send_to(fx, 0, 1);
	assert_int_equal(nl_xstat(fx, "tx_drop_no_rx_queue"), 1);
	assert_int_equal(rte_eth_dev_rx_queue_start(fx->tx_port, 0), 0);
	send_to(fx, 0, 1);
	assert_int_equal(fx_drain(fx->tx_port, 0), 1);

	/* a new start defers them anew */
	assert_int_equal(rte_eth_dev_stop(fx->tx_port), 0);
	assert_int_equal(rte_eth_dev_start(fx->tx_port), 0);
	assert_int_equal(rx_state(fx, 0), RTE_ETH_QUEUE_STATE_STOPPED);
	assert_int_equal(tx_state(fx, 0), RTE_ETH_QUEUE_STATE_STOPPED);
}

/* Every descriptor of the ring, at every fill, from every place in it. */
static void
descriptors_tell_the_fill(void **state)
{
	struct fx *fx = *state;
	const struct fx_port conf = { .nb_rxd = DEPTH, .nb_txd = DEPTH };
	struct rte_mbuf *m;

	nl_up(fx, "", &conf);
	for (unsigned int fill = 0; fill <= DEPTH; fill++) {
		assert_int_equal(rte_eth_rx_queue_count(fx->tx_port, 0), fill);
#ifdef HAVE_TX_QUEUE_COUNT
		assert_int_equal(rte_eth_tx_queue_count(fx->tx_port, 0), fill);
#endif
		for (uint16_t i = 0; i < DEPTH; i++) {
			assert_int_equal(rte_eth_rx_descriptor_status(fx->tx_port, 0, i),
					i < fill ? RTE_ETH_RX_DESC_DONE : RTE_ETH_RX_DESC_AVAIL);
			assert_int_equal(rte_eth_tx_descriptor_status(fx->tx_port, 0, i),
					i < DEPTH - fill ? RTE_ETH_TX_DESC_DONE
							 : RTE_ETH_TX_DESC_FULL);
		}
		if (fill == DEPTH)
			break;
		/* one out, two in: the ring turns as it fills */
		if (fill > 0) {
			assert_int_equal(rte_eth_rx_burst(fx->tx_port, 0, &m, 1), 1);
			rte_pktmbuf_free(m);
			send_to(fx, 0, fill);
		}
		send_to(fx, 0, fill);
	}
	assert_int_equal(rte_eth_rx_descriptor_status(fx->tx_port, 0, DEPTH), -EINVAL);
	assert_int_equal(rte_eth_tx_descriptor_status(fx->tx_port, 0, DEPTH), -EINVAL);
	assert_int_equal(rte_eth_tx_done_cleanup(fx->tx_port, 0, 0), 0);
}

static void
info_is_what_was_set_up(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf = { .nb_rx = 2, .nb_tx = 3, .nb_rxd = 77, .nb_txd = 99 };
	struct rte_eth_rxq_info rx;
	struct rte_eth_txq_info tx;

	conf.eth.rxmode.offloads = RTE_ETH_RX_OFFLOAD_SCATTER;
	conf.eth.txmode.offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	nl_up(fx, "", &conf);
	assert_int_equal(rte_eth_rx_queue_info_get(fx->tx_port, 1, &rx), 0);
	assert_ptr_equal(rx.mp, fx->pool);
	assert_int_equal(rx.nb_desc, 77);
	assert_int_equal(rx.scattered_rx, 1);
	assert_int_equal(rx.conf.offloads, RTE_ETH_RX_OFFLOAD_SCATTER);
	assert_int_equal(rx.conf.rx_deferred_start, 0);
	assert_int_equal(rte_eth_tx_queue_info_get(fx->tx_port, 2, &tx), 0);
	assert_int_equal(tx.nb_desc, 99);
	assert_int_equal(tx.conf.offloads, RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	assert_int_equal(rte_eth_rx_queue_info_get(fx->tx_port, 2, &rx), -EINVAL);
	assert_int_equal(rte_eth_tx_queue_info_get(fx->tx_port, 3, &tx), -EINVAL);
}

static void
assert_mode(struct fx *fx, const char *args, uint16_t nb_tx, const char *tx, const char *rx)
{
	const struct fx_port conf = { .nb_tx = nb_tx };
	struct rte_eth_burst_mode mode;

	nl_up(fx, args, &conf);
	assert_int_equal(rte_eth_tx_burst_mode_get(fx->tx_port, 0, &mode), 0);
	if (strstr(mode.info, tx) == NULL)
		fail_msg("%s: transmit burst mode '%s' without '%s'", args, mode.info, tx);
	assert_int_equal(rte_eth_rx_burst_mode_get(fx->tx_port, 0, &mode), 0);
	if (strstr(mode.info, rx) == NULL)
		fail_msg("%s: receive burst mode '%s' without '%s'", args, mode.info, rx);
	fx_vdev_remove(fx, NL_NAME);
}

static void
burst_modes_have_names(void **state)
{
	struct fx *fx = *state;

	assert_mode(fx, "steer=queue", 1, "one producer", "one producer");
	assert_mode(fx, "steer=queue", 2, "several producers", "several producers");
	assert_mode(fx, "steer=lcore", 1, "by lcore", "several producers");
	assert_mode(fx, "steer=flow", 1, "by flow", "one producer");
	assert_mode(fx, "steer=flow", 2, "by flow", "several producers");
}

/* --force-max-simd-bitwidth is obeyed: no vectors wider than it says. */
static void
burst_modes_obey_the_width(void **state)
{
	const bool narrow = rte_vect_get_max_simd_bitwidth() < RTE_VECT_SIMD_256;
	struct fx *fx = *state;
	struct rte_eth_burst_mode mode;

	nl_up(fx, "steer=queue", NULL);
	assert_int_equal(rte_eth_tx_burst_mode_get(fx->tx_port, 0, &mode), 0);
	if (narrow)
		assert_null(strstr(mode.info, "AVX2"));
	assert_int_equal(rte_eth_rx_burst_mode_get(fx->tx_port, 0, &mode), 0);
	if (narrow)
		assert_null(strstr(mode.info, "AVX2"));
}

/* What an application may watch to sleep: it sleeps on an empty queue and not on a full one. */
static void
monitor_address_wakes(void **state)
{
	static const char *const args[] = { "steer=queue", "steer=lcore", "steer=flow" };
	struct fx *fx = *state;
	struct rte_power_monitor_cond cond;
	uint64_t value;

	for (unsigned int i = 0; i < RTE_DIM(args); i++) {
		nl_up(fx, args[i], NULL);
		/* round the ring and over its end */
		for (unsigned int lap = 0; lap < 2000; lap++) {
			struct rte_mbuf *m;

			assert_int_equal(rte_eth_get_monitor_addr(fx->tx_port, 0, &cond), 0);
			assert_int_equal(cond.size, sizeof(value));
			memcpy(&value, (const void *)(uintptr_t)cond.addr, sizeof(value));
			assert_int_equal(cond.fn(value, cond.opaque), 0);
			send_to(fx, 0, lap);
			memcpy(&value, (const void *)(uintptr_t)cond.addr, sizeof(value));
			assert_int_equal(cond.fn(value, cond.opaque), -1);
			/* asked too late: there is a packet already */
			assert_int_equal(rte_eth_get_monitor_addr(fx->tx_port, 0, &cond), 0);
			assert_int_equal(cond.fn(value, cond.opaque), -1);
			assert_int_equal(rte_eth_rx_burst(fx->tx_port, 0, &m, 1), 1);
			rte_pktmbuf_free(m);
		}
		fx_vdev_remove(fx, NL_NAME);
	}
}

static const struct lo_case queues_cases[] = {
	LO_CASE(rx_queue_stops_alone),
	LO_CASE(tx_queue_stops_alone),
	LO_CASE(deferred_queues_wait),
	LO_CASE(descriptors_tell_the_fill),
	LO_CASE(info_is_what_was_set_up),
	LO_CASE(burst_modes_have_names),
	LO_CASE(burst_modes_obey_the_width),
	LO_CASE(monitor_address_wakes),
};
LO_REGISTER_TEST(net_lo_autotest, queues_cases);
