/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The secondary process: the roles that net_lo_secondary_autotest wants played. */

#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>

#include "nl.h"
#include "secondary.h"

#define DEADLINE_S 20

static void
attach(struct fx *fx)
{
	const char *pool = getenv(SECONDARY_POOL);

	if (rte_eal_process_type() != RTE_PROC_SECONDARY || pool == NULL)
		lo_unsupported("a role outside of net_lo_secondary_autotest");
	/* looked up, not made: the fixture must not take down what is the primary's */
	fx->pool = rte_mempool_lookup(pool);
	assert_non_null(fx->pool);
	assert_int_equal(rte_eth_dev_get_port_by_name(SECONDARY_DEVICE, &fx->tx_port), 0);
	fx->rx_port = fx->tx_port;
}

static uint64_t
deadline(void)
{
	return rte_get_timer_cycles() + DEADLINE_S * rte_get_timer_hz();
}

/* From one queue to the other, in order, through bursts that change. */
static void
echo(void **state)
{
	struct fx *fx = *state;
	uint64_t end = deadline(), random = 1;
	struct rte_mbuf *pkts[64];
	uint32_t got = 0;

	attach(fx);
	while (got < ECHO_PACKETS && rte_get_timer_cycles() < end) {
		uint16_t n = rte_eth_rx_burst(
				fx->tx_port, 0, pkts, 1 + nl_random(&random) % RTE_DIM(pkts));

		for (uint16_t i = 0; i < n; i++)
			assert_int_equal(pkt_stamp(pkts[i]), got++);
		fx_tx_all(fx->tx_port, 1, pkts, n);
	}
	assert_int_equal(got, ECHO_PACKETS);
}

static void
statistics(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_burst_mode mode;
	struct rte_eth_link link;
	char *dump;

	attach(fx);
	assert_int_equal(nl_stats(fx).opackets, STATS_PACKETS);
	assert_int_equal(nl_stats(fx).obytes, STATS_PACKETS * STATS_BYTES);
	assert_int_equal(nl_stats(fx).oerrors, 1);
	assert_int_equal(nl_stats(fx).ipackets, 0);
	assert_int_equal(nl_xstat(fx, "tx_q1_packets"), STATS_PACKETS);
	assert_int_equal(nl_xstat(fx, "tx_q0_drops"), 1);
	assert_int_equal(nl_xstat(fx, "tx_drop_oversize"), 1);
	assert_int_equal(rte_eth_rx_queue_count(fx->tx_port, 1), STATS_PACKETS);
	assert_int_equal(rte_eth_rx_descriptor_status(fx->tx_port, 1, STATS_PACKETS - 1),
			RTE_ETH_RX_DESC_DONE);
	assert_int_equal(rte_eth_link_get_nowait(fx->tx_port, &link), 0);
	assert_int_equal(link.link_status, RTE_ETH_LINK_UP);
	assert_int_equal(rte_eth_tx_burst_mode_get(fx->tx_port, 0, &mode), 0);
	assert_non_null(strstr(mode.info, "secondary"));
	dump = nl_dump(fx);
	assert_non_null(strstr(dump, "link up"));
	free(dump);
	/* only the primary can sleep */
	assert_int_equal(rte_eth_dev_rx_intr_enable(fx->tx_port, 0), -ENOTSUP);
}

static void
wake(void **state)
{
	struct fx *fx = *state;
	uint64_t end = deadline();
	struct rte_mbuf *m;
	uint32_t got = 0;

	attach(fx);
	while (got < WAKE_UPS && rte_get_timer_cycles() < end) {
		if (rte_eth_rx_burst(fx->tx_port, 1, &m, 1) == 0)
			continue;
		/* long enough for the primary to fall asleep */
		rte_delay_us_sleep(100);
		fx_tx_all(fx->tx_port, 0, &m, 1);
		got++;
	}
	assert_int_equal(got, WAKE_UPS);
}

static const struct lo_case role_cases[] = {
	LO_CASE(echo),
	LO_CASE(statistics),
	LO_CASE(wake),
};
LO_REGISTER_TEST(net_lo_secondary_role, role_cases);
