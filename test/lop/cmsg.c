/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Control messages, sent and received. */

#include <netinet/udp.h>

#include "send_fx.h"

static ssize_t
send_with(int fd, int level, int type, const void *data, size_t bytes)
{
	struct sf_msg m;

	sf_msg(&m, "1", 4000);
	return lop_sendmsg(fd, sf_cmsg(&m, level, type, data, bytes), 0);
}

static ssize_t
send_int(int fd, int level, int type, int value)
{
	return send_with(fd, level, type, &value, sizeof(value));
}

/* contract CM-03, CM-05, SEND-07: lengths, ranges, kinds */
static void
send_checks_each_message(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int s = fx_udp(lop, NULL, 4001);
	const uint16_t u16 = 4;
	const uint8_t u8 = 4;

	fx_mark(lop);
	sf_fails(send_int(s, IPPROTO_IP, IP_TTL, 0), EINVAL);
	sf_fails(send_int(s, IPPROTO_IP, IP_TTL, 256), EINVAL);
	sf_fails(send_with(s, IPPROTO_IP, IP_TTL, &u8, 1), EINVAL);
	sf_fails(send_int(s, IPPROTO_IP, IP_TOS, 256), EINVAL);
	sf_fails(send_int(s, IPPROTO_IP, IP_TOS, -1), EINVAL);
	sf_fails(send_with(s, IPPROTO_IP, IP_TOS, &u16, 2), EINVAL);
	sf_fails(send_int(s, IPPROTO_IP, 77, 0), EINVAL);
	sf_fails(send_with(s, IPPROTO_IP, IP_OPTIONS, "\1\1", 2), EINVAL);
	sf_fails(send_int(s, SOL_SOCKET, 200, 0), EINVAL);
	sf_fails(send_with(s, SOL_SOCKET, SO_MARK, &u8, 1), EINVAL);
	sf_fails(send_int(s, SOL_SOCKET, SO_TIMESTAMPING, 8), EINVAL);
	sf_fails(send_int(s, IPPROTO_UDP, UDP_SEGMENT, 1), EINVAL);
	sf_fails(send_with(s, IPPROTO_UDP, 104, &u16, 2), EINVAL);
	fx_assert_moved(lop, "");
	fx_udp(lop, NULL, 4000);
	assert_int_equal(send_int(s, IPPROTO_IP, IP_TTL, 5), 1);
	assert_int_equal(send_with(s, IPPROTO_IP, IP_TOS, &u8, 1), 1);
	assert_int_equal(send_int(s, SOL_SOCKET, SO_MARK, 1), 1);
	assert_int_equal(send_int(s, SOL_SOCKET, SCM_RIGHTS, 0), 1);
	assert_int_equal(send_int(s, SOL_SOCKET, SO_PRIORITY, 3), 1);
	assert_int_equal(send_int(s, IPPROTO_TCP, 1, 3), 1); /* another level's */
	assert_int_equal(send_with(s, IPPROTO_UDP, UDP_SEGMENT, &u16, 2), 1);
}

