/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The tables of sockets: insertion, removal, growth. Under lop->lock; look-ups read meanwhile.
 */

#include <stdlib.h>

#include <rte_malloc.h>

#include "../dp/udp_table.h"
#include "sock.h"

#define CHAINS_MIN 1024
#define CHAINS_MAX (1 << 20)

static struct lop_udp_chains *
chains_create(uint32_t n, uint8_t link)
{
	struct lop_udp_chains *chains = rte_zmalloc("lop udp chains",
			sizeof(*chains) + n * sizeof(chains->head[0]), RTE_CACHE_LINE_SIZE);

	if (chains != NULL) {
		chains->mask = n - 1;
		chains->link = link;
	}
	return chains;
}

static RTE_ATOMIC(struct lop_sock *) *
		chain_of(struct lop_udp_chains *chains, const struct lop_sock *sk)
{
	return &chains->head[lop_udp_hash(lop_load(sk->rcv_saddr_be), lop_load(sk->sport_be)) &
			chains->mask];
}

/* At the front: among equals the most recent is met first (contract UR-02). */
static void
chain_add(struct lop_udp_chains *chains, struct lop_sock *sk)
{
	RTE_ATOMIC(struct lop_sock *) *head = chain_of(chains, sk);

	lop_store(sk->by_addr[chains->link], lop_load(*head));
	lop_publish(*head, sk);
}

/* The socket keeps its own link: a look-up may stand on it. */
static void
chain_del(struct lop_udp_chains *chains, struct lop_sock *sk)
{
	RTE_ATOMIC(struct lop_sock *) *at = chain_of(chains, sk);

	while (lop_load(*at) != sk)
		at = &lop_load(*at)->by_addr[chains->link];
	lop_publish(*at, lop_load(sk->by_addr[chains->link]));
}

/* The replaced chains go when nobody walks them any more. */
static bool
old_chains_gone(struct lop *lop)
{
	struct lop_udp_tables *t = lop->udp;

	if (t->old == NULL)
		return true;
	if (rte_rcu_qsbr_check(lop->qsbr, t->old_token, false) != 1)
		return false;
	rte_free(t->old);
	t->old = NULL;
	return true;
}

/*
 * Twice the chains, by the sockets' other link, which nobody walks: growth waits for that instead
 * of stalling, and without memory the chains just stay longer.
 */
static void
grow(struct lop *lop)
{
	struct lop_udp_tables *t = lop->udp;
	struct lop_udp_chains *from = lop_load(t->by_addr), *to;

	if (from->mask + 1 >= CHAINS_MAX || !old_chains_gone(lop))
		return;
	to = chains_create(2 * (from->mask + 1), from->link ^ 1);
	if (to == NULL)
		return;
	for (uint32_t c = 0; c <= from->mask; c++) {
		struct lop_sock *sk = lop_load(from->head[c]), *in_order = NULL;

		/* the order of a chain stays: turn it round, then add at the front */
		for (; sk != NULL; sk = lop_load(sk->by_addr[from->link])) {
			lop_store(sk->by_addr[to->link], in_order);
			in_order = sk;
		}
		while (in_order != NULL) {
			sk = in_order;
			in_order = lop_load(sk->by_addr[to->link]);
			chain_add(to, sk);
		}
	}
	lop_publish(t->by_addr, to);
	t->old = from;
	t->old_token = lop_grace_start(lop);
}

/* The group of sockets with SO_REUSEPORT that share everything else (contract UR-03). */
static uint32_t
reuse_group(const struct lop_sock *sk)
{
	struct lop_udp_chains *chains = lop_load(sk->lop->udp->by_addr);
	struct lop_sock *other = lop_load(*chain_of(chains, sk));

	for (; other != NULL; other = lop_load(other->by_addr[chains->link])) {
		if (other != sk && lop_load(other->sport_be) == lop_load(sk->sport_be) &&
				lop_load(other->rcv_saddr_be) == lop_load(sk->rcv_saddr_be) &&
				other->uid == sk->uid &&
				lop_load(other->bound_if) == lop_load(sk->bound_if) &&
				(lop_load(other->flags) & LOP_SOCK_REUSEPORT) != 0 &&
				lop_load(other->reuse_group) != 0)
			return lop_load(other->reuse_group);
	}
	return ++sk->lop->udp->last_group;
}

static RTE_ATOMIC(struct lop_sock *) * only_of(const struct lop_sock *sk)
{
	return &sk->lop->udp->only[rte_be_to_cpu_16(lop_load(sk->sport_be))];
}

