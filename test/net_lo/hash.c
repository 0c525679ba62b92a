/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* steer=flow: the hash of a packet, and what the mbuf says of it. */

#include <string.h>

#include <rte_ip.h>

#include "flow.h"

#define NB_RX 4
#define ROUNDS 64

#define HASH RTE_ETH_RX_OFFLOAD_RSS_HASH

/* The packet has the hash it should have, and lies in the queue of that hash. */
static void
assert_hashed(struct fx *fx, const struct flow_frame *f, uint16_t seg_size, const uint8_t *key,
		uint64_t types, const uint16_t *reta)
{
	struct rte_mbuf *m = nl_mbuf(fx->pool, f->bytes, f->size, seg_size);
	uint32_t want;
	bool hashed = flow_hash(f, types, key, &want);
	uint16_t queue;

	/* of another device */
	m->hash.rss = 0xdeadbeef;
	m->ol_flags |= RTE_MBUF_F_RX_RSS_HASH;
	m = flow_loop(fx, m, NB_RX, &queue);
	if (hashed != ((m->ol_flags & RTE_MBUF_F_RX_RSS_HASH) != 0))
		fail_msg("%s, types %#" PRIx64 ": %s hash", flow_kind_name[f->kind], types,
				hashed ? "no" : "has a");
	if (hashed && m->hash.rss != want)
		fail_msg("%s, types %#" PRIx64 ", segments of %u: hash %#x, not %#x",
				flow_kind_name[f->kind], types, seg_size, m->hash.rss, want);
	assert_int_equal(queue, reta[want % FLOW_RETA_SIZE]);
	assert_int_equal(m->pkt_len, f->size);
	rte_pktmbuf_free(m);
}

static void
assert_kinds_hashed(struct fx *fx, uint64_t rounds, uint16_t seg_step)
{
	uint16_t reta[FLOW_RETA_SIZE];
	uint8_t key[FLOW_KEY_BYTES];
	uint64_t types, random = 1;
	struct flow_frame f;

	flow_conf(fx, key, &types);
	flow_reta(fx, reta);
	for (unsigned int i = 0; i < rounds * FLOW_KINDS; i++) {
		flow_frame_make(&f, i % FLOW_KINDS, &random);
		assert_hashed(fx, &f, i / FLOW_KINDS * seg_step, key, types, reta);
	}
}

static void
hash_is_that_of_softrss(void **state)
{
	flow_up(*state, NB_RX, 1, HASH);
	assert_kinds_hashed(*state, ROUNDS, 0);
}

static void
hash_with_several_transmit_queues(void **state)
{
	flow_up(*state, NB_RX, 3, HASH);
	assert_kinds_hashed(*state, ROUNDS, 0);
}

/* Packet types on: each packet goes the slow way. */
static void
hash_packet_by_packet(void **state)
{
	struct fx *fx = *state;

	flow_up(fx, NB_RX, 1, HASH);
	assert_int_equal(rte_eth_dev_set_ptypes(fx->tx_port, RTE_PTYPE_ALL_MASK, NULL, 0), 0);
	assert_kinds_hashed(fx, ROUNDS, 0);
}

/* Headers cut anywhere: segments of 1 byte, 2 bytes, … */
static void
hash_over_segments(void **state)
{
	struct fx *fx = *state;

	flow_up(fx, NB_RX, 1, HASH | RTE_ETH_RX_OFFLOAD_SCATTER);
	assert_kinds_hashed(fx, ROUNDS, 1);
}

#define BURST 40

/* One packet of every kind at every place of a burst of UDP over IPv4, which stays in order. */
static void
hash_of_a_mixed_burst(void **state)
{
	struct flow_frame f[BURST];
	struct rte_mbuf *pkts[BURST], *got;
	struct fx *fx = *state;
	uint8_t key[FLOW_KEY_BYTES];
	uint64_t types, random = 2;
	uint32_t want;

	flow_up(fx, 1, 1, HASH);
	flow_conf(fx, key, &types);
	for (unsigned int round = 0; round < FLOW_KINDS * BURST; round++) {
		for (unsigned int i = 0; i < BURST; i++) {
			flow_frame_make(&f[i], i == round % BURST ? round / BURST : FLOW_V4_UDP,
					&random);
			pkts[i] = nl_mbuf(fx->pool, f[i].bytes, f[i].size, 0);
		}
		assert_int_equal(rte_eth_tx_burst(fx->tx_port, 0, pkts, BURST), BURST);
		for (unsigned int i = 0; i < BURST; i++) {
			bool hashed = flow_hash(&f[i], types, key, &want);

			assert_int_equal(rte_eth_rx_burst(fx->tx_port, 0, &got, 1), 1);
			assert_ptr_equal(got, pkts[i]);
			assert_int_equal((got->ol_flags & RTE_MBUF_F_RX_RSS_HASH) != 0, hashed);
			if (hashed)
				assert_int_equal(got->hash.rss, want);
			rte_pktmbuf_free(got);
		}
	}
}

