/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Looking at datagrams that stay in the queue: MSG_PEEK, SO_PEEK_OFF, how long the next one is
 * (contract UR-06).
 */

#include <rte_udp.h>

#include "../dp/udp_in.h"
#include "msg.h"

static void
hold(struct rte_mbuf *m)
{
	for (; m != NULL; m = m->next)
		rte_mbuf_refcnt_update(m, 1);
}

struct rte_mbuf *
lop_peek(struct lop_sock *sk, uint32_t *off)
{
	struct rte_mbuf *m;
	uint32_t skip, place = 0;

	lop_rx_lock(sk);
	lop_sock_list(sk);
	skip = RTE_MAX(lop_load(sk->peek_off), 0);
	for (m = sk->rx_head; m != NULL; m = lop_meta(m)->next, place++) {
		const uint32_t bytes = m->pkt_len;

		if (skip < bytes || skip == 0)
			break;
		skip -= bytes;
	}
	if (place >= sk->rx_seen)
		sk->rx_seen = lop_load(sk->rx_packets);
	if (m != NULL)
		hold(m);
	lop_rx_unlock(sk);
	*off = skip;
	return m;
}

void
lop_peek_unlink(struct lop_sock *sk, struct rte_mbuf *m)
{
	struct rte_mbuf *before = NULL, *at;

	lop_rx_lock(sk);
	lop_sock_list(sk);
	for (at = sk->rx_head; at != NULL && at != m; at = lop_meta(at)->next)
		before = at;
	if (at != NULL) {
		struct rte_mbuf *next = lop_meta(at)->next;

		if (before != NULL)
			lop_meta(before)->next = next;
		else
			sk->rx_head = next;
		if (next == NULL)
			sk->rx_tail = before;
		lop_count(sk->rx_packets, -1);
		lop_rx_read(sk, lop_charge_of(sk, at), lop_load(sk->rx_packets));
	}
	lop_rx_unlock(sk);
	if (at != NULL) {
		lop_sock_taken(sk);
		rte_pktmbuf_free(at);
	}
}

void
lop_peek_moved(struct lop_sock *sk, int32_t bytes)
{
	int off;

	lop_rx_lock(sk);
	off = lop_load(sk->peek_off);
	if (off >= 0)
		lop_store(sk->peek_off, RTE_MAX(off + bytes, 0));
	lop_rx_unlock(sk);
}

/* Take those at the front off whose checksum is wrong: a chain of them, or NULL. */
static struct rte_mbuf *
take_bad(struct lop_sock *sk)
{
	struct rte_mbuf *bad = NULL, **end = &bad, *m;
	uint32_t charge = 0;

	while ((m = sk->rx_head) != NULL) {
		if (sk->rx_seen == 0)
			sk->rx_seen = lop_load(sk->rx_packets);
		if (lop_udp_payload_is_right(m))
			break;
		sk->rx_head = lop_meta(m)->next;
		lop_meta(m)->next = NULL;
		*end = m;
		end = &lop_meta(m)->next;
		charge += lop_charge_of(sk, m);
		sk->rx_seen--;
		lop_count(sk->rx_packets, -1);
	}
	if (m == NULL)
		sk->rx_tail = NULL;
	if (bad != NULL)
		lop_rx_give_back(sk, charge, lop_load(sk->rx_packets));
	return bad;
}

int
lop_recv_next_bytes(struct lop_worker *w, struct lop_sock *sk)
{
	struct rte_mbuf *bad = NULL, *next;
	int bytes;

	lop_rx_lock(sk);
	lop_sock_list(sk);
	if (sk->rx_udp)
		bad = take_bad(sk);
	bytes = sk->rx_head != NULL ? (int)sk->rx_head->pkt_len : -1;
	lop_rx_unlock(sk);
	if (bad != NULL)
		lop_sock_taken(sk);
	for (; bad != NULL; bad = next) {
		next = lop_meta(bad)->next;
		lop_recv_bad_sum(w, sk, bad);
	}
	return bytes;
}
