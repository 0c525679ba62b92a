/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The link: what it says, what it stops, and whom it tells. */

#include <string.h>

#include <rte_cycles.h>

#include "ut.h"

static struct rte_eth_link
link_of(uint16_t port)
{
	struct rte_eth_link link;

	assert_int_equal(rte_eth_link_get_nowait(port, &link), 0);
	return link;
}

static void
link_down_before_start(void **state)
{
	struct fx *fx = *state;

	ut_plug(fx);
	assert_int_equal(link_of(fx->tx_port).link_status, RTE_ETH_LINK_DOWN);
}

static void
link_up_after_start(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_link link, waited;

	ut_up(fx, NULL);
	link = link_of(fx->tx_port);
	assert_int_equal(link.link_status, RTE_ETH_LINK_UP);
	assert_int_equal(link.link_duplex, RTE_ETH_LINK_FULL_DUPLEX);
	assert_int_equal(rte_eth_link_get(fx->tx_port, &waited), 0);
	assert_int_equal(waited.link_status, link.link_status);
	assert_int_equal(waited.link_speed, link.link_speed);
}

/* Stock tests scale by it: none or an unknown one makes them run for ever. */
static void
link_speed_is_finite(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_link link;

	ut_up(fx, NULL);
	link = link_of(fx->tx_port);
	assert_int_not_equal(link.link_speed, RTE_ETH_SPEED_NUM_NONE);
	assert_int_not_equal(link.link_speed, RTE_ETH_SPEED_NUM_UNKNOWN);
}

/* Who lists capabilities has the speed it reports among them. */
static void
link_speed_is_among_capabilities(void **state)
{
	struct fx *fx = *state;
	uint32_t capa, flag;

	ut_up(fx, NULL);
	capa = ut_tx_info(fx).speed_capa;
	if (capa == 0)
		lo_unsupported("speed capabilities");
	flag = rte_eth_speed_bitflag(link_of(fx->tx_port).link_speed, RTE_ETH_LINK_FULL_DUPLEX);
	assert_int_not_equal(capa & flag, 0);
}

static void
link_down_after_stop(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	ut_stop(fx);
	assert_int_equal(link_of(fx->tx_port).link_status, RTE_ETH_LINK_DOWN);
	ut_start(fx, NULL);
	assert_int_equal(link_of(fx->tx_port).link_status, RTE_ETH_LINK_UP);
}

/* Send on a link that is down: what is accepted is freed, what is not is ours. */
static unsigned int
send_while_down(struct fx *fx, unsigned int n)
{
	struct rte_mbuf *pkts[64];
	struct pkt p = ut_pkt(fx, 1000, 60);
	uint16_t sent;

	assert_true(n <= RTE_DIM(pkts));
	pkt_build_burst(fx->pool, &p, pkts, n);
	sent = rte_eth_tx_burst(fx->tx_port, 0, pkts, n);
	rte_pktmbuf_free_bulk(pkts + sent, n - sent);
	return sent;
}

static void
link_set_down_is_reported(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	ut_supported(rte_eth_dev_set_link_down(fx->tx_port), "rte_eth_dev_set_link_down");
	assert_int_equal(link_of(fx->tx_port).link_status, RTE_ETH_LINK_DOWN);
	ut_supported(rte_eth_dev_set_link_up(fx->tx_port), "rte_eth_dev_set_link_up");
	assert_int_equal(link_of(fx->tx_port).link_status, RTE_ETH_LINK_UP);
}

static void
link_down_stops_traffic(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	ut_loop(fx, 0, 0, 8, 60);
	ut_supported(rte_eth_dev_set_link_down(fx->tx_port), "rte_eth_dev_set_link_down");
	send_while_down(fx, 16);
	fx_rx_none(fx->rx_port, 0);
}

/* Nothing of what was sent while it was down comes afterwards. */
static void
link_up_resumes_traffic(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	ut_supported(rte_eth_dev_set_link_down(fx->tx_port), "rte_eth_dev_set_link_down");
	send_while_down(fx, 16);
	ut_supported(rte_eth_dev_set_link_up(fx->tx_port), "rte_eth_dev_set_link_up");
	ut_loop(fx, 0, 0, 8, 60);
}

