/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * recv(), recvfrom(), recvmsg() (contract UR-01, UR-06, CM-06, CO-06, IC-02).
 *
 * A buffer is believed to be writable: of bad pointers only NULL is found out.
 */

#include <limits.h>
#include <string.h>

#include <rte_ip.h>
#include <rte_udp.h>

#include "../include/lop_socket.h"
#include "msg.h"

void
lop_recv_bad_sum(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf *m)
{
	lop_mib_add(w, UDP_INCSUMERRORS, 1);
	lop_mib_add(w, UDP_INERRORS, 1);
	rte_atomic_fetch_add_explicit(&sk->drops, 1, rte_memory_order_relaxed);
	lop_drop(w, m, UDP_CSUM);
}

/* The datagram is lost to a reader without a buffer. */
static int
bad_buffer(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf *m, bool peek)
{
	if (!peek) {
		rte_atomic_fetch_add_explicit(&sk->drops, 1, rte_memory_order_relaxed);
		if (sk->rx_udp)
			lop_mib_add(w, UDP_INERRORS, 1);
	}
	rte_pktmbuf_free(m);
	return -EFAULT;
}

ssize_t
lop_recv_mbuf(struct lop_worker *w, struct lop_sock *sk, struct lop_receipt *r, struct rte_mbuf *m,
		uint32_t off)
{
	const bool udp = sk->rx_udp;
	const uint32_t bytes = m->pkt_len;
	const bool peek = (r->flags & MSG_PEEK) != 0;
	size_t copied = r->len;
	ssize_t ret;

	if (udp && unlikely(!lop_udp_payload_is_right(m))) {
		if (peek)
			lop_peek_unlink(sk, m);
		lop_recv_bad_sum(w, sk, m);
		return -EBADMSG;
	}
	if (copied > bytes - off)
		copied = bytes - off;
	else if (copied < bytes)
		r->msg_flags |= MSG_TRUNC;
	if (unlikely(lop_iov_faulty(&r->iov, copied)))
		return bad_buffer(w, sk, m, peek);
	lop_copy_out(m, off, copied, &r->iov);
	lop_recv_source(sk, m, &r->from);
	r->has_from = true;
	if (r->msg != NULL)
		lop_cmsg_recv(w, sk, m, r->msg, &r->msg_flags);
	ret = (r->flags & MSG_TRUNC) != 0 ? bytes : copied;
	if (!peek && udp)
		lop_mib_add(w, UDP_INDATAGRAMS, 1);
	if (unlikely(lop_load(sk->peek_off) >= 0))
		lop_peek_moved(sk, peek ? (int32_t)copied : -(int32_t)ret);
	rte_pktmbuf_free(m);
	return ret;
}

/* The next datagram, or one to look at; NULL: none. */
static struct rte_mbuf *
next_of(struct lop_worker *w, struct lop_sock *sk, int flags, uint32_t *off)
{
	struct rte_mbuf *m;

	*off = 0;
	if ((flags & MSG_PEEK) != 0)
		return lop_peek(sk, off);
	return lop_sock_take(w->lop, sk, &m, 1) != 0 ? m : NULL;
}

/*
 * An error that is pending comes before what waits; then data; then, for those who wait, the end
 * that shutdown() made (contract CO-06).
 */
ssize_t
lop_recv_one(struct lop_worker *w, struct lop_sock *sk, struct lop_receipt *r)
{
	const bool wait = (r->flags & MSG_DONTWAIT) == 0 &&
			(lop_load(sk->flags) & LOP_SOCK_NONBLOCK) == 0;
	const int64_t timeout_us = lop_load(sk->rcv_timeout_us);
	const uint64_t start_us = lop_now(w);

	if ((r->flags & MSG_ERRQUEUE) != 0)
		return lop_errqueue_recv(w, sk, r);
	for (;;) {
		struct rte_mbuf *m;
		uint32_t off;
		ssize_t ret;
		int64_t left_us = timeout_us;

		if (unlikely(lop_load(sk->err) != 0)) {
			ret = -rte_atomic_exchange_explicit(&sk->err, 0, rte_memory_order_acq_rel);
			if (ret != 0)
				return ret;
		}
		m = next_of(w, sk, r->flags, &off);
		if (m != NULL) {
			ret = lop_recv_mbuf(w, sk, r, m, off);
			if (ret != -EBADMSG)
				return ret;
			r->msg_flags = 0;
			continue; /* contract UR-01: as if it had not come */
		}
		if (!wait)
			return -EAGAIN;
		if ((lop_load(sk->shutdown) & 1) != 0)
			return 0;
		if (timeout_us >= 0) {
			left_us -= lop_now(w) - start_us;
			if (left_us <= 0)
				return -EAGAIN;
		}
		ret = lop_sock_wait(w, sk, POLLIN, left_us);
		if (ret != 0)
			return ret;
	}
}

