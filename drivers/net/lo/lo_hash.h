/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LO_HASH_H
#define LO_HASH_H

/*
 * The RSS hash of a packet (steer=flow). HOT, like lo_rxtx.c.
 *
 * The Toeplitz hash is a carry-less product: bit t of the hash is the sum, without carry, of
 * input bit b times key bit b + t. With the key's bits in reverse order that is one multiplication
 * for each 32 bits of input, whose bits 31 to 62 are the hash in reverse. Elsewhere than on x86
 * with PCLMULQDQ, rte_softrss_be() does it bit by bit.
 */

#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_thash.h>

#ifdef RTE_ARCH_X86
#include <immintrin.h>
#endif

#include "lo.h"

/* An address pair of IPv6 and the ports. */
#define LO_HASH_WORDS_MAX 9
/* Ethernet, IPv4 with all options, ports. */
#define LO_HASH_LOOK_BYTES (RTE_ETHER_HDR_LEN + 60 + 4)

static __rte_always_inline uint32_t
lo_reverse32(uint32_t v)
{
	v = (v >> 1 & 0x55555555) | (v & 0x55555555) << 1;
	v = (v >> 2 & 0x33333333) | (v & 0x33333333) << 2;
	v = (v >> 4 & 0x0f0f0f0f) | (v & 0x0f0f0f0f) << 4;
	return rte_bswap32(v);
}

/* The low bits of a hash, in reverse as they stand at the top of a reversed one. */
static __rte_always_inline uint32_t
lo_reta_place(uint32_t reversed)
{
	return reversed / (UINT32_MAX / LO_RETA_SIZE + 1);
}

/* The hash of n words in reverse. */
typedef uint32_t (*lo_hash_t)(const struct lo_flow *flow, const uint32_t *words, uint32_t n);

static __rte_always_inline uint32_t
lo_hash_words_base(const struct lo_flow *flow, const uint32_t *words, uint32_t n)
{
	uint32_t input[LO_HASH_WORDS_MAX];

	for (uint32_t i = 0; i < n; i++)
		input[i] = words[i];
	return lo_reverse32(rte_softrss_be(input, n, flow->key_be));
}

#ifdef RTE_ARCH_X86
#define LO_CLMUL_TARGET __attribute__((target("avx2,pclmul,tune=haswell")))
#define LO_CLMUL LO_CLMUL_TARGET __rte_always_inline

static LO_CLMUL uint32_t
lo_hash_words_clmul(const struct lo_flow *flow, const uint32_t *words, uint32_t n)
{
	__m128i sum = _mm_setzero_si128();

	for (uint32_t i = 0; i < n; i++)
		sum = _mm_xor_si128(sum,
				_mm_clmulepi64_si128(_mm_cvtsi64_si128(flow->key_window[i]),
						_mm_cvtsi32_si128(words[i]), 0));
	return (uint64_t)_mm_cvtsi128_si64(sum) >> 31;
}
#endif

static __rte_always_inline uint32_t
lo_load_be32(const uint8_t *p)
{
	rte_be32_t v;

	memcpy(&v, p, sizeof(v));
	return rte_be_to_cpu_32(v);
}

/* The packet type bits of a transport over one of the two IP versions. */
static __rte_always_inline uint64_t
lo_hash_l4_type(uint8_t proto, bool v6)
{
	switch (proto) {
	case IPPROTO_UDP:
		return v6 ? RTE_ETH_RSS_NONFRAG_IPV6_UDP : RTE_ETH_RSS_NONFRAG_IPV4_UDP;
	case IPPROTO_TCP:
		return v6 ? RTE_ETH_RSS_NONFRAG_IPV6_TCP : RTE_ETH_RSS_NONFRAG_IPV4_TCP;
	case IPPROTO_SCTP:
		return v6 ? RTE_ETH_RSS_NONFRAG_IPV6_SCTP : RTE_ETH_RSS_NONFRAG_IPV4_SCTP;
	default:
		return 0;
	}
}

/* Words of an IPv4 packet, of which `size` bytes from the IP header on can be read. */
static __rte_always_inline uint32_t
lo_hash_ipv4(uint64_t types, const uint8_t *ip, uint32_t size, uint32_t *words)
{
	const struct rte_ipv4_hdr *hdr = (const struct rte_ipv4_hdr *)ip;
	const rte_be16_t any_fragment = RTE_BE16(RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK);
	uint32_t header = (hdr->version_ihl & RTE_IPV4_HDR_IHL_MASK) * RTE_IPV4_IHL_MULTIPLIER;
	uint64_t type;

	words[0] = rte_be_to_cpu_32(hdr->src_addr);
	words[1] = rte_be_to_cpu_32(hdr->dst_addr);
	if ((hdr->fragment_offset & any_fragment) != 0)
		return (types & (RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_FRAG_IPV4)) != 0 ? 2 : 0;
	type = lo_hash_l4_type(hdr->next_proto_id, false);
	if ((type & types) != 0 && header >= sizeof(*hdr) && size >= header + 4) {
		words[2] = lo_load_be32(ip + header);
		return 3;
	}
	if (type == 0)
		type = RTE_ETH_RSS_NONFRAG_IPV4_OTHER;
	return (types & (RTE_ETH_RSS_IPV4 | (type & RTE_ETH_RSS_NONFRAG_IPV4_OTHER))) != 0 ? 2 : 0;
}

