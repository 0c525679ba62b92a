/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_IMAGE_H
#define LOP_DP_IMAGE_H

/*
 * The headers of UDP datagrams, made once for as many as have them in common.
 */

#include <assert.h>
#include <string.h>

#include <rte_ip.h>
#include <rte_udp.h>

#include "neigh.h"
#include "send.h"

#define LOP_L2_BYTES RTE_ETHER_HDR_LEN
#define LOP_L3_BYTES sizeof(struct rte_ipv4_hdr)
#define LOP_L4_BYTES sizeof(struct rte_udp_hdr)

/*
 * The headers as the words in which they are written, so that they are made in registers and that
 * who reads a field soon after finds it within one store. The first starts 6 bytes, of no meaning,
 * in front of the Ethernet header.
 */
struct lop_image {
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
lop_field16(uint16_t value, unsigned int byte)
{
#if RTE_BYTE_ORDER == RTE_LITTLE_ENDIAN
	return (uint64_t)value << 8 * byte;
#else
	return (uint64_t)value << (48 - 8 * byte);
#endif
}

static __rte_always_inline uint64_t
lop_field32(uint32_t value, unsigned int byte)
{
#if RTE_BYTE_ORDER == RTE_LITTLE_ENDIAN
	return (uint64_t)value << 8 * byte;
#else
	return (uint64_t)value << (32 - 8 * byte);
#endif
}

static __rte_always_inline uint32_t
lop_sum_be32(uint32_t v)
{
	return (v & 0xffff) + (v >> 16);
}

static __rte_always_inline uint16_t
lop_fold16(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return sum + (sum >> 16);
}

/* Addresses and port of one destination. */
static __rte_always_inline void
lop_image_to(struct lop_image *im, const struct lop_send *s, uint32_t saddr_be, uint32_t daddr_be,
		uint16_t dport_be)
{
	const uint32_t addresses = lop_sum_be32(saddr_be) + lop_sum_be32(daddr_be);

	im->addresses = lop_field32(saddr_be, 0) | lop_field32(daddr_be, 4);
	im->ports = lop_field16(s->sport_be, 0) | lop_field16(dport_be, 2);
	im->ip_sum = rte_cpu_to_be_16(RTE_IPV4_VHL_DEF << 8 | s->tos) +
			(s->df ? RTE_BE16(RTE_IPV4_HDR_DF_FLAG) : 0) +
			rte_cpu_to_be_16(s->ttl << 8 | IPPROTO_UDP) + addresses;
	im->pseudo_sum = addresses + RTE_BE16(IPPROTO_UDP);
}

/* The link header's 14 bytes, as they stand at offset 2 of 16 (contract NE-04). */
static __rte_always_inline void
lop_image_link(struct lop_image *im, const struct lop_neigh *neigh)
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
	im->mac = lop_field16(first, 6);
	im->type = lop_field32(last, 0);
}

/* What does not depend on addresses; neigh may be NULL. */
static __rte_always_inline void
lop_image_make(struct lop_image *im, const struct lop_send *s, const struct lop_neigh *neigh)
{
	im->linked = neigh != NULL && (lop_load(neigh->state) & LOP_NUD_CONNECTED) != 0 &&
			lop_load(neigh->header_bytes) == LOP_L2_BYTES;
	im->mac = 0;
	im->macs = 0;
	im->type = 0;
	if (im->linked)
		lop_image_link(im, neigh);
	im->type |= lop_field16(rte_cpu_to_be_16(RTE_IPV4_VHL_DEF << 8 | s->tos), 4);
	im->middle = lop_field16(s->df ? RTE_BE16(RTE_IPV4_HDR_DF_FLAG) : 0, 2) |
			lop_field16(rte_cpu_to_be_16(s->ttl << 8 | IPPROTO_UDP), 4);
}

/* The headers of a payload whose lengths, ID and checksums are known. */
static __rte_always_inline void
lop_image_put(const struct lop_image *im, uint8_t *payload, uint64_t type, uint64_t middle,
		uint64_t ports)
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
lop_image_type(const struct lop_image *im, uint16_t ip_len_be)
{
	return im->type | lop_field16(ip_len_be, 6);
}

static __rte_always_inline uint64_t
lop_image_ports(const struct lop_image *im, bool no_check, uint16_t udp_len_be)
{
	const uint16_t sum = no_check ? 0 : lop_fold16(im->pseudo_sum + udp_len_be);

	return im->ports | lop_field16(udp_len_be, 4) | lop_field16(sum, 6);
}

/* The same of an ID, network byte order. ip_sum: with the length. */
static __rte_always_inline uint64_t
lop_image_middle(const struct lop_image *im, uint32_t ip_sum, uint16_t id_be)
{
	return im->middle | lop_field16(id_be, 0) | lop_field16(~lop_fold16(ip_sum + id_be), 6);
}

static __rte_always_inline uint16_t
lop_common_flags(const struct lop_send *s)
{
	return (s->no_check ? LOP_META_CSUM_VALID : LOP_META_CSUM_PARTIAL) |
			(s->ignore_df ? LOP_META_IGNORE_DF : 0) |
			(s->confirm ? LOP_META_CONFIRM : 0);
}

/* The meta of packets of a burst; what follows its pointers is written as one word. */
struct lop_common {
	const struct lop_dst *dst;
	struct lop_sock *sock;
	uint64_t rest;
};
static_assert(offsetof(struct lop_meta, flags) == 16 && sizeof(struct lop_meta) == 24,
		"one word follows the pointers of struct lop_meta");

static __rte_always_inline struct lop_common
lop_common_of(const struct lop_send *s, const struct lop_dst *dst)
{
	const struct lop_meta meta = { .flags = lop_common_flags(s) };
	struct lop_common c = { .dst = dst, .sock = s->sock };

	memcpy(&c.rest, &meta.flags, sizeof(c.rest));
	return c;
}

/* What an mbuf says, once its headers are there. */
static __rte_always_inline void
lop_own(struct rte_mbuf *m, const struct lop_common *c, uint16_t grown)
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

#endif
