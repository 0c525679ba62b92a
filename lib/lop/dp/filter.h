/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_FILTER_H
#define LOP_DP_FILTER_H

/*
 * A filter: rules compiled into a table that is replaced as a whole, and a hook that asks it.
 */

#include <rte_acl.h>
#include <rte_lcore.h>

#include "../include/lop_filter.h"
#include "atomic.h"

/* What is looked at: in the order and sizes that rte_acl wants, all in network byte order. */
struct lop_filter_key {
	uint8_t protocol;
	uint8_t pad[3];
	uint32_t saddr_be, daddr_be;
	uint16_t sport_be, dport_be;
	uint32_t has_ports_be; /* 1: the ports are there to be seen */
};

struct lop_filter_table {
	struct rte_acl_ctx *acl; /* NULL: no rules */
	unsigned int n;
	/* Hits of each rule, then of the policy, of each lcore: attached threads have one. */
	size_t lane;
	RTE_ATOMIC(uint64_t) * hits;
	uint8_t verdict[]; /* of each rule, then the policy */
};

struct lop_filter {
	struct lop *lop;
	int hook;
	uint8_t policy;
	RTE_ATOMIC(struct lop_filter_table *) table;
};

/* Protocols whose first four bytes are ports. */
bool lop_filter_has_ports(uint8_t protocol);

void lop_filter_hook(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts,
		uint8_t *verdicts, uint16_t n);

#endif