static void
link_down_drops_are_counted(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_stats stats;
	unsigned int sent;

	ut_up(fx, NULL);
	ut_supported(rte_eth_dev_set_link_down(fx->tx_port), "rte_eth_dev_set_link_down");
	sent = send_while_down(fx, 16);
	assert_int_equal(rte_eth_stats_get(fx->tx_port, &stats), 0);
	assert_int_equal(stats.opackets, 0);
	assert_int_equal(stats.oerrors, sent);
}

/* A link that was set down comes up with the next start, as an interface does. */
static void
link_comes_up_with_restart(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	ut_supported(rte_eth_dev_set_link_down(fx->tx_port), "rte_eth_dev_set_link_down");
	ut_stop(fx);
	ut_start(fx, NULL);
	ut_loop(fx, 0, 0, 8, 60);
}

struct lsc_seen {
	unsigned int ups, downs;
};

static int
lsc_callback(uint16_t port, enum rte_eth_event_type type, void *arg, void *ret_param)
{
	struct lsc_seen *seen = arg;
	struct rte_eth_link link;

	RTE_SET_USED(type);
	RTE_SET_USED(ret_param);
	if (rte_eth_link_get_nowait(port, &link) != 0)
		return -1;
	if (link.link_status == RTE_ETH_LINK_UP)
		__atomic_fetch_add(&seen->ups, 1, __ATOMIC_RELEASE);
	else
		__atomic_fetch_add(&seen->downs, 1, __ATOMIC_RELEASE);
	return 0;
}

/* A second at most: some devices look at their link with a timer. */
static bool
comes_to(unsigned int *counter, unsigned int want)
{
	for (unsigned int ms = 0; ms < 1000; ms++) {
		if (__atomic_load_n(counter, __ATOMIC_ACQUIRE) == want)
			return true;
		rte_delay_ms(1);
	}
	return false;
}

/* Each change is told once, and inside the callback the link is what it has become. */
static void
lsc_event_is_sent(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf;
	static struct lsc_seen seen;
	bool down, up;

	ut_plug(fx);
	if ((*ut_tx_info(fx).dev_flags & RTE_ETH_DEV_INTR_LSC) == 0)
		lo_unsupported("link state interrupts");
	conf = ut_conf(fx);
	conf.eth.intr_conf.lsc = 1;
	ut_up(fx, &conf);

	memset(&seen, 0, sizeof(seen));
	assert_int_equal(rte_eth_dev_callback_register(
					 fx->tx_port, RTE_ETH_EVENT_INTR_LSC, lsc_callback, &seen),
			0);
	assert_int_equal(rte_eth_dev_set_link_down(fx->tx_port), 0);
	down = comes_to(&seen.downs, 1);
	assert_int_equal(rte_eth_dev_set_link_down(fx->tx_port), 0);
	assert_int_equal(rte_eth_dev_set_link_up(fx->tx_port), 0);
	up = comes_to(&seen.ups, 1);
	assert_int_equal(rte_eth_dev_callback_unregister(
					 fx->tx_port, RTE_ETH_EVENT_INTR_LSC, lsc_callback, &seen),
			0);
	assert_true(down);
	assert_true(up);
	assert_int_equal(seen.downs, 1);
	assert_int_equal(seen.ups, 1);
}

static void
lsc_refused_when_unsupported(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_conf eth = { .intr_conf.lsc = 1 };
	bool has_lsc;
	int ret;

	ut_plug(fx);
	has_lsc = (*ut_tx_info(fx).dev_flags & RTE_ETH_DEV_INTR_LSC) != 0;
	ret = rte_eth_dev_configure(fx->tx_port, 1, 1, &eth);
	if (has_lsc)
		assert_int_equal(ret, 0);
	else
		assert_true(ret < 0);
}

static const struct lo_case link_cases[] = {
	LO_CASE(link_down_before_start),
	LO_CASE(link_up_after_start),
	LO_CASE(link_speed_is_finite),
	LO_CASE(link_speed_is_among_capabilities),
	LO_CASE(link_down_after_stop),
	LO_CASE(link_set_down_is_reported),
	LO_CASE(link_down_stops_traffic),
	LO_CASE(link_up_resumes_traffic),
	LO_CASE(link_down_drops_are_counted),
	LO_CASE(link_comes_up_with_restart),
	LO_CASE(lsc_event_is_sent),
	LO_CASE(lsc_refused_when_unsupported),
};
LO_REGISTER_TEST(ethdev_autotest, link_cases);
