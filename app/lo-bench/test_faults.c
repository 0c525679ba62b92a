/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
/*
 * A subject that loses, repeats, reorders or changes a packet once must not get through a round.
 *
 * The subject is a net_ring port with a receive callback that does the wrong, or an instance of
 * liblop with such a hook.
 */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <lop_hook.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>

#include "latency.h"
#include "lo_pool.h"
#include "packet.h"
#include "path.h"
#include "round.h"
#include "udp.h"

#define IN_FLIGHT 64
#define SIZE_BYTES 64
#define POOL_MBUFS 4095

enum fault {
	NO_FAULT,
	LOSE,
	SWAP,
	REPEAT,
	CHANGE_STAMP,
	CHANGE_PATTERN,
};

static struct rte_mempool *pool;
static struct lob_subject subject;
static enum fault fault;

static void
change(struct rte_mbuf *m, size_t off)
{
	*rte_pktmbuf_mtod_offset(m, uint8_t *, off) ^= 0x80;
}

/* Strike once, in a burst that has a last packet and one before. */
static uint16_t
strike(uint16_t port __rte_unused, uint16_t queue __rte_unused, struct rte_mbuf *pkts[], uint16_t n,
		uint16_t max __rte_unused, void *arg __rte_unused)
{
	const enum fault now = n < 2 ? NO_FAULT : fault;
	struct rte_mbuf *last;

	if (now == NO_FAULT)
		return n;
	fault = NO_FAULT;
	last = pkts[n - 1];
	switch (now) {
	case LOSE:
		return n - 1;
	case SWAP:
		pkts[n - 1] = pkts[n - 2];
		pkts[n - 2] = last;
		break;
	case REPEAT:
		pkts[n - 1] = pkts[n - 2];
		break;
	case CHANGE_STAMP:
		change(last, LOB_HEADER_BYTES);
		break;
	case CHANGE_PATTERN:
		change(last, SIZE_BYTES - 1);
		break;
	case NO_FAULT:
		break;
	}
	return n;
}

/* Every case has mbufs of its own: a lost one is lost. */
static int
round_with(int (*round)(struct lob_round *), enum fault f)
{
	struct rte_mbuf *mbufs[IN_FLIGHT];
	struct lob_round r = {
		.subject = &subject,
		.c = { .burst = 16, .in_flight = IN_FLIGHT, .size_bytes = SIZE_BYTES },
		.pool = pool,
		.mbufs = mbufs,
		.budget_tsc = rte_get_tsc_hz() / 200,
	};
	uint8_t frame[SIZE_BYTES];
	struct rte_mbuf *left[1];
	int ret;

	assert_int_equal(rte_pktmbuf_alloc_bulk(pool, mbufs, IN_FLIGHT), 0);
	lob_packet_template(frame, SIZE_BYTES);
	for (uint16_t i = 0; i < IN_FLIGHT; i++)
		lob_packet_write(mbufs[i], frame, SIZE_BYTES, i);

	fault = f;
	ret = round(&r);
	/* the fault has happened */
	assert_int_equal(fault, NO_FAULT);
	if (ret == 0)
		assert_int_equal(r.sent, r.received);
	while (rte_eth_rx_burst(subject.rx_port, 0, left, 1) != 0)
		;
	return ret;
}

static void
good_rounds_pass(void **state __rte_unused)
{
	assert_int_equal(round_with(lob_loop_round, NO_FAULT), 0);
	assert_int_equal(round_with(lob_xcore_round, NO_FAULT), 0);
	assert_int_equal(round_with(lob_floor_round, NO_FAULT), 0);
}

static void
loop_sees_each_fault(void **state __rte_unused)
{
	assert_int_equal(round_with(lob_loop_round, LOSE), -EIO);
	assert_int_equal(round_with(lob_loop_round, SWAP), -EIO);
	assert_int_equal(round_with(lob_loop_round, REPEAT), -EIO);
	assert_int_equal(round_with(lob_loop_round, CHANGE_STAMP), -EIO);
}

static void
loop_xcore_sees_each_fault(void **state __rte_unused)
{
	assert_int_equal(round_with(lob_xcore_round, LOSE), -EIO);
	assert_int_equal(round_with(lob_xcore_round, SWAP), -EIO);
	assert_int_equal(round_with(lob_xcore_round, REPEAT), -EIO);
}

static void
floor_sees_each_fault(void **state __rte_unused)
{
	assert_int_equal(round_with(lob_floor_round, LOSE), -EIO);
	assert_int_equal(round_with(lob_floor_round, SWAP), -EIO);
	assert_int_equal(round_with(lob_floor_round, CHANGE_STAMP), -EIO);
	assert_int_equal(round_with(lob_floor_round, CHANGE_PATTERN), -EIO);
}

/* As strike(), where data starts at the IPv4 header. */
static void
strike_hook(void *arg __rte_unused, const struct lop_hook_state *state __rte_unused,
		struct rte_mbuf **pkts, uint8_t *verdicts, uint16_t n)
{
	const size_t payload = sizeof(struct rte_ipv4_hdr) + sizeof(struct rte_udp_hdr);
	const enum fault now = n < 2 ? NO_FAULT : fault;

