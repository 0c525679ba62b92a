/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Hooks: order, verdicts, and who sees what. */

#include <errno.h>
#include <string.h>

#include "../../lib/lop/include/lop_stats.h"
#include "hook_fx.h"

static void
burst(struct lop *lop, struct rte_mbuf **pkts, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		pkts[i] = hand_made(lop, "127.0.0.1", "127.0.0.1", 1000 + i, 53);
	memset(&fx_worker(lop)->out, 0, sizeof(fx_worker(lop)->out));
}

/* contract NF-01: without hooks a stage hands on what it got. */
static void
stages_without_hooks_change_nothing(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct rte_mbuf *pkts[4], *same[4];

	burst(lop, pkts, 4);
	memcpy(same, pkts, sizeof(pkts));
	for (unsigned int p = 0; p < RTE_DIM(hook_points); p++)
		assert_int_equal(hook_stage(hook_points[p])(fx_worker(lop), pkts, 4), 4);
	assert_memory_equal(same, pkts, sizeof(pkts));
	rte_pktmbuf_free_bulk(pkts, 4);
}

/* contract FLOW-2, NF-01: low priorities come first, of equal ones the last; the whole burst. */
static void
hooks_run_by_priority_the_newest_first(void **state)
{
	struct lop *lop = fx_lop_up(*state);

	for (unsigned int p = 0; p < RTE_DIM(hook_points); p++) {
		struct seen *order[8] = { NULL };
		struct seen late = { .verdict = LOP_VERDICT_ACCEPT };
		struct seen first = late, second = late, early = late;
		struct seen **next = order;
		struct seen *const all[] = { &early, &second, &first, &late };
		struct rte_mbuf *pkts[5];
		int id[4];

		id[0] = seen_register(lop, &late, hook_points[p], 100);
		id[1] = seen_register(lop, &first, hook_points[p], 0);
		id[2] = seen_register(lop, &second, hook_points[p], 0);
		id[3] = seen_register(lop, &early, hook_points[p], -100);
		burst(lop, pkts, 5);
		for (unsigned int i = 0; i < RTE_DIM(all); i++)
			all[i]->next_in_order = &next;
		assert_int_equal(hook_stage(hook_points[p])(fx_worker(lop), pkts, 5), 5);
		for (unsigned int i = 0; i < RTE_DIM(all); i++) {
			assert_ptr_equal(order[i], all[i]);
			assert_int_equal(all[i]->calls, 1);
			assert_int_equal(all[i]->burst[0], 5);
			assert_memory_equal(all[i]->pkt, pkts, sizeof(pkts));
			assert_int_equal(all[i]->state[0].point, hook_points[p]);
			assert_int_equal(all[i]->state[0].ifindex, LOP_LO_INDEX);
			assert_ptr_equal(all[i]->state[0].lop, lop);
		}
		rte_pktmbuf_free_bulk(pkts, 5);
		for (unsigned int i = 0; i < RTE_DIM(id); i++)
			assert_int_equal(lop_hook_unregister(lop, id[i]), 0);
	}
}

/* contract NF-01: the sender hears EPERM on the way out, nobody on the way in. */
static void
drop_frees_and_tells_the_sender_on_the_way_out(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct lop_worker *w = fx_worker(lop);

	for (unsigned int p = 0; p < RTE_DIM(hook_points); p++) {
		const bool out = hook_points[p] == LOP_HOOK_LOCAL_OUT ||
				hook_points[p] == LOP_HOOK_POST_ROUTING;
		struct seen drop = { .verdict = LOP_VERDICT_ACCEPT };
		struct seen behind = { .verdict = LOP_VERDICT_ACCEPT };
		struct rte_mbuf *pkts[6], *made[6];
		const uint64_t drops = lop_drop_read(lop, LOP_DROP_HOOK);
		int id[2];

		drop.next[1] = drop.next[2] = drop.next[5] = 1 + LOP_VERDICT_DROP;
		id[0] = seen_register(lop, &drop, hook_points[p], 0);
		id[1] = seen_register(lop, &behind, hook_points[p], 1);
		burst(lop, pkts, 6);
		memcpy(made, pkts, sizeof(pkts));
		assert_int_equal(hook_stage(hook_points[p])(w, pkts, 6), 3);
		assert_ptr_equal(pkts[0], made[0]);
		assert_ptr_equal(pkts[1], made[3]);
		assert_ptr_equal(pkts[2], made[4]);
		assert_int_equal(behind.packets, 3);
		assert_memory_equal(behind.pkt, pkts, 3 * sizeof(pkts[0]));
		assert_int_equal(lop_drop_read(lop, LOP_DROP_HOOK) - drops, 3);
		assert_int_equal(w->out.err, out ? -EPERM : 0);
		assert_int_equal(w->out.failed, out ? 3 : 0);
		rte_pktmbuf_free_bulk(pkts, 3);
		assert_int_equal(lop_hook_unregister(lop, id[0]), 0);
		assert_int_equal(lop_hook_unregister(lop, id[1]), 0);
	}
}

