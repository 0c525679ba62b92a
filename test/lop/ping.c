/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Sockets of ICMP, SOCK_DGRAM above all. Answers are those of Linux 6.18 to the same calls. */

#include <errno.h>
#include <string.h>

#include "../../lib/lop/include/lop_if.h"
#include "fault_send.h"

/* behind <net/if.h> of fault_send.h */
#include <linux/icmp.h>

#define ECHO_REQUEST ICMP_ECHO
#define ECHO_REPLY ICMP_ECHOREPLY

struct echo {
	uint8_t type, code;
	uint16_t sum_be, ident_be, seq_be;
	char text[4];
};

static const struct echo request = {
	.type = ECHO_REQUEST, .ident_be = RTE_BE16(77), .seq_be = RTE_BE16(5), .text = "data"
};

static int
ping_socket(struct lop *lop)
{
	return lop_socket(lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, IPPROTO_ICMP);
}

static struct lop *
with_pings(struct fx *fx)
{
	struct lop *lop = fx_lop_up(fx);

	assert_int_equal(lop_sysctl_set(lop, "ping_group_range", "0 2147483647"), 0);
	return lop;
}

static ssize_t
send_to(int fd, const void *bytes, size_t n, const char *addr)
{
	const struct sockaddr_in to = fx_addr(addr, 0);

	return lop_sendto(fd, bytes, n, 0, (const struct sockaddr *)&to, sizeof(to));
}

static uint16_t
port_of(int fd)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);

	assert_int_equal(lop_getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	return ntohs(sin.sin_port);
}

static void
assert_reply(int fd, uint16_t ident)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	struct echo reply;

	assert_int_equal(lop_recvfrom(fd, &reply, sizeof(reply), 0, (struct sockaddr *)&from, &len),
			sizeof(reply));
	assert_int_equal(reply.type, ECHO_REPLY);
	assert_int_equal(ntohs(reply.ident_be), ident);
	assert_int_equal(reply.seq_be, request.seq_be);
	assert_memory_equal(reply.text, request.text, sizeof(reply.text));
	assert_int_equal(from.sin_addr.s_addr, inet_addr("127.0.0.1"));
	assert_int_equal(from.sin_port, 0);
}

/* contract IC-03: only for the groups of ping_group_range, at first nobody's */
static void
groups_may_ping_or_not(void **state)
{
	struct lop *lop = fx_lop_up(*state);

	sf_fails(ping_socket(lop), EACCES);
	assert_int_equal(lop_sysctl_set(lop, "ping_group_range", "0 2147483647"), 0);
	assert_true(ping_socket(lop) >= 0);
}

/* contract IC-03: the socket's port is the ID of its echoes */
static void
an_echo_comes_back_with_the_sockets_id(void **state)
{
	struct lop *lop = with_pings(*state);
	const int fd = ping_socket(lop);
	struct echo e;

	assert_int_equal(port_of(fd), 0);
	fx_mark(lop);
	assert_int_equal(send_to(fd, &request, sizeof(request), "127.0.0.1"), sizeof(request));
	assert_int_equal(fx_mib(lop, "Icmp", "InEchos"), 1);
	assert_int_equal(fx_mib(lop, "Icmp", "OutEchoReps"), 1);
	assert_int_equal(fx_mib(lop, "Icmp", "InEchoReps"), 1);
	assert_true(port_of(fd) != 0);
	assert_reply(fd, port_of(fd));
	sf_fails(lop_recv(fd, &e, sizeof(e), 0), EAGAIN);
}

/* contract IC-03 */
static void
what_is_no_echo_request_is_refused(void **state)
{
	const int fd = ping_socket(with_pings(*state));
	struct echo e = request;

	sf_fails(send_to(fd, &e, 7, "127.0.0.1"), EINVAL);
	e.type = ECHO_REPLY;
	sf_fails(send_to(fd, &e, sizeof(e), "127.0.0.1"), EINVAL);
	e.type = 13;
	sf_fails(send_to(fd, &e, sizeof(e), "127.0.0.1"), EINVAL);
	e = request;
	e.code = 1;
	sf_fails(send_to(fd, &e, sizeof(e), "127.0.0.1"), EINVAL);
	sf_fails(lop_send(fd, &request, sizeof(request), 0), EDESTADDRREQ);
	sf_fails(lop_send(fd, &request, sizeof(request), MSG_OOB), EOPNOTSUPP);
	sf_fails(send_to(fd, &request, sizeof(request), "8.8.8.8"), ENETUNREACH);
}

