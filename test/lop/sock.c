/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Making and closing sockets, descriptors, poll(2), ioctl(2), fcntl(2). */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/sockios.h>

#include "../../lib/lop/ctl/sock.h"
#include "fx.h"

/* contract SK-01 */
static void
socket_refuses_as_linux_does(void **state)
{
	static const struct {
		int domain, type, protocol, err;
	} rows[] = {
		{ AF_INET, SOCK_DGRAM, 0, 0 },
		{ AF_INET, SOCK_DGRAM, IPPROTO_UDP, 0 },
		{ AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, 0 },
		{ AF_INET, SOCK_RAW, IPPROTO_ICMP, 0 },
		{ AF_INET, SOCK_DGRAM, IPPROTO_TCP, EPROTONOSUPPORT },
		{ AF_INET, SOCK_DGRAM, 200, EPROTONOSUPPORT },
		{ AF_INET, SOCK_DGRAM, -1, EINVAL },
		{ AF_INET, SOCK_DGRAM, 300, EINVAL },
		{ AF_INET, SOCK_DGRAM, IPPROTO_ICMP, EACCES },
		{ AF_INET, SOCK_RAW, 0, EPROTONOSUPPORT },
		{ AF_INET, 4, 0, ESOCKTNOSUPPORT },
		{ AF_INET, 0, 0, ESOCKTNOSUPPORT },
		{ AF_INET, 11, 0, EINVAL },
		{ AF_INET, SOCK_DGRAM | 0x100, 0, EINVAL },
		{ AF_UNSPEC, SOCK_DGRAM, 0, EAFNOSUPPORT },
		{ 100, SOCK_DGRAM, 256, EAFNOSUPPORT },
		{ -1, SOCK_DGRAM, 0, EAFNOSUPPORT },
		{ 100, SOCK_DGRAM | 0x100, 0, EINVAL },
	};
	struct lop *lop = fx_lop_up(*state);

	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		const int fd = lop_socket(lop, rows[i].domain, rows[i].type, rows[i].protocol);

		if ((fd >= 0 ? 0 : errno) != rows[i].err)
			fail_msg("row %u: %s", i, strerror(fd >= 0 ? 0 : errno));
		if (fd >= 0)
			assert_int_equal(lop_close(fd), 0);
	}
}