/* The verification suite that comes with the default key. */
static void
hash_of_the_published_suite(void **state)
{
	static const struct {
		uint32_t src, dst;
		uint16_t src_port, dst_port;
		uint32_t with_ports, addresses;
	} suite[] = {
		{ RTE_IPV4(66, 9, 149, 187), RTE_IPV4(161, 142, 100, 80), 2794, 1766, 0x51ccc178,
				0x323e8fc2 },
		{ RTE_IPV4(199, 92, 111, 2), RTE_IPV4(65, 69, 140, 83), 14230, 4739, 0xc626b0ea,
				0xd718262a },
		{ RTE_IPV4(24, 19, 198, 95), RTE_IPV4(12, 22, 207, 184), 12898, 38024, 0x5c2b394a,
				0xd2d0a5de },
		{ RTE_IPV4(38, 27, 205, 30), RTE_IPV4(209, 142, 163, 6), 48228, 2217, 0xafc7327f,
				0x82989176 },
		{ RTE_IPV4(153, 39, 163, 191), RTE_IPV4(202, 188, 127, 2), 44251, 1303, 0x10e828a2,
				0x5d1809c5 },
	};
	struct fx *fx = *state;
	struct rte_eth_rss_conf conf = { .rss_hf = RTE_ETH_RSS_IPV4 };
	uint16_t queue;

	flow_up(fx, NB_RX, 1, HASH);
	for (unsigned int i = 0; i < 2 * RTE_DIM(suite); i++) {
		const unsigned int s = i % RTE_DIM(suite);
		struct rte_mbuf *m = pkt_build(fx->pool,
				&(struct pkt){ .ip = 4,
						.l4 = IPPROTO_TCP,
						.src_ip = suite[s].src,
						.dst_ip = suite[s].dst,
						.src_port = suite[s].src_port,
						.dst_port = suite[s].dst_port });

		if (i == RTE_DIM(suite))
			assert_int_equal(rte_eth_dev_rss_hash_update(fx->tx_port, &conf), 0);
		m = flow_loop(fx, m, NB_RX, &queue);
		assert_int_equal(m->hash.rss,
				i < RTE_DIM(suite) ? suite[s].with_ports : suite[s].addresses);
		rte_pktmbuf_free(m);
	}
}

/* Each type alone, and each taken away, decides about the kinds it is about. */
static void
hash_types_decide(void **state)
{
	struct fx *fx = *state;
	uint16_t reta[FLOW_RETA_SIZE];
	uint8_t key[FLOW_KEY_BYTES];
	uint64_t all, random = 1;
	struct flow_frame f;

	flow_up(fx, NB_RX, 1, HASH);
	flow_conf(fx, key, &all);
	assert_int_equal(all, nl_info(fx).flow_type_rss_offloads);
	flow_reta(fx, reta);
	for (unsigned int bit = 0; bit < 128; bit++) {
		const uint64_t one = RTE_BIT64(bit % 64);
		struct rte_eth_rss_conf conf = { .rss_hf = bit < 64 ? one : all & ~one };

		if ((all & one) == 0)
			continue;
		assert_int_equal(rte_eth_dev_rss_hash_update(fx->tx_port, &conf), 0);
		for (unsigned int kind = 0; kind < FLOW_KINDS; kind++) {
			flow_frame_make(&f, kind, &random);
			assert_hashed(fx, &f, 0, key, conf.rss_hf, reta);
		}
	}
}

static void
no_types_no_hash(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_rss_conf conf = { .rss_hf = 0 };
	struct flow_frame f;
	uint64_t random = 1;

	flow_up(fx, NB_RX, 1, HASH);
	assert_int_equal(rte_eth_dev_rss_hash_update(fx->tx_port, &conf), 0);
	for (unsigned int kind = 0; kind < FLOW_KINDS; kind++) {
		struct rte_mbuf *m;
		uint16_t queue;

		flow_frame_make(&f, kind, &random);
		m = flow_loop(fx, nl_mbuf(fx->pool, f.bytes, f.size, 0), NB_RX, &queue);
		assert_int_equal(queue, 0);
		assert_true((m->ol_flags & RTE_MBUF_F_RX_RSS_HASH) == 0);
		rte_pktmbuf_free(m);
	}
}

