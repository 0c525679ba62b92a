/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_FIB_TABLE_H
#define LOP_DP_FIB_TABLE_H

/*
 * The routing tables, as look-ups read them. The two tables that are asked first, local and main,
 * are one for the longest prefix match, as Linux merges them (contract RULE-01).
 *
 * A prefix leads to a slot, a slot holds a destination. What a destination is made of changes
 * more often (MTU, addresses) than the prefixes that lead to it, and many routes share one.
 *
 * Prefixes are found in three ways: a few of them by comparing with each, many in the tables of
 * rte_lpm, and those that a TOS, a scope or an interface may rule out by a hash table, one look-up
 * per prefix length. The first two answer for a flow that asks for none of these.
 */

#include <linux/rtnetlink.h>

#include <rte_byteorder.h>
#include <rte_lpm.h>

#include "dst.h"

struct lop;

/* Up to this many prefixes are compared one by one. */
#define LOP_FIB_FEW 32
/* Prefixes with a meaning of their own, in front: 0.0.0.0, broadcast, multicast. */
#define LOP_FIB_OWN 3
/* Local and main; no route has this table number. */
#define LOP_FIB_MERGED 0
/* Slot 0 holds nothing: what is not found leads there. */
#define LOP_FIB_NO_SLOT 0
/* Bits of the TOS that routes are chosen by. */
#define LOP_FIB_TOS 0x1c

struct lop_fib_slot {
	/* For the bulk look-up: a destination whose source is src_be or the address itself, or NULL. */
	const struct lop_dst *dst;
	uint32_t src_be;
	uint32_t src_mask_be; /* of the address looked up, where it is its own source: contract RT-08 */

	const struct lop_dst *dsts; /* one, or two by whether the group is joined; NULL: see err */
	uint16_t oif;
	int16_t err; /* of a type that refuses: contract RT-10 */
	uint8_t type;
	uint8_t scope;
	bool by_group; /* two dsts */
};

/* An array that is replaced as a whole where a slot in use changes. */
struct lop_fib_slots {
	uint32_t size;
	struct lop_fib_slot slot[];
};

/* From the shortest prefix to the longest: the last that fits wins. */
struct lop_fib_few {
	uint32_t n;
	uint32_t net_be[LOP_FIB_FEW + LOP_FIB_OWN];
	uint32_t mask_be[LOP_FIB_FEW + LOP_FIB_OWN];
	uint32_t slot[LOP_FIB_FEW + LOP_FIB_OWN];
};

struct lop_fib_entry {
	uint32_t net_be;
	uint32_t table;
	uint32_t priority;         /* unlinked: the next one to be free */
	RTE_ATOMIC(uint32_t) next; /* of the same bucket; 0: the last */
	RTE_ATOMIC(uint32_t) slot;
	uint8_t len;
	uint8_t tos;
	uint8_t protocol;
	bool used;
};

/*
 * All routes: buckets of chains by prefix and length. In a chain those of one prefix stand in the
 * order in which they are tried: local before main, TOS falling, priority rising.
 */
struct lop_fib_routes {
	uint32_t nb_buckets;
	uint32_t size;               /* of entry; entry 0 is none */
	struct lop_fib_entry *entry; /* both behind this header */
	RTE_ATOMIC(uint32_t) bucket[];
};

struct lop_fib {
	RTE_ATOMIC(struct lop_fib_few *) few; /* NULL: ask lpm */
	RTE_ATOMIC(struct rte_lpm *) lpm;
	RTE_ATOMIC(struct lop_fib_slots *) slots;
	RTE_ATOMIC(struct lop_fib_routes *) routes;
	RTE_ATOMIC(uint64_t) merged_lens; /* bit n: local or main has a prefix of this length */
	RTE_ATOMIC(uint64_t) lens;        /* any table has */
	RTE_ATOMIC(uint32_t) nb_default;  /* routes of table default */
	RTE_ATOMIC(uint32_t) nb_tos;      /* routes with a TOS */
	RTE_ATOMIC(bool) has_local;       /* there has been a local route: contract DEV-02 */
	RTE_ATOMIC(bool) custom_local;    /* a user has added one */
	struct lop_fib_ctl *ctl;
};

static inline uint32_t
lop_fib_mask_be(uint8_t len)
{
	return len == 0 ? 0 : rte_cpu_to_be_32(UINT32_MAX << (32 - len));
}

static inline uint32_t
lop_fib_bucket(const struct lop_fib_routes *routes, uint32_t net_be, uint8_t len)
{
	uint64_t x = ((uint64_t)net_be << 8 | len) * UINT64_C(0x9e3779b97f4a7c15);

	return (x >> 32) * routes->nb_buckets >> 32;
}

static inline bool
lop_addr_is_multicast(uint32_t addr_be)
{
	return (addr_be & RTE_BE32(0xf0000000)) == RTE_BE32(0xe0000000);
}

static inline bool
lop_addr_is_local_multicast(uint32_t addr_be)
{
	return (addr_be & RTE_BE32(0xffffff00)) == RTE_BE32(0xe0000000);
}

static inline bool
lop_addr_is_loopback(uint32_t addr_be)
{
	return (addr_be & RTE_BE32(0xff000000)) == RTE_BE32(0x7f000000);
}

/* What rules routes out. */
struct lop_fib_key {
	uint32_t addr_be;
	int oif; /* 0: any */
	uint8_t tos;
	uint8_t scope; /* at least */
};

struct lop_fib_found {
	const struct lop_fib_slot *slot;
	uint32_t table;
	uint8_t len;
};

/* One table, or LOP_FIB_MERGED. 0; -EAGAIN: nothing found, or a throw route; a type's errno. */
int lop_fib_find(const struct lop_fib *fib, uint32_t table, const struct lop_fib_key *key,
		struct lop_fib_found *found);

/* As the default rules say: local and main, then default. 0, -ENETUNREACH, or a type's errno. */
int lop_fib_lookup(const struct lop_fib *fib, const struct lop_fib_key *key,
		struct lop_fib_found *found);

/* lop_route_output() without counting, by anyone who may read. */
int
lop_route_resolve(struct lop *lop, const struct lop_flow *flow, struct lop_route_result *result);

#endif
