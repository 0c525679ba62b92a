/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Senders, a receiver and a reader of statistics, each in a thread of its own. */

#include <pthread.h>
#include <sched.h>

#include <rte_cycles.h>

#include "ut.h"

#define PACKETS 200000u
#define SENDERS 4u
#define TIMEOUT_MS 10000u
#define BURST 32u

struct sender {
	struct fx *fx;
	struct pkt pkt; /* the first one */
	uint16_t queue;
	unsigned int to_send;
	unsigned int sent;
	bool *stop;
	unsigned int *running; /* senders that have not ended */
};

static bool
stopped(const bool *stop)
{
	return __atomic_load_n(stop, __ATOMIC_RELAXED);
}

/* Stamps count up. Not an EAL thread. */
static void *
sender_run(void *arg)
{
	struct sender *s = arg;
	struct pkt p = s->pkt;

	fx_thread_spread();
	while (s->sent < s->to_send && !stopped(s->stop)) {
		struct rte_mbuf *pkts[BURST];
		unsigned int n, done = 0;

		for (n = 0; n < RTE_MIN(BURST, s->to_send - s->sent); n++, p.stamp++) {
			pkts[n] = pkt_try(s->fx->pool, &p);
			if (pkts[n] == NULL)
				break;
		}
		while (done < n && !stopped(s->stop)) {
			uint16_t k = rte_eth_tx_burst(
					s->fx->tx_port, s->queue, pkts + done, n - done);

			/* More threads than cores: the receiver may be waiting for this one. */
			if (k == 0)
				sched_yield();
			done += k;
		}
		rte_pktmbuf_free_bulk(pkts + done, n - done);
		s->sent += done;
	}
	__atomic_fetch_sub(s->running, 1, __ATOMIC_RELEASE);
	return NULL;
}

struct receiver {
	uint32_t next[SENDERS]; /* stamp expected of each sender, its number in the high byte */
	unsigned int got;
	unsigned int missing; /* stamps left out */
	unsigned int wrong;   /* stamps that came twice or late */
};

static void
receiver_take(struct receiver *r, struct rte_mbuf **pkts, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		uint32_t stamp = pkt_stamp(pkts[i]);
		uint32_t from = stamp >> 24;

		stamp &= 0xffffff;
		if (from >= SENDERS || stamp < r->next[from]) {
			r->wrong++;
			continue;
		}
		r->missing += stamp - r->next[from];
		r->next[from] = stamp + 1;
	}
	r->got += n;
	rte_pktmbuf_free_bulk(pkts, n);
}

/* The main thread: everything from nb_rx queues, until all senders and the silence after them. */
static void
receiver_run(struct receiver *r, struct fx *fx, uint16_t nb_rx, const unsigned int *running,
		bool *stop)
{
	uint64_t end = rte_get_timer_cycles() + rte_get_timer_hz() / 1000 * TIMEOUT_MS;
	struct rte_mbuf *pkts[BURST];
	unsigned int before;

	while (__atomic_load_n(running, __ATOMIC_ACQUIRE) > 0 && r->wrong == 0 &&
			rte_get_timer_cycles() < end) {
		before = r->got;
		for (uint16_t q = 0; q < nb_rx; q++)
			receiver_take(r, pkts, rte_eth_rx_burst(fx->rx_port, q, pkts, BURST));
		if (r->got == before)
			sched_yield();
	}
	__atomic_store_n(stop, true, __ATOMIC_RELAXED);
	do {
		before = r->got;
		for (uint16_t q = 0; q < nb_rx; q++)
			receiver_take(r, pkts, fx_rx(fx->rx_port, q, pkts, BURST, 5));
	} while (r->got != before && r->wrong == 0);
}

/* All arrived once and in order, or the receiving port says how many it had no room for. */
static void
check_received(struct fx *fx, const struct receiver *r, unsigned int sent)
{
	struct rte_eth_stats stats;

	if (r->wrong != 0)
		fail_msg("%u packets came twice or late", r->wrong);
	assert_int_equal(rte_eth_stats_get(fx->rx_port, &stats), 0);
	if (sent != r->got + stats.imissed)
		fail_msg("%u sent, %u received, %" PRIu64 " counted as missed", sent, r->got,
				stats.imissed);
	assert_true(r->missing <= stats.imissed);
	/* Fewer than PACKETS on a machine with no cores to spare: no fault of the device. */
	assert_true(sent >= PACKETS / 100);
}

