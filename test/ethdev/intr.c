/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Receive interrupts: a packet wakes the sleeper, always. */

#include <pthread.h>
#include <unistd.h>

#include <rte_interrupts.h>

#include "ut.h"

#define WAKEUPS 2000
#define WAIT_MS 1000

/* A port whose queue 0 is watched by this thread's epoll. */
static void
up_watched(struct fx *fx)
{
	struct fx_port conf;

	ut_plug(fx);
	conf = ut_conf(fx);
	conf.pool = fx->pool = fx_pool(fx, 2047, 2048);
	conf.eth.intr_conf.rxq = 1;
	if (ut_try(fx, &conf) != 0)
		lo_unsupported("intr_conf.rxq");
	ut_wait_link(fx, &conf);
	ut_supported(rte_eth_dev_rx_intr_enable(fx->rx_port, 0), "rte_eth_dev_rx_intr_enable");
	assert_int_equal(rte_eth_dev_rx_intr_ctl_q(fx->rx_port, 0, RTE_EPOLL_PER_THREAD,
					 RTE_INTR_EVENT_ADD, NULL),
			0);
}

/* Leave the thread's epoll as it was: the next case uses it again. */
static void
unwatch(struct fx *fx)
{
	assert_int_equal(rte_eth_dev_rx_intr_disable(fx->rx_port, 0), 0);
	assert_int_equal(rte_eth_dev_rx_intr_ctl_q(fx->rx_port, 0, RTE_EPOLL_PER_THREAD,
					 RTE_INTR_EVENT_DEL, NULL),
			0);
}

static bool
wakes_within(int ms)
{
	struct rte_epoll_event event;

	return rte_epoll_wait(RTE_EPOLL_PER_THREAD, &event, 1, ms) == 1;
}

static void
rx_interrupt_wakes(void **state)
{
	struct fx *fx = *state;

	up_watched(fx);
	assert_false(wakes_within(10));
	ut_send(fx, 0, 1, 1, 60);
	assert_true(wakes_within(WAIT_MS));
	assert_int_equal(fx_drain(fx->rx_port, 0), 1);
	unwatch(fx);
}

/* A packet that was there before the interrupt was enabled. */
static void
rx_interrupt_sees_what_waits(void **state)
{
	struct fx *fx = *state;

	up_watched(fx);
	assert_int_equal(rte_eth_dev_rx_intr_disable(fx->rx_port, 0), 0);
	ut_send(fx, 0, 1, 1, 60);
	assert_int_equal(rte_eth_dev_rx_intr_enable(fx->rx_port, 0), 0);
	assert_true(wakes_within(WAIT_MS));
	assert_int_equal(fx_drain(fx->rx_port, 0), 1);
	unwatch(fx);
}

static void
rx_interrupt_is_silent_when_disabled(void **state)
{
	struct fx *fx = *state;

	up_watched(fx);
	assert_int_equal(rte_eth_dev_rx_intr_disable(fx->rx_port, 0), 0);
	ut_send(fx, 0, 1, 1, 60);
	assert_false(wakes_within(20));
	assert_int_equal(fx_drain(fx->rx_port, 0), 1);
	unwatch(fx);
}

struct ping {
	struct fx *fx;
	unsigned int sent;
};

/* One packet after another, with pauses that drift against the receiver's way to sleep. */
static void *
send_with_pauses(void *arg)
{
	struct ping *ping = arg;
	struct pkt p = { .size = 60 };

	fx_thread_spread();
	while (ping->sent < WAKEUPS) {
		struct rte_mbuf *m = pkt_try(ping->fx->pool, &p);

		if (m != NULL && fx_tx(ping->fx->tx_port, 0, &m, 1) == 1)
			ping->sent++;
		else
			rte_pktmbuf_free(m);
		for (unsigned int i = ping->sent % 512; i > 0; i--)
			rte_pause();
		if (ping->sent % 16 == 0)
			usleep(10);
	}
	return NULL;
}

static void
rx_interrupt_loses_no_wakeup(void **state)
{
	struct fx *fx = *state;
	struct ping ping = { .fx = fx };
	unsigned int got = 0, lost = 0;
	struct rte_mbuf *pkts[32];
	pthread_t thread;

	up_watched(fx);
	assert_int_equal(pthread_create(&thread, NULL, send_with_pauses, &ping), 0);
	while (got < WAKEUPS && lost == 0) {
		uint16_t n = rte_eth_rx_burst(fx->rx_port, 0, pkts, RTE_DIM(pkts));

		rte_pktmbuf_free_bulk(pkts, n);
		got += n;
		if (n > 0 || got == WAKEUPS)
			continue;
		rte_eth_dev_rx_intr_enable(fx->rx_port, 0);
		lost += !wakes_within(WAIT_MS);
		rte_eth_dev_rx_intr_disable(fx->rx_port, 0);
	}
	pthread_join(thread, NULL);
	fx_drain(fx->rx_port, 0);
	unwatch(fx);
	assert_int_equal(lost, 0);
	assert_int_equal(got, WAKEUPS);
}

static const struct lo_case intr_cases[] = {
	LO_CASE(rx_interrupt_wakes),
	LO_CASE(rx_interrupt_sees_what_waits),
	LO_CASE(rx_interrupt_is_silent_when_disabled),
	LO_CASE(rx_interrupt_loses_no_wakeup),
};
LO_REGISTER_TEST(ethdev_autotest, intr_cases);