static ssize_t
send_from(int fd, int ifindex, const char *source)
{
	struct in_pktinfo info = { .ipi_ifindex = ifindex };

	info.ipi_spec_dst.s_addr = inet_addr(source);
	return send_with(fd, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
}

/* contract CM-01 */
static void
packet_info_chooses_source_and_interface(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char buf[8];

	fx_mark(lop);
	sf_fails(send_with(s, IPPROTO_IP, IP_PKTINFO, "12345678901", 11), EINVAL);
	sf_fails(send_with(s, IPPROTO_IP, IP_PKTINFO, "1234567890123", 13), EINVAL);
	sf_fails(send_from(s, 77, "0.0.0.0"), ENODEV);
	sf_fails(send_from(s, -1, "0.0.0.0"), ENODEV);
	sf_fails(send_from(s, 0, "224.0.0.1"), EINVAL);
	sf_fails(send_from(s, 0, "255.255.255.255"), EINVAL);
	fx_assert_moved(lop, "");
	sf_fails(send_from(s, 0, "9.9.9.9"), ENETUNREACH);
	fx_assert_moved(lop, "Ip.OutNoRoutes+1");
	assert_int_equal(send_from(s, LOP_LO_INDEX, "127.5.0.1"), 1);
	assert_int_equal(lop_recvfrom(r, buf, 8, 0, (void *)&from, &len), 1);
	assert_int_equal(from.sin_addr.s_addr, inet_addr("127.5.0.1"));
}

/* A message to receive with, and what came of it. */
static ssize_t
receive(int fd, struct sf_msg *m, size_t room)
{
	static char buf[16];

	sf_msg(m, "", 1);
	m->io = (struct iovec){ .iov_base = buf, .iov_len = sizeof(buf) };
	m->h.msg_control = m->control.bytes;
	m->h.msg_controllen = room;
	return lop_recvmsg(fd, &m->h, 0);
}

static void
assert_cmsg(struct sf_msg *m, struct cmsghdr **at, int level, int type, const void *data,
		size_t bytes)
{
	*at = *at == NULL ? CMSG_FIRSTHDR(&m->h) : CMSG_NXTHDR(&m->h, *at);
	if (*at == NULL) {
		fail_msg("no more control messages");
		return;
	}
	assert_int_equal((*at)->cmsg_level, level);
	assert_int_equal((*at)->cmsg_type, type);
	assert_int_equal((*at)->cmsg_len, CMSG_LEN(bytes));
	assert_memory_equal(CMSG_DATA(*at), data, bytes);
}

static int
asking(struct lop *lop)
{
	const int r = fx_udp(lop, NULL, 4000);

	sf_option(r, IPPROTO_IP, IP_PKTINFO, 1);
	sf_option(r, IPPROTO_IP, IP_RECVTTL, 1);
	sf_option(r, IPPROTO_IP, IP_RECVTOS, 1);
	sf_option(r, IPPROTO_IP, IP_RECVORIGDSTADDR, 1);
	return r;
}

/* contract CM-06 */
static void
messages_come_in_linux_order(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = asking(lop), s = fx_udp(lop, NULL, 4001);
	const struct sockaddr_in dst = fx_addr("127.0.0.1", 4000);
	struct in_pktinfo info = { .ipi_ifindex = 1 };
	struct cmsghdr *at = NULL;
	const int ttl = 64;
	struct sf_msg m;

	info.ipi_spec_dst.s_addr = htonl(INADDR_LOOPBACK);
	info.ipi_addr = info.ipi_spec_dst;
	sf_option(r, SOL_SOCKET, SO_RXQ_OVFL, 1); /* nothing was lost: no message */
	assert_int_equal(sf_to(s, "q", 1, 0, 4000), 1);
	assert_int_equal(receive(r, &m, sizeof(m.control)), 1);
	assert_int_equal(m.h.msg_flags, 0);
	assert_int_equal(m.h.msg_controllen, 112);
	assert_cmsg(&m, &at, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
	assert_cmsg(&m, &at, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	assert_cmsg(&m, &at, IPPROTO_IP, IP_TOS, "\0", 1);
	assert_cmsg(&m, &at, IPPROTO_IP, IP_ORIGDSTADDR, &dst, sizeof(dst));
	assert_true(at != NULL && CMSG_NXTHDR(&m.h, at) == NULL);
}

/* contract CM-06: what fits is given, the last one cut */
static void
small_control_buffers_are_cut(void **state)
{
	static const struct {
		size_t room, used;
	} cut[] = { { 0, 0 }, { 8, 0 }, { 15, 0 }, { 16, 16 }, { 20, 20 }, { 28, 28 }, { 32, 32 },
		{ 40, 32 }, { 48, 48 }, { 52, 52 }, { 56, 56 }, { 60, 56 }, { 100, 100 } };
	struct lop *lop = fx_lop_up(*state);
	const int r = asking(lop), s = fx_udp(lop, NULL, 4001);
	struct sf_msg m;

	for (unsigned int i = 0; i < RTE_DIM(cut); i++) {
		assert_int_equal(sf_to(s, "q", 1, 0, 4000), 1);
		assert_int_equal(receive(r, &m, cut[i].room), 1);
		assert_int_equal(m.h.msg_flags, MSG_CTRUNC);
		assert_int_equal(m.h.msg_controllen, cut[i].used);
	}
}

/* contract CM-03, CM-06: and ECN bits pass */
static void
type_of_service_and_ttl_arrive(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);
	struct cmsghdr *at = NULL;
	const int ttl = 9;
	struct sf_msg m;

	sf_option(r, IPPROTO_IP, IP_RECVTTL, 1);
	sf_option(r, IPPROTO_IP, IP_RECVTOS, 1);
	sf_msg(&m, "1", 4000);
	sf_cmsg(&m, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	sf_cmsg(&m, IPPROTO_IP, IP_TOS, "\377", 1);
	assert_int_equal(lop_sendmsg(s, &m.h, 0), 1);
	assert_int_equal(fx_mib(lop, "IpExt", "InCEPkts"), 1);
	assert_int_equal(receive(r, &m, sizeof(m.control)), 1);
	assert_cmsg(&m, &at, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	assert_cmsg(&m, &at, IPPROTO_IP, IP_TOS, "\377", 1);
}

/* contract CM-04: the sender's and the receiver's hands in a record route */
static void
record_route_arrives_filled(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);
	const uint8_t want[] = { 7, 11, 12, 127, 0, 0, 1, 127, 0, 0, 1, 0 };
	const uint8_t ask[] = { 7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0 };
	struct cmsghdr *at = NULL;
	struct sf_msg m;

	sf_option(r, IPPROTO_IP, IP_RECVOPTS, 1);
	assert_int_equal(send_with(s, IPPROTO_IP, IP_RETOPTS, ask, sizeof(ask)), 1);
	assert_int_equal(receive(r, &m, sizeof(m.control)), 1);
	assert_cmsg(&m, &at, IPPROTO_IP, IP_RECVOPTS, want, sizeof(want));
	sf_fails(send_with(s, IPPROTO_IP, IP_RETOPTS, "\7\2", 2), EINVAL);
}

/* contract CM-06: what came before the option was on has no address, also when it is off between */
static void
pktinfo_is_decided_when_a_datagram_comes(void **state)
{
	static const struct in_pktinfo whole = { .ipi_ifindex = LOP_LO_INDEX,
		.ipi_spec_dst.s_addr = RTE_BE32(INADDR_LOOPBACK),
		.ipi_addr.s_addr = RTE_BE32(INADDR_LOOPBACK) };
	static const struct in_pktinfo bare = { .ipi_addr.s_addr = RTE_BE32(INADDR_LOOPBACK) };
	static const bool on[] = { false, true, false, true };
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);
	struct sf_msg m;

	for (unsigned int i = 0; i < RTE_DIM(on); i++) {
		sf_option(r, IPPROTO_IP, IP_PKTINFO, on[i]);
		assert_int_equal(sf_to(s, "a", 1, 0, 4000), 1);
	}
	for (unsigned int i = 0; i < RTE_DIM(on); i++) {
		struct cmsghdr *at = NULL;

		assert_int_equal(receive(r, &m, sizeof(m.control)), 1);
		assert_cmsg(&m, &at, IPPROTO_IP, IP_PKTINFO, on[i] ? &whole : &bare, sizeof(whole));
	}
}

/* contract CM-06, UR-04: datagrams lost so far */
static void
overflow_is_told_with_the_next_datagram(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);
	struct cmsghdr *at = NULL;
	const uint32_t lost = 1;
	struct sf_msg m;
	char buf[8];

	sf_option(r, SOL_SOCKET, SO_RCVBUF, 0); /* 2304: two of 832 */
	sf_option(r, SOL_SOCKET, SO_RXQ_OVFL, 1);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(sf_to(s, "q", 1, 0, 4000), 1);
	assert_int_equal(lop_recv(r, buf, 8, 0), 1);
	assert_int_equal(lop_recv(r, buf, 8, 0), 1);
	assert_int_equal(sf_to(s, "q", 1, 0, 4000), 1);
	assert_int_equal(receive(r, &m, sizeof(m.control)), 1);
	assert_cmsg(&m, &at, SOL_SOCKET, SO_RXQ_OVFL, &lost, sizeof(lost));
}

/* contract CM-06: IP_RECVFRAGSIZE, of what came in pieces */
static void
largest_fragment_is_told(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);
	const int largest = 1500;
	struct cmsghdr *at = NULL;
	static uint8_t big[3000];
	struct sf_msg m;

	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 1500), 0);
	sf_option(r, IPPROTO_IP, IP_RECVFRAGSIZE, 1);
	assert_int_equal(sf_to(s, big, sizeof(big), 0, 4000), sizeof(big));
	assert_int_equal(sf_to(s, "q", 1, 0, 4000), 1);
	assert_true(receive(r, &m, sizeof(m.control)) > 0);
	assert_cmsg(&m, &at, IPPROTO_IP, IP_RECVFRAGSIZE, &largest, sizeof(largest));
	assert_int_equal(receive(r, &m, sizeof(m.control)), 1);
	assert_int_equal(m.h.msg_controllen, 0);
}