/* contract SEND-01: numbers that are no descriptor; the lowest free one is given */
static void
descriptors_are_the_lowest_free_numbers(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	int fds[200];

	for (unsigned int i = 0; i < RTE_DIM(fds); i++) {
		fds[i] = lop_socket(lop, AF_INET, SOCK_DGRAM, 0);
		assert_int_equal(fds[i], fds[0] + (int)i);
	}
	assert_int_equal(lop_close(fds[130]), 0);
	assert_int_equal(lop_close(fds[3]), 0);
	assert_int_equal(lop_close(fds[3]), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(lop_socket(lop, AF_INET, SOCK_DGRAM, 0), fds[3]);
	assert_int_equal(lop_socket(lop, AF_INET, SOCK_DGRAM, 0), fds[130]);
	assert_int_equal(lop_close(INT32_MAX), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(lop_close(-1), -1);
	assert_int_equal(errno, EBADF);
}

/* contract SK-01: sockets of a destroyed instance are gone, and so are their numbers */
static void
sockets_go_with_their_instance(void **state)
{
	struct lop *a = fx_lop_up(*state), *b = fx_lop_up(*state);
	const int fa = fx_udp(a, NULL, 5000), fb = fx_udp(b, NULL, 5000);

	assert_int_not_equal(fa, fb);
	fx_lop_down(b);
	assert_int_equal(lop_close(fb), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(lop_close(fa), 0);
}

/* contract SK-01, OB-02: an idle socket takes at most 1 KiB, and its place comes back */
static void
closed_sockets_are_freed_after_a_grace_period(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct lop_worker *w = fx_worker(lop);
	const int fd = fx_udp(lop, NULL, 5000);

	lop_enter(w);
	assert_int_equal(lop_close(fd), 0);
	lop_leave(w);
	assert_int_equal(lop->nb_socks, 0);
	/* the next call finds nobody looking */
	assert_int_equal(lop_close(fx_udp(lop, NULL, 5000)), 0);
	assert_null(lop->udp->closed);
}

/* contract SEND-16, IC-02, UR-06: what poll says */
static void
poll_says_what_linux_says(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int all = POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM | POLLWRBAND | POLLERR;
	const struct sockaddr_in to = fx_addr("127.0.0.1", 7000);
	struct pollfd p[3] = {
		{ .fd = fx_udp(lop, "127.0.0.1", 7000), .events = all },
		{ .fd = -1, .events = all, .revents = 7 },
		{ .fd = 1 << 19, .events = all },
	};
	int bytes = -1, err;
	socklen_t len = sizeof(err);

	assert_int_equal(lop_poll(p, 2, 0), 1);
	assert_int_equal(p[0].revents, POLLOUT | POLLWRNORM | POLLWRBAND);
	assert_int_equal(p[1].revents, 0);
	assert_int_equal(lop_poll(p, 3, 0), 2);
	assert_int_equal(p[2].revents, POLLNVAL);

	assert_int_equal(lop_sendto(p[0].fd, "abc", 3, 0, (const void *)&to, sizeof(to)), 3);
	p[0].events = POLLIN;
	assert_int_equal(lop_poll(p, 1, -1), 1);
	assert_int_equal(p[0].revents, POLLIN);
	assert_int_equal(lop_ioctl(p[0].fd, FIONREAD, &bytes), 0);
	assert_int_equal(bytes, 3);
	assert_int_equal(lop_ioctl(p[0].fd, SIOCOUTQ, &bytes), 0);
	assert_int_equal(bytes, 0);

	lop_store(lop_sock_of(p[0].fd)->err, ECONNREFUSED);
	p[0].events = 0;
	assert_int_equal(lop_poll(p, 1, 0), 1);
	assert_int_equal(p[0].revents, POLLERR);
	assert_int_equal(lop_getsockopt(p[0].fd, SOL_SOCKET, SO_ERROR, &err, &len), 0);
	assert_int_equal(err, ECONNREFUSED);
	assert_int_equal(lop_getsockopt(p[0].fd, SOL_SOCKET, SO_ERROR, &err, &len), 0);
	assert_int_equal(err, 0);
}

/* contract UR-06: the eventfd is readable while the socket is */
static void
eventfd_follows_the_socket(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct sockaddr_in to = fx_addr("127.0.0.1", 7000);
	const int fd = fx_udp(lop, "127.0.0.1", 7000);
	struct pollfd p = { .fd = lop_eventfd(fd), .events = POLLIN };
	char buf[8];

	assert_true(p.fd >= 0);
	assert_int_equal(lop_eventfd(fd), p.fd);
	assert_int_equal(poll(&p, 1, 0), 0);
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(lop_sendto(fd, "x", 1, 0, (const void *)&to, sizeof(to)), 1);
	assert_int_equal(poll(&p, 1, 0), 1);
	assert_int_equal(lop_recv(fd, buf, sizeof(buf), 0), 1);
	assert_int_equal(poll(&p, 1, 0), 1);
	assert_int_equal(lop_recv(fd, buf, sizeof(buf), 0), 1);
	assert_int_equal(poll(&p, 1, 0), 0);
}

/* contract SEND-01: O_NONBLOCK by either call; other requests */
static void
nonblock_is_set_by_fcntl_and_ioctl(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int fd = lop_socket(lop, AF_INET, SOCK_DGRAM, 0);
	int on = 1;

	assert_int_equal(lop_fcntl(fd, F_GETFL, 0), O_RDWR);
	assert_int_equal(lop_ioctl(fd, FIONBIO, &on), 0);
	assert_int_equal(lop_fcntl(fd, F_GETFL, 0), O_RDWR | O_NONBLOCK);
	assert_int_equal(lop_fcntl(fd, F_SETFL, 0), 0);
	assert_int_equal(lop_fcntl(fd, F_GETFL, 0), O_RDWR);
	assert_int_equal(lop_ioctl(fd, 0x5401, &on), -1);
	assert_int_equal(errno, ENOTTY);
	assert_int_equal(lop_fcntl(fd, 77, 0), -1);
	assert_int_equal(errno, EINVAL);
}

static uint64_t
running_clock(void *arg)
{
	return *(uint64_t *)arg += 1000;
}

/* contract SEND-16: a wait ends with its time, by the instance's clock */
static void
waiting_ends_when_the_time_is_over(void **state)
{
	static uint64_t now_us; /* the fixture looks at it, too */
	struct lop *lop = fx_lop_up(*state);
	struct lop_worker *w;
	struct lop_sock *sk;
	const int fd = fx_udp(lop, NULL, 5000);

	now_us = 1000000;
	lop->clock_arg = &now_us;
	lop->clock_us = running_clock;
	sk = lop_sock_enter(fd, &w);
	assert_non_null(sk);
	assert_int_equal(lop_sock_wait(w, sk, POLLIN, 2000), -EAGAIN);
	assert_int_equal(lop_sock_wait(w, sk, POLLOUT, -1), 0);
	lop_sock_leave(w);
	assert_true(now_us >= 1002000);
}

static const struct lo_case cases[] = {
	LO_CASE(socket_refuses_as_linux_does),
	LO_CASE(descriptors_are_the_lowest_free_numbers),
	LO_CASE(sockets_go_with_their_instance),
	LO_CASE(closed_sockets_are_freed_after_a_grace_period),
	LO_CASE(poll_says_what_linux_says),
	LO_CASE(eventfd_follows_the_socket),
	LO_CASE(nonblock_is_set_by_fcntl_and_ioctl),
	LO_CASE(waiting_ends_when_the_time_is_over),
};
LO_REGISTER_TEST(lop_socket_autotest, cases);
