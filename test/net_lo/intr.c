/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Receive interrupts: whoever sleeps is woken, each time. */

#include <pthread.h>
#include <sys/epoll.h>

#include <rte_cycles.h>
#include <rte_interrupts.h>

#include "nl.h"

#define THROWS 250000
#define SLEEPS_MIN 100000
#define SLEEP_MS 2000

static void
intr_up(struct fx *fx, const char *args, uint16_t nb_queues)
{
	struct fx_port conf = { .nb_rx = nb_queues, .nb_tx = nb_queues };

	conf.eth.intr_conf.rxq = 1;
	nl_up(fx, args, &conf);
}

static int
add(uint16_t port, uint16_t queue)
{
	return rte_eth_dev_rx_intr_ctl_q(port, queue, RTE_EPOLL_PER_THREAD, RTE_INTR_EVENT_ADD,
			(void *)(uintptr_t)queue);
}

static int
del(uint16_t port, uint16_t queue)
{
	return rte_eth_dev_rx_intr_ctl_q(
			port, queue, RTE_EPOLL_PER_THREAD, RTE_INTR_EVENT_DEL, NULL);
}

/* Does somebody wake this thread within so many ms? */
static bool
woken(int timeout_ms)
{
	struct rte_epoll_event event;

	return rte_epoll_wait(RTE_EPOLL_PER_THREAD, &event, 1, timeout_ms) == 1;
}

static void
send_to(struct fx *fx, uint16_t queue)
{
	struct rte_mbuf *m = pkt_build(fx->pool, &(struct pkt){ 0 });

	fx_tx_all(fx->tx_port, queue, &m, 1);
}

/* Armed once, woken once; not armed, not woken; armed over waiting packets, woken at once. */
static void
one_wake_for_one_arming(void **state)
{
	static const char *const args[] = { "steer=queue", "steer=lcore", "steer=flow" };
	struct fx *fx = *state;

	for (unsigned int i = 0; i < RTE_DIM(args); i++) {
		intr_up(fx, args[i], 1);
		assert_int_equal(add(fx->tx_port, 0), 0);
		send_to(fx, 0);
		assert_false(woken(5));
		assert_int_equal(fx_drain(fx->tx_port, 0), 1);

		assert_int_equal(rte_eth_dev_rx_intr_enable(fx->tx_port, 0), 0);
		assert_false(woken(5));
		send_to(fx, 0);
		assert_true(woken(SLEEP_MS));
		send_to(fx, 0);
		assert_false(woken(5));

		assert_int_equal(rte_eth_dev_rx_intr_enable(fx->tx_port, 0), 0);
		assert_true(woken(SLEEP_MS));
		assert_int_equal(fx_drain(fx->tx_port, 0), 2);

		assert_int_equal(rte_eth_dev_rx_intr_enable(fx->tx_port, 0), 0);
		assert_int_equal(rte_eth_dev_rx_intr_disable(fx->tx_port, 0), 0);
		send_to(fx, 0);
		assert_false(woken(5));
		assert_int_equal(nl_xstat(fx, "rx_interrupts"), 2);
		assert_int_equal(del(fx->tx_port, 0), 0);
		fx_vdev_remove(fx, NL_NAME);
	}
}

/* Each queue wakes for itself, and packets that go the slow way wake, too. */
static void
queues_wake_for_themselves(void **state)
{
	struct fx *fx = *state;
	struct rte_epoll_event event;
	struct rte_mbuf *m;

	intr_up(fx, "", 3);
	for (uint16_t q = 0; q < 3; q++) {
		assert_int_equal(add(fx->tx_port, q), 0);
		assert_int_equal(rte_eth_dev_rx_intr_enable(fx->tx_port, q), 0);
	}
	for (uint16_t q = 3; q-- > 0;) {
		m = pkt_build(fx->pool, &(struct pkt){ .ip = 4, .l4 = IPPROTO_UDP });
		m->ol_flags |= q == 1 ? RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_UDP_CKSUM : 0;
		fx_tx_all(fx->tx_port, q, &m, 1);
		assert_int_equal(rte_epoll_wait(RTE_EPOLL_PER_THREAD, &event, 1, SLEEP_MS), 1);
		assert_ptr_equal(event.epdata.data, (void *)(uintptr_t)q);
		assert_false(woken(0));
	}
	for (uint16_t q = 0; q < 3; q++)
		assert_int_equal(del(fx->tx_port, q), 0);
}

