/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Receiving. */

#include <limits.h>

#include "send_fx.h"

/* contract UR-06: looking does not count, taking does */
static void
peek_leaves_the_datagram_and_counts_nothing(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);
	char buf[16];

	assert_int_equal(lop_send(s, "hello", 5, 0), 5);
	fx_mark(lop);
	assert_int_equal(lop_recv(r, buf, sizeof(buf), MSG_PEEK), 5);
	assert_int_equal(lop_recv(r, buf, 2, MSG_PEEK | MSG_TRUNC), 5);
	fx_assert_moved(lop, "");
	assert_int_equal(lop_recv(r, buf, 2, MSG_TRUNC), 5);
	fx_assert_moved(lop, "Udp.InDatagrams+1");
	sf_fails(lop_recv(r, buf, sizeof(buf), MSG_PEEK), EAGAIN);
}

static void
assert_peek(int fd, const char *text, size_t len, int flags, int off)
{
	socklen_t bytes = sizeof(int);
	struct sf_msg m;
	char buf[16];
	int now;

	sf_msg(&m, "", 0);
	m.io = (struct iovec){ .iov_base = buf, .iov_len = len };
	assert_int_equal(lop_recvmsg(fd, &m.h, MSG_PEEK), strlen(text));
	assert_memory_equal(buf, text, strlen(text));
	assert_int_equal(m.h.msg_flags, flags);
	assert_int_equal(lop_getsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &now, &bytes), 0);
	assert_int_equal(now, off);
}

/* contract UR-06: SO_PEEK_OFF walks through the datagrams, and back when one is taken */
static void
peek_offset_walks_through_datagrams(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);
	char buf[16];

	sf_option(r, SOL_SOCKET, SO_PEEK_OFF, 0);
	assert_int_equal(lop_send(s, "abcdef", 6, 0), 6);
	assert_int_equal(lop_send(s, "ghij", 4, 0), 4);
	assert_peek(r, "ab", 2, MSG_TRUNC, 2);
	assert_peek(r, "cde", 3, MSG_TRUNC, 5);
	assert_peek(r, "f", 2, 0, 6);
	assert_peek(r, "ghi", 3, MSG_TRUNC, 9);
	assert_peek(r, "j", 3, 0, 10);
	sf_fails(lop_recv(r, buf, sizeof(buf), MSG_PEEK), EAGAIN);
	assert_int_equal(lop_recv(r, buf, 3, 0), 3);
	sf_option(r, SOL_SOCKET, SO_PEEK_OFF, 1);
	assert_peek(r, "hi", 2, MSG_TRUNC, 3);
}

/* contract CO-06: data first; then the end for those who wait, EAGAIN for those who do not */
static void
shut_down_for_receiving_ends_waiting(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct sockaddr_in peer = fx_addr("127.0.0.1", 4000);
	const int s = fx_udp(lop, NULL, 4000);
	const int r = lop_socket(lop, AF_INET, SOCK_DGRAM, 0);
	const struct sockaddr_in own = fx_addr("127.0.0.1", 4001);
	socklen_t len = sizeof(own);
	struct sockaddr_in from;
	char buf[8];

	assert_int_equal(lop_bind(r, (const void *)&own, sizeof(own)), 0);
	assert_int_equal(lop_connect(r, (const void *)&peer, sizeof(peer)), 0);
	assert_int_equal(lop_shutdown(r, SHUT_RD), 0);
	assert_int_equal(sf_to(s, "a", 1, 0, 4001), 1);
	sf_assert_text(r, "a");
	sf_fails(lop_recv(r, buf, sizeof(buf), MSG_DONTWAIT), EAGAIN);
	assert_int_equal(lop_recvfrom(r, buf, sizeof(buf), 0, (void *)&from, &len), 0);
	assert_int_equal(len, 0);
}

/* contract SEND-17 turned round: the datagram is lost, as an error */
static void
null_buffer_loses_the_datagram(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);
	char buf[8];

	assert_int_equal(lop_send(s, "q", 1, 0), 1);
	fx_mark(lop);
	sf_fails(lop_recv(r, NULL, 1, MSG_PEEK), EFAULT);
	fx_assert_moved(lop, "");
	sf_fails(lop_recv(r, NULL, 1, 0), EFAULT);
	fx_assert_moved(lop, "Udp.InErrors+1");
	sf_fails(lop_recv(r, buf, 1, 0), EAGAIN);
	assert_int_equal(lop_send(s, "q", 1, 0), 1);
	assert_int_equal(lop_recv(r, NULL, 0, 0), 0);
}

