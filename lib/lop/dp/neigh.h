/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_NEIGH_H
#define LOP_DP_NEIGH_H

/*
 * A neighbour, laid out so that the states of ARP and their timers fit in.
 */

#include <linux/neighbour.h>
#include <rte_byteorder.h>
#include <rte_ether.h>

#include "if.h"

struct lop_neigh {
	/* What a packet needs: one line. The header is replaced under seq, see lop_neigh_header(). */
	RTE_ATOMIC(uint32_t) seq;          /* odd while the header is being written */
	RTE_ATOMIC(uint16_t) state;        /* NUD_* */
	RTE_ATOMIC(uint16_t) header_bytes; /* 14, or 0: no link header */
	uint8_t header[16]; /* Ethernet header at offset 2, so that IP is aligned (NE-04) */
	struct lop_if *dev;
	uint32_t addr_be; /* the key, see lop_neigh_key() */
	RTE_ATOMIC(uint32_t) refs;
	RTE_ATOMIC(struct lop_neigh *) next; /* in its chain of the table */
	RTE_ATOMIC(uint64_t) used_us, confirmed_us;

	/* Control and ARP: */
	uint8_t lladdr[RTE_ETHER_ADDR_LEN];
	uint8_t probes;
	bool gc;                                  /* counts for the thresholds (contract NE-05) */
	struct rte_mbuf *queue_head, *queue_tail; /* waiting for an address: contract NE-07 */
	uint32_t queue_bytes;                     /* of truesize */
	union {
		uint64_t timer_us;
		uint64_t grace; /* taken away: the token after which nobody sees it */
	};
	RTE_ATOMIC(uint64_t) updated_us;
	struct lop_neigh *next_all, **pprev_all; /* all of the table, the oldest first */
};
static_assert(sizeof(struct lop_neigh) == 128, "two lines, the first for packets");

/* Chains by key; replaced by twice as many when there are more entries than chains. */
struct lop_neigh_chains {
	unsigned int shift; /* 64 - log2 of their number */
	struct lop_neigh_chains *smaller;
	RTE_ATOMIC(struct lop_neigh *) head[];
};

/* States in which packets leave. */
#define LOP_NUD_VALID \
	(NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_PROBE | NUD_STALE | NUD_DELAY)
#define LOP_NUD_CONNECTED (NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE)

struct lop_worker;

/* See ctl/neigh.h. */
struct lop_neigh_table;

/* The first field of a struct lop_neigh_table. */
struct lop_neigh_reader {
	RTE_ATOMIC(struct lop_neigh_chains *) chains;
};

/* What a neighbour is found by: 0 on loopback and point-to-point devices (contract NE-01). */
static __rte_always_inline uint32_t
lop_neigh_key(const struct lop_if *dev, uint32_t next_hop_be)
{
	return (lop_load(dev->flags) & (IFF_LOOPBACK | IFF_POINTOPOINT)) != 0 ? 0 : next_hop_be;
}

static __rte_always_inline uint64_t
lop_neigh_hash(const struct lop_if *dev, uint32_t key_be)
{
	uint64_t x = (uint64_t)dev->ifindex << 32 | rte_be_to_cpu_32(key_be);

	return x * UINT64_C(0x9e3779b97f4a7c15);
}

static __rte_always_inline const struct lop_neigh_chains *
lop_neigh_chains_of(const struct lop_neigh_table *table)
{
	return lop_acquire(((const struct lop_neigh_reader *)table)->chains);
}

/* A neighbour that exists, or NULL. As lop_neigh_get(). */
static __rte_always_inline struct lop_neigh *
lop_neigh_find(const struct lop_neigh_table *table, const struct lop_if *dev, uint32_t key_be)
{
	const struct lop_neigh_chains *c = lop_neigh_chains_of(table);
	struct lop_neigh *n = lop_acquire(c->head[lop_neigh_hash(dev, key_be) >> c->shift]);

	/* a chain that is being moved may end early: then lop_neigh_get() looks again */
	while (n != NULL && (n->addr_be != key_be || n->dev != dev))
		n = lop_acquire(n->next);
	return n;
}

/*
 * The neighbour of a next hop, made when there is none (contract NE-01 to NE-05). By a worker
 * between lop_enter() and lop_leave(), until which it is valid. Its state need not be one of
 * LOP_NUD_VALID. NULL with rte_errno: EINVAL (no IPv4 on the interface), ENOBUFS (table full, no
 * memory).
 *
 * lo's is dev->neigh_any, always in a state of LOP_NUD_VALID and as long as lo: a destination may
 * keep it.
 */
struct lop_neigh *lop_neigh_get(struct lop_worker *w, struct lop_if *dev, uint32_t next_hop_be);

/*
 * The next hop of a destination is known to answer, as the sender of a datagram to daddr_be says
 * (contract SEND-11). By a worker between lop_enter() and lop_leave().
 */
void lop_neigh_confirm(struct lop_worker *w, const struct lop_dst *dst, uint32_t daddr_be);

/* The 14 bytes of its link header, consistent also while it changes. */
static inline void
lop_neigh_header(const struct lop_neigh *n, uint8_t header[RTE_ETHER_HDR_LEN])
{
	uint32_t seq;

	do {
		seq = lop_acquire(n->seq);
		memcpy(header, n->header + 2, RTE_ETHER_HDR_LEN);
		rte_atomic_thread_fence(rte_memory_order_acquire);
	} while (unlikely((seq & 1) != 0 || seq != lop_load(n->seq)));
}

/* For interfaces: a link address, flag or device changed or goes (contract DEV-07, DEV-08). */
void lop_neigh_flush(struct lop *lop, struct lop_if *dev);

/* lo's one entry, with lo and after its last packet: -ENOMEM. */
int lop_neigh_any_create(struct lop_if *dev);
void lop_neigh_any_free(struct lop_if *dev);

#endif
