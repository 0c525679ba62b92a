/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* What a socket is told of its own sends. */

#include <errno.h>
#include <poll.h>

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>

#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_udp.h"
#include "fx.h"
#include "send_fx.h"

#define TX (SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE)

/* A record of the error queue. */
struct notice {
	ssize_t bytes;
	uint8_t data[128];
	bool has_time, named;
	struct timespec time[3];
	struct {
		struct sock_extended_err ee;
		struct sockaddr_in offender;
	} err;
};

static void
take(int fd, struct notice *n)
{
	union {
		struct cmsghdr head;
		char room[512];
	} control;
	struct sockaddr_in from;
	struct iovec io = { .iov_base = n->data, .iov_len = sizeof(n->data) };
	struct msghdr msg = { .msg_iov = &io,
		.msg_iovlen = 1,
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	bool has_err = false;

	memset(n, 0, sizeof(*n));
	n->bytes = lop_recvmsg(fd, &msg, MSG_ERRQUEUE);
	if (n->bytes < 0)
		return;
	n->named = msg.msg_namelen != 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c != NULL; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPING) {
			/* in front of what it is about */
			assert_false(has_err);
			assert_int_equal(c->cmsg_len, CMSG_LEN(sizeof(n->time)));
			memcpy(n->time, CMSG_DATA(c), sizeof(n->time));
			n->has_time = true;
		} else {
			assert_int_equal(c->cmsg_level, IPPROTO_IP);
			assert_int_equal(c->cmsg_type, IP_RECVERR);
			assert_int_equal(c->cmsg_len, CMSG_LEN(sizeof(n->err)));
			memcpy(&n->err, CMSG_DATA(c), sizeof(n->err));
			has_err = true;
		}
	}
	assert_true(has_err);
}

static void
assert_none(int fd)
{
	struct notice n;

	take(fd, &n);
	assert_int_equal(n.bytes, -1);
	assert_int_equal(errno, EAGAIN);
}

static void
assert_stamp(int fd, ssize_t bytes, uint32_t info, uint32_t key)
{
	struct notice n;

	take(fd, &n);
	assert_int_equal(n.bytes, bytes);
	assert_false(n.named);
	assert_int_equal(n.err.ee.ee_errno, ENOMSG);
	assert_int_equal(n.err.ee.ee_origin, SO_EE_ORIGIN_TIMESTAMPING);
	assert_int_equal(n.err.ee.ee_info, info);
	assert_int_equal(n.err.ee.ee_data, key);
}

static short
events_of(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	assert_true(lop_poll(&p, 1, 0) >= 0);
	return p.revents;
}

/* contract XM-06, CM-03: a control message stands for the socket's choice, for one send */
static void
one_send_asks_for_its_stamps(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int s = fx_udp(lop, NULL, 0);
	const uint32_t sent = SOF_TIMESTAMPING_TX_SOFTWARE, none = 0;
	struct sf_msg m;

	fx_udp(lop, NULL, 4000);
	sf_option(s, SOL_SOCKET, SO_TIMESTAMPING, SOF_TIMESTAMPING_SOFTWARE);
	sf_msg(&m, "a", 4000);
	assert_int_equal(lop_sendmsg(s,
					 sf_cmsg(&m, SOL_SOCKET, SO_TIMESTAMPING, &sent,
							 sizeof(sent)),
					 0),
			1);
	assert_stamp(s, 43, 0, 0);
	assert_int_equal(sf_to(s, "b", 1, 0, 4000), 1);
	assert_none(s);
	sf_option(s, SOL_SOCKET, SO_TIMESTAMPING, TX);
	sf_msg(&m, "c", 4000);
	assert_int_equal(lop_sendmsg(s,
					 sf_cmsg(&m, SOL_SOCKET, SO_TIMESTAMPING, &none,
							 sizeof(none)),
					 0),
			1);
	assert_none(s);
}

