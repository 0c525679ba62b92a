/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Output stage 1: the UDP header, and with it the IPv4 header and, where the next hop's link
 * header is known, that one too: all of them come from one image.
 *
 * in    the payload; w->send; w->out.dst, or meta.dst and w->to[] of each packet
 * out   UDP and IPv4 headers whole (w->out.headers), the checksum of the first left at the pseudo
 *       header's sum unless a real one is asked for (contract UDPH-01, UDPH-02, CK-02)
 * drop  NO_MBUF, without room for IPv4 options
 */

#include <errno.h>
#include <string.h>

#include <rte_ip.h>
#include <rte_udp.h>

#include "csum.h"
#include "ip_options.h"
#include "neigh.h"
#include "send.h"
#include "stages.h"

#define L2_BYTES RTE_ETHER_HDR_LEN
#define L3_BYTES sizeof(struct rte_ipv4_hdr)
#define L4_BYTES sizeof(struct rte_udp_hdr)

/*
 * The headers as the words in which they are written, so that they are made in registers and that
 * who reads a field soon after finds it within one store. The first starts 6 bytes, of no meaning,
 * in front of the Ethernet header.
 */
struct image {
	uint64_t mac;       /* from the frame's byte -6 on: the first two of the link header */
	uint64_t macs;      /* 2 */
	uint64_t type;      /* 10: Ethernet type, version, IHL, TOS; total length: of each packet */
	uint64_t middle;    /* 18: fragment, TTL, protocol; ID and checksum: of each packet */
	uint64_t addresses; /* 26 */
	uint64_t ports;     /* 34: ports; UDP's length and checksum: of each packet */
	uint32_t ip_sum;    /* of the IPv4 header's words but length and ID */
	uint32_t pseudo_sum; /* of the pseudo header but the length */
	bool linked;
};

/* Fields of eight bytes in memory. */
static __rte_always_inline uint64_t
field16(uint16_t value, unsigned int byte)
{
#if RTE_BYTE_ORDER == RTE_LITTLE_ENDIAN
	return (uint64_t)value << 8 * byte;
#else
	return (uint64_t)value << (48 - 8 * byte);
#endif
}

static __rte_always_inline uint64_t
field32(uint32_t value, unsigned int byte)
{
#if RTE_BYTE_ORDER == RTE_LITTLE_ENDIAN
	return (uint64_t)value << 8 * byte;
#else
	return (uint64_t)value << (32 - 8 * byte);
#endif
}

static __rte_always_inline uint32_t
sum_be32(uint32_t v)
{
	return (v & 0xffff) + (v >> 16);
}

static __rte_always_inline uint16_t
fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return sum + (sum >> 16);
}

/* Addresses and port of one destination. */
static __rte_always_inline void
image_to(struct image *im, const struct lop_send *s, uint32_t saddr_be, uint32_t daddr_be,
		uint16_t dport_be)
{
	const uint32_t addresses = sum_be32(saddr_be) + sum_be32(daddr_be);

	im->addresses = field32(saddr_be, 0) | field32(daddr_be, 4);
	im->ports = field16(s->sport_be, 0) | field16(dport_be, 2);
	im->ip_sum = rte_cpu_to_be_16(RTE_IPV4_VHL_DEF << 8 | s->tos) +
			(s->df ? RTE_BE16(RTE_IPV4_HDR_DF_FLAG) : 0) +
			rte_cpu_to_be_16(s->ttl << 8 | IPPROTO_UDP) + addresses;
	im->pseudo_sum = addresses + RTE_BE16(IPPROTO_UDP);
}

/* The link header's 14 bytes, as they stand at offset 2 of 16 (contract NE-04). */
static __rte_always_inline void
image_link(struct image *im, const struct lop_neigh *neigh)
{
	uint16_t first;
	uint32_t last, seq;

	do {
		seq = lop_acquire(neigh->seq);
		memcpy(&first, neigh->header + 2, sizeof(first));
		memcpy(&im->macs, neigh->header + 4, sizeof(im->macs));
		memcpy(&last, neigh->header + 12, sizeof(last));
		rte_atomic_thread_fence(rte_memory_order_acquire);
	} while (unlikely((seq & 1) != 0 || seq != lop_load(neigh->seq)));
	im->mac = field16(first, 6);
	im->type = field32(last, 0);
}

/* What does not depend on addresses; neigh may be NULL. */
static __rte_always_inline void
image_make(struct image *im, const struct lop_send *s, const struct lop_neigh *neigh)
{
	im->linked = neigh != NULL && (lop_load(neigh->state) & LOP_NUD_CONNECTED) != 0 &&
			neigh->header_bytes == L2_BYTES;
	im->mac = 0;
	im->macs = 0;
	im->type = 0;
	if (im->linked)
		image_link(im, neigh);
	im->type |= field16(rte_cpu_to_be_16(RTE_IPV4_VHL_DEF << 8 | s->tos), 4);
	im->middle = field16(s->df ? RTE_BE16(RTE_IPV4_HDR_DF_FLAG) : 0, 2) |
			field16(rte_cpu_to_be_16(s->ttl << 8 | IPPROTO_UDP), 4);
}

