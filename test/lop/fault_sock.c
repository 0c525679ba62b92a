/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Sockets and their datagrams without memory and without mbufs. */

#include <errno.h>
#include <netinet/udp.h>
#include <string.h>

#include <linux/filter.h>
#include <linux/net_tstamp.h>

#include "fault_send.h"

static int
socket_run(struct fault_env *env)
{
	env->fd = lop_socket(env->lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	return fault_answer(env->fd);
}

static void
socket_undo(struct fault_env *env)
{
	assert_int_equal(lop_close(env->fd), 0);
}

/* contract SK-01 */
static void
a_socket_is_made_or_not(void **state)
{
	static const struct fault_scenario s = {
		.name = "socket", .run = socket_run, .undo = socket_undo
	};

	fault_sweep(*state, &s);
}

static void
options_prepare(struct fault_env *env)
{
	env->fd = fx_udp(env->lop, NULL, 1000);
}

static int
options_run(struct fault_env *env)
{
	static const uint8_t rr[] = { 7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0 };

	return fault_answer(lop_setsockopt(env->fd, IPPROTO_IP, IP_OPTIONS, rr, sizeof(rr)));
}

/* contract IPO-04 */
static void
options_are_taken_or_not(void **state)
{
	static const struct fault_scenario s = {
		.name = "IP_OPTIONS", .prepare = options_prepare, .run = options_run
	};

	fault_sweep(*state, &s);
}

static int
filter_run(struct fault_env *env)
{
	struct sock_filter code[] = {
		{ .code = BPF_ST, .k = 0 },
		{ .code = BPF_LD | BPF_MEM, .k = 0 },
		{ .code = BPF_RET | BPF_A },
	};
	const struct sock_fprog prog = { .len = RTE_DIM(code), .filter = code };

	return fault_answer(
			lop_setsockopt(env->fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)));
}

static void
filter_undo(struct fault_env *env)
{
	sf_option(env->fd, SOL_SOCKET, SO_DETACH_FILTER, 0);
}

/* contract UR-06 */
static void
a_filter_is_attached_or_not(void **state)
{
	static const struct fault_scenario s = { .name = "SO_ATTACH_FILTER",
		.prepare = options_prepare,
		.run = filter_run,
		.undo = filter_undo };

	fault_sweep(*state, &s);
}

static int
join_run(struct fault_env *env)
{
	const struct ip_mreqn group = { .imr_multiaddr.s_addr = inet_addr("224.1.2.3"),
		.imr_ifindex = env->wire };

	return fault_answer(lop_setsockopt(
			env->fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof(group)));
}

static void
join_undo(struct fault_env *env)
{
	const struct ip_mreqn group = { .imr_multiaddr.s_addr = inet_addr("224.1.2.3"),
		.imr_ifindex = env->wire };

	assert_int_equal(lop_setsockopt(env->fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group,
					 sizeof(group)),
			0);
}

/* contract MC-02 */
static void
a_group_is_joined_or_not(void **state)
{
	static const struct fault_scenario s = {
		.name = "join", .prepare = options_prepare, .run = join_run, .undo = join_undo
	};

	fault_sweep(*state, &s);
}

/* contract SEND-16: no memory is ENOBUFS */
static void
a_datagram_is_sent_or_refused(void **state)
{
	static const struct fault_scenario s = {
		.name = "send", .prepare = fault_pair_prepare, .run = fault_send_run
	};

	fault_sweep(*state, &s);
}

static void
stamped_prepare(struct fault_env *env)
{
	const int on = SOF_TIMESTAMPING_TX_SOFTWARE;

	fault_pair_prepare(env);
	assert_int_equal(lop_setsockopt(env->fd2, SOL_SOCKET, SO_TIMESTAMPING, &on, sizeof(on)), 0);
}

/* contract XM-06: a record of which there is none takes nothing from the datagram */
static void
a_datagram_is_sent_without_its_stamp(void **state)
{
	static const struct fault_scenario s = { .name = "send stamped",
		.prepare = stamped_prepare,
		.run = fault_send_run,
		.may_succeed = true };

	fault_sweep(*state, &s);
}

static int
big_run(struct fault_env *env)
{
	static char big[60000];
	const int ret = fault_answer(lop_send(env->fd2, big, sizeof(big), 0));

	fault_read_all(env->fd);
	return ret;
}

