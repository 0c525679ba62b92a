/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Options of SOL_SOCKET: asking.
 */

#include <net/if.h>
#include <sys/time.h>

#include <linux/sock_diag.h>

#include "../dp/sock_filter.h"
#include "../include/lop_socket.h"
#include "options.h"

static int
get_device(const struct lop_sock *sk, void *value, socklen_t *len)
{
	const int ifindex = lop_load(sk->bound_if);
	const struct lop_if *dev = lop_if_of(sk->lop, ifindex);

	if (ifindex == 0) {
		*len = 0;
		return 0;
	}
	if (*len < IFNAMSIZ)
		return -EINVAL;
	if (dev == NULL)
		return -ENODEV;
	return lop_option_copy(value, len, dev->name, strlen(dev->name) + 1);
}

/* Returned once: the error of an ICMP message, or a soft one (contract IC-02). */
static int
take_error(struct lop_sock *sk)
{
	int err = rte_atomic_exchange_explicit(&sk->err, 0, rte_memory_order_relaxed);

	if (err == 0)
		err = rte_atomic_exchange_explicit(&sk->err_soft, 0, rte_memory_order_relaxed);
	lop_sock_taken(sk);
	return err;
}

static int
get_peername(const struct lop_sock *sk, void *value, socklen_t *len)
{
	const struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = lop_load(sk->dport_be),
		.sin_addr.s_addr = lop_load(sk->daddr_be),
	};

	if (lop_load(sk->dport_be) == 0 || lop_load(sk->state) != LOP_SOCK_ESTABLISHED)
		return -ENOTCONN;
	if (*len > sizeof(sin))
		return -EINVAL;
	return lop_option_copy(value, len, &sin, sizeof(sin));
}

static int
get_meminfo(const struct lop_sock *sk, void *value, socklen_t *len)
{
	const struct lop_sock_filter *filter = lop_acquire(sk->filter);
	uint32_t info[SK_MEMINFO_VARS] = {
		[SK_MEMINFO_RMEM_ALLOC] = sk->rmem_bytes,
		[SK_MEMINFO_RCVBUF] = lop_load(sk->rcvbuf_bytes),
		[SK_MEMINFO_WMEM_ALLOC] = lop_load(sk->wmem_bytes),
		[SK_MEMINFO_SNDBUF] = lop_load(sk->sndbuf_bytes),
		[SK_MEMINFO_OPTMEM] = filter != NULL ? filter->charge_bytes : 0,
		[SK_MEMINFO_DROPS] = lop_load(sk->drops),
	};

	return lop_option_copy(value, len, info, sizeof(info));
}

/* A cookie is asked for whole. */
static int
get_cookie(uint64_t cookie, bool exact, void *value, socklen_t *len)
{
	if (*len < sizeof(cookie) || (exact && *len != sizeof(cookie)))
		return -EINVAL;
	return lop_option_copy(value, len, &cookie, sizeof(cookie));
}

