/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Configuration: what is not supported is refused, and any state can be left by a close. */

#include "ut.h"

/* The lowest offload bit that the device does not advertise. */
static uint64_t
missing_bit(uint64_t capa)
{
	return ~capa & (capa + 1);
}

static void
unknown_rx_offload_refused(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_conf eth = { 0 };

	ut_plug(fx);
	eth.rxmode.offloads = missing_bit(ut_rx_info(fx).rx_offload_capa);
	assert_int_equal(rte_eth_dev_configure(fx->rx_port, 1, 1, &eth), -EINVAL);
}

static void
unknown_tx_offload_refused(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_conf eth = { 0 };

	ut_plug(fx);
	eth.txmode.offloads = missing_bit(ut_tx_info(fx).tx_offload_capa);
	assert_int_equal(rte_eth_dev_configure(fx->tx_port, 1, 1, &eth), -EINVAL);
}

/* An offload that only one queue asks for must be one that queues can have. */
static void
unknown_queue_offload_refused(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_conf eth = { 0 };
	struct rte_eth_dev_info info;

	ut_plug(fx);
	info = ut_rx_info(fx);
	fx->pool = fx_pool(fx, 1023, 2048);
	assert_int_equal(rte_eth_dev_configure(fx->rx_port, 1, 1, &eth), 0);
	info.default_rxconf.offloads = missing_bit(info.rx_queue_offload_capa);
	assert_true(rte_eth_rx_queue_setup(fx->rx_port, 0, 512, SOCKET_ID_ANY, &info.default_rxconf,
				    fx->pool) < 0);
	info.default_txconf.offloads = missing_bit(info.tx_queue_offload_capa);
	assert_true(rte_eth_tx_queue_setup(
				    fx->rx_port, 0, 512, SOCKET_ID_ANY, &info.default_txconf) < 0);
}

static void
too_many_queues_refused(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_conf eth = { 0 };
	struct rte_eth_dev_info info;

	ut_plug(fx);
	info = ut_rx_info(fx);
	if (info.max_rx_queues < UINT16_MAX)
		assert_true(rte_eth_dev_configure(fx->rx_port, info.max_rx_queues + 1, 1, &eth) <
				0);
	if (info.max_tx_queues < UINT16_MAX)
		assert_true(rte_eth_dev_configure(fx->rx_port, 1, info.max_tx_queues + 1, &eth) <
				0);
	assert_int_equal(rte_eth_dev_configure(fx->rx_port, 1, 1, &eth), 0);
}

/* Receive interrupts are either refused here or there: accepted and then missing is neither. */
static void
rxq_interrupt_refused_when_unsupported(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf;
	int ret;

	ut_plug(fx);
	conf = ut_conf(fx);
	conf.pool = fx_pool(fx, 1023, 2048);
	conf.eth.intr_conf.rxq = 1;
	if (ut_try(fx, &conf) != 0)
		return;
	ret = rte_eth_dev_rx_intr_enable(fx->rx_port, 0);
	if (ret != 0)
		fail_msg("intr_conf.rxq accepted, rte_eth_dev_rx_intr_enable: %s",
				rte_strerror(-ret));
}

static void
rss_types_refused_when_unsupported(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_conf eth = { .rxmode.mq_mode = RTE_ETH_MQ_RX_RSS };
	uint64_t capa;

	ut_plug(fx);
	capa = ut_rx_info(fx).flow_type_rss_offloads;
	eth.rx_adv_conf.rss_conf.rss_hf = missing_bit(capa);
	assert_true(rte_eth_dev_configure(fx->rx_port, 1, 1, &eth) < 0);
}

static void
other_queue_modes_refused_when_unsupported(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_conf eth = { 0 };

	ut_plug(fx);
	if (ut_rx_info(fx).max_vmdq_pools != 0)
		return;
	eth.rxmode.mq_mode = RTE_ETH_MQ_RX_VMDQ_ONLY;
	assert_true(rte_eth_dev_configure(fx->rx_port, 1, 1, &eth) < 0);
	eth.rxmode.mq_mode = RTE_ETH_MQ_RX_NONE;
	eth.txmode.mq_mode = RTE_ETH_MQ_TX_VMDQ_ONLY;
	assert_true(rte_eth_dev_configure(fx->rx_port, 1, 1, &eth) < 0);
}

