/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The MTU: what fits passes, what does not is dropped and counted, at once when it changes. */

#include "ut.h"

static void
mtu_set_both(struct fx *fx, uint16_t mtu)
{
	ut_supported(rte_eth_dev_set_mtu(fx->tx_port, mtu), "rte_eth_dev_set_mtu");
	if (fx->rx_port != fx->tx_port)
		ut_supported(rte_eth_dev_set_mtu(fx->rx_port, mtu), "rte_eth_dev_set_mtu");
}

static void
assert_mtu(uint16_t port, uint16_t want)
{
	uint16_t mtu;

	assert_int_equal(rte_eth_dev_get_mtu(port, &mtu), 0);
	assert_int_equal(mtu, want);
}

static uint64_t
errors(struct fx *fx)
{
	struct rte_eth_stats tx, rx;

	assert_int_equal(rte_eth_stats_get(fx->tx_port, &tx), 0);
	assert_int_equal(rte_eth_stats_get(fx->rx_port, &rx), 0);
	return tx.oerrors + rx.ierrors + (fx->rx_port == fx->tx_port ? 0 : rx.oerrors + tx.ierrors);
}

/* A frame of this size is taken and dropped, in silence to the receiver but not to statistics. */
static void
assert_dropped(struct fx *fx, uint32_t size)
{
	struct pkt p = ut_pkt(fx, 1, size);
	struct rte_mbuf *m = pkt_build(fx->pool, &p);
	uint64_t before = errors(fx);

	fx_tx_all(fx->tx_port, 0, &m, 1);
	fx_rx_none(fx->rx_port, 0);
	assert_int_equal(errors(fx) - before, 1);
}

static void
mtu_default_is_ethernets(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	assert_mtu(fx->tx_port, RTE_ETHER_MTU);
}

static void
mtu_of_configure_holds(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf = ut_conf(fx);

	conf.eth.rxmode.mtu = 1000;
	ut_up(fx, &conf);
	assert_mtu(fx->tx_port, 1000);
	ut_loop_one(fx, 1, 1000 + RTE_ETHER_HDR_LEN);
	assert_dropped(fx, 1000 + RTE_ETHER_HDR_LEN + 200);
}

static void
oversize_is_dropped_and_counted(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	assert_dropped(fx, 1800);
	ut_loop(fx, 0, 0, 32, 60);
}

/* Good ones around a bad one: those arrive, in their order. */
static void
oversize_within_a_burst(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *pkts[9];
	struct pkt p;

	ut_up(fx, NULL);
	for (unsigned int i = 0; i < RTE_DIM(pkts); i++) {
		p = ut_pkt(fx, i, i % 3 == 1 ? 1900 : 100);
		pkts[i] = pkt_build(fx->pool, &p);
	}
	fx_tx_all(fx->tx_port, 0, pkts, RTE_DIM(pkts));
	fx_rx_all(fx->rx_port, 0, pkts, 6);
	for (unsigned int i = 0; i < 6; i++) {
		p = ut_pkt(fx, i / 2 * 3 + i % 2 * 2, 100);
		pkt_assert(pkts[i], &p);
	}
	rte_pktmbuf_free_bulk(pkts, 6);
	assert_int_equal(errors(fx), 3);
}

static void
frame_of_mtu_passes(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	ut_loop_one(fx, 1, RTE_ETHER_MTU + RTE_ETHER_HDR_LEN);
}

/* Live, both ways. Four bytes more may be a VLAN tag: the first size refused is beyond it. */
static void
mtu_set_takes_effect(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	mtu_set_both(fx, 600);
	assert_mtu(fx->tx_port, 600);
	ut_loop_one(fx, 1, 600 + RTE_ETHER_HDR_LEN);
	assert_dropped(fx, 600 + RTE_ETHER_HDR_LEN + 2 * RTE_VLAN_HLEN + 1);
	mtu_set_both(fx, 1500);
	ut_loop_one(fx, 2, 1514);
}

static void
mtu_out_of_range_refused(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_dev_info info;

	ut_up(fx, NULL);
	mtu_set_both(fx, 1400);
	info = ut_tx_info(fx);
	assert_true(rte_eth_dev_set_mtu(fx->tx_port, info.min_mtu - 1) < 0);
	if (info.max_mtu < UINT16_MAX)
		assert_true(rte_eth_dev_set_mtu(fx->tx_port, info.max_mtu + 1) < 0);
	assert_mtu(fx->tx_port, 1400);
}

/* Both ends of the range that the device gives. */
static void
mtu_limits_work(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_dev_info info;
	struct fx_port conf = ut_conf(fx);

	ut_plug(fx);
	info = ut_tx_info(fx);
	/* The largest buffer of a pool. */
	conf.pool = fx_pool(fx, 255, UINT16_MAX - RTE_PKTMBUF_HEADROOM);
	ut_up(fx, &conf);
	mtu_set_both(fx, info.min_mtu);
	assert_mtu(fx->tx_port, info.min_mtu);
	ut_loop_one(fx, 1, info.min_mtu + RTE_ETHER_HDR_LEN);
	mtu_set_both(fx, info.max_mtu);
	assert_mtu(fx->tx_port, info.max_mtu);
	ut_loop_one(fx, 2, 1514);
}

static void
mtu_survives_restart(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	mtu_set_both(fx, 700);
	ut_stop(fx);
	ut_start(fx, NULL);
	assert_mtu(fx->tx_port, 700);
	ut_loop_one(fx, 1, 714);
	assert_dropped(fx, 1000);
}

static void
loop_jumbo(struct fx *fx, uint32_t mtu, uint16_t room)
{
	struct fx_port conf;

	ut_plug(fx);
	ut_need_mtu(fx, mtu);
	conf = ut_conf(fx);
	conf.eth.rxmode.mtu = mtu;
	conf.pool = fx->pool = fx_pool(fx, 1023, room);
	ut_up(fx, &conf);
	ut_loop(fx, 0, 0, 8, mtu + RTE_ETHER_HDR_LEN);
	for (uint32_t size = 60; size <= mtu; size += mtu / 13)
		ut_loop(fx, 0, 0, 1, size);
}

static void
jumbo_9000(void **state)
{
	loop_jumbo(*state, 9000, 9216);
}

/* The largest that one buffer can hold. */
static void
jumbo_65000(void **state)
{
	loop_jumbo(*state, 65000, UINT16_MAX - RTE_PKTMBUF_HEADROOM);
}

static const struct lo_case mtu_cases[] = {
	LO_CASE(mtu_default_is_ethernets),
	LO_CASE(mtu_of_configure_holds),
	LO_CASE(oversize_is_dropped_and_counted),
	LO_CASE(oversize_within_a_burst),
	LO_CASE(frame_of_mtu_passes),
	LO_CASE(mtu_set_takes_effect),
	LO_CASE(mtu_out_of_range_refused),
	LO_CASE(mtu_limits_work),
	LO_CASE(mtu_survives_restart),
	LO_CASE(jumbo_9000),
	LO_CASE(jumbo_65000),
};
LO_REGISTER_TEST(ethdev_autotest, mtu_cases);
