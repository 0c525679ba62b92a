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
#include <string.h>

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
	struct rte_mbuf **pkts;
	uint16_t n;
	uint32_t packets;
	uint64_t bytes;
};

/*
 * Words of a frame as they are loaded: each within one store of lop_udp_out(), so that it need not
 * wait until that store has left the CPU.
 */
struct words {
	uint16_t mac;       /* bytes 0 and 1 of the destination */
	uint32_t mac_rest;  /* 2 */
	uint32_t type;      /* 12: Ethernet type, version, IHL, TOS */
	uint32_t length;    /* 14: version, IHL, TOS, total length */
	uint64_t middle;    /* 18: ID, fragment, TTL, protocol, checksum */
	uint64_t addresses; /* 26 */
	uint32_t ports;     /* 34 */
	rte_be16_t udp_len; /* 38 */
};

static __rte_always_inline struct words
words_of(const struct rte_mbuf *m)
{
	const uint8_t *p = rte_pktmbuf_mtod(m, const uint8_t *);
	struct words f;

	memcpy(&f.mac, p, sizeof(f.mac));
	memcpy(&f.mac_rest, p + 2, sizeof(f.mac_rest));
	memcpy(&f.type, p + 12, sizeof(f.type));
	memcpy(&f.length, p + 14, sizeof(f.length));
	memcpy(&f.middle, p + 18, sizeof(f.middle));
	memcpy(&f.addresses, p + 26, sizeof(f.addresses));
	memcpy(&f.ports, p + 34, sizeof(f.ports));
	memcpy(&f.udp_len, p + 38, sizeof(f.udp_len));
	return f;
}

/* A word of these bytes in memory. */
#define WORD64(...)               \
	(((union {                \
		uint8_t bytes[8]; \
		uint64_t word;    \
	}){ .bytes = { __VA_ARGS__ } }).word)

/* Ethernet for us, IPv4 without options, fragments or marks of congestion, UDP as long as it. */
static __rte_always_inline bool
is_plain(const struct rte_mbuf *m, const struct words *f, const struct lop_if *lo)
{
	const struct lop_meta *meta = lop_meta(m);
	/* MF and the offset; the protocol */
	const uint64_t middle_mask = WORD64(0, 0, 0x3f, 0xff, 0, 0xff);
	const uint64_t middle_want = WORD64(0, 0, 0, 0, 0, IPPROTO_UDP);
	const uint32_t type_mask = RTE_BE32(0xffffff00 | RTE_IPV4_HDR_ECN_MASK);
	const uint32_t type_want = RTE_BE32(RTE_ETHER_TYPE_IPV4 << 16 | RTE_IPV4_VHL_DEF << 8);
	const uint32_t ip_bytes = m->pkt_len - L2_BYTES;
	uint32_t mac_rest;
	uint16_t mac;
	uint64_t sum;

	if (unlikely((m->ol_flags & lop_meta_flag_bit) == 0))
		return false;
	memcpy(&mac, lo->mac.addr_bytes, sizeof(mac));
	memcpy(&mac_rest, lo->mac.addr_bytes + 2, sizeof(mac_rest));
	if (unlikely(f->mac != mac || f->mac_rest != mac_rest ||
			    (f->type & type_mask) != type_want ||
			    (f->middle & middle_mask) != middle_want))
		return false;
	if (unlikely((uint16_t)rte_be_to_cpu_32(f->length) != ip_bytes ||
			    rte_be_to_cpu_16(f->udp_len) + L3_BYTES != ip_bytes ||
			    (meta->flags & (LOP_META_CSUM_PARTIAL | LOP_META_CSUM_VALID)) == 0))
		return false;
	sum = (f->middle & UINT32_MAX) + (f->middle >> 32) + (f->addresses & UINT32_MAX) +
			(f->addresses >> 32) + f->length;
	return likely(lop_sum_fold(sum) == 0xffff);
}

/*
 * What a packet is compared with: the one before it, which was plain. One that differs from it in
 * nothing but ID and checksum, and in them by as much, is plain too and for the same socket.
 */
struct model {
	const struct lop_dst *dst; /* NULL: there is none */
	uint32_t pkt_len;
	uint16_t data_len;
	uint16_t meta_flags;
	uint64_t mac, type, length, addresses, rest;
	uint16_t id_and_sum;
};

