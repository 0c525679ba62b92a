/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The life of a socket: made, closed, freed after a grace period.
 */

#include <limits.h>
#include <unistd.h>

#include <rte_malloc.h>
#include <rte_pause.h>

#include "../dp/udp_table.h"
#include "../include/lop_socket.h"
#include "sock.h"

#define AF_COUNT 46
#define TYPE_MASK 0xf
#define TYPE_COUNT 11
#define PROTOCOL_COUNT 263

/* The group of the caller may open ping sockets: ping_group_range, by default nobody (SK-01). */
static bool
may_ping(const struct lop *lop)
{
	const int gid = getegid();

	return gid >= lop_setting(lop, LOP_SETTING_PING_GROUP_MIN) &&
			gid <= lop_setting(lop, LOP_SETTING_PING_GROUP_MAX);
}

/* The checks of socket(2) in their order (contract SK-01): the protocol to use, or -errno. */
static int
socket_check(const struct lop *lop, int domain, int type, int protocol)
{
	const int kind = type & TYPE_MASK;

	if ((type & ~(TYPE_MASK | SOCK_NONBLOCK | SOCK_CLOEXEC)) != 0)
		return -EINVAL;
	if (domain < 0 || domain >= AF_COUNT)
		return -EAFNOSUPPORT;
	if (kind >= TYPE_COUNT)
		return -EINVAL;
	if (domain != AF_INET)
		return -EAFNOSUPPORT;
	if (protocol < 0 || protocol >= PROTOCOL_COUNT)
		return -EINVAL;
	/* a type that Linux has, with a protocol that it has not */
	if (kind == SOCK_STREAM && protocol != 0 && protocol != IPPROTO_TCP)
		return -EPROTONOSUPPORT;
	if (kind != SOCK_DGRAM && kind != SOCK_RAW)
		return -ESOCKTNOSUPPORT;

	if (kind == SOCK_RAW) {
		if (protocol == 0 || protocol > IPPROTO_RAW)
			return -EPROTONOSUPPORT;
		return lop->may_admin ? protocol : -EPERM;
	}
	if (protocol == 0 || protocol == IPPROTO_UDP)
		return IPPROTO_UDP;
	if (protocol == IPPROTO_ICMP)
		return may_ping(lop) ? protocol : -EACCES;
	return -EPROTONOSUPPORT;
}

static void
defaults(struct lop_sock *sk, struct lop *lop, int type, int protocol)
{
	sk->lop = lop;
	sk->type = type & TYPE_MASK;
	sk->protocol = protocol;
	lop_store(sk->flags,
			LOP_SOCK_MC_LOOP | LOP_SOCK_MC_ALL |
					((type & SOCK_NONBLOCK) != 0 ? LOP_SOCK_NONBLOCK : 0) |
					(sk->type == SOCK_RAW && protocol == IPPROTO_RAW
									? LOP_SOCK_HDRINCL
									: 0));
	lop_store(sk->more, LOP_MORE_UNHASHED);
	lop_store(sk->state, LOP_SOCK_CLOSED);
	lop_store(sk->pmtudisc,
			lop_setting(lop, LOP_SETTING_NO_PMTU_DISC) != 0 ? IP_PMTUDISC_DONT
									: IP_PMTUDISC_WANT);
	lop_store(sk->ttl, -1);
	lop_store(sk->mc_ttl, 1);
	rte_spinlock_init(&sk->rx_lock);
	sk->rx_udp = sk->type == SOCK_DGRAM && protocol == IPPROTO_UDP;
	lop_store(sk->rcvbuf_bytes, lop_setting(lop, LOP_SETTING_RMEM_DEFAULT));
	lop_store(sk->sndbuf_bytes, lop_setting(lop, LOP_SETTING_WMEM_DEFAULT));
	lop_store(sk->peek_off, -1);
	sk->eventfd = -1;
	lop_store(sk->rcv_timeout_us, -1);
	lop_store(sk->snd_timeout_us, -1);
	sk->uid = getuid();
	sk->rcvlowat = 1;
	lop_store(sk->incoming_cpu, -1);
	sk->pacing_rate = UINT64_MAX;
	sk->txrehash = 1;
}