/* nb senders, each through queue i mod nb_tx, against the main thread, which polls nb_rx queues. */
static void
run_threads(struct fx *fx, unsigned int nb, uint16_t nb_tx, uint16_t nb_rx)
{
	struct sender senders[SENDERS];
	struct receiver r = { 0 };
	pthread_t threads[SENDERS];
	unsigned int running = nb, sent = 0;
	bool stop = false;

	for (unsigned int i = 0; i < nb; i++) {
		senders[i] = (struct sender){ .fx = fx,
			.pkt = ut_pkt(fx, i << 24, 64),
			.queue = i % nb_tx,
			.to_send = PACKETS / nb,
			.stop = &stop,
			.running = &running };
		assert_int_equal(pthread_create(&threads[i], NULL, sender_run, &senders[i]), 0);
	}
	receiver_run(&r, fx, ut_nb_rx(fx, nb_rx, nb_tx), &running, &stop);
	for (unsigned int i = 0; i < nb; i++) {
		pthread_join(threads[i], NULL);
		sent += senders[i].sent;
	}
	check_received(fx, &r, sent);
}

static void
multithread_one_sender(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	run_threads(fx, 1, 1, 1);
}

static void
multithread_queue_each(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf;

	ut_plug(fx);
	ut_need_queues(fx, SENDERS, SENDERS);
	conf = ut_conf(fx);
	conf.nb_rx = conf.nb_tx = SENDERS;
	ut_up(fx, &conf);
	run_threads(fx, SENDERS, SENDERS, SENDERS);
}

/* Four transmit queues that feed one receive queue: producers meet. */
static void
multithread_senders_share_a_ring(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf;

	ut_plug(fx);
	ut_need_queues(fx, 1, SENDERS);
	conf = ut_conf(fx);
	conf.nb_tx = SENDERS;
	ut_up(fx, &conf);
	run_threads(fx, SENDERS, SENDERS, 1);
}

/* MT_LOCKFREE: one transmit queue, all threads, no lock. */
static void
multithread_lock_free_queue(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf;

	ut_plug(fx);
	ut_need_tx(fx, RTE_ETH_TX_OFFLOAD_MT_LOCKFREE, "MT_LOCKFREE");
	conf = ut_conf(fx);
	conf.eth.txmode.offloads = RTE_ETH_TX_OFFLOAD_MT_LOCKFREE;
	ut_up(fx, &conf);
	run_threads(fx, SENDERS, 1, 1);
}

struct reader {
	struct fx *fx;
	unsigned int backwards;
	bool *stop;
};

/* Counters only grow while nobody resets them. */
static void *
reader_run(void *arg)
{
	struct reader *r = arg;
	struct rte_eth_stats last = { 0 }, now;

	fx_thread_spread();
	while (!stopped(r->stop)) {
		if (rte_eth_stats_get(r->fx->tx_port, &now) != 0)
			continue;
		r->backwards += now.opackets < last.opackets || now.obytes < last.obytes ||
				now.ipackets < last.ipackets || now.ibytes < last.ibytes;
		last = now;
	}
	return NULL;
}

static void
stats_hold_under_load(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_stats tx, rx;
	struct receiver r = { 0 };
	pthread_t threads[2];
	unsigned int running = 1;
	bool stop = false;

	ut_up(fx, NULL);
	struct reader reader = { .fx = fx, .stop = &stop };
	struct sender sender = { .fx = fx,
		.pkt = ut_pkt(fx, 0, 64),
		.to_send = PACKETS,
		.stop = &stop,
		.running = &running };

	assert_int_equal(pthread_create(&threads[0], NULL, sender_run, &sender), 0);
	assert_int_equal(pthread_create(&threads[1], NULL, reader_run, &reader), 0);
	receiver_run(&r, fx, 1, &running, &stop);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	check_received(fx, &r, sender.sent);

	assert_int_equal(rte_eth_stats_get(fx->tx_port, &tx), 0);
	assert_int_equal(rte_eth_stats_get(fx->rx_port, &rx), 0);
	assert_int_equal(reader.backwards, 0);
	assert_int_equal(tx.opackets, sender.sent - rx.imissed);
	assert_int_equal(tx.obytes, tx.opackets * 64);
	assert_int_equal(rx.ipackets, r.got);
	assert_int_equal(rx.ibytes, rx.ipackets * 64);
}

static const struct lo_case threads_cases[] = {
	LO_CASE(multithread_one_sender),
	LO_CASE(multithread_queue_each),
	LO_CASE(multithread_senders_share_a_ring),
	LO_CASE(multithread_lock_free_queue),
	LO_CASE(stats_hold_under_load),
};
LO_REGISTER_TEST(ethdev_autotest, threads_cases);
