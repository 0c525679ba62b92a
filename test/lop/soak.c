/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Everything on for a given time: LO_SOAK_SECONDS, 5 unless set. Two instances live as long as the
 * case and talk over a bad link, through hooks, a filter, a tap, while all that can be configured
 * comes and goes; in between four workers under all changes on an instance of their own. What is
 * there at the end of a round was there at the end of the first: blocks, mbufs, and each packet.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <rte_malloc.h>

#include "../../lib/lop/include/lop_filter.h"
#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_neigh.h"
#include "../../lib/lop/include/lop_stats.h"
#include "../../lib/lop/include/lop_trace.h"
#include "../fault.h"
#include "noise.h"
#include "stress.h"

#define SECONDS_DEFAULT 5
#define DATAGRAMS 5000 /* over the link, in a round */
#define SOAK_PACKETS 100000
#define GROWTH_MAX 65536
#define WARM_UP 2 /* rounds until tables have grown */

struct soak {
	struct noise link;
	struct lop_filter *filter;
	unsigned int round;
	uint64_t seen; /* packets at the tap */
	size_t heap_bytes;
	long blocks;
};

static time_t
seconds(void)
{
	const char *text = getenv("LO_SOAK_SECONDS");

	return text != NULL ? atoi(text) : SECONDS_DEFAULT;
}

static time_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static size_t
heap_bytes(void)
{
	struct rte_malloc_socket_stats stats;

	assert_int_equal(rte_malloc_get_socket_stats(0, &stats), 0);
	return stats.heap_allocsz_bytes;
}

static void
look(void *arg, int ifindex, const uint8_t *types, struct rte_mbuf *const *pkts, uint16_t n)
{
	struct soak *s = arg;

	RTE_SET_USED(ifindex);
	RTE_SET_USED(types);
	RTE_SET_USED(pkts);
	s->seen += n;
}

static void
pass(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts, uint8_t *verdicts,
		uint16_t n)
{
	RTE_SET_USED(arg);
	RTE_SET_USED(state);
	RTE_SET_USED(pkts);
	for (uint16_t i = 0; i < n; i++)
		assert_int_equal(verdicts[i], LOP_VERDICT_ACCEPT);
}

/* What stays for the whole time. */
static void
soak_open(struct fx *fx, struct soak *s)
{
	noise_open(fx, &s->link, 1);
	for (int p = 0; p < LOP_HOOK_POINTS; p++) {
		const struct lop_hook hook = { .name = "soak", .point = p, .fn = pass };

		assert_true(lop_hook_register(s->link.from, &hook) > 0);
		assert_true(lop_hook_register(s->link.to, &hook) > 0);
	}
	assert_true(lop_tap_add(s->link.to, 0, look, s) > 0);
	s->filter = lop_filter_create(s->link.to, LOP_HOOK_LOCAL_IN, 1, LOP_VERDICT_ACCEPT);
	assert_non_null(s->filter);
}

/* contract DEV-15, RT-08, NE-04: what comes goes in the same round */
static void
everything_comes_and_goes(struct lop *lop, int ifindex, unsigned int round)
{
	const struct lop_ifaddr a = {
		.local_be = rte_cpu_to_be_32(0x0a060001 + (round << 8 & 0xff00)), .prefix_len = 24
	};
	const struct lop_route r = { .dst_be = RTE_BE32(0x0b000000),
		.dst_len = 16,
		.oif = ifindex,
		.mtu_bytes = 600 + round % 500 };
	const struct lop_neigh_info neigh = { .ifindex = ifindex,
		.addr_be = rte_cpu_to_be_32(0x0a050010 + round % 100),
		.state = NUD_PERMANENT };

	assert_int_equal(lop_addr_add(lop, ifindex, &a), 0);
	assert_int_equal(lop_route_add(lop, &r), 0);
	assert_int_equal(lop_neigh_set(lop, &neigh), 0);
	assert_int_equal(lop_trace_start(lop, NULL, 16), 0);
	assert_int_equal(lop_sysctl_set(lop, "ip_local_reserved_ports", "5001-5010"), 0);
	assert_int_equal(lop_close(fx_udp(lop, NULL, 6000)), 0);
	lop_trace_stop(lop);
	assert_int_equal(lop_neigh_del(lop, ifindex, neigh.addr_be), 0);
	assert_int_equal(lop_route_del(lop, &r), 0);
	assert_int_equal(lop_addr_del(lop, ifindex, &a), 0);
}

static void
filter_changes(struct soak *s)
{
	struct lop_filter_rule rules[8] = { 0 };

	for (unsigned int i = 0; i < RTE_DIM(rules); i++) {
		rules[i].protocol = IPPROTO_UDP;
		rules[i].dport_min = 7000 + i + s->round % 100;
		rules[i].dport_max = rules[i].dport_min;
		rules[i].verdict = LOP_VERDICT_DROP;
	}
	/* always some: without rules nothing is compiled */
	assert_int_equal(lop_filter_set(s->filter, rules, 1 + s->round % (RTE_DIM(rules) - 1)), 0);
}

/*
 * Nothing grows once everything was there: not by a block, and what blocks hold, as compiled rules,
 * is sometimes a little more and sometimes a little less.
 */
static void
assert_flat(struct soak *s)
{
	const size_t heap = heap_bytes();
	const long blocks = lo_fault_live();

	if (s->round <= WARM_UP) {
		s->heap_bytes = heap;
		s->blocks = blocks;
		return;
	}
	if (heap > s->heap_bytes + GROWTH_MAX || blocks != s->blocks)
		fail_msg("round %u: %zu bytes in %ld blocks, %zu in %ld before", s->round, heap,
				blocks, s->heap_bytes, s->blocks);
}

static void
assert_mbufs_back(const struct lop *lop)
{
	const struct rte_mempool *pool = lop_mempool(lop);

	assert_int_equal(rte_mempool_avail_count(pool), pool->size);
}

static void
soak_round(struct fx *fx, struct soak *s)
{
	struct noise *link = &s->link;

	s->round++;
	filter_changes(s);
	everything_comes_and_goes(link->from, link->from_wire, s->round);
	everything_comes_and_goes(link->to, link->to_wire, s->round);
	noise_run(link, DATAGRAMS);
	noise_assert_sums(link);
	assert_int_equal(s->seen, link->given - link->runts);
	fx_lop_down(ps_run(fx, &ps_everything, SOAK_PACKETS));
	/* those that wait for their grace time to end */
	fx_advance_us(link->from, 1000000);
	fx_advance_us(link->to, 1000000);
	assert_mbufs_back(link->from);
	assert_mbufs_back(link->to);
	assert_flat(s);
}

/* contract BK-05, DEV-12, UR-04, UR-06 */
static void
sums_hold_and_memory_is_flat_for_the_whole_time(void **state)
{
	static struct soak s;
	const time_t end = now() + seconds();

	memset(&s, 0, sizeof(s));
	soak_open(*state, &s);
	do
		soak_round(*state, &s);
	while (now() < end || s.round <= WARM_UP + 1);
	lop_filter_destroy(s.filter);
}

static const struct lo_case soak_cases[] = {
	LO_CASE(sums_hold_and_memory_is_flat_for_the_whole_time),
};
LO_REGISTER_TEST(lop_soak_autotest, soak_cases);