static void
a_large_datagram_is_sent_or_refused(void **state)
{
	static const struct fault_scenario s = {
		.name = "send large", .prepare = fault_pair_prepare, .run = big_run
	};

	fault_sweep(*state, &s);
}

static void
small_mtu_prepare(struct fault_env *env)
{
	fault_pair_prepare(env);
	assert_int_equal(lop_if_set_mtu(env->lop, LOP_LO_INDEX, 600), 0);
}

static int
pieces_run(struct fault_env *env)
{
	static char big[5000];
	const int ret = fault_answer(lop_send(env->fd2, big, sizeof(big), 0));

	fault_read_all(env->fd);
	/* what never becomes whole */
	fx_advance_us(env->lop, UINT64_C(60000000));
	return ret;
}

/* contract FR-01, RE-01 */
static void
fragments_are_made_and_put_together_or_counted(void **state)
{
	static const struct fault_scenario s = { .name = "fragments",
		.prepare = small_mtu_prepare,
		.run = pieces_run,
		.may_succeed = true };

	fault_sweep(*state, &s);
}

static int
cork_run(struct fault_env *env)
{
	static char more[3000];
	int ret;

	ret = fault_answer(lop_send(env->fd2, "text", 4, MSG_MORE));
	if (ret == 0)
		ret = fault_answer(lop_send(env->fd2, more, sizeof(more), MSG_MORE));
	if (ret == 0)
		ret = fault_answer(lop_send(env->fd2, "end", 3, 0));
	sf_option(env->fd2, IPPROTO_UDP, UDP_CORK, 0);
	fault_read_all(env->fd);
	return ret;
}

/* contract CK-01 */
static void
a_cork_takes_more_or_refuses(void **state)
{
	static const struct fault_scenario s = {
		.name = "cork", .prepare = fault_pair_prepare, .run = cork_run, .may_succeed = true
	};

	fault_sweep(*state, &s);
}

static void
segments_prepare(struct fault_env *env)
{
	fault_pair_prepare(env);
	sf_option(env->fd2, IPPROTO_UDP, UDP_SEGMENT, 1000);
}

static int
segments_run(struct fault_env *env)
{
	static char big[5000];
	const int ret = fault_answer(lop_send(env->fd2, big, sizeof(big), 0));

	fault_read_all(env->fd);
	return ret;
}

/* contract GSO-01 */
static void
a_datagram_of_segments_is_sent_or_refused(void **state)
{
	static const struct fault_scenario s = { .name = "segments",
		.prepare = segments_prepare,
		.run = segments_run,
		.may_succeed = true };

	fault_sweep(*state, &s);
}

static int
many_run(struct fault_env *env)
{
	struct iovec iov = { .iov_base = (char[]){ "text" }, .iov_len = 4 };
	struct mmsghdr m[8] = { 0 };
	int ret;

	for (unsigned int i = 0; i < RTE_DIM(m); i++) {
		m[i].msg_hdr.msg_iov = &iov;
		m[i].msg_hdr.msg_iovlen = 1;
	}
	ret = fault_answer(lop_sendmmsg(env->fd2, m, RTE_DIM(m), 0));
	fault_read_all(env->fd);
	return ret;
}

static void
many_datagrams_are_sent_or_fewer(void **state)
{
	static const struct fault_scenario s = { .name = "sendmmsg",
		.prepare = fault_pair_prepare,
		.run = many_run,
		.may_succeed = true };

	fault_sweep(*state, &s);
}

static const struct lo_case sock_cases[] = {
	LO_CASE(a_socket_is_made_or_not),
	LO_CASE(options_are_taken_or_not),
	LO_CASE(a_filter_is_attached_or_not),
	LO_CASE(a_group_is_joined_or_not),
	LO_CASE(a_datagram_is_sent_or_refused),
	LO_CASE(a_datagram_is_sent_without_its_stamp),
	LO_CASE(a_large_datagram_is_sent_or_refused),
	LO_CASE(fragments_are_made_and_put_together_or_counted),
	LO_CASE(a_cork_takes_more_or_refuses),
	LO_CASE(a_datagram_of_segments_is_sent_or_refused),
	LO_CASE(many_datagrams_are_sent_or_fewer),
};
LO_REGISTER_TEST(lop_fault_autotest, sock_cases);
