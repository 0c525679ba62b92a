/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Hooks that drop and delay packets; a worker that does not come back. */

#include <errno.h>
#include <pthread.h>
#include <sched.h>

#include "../../lib/lop/include/lop_hook.h"
#include "../../lib/lop/include/lop_stats.h"
#include "noise.h"

#define PORT 5000
#define BURST 32

/* A hook that drops, and steals for a while. */
struct thief {
	uint64_t random;
	struct rte_mbuf *held[BURST];
	unsigned int nb_held;
	uint64_t dropped;
};

static void
steal_some(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts, uint8_t *verdicts,
		uint16_t n)
{
	struct thief *t = arg;

	RTE_SET_USED(state);
	for (uint16_t i = 0; i < n; i++) {
		const unsigned int what = noise_draw(&t->random) % 8;

		if (what == 0) {
			verdicts[i] = LOP_VERDICT_DROP;
			t->dropped++;
		} else if (what <= 3 && t->nb_held < BURST) {
			verdicts[i] = LOP_VERDICT_STOLEN;
			t->held[t->nb_held++] = pkts[i];
		}
	}
}

static void
give_back(struct lop *lop, struct thief *t, enum lop_hook_point point)
{
	while (t->nb_held > 0) {
		const unsigned int i = noise_draw(&t->random) % t->nb_held;
		struct rte_mbuf *m = t->held[i];

		t->held[i] = t->held[--t->nb_held];
		assert_int_equal(lop_hook_reinject(lop, m, point, LOP_VERDICT_ACCEPT), 0);
	}
}

static void
thief_runs(struct fx *fx, enum lop_hook_point point)
{
	struct thief t = { .random = 88172645463325252 + point };
	const struct lop_hook hook = {
		.name = "thief", .point = point, .fn = steal_some, .arg = &t
	};
	const struct sockaddr_in to = fx_addr("127.0.0.1", PORT);
	struct lop *lop = fx_lop_up(fx);
	const int fd = fx_udp(lop, NULL, PORT);
	uint64_t sent = 0, received = 0;
	char text[64];

	assert_true(lop_hook_register(lop, &hook) > 0);
	for (unsigned int i = 0; i < 4000; i++) {
		lop_sendto(fd, text, i % sizeof(text), 0, (const struct sockaddr *)&to, sizeof(to));
		sent++;
		if (i % 50 == 49)
			give_back(lop, &t, point);
		while (lop_recv(fd, text, sizeof(text), MSG_DONTWAIT) >= 0)
			received++;
	}
	give_back(lop, &t, point);
	while (lop_recv(fd, text, sizeof(text), MSG_DONTWAIT) >= 0)
		received++;
	assert_int_equal(lop_drop_read(lop, LOP_DROP_HOOK), t.dropped);
	assert_int_equal(noise_drops(lop), t.dropped);
	assert_int_equal(sent, received + t.dropped);
	assert_true(t.dropped > 0);
	fx_lop_down(lop);
}

/* contract NF-01, FLOW-2 */
static void
sums_hold_with_a_hook_that_drops_and_delays(void **state)
{
	thief_runs(*state, LOP_HOOK_LOCAL_OUT);
	thief_runs(*state, LOP_HOOK_POST_ROUTING);
	thief_runs(*state, LOP_HOOK_PRE_ROUTING);
	thief_runs(*state, LOP_HOOK_LOCAL_IN);
}

/* A worker that stands still in a hook, for as long as it is told to. */
struct stall {
	struct lop *lop;
	pthread_t thread;
	int fd;
	bool standing, go_on; /* atomic */
	ssize_t ret;
};

static __thread bool stalls;

static void
stand_still(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts,
		uint8_t *verdicts, uint16_t n)
{
	struct stall *s = arg;

	RTE_SET_USED(state);
	RTE_SET_USED(pkts);
	RTE_SET_USED(verdicts);
	RTE_SET_USED(n);
	if (!stalls)
		return;
	__atomic_store_n(&s->standing, true, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&s->go_on, __ATOMIC_ACQUIRE))
		sched_yield();
	stalls = false;
}

static void *
stalled(void *arg)
{
	struct stall *s = arg;
	const struct sockaddr_in to = fx_addr("127.0.0.1", PORT);

	fx_thread_spread();
	s->ret = -1;
	if (lop_worker_attach(s->lop) != 0)
		return NULL;
	stalls = true;
	s->ret = lop_sendto(s->fd, "late", 4, 0, (const struct sockaddr *)&to, sizeof(to));
	lop_worker_detach(s->lop);
	return NULL;
}

/* contract BK-05: a worker that stalls keeps its own packet, and nobody else's */
static void
a_worker_that_stalls_holds_up_no_other(void **state)
{
	const struct sockaddr_in to = fx_addr("127.0.0.1", PORT);
	struct stall s = { .lop = fx_lop_up(*state) };
	const struct lop_hook hook = {
		.name = "stall", .point = LOP_HOOK_POST_ROUTING, .fn = stand_still, .arg = &s
	};
	char text[8];

	s.fd = fx_udp(s.lop, NULL, PORT);
	assert_true(lop_hook_register(s.lop, &hook) > 0);
	assert_int_equal(pthread_create(&s.thread, NULL, stalled, &s), 0);
	while (!__atomic_load_n(&s.standing, __ATOMIC_ACQUIRE))
		sched_yield();
	for (unsigned int i = 0; i < 1000; i++) {
		assert_int_equal(lop_sendto(s.fd, "text", 4, 0, (const struct sockaddr *)&to,
						 sizeof(to)),
				4);
		assert_int_equal(lop_recv(s.fd, text, sizeof(text), MSG_DONTWAIT), 4);
		assert_memory_equal(text, "text", 4);
	}
	assert_int_equal(lop_destroy(s.lop), -EBUSY);
	__atomic_store_n(&s.go_on, true, __ATOMIC_RELEASE);
	pthread_join(s.thread, NULL);
	assert_int_equal(s.ret, 4);
	assert_int_equal(lop_recv(s.fd, text, sizeof(text), MSG_DONTWAIT), 4);
	assert_memory_equal(text, "late", 4);
}

static const struct lo_case noise_hook_cases[] = {
	LO_CASE(sums_hold_with_a_hook_that_drops_and_delays),
	LO_CASE(a_worker_that_stalls_holds_up_no_other),
};
LO_REGISTER_TEST(lop_noise_autotest, noise_hook_cases);