/* Options that are no int: 0, -errno, or 1 for another one. */
static int
get_struct(struct lop_sock *sk, int name, void *value, socklen_t *len)
{
	const int64_t timeout_us = name == SO_RCVTIMEO_OLD || name == SO_RCVTIMEO_NEW
			? lop_load(sk->rcv_timeout_us)
			: lop_load(sk->snd_timeout_us);
	const struct timeval tv = lop_timeout_get(timeout_us);
	const struct linger linger = {
		.l_onoff = (lop_load(sk->more) & LOP_MORE_LINGER) != 0,
		.l_linger = sk->linger_s,
	};
	const uint32_t stamping[2] = { lop_load(sk->ts_flags), sk->ts_bind_phc };
	const struct ucred nobody = { .pid = 0, .uid = -1, .gid = -1 };

	switch (name) {
	case SO_BINDTODEVICE:
		return get_device(sk, value, len);
	case SO_GET_FILTER:
		return lop_sock_filter_get(sk, value, len);
	case SO_LINGER:
		return lop_option_copy(value, len, &linger, sizeof(linger));
	case SO_RCVTIMEO_OLD:
	case SO_RCVTIMEO_NEW:
	case SO_SNDTIMEO_OLD:
	case SO_SNDTIMEO_NEW:
		return lop_option_copy(value, len, &tv, sizeof(tv));
	case SO_TIMESTAMPING_OLD:
	case SO_TIMESTAMPING_NEW:
		return lop_option_copy(value, len, stamping, sizeof(stamping));
	case SO_PEERCRED:
		return lop_option_copy(value, len, &nobody, sizeof(nobody));
	case SO_PEERNAME:
		return get_peername(sk, value, len);
	case SO_MEMINFO:
		return get_meminfo(sk, value, len);
	case SO_COOKIE:
		return get_cookie(sk->inode, false, value, len);
	case SO_NETNS_COOKIE:
		return get_cookie((uintptr_t)sk->lop, true, value, len);
	case SO_TXTIME:
		return lop_option_copy(value, len, &sk->txtime, sizeof(sk->txtime));
	case SO_MAX_PACING_RATE:
		if (*len < sizeof(sk->pacing_rate))
			return 1;
		return lop_option_copy(value, len, &sk->pacing_rate, sizeof(sk->pacing_rate));
	default:
		return 1;
	}
}

static int
get_int(struct lop_sock *sk, int name, int *value)
{
	switch (name) {
	case SO_TYPE:
		*value = sk->type;
		break;
	case SO_PROTOCOL:
		*value = sk->protocol;
		break;
	case SO_DOMAIN:
		*value = AF_INET;
		break;
	case SO_ERROR:
		*value = take_error(sk);
		break;
	case SO_SNDBUF:
		*value = lop_load(sk->sndbuf_bytes);
		break;
	case SO_RCVBUF:
		*value = lop_load(sk->rcvbuf_bytes);
		break;
	case SO_PRIORITY:
		*value = lop_load(sk->priority);
		break;
	case SO_MARK:
		*value = lop_load(sk->mark);
		break;
	case SO_BINDTOIFINDEX:
		*value = lop_load(sk->bound_if);
		break;
	case SO_RCVLOWAT:
		*value = sk->rcvlowat;
		break;
	case SO_SNDLOWAT:
		*value = 1;
		break;
	case SO_PEEK_OFF:
		*value = lop_load(sk->peek_off);
		break;
	case SO_INCOMING_CPU:
		*value = lop_load(sk->incoming_cpu);
		break;
	case SO_BUSY_POLL:
		*value = sk->busy_poll_us;
		break;
	case SO_MAX_PACING_RATE:
		*value = RTE_MIN(sk->pacing_rate, (uint64_t)UINT32_MAX);
		break;
	case SO_BUF_LOCK:
		*value = ((lop_load(sk->more) & LOP_MORE_SNDBUF_LOCK) != 0 ? 1 : 0) |
				((lop_load(sk->more) & LOP_MORE_RCVBUF_LOCK) != 0 ? 2 : 0);
		break;
	case SO_ACCEPTCONN:
	case SO_BSDCOMPAT:
	case SO_INCOMING_NAPI_ID:
	case SO_RESERVE_MEM:
		*value = 0;
		break;
	case SO_PASSCRED:
	case SO_PASSSEC:
	case SO_TXREHASH:
	case NAME_PASSPIDFD:
	case NAME_PASSRIGHTS:
		return -EOPNOTSUPP;
	case SO_PEERGROUPS:
	case NAME_PEERPIDFD:
		return -ENODATA;
	default:
		return -ENOPROTOOPT;
	}
	return 0;
}

int
lop_getsockopt_socket(struct lop_sock *sk, int name, void *value, socklen_t *len)
{
	int number, ret;

	ret = get_struct(sk, name, value, len);
	if (ret <= 0)
		return ret;
	number = lop_timestamp_option(name) ? lop_timestamp_get(sk, name)
					    : lop_socket_switch_get(sk, name);
	if (number < 0) {
		ret = get_int(sk, name, &number);
		if (ret < 0)
			return ret;
	}
	return lop_option_copy(value, len, &number, sizeof(number));
}
