/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Membership of groups and filters of sources by each of the options there are. Answers are those
 * of Linux 6.18 for the same calls in the same order.
 */

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "send_fx.h"

#define GROUP "224.1.1.1"
#define IF "127.0.0.1"
#define BYTES_MAX sizeof(struct group_source_req)

/* A call, and what it answers: 0 or an errno. */
struct call {
	int name;
	const char *group, *source;
	int err;
	int ifindex; /* of MCAST_*; 0: lo. IP_*: by address */
	sa_family_t family;
	socklen_t len; /* 0: the right one */
};

#define CALL(name_, group_, source_, err_, ...)                                         \
	{                                                                               \
		.name = (name_), .group = (group_), .source = (source_), .err = (err_), \
		##__VA_ARGS__                                                           \
	}

static void
address(struct sockaddr_storage *to, const char *addr, sa_family_t family)
{
	struct sockaddr_in sin = { .sin_family = family != 0 ? family : AF_INET };

	sin.sin_addr.s_addr = inet_addr(addr);
	memset(to, 0, sizeof(*to));
	memcpy(to, &sin, sizeof(sin));
}

static socklen_t
by_group(const struct call *c, void *value)
{
	struct group_source_req req;
	struct group_req group;

	memset(&req, 0, sizeof(req));
	req.gsr_interface = c->ifindex != 0 ? c->ifindex : LOP_LO_INDEX;
	address(&req.gsr_group, c->group, c->family);
	if (c->name != MCAST_JOIN_GROUP && c->name != MCAST_LEAVE_GROUP) {
		address(&req.gsr_source, c->source, c->family);
		memcpy(value, &req, sizeof(req));
		return sizeof(req);
	}
	memset(&group, 0, sizeof(group));
	group.gr_interface = req.gsr_interface;
	group.gr_group = req.gsr_group;
	memcpy(value, &group, sizeof(group));
	return sizeof(group);
}

static socklen_t
by_address(const struct call *c, void *value)
{
	const struct ip_mreq mreq = { .imr_multiaddr.s_addr = inet_addr(c->group),
		.imr_interface.s_addr = inet_addr(IF) };
	struct ip_mreq_source source = { .imr_multiaddr = mreq.imr_multiaddr,
		.imr_interface = mreq.imr_interface };

	if (c->name == IP_ADD_MEMBERSHIP || c->name == IP_DROP_MEMBERSHIP) {
		memcpy(value, &mreq, sizeof(mreq));
		return sizeof(mreq);
	}
	source.imr_sourceaddr.s_addr = inet_addr(c->source);
	memcpy(value, &source, sizeof(source));
	return sizeof(source);
}

static void
calls_answer(int fd, const struct call *calls, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		const struct call *c = &calls[i];
		uint8_t value[BYTES_MAX];
		const socklen_t right = c->name >= MCAST_JOIN_GROUP ? by_group(c, value)
								    : by_address(c, value);
		const socklen_t len = c->len != 0 ? c->len : right;
		const int ret = lop_setsockopt(fd, IPPROTO_IP, c->name, value, len);

		if (ret != (c->err != 0 ? -1 : 0) || (ret != 0 && errno != c->err))
			fail_msg("call %u: %d, %s", i, ret, strerror(errno));
		assert_int_equal(lop_setsockopt(fd, IPPROTO_IP, c->name, NULL, right), -1);
		assert_int_equal(errno, EFAULT);
	}
}

/* contract MC-02 */
static void
groups_are_joined_and_left_once(void **state)
{
	static const struct call calls[] = {
		CALL(IP_ADD_MEMBERSHIP, GROUP, NULL, EINVAL, .len = 4),
		CALL(IP_ADD_MEMBERSHIP, "10.0.0.1", NULL, EINVAL),
		CALL(IP_ADD_MEMBERSHIP, GROUP, NULL, 0),
		CALL(IP_ADD_MEMBERSHIP, GROUP, NULL, EADDRINUSE),
		CALL(IP_DROP_MEMBERSHIP, GROUP, NULL, 0),
		CALL(IP_DROP_MEMBERSHIP, GROUP, NULL, EADDRNOTAVAIL),
		CALL(MCAST_JOIN_GROUP, GROUP, NULL, ENODEV, .ifindex = 40),
		CALL(MCAST_JOIN_GROUP, GROUP, NULL, EINVAL, .family = AF_INET6),
		CALL(MCAST_JOIN_GROUP, GROUP, NULL, EINVAL, .len = 4),
		CALL(MCAST_JOIN_GROUP, GROUP, NULL, 0),
		CALL(MCAST_JOIN_GROUP, GROUP, NULL, EADDRINUSE),
		CALL(MCAST_LEAVE_GROUP, GROUP, NULL, 0),
		CALL(MCAST_LEAVE_GROUP, GROUP, NULL, EADDRNOTAVAIL),
	};

	calls_answer(fx_udp(fx_lop_up(*state), NULL, 0), calls, RTE_DIM(calls));
}

