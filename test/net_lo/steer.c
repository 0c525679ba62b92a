/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Which ring a packet goes to: steer=queue and steer=lcore. */

#include <pthread.h>
#include <sched.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

#include "nl.h"

#define PER_THREAD 20000
#define BURST 32
#define THREADS 4
#define DEADLINE_S 20

/* Transmit queue i feeds receive queue i modulo nb_rx and no other one. */
static void
assert_mapping(struct fx *fx, uint16_t nb_rx, uint16_t nb_tx)
{
	const struct fx_port conf = { .nb_rx = nb_rx, .nb_tx = nb_tx };
	struct rte_mbuf *m;

	nl_again(fx, &conf);
	for (uint16_t q = 0; q < nb_tx; q++) {
		m = pkt_build(fx->pool, &(struct pkt){ .stamp = q });
		fx_tx_all(fx->tx_port, q, &m, 1);
	}
	for (uint16_t q = 0; q < nb_rx; q++) {
		for (uint16_t from = q; from < nb_tx; from += nb_rx) {
			assert_int_equal(rte_eth_rx_burst(fx->tx_port, q, &m, 1), 1);
			assert_int_equal(pkt_stamp(m), from);
			rte_pktmbuf_free(m);
		}
		assert_int_equal(rte_eth_rx_burst(fx->tx_port, q, &m, 1), 0);
	}
	assert_int_equal(rte_eth_dev_stop(fx->tx_port), 0);
}

static void
queue_feeds_the_queue_of_its_number(void **state)
{
	struct fx *fx = *state;

	nl_plug(fx, "steer=queue");
	assert_mapping(fx, 1, 1);
	assert_mapping(fx, 4, 4);
	assert_mapping(fx, 3, 5);
	assert_mapping(fx, 1, 7);
	assert_mapping(fx, 5, 2);
	assert_mapping(fx, 20, 3);
	assert_mapping(fx, 3, 20);
}

static void
lockfree_is_said_where_it_is_true(void **state)
{
	struct fx *fx = *state;
	const uint64_t lockfree = RTE_ETH_TX_OFFLOAD_MT_LOCKFREE;

	nl_plug(fx, "steer=lcore");
	assert_true((nl_info(fx).tx_offload_capa & lockfree) != 0);
	fx_vdev_remove(fx, NL_NAME);
	nl_plug(fx, "steer=queue");
	assert_true((nl_info(fx).tx_offload_capa & lockfree) == 0);
	fx_vdev_remove(fx, NL_NAME);
	nl_plug(fx, "steer=flow");
	assert_true((nl_info(fx).tx_offload_capa & lockfree) == 0);
}

/* A thread of some kind that sends one packet, and where it went. */
struct sender {
	struct fx *fx;
	bool registered;
	uint32_t stamp;
	struct rte_mbuf *pkt;
	unsigned int lcore;
	int ret;
};

static int
send_one(void *arg)
{
	struct sender *s = arg;

	s->lcore = rte_lcore_id();
	s->ret = rte_eth_tx_burst(s->fx->tx_port, 0, &s->pkt, 1) == 1 ? 0 : -EAGAIN;
	return 0;
}

static void *
thread_main(void *arg)
{
	struct sender *s = arg;

	s->ret = s->registered ? rte_thread_register() : 0;
	if (s->ret != 0)
		return NULL;
	send_one(s);
	if (s->registered)
		rte_thread_unregister();
	return NULL;
}

/* The queue that holds the one packet there is. */
static int
queue_of(struct fx *fx, uint16_t nb_rx, uint32_t stamp)
{
	struct rte_mbuf *m;
	int found = -1;

	for (uint16_t q = 0; q < nb_rx; q++) {
		if (rte_eth_rx_burst(fx->tx_port, q, &m, 1) == 0)
			continue;
		assert_int_equal(found, -1);
		assert_int_equal(pkt_stamp(m), stamp);
		rte_pktmbuf_free(m);
		found = q;
	}
	return found;
}

static struct sender
new_sender(struct fx *fx, bool registered)
{
	static uint32_t stamp;
	struct sender s = { .fx = fx, .registered = registered, .stamp = ++stamp };

	s.pkt = pkt_build(fx->pool, &(struct pkt){ .stamp = stamp });
	return s;
}

static void
run_thread(struct sender *s)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, thread_main, s), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(s->ret, 0);
}

/* The main lcore and all workers, each to the queue of its index. */
static void
lcore_finds_the_queue_of_its_index(void **state)
{
	struct fx *fx = *state;
	const struct fx_port conf = { .nb_rx = 3 };
	unsigned int lcore;

	nl_up(fx, "steer=lcore", &conf);
	RTE_LCORE_FOREACH (lcore) {
		struct sender s = new_sender(fx, false);

		if (lcore == rte_get_main_lcore()) {
			send_one(&s);
		} else {
			assert_int_equal(rte_eal_remote_launch(send_one, &s, lcore), 0);
			assert_int_equal(rte_eal_wait_lcore(lcore), 0);
		}
		assert_int_equal(s.ret, 0);
		assert_int_equal(s.lcore, lcore);
		assert_int_equal(queue_of(fx, 3, s.stamp), rte_lcore_index(lcore) % 3);
	}
}

