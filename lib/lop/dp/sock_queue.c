/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * A socket's queue of datagrams: some slots for bursts, and behind them a list through the metas.
 *
 * The lock is taken once per burst for one socket, not per packet.
 */

#include <string.h>

#include "sock_filter.h"
#include "stages.h"
#include "trace.h"
#include "udp_table.h"

/* What does not fit (contract UR-04); the queue's lock is not held. */
static __rte_noinline void
over(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	rte_atomic_fetch_add_explicit(&sk->drops, n, rte_memory_order_relaxed);
	if (sk->rx_udp) {
		lop_mib_add(w, UDP_RCVBUFERRORS, n);
		lop_mib_add(w, UDP_INERRORS, n);
	}
	for (uint16_t i = 0; i < n; i++)
		lop_drop(w, pkts[i], RCVBUF);
}

/* Put packets behind those of the list; the queue's lock is held, here and below. */
static __rte_always_inline void
append_list(struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	for (uint16_t i = 0; i + 1 < n; i++)
		lop_meta(pkts[i])->next = pkts[i + 1];
	lop_queue_append(sk, pkts[0], pkts[n - 1]);
}

/* One alone spares the socket the line of the slots. */
static __rte_always_inline void
append(struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	const uint16_t room = likely(sk->rx_head == NULL) ? LOP_SOCK_SLOTS - sk->rx_to : 0;
	const uint16_t k = n > 1 ? RTE_MIN(n, room) : 0;

	for (uint16_t i = 0; i < k; i++)
		sk->rx_slot[sk->rx_to + i] = pkts[i];
	sk->rx_to += k;
	if (k < n)
		append_list(sk, pkts + k, n - k);
	lop_count(sk->rx_packets, n);
}

void
lop_sock_list(struct lop_sock *sk)
{
	struct rte_mbuf *head = sk->rx_head;

	for (unsigned int i = sk->rx_to; i > sk->rx_from; i--) {
		lop_meta(sk->rx_slot[i - 1])->next = head;
		head = sk->rx_slot[i - 1];
		if (sk->rx_tail == NULL)
			sk->rx_tail = head;
	}
	sk->rx_head = head;
	sk->rx_from = sk->rx_to = 0;
}

/* When it came, for the control message (contract CM-06). No look-up needs its route now. */
static void
stamp(struct lop_worker *w, struct rte_mbuf *m)
{
	lop_meta(m)->arrived_us = lop_now(w);
	lop_meta(m)->flags |= LOP_META_STAMPED;
}

/* A queue that is empty takes a datagram of any size; one of packets does while any room is left. */
static bool
is_full(const struct lop_sock *sk, uint32_t charge, uint32_t limit)
{
	if (!sk->rx_udp)
		return sk->rmem_bytes >= limit;
	return sk->rmem_bytes + charge > limit && sk->rmem_bytes != 0;
}

