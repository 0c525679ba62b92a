/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Which socket a datagram is for (contract UR-02, UR-03, CO-05).
 */

#include <string.h>

#include <rte_ip.h>
#include <rte_lcore.h>
#include <rte_udp.h>

#include "stages.h"
#include "udp_table.h"

/* In a frame without IPv4 options. */
#define DADDR_AT (RTE_ETHER_HDR_LEN + offsetof(struct rte_ipv4_hdr, dst_addr))
#define DPORT_AT \
	(RTE_ETHER_HDR_LEN + sizeof(struct rte_ipv4_hdr) + offsetof(struct rte_udp_hdr, dst_port))

/* How well a socket fits, or -1. */
static __rte_always_inline int
score_of(const struct lop_sock *sk, const struct lop_tuple *t)
{
	const int bound_if = lop_load(sk->bound_if);
	int score = 2;

	if (lop_load(sk->daddr_be) != 0) {
		if (lop_load(sk->daddr_be) != t->saddr_be)
			return -1;
		score += 4;
	}
	if (lop_load(sk->dport_be) != 0) {
		if (lop_load(sk->dport_be) != t->sport_be)
			return -1;
		score += 4;
	}
	if (unlikely(bound_if != 0)) {
		if (bound_if != t->ifindex)
			return -1;
		score += 4;
	}
	if (unlikely(lop_load(sk->incoming_cpu) >= 0) &&
			lop_load(sk->incoming_cpu) == (int)rte_lcore_id())
		score++;
	return score;
}

/* One of a group of equals: the same tuple always finds the same (contract UR-03). */
static struct lop_sock *
one_of_group(struct lop_sock *first, uint32_t addr_be, uint8_t link, const struct lop_tuple *t)
{
	const uint32_t group = lop_load(first->reuse_group);
	const uint32_t hash = rte_hash_crc_8byte((uint64_t)t->saddr_be << 32 | t->daddr_be,
			(uint32_t)t->sport_be << 16 | t->dport_be);
	struct lop_sock *sk = first;
	uint32_t members = 0, pick;

	for (; sk != NULL; sk = lop_acquire(sk->by_addr[link]))
		members += lop_load(sk->rcv_saddr_be) == addr_be &&
				lop_load(sk->sport_be) == t->dport_be &&
				lop_load(sk->reuse_group) == group;
	pick = (uint64_t)hash * members >> 32;
	for (sk = first; sk != NULL; sk = lop_acquire(sk->by_addr[link])) {
		if (lop_load(sk->rcv_saddr_be) != addr_be ||
				lop_load(sk->sport_be) != t->dport_be ||
				lop_load(sk->reuse_group) != group)
			continue;
		if (pick-- == 0)
			return sk;
	}
	return first;
}

/* contract UR-02. A socket that connects meanwhile moves to another chain: then *moved. */
static __rte_always_inline struct lop_sock *
best_in(const struct lop_udp_chains *chains, uint32_t addr_be, const struct lop_tuple *t,
		bool *moved)
{
	const uint32_t chain = lop_udp_hash(addr_be, t->dport_be) & chains->mask;
	struct lop_sock *best = NULL;
	const struct lop_sock *last = NULL;
	int best_score = -1;
	struct lop_sock *sk = lop_acquire(chains->head[chain]);

	for (; sk != NULL; sk = lop_acquire(sk->by_addr[chains->link])) {
		int score;

		last = sk;
		if (lop_load(sk->sport_be) != t->dport_be || lop_load(sk->rcv_saddr_be) != addr_be)
			continue;
		score = score_of(sk, t);
		if (score > best_score) {
			best = sk;
			best_score = score;
		}
	}
	if (unlikely(best != NULL && lop_load(best->reuse_group) != 0 &&
			    lop_load(best->daddr_be) == 0))
		best = one_of_group(best, addr_be, chains->link, t);
	*moved = best == NULL && last != NULL &&
			(lop_udp_hash(lop_load(last->rcv_saddr_be), lop_load(last->sport_be)) &
					chains->mask) != chain;
	return best;
}

