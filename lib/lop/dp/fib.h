/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_FIB_H
#define LOP_DP_FIB_H

/*
 * Routing, as stages and sockets call it.
 */

#include "dst.h"

struct lop;
struct lop_if;
struct lop_ifaddr;
struct lop_worker;
struct rte_ipv4_hdr;
struct rte_mbuf;

/*
 * Where a packet of this host goes and from which source (contract RT, SEND-08, SEND-18).
 * Between lop_enter() and lop_leave(). 0, or Linux's -errno; -ENETUNREACH has been counted as
 * OutNoRoutes.
 */
int lop_route_output(
		struct lop_worker *w, const struct lop_flow *flow, struct lop_route_result *result);

/*
 * The same for n destinations at once, without a source, interface, mark or TOS asked for. Where
 * dst[i] comes out NULL, ask lop_route_output(): an error, or 0.0.0.0, or more than one look-up.
 */
void lop_route_output_bulk(struct lop_worker *w, const uint32_t *daddr_be,
		const struct lop_dst **dst, uint32_t *saddr_be, uint16_t n);

/*
 * The destination of a packet that came in without one (contract RX-02 to RX-05). 0 and *dst;
 * or a negative errno, and *reason. The counter of RX-03 has moved; those of RX-04 move with
 * lop_route_input_count().
 */
int lop_route_input(struct lop_worker *w, const struct rte_mbuf *m, struct lop_if *in,
		const struct lop_dst **dst, int *reason);

/* Somebody else's packet is dropped, for a reason that lop_route_input() gave (contract RX-04). */
void lop_route_input_count(struct lop_worker *w, int reason);

/* RTN_LOCAL, RTN_BROADCAST, RTN_MULTICAST or RTN_UNICAST of an address (contract DEV-02, BI-01). */
uint8_t lop_addr_type(const struct lop *lop, uint32_t addr_be);
/* The same, an address being local only on that interface. */
uint8_t lop_addr_type_dev(const struct lop *lop, const struct lop_if *dev, uint32_t addr_be);

/* The interface that owns a local address, or NULL. */
struct lop_if *lop_if_of_addr(const struct lop *lop, uint32_t addr_be);

/* contract RT-14. 0: none. */
uint32_t
lop_select_addr(const struct lop *lop, const struct lop_if *dev, uint32_t dst_be, uint8_t scope);

/*
 * The source for an answer to a packet that came in for many: that of a route to who sent it, else
 * an address of the interface (contract CM-06, IC-03). 0: none.
 */
uint32_t
lop_answer_source(const struct lop *lop, const struct lop_if *dev, const struct rte_ipv4_hdr *ip);

/*
 * For interfaces, with the lock held: the routes that the kernel derives (contract DEV-03, DEV-10,
 * DEV-15). The address is in dev->addrs when it is added and no more when it is removed.
 */
void lop_fib_addr_added(struct lop_if *dev, const struct lop_ifaddr *addr);
void lop_fib_addr_removed(struct lop_if *dev, const struct lop_ifaddr *addr);
void lop_fib_if_up(struct lop_if *dev);
void lop_fib_if_down(struct lop_if *dev);    /* keeps local routes: contract DEV-10 */
void lop_fib_if_gone(struct lop_if *dev);    /* IPv4 is switched off on it, or it is detached */
void lop_fib_if_changed(struct lop_if *dev); /* MTU, link address: destinations are made anew */

/* What the derived routes stand on: dev->dst_*, made with the interface. -ENOMEM. */
int lop_dst_if_make(struct lop_if *dev);
/* After a grace period in which nobody could find the interface. */
void lop_dst_if_free(struct lop_if *dev);

#endif