	if (now == NO_FAULT)
		return;
	fault = NO_FAULT;
	if (now == LOSE)
		verdicts[n - 1] = LOP_VERDICT_DROP;
	else if (now == CHANGE_STAMP)
		change(pkts[n - 1], payload);
	else
		change(pkts[n - 1], payload + SIZE_BYTES - LOB_HEADER_BYTES - 1);
}

static int
open_faulty(struct lob_path *p)
{
	const struct lop_hook hook = {
		.name = "strike",
		.point = LOP_HOOK_LOCAL_IN,
		.fn = strike_hook,
	};

	return lop_hook_register(p->lop, &hook) < 0 ? -EINVAL : lob_path_open_pair(p);
}

static int
path_round_with(enum fault f)
{
	static const struct lob_entry entry = {
		.title = "liblop",
		.kind = LOB_KIND_LIBLOP,
		.open = open_faulty,
		.round = lob_udp_round,
	};
	struct lob_round r = {
		.c = { .burst = 16, .in_flight = IN_FLIGHT, .size_bytes = SIZE_BYTES },
		.budget_tsc = rte_get_tsc_hz() / 200,
	};
	struct lob_path p;
	int ret;

	assert_int_equal(lob_path_open(&p, &entry, &r.c), 0);
	fault = f;
	ret = lob_path_round(&p, &r);
	assert_int_equal(fault, NO_FAULT);
	if (ret == 0)
		assert_int_equal(r.sent, r.received);
	/* what waited is freed with the sockets */
	assert_int_equal(lob_path_close(&p), 0);
	return ret;
}

static void
path_sees_each_fault(void **state __rte_unused)
{
	assert_int_equal(path_round_with(NO_FAULT), 0);
	assert_int_equal(path_round_with(LOSE), -EIO);
	assert_int_equal(path_round_with(CHANGE_STAMP), -EIO);
	assert_int_equal(path_round_with(CHANGE_PATTERN), -EIO);
}

/* One in a hundred takes a thousand times as long; buckets are off by one in 128. */
static void
times_are_found_by_their_share(void **state __rte_unused)
{
	static struct lob_latency l;

	assert_true(lob_latency_at(&l, 0.5) == 0);
	for (unsigned int i = 0; i < 1000; i++)
		lob_latency_add(&l, i % 100 == 99 ? 300000 : 300);
	assert_true(lob_latency_at(&l, 0.5) > 297 && lob_latency_at(&l, 0.5) < 303);
	assert_true(lob_latency_at(&l, 0.99) < 303);
	assert_true(lob_latency_at(&l, 0.999) > 297000 && lob_latency_at(&l, 0.999) < 303000);
	for (unsigned int bit = 0; bit < 64; bit++)
		assert_true(lob_latency_bucket(UINT64_MAX >> bit) < LOB_LATENCY_BUCKETS);
}

/* Two lcores, on one CPU where there is no second. */
static void
lcores_option(char *option, size_t size)
{
	int cpus[2] = { 0, 0 }, n = 0;
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		CPU_ZERO(&set);
	for (int cpu = 0; cpu < CPU_SETSIZE && n < 2; cpu++)
		if (CPU_ISSET(cpu, &set))
			cpus[n++] = cpu;
	snprintf(option, size, "--lcores=0@%d,1@%d", cpus[0], cpus[n == 2]);
}

static int
set_up(void **state __rte_unused)
{
	char lcores[64], prefix[64];
	char *argv[] = { "test_faults", "--no-huge", "--no-shconf", "--no-pci", "--no-telemetry",
		"-m", "128", "--log-level=lib.eal:warning", lcores, prefix, NULL };

	lcores_option(lcores, sizeof(lcores));
	snprintf(prefix, sizeof(prefix), "--file-prefix=lo-bench-faults-%d", (int)getpid());
	if (rte_eal_init(RTE_DIM(argv) - 1, argv) < 0)
		return -1;
	pool = lo_pool_create("faults", POOL_MBUFS, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (pool == NULL || lob_subject_open(&subject, &lob_peers[LOB_NET_RING], IN_FLIGHT) != 0 ||
			lob_subject_start(&subject, pool, 1024, RTE_ETHER_MTU) != 0)
		return -1;
	return rte_eth_add_rx_callback(subject.rx_port, 0, strike, NULL) == NULL ? -1 : 0;
}

static int
tear_down(void **state __rte_unused)
{
	lob_subject_close(&subject);
	rte_mempool_free(pool);
	return rte_eal_cleanup();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_rounds_pass),
		cmocka_unit_test(loop_sees_each_fault),
		cmocka_unit_test(loop_xcore_sees_each_fault),
		cmocka_unit_test(floor_sees_each_fault),
		cmocka_unit_test(path_sees_each_fault),
		cmocka_unit_test(times_are_found_by_their_share),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
