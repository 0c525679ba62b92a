/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Stop and start, unplug and plug: nothing old comes back, nothing is left behind. */

#include <rte_bus_vdev.h>
#include <rte_malloc.h>

#include "ut.h"

#define CYCLES 4

static void
stop_returns_what_waited(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	ut_send(fx, 0, 16, 1, 60);
	ut_stop(fx);
	assert_int_equal(rte_mempool_avail_count(fx->pool), fx->pool->size);
}

static void
stop_start_brings_no_stale_frames(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	ut_send(fx, 0, 16, 1, 60);
	ut_stop(fx);
	ut_start(fx, NULL);
	fx_rx_none(fx->rx_port, 0);
	ut_loop(fx, 0, 0, 16, 60);
}

static void
stop_start_many_times(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	for (unsigned int i = 0; i < 20; i++) {
		ut_loop(fx, 0, 0, 16, 60);
		ut_stop(fx);
		ut_start(fx, NULL);
	}
}

/* The fixture counts. */
static void
close_returns_what_waited(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf;

	ut_plug(fx);
	conf = ut_conf(fx);
	conf.nb_rx = conf.nb_tx = RTE_MIN(4, ut_tx_info(fx).max_tx_queues);
	conf.nb_rx = RTE_MIN(conf.nb_rx, ut_tx_info(fx).max_rx_queues);
	conf.nb_tx = conf.nb_rx;
	ut_up(fx, &conf);
	for (uint16_t q = 0; q < conf.nb_tx; q++)
		ut_send(fx, q, 16, 1, 60);
}

/* Traffic against a stopped port does nothing, and calls nothing that is gone. */
static void
stopped_port_moves_nothing(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *m;
	struct pkt p;

	ut_up(fx, NULL);
	ut_stop(fx);
	p = ut_pkt(fx, 1, 60);
	m = pkt_build(fx->pool, &p);
	assert_int_equal(rte_eth_tx_burst(fx->tx_port, 0, &m, 1), 0);
	rte_pktmbuf_free(m);
	assert_int_equal(rte_eth_rx_burst(fx->rx_port, 0, &m, 1), 0);
}

/* Unplug without a stop or a close before: the driver does both, or refuses and goes on. */
static void
unplug_while_started(void **state)
{
	struct fx *fx = *state;
	unsigned int nb;
	const struct lo_vdev *v = lo_test_vdevs(&nb);

	ut_up(fx, NULL);
	ut_send(fx, 0, 16, 1, 60);
	if (rte_vdev_uninit(v[0].name) != 0) {
		assert_true(rte_eth_dev_is_valid_port(fx->tx_port));
		assert_int_equal(fx_drain(fx->rx_port, 0), 16);
		ut_loop(fx, 0, 0, 16, 60);
		return;
	}
	if (nb == 2)
		assert_int_equal(rte_vdev_uninit(v[1].name), 0);
	fx->nb_vdevs = 0;
	assert_false(rte_eth_dev_is_valid_port(fx->tx_port));
	assert_int_equal(rte_mempool_avail_count(fx->pool), fx->pool->size);
}

static void
unplug_all(struct fx *fx)
{
	while (fx->nb_vdevs > 0)
		fx_vdev_remove(fx, fx->vdevs[fx->nb_vdevs - 1]);
	fx->tx_port = fx->rx_port = RTE_MAX_ETHPORTS;
}

static void
replug_works(void **state)
{
	struct fx *fx = *state;

	for (unsigned int i = 0; i < CYCLES; i++) {
		ut_plug(fx);
		ut_up(fx, NULL);
		ut_loop(fx, 0, 0, 16, 60);
		unplug_all(fx);
	}
}

static unsigned int
heap_objects(void)
{
	unsigned int total = 0;

	for (unsigned int i = 0; i < rte_socket_count(); i++) {
		struct rte_malloc_socket_stats stats;

		if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(i), &stats) == 0)
			total += stats.alloc_count;
	}
	return total;
}

static unsigned int
heap_after_cycle(struct fx *fx)
{
	struct fx_port conf;

	ut_plug(fx);
	conf = ut_conf(fx);
	conf.nb_rx = conf.nb_tx = RTE_MIN(2, ut_tx_info(fx).max_tx_queues);
	ut_up(fx, &conf);
	ut_loop(fx, 0, 0, 16, 60);
	unplug_all(fx);
	return heap_objects();
}

/* What the first cycle keeps may be kept for the process. What each one keeps is lost. */
static void
replug_leaves_nothing_behind(void **state)
{
	struct fx *fx = *state;
	unsigned int first, last;

	first = heap_after_cycle(fx);
	for (unsigned int i = 0; i < CYCLES; i++)
		last = heap_after_cycle(fx);
	if (last != first)
		fail_msg("%u heap objects after a cycle, %u after %u more", first, last, CYCLES);
}

/* The first port's number and name are free again. */
static void
closed_port_is_gone(void **state)
{
	struct fx *fx = *state;
	uint16_t port;
	unsigned int nb;

	ut_up(fx, NULL);
	assert_int_equal(rte_eth_dev_stop(fx->tx_port), 0);
	assert_int_equal(rte_eth_dev_close(fx->tx_port), 0);
	assert_false(rte_eth_dev_is_valid_port(fx->tx_port));
	assert_int_equal(rte_eth_dev_get_port_by_name(lo_test_vdevs(&nb)->name, &port), -ENODEV);
	assert_int_equal(rte_eth_dev_close(fx->tx_port), -ENODEV);
}

static const struct lo_case life_cases[] = {
	LO_CASE(stop_returns_what_waited),
	LO_CASE(stop_start_brings_no_stale_frames),
	LO_CASE(stop_start_many_times),
	LO_CASE(close_returns_what_waited),
	LO_CASE(stopped_port_moves_nothing),
	LO_CASE(unplug_while_started),
	LO_CASE(replug_works),
	LO_CASE(replug_leaves_nothing_behind),
	LO_CASE(closed_port_is_gone),
};
LO_REGISTER_TEST(ethdev_autotest, life_cases);
