/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * bind(2) and the port that a socket gets without asking.
 */

#include <limits.h>

#include <linux/rtnetlink.h>

#include "../dp/fib.h"
#include "../dp/udp_table.h"
#include "../include/lop_socket.h"
#include "sock.h"

int
lop_addr_check(const struct sockaddr *addr, socklen_t len)
{
	if (len > sizeof(struct sockaddr_storage))
		return -EINVAL;
	return addr == NULL && len != 0 ? -EFAULT : 0;
}

static bool
is_udp(const struct lop_sock *sk)
{
	return sk->type == SOCK_DGRAM && sk->protocol == IPPROTO_UDP;
}

/* With lop->lock held: into the table with a port, 0 for any. 0 or -EADDRINUSE. */
static int
take_port(struct lop_worker *w, struct lop_sock *sk, uint16_t port)
{
	int ret = port;

	if (!is_udp(sk)) {
		/* a ping socket: its port is the ID of its echoes, and several may have the same */
		while (port == 0)
			port = ++sk->lop->udp->last_ident;
		lop_store(sk->sport_be, rte_cpu_to_be_16(port));
		lop_raw_insert(sk);
		lop_store(sk->more, lop_load(sk->more) & ~LOP_MORE_UNHASHED);
		return 0;
	}
	if (port == 0)
		ret = lop_port_search(w, sk);
	else if (lop_port_taken(sk, port))
		ret = -EADDRINUSE;
	if (ret < 0)
		return ret;
	lop_store(sk->sport_be, rte_cpu_to_be_16(ret));
	lop_sock_any_set(sk);
	ret = lop_udp_insert(sk);
	if (ret != 0) {
		lop_store(sk->sport_be, 0);
		return ret;
	}
	lop_store(sk->more, lop_load(sk->more) & ~LOP_MORE_UNHASHED);
	lop_sock_changed(sk);
	return 0;
}

int
lop_sock_autobind(struct lop_worker *w, struct lop_sock *sk)
{
	const int fd = sk->fd;
	int ret = 0;

	if (likely(lop_load(sk->sport_be) != 0))
		return 0;
	lop_lock(w->lop, w);
	/* it may have been closed while this thread waited for the lock */
	if (lop_sock_of(fd) != sk)
		ret = -EBADF;
	else if (lop_load(sk->sport_be) == 0)
		ret = take_port(w, sk, 0) == 0 ? 0 : -EAGAIN;
	lop_unlock(w->lop);
	return ret;
}

/* contract BI-01, DEV-02 */
static bool
addr_may_be_bound(const struct lop_sock *sk, uint32_t addr_be, uint8_t type)
{
	if (addr_be == 0 || type == RTN_LOCAL || type == RTN_MULTICAST || type == RTN_BROADCAST)
		return true;
	return (lop_load(sk->flags) & (LOP_SOCK_FREEBIND | LOP_SOCK_TRANSPARENT)) != 0 ||
			lop_setting(sk->lop, LOP_SETTING_IP_NONLOCAL_BIND) != 0;
}

static void
set_addr(struct lop_sock *sk, uint32_t addr_be, uint8_t type)
{
	lop_store(sk->rcv_saddr_be, addr_be);
	/* packets to a group or a broadcast address come in, but none goes out from it */
	lop_store(sk->saddr_be, type == RTN_MULTICAST || type == RTN_BROADCAST ? 0 : addr_be);
}

static void
bound(struct lop_sock *sk, uint16_t port)
{
	uint32_t flags = lop_load(sk->flags);

	if (lop_load(sk->rcv_saddr_be) != 0)
		flags |= LOP_SOCK_ADDR_BOUND;
	if (port != 0)
		flags |= LOP_SOCK_PORT_BOUND;
	lop_store(sk->flags, flags);
	lop_store(sk->routed, false);
	lop_store(sk->daddr_be, 0);
	lop_store(sk->dport_be, 0);
	lop_sock_any_set(sk);
	lop_sock_forget_dst(sk);
}

