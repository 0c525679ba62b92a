/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Waiting: poll(2), blocking calls, the eventfd of a socket.
 *
 * All sleepers of the process wait for one word: whoever wakes moves it on. A sleeper says that it
 * waits (waited_for), looks at its sockets once more, and sleeps only if the word is still what it
 * was before. Sleeps are short in any case: devices want to be polled, and timers run.
 */

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/futex.h>

#include "../dp/udp_table.h"
#include "../include/lop_socket.h"
#include "msg.h"

#define SLEEP_US 10000
#define SLEEP_WITH_DEVICES_US 200

static RTE_ATOMIC(uint32_t) wake_word;
static RTE_ATOMIC(uint32_t) sleepers;

short
lop_sock_events(const struct lop_sock *sk)
{
	const uint8_t down = lop_load(sk->shutdown);
	short events = 0;

	if (lop_load(sk->err) != 0 || sk->err_head != NULL) {
		events |= POLLERR;
		if ((lop_load(sk->more) & LOP_MORE_SELECT_ERR_QUEUE) != 0 && sk->err_head != NULL)
			events |= POLLPRI;
	}
	if ((down & 1) != 0)
		events |= POLLRDHUP | POLLIN | POLLRDNORM;
	if (down == 3)
		events |= POLLHUP;
	if (lop_load(sk->rx_packets) != 0)
		events |= POLLIN | POLLRDNORM;
	/* with half of the buffer free (contract SEND-16) */
	if (lop_load(sk->wmem_bytes) < lop_load(sk->sndbuf_bytes) / 2)
		events |= POLLOUT | POLLWRNORM | POLLWRBAND;
	return events;
}

static bool
eventfd_wanted(const struct lop_sock *sk)
{
	return (lop_sock_events(sk) & (POLLIN | POLLERR | POLLHUP)) != 0;
}

static void
eventfd_signal(const struct lop_sock *sk)
{
	/* it is readable already if this fails */
	(void)!eventfd_write(sk->eventfd, 1);
}

void
lop_sock_eventfd_settle(struct lop_sock *sk)
{
	eventfd_t count;

	if (sk->eventfd < 0 || eventfd_wanted(sk))
		return;
	(void)!eventfd_read(sk->eventfd, &count);
	/* pairs with lop_sock_wake(): what came meanwhile is seen here, or signals after this */
	rte_atomic_thread_fence(rte_memory_order_seq_cst);
	if (eventfd_wanted(sk))
		eventfd_signal(sk);
}

