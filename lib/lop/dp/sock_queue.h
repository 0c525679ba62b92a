/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_SOCK_QUEUE_H
#define LOP_DP_SOCK_QUEUE_H

/*
 * What waits in a socket, and what it is charged for that.
 */

#include <rte_udp.h>

#include "sock.h"

/*
 * The queue's lock. Given back by a store: rte_spinlock_unlock() is a locked instruction on x86,
 * half the cost of an uncontended lock.
 */
static __rte_always_inline void
lop_rx_lock(struct lop_sock *sk)
{
	rte_spinlock_lock(&sk->rx_lock);
}

static __rte_always_inline void
lop_rx_unlock(struct lop_sock *sk)
{
	rte_atomic_store_explicit(&sk->rx_lock.locked, 0, rte_memory_order_release);
}

/* The same for a worker, which may be alone in its instance: what it answers is for lop_rx_leave(). */
static __rte_always_inline bool
lop_rx_enter(const struct lop *lop, struct lop_sock *sk)
{
	if (likely(lop_acquire(lop->alone)))
		return false;
	lop_rx_lock(sk);
	return true;
}

static __rte_always_inline void
lop_rx_leave(struct lop_sock *sk, bool locked)
{
	if (locked)
		lop_rx_unlock(sk);
}

/*
 * Bytes of datagrams that waited were read, left datagrams wait behind them; the queue's lock is
 * held. Linux gives the room back late (contract UR-04): with a quarter of the buffer, or with the
 * last of those that its reader had seen, which then sees all that wait.
 */
static inline void
lop_rx_give_back(struct lop_sock *sk, uint32_t charge, uint32_t left)
{
	sk->rx_owed += charge;
	if (sk->rx_seen != 0 && sk->rx_owed < lop_load(sk->rcvbuf_bytes) / 4 && sk->rx_udp)
		return;
	sk->rmem_bytes -= sk->rx_owed;
	sk->rx_owed = 0;
	sk->rx_seen = left;
}

/* One was read; who has read all that was seen sees what wait now. */
static inline void
lop_rx_read(struct lop_sock *sk, uint32_t charge, uint32_t left)
{
	sk->rx_seen = (sk->rx_seen != 0 ? sk->rx_seen : left + 1) - 1;
	lop_rx_give_back(sk, charge, left);
}

/* From here on a payload stands in pages of its own. */
#define LOP_PAGED_BYTES 16005

/* Bytes that Linux charges for a datagram of so many payload bytes (contract UR-05). */
static inline uint32_t
lop_truesize(uint32_t payload_bytes)
{
	static const struct {
		uint16_t up_to, size;
	} bucket[] = {
		{ 197, 832 },
		{ 645, 1280 },
		{ 1669, 2304 },
		{ 3717, 4352 },
		{ 7813, 8448 },
		{ LOP_PAGED_BYTES - 1, 16640 },
	};

	if (likely(payload_bytes <= bucket[0].up_to))
		return bucket[0].size;
	for (unsigned int i = 1; i < RTE_DIM(bucket); i++) {
		if (payload_bytes <= bucket[i].up_to)
			return bucket[i].size;
	}
	return payload_bytes + 832;
}

/* The same of an IPv4 packet's payload, behind options. */
static inline uint32_t
lop_truesize_of(uint32_t l4_bytes, uint32_t options_bytes)
{
	const uint32_t header = RTE_MIN(l4_bytes, (uint32_t)sizeof(struct rte_udp_hdr));
	const uint32_t payload = l4_bytes - header;

	if (payload + options_bytes >= LOP_PAGED_BYTES)
		return payload + lop_truesize(0);
	return lop_truesize(payload + options_bytes);
}

/* The same of what waits in a socket, or is about to: its data starts as lop_sock_deliver() has it. */
static __rte_always_inline uint32_t
lop_charge_of(const struct lop_sock *sk, const struct rte_mbuf *m)
{
	if (unlikely((lop_meta(m)->flags & LOP_META_CHARGED) != 0))
		return m->hash.fdir.hi;
	return lop_truesize(likely(sk->rx_udp) ? m->pkt_len : m->pkt_len - 8);
}

/* Behind those of the list, a list that ends with `last`; under the queue's lock. */
static __rte_always_inline void
lop_queue_append(struct lop_sock *sk, struct rte_mbuf *first, struct rte_mbuf *last)
{
	lop_meta(last)->next = NULL;
	if (sk->rx_tail != NULL)
		lop_meta(sk->rx_tail)->next = first;
	else
		sk->rx_head = first;
	sk->rx_tail = last;
}

/*
 * Give n datagrams to a socket's queue, in order: contract UR-01 (checksum of small ones), UR-04.
 * Data starts at the payload, its headers in front (raw sockets: at the IPv4 header; ping sockets: at
 * the ICMP header). Takes all of them.
 */
void
lop_sock_deliver(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n);

/* The same for datagrams of one length and layout, whose checksums are known. */
void lop_sock_deliver_alike(
		struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n);

/* The same for some whose checksums are known, which are charged so much in all. */
void lop_sock_deliver_known(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts,
		uint16_t n, uint32_t charge);

/* What came for sk is about to wait in a shared queue. */
static __rte_always_inline void
lop_shared_mark(struct rte_mbuf *m, const struct lop_sock *sk)
{
	m->tx_offload = (uint32_t)sk->rx_fd;
}

/* The same for one, of a UDP socket with its own queue, while nobody traces. */
static __rte_always_inline void
lop_sock_deliver_one(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf *m)
{
	const uint32_t charge = lop_truesize(m->pkt_len);
	const bool locked = lop_rx_enter(w->lop, sk);

	if (unlikely(sk->rmem_bytes + charge > lop_load(sk->rcvbuf_bytes) ||
			    lop_load(sk->rx_notes))) {
		lop_rx_leave(sk, locked);
		lop_sock_deliver_alike(w, sk, &m, 1);
		return;
	}
	sk->rmem_bytes += charge;
	lop_queue_append(sk, m, m);
	lop_count(sk->rx_packets, 1);
	lop_rx_leave(sk, locked);
	if (unlikely(lop_load(sk->waited_for)))
		lop_sock_wake(sk);
}

/* Take up to n waiting datagrams; data starts as in lop_sock_deliver(). No counter moves. */
uint16_t
lop_sock_take(const struct lop *lop, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n);

/* The same; unsure: the checksums of some of them are not known. */
uint16_t lop_sock_take_burst(const struct lop *lop, struct lop_sock *sk, struct rte_mbuf **pkts,
		uint16_t n, bool *unsure);

/* ctl/recv_peek.c: SO_PEEK_OFF goes on by bytes looked at, and back by bytes taken. */
void lop_peek_moved(struct lop_sock *sk, int32_t bytes);

/* Make all that waits one list from rx_head on, for who looks at more than the first. Under rx_lock. */
void lop_sock_list(struct lop_sock *sk);

#endif