/* contract MC-02 */
static void
sources_are_included_and_blocked(void **state)
{
	static const struct call calls[] = {
		CALL(IP_BLOCK_SOURCE, GROUP, "127.0.0.2", EINVAL),
		CALL(IP_ADD_SOURCE_MEMBERSHIP, GROUP, "127.0.0.2", EINVAL, .len = 8),
		CALL(IP_ADD_SOURCE_MEMBERSHIP, GROUP, "127.0.0.2", 0),
		CALL(IP_ADD_SOURCE_MEMBERSHIP, GROUP, "127.0.0.2", EADDRNOTAVAIL),
		CALL(IP_ADD_SOURCE_MEMBERSHIP, GROUP, "127.0.0.3", 0),
		CALL(IP_BLOCK_SOURCE, GROUP, "127.0.0.2", EINVAL),
		CALL(IP_DROP_SOURCE_MEMBERSHIP, GROUP, "127.0.0.2", 0),
		CALL(IP_DROP_SOURCE_MEMBERSHIP, GROUP, "127.0.0.2", EADDRNOTAVAIL),
		CALL(IP_DROP_SOURCE_MEMBERSHIP, GROUP, "127.0.0.3", 0),
		/* the last one took the membership with it */
		CALL(IP_DROP_MEMBERSHIP, GROUP, NULL, EADDRNOTAVAIL),
		CALL(MCAST_JOIN_GROUP, GROUP, NULL, 0),
		CALL(MCAST_BLOCK_SOURCE, GROUP, "127.0.0.2", 0),
		CALL(MCAST_BLOCK_SOURCE, GROUP, "127.0.0.2", EADDRNOTAVAIL),
		CALL(MCAST_UNBLOCK_SOURCE, GROUP, "127.0.0.2", 0),
		CALL(MCAST_UNBLOCK_SOURCE, GROUP, "127.0.0.2", EADDRNOTAVAIL),
		CALL(MCAST_LEAVE_GROUP, GROUP, NULL, 0),
		CALL(MCAST_JOIN_SOURCE_GROUP, GROUP, "127.0.0.2", EINVAL, .len = 8),
		CALL(MCAST_JOIN_SOURCE_GROUP, GROUP, "127.0.0.2", EADDRNOTAVAIL,
				.family = AF_INET6),
		CALL(MCAST_JOIN_SOURCE_GROUP, GROUP, "127.0.0.2", 0),
		CALL(MCAST_JOIN_SOURCE_GROUP, GROUP, "127.0.0.2", EADDRNOTAVAIL),
		CALL(MCAST_LEAVE_SOURCE_GROUP, GROUP, "127.0.0.9", EADDRNOTAVAIL),
		CALL(MCAST_LEAVE_SOURCE_GROUP, GROUP, "127.0.0.2", 0),
		CALL(MCAST_LEAVE_SOURCE_GROUP, GROUP, "127.0.0.2", EINVAL),
	};

	calls_answer(fx_udp(fx_lop_up(*state), NULL, 0), calls, RTE_DIM(calls));
}

#define MSFILTER_HEAD offsetof(struct ip_msfilter, imsf_slist)

struct filter {
	struct in_addr group, interface;
	uint32_t mode, n;
	uint32_t source_be[12];
};

static int
filter_set(int fd, uint32_t mode, uint32_t n, socklen_t len)
{
	struct filter f = { { inet_addr(GROUP) }, { inet_addr(IF) }, mode, n, { 0 } };

	for (unsigned int i = 0; i < RTE_DIM(f.source_be); i++)
		f.source_be[i] = rte_cpu_to_be_32(0x7f000002 + i);
	return lop_setsockopt(fd, IPPROTO_IP, IP_MSFILTER, &f, len) == 0 ? 0 : errno;
}

/* How many bytes, or -errno. */
static int
filter_get(int fd, const char *group, uint32_t n, socklen_t len, struct filter *f)
{
	memset(f, 0, sizeof(*f));
	f->group.s_addr = inet_addr(group);
	f->interface.s_addr = inet_addr(IF);
	f->n = n;
	return lop_getsockopt(fd, IPPROTO_IP, IP_MSFILTER, f, &len) == 0 ? (int)len : -errno;
}

