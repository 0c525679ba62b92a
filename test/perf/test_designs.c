/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Every design is a ring: what went in comes out, once, in order, with its bytes counted. A number
 * of a design that is not would be worth nothing.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bench.h"

#define SLOTS 96
#define PACKETS 100000

static struct rte_mbuf packets[512];
static struct lod_bench bench;

static uint32_t
below(uint32_t n)
{
	static uint32_t state = 1;

	state = state * 1664525 + 1013904223;
	return (state >> 16) % n;
}

static struct rte_mbuf *
packet(uint64_t number)
{
	return &packets[number % RTE_DIM(packets)];
}

static void
packet_prepare(uint64_t number)
{
	struct rte_mbuf *m = packet(number);

	memset(m, 0, sizeof(*m));
	m->refcnt = 1;
	m->nb_segs = 1;
	m->pkt_len = 60 + below(LOD_FRAME_MAX_BYTES - 60 + 1);
}

static uint16_t
send_some(const struct lod_design *d, uint64_t sent, uint64_t *bytes)
{
	struct rte_mbuf *pkts[64];
	uint16_t n = 1 + below(RTE_DIM(pkts));

	for (uint16_t i = 0; i < n; i++) {
		packet_prepare(sent + i);
		pkts[i] = packet(sent + i);
	}
	n = d->tx(bench.loop->txq, pkts, n);
	for (uint16_t i = 0; i < n; i++)
		*bytes += pkts[i]->pkt_len;
	return n;
}

static uint16_t
receive_some(const struct lod_design *d, uint64_t received, uint64_t *bytes)
{
	struct rte_mbuf *pkts[64];
	uint16_t n = d->rx(bench.loop->rxq, pkts, 1 + below(RTE_DIM(pkts)));

	for (uint16_t i = 0; i < n; i++) {
		assert_ptr_equal(pkts[i], packet(received + i));
		*bytes += pkts[i]->pkt_len;
	}
	return n;
}

static void
everything_comes_out_in_order_and_counted(void **state)
{
	const struct lod_design *d = *state;
	uint64_t sent = 0, received = 0, sent_bytes = 0, received_bytes = 0, tx_bytes, rx_bytes;
	unsigned int full = 0;

	d->family->setup(bench.loop, d, SLOTS);
	while (received < PACKETS) {
		/* in turn nearly full and nearly empty */
		uint32_t tries = sent / 1000 % 2 != 0 ? 3 : 1;

		for (uint32_t i = 0; i < tries && sent < PACKETS; i++) {
			sent += send_some(d, sent, &sent_bytes);
			assert_true(sent - received <= SLOTS);
			full += sent - received == SLOTS;
		}
		received += receive_some(d, received, &received_bytes);
		assert_true(received <= sent);
		if (!d->counts)
			continue;
		d->family->counted(bench.loop, &tx_bytes, &rx_bytes);
		assert_int_equal(tx_bytes, sent_bytes);
		assert_int_equal(rx_bytes, received_bytes);
	}
	/* all the slots were in use, often */
	assert_true(full > PACKETS / 1000);
}

/* The last of a burst is the one behind groups of vectors, the others are in them. */
static void
one_bad_packet_is_noticed(void **state)
{
	const struct lod_design *d = *state;
	struct rte_mbuf *pkts[11];

	d->family->setup(bench.loop, d, SLOTS);
	for (unsigned int bad = 0; bad < RTE_DIM(pkts); bad++) {
		for (unsigned int fault = 0; fault < 3; fault++) {
			for (unsigned int i = 0; i < RTE_DIM(pkts); i++) {
				packet_prepare(i);
				pkts[i] = packet(i);
			}
			if (fault == 0)
				pkts[bad]->pkt_len = 2 * (LOD_FRAME_MAX_BYTES + 1);
			else if (fault == 1)
				pkts[bad]->nb_segs = 2;
			else
				pkts[bad]->ol_flags = RTE_MBUF_F_TX_IP_CKSUM;
			assert_int_equal(d->tx(bench.loop->txq, pkts, RTE_DIM(pkts)), 0);
			assert_int_equal(d->rx(bench.loop->rxq, pkts, RTE_DIM(pkts)), 0);
		}
	}
}

static void
add(struct CMUnitTest *tests, size_t *n, const struct lod_design *d, CMUnitTestFunction function,
		const char *sentence)
{
	static char names[128][96];

	snprintf(names[*n], sizeof(names[*n]), "%s: %s", d->name, sentence);
	tests[*n] = (struct CMUnitTest){
		.name = names[*n],
		.test_func = function,
		.initial_state = (void *)(uintptr_t)d,
	};
	(*n)++;
}

int
main(void)
{
	const struct lod_case c = { .in_flight = 1, .slots = SLOTS, .stride_bytes = 2368 };
	struct CMUnitTest tests[128];
	size_t n = 0;
	int ret;

	if (lod_bench_init(&bench, &c) != 0)
		return EXIT_FAILURE;
	for (const struct lod_design *d = lod_designs; d->name != NULL; d++) {
		if (!lod_design_runs_here(d))
			continue;
		add(tests, &n, d, everything_comes_out_in_order_and_counted,
				"everything comes out in order and counted");
		if (d->checks)
			add(tests, &n, d, one_bad_packet_is_noticed, "one bad packet is noticed");
	}
	ret = _cmocka_run_group_tests("designs", tests, n, NULL, NULL);
	lod_bench_fini(&bench);
	return ret;
}