/* The headers of a payload whose lengths, ID and checksums are known. */
static __rte_always_inline void
image_put(const struct image *im, uint8_t *payload, uint64_t type, uint64_t middle, uint64_t ports)
{
	memcpy(payload - 48, &im->mac, sizeof(im->mac));
	memcpy(payload - 40, &im->macs, sizeof(im->macs));
	memcpy(payload - 32, &type, sizeof(type));
	memcpy(payload - 24, &middle, sizeof(middle));
	memcpy(payload - 16, &im->addresses, sizeof(im->addresses));
	memcpy(payload - 8, &ports, sizeof(ports));
}

/* What a length adds to the words. */
static __rte_always_inline uint64_t
type_of(const struct image *im, uint16_t ip_len_be)
{
	return im->type | field16(ip_len_be, 6);
}

static __rte_always_inline uint64_t
ports_of(const struct image *im, const struct lop_send *s, uint16_t udp_len_be)
{
	const uint16_t sum = s->no_check ? 0 : fold(im->pseudo_sum + udp_len_be);

	return im->ports | field16(udp_len_be, 4) | field16(sum, 6);
}

/* The same of an ID, network byte order. ip_sum: with the length. */
static __rte_always_inline uint64_t
middle_of(const struct image *im, uint32_t ip_sum, uint16_t id_be)
{
	return im->middle | field16(id_be, 0) | field16(~fold(ip_sum + id_be), 6);
}

/* The ID of the next packet, network byte order (contract IPO-03). */
static __rte_always_inline uint16_t
next_id(struct lop_worker *w, const struct lop_send *s, uint32_t saddr_be, uint32_t daddr_be)
{
	if (likely(s->connected)) {
		const uint16_t id = lop_load(s->sock->ip_id);

		/* two senders at once may take the same: a packet of each is known by its worker */
		lop_store(s->sock->ip_id, id + 1);
		return rte_cpu_to_be_16(id);
	}
	if (s->id_zero)
		return 0;
	return rte_cpu_to_be_16(lop_ip_id(w, saddr_be, daddr_be, IPPROTO_UDP));
}

static __rte_always_inline uint16_t
flags_of(const struct lop_send *s)
{
	return (s->no_check ? LOP_META_CSUM_VALID : LOP_META_CSUM_PARTIAL) |
			(s->ignore_df ? LOP_META_IGNORE_DF : 0) |
			(s->confirm ? LOP_META_CONFIRM : 0);
}

/* The meta of packets of a burst; what follows its pointers is written as one word. */
struct common {
	const struct lop_dst *dst;
	struct lop_sock *sock;
	uint64_t rest;
};
static_assert(offsetof(struct lop_meta, flags) == 16 && sizeof(struct lop_meta) == 24,
		"one word follows the pointers of struct lop_meta");

static __rte_always_inline struct common
common_of(const struct lop_send *s, const struct lop_dst *dst)
{
	const struct lop_meta meta = { .flags = flags_of(s) };
	struct common c = { .dst = dst, .sock = s->sock };

	memcpy(&c.rest, &meta.flags, sizeof(c.rest));
	return c;
}

/* What an mbuf says, once its headers are there. */
static __rte_always_inline void
own(struct rte_mbuf *m, const struct common *c, uint16_t grown)
{
	struct lop_meta *meta = lop_meta(m);

	m->data_off -= grown;
	m->data_len += grown;
	m->pkt_len += grown;
	m->ol_flags = (m->ol_flags & (RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)) |
			lop_meta_flag_bit;
	meta->dst = c->dst;
	meta->sock = c->sock;
	memcpy(&meta->flags, &c->rest, sizeof(c->rest));
}

/* Write one packet's headers; its data then starts at the IPv4 header, or at the link header. */
static __rte_always_inline void
write_headers(struct lop_worker *w, const struct image *im, struct rte_mbuf *m,
		const struct common *c, const struct lop_to *to, bool l2)
{
	const struct lop_send *s = w->send;
	const uint16_t udp_len = rte_cpu_to_be_16(m->pkt_len + L4_BYTES);
	const uint16_t ip_len = rte_cpu_to_be_16(m->pkt_len + L4_BYTES + L3_BYTES);
	const uint16_t id = next_id(w, s, to->saddr_be, to->daddr_be);

	image_put(im, rte_pktmbuf_mtod(m, uint8_t *), type_of(im, ip_len),
			middle_of(im, im->ip_sum + ip_len, id), ports_of(im, s, udp_len));
	own(m, c, L4_BYTES + L3_BYTES + (l2 ? L2_BYTES : 0));
}

