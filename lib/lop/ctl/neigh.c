/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* What a neighbour is: its state and header by its device and address, made when a packet asks. */

#include <errno.h>
#include <string.h>

#include <linux/rtnetlink.h>
#include <rte_errno.h>
#include <rte_malloc.h>

#include "../dp/fib.h"
#include "../dp/worker.h"
#include "neigh.h"

void
lop_neigh_lladdr_set(struct lop_neigh *n, const uint8_t lladdr[RTE_ETHER_ADDR_LEN])
{
	struct rte_ether_hdr eth = {
		.src_addr = n->dev->mac,
		.ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4),
	};

	memcpy(n->lladdr, lladdr, RTE_ETHER_ADDR_LEN);
	if (!n->dev->ethernet)
		return;
	memcpy(&eth.dst_addr, lladdr, RTE_ETHER_ADDR_LEN);

	/* partner: lop_neigh_header() */
	lop_store(n->seq, lop_load(n->seq) + 1);
	rte_atomic_thread_fence(rte_memory_order_release);
	memcpy(n->header + 2, &eth, sizeof(eth));
	lop_store(n->header_bytes, sizeof(eth));
	lop_publish(n->seq, lop_load(n->seq) + 1);
}

/* 01:00:5e and the lower 23 bits of the group. */
static void
lladdr_of_group(uint32_t group_be, uint8_t lladdr[RTE_ETHER_ADDR_LEN])
{
	const uint32_t group = rte_be_to_cpu_32(group_be);

	memcpy(lladdr, (const uint8_t[]){ 0x01, 0x00, 0x5e, group >> 16 & 0x7f, group >> 8, group },
			RTE_ETHER_ADDR_LEN);
}

void
lop_neigh_construct(struct lop_neigh *n, uint8_t type, uint64_t now_us)
{
	const struct lop_if *dev = n->dev;
	const unsigned int flags = lop_load(dev->flags);
	uint8_t group[RTE_ETHER_ADDR_LEN];
	const uint8_t *lladdr = NULL;

	if (dev->ethernet && type == RTN_MULTICAST) {
		lladdr_of_group(n->addr_be, group);
		lladdr = group;
	} else if (dev->ethernet && (flags & (IFF_NOARP | IFF_LOOPBACK)) != 0) {
		lladdr = dev->mac.addr_bytes;
	} else if (dev->ethernet && (type == RTN_BROADCAST || (flags & IFF_POINTOPOINT) != 0)) {
		lladdr = dev->broadcast.addr_bytes;
	}
	if (lladdr != NULL)
		lop_neigh_lladdr_set(n, lladdr);
	lop_store(n->updated_us, now_us);
	lop_store(n->confirmed_us, now_us);
	/* last, and visible after the header: state says that there is one */
	lop_publish(n->state, lladdr != NULL || !dev->ethernet ? NUD_NOARP : NUD_NONE);
}

/* contract NE-02; type is asked for before the table is locked. */
static struct lop_neigh *
neigh_create(struct lop_worker *w, struct lop_if *dev, uint32_t key_be)
{
	struct lop_neigh_table *t = w->lop->neigh;
	const uint8_t type = lop_addr_type_dev(w->lop, dev, key_be);
	struct lop_neigh *n;

	rte_spinlock_lock(&t->lock);
	/* another worker may have been faster; or the chains moved while this one looked */
	n = lop_neigh_find(t, dev, key_be);
	if (n == NULL && lop_neigh_room(t, lop_now(w))) {
		n = lop_neigh_insert(t, dev, key_be);
		if (n != NULL) {
			lop_neigh_construct(n, type, lop_now(w));
			lop_neigh_publish(t, n);
		}
	}
	rte_spinlock_unlock(&t->lock);
	if (n == NULL)
		rte_errno = ENOBUFS;
	return n;
}

struct lop_neigh *
lop_neigh_get(struct lop_worker *w, struct lop_if *dev, uint32_t next_hop_be)
{
	const uint32_t key_be = lop_neigh_key(dev, next_hop_be);
	struct lop_neigh *n = dev->neigh_any;

	if (n == NULL)
		n = lop_neigh_find(w->lop->neigh, dev, key_be);
	if (unlikely(n == NULL)) {
		if (!lop_load(dev->has_ip)) {
			rte_errno = EINVAL;
			return NULL;
		}
		n = neigh_create(w, dev, key_be);
		if (n == NULL)
			return NULL;
	}
	lop_store(n->used_us, lop_now(w));
	return n;
}

void
lop_neigh_confirm(struct lop_worker *w, const struct lop_dst *dst, uint32_t daddr_be)
{
	const uint32_t hop_be = dst->gateway_be != 0 ? dst->gateway_be : daddr_be;
	struct lop_neigh *n;

	if (dst->gateway_be == 0 &&
			(dst->cache_flags & (RTCF_LOCAL | RTCF_BROADCAST | RTCF_MULTICAST)) != 0)
		return;
	n = lop_neigh_find(w->lop->neigh, dst->dev, lop_neigh_key(dst->dev, hop_be));
	if (n != NULL)
		lop_store(n->confirmed_us, lop_now(w));
}

int
lop_neigh_any_create(struct lop_if *dev)
{
	struct lop_neigh *n = rte_zmalloc("lop neigh", sizeof(*n), RTE_CACHE_LINE_SIZE);

	if (n == NULL)
		return -ENOMEM;
	n->dev = dev;
	lop_store(n->refs, 1);
	lop_neigh_construct(n, RTN_BROADCAST, lop_clock_us(dev->lop));
	dev->neigh_any = n;
	return 0;
}

void
lop_neigh_any_free(struct lop_if *dev)
{
	rte_free(dev->neigh_any);
	dev->neigh_any = NULL;
}
