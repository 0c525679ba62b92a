/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_CALLS_H
#define LOB_CALLS_H

/*
 * The same calls of liblop and of the kernel, for loops that are compiled once for each. None of
 * them waits.
 */

#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>

#include <lop_socket.h>
#include <rte_cycles.h>

#include "path.h"

/* Between two looks at the clock: a call of the kernel takes microseconds. */
#define LOB_CALLS_PER_LOOK 64

static __rte_always_inline ssize_t
lob_sendto(bool kernel, int fd, const void *buf, size_t len, const struct sockaddr_in *to)
{
	const struct sockaddr *a = (const struct sockaddr *)to;
	const socklen_t a_len = to == NULL ? 0 : sizeof(*to);

	return kernel ? sendto(fd, buf, len, MSG_DONTWAIT, a, a_len)
		      : lop_sendto(fd, buf, len, MSG_DONTWAIT, a, a_len);
}

static __rte_always_inline ssize_t
lob_recvfrom(bool kernel, int fd, void *buf, size_t len, struct sockaddr_in *from)
{
	struct sockaddr *a = (struct sockaddr *)from;
	socklen_t a_len = sizeof(*from);
	socklen_t *a_len_at = from == NULL ? NULL : &a_len;

	return kernel ? recvfrom(fd, buf, len, MSG_DONTWAIT, a, a_len_at)
		      : lop_recvfrom(fd, buf, len, MSG_DONTWAIT, a, a_len_at);
}

static __rte_always_inline int
lob_sendmmsg(bool kernel, int fd, struct mmsghdr *msgs, unsigned int n)
{
	return kernel ? sendmmsg(fd, msgs, n, MSG_DONTWAIT)
		      : lop_sendmmsg(fd, msgs, n, MSG_DONTWAIT);
}

static __rte_always_inline int
lob_recvmmsg(bool kernel, int fd, struct mmsghdr *msgs, unsigned int n)
{
	return kernel ? recvmmsg(fd, msgs, n, MSG_DONTWAIT, NULL)
		      : lop_recvmmsg(fd, msgs, n, MSG_DONTWAIT, NULL);
}

/* A kernel that steers packets to other CPUs delivers a moment later. */
static inline bool
lob_try_again(int err)
{
	return err == EAGAIN || err == EINTR;
}

#endif /* LOB_CALLS_H */
