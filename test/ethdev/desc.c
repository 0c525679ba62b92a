/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* What a queue tells of itself: its configuration, its fill, its state. */

#include <rte_power_intrinsics.h>

#include "ut.h"

static void
rxq_info_is_true(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf = ut_conf(fx);
	struct rte_eth_rxq_info info;

	conf.nb_rxd = 256;
	ut_up(fx, &conf);
	ut_supported(rte_eth_rx_queue_info_get(fx->rx_port, 0, &info), "rte_eth_rx_queue_info_get");
	assert_ptr_equal(info.mp, fx->pool);
	assert_int_equal(info.nb_desc, 256);
	assert_int_equal(info.conf.offloads, 0);
	assert_true(rte_eth_rx_queue_info_get(fx->rx_port, 1, &info) < 0);
}

static void
txq_info_is_true(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf = ut_conf(fx);
	struct rte_eth_txq_info info;

	conf.nb_txd = 256;
	ut_up(fx, &conf);
	ut_supported(rte_eth_tx_queue_info_get(fx->tx_port, 0, &info), "rte_eth_tx_queue_info_get");
	assert_int_equal(info.nb_desc, 256);
	assert_int_equal(info.conf.offloads, 0);
	assert_true(rte_eth_tx_queue_info_get(fx->tx_port, 1, &info) < 0);
}

static void
assert_states(struct fx *fx, uint8_t want)
{
	struct rte_eth_rxq_info rx;
	struct rte_eth_txq_info tx;

	ut_supported(rte_eth_rx_queue_info_get(fx->rx_port, 0, &rx), "rte_eth_rx_queue_info_get");
	ut_supported(rte_eth_tx_queue_info_get(fx->tx_port, 0, &tx), "rte_eth_tx_queue_info_get");
	assert_int_equal(rx.queue_state, want);
	assert_int_equal(tx.queue_state, want);
}

static void
queue_states_follow_the_device(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	assert_states(fx, RTE_ETH_QUEUE_STATE_STARTED);
	ut_stop(fx);
	assert_states(fx, RTE_ETH_QUEUE_STATE_STOPPED);
	ut_start(fx, NULL);
	assert_states(fx, RTE_ETH_QUEUE_STATE_STARTED);
}

static void
queue_states_follow_the_queue(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	ut_supported(rte_eth_dev_rx_queue_stop(fx->rx_port, 0), "rte_eth_dev_rx_queue_stop");
	ut_supported(rte_eth_dev_tx_queue_stop(fx->tx_port, 0), "rte_eth_dev_tx_queue_stop");
	assert_states(fx, RTE_ETH_QUEUE_STATE_STOPPED);
	assert_int_equal(rte_eth_dev_rx_queue_start(fx->rx_port, 0), 0);
	assert_int_equal(rte_eth_dev_tx_queue_start(fx->tx_port, 0), 0);
	assert_states(fx, RTE_ETH_QUEUE_STATE_STARTED);
}

static void
deferred_queues_are_stopped(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf;

	ut_plug(fx);
	conf = ut_conf(fx);
	conf.pool = fx_pool(fx, 1023, 2048);
	conf.deferred = true;
	assert_int_equal(ut_try(fx, &conf), 0);
	assert_states(fx, RTE_ETH_QUEUE_STATE_STOPPED);
}

static void
burst_mode_has_a_name(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_burst_mode mode;

	ut_up(fx, NULL);
	ut_supported(rte_eth_rx_burst_mode_get(fx->rx_port, 0, &mode), "rte_eth_rx_burst_mode_get");
	assert_int_not_equal(mode.info[0], '\0');
	ut_supported(rte_eth_tx_burst_mode_get(fx->tx_port, 0, &mode), "rte_eth_tx_burst_mode_get");
	assert_int_not_equal(mode.info[0], '\0');
}

/* ethdev's answer for a missing operation, and a dummy's. */
static void
need(int ret, const char *call)
{
	if (ret == -ENOTSUP)
		lo_unsupported("%s", call);
	if (ret < 0)
		fail_msg("%s: %s", call, rte_strerror(-ret));
}

static void
rx_queue_count_is_exact(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	need(rte_eth_rx_queue_count(fx->rx_port, 0), "rte_eth_rx_queue_count");
	for (int n = 0; n <= 40; n += 8) {
		ut_send(fx, 0, n, 1, 60);
		assert_int_equal(rte_eth_rx_queue_count(fx->rx_port, 0), n);
		assert_int_equal(fx_drain(fx->rx_port, 0), n);
		assert_int_equal(rte_eth_rx_queue_count(fx->rx_port, 0), 0);
	}
}

static void
rx_descriptor_status_is_exact(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf = ut_conf(fx);

	conf.nb_rxd = 256;
	ut_up(fx, &conf);
	need(rte_eth_rx_descriptor_status(fx->rx_port, 0, 0), "rte_eth_rx_descriptor_status");
	ut_send(fx, 0, 3, 1, 60);
	for (uint16_t i = 0; i < 256; i++)
		assert_int_equal(rte_eth_rx_descriptor_status(fx->rx_port, 0, i),
				i < 3 ? RTE_ETH_RX_DESC_DONE : RTE_ETH_RX_DESC_AVAIL);
	assert_int_equal(rte_eth_rx_descriptor_status(fx->rx_port, 0, 256), -EINVAL);
	assert_int_equal(fx_drain(fx->rx_port, 0), 3);
	assert_int_equal(rte_eth_rx_descriptor_status(fx->rx_port, 0, 0), RTE_ETH_RX_DESC_AVAIL);
}

