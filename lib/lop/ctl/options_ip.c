/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Options of SOL_IP: an int, or a single byte where the caller gives less than an int.
 */

#include <limits.h>
#include <netinet/ip.h>

#include <linux/rtnetlink.h>
#include <rte_malloc.h>

#include "../dp/fib.h"
#include "../dp/fib_table.h"
#include "../dp/ip_options.h"
#include "../dp/sock_queue.h"
#include "../include/lop_socket.h"
#include "options.h"

/* What older system headers lack. */
#define NAME_RECVERR_RFC4884 26
#define NAME_LOCAL_PORT_RANGE 51
#define NAME_PROTOCOL 52

static const struct {
	int name;
	uint32_t flag, more;
	bool whole; /* an empty value is refused */
} switches[] = {
	{ IP_RECVOPTS, LOP_SOCK_RECVOPTS, 0, false },
	{ IP_RETOPTS, LOP_SOCK_RETOPTS, 0, false },
	{ IP_PKTINFO, LOP_SOCK_PKTINFO, 0, false },
	{ IP_RECVERR, LOP_SOCK_RECVERR, 0, false },
	{ IP_RECVTTL, LOP_SOCK_RECVTTL, 0, false },
	{ IP_RECVTOS, LOP_SOCK_RECVTOS, 0, false },
	{ IP_RECVORIGDSTADDR, LOP_SOCK_ORIGDSTADDR, 0, false },
	{ IP_PASSSEC, 0, LOP_MORE_PASSSEC, false },
	{ IP_CHECKSUM, 0, LOP_MORE_CHECKSUM, false },
	{ IP_RECVFRAGSIZE, 0, LOP_MORE_RECVFRAGSIZE, false },
	{ IP_BIND_ADDRESS_NO_PORT, 0, LOP_MORE_BIND_ADDRESS_NO_PORT, false },
	{ IP_FREEBIND, LOP_SOCK_FREEBIND, 0, true },
	{ IP_TRANSPARENT, LOP_SOCK_TRANSPARENT, 0, true },
	{ IP_MULTICAST_LOOP, LOP_SOCK_MC_LOOP, 0, true },
	{ IP_MULTICAST_ALL, LOP_SOCK_MC_ALL, 0, true },
	{ IP_HDRINCL, LOP_SOCK_HDRINCL, 0, false },
	{ IP_NODEFRAG, 0, LOP_MORE_NODEFRAG, false },
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

/* What is said of a datagram is decided when it comes, and those of the queue have come. */
static void
pktinfo_set(struct lop_sock *sk, bool on)
{
	const uint16_t keep = on ? LOP_META_INFO : LOP_META_NO_INFO;
	const uint16_t mark = on ? LOP_META_NO_INFO : LOP_META_INFO;

	lop_rx_lock(sk);
	lop_sock_list(sk);
	if (((lop_load(sk->flags) & LOP_SOCK_PKTINFO) != 0) != on) {
		for (struct rte_mbuf *m = sk->rx_head; m != NULL; m = lop_meta(m)->next) {
			if ((lop_meta(m)->flags & keep) == 0)
				lop_meta(m)->flags |= mark;
		}
	}
	lop_switch(&sk->flags, LOP_SOCK_PKTINFO, on);
	lop_rx_unlock(sk);
}

static int
switch_set(struct lop_sock *sk, int i, int value, socklen_t len)
{
	const int name = switches[i].name;

	if ((name == IP_HDRINCL || name == IP_NODEFRAG) && sk->type != SOCK_RAW)
		return -ENOPROTOOPT;
	if (switches[i].whole && len == 0)
		return -EINVAL;
	if (name == IP_TRANSPARENT && value != 0 && !sk->lop->may_admin)
		return -EPERM;
	if (name == IP_MULTICAST_ALL && (value < 0 || value > 1))
		return -EINVAL;
	if (name == IP_PKTINFO)
		pktinfo_set(sk, value != 0);
	else if (switches[i].flag != 0)
		lop_switch(&sk->flags, switches[i].flag, value != 0);
	else
		lop_switch(&sk->more, switches[i].more, value != 0);
	if (name == IP_RECVERR && value == 0)
		lop_error_queue_purge(sk);
	return 0;
}

/* The type of service chooses the priority too: by its middle four bits. */
static void
set_tos(struct lop_sock *sk, uint8_t tos)
{
	static const uint8_t priority[16] = { 0, 0, 0, 0, 2, 2, 2, 2, 6, 6, 6, 6, 4, 4, 4, 4 };

	if (lop_load(sk->tos) == tos)
		return;
	lop_store(sk->tos, tos);
	lop_store(sk->priority, priority[tos >> 1 & 15]);
}

static int
set_options(struct lop_sock *sk, const void *value, socklen_t len)
{
	uint8_t opt[LOP_OPTIONS_MAX] = { 0 };
	int bytes;

	if (len > LOP_OPTIONS_MAX)
		return -EINVAL;
	if (len != 0 && value == NULL)
		return -EFAULT;
	if (len != 0)
		memcpy(opt, value, len);
	bytes = lop_options_check(opt, len, sk->lop->may_admin);
	if (bytes < 0)
		return bytes;
	/* one buffer as long as the socket lives: senders may be reading it */
	if (sk->options == NULL && bytes != 0) {
		sk->options = rte_zmalloc("lop options", LOP_OPTIONS_MAX, 0);
		if (sk->options == NULL)
			return -ENOMEM;
	}
	lop_store(sk->options_bytes, 0);
	if (bytes != 0)
		memcpy(sk->options, opt, bytes);
	lop_store(sk->options_bytes, bytes);
	return 0;
}

/* An address of this host, a struct ip_mreq or a struct ip_mreqn, by length. */
static int
set_multicast_if(struct lop_sock *sk, const void *value, socklen_t len)
{
	const int bound_if = lop_load(sk->bound_if);
	struct ip_mreqn mreq = { 0 };

	if (len < sizeof(struct in_addr))
		return -EINVAL;
	if (value == NULL)
		return -EFAULT;
	if (len >= sizeof(struct ip_mreqn))
		memcpy(&mreq, value, sizeof(mreq));
	else if (len >= sizeof(struct ip_mreq))
		memcpy(&mreq, value, sizeof(struct ip_mreq));
	else
		memcpy(&mreq.imr_address, value, sizeof(mreq.imr_address));

	if (mreq.imr_ifindex == 0) {
		const struct lop_if *dev;

		if (mreq.imr_address.s_addr == INADDR_ANY) {
			lop_store(sk->mc_if, 0);
			lop_store(sk->mc_addr_be, 0);
			return 0;
		}
		dev = lop_if_of_addr(sk->lop, mreq.imr_address.s_addr);
		if (dev == NULL)
			return -EADDRNOTAVAIL;
		mreq.imr_ifindex = dev->ifindex;
	} else if (lop_if_of(sk->lop, mreq.imr_ifindex) == NULL) {
		return -EADDRNOTAVAIL;
	}
	if (bound_if != 0 && mreq.imr_ifindex != bound_if)
		return -EINVAL;
	lop_store(sk->mc_if, mreq.imr_ifindex);
	lop_store(sk->mc_addr_be, mreq.imr_address.s_addr);
	return 0;
}

/* The index in network byte order. */
static int
set_unicast_if(struct lop_sock *sk, const void *value, socklen_t len)
{
	uint32_t index_be;
	int ifindex;

	if (len != sizeof(index_be))
		return -EINVAL;
	memcpy(&index_be, value, sizeof(index_be));
	ifindex = rte_be_to_cpu_32(index_be);
	if (ifindex != 0 && lop_if_of(sk->lop, ifindex) == NULL)
		return -EADDRNOTAVAIL;
	if (ifindex != 0 && lop_load(sk->bound_if) != 0)
		return -EINVAL;
	lop_store(sk->unicast_if, ifindex);
	return 0;
}

/* Low port in the lower half, high port in the upper; 0: the instance's (contract SK-02). */
static int
set_port_range(struct lop_sock *sk, uint32_t range, socklen_t len)
{
	const uint16_t low = range & 0xffff, high = range >> 16;

	if (len != sizeof(range) || (low != 0 && high != 0 && low > high))
		return -EINVAL;
	sk->port_min = low;
	sk->port_max = high;
	return 0;
}

/* Numbers with a range: 0, -errno, or 1 for another option. */
static int
set_number(struct lop_sock *sk, int name, int value, socklen_t len)
{
	switch (name) {
	case IP_TOS:
		set_tos(sk, value);
		return 0;
	case IP_TTL: /* contract CM-03 */
		if (len == 0 || (value != -1 && (value < 1 || value > 255)))
			return -EINVAL;
		lop_store(sk->ttl, value);
		return 0;
	case IP_MTU_DISCOVER:
		if (value < IP_PMTUDISC_DONT || value > IP_PMTUDISC_OMIT)
			return -EINVAL;
		lop_store(sk->pmtudisc, value);
		return 0;
	case IP_MULTICAST_TTL:
		if (len == 0 || value < -1 || value > 255)
			return -EINVAL;
		lop_store(sk->mc_ttl, value == -1 ? 1 : value);
		return 0;
	case IP_MINTTL:
		if (len == 0 || value < 0 || value > 255)
			return -EINVAL;
		sk->min_ttl = value;
		return 0;
	case NAME_RECVERR_RFC4884:
		if (value < 0 || value > 1)
			return -EINVAL;
		sk->recverr_rfc4884 = value;
		return 0;
	case NAME_LOCAL_PORT_RANGE:
		return set_port_range(sk, value, len);
	case IP_ROUTER_ALERT: /* for routers */
		return sk->type == SOCK_RAW ? -ENOPROTOOPT : -EINVAL;
	default:
		return 1;
	}
}

/* Whether the option is one of an int or a byte. */
static bool
is_number(int name)
{
	switch (name) {
	case IP_TOS:
	case IP_TTL:
	case IP_MTU_DISCOVER:
	case IP_MULTICAST_TTL:
	case IP_MINTTL:
	case NAME_RECVERR_RFC4884:
	case NAME_LOCAL_PORT_RANGE:
	case IP_ROUTER_ALERT:
	case IP_UNICAST_IF:
		return true;
	default:
		return switch_index(name) >= 0;
	}
}

int
lop_setsockopt_ip(struct lop_sock *sk, int name, const void *value, socklen_t len)
{
	int number = 0, i;

	if (name == IP_OPTIONS)
		return set_options(sk, value, len);
	if (name == IP_MULTICAST_IF)
		return set_multicast_if(sk, value, len);
	if (!is_number(name))
		return -ENOPROTOOPT;
	i = switch_index(name);
	if (i >= 0 && (name == IP_HDRINCL || name == IP_NODEFRAG) && sk->type != SOCK_RAW)
		return -ENOPROTOOPT;
	if (len != 0 && value == NULL)
		return -EFAULT;
	if (len >= sizeof(number))
		memcpy(&number, value, sizeof(number));
	else if (len != 0)
		number = *(const uint8_t *)value;
	if (name == IP_UNICAST_IF)
		return set_unicast_if(sk, value, len);
	return i >= 0 ? switch_set(sk, i, number, len) : set_number(sk, name, number, len);
}

/* The MTU towards the peer. Asking is no send: no counter moves. */
static int
get_mtu(struct lop_sock *sk, int *value)
{
	const struct lop_dst *dst = lop_sock_peer_dst(sk);

	if (dst == NULL)
		return -ENOTCONN;
	*value = dst->mtu_bytes;
	return 0;
}

static int
get_number(struct lop_sock *sk, int name, int *value)
{
	switch (name) {
	case IP_TOS:
		*value = lop_load(sk->tos);
		return 0;
	case IP_TTL:
		*value = lop_load(sk->ttl) >= 0 ? lop_load(sk->ttl)
						: lop_setting(sk->lop, LOP_SETTING_IP_DEFAULT_TTL);
		return 0;
	case IP_MTU_DISCOVER:
		*value = lop_load(sk->pmtudisc);
		return 0;
	case IP_MULTICAST_TTL:
		*value = lop_load(sk->mc_ttl);
		return 0;
	case IP_MINTTL:
		*value = sk->min_ttl;
		return 0;
	case NAME_RECVERR_RFC4884:
		*value = sk->recverr_rfc4884;
		return 0;
	case NAME_LOCAL_PORT_RANGE:
		*value = (uint32_t)sk->port_max << 16 | sk->port_min;
		return 0;
	case NAME_PROTOCOL: /* as in Linux: a raw socket's protocol, else its port */
		*value = rte_be_to_cpu_16(lop_load(sk->sport_be));
		return 0;
	case IP_UNICAST_IF:
		*value = rte_cpu_to_be_32(lop_load(sk->unicast_if));
		return 0;
	case IP_ROUTER_ALERT:
		*value = 0;
		return 0;
	case IP_MTU:
		return get_mtu(sk, value);
	default:
		return -ENOPROTOOPT;
	}
}

int
lop_getsockopt_ip(struct lop_sock *sk, int name, void *value, socklen_t *len)
{
	const int i = switch_index(name);
	int number;

	if (name == IP_OPTIONS)
		return lop_option_copy(value, len, sk->options, lop_load(sk->options_bytes));
	if (name == IP_MULTICAST_IF) {
		const uint32_t addr_be = lop_load(sk->mc_addr_be);

		return lop_option_copy(value, len, &addr_be, sizeof(addr_be));
	}
	if (lop_mcast_option(name))
		return lop_mcast_getsockopt(sk, name, value, len);
	if (i >= 0) {
		number = (lop_load(sk->flags) & switches[i].flag) != 0 ||
				(lop_load(sk->more) & switches[i].more) != 0;
	} else {
		const int ret = get_number(sk, name, &number);

		if (ret != 0)
			return ret;
	}
	/* a byte for a byte, where the value is one */
	if (*len > 0 && *len < sizeof(number) && number >= 0 && number <= UINT8_MAX) {
		const uint8_t byte = number;

		return lop_option_copy(value, len, &byte, sizeof(byte));
	}
	return lop_option_copy(value, len, &number, sizeof(number));
}
