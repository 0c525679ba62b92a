/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Options of SOL_SOCKET: setting. All of them take an int at least, but SO_BINDTODEVICE.
 */

#include <limits.h>
#include <net/if.h>

#include <linux/net_tstamp.h>

#include "../include/lop_socket.h"
#include "options.h"

#define PRIORITY_FREE 6 /* above: with CAP_NET_ADMIN */
#define BUF_LOCK_MASK 3
#define TXTIME_FLAGS 3
#define BUSY_POLL_BUDGET_MAX 65535

/* Options that are on or off and nothing more. */
static const struct {
	int name;
	uint32_t flag, more;
} switches[] = {
	{ SO_REUSEADDR, LOP_SOCK_REUSEADDR, 0 },
	{ SO_REUSEPORT, LOP_SOCK_REUSEPORT, 0 },
	{ SO_DONTROUTE, LOP_SOCK_DONTROUTE, 0 },
	{ SO_BROADCAST, LOP_SOCK_BROADCAST, 0 },
	{ SO_NO_CHECK, LOP_SOCK_NO_CHECK_TX, 0 },
	{ SO_RXQ_OVFL, LOP_SOCK_RXQ_OVFL, 0 },
	{ SO_DEBUG, 0, LOP_MORE_DEBUG },
	{ SO_KEEPALIVE, 0, LOP_MORE_KEEPALIVE },
	{ SO_OOBINLINE, 0, LOP_MORE_OOBINLINE },
	{ SO_WIFI_STATUS, 0, LOP_MORE_WIFI_STATUS },
	{ SO_NOFCS, 0, LOP_MORE_NOFCS },
	{ SO_LOCK_FILTER, 0, LOP_MORE_LOCK_FILTER },
	{ SO_SELECT_ERR_QUEUE, 0, LOP_MORE_SELECT_ERR_QUEUE },
	{ SO_PREFER_BUSY_POLL, 0, LOP_MORE_PREFER_BUSY_POLL },
	{ SO_ZEROCOPY, 0, LOP_MORE_ZEROCOPY },
	{ SO_RCVMARK, 0, LOP_MORE_RCVMARK },
	{ NAME_RCVPRIORITY, 0, LOP_MORE_RCVPRIORITY },
};

static int
switch_index(int name)
{
	for (unsigned int i = 0; i < RTE_DIM(switches); i++) {
		if (switches[i].name == name)
			return i;
	}
	return -1;
}

int
lop_socket_switch_get(const struct lop_sock *sk, int name)
{
	const int i = switch_index(name);

	if (i < 0)
		return -ENOPROTOOPT;
	return (lop_load(sk->flags) & switches[i].flag) != 0 ||
			(lop_load(sk->more) & switches[i].more) != 0;
}

static int
switch_set(struct lop_sock *sk, int i, int value)
{
	const int name = switches[i].name;

	if ((name == SO_DEBUG && value != 0 && !sk->lop->may_admin))
		return -EACCES;
	if (name == SO_PREFER_BUSY_POLL && value != 0 && !sk->lop->may_admin)
		return -EPERM;
	if (name == SO_ZEROCOPY && (value < 0 || value > 1))
		return -EINVAL;
	if (name == SO_LOCK_FILTER && value == 0 &&
			(lop_load(sk->more) & LOP_MORE_LOCK_FILTER) != 0)
		return -EPERM;
	if (switches[i].flag != 0)
		lop_switch(&sk->flags, switches[i].flag, value != 0);
	else
		lop_switch(&sk->more, switches[i].more, value != 0);
	return 0;
}

static int
bind_ifindex(struct lop_sock *sk, int ifindex)
{
	if (lop_load(sk->bound_if) != 0 && !sk->lop->may_admin)
		return -EPERM;
	if (ifindex < 0)
		return -EINVAL;
	lop_store(sk->bound_if, ifindex);
	return 0;
}

/* SO_BINDTODEVICE; an empty name frees the socket from its device. */
static int
bind_device(struct lop_sock *sk, const void *value, socklen_t len)
{
	char name[IFNAMSIZ] = "";

	if (len != 0 && value == NULL)
		return -EFAULT;
	if (len != 0)
		memcpy(name, value, RTE_MIN(len, (socklen_t)IFNAMSIZ - 1));
	if (name[0] == '\0')
		return bind_ifindex(sk, 0);
	for (int i = LOP_LO_INDEX; i < LOP_IFS_MAX; i++) {
		const struct lop_if *dev = lop_if_of(sk->lop, i);

		if (dev != NULL && strcmp(dev->name, name) == 0)
			return bind_ifindex(sk, i);
	}
	return -ENODEV;
}

static int
set_linger(struct lop_sock *sk, const void *value, socklen_t len)
{
	struct linger linger;

	if (len < sizeof(linger))
		return -EINVAL;
	memcpy(&linger, value, sizeof(linger));
	lop_switch(&sk->more, LOP_MORE_LINGER, linger.l_onoff != 0);
	if (linger.l_onoff != 0)
		sk->linger_s = linger.l_linger;
	return 0;
}

