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

/* IDs of n packets: the first one's, and how the next one differs (contract IPO-03). */
struct ids {
	uint16_t id, step;
};

static __rte_always_inline struct ids
take_ids(const struct lop_plan *p, uint16_t n)
{
	if (likely(p->connected)) {
		const uint16_t id = lop_load(p->sock->ip_id);

		/* two senders at once may take the same: a packet of each is known by its worker */
		lop_store(p->sock->ip_id, id + n);
		return (struct ids){ id, 1 };
	}
	if (p->id == NULL)
		return (struct ids){ 0, 0 };
	*p->id += n;
	return (struct ids){ *p->id - n + 1, 1 };
}

/* Two words that are stored as one. */
typedef uint64_t pair_t __attribute__((vector_size(16)));

/* Datagrams of one length, in one segment each. */
static __rte_always_inline void
put_alike(const struct lop_plan *p, struct rte_mbuf **pkts, uint16_t n, uint32_t bytes)
{
	const uint32_t grown = LOP_L4_BYTES + LOP_L3_BYTES + LOP_L2_BYTES;
	const uint16_t udp_len = rte_cpu_to_be_16(bytes + LOP_L4_BYTES);
	const uint16_t ip_len = rte_cpu_to_be_16(bytes + LOP_L4_BYTES + LOP_L3_BYTES);
	const uint64_t type = lop_image_type(&p->image, ip_len);
	const uint32_t ip_sum = p->image.ip_sum + ip_len;
	const pair_t macs = { p->image.mac, p->image.macs };
	const pair_t ends = { p->image.addresses,
		lop_image_ports(&p->image, p->no_check, udp_len) };
	const pair_t whose = { (uintptr_t)p->common.dst, (uintptr_t)p->common.sock };
	struct ids next = take_ids(p, n);

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		uint8_t *payload = rte_pktmbuf_mtod(m, uint8_t *);
		const uint64_t middle = lop_image_middle(
				&p->image, ip_sum, rte_cpu_to_be_16(next.id));
		struct lop_meta *meta = lop_meta(m);

		next.id += next.step;
		memcpy(payload - 48, &macs, sizeof(macs));
		memcpy(payload - 32, &type, sizeof(type));
		memcpy(payload - 24, &middle, sizeof(middle));
		memcpy(payload - 16, &ends, sizeof(ends));
		m->data_off -= grown;
		m->data_len = bytes + grown;
		m->pkt_len = bytes + grown;
		m->ol_flags = (m->ol_flags & (RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)) |
				lop_meta_flag_bit;
		memcpy(meta, &whose, sizeof(whose));
		memcpy(&meta->flags, &p->common.rest, sizeof(p->common.rest));
	}
}

static __rte_always_inline void
put_one(const struct lop_plan *p, struct rte_mbuf *m)
{
	const uint16_t udp_len = rte_cpu_to_be_16(m->pkt_len + LOP_L4_BYTES);
	const uint16_t ip_len = rte_cpu_to_be_16(m->pkt_len + LOP_L4_BYTES + LOP_L3_BYTES);

	lop_image_put(&p->image, rte_pktmbuf_mtod(m, uint8_t *), lop_image_type(&p->image, ip_len),
			lop_image_middle(&p->image, p->image.ip_sum + ip_len,
					rte_cpu_to_be_16(take_ids(p, 1).id)),
			lop_image_ports(&p->image, p->no_check, udp_len));
	lop_own(m, &p->common, LOP_L4_BYTES + LOP_L3_BYTES + LOP_L2_BYTES);
}

static __rte_always_inline void
out(struct lop_worker *w, const struct lop_plan *p, struct rte_mbuf **pkts, uint16_t n,
		uint64_t bytes, bool alike)
{
	if (likely(alike)) {
		put_alike(p, pkts, n, pkts[0]->pkt_len);
	} else {
		for (uint16_t i = 0; i < n; i++)
			put_one(p, pkts[i]);
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
		out(w, p, pkts, 1, first, false);
		return 1;
	}

	for (; fit < n; fit++) {
		const uint32_t len = pkts[fit]->pkt_len;

		if (unlikely(len > p->most_bytes))
			break;
		differ |= (len ^ first) | (len ^ pkts[fit]->data_len);
		bytes += len;
	}
	if (likely(fit != 0))
		out(w, p, pkts, fit, bytes, differ == 0);
	return fit;
}
