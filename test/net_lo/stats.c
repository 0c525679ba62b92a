/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Statistics: names that stay, values to the packet, beyond sixteen queues, under load. */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nl.h"

#define QUEUES 20
#define LOAD_PACKETS 2000000
#define BYTES 60

/* ethdev's own come first and are not the driver's. */
static unsigned int
names_of(struct fx *fx, struct rte_eth_xstat_name *names, unsigned int room)
{
	int n = rte_eth_xstats_get_names(fx->tx_port, names, room);

	nl_assert_range(n, 1, room);
	return n;
}

/* Scripts depend on them: this list changes with a note in the changelog. */
static void
names_are_these(void **state)
{
	static const char *const want[] = { "tx_drop_oversize", "tx_drop_link_down",
		"tx_drop_no_rx_queue", "tx_drop_unsupported_offload", "tx_drop_malformed",
		"tx_drop_no_mbuf", "tx_drop_not_linear", "rx_mac_filtered", "tx_ring_full",
		"tx_gso_packets", "tx_gso_segments", "rx_interrupts", "rx_q0_packets",
		"rx_q0_bytes", "rx_q0_missed", "rx_q1_packets", "rx_q1_bytes", "rx_q1_missed",
		"tx_q0_packets", "tx_q0_bytes", "tx_q0_drops", "tx_q0_refused", "tx_q1_packets",
		"tx_q1_bytes", "tx_q1_drops", "tx_q1_refused", "tx_q2_packets", "tx_q2_bytes",
		"tx_q2_drops", "tx_q2_refused" };
	struct rte_eth_xstat_name names[128];
	struct fx *fx = *state;
	const struct fx_port conf = { .nb_rx = 2, .nb_tx = 3 };
	unsigned int n;

	nl_up(fx, "", &conf);
	n = names_of(fx, names, RTE_DIM(names));
	assert_true(n > RTE_DIM(want));
	/* the driver's are the last ones */
	for (unsigned int i = 0; i < RTE_DIM(want); i++)
		assert_string_equal(names[n - RTE_DIM(want) + i].name, want[i]);
	for (unsigned int i = 0; i < n; i++) {
		for (unsigned int k = 0; k < i; k++)
			assert_string_not_equal(names[i].name, names[k].name);
	}
}

static uint64_t
queue_xstat(struct fx *fx, const char *side, unsigned int queue, const char *what)
{
	char name[RTE_ETH_XSTATS_NAME_SIZE];

	snprintf(name, sizeof(name), "%s_q%u_%s", side, queue, what);
	return nl_xstat(fx, name);
}

/* Each queue for itself, also those that the basic statistics have no place for. */
static void
every_queue_counts_for_itself(void **state)
{
	struct fx *fx = *state;
	const struct fx_port conf = { .nb_rx = QUEUES, .nb_tx = QUEUES, .nb_rxd = 16 };
	struct rte_mbuf *pkts[QUEUES + 1];
	uint64_t total = 0;

	nl_up(fx, "overflow=drop", &conf);
	for (unsigned int q = 0; q < QUEUES; q++) {
		pkt_build_burst(fx->pool, &(struct pkt){ .size = 60 + q }, pkts, q + 1);
		fx_tx_all(fx->tx_port, q, pkts, q + 1);
		assert_int_equal(fx_drain(fx->tx_port, q), RTE_MIN(q + 1, 16u));
		pkts[0] = pkt_build(fx->pool, &(struct pkt){ .size = 1800 });
		fx_tx_all(fx->tx_port, q, pkts, 1);
		total += RTE_MIN(q + 1, 16u);
	}
	for (unsigned int q = 0; q < QUEUES; q++) {
		const uint64_t n = RTE_MIN(q + 1, 16u);

		assert_int_equal(queue_xstat(fx, "tx", q, "packets"), n);
		assert_int_equal(queue_xstat(fx, "tx", q, "bytes"), n * (60 + q));
		assert_int_equal(queue_xstat(fx, "tx", q, "drops"), 1);
		assert_int_equal(queue_xstat(fx, "rx", q, "packets"), n);
		assert_int_equal(queue_xstat(fx, "rx", q, "bytes"), n * (60 + q));
		assert_int_equal(queue_xstat(fx, "rx", q, "missed"), q + 1 - n);
	}
	assert_int_equal(nl_stats(fx).opackets, total);
	assert_int_equal(nl_stats(fx).oerrors, QUEUES);
	nl_assert_books(fx, QUEUES * (QUEUES + 1) / 2 + QUEUES);

	assert_int_equal(rte_eth_xstats_reset(fx->tx_port), 0);
	for (unsigned int q = 0; q < QUEUES; q++) {
		assert_int_equal(queue_xstat(fx, "tx", q, "packets"), 0);
		assert_int_equal(queue_xstat(fx, "rx", q, "bytes"), 0);
		assert_int_equal(queue_xstat(fx, "rx", q, "missed"), 0);
	}
	nl_assert_books(fx, 0);
}