/* A socket has left its port, which had several: one may be the only one now. */
static void
only_again(struct lop_sock *gone)
{
	const uint16_t port_be = lop_load(gone->sport_be);
	struct lop_sock *sk = lop_load(gone->lop->udp->by_port[lop_udp_port_chain(port_be)]);
	struct lop_sock *only = NULL;

	for (; sk != NULL; sk = lop_load(sk->by_port)) {
		if (lop_load(sk->sport_be) != port_be)
			continue;
		if (only != NULL)
			return;
		only = sk;
	}
	lop_publish(*only_of(gone), only);
}

int
lop_udp_insert(struct lop_sock *sk)
{
	struct lop_udp_tables *t = sk->lop->udp;
	RTE_ATOMIC(struct lop_sock *)
	*head = &t->by_port[lop_udp_port_chain(lop_load(sk->sport_be))];
	struct lop_sock *next = lop_load(*head);

	if (t->nb_socks > lop_load(t->by_addr)->mask)
		grow(sk->lop);
	lop_store(sk->reuse_group,
			(lop_load(sk->flags) & LOP_SOCK_REUSEPORT) != 0 ? reuse_group(sk) : 0);
	chain_add(lop_load(t->by_addr), sk);
	lop_store(sk->by_port, next);
	sk->by_port_pprev = head;
	if (next != NULL)
		next->by_port_pprev = &sk->by_port;
	lop_publish(*head, sk);
	/* behind the chains: who finds that there are several walks them */
	lop_publish(*only_of(sk), lop_load(*only_of(sk)) == NULL ? sk : LOP_UDP_SEVERAL);
	t->nb_socks++;
	return 0;
}

void
lop_udp_remove(struct lop_sock *sk)
{
	struct lop_udp_tables *t = sk->lop->udp;
	struct lop_sock *next = lop_load(sk->by_port);

	chain_del(lop_load(t->by_addr), sk);
	lop_publish(*sk->by_port_pprev, next);
	if (next != NULL)
		next->by_port_pprev = sk->by_port_pprev;
	if (lop_load(*only_of(sk)) == sk)
		lop_publish(*only_of(sk), NULL);
	else
		only_again(sk);
	lop_store(sk->reuse_group, 0);
	t->nb_socks--;
}

/* As in Linux, a socket that moves leaves its group. */
void
lop_udp_rehash(struct lop_sock *sk, uint32_t rcv_saddr_be)
{
	struct lop_udp_chains *chains = lop_load(sk->lop->udp->by_addr);

	chain_del(chains, sk);
	lop_store(sk->reuse_group, 0);
	lop_store(sk->rcv_saddr_be, rcv_saddr_be);
	chain_add(chains, sk);
}

/* Raw and ping sockets hang in one chain by by_port: DM-01 gives a packet to all that fit. */
void
lop_raw_insert(struct lop_sock *sk)
{
	struct lop_udp_tables *t = sk->lop->udp;
	struct lop_sock *next = lop_load(t->raw);

	lop_store(sk->by_port, next);
	sk->by_port_pprev = &t->raw;
	if (next != NULL)
		next->by_port_pprev = &sk->by_port;
	lop_publish(t->raw, sk);
	lop_count(t->nb_raw, 1);
	lop_watched_update(sk->lop);
}

void
lop_raw_remove(struct lop_sock *sk)
{
	struct lop_sock *next = lop_load(sk->by_port);

	lop_publish(*sk->by_port_pprev, next);
	if (next != NULL)
		next->by_port_pprev = sk->by_port_pprev;
	lop_count(sk->lop->udp->nb_raw, -1);
	lop_watched_update(sk->lop);
}

int
lop_udp_init(struct lop *lop)
{
	lop->udp = rte_zmalloc("lop udp tables", sizeof(*lop->udp), RTE_CACHE_LINE_SIZE);
	if (lop->udp == NULL)
		return -ENOMEM;
	lop_store(lop->udp->by_addr, chains_create(CHAINS_MIN, 0));
	/* of the system's heap, which gives pages when they are written */
	lop->udp->only = calloc(LOP_UDP_PORTS, sizeof(lop->udp->only[0]));
	if (lop_load(lop->udp->by_addr) == NULL || lop->udp->only == NULL) {
		rte_free(lop_load(lop->udp->by_addr));
		free(lop->udp->only);
		rte_free(lop->udp);
		lop->udp = NULL;
		return -ENOMEM;
	}
	lop->udp->closed_tail = &lop->udp->closed;
	return 0;
}

void
lop_udp_fini(struct lop *lop)
{
	lop_socks_close_all(lop);
	rte_free(lop->udp->old);
	free(lop->udp->only);
	rte_free(lop_load(lop->udp->by_addr));
	rte_free(lop->udp);
	lop->udp = NULL;
}