/* A thread that EAL got to know later has an lcore number, but no index. */
static void
registered_thread_finds_the_queue_of_its_number(void **state)
{
	struct fx *fx = *state;
	const struct fx_port conf = { .nb_rx = 3 };
	struct sender s;

	nl_up(fx, "steer=lcore", &conf);
	s = new_sender(fx, true);
	run_thread(&s);
	assert_true(s.lcore < RTE_MAX_LCORE);
	assert_int_equal(queue_of(fx, 3, s.stamp), s.lcore % 3);
}

/* Threads unknown to EAL share one queue, always the same one. */
static void
unknown_threads_share_a_queue(void **state)
{
	struct fx *fx = *state;
	const struct fx_port conf = { .nb_rx = 3 };
	int first = -1;

	nl_up(fx, "steer=lcore", &conf);
	for (unsigned int i = 0; i < 3; i++) {
		struct sender s = new_sender(fx, false);
		int queue;

		run_thread(&s);
		assert_int_equal(s.lcore, LCORE_ID_ANY);
		queue = queue_of(fx, 3, s.stamp);
		assert_true(queue >= 0);
		if (i == 0)
			first = queue;
		assert_int_equal(queue, first);
	}
}

/* Threads that send through one transmit queue at once; the stamp says who and which. */
struct crowd {
	struct fx *fx;
	unsigned int id;
	unsigned int sent;
};

static void *
crowd_main(void *arg)
{
	struct crowd *c = arg;
	bool registered = c->id % 2 == 0 && rte_thread_register() == 0;
	uint64_t random = c->id;

	while (c->sent < PER_THREAD) {
		struct rte_mbuf *pkts[BURST];
		unsigned int n = 1 + nl_random(&random) % BURST, k;

		n = RTE_MIN(n, PER_THREAD - c->sent);
		for (k = 0; k < n; k++) {
			pkts[k] = pkt_try(c->fx->pool,
					&(struct pkt){ .stamp = c->id << 24 | (c->sent + k) });
			if (pkts[k] == NULL)
				break;
		}
		n = k;
		k = fx_tx(c->fx->tx_port, 0, pkts, n);
		rte_pktmbuf_free_bulk(pkts + k, n - k);
		c->sent += k;
		if (k < n)
			break;
	}
	if (registered)
		rte_thread_unregister();
	return NULL;
}

static void
one_transmit_queue_for_all_threads(void **state)
{
	struct fx *fx = *state;
	const struct fx_port conf = { .nb_rx = 2, .nb_rxd = 97 };
	struct crowd crowd[THREADS];
	uint32_t next[THREADS] = { 0 };
	pthread_t threads[THREADS];
	uint64_t end = rte_get_timer_cycles() + DEADLINE_S * rte_get_timer_hz();
	unsigned int total = 0;
	struct rte_mbuf *pkts[BURST];

	nl_up(fx, "steer=lcore", &conf);
	for (unsigned int i = 0; i < THREADS; i++) {
		crowd[i] = (struct crowd){ .fx = fx, .id = i };
		assert_int_equal(pthread_create(&threads[i], NULL, crowd_main, &crowd[i]), 0);
	}
	while (total < THREADS * PER_THREAD && rte_get_timer_cycles() < end) {
		unsigned int n = rte_eth_rx_burst(fx->tx_port, 0, pkts, BURST / 2);

		n += rte_eth_rx_burst(fx->tx_port, 1, pkts + n, BURST / 2);
		/* the senders may wait for this CPU */
		if (n == 0)
			sched_yield();
		for (unsigned int i = 0; i < n; i++) {
			uint32_t stamp = pkt_stamp(pkts[i]);

			assert_true(stamp >> 24 < THREADS);
			assert_int_equal(stamp & 0xffffff, next[stamp >> 24]++);
		}
		rte_pktmbuf_free_bulk(pkts, n);
		total += n;
	}
	for (unsigned int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(crowd[i].sent, PER_THREAD);
	}
	assert_int_equal(total, THREADS * PER_THREAD);
	nl_assert_books(fx, total);
}

static const struct lo_case steer_cases[] = {
	LO_CASE(queue_feeds_the_queue_of_its_number),
	LO_CASE(lockfree_is_said_where_it_is_true),
	LO_CASE(lcore_finds_the_queue_of_its_index),
	LO_CASE(registered_thread_finds_the_queue_of_its_number),
	LO_CASE(unknown_threads_share_a_queue),
	LO_CASE(one_transmit_queue_for_all_threads),
};
LO_REGISTER_TEST(net_lo_autotest, steer_cases);
