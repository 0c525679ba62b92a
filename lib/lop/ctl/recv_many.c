/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * recvmmsg(): what waits is taken as a burst; then, for those who wait, one by one.
 */

#include <limits.h>

#include "../include/lop_socket.h"
#include "msg.h"

/* When the call's time is over. */
struct deadline {
	bool set;
	uint64_t at_us;
};

static bool
is_valid(const struct timespec *timeout)
{
	return timeout == NULL ||
			(timeout->tv_sec >= 0 && timeout->tv_nsec >= 0 &&
					timeout->tv_nsec < 1000000000);
}

static struct deadline
deadline_of(const struct lop *lop, const struct timespec *timeout)
{
	struct deadline d = { .set = timeout != NULL };

	if (timeout != NULL)
		d.at_us = lop_clock_us(lop) + (uint64_t)timeout->tv_sec * 1000000 +
				timeout->tv_nsec / 1000;
	return d;
}

/* Looked at behind each message, never while waiting for one; what is left is told. */
static bool
is_over(const struct lop *lop, const struct deadline *d, struct timespec *timeout)
{
	uint64_t now_us, left_us;

	if (!d->set)
		return false;
	now_us = lop_clock_us(lop);
	left_us = now_us < d->at_us ? d->at_us - now_us : 0;
	timeout->tv_sec = left_us / 1000000;
	timeout->tv_nsec = left_us % 1000000 * 1000;
	return left_us == 0;
}

static __rte_noinline bool
is_sound_at_length(const struct msghdr *msg)
{
	const struct lop_iov iov = { .at = msg->msg_iov, .n = msg->msg_iovlen };
	size_t len;

	return lop_msg_check(msg, &len) == 0 && !lop_iov_faulty(&iov, len) &&
			msg->msg_controllen <= INT_MAX;
}

/* A message that can take a datagram without an error of its own. */
static __rte_always_inline bool
is_sound(const struct msghdr *msg)
{
	if (likely(msg->msg_iovlen == 1 && msg->msg_iov != NULL && msg->msg_namelen <= INT_MAX &&
			    msg->msg_iov->iov_base != NULL && msg->msg_iov->iov_len <= INT_MAX))
		return msg->msg_controllen <= INT_MAX;
	return is_sound_at_length(msg);
}

/* Into the header of a sound message. False: the checksum was wrong. */
static bool
store(struct lop_worker *w, struct lop_sock *sk, struct mmsghdr *to, int flags, struct rte_mbuf *m)
{
	struct msghdr *msg = &to->msg_hdr;
	struct msghdr control = *msg;
	struct lop_receipt r = {
		.flags = flags, .iov = { .at = msg->msg_iov, .n = msg->msg_iovlen }, .msg = &control
	};
	ssize_t ret;

	for (size_t i = 0; i < msg->msg_iovlen; i++)
		r.len += msg->msg_iov[i].iov_len;
	ret = lop_recv_mbuf(w, sk, &r, m, 0);
	if (ret < 0)
		return false;
	lop_receipt_store(&r, msg);
	to->msg_len = ret;
	return true;
}

/* Nothing about the socket or the call asks for more than bytes and source. */
static __rte_always_inline bool
is_plain_call(const struct lop_sock *sk, int flags)
{
	return (flags & ~(MSG_DONTWAIT | MSG_NOSIGNAL)) == 0 && sk->rx_udp &&
			(lop_load(sk->flags) & LOP_SOCK_PLAIN_RECV_OFF) == 0 &&
			lop_load(sk->peek_off) < 0;
}

/* As store(), for a plain call's message with one buffer and a plain datagram, which stays. */
static __rte_always_inline void
store_plain(const struct lop_sock *sk, struct mmsghdr *to, const struct rte_mbuf *m)
{
	struct msghdr *msg = &to->msg_hdr;
	const struct iovec *io = msg->msg_iov;
	const uint32_t bytes = m->data_len;
	const uint32_t copied = RTE_MIN((size_t)bytes, io->iov_len);

	rte_memcpy(io->iov_base, rte_pktmbuf_mtod(m, void *), copied);
	if (msg->msg_name != NULL) {
		struct sockaddr_in from;

		lop_recv_source(sk, m, &from);
		memcpy(msg->msg_name, &from, RTE_MIN(msg->msg_namelen, sizeof(from)));
		msg->msg_namelen = sizeof(from);
	}
	msg->msg_controllen = 0;
	msg->msg_flags = copied < bytes ? MSG_TRUNC : 0;
	to->msg_len = copied;
}