/* contract XM-06: the frame comes back with the time at which it left, and is no error */
static void
stamps_of_sends_come_by_the_error_queue(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 0);
	struct notice first, second;
	int err = 0;
	socklen_t len = sizeof(err);

	assert_int_equal(sf_to(s, "a", 1, 0, 4000), 1);
	assert_none(s);
	sf_option(s, SOL_SOCKET, SO_TIMESTAMPING, TX);
	assert_int_equal(events_of(s) & POLLERR, 0);
	assert_int_equal(sf_to(s, "hello", 5, 0, 4000), 5);
	fx_now_us += 7000;
	assert_int_equal(sf_to(s, "hello", 5, 0, 4000), 5);
	assert_int_equal(events_of(s) & POLLERR, POLLERR);
	assert_int_equal(lop_getsockopt(s, SOL_SOCKET, SO_ERROR, &err, &len), 0);
	assert_int_equal(err, 0);

	take(s, &first);
	assert_int_equal(first.bytes, 14 + 20 + 8 + 5);
	assert_memory_equal(first.data + 12, "\x08\x00\x45", 3);
	assert_memory_equal(first.data + 42, "hello", 5);
	assert_true(first.has_time);
	take(s, &second);
	assert_true(second.has_time);
	assert_int_equal((second.time[0].tv_sec - first.time[0].tv_sec) * 1000000000 +
					second.time[0].tv_nsec - first.time[0].tv_nsec,
			7000000);
	assert_none(s);

	/* nobody asked for the time itself */
	sf_option(s, SOL_SOCKET, SO_TIMESTAMPING, SOF_TIMESTAMPING_TX_SOFTWARE);
	assert_int_equal(sf_to(s, "a", 1, 0, 4000), 1);
	take(s, &first);
	assert_false(first.has_time);
	sf_option(s, SOL_SOCKET, SO_TIMESTAMPING, 0);
	assert_int_equal(sf_to(s, "a", 1, 0, 4000), 1);
	assert_none(s);
	for (unsigned int i = 0; i < 5; i++)
		sf_assert_text(r, i == 0 || i > 2 ? "a" : "hello");
}

/* contract XM-06: number, place, and the time alone */
static void
stamps_are_numbered_and_may_come_alone(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int s = fx_udp(lop, NULL, 0);
	static const char big[2000];
	struct notice n;
	struct rte_mbuf *m = NULL;
	struct sockaddr_in to = fx_addr("127.0.0.1", 4000);

	fx_udp(lop, NULL, 4000);
	sf_option(s, SOL_SOCKET, SO_TIMESTAMPING,
			TX | SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_OPT_ID);
	assert_int_equal(sf_to(s, "a", 1, 0, 4000), 1);
	assert_int_equal(sf_to(s, "b", 1, 0, 4000), 1);
	for (uint32_t key = 0; key < 2; key++) {
		assert_stamp(s, 43, 1, key);
		assert_stamp(s, 43, 0, key);
	}
	sf_option(s, SOL_SOCKET, SO_TIMESTAMPING,
			TX | SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY |
					SOF_TIMESTAMPING_OPT_CMSG);
	assert_int_equal(sf_to(s, "c", 1, 0, 4000), 1);
	take(s, &n);
	assert_int_equal(n.bytes, 0);
	assert_int_equal(n.err.ee.ee_data, 2);
	/* where the frame is not, nothing is told of it */
	assert_int_equal(n.err.offender.sin_family, 0);

	/* bursts, too; once for a datagram that is cut */
	m = rte_pktmbuf_alloc(lop_mempool(lop));
	assert_non_null(m);
	assert_non_null(rte_pktmbuf_append(m, 4));
	assert_int_equal(lop_udp_send_burst(s, &to, &m, 1), 1);
	assert_stamp(s, 0, 0, 3);
	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 576), 0);
	assert_int_equal(sf_to(s, big, sizeof(big), 0, 4000), sizeof(big));
	assert_stamp(s, 0, 0, 4);
	assert_none(s);
}