/* Datagrams as long as one another: only ID and checksum differ. */
static __rte_always_inline void
to_one_alike(struct lop_worker *w, const struct image *im, struct rte_mbuf **pkts, uint16_t n,
		const struct common *c, const struct lop_to *to)
{
	const struct lop_send *s = w->send;
	const uint16_t udp_len = rte_cpu_to_be_16(pkts[0]->pkt_len + L4_BYTES);
	const uint16_t ip_len = rte_cpu_to_be_16(pkts[0]->pkt_len + L4_BYTES + L3_BYTES);
	const uint32_t ip_sum = im->ip_sum + ip_len;
	const uint64_t type = type_of(im, ip_len), ports = ports_of(im, s, udp_len);

	for (uint16_t i = 0; i < n; i++) {
		const uint16_t id = next_id(w, s, to->saddr_be, to->daddr_be);

		image_put(im, rte_pktmbuf_mtod(pkts[i], uint8_t *), type, middle_of(im, ip_sum, id),
				ports);
		own(pkts[i], c, L4_BYTES + L3_BYTES + L2_BYTES);
	}
}

/* A burst to one destination. */
static __rte_always_inline void
to_one(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_send *s = w->send;
	const struct lop_dst *dst = w->out.dst;
	const uint32_t first = pkts[0]->pkt_len;
	uint32_t longest = first, differ = 0;
	uint64_t bytes = 0;
	const struct common c = common_of(s, dst);
	const struct lop_to to = { s->saddr_be, s->daddr_be, s->dport_be };
	struct image im;

	for (uint16_t i = 0; i < n; i++) {
		const uint32_t len = pkts[i]->pkt_len;

		longest |= len;
		differ |= len ^ first;
		bytes += len;
	}
	/* an OR within the limit means that each of them is */
	w->out.fits = longest + L3_BYTES + L4_BYTES <= dst->mtu_bytes;
	w->out.bytes = bytes + n * (L3_BYTES + L4_BYTES);

	image_make(&im, s, dst->neigh);
	image_to(&im, s, s->saddr_be, s->daddr_be, s->dport_be);
	w->out.linked = im.linked;
	w->out.l2 = im.linked && w->out.fits && lop_output_is_straight(w);
	if (likely(w->out.l2 && differ == 0)) {
		to_one_alike(w, &im, pkts, n, &c, &to);
	} else {
		for (uint16_t i = 0; i < n; i++)
			write_headers(w, &im, pkts[i], &c, &to, w->out.l2);
	}
}

static void
to_each(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_send *s = w->send;
	const struct lop_dst *last = lop_meta(pkts[0])->dst;
	struct common c = common_of(s, last);
	bool fits = true, linked;
	struct image im;

	image_make(&im, s, last->neigh);
	linked = im.linked;
	for (uint16_t i = 0; i < n; i++) {
		const struct lop_to *to = &w->to[i];

		c.dst = lop_meta(pkts[i])->dst;
		if (c.dst != last) {
			image_make(&im, s, c.dst->neigh);
			linked &= im.linked;
			last = c.dst;
		}
		image_to(&im, s, to->saddr_be, to->daddr_be, to->dport_be);
		write_headers(w, &im, pkts[i], &c, to, false);
		fits &= pkts[i]->pkt_len <= c.dst->mtu_bytes;
	}
	w->out.linked = linked;
	w->out.fits = fits;
}

uint16_t
lop_udp_out(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	w->out.headers = true;
	if (unlikely(w->send->options_bytes != 0 || w->send->software_check))
		return lop_udp_out_odd(w, pkts, n);
	if (likely(w->out.dst != NULL))
		to_one(w, pkts, n);
	else
		to_each(w, pkts, n);
	return n;
}

/* The whole checksum; 0 is sent as 0xffff (contract UDPH-02). Data starts at the IPv4 header. */
static void
sum_in_software(struct rte_mbuf *m)
{
	/* the pseudo header's sum stands there already */
	lop_csum_finish_udp(m, sizeof(struct rte_ipv4_hdr));
	lop_meta(m)->flags &= ~LOP_META_CSUM_PARTIAL;
	lop_meta(m)->flags |= LOP_META_CSUM_VALID;
}

/* Datagrams with IPv4 options or a real checksum: one by one, with room made for the options. */
uint16_t
lop_udp_out_odd(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_send *s = w->send;
	uint16_t kept = 0;
	struct image im;

	w->out.linked = false;
	w->out.fits = true;
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		const struct lop_dst *dst = w->out.dst != NULL ? w->out.dst : lop_meta(m)->dst;
		const struct lop_to one = { s->saddr_be, s->daddr_be, s->dport_be };
		const struct lop_to *to = w->out.dst != NULL ? &one : &w->to[i];
		const struct common c = common_of(s, dst);

		image_make(&im, s, NULL);
		image_to(&im, s, to->saddr_be, to->daddr_be, to->dport_be);
		write_headers(w, &im, m, &c, to, false);
		if (s->software_check && !s->no_check)
			sum_in_software(m);
		if (s->options_bytes != 0 &&
				lop_options_put(w, m, s->options, s->options_bytes) != 0) {
			lop_out_drop(w, m, NO_MBUF, ENOBUFS);
			continue;
		}
		w->out.fits &= m->pkt_len <= dst->mtu_bytes;
		pkts[kept++] = m;
	}
	return kept;
}