static void
reset_clears_every_counter(void **state)
{
	struct rte_eth_xstat values[128];
	struct fx *fx = *state;
	const struct fx_port conf = { .nb_rxd = 4 };
	struct rte_mbuf *pkts[8];
	int n;

	nl_up(fx, "", &conf);
	pkt_build_burst(fx->pool, &(struct pkt){ 0 }, pkts, RTE_DIM(pkts));
	assert_int_equal(rte_eth_tx_burst(fx->tx_port, 0, pkts, 8), 4);
	rte_pktmbuf_free_bulk(pkts + 4, 4);
	assert_int_equal(fx_drain(fx->tx_port, 0), 4);
	assert_int_equal(rte_eth_stats_reset(fx->tx_port), 0);
	n = rte_eth_xstats_get(fx->tx_port, values, RTE_DIM(values));
	nl_assert_range(n, 1, RTE_DIM(values));
	for (int i = 0; i < n; i++)
		assert_int_equal(values[i].value, 0);
	assert_int_equal(nl_stats(fx).opackets, 0);
}

/* A thread that sends and receives all the while. */
struct load {
	struct fx *fx;
	bool done; /* atomic */
	bool broken;
};

static void *
run_load(void *arg)
{
	struct load *l = arg;
	struct rte_mbuf *pkts[32];

	if (rte_pktmbuf_alloc_bulk(l->fx->pool, pkts, RTE_DIM(pkts)) == 0) {
		for (unsigned int i = 0; i < RTE_DIM(pkts); i++)
			pkts[i]->data_len = pkts[i]->pkt_len = BYTES;
		for (unsigned int sent = 0; sent < LOAD_PACKETS && !l->broken;
				sent += RTE_DIM(pkts)) {
			l->broken = rte_eth_tx_burst(l->fx->tx_port, 0, pkts, RTE_DIM(pkts)) !=
							RTE_DIM(pkts) ||
					rte_eth_rx_burst(l->fx->tx_port, 0, pkts, RTE_DIM(pkts)) !=
							RTE_DIM(pkts);
		}
		rte_pktmbuf_free_bulk(pkts, RTE_DIM(pkts));
	}
	__atomic_store_n(&l->done, true, __ATOMIC_RELEASE);
	return NULL;
}