/* With the lock: what is left of the checks of contract BI-02, in their order. */
static int
bind_inet(struct lop_worker *w, struct lop_sock *sk, const struct sockaddr_in *sin)
{
	const uint32_t addr_be = sin->sin_addr.s_addr;
	const uint16_t port = rte_be_to_cpu_16(sin->sin_port);
	uint8_t type;
	int ret;

	if (sin->sin_family != AF_INET && (sin->sin_family != AF_UNSPEC || addr_be != 0))
		return -EAFNOSUPPORT;
	type = lop_addr_type(sk->lop, addr_be);
	if (!addr_may_be_bound(sk, addr_be, type))
		return -EADDRNOTAVAIL;
	if (port != 0 && port < lop_setting(sk->lop, LOP_SETTING_UNPRIVILEGED_PORT) &&
			!sk->lop->may_bind_low)
		return -EACCES;
	if (lop_load(sk->state) != LOP_SOCK_CLOSED || lop_load(sk->sport_be) != 0) {
		lop_sock_settle(sk);
		return -EINVAL;
	}

	set_addr(sk, addr_be, type);
	if (port != 0 || (lop_load(sk->more) & LOP_MORE_BIND_ADDRESS_NO_PORT) == 0) {
		ret = take_port(w, sk, port);
		if (ret != 0) {
			lop_store(sk->rcv_saddr_be, 0);
			lop_store(sk->saddr_be, 0);
			return ret;
		}
	}
	bound(sk, port);
	return 0;
}

static int
bind_ping(struct lop_worker *w, struct lop_sock *sk, const struct sockaddr_in *sin)
{
	const uint8_t type = lop_addr_type(sk->lop, sin->sin_addr.s_addr);
	int ret;

	if (sin->sin_family != AF_INET &&
			(sin->sin_family != AF_UNSPEC || sin->sin_addr.s_addr != 0))
		return -EAFNOSUPPORT;
	if (sin->sin_addr.s_addr != 0 && (type == RTN_MULTICAST || type == RTN_BROADCAST))
		return -EADDRNOTAVAIL;
	if (!addr_may_be_bound(sk, sin->sin_addr.s_addr, type))
		return -EADDRNOTAVAIL;
	if (lop_load(sk->sport_be) != 0)
		return -EINVAL;
	set_addr(sk, sin->sin_addr.s_addr, type);
	ret = take_port(w, sk, rte_be_to_cpu_16(sin->sin_port));
	if (ret == 0)
		bound(sk, rte_be_to_cpu_16(sin->sin_port));
	return ret;
}

/* A raw socket may be bound again and again, until it is connected. */
static int
bind_raw(struct lop_sock *sk, const struct sockaddr_in *sin)
{
	const uint8_t type = lop_addr_type(sk->lop, sin->sin_addr.s_addr);

	if (lop_load(sk->state) != LOP_SOCK_CLOSED)
		return -EINVAL;
	if (!addr_may_be_bound(sk, sin->sin_addr.s_addr, type))
		return -EADDRNOTAVAIL;
	set_addr(sk, sin->sin_addr.s_addr, type);
	bound(sk, 0);
	return 0;
}

int
lop_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_lock(fd, &w);
	struct sockaddr_in sin;
	int ret;

	if (sk == NULL)
		return -1;
	ret = lop_addr_check(addr, len);
	if (ret == 0 && len < sizeof(sin))
		ret = -EINVAL;
	if (ret == 0) {
		memcpy(&sin, addr, sizeof(sin));
		/* no interface or route goes while the lock is held */
		if (sk->type == SOCK_RAW)
			ret = bind_raw(sk, &sin);
		else if (sk->protocol == IPPROTO_ICMP)
			ret = bind_ping(w, sk, &sin);
		else
			ret = bind_inet(w, sk, &sin);
	}
	lop_sock_unlock(w);
	return lop_posix(ret);
}
