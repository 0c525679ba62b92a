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
			    (meta->flags & LOP_META_CSUM_KNOWN) == 0 ||
			    (meta->flags & LOP_META_CHARGED) != 0))
		return false;
	sum = (f->middle & UINT32_MAX) + (f->middle >> 32) + (f->addresses & UINT32_MAX) +
			(f->addresses >> 32) + f->length;
	return likely(lop_sum_fold(sum) == 0xffff);
}

/* Two words that are loaded as one, as lop_plain_out() stored them. */
typedef uint64_t pair_t __attribute__((vector_size(16)));

/*
 * What the packets behind a plain one are compared with. One that differs from it in nothing but ID
 * and checksum, and in them by as much, is plain too and for the same socket.
 */
struct model {
	const struct lop_dst *dst;
	uint64_t rest; /* of the meta, from its flags on */
	uint32_t pkt_len;
	uint16_t data_len;
	uint16_t id_and_sum;
	pair_t macs;     /* bytes -6 to 9 of the frame, of which -6 to -1 mean nothing */
	uint64_t type;   /* 10 */
	uint64_t middle; /* 18: ID, fragment, TTL, protocol, checksum */
	pair_t ends;     /* 26: addresses, ports, length, checksum */
};

/* ID and checksum, added without carry out. */
static __rte_always_inline uint16_t
id_and_sum(uint64_t middle)
{
	uint16_t words[4];
	uint32_t both;

	memcpy(words, &middle, sizeof(words));
	both = (uint32_t)words[0] + words[3];
	return both + (both >> 16);
}

static __rte_always_inline struct model
model_of(const struct rte_mbuf *m)
{
	const uint8_t *p = rte_pktmbuf_mtod(m, const uint8_t *);
	const struct lop_meta *meta = lop_meta(m);
	struct model model = { .dst = meta->dst, .pkt_len = m->pkt_len, .data_len = m->data_len };

	memcpy(&model.rest, &meta->flags, sizeof(model.rest));
	memcpy(&model.macs, p - 6, sizeof(model.macs));
	memcpy(&model.type, p + 10, sizeof(model.type));
	memcpy(&model.middle, p + 18, sizeof(model.middle));
	memcpy(&model.ends, p + 26, sizeof(model.ends));
	model.id_and_sum = id_and_sum(model.middle);
	return model;
}

static __rte_always_inline bool
is_alike(const struct model *model, const struct rte_mbuf *m)
{
	const pair_t macs_mask = { WORD64(0, 0, 0, 0, 0, 0, 0xff, 0xff), UINT64_MAX };
	const uint64_t middle_mask = WORD64(0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0);
	const uint8_t *p = rte_pktmbuf_mtod(m, const uint8_t *);
	const struct lop_meta *meta = lop_meta(m);
	uint64_t type, middle, rest, differ;
	pair_t macs, ends, both;

	memcpy(&rest, &meta->flags, sizeof(rest));
	memcpy(&macs, p - 6, sizeof(macs));
	memcpy(&type, p + 10, sizeof(type));
	memcpy(&middle, p + 18, sizeof(middle));
	memcpy(&ends, p + 26, sizeof(ends));
	both = ((macs ^ model->macs) & macs_mask) | (ends ^ model->ends);
	differ = both[0] | both[1] | (type ^ model->type) |
			((middle ^ model->middle) & middle_mask) |
			(uint64_t)(id_and_sum(middle) ^ model->id_and_sum) | (rest ^ model->rest) |
			((uintptr_t)meta->dst ^ (uintptr_t)model->dst) |
			(m->pkt_len ^ model->pkt_len) | (uint64_t)(m->data_len ^ model->data_len) |
			(~m->ol_flags & lop_meta_flag_bit);
	return likely(differ == 0);
}

/* How many of the packets, from the first on, which is plain, are alike. */
static __rte_always_inline uint16_t
alike(struct rte_mbuf **pkts, uint16_t n)
{
	const struct model model = model_of(pkts[0]);
	uint16_t k = 1;

	while (k < n && is_alike(&model, pkts[k]))
		k++;
	return k;
}