/* contract NF-03: the hook has the packet, its sender is told of success. */
static void
stolen_packets_belong_to_the_hook(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct lop_worker *w = fx_worker(lop);
	struct seen steal = { .verdict = LOP_VERDICT_STOLEN };
	struct rte_mbuf *pkts[3];

	seen_register(lop, &steal, LOP_HOOK_LOCAL_OUT, 0);
	burst(lop, pkts, 3);
	assert_int_equal(lop_hook_local_out(w, pkts, 3), 0);
	assert_int_equal(w->out.err, 0);
	assert_int_equal(w->out.failed, 0);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(rte_mbuf_refcnt_read(steal.pkt[i]), 1);
	rte_pktmbuf_free_bulk(steal.pkt, 3);
}

/* contract NF-03: what nobody takes from the queue is dropped, and its sender is not told. */
static void
queued_packets_without_a_handler_are_dropped(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct lop_worker *w = fx_worker(lop);
	struct seen queue = { .verdict = LOP_VERDICT_QUEUE };
	struct rte_mbuf *pkts[2];

	seen_register(lop, &queue, LOP_HOOK_LOCAL_OUT, 0);
	burst(lop, pkts, 2);
	assert_int_equal(lop_hook_local_out(w, pkts, 2), 0);
	assert_int_equal(lop_drop_read(lop, LOP_DROP_HOOK_QUEUE), 2);
	assert_int_equal(w->out.err, 0);
	assert_int_equal(w->out.failed, 0);
}

/* contract NF-01: REPEAT calls the same hook for that packet alone, until it says otherwise. */
static void
repeat_calls_the_hook_again(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct seen repeat = { .verdict = LOP_VERDICT_ACCEPT };
	struct seen behind = { .verdict = LOP_VERDICT_ACCEPT };
	struct rte_mbuf *pkts[3], *made[3];

	repeat.next[1] = repeat.next[3] = 1 + LOP_VERDICT_REPEAT;
	seen_register(lop, &repeat, LOP_HOOK_LOCAL_IN, 0);
	seen_register(lop, &behind, LOP_HOOK_LOCAL_IN, 0);
	burst(lop, pkts, 3);
	memcpy(made, pkts, sizeof(pkts));
	assert_int_equal(lop_hook_local_in(fx_worker(lop), pkts, 3), 3);
	assert_memory_equal(made, pkts, sizeof(pkts));
	assert_int_equal(repeat.calls, 3);
	assert_int_equal(repeat.burst[1], 1);
	assert_ptr_equal(repeat.pkt[3], made[1]);
	assert_ptr_equal(repeat.pkt[4], made[1]);
	assert_int_equal(behind.packets, 3);
	rte_pktmbuf_free_bulk(pkts, 3);
}

static void
endless(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts, uint8_t *verdicts,
		uint16_t n)
{
	RTE_SET_USED(state);
	RTE_SET_USED(pkts);
	*(unsigned int *)arg += 1;
	memset(verdicts, LOP_VERDICT_REPEAT, n);
}

/* contract NF-01: a hook that never comes to an end loses the packet, not the worker. */
static void
endless_repeats_end_in_a_drop(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	unsigned int calls = 0;
	const struct lop_hook hook = {
		.point = LOP_HOOK_PRE_ROUTING, .fn = endless, .arg = &calls
	};
	struct rte_mbuf *pkts[1];

	assert_true(lop_hook_register(lop, &hook) > 0);
	burst(lop, pkts, 1);
	assert_int_equal(lop_hook_pre(fx_worker(lop), pkts, 1), 0);
	assert_int_equal(calls, 1001);
	assert_int_equal(lop_drop_read(lop, LOP_DROP_HOOK), 1);
}

