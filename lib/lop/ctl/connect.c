/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * connect(2) of datagram sockets (contract CO-01, CO-02).
 */

#include <linux/rtnetlink.h>

#include "../dp/fib.h"
#include "../dp/fib_table.h"
#include "../dp/send.h"
#include "../dp/udp_table.h"
#include "../include/lop_socket.h"
#include "sock.h"

static bool
is_udp(const struct lop_sock *sk)
{
	return sk->type == SOCK_DGRAM && sk->protocol == IPPROTO_UDP;
}

static bool
is_hashed(const struct lop_sock *sk)
{
	return (lop_load(sk->more) & LOP_MORE_UNHASHED) == 0;
}

static void
set_rcv_saddr(struct lop_sock *sk, uint32_t addr_be)
{
	if (is_udp(sk) && is_hashed(sk))
		lop_udp_rehash(sk, addr_be);
	else
		lop_store(sk->rcv_saddr_be, addr_be);
}

/* With lop->lock held. What bind(2) did not ask for is forgotten (contract CO-02). */
static int
disconnect(struct lop_sock *sk)
{
	const uint32_t flags = lop_load(sk->flags);

	lop_store(sk->state, LOP_SOCK_CLOSED);
	lop_store(sk->routed, false);
	lop_store(sk->astray.on, false);
	lop_store(sk->daddr_be, 0);
	lop_store(sk->dport_be, 0);
	lop_store(sk->bound_if, 0);
	if ((flags & LOP_SOCK_PORT_BOUND) == 0 && sk->type == SOCK_DGRAM) {
		if (is_hashed(sk)) {
			if (is_udp(sk))
				lop_udp_remove(sk);
			else
				lop_raw_remove(sk);
			lop_store(sk->more, lop_load(sk->more) | LOP_MORE_UNHASHED);
		}
		lop_store(sk->sport_be, 0);
	}
	if ((flags & LOP_SOCK_ADDR_BOUND) == 0) {
		if (lop_load(sk->rcv_saddr_be) != 0)
			set_rcv_saddr(sk, 0);
		lop_store(sk->saddr_be, 0);
	}
	lop_sock_any_set(sk);
	lop_sock_forget_dst(sk);
	return 0;
}

static int
route_to(struct lop_worker *w, const struct lop_sock *sk, const struct sockaddr_in *sin,
		struct lop_route_result *result)
{
	struct lop_flow flow = lop_flow_of(sk, sin->sin_addr.s_addr, sin->sin_port);
	int ret;

	ret = lop_route_output(w, &flow, result);
	/* this host by its address, and the source that came out has to be ours: ask with both */
	if (ret == 0 && (flow.daddr_be == 0 || flow.saddr_be == 0)) {
		flow.daddr_be = result->daddr_be;
		flow.saddr_be = result->saddr_be;
		ret = lop_route_output(w, &flow, result);
	}
	return ret == 0 ? lop_send_broadcast(sk, result->dst) : ret;
}

/* With lop->lock held. The first source stays on a second connect (contract CO-02). */
static void
establish(struct lop_worker *w, struct lop_sock *sk, uint32_t daddr_be, uint32_t saddr_be,
		uint16_t dport_be)
{
	if (lop_load(sk->saddr_be) == 0)
		lop_store(sk->saddr_be, saddr_be);
	if (lop_load(sk->rcv_saddr_be) == 0 && saddr_be != 0)
		set_rcv_saddr(sk, saddr_be);
	lop_store(sk->daddr_be, daddr_be);
	lop_store(sk->dport_be, dport_be);
	lop_store(sk->ip_id, lop_random(w));
	lop_store(sk->state, LOP_SOCK_ESTABLISHED);
	lop_store(sk->astray.on, false);
	lop_sock_any_set(sk);
	lop_sock_forget_dst(sk);
}

/* Kept for the sends to come, with the options as they are now (contract CO-03, CO-04). */
static void
keep_route(struct lop_worker *w, struct lop_sock *sk, uint32_t daddr_be, uint16_t dport_be)
{
	const struct sockaddr_in to = { .sin_port = dport_be, .sin_addr.s_addr = daddr_be };
	const uint32_t genid = lop_acquire(w->lop->genid);
	struct lop_route_result result;

	lop_sock_routed(sk, genid, true);
	if (route_to(w, sk, &to, &result) == 0 && result.cacheable)
		lop_sock_dst_set(sk, genid, daddr_be, &result);
}

static int
connect_inet(struct lop_worker *w, struct lop_sock *sk, const struct sockaddr_in *sin)
{
	const int fd = sk->fd;
	struct lop_route_result result;
	uint32_t daddr_be = sin->sin_addr.s_addr, saddr_be = lop_load(sk->saddr_be);
	int ret = route_to(w, sk, sin, &result);

	if (ret != 0) {
		/* the peer stays, its route does not */
		lop_store(sk->routed, false);
		lop_sock_forget_dst(sk);
		if (ret == -EACCES)
			saddr_be = result.saddr_be;
		lop_cork_readdress(sk, saddr_be, daddr_be, sin->sin_port);
		lop_sock_astray_set(sk, saddr_be, daddr_be, sin->sin_port);
		return ret;
	}
	daddr_be = result.daddr_be;
	saddr_be = result.saddr_be;
	/* the answer's destination may be gone behind this; the addresses are kept alone */
	lop_lock(w->lop, w);
	if (lop_sock_of(fd) != sk)
		ret = -EBADF;
	else
		establish(w, sk, daddr_be, saddr_be, sin->sin_port);
	lop_unlock(w->lop);
	if (ret == 0) {
		lop_cork_readdress(sk, saddr_be, daddr_be, sin->sin_port);
		keep_route(w, sk, daddr_be, sin->sin_port);
	}
	return ret;
}

static int
unconnect(int fd)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_lock(fd, &w);

	if (sk == NULL)
		return -1;
	disconnect(sk);
	lop_sock_unlock(w);
	return 0;
}

int
lop_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_enter(fd, &w);
	struct sockaddr_in sin;
	bool unspec = false;
	int ret;

	if (sk == NULL)
		return -1;
	ret = lop_addr_check(addr, len);
	if (ret == 0 && len < sizeof(addr->sa_family))
		ret = -EINVAL;
	if (ret == 0)
		unspec = addr->sa_family == AF_UNSPEC;
	/* the port stays when what follows fails (contract CO-01) */
	if (ret == 0 && !unspec)
		ret = lop_sock_autobind(w, sk);
	if (ret == 0 && !unspec && len < sizeof(sin))
		ret = -EINVAL;
	if (ret == 0 && !unspec && addr->sa_family != AF_INET)
		ret = -EAFNOSUPPORT;
	if (ret == 0 && !unspec) {
		memcpy(&sin, addr, sizeof(sin));
		ret = connect_inet(w, sk, &sin);
	}
	lop_sock_leave(w);
	return unspec && ret == 0 ? unconnect(fd) : lop_posix(ret);
}
