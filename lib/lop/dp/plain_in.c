/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * All of input in one pass, for packets with which no stage has anything to do: plain datagrams
 * that came in over lo, while nobody hooks, taps or traces. What it checks is what eth_in, ip_in,
 * route_in, reasm_in, local_in and udp_in check, in their order; a packet that is not plain goes
 * through them.
 *
 * in    frames of lo
 * out   0: all are taken
 * drop  what the stages and lop_sock_deliver() drop
 */

#include <netpacket/packet.h>

#include <rte_ip.h>
#include <rte_udp.h>

#include "ip_sum.h"
#include "stages.h"
#include "udp_table.h"

#define L2_BYTES RTE_ETHER_HDR_LEN
#define L3_BYTES sizeof(struct rte_ipv4_hdr)
#define HEADERS (L2_BYTES + L3_BYTES + sizeof(struct rte_udp_hdr))

/* A run of datagrams for one socket, and what all of them count. */
struct run {
	struct lop_sock *sk;
	struct lop_tuple tuple;
	struct rte_mbuf **pkts;
	uint16_t n;
	uint32_t packets;
	uint64_t bytes;
};

struct frame {
	struct rte_ether_hdr eth;
	struct rte_ipv4_hdr ip;
	struct rte_udp_hdr udp;
} __rte_packed __rte_aligned(2);

/* Ethernet for us, IPv4 without options, fragments or marks of congestion, UDP as long as it. */
static __rte_always_inline bool
is_plain(const struct lop_if *lo, const struct rte_mbuf *m)
{
	const struct frame *f = rte_pktmbuf_mtod(m, const struct frame *);
	const struct lop_meta *meta = lop_meta(m);
	const uint32_t ip_bytes = m->pkt_len - L2_BYTES;
	const rte_be16_t any_fragment = RTE_BE16(RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK);

	if (unlikely((m->ol_flags & lop_meta_flag_bit) == 0 || m->data_len < HEADERS ||
			    meta->dst == NULL))
		return false;
	return rte_is_same_ether_addr(&f->eth.dst_addr, &lo->mac) &&
			f->eth.ether_type == RTE_BE16(RTE_ETHER_TYPE_IPV4) &&
			f->ip.version_ihl == RTE_IPV4_VHL_DEF &&
			(f->ip.type_of_service & RTE_IPV4_HDR_ECN_MASK) == 0 &&
			f->ip.total_length == rte_cpu_to_be_16(ip_bytes) &&
			ip_bytes <= RTE_IPV4_MAX_PKT_LEN &&
			(f->ip.fragment_offset & any_fragment) == 0 &&
			f->ip.next_proto_id == IPPROTO_UDP &&
			lop_ip_sum_is_right(&f->ip, L3_BYTES) &&
			f->udp.dgram_len == rte_cpu_to_be_16(ip_bytes - L3_BYTES) &&
			(meta->flags & (LOP_META_CSUM_PARTIAL | LOP_META_CSUM_VALID)) != 0 &&
			meta->dst->input == LOP_INPUT_DELIVER &&
			(meta->dst->cache_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) == 0;
}

static __rte_always_inline void
deliver(struct lop_worker *w, struct run *r)
{
	if (likely(r->n != 0))
		lop_sock_deliver(w, r->sk, r->pkts, r->n);
	r->n = 0;
}

/* The next datagram joins the run, or starts another one; false: it has no socket. */
static __rte_always_inline bool
join(struct lop_worker *w, struct run *r, struct rte_mbuf *m, int ifindex)
{
	const struct frame *f = rte_pktmbuf_mtod(m, const struct frame *);
	struct lop_sock *sk;

	if (likely(r->sk != NULL && f->ip.src_addr == r->tuple.saddr_be &&
			    f->ip.dst_addr == r->tuple.daddr_be &&
			    f->udp.src_port == r->tuple.sport_be &&
			    f->udp.dst_port == r->tuple.dport_be && ifindex == r->tuple.ifindex)) {
		r->pkts[r->n++] = m;
		return true;
	}
	r->tuple = (struct lop_tuple){
		.saddr_be = f->ip.src_addr,
		.daddr_be = f->ip.dst_addr,
		.sport_be = f->udp.src_port,
		.dport_be = f->udp.dst_port,
		.ifindex = ifindex,
	};
	sk = lop_udp_lookup(w->lop, &r->tuple);
	if (unlikely(sk == NULL)) {
		r->sk = NULL;
		return false;
	}
	if (sk != r->sk) {
		deliver(w, r);
		r->sk = sk;
	}
	r->pkts[r->n++] = m;
	return true;
}

static void
count(struct lop_worker *w, const struct lop_if *lo, const struct run *r)
{
	struct lop_if_count *c = &w->ifs[lo->ifindex];

	lop_count(c->rx_packets, r->packets);
	lop_count(c->rx_bytes, r->bytes);
	lop_count(c->tx_packets, r->packets);
	lop_count(c->tx_bytes, r->bytes);
	lop_mib_add(w, IP_INRECEIVES, r->packets);
	lop_mib_add(w, IPEXT_INOCTETS, r->bytes);
	lop_mib_add(w, IPEXT_INNOECTPKTS, r->packets);
	lop_mib_add(w, IP_INDELIVERS, r->packets);
}

uint16_t
lop_plain_in(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	struct lop_if *lo = w->lop->lo;
	struct rte_mbuf *kept[LOP_BURST_MAX];
	struct run r = { .pkts = kept };

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		struct lop_meta *meta = lop_meta(m);
		const uint16_t ifindex = meta->dst != NULL ? meta->dst->orig_ifindex : 0;

		if (unlikely(!is_plain(lo, m)) || unlikely(!join(w, &r, m, ifindex))) {
			/* in its turn, behind those before it */
			deliver(w, &r);
			lop_input(w, lo, &m, 1);
			continue;
		}
		r.packets++;
		r.bytes += m->pkt_len - L2_BYTES;
		meta->sock = NULL;
		meta->ifindex = ifindex;
		meta->l3_len = L3_BYTES;
		meta->pkt_type = PACKET_HOST;
		m->data_off += L2_BYTES + L3_BYTES;
		m->data_len -= L2_BYTES + L3_BYTES;
		m->pkt_len -= L2_BYTES + L3_BYTES;
	}
	deliver(w, &r);
	count(w, lo, &r);
	return 0;
}
