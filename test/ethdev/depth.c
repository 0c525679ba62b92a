/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The ring: as deep as asked for, and when it is full somebody is told. */

#include "ut.h"

struct flood {
	unsigned int accepted;  /* by tx_burst */
	unsigned int delivered; /* by rx_burst, afterwards */
};

/* Send n packets with nobody receiving, then receive them all. */
static struct flood
flood(struct fx *fx, unsigned int n)
{
	struct rte_mbuf *pkts[UT_BURST_MAX];
	struct pkt p = ut_pkt(fx, 0, 60);
	struct flood f = { 0 };

	assert_true(n <= UT_BURST_MAX);
	pkt_build_burst(fx->pool, &p, pkts, n);
	for (unsigned int idle = 0; f.accepted < n && idle < 1000;) {
		uint16_t sent = rte_eth_tx_burst(
				fx->tx_port, 0, pkts + f.accepted, RTE_MIN(n - f.accepted, 32u));

		f.accepted += sent;
		idle = sent == 0 ? idle + 1 : 0;
	}
	rte_pktmbuf_free_bulk(pkts + f.accepted, n - f.accepted);
	f.delivered = fx_drain(fx->rx_port, 0);
	return f;
}

/* What was accepted and is not delivered stands in a counter of losses. */
static void
full_ring_is_reported(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_stats tx, rx;
	struct flood f;
	uint64_t lost;

	ut_up(fx, NULL);
	f = flood(fx, 4000);

	assert_int_equal(rte_eth_stats_get(fx->tx_port, &tx), 0);
	assert_int_equal(rte_eth_stats_get(fx->rx_port, &rx), 0);
	lost = rx.imissed + rx.rx_nombuf + rx.ierrors + tx.oerrors;
	if (f.accepted != f.delivered + lost)
		fail_msg("%u accepted, %u delivered, %" PRIu64 " counted as lost", f.accepted,
				f.delivered, lost);
	assert_true(f.accepted < 4000 || lost > 0);
	assert_int_equal(rx.ipackets, f.delivered);
}

/* The packets of before come out, and the ring serves on. */
static void
full_ring_recovers(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	for (unsigned int i = 0; i < 3; i++) {
		assert_true(flood(fx, 4000).delivered > 0);
		ut_loop(fx, 0, 0, 32, 60);
	}
}

/* The oldest are kept: those that were accepted first. */
static void
full_ring_keeps_the_oldest(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *pkts[2048];
	struct pkt p;
	unsigned int sent = 0, got;

	ut_up(fx, NULL);
	p = ut_pkt(fx, 0, 60);
	pkt_build_burst(fx->pool, &p, pkts, RTE_DIM(pkts));
	while (sent < RTE_DIM(pkts)) {
		uint16_t n = rte_eth_tx_burst(
				fx->tx_port, 0, pkts + sent, RTE_MIN(RTE_DIM(pkts) - sent, 32u));

		if (n == 0)
			break;
		sent += n;
	}
	rte_pktmbuf_free_bulk(pkts + sent, RTE_DIM(pkts) - sent);

	got = fx_rx(fx->rx_port, 0, pkts, RTE_DIM(pkts), 20);
	for (unsigned int i = 0; i < got; i++)
		assert_int_equal(pkt_stamp(pkts[i]), i);
	rte_pktmbuf_free_bulk(pkts, got);
	assert_true(got > 0);
}

/* A loop of one holds what the receive ring was asked to, a pair at most both rings. */
static void
check_depth(struct fx *fx, uint16_t nb_desc)
{
	struct fx_port conf = ut_conf(fx);
	unsigned int held, most;

	conf.nb_rxd = nb_desc;
	conf.nb_txd = nb_desc;
	ut_up(fx, &conf);
	held = flood(fx, 4096).delivered;
	ut_stop(fx);

	most = fx->rx_port == fx->tx_port ? nb_desc : 2 * nb_desc;
	if (held < nb_desc || held > most)
		fail_msg("%u descriptors asked for, %u packets held", nb_desc, held);
}

static uint16_t
adjusted(struct fx *fx, uint16_t nb_desc)
{
	uint16_t nb_rxd = nb_desc, nb_txd = nb_desc;

	assert_int_equal(rte_eth_dev_adjust_nb_rx_tx_desc(fx->rx_port, &nb_rxd, &nb_txd), 0);
	return RTE_MAX(nb_rxd, nb_txd);
}

static void
depth_64_is_exact(void **state)
{
	ut_plug(*state);
	check_depth(*state, adjusted(*state, 64));
}

/* No power of two, where the device allows it. */
static void
depth_100_is_exact(void **state)
{
	ut_plug(*state);
	check_depth(*state, adjusted(*state, 100));
}

/* What dpdk-test's pmd_perf_autotest primes a port with. */
static void
depth_2048_is_exact(void **state)
{
	struct fx *fx = *state;

	ut_plug(fx);
	if (adjusted(fx, 2048) != 2048)
		lo_unsupported("2048 descriptors");
	check_depth(fx, 2048);
}

/* The limits of the device information are true. */
static void
depth_limits_work(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_dev_info info;
	struct fx_port conf;

	ut_plug(fx);
	info = ut_rx_info(fx);
	conf = ut_conf(fx);
	conf.nb_rxd = RTE_MAX(info.rx_desc_lim.nb_min, 1);
	conf.nb_txd = RTE_MAX(info.tx_desc_lim.nb_min, 1);
	ut_up(fx, &conf);
	ut_loop(fx, 0, 0, 1, 60);
	ut_stop(fx);

	/* A device without limits says 65535, and 0 for none set. */
	conf.nb_rxd = info.rx_desc_lim.nb_max;
	conf.nb_txd = info.tx_desc_lim.nb_max;
	ut_up(fx, &conf);
	ut_loop(fx, 0, 0, 32, 60);
}

static void
depth_over_limit_refused(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_conf eth = { 0 };
	struct rte_eth_dev_info info;

	ut_plug(fx);
	info = ut_rx_info(fx);
	if (info.rx_desc_lim.nb_max == UINT16_MAX)
		lo_unsupported("a limit of descriptors");
	fx->pool = fx_pool(fx, 1023, 2048);
	assert_int_equal(rte_eth_dev_configure(fx->rx_port, 1, 1, &eth), 0);
	assert_int_equal(rte_eth_rx_queue_setup(fx->rx_port, 0, info.rx_desc_lim.nb_max + 1,
					 SOCKET_ID_ANY, NULL, fx->pool),
			-EINVAL);
	assert_int_equal(rte_eth_tx_queue_setup(fx->rx_port, 0, info.tx_desc_lim.nb_max + 1,
					 SOCKET_ID_ANY, NULL),
			-EINVAL);
}

static const struct lo_case depth_cases[] = {
	LO_CASE(full_ring_is_reported),
	LO_CASE(full_ring_recovers),
	LO_CASE(full_ring_keeps_the_oldest),
	LO_CASE(depth_64_is_exact),
	LO_CASE(depth_100_is_exact),
	LO_CASE(depth_2048_is_exact),
	LO_CASE(depth_limits_work),
	LO_CASE(depth_over_limit_refused),
};
LO_REGISTER_TEST(ethdev_autotest, depth_cases);
