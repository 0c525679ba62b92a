/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_STACK_H
#define LOP_STACK_H

/*
 * Instances with memory ports, as all programs that test them need them. No assertions here.
 */

#include <rte_mbuf.h>

#include "../../lib/lop/include/lop.h"

/**
 * Destroy an instance whose only worker is the calling thread.
 *
 * @return
 *   How many mbufs of its pool were lost, or -1: it still has workers.
 */
int stack_down(struct lop *lop);

/**
 * An interface on a memory port, a net_ring pair: what the stack sends can be taken, frames for it
 * given. The name becomes the interface's. It is not up and has no address.
 *
 * @return
 *   The interface's index, or -errno.
 */
int stack_wire(struct lop *lop, const char *name);

/** Frames that went out, at most n; the caller's from then on. */
unsigned int
stack_wire_take(const struct lop *lop, int ifindex, struct rte_mbuf **pkts, unsigned int n);

/** Copies the bytes into mbufs of the instance and lets them be received: 0 or -errno. */
int stack_wire_give(struct lop *lop, int ifindex, const void *frame, uint32_t bytes);

/** A packet of an instance's pool with these bytes, in as many segments as they need, or NULL. */
struct rte_mbuf *stack_packet(const struct lop *lop, const void *frame, uint32_t bytes);

#endif /* LOP_STACK_H */