/* contract CM-06: one of the two kinds of time */
static void
timestamp_has_the_asked_for_size(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);
	struct sf_msg m;

	sf_option(r, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	assert_int_equal(sf_to(s, "q", 1, 0, 4000), 1);
	assert_int_equal(receive(r, &m, sizeof(m.control)), 1);
	assert_int_equal(m.control.head.cmsg_type, SO_TIMESTAMPNS);
	assert_int_equal(m.h.msg_controllen, CMSG_SPACE(sizeof(struct timespec)));
	sf_option(r, SOL_SOCKET, SO_TIMESTAMP, 1);
	assert_int_equal(sf_to(s, "q", 1, 0, 4000), 1);
	assert_int_equal(receive(r, &m, sizeof(m.control)), 1);
	assert_int_equal(m.control.head.cmsg_type, SO_TIMESTAMP);
}

static int64_t
stamp_us(int fd)
{
	struct timespec ts;
	struct sf_msg m;

	assert_int_equal(receive(fd, &m, sizeof(m.control)), 1);
	assert_int_equal(m.control.head.cmsg_type, SO_TIMESTAMPNS);
	memcpy(&ts, CMSG_DATA(&m.control.head), sizeof(ts));
	return ts.tv_sec * INT64_C(1000000) + ts.tv_nsec / 1000;
}

