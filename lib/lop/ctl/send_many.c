/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * sendmmsg(): messages to one destination go down as a burst, as long as none of them could have
 * got an error that a message before it caused. What could: an ICMP error comes back while the
 * datagram is sent (contract BK-05), a hook refuses one, a device is full. Where there is no plan
 * for the destination yet, the first message goes alone and makes one.
 */

#include "../dp/plan.h"
#include "../include/lop_socket.h"
#include "msg.h"

/* One buffer in one place, no control messages, no address that is given and empty. */
static __rte_always_inline bool
is_simple(const struct msghdr *msg)
{
	return msg->msg_iovlen == 1 && msg->msg_controllen == 0 && msg->msg_iov != NULL &&
			msg->msg_iov->iov_base != NULL &&
			(msg->msg_name == NULL ||
					(msg->msg_namelen >= sizeof(struct sockaddr_in) &&
							msg->msg_namelen <=
									sizeof(struct sockaddr_storage)));
}

static __rte_always_inline bool
same_destination(const struct msghdr *a, const struct msghdr *b)
{
	const struct sockaddr_in *to_a = a->msg_name, *to_b = b->msg_name;

	if (to_a == to_b)
		return true;
	return to_a != NULL && to_b != NULL && to_a->sin_addr.s_addr == to_b->sin_addr.s_addr &&
			to_a->sin_port == to_b->sin_port && to_a->sin_family == to_b->sin_family;
}

/* Messages from the first on that one burst may carry, and their payloads. */
static __rte_always_inline unsigned int
alike(const struct mmsghdr *msgs, unsigned int n, uint32_t bytes_max, struct iovec *from)
{
	unsigned int k = 0;

	n = RTE_MIN(n, (unsigned int)LOP_BURST_MAX);
	while (k < n && is_simple(&msgs[k].msg_hdr) &&
			same_destination(&msgs[0].msg_hdr, &msgs[k].msg_hdr) &&
			msgs[k].msg_hdr.msg_iov->iov_len <= bytes_max) {
		from[k] = *msgs[k].msg_hdr.msg_iov;
		k++;
	}
	return k;
}

/* Send messages as a burst: how many, 0 when they are none for a burst. */
static unsigned int
send_burst(struct lop_worker *w, struct lop_sock *sk, struct mmsghdr *msgs, unsigned int n,
		int flags)
{
	struct iovec from[LOP_BURST_MAX];
	struct lop_plan *plan;

	if ((flags & ~(MSG_DONTWAIT | MSG_NOSIGNAL)) != 0 || !is_simple(&msgs[0].msg_hdr) ||
			(lop_load(sk->flags) & LOP_SOCK_RECVERR) != 0)
		return 0;
	plan = lop_plan_find(w, sk, msgs[0].msg_hdr.msg_name);
	if (unlikely(plan == NULL))
		return 0;
	n = alike(msgs, n, RTE_MIN(plan->most_bytes, (uint32_t)LOP_SEGMENT_BYTES), from);
	if (n == 0 || !lop_plain_send_copies(w, plan, from, n))
		return 0;
	for (unsigned int i = 0; i < n; i++)
		msgs[i].msg_len = from[i].iov_len;
	return n;
}

/* The connected hear of a port that nobody listens on: the first message goes alone and tells. */
static bool
alone(const struct lop_sock *sk, unsigned int done)
{
	return done == 0 && lop_load(sk->state) == LOP_SOCK_ESTABLISHED;
}

int
lop_sendmmsg(int fd, struct mmsghdr *msgs, unsigned int n, int flags)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_enter(fd, &w);
	unsigned int done = 0;
	ssize_t ret = 0;

	if (unlikely(sk == NULL))
		return -1;
	n = RTE_MIN(n, (unsigned int)LOP_IOV_MAX);
	if (n != 0 && msgs == NULL)
		ret = -EFAULT;
	while (done < n && ret == 0) {
		const unsigned int k = send_burst(
				w, sk, msgs + done, alone(sk, done) ? 1 : n - done, flags);

		if (likely(k != 0)) {
			done += k;
			continue;
		}
		ret = lop_send_msg(w, sk, &msgs[done].msg_hdr, flags);
		if (ret >= 0) {
			msgs[done++].msg_len = ret;
			ret = 0;
		}
	}
	lop_sock_leave(w);
	return done != 0 ? (int)done : lop_posix(ret);
}
