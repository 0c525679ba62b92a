/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Several queues, unequal numbers of them, and queues that stop and start alone. */

#include "ut.h"

#define PER_QUEUE 8
#define QUEUES_MAX 64

/* Send through every transmit queue; all arrive once, those of one queue in their order. */
static void
loop_all(struct fx *fx, uint16_t nb_rx, uint16_t nb_tx)
{
	uint32_t next[QUEUES_MAX] = { 0 };
	struct rte_mbuf *pkts[PER_QUEUE];
	unsigned int total = 0, got;
	bool ordered = true;

	assert_true(nb_tx <= QUEUES_MAX);
	for (uint16_t q = 0; q < nb_tx; q++)
		ut_send(fx, q, PER_QUEUE, q * PER_QUEUE, 60);
	nb_rx = ut_nb_rx(fx, nb_rx, nb_tx);
	for (uint16_t q = 0; q < nb_rx; q++) {
		while ((got = fx_rx(fx->rx_port, q, pkts, PER_QUEUE, 5)) > 0) {
			for (unsigned int i = 0; i < got; i++) {
				uint32_t stamp = pkt_stamp(pkts[i]);
				uint32_t txq = RTE_MIN(stamp / PER_QUEUE, QUEUES_MAX - 1u);

				ordered &= stamp % PER_QUEUE == next[txq]++;
			}
			rte_pktmbuf_free_bulk(pkts, got);
			total += got;
			if (total > nb_tx * PER_QUEUE)
				fail_msg("more than the %u packets sent", nb_tx * PER_QUEUE);
		}
	}
	assert_int_equal(total, nb_tx * PER_QUEUE);
	assert_true(ordered);
}

static void
up_queues(struct fx *fx, uint16_t nb_rx, uint16_t nb_tx)
{
	struct fx_port conf;

	ut_plug(fx);
	ut_need_queues(fx, nb_rx, nb_tx);
	conf = ut_conf(fx);
	conf.nb_rx = nb_rx;
	conf.nb_tx = nb_tx;
	ut_up(fx, &conf);
}

static void
multi_queue(void **state)
{
	up_queues(*state, 4, 4);
	loop_all(*state, 4, 4);
}

static void
more_tx_than_rx_queues(void **state)
{
	up_queues(*state, 1, 4);
	loop_all(*state, 1, 4);
}

static void
more_rx_than_tx_queues(void **state)
{
	up_queues(*state, 4, 1);
	loop_all(*state, 4, 1);
}

static void
queue_counts_3_and_2(void **state)
{
	up_queues(*state, 3, 2);
	loop_all(*state, 3, 2);
}

/* All queues that the device claims, up to 64. */
static void
all_queues(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_dev_info info;
	uint16_t n;

	ut_plug(fx);
	info = ut_rx_info(fx);
	n = RTE_MIN(info.max_rx_queues, info.max_tx_queues);
	n = RTE_MIN(n, QUEUES_MAX);
	up_queues(fx, n, n);
	loop_all(fx, n, n);
}

/* More queues and fewer again, on one device. */
static void
reconfigure_queue_counts(void **state)
{
	struct fx *fx = *state;

	up_queues(fx, 1, 1);
	loop_all(fx, 1, 1);
	ut_stop(fx);
	up_queues(fx, 4, 4);
	loop_all(fx, 4, 4);
	ut_stop(fx);
	up_queues(fx, 2, 2);
	loop_all(fx, 2, 2);
	ut_stop(fx);
	up_queues(fx, 1, 1);
	loop_all(fx, 1, 1);
}

/* Packets that waited in queues which are no more: the fixture finds them if they are lost. */
static void
reconfigure_frees_what_waited(void **state)
{
	struct fx *fx = *state;

	up_queues(fx, 4, 4);
	for (uint16_t q = 0; q < 4; q++)
		ut_send(fx, q, 16, 1, 60);
	ut_stop(fx);
	up_queues(fx, 1, 1);
	fx_rx_none(fx->rx_port, 0);
	loop_all(fx, 1, 1);
}