static void
tx_descriptor_status_of_empty_queue(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf = ut_conf(fx);

	conf.nb_txd = 256;
	ut_up(fx, &conf);
	need(rte_eth_tx_descriptor_status(fx->tx_port, 0, 0), "rte_eth_tx_descriptor_status");
	for (uint16_t i = 0; i < 256; i++)
		assert_int_equal(rte_eth_tx_descriptor_status(fx->tx_port, 0, i),
				RTE_ETH_TX_DESC_DONE);
	assert_int_equal(rte_eth_tx_descriptor_status(fx->tx_port, 0, 256), -EINVAL);
}

/* Offset 0 is the place of the next packet: taken, when a packet is refused. */
static void
tx_descriptor_status_of_full_queue(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf = ut_conf(fx);
	struct rte_mbuf *m;
	struct pkt p;

	conf.nb_rxd = conf.nb_txd = 256;
	ut_up(fx, &conf);
	need(rte_eth_tx_descriptor_status(fx->tx_port, 0, 0), "rte_eth_tx_descriptor_status");
	p = ut_pkt(fx, 1, 60);
	for (unsigned int i = 0; i < 1024; i++) {
		m = pkt_build(fx->pool, &p);
		if (rte_eth_tx_burst(fx->tx_port, 0, &m, 1) == 1)
			continue;
		rte_pktmbuf_free(m);
		assert_int_equal(rte_eth_tx_descriptor_status(fx->tx_port, 0, 0),
				RTE_ETH_TX_DESC_FULL);
		fx_drain(fx->rx_port, 0);
		assert_int_equal(rte_eth_tx_descriptor_status(fx->tx_port, 0, 0),
				RTE_ETH_TX_DESC_DONE);
		return;
	}
	fx_drain(fx->rx_port, 0);
	lo_unsupported("a transmit queue that fills");
}

static void
tx_queue_count_is_in_range(void **state)
{
#ifdef HAVE_TX_QUEUE_COUNT
	struct fx *fx = *state;
	struct fx_port conf = ut_conf(fx);
	int count;

	conf.nb_txd = 256;
	ut_up(fx, &conf);
	need(rte_eth_tx_queue_count(fx->tx_port, 0), "rte_eth_tx_queue_count");
	assert_int_equal(rte_eth_tx_queue_count(fx->tx_port, 0), 0);
	ut_send(fx, 0, 32, 1, 60);
	count = rte_eth_tx_queue_count(fx->tx_port, 0);
	assert_true(count >= 0 && count <= 256);
	fx_drain(fx->rx_port, 0);
	assert_int_equal(rte_eth_tx_queue_count(fx->tx_port, 0), 0);
#else
	RTE_SET_USED(state);
	lo_unsupported("rte_eth_tx_queue_count, by this release of DPDK");
#endif
}

static void
tx_done_cleanup_answers(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	need(rte_eth_tx_done_cleanup(fx->tx_port, 0, 0), "rte_eth_tx_done_cleanup");
	ut_send(fx, 0, 16, 1, 60);
	assert_int_equal(fx_drain(fx->rx_port, 0), 16);
	assert_true(rte_eth_tx_done_cleanup(fx->tx_port, 0, 0) >= 0);
	assert_int_equal(rte_mempool_avail_count(fx->pool), fx->pool->size);
}

static uint64_t
read_monitored(const struct rte_power_monitor_cond *pmc)
{
	switch (pmc->size) {
	case 1:
		return *(volatile uint8_t *)pmc->addr;
	case 2:
		return *(volatile uint16_t *)pmc->addr;
	case 4:
		return *(volatile uint32_t *)pmc->addr;
	default:
		return *(volatile uint64_t *)pmc->addr;
	}
}

/* A core may sleep on an empty queue, and a packet keeps it from it. */
static void
monitor_address_sees_packets(void **state)
{
	struct fx *fx = *state;
	struct rte_power_monitor_cond pmc;

	ut_up(fx, NULL);
	ut_supported(rte_eth_get_monitor_addr(fx->rx_port, 0, &pmc), "rte_eth_get_monitor_addr");
	assert_non_null(pmc.addr);
	assert_non_null(pmc.fn);
	assert_true(pmc.size == 1 || pmc.size == 2 || pmc.size == 4 || pmc.size == 8);
	assert_int_equal(pmc.fn(read_monitored(&pmc), pmc.opaque), 0);
	ut_send(fx, 0, 1, 1, 60);
	assert_int_not_equal(pmc.fn(read_monitored(&pmc), pmc.opaque), 0);
	assert_int_equal(fx_drain(fx->rx_port, 0), 1);
	ut_supported(rte_eth_get_monitor_addr(fx->rx_port, 0, &pmc), "rte_eth_get_monitor_addr");
	assert_int_equal(pmc.fn(read_monitored(&pmc), pmc.opaque), 0);
}

static const struct lo_case desc_cases[] = {
	LO_CASE(rxq_info_is_true),
	LO_CASE(txq_info_is_true),
	LO_CASE(queue_states_follow_the_device),
	LO_CASE(queue_states_follow_the_queue),
	LO_CASE(deferred_queues_are_stopped),
	LO_CASE(burst_mode_has_a_name),
	LO_CASE(rx_queue_count_is_exact),
	LO_CASE(rx_descriptor_status_is_exact),
	LO_CASE(tx_descriptor_status_of_empty_queue),
	LO_CASE(tx_descriptor_status_of_full_queue),
	LO_CASE(tx_queue_count_is_in_range),
	LO_CASE(tx_done_cleanup_answers),
	LO_CASE(monitor_address_sees_packets),
};
LO_REGISTER_TEST(ethdev_autotest, desc_cases);