/* What was taken, into messages that are sound: how many. */
static unsigned int
store_all(struct lop_worker *w, struct lop_sock *sk, struct mmsghdr *msgs, int flags,
		struct rte_mbuf **pkts, uint16_t n)
{
	const bool plain = is_plain_call(sk, flags);
	struct rte_mempool *pool = sk->lop->pool;
	unsigned int done = 0;
	bool raw = true;
	uint16_t kept = 0;

	for (uint16_t i = 0; i < n; i++) {
		if (likely(plain && msgs[done].msg_hdr.msg_iovlen == 1 &&
				    lop_recv_is_plain(pkts[i]))) {
			store_plain(sk, &msgs[done++], pkts[i]);
			raw &= lop_is_raw(pkts[i], pool);
			pkts[kept++] = pkts[i];
		} else if (store(w, sk, &msgs[done], flags, pkts[i])) {
			done++;
		}
	}
	lop_mib_add(w, UDP_INDATAGRAMS, kept);
	if (likely(raw))
		rte_mempool_put_bulk(pool, (void **)pkts, kept);
	else
		rte_pktmbuf_free_bulk(pkts, kept);
	return done;
}

/* As many as wait, are asked for and can be stored: 0 may also mean that this is not the way. */
static unsigned int
take_burst(struct lop_worker *w, struct lop_sock *sk, struct mmsghdr *msgs, unsigned int n,
		int flags)
{
	struct rte_mbuf *pkts[LOP_BURST_MAX];
	unsigned int sound = 0;
	uint16_t taken;

	if ((flags & (MSG_PEEK | MSG_ERRQUEUE)) != 0 || lop_load(sk->err) != 0 ||
			lop_load(sk->rx_packets) == 0)
		return 0;
	n = RTE_MIN(n, (unsigned int)LOP_BURST_MAX);
	while (sound < n && is_sound(&msgs[sound].msg_hdr))
		sound++;
	taken = sound != 0 ? lop_sock_take(w->lop, sk, pkts, sound) : 0;
	return store_all(w, sk, msgs, flags, pkts, taken);
}

/* The messages that come; *err: why no more. */
static unsigned int
receive(struct lop_worker *w, struct lop_sock *sk, struct mmsghdr *msgs, unsigned int n, int flags,
		struct timespec *timeout, const struct deadline *d, int *err)
{
	unsigned int done = 0;

	*err = 0;
	while (done < n) {
		/* a deadline is looked at behind each one */
		unsigned int k = take_burst(
				w, sk, msgs + done, d->set ? 1 : n - done, flags & ~MSG_WAITFORONE);
		ssize_t ret;

		if (k == 0) {
			ret = lop_recv_msg(w, sk, &msgs[done].msg_hdr, flags & ~MSG_WAITFORONE);
			if (ret < 0) {
				*err = ret;
				break;
			}
			msgs[done].msg_len = ret;
			k = 1;
		}
		done += k;
		if ((flags & MSG_WAITFORONE) != 0)
			flags |= MSG_DONTWAIT;
		if (is_over(sk->lop, d, timeout))
			break;
	}
	return done;
}

int
lop_recvmmsg(int fd, struct mmsghdr *msgs, unsigned int n, int flags, struct timespec *timeout)
{
	struct lop_worker *w;
	struct lop_sock *sk;
	struct deadline d;
	unsigned int done;
	int err = 0;

	/* before the descriptor is looked at */
	if (!is_valid(timeout))
		return lop_posix(-EINVAL);
	sk = lop_sock_enter(fd, &w);
	if (unlikely(sk == NULL))
		return -1;
	d = deadline_of(sk->lop, timeout);
	if ((flags & MSG_ERRQUEUE) == 0 && lop_load(sk->err) != 0)
		err = -rte_atomic_exchange_explicit(&sk->err, 0, rte_memory_order_acq_rel);
	if (err == 0 && n != 0 && msgs == NULL)
		err = -EFAULT;
	if (err != 0) {
		lop_sock_leave(w);
		return lop_posix(err);
	}
	done = receive(w, sk, msgs, n, flags, timeout, &d, &err);
	/* what stopped the call behind a message is the next call's error */
	if (done != 0 && err != 0 && err != -EAGAIN)
		lop_store(sk->err, -err);
	lop_sock_leave(w);
	return done != 0 ? (int)done : lop_posix(err);
}
