/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Packets on their way, without mbufs. */

#include <errno.h>
#include <string.h>

#include "../../lib/lop/include/lop_hook.h"
#include "fault_send.h"

/* A datagram to a port where nobody is, whose sender wants to hear of it. */
static void
refused_prepare(struct fault_env *env)
{
	env->fd2 = sf_connected(env->lop, 9);
	sf_option(env->fd2, IPPROTO_IP, IP_RECVERR, 1);
}

static int
refused_run(struct fault_env *env)
{
	char buf[64];
	const int ret = fault_answer(lop_send(env->fd2, "text", 4, 0));

	while (lop_recv(env->fd2, buf, sizeof(buf), MSG_ERRQUEUE | MSG_DONTWAIT) >= 0)
		;
	lop_recv(env->fd2, buf, sizeof(buf), MSG_DONTWAIT);
	return ret;
}

/* contract IC-01, IC-02 */
static void
an_error_is_sent_and_queued_or_lost(void **state)
{
	static const struct fault_scenario s = { .name = "refused",
		.prepare = refused_prepare,
		.run = refused_run,
		.may_succeed = true };

	fault_sweep(*state, &s);
}

/* Several receivers of one packet. */
static void
group_prepare(struct fault_env *env)
{
	env->fd = fx_udp(env->lop, NULL, SF_PORT);
	sf_option(env->fd, SOL_SOCKET, SO_REUSEADDR, 1);
	assert_int_equal(lop_close(env->fd), 0);
	for (unsigned int i = 0; i < 3; i++) {
		const struct sockaddr_in any = fx_addr("0.0.0.0", SF_PORT);

		env->fd = lop_socket(env->lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
		sf_option(env->fd, SOL_SOCKET, SO_REUSEADDR, 1);
		assert_int_equal(lop_bind(env->fd, (const struct sockaddr *)&any, sizeof(any)), 0);
	}
	assert_true(lop_socket(env->lop, AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_UDP) >= 0);
	env->fd2 = lop_socket(env->lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	sf_option(env->fd2, SOL_SOCKET, SO_BROADCAST, 1);
}

static int
group_run(struct fault_env *env)
{
	const struct sockaddr_in all = fx_addr("127.255.255.255", SF_PORT);

	return fault_answer(lop_sendto(
			env->fd2, "text", 4, 0, (const struct sockaddr *)&all, sizeof(all)));
}

/* contract BC-01, DM-01 */
static void
each_receiver_gets_a_copy_or_none(void **state)
{
	static const struct fault_scenario s = {
		.name = "copies", .prepare = group_prepare, .run = group_run, .may_succeed = true
	};

	fault_sweep(*state, &s);
}

/* An echo request from outside. */
static void
ping_prepare(struct fault_env *env)
{
	env->fd = lop_socket(env->lop, AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_ICMP);
	assert_true(env->fd >= 0);
}

static int
ping_run(struct fault_env *env)
{
	static const uint8_t echo[] = { 8, 0, 0xf7, 0xfd, 0, 1, 0, 1 };
	const struct sockaddr_in to = fx_addr("127.0.0.1", 0);
	const int ret = fault_answer(lop_sendto(
			env->fd, echo, sizeof(echo), 0, (const struct sockaddr *)&to, sizeof(to)));

	fault_read_all(env->fd);
	return ret;
}

/* contract IC-03 */
static void
an_echo_is_answered_or_lost(void **state)
{
	static const struct fault_scenario s = {
		.name = "echo", .prepare = ping_prepare, .run = ping_run, .may_succeed = true
	};

	fault_sweep(*state, &s);
}

static struct rte_mbuf *queued_packet;

static void
queue_it(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts, uint8_t *verdicts,
		uint16_t n)
{
	RTE_SET_USED(arg);
	RTE_SET_USED(state);
	RTE_SET_USED(pkts);
	memset(verdicts, LOP_VERDICT_QUEUE, n);
}

static void
queued(void *arg, const struct lop_hook_state *state, struct rte_mbuf *pkt)
{
	RTE_SET_USED(arg);
	RTE_SET_USED(state);
	queued_packet = pkt;
}

static void
queue_prepare(struct fault_env *env)
{
	const struct lop_hook hook = { .name = "q", .point = LOP_HOOK_LOCAL_OUT, .fn = queue_it };

	fault_pair_prepare(env);
	assert_true(lop_hook_register(env->lop, &hook) > 0);
}

static int
queue_run(struct fault_env *env)
{
	int ret = lop_hook_queue_set(env->lop, queued, NULL);

	if (ret != 0)
		return ret;
	queued_packet = NULL;
	ret = fault_send_run(env);
	if (queued_packet != NULL)
		lop_hook_reinject(env->lop, queued_packet, LOP_HOOK_LOCAL_OUT, LOP_VERDICT_ACCEPT);
	fault_read_all(env->fd);
	return ret;
}

/* contract NF-01, SEND-16 */
static void
a_packet_is_queued_or_refused(void **state)
{
	static const struct fault_scenario s = {
		.name = "queue", .prepare = queue_prepare, .run = queue_run, .may_succeed = true
	};

	fault_sweep(*state, &s);
}

static const struct lo_case path_cases[] = {
	LO_CASE(an_error_is_sent_and_queued_or_lost),
	LO_CASE(each_receiver_gets_a_copy_or_none),
	LO_CASE(an_echo_is_answered_or_lost),
	LO_CASE(a_packet_is_queued_or_refused),
};
LO_REGISTER_TEST(lop_fault_autotest, path_cases);
