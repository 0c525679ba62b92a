/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * setsockopt(2) and getsockopt(2): which level answers.
 */

#include <limits.h>
#include <net/if.h>
#include <netinet/udp.h>

#include <linux/icmp.h>

#include "../include/lop_socket.h"
#include "options.h"

/* The kinds of control messages that recvmsg(2) has to look for. */
#define RECV_FLAGS                                                                           \
	(LOP_SOCK_RXQ_OVFL | LOP_SOCK_STAMPING | LOP_SOCK_TIMESTAMP | LOP_SOCK_TIMESTAMPNS | \
			LOP_SOCK_PKTINFO | LOP_SOCK_RECVTTL | LOP_SOCK_RECVTOS |             \
			LOP_SOCK_RECVOPTS | LOP_SOCK_RETOPTS | LOP_SOCK_ORIGDSTADDR)
#define RECV_MORE \
	(LOP_MORE_RCVMARK | LOP_MORE_RCVPRIORITY | LOP_MORE_RECVFRAGSIZE | LOP_MORE_CHECKSUM)

/*
 * Whether Linux takes the socket's lock to set it, also where it fails then: letting go of it, it
 * looks after the route of a connected socket.
 */
static bool
takes_lock(const struct lop_sock *sk, int level, int name)
{
	switch (level) {
	case SOL_SOCKET:
		return name != SO_PRIORITY && name != SO_PEEK_OFF && name != SO_RCVTIMEO &&
				name != SO_SNDTIMEO && name != SO_RCVTIMEO_NEW &&
				name != SO_SNDTIMEO_NEW && name != SO_BUSY_POLL &&
				name != SO_PREFER_BUSY_POLL && name != SO_BUSY_POLL_BUDGET &&
				name != SO_MAX_PACING_RATE && name != SO_TXREHASH;
	case SOL_IP:
		return name == IP_TOS || name == IP_OPTIONS || name == IP_UNICAST_IF ||
				name == IP_MULTICAST_IF || name == IP_CHECKSUM ||
				lop_mcast_option(name);
	case SOL_UDP:
		return name == UDP_GRO || name == UDP_ENCAP ||
				(name == UDP_CORK && (lop_load(sk->flags) & LOP_SOCK_CORK) == 0);
	default:
		return false;
	}
}

/* Linux forgets the route with these only (what counts for IP_MTU), the last two if they differ. */
static bool
moves_route(const struct lop_sock *sk, int level, int name, uint8_t tos, uint32_t mark)
{
	if (level == IPPROTO_IP)
		return name == IP_TOS && lop_load(sk->tos) != tos;
	if (level != SOL_SOCKET)
		return false;
	return name == SO_DONTROUTE || name == SO_BINDTODEVICE || name == SO_BINDTOIFINDEX ||
			(name == SO_MARK && lop_load(sk->mark) != mark);
}

static void
changed(struct lop_sock *sk, int level, int name, bool routed)
{
	const bool cmsgs = (lop_load(sk->flags) & RECV_FLAGS) != 0 ||
			(lop_load(sk->more) & RECV_MORE) != 0 || lop_load(sk->ts_flags) != 0 ||
			sk->gro;

	lop_switch(&sk->flags, LOP_SOCK_PLAIN_RECV_OFF, cmsgs);
	lop_sock_any_set(sk);
	lop_store(sk->rx_notes, (lop_load(sk->flags) & LOP_SOCK_NOTES) != 0);
	lop_sock_first_set(sk);
	/* connect() has decided by the interface there was then (contract CO-04) */
	if (level == IPPROTO_IP && name == IP_UNICAST_IF &&
			lop_load(sk->state) == LOP_SOCK_ESTABLISHED)
		lop_sock_changed(sk);
	else /* the route was asked for with the option as it was */
		lop_sock_forget_dst(sk);
	lop_store(sk->routed, routed);
}