/* contract BI-01: several may have the same ID, none an address of another host */
static void
ids_are_bound(void **state)
{
	struct lop *lop = with_pings(*state);
	const int fd = ping_socket(lop), other = ping_socket(lop), third = ping_socket(lop);
	struct sockaddr_in sin = fx_addr("127.0.0.1", 1234);

	assert_int_equal(lop_bind(fd, (const struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(port_of(fd), 1234);
	assert_int_equal(lop_bind(other, (const struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(lop_close(other), 0);
	sin.sin_port = htons(1235);
	sf_fails(lop_bind(fd, (const struct sockaddr *)&sin, sizeof(sin)), EINVAL);
	sin = fx_addr("10.1.1.1", 5);
	sf_fails(lop_bind(third, (const struct sockaddr *)&sin, sizeof(sin)), EADDRNOTAVAIL);
	sin = fx_addr("224.1.1.1", 5);
	sf_fails(lop_bind(third, (const struct sockaddr *)&sin, sizeof(sin)), EADDRNOTAVAIL);
	sin = fx_addr("127.0.0.1", 5);
	sin.sin_family = AF_INET6;
	sf_fails(lop_bind(third, (const struct sockaddr *)&sin, sizeof(sin)), EAFNOSUPPORT);
	sin = fx_addr("127.0.0.1", 99);
	assert_int_equal(lop_connect(fd, (const struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(lop_send(fd, &request, sizeof(request), 0), sizeof(request));
	assert_reply(fd, 1234);
}

static int
filter_get(int fd, void *value, socklen_t len)
{
	return lop_getsockopt(fd, SOL_RAW, ICMP_FILTER, value, &len) == 0 ? (int)len : -errno;
}

/* contract DM-01: a raw socket hears the types that its filter leaves */
static void
raw_sockets_filter_types(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int fd = lop_socket(lop, AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_ICMP);
	const int other = lop_socket(lop, AF_INET, SOCK_RAW | SOCK_NONBLOCK, 253);
	const int udp = fx_udp(lop, NULL, 0);
	struct echo e = { .type = ECHO_REQUEST, .sum_be = RTE_BE16(0xf7ff) };
	uint8_t got[64], all[8] = { 0 };
	uint32_t types = 1 << 0;

	assert_int_equal(lop_setsockopt(fd, SOL_RAW, ICMP_FILTER, &types, sizeof(types)), 0);
	assert_int_equal(lop_setsockopt(fd, SOL_RAW, ICMP_FILTER, "\xff", 1), 0);
	assert_int_equal(filter_get(fd, all, sizeof(all)), 4);
	assert_int_equal(all[0], 0xff);
	sf_fails(lop_setsockopt(fd, SOL_RAW, 2, &types, sizeof(types)), ENOPROTOOPT);
	sf_fails(lop_setsockopt(fd, SOL_RAW, ICMP_FILTER, NULL, sizeof(types)), EFAULT);
	sf_fails(lop_setsockopt(other, SOL_RAW, ICMP_FILTER, &types, sizeof(types)), EOPNOTSUPP);
	sf_fails(lop_setsockopt(udp, SOL_RAW, ICMP_FILTER, &types, sizeof(types)), ENOPROTOOPT);
	assert_int_equal(filter_get(other, all, sizeof(all)), -EOPNOTSUPP);
	assert_int_equal(filter_get(udp, all, sizeof(all)), -EOPNOTSUPP);

	types = 1 << ECHO_REQUEST;
	assert_int_equal(lop_setsockopt(fd, SOL_RAW, ICMP_FILTER, &types, sizeof(types)), 0);
	assert_int_equal(send_to(fd, &e, 8, "127.0.0.1"), 8);
	assert_int_equal(lop_recv(fd, got, sizeof(got), 0), 28);
	assert_int_equal(got[20], ECHO_REPLY);
	sf_fails(lop_recv(fd, got, sizeof(got), 0), EAGAIN);
}

static int
ping_fault_run(struct fault_env *env)
{
	const int ret = fault_answer(send_to(env->fd, &request, sizeof(request), "127.0.0.1"));

	fault_read_all(env->fd);
	return ret;
}

static void
ping_fault_prepare(struct fault_env *env)
{
	assert_int_equal(lop_sysctl_set(env->lop, "ping_group_range", "0 2147483647"), 0);
	env->fd = ping_socket(env->lop);
}

/* contract IC-03, SEND-16 */
static void
an_echo_without_memory_is_refused_or_lost(void **state)
{
	static const struct fault_scenario s = { .name = "ping",
		.prepare = ping_fault_prepare,
		.run = ping_fault_run,
		.may_succeed = true };

	fault_sweep(*state, &s);
}

static const struct lo_case ping_cases[] = {
	LO_CASE(groups_may_ping_or_not),
	LO_CASE(an_echo_comes_back_with_the_sockets_id),
	LO_CASE(what_is_no_echo_request_is_refused),
	LO_CASE(ids_are_bound),
	LO_CASE(raw_sockets_filter_types),
	LO_CASE(an_echo_without_memory_is_refused_or_lost),
};
LO_REGISTER_TEST(lop_icmp_autotest, ping_cases);