/* Not broadcast, multicast or discarded. */
static __rte_always_inline bool
dst_is_plain(const struct lop_dst *dst)
{
	return dst->input == LOP_INPUT_DELIVER &&
			(dst->cache_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) == 0;
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

/* The socket of a plain packet; NULL: it has to go through the stages. */
static __rte_always_inline struct lop_sock *
look_at(struct lop_worker *w, const struct rte_mbuf *m, const struct lop_if *lo)
{
	const struct lop_dst *dst = lop_meta(m)->dst;
	struct words f;

	if (unlikely(dst == NULL || m->data_len < HEADERS))
		return NULL;
	f = words_of(m);
	if (unlikely(!is_plain(m, &f, lo) || !dst_is_plain(dst)))
		return NULL;
	return socket_of(w, &f, dst->orig_ifindex);
}

/* Data moves on to the payload of packets that are alike, as if the stages had done it. */
static __rte_always_inline void
strip(struct rte_mbuf **pkts, uint16_t n)
{
	const uint32_t bytes = HEADERS;
	const uint32_t pkt_len = pkts[0]->pkt_len - bytes;
	const uint16_t data_len = pkts[0]->data_len - bytes;
	struct lop_meta meta = *lop_meta(pkts[0]);

	meta.ifindex = meta.dst->orig_ifindex;
	meta.l3_len = L3_BYTES; /* meta.pkt_type is PACKET_HOST, 0 */
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];

		lop_meta(m)->sock = NULL;
		memcpy(&lop_meta(m)->flags, &meta.flags, sizeof(uint64_t));
		m->data_off += bytes;
		m->data_len = data_len;
		m->pkt_len = pkt_len;
	}
}

/* Whether two packets have the same addresses and ports. */
static __rte_always_inline bool
is_one_flow(const struct rte_mbuf *a, const struct rte_mbuf *b)
{
	const uint8_t *p = rte_pktmbuf_mtod(a, const uint8_t *);
	const uint8_t *q = rte_pktmbuf_mtod(b, const uint8_t *);

	return a->data_len < HEADERS || b->data_len < HEADERS || memcmp(p + 26, q + 26, 12) == 0;
}

/* What all packets taken here count. */
struct sums {
	uint32_t packets;
	uint64_t bytes;
};

/* Packets from the first on, which are alike or one: how many. */
static __rte_always_inline uint16_t
take(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n, struct sums *sums)
{
	struct lop_if *lo = w->lop->lo;
	struct lop_sock *sk = look_at(w, pkts[0], lo);
	uint16_t k;

	if (unlikely(sk == NULL)) {
		/* in its turn, behind those before it */
		lop_input(w, lo, pkts, 1);
		return 1;
	}
	k = n > 1 ? alike(pkts, n) : 1;
	sums->packets += k;
	sums->bytes += (uint64_t)k * (pkts[0]->pkt_len - L2_BYTES);
	strip(pkts, k);
	lop_sock_deliver_alike(w, sk, pkts, k);
	return k;
}

static __rte_always_inline void
count(struct lop_worker *w, const struct sums *sums)
{
	lop_count(w->plain_in_packets, sums->packets);
	lop_count(w->plain_in_bytes, sums->bytes);
}

uint16_t
lop_plain_in(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	struct sums sums = { 0 };

	/* one alone has nothing to be compared with */
	if (n == 1) {
		take(w, pkts, 1, &sums);
		count(w, &sums);
		return 0;
	}
	/* a hint only, what is read there is checked behind */
	if (unlikely(!is_one_flow(pkts[0], pkts[1])))
		lop_udp_prefetch(w->lop, pkts, n);
	for (uint16_t i = 0; i < n;)
		i += take(w, pkts + i, n - i, &sums);
	count(w, &sums);
	return 0;
}
