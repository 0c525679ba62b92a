/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Memory that runs out at the n-th allocation, for every n. */

#include <errno.h>

#include "../../lib/lop/include/lop_neigh.h"
#include "fault_fx.h"

#define ALLOCATIONS_MAX 1000

static void
env_open(struct fault_env *env, struct fx *fx)
{
	const struct lop_ifaddr own = { .local_be = inet_addr("10.0.0.1"), .prefix_len = 24 };
	const struct lop_conf conf = { .mbufs = 511 + 1, .workers_max = 2, .seed = 1 };
	struct lop_neigh_info peer = { .addr_be = inet_addr("10.0.0.2"), .state = NUD_PERMANENT };

	*env = (struct fault_env){ .fx = fx, .fd = -1, .fd2 = -1 };
	env->lop = fx_lop(fx, &conf);
	lo_fault_pool(lop_mempool(env->lop));
	assert_int_equal(lop_if_set_flags(env->lop, LOP_LO_INDEX, IFF_UP, IFF_UP), 0);
	env->wire = fx_wire(fx, env->lop, "wire0");
	assert_int_equal(lop_if_set_flags(env->lop, env->wire, IFF_UP, IFF_UP), 0);
	assert_int_equal(lop_addr_add(env->lop, env->wire, &own), 0);
	peer.ifindex = env->wire;
	assert_int_equal(lop_neigh_set(env->lop, &peer), 0);
}

static int
run_once(struct fault_env *env, const struct fault_scenario *s, unsigned int n, bool all,
		unsigned int *seen)
{
	int ret;

	lo_fault_arm(n, all);
	ret = s->run(env);
	*seen = lo_fault_disarm();
	return ret;
}

static bool
is_right(const struct fault_scenario *s, int ret)
{
	return ret == -ENOMEM || ret == -ENOBUFS || (s->also != 0 && ret == -s->also) ||
			(ret == 0 && s->may_succeed);
}

/* false: the scenario made less than n allocations. */
static bool
fails_well(struct fx *fx, const struct fault_scenario *s, unsigned int n, bool all)
{
	const long before = lo_fault_live();
	struct fault_env env;
	unsigned int seen;
	int ret;

	env_open(&env, fx);
	if (s->prepare != NULL)
		s->prepare(&env);
	ret = run_once(&env, s, n, all, &seen);
	if (seen >= n && !is_right(s, ret))
		fail_msg("%s: allocation %u of %u: %d", s->name, n, seen, ret);
	if (seen < n && ret != 0)
		fail_msg("%s: without a fault: %d", s->name, ret);
	if (ret == 0 && s->undo != NULL)
		s->undo(&env);
	ret = s->run(&env);
	if (ret != 0)
		fail_msg("%s: behind a fault at %u: %d", s->name, n, ret);
	if (s->undo != NULL)
		s->undo(&env);
	fx_lop_down(env.lop);
	if (lo_fault_live() != before)
		fail_msg("%s: a fault at %u left %ld blocks", s->name, n, lo_fault_live() - before);
	return seen >= n;
}

void
fault_sweep(struct fx *fx, const struct fault_scenario *s)
{
	unsigned int n = 1;

	/* what is made once in a process */
	fx_lop_down(fx_lop_up(fx));
	while (fails_well(fx, s, n, false) && fails_well(fx, s, n, true)) {
		n++;
		assert_true(n < ALLOCATIONS_MAX);
	}
	/* there was something to fail */
	if (n == 1)
		fail_msg("%s: nothing is allocated", s->name);
}
