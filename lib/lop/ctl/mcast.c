/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Memberships of sockets in multicast groups (contract MC-01, MC-02).
 *
 * A socket's list is replaced as a whole: what it becomes is made aside, published, and the old one
 * freed after a grace period.
 */

#include <rte_malloc.h>

#include "../dp/fib.h"
#include "mcast.h"

bool
lop_multicast(uint32_t addr_be)
{
	return IN_MULTICAST(rte_be_to_cpu_32(addr_be));
}

/* contract MC-02: by index, by an address of the interface, or by the route to the group. */
static struct lop_if *
find_dev(struct lop_sock *sk, const struct ip_mreqn *mreq)
{
	struct lop_worker *w = lop_worker_of(sk->lop);
	const struct lop_flow flow = { .daddr_be = mreq->imr_multiaddr.s_addr };
	struct lop_route_result result;
	uint64_t no_routes;

	if (mreq->imr_ifindex != 0)
		return lop_if_of(sk->lop, mreq->imr_ifindex);
	if (mreq->imr_address.s_addr != 0)
		return lop_if_of_addr(sk->lop, mreq->imr_address.s_addr);
	/* nothing is sent: OutNoRoutes does not move */
	no_routes = lop_load(w->mib[LOP_MIB_IP_OUTNOROUTES]);
	if (lop_route_output(w, &flow, &result) != 0) {
		lop_store(w->mib[LOP_MIB_IP_OUTNOROUTES], no_routes);
		return NULL;
	}
	return result.dst->dev;
}

/* A copy of the list with room for one more. */
static struct lop_mcast_list *
list_copy(const struct lop_sock *sk)
{
	const struct lop_mcast_list *old = lop_load(sk->mcast);
	const unsigned int n = old != NULL ? old->n : 0;
	struct lop_mcast_list *list = rte_zmalloc(
			"lop mcast", sizeof(*list) + (n + 1) * sizeof(list->member[0]), 0);

	if (list != NULL && n != 0)
		memcpy(list, old, sizeof(*old) + n * sizeof(old->member[0]));
	return list;
}

static void
list_publish(struct lop_sock *sk, struct lop_mcast_list *list)
{
	struct lop_mcast_list *old = lop_load(sk->mcast);

	if (list->n == 0) {
		rte_free(list);
		list = NULL;
	}
	lop_publish(sk->mcast, list);
	if (old != NULL) {
		lop_synchronize(sk->lop);
		rte_free(old);
	}
}

static int
member_index(const struct lop_mcast_list *list, uint32_t group_be, int ifindex)
{
	for (unsigned int i = 0; list != NULL && i < list->n; i++) {
		if (list->member[i].group_be == group_be && list->member[i].ifindex == ifindex)
			return i;
	}
	return -1;
}

int
lop_mcast_join(struct lop_sock *sk, const struct ip_mreqn *mreq, bool include)
{
	const uint32_t group_be = mreq->imr_multiaddr.s_addr;
	const struct lop_mcast_list *old = lop_load(sk->mcast);
	struct lop_mcast_list *list;
	struct lop_if *dev;
	int ret;

	if (!lop_multicast(group_be))
		return -EINVAL;
	dev = find_dev(sk, mreq);
	if (dev == NULL)
		return -ENODEV;
	if (member_index(old, group_be, dev->ifindex) >= 0)
		return -EADDRINUSE;
	if (old != NULL && old->n >= LOP_MCAST_GROUPS_MAX)
		return -ENOBUFS;
	list = list_copy(sk);
	if (list == NULL)
		return -ENOBUFS;
	ret = lop_if_join(dev, group_be);
	if (ret != 0) {
		rte_free(list);
		return ret;
	}
	list->member[list->n++] = (struct lop_mcast_member){
		.group_be = group_be,
		.ifindex = dev->ifindex,
		.address_be = mreq->imr_address.s_addr,
		.include = include,
	};
	list_publish(sk, list);
	return 0;
}

static int
leave_index(struct lop_sock *sk, unsigned int i)
{
	struct lop_mcast_list *list = list_copy(sk);
	struct lop_if *dev;

	if (list == NULL)
		return -ENOMEM;
	dev = lop_if_of(sk->lop, list->member[i].ifindex);
	if (dev != NULL)
		lop_if_leave(dev, list->member[i].group_be);
	list->n--;
	memmove(&list->member[i], &list->member[i + 1], (list->n - i) * sizeof(list->member[0]));
	list_publish(sk, list);
	return 0;
}

