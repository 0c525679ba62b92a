/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* setsockopt(2) and getsockopt(2). */

#include <errno.h>
#include <net/if.h>
#include <netinet/udp.h>
#include <string.h>

#include "fx.h"
#include "options_table.h"

static int
udp(struct lop *lop)
{
	const int fd = lop_socket(lop, AF_INET, SOCK_DGRAM, 0);

	assert_true(fd >= 0);
	return fd;
}

/* 0 or the errno. */
static int
set(int fd, int level, int name, const void *value, socklen_t len)
{
	return lop_setsockopt(fd, level, name, value, len) == 0 ? 0 : errno;
}

static int
get(int fd, int level, int name, int *value)
{
	socklen_t len = sizeof(*value);

	*value = 0;
	return lop_getsockopt(fd, level, name, value, &len) == 0 ? 0 : errno;
}

static void
assert_answer(const struct option_row *row, const char *what, int err, int value,
		struct option_answer want)
{
	if (err != want.err || (err == 0 && value != want.value))
		fail_msg("level %d, option %d, %s: %s, %d; want %s, %d", row->level, row->name,
				what, strerror(err), value, strerror(want.err), want.value);
}

/* contract SK-01, CM-03, GSO-01, UR-04: defaults, ranges and errnos of all options that are ints */
static void
options_answer_as_in_linux(void **state)
{
	struct lop *lop = fx_lop_up(*state);

	for (unsigned int r = 0; r < RTE_DIM(option_rows); r++) {
		const struct option_row *row = &option_rows[r];
		int fd = udp(lop), value, err;

		err = get(fd, row->level, row->name, &value);
		assert_answer(row, "new", err, value, row->fresh);
		lop_close(fd);
		for (unsigned int v = 0; v < RTE_DIM(option_values); v++) {
			char what[32];

			fd = udp(lop);
			snprintf(what, sizeof(what), "set to %d", option_values[v]);
			err = set(fd, row->level, row->name, &option_values[v], sizeof(int));
			if (err == 0)
				get(fd, row->level, row->name, &value);
			assert_answer(row, what, err, value, row->set[v]);
			lop_close(fd);
		}
	}
}

/* contract UR-04 */
static void
buffers_are_doubled_between_their_bounds(void **state)
{
	static const struct {
		int value, rcv, snd;
	} rows[] = {
		{ 0, 2304, 4608 },
		{ 1152, 2304, 4608 },
		{ 65535, 131070, 131070 },
		{ 70000, 140000, 140000 },
		{ INT32_MAX, 425984, 425984 },
		{ -1, 425984, 425984 },
	};
	struct lop *lop = fx_lop_up(*state);
	const int fd = udp(lop);
	int value;

	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		assert_int_equal(set(fd, SOL_SOCKET, SO_RCVBUF, &rows[i].value, 4), 0);
		assert_int_equal(get(fd, SOL_SOCKET, SO_RCVBUF, &value), 0);
		assert_int_equal(value, rows[i].rcv);
		assert_int_equal(set(fd, SOL_SOCKET, SO_SNDBUF, &rows[i].value, 4), 0);
		assert_int_equal(get(fd, SOL_SOCKET, SO_SNDBUF, &value), 0);
		assert_int_equal(value, rows[i].snd);
	}
}

/* contract SEND-01: lengths and pointers; an int for sockets, a byte will do for IP */
static void
lengths_are_checked_by_level(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int fd = udp(lop), one = 1;
	uint8_t bytes[4];
	socklen_t len;

	assert_int_equal(set(-1, SOL_SOCKET, SO_BROADCAST, &one, 4), EBADF);
	assert_int_equal(set(fd, SOL_SOCKET, SO_BROADCAST, &one, 3), EINVAL);
	assert_int_equal(set(fd, SOL_SOCKET, SO_BROADCAST, NULL, 4), EFAULT);
	assert_int_equal(set(fd, SOL_SOCKET, SO_BROADCAST, &one, -1), EINVAL);
	assert_int_equal(set(fd, SOL_SOCKET, 84, &one, 3), EINVAL);
	assert_int_equal(set(fd, SOL_SOCKET, 84, &one, 4), ENOPROTOOPT);
	assert_int_equal(set(fd, SOL_UDP, UDP_CORK, &one, 1), EINVAL);
	assert_int_equal(set(fd, SOL_IP, IP_TTL, &one, 1), 0);
	assert_int_equal(set(fd, SOL_IP, IP_TTL, NULL, 0), EINVAL);
	assert_int_equal(set(fd, SOL_IP, IP_TTL, NULL, 1), EFAULT);
	assert_int_equal(set(fd, SOL_IP, IP_RECVTTL, NULL, 0), 0);
	assert_int_equal(set(fd, IPPROTO_TCP, 1, &one, 4), ENOPROTOOPT);

	len = 2;
	assert_int_equal(lop_getsockopt(fd, SOL_IP, IP_TTL, bytes, &len), 0);
	assert_int_equal(len, 1);
	assert_int_equal(bytes[0], 1);
	len = 2;
	assert_int_equal(lop_getsockopt(fd, SOL_SOCKET, SO_TYPE, bytes, &len), 0);
	assert_int_equal(len, 2);
	len = -1;
	assert_int_equal(lop_getsockopt(fd, SOL_SOCKET, SO_TYPE, bytes, &len), -1);
	assert_int_equal(errno, EINVAL);
	len = 4;
	assert_int_equal(lop_getsockopt(fd, IPPROTO_TCP, 1, bytes, &len), -1);
	assert_int_equal(errno, EOPNOTSUPP);
}