/* contract UR-06: where a datagram came from, in as many bytes as there is room for */
static void
source_is_cut_and_its_length_told(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, "127.0.0.7", 4001);
	struct sockaddr_in from = { 0 };
	socklen_t len = 4;
	char buf[8];

	assert_int_equal(sf_to(s, "q", 1, 0, 4000), 1);
	assert_int_equal(lop_recvfrom(r, buf, 8, 0, (void *)&from, &len), 1);
	assert_int_equal(len, 16);
	assert_int_equal(from.sin_family, AF_INET);
	assert_int_equal(from.sin_port, htons(4001));
	assert_int_equal(from.sin_addr.s_addr, 0);
	len = 100;
	sf_fails(lop_recvfrom(r, buf, 8, 0, (void *)&from, &len), EAGAIN);
	assert_int_equal(len, 100);
	assert_int_equal(sf_to(s, "q", 1, 0, 4000), 1);
	assert_int_equal(lop_recvfrom(r, buf, 8, 0, (void *)&from, &len), 1);
	assert_int_equal(from.sin_addr.s_addr, htonl(0x7f000007));
	/* found out when the datagram is gone */
	assert_int_equal(sf_to(s, "q", 1, 0, 4000), 1);
	len = -1;
	sf_fails(lop_recvfrom(r, buf, 8, 0, (void *)&from, &len), EINVAL);
	sf_fails(lop_recv(r, buf, 8, 0), EAGAIN);
}

/* contract UR-06, SEND-01: a message's header */
static void
message_is_scattered_and_its_header_filled(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);
	char a[2], b[3], c[1];
	struct iovec io[] = { { a, 2 }, { NULL, 0 }, { b, 3 }, { c, 1 } };
	struct sf_msg m;

	assert_int_equal(lop_send(s, "abcdefgh", 8, 0), 8);
	sf_msg(&m, "", 1);
	m.h.msg_iov = io;
	m.h.msg_namelen = -1;
	sf_fails(lop_recvmsg(r, &m.h, 0), EINVAL);
	m.h.msg_namelen = 100;
	m.h.msg_iovlen = 1025;
	sf_fails(lop_recvmsg(r, &m.h, 0), EMSGSIZE);
	sf_fails(lop_recvmsg(r, NULL, 0), EFAULT);
	m.h.msg_iovlen = 4;
	assert_int_equal(lop_recvmsg(r, &m.h, 0), 6);
	assert_int_equal(m.h.msg_flags, MSG_TRUNC);
	assert_int_equal(m.h.msg_namelen, 16);
	assert_memory_equal(a, "ab", 2);
	assert_memory_equal(b, "cde", 3);
	assert_memory_equal(c, "f", 1);
	m.h.msg_flags = 0x7777;
	sf_fails(lop_recvmsg(r, &m.h, 0), EAGAIN);
	assert_int_equal(m.h.msg_flags, 0x7777);
}

static void
messages(struct mmsghdr *v, struct sf_msg *m, char buf[][8], unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		v[i].msg_hdr = *sf_msg(&m[i], "", 1);
		m[i].io = (struct iovec){ .iov_base = buf[i], .iov_len = 8 };
		v[i].msg_len = 77;
	}
}

/* contract UR-06 */
static void
many_messages_take_what_waits(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);
	struct timespec t = { 0 };
	struct mmsghdr v[5];
	struct sf_msg m[5];
	char buf[5][8];

	for (unsigned int i = 1; i <= 3; i++)
		assert_int_equal(lop_send(s, "qqq", i, 0), i);
	messages(v, m, buf, 5);
	fx_mark(lop);
	/* the time is looked at behind each one */
	assert_int_equal(lop_recvmmsg(r, v, 5, 0, &t), 1);
	assert_int_equal(lop_recvmmsg(r, v + 1, 4, 0, NULL), 2);
	fx_assert_moved(lop, "Udp.InDatagrams+3");
	assert_int_equal(v[0].msg_len, 1);
	assert_int_equal(v[1].msg_len, 2);
	assert_int_equal(v[2].msg_len, 3);
	assert_int_equal(v[3].msg_len, 77);
	sf_fails(lop_recvmmsg(r, v, 5, 0, NULL), EAGAIN);
	assert_int_equal(lop_recvmmsg(r, v, 0, 0, NULL), 0);
	t.tv_sec = -1;
	sf_fails(lop_recvmmsg(999, v, 5, 0, &t), EINVAL);
	sf_fails(lop_recvmmsg(999, v, 5, 0, NULL), EBADF);
}

/* contract UR-06, SEND-15: an error behind a message is the next call's */
static void
many_messages_keep_their_error_for_the_next_call(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);
	socklen_t bytes = sizeof(int);
	struct mmsghdr v[2];
	struct sf_msg m[2];
	char buf[2][8];
	int err;

	assert_int_equal(lop_send(s, "data", 4, 0), 4);
	assert_int_equal(lop_send(s, "dat2", 4, 0), 4);
	messages(v, m, buf, 2);
	v[1].msg_hdr.msg_namelen = -1;
	assert_int_equal(lop_recvmmsg(r, v, 2, 0, NULL), 1);
	assert_int_equal(lop_getsockopt(r, SOL_SOCKET, SO_ERROR, &err, &bytes), 0);
	assert_int_equal(err, EINVAL);
	sf_assert_text(r, "dat2");
}

static const struct lo_case cases[] = {
	LO_CASE(peek_leaves_the_datagram_and_counts_nothing),
	LO_CASE(peek_offset_walks_through_datagrams),
	LO_CASE(shut_down_for_receiving_ends_waiting),
	LO_CASE(null_buffer_loses_the_datagram),
	LO_CASE(source_is_cut_and_its_length_told),
	LO_CASE(message_is_scattered_and_its_header_filled),
	LO_CASE(many_messages_take_what_waits),
	LO_CASE(many_messages_keep_their_error_for_the_next_call),
};
LO_REGISTER_TEST(lop_recv_autotest, cases);
