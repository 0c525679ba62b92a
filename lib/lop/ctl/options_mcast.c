/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Options that join and leave groups, in the words of IPv4 and in those of any protocol.
 */

#include <stddef.h>

#include "mcast.h"
#include "options.h"

#define MSFILTER_BYTES offsetof(struct ip_msfilter, imsf_slist)

bool
lop_mcast_option(int name)
{
	switch (name) {
	case IP_ADD_MEMBERSHIP:
	case IP_DROP_MEMBERSHIP:
	case IP_BLOCK_SOURCE:
	case IP_UNBLOCK_SOURCE:
	case IP_ADD_SOURCE_MEMBERSHIP:
	case IP_DROP_SOURCE_MEMBERSHIP:
	case IP_MSFILTER:
	case MCAST_JOIN_GROUP:
	case MCAST_LEAVE_GROUP:
	case MCAST_BLOCK_SOURCE:
	case MCAST_UNBLOCK_SOURCE:
	case MCAST_JOIN_SOURCE_GROUP:
	case MCAST_LEAVE_SOURCE_GROUP:
		return true;
	default:
		return false;
	}
}

/* struct ip_mreq, or struct ip_mreqn where it is long enough. */
static int
membership(struct lop_sock *sk, bool join, const void *value, socklen_t len)
{
	struct ip_mreqn mreq = { 0 };

	if (len < sizeof(struct ip_mreq))
		return -EINVAL;
	if (value == NULL)
		return -EFAULT;
	memcpy(&mreq, value, len >= sizeof(mreq) ? sizeof(mreq) : sizeof(struct ip_mreq));
	return join ? lop_mcast_join(sk, &mreq, false) : lop_mcast_leave(sk, &mreq);
}

/* A source that is to be included joins the group first. */
static int
source(struct lop_sock *sk, const struct ip_mreqn *mreq, uint32_t source_be, bool add, bool include)
{
	if (add && include) {
		const int ret = lop_mcast_join(sk, mreq, true);

		if (ret != 0 && ret != -EADDRINUSE)
			return ret;
	}
	return lop_mcast_source(sk, mreq, source_be, add, include);
}

static int
source_membership(struct lop_sock *sk, int name, const void *value, socklen_t len)
{
	struct ip_mreq_source req;
	struct ip_mreqn mreq = { 0 };

	if (len != sizeof(req))
		return -EINVAL;
	if (value == NULL)
		return -EFAULT;
	memcpy(&req, value, sizeof(req));
	mreq.imr_multiaddr = req.imr_multiaddr;
	mreq.imr_address = req.imr_interface;
	return source(sk, &mreq, req.imr_sourceaddr.s_addr,
			name == IP_ADD_SOURCE_MEMBERSHIP || name == IP_BLOCK_SOURCE,
			name == IP_ADD_SOURCE_MEMBERSHIP || name == IP_DROP_SOURCE_MEMBERSHIP);
}

static bool
inet_addr_of(const struct sockaddr_storage *from, struct in_addr *addr)
{
	struct sockaddr_in sin;

	memcpy(&sin, from, sizeof(sin));
	*addr = sin.sin_addr;
	return sin.sin_family == AF_INET;
}

static int
group(struct lop_sock *sk, bool join, const void *value, socklen_t len)
{
	struct group_req req;
	struct ip_mreqn mreq = { 0 };

	if (len < sizeof(req))
		return -EINVAL;
	if (value == NULL)
		return -EFAULT;
	memcpy(&req, value, sizeof(req));
	if (!inet_addr_of(&req.gr_group, &mreq.imr_multiaddr))
		return -EINVAL;
	mreq.imr_ifindex = req.gr_interface;
	return join ? lop_mcast_join(sk, &mreq, false) : lop_mcast_leave(sk, &mreq);
}