/* The interface may be gone: then the address that the join gave is what is compared. */
int
lop_mcast_leave(struct lop_sock *sk, const struct ip_mreqn *mreq)
{
	const struct lop_mcast_list *list = lop_load(sk->mcast);
	const struct lop_if *dev = find_dev(sk, mreq);
	const int ifindex = dev != NULL ? dev->ifindex : mreq->imr_ifindex;

	if (dev == NULL && mreq->imr_ifindex == 0 && mreq->imr_address.s_addr == 0)
		return -ENODEV;
	for (unsigned int i = 0; list != NULL && i < list->n; i++) {
		const struct lop_mcast_member *m = &list->member[i];

		if (m->group_be == mreq->imr_multiaddr.s_addr &&
				(ifindex != 0 ? m->ifindex == ifindex
					      : m->address_be == mreq->imr_address.s_addr))
			return leave_index(sk, i);
	}
	return -EADDRNOTAVAIL;
}

static int
source_index(const struct lop_mcast_member *m, uint32_t source_be)
{
	for (unsigned int i = 0; i < m->nb_sources; i++) {
		if (m->source_be[i] == source_be)
			return i;
	}
	return -1;
}

/* A membership without sources yet takes either mode; afterwards the mode stays. */
static int
source_change(struct lop_mcast_member *m, uint32_t source_be, bool add, bool include)
{
	const int i = source_index(m, source_be);

	if (m->filtered && m->include != include)
		return -EINVAL;
	if (add ? i >= 0 : i < 0)
		return -EADDRNOTAVAIL;
	if (add && m->nb_sources >= LOP_MCAST_SOURCES_MAX)
		return -ENOBUFS;
	m->include = include;
	if (add) {
		m->filtered = true;
		m->source_be[m->nb_sources++] = source_be;
	} else {
		m->source_be[i] = m->source_be[--m->nb_sources];
	}
	return 0;
}

/* Add or take away a source. Without any, including none is to leave. */
int
lop_mcast_source(struct lop_sock *sk, const struct ip_mreqn *mreq, uint32_t source_be, bool add,
		bool include)
{
	const uint32_t group_be = mreq->imr_multiaddr.s_addr;
	struct lop_mcast_list *list;
	const struct lop_if *dev;
	int i, ret;

	if (!lop_multicast(group_be))
		return -EINVAL;
	dev = find_dev(sk, mreq);
	if (dev == NULL)
		return -ENODEV;
	i = member_index(lop_load(sk->mcast), group_be, dev->ifindex);
	if (i < 0)
		return -EINVAL;
	list = list_copy(sk);
	if (list == NULL)
		return -ENOBUFS;
	ret = source_change(&list->member[i], source_be, add, include);
	if (ret != 0 || (include && list->member[i].nb_sources == 0)) {
		rte_free(list);
		return ret != 0 ? ret : leave_index(sk, i);
	}
	list_publish(sk, list);
	return 0;
}

/* All sources at once. */
int
lop_mcast_filter(struct lop_sock *sk, const struct ip_mreqn *mreq, bool include,
		const uint32_t *source_be, unsigned int n)
{
	struct lop_mcast_member *m;
	struct lop_mcast_list *list;
	const struct lop_if *dev;
	int i;

	if (!lop_multicast(mreq->imr_multiaddr.s_addr))
		return -EINVAL;
	dev = find_dev(sk, mreq);
	if (dev == NULL)
		return -ENODEV;
	i = member_index(lop_load(sk->mcast), mreq->imr_multiaddr.s_addr, dev->ifindex);
	if (i < 0)
		return -EINVAL;
	if (include && n == 0)
		return leave_index(sk, i);
	list = list_copy(sk);
	if (list == NULL)
		return -ENOBUFS;
	m = &list->member[i];
	m->include = include;
	m->filtered = n != 0;
	m->nb_sources = n;
	memcpy(m->source_be, source_be, n * sizeof(source_be[0]));
	list_publish(sk, list);
	return 0;
}

const struct lop_mcast_member *
lop_mcast_member(struct lop_sock *sk, const struct ip_mreqn *mreq)
{
	const struct lop_mcast_list *list = lop_acquire(sk->mcast);
	const struct lop_if *dev = find_dev(sk, mreq);
	const int i = dev == NULL ? -1
				  : member_index(list, mreq->imr_multiaddr.s_addr, dev->ifindex);

	return i < 0 ? NULL : &list->member[i];
}

void
lop_mcast_leave_all(struct lop_sock *sk)
{
	const struct lop_mcast_list *list = lop_load(sk->mcast);

	for (unsigned int i = 0; list != NULL && i < list->n; i++) {
		struct lop_if *dev = lop_if_of(sk->lop, list->member[i].ifindex);

		if (dev != NULL)
			lop_if_leave(dev, list->member[i].group_be);
	}
}