static __rte_always_inline uint64_t
word_at(const uint8_t *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/* ID and checksum, added without carry out. */
static __rte_always_inline uint16_t
id_and_sum(const uint8_t *p)
{
	uint16_t id, sum;
	uint32_t both;

	memcpy(&id, p + 18, sizeof(id));
	memcpy(&sum, p + 24, sizeof(sum));
	both = (uint32_t)id + sum;
	return both + (both >> 16);
}

static __rte_always_inline void
model_of(struct model *model, const struct rte_mbuf *m)
{
	const uint8_t *p = rte_pktmbuf_mtod(m, const uint8_t *);

	*model = (struct model){
		.dst = lop_meta(m)->dst,
		.pkt_len = m->pkt_len,
		.data_len = m->data_len,
		.meta_flags = lop_meta(m)->flags,
		.mac = word_at(p),
		.type = word_at(p + 8),
		.length = word_at(p + 16),
		.addresses = word_at(p + 26),
		.rest = word_at(p + 34),
		.id_and_sum = id_and_sum(p),
	};
}

static __rte_always_inline bool
is_alike(const struct model *model, const struct rte_mbuf *m, const struct lop_meta *meta)
{
	/* all but the ID, which is in bytes 18 and 19 */
	const uint64_t length_mask = WORD64(0xff, 0xff, 0, 0, 0xff, 0xff, 0xff, 0xff);
	const uint8_t *p = rte_pktmbuf_mtod(m, const uint8_t *);
	uint64_t differ;

	if (unlikely(meta->dst != model->dst || m->pkt_len != model->pkt_len ||
			    m->data_len != model->data_len || meta->flags != model->meta_flags ||
			    (m->ol_flags & lop_meta_flag_bit) == 0))
		return false;
	differ = (word_at(p) ^ model->mac) | (word_at(p + 8) ^ model->type) |
			((word_at(p + 16) ^ model->length) & length_mask) |
			(word_at(p + 26) ^ model->addresses) | (word_at(p + 34) ^ model->rest) |
			(uint64_t)(id_and_sum(p) ^ model->id_and_sum);
	return likely(differ == 0);
}

/* Not broadcast, multicast or discarded. */
static __rte_always_inline bool
dst_is_plain(const struct lop_dst *dst)
{
	return dst->input == LOP_INPUT_DELIVER &&
			(dst->cache_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) == 0;
}

static __rte_always_inline void
deliver(struct lop_worker *w, struct run *r)
{
	if (likely(r->n != 0))
		lop_sock_deliver(w, r->sk, r->pkts, r->n);
	r->n = 0;
}

/* What was found for the packet before is found again, as long as no socket has changed. */
static __rte_always_inline struct lop_sock *
socket_of(struct lop_worker *w, const struct words *f, int ifindex)
{
	struct lop_found *last = &w->found;
	const uint32_t sock_gen = lop_acquire(w->lop->sock_gen);
	struct lop_tuple t = { .ifindex = ifindex };
	struct lop_sock *sk;

	if (likely(((last->addresses ^ f->addresses) | (last->ports ^ f->ports) |
				   (last->sock_gen ^ sock_gen) |
				   (unsigned int)(last->ifindex ^ ifindex)) == 0))
		return last->sock;
	memcpy(&t.saddr_be, &f->addresses, sizeof(f->addresses));
	memcpy(&t.sport_be, &f->ports, sizeof(f->ports));
	sk = lop_udp_lookup(w->lop, &t);
	if (likely(sk != NULL))
		*last = (struct lop_found){ f->addresses, f->ports, sock_gen, ifindex, sk };
	return sk;
}

/* A datagram joins the run of its socket, or starts another one; false: it has no socket. */
static __rte_always_inline bool
join(struct lop_worker *w, struct run *r, struct rte_mbuf *m, const struct words *f,
		const struct lop_dst *dst)
{
	struct lop_sock *sk = socket_of(w, f, dst->orig_ifindex);

	if (unlikely(sk == NULL))
		return false;
	if (sk != r->sk) {
		deliver(w, r);
		r->sk = sk;
	}
	r->pkts[r->n++] = m;
	return true;
}

/* False: the packet has to go through the stages. */
static __rte_always_inline bool
take(struct lop_worker *w, struct run *r, struct rte_mbuf *m, const struct lop_dst *dst,
		const struct lop_if *lo)
{
	const struct words f = words_of(m);

	return is_plain(m, &f, lo) && dst_is_plain(dst) && join(w, r, m, &f, dst);
}

/* Data moves on to the UDP header, as if the stages had done it. */
static __rte_always_inline void
strip(struct rte_mbuf *m, struct lop_meta *meta)
{
	meta->sock = NULL;
	meta->ifindex = meta->dst->orig_ifindex;
	meta->l3_len = L3_BYTES; /* meta.pkt_type is PACKET_HOST, 0 */
	m->data_off += L2_BYTES + L3_BYTES;
	m->data_len -= L2_BYTES + L3_BYTES;
	m->pkt_len -= L2_BYTES + L3_BYTES;
}

/* Whether two packets have the same addresses and ports. */
static __rte_always_inline bool
is_one_flow(const struct rte_mbuf *a, const struct rte_mbuf *b)
{
	const uint8_t *p = rte_pktmbuf_mtod(a, const uint8_t *);
	const uint8_t *q = rte_pktmbuf_mtod(b, const uint8_t *);

	return a->data_len < HEADERS || b->data_len < HEADERS || memcmp(p + 26, q + 26, 12) == 0;
}

static __rte_always_inline void
plain_in(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	struct lop_if *lo = w->lop->lo;
	struct rte_mbuf *kept[LOP_BURST_MAX];
	struct run r = { .pkts = kept };
	struct model model = { 0 };

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		struct lop_meta *meta = lop_meta(m);
		const struct lop_dst *dst = meta->dst;

		if (n > 1 && likely(dst != NULL && is_alike(&model, m, meta))) {
			r.pkts[r.n++] = m;
		} else if (dst != NULL && m->data_len >= HEADERS && take(w, &r, m, dst, lo)) {
			if (i + 1 < n)
				model_of(&model, m);
		} else {
			/* in its turn, behind those before it */
			deliver(w, &r);
			model.dst = NULL;
			lop_input(w, lo, &m, 1);
			continue;
		}
		r.packets++;
		r.bytes += m->pkt_len;
		strip(m, meta);
	}
	deliver(w, &r);
	lop_count(w->plain_in_packets, r.packets);
	lop_count(w->plain_in_bytes, r.bytes - (uint64_t)r.packets * L2_BYTES);
}

/* One alone has nothing before it: what is only for bursts is left out there. */
uint16_t
lop_plain_in(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	if (n == 1) {
		plain_in(w, pkts, 1);
		return 0;
	}
	/* a hint only, what is read there is checked behind */
	if (unlikely(!is_one_flow(pkts[0], pkts[1])))
		lop_udp_prefetch(w->lop, pkts, n);
	plain_in(w, pkts, n);
	return 0;
}