static int
group_source(struct lop_sock *sk, int name, const void *value, socklen_t len)
{
	struct group_source_req req;
	struct ip_mreqn mreq = { 0 };
	struct in_addr addr;

	if (len != sizeof(req))
		return -EINVAL;
	if (value == NULL)
		return -EFAULT;
	memcpy(&req, value, sizeof(req));
	if (!inet_addr_of(&req.gsr_group, &mreq.imr_multiaddr) ||
			!inet_addr_of(&req.gsr_source, &addr))
		return -EADDRNOTAVAIL;
	mreq.imr_ifindex = req.gsr_interface;
	return source(sk, &mreq, addr.s_addr,
			name == MCAST_JOIN_SOURCE_GROUP || name == MCAST_BLOCK_SOURCE,
			name == MCAST_JOIN_SOURCE_GROUP || name == MCAST_LEAVE_SOURCE_GROUP);
}

static int
msfilter(struct lop_sock *sk, const void *value, socklen_t len)
{
	uint32_t sources[LOP_MCAST_SOURCES_MAX];
	struct ip_msfilter req;
	struct ip_mreqn mreq = { 0 };

	if (len < MSFILTER_BYTES)
		return -EINVAL;
	if (value == NULL)
		return -EFAULT;
	memcpy(&req, value, MSFILTER_BYTES);
	if (req.imsf_numsrc > LOP_MCAST_SOURCES_MAX)
		return -ENOBUFS;
	if (len < MSFILTER_BYTES + req.imsf_numsrc * sizeof(sources[0]))
		return -EINVAL;
	if (req.imsf_fmode != MCAST_INCLUDE && req.imsf_fmode != MCAST_EXCLUDE)
		return -EINVAL;
	memcpy(sources, (const uint8_t *)value + MSFILTER_BYTES,
			req.imsf_numsrc * sizeof(sources[0]));
	mreq.imr_multiaddr = req.imsf_multiaddr;
	mreq.imr_address = req.imsf_interface;
	return lop_mcast_filter(
			sk, &mreq, req.imsf_fmode == MCAST_INCLUDE, sources, req.imsf_numsrc);
}

int
lop_mcast_setsockopt(struct lop_sock *sk, int name, const void *value, socklen_t len)
{
	switch (name) {
	case IP_ADD_MEMBERSHIP:
	case IP_DROP_MEMBERSHIP:
		return membership(sk, name == IP_ADD_MEMBERSHIP, value, len);
	case MCAST_JOIN_GROUP:
	case MCAST_LEAVE_GROUP:
		return group(sk, name == MCAST_JOIN_GROUP, value, len);
	case IP_MSFILTER:
		return msfilter(sk, value, len);
	case IP_BLOCK_SOURCE:
	case IP_UNBLOCK_SOURCE:
	case IP_ADD_SOURCE_MEMBERSHIP:
	case IP_DROP_SOURCE_MEMBERSHIP:
		return source_membership(sk, name, value, len);
	default:
		return group_source(sk, name, value, len);
	}
}

/* IP_MSFILTER can be asked for; how many sources there are is said even if they do not fit. */
int
lop_mcast_getsockopt(struct lop_sock *sk, int name, void *value, socklen_t *len)
{
	const struct lop_mcast_member *m;
	struct ip_mreqn mreq = { 0 };
	struct ip_msfilter req;
	uint32_t n;

	if (name != IP_MSFILTER)
		return -ENOPROTOOPT;
	if (*len < MSFILTER_BYTES)
		return -EINVAL;
	if (value == NULL)
		return -EFAULT;
	memcpy(&req, value, MSFILTER_BYTES);
	mreq.imr_multiaddr = req.imsf_multiaddr;
	mreq.imr_address = req.imsf_interface;
	if (!lop_multicast(mreq.imr_multiaddr.s_addr))
		return -EINVAL;
	m = lop_mcast_member(sk, &mreq);
	if (m == NULL)
		return -EADDRNOTAVAIL;
	n = RTE_MIN(req.imsf_numsrc, (uint32_t)m->nb_sources);
	if (*len < MSFILTER_BYTES + n * sizeof(m->source_be[0]))
		n = (*len - MSFILTER_BYTES) / sizeof(m->source_be[0]);
	req.imsf_fmode = m->include ? MCAST_INCLUDE : MCAST_EXCLUDE;
	req.imsf_numsrc = m->nb_sources;
	memcpy(value, &req, MSFILTER_BYTES);
	memcpy((uint8_t *)value + MSFILTER_BYTES, m->source_be, n * sizeof(m->source_be[0]));
	*len = MSFILTER_BYTES + n * sizeof(m->source_be[0]);
	return 0;
}
