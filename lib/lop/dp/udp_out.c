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
/* The image starts with bytes of no meaning, so that it is three times 16. */
#define IMAGE_BYTES 48
#define IMAGE_PAD (IMAGE_BYTES - L2_BYTES - L3_BYTES - sizeof(struct rte_udp_hdr))

struct image {
	uint8_t bytes[IMAGE_BYTES] __rte_aligned(16);
	uint32_t ip_sum;     /* of the IPv4 header's words but length and ID */
	uint32_t pseudo_sum; /* of the pseudo header but the length */
	bool linked;
};

static __rte_always_inline struct rte_ipv4_hdr *
image_ip(struct image *im)
{
	return (struct rte_ipv4_hdr *)(im->bytes + IMAGE_PAD + L2_BYTES);
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
	struct rte_ipv4_hdr *ip = image_ip(im);
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + 1);
	const uint32_t addresses = sum_be32(saddr_be) + sum_be32(daddr_be);

	ip->src_addr = saddr_be;
	ip->dst_addr = daddr_be;
	udp->dst_port = dport_be;
	im->ip_sum = rte_cpu_to_be_16(RTE_IPV4_VHL_DEF << 8 | s->tos) +
			(s->df ? RTE_BE16(RTE_IPV4_HDR_DF_FLAG) : 0) +
			rte_cpu_to_be_16(s->ttl << 8 | IPPROTO_UDP) + addresses;
	im->pseudo_sum = addresses + RTE_BE16(IPPROTO_UDP);
}

/* What does not depend on addresses. */
static __rte_always_inline void
image_make(struct image *im, const struct lop_send *s, const struct lop_dst *dst)
{
	struct rte_ipv4_hdr *ip = image_ip(im);
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + 1);
	const struct lop_neigh *neigh = dst != NULL ? dst->neigh : NULL;

	im->linked = neigh != NULL && (lop_load(neigh->state) & LOP_NUD_CONNECTED) != 0 &&
			neigh->header_bytes == L2_BYTES;
	if (im->linked)
		lop_neigh_header(neigh, im->bytes + IMAGE_PAD);
	ip->version_ihl = RTE_IPV4_VHL_DEF;
	ip->type_of_service = s->tos;
	ip->fragment_offset = s->df ? RTE_BE16(RTE_IPV4_HDR_DF_FLAG) : 0;
	ip->time_to_live = s->ttl;
	ip->next_proto_id = IPPROTO_UDP;
	udp->src_port = s->sport_be;
}

static __rte_always_inline uint16_t
next_id(struct lop_worker *w, const struct lop_send *s, const struct rte_ipv4_hdr *ip)
{
	if (likely(s->connected))
		return rte_cpu_to_be_16(s->sock->ip_id++);
	if (s->id_zero)
		return 0;
	return rte_cpu_to_be_16(lop_ip_id(w, ip->src_addr, ip->dst_addr, IPPROTO_UDP));
}

/* Write one packet's headers; its data then starts at the IPv4 header, or at the link header. */
static __rte_always_inline void
write_headers(struct lop_worker *w, struct image *im, struct rte_mbuf *m, const struct lop_dst *dst,
		uint16_t flags, bool l2)
{
	const struct lop_send *s = w->send;
	uint8_t *payload = rte_pktmbuf_mtod(m, uint8_t *);
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)payload - 1;
	struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)udp - 1;
	const uint16_t udp_len = rte_cpu_to_be_16(m->pkt_len + sizeof(*udp));
	const uint16_t ip_len = rte_cpu_to_be_16(m->pkt_len + sizeof(*udp) + sizeof(*ip));
	const uint16_t id = next_id(w, s, image_ip(im));
	const uint16_t grown = sizeof(*udp) + sizeof(*ip) + (l2 ? L2_BYTES : 0);
	struct lop_meta *meta = lop_meta(m);

	memcpy(payload - IMAGE_BYTES, im->bytes, IMAGE_BYTES);
	ip->total_length = ip_len;
	ip->packet_id = id;
	ip->hdr_checksum = ~fold(im->ip_sum + ip_len + id);
	udp->dgram_len = udp_len;
	udp->dgram_cksum = s->no_check ? 0 : fold(im->pseudo_sum + udp_len);
	m->data_off -= grown;
	m->data_len += grown;
	m->pkt_len += grown;
	m->ol_flags = (m->ol_flags & (RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)) |
			lop_meta_flag_bit;
	*meta = (struct lop_meta){ .dst = dst, .sock = s->sock, .flags = flags };
}

static __rte_always_inline uint16_t
flags_of(const struct lop_send *s)
{
	return (s->no_check ? LOP_META_CSUM_VALID : LOP_META_CSUM_PARTIAL) |
			(s->ignore_df ? LOP_META_IGNORE_DF : 0) |
			(s->confirm ? LOP_META_CONFIRM : 0);
}

/* A burst to one destination. */
static __rte_always_inline void
to_one(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_send *s = w->send;
	const struct lop_dst *dst = w->out.dst;
	const uint16_t flags = flags_of(s);
	uint32_t longest = 0;
	uint64_t bytes = 0;
	struct image im;

	for (uint16_t i = 0; i < n; i++) {
		longest |= pkts[i]->pkt_len;
		bytes += pkts[i]->pkt_len;
	}
	/* an OR within the limit means that each of them is */
	w->out.fits = longest + L3_BYTES + sizeof(struct rte_udp_hdr) <= dst->mtu_bytes;
	w->out.bytes = bytes + n * (L3_BYTES + sizeof(struct rte_udp_hdr));

	image_make(&im, s, dst);
	image_to(&im, s, s->saddr_be, s->daddr_be, s->dport_be);
	w->out.linked = im.linked;
	w->out.l2 = im.linked && w->out.fits && lop_output_is_straight(w);
	if (likely(w->out.l2)) {
		for (uint16_t i = 0; i < n; i++)
			write_headers(w, &im, pkts[i], dst, flags, true);
	} else {
		for (uint16_t i = 0; i < n; i++)
			write_headers(w, &im, pkts[i], dst, flags, false);
	}
}

static void
to_each(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_send *s = w->send;
	const uint16_t flags = flags_of(s);
	const struct lop_dst *last = NULL;
	bool fits = true, linked = true;
	struct image im;

	for (uint16_t i = 0; i < n; i++) {
		const struct lop_dst *dst = lop_meta(pkts[i])->dst;

		if (dst != last) {
			image_make(&im, s, dst);
			linked &= im.linked;
			last = dst;
		}
		image_to(&im, s, w->to[i].saddr_be, w->to[i].daddr_be, w->to[i].dport_be);
		write_headers(w, &im, pkts[i], dst, flags, false);
		fits &= pkts[i]->pkt_len <= dst->mtu_bytes;
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
		const struct lop_dst *dst = w->out.dst;

		image_make(&im, s, NULL);
		if (dst != NULL) {
			image_to(&im, s, s->saddr_be, s->daddr_be, s->dport_be);
		} else {
			dst = lop_meta(m)->dst;
			image_to(&im, s, w->to[i].saddr_be, w->to[i].daddr_be, w->to[i].dport_be);
		}
		write_headers(w, &im, m, dst, flags_of(s), false);
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