static __rte_noinline struct lop_sock *
best_of_several(const struct lop *lop, const struct lop_tuple *t)
{
	struct lop_sock *sk;
	bool moved, moved_any;

	do {
		const struct lop_udp_chains *chains = lop_acquire(lop->udp->by_addr);

		sk = best_in(chains, t->daddr_be, t, &moved);
		moved_any = false;
		if (sk == NULL)
			sk = best_in(chains, 0, t, &moved_any);
	} while (unlikely(sk == NULL && (moved || moved_any)));
	return sk;
}

struct lop_sock *
lop_udp_lookup(const struct lop *lop, const struct lop_tuple *t)
{
	struct lop_sock *sk = lop_udp_only(lop, t->dport_be);
	uint32_t addr_be;

	if (unlikely(sk == LOP_UDP_SEVERAL))
		return best_of_several(lop, t);
	if (unlikely(sk == NULL))
		return NULL;
	addr_be = lop_load(sk->rcv_saddr_be);
	return likely((addr_be == 0 || addr_be == t->daddr_be) && score_of(sk, t) >= 0) ? sk : NULL;
}

bool
lop_udp_ahead(const struct lop *lop, const struct lop_udp_wanted *to, struct lop_sock **only,
		uint16_t n)
{
	bool several = false;

	for (uint16_t i = 0; i < n; i++) {
		only[i] = lop_udp_only(lop, to->dport_be[i]);
		if (likely(only[i] != NULL && only[i] != LOP_UDP_SEVERAL))
			rte_prefetch0(&only[i]->rx_lock);
		several |= only[i] == LOP_UDP_SEVERAL;
	}
	return several;
}

static __rte_always_inline void
prefetch_first(const struct lop_sock *sk)
{
	if (sk == NULL)
		return;
	rte_prefetch0(sk);
	rte_prefetch0(&sk->by_addr);
	rte_prefetch0(&sk->rx_lock);
}

void
lop_udp_ahead_several(const struct lop *lop, const struct lop_udp_wanted *to, uint16_t n)
{
	const struct lop_udp_chains *chains = lop_acquire(lop->udp->by_addr);
	uint32_t by_addr[LOP_BURST_MAX], by_port[LOP_BURST_MAX];

	for (uint16_t i = 0; i < n; i++) {
		by_addr[i] = lop_udp_hash(to->daddr_be[i], to->dport_be[i]) & chains->mask;
		by_port[i] = lop_udp_hash(0, to->dport_be[i]) & chains->mask;
		rte_prefetch0(&chains->head[by_addr[i]]);
		rte_prefetch0(&chains->head[by_port[i]]);
	}
	for (uint16_t i = 0; i < n; i++) {
		prefetch_first(lop_acquire(chains->head[by_addr[i]]));
		prefetch_first(lop_acquire(chains->head[by_port[i]]));
	}
}

void
lop_udp_prefetch(const struct lop *lop, struct rte_mbuf **pkts, uint16_t n)
{
	struct lop_sock *only[LOP_BURST_MAX];
	struct lop_udp_wanted to;
	uint16_t k = 0;

	for (uint16_t i = 0; i < n; i++) {
		const uint8_t *frame = rte_pktmbuf_mtod(pkts[i], const uint8_t *);

		if (unlikely(pkts[i]->data_len < DPORT_AT + sizeof(to.dport_be[0])))
			continue;
		memcpy(&to.daddr_be[k], frame + DADDR_AT, sizeof(to.daddr_be[0]));
		memcpy(&to.dport_be[k++], frame + DPORT_AT, sizeof(to.dport_be[0]));
	}
	if (lop_udp_ahead(lop, &to, only, k))
		lop_udp_ahead_several(lop, &to, k);
}
