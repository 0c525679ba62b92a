/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * A socket's queue of datagrams: linked through their meta, so that an idle socket has none.
 *
 * The lock is taken once per burst for one socket, not per packet.
 */

#include <string.h>

#include <rte_udp.h>

#include "stages.h"
#include "trace.h"
#include "udp_table.h"

/* What does not fit (contract UR-04); the queue's lock is not held. */
static __rte_noinline void
over(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	rte_atomic_fetch_add_explicit(&sk->drops, n, rte_memory_order_relaxed);
	if (sk->protocol == IPPROTO_UDP && sk->type == SOCK_DGRAM) {
		lop_mib_add(w, UDP_RCVBUFERRORS, n);
		lop_mib_add(w, UDP_INERRORS, n);
	}
	for (uint16_t i = 0; i < n; i++)
		lop_drop(w, pkts[i], RCVBUF);
}

static __rte_always_inline uint32_t
charge_of(const struct rte_mbuf *m)
{
	return lop_truesize(m->pkt_len - sizeof(struct rte_udp_hdr));
}

/* Put packets that fit behind those that wait; the queue's lock is held. */
static __rte_always_inline void
append(struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	for (uint16_t i = 0; i + 1 < n; i++)
		lop_meta(pkts[i])->next = pkts[i + 1];
	lop_meta(pkts[n - 1])->next = NULL;
	if (sk->rx_tail != NULL)
		lop_meta(sk->rx_tail)->next = pkts[0];
	else
		sk->rx_head = pkts[0];
	sk->rx_tail = pkts[n - 1];
	lop_count(sk->rx_packets, n);
}

/* What a socket wants to be noted with each datagram. */
#define STAMPS (LOP_SOCK_TIMESTAMP | LOP_SOCK_TIMESTAMPNS | LOP_SOCK_STAMPING)
#define NOTES (LOP_SOCK_RXQ_OVFL | STAMPS)

/* When it came, for the control message (contract CM-06). No look-up needs its route now. */
static void
stamp(struct lop_worker *w, struct rte_mbuf *m)
{
	lop_meta(m)->arrived_us = lop_now(w);
	lop_meta(m)->flags |= LOP_META_STAMPED;
}

/* One by one, those that fit to the front: how many. An empty queue takes one of any size. */
static __rte_noinline uint16_t
sort_out(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n,
		uint32_t limit)
{
	const bool ovfl = (lop_load(sk->flags) & LOP_SOCK_RXQ_OVFL) != 0;
	const bool stamps = (lop_load(sk->flags) & STAMPS) != 0;
	struct rte_mbuf *refused[LOP_BURST_MAX];
	uint16_t kept = 0, out = 0;

	for (uint16_t i = 0; i < n; i++) {
		const uint32_t charge = charge_of(pkts[i]);

		if (sk->rmem_bytes + charge > limit && sk->rmem_bytes != 0) {
			refused[out++] = pkts[i];
			continue;
		}
		sk->rmem_bytes += charge;
		/* what SO_RXQ_OVFL says with it */
		if (ovfl)
			pkts[i]->hash.usr = lop_load(sk->drops) + out;
		if (stamps)
			stamp(w, pkts[i]);
		pkts[kept++] = pkts[i];
	}
	memcpy(pkts + kept, refused, out * sizeof(pkts[0]));
	return kept;
}

/* charge: of all of them. */
static __rte_always_inline void
deliver(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n,
		uint32_t charge)
{
	const uint32_t limit = lop_load(sk->rcvbuf_bytes);
	uint16_t kept = n;

	lop_rx_lock(sk);
	/* before they are in the queue: whoever reads may free them at once */
	if (lop_tracing(w))
		lop_trace_burst(w, LOP_TRACE_QUEUE, pkts, n, (uintptr_t)sk, sk->rmem_bytes);
	if (likely(sk->rmem_bytes + charge <= limit && (lop_load(sk->flags) & NOTES) == 0))
		sk->rmem_bytes += charge;
	else
		kept = sort_out(w, sk, pkts, n, limit);
	if (likely(kept != 0))
		append(sk, pkts, kept);
	lop_rx_unlock(sk);

	if (unlikely(kept < n))
		over(w, sk, pkts + kept, n - kept);
	if (unlikely(lop_load(sk->waited_for)))
		lop_sock_wake(sk);
}

/* One alone needs no loops, here and below. */
void
lop_sock_deliver(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	uint32_t charge = 0;

	if (n == 1) {
		deliver(w, sk, pkts, 1, charge_of(pkts[0]));
		return;
	}
	for (uint16_t i = 0; i < n; i++)
		charge += charge_of(pkts[i]);
	deliver(w, sk, pkts, n, charge);
}

void
lop_sock_deliver_alike(
		struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	deliver(w, sk, pkts, n, n * charge_of(pkts[0]));
}

static __rte_always_inline uint16_t
take(struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	struct rte_mbuf *m;
	uint32_t charge = 0;
	uint16_t k;

	if (lop_load(sk->rx_packets) == 0)
		return 0;
	lop_rx_lock(sk);
	m = sk->rx_head;
	for (k = 0; k < n && m != NULL; k++) {
		pkts[k] = m;
		charge += charge_of(m);
		m = lop_meta(m)->next;
	}
	sk->rx_head = m;
	if (m == NULL)
		sk->rx_tail = NULL;
	sk->rmem_bytes -= charge;
	lop_count(sk->rx_packets, -k);
	lop_rx_unlock(sk);
	if (m == NULL)
		lop_sock_taken(sk);
	return k;
}

uint16_t
lop_sock_take(struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	return n == 1 ? take(sk, pkts, 1) : take(sk, pkts, n);
}