/* One by one, those that fit to the front: how many. */
static __rte_noinline uint16_t
sort_out(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n,
		uint32_t limit)
{
	const bool ovfl = (lop_load(sk->flags) & LOP_SOCK_RXQ_OVFL) != 0;
	const bool stamps = (lop_load(sk->flags) & LOP_SOCK_STAMPS) != 0;
	struct rte_mbuf *refused[LOP_BURST_MAX];
	uint16_t kept = 0, out = 0;

	for (uint16_t i = 0; i < n; i++) {
		const uint32_t charge = lop_charge_of(sk, pkts[i]);

		if (is_full(sk, charge, limit)) {
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

/*
 * The socket's filter says which of them stay, and how much of them; and they may wait in another
 * one's queue. How many are left.
 */
static __rte_noinline uint16_t
before_queue(struct lop_worker *w, struct lop_sock **sk, struct rte_mbuf **pkts, uint16_t n)
{
	struct lop_sock *into = lop_acquire((*sk)->rx_into);

	n = lop_sock_filter_run(w, *sk, pkts, n);
	if (into == NULL)
		return n;
	for (uint16_t i = 0; i < n; i++)
		lop_shared_mark(pkts[i], *sk);
	*sk = into;
	return n;
}

/* charge: of all of them. known: their checksums are. */
static __rte_always_inline void
deliver(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n,
		uint32_t charge, bool known)
{
	const uint32_t limit = lop_load(sk->rcvbuf_bytes);
	const bool locked = lop_rx_enter(w->lop, sk);
	uint16_t kept = n;

	/* before they are in the queue: whoever reads may free them at once */
	if (lop_tracing(w))
		lop_trace_burst(w, LOP_TRACE_QUEUE, pkts, n, (uintptr_t)sk, sk->rmem_bytes);
	if (likely(sk->rmem_bytes + charge <= limit && !lop_load(sk->rx_notes)))
		sk->rmem_bytes += charge;
	else
		kept = sort_out(w, sk, pkts, n, limit);
	if (likely(kept != 0))
		append(sk, pkts, kept);
	if (unlikely(!known))
		sk->rx_unsure = true;
	lop_rx_leave(sk, locked);

	if (unlikely(kept < n))
		over(w, sk, pkts + kept, n - kept);
	if (unlikely(lop_load(sk->waited_for)))
		lop_sock_wake(sk);
}

void
lop_sock_deliver(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	uint32_t charge = 0;
	bool known = true;

	if (unlikely(lop_load(sk->rx_first) != 0)) {
		n = before_queue(w, &sk, pkts, n);
		if (n == 0)
			return;
	}
	for (uint16_t i = 0; i < n; i++) {
		charge += lop_charge_of(sk, pkts[i]);
		known &= (lop_meta(pkts[i])->flags & LOP_META_CSUM_KNOWN) != 0;
	}
	deliver(w, sk, pkts, n, charge, known);
}

void
lop_sock_deliver_known(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts,
		uint16_t n, uint32_t charge)
{
	deliver(w, sk, pkts, n, charge, true);
}

/* One alone needs no loops, here and below. */
void
lop_sock_deliver_alike(
		struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	if (unlikely(lop_load(sk->rx_first) != 0))
		lop_sock_deliver(w, sk, pkts, n);
	else if (n == 1)
		deliver(w, sk, pkts, 1, lop_charge_of(sk, pkts[0]), true);
	else
		deliver(w, sk, pkts, n, n * lop_charge_of(sk, pkts[0]), true);
}

/* Of the slots: how many. */
static __rte_always_inline uint16_t
take_slots(struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	const uint16_t k = RTE_MIN(n, sk->rx_to - sk->rx_from);

	for (uint16_t i = 0; i < k; i++)
		pkts[i] = sk->rx_slot[sk->rx_from + i];
	sk->rx_from += k;
	if (sk->rx_from == sk->rx_to)
		sk->rx_from = sk->rx_to = 0;
	return k;
}

/* Of the list. */
static __rte_always_inline uint16_t
take_list(struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	struct rte_mbuf *m = sk->rx_head;
	uint16_t k = 0;

	for (; k < n && m != NULL; k++) {
		pkts[k] = m;
		m = lop_meta(m)->next;
	}
	sk->rx_head = m;
	if (m == NULL)
		sk->rx_tail = NULL;
	return k;
}

/* k were read, waiting ones are left: what they were charged is given back. */
static __rte_noinline void
read_some(struct lop_sock *sk, struct rte_mbuf *const *pkts, uint16_t k, uint32_t waiting)
{
	for (uint16_t i = 0; i < k; i++)
		lop_rx_read(sk, lop_charge_of(sk, pkts[i]), waiting + k - 1 - i);
}

/* Nothing waits any more: nothing is charged but errors. */
static __rte_always_inline void
read_all(struct lop_sock *sk, struct rte_mbuf *const *pkts, uint16_t k)
{
	if (likely(!sk->err_waits)) {
		sk->rmem_bytes = 0;
	} else {
		sk->rmem_bytes -= sk->rx_owed;
		for (uint16_t i = 0; i < k; i++)
			sk->rmem_bytes -= lop_charge_of(sk, pkts[i]);
	}
	sk->rx_owed = 0;
	sk->rx_seen = 0;
	sk->rx_unsure = false;
}

static __rte_always_inline uint16_t
take(const struct lop *lop, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n, bool *unsure)
{
	uint32_t waiting;
	bool locked;
	uint16_t k = 0;

	if (lop_load(sk->rx_packets) == 0)
		return 0;
	locked = lop_rx_enter(lop, sk);
	*unsure = sk->rx_unsure;
	if (sk->rx_to != 0)
		k = take_slots(sk, pkts, n);
	if (k < n && sk->rx_head != NULL)
		k += take_list(sk, pkts + k, n - k);
	waiting = lop_load(sk->rx_packets) - k;
	lop_store(sk->rx_packets, waiting);
	if (likely(waiting == 0))
		read_all(sk, pkts, k);
	else
		read_some(sk, pkts, k, waiting);
	lop_rx_leave(sk, locked);
	if (waiting == 0)
		lop_sock_taken(sk);
	return k;
}

uint16_t
lop_sock_take(const struct lop *lop, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	bool unsure;

	return n == 1 ? take(lop, sk, pkts, 1, &unsure) : take(lop, sk, pkts, n, &unsure);
}

uint16_t
lop_sock_take_burst(const struct lop *lop, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n,
		bool *unsure)
{
	return n == 1 ? take(lop, sk, pkts, 1, unsure) : take(lop, sk, pkts, n, unsure);
}
