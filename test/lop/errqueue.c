/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Errors with what they are about: IP_RECVERR and MSG_ERRQUEUE. */

#include <time.h>

#include <linux/errqueue.h>

#include "send_fx.h"

static uint8_t big[65536];

struct error_data {
	struct sock_extended_err ee;
	struct sockaddr_in offender;
};

/* The next error: bytes of its datagram, and all about it. */
static ssize_t
next_error(int fd, struct sf_msg *m, void *buf, size_t len, struct error_data *data)
{
	const struct cmsghdr *about;
	ssize_t ret;

	memset(data, 0, sizeof(*data));
	sf_msg(m, "", 1);
	m->io = (struct iovec){ .iov_base = buf, .iov_len = len };
	m->h.msg_control = m->control.bytes;
	m->h.msg_controllen = sizeof(m->control);
	ret = lop_recvmsg(fd, &m->h, MSG_ERRQUEUE | MSG_PEEK | MSG_TRUNC);
	about = CMSG_FIRSTHDR(&m->h);
	if (ret >= 0 && about != NULL)
		memcpy(data, CMSG_DATA(about), sizeof(*data));
	return ret;
}

static int
pending(int fd)
{
	socklen_t bytes = sizeof(int);
	int err;

	assert_int_equal(lop_getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &bytes), 0);
	return err;
}

/* contract IC-02: origin 2, type 3, code 3, the payload, cut without a lie about its length */
static void
refused_datagram_is_in_the_queue(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int s = fx_udp(lop, NULL, 4001);
	struct error_data e;
	struct sf_msg m;
	char buf[16];

	assert_int_equal(sf_to(s, "unheard", 7, 0, 9), 7);
	assert_int_equal(pending(s), 0);
	sf_option(s, IPPROTO_IP, IP_RECVERR, 1);
	assert_int_equal(sf_to(s, "abcdefgh", 8, 0, 9), 8);
	sf_fails(lop_recv(s, buf, sizeof(buf), 0), ECONNREFUSED);
	assert_int_equal(next_error(s, &m, buf, 4, &e), 4);
	assert_memory_equal(buf, "abcd", 4);
	assert_int_equal(m.h.msg_flags, MSG_ERRQUEUE | MSG_TRUNC);
	assert_int_equal(m.to.sin_port, htons(9));
	assert_int_equal(m.to.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	assert_int_equal(e.ee.ee_errno, ECONNREFUSED);
	assert_int_equal(e.ee.ee_origin, SO_EE_ORIGIN_ICMP);
	assert_int_equal(e.ee.ee_type, 3);
	assert_int_equal(e.ee.ee_code, 3);
	assert_int_equal(e.offender.sin_family, AF_INET);
	assert_int_equal(e.offender.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	sf_fails(next_error(s, &m, buf, 4, &e), EAGAIN);
}

/* contract IC-02, SEND-15: the pending error goes with its record, and comes with the next */
static void
pending_error_follows_the_queue(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int s = sf_connected(lop, 9);
	struct error_data e;
	struct sf_msg m;
	char buf[16];

	sf_option(s, IPPROTO_IP, IP_RECVERR, 1);
	assert_int_equal(lop_send(s, "1", 1, 0), 1);
	sf_fails(lop_send(s, "2", 1, 0), ECONNREFUSED);
	assert_int_equal(lop_send(s, "3", 1, 0), 1);
	sf_fails(lop_send(s, "4", 1, 0), ECONNREFUSED);
	assert_int_equal(next_error(s, &m, buf, 16, &e), 1);
	assert_memory_equal(buf, "1", 1);
	assert_int_equal(pending(s), ECONNREFUSED);
	assert_int_equal(next_error(s, &m, buf, 16, &e), 1);
	assert_memory_equal(buf, "3", 1);
	assert_int_equal(pending(s), 0);
	assert_int_equal(lop_send(s, "5", 1, 0), 1);
	assert_int_equal(next_error(s, &m, buf, 16, &e), 1);
	sf_fails(lop_recv(s, buf, sizeof(buf), 0), EAGAIN);
}

/* contract SEND-14: origin 1, the MTU, no port, no pending error */
static void
too_big_is_a_local_error(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int s = fx_udp(lop, NULL, 4001);
	struct error_data e;
	struct sf_msg m;
	char buf[16];

	sf_option(s, IPPROTO_IP, IP_RECVERR, 1);
	sf_fails(sf_to(s, big, 65508, 0, 9), EMSGSIZE);
	assert_int_equal(next_error(s, &m, buf, 16, &e), 0);
	assert_int_equal(m.h.msg_flags, MSG_ERRQUEUE);
	assert_int_equal(m.to.sin_port, 0);
	assert_int_equal(m.to.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	assert_int_equal(e.ee.ee_errno, EMSGSIZE);
	assert_int_equal(e.ee.ee_origin, SO_EE_ORIGIN_LOCAL);
	assert_int_equal(e.ee.ee_info, 65535);
	assert_int_equal(e.offender.sin_family, 0);
	assert_int_equal(pending(s), 0);
	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 1500), 0);
	sf_option(s, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
	sf_fails(sf_to(s, big, 1473, 0, 9), EMSGSIZE);
	assert_int_equal(next_error(s, &m, buf, 16, &e), 0);
	assert_int_equal(e.ee.ee_info, 1500);
	/* longer than any datagram: no error is queued */
	sf_fails(sf_to(s, big, 65536, 0, 9), EMSGSIZE);
	sf_fails(next_error(s, &m, buf, 16, &e), EAGAIN);
}

/* contract IC-02: switched off and at close, no mbuf is lost */
static void
queue_is_emptied_when_it_goes(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int s = fx_udp(lop, NULL, 4001);
	struct error_data e;
	struct sf_msg m;
	char buf[16];

	sf_option(s, IPPROTO_IP, IP_RECVERR, 1);
	assert_int_equal(sf_to(s, "a", 1, 0, 9), 1);
	sf_option(s, IPPROTO_IP, IP_RECVERR, 0);
	sf_fails(next_error(s, &m, buf, 16, &e), EAGAIN);
	assert_int_equal(pending(s), ECONNREFUSED);
	sf_option(s, IPPROTO_IP, IP_RECVERR, 1);
	assert_int_equal(sf_to(s, "a", 1, 0, 9), 1);
	assert_int_equal(lop_close(s), 0);
}

static const struct lo_case cases[] = {
	LO_CASE(refused_datagram_is_in_the_queue),
	LO_CASE(pending_error_follows_the_queue),
	LO_CASE(too_big_is_a_local_error),
	LO_CASE(queue_is_emptied_when_it_goes),
};
LO_REGISTER_TEST(lop_recv_autotest, cases);