/* A queue may be set up anew without a configure, with another size. */
static void
queue_setup_twice(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf;

	ut_up(fx, NULL);
	ut_loop(fx, 0, 0, 8, 60);
	ut_stop(fx);
	conf = ut_conf(fx);
	conf.pool = fx->pool;
	conf.nb_rxd = conf.nb_txd = 128;
	assert_int_equal(fx_port_queues(fx->tx_port, &conf), 0);
	if (fx->rx_port != fx->tx_port)
		assert_int_equal(fx_port_queues(fx->rx_port, &conf), 0);
	ut_start(fx, NULL);
	ut_loop(fx, 0, 0, 32, 60);
}

/* One receive queue stops and starts, its neighbour never notices. */
static void
rx_queue_stop_start(void **state)
{
	struct fx *fx = *state;

	up_queues(fx, 2, 2);
	ut_supported(rte_eth_dev_rx_queue_stop(fx->rx_port, 1), "rte_eth_dev_rx_queue_stop");
	ut_supported(rte_eth_dev_rx_queue_start(fx->rx_port, 1), "rte_eth_dev_rx_queue_start");
	loop_all(fx, 2, 2);

	assert_int_equal(rte_eth_dev_rx_queue_stop(fx->rx_port, 1), 0);
	ut_loop(fx, 0, 0, 16, 60);
	assert_int_equal(rte_eth_dev_rx_queue_start(fx->rx_port, 1), 0);
	loop_all(fx, 2, 2);
}

/* What waited in a queue that stops does not come out when it starts. */
static void
rx_queue_stop_drops_what_waited(void **state)
{
	struct fx *fx = *state;

	up_queues(fx, 1, 1);
	ut_supported(rte_eth_dev_rx_queue_stop(fx->rx_port, 0), "rte_eth_dev_rx_queue_stop");
	ut_supported(rte_eth_dev_rx_queue_start(fx->rx_port, 0), "rte_eth_dev_rx_queue_start");
	ut_send(fx, 0, 16, 1, 60);
	assert_int_equal(rte_eth_dev_rx_queue_stop(fx->rx_port, 0), 0);
	assert_int_equal(rte_eth_dev_rx_queue_start(fx->rx_port, 0), 0);
	fx_rx_none(fx->rx_port, 0);
	loop_all(fx, 1, 1);
}

static void
tx_queue_stop_start(void **state)
{
	struct fx *fx = *state;

	up_queues(fx, 2, 2);
	ut_supported(rte_eth_dev_tx_queue_stop(fx->tx_port, 1), "rte_eth_dev_tx_queue_stop");
	ut_loop(fx, 0, 0, 16, 60);
	ut_supported(rte_eth_dev_tx_queue_start(fx->tx_port, 1), "rte_eth_dev_tx_queue_start");
	loop_all(fx, 2, 2);
}

/* A deferred queue waits for its own start. */
static void
deferred_start(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf;
	uint16_t ports[2];

	ut_plug(fx);
	conf = ut_conf(fx);
	conf.deferred = true;
	fx->pool = conf.pool = fx_pool(fx, 2047, 2048);
	ports[0] = fx->tx_port;
	ports[1] = fx->rx_port;
	for (unsigned int i = 0; i < (ports[0] == ports[1] ? 1u : 2u); i++) {
		assert_int_equal(fx_port_try(ports[i], &conf), 0);
		ut_supported(rte_eth_dev_rx_queue_start(ports[i], 0), "rte_eth_dev_rx_queue_start");
		ut_supported(rte_eth_dev_tx_queue_start(ports[i], 0), "rte_eth_dev_tx_queue_start");
	}
	ut_wait_link(fx, &conf);
	ut_loop(fx, 0, 0, 16, 60);
}

static const struct lo_case queues_cases[] = {
	LO_CASE(multi_queue),
	LO_CASE(more_tx_than_rx_queues),
	LO_CASE(more_rx_than_tx_queues),
	LO_CASE(queue_counts_3_and_2),
	LO_CASE(all_queues),
	LO_CASE(reconfigure_queue_counts),
	LO_CASE(reconfigure_frees_what_waited),
	LO_CASE(queue_setup_twice),
	LO_CASE(rx_queue_stop_start),
	LO_CASE(rx_queue_stop_drops_what_waited),
	LO_CASE(tx_queue_stop_start),
	LO_CASE(deferred_start),
};
LO_REGISTER_TEST(ethdev_autotest, queues_cases);
