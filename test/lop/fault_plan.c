/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Sends of which all is known already, without mbufs. */

#include "fault_send.h"

#define MESSAGES 6

/* A pair that has sent before, both ways of naming the peer. */
static void
known_prepare(struct fault_env *env)
{
	fault_pair_prepare(env);
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(lop_send(env->fd2, "text", 4, 0), 4);
	fault_read_all(env->fd);
}

/* contract SEND-15, UDPH-03: ENOBUFS, and nothing went out */
static void
known_send_is_made_or_refused(void **state)
{
	static const struct fault_scenario s = {
		.name = "known send", .prepare = known_prepare, .run = fault_send_run
	};

	fault_sweep(*state, &s);
}

/* As many as the call says arrive, in order, and none beyond. */
static int
many_run(struct fault_env *env)
{
	struct mmsghdr msgs[MESSAGES] = { 0 };
	struct iovec io[MESSAGES];
	char data[MESSAGES];
	char got;
	int n;

	for (unsigned int i = 0; i < MESSAGES; i++) {
		data[i] = 'a' + (char)i;
		io[i] = (struct iovec){ .iov_base = &data[i], .iov_len = 1 };
		msgs[i].msg_hdr = (struct msghdr){ .msg_iov = &io[i], .msg_iovlen = 1 };
	}
	n = lop_sendmmsg(env->fd2, msgs, MESSAGES, 0);
	for (int i = 0; i < n; i++) {
		assert_int_equal(lop_recv(env->fd, &got, 1, 0), 1);
		assert_int_equal(got, 'a' + i);
	}
	sf_fails(lop_recv(env->fd, &got, 1, 0), EAGAIN);
	assert_int_equal(fx_mib(env->lop, "Udp", "OutDatagrams"),
			fx_mib(env->lop, "Udp", "InDatagrams"));
	return n < 0 ? -ENOBUFS : 0;
}

/* contract SEND-19, UDPH-03 */
static void
known_messages_are_sent_as_far_as_mbufs_go(void **state)
{
	static const struct fault_scenario s = { .name = "known messages",
		.prepare = known_prepare,
		.run = many_run,
		.may_succeed = true };

	fault_sweep(*state, &s);
}

/* A burst whose middle goes to nobody: that is answered, or it is not. */
static int
each_run(struct fault_env *env)
{
	struct sockaddr_in to[3] = { fx_addr("127.0.0.1", SF_PORT), fx_addr("127.0.0.1", 9),
		fx_addr("127.0.0.1", SF_PORT) };
	struct rte_mbuf *pkts[3];
	char got;

	if (rte_pktmbuf_alloc_bulk(lop_mempool(env->lop), pkts, 3) != 0)
		return -ENOMEM;
	for (unsigned int i = 0; i < 3; i++)
		*rte_pktmbuf_append(pkts[i], 1) = 'a' + (char)i;
	assert_int_equal(lop_udp_send_burst_to(env->fd2, to, pkts, 3), 3);
	assert_int_equal(lop_recv(env->fd, &got, 1, 0), 1);
	assert_int_equal(got, 'a');
	assert_int_equal(lop_recv(env->fd, &got, 1, 0), 1);
	assert_int_equal(got, 'c');
	return 0;
}

static void
each_prepare(struct fault_env *env)
{
	env->fd = fx_udp(env->lop, NULL, SF_PORT);
	env->fd2 = fx_udp(env->lop, NULL, 0);
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(each_run(env), 0);
}

/* contract IC-01 */
static void
burst_arrives_though_nobody_can_be_told(void **state)
{
	static const struct fault_scenario s = {
		.name = "burst", .prepare = each_prepare, .run = each_run, .may_succeed = true
	};

	fault_sweep(*state, &s);
}

static const struct lo_case plan_cases[] = {
	LO_CASE(known_send_is_made_or_refused),
	LO_CASE(known_messages_are_sent_as_far_as_mbufs_go),
	LO_CASE(burst_arrives_though_nobody_can_be_told),
};
LO_REGISTER_TEST(lop_fault_autotest, plan_cases);