static int
set_raw(struct lop_sock *sk, int name, const void *value, socklen_t len)
{
	uint32_t types = lop_load(sk->icmp_filter);

	if (sk->type != SOCK_RAW)
		return -ENOPROTOOPT;
	if (name != ICMP_FILTER)
		return -ENOPROTOOPT;
	if (sk->protocol != IPPROTO_ICMP)
		return -EOPNOTSUPP;
	if (value == NULL && len != 0)
		return -EFAULT;
	if (len != 0)
		memcpy(&types, value, RTE_MIN(len, (socklen_t)sizeof(types)));
	lop_store(sk->icmp_filter, types);
	return 0;
}

static int
get_raw(struct lop_sock *sk, int name, void *value, socklen_t *len)
{
	const uint32_t types = lop_load(sk->icmp_filter);

	if (sk->type != SOCK_RAW)
		return -EOPNOTSUPP;
	if (name != ICMP_FILTER)
		return -ENOPROTOOPT;
	if (sk->protocol != IPPROTO_ICMP)
		return -EOPNOTSUPP;
	return lop_option_copy(value, len, &types, sizeof(types));
}

static int
set_by_level(struct lop_sock *sk, int level, int name, const void *value, socklen_t len)
{
	switch (level) {
	case SOL_SOCKET:
		return lop_setsockopt_socket(sk, name, value, len);
	case SOL_IP:
		return lop_mcast_option(name) ? lop_mcast_setsockopt(sk, name, value, len)
					      : lop_setsockopt_ip(sk, name, value, len);
	case SOL_UDP:
		return sk->rx_udp ? lop_setsockopt_udp(sk, name, value, len) : -ENOPROTOOPT;
	case SOL_RAW:
		return set_raw(sk, name, value, len);
	default:
		return -ENOPROTOOPT;
	}
}

/* UDP_CORK was taken away: what pends leaves, whatever becomes of it (contract CK-01). */
static void
uncorked(int fd)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_enter(fd, &w);

	if (sk == NULL)
		return;
	lop_cork_push(w, sk);
	lop_sock_leave(w);
}

int
lop_setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_lock(fd, &w);
	bool uncork = false;
	uint32_t mark;
	uint8_t tos;
	int ret;

	if (sk == NULL)
		return -1;
	tos = lop_load(sk->tos);
	mark = lop_load(sk->mark);
	ret = len <= INT_MAX ? set_by_level(sk, level, name, value, len) : -EINVAL;
	if (ret == 0) {
		changed(sk, level, name,
				lop_load(sk->routed) && !moves_route(sk, level, name, tos, mark));
		uncork = level == SOL_UDP && name == UDP_CORK && lop_load(sk->cork) != NULL &&
				(lop_load(sk->flags) & LOP_SOCK_CORK) == 0;
	}
	/* what pends leaves first */
	if (!uncork && takes_lock(sk, level, name))
		lop_sock_settle(sk);
	lop_sock_unlock(w);
	if (uncork)
		uncorked(fd);
	return lop_posix(ret);
}

/* An unknown level is another errno here than with setsockopt(2). */
static int
get_by_level(struct lop_sock *sk, int level, int name, void *value, socklen_t *len)
{
	switch (level) {
	case SOL_SOCKET:
		return lop_getsockopt_socket(sk, name, value, len);
	case SOL_IP:
		return lop_getsockopt_ip(sk, name, value, len);
	case SOL_UDP:
		return sk->rx_udp ? lop_getsockopt_udp(sk, name, value, len) : -EOPNOTSUPP;
	case SOL_RAW:
		return get_raw(sk, name, value, len);
	default:
		return -EOPNOTSUPP;
	}
}

int
lop_getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_enter(fd, &w);
	int ret;

	if (sk == NULL)
		return -1;
	if (len == NULL)
		ret = -EFAULT;
	else if (*len > INT_MAX)
		ret = -EINVAL;
	else
		ret = get_by_level(sk, level, name, value, len);
	lop_sock_leave(w);
	return lop_posix(ret);
}
