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

#include <rte_ethdev.h>

#include "plain_put.h"
#include "stages.h"

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

void
lop_plan_make(struct lop_worker *w, struct lop_plan_gens gens, const struct sockaddr_in *to,
		const struct lop_send *send, const struct lop_dst *dst)
{
	const struct lop_if *lo = w->lop->lo;
	struct lop_sock *sk = send->sock;
	const uint32_t flags = lop_load(sk->flags);
	const uint32_t mtu = RTE_MIN(dst->mtu_bytes, lop_load(lo->mtu_bytes));
	struct lop_plan *p = &w->plans[(unsigned int)sk->fd % LOP_PLANS];

	p->sock = NULL;
	if (dst->dev != lo || dst->neigh != lo->neigh_any || sk->type != SOCK_DGRAM ||
			(dst->cache_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) != 0 ||
			(flags & (LOP_SOCK_CORK | LOP_SOCK_DONTROUTE)) != 0 ||
			lop_load(sk->cork) != NULL || (lop_load(sk->shutdown) & 2) != 0 ||
			lop_load(sk->gso_size) != 0 || send->options_bytes != 0 ||
			send->software_check || send->confirm || send->sport_be == 0 ||
			mtu <= LOP_L3_BYTES + LOP_L4_BYTES)
		return;
	lop_image_make(&p->image, send, dst->neigh);
	if (!p->image.linked)
		return;
	lop_image_to(&p->image, send, send->saddr_be, send->daddr_be, send->dport_be);
	p->common = common_of(send, dst);
	p->port_id = lo->port_id;
	p->receiver.ifindex = dst->orig_ifindex;
	p->receiver.sock = NULL;
	p->comes_back = dst->input == LOP_INPUT_DELIVER && (send->tos & RTE_IPV4_HDR_ECN_MASK) == 0;
	p->sock_gen = gens.sock_gen;
	p->genid = gens.genid;
	p->neigh_seq = gens.neigh_seq;
	p->named = to != NULL;
	p->daddr_be = to != NULL ? to->sin_addr.s_addr : 0;
	p->dport_be = to != NULL ? to->sin_port : 0;
	p->most_bytes = mtu - LOP_L3_BYTES - LOP_L4_BYTES;
	p->connected = send->connected;
	p->no_check = send->no_check;
	p->id = send->id_zero ? NULL : lop_ip_id_of(w, send->saddr_be, send->daddr_be, IPPROTO_UDP);
	p->sock = sk;
}

/* Packets that the headers were written for. */
struct written {
	bool alike;     /* as long as one another and in one segment, or one alone */
	uint64_t bytes; /* of IPv4 */
};

static __rte_always_inline uint16_t
put_one_alone(const struct lop_plan *p, struct rte_mbuf *m, struct written *written)
{
	const uint32_t len = m->pkt_len;

	if (unlikely(len > p->most_bytes))
		return 0;
	put_one(p, m);
	*written = (struct written){ true, len + LOP_L4_BYTES + LOP_L3_BYTES };
	return 1;
}

/* How many: those before one that is too long. */
static __rte_always_inline uint16_t
put(const struct lop_plan *p, struct rte_mbuf **pkts, uint16_t n, struct written *written)
{
	const uint32_t first = pkts[0]->pkt_len;
	uint16_t done = 0;

	if (n == 1)
		return put_one_alone(p, pkts[0], written);
	*written = (struct written){ .alike = true };
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

/* Neither callback: then a burst is the driver's alone. */
static __rte_always_inline bool
is_bare(const struct rte_eth_fp_ops *port, uint16_t queue)
{
	return rte_atomic_load_explicit(&port->txq.clbk[queue], rte_memory_order_relaxed) == NULL &&
			rte_atomic_load_explicit(
					&port->rxq.clbk[queue], rte_memory_order_relaxed) == NULL;
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

/* What input leaves of a packet: data from the payload on. alike: packets of one length. */
static __rte_always_inline void
strip(struct rte_mbuf **pkts, uint16_t n, bool alike)
{
	const uint32_t bytes = HEADERS_BYTES;
	const uint32_t pkt_len = pkts[0]->pkt_len - bytes;
	const uint16_t data_len = pkts[0]->data_len - bytes;

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];

		m->data_off += bytes;
		m->data_len = alike ? data_len : m->data_len - bytes;
		m->pkt_len = alike ? pkt_len : m->pkt_len - bytes;
	}
}

/* By words: a wider load would wait for the narrower stores of the device to leave the CPU. */
static __rte_always_inline bool
are_same(struct rte_mbuf *const *a, struct rte_mbuf *const *b, uint16_t n)
{
	uintptr_t differ = 0;

	for (uint16_t i = 0; i < n; i++)
		differ |= (uintptr_t)a[i] ^ (uintptr_t)b[i];
	return differ == 0;
}

/* They came out otherwise, if at all: the long way in. */
static __rte_noinline void
otherwise(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	if (n == 0)
		return;
	w->looping = true;
	if (lop_is_straight(w))
		lop_plain_in(w, pkts, n);
	else
		lop_input(w, w->lop->lo, pkts, n);
	w->looping = false;
}

static __rte_always_inline bool
turn(struct lop_worker *w, struct lop_plan *plan, struct rte_mbuf **pkts, uint16_t n,
		const struct written *written)
{
	const struct rte_eth_fp_ops *port = &rte_eth_fp_ops[w->lop->lo->port_id];
	const uint16_t queue = w->index;
	struct rte_mbuf *back[LOP_BURST_MAX];
	struct lop_sock *sk;
	uint16_t sent, came;

	if (unlikely(!plan->comes_back || w->looping || w->lo_waiting != 0 ||
			    n > lop_setting(w->lop, LOP_SETTING_DEV_WEIGHT) ||
			    n > lop_setting(w->lop, LOP_SETTING_BACKLOG) + 1 ||
			    !is_bare(port, queue)))
		return false;
	sk = receiver_of(w, plan);
	if (unlikely(sk == NULL))
		return false;
	/* as rte_eth_tx_burst() and rte_eth_rx_burst() */
	sent = port->tx_pkt_burst(port->txq.data[queue], pkts, n);
	came = port->rx_pkt_burst(port->rxq.data[queue], back, n);
	lop_count(w->softnet_processed, came);
	if (likely(sent == n && came == n && are_same(back, pkts, n))) {
		lop_count(w->plain_in_packets, n);
		lop_count(w->plain_in_bytes, written->bytes);
		if (likely(written->alike)) {
			strip(pkts, n, true);
			lop_sock_deliver_alike(w, sk, pkts, n);
		} else {
			strip(pkts, n, false);
			lop_sock_deliver(w, sk, pkts, n);
		}
		return true;
	}
	w->lo_waiting = sent - RTE_MIN(sent, came);
	otherwise(w, back, came);
	if (sent < n)
		lop_to_lo(w, pkts + sent, n - sent);
	lop_loop(w);
	return true;
}

/* They are counted, and sent. */
static __rte_always_inline void
out_and_in(struct lop_worker *w, struct lop_plan *p, struct rte_mbuf **pkts, uint16_t n,
		const struct written *written)
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
	struct written written;

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
	struct written written = { .alike = true };
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