/* With lop->lock held. */
static void
link_sock(struct lop_sock *sk)
{
	struct lop *lop = sk->lop;

	sk->inode = ++lop->udp->last_inode;
	sk->next = lop->socks;
	sk->pprev = &lop->socks;
	if (sk->next != NULL)
		sk->next->pprev = &sk->next;
	lop->socks = sk;
	lop->nb_socks++;
	if (sk->type == SOCK_RAW) {
		/* its number is the protocol's, and it gets packets from now on */
		lop_store(sk->sport_be, rte_cpu_to_be_16(sk->protocol));
		lop_store(sk->more, 0);
		lop_raw_insert(sk);
	}
}

int
lop_socket(struct lop *lop, int domain, int type, int protocol)
{
	struct lop_sock *sk;
	int ret;

	if (lop == NULL || lop_worker_of(lop) == NULL)
		return lop_posix(-ENXIO);
	ret = socket_check(lop, domain, type, protocol);
	if (ret < 0)
		return lop_posix(ret);
	sk = rte_zmalloc("lop socket", sizeof(*sk), RTE_CACHE_LINE_SIZE);
	if (sk == NULL)
		return lop_posix(-ENOBUFS);
	defaults(sk, lop, type, ret);

	lop_lock(lop, lop_worker_of(lop));
	lop_socks_reap(lop);
	ret = lop_fd_alloc(sk);
	if (ret >= 0) {
		sk->rx_fd = ret;
		link_sock(sk);
	}
	lop_unlock(lop);

	if (ret < 0)
		rte_free(sk);
	return lop_posix(ret);
}

/* What waits to be read. w: to count it by, or NULL. */
static void
queue_purge(struct lop_worker *w, struct lop_sock *sk)
{
	struct rte_mbuf *pkts[LOP_BURST_MAX];
	uint16_t n;

	while ((n = lop_sock_take(sk->lop, sk, pkts, LOP_BURST_MAX)) != 0) {
		for (uint16_t i = 0; i < n; i++) {
			if (w != NULL)
				lop_drop(w, pkts[i], SOCKET_CLOSED);
			else
				rte_pktmbuf_free(pkts[i]);
		}
	}
}

static void
sock_free(struct lop_sock *sk)
{
	/* what came while it was being closed */
	queue_purge(lop_worker_of(sk->lop), sk);
	lop_cork_discard(sk);
	lop_error_queue_purge(sk);
	if (sk->eventfd >= 0)
		close(sk->eventfd);
	rte_free(lop_load(sk->mcast));
	rte_free(lop_load(sk->filter));
	rte_free(sk->options);
	rte_free(sk);
}

void
lop_socks_reap(struct lop *lop)
{
	struct lop_udp_tables *t = lop->udp;

	while (t->closed != NULL) {
		struct lop_sock *sk = t->closed;

		if (rte_rcu_qsbr_check(lop->qsbr, sk->retired, false) != 1)
			return;
		t->closed = sk->next;
		if (t->closed == NULL)
			t->closed_tail = &t->closed;
		sock_free(sk);
	}
}