/* contract MC-02 */
static void
filters_are_set_and_asked_for_as_a_whole(void **state)
{
	static const struct call join = CALL(IP_ADD_MEMBERSHIP, GROUP, NULL, 0);
	const int fd = fx_udp(fx_lop_up(*state), NULL, 0);
	struct filter f;
	socklen_t len = 64;

	assert_int_equal(filter_set(fd, MCAST_INCLUDE, 1, MSFILTER_HEAD + 4), EINVAL);
	calls_answer(fd, &join, 1);
	assert_int_equal(filter_set(fd, MCAST_INCLUDE, 2, MSFILTER_HEAD + 8), 0);
	assert_int_equal(filter_set(fd, MCAST_INCLUDE, 2, 4), EINVAL);
	assert_int_equal(filter_set(fd, 7, 1, MSFILTER_HEAD + 4), EINVAL);
	assert_int_equal(filter_set(fd, MCAST_INCLUDE, 9, MSFILTER_HEAD), EINVAL);
	assert_int_equal(filter_set(fd, MCAST_INCLUDE, 11, MSFILTER_HEAD + 44), ENOBUFS);
	assert_int_equal(lop_setsockopt(fd, IPPROTO_IP, IP_MSFILTER, NULL, 24), -1);
	assert_int_equal(errno, EFAULT);

	assert_int_equal(filter_get(fd, GROUP, 2, 24, &f), 24);
	assert_int_equal(f.mode, MCAST_INCLUDE);
	assert_int_equal(f.n, 2);
	assert_int_equal(f.source_be[0], inet_addr("127.0.0.2"));
	assert_int_equal(f.source_be[1], inet_addr("127.0.0.3"));
	/* how many there are is said, whatever fits */
	assert_int_equal(filter_get(fd, GROUP, 0, MSFILTER_HEAD, &f), MSFILTER_HEAD);
	assert_int_equal(f.n, 2);
	assert_int_equal(filter_get(fd, GROUP, 2, 8, &f), -EINVAL);
	assert_int_equal(filter_get(fd, "224.1.1.9", 2, 24, &f), -EADDRNOTAVAIL);
	assert_int_equal(filter_get(fd, "10.1.1.9", 2, 24, &f), -EINVAL);
	assert_int_equal(lop_getsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &f, &len), -1);
	assert_int_equal(errno, ENOPROTOOPT);
	assert_int_equal(filter_set(fd, MCAST_EXCLUDE, 0, MSFILTER_HEAD), 0);
	assert_int_equal(filter_get(fd, GROUP, 2, 24, &f), MSFILTER_HEAD);
	assert_int_equal(f.mode, MCAST_EXCLUDE);
}

/* Datagrams to the group from 127.0.0.1 and from 127.0.0.2; which of them came: bits 1 and 2. */
static unsigned int
heard(struct lop *lop, int fd)
{
	const struct sockaddr_in to = fx_addr(GROUP, SF_PORT);
	unsigned int came = 0;
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char c;

	for (unsigned int i = 1; i <= 2; i++) {
		const int tx = fx_udp(lop, i == 1 ? "127.0.0.1" : "127.0.0.2", 0);
		const struct ip_mreqn out = { .imr_ifindex = LOP_LO_INDEX };

		assert_int_equal(lop_setsockopt(tx, IPPROTO_IP, IP_MULTICAST_IF, &out, sizeof(out)),
				0);
		assert_int_equal(
				lop_sendto(tx, "x", 1, 0, (const struct sockaddr *)&to, sizeof(to)),
				1);
		assert_int_equal(lop_close(tx), 0);
	}
	while (lop_recvfrom(fd, &c, 1, 0, (struct sockaddr *)&from, &len) == 1)
		came |= from.sin_addr.s_addr == inet_addr("127.0.0.1") ? 1 : 2;
	return came;
}

/* contract MC-01, MC-02: who is no member hears all, a member what its filter lets through */
static void
members_hear_the_sources_they_asked_for(void **state)
{
	static const struct call join = CALL(IP_ADD_MEMBERSHIP, GROUP, NULL, 0);
	static const struct call other = CALL(IP_ADD_MEMBERSHIP, GROUP, NULL, 0);
	struct lop *lop = fx_lop_up(*state);
	const int fd = fx_udp(lop, NULL, SF_PORT), member = fx_udp(lop, NULL, 0);

	/* somebody of this host is a member, or nothing is delivered */
	calls_answer(member, &other, 1);
	assert_int_equal(heard(lop, fd), 3);
	sf_option(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0);
	assert_int_equal(heard(lop, fd), 0);
	calls_answer(fd, &join, 1);
	assert_int_equal(heard(lop, fd), 3);
	assert_int_equal(filter_set(fd, MCAST_INCLUDE, 1, MSFILTER_HEAD + 4), 0);
	assert_int_equal(heard(lop, fd), 2);
	assert_int_equal(filter_set(fd, MCAST_EXCLUDE, 1, MSFILTER_HEAD + 4), 0);
	assert_int_equal(heard(lop, fd), 1);
}

static const struct lo_case mcast_options_cases[] = {
	LO_CASE(groups_are_joined_and_left_once),
	LO_CASE(sources_are_included_and_blocked),
	LO_CASE(filters_are_set_and_asked_for_as_a_whole),
	LO_CASE(members_hear_the_sources_they_asked_for),
};
LO_REGISTER_TEST(lop_sockopt_autotest, mcast_options_cases);
