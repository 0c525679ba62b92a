/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
/*
 * A subject that loses, repeats, reorders or changes a packet once must not get through a round.
 *
 * The subject is a net_ring port with a receive callback that does the wrong.
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
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>

#include "lo_pool.h"
#include "packet.h"
#include "round.h"

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
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
