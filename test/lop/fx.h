/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_FX_H
#define LOP_FX_H

/*
 * What a case of the path stands on: instances whose clock the case moves, the calling thread
 * attached to them. Tear-down destroys what is left and asserts that every mbuf is back.
 */

#include <arpa/inet.h>

#include "../../lib/lop/dp/stages.h"
#include "../../lib/lop/dp/udp_table.h"
#include "../../lib/lop/include/lop_route.h"
#include "../../lib/lop/include/lop_socket.h"
#include "../../lib/lop/include/lop_udp.h"
#include "../fixture.h"

/** The clock of all instances of fx_lop(), in microseconds. Starts at 1,000,000,000. */
extern uint64_t fx_now_us;

/** Move the clock, then poll so that due timers run. */
void fx_advance_us(struct lop *lop, uint64_t us);

/** A new instance, `lo` down, the calling thread attached. conf may be NULL. Asserts. */
struct lop *fx_lop(struct fx *fx, const struct lop_conf *conf);

/** The same with `lo` up: 127.0.0.1/8 and its routes. */
struct lop *fx_lop_up(struct fx *fx);

/** Destroy an instance in the midst of a case; counts its mbufs first. */
void fx_lop_down(struct lop *lop);

/** This thread's worker. */
struct lop_worker *fx_worker(struct lop *lop);

/** One of Linux's counters: fx_mib(lop, "Udp", "InDatagrams"). Asserts that it exists. */
uint64_t fx_mib(const struct lop *lop, const char *group, const char *field);

/** Remember all counters; then assert that exactly these moved, e.g. "Ip.OutRequests+1 lo.rx_packets+1 drop.hook+1". */
void fx_mark(struct lop *lop);
void fx_assert_moved(struct lop *lop, const char *deltas);

/** A bound UDP socket, non-blocking; addr NULL: 0.0.0.0. Asserts. */
int fx_udp(struct lop *lop, const char *addr, uint16_t port);

/** An address for calls. */
struct sockaddr_in fx_addr(const char *addr, uint16_t port);

/**
 * An interface on a memory port, a net_ring pair: what the stack sends can be taken with
 * fx_wire_take(), frames for it given with fx_wire_give(). The name becomes the interface's.
 * It is not up and has no address.
 *
 * @return
 *   The interface's index.
 */
int fx_wire(struct fx *fx, struct lop *lop, const char *name);
unsigned int fx_wire_take(struct lop *lop, int ifindex, struct rte_mbuf **pkts, unsigned int n);
/** Copies the bytes into an mbuf of the instance and lets it be received. */
void fx_wire_give(struct lop *lop, int ifindex, const void *frame, uint32_t bytes);

#endif /* LOP_FX_H */