/* A plain call's datagram that is not plain: as lop_recv_mbuf(). */
static __rte_noinline ssize_t
recv_odd(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf *m, void *buf, size_t len,
		int flags, struct sockaddr_in *from)
{
	struct iovec io = { .iov_base = buf, .iov_len = len };
	struct lop_receipt r = { .iov = { .at = &io, .n = 1 }, .len = len, .flags = flags };
	const ssize_t ret = lop_recv_mbuf(w, sk, &r, m, 0);

	*from = r.from;
	return ret != -EBADMSG ? ret : -ERESTART;
}

/* The short way: a datagram in one segment, verified, and nothing else asked for. */
static __rte_always_inline ssize_t
recv_plain(struct lop_worker *w, struct lop_sock *sk, void *buf, size_t len, int flags,
		struct sockaddr_in *from)
{
	struct rte_mbuf *m;
	uint32_t bytes;

	if (unlikely((flags & ~(MSG_DONTWAIT | MSG_NOSIGNAL)) != 0 || buf == NULL || !sk->rx_udp ||
			    lop_load(sk->err) != 0 || lop_load(sk->peek_off) >= 0 ||
			    lop_sock_take(w->lop, sk, &m, 1) == 0))
		return -ERESTART;
	if (unlikely(!lop_recv_is_plain(m)))
		return recv_odd(w, sk, m, buf, len, flags, from);
	bytes = RTE_MIN(m->data_len, len);
	rte_memcpy(buf, rte_pktmbuf_mtod(m, void *), bytes);
	lop_recv_source(sk, m, from);
	lop_mib_add(w, UDP_INDATAGRAMS, 1);
	rte_pktmbuf_free(m);
	return bytes;
}

/* The long way of a call with one buffer. */
static __rte_noinline ssize_t
recv_buffer(struct lop_worker *w, struct lop_sock *sk, void *buf, size_t len, int flags,
		struct sockaddr_in *from, bool *has_from)
{
	struct iovec io = { .iov_base = buf, .iov_len = RTE_MIN(len, (size_t)INT_MAX) };
	struct lop_receipt r = { .iov = { .at = &io, .n = 1 }, .len = io.iov_len, .flags = flags };
	const ssize_t ret = lop_recv_one(w, sk, &r);

	*from = r.from;
	*has_from = r.has_from;
	return ret;
}

/* Linux finds a bad length out when the datagram is gone already. */
static int
store_from(const struct sockaddr_in *from, bool has_from, struct sockaddr *addr, socklen_t *len)
{
	const socklen_t bytes = has_from ? sizeof(*from) : 0;

	if (len == NULL)
		return -EFAULT;
	if (likely(*len >= sizeof(*from) && *len <= INT_MAX && has_from))
		memcpy(addr, from, sizeof(*from));
	else if (*len > INT_MAX)
		return -EINVAL;
	else
		memcpy(addr, from, RTE_MIN(*len, bytes));
	*len = bytes;
	return 0;
}

ssize_t
lop_recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *addr, socklen_t *addr_len)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_enter(fd, &w);
	struct sockaddr_in from;
	bool has_from = true;
	ssize_t ret;

	if (unlikely(sk == NULL))
		return -1;
	ret = recv_plain(w, sk, buf, len, flags, &from);
	if (unlikely(ret == -ERESTART))
		ret = recv_buffer(w, sk, buf, len, flags, &from, &has_from);
	lop_sock_leave(w);
	if (addr != NULL && ret >= 0) {
		const int stored = store_from(&from, has_from, addr, addr_len);

		if (unlikely(stored != 0))
			ret = stored;
	}
	return lop_posix(ret);
}

ssize_t
lop_recv(int fd, void *buf, size_t len, int flags)
{
	return lop_recvfrom(fd, buf, len, flags, NULL, NULL);
}

void
lop_receipt_store(const struct lop_receipt *r, struct msghdr *msg)
{
	if (msg->msg_name != NULL) {
		const socklen_t bytes = r->has_from ? sizeof(r->from) : 0;

		memcpy(msg->msg_name, &r->from, RTE_MIN(msg->msg_namelen, bytes));
		msg->msg_namelen = bytes;
	}
	msg->msg_controllen -= r->msg->msg_controllen;
	msg->msg_flags = r->msg_flags;
}

ssize_t
lop_recv_msg(struct lop_worker *w, struct lop_sock *sk, struct msghdr *msg, int flags)
{
	struct lop_receipt r = { .flags = flags };
	struct msghdr control;
	ssize_t ret = lop_msg_check(msg, &r.len);

	if (ret != 0)
		return ret;
	if (msg->msg_controllen > INT_MAX)
		return -ENOBUFS;
	control = *msg;
	r.iov = (struct lop_iov){ .at = msg->msg_iov, .n = msg->msg_iovlen };
	r.msg = &control;
	ret = lop_recv_one(w, sk, &r);
	if (ret >= 0)
		lop_receipt_store(&r, msg);
	return ret;
}

ssize_t
lop_recvmsg(int fd, struct msghdr *msg, int flags)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_enter(fd, &w);
	ssize_t ret;

	if (unlikely(sk == NULL))
		return -1;
	ret = lop_recv_msg(w, sk, msg, flags);
	lop_sock_leave(w);
	return lop_posix(ret);
}
