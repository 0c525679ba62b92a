/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_IF_H
#define LOP_DP_IF_H

/*
 * An interface, as stages see it. Written by control calls, which publish what changes while
 * packets pass with single stores; freed after a grace period.
 */

#include <net/if.h>
#include <rte_ether.h>
#include <rte_spinlock.h>

#include "../include/lop_if.h"
#include "conf.h"
#include "dst.h"

struct lop;
struct rte_mbuf;

/* An array that is replaced as a whole. Primary addresses before secondary ones of their subnet. */
struct lop_addrs {
	unsigned int n;
	struct lop_ifaddr addr[];
};

/* Multicast groups that are joined, replaced as a whole (contract MC-01: per interface). */
struct lop_groups {
	unsigned int n;
	struct {
		uint32_t group_be;
		uint32_t refs;
	} group[];
};

struct lop_if {
	struct lop *lop;
	int ifindex;
	uint16_t port_id;
	uint16_t nb_queues; /* queue pairs: worker i uses pair i; where there are fewer, see tx_lock */
	bool loopback;
	bool ethernet;                  /* has link headers */
	uint16_t type;                  /* ARPHRD_* */
	RTE_ATOMIC(unsigned int) flags; /* IFF_* */
	RTE_ATOMIC(uint32_t) mtu_bytes; /* as set */
	RTE_ATOMIC(bool) has_ip;        /* may have addresses: not with an MTU below 68 (DEV-09) */
	RTE_ATOMIC(bool) was_up;        /* routes stayed when it went down: contract DEV-10 */
	struct rte_ether_addr mac; /* replaced by writing 6 bytes: packets see the old or the new */
	struct rte_ether_addr broadcast;
	RTE_ATOMIC(struct lop_addrs *) addrs;   /* never NULL */
	RTE_ATOMIC(struct lop_groups *) groups; /* NULL: none */
	struct lop_if_conf conf;
	struct lop_if_conf *conf_all; /* the instance's conf/all */
	uint32_t conf_set; /* bits of enum lop_conf_id that no longer follow conf/default */
	char name[IFNAMSIZ];
	uint32_t tx_queue_len;
	rte_spinlock_t tx_lock;      /* workers beyond nb_queues share the last pair */
	struct lop_neigh *neigh_any; /* lo: the one entry (contract NE-01), as old as lo itself */

	/* Destinations that no route stands for; made with the interface by ctl/dst.c. */
	RTE_ATOMIC(const struct lop_dst *) dst_on_link;   /* oif without a route: RT-07, CM-02 */
	RTE_ATOMIC(const struct lop_dst *) dst_broadcast; /* oif or source gave it: RT-04, RT-05 */
	RTE_ATOMIC(const struct lop_dst *) dst_multicast;
	RTE_ATOMIC(const struct lop_dst *) dst_multicast_joined;
	/* Over lo to this host, as if this interface owned the address: SEND-18, RX-04 */
	RTE_ATOMIC(const struct lop_dst *) dst_this_host;
};

/* Counters of an interface, per worker. */
struct lop_if_count {
	RTE_ATOMIC(uint64_t) rx_packets, rx_bytes, tx_packets, tx_bytes;
	RTE_ATOMIC(uint64_t) rx_dropped, tx_dropped, rx_otherhost_dropped, multicast;
};

static inline bool
lop_if_is_up(const struct lop_if *dev)
{
	return (lop_load(dev->flags) & IFF_UP) != 0;
}

/* ctl/transmit.c: a worker's frames to another device than lo; how many it took. */
uint16_t
lop_if_transmit(struct lop_if *dev, unsigned int worker, struct rte_mbuf **pkts, uint16_t n);

/*
 * What holds for an interface, of its own setting and that of conf/all: lop_if_rp_filter(dev),
 * lop_if_accept_local(dev) and so on (contract DEV-18).
 */
#define X(name, combine, def)                                                             \
	static inline int lop_if_##name(const struct lop_if *dev)                         \
	{                                                                                 \
		return lop_conf_combine_##combine(                                        \
				lop_load(dev->conf_all->name), lop_load(dev->conf.name)); \
	}
LOP_FOREACH_CONF(X)
#undef X

/* Joined here by anyone (contract MC-01)? Between lop_enter() and lop_leave(), or with the lock. */
static inline bool
lop_if_joined(const struct lop_if *dev, uint32_t group_be)
{
	const struct lop_groups *groups = lop_acquire(dev->groups);

	for (unsigned int i = 0; groups != NULL && i < groups->n; i++) {
		if (groups->group[i].group_be == group_be)
			return true;
	}
	return false;
}

/*
 * For IP_ADD_MEMBERSHIP and IP_DROP_MEMBERSHIP, with lop->lock held; joins count. -ENODEV (no IPv4
 * on the interface), -EINVAL (no multicast address), -ENOMEM; -EADDRNOTAVAIL (not joined).
 */
int lop_if_join(struct lop_if *dev, uint32_t group_be);
int lop_if_leave(struct lop_if *dev, uint32_t group_be);

#endif
