/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * All of output and input in one pass for bursts to a destination each: what plain_out does for one.
 * Addresses, ports and what is summed of them are of each packet, the rest is in the plan.
 *
 * in    payloads, each in front of enough headroom
 * out   those before the first that is not plain are sent, and received
 * drop  BACKLOG_FULL, and what lop_sock_deliver() drops
 */

#include <netinet/ip.h>

#include "fib.h"
#include "plain_put.h"
#include "plain_turn.h"

void
lop_plan_make_each(struct lop_worker *w, struct lop_plan_gens gens, const struct lop_send *send,
		const struct lop_dst *dst)
{
	struct lop_plan *p = &w->plans[LOP_PLANS];
	struct lop_sock *sk = send->sock;

	/* a route is looked up by the destination alone */
	if (!lop_plan_fill(p, w, gens, send, dst) || lop_load(sk->saddr_be) != 0 ||
			lop_load(sk->bound_if) != 0 || lop_load(sk->mark) != 0 ||
			(lop_load(sk->tos) & IPTOS_TOS_MASK) != 0 ||
			(lop_load(sk->mc_if) | lop_load(sk->unicast_if)) != 0 ||
			lop_load(sk->mc_addr_be) != 0 || !p->comes_back)
		return;
	lop_image_to(&p->image, send, 0, 0, 0);
	p->id_zero = send->id_zero;
	p->sock = sk;
}

/* Where the packets of a burst go. */
struct each {
	struct lop_udp_wanted to;
	uint32_t saddr_be[LOP_BURST_MAX];
	const struct lop_dst *dst[LOP_BURST_MAX];
	struct lop_sock *sock[LOP_BURST_MAX]; /* lop_udp_only() */
};

/* Those that have an address, their routes, and a look ahead at who gets them: how many. */
static __rte_always_inline uint16_t
route(struct lop_worker *w, const struct sockaddr_in *to, uint16_t n, struct each *each)
{
	uint16_t k = 0;

	bool several;

	for (; k < n && likely(to[k].sin_family == AF_INET && to[k].sin_port != 0); k++) {
		each->to.daddr_be[k] = to[k].sin_addr.s_addr;
		each->to.dport_be[k] = to[k].sin_port;
	}
	if (unlikely(k == 0))
		return 0;
	several = lop_udp_ahead(w->lop, &each->to, each->sock, k);
	lop_route_output_bulk(w, each->to.daddr_be, each->dst, each->saddr_be, k);
	if (unlikely(several))
		lop_udp_ahead_several(w->lop, &each->to, k);
	return k;
}

static __rte_always_inline void
put_one_of_each(struct lop_worker *w, const struct lop_plan *p, struct rte_mbuf *m,
		uint32_t saddr_be, uint32_t daddr_be, uint16_t dport_be)
{
	const struct lop_image *im = &p->image;
	const uint16_t udp_len = rte_cpu_to_be_16(m->pkt_len + LOP_L4_BYTES);
	const uint16_t ip_len = rte_cpu_to_be_16(m->pkt_len + LOP_L4_BYTES + LOP_L3_BYTES);
	const uint32_t addresses = lop_sum_be32(saddr_be) + lop_sum_be32(daddr_be);
	const uint16_t udp_sum = p->no_check ? 0 : lop_fold16(im->pseudo_sum + addresses + udp_len);
	struct pattern pattern = {
		.macs = { im->mac, im->macs },
		.ends = { lop_field32(saddr_be, 0) | lop_field32(daddr_be, 4),
				im->ports | lop_field16(dport_be, 2) | lop_field16(udp_len, 4) |
						lop_field16(udp_sum, 6) },
		.type = lop_image_type(im, ip_len),
		.middle = rte_be_to_cpu_64(lop_image_middle(im, im->ip_sum + addresses + ip_len,
				lop_ip_id_take(w, p->connected ? p->sock : NULL, p->id_zero,
						saddr_be, daddr_be))),
	};

	put_headers(&pattern, rte_pktmbuf_mtod(m, uint8_t *));
	lop_own(m, &p->common, HEADERS_BYTES);
}

