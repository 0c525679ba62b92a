/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * All of output in one pass, by a plan: for datagrams with which no stage has anything to do. What
 * udp_out, ip_out, the hooks, frag_out, neigh_out and dev_out would find is in the plan.
 *
 * in    payloads, each in front of enough headroom
 * out   those before the first that is too long are sent, and received
 * drop  BACKLOG_FULL
 */

#include <netpacket/packet.h>

#include "plain_put.h"
#include "plain_turn.h"

/*
 * The meta as input leaves it: between, nobody looks. Over lo a packet is orphaned (contract XM-02).
 */
static struct lop_common
common_of(const struct lop_send *send, const struct lop_dst *dst)
{
	struct lop_common c = lop_common_of(send, dst);
	struct lop_meta meta;

	memcpy(&meta.flags, &c.rest, sizeof(c.rest));
	meta.ifindex = dst->orig_ifindex;
	meta.l3_len = LOP_L3_BYTES;
	meta.pkt_type = PACKET_HOST;
	memcpy(&c.rest, &meta.flags, sizeof(c.rest));
	c.sock = NULL;
	return c;
}

/* What input does not look at: a link header that is another host's is not received. */
static bool
is_for_lo(const struct lop_if *lo)
{
	return memcmp(lo->neigh_any->header + 2, lo->mac.addr_bytes, RTE_ETHER_ADDR_LEN) == 0;
}

bool
lop_plan_fill(struct lop_plan *p, struct lop_worker *w, struct lop_plan_gens gens,
		const struct lop_send *send, const struct lop_dst *dst)
{
	const struct lop_if *lo = w->lop->lo;
	struct lop_sock *sk = send->sock;
	const uint32_t flags = lop_load(sk->flags);
	const uint32_t mtu = RTE_MIN(dst->mtu_bytes, lop_load(lo->mtu_bytes));

	p->sock = NULL;
	if (dst->dev != lo || dst->neigh != lo->neigh_any || sk->type != SOCK_DGRAM ||
			(dst->cache_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) != 0 ||
			(flags & (LOP_SOCK_CORK | LOP_SOCK_DONTROUTE)) != 0 ||
			lop_load(sk->cork) != NULL || (lop_load(sk->shutdown) & 2) != 0 ||
			lop_load(sk->gso_size) != 0 || send->options_bytes != 0 ||
			send->software_check || send->confirm || send->sport_be == 0 ||
			mtu <= LOP_L3_BYTES + LOP_L4_BYTES)
		return false;
	lop_image_make(&p->image, send, dst->neigh);
	if (!p->image.linked)
		return false;
	p->common = common_of(send, dst);
	p->port_id = lo->port_id;
	p->receiver.ifindex = dst->orig_ifindex;
	p->receiver.sock = NULL;
	p->comes_back = dst->input == LOP_INPUT_DELIVER &&
			(send->tos & RTE_IPV4_HDR_ECN_MASK) == 0 && is_for_lo(lo);
	p->gens = gens;
	p->most_bytes = mtu - LOP_L3_BYTES - LOP_L4_BYTES;
	p->connected = send->connected;
	p->no_check = send->no_check;
	p->id = NULL;
	return true;
}

void
lop_plan_make(struct lop_worker *w, struct lop_plan_gens gens, const struct sockaddr_in *to,
		const struct lop_send *send, const struct lop_dst *dst)
{
	struct lop_plan *p = &w->plans[(unsigned int)send->sock->fd % LOP_PLANS];

	if (!lop_plan_fill(p, w, gens, send, dst))
		return;
	lop_image_to(&p->image, send, send->saddr_be, send->daddr_be, send->dport_be);
	p->named = to != NULL;
	p->daddr_be = to != NULL ? to->sin_addr.s_addr : 0;
	p->dport_be = to != NULL ? to->sin_port : 0;
	if (!send->id_zero)
		p->id = lop_ip_id_of(w, send->saddr_be, send->daddr_be, IPPROTO_UDP);
	p->sock = send->sock;
}

static __rte_always_inline uint16_t
put_one_alone(const struct lop_plan *p, struct rte_mbuf *m, struct lop_written *written)
{
	const uint32_t len = m->pkt_len;

	if (unlikely(len > p->most_bytes))
		return 0;
	put_one(p, m);
	*written = (struct lop_written){ true, len + LOP_L4_BYTES + LOP_L3_BYTES };
	return 1;
}

/* How many: those before one that is too long. */
static __rte_always_inline uint16_t
put(const struct lop_plan *p, struct rte_mbuf **pkts, uint16_t n, struct lop_written *written)
{
	const uint32_t first = pkts[0]->pkt_len;
	uint16_t done = 0;

	if (n == 1)
		return put_one_alone(p, pkts[0], written);
	*written = (struct lop_written){ .alike = true };
	while (done < n) {
		const uint32_t len = pkts[done]->pkt_len;
		uint16_t k;

		if (unlikely(len > p->most_bytes))
			break;
		k = put_run(p, pkts + done, n - done, len);
		if (unlikely(k == 0)) {
			put_one(p, pkts[done]);
			written->alike = false;
			k = 1;
		}
		written->alike &= len == first;
		written->bytes += k * (len + LOP_L4_BYTES + LOP_L3_BYTES);
		done += k;
	}
	return done;
}

