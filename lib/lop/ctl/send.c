/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * send(), sendto(), sendmsg() (contract SEND-01 to SEND-19).
 *
 * A plain datagram whose route is known takes the short way, which asks for everything that would
 * make it not plain; whatever does not take it goes the long way, in the order of Linux's checks.
 *
 * A buffer is believed to be readable: of bad pointers only NULL is found out (contract SEND-17).
 */

#include <limits.h>

#include "../dp/plan.h"
#include "../include/lop_socket.h"
#include "msg.h"

/* contract SEND-03 to SEND-16 */
static ssize_t
send_udp(struct lop_worker *w, struct lop_sock *sk, const struct lop_request *rq)
{
	struct lop_sending s;
	struct rte_mbuf *m;
	ssize_t ret;

	if (rq->len > UINT16_MAX)
		return -EMSGSIZE;
	if ((rq->flags & MSG_OOB) != 0)
		return -EOPNOTSUPP;
	if (lop_cork_pending(sk)) {
		bool done;

		ret = lop_cork_add(w, sk, rq, &done);
		if (done)
			return ret;
	}
	ret = lop_send_route(w, sk, rq, &s);
	if (ret != 0)
		return ret;
	if (lop_send_is_corked(sk, rq->flags))
		return lop_cork_begin(w, sk, rq, &s);
	if ((rq->flags & LOP_MSG_PROBE) != 0)
		return rq->len; /* contract SEND-11 */

	ret = lop_send_fits(w, sk, &s, rq->len);
	if (ret == 0)
		ret = lop_send_allowed(w, sk, rq->flags);
	if (ret != 0)
		return ret;
	m = rte_pktmbuf_alloc(w->lop->pool);
	if (m == NULL)
		return lop_send_no_buffer(w);
	ret = lop_send_fill(w, sk, &s, rq, m);
	if (ret != 0) {
		rte_pktmbuf_free(m);
		return ret;
	}
	ret = unlikely(s.stamps != 0) ? lop_send_stamped(w, &s, m) : lop_send_mbuf(w, &s, m);
	return ret != 0 ? ret : (ssize_t)rq->len;
}

static ssize_t
send_any(struct lop_worker *w, struct lop_sock *sk, const struct lop_request *rq)
{
	ssize_t ret = lop_send_check(&sk->lop->hooks, sk->fd, rq->to, rq->len);

	if (ret != 0)
		return ret;
	if (sk->type == SOCK_RAW)
		return lop_send_raw(w, sk, rq);
	if (lop_load(sk->sport_be) == 0) {
		ret = lop_sock_autobind(w, sk);
		if (ret != 0)
			return ret; /* contract SEND-02 */
	}
	if (sk->protocol == IPPROTO_ICMP)
		return lop_send_ping(w, sk, rq);
	do
		ret = send_udp(w, sk, rq);
	while (ret == -ERESTART);
	return ret;
}

ssize_t
lop_send_request(struct lop_worker *w, struct lop_sock *sk, const struct lop_request *rq)
{
	const ssize_t ret = send_any(w, sk, rq);

	/* it was copied, so it is done */
	if (ret >= 0 && (rq->flags & MSG_ZEROCOPY) != 0 &&
			(lop_load(sk->more) & LOP_MORE_ZEROCOPY) != 0)
		lop_zerocopy_done(w, sk);
	return ret;
}

/* The short way; -ERESTART: not here. */
static __rte_noinline ssize_t
send_plain(struct lop_worker *w, struct lop_sock *sk, const void *buf, size_t len, int flags,
		const struct sockaddr *to, socklen_t to_bytes)
{
	struct lop_plan_gens gens;
	struct lop_sending s;
	struct rte_mbuf *m;
	int ret;

	if (unlikely(!lop_send_is_plain(sk, flags) || len > LOP_SEGMENT_BYTES || buf == NULL ||
			    to_bytes > sizeof(struct sockaddr_storage)))
		return -ERESTART;
	gens = lop_plan_gens(sk);
	if (unlikely(!lop_send_route_known(w, sk, to, to_bytes, &s) ||
			    len + lop_sending_headers(&s) > s.mtu_bytes ||
			    s.mtu_bytes < RTE_ETHER_MIN_MTU))
		return -ERESTART;
	lop_plan_make(w, gens, (const struct sockaddr_in *)(const void *)to, &s.send, s.dst);
	m = rte_pktmbuf_alloc(w->lop->pool);
	if (unlikely(m == NULL))
		return lop_send_no_buffer(w);
	lop_copy_in_one(m, buf, len);
	ret = lop_send_mbufs(w, &s, &m, 1);
	return likely(ret == 0) ? (ssize_t)len : ret;
}

/* The shortest, for what the last send found out already; -ERESTART: it is something else. */
static __rte_always_inline ssize_t
send_planned(struct lop_worker *w, struct lop_sock *sk, const void *buf, size_t len, int flags,
		const struct sockaddr *to, socklen_t to_bytes)
{
	const struct iovec from = { .iov_base = (void *)(uintptr_t)buf, .iov_len = len };
	struct lop_plan *plan;

	if (unlikely((flags & ~(MSG_DONTWAIT | MSG_NOSIGNAL)) != 0 || len > LOP_SEGMENT_BYTES ||
			    buf == NULL))
		return -ERESTART;
	if (to != NULL &&
			unlikely(to_bytes < sizeof(struct sockaddr_in) ||
					to_bytes > sizeof(struct sockaddr_storage)))
		return -ERESTART;
	plan = lop_plan_find(w, sk, (const struct sockaddr_in *)(const void *)to);
	if (unlikely(plan == NULL || len > plan->most_bytes))
		return -ERESTART;
	return likely(lop_plain_send_copies(w, plan, &from, 1)) ? (ssize_t)len
								: lop_send_no_buffer(w);
}