/* contract SK-01: what needs a capability */
static void
capabilities_are_asked_for(void **state)
{
	const struct lop_conf conf = { .no_net_admin = true };
	struct lop *lop = fx_lop(*state, &conf);
	const int fd = udp(lop), one = 1, seven = 7, six = 6;

	assert_int_equal(set(fd, SOL_SOCKET, SO_MARK, &one, 4), EPERM);
	assert_int_equal(set(fd, SOL_SOCKET, SO_RCVBUFFORCE, &one, 4), EPERM);
	assert_int_equal(set(fd, SOL_SOCKET, SO_DEBUG, &one, 4), EACCES);
	assert_int_equal(set(fd, SOL_SOCKET, SO_PRIORITY, &seven, 4), EPERM);
	assert_int_equal(set(fd, SOL_SOCKET, SO_PRIORITY, &six, 4), 0);
	assert_int_equal(set(fd, SOL_IP, IP_TRANSPARENT, &one, 4), EPERM);
	assert_int_equal(set(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2), 0);
	assert_int_equal(set(fd, SOL_SOCKET, SO_BINDTODEVICE, "", 0), EPERM);
	assert_int_equal(set(fd, SOL_SOCKET, SO_BINDTODEVICE, "nope", 4), ENODEV);
	assert_int_equal(lop_socket(lop, AF_INET, SOCK_RAW, IPPROTO_UDP), -1);
	assert_int_equal(errno, EPERM);
}

/* contract CM-04: checked, and read back padded to words */
static void
ip_options_are_checked_and_padded(void **state)
{
	static const uint8_t route[] = { 7, 7, 4, 0, 0, 0, 0 }, bad[] = { 7, 7, 3, 0, 0, 0, 0 };
	struct lop *lop = fx_lop_up(*state);
	uint8_t nops[41], read[44];
	socklen_t len = sizeof(read);
	const int fd = udp(lop);

	memset(nops, 1, sizeof(nops));
	assert_int_equal(set(fd, SOL_IP, IP_OPTIONS, nops, 41), EINVAL);
	assert_int_equal(set(fd, SOL_IP, IP_OPTIONS, nops, 40), 0);
	assert_int_equal(set(fd, SOL_IP, IP_OPTIONS, route, sizeof(route)), 0);
	assert_int_equal(set(fd, SOL_IP, IP_OPTIONS, bad, sizeof(bad)), EINVAL);
	assert_int_equal(lop_getsockopt(fd, SOL_IP, IP_OPTIONS, read, &len), 0);
	assert_int_equal(len, 8);
	assert_memory_equal(read, "\7\7\4\0\0\0\0\0", 8);
	assert_int_equal(set(fd, SOL_IP, IP_OPTIONS, NULL, 0), 0);
	assert_int_equal(lop_getsockopt(fd, SOL_IP, IP_OPTIONS, read, &len), 0);
	assert_int_equal(len, 0);
}

/* contract SK-01: timeouts in ticks of 4 ms, as Linux shows them */
static void
timeouts_are_rounded_up_to_ticks(void **state)
{
	static const struct {
		struct timeval in, out;
		int err;
	} rows[] = {
		{ { 0, 1 }, { 0, 4000 }, 0 },
		{ { 0, 4001 }, { 0, 8000 }, 0 },
		{ { 0, 999999 }, { 1, 0 }, 0 },
		{ { 10, 5 }, { 10, 4000 }, 0 },
		{ { 0, 1000000 }, { 10, 4000 }, EDOM },
		{ { -1, 0 }, { 0, 0 }, 0 },
		{ { 0, 0 }, { 0, 0 }, 0 },
	};
	struct lop *lop = fx_lop_up(*state);
	const int fd = udp(lop);

	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		struct timeval tv;
		socklen_t len = sizeof(tv);

		assert_int_equal(set(fd, SOL_SOCKET, SO_RCVTIMEO, &rows[i].in, sizeof(tv)),
				rows[i].err);
		assert_int_equal(lop_getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, &len), 0);
		assert_memory_equal(&tv, &rows[i].out, sizeof(tv));
	}
}

