/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Basic and extended statistics: every packet, every byte, per queue, and they agree. */

#include <stdlib.h>
#include <string.h>

#include "ut.h"

/* Of a pair, what was sent is counted on one port and what was received on the other. */
static struct rte_eth_stats
stats_of(uint16_t port)
{
	struct rte_eth_stats stats;

	assert_int_equal(rte_eth_stats_get(port, &stats), 0);
	return stats;
}

static void
assert_zero(uint16_t port)
{
	struct rte_eth_stats s = stats_of(port);

	assert_int_equal(s.ipackets, 0);
	assert_int_equal(s.opackets, 0);
	assert_int_equal(s.ibytes, 0);
	assert_int_equal(s.obytes, 0);
	assert_int_equal(s.imissed, 0);
	assert_int_equal(s.ierrors, 0);
	assert_int_equal(s.oerrors, 0);
	assert_int_equal(s.rx_nombuf, 0);
}

static void
stats_zero_at_start(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	assert_zero(fx->tx_port);
	assert_zero(fx->rx_port);
}

/* Over several bursts: they add up. */
static void
stats_count_packets(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	for (unsigned int n = 1; n <= 40; n++)
		ut_loop(fx, 0, 0, n, 60);
	assert_int_equal(stats_of(fx->tx_port).opackets, 820);
	assert_int_equal(stats_of(fx->rx_port).ipackets, 820);
}

static void
stats_count_bytes(void **state)
{
	struct fx *fx = *state;
	uint64_t bytes = 0;

	ut_up(fx, NULL);
	for (uint32_t size = 60; size < 1500; size += 100) {
		ut_loop(fx, 0, 0, 3, size);
		bytes += 3 * size;
	}
	assert_int_equal(stats_of(fx->tx_port).obytes, bytes);
	assert_int_equal(stats_of(fx->rx_port).ibytes, bytes);
}

/* What is sent counts as sent before anybody received it. */
static void
stats_of_both_sides_are_apart(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	ut_send(fx, 0, 10, 1, 60);
	assert_int_equal(stats_of(fx->tx_port).opackets, 10);
	assert_int_equal(stats_of(fx->rx_port).ipackets, 0);
	assert_int_equal(fx_drain(fx->rx_port, 0), 10);
	assert_int_equal(stats_of(fx->rx_port).ipackets, 10);
}

static void
stats_without_errors(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_stats tx, rx;

	ut_up(fx, NULL);
	ut_loop(fx, 0, 0, 32, 60);
	tx = stats_of(fx->tx_port);
	rx = stats_of(fx->rx_port);
	assert_int_equal(tx.oerrors + rx.oerrors + tx.ierrors + rx.ierrors, 0);
	assert_int_equal(rx.imissed + rx.rx_nombuf, 0);
}

static void
stats_reset_zeroes(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	ut_loop(fx, 0, 0, 32, 60);
	ut_supported(rte_eth_stats_reset(fx->tx_port), "rte_eth_stats_reset");
	ut_supported(rte_eth_stats_reset(fx->rx_port), "rte_eth_stats_reset");
	assert_zero(fx->tx_port);
	assert_zero(fx->rx_port);
	ut_loop(fx, 0, 0, 5, 100);
	assert_int_equal(stats_of(fx->tx_port).opackets, 5);
	assert_int_equal(stats_of(fx->rx_port).ipackets, 5);
}

/* A wrong length of the caller's array is answered with the right one. */
static void
xstats_names_fit_values(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_xstat_name *names;
	struct rte_eth_xstat *values;
	bool ordered = true, distinct = true;
	int n;

	ut_up(fx, NULL);
	n = rte_eth_xstats_get_names(fx->tx_port, NULL, 0);
	assert_true(n > 0);
	assert_int_equal(rte_eth_xstats_get(fx->tx_port, NULL, 0), n);

	names = calloc(n, sizeof(*names));
	values = calloc(n, sizeof(*values));
	if (names == NULL || values == NULL) {
		free(names);
		free(values);
		fail_msg("no memory for %d statistics", n);
		return;
	}
	assert_int_equal(rte_eth_xstats_get_names(fx->tx_port, names, n - 1), n);
	assert_int_equal(rte_eth_xstats_get_names(fx->tx_port, names, n), n);
	assert_int_equal(rte_eth_xstats_get(fx->tx_port, values, n - 1), n);
	assert_int_equal(rte_eth_xstats_get(fx->tx_port, values, n), n);
	for (int i = 0; i < n; i++) {
		ordered &= values[i].id == (uint64_t)i && names[i].name[0] != '\0';
		for (int k = 0; k < i; k++)
			distinct &= strcmp(names[i].name, names[k].name) != 0;
	}
	free(names);
	free(values);
	assert_true(ordered);
	assert_true(distinct);
}

