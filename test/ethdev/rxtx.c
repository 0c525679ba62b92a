/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* What goes in comes out: once, in order, with the same bytes, in bursts of any size. */

#include "ut.h"

/* A started device accepts packets. */
static void
tx_accepts(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	ut_send(fx, 0, 32, 1, 60);
	fx_drain(fx->rx_port, 0);
}

/* Nobody sent: nothing arrives. */
static void
rx_empty_returns_nothing(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	fx_rx_none(fx->rx_port, 0);
}

static void
loopback_content_intact(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	ut_loop(fx, 0, 0, 32, 60);
}

/* Every size from the smallest frame to the largest of the standard MTU. */
static void
varied_sizes(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	for (uint32_t size = RTE_ETHER_HDR_LEN + 4; size <= 1514; size += 13)
		ut_loop(fx, 0, 0, 1, size);
	ut_loop(fx, 0, 0, 4, 1514);
}

static void
one_by_one(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	for (unsigned int i = 0; i < 1000; i++)
		ut_loop(fx, 0, 0, 1, 60);
}

static void
every_burst_size(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	for (unsigned int n = 1; n <= 70; n++)
		ut_loop(fx, 0, 0, n, 60);
}

/* More than 255 packets in one call, each way: an 8-bit index wraps. */
static void
burst_over_255(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *pkts[400];
	struct pkt p;
	uint16_t sent, got;

	ut_up(fx, NULL);
	p = ut_pkt(fx, 1, 60);
	pkt_build_burst(fx->pool, &p, pkts, RTE_DIM(pkts));
	sent = rte_eth_tx_burst(fx->tx_port, 0, pkts, RTE_DIM(pkts));
	rte_pktmbuf_free_bulk(pkts + sent, RTE_DIM(pkts) - sent);
	assert_true(sent > 0);

	got = fx_rx(fx->rx_port, 0, pkts, sent, 1000);
	for (unsigned int i = 0; i < got; i++, p.stamp++)
		pkt_assert(pkts[i], &p);
	rte_pktmbuf_free_bulk(pkts, got);
	assert_int_equal(got, sent);
}

/* A caller may ask for more than the ring can hold. */
static void
rx_burst_larger_than_ring(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *pkts[2048];
	unsigned int total = 0;

	ut_up(fx, NULL);
	ut_send(fx, 0, 100, 1, 60);
	for (unsigned int tries = 0; tries < 1000 && total < 100; tries++) {
		uint16_t got = rte_eth_rx_burst(fx->rx_port, 0, pkts, RTE_DIM(pkts));

		for (unsigned int i = 0; i < got; i++)
			assert_int_equal(pkt_stamp(pkts[i]), 1 + total + i);
		rte_pktmbuf_free_bulk(pkts, got);
		total += got;
	}
	assert_int_equal(total, 100);
}

static void
burst_of_zero(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *pkts[1] = { NULL };

	ut_up(fx, NULL);
	assert_int_equal(rte_eth_tx_burst(fx->tx_port, 0, pkts, 0), 0);
	ut_send(fx, 0, 1, 7, 60);
	assert_int_equal(rte_eth_rx_burst(fx->rx_port, 0, pkts, 0), 0);
	fx_rx_all(fx->rx_port, 0, pkts, 1);
	assert_int_equal(pkt_stamp(pkts[0]), 7);
	rte_pktmbuf_free(pkts[0]);
}

/* Sent in bursts of 32, taken in bursts of 5: nothing is lost, doubled or overtaken. */
static void
order_kept_across_bursts(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *pkts[5];
	unsigned int next = 0;

	ut_up(fx, NULL);
	for (unsigned int sent = 0; sent < 320; sent += 32)
		ut_send(fx, 0, 32, sent, 60);
	while (next < 320) {
		unsigned int got = fx_rx(fx->rx_port, 0, pkts, RTE_DIM(pkts), 1000);

		assert_true(got > 0);
		for (unsigned int i = 0; i < got; i++, next++)
			assert_int_equal(pkt_stamp(pkts[i]), next);
		rte_pktmbuf_free_bulk(pkts, got);
	}
	fx_rx_none(fx->rx_port, 0);
}

/* An index that runs over 16 bits, many times round the ring. */
static void
many_laps(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *pkts[32];

	ut_up(fx, NULL);
	ut_send(fx, 0, RTE_DIM(pkts), 0, 60);
	for (unsigned int lap = 0; lap < 70000 / RTE_DIM(pkts) * 2; lap++) {
		fx_rx_all(fx->rx_port, 0, pkts, RTE_DIM(pkts));
		assert_int_equal(pkt_stamp(pkts[0]), 0);
		assert_int_equal(pkt_stamp(pkts[RTE_DIM(pkts) - 1]), RTE_DIM(pkts) - 1);
		fx_tx_all(fx->tx_port, 0, pkts, RTE_DIM(pkts));
	}
	fx_rx_all(fx->rx_port, 0, pkts, RTE_DIM(pkts));
	rte_pktmbuf_free_bulk(pkts, RTE_DIM(pkts));
}

/* A good packet passes the preparation, too. */
static void
tx_prepare_accepts(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *pkts[8];
	struct pkt p;

	ut_up(fx, NULL);
	p = ut_pkt(fx, 1, 60);
	pkt_build_burst(fx->pool, &p, pkts, RTE_DIM(pkts));
	assert_int_equal(rte_eth_tx_prepare(fx->tx_port, 0, pkts, RTE_DIM(pkts)), RTE_DIM(pkts));
	fx_tx_all(fx->tx_port, 0, pkts, RTE_DIM(pkts));
	fx_rx_all(fx->rx_port, 0, pkts, RTE_DIM(pkts));
	rte_pktmbuf_free_bulk(pkts, RTE_DIM(pkts));
}

static const struct lo_case rxtx_cases[] = {
	LO_CASE(tx_accepts),
	LO_CASE(rx_empty_returns_nothing),
	LO_CASE(loopback_content_intact),
	LO_CASE(varied_sizes),
	LO_CASE(one_by_one),
	LO_CASE(every_burst_size),
	LO_CASE(burst_over_255),
	LO_CASE(rx_burst_larger_than_ring),
	LO_CASE(burst_of_zero),
	LO_CASE(order_kept_across_bursts),
	LO_CASE(many_laps),
	LO_CASE(tx_prepare_accepts),
};
LO_REGISTER_TEST(ethdev_autotest, rxtx_cases);