/* contract CM-06: when it came, not when it is read; what nobody asked for has no stamp */
static void
timestamp_is_the_time_of_arrival(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);
	int64_t first_us;

	assert_int_equal(sf_to(s, "q", 1, 0, 4000), 1);
	sf_option(r, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	fx_now_us += 1000;
	assert_int_equal(sf_to(s, "q", 1, 0, 4000), 1);
	fx_now_us += 20000;
	assert_int_equal(sf_to(s, "q", 1, 0, 4000), 1);
	fx_now_us += 300000;
	first_us = stamp_us(r);
	assert_int_equal(stamp_us(r) - first_us, -320000);
	assert_int_equal(stamp_us(r) - first_us, -300000);
}

static const struct lo_case cases[] = {
	LO_CASE(send_checks_each_message),
	LO_CASE(packet_info_chooses_source_and_interface),
	LO_CASE(messages_come_in_linux_order),
	LO_CASE(small_control_buffers_are_cut),
	LO_CASE(type_of_service_and_ttl_arrive),
	LO_CASE(record_route_arrives_filled),
	LO_CASE(pktinfo_is_decided_when_a_datagram_comes),
	LO_CASE(overflow_is_told_with_the_next_datagram),
	LO_CASE(largest_fragment_is_told),
	LO_CASE(timestamp_has_the_asked_for_size),
	LO_CASE(timestamp_is_the_time_of_arrival),
};
LO_REGISTER_TEST(lop_cmsg_autotest, cases);
