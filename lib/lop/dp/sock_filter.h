/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_SOCK_FILTER_H
#define LOP_DP_SOCK_FILTER_H

/*
 * A socket's filter: a program of classic BPF that SO_ATTACH_FILTER gave (contract UR-01, UR-06).
 * Checked when it is attached, never changed then, freed after a grace period.
 */

#include <linux/filter.h>

#include "sock.h"

struct lop_sock_filter {
	uint32_t charge_bytes; /* that Linux charges the socket for */
	uint16_t n;
	struct sock_filter code[];
};

/*
 * What the filter makes of n packets for a socket: those that it keeps stay in front, cut to what it
 * asks for, the others are dropped and counted. How many stay. Data starts as lop_sock_deliver() has
 * it; the queue's lock is not held.
 */
uint16_t
lop_sock_filter_run(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n);

/* dp/sock_filter_load.c: a packet as a program sees it. */
struct lop_filtered {
	struct lop_worker *w;
	const struct rte_mbuf *m;
	uint32_t bytes;      /* that it has */
	int32_t data;        /* its first byte, from the mbuf's data on: in front of it, or 0 */
	int32_t net, link;   /* IPv4 header, link header, from its first byte on */
	uint32_t head_bytes; /* of it that Linux has in one piece */
};

struct lop_filtered
lop_filtered_of(struct lop_worker *w, const struct lop_sock *sk, const struct rte_mbuf *m);

/* 1, 2 or 4 bytes in network order at k, which may name a header (SKF_NET_OFF); false: not there. */
bool lop_filtered_load(const struct lop_filtered *p, int32_t k, unsigned int size, uint32_t *value);

/* What the packet does not hold: SKF_AD_PROTOCOL and its kin, which may ask for A and X. */
uint32_t lop_filtered_aside(const struct lop_filtered *p, uint32_t what, uint32_t a, uint32_t x);

/* The sum that Linux charges for a packet that is cut to so many bytes (contract UR-05). */
uint32_t
lop_filtered_charge(const struct lop_filtered *p, const struct lop_sock *sk, uint32_t bytes);

#endif
