/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Receive timestamps and the clock they are read from. */

#include <rte_mbuf_dyn.h>

#include "ut.h"

static void
clock_goes_forward(void **state)
{
	struct fx *fx = *state;
	uint64_t last, now;

	ut_up(fx, NULL);
	ut_supported(rte_eth_read_clock(fx->rx_port, &last), "rte_eth_read_clock");
	for (unsigned int i = 0; i < 100; i++, last = now) {
		assert_int_equal(rte_eth_read_clock(fx->rx_port, &now), 0);
		assert_true(now > last);
	}
}

struct stamps {
	int offset;
	uint64_t flag;
	bool clock; /* the device's clock can be read */
	uint64_t before;
};

static struct stamps
up_stamping(struct fx *fx, uint64_t offload)
{
	struct fx_port conf;
	struct stamps s = { 0 };

	ut_plug(fx);
	ut_need_rx(fx, RTE_ETH_RX_OFFLOAD_TIMESTAMP, "TIMESTAMP");
	assert_int_equal(rte_mbuf_dyn_rx_timestamp_register(&s.offset, &s.flag), 0);
	conf = ut_conf(fx);
	conf.eth.rxmode.offloads = offload;
	ut_up(fx, &conf);
	s.clock = rte_eth_read_clock(fx->rx_port, &s.before) == 0;
	return s;
}

/* Every packet has one, they do not go back, and they lie between two readings of the clock. */
static void
rx_timestamps_are_true(void **state)
{
	struct fx *fx = *state;
	struct stamps s = up_stamping(fx, RTE_ETH_RX_OFFLOAD_TIMESTAMP);
	struct rte_mbuf *pkts[32];
	uint64_t last = s.before, after = UINT64_MAX;
	bool flagged = true, ordered = true;

	for (unsigned int lap = 0; lap < 3; lap++) {
		ut_send(fx, 0, RTE_DIM(pkts), 1, 60);
		fx_rx_all(fx->rx_port, 0, pkts, RTE_DIM(pkts));
		if (s.clock)
			rte_eth_read_clock(fx->rx_port, &after);
		for (unsigned int i = 0; i < RTE_DIM(pkts); i++) {
			uint64_t at = *RTE_MBUF_DYNFIELD(pkts[i], s.offset, rte_mbuf_timestamp_t *);

			flagged &= (pkts[i]->ol_flags & s.flag) != 0;
			ordered &= at != 0 && at >= last && at <= after;
			last = at;
		}
		rte_pktmbuf_free_bulk(pkts, RTE_DIM(pkts));
	}
	assert_true(flagged);
	assert_true(ordered);
}

/* Offload off: no packet claims to have one. */
static void
rx_timestamps_only_when_asked(void **state)
{
	struct fx *fx = *state;
	struct stamps s = up_stamping(fx, 0);
	struct rte_mbuf *m;
	uint64_t flags;

	ut_send(fx, 0, 1, 1, 60);
	fx_rx_all(fx->rx_port, 0, &m, 1);
	flags = m->ol_flags;
	rte_pktmbuf_free(m);
	assert_int_equal(flags & s.flag, 0);
}

static const struct lo_case clock_cases[] = {
	LO_CASE(clock_goes_forward),
	LO_CASE(rx_timestamps_are_true),
	LO_CASE(rx_timestamps_only_when_asked),
};
LO_REGISTER_TEST(ethdev_autotest, clock_cases);
