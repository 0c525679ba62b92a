/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Queues that sockets share. Whose queue it is points at itself, those who share it point there; a
 * look-up's answer is asked for it just before datagrams are queued (dp/sock_queue.c), so nothing
 * that was prepared for a socket has to be made anew.
 */

#include "../include/lop_udp.h"
#include "sock.h"

/* With lop->lock held, here and below. */
static void
queue_set(struct lop_sock *sk, struct lop_sock *into)
{
	lop_publish(sk->rx_into, into);
	lop_sock_first_set(sk);
}

/* Somebody else's datagrams wait in it. */
static bool
is_shared(const struct lop_sock *owner)
{
	if (lop_load(owner->rx_into) != owner)
		return false;
	for (const struct lop_sock *sk = owner->lop->socks; sk != NULL; sk = sk->next) {
		if (sk != owner && lop_load(sk->rx_into) == owner)
			return true;
	}
	return false;
}

void
lop_queue_unshare(struct lop_sock *owner)
{
	if (lop_load(owner->rx_into) != owner)
		return;
	/* who delivers meanwhile may still take it for shared: it is emptied again when it is freed */
	for (struct lop_sock *sk = owner->lop->socks; sk != NULL; sk = sk->next) {
		if (lop_load(sk->rx_into) == owner)
			queue_set(sk, NULL);
	}
}

static int
share(struct lop_sock *sk, int with)
{
	struct lop_sock *owner = lop_sock_of(with);

	if (owner == NULL)
		return -EBADF;
	/* another instance's may be freed at any time */
	if (lop_load(lop_fds[with].lop) != sk->lop)
		return -EINVAL;
	if (!sk->rx_udp || !owner->rx_udp)
		return -EOPNOTSUPP;
	if (is_shared(sk))
		return owner == sk ? 0 : -EBUSY;
	if (owner == sk) {
		queue_set(sk, NULL);
		return 0;
	}
	if (lop_load(owner->rx_into) != NULL && lop_load(owner->rx_into) != owner)
		return -EINVAL;
	queue_set(owner, owner);
	queue_set(sk, owner);
	return 0;
}

int
lop_udp_share_queue(int fd, int with)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_lock(fd, &w);
	int ret;

	if (sk == NULL)
		return -1;
	ret = share(sk, with);
	lop_sock_unlock(w);
	return lop_posix(ret);
}