/* Without the offload the flows part all the same, but no mbuf says its hash, not even an old one. */
static void
no_offload_no_hash_in_the_mbuf(void **state)
{
	struct fx *fx = *state;
	uint16_t reta[FLOW_RETA_SIZE];
	uint8_t key[FLOW_KEY_BYTES];
	uint64_t types, random = 1;
	struct flow_frame f;

	flow_up(fx, NB_RX, 1, 0);
	flow_conf(fx, key, &types);
	flow_reta(fx, reta);
	for (unsigned int kind = 0; kind < FLOW_KINDS; kind++) {
		struct rte_mbuf *m;
		uint16_t queue;
		uint32_t hash;

		flow_frame_make(&f, kind, &random);
		m = nl_mbuf(fx->pool, f.bytes, f.size, 0);
		m->ol_flags |= RTE_MBUF_F_RX_RSS_HASH;
		m = flow_loop(fx, m, NB_RX, &queue);
		flow_hash(&f, types, key, &hash);
		assert_int_equal(queue, reta[hash % FLOW_RETA_SIZE]);
		assert_true((m->ol_flags & RTE_MBUF_F_RX_RSS_HASH) == 0);
		rte_pktmbuf_free(m);
	}
}

static void
stale_hash_is_cleared_where_nobody_hashes(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *m;

	nl_up(fx, "steer=queue", NULL);
	m = pkt_build(fx->pool, &(struct pkt){ .ip = 4, .l4 = IPPROTO_UDP });
	m->ol_flags |= RTE_MBUF_F_RX_RSS_HASH;
	m->hash.rss = 0xdeadbeef;
	m = nl_loop(fx, m);
	assert_int_equal(m->ol_flags, 0);
	rte_pktmbuf_free(m);
}

/* Frames that end within their headers: no hash of bytes that are not there. */
static void
truncated_headers_are_not_read(void **state)
{
	struct fx *fx = *state;
	uint64_t random = 1;
	struct flow_frame f;

	flow_up(fx, NB_RX, 1, HASH);
	for (unsigned int kind = 0; kind < FLOW_KINDS; kind++) {
		flow_frame_make(&f, kind, &random);
		for (uint32_t size = RTE_ETHER_HDR_LEN; size < f.l4_off + 4; size++) {
			/* the bytes behind are another packet's */
			struct rte_mbuf *m = nl_mbuf(fx->pool, f.bytes, f.size, 0);
			struct rte_mbuf *other = nl_mbuf(fx->pool, f.bytes, size, 0);
			uint16_t queue;
			uint32_t hash = 0;
			uint64_t flags;

			m->data_len = m->pkt_len = size;
			memset(rte_pktmbuf_mtod_offset(other, void *, size), 0x5a,
					rte_pktmbuf_tailroom(other));
			m = flow_loop(fx, m, NB_RX, &queue);
			flags = m->ol_flags;
			if ((flags & RTE_MBUF_F_RX_RSS_HASH) != 0)
				hash = m->hash.rss;
			rte_pktmbuf_free(m);
			other = flow_loop(fx, other, NB_RX, &queue);
			assert_int_equal(other->ol_flags, flags);
			if ((flags & RTE_MBUF_F_RX_RSS_HASH) != 0)
				assert_int_equal(other->hash.rss, hash);
			rte_pktmbuf_free(other);
		}
	}
}

static const struct lo_case hash_cases[] = {
	LO_CASE(hash_is_that_of_softrss),
	LO_CASE(hash_with_several_transmit_queues),
	LO_CASE(hash_packet_by_packet),
	LO_CASE(hash_over_segments),
	LO_CASE(hash_of_a_mixed_burst),
	LO_CASE(hash_of_the_published_suite),
	LO_CASE(hash_types_decide),
	LO_CASE(no_types_no_hash),
	LO_CASE(no_offload_no_hash_in_the_mbuf),
	LO_CASE(stale_hash_is_cleared_where_nobody_hashes),
	LO_CASE(truncated_headers_are_not_read),
};
LO_REGISTER_TEST(net_lo_autotest, hash_cases);