/* contract FLOW-2: all packets of a call have one device, in the burst's order. */
static void
bursts_are_split_where_the_device_changes(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	static const uint16_t ifindex[] = { 1, 1, 2, 2, 2, 1 };
	static const uint16_t runs[] = { 2, 3, 1 };
	struct seen seen = { .verdict = LOP_VERDICT_ACCEPT };
	struct rte_mbuf *pkts[6], *made[6];

	seen.next[0] = seen.next[3] = 1 + LOP_VERDICT_DROP;
	seen_register(lop, &seen, LOP_HOOK_PRE_ROUTING, 0);
	burst(lop, pkts, 6);
	for (unsigned int i = 0; i < 6; i++)
		lop_meta(pkts[i])->ifindex = ifindex[i];
	memcpy(made, pkts, sizeof(pkts));
	assert_int_equal(lop_hook_pre(fx_worker(lop), pkts, 6), 4);
	assert_int_equal(seen.calls, 3);
	for (unsigned int i = 0; i < RTE_DIM(runs); i++)
		assert_int_equal(seen.burst[i], runs[i]);
	assert_int_equal(seen.state[1].ifindex, 2);
	assert_ptr_equal(pkts[0], made[1]);
	assert_ptr_equal(pkts[1], made[2]);
	assert_ptr_equal(pkts[2], made[4]);
	assert_ptr_equal(pkts[3], made[5]);
	rte_pktmbuf_free_bulk(pkts, 4);
}

/* contract NF-03: POST_ROUTING leaves out what is marked as having been there. */
static void
post_routing_skips_what_was_rerouted_before(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct seen seen = { .verdict = LOP_VERDICT_DROP };
	struct rte_mbuf *pkts[3], *marked;

	seen_register(lop, &seen, LOP_HOOK_POST_ROUTING, 0);
	burst(lop, pkts, 3);
	marked = pkts[1];
	lop_meta(marked)->flags |= LOP_META_REROUTED;
	assert_int_equal(lop_hook_post(fx_worker(lop), pkts, 3), 1);
	assert_ptr_equal(pkts[0], marked);
	assert_int_equal(seen.packets, 2);
	rte_pktmbuf_free(marked);
}

/* contract NF-01: registrations that are refused change nothing. */
static void
bad_registrations_are_refused(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct seen seen = { .verdict = LOP_VERDICT_ACCEPT };
	struct lop_hook hook = { .point = LOP_HOOK_POINTS, .fn = seen_hook, .arg = &seen };

	assert_int_equal(lop_hook_register(lop, &hook), -EINVAL);
	assert_int_equal(lop_hook_register(lop, NULL), -EINVAL);
	hook.point = LOP_HOOK_LOCAL_IN;
	hook.fn = NULL;
	assert_int_equal(lop_hook_register(lop, &hook), -EINVAL);
	hook.fn = seen_hook;
	for (unsigned int i = 0; i < LOP_HOOKS_MAX; i++)
		assert_true(lop_hook_register(lop, &hook) > 0);
	assert_int_equal(lop_hook_register(lop, &hook), -ENOSPC);
	assert_int_equal(lop_hook_unregister(lop, 0), -ENOENT);
	assert_int_equal(lop_hook_unregister(lop, LOP_HOOKS_MAX + 1), -ENOENT);
	for (int id = LOP_HOOKS_MAX; id > 0; id--)
		assert_int_equal(lop_hook_unregister(lop, id), 0);
	assert_null(lop_load(lop->hooks.point[LOP_HOOK_LOCAL_IN]));
	assert_int_equal(lop_hook_unregister(lop, 1), -ENOENT);
}

static const struct lo_case cases[] = {
	LO_CASE(stages_without_hooks_change_nothing),
	LO_CASE(hooks_run_by_priority_the_newest_first),
	LO_CASE(drop_frees_and_tells_the_sender_on_the_way_out),
	LO_CASE(stolen_packets_belong_to_the_hook),
	LO_CASE(queued_packets_without_a_handler_are_dropped),
	LO_CASE(repeat_calls_the_hook_again),
	LO_CASE(endless_repeats_end_in_a_drop),
	LO_CASE(bursts_are_split_where_the_device_changes),
	LO_CASE(post_routing_skips_what_was_rerouted_before),
	LO_CASE(bad_registrations_are_refused),
};
LO_REGISTER_TEST(lop_hook_autotest, cases);