/* contract MC-01, MC-02: memberships, their errors and their number */
static void
memberships_answer_as_in_linux(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct ip_mreq mreq = { 0 };
	struct ip_mreqn by_index = { .imr_ifindex = LOP_LO_INDEX };
	int fd = udp(lop);

	mreq.imr_multiaddr.s_addr = inet_addr("224.1.2.3");
	assert_int_equal(set(fd, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, 7), EINVAL);
	assert_int_equal(set(fd, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)), ENODEV);
	assert_int_equal(fx_mib(lop, "Ip", "OutNoRoutes"), 0);
	mreq.imr_interface.s_addr = inet_addr("127.0.0.1");
	assert_int_equal(set(fd, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)), 0);
	assert_true(lop_if_joined(lop->lo, mreq.imr_multiaddr.s_addr));
	assert_int_equal(set(fd, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)), EADDRINUSE);
	assert_int_equal(set(fd, SOL_IP, IP_DROP_MEMBERSHIP, &mreq, sizeof(mreq)), 0);
	assert_false(lop_if_joined(lop->lo, mreq.imr_multiaddr.s_addr));
	assert_int_equal(set(fd, SOL_IP, IP_DROP_MEMBERSHIP, &mreq, sizeof(mreq)), EADDRNOTAVAIL);
	mreq.imr_multiaddr.s_addr = inet_addr("10.0.0.1");
	assert_int_equal(set(fd, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)), EINVAL);

	for (unsigned int i = 0; i < 20; i++) {
		by_index.imr_multiaddr.s_addr = htonl(0xe0020000 + i);
		assert_int_equal(
				set(fd, SOL_IP, IP_ADD_MEMBERSHIP, &by_index, sizeof(by_index)), 0);
	}
	by_index.imr_multiaddr.s_addr = htonl(0xe0030000);
	assert_int_equal(set(fd, SOL_IP, IP_ADD_MEMBERSHIP, &by_index, sizeof(by_index)), ENOBUFS);
	/* they go with the socket */
	lop_close(fd);
	assert_false(lop_if_joined(lop->lo, htonl(0xe0020000)));
}

/* contract MC-02: sources */
static void
sources_include_or_exclude(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct ip_mreq_source req = { 0 };
	struct ip_mreq mreq = { 0 };
	const int fd = udp(lop);

	mreq.imr_multiaddr.s_addr = req.imr_multiaddr.s_addr = inet_addr("224.1.2.3");
	mreq.imr_interface.s_addr = req.imr_interface.s_addr = inet_addr("127.0.0.1");
	req.imr_sourceaddr.s_addr = inet_addr("127.0.0.9");
	assert_int_equal(set(fd, SOL_IP, IP_BLOCK_SOURCE, &req, sizeof(req)), EINVAL);
	assert_int_equal(set(fd, SOL_IP, IP_ADD_SOURCE_MEMBERSHIP, &req, sizeof(req)), 0);
	assert_int_equal(set(fd, SOL_IP, IP_ADD_SOURCE_MEMBERSHIP, &req, sizeof(req)),
			EADDRNOTAVAIL);
	assert_int_equal(set(fd, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)), EADDRINUSE);
	assert_int_equal(set(fd, SOL_IP, IP_BLOCK_SOURCE, &req, sizeof(req)), EINVAL);
	assert_int_equal(set(fd, SOL_IP, IP_DROP_SOURCE_MEMBERSHIP, &req, sizeof(req)), 0);
	assert_int_equal(set(fd, SOL_IP, IP_DROP_SOURCE_MEMBERSHIP, &req, sizeof(req)), EINVAL);
	assert_int_equal(set(fd, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)), 0);
	assert_int_equal(set(fd, SOL_IP, IP_BLOCK_SOURCE, &req, sizeof(req)), 0);
	assert_int_equal(set(fd, SOL_IP, IP_BLOCK_SOURCE, &req, sizeof(req)), EADDRNOTAVAIL);
	assert_int_equal(set(fd, SOL_IP, IP_UNBLOCK_SOURCE, &req, sizeof(req)), 0);
	assert_int_equal(set(fd, SOL_IP, IP_UNBLOCK_SOURCE, &req, sizeof(req)), EADDRNOTAVAIL);
	assert_int_equal(set(fd, SOL_IP, IP_ADD_SOURCE_MEMBERSHIP, &req, sizeof(req)), EINVAL);
}

static const struct lo_case cases[] = {
	LO_CASE(options_answer_as_in_linux),
	LO_CASE(buffers_are_doubled_between_their_bounds),
	LO_CASE(lengths_are_checked_by_level),
	LO_CASE(capabilities_are_asked_for),
	LO_CASE(ip_options_are_checked_and_padded),
	LO_CASE(timeouts_are_rounded_up_to_ticks),
	LO_CASE(memberships_answer_as_in_linux),
	LO_CASE(sources_include_or_exclude),
};
LO_REGISTER_TEST(lop_sockopt_autotest, cases);
