/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Routes, neighbours, hooks, filters and traces without memory. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_errno.h>

#include "../../lib/lop/include/lop_filter.h"
#include "../../lib/lop/include/lop_neigh.h"
#include "../../lib/lop/include/lop_stats.h"
#include "../../lib/lop/include/lop_trace.h"
#include "fault_fx.h"

/* As many as make tables grow. */
#define ROUTES 40

static struct lop_route
some_route(const struct fault_env *env, unsigned int i)
{
	return (struct lop_route){ .dst_be = rte_cpu_to_be_32(0x0b000000 + (i << 8)),
		.dst_len = i % 2 != 0 ? 32 : 24,
		.gateway_be = RTE_BE32(0x0a000002) + (i % 3 != 0 ? rte_cpu_to_be_32(i) : 0),
		.oif = env->wire };
}

static int
routes_run(struct fault_env *env)
{
	for (unsigned int i = 0; i < ROUTES; i++) {
		const struct lop_route r = some_route(env, i);
		const int ret = lop_route_add(env->lop, &r);

		/* those of the first time are there */
		if (ret != 0 && ret != -EEXIST)
			return ret;
	}
	return 0;
}

static void
routes_undo(struct fault_env *env)
{
	for (unsigned int i = 0; i < ROUTES; i++) {
		const struct lop_route r = some_route(env, i);

		assert_int_equal(lop_route_del(env->lop, &r), 0);
	}
}

static void
a_route_is_there_or_not(void **state)
{
	static const struct fault_scenario s = {
		.name = "routes", .run = routes_run, .undo = routes_undo
	};

	fault_sweep(*state, &s);
}

static void
counted_route(const struct lop_route *route, void *arg)
{
	RTE_SET_USED(route);
	++*(unsigned int *)arg;
}

static int
list_run(struct fault_env *env)
{
	unsigned int n = 0;

	return lop_route_list(env->lop, 0, counted_route, &n);
}

static void
routes_are_listed_or_not(void **state)
{
	static const struct fault_scenario s = { .name = "route list", .run = list_run };

	fault_sweep(*state, &s);
}

/* More than one piece of memory holds. */
#define NEIGHBOURS 200

static int
neighbours_run(struct fault_env *env)
{
	for (unsigned int i = 0; i < NEIGHBOURS; i++) {
		const struct lop_neigh_info n = { .ifindex = env->wire,
			.addr_be = rte_cpu_to_be_32(0x0a000010 + i),
			.state = NUD_PERMANENT };
		const int ret = lop_neigh_set(env->lop, &n);

		if (ret != 0)
			return ret;
	}
	return 0;
}

/* contract NE-04: without memory for more chains those there are grow longer */
static void
a_neighbour_is_there_or_not(void **state)
{
	static const struct fault_scenario s = {
		.name = "neighbours", .run = neighbours_run, .may_succeed = true
	};

	fault_sweep(*state, &s);
}

static void
counted_neigh(const struct lop_neigh_info *neigh, void *arg)
{
	RTE_SET_USED(neigh);
	++*(unsigned int *)arg;
}

static int
neigh_list_run(struct fault_env *env)
{
	unsigned int n = 0;

	return lop_neigh_list(env->lop, 0, counted_neigh, &n);
}

static void
neighbours_are_listed_or_not(void **state)
{
	static const struct fault_scenario s = { .name = "neigh list", .run = neigh_list_run };

	fault_sweep(*state, &s);
}

static void
no_hook(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts, uint8_t *verdicts,
		uint16_t n)
{
	RTE_SET_USED(arg);
	RTE_SET_USED(state);
	RTE_SET_USED(pkts);
	RTE_SET_USED(verdicts);
	RTE_SET_USED(n);
}

static int
hook_run(struct fault_env *env)
{
	const struct lop_hook hook = { .name = "none", .point = LOP_HOOK_LOCAL_IN, .fn = no_hook };

	env->fd = lop_hook_register(env->lop, &hook);
	return env->fd > 0 ? 0 : env->fd;
}

static void
hook_undo(struct fault_env *env)
{
	assert_int_equal(lop_hook_unregister(env->lop, env->fd), 0);
}