static __rte_always_inline uint32_t
lo_hash_ipv6(uint64_t types, const uint8_t *ip, uint32_t size, uint32_t *words)
{
	const uint32_t header = sizeof(struct rte_ipv6_hdr);
	const uint8_t proto = ip[6];
	uint64_t type = lo_hash_l4_type(proto, true);

	for (uint32_t i = 0; i < 8; i++)
		words[i] = lo_load_be32(ip + 8 + 4 * i);
	if ((type & types) != 0 && size >= header + 4) {
		words[8] = lo_load_be32(ip + header);
		return 9;
	}
	if (proto == IPPROTO_FRAGMENT)
		type = RTE_ETH_RSS_FRAG_IPV6;
	else if (type == 0)
		type = RTE_ETH_RSS_NONFRAG_IPV6_OTHER;
	else
		type = 0;
	return (types & (RTE_ETH_RSS_IPV6 | type)) != 0 ? 8 : 0;
}

/* What the hash of a packet goes over; 0 words for a packet that is not hashed. */
static __rte_always_inline uint32_t
lo_hash_input(uint64_t types, const struct rte_mbuf *m, uint32_t *words)
{
	uint8_t copy[LO_HASH_LOOK_BYTES];
	uint32_t size = RTE_MIN(m->pkt_len, (uint32_t)sizeof(copy));
	const uint8_t *data = rte_pktmbuf_read(m, 0, size, copy);
	const uint8_t *ip = data + RTE_ETHER_HDR_LEN;
	rte_be16_t ether_type;

	if (size < RTE_ETHER_HDR_LEN + sizeof(struct rte_ipv4_hdr))
		return 0;
	size -= RTE_ETHER_HDR_LEN;
	memcpy(&ether_type, data + 12, sizeof(ether_type));
	if (ether_type == RTE_BE16(RTE_ETHER_TYPE_IPV4))
		return lo_hash_ipv4(types, ip, size, words);
	if (ether_type == RTE_BE16(RTE_ETHER_TYPE_IPV6) && size >= sizeof(struct rte_ipv6_hdr))
		return lo_hash_ipv6(types, ip, size, words);
	return 0;
}

/*
 * The plain case, nearly always: IPv4 without options and fragments, of which the addresses and
 * ports stand one behind the other in the first segment. Answers how many words to hash from
 * LO_PLAIN_AT on, or 0 when lo_hash_input() has to look closer.
 */
#define LO_PLAIN_AT (RTE_ETHER_HDR_LEN + 12)
#define LO_PLAIN_BYTES (LO_PLAIN_AT + 16) /* as many as the widest load takes */

static __rte_always_inline uint32_t
lo_hash_plain(const struct lo_flow *flow, const struct rte_mbuf *m, const uint8_t *data)
{
	const rte_be16_t any_fragment = RTE_BE16(RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK);
	uint32_t type_version;
	uint16_t fragment;

	if (unlikely(m->data_len < LO_PLAIN_BYTES))
		return 0;
	memcpy(&type_version, data + 12, sizeof(type_version));
	memcpy(&fragment, data + 20, sizeof(fragment));
	if (unlikely((type_version & RTE_BE32(0xffffff00)) !=
			    RTE_BE32(RTE_ETHER_TYPE_IPV4 << 16 | 0x4500)))
		return 0;
	if (unlikely((fragment & any_fragment) != 0))
		return 0;
	return flow->plain_words[data[23]];
}

/* The hash of a plain packet in reverse, from LO_PLAIN_AT on. */
typedef uint32_t (*lo_hash_plain_t)(const struct lo_flow *flow, const uint8_t *tuple, uint32_t n);

static __rte_always_inline uint32_t
lo_hash_plain_base(const struct lo_flow *flow, const uint8_t *tuple, uint32_t n)
{
	const uint32_t words[] = { lo_load_be32(tuple), lo_load_be32(tuple + 4),
		lo_load_be32(tuple + 8) };

	return lo_hash_words_base(flow, words, n);
}