static uint64_t
xstat(uint16_t port, const char *name)
{
	uint64_t value;

	if (!ut_xstat(port, name, &value))
		fail_msg("no extended statistic %s", name);
	return value;
}

static void
xstats_agree_with_stats(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_stats tx, rx;

	ut_up(fx, NULL);
	ut_loop(fx, 0, 0, 32, 77);
	tx = stats_of(fx->tx_port);
	rx = stats_of(fx->rx_port);
	assert_int_equal(xstat(fx->tx_port, "tx_good_packets"), tx.opackets);
	assert_int_equal(xstat(fx->tx_port, "tx_good_bytes"), tx.obytes);
	assert_int_equal(xstat(fx->rx_port, "rx_good_packets"), rx.ipackets);
	assert_int_equal(xstat(fx->rx_port, "rx_good_bytes"), rx.ibytes);
	assert_int_equal(xstat(fx->tx_port, "tx_good_packets"), 32);
	assert_int_equal(xstat(fx->rx_port, "rx_missed_errors"), rx.imissed);
}

static void
xstats_reset_zeroes(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	ut_loop(fx, 0, 0, 32, 60);
	ut_supported(rte_eth_xstats_reset(fx->tx_port), "rte_eth_xstats_reset");
	assert_int_equal(xstat(fx->tx_port, "tx_good_packets"), 0);
	assert_int_equal(xstat(fx->tx_port, "tx_good_bytes"), 0);
}

/* A queue's counters move with that queue. They exist as extended statistics in every release. */
static void
stats_per_queue(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf;
	uint64_t value, rx0, rx1;

	ut_plug(fx);
	ut_need_queues(fx, 2, 2);
	conf = ut_conf(fx);
	conf.nb_rx = conf.nb_tx = 2;
	ut_up(fx, &conf);
	if (!ut_xstat(fx->tx_port, "tx_q1_packets", &value))
		lo_unsupported("statistics per queue");

	ut_send(fx, 1, 20, 1, 100);
	assert_int_equal(fx_drain(fx->rx_port, 0) + fx_drain(fx->rx_port, 1), 20);
	assert_int_equal(xstat(fx->tx_port, "tx_q0_packets"), 0);
	assert_int_equal(xstat(fx->tx_port, "tx_q1_packets"), 20);
	rx0 = xstat(fx->rx_port, "rx_q0_packets");
	rx1 = xstat(fx->rx_port, "rx_q1_packets");
	assert_int_equal(rx0 + rx1, 20);
}

static void
stats_per_queue_count_bytes(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf;
	uint64_t value;

	ut_plug(fx);
	ut_need_queues(fx, 2, 2);
	conf = ut_conf(fx);
	conf.nb_rx = conf.nb_tx = 2;
	ut_up(fx, &conf);
	if (!ut_xstat(fx->tx_port, "tx_q1_bytes", &value))
		lo_unsupported("statistics per queue");

	ut_send(fx, 1, 20, 1, 100);
	assert_int_equal(fx_drain(fx->rx_port, 0) + fx_drain(fx->rx_port, 1), 20);
	assert_int_equal(xstat(fx->tx_port, "tx_q1_bytes"), 2000);
	assert_int_equal(xstat(fx->rx_port, "rx_q0_bytes") + xstat(fx->rx_port, "rx_q1_bytes"),
			2000);
}

/* Beyond the 16 queues that the basic statistics have room for. */
static void
stats_beyond_16_queues(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf;
	uint64_t value;
	unsigned int got = 0;

	ut_plug(fx);
	ut_need_queues(fx, 20, 20);
	conf = ut_conf(fx);
	conf.nb_rx = conf.nb_tx = 20;
	ut_up(fx, &conf);

	ut_send(fx, 19, 20, 1, 100);
	for (uint16_t q = 0; q < 20; q++)
		got += fx_drain(fx->rx_port, q);
	assert_int_equal(got, 20);
	assert_int_equal(stats_of(fx->tx_port).opackets, 20);
	assert_int_equal(stats_of(fx->rx_port).ipackets, 20);
	if (!ut_xstat(fx->tx_port, "tx_q19_packets", &value))
		lo_unsupported("statistics of queue 19");
	assert_int_equal(value, 20);
}

static const struct lo_case stats_cases[] = {
	LO_CASE(stats_zero_at_start),
	LO_CASE(stats_count_packets),
	LO_CASE(stats_count_bytes),
	LO_CASE(stats_of_both_sides_are_apart),
	LO_CASE(stats_without_errors),
	LO_CASE(stats_reset_zeroes),
	LO_CASE(xstats_names_fit_values),
	LO_CASE(xstats_agree_with_stats),
	LO_CASE(xstats_reset_zeroes),
	LO_CASE(stats_per_queue),
	LO_CASE(stats_per_queue_count_bytes),
	LO_CASE(stats_beyond_16_queues),
};
LO_REGISTER_TEST(ethdev_autotest, stats_cases);
