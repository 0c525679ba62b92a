/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_PLAN_H
#define LOP_DP_PLAN_H

/*
 * A plan: how the datagrams of a socket to a destination look, once it was found that no stage of
 * output has anything to do with them: plain ones, over lo, while nobody looks on.
 *
 * A worker keeps some, each for as long as the generations stand in which it was made: the
 * socket's, routing's, and that of lo's link header.
 */

#include <sys/uio.h>

#include "image.h"

#define LOP_PLANS 16 /* of a worker, by descriptor; behind them one for bursts to many places */

/* What a plan is made from, loaded before the first look at what it depends on. */
struct lop_plan_gens {
	uint32_t sock_gen, genid, neigh_seq;
};

struct lop_plan {
	struct lop_sock *sock; /* NULL: none is made */
	struct lop_plan_gens gens;
	/* What the call named; the peer, where it named nothing. */
	bool named;
	uint16_t dport_be;
	uint32_t daddr_be;

	uint32_t most_bytes; /* of payload */
	bool connected;      /* IDs from the socket's counter */
	bool no_check;
	bool id_zero;     /* to many places: IDs are 0, or from the worker's counters */
	uint16_t port_id; /* of lo */
	uint16_t *id;     /* the worker's counter for IDs otherwise; NULL: they are 0 */
	bool comes_back;  /* on the way in no stage has anything to do with them either */
	struct {
		struct lop_sock *sock; /* NULL: not known */
		uint32_t sock_gen;     /* lop->sock_gen, when it was found */
		int ifindex;
	} receiver;
	struct lop_common common;
	struct lop_image image;
};

static __rte_always_inline struct lop_plan_gens
lop_plan_gens(const struct lop_sock *sk)
{
	return (struct lop_plan_gens){
		.sock_gen = lop_acquire(sk->gen),
		.genid = lop_acquire(sk->lop->genid),
		.neigh_seq = lop_acquire(sk->lop->lo->neigh_any->seq),
	};
}

/* Whether a plan still holds for a socket, while nobody looks on: 0. */
static __rte_always_inline uint32_t
lop_plan_differs(const struct lop_worker *w, const struct lop_plan *p, const struct lop_sock *sk)
{
	const struct lop_plan_gens now = lop_plan_gens(sk);

	return (p->gens.sock_gen ^ now.sock_gen) | (p->gens.genid ^ now.genid) |
			(p->gens.neigh_seq ^ now.neigh_seq) | lop_load(w->lop->watched) |
			lop_load(sk->err) | lop_load(sk->wmem_bytes);
}

/*
 * The plan for a destination, or NULL: go the long way, and make one there. to: NULL for the peer,
 * else an address that was checked for its length alone.
 */
static __rte_always_inline struct lop_plan *
lop_plan_find(struct lop_worker *w, const struct lop_sock *sk, const struct sockaddr_in *to)
{
	struct lop_plan *p = &w->plans[(unsigned int)sk->fd % LOP_PLANS];
	uint32_t differ = lop_plan_differs(w, p, sk);

	if (to != NULL)
		differ |= (to->sin_addr.s_addr ^ p->daddr_be) | (to->sin_port ^ p->dport_be) |
				(to->sin_family ^ AF_INET) | !p->named;
	else
		differ |= p->named;
	return likely(p->sock == sk && differ == 0) ? p : NULL;
}

/*
 * Make one, after a send was decided the long way: gens are of before, send is what was decided;
 * to as above. Nothing is made where the datagrams are not plain.
 */
void lop_plan_make(struct lop_worker *w, struct lop_plan_gens gens, const struct sockaddr_in *to,
		const struct lop_send *send, const struct lop_dst *dst);

/* What both kinds of plans have: false, and no plan, where the datagrams are not plain. */
bool lop_plan_fill(struct lop_plan *p, struct lop_worker *w, struct lop_plan_gens gens,
		const struct lop_send *send, const struct lop_dst *dst);

/*
 * Send n datagrams by a plan, and receive them. Answers how many: one that is too long, and what is
 * behind it, is left to the caller.
 */
uint16_t
lop_plain_send(struct lop_worker *w, struct lop_plan *plan, struct rte_mbuf **pkts, uint16_t n);

/*
 * The same of copies of payloads, none of which is longer than plan->most_bytes or
 * LOP_SEGMENT_BYTES. False: no mbufs, none was sent.
 */
bool lop_plain_send_copies(
		struct lop_worker *w, struct lop_plan *plan, const struct iovec *from, uint16_t n);

/*
 * dp/plain_each.c: the plan for bursts to a destination each, made from what the first of them was
 * sent by.
 */
void lop_plan_make_each(struct lop_worker *w, struct lop_plan_gens gens,
		const struct lop_send *send, const struct lop_dst *dst);

/*
 * Send up to LOP_BURST_MAX datagrams by that plan, and receive them. Answers how many: one that is
 * too long or goes elsewhere, and what is behind it, is left to the caller; 0 without a plan, too.
 */
uint16_t lop_plain_send_each(struct lop_worker *w, struct lop_sock *sk,
		const struct sockaddr_in *to, struct rte_mbuf **pkts, uint16_t n);

#endif