static int
set_txtime(struct lop_sock *sk, const void *value, socklen_t len)
{
	struct sock_txtime txtime;

	if (len != sizeof(txtime))
		return -EINVAL;
	memcpy(&txtime, value, sizeof(txtime));
	if ((txtime.flags & ~(uint32_t)TXTIME_FLAGS) != 0)
		return -EINVAL;
	if (txtime.clockid != CLOCK_MONOTONIC && !sk->lop->may_admin)
		return -EPERM;
	memcpy(&sk->txtime, value, sizeof(sk->txtime));
	return 0;
}

static int
set_pacing(struct lop_sock *sk, int value, const void *bytes, socklen_t len)
{
	if (len == sizeof(sk->pacing_rate))
		memcpy(&sk->pacing_rate, bytes, sizeof(sk->pacing_rate));
	else
		sk->pacing_rate = value == -1 ? UINT64_MAX : (uint32_t)value;
	return 0;
}

/* One int, checked against a range. */
static int
set_ranged(int *to, int value, int min, int max)
{
	if (value < min || value > max)
		return -EINVAL;
	*to = value;
	return 0;
}

static int
set_int(struct lop_sock *sk, int name, int value)
{
	const bool admin = sk->lop->may_admin;

	switch (name) {
	case SO_SNDBUF:
	case SO_RCVBUF:
	case SO_SNDBUFFORCE:
	case SO_RCVBUFFORCE:
		return lop_buffer_set(sk, name, value);
	case SO_PRIORITY:
		if ((value < 0 || value > PRIORITY_FREE) && !admin)
			return -EPERM;
		lop_store(sk->priority, value);
		return 0;
	case SO_MARK:
		if (!admin)
			return -EPERM;
		lop_store(sk->mark, value);
		return 0;
	case SO_BINDTOIFINDEX:
		return bind_ifindex(sk, value);
	case SO_RCVLOWAT:
		sk->rcvlowat = value < 0 ? INT_MAX : RTE_MAX(value, 1);
		return 0;
	case SO_PEEK_OFF:
		lop_store(sk->peek_off, value);
		lop_store(sk->rx_peeks, value >= 0);
		return 0;
	case SO_INCOMING_CPU:
		lop_store(sk->incoming_cpu, value);
		return 0;
	case SO_BUSY_POLL:
		return set_ranged(&sk->busy_poll_us, value, 0, INT_MAX);
	case SO_BUSY_POLL_BUDGET:
		if (value > sk->busy_poll_budget && value <= BUSY_POLL_BUDGET_MAX && !admin)
			return -EPERM;
		return set_ranged(&sk->busy_poll_budget, value, 0, BUSY_POLL_BUDGET_MAX);
	case SO_BUF_LOCK:
		if ((value & ~BUF_LOCK_MASK) != 0)
			return -EINVAL;
		lop_switch(&sk->more, LOP_MORE_SNDBUF_LOCK, (value & 1) != 0);
		lop_switch(&sk->more, LOP_MORE_RCVBUF_LOCK, (value & 2) != 0);
		return 0;
	case SO_RESERVE_MEM:
		return value < 0 ? -EINVAL : -EOPNOTSUPP;
	case SO_PASSCRED:
	case SO_PASSSEC:
	case SO_TXREHASH:
	case NAME_PASSPIDFD:
	case NAME_PASSRIGHTS:
		return -EOPNOTSUPP;
	case SO_BSDCOMPAT:
	case SO_CNX_ADVICE: /* a hint that the neighbours' table does without */
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

int
lop_setsockopt_socket(struct lop_sock *sk, int name, const void *value, socklen_t len)
{
	int number, i;

	if (name == SO_BINDTODEVICE)
		return bind_device(sk, value, len);
	if (len < sizeof(number))
		return -EINVAL;
	if (value == NULL)
		return -EFAULT;
	memcpy(&number, value, sizeof(number));

	i = switch_index(name);
	if (i >= 0)
		return switch_set(sk, i, number);
	if (lop_timestamp_option(name))
		return lop_timestamp_set(sk, name, value, len);
	switch (name) {
	case SO_ATTACH_FILTER:
		return lop_sock_filter_attach(sk, value, len);
	case SO_DETACH_FILTER:
		return lop_sock_filter_detach(sk);
	case SO_LINGER:
		return set_linger(sk, value, len);
	case SO_RCVTIMEO_OLD:
	case SO_RCVTIMEO_NEW:
		return lop_timeout_set(&sk->rcv_timeout_us, value, len);
	case SO_SNDTIMEO_OLD:
	case SO_SNDTIMEO_NEW:
		return lop_timeout_set(&sk->snd_timeout_us, value, len);
	case SO_TXTIME:
		return set_txtime(sk, value, len);
	case SO_MAX_PACING_RATE:
		return set_pacing(sk, number, value, len);
	default:
		return set_int(sk, name, number);
	}
}