/* contract XM-06: what comes in has a stamp of its own */
static void
stamps_of_arrivals_come_with_the_datagram(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 0);
	union {
		struct cmsghdr head;
		char room[128];
	} control;
	char buf[8];
	struct iovec io = { .iov_base = buf, .iov_len = sizeof(buf) };
	struct msghdr msg = { .msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };

	sf_option(r, SOL_SOCKET, SO_TIMESTAMPING,
			SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE);
	assert_int_equal(sf_to(s, "a", 1, 0, 4000), 1);
	assert_int_equal(lop_recvmsg(r, &msg, 0), 1);
	assert_int_equal(msg.msg_controllen, CMSG_SPACE(3 * sizeof(struct timespec)));
	assert_int_equal(control.head.cmsg_type, SO_TIMESTAMPING);
}

static void
assert_done(int fd, uint32_t from, uint32_t up_to)
{
	struct notice n;

	take(fd, &n);
	assert_int_equal(n.bytes, 0);
	assert_false(n.has_time);
	assert_false(n.named);
	assert_int_equal(n.err.ee.ee_errno, 0);
	assert_int_equal(n.err.ee.ee_origin, SO_EE_ORIGIN_ZEROCOPY);
	assert_int_equal(n.err.ee.ee_code, SO_EE_CODE_ZEROCOPY_COPIED);
	assert_int_equal(n.err.ee.ee_info, from);
	assert_int_equal(n.err.ee.ee_data, up_to);
}

/* contract XM-07: done at once, by copying; numbers that follow one another are told together */
static void
zerocopy_is_done_by_copying(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int s = fx_udp(lop, NULL, 0);

	fx_udp(lop, NULL, 4000);
	assert_int_equal(sf_to(s, "a", 1, MSG_ZEROCOPY, 4000), 1);
	assert_none(s);
	sf_option(s, SOL_SOCKET, SO_ZEROCOPY, 1);
	assert_int_equal(sf_to(s, "a", 1, 0, 4000), 1);
	assert_none(s);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(sf_to(s, "a", 1, MSG_ZEROCOPY, 4000), 1);
	assert_int_equal(events_of(s) & POLLERR, POLLERR);
	assert_done(s, 0, 2);
	assert_none(s);
	/* a send that fails has no number */
	assert_int_equal(sf_to(s, "a", 1, MSG_ZEROCOPY | MSG_OOB, 4000), -1);
	assert_int_equal(sf_to(s, "", 0, MSG_ZEROCOPY, 4000), 0);
	assert_done(s, 3, 3);
	assert_none(s);
}

/* contract XM-06, XM-07: a full buffer has no room for records either */
static void
records_are_charged_to_the_receive_buffer(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int s = fx_udp(lop, NULL, 0);
	unsigned int n = 0;
	struct notice notice;

	fx_udp(lop, NULL, 4000);
	sf_option(s, SOL_SOCKET, SO_RCVBUF, 0); /* 2304: two of 832 */
	sf_option(s, SOL_SOCKET, SO_TIMESTAMPING,
			TX | SOF_TIMESTAMPING_OPT_TSONLY | SOF_TIMESTAMPING_OPT_ID);
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(sf_to(s, "a", 1, 0, 4000), 1);
	for (take(s, &notice); notice.bytes == 0; take(s, &notice))
		n++;
	assert_int_equal(n, 2);
}

static const struct lo_case notices_cases[] = {
	LO_CASE(stamps_of_sends_come_by_the_error_queue),
	LO_CASE(one_send_asks_for_its_stamps),
	LO_CASE(stamps_are_numbered_and_may_come_alone),
	LO_CASE(stamps_of_arrivals_come_with_the_datagram),
	LO_CASE(zerocopy_is_done_by_copying),
	LO_CASE(records_are_charged_to_the_receive_buffer),
};
LO_REGISTER_TEST(lop_send_autotest, notices_cases);
