/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Control messages of a send (contract SEND-07, CM-01 to CM-05).
 */

#include <linux/net_tstamp.h>
#include <string.h>

#include "msg.h"

#define LOP_IP_PROTOCOL 52 /* IP_PROTOCOL, which system headers do not have yet */

/* Data of a message of exactly this size. */
static const void *
data_of(const struct cmsghdr *cmsg, size_t bytes)
{
	return cmsg->cmsg_len == CMSG_LEN(bytes) ? CMSG_DATA(cmsg) : NULL;
}

static int
int_of(const void *data)
{
	int value;

	memcpy(&value, data, sizeof(value));
	return value;
}

static int
udp_level(const struct cmsghdr *cmsg, struct lop_cookie *c)
{
	const void *data = data_of(cmsg, sizeof(uint16_t));

	if (cmsg->cmsg_type != UDP_SEGMENT || data == NULL)
		return -EINVAL;
	memcpy(&c->gso_size, data, sizeof(c->gso_size));
	return 0;
}

static int
socket_level(const struct lop_sock *sk, const struct cmsghdr *cmsg, struct lop_cookie *c)
{
	const void *data = data_of(cmsg, sizeof(int));
	const uint32_t tx_records = SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_TX_SOFTWARE |
			SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_TX_ACK;

	switch (cmsg->cmsg_type) {
	case SO_MARK:
		if (!sk->lop->may_admin)
			return -EPERM;
		if (data == NULL)
			return -EINVAL;
		c->mark = int_of(data);
		return 0;
	case SO_TIMESTAMPING:
		if (data == NULL || ((uint32_t)int_of(data) & ~tx_records) != 0)
			return -EINVAL;
		c->stamps = (uint32_t)int_of(data) | LOP_STAMPS_ASKED;
		return 0;
	case SO_PRIORITY:
		if (data == NULL)
			return -EINVAL;
		return int_of(data) < 0 || (int_of(data) > 6 && !sk->lop->may_admin) ? -EPERM : 0;
	case SCM_RIGHTS:
	case SCM_CREDENTIALS:
		return 0; /* mean something to AF_UNIX only */
	default:
		return -EINVAL;
	}
}

static int
ttl_or_tos(const struct cmsghdr *cmsg, struct lop_cookie *c)
{
	const void *data = data_of(cmsg, sizeof(int));
	int value;

	if (data != NULL)
		value = int_of(data);
	else if (cmsg->cmsg_type == IP_TOS && data_of(cmsg, 1) != NULL)
		value = *CMSG_DATA(cmsg);
	else
		return -EINVAL;
	if (value < (cmsg->cmsg_type == IP_TTL ? 1 : 0) || value > UINT8_MAX)
		return -EINVAL;
	if (cmsg->cmsg_type == IP_TTL)
		c->ttl = value;
	else
		c->tos = value;
	return 0;
}

/* IP_RETOPTS: what is longer than options can be is cut (contract CM-04). */
static int
ip_options(const struct lop_sock *sk, const struct cmsghdr *cmsg, struct lop_cookie *c)
{
	const size_t bytes = RTE_MIN(cmsg->cmsg_len - sizeof(*cmsg), (size_t)LOP_OPTIONS_MAX);
	int ret;

	memset(c->options, 0, sizeof(c->options));
	memcpy(c->options, CMSG_DATA(cmsg), bytes);
	ret = lop_options_check(c->options, bytes, sk->lop->may_admin);
	if (ret < 0)
		return ret;
	c->options_bytes = ret;
	c->has_options = true;
	return 0;
}

static int
ip_level(const struct lop_sock *sk, const struct cmsghdr *cmsg, struct lop_cookie *c)
{
	const void *data;

	switch (cmsg->cmsg_type) {
	case IP_PKTINFO: {
		struct in_pktinfo info;

		data = data_of(cmsg, sizeof(info));
		if (data == NULL)
			return -EINVAL;
		memcpy(&info, data, sizeof(info));
		if (info.ipi_ifindex != 0)
			c->oif = info.ipi_ifindex;
		c->saddr_be = info.ipi_spec_dst.s_addr;
		return 0;
	}
	case IP_TTL:
	case IP_TOS:
		return ttl_or_tos(cmsg, c);
	case IP_RETOPTS:
		return ip_options(sk, cmsg, c);
	case LOP_IP_PROTOCOL:
		/* picks a raw socket's protocol: checked, of no use to UDP */
		data = data_of(cmsg, sizeof(int));
		return data == NULL || int_of(data) < 1 || int_of(data) > UINT8_MAX ? -EINVAL : 0;
	default:
		return -EINVAL;
	}
}

/* The next message behind one, or NULL. */
static const struct cmsghdr *
next_of(const struct lop_request *rq, const struct cmsghdr *cmsg)
{
	const uint8_t *end = (const uint8_t *)rq->control + rq->control_bytes;
	const uint8_t *next = (const uint8_t *)cmsg + CMSG_ALIGN(cmsg->cmsg_len);

	if (next + sizeof(*cmsg) > end)
		return NULL;
	return (const struct cmsghdr *)next;
}

static bool
is_whole(const struct lop_request *rq, const struct cmsghdr *cmsg)
{
	const size_t before = (const uint8_t *)cmsg - (const uint8_t *)rq->control;

	return cmsg->cmsg_len >= sizeof(*cmsg) && cmsg->cmsg_len <= rq->control_bytes - before;
}

/* UDP's are looked at first, all of them, then the others: so the errors come in that order. */
int
lop_cmsg_send(const struct lop_sock *sk, const struct lop_request *rq, struct lop_cookie *c)
{
	const struct cmsghdr *first = rq->control_bytes >= sizeof(*first) ? rq->control : NULL;
	int ret = 0;

	for (const struct cmsghdr *m = first; m != NULL && ret == 0; m = next_of(rq, m)) {
		if (!is_whole(rq, m))
			return -EINVAL;
		if (m->cmsg_level == IPPROTO_UDP && sk->protocol == IPPROTO_UDP)
			ret = udp_level(m, c);
		else
			c->ip_level = true;
	}
	for (const struct cmsghdr *m = first; m != NULL && ret == 0; m = next_of(rq, m)) {
		if (!is_whole(rq, m))
			return -EINVAL;
		if (m->cmsg_level == SOL_SOCKET)
			ret = socket_level(sk, m, c);
		else if (m->cmsg_level == IPPROTO_IP)
			ret = ip_level(sk, m, c);
	}
	return ret;
}