void
lop_sock_wake(struct lop_sock *sk)
{
	if (sk->eventfd >= 0)
		eventfd_signal(sk);
	else
		lop_store(sk->waited_for, false);
	rte_atomic_fetch_add_explicit(&wake_word, 1, rte_memory_order_seq_cst);
	if (rte_atomic_load_explicit(&sleepers, rte_memory_order_seq_cst) != 0)
		syscall(SYS_futex, &wake_word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

static bool
has_devices(const struct lop *lop)
{
	for (int i = LOP_LO_INDEX + 1; i < LOP_IFS_MAX; i++) {
		if (lop_load(lop->ifs[i]) != NULL)
			return true;
	}
	return false;
}

/* Offline, until the word moves on or a short time is over. */
static void
sleep_a_while(const struct lop *lop, uint32_t word, int64_t left_us)
{
	int64_t us = has_devices(lop) ? SLEEP_WITH_DEVICES_US : SLEEP_US;
	struct timespec ts;

	if (left_us >= 0 && left_us < us)
		us = left_us;
	ts = (struct timespec){ .tv_nsec = us * 1000 };
	rte_atomic_fetch_add_explicit(&sleepers, 1, rte_memory_order_seq_cst);
	syscall(SYS_futex, &wake_word, FUTEX_WAIT_PRIVATE, word, &ts, NULL, 0);
	rte_atomic_fetch_sub_explicit(&sleepers, 1, rte_memory_order_seq_cst);
}

static void
announce(struct lop_sock *sk)
{
	lop_store(sk->waited_for, true);
	rte_atomic_thread_fence(rte_memory_order_seq_cst);
}

int
lop_sock_wait(struct lop_worker *w, struct lop_sock *sk, short events, int64_t timeout_us)
{
	const struct lop *lop = w->lop;
	const uint64_t start_us = lop_clock_us(lop);
	const int fd = sk->fd;

	for (;;) {
		int64_t left_us = -1;
		uint32_t word;

		lop_poll_devices(w->lop);
		word = rte_atomic_load_explicit(&wake_word, rte_memory_order_seq_cst);
		announce(sk);
		if ((lop_sock_events(sk) & (events | POLLERR | POLLHUP)) != 0)
			return 0;
		if (timeout_us >= 0) {
			left_us = timeout_us - (int64_t)(lop_clock_us(lop) - start_us);
			if (left_us <= 0)
				return -EAGAIN;
		}
		lop_offline(w);
		sleep_a_while(lop, word, left_us);
		lop_online(w);
		w->now_read_us = 0;
		if (lop_sock_of(fd) != sk)
			return -EBADF;
	}
}

/* Who would block in recv(2) is not told of datagrams that it will drop (contract UR-01). */
static bool
is_false_alarm(struct lop_worker *w, struct lop_sock *sk)
{
	return sk->rx_udp && (lop_load(sk->flags) & LOP_SOCK_NONBLOCK) == 0 &&
			(lop_load(sk->shutdown) & 1) == 0 && lop_recv_next_bytes(w, sk) < 0;
}

/* One look at all: how many have something to say, or -ENXIO. */
static int
poll_once(struct pollfd *fds, nfds_t n)
{
	int ready = 0;

	for (nfds_t i = 0; i < n; i++) {
		struct lop_worker *w;
		struct lop_sock *sk;
		short events;

		fds[i].revents = 0;
		if (fds[i].fd < 0)
			continue;
		sk = lop_sock_enter(fds[i].fd, &w);
		if (sk == NULL) {
			if (errno == ENXIO)
				return -ENXIO;
			fds[i].revents = POLLNVAL;
			ready++;
			continue;
		}
		announce(sk);
		events = lop_sock_events(sk);
		if ((events & POLLIN) != 0 && is_false_alarm(w, sk))
			events &= ~(POLLIN | POLLRDNORM);
		fds[i].revents = events & (fds[i].events | POLLERR | POLLHUP);
		if (fds[i].revents != 0)
			ready++;
		lop_sock_leave(w);
	}
	return ready;
}

int
lop_poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	struct lop_worker *own = lop_workers_of_thread;
	uint64_t start_us;

	if (own == NULL)
		return lop_posix(-ENXIO);
	if (fds == NULL && n != 0)
		return lop_posix(-EFAULT);
	start_us = lop_clock_us(own->lop);

	for (;;) {
		int64_t left_us = -1;
		uint32_t word;
		int ret;

		for (struct lop_worker *w = own; w != NULL; w = w->next_of_thread)
			lop_poll_devices(w->lop);
		word = rte_atomic_load_explicit(&wake_word, rte_memory_order_seq_cst);
		ret = poll_once(fds, n);
		if (ret != 0)
			return lop_posix(ret);
		if (timeout_ms >= 0) {
			left_us = (int64_t)timeout_ms * 1000 -
					(int64_t)(lop_clock_us(own->lop) - start_us);
			if (left_us <= 0)
				return 0;
		}
		sleep_a_while(own->lop, word, left_us);
	}
}

int
lop_eventfd(int fd)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_lock(fd, &w);
	int ret;

	if (sk == NULL)
		return -1;
	ret = sk->eventfd;
	if (ret < 0) {
		ret = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		if (ret < 0) {
			ret = -errno;
		} else {
			sk->eventfd = ret;
			announce(sk);
			if (eventfd_wanted(sk))
				eventfd_signal(sk);
		}
	}
	lop_sock_unlock(w);
	return lop_posix(ret);
}