/* Who gets them, as long as no socket has changed; NULL: somebody has to be told. */
static __rte_always_inline struct lop_sock *
receiver_of(struct lop_worker *w, struct lop_plan *plan)
{
	const uint32_t sock_gen = lop_acquire(w->lop->sock_gen);
	struct lop_tuple t = { .ifindex = plan->receiver.ifindex };

	if (likely(plan->receiver.sock != NULL && plan->receiver.sock_gen == sock_gen))
		return plan->receiver.sock;
	memcpy(&t.saddr_be, &plan->image.addresses, sizeof(uint64_t));
	memcpy(&t.sport_be, &plan->image.ports, sizeof(uint32_t));
	plan->receiver.sock = lop_udp_lookup(w->lop, &t);
	plan->receiver.sock_gen = sock_gen;
	return plan->receiver.sock;
}

void
lop_turn_otherwise(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n, uint16_t sent,
		struct rte_mbuf **back, uint16_t came)
{
	w->lo_waiting = sent - RTE_MIN(sent, came);
	w->looping = true;
	if (came != 0 && lop_is_straight(w))
		lop_plain_in(w, back, came);
	else if (came != 0)
		lop_input(w, w->lop->lo, back, came);
	w->looping = false;
	if (sent < n)
		lop_to_lo(w, pkts + sent, n - sent);
	lop_loop(w);
}

/* Through lo and to the receiver; false: the packets are untouched. */
static __rte_always_inline bool
turn(struct lop_worker *w, struct lop_plan *plan, struct rte_mbuf **pkts, uint16_t n,
		const struct lop_written *written)
{
	struct lop_sock *sk;

	if (unlikely(!plan->comes_back || !lop_may_turn(w, n)))
		return false;
	sk = receiver_of(w, plan);
	if (unlikely(sk == NULL))
		return false;
	if (unlikely(!lop_turn(w, pkts, n)))
		return true;
	lop_turn_count(w, n, written->bytes);
	if (likely(written->alike)) {
		lop_strip(pkts, n, true);
		lop_sock_deliver_alike(w, sk, pkts, n);
	} else {
		lop_strip(pkts, n, false);
		lop_sock_deliver(w, sk, pkts, n);
	}
	return true;
}

/* They are counted, and sent. */
static __rte_always_inline void
out_and_in(struct lop_worker *w, struct lop_plan *p, struct rte_mbuf **pkts, uint16_t n,
		const struct lop_written *written)
{
	lop_count(w->plain_out_packets, n);
	lop_count(w->plain_out_bytes, written->bytes);
	if (unlikely(!turn(w, p, pkts, n, written))) {
		lop_to_lo(w, pkts, n);
		lop_loop(w);
	}
}

static __rte_always_inline uint16_t
send_mbufs(struct lop_worker *w, struct lop_plan *p, struct rte_mbuf **pkts, uint16_t n)
{
	struct lop_written written;

	n = put(p, pkts, n, &written);
	if (likely(n != 0))
		out_and_in(w, p, pkts, n, &written);
	return n;
}

/* One alone needs no loops, here and below. */
uint16_t
lop_plain_send(struct lop_worker *w, struct lop_plan *plan, struct rte_mbuf **pkts, uint16_t n)
{
	return n == 1 ? send_mbufs(w, plan, pkts, 1) : send_mbufs(w, plan, pkts, n);
}

static __rte_always_inline bool
send_copies(struct lop_worker *w, struct lop_plan *p, const struct iovec *from, uint16_t n)
{
	struct lop_written written = { .alike = true };
	struct rte_mbuf *pkts[LOP_BURST_MAX];

	if (unlikely(rte_mempool_get_bulk(w->lop->pool, (void **)pkts, n) != 0))
		return false;
	for (uint16_t done = 0; done < n;) {
		const uint32_t len = from[done].iov_len;
		const uint16_t k = put_copies(p, pkts + done, from + done, n - done, len);

		written.alike &= len == from[0].iov_len;
		written.bytes += k * (uint64_t)(len + LOP_L4_BYTES + LOP_L3_BYTES);
		done += k;
	}
	out_and_in(w, p, pkts, n, &written);
	return true;
}

bool
lop_plain_send_copies(
		struct lop_worker *w, struct lop_plan *plan, const struct iovec *from, uint16_t n)
{
	return n == 1 ? send_copies(w, plan, from, 1) : send_copies(w, plan, from, n);
}