#ifdef RTE_ARCH_X86
/* What the plain packets of one protocol have in common. */
struct lo_plain {
	uint32_t words; /* to hash, 0: none of them is plain */
	__m128i header; /* of a packet, from its Ethernet type on */
	__m128i keys;
	__m128i last_key; /* 0 where only addresses are hashed */
};

/* The hash from LO_PLAIN_AT on, of two words or three by the last key. */
static LO_CLMUL uint32_t
lo_plain_tuple_hash(__m128i keys, __m128i last_key, const uint8_t *tuple)
{
	/* each word to the low half of a 64-bit lane, its bytes turned round */
	const __m128i pair = _mm_set_epi8(-1, -1, -1, -1, 4, 5, 6, 7, -1, -1, -1, -1, 0, 1, 2, 3);
	const __m128i last = _mm_set_epi8(
			-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 8, 9, 10, 11);
	const __m128i input = _mm_loadu_si128((const __m128i *)tuple);
	const __m128i words = _mm_shuffle_epi8(input, pair);
	__m128i sum = _mm_xor_si128(_mm_clmulepi64_si128(words, keys, 0x00),
			_mm_clmulepi64_si128(words, keys, 0x11));

	sum = _mm_xor_si128(sum, _mm_clmulepi64_si128(_mm_shuffle_epi8(input, last), last_key, 0));
	return (uint64_t)_mm_cvtsi128_si64(sum) >> 31;
}

static LO_CLMUL uint32_t
lo_hash_plain_clmul(const struct lo_flow *flow, const uint8_t *tuple, uint32_t n)
{
	return lo_plain_tuple_hash(_mm_loadu_si128((const __m128i *)flow->key_window),
			_mm_cvtsi64_si128(n == 3 ? flow->key_window[2] : 0), tuple);
}

static LO_CLMUL struct lo_plain
lo_plain_of(const struct lo_flow *flow, const struct rte_mbuf *m)
{
	const uint8_t *data = rte_pktmbuf_mtod(m, const uint8_t *);
	struct lo_plain plain;

	plain.words = lo_hash_plain(flow, m, data);
	if (likely(plain.words != 0))
		plain.header = _mm_loadu_si128((const __m128i *)(data + 12));
	plain.keys = _mm_loadu_si128((const __m128i *)flow->key_window);
	plain.last_key = _mm_cvtsi64_si128(plain.words == 3 ? flow->key_window[2] : 0);
	return plain;
}

/* Where a header is another one, for lo_plain_all(). */
static LO_CLMUL __m128i
lo_plain_differs(const struct lo_plain *plain, const uint8_t *data)
{
	return _mm_xor_si128(_mm_loadu_si128((const __m128i *)(data + 12)), plain->header);
}

/* Type, version with IHL, fragment bits and protocol are those of the first packet. */
static LO_CLMUL bool
lo_plain_all(__m128i differ)
{
	const __m128i mask = _mm_set_epi8(0, 0, 0, 0, -1, 0, -1, 0x3f, 0, 0, 0, 0, 0, -1, -1, -1);

	return _mm_testz_si128(differ, mask) != 0;
}

static LO_CLMUL uint32_t
lo_plain_hash(const struct lo_plain *plain, const uint8_t *data)
{
	return lo_plain_tuple_hash(plain->keys, plain->last_key, data + LO_PLAIN_AT);
}
#endif

/* How a burst hashes. */
struct lo_hasher {
	lo_hash_plain_t plain;
	lo_hash_t words;
};

static const struct lo_hasher lo_hasher_base = { lo_hash_plain_base, lo_hash_words_base };

/* The receive queue of a packet; its hash in reverse, and a flag when the receiver wants it. */
static __rte_always_inline uint16_t
lo_flow_queue(const struct lo_dev *dev, const struct rte_mbuf *m, uint32_t *reversed,
		uint64_t *rx_flags, struct lo_hasher by)
{
	const uint8_t *data = rte_pktmbuf_mtod(m, const uint8_t *);
	const struct lo_flow *flow = dev->flow;
	uint32_t words[LO_HASH_WORDS_MAX];
	uint32_t n = lo_hash_plain(flow, m, data);

	if (likely(n != 0)) {
		*reversed = by.plain(flow, data + LO_PLAIN_AT, n);
	} else {
		n = lo_hash_input(flow->hash_types, m, words);
		*reversed = n != 0 ? by.words(flow, words, n) : 0;
	}
	if ((dev->rx_offloads & RTE_ETH_RX_OFFLOAD_RSS_HASH) != 0 && n != 0)
		*rx_flags |= RTE_MBUF_F_RX_RSS_HASH;
	return flow->reta[lo_reta_place(*reversed)];
}

#endif