/* Headers: how many are plain, from the first on. */
static __rte_always_inline uint16_t
put(struct lop_worker *w, const struct lop_plan *p, struct rte_mbuf **pkts, uint16_t n,
		const struct each *each, uint64_t *bytes)
{
	uint16_t k = 0;

	*bytes = 0;
	for (; k < n; k++) {
		struct rte_mbuf *m = pkts[k];
		const uint32_t len = m->pkt_len;

		if (unlikely(each->dst[k] != p->common.dst || len > p->most_bytes))
			break;
		put_one_of_each(w, p, m, each->saddr_be[k], each->to.daddr_be[k],
				each->to.dport_be[k]);
		*bytes += len + LOP_L4_BYTES + LOP_L3_BYTES;
	}
	return k;
}

static __rte_noinline struct lop_sock *
look_up(struct lop_worker *w, const struct lop_plan *p, const struct each *each, uint16_t i)
{
	const struct lop_tuple t = {
		.saddr_be = each->saddr_be[i],
		.daddr_be = each->to.daddr_be[i],
		.sport_be = lop_load(p->sock->sport_be),
		.dport_be = each->to.dport_be[i],
		.ifindex = p->receiver.ifindex,
	};

	return lop_udp_lookup(w->lop, &t);
}

/* Those that wait in one shared queue, not given to it yet. */
struct together {
	struct lop_sock *into; /* NULL: none */
	struct rte_mbuf *pkts[LOP_BURST_MAX];
	uint32_t charge;
	uint16_t n;
};

static __rte_always_inline void
give(struct lop_worker *w, struct together *t)
{
	if (t->n == 0)
		return;
	lop_sock_deliver_known(w, t->into, t->pkts, t->n, t->charge);
	t->n = 0;
	t->charge = 0;
}

static __rte_always_inline void
put_together(struct lop_worker *w, struct together *t, struct lop_sock *sk, struct rte_mbuf *m)
{
	struct lop_sock *into = lop_acquire(sk->rx_into);

	/* not any more */
	if (unlikely(into == NULL))
		into = sk;
	if (unlikely(into != t->into))
		give(w, t);
	t->into = into;
	lop_shared_mark(m, sk);
	t->charge += lop_truesize(m->pkt_len);
	t->pkts[t->n++] = m;
}

/* To the sockets; what nobody wants goes through input, which counts it and tells the sender. */
static __rte_always_inline void
deliver(struct lop_worker *w, const struct lop_plan *p, struct rte_mbuf **pkts, uint16_t n,
		const struct each *each, uint64_t bytes)
{
	struct together together = { .n = 0 };
	uint16_t wanted = n;

	w->looping = true;
	for (uint16_t i = 0; i < n; i++) {
		struct lop_sock *sk = each->sock[i];
		uint8_t first;

		if (unlikely(sk == NULL || sk == LOP_UDP_SEVERAL || !lop_load(sk->rx_any)))
			sk = look_up(w, p, each, i);
		if (unlikely(sk == NULL)) {
			wanted--;
			bytes -= pkts[i]->pkt_len - LOP_L2_BYTES;
			lop_input(w, w->lop->lo, &pkts[i], 1);
			continue;
		}
		lop_strip(&pkts[i], 1, true);
		first = lop_load(sk->rx_first);
		if (likely(first == 0)) {
			lop_sock_deliver_one(w, sk, pkts[i]);
		} else if (first == LOP_RX_SHARED) {
			put_together(w, &together, sk, pkts[i]);
		} else {
			/* into the same queue perhaps: behind those before it */
			give(w, &together);
			lop_sock_deliver(w, sk, &pkts[i], 1);
		}
	}
	give(w, &together);
	w->looping = false;
	lop_turn_count(w, wanted, bytes);
}

uint16_t
lop_plain_send_each(struct lop_worker *w, struct lop_sock *sk, const struct sockaddr_in *to,
		struct rte_mbuf **pkts, uint16_t n)
{
	struct lop_plan *p = &w->plans[LOP_PLANS];
	struct each each;
	uint64_t bytes;

	if (unlikely(p->sock != sk || lop_plan_differs(w, p, sk) != 0 || !lop_may_turn(w, n)))
		return 0;
	n = route(w, to, n, &each);
	if (likely(n != 0))
		n = put(w, p, pkts, n, &each, &bytes);
	if (unlikely(n == 0))
		return 0;
	lop_count(w->plain_out_packets, n);
	lop_count(w->plain_out_bytes, bytes);
	if (likely(lop_turn(w, pkts, n)))
		deliver(w, p, pkts, n, &each, bytes);
	lop_loop(w);
	return n;
}
