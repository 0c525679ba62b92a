/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Packets that a hook gave away, and that come back. */

#include <errno.h>

#include "../../lib/lop/dp/parked.h"
#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_stats.h"
#include "hook_fx.h"

static const struct {
	enum lop_hook_point point;
	const char *name;
} out_points[] = { { LOP_HOOK_LOCAL_OUT, "LOCAL_OUT" }, { LOP_HOOK_POST_ROUTING, "POST" } };

struct pair {
	struct lop *lop;
	int from, to;
};

static struct pair
pair_up(void **state)
{
	struct pair p = { .lop = fx_lop_up(*state) };

	p.to = fx_udp(p.lop, "127.0.0.1", 5000);
	p.from = fx_udp(p.lop, NULL, 5001);
	return p;
}

static void
say(const struct pair *p)
{
	const struct sockaddr_in to = fx_addr("127.0.0.1", 5000);

	assert_int_equal(lop_sendto(p->from, "0123456789", 10, 0, (const struct sockaddr *)&to,
					 sizeof(to)),
			10);
}

static bool
heard(const struct pair *p)
{
	char data[64];

	return lop_recv(p->to, data, sizeof(data), MSG_DONTWAIT) == 10;
}

/* contract NF-03: QUEUE and STOLEN go on behind the hook they left at, and not at it. */
static void
reinjected_packets_go_on_behind_their_hook(void **state)
{
	struct pair p = pair_up(state);
	static const uint8_t verdicts[] = { LOP_VERDICT_QUEUE, LOP_VERDICT_STOLEN };

	for (unsigned int i = 0; i < RTE_DIM(hook_points) * RTE_DIM(verdicts); i++) {
		const enum lop_hook_point point = hook_points[i / RTE_DIM(verdicts)];
		const uint8_t verdict = verdicts[i % RTE_DIM(verdicts)];
		struct seen before = { .verdict = LOP_VERDICT_ACCEPT }, behind = before;
		struct seen take = { .verdict = verdict }, queue = { 0 };
		const struct seen *owner = verdict == LOP_VERDICT_QUEUE ? &queue : &take;
		/* the last registered comes first */
		const int id[] = { seen_register(p.lop, &behind, point, 0),
			seen_register(p.lop, &take, point, 0),
			seen_register(p.lop, &before, point, 0) };

		assert_int_equal(lop_hook_queue_set(p.lop, seen_queue, &queue), 0);
		say(&p);
		assert_false(heard(&p));
		assert_int_equal(owner->packets, 1);
		assert_int_equal(owner->state[0].point, point);
		assert_int_equal(behind.packets, 0);
		assert_int_equal(lop_hook_reinject(p.lop, owner->pkt[0], point, LOP_VERDICT_ACCEPT),
				0);
		assert_true(heard(&p));
		assert_int_equal(before.packets, 1);
		assert_int_equal(take.packets, 1);
		assert_int_equal(behind.packets, 1);
		for (unsigned int k = 0; k < RTE_DIM(id); k++)
			assert_int_equal(lop_hook_unregister(p.lop, id[k]), 0);
	}
}

/* contract NF-03: a late verdict may be any but STOLEN. */
static void
late_verdicts_count(void **state)
{
	struct pair p = pair_up(state);
	struct seen take = { .verdict = LOP_VERDICT_ACCEPT }, queue = { 0 };

	take.next[0] = take.next[1] = 1 + LOP_VERDICT_QUEUE;
	seen_register(p.lop, &take, LOP_HOOK_PRE_ROUTING, 0);
	assert_int_equal(lop_hook_queue_set(p.lop, seen_queue, &queue), 0);
	say(&p);
	/* into the queue again, then to the hook again, which accepts in the end */
	assert_int_equal(lop_hook_reinject(p.lop, queue.pkt[0], LOP_HOOK_PRE_ROUTING,
					 LOP_VERDICT_QUEUE),
			0);
	assert_int_equal(queue.packets, 2);
	assert_int_equal(lop_hook_reinject(p.lop, queue.pkt[1], LOP_HOOK_PRE_ROUTING,
					 LOP_VERDICT_REPEAT),
			0);
	assert_int_equal(queue.packets, 3);
	assert_int_equal(lop_hook_reinject(p.lop, queue.pkt[2], LOP_HOOK_PRE_ROUTING,
					 LOP_VERDICT_REPEAT),
			0);
	assert_true(heard(&p));

	take.next[take.packets] = take.next[take.packets + 1] = 1 + LOP_VERDICT_QUEUE;
	say(&p);
	say(&p);
	assert_int_equal(lop_hook_reinject(p.lop, queue.pkt[3], LOP_HOOK_PRE_ROUTING,
					 LOP_VERDICT_DROP),
			0);
	assert_int_equal(lop_hook_reinject(p.lop, queue.pkt[4], LOP_HOOK_PRE_ROUTING,
					 LOP_VERDICT_STOLEN),
			-EINVAL);
	assert_int_equal(lop_drop_read(p.lop, LOP_DROP_HOOK), 2);
	assert_false(heard(&p));
}

