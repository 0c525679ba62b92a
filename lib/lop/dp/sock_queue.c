/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * A socket's queue of datagrams: linked through their meta, so that an idle socket has none.
 *
 * The lock is taken once per burst for one socket, not per packet.
 */

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

void
lop_sock_deliver(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	const uint32_t limit = lop_load(sk->rcvbuf_bytes);
	const bool ovfl = (lop_load(sk->flags) & LOP_SOCK_RXQ_OVFL) != 0;
	uint16_t kept = 0, refused = 0;
	uint32_t rmem;

	/* before: whoever reads may free them at once */
	if (lop_tracing(w))
		lop_trace_burst(w, LOP_TRACE_QUEUE, pkts, n, (uintptr_t)sk, sk->rmem_bytes);
	rte_spinlock_lock(&sk->rx_lock);
	rmem = sk->rmem_bytes;
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		const uint32_t charge = charge_of(m);

		/* an empty queue takes one of any size */
		if (unlikely(rmem + charge > limit && rmem != 0)) {
			pkts[refused++] = m;
			continue;
		}
		rmem += charge;
		if (unlikely(ovfl))
			m->hash.usr = lop_load(sk->drops) + refused;
		lop_meta(m)->next = NULL;
		if (sk->rx_tail != NULL)
			lop_meta(sk->rx_tail)->next = m;
		else
			sk->rx_head = m;
		sk->rx_tail = m;
		kept++;
	}
	sk->rmem_bytes = rmem;
	lop_count(sk->rx_packets, kept);
	rte_spinlock_unlock(&sk->rx_lock);

	if (unlikely(refused != 0))
		over(w, sk, pkts, refused);
	if (unlikely(lop_load(sk->waited_for)))
		lop_sock_wake(sk);
}

uint16_t
lop_sock_take(struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	struct rte_mbuf *m;
	uint32_t charge = 0;
	uint16_t k;

	if (lop_load(sk->rx_packets) == 0)
		return 0;
	rte_spinlock_lock(&sk->rx_lock);
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
	rte_spinlock_unlock(&sk->rx_lock);
	if (m == NULL)
		lop_sock_taken(sk);
	return k;
}