/* Closed in whatever state: the fixture's tear-down is the test. */
static void
close_never_configured(void **state)
{
	ut_plug(*state);
}

static void
close_after_configure(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_conf eth = { 0 };

	ut_plug(fx);
	ut_need_queues(fx, 2, 2);
	assert_int_equal(rte_eth_dev_configure(fx->tx_port, 2, 2, &eth), 0);
}

/* Two queues configured, one of them set up. */
static void
half_configured(struct fx *fx)
{
	struct rte_eth_conf eth = { 0 };
	struct fx_port conf;

	ut_plug(fx);
	ut_need_queues(fx, 2, 2);
	assert_int_equal(rte_eth_dev_configure(fx->tx_port, 2, 2, &eth), 0);
	conf = ut_conf(fx);
	conf.pool = fx->pool = fx_pool(fx, 1023, 2048);
	assert_int_equal(fx_port_queues(fx->tx_port, &conf), 0);
}

static void
close_after_half_of_the_queues(void **state)
{
	half_configured(*state);
}

/* Starting a device with a missing queue is refused, or does no harm: the others work. */
static void
start_with_a_missing_queue(void **state)
{
	struct fx *fx = *state;

	half_configured(fx);
	if (rte_eth_dev_start(fx->tx_port) != 0)
		return;
	if (fx->rx_port == fx->tx_port)
		ut_loop(fx, 0, 0, 16, 60);
}

static void
close_while_queues_wait_for_start(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_conf eth = { 0 };
	struct fx_port conf;

	ut_plug(fx);
	assert_int_equal(rte_eth_dev_configure(fx->tx_port, 1, 1, &eth), 0);
	conf = ut_conf(fx);
	conf.pool = fx_pool(fx, 1023, 2048);
	assert_int_equal(fx_port_queues(fx->tx_port, &conf), 0);
}

static void
configure_while_started_refused(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_conf eth = { 0 };

	ut_up(fx, NULL);
	assert_int_equal(rte_eth_dev_configure(fx->tx_port, 1, 1, &eth), -EBUSY);
	ut_loop(fx, 0, 0, 16, 60);
}

static void
device_reset(void **state)
{
	struct fx *fx = *state;

	for (unsigned int i = 0; i < 3; i++) {
		ut_up(fx, NULL);
		fx_rx_none(fx->rx_port, 0);
		ut_loop(fx, 0, 0, 16, 60);
		/* Not in the first round, for the device may not support what follows. */
		if (i > 0)
			ut_send(fx, 0, 16, 1, 60);
		ut_stop(fx);
		ut_supported(rte_eth_dev_reset(fx->tx_port), "rte_eth_dev_reset");
		if (fx->rx_port != fx->tx_port)
			ut_supported(rte_eth_dev_reset(fx->rx_port), "rte_eth_dev_reset");
	}
}

static const struct lo_case config_cases[] = {
	LO_CASE(unknown_rx_offload_refused),
	LO_CASE(unknown_tx_offload_refused),
	LO_CASE(unknown_queue_offload_refused),
	LO_CASE(too_many_queues_refused),
	LO_CASE(rxq_interrupt_refused_when_unsupported),
	LO_CASE(rss_types_refused_when_unsupported),
	LO_CASE(other_queue_modes_refused_when_unsupported),
	LO_CASE(close_never_configured),
	LO_CASE(close_after_configure),
	LO_CASE(close_after_half_of_the_queues),
	LO_CASE(start_with_a_missing_queue),
	LO_CASE(close_while_queues_wait_for_start),
	LO_CASE(configure_while_started_refused),
	LO_CASE(device_reset),
};
LO_REGISTER_TEST(ethdev_autotest, config_cases);