/* With lop->lock held. Unread datagrams move no counter of Linux (contract UR-06). */
static void
sock_close(struct lop_worker *w, struct lop_sock *sk)
{
	struct lop *lop = sk->lop;

	lop_fd_free(sk->fd);
	lop_mcast_leave_all(sk);
	if ((lop_load(sk->more) & LOP_MORE_UNHASHED) == 0) {
		if (sk->protocol == IPPROTO_UDP && sk->type == SOCK_DGRAM)
			lop_udp_remove(sk);
		else
			lop_raw_remove(sk);
		lop_store(sk->more, lop_load(sk->more) | LOP_MORE_UNHASHED);
	}
	lop_stamping_set(sk, 0);
	lop_sock_changed(sk);
	*sk->pprev = sk->next;
	if (sk->next != NULL)
		sk->next->pprev = sk->pprev;
	lop->nb_socks--;
	lop_queue_unshare(sk);
	lop_cork_discard(sk);
	queue_purge(w, sk);

	sk->next = NULL;
	sk->retired = lop_grace_start(lop);
	*lop->udp->closed_tail = sk;
	lop->udp->closed_tail = &sk->next;
}

int
lop_close(int fd)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_lock(fd, &w);

	if (sk == NULL)
		return -1;
	sock_close(w, sk);
	/* whoever waits for it finds that it is gone */
	lop_sock_wake(sk);
	lop_socks_reap(w->lop);
	lop_sock_unlock(w);
	return 0;
}

void
lop_socks_close_all(struct lop *lop)
{
	struct lop_worker *w = lop_worker_of(lop);

	lop_lock(lop, w);
	while (lop->socks != NULL)
		sock_close(w, lop->socks);
	lop_synchronize(lop);
	lop_socks_reap(lop);
	lop_unlock(lop);
}

void
lop_sock_forget_dst(struct lop_sock *sk)
{
	const struct lop_route_result none = { 0 };

	/* a sender that keeps its answer is done soon */
	while (!lop_sock_dst_set(sk, 0, 0, &none))
		rte_pause();
	lop_sock_changed(sk);
}

static int
copy_name(struct sockaddr *addr, socklen_t *len, uint32_t addr_be, uint16_t port_be)
{
	const struct sockaddr_in name = {
		.sin_family = AF_INET,
		.sin_port = port_be,
		.sin_addr.s_addr = addr_be,
	};

	if (len == NULL)
		return -EFAULT;
	if (*len > INT_MAX)
		return -EINVAL;
	if (addr == NULL && *len != 0)
		return -EFAULT;
	if (*len != 0)
		memcpy(addr, &name, RTE_MIN(*len, (socklen_t)sizeof(name)));
	*len = sizeof(name);
	return 0;
}

int
lop_getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_enter(fd, &w);
	int ret;

	if (sk == NULL)
		return -1;
	lop_sock_settle(sk);
	ret = copy_name(addr, len,
			lop_load(sk->rcv_saddr_be) != 0 ? lop_load(sk->rcv_saddr_be)
							: lop_load(sk->saddr_be),
			lop_load(sk->sport_be));
	lop_sock_leave(w);
	return lop_posix(ret);
}

/* A peer with port 0 is none (contract CO-01). */
int
lop_getpeername(int fd, struct sockaddr *addr, socklen_t *len)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_enter(fd, &w);
	int ret = -ENOTCONN;

	if (sk == NULL)
		return -1;
	if (lop_load(sk->dport_be) != 0 && lop_load(sk->state) == LOP_SOCK_ESTABLISHED)
		ret = copy_name(addr, len, lop_load(sk->daddr_be), lop_load(sk->dport_be));
	lop_sock_settle(sk);
	lop_sock_leave(w);
	return lop_posix(ret);
}

/* An unconnected socket refuses, and is shut down all the same (contract CO-06). */
int
lop_shutdown(int fd, int how)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_enter(fd, &w);
	int ret = 0;

	if (sk == NULL)
		return -1;
	if (how < SHUT_RD || how > SHUT_RDWR) {
		ret = -EINVAL;
	} else {
		if (lop_load(sk->state) != LOP_SOCK_ESTABLISHED)
			ret = -ENOTCONN;
		lop_store(sk->shutdown, lop_load(sk->shutdown) | (how + 1));
		lop_sock_changed(sk);
		lop_sock_settle(sk);
		lop_sock_wake(sk);
	}
	lop_sock_leave(w);
	return lop_posix(ret);
}