/* contract NF-03: behind a hook that is gone, by its priority. */
static void
reinjection_finds_its_place_without_the_hook(void **state)
{
	struct pair p = pair_up(state);
	struct seen before = { .verdict = LOP_VERDICT_ACCEPT }, behind = before;
	struct seen take = { .verdict = LOP_VERDICT_STOLEN };
	int id;

	seen_register(p.lop, &behind, LOP_HOOK_LOCAL_OUT, 0);
	id = seen_register(p.lop, &take, LOP_HOOK_LOCAL_OUT, 0);
	seen_register(p.lop, &before, LOP_HOOK_LOCAL_OUT, 0);
	say(&p);
	assert_int_equal(lop_hook_unregister(p.lop, id), 0);
	assert_int_equal(lop_hook_reinject(p.lop, take.pkt[0], LOP_HOOK_LOCAL_OUT,
					 LOP_VERDICT_ACCEPT),
			0);
	assert_int_equal(before.packets, 1);
	assert_int_equal(behind.packets, 1);
	assert_true(heard(&p));
}

/* contract XM-02: until it goes on, a queued packet fills its sender's buffer. */
static void
queued_packets_fill_the_send_buffer(void **state)
{
	struct pair p = pair_up(state);
	struct lop_sock *sk = lop_sock_of(p.from);

	for (unsigned int i = 0; i < RTE_DIM(out_points); i++) {
		struct seen take = { .verdict = LOP_VERDICT_QUEUE }, queue = { 0 };
		const int id = seen_register(p.lop, &take, out_points[i].point, 0);

		assert_int_equal(lop_hook_queue_set(p.lop, seen_queue, &queue), 0);
		say(&p);
		say(&p);
		assert_int_equal(lop_load(sk->wmem_bytes), 2 * 832);
		assert_int_equal(lop_hook_reinject(p.lop, queue.pkt[0], out_points[i].point,
						 LOP_VERDICT_ACCEPT),
				0);
		assert_int_equal(lop_load(sk->wmem_bytes), 832);
		assert_int_equal(lop_hook_reinject(p.lop, queue.pkt[1], out_points[i].point,
						 LOP_VERDICT_DROP),
				0);
		assert_int_equal(lop_load(sk->wmem_bytes), 0);
		assert_true(heard(&p));
		assert_false(heard(&p));
		assert_int_equal(lop_hook_unregister(p.lop, id), 0);
	}
}

/* contract XM-02: the sender may be closed, and another one have its descriptor. */
static void
queued_packets_outlive_their_sender(void **state)
{
	struct pair p = pair_up(state);
	struct seen take = { .verdict = LOP_VERDICT_QUEUE }, queue = { 0 };

	seen_register(p.lop, &take, LOP_HOOK_LOCAL_OUT, 0);
	assert_int_equal(lop_hook_queue_set(p.lop, seen_queue, &queue), 0);
	say(&p);
	assert_int_equal(lop_close(p.from), 0);
	p.from = fx_udp(p.lop, NULL, 5001);
	assert_int_equal(lop_hook_reinject(p.lop, queue.pkt[0], LOP_HOOK_LOCAL_OUT,
					 LOP_VERDICT_ACCEPT),
			0);
	assert_int_equal(lop_load(lop_sock_of(p.from)->wmem_bytes), 0);
	assert_true(heard(&p));
}