static void
refused_where_not_asked_for(void **state)
{
	struct fx *fx = *state;

	nl_up(fx, "", NULL);
	assert_int_equal(rte_eth_dev_rx_intr_enable(fx->tx_port, 0), -ENOTSUP);
	assert_int_equal(rte_eth_dev_rx_intr_disable(fx->tx_port, 0), -ENOTSUP);
	assert_true(add(fx->tx_port, 0) < 0);
}

static void
works_after_a_restart(void **state)
{
	struct fx *fx = *state;

	intr_up(fx, "", 1);
	for (unsigned int i = 0; i < 10; i++) {
		assert_int_equal(add(fx->tx_port, 0), 0);
		assert_int_equal(rte_eth_dev_rx_intr_enable(fx->tx_port, 0), 0);
		send_to(fx, 0);
		assert_true(woken(SLEEP_MS));
		assert_int_equal(del(fx->tx_port, 0), 0);
		assert_int_equal(rte_eth_dev_stop(fx->tx_port), 0);
		assert_int_equal(rte_eth_dev_start(fx->tx_port), 0);
	}
}

/* One of two threads that play ping-pong: it waits for the ball in its sleep. */
struct player {
	uint16_t port, in, out;
	bool serves;
	struct rte_mbuf *ball;
	uint64_t sleeps, lost;
	int ret;
};

/* Sleep until there is something in the queue. */
static struct rte_mbuf *
catch_ball(struct player *p)
{
	struct rte_mbuf *m = NULL;

	while (rte_eth_rx_burst(p->port, p->in, &m, 1) == 0) {
		p->ret = rte_eth_dev_rx_intr_enable(p->port, p->in);
		if (p->ret != 0)
			return NULL;
		p->sleeps++;
		if (woken(SLEEP_MS))
			continue;
		/* nobody woke us: is the ball here all the same? */
		if (rte_eth_rx_burst(p->port, p->in, &m, 1) == 1)
			p->lost++;
		else
			p->ret = -ETIMEDOUT;
		return m;
	}
	return m;
}

static void *
play(void *arg)
{
	struct player *p = arg;

	p->ret = add(p->port, p->in);
	for (unsigned int i = 0; p->ret == 0 && i < THROWS / 2; i++) {
		if (p->ball == NULL)
			p->ball = catch_ball(p);
		if (p->ball == NULL)
			break;
		if (rte_eth_tx_burst(p->port, p->out, &p->ball, 1) != 1)
			break;
		p->ball = NULL;
	}
	del(p->port, p->in);
	return NULL;
}

static void
ping_pong(struct fx *fx, const char *args, uint16_t nb_tx)
{
	struct fx_port conf = { .nb_rx = 2, .nb_tx = nb_tx };
	struct player players[2] = { 0 };
	pthread_t threads[2];
	struct rte_mbuf *m;
	uint64_t sleeps;

	conf.eth.intr_conf.rxq = 1;
	nl_up(fx, args, &conf);
	for (uint16_t i = 0; i < 2; i++) {
		players[i].port = fx->tx_port;
		players[i].in = i;
		players[i].out = 1 - i;
	}
	players[0].ball = pkt_build(fx->pool, &(struct pkt){ 0 });
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, play, &players[i]), 0);
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(players[i].ret, 0);
		assert_int_equal(players[i].lost, 0);
	}
	/* the last throw is nobody's */
	assert_int_equal(fx_rx(fx->tx_port, 0, &m, 1, 100), 1);
	rte_pktmbuf_free(m);
	sleeps = players[0].sleeps + players[1].sleeps;
	print_message("%s: %u throws, %" PRIu64 " sleeps, %" PRIu64 " wake-ups\n", args, THROWS,
			sleeps, nl_xstat(fx, "rx_interrupts"));
	assert_true(sleeps >= SLEEPS_MIN);
	nl_assert_books(fx, THROWS);
}

static void
no_wake_up_is_lost(void **state)
{
	ping_pong(*state, "steer=queue", 2);
}

static void
no_wake_up_is_lost_with_several_producers(void **state)
{
	ping_pong(*state, "steer=queue,overflow=drop", 3);
}

static const struct lo_case intr_cases[] = {
	LO_CASE(one_wake_for_one_arming),
	LO_CASE(queues_wake_for_themselves),
	LO_CASE(refused_where_not_asked_for),
	LO_CASE(works_after_a_restart),
	LO_CASE(no_wake_up_is_lost),
	LO_CASE(no_wake_up_is_lost_with_several_producers),
};
LO_REGISTER_TEST(net_lo_autotest, intr_cases);
