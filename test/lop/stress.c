/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Workers at work while everything changes: the cases, and whether the sums come out. */

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "../../lib/lop/include/lop_if.h"
#include "../stress/stress.h"
#include "stress_change.h"

#define CHANGE_US 100
#define MBUFS 16383

static int
open_shared_connected(struct lop *lop)
{
	const struct sockaddr_in to = fx_addr("127.0.0.1", PS_PORT + PS_WORKERS);
	const int fd = lop_socket(lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	assert_int_equal(lop_connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static void
prepare(struct fx *fx, struct ps *ps, uint64_t packets)
{
	const struct lop_conf conf = { .workers_max = PS_WORKERS + 1, .mbufs = MBUFS };

	ps->lop = fx_lop(fx, &conf);
	assert_int_equal(lop_if_set_flags(ps->lop, LOP_LO_INDEX, IFF_UP, IFF_UP), 0);
	pthread_mutex_init(&ps->queue_lock, NULL);
	for (unsigned int i = 0; i < PS_SHARED; i++)
		ps->shared[i] = fx_udp(ps->lop, "127.0.0.1", PS_PORT + PS_WORKERS + i);
	ps->shared_connected = open_shared_connected(ps->lop);
	for (unsigned int i = 0; i < PS_VICTIMS; i++)
		ps_victim_open(ps, i);
	for (unsigned int i = 0; i < PS_WORKERS; i++) {
		const struct sockaddr_in next = fx_addr(
				"127.0.0.1", PS_PORT + (i + 1) % PS_WORKERS);
		struct ps_worker *pw = &ps->workers[i];

		*pw = (struct ps_worker){
			.ps = ps,
			.id = i,
			.quota = packets / PS_WORKERS,
			.random = UINT64_C(88172645463325252) + i,
			.fd = fx_udp(ps->lop, NULL, PS_PORT + i),
			.connected = fx_udp(ps->lop, NULL, 0),
		};
		assert_int_equal(lop_connect(pw->connected, (const struct sockaddr *)&next,
						 sizeof(next)),
				0);
	}
}

static void
run_threads(struct ps *ps)
{
	const struct ps_shape *shape = &ps->shape;
	unsigned int round = 0;

	ps->at_work = PS_WORKERS;
	for (unsigned int i = 0; i < PS_WORKERS; i++) {
		struct ps_worker *pw = &ps->workers[i];

		assert_int_equal(pthread_create(&pw->thread, NULL, ps_work, pw), 0);
	}
	/* each change twice in a row: what comes goes */
	for (; __atomic_load_n(&ps->at_work, __ATOMIC_ACQUIRE) != 0; round++) {
		shape->changes[round / 2 % shape->nb_changes](ps, round);
		if (round == 2 * shape->nb_changes)
			__atomic_store_n(&ps->changed, true, __ATOMIC_RELAXED);
		usleep(CHANGE_US);
	}
	for (unsigned int i = 0; i < PS_WORKERS; i++)
		pthread_join(ps->workers[i].thread, NULL);
	ps_changes_end(ps);
	ps_requeue(ps);
}

/* What is left in the sockets counts as received by the first worker. */
static void
drain(struct ps *ps)
{
	struct ps_worker *pw = &ps->workers[0];

	for (unsigned int i = 0; i < PS_WORKERS; i++) {
		while (ps_take(pw, ps->workers[i].fd, false) != 0)
			;
	}
	for (unsigned int i = 0; i < PS_SHARED; i++) {
		while (ps_take(pw, ps->shared[i], false) != 0)
			;
	}
	for (unsigned int i = 0; i < PS_VICTIMS; i++) {
		while (ps_take(pw, ps->victims[i], false) != 0)
			;
	}
}

static void
assert_sums(const struct ps *ps)
{
	uint64_t sent = 0, received = 0, dropped = 0;
	char text[512] = "";

	for (unsigned int i = 0; i < PS_WORKERS; i++) {
		if (ps->workers[i].error[0] != '\0')
			fail_msg("%s", ps->workers[i].error);
		sent += ps->workers[i].sent;
		received += ps->workers[i].received;
	}
	for (unsigned int i = 0; i < LOP_DROP_COUNT; i++) {
		const uint64_t n = lop_drop_read(ps->lop, i);
		const size_t used = strlen(text);

		dropped += n;
		if (n != 0)
			snprintf(text + used, sizeof(text) - used, " %s %" PRIu64, lop_drop_name(i),
					n);
		if (n != 0 && (ps->shape.may_drop & RTE_BIT64(i)) == 0)
			fail_msg("%" PRIu64 " lost: %s", n, lop_drop_name(i));
	}
	if (sent != received + dropped)
		fail_msg("%" PRIu64 " sent, %" PRIu64 " received, %" PRIu64 " dropped:%s", sent,
				received, dropped, text);
}

struct lop *
ps_run(struct fx *fx, const struct ps_shape *shape, uint64_t packets)
{
	static struct ps ps;

	ps = (struct ps){ .shape = *shape };
	prepare(fx, &ps, packets);
	run_threads(&ps);
	drain(&ps);
	assert_sums(&ps);
	pthread_mutex_destroy(&ps.queue_lock);
	return ps.lop;
}

/* The fixture asserts that every mbuf is back. */
static void
run(struct fx *fx, const struct ps_shape *shape)
{
	ps_run(fx, shape, RTE_MAX(stress_packets() / 10, 100000U));
}

#define DROPS_OF_SOCKETS                                              \
	(RTE_BIT64(LOP_DROP_RCVBUF) | RTE_BIT64(LOP_DROP_NO_SOCKET) | \
			RTE_BIT64(LOP_DROP_SOCKET_CLOSED))
#define DROPS_OF_HOOKS (RTE_BIT64(LOP_DROP_HOOK) | RTE_BIT64(LOP_DROP_HOOK_QUEUE))

#define SOCKET_CHANGES \
	ps_change_victim, ps_change_share, ps_change_peer, ps_change_options, ps_change_crowd
#define ROUTE_CHANGES                                                             \
	ps_change_address, ps_change_route, ps_change_many_routes, ps_change_mtu, \
			ps_change_neighbour, ps_change_settings
#define HOOK_CHANGES                                                                         \
	ps_change_hook, ps_change_dropper, ps_change_queuer, ps_change_tap, ps_change_trace, \
			ps_change_send_check
#define LINK_CHANGES ps_change_link, ps_change_lladdr, ps_change_mac

/* contract BK-05, CO-05, IC-01: delivered, refused or unread when closed, each of them */
static void
sockets_come_and_go(void **state)
{
	static const ps_change_fn changes[] = { SOCKET_CHANGES };
	static const struct ps_shape shape = { changes, RTE_DIM(changes), 1400, DROPS_OF_SOCKETS,
		false, true };

	run(*state, &shape);
}

/* contract CO-03, RT-02, FR-02: senders follow, and nothing on its way is lost */
static void
routes_addresses_and_mtu_change(void **state)
{
	static const ps_change_fn changes[] = { ROUTE_CHANGES };
	static const struct ps_shape shape = { changes, RTE_DIM(changes), 1400, DROPS_OF_SOCKETS,
		true, true };

	run(*state, &shape);
}

/* contract NF-01, TAP-01, XM-02: who queues packets fills their senders' buffers */
static void
hooks_and_taps_come_and_go(void **state)
{
	static const ps_change_fn changes[] = { HOOK_CHANGES };
	static const struct ps_shape shape = { changes, RTE_DIM(changes), 1400,
		DROPS_OF_HOOKS | DROPS_OF_SOCKETS, false, true };

	run(*state, &shape);
}

/* contract DEV-08, DEV-10, XM-05 */
static void
link_and_neighbour_change(void **state)
{
	static const ps_change_fn changes[] = { LINK_CHANGES };
	static const struct ps_shape shape = { changes, RTE_DIM(changes), 200,
		RTE_BIT64(LOP_DROP_RCVBUF) | RTE_BIT64(LOP_DROP_DEV_DOWN) |
				RTE_BIT64(LOP_DROP_OTHERHOST),
		false, false };

	run(*state, &shape);
}

static const ps_change_fn all_changes[] = { SOCKET_CHANGES, ROUTE_CHANGES, HOOK_CHANGES };
const struct ps_shape ps_everything = { all_changes, RTE_DIM(all_changes), 1400,
	DROPS_OF_SOCKETS | DROPS_OF_HOOKS, true, true };

/* contract BK-05, CO-03, XM-02 */
static void
everything_changes(void **state)
{
	run(*state, &ps_everything);
}

static const struct lo_case lop_stress_cases[] = {
	LO_CASE(sockets_come_and_go),
	LO_CASE(routes_addresses_and_mtu_change),
	LO_CASE(hooks_and_taps_come_and_go),
	LO_CASE(link_and_neighbour_change),
	LO_CASE(everything_changes),
};
LO_REGISTER_TEST(lop_stress_autotest, lop_stress_cases);