/* Never backwards, never ahead of what was sent, in the end exact. */
static void
exact_under_load(void **state)
{
	struct fx *fx = *state;
	struct load load = { .fx = fx };
	struct rte_eth_stats last = { 0 };
	unsigned int looks = 0;
	pthread_t thread;

	nl_up(fx, "", NULL);
	assert_int_equal(pthread_create(&thread, NULL, run_load, &load), 0);
	while (!__atomic_load_n(&load.done, __ATOMIC_ACQUIRE)) {
		struct rte_eth_stats s = nl_stats(fx);

		assert_true(s.ipackets >= last.ipackets && s.opackets >= last.opackets);
		assert_true(s.ibytes >= last.ibytes && s.obytes >= last.obytes);
		assert_true(s.ipackets <= s.opackets && s.opackets <= LOAD_PACKETS);
		last = s;
		looks++;
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_false(load.broken);
	assert_true(looks > 0);
	assert_int_equal(nl_stats(fx).opackets, LOAD_PACKETS);
	assert_int_equal(nl_stats(fx).obytes, (uint64_t)LOAD_PACKETS * BYTES);
	nl_assert_books(fx, LOAD_PACKETS);
}

/* Resets meanwhile write nobody's line: no count goes below zero, and the last one is exact. */
static void
reset_under_load(void **state)
{
	struct fx *fx = *state;
	struct load load = { .fx = fx };
	uint64_t resets = 0;
	pthread_t thread;
	struct rte_mbuf *pkts[10];

	nl_up(fx, "", NULL);
	assert_int_equal(pthread_create(&thread, NULL, run_load, &load), 0);
	while (!__atomic_load_n(&load.done, __ATOMIC_ACQUIRE)) {
		struct rte_eth_stats s;

		assert_int_equal(rte_eth_stats_reset(fx->tx_port), 0);
		s = nl_stats(fx);
		assert_true(s.ipackets <= LOAD_PACKETS && s.opackets <= LOAD_PACKETS);
		assert_true(s.ibytes <= (uint64_t)LOAD_PACKETS * BYTES);
		assert_true(s.obytes <= (uint64_t)LOAD_PACKETS * BYTES);
		assert_true(s.imissed == 0 && s.oerrors == 0);
		resets++;
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_false(load.broken);
	assert_true(resets > 0);
	assert_int_equal(rte_eth_stats_reset(fx->tx_port), 0);
	pkt_build_burst(fx->pool, &(struct pkt){ .size = 99 }, pkts, RTE_DIM(pkts));
	fx_tx_all(fx->tx_port, 0, pkts, RTE_DIM(pkts));
	fx_rx_all(fx->tx_port, 0, pkts, RTE_DIM(pkts));
	rte_pktmbuf_free_bulk(pkts, RTE_DIM(pkts));
	assert_int_equal(nl_stats(fx).obytes, 10 * 99);
	nl_assert_books(fx, 10);
}

static void
dump_says_it_all(void **state)
{
	static const char *const lines[] = {
		"steer queue, overflow backpressure, speed 100000 Mbps, link up, MTU 1500",
		"rx queue 0: started, 1 of 512 slots full, one producer, packets 0",
		"tx queue 0: started, packets 1, bytes 60, refused 0",
		"tx queue 0: dropped oversize 1",
		"rx queue 1: stopped",
	};
	struct fx *fx = *state;
	const struct fx_port conf = { .nb_rx = 2, .nb_tx = 2 };
	char *dump;

	nl_up(fx, "", &conf);
	nl_send(fx, pkt_build(fx->pool, &(struct pkt){ .size = 60 }));
	nl_send(fx, pkt_build(fx->pool, &(struct pkt){ .size = 1800 }));
	assert_int_equal(rte_eth_dev_rx_queue_stop(fx->tx_port, 1), 0);
	dump = nl_dump(fx);
	for (unsigned int i = 0; i < RTE_DIM(lines); i++) {
		if (strstr(dump, lines[i]) == NULL)
			fail_msg("'%s' is not in: %s", lines[i], dump);
	}
	free(dump);
}

static const struct lo_case stats_cases[] = {
	LO_CASE(names_are_these),
	LO_CASE(every_queue_counts_for_itself),
	LO_CASE(reset_clears_every_counter),
	LO_CASE(exact_under_load),
	LO_CASE(reset_under_load),
	LO_CASE(dump_says_it_all),
};
LO_REGISTER_TEST(net_lo_autotest, stats_cases);
