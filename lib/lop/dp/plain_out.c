/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * All of output in one pass, by a plan: for datagrams with which no stage has anything to do. What
 * udp_out, ip_out, the hooks, frag_out, neigh_out and dev_out would find is in the plan.
 *
 * in    payloads, each in front of enough headroom
 * out   those before the first that is too long are sent
 * drop  BACKLOG_FULL
 */

#include "plan.h"
#include "stages.h"

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
	p->common = lop_common_of(send, dst);
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

/* contract IPO-03, as next_id() in udp_out.c */
static __rte_always_inline uint16_t
next_id(const struct lop_plan *p)
{
	if (likely(p->connected)) {
		const uint16_t id = lop_load(p->sock->ip_id);

		lop_store(p->sock->ip_id, id + 1);
		return rte_cpu_to_be_16(id);
	}
	return p->id != NULL ? rte_cpu_to_be_16(++*p->id) : 0;
}

/* Datagrams of one length. */
static __rte_always_inline void
put(const struct lop_plan *p, struct rte_mbuf **pkts, uint16_t n, uint32_t bytes)
{
	const uint16_t udp_len = rte_cpu_to_be_16(bytes + LOP_L4_BYTES);
	const uint16_t ip_len = rte_cpu_to_be_16(bytes + LOP_L4_BYTES + LOP_L3_BYTES);
	const uint64_t type = lop_image_type(&p->image, ip_len);
	const uint64_t ports = lop_image_ports(&p->image, p->no_check, udp_len);
	const uint32_t ip_sum = p->image.ip_sum + ip_len;

	for (uint16_t i = 0; i < n; i++) {
		lop_image_put(&p->image, rte_pktmbuf_mtod(pkts[i], uint8_t *), type,
				lop_image_middle(&p->image, ip_sum, next_id(p)), ports);
		lop_own(pkts[i], &p->common, LOP_L4_BYTES + LOP_L3_BYTES + LOP_L2_BYTES);
	}
}

static __rte_always_inline void
out(struct lop_worker *w, const struct lop_plan *p, struct rte_mbuf **pkts, uint16_t n,
		uint64_t bytes, bool alike)
{
	if (likely(alike)) {
		put(p, pkts, n, pkts[0]->pkt_len);
	} else {
		for (uint16_t i = 0; i < n; i++)
			put(p, &pkts[i], 1, pkts[i]->pkt_len);
	}
	lop_count(w->plain_out_packets, n);
	lop_count(w->plain_out_bytes, bytes + n * (LOP_L3_BYTES + LOP_L4_BYTES));
	lop_to_lo(w, pkts, n);
}

uint16_t
lop_plain_out(struct lop_worker *w, const struct lop_plan *p, struct rte_mbuf **pkts, uint16_t n)
{
	const uint32_t first = pkts[0]->pkt_len;
	uint32_t differ = 0;
	uint64_t bytes = 0;
	uint16_t fit = 0;

	if (n == 1) {
		if (unlikely(first > p->most_bytes))
			return 0;
		out(w, p, pkts, 1, first, true);
		return 1;
	}

	for (; fit < n; fit++) {
		const uint32_t len = pkts[fit]->pkt_len;

		if (unlikely(len > p->most_bytes))
			break;
		differ |= len ^ first;
		bytes += len;
	}
	if (likely(fit != 0))
		out(w, p, pkts, fit, bytes, differ == 0);
	return fit;
}