/* contract NF-03: destinations that are out of date by then are looked up again. */
static void
reinjected_packets_survive_changed_routes(void **state)
{
	struct pair p = pair_up(state);

	for (unsigned int i = 0; i < RTE_DIM(hook_points); i++) {
		struct seen take = { .verdict = LOP_VERDICT_QUEUE }, queue = { 0 };
		const int id = seen_register(p.lop, &take, hook_points[i], 0);
		const struct lop_ifaddr addr = { .local_be = inet_addr("10.0.0.1"),
			.prefix_len = 8 + i };

		assert_int_equal(lop_hook_queue_set(p.lop, seen_queue, &queue), 0);
		say(&p);
		assert_int_equal(lop_addr_add(p.lop, LOP_LO_INDEX, &addr), 0);
		lop_route_flush_cache(p.lop);
		assert_int_equal(lop_hook_reinject(p.lop, queue.pkt[0], hook_points[i],
						 LOP_VERDICT_ACCEPT),
				0);
		assert_true(heard(&p));
		assert_int_equal(lop_addr_del(p.lop, LOP_LO_INDEX, &addr), 0);
		assert_int_equal(lop_hook_unregister(p.lop, id), 0);
	}
}

/* contract NF-03: no more than 4096 wait, and stolen ones that never come back do not count. */
static void
parked_packets_have_a_limit(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct lop_park park = { .priority = 1, .stolen = true }, found;
	struct seen seen = { .verdict = LOP_VERDICT_ACCEPT };
	static struct rte_mbuf m[2 * LOP_PARKED_MAX + 1];

	seen_register(lop, &seen, LOP_HOOK_LOCAL_IN, 0);
	for (unsigned int i = 0; i < LOP_PARKED_MAX; i++)
		assert_true(lop_park(lop, &m[i], &park));
	park.stolen = false;
	for (unsigned int i = 0; i < LOP_PARKED_MAX; i++)
		assert_true(lop_park(lop, &m[LOP_PARKED_MAX + i], &park));
	assert_false(lop_park(lop, &m[2 * LOP_PARKED_MAX], &park));
	assert_false(lop_unpark(lop, &m[0], &found));
	/* the same mbuf again takes its own place */
	park.priority = 2;
	assert_true(lop_park(lop, &m[LOP_PARKED_MAX], &park));
	for (unsigned int i = 0; i < LOP_PARKED_MAX; i++) {
		assert_true(lop_unpark(lop, &m[LOP_PARKED_MAX + i], &found));
		assert_int_equal(found.priority, i == 0 ? 2 : 1);
	}
	assert_true(lop_park(lop, &m[2 * LOP_PARKED_MAX], &park));
}

/* contract NF-03: bad calls take the packet too. */
static void
bad_reinjections_free_the_packet(void **state)
{
	struct lop *lop = fx_lop_up(*state);

	assert_int_equal(lop_hook_reinject(lop, hand_made(lop, "127.0.0.1", "127.0.0.1", 1, 2),
					 LOP_HOOK_FORWARD, LOP_VERDICT_ACCEPT),
			-EINVAL);
	assert_int_equal(lop_hook_reinject(lop, hand_made(lop, "127.0.0.1", "127.0.0.1", 1, 2),
					 LOP_HOOK_POINTS, LOP_VERDICT_ACCEPT),
			-EINVAL);
	assert_int_equal(lop_hook_reinject(lop, hand_made(lop, "127.0.0.1", "127.0.0.1", 1, 2),
					 LOP_HOOK_LOCAL_OUT, 77),
			-EINVAL);
}

static const struct lo_case cases_park[] = {
	LO_CASE(reinjected_packets_go_on_behind_their_hook),
	LO_CASE(late_verdicts_count),
	LO_CASE(reinjection_finds_its_place_without_the_hook),
	LO_CASE(queued_packets_fill_the_send_buffer),
	LO_CASE(queued_packets_outlive_their_sender),
	LO_CASE(reinjected_packets_survive_changed_routes),
	LO_CASE(parked_packets_have_a_limit),
	LO_CASE(bad_reinjections_free_the_packet),
};
LO_REGISTER_TEST(lop_hook_autotest, cases_park);