/* The long way of a call with one buffer. */
static __rte_noinline ssize_t
send_buffer(struct lop_worker *w, struct lop_sock *sk, const void *buf, size_t len, int flags,
		const struct sockaddr *to, socklen_t to_bytes)
{
	struct iovec io = { .iov_base = (void *)(uintptr_t)buf, .iov_len = len };
	const struct lop_request rq = { .to = to,
		.to_bytes = to_bytes,
		.iov = { .at = &io, .n = 1 },
		.len = len,
		.flags = flags };

	/* contract SEND-01 */
	if (to != NULL && to_bytes > sizeof(struct sockaddr_storage))
		return -EINVAL;
	return lop_send_request(w, sk, &rq);
}

ssize_t
lop_sendto(int fd, const void *buf, size_t len, int flags, const struct sockaddr *addr,
		socklen_t addr_len)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_enter(fd, &w);
	ssize_t ret;

	if (unlikely(sk == NULL))
		return -1;
	ret = send_planned(w, sk, buf, len, flags, addr, addr_len);
	if (unlikely(ret == -ERESTART))
		ret = send_plain(w, sk, buf, len, flags, addr, addr_len);
	if (unlikely(ret == -ERESTART))
		ret = send_buffer(w, sk, buf, len, flags, addr, addr_len);
	lop_sock_leave(w);
	return lop_posix(ret);
}

ssize_t
lop_send(int fd, const void *buf, size_t len, int flags)
{
	return lop_sendto(fd, buf, len, flags, NULL, 0);
}

int
lop_msg_check(const struct msghdr *msg, size_t *len)
{
	size_t sum = 0;

	if (msg == NULL)
		return -EFAULT;
	if (msg->msg_namelen > INT_MAX)
		return -EINVAL;
	if (msg->msg_iovlen > LOP_IOV_MAX)
		return -EMSGSIZE;
	if (msg->msg_iovlen != 0 && msg->msg_iov == NULL)
		return -EFAULT;
	for (size_t i = 0; i < msg->msg_iovlen; i++) {
		if (msg->msg_iov[i].iov_len > SSIZE_MAX)
			return -EINVAL;
		sum += RTE_MIN(msg->msg_iov[i].iov_len, (size_t)INT_MAX - sum);
	}
	*len = sum;
	return 0;
}

/* One buffer, no control messages, no address that is given and empty. */
static __rte_always_inline bool
is_simple(const struct msghdr *msg)
{
	return msg != NULL && msg->msg_iovlen == 1 && msg->msg_controllen == 0 &&
			msg->msg_iov != NULL && (msg->msg_name == NULL || msg->msg_namelen != 0);
}

static __rte_noinline ssize_t
send_header(struct lop_worker *w, struct lop_sock *sk, const struct msghdr *msg, int flags)
{
	struct lop_request rq = { .flags = flags };
	int ret = lop_msg_check(msg, &rq.len);

	if (ret != 0)
		return ret;
	if (msg->msg_controllen > INT_MAX)
		return -ENOBUFS;
	if (msg->msg_controllen > (size_t)lop_setting(sk->lop, LOP_SETTING_OPTMEM_MAX))
		return -ENOBUFS;
	if (msg->msg_controllen != 0 && msg->msg_control == NULL)
		return -EFAULT;
	/* contract SEND-01: longer names are cut, an empty one is none */
	if (msg->msg_name != NULL && msg->msg_namelen != 0) {
		rq.to = msg->msg_name;
		rq.to_bytes = RTE_MIN(msg->msg_namelen, (socklen_t)sizeof(struct sockaddr_storage));
	}
	rq.iov = (struct lop_iov){ .at = msg->msg_iov, .n = msg->msg_iovlen };
	rq.control = msg->msg_control;
	rq.control_bytes = msg->msg_controllen;
	return lop_send_request(w, sk, &rq);
}

ssize_t
lop_send_msg(struct lop_worker *w, struct lop_sock *sk, const struct msghdr *msg, int flags)
{
	ssize_t ret = -ERESTART;

	if (is_simple(msg)) {
		const struct iovec *io = msg->msg_iov;
		const socklen_t to_bytes = msg->msg_name != NULL ? msg->msg_namelen : 0;

		ret = send_planned(
				w, sk, io->iov_base, io->iov_len, flags, msg->msg_name, to_bytes);
		if (unlikely(ret == -ERESTART))
			ret = send_plain(w, sk, io->iov_base, io->iov_len, flags, msg->msg_name,
					to_bytes);
	}
	return likely(ret != -ERESTART) ? ret : send_header(w, sk, msg, flags);
}

ssize_t
lop_sendmsg(int fd, const struct msghdr *msg, int flags)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_enter(fd, &w);
	ssize_t ret;

	if (unlikely(sk == NULL))
		return -1;
	ret = lop_send_msg(w, sk, msg, flags);
	lop_sock_leave(w);
	return lop_posix(ret);
}