/* contract NF-01 */
static void
a_hook_is_registered_or_not(void **state)
{
	static const struct fault_scenario s = {
		.name = "hook", .run = hook_run, .undo = hook_undo
	};

	fault_sweep(*state, &s);
}

static void
no_tap(void *arg, int ifindex, const uint8_t *types, struct rte_mbuf *const *pkts, uint16_t n)
{
	RTE_SET_USED(arg);
	RTE_SET_USED(ifindex);
	RTE_SET_USED(types);
	RTE_SET_USED(pkts);
	RTE_SET_USED(n);
}

static int
tap_run(struct fault_env *env)
{
	env->fd = lop_tap_add(env->lop, 0, no_tap, NULL);
	return env->fd > 0 ? 0 : env->fd;
}

static void
tap_undo(struct fault_env *env)
{
	assert_int_equal(lop_tap_del(env->lop, env->fd), 0);
}

/* contract TAP-01 */
static void
a_tap_is_added_or_not(void **state)
{
	static const struct fault_scenario s = { .name = "tap", .run = tap_run, .undo = tap_undo };

	fault_sweep(*state, &s);
}

static int
filter_run(struct fault_env *env)
{
	static const struct lop_filter_rule rules[] = {
		{ .protocol = IPPROTO_UDP, .dport_min = 1, .dport_max = 9 },
		{ .saddr_be = RTE_BE32(0x0a000000), .saddr_len = 8, .verdict = LOP_VERDICT_ACCEPT },
	};
	struct lop_filter *f = lop_filter_create(
			env->lop, LOP_HOOK_LOCAL_IN, 0, LOP_VERDICT_ACCEPT);
	int ret;

	if (f == NULL)
		return -rte_errno;
	ret = lop_filter_set(f, rules, RTE_DIM(rules));
	/* the old ones stayed */
	if (ret != 0)
		assert_int_equal(lop_filter_hits(f, 0), 0);
	lop_filter_destroy(f);
	return ret;
}

static void
a_filter_has_its_new_rules_or_the_old_ones(void **state)
{
	static const struct fault_scenario s = { .name = "filter", .run = filter_run };

	fault_sweep(*state, &s);
}

static int
trace_run(struct fault_env *env)
{
	return lop_trace_start(env->lop, NULL, 4);
}

static void
a_trace_starts_or_not(void **state)
{
	static const struct fault_scenario s = { .name = "trace", .run = trace_run };

	fault_sweep(*state, &s);
}

static int
reserved_run(struct fault_env *env)
{
	return lop_sysctl_set(env->lop, "ip_local_reserved_ports", "1-5,7");
}

/* contract SK-03 */
static void
ports_are_reserved_or_not(void **state)
{
	static const struct fault_scenario s = { .name = "reserved ports", .run = reserved_run };

	fault_sweep(*state, &s);
}

static int
arp_run(struct fault_env *env)
{
	char text[4096];
	FILE *f = fmemopen(text, sizeof(text), "w");
	const int ret = lop_proc_write(env->lop, "arp", f);

	fclose(f);
	return ret;
}

/* contract OB-03 */
static void
the_arp_table_is_written_or_not(void **state)
{
	static const struct fault_scenario s = {
		.name = "arp", .run = arp_run, .may_succeed = true, .also = EIO
	};

	fault_sweep(*state, &s);
}

static const struct lo_case table_cases[] = {
	LO_CASE(a_route_is_there_or_not),
	LO_CASE(routes_are_listed_or_not),
	LO_CASE(a_neighbour_is_there_or_not),
	LO_CASE(neighbours_are_listed_or_not),
	LO_CASE(a_hook_is_registered_or_not),
	LO_CASE(a_tap_is_added_or_not),
	LO_CASE(a_filter_has_its_new_rules_or_the_old_ones),
	LO_CASE(a_trace_starts_or_not),
	LO_CASE(ports_are_reserved_or_not),
	LO_CASE(the_arp_table_is_written_or_not),
};
LO_REGISTER_TEST(lop_fault_autotest, table_cases);
