/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Large packets: across as one where the receiver takes them so, in right segments elsewhere. */

#include <string.h>

#include <rte_ip.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "nl.h"

#define RX_L4 (RTE_ETH_RX_OFFLOAD_TCP_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM)
#define RX_SUMS (RX_L4 | RTE_ETH_RX_OFFLOAD_IPV4_CKSUM)
#define SEQ 0xfffff000u /* wraps within the packet */
#define ID 0xfffe
#define ALL_FLAGS                                                                    \
	(RTE_TCP_CWR_FLAG | RTE_TCP_ECE_FLAG | RTE_TCP_ACK_FLAG | RTE_TCP_PSH_FLAG | \
			RTE_TCP_FIN_FLAG)

/* A large packet: IP version, protocol, payload and segment size in bytes. */
struct large {
	uint8_t ip, l4;
	uint32_t payload;
	uint16_t segsz;
	uint16_t seg_size; /* of its mbufs */
};

static uint32_t
header_bytes(const struct large *g)
{
	return RTE_ETHER_HDR_LEN + (g->ip == 4 ? 20 : 40) + (g->l4 == IPPROTO_TCP ? 20 : 8);
}

static struct pkt
large_pkt(const struct large *g)
{
	return (struct pkt){
		.size = header_bytes(g) + g->payload,
		.seg_size = g->seg_size == 0 ? 1900 : g->seg_size,
		.ip = g->ip,
		.l4 = g->l4,
		.stamp = 77,
	};
}

static struct rte_mbuf *
large_build(struct fx *fx, const struct large *g)
{
	struct pkt p = large_pkt(g);
	struct rte_mbuf *m = pkt_build(fx->pool, &p);
	struct rte_tcp_hdr *tcp = rte_pktmbuf_mtod_offset(m, void *, m->l2_len + m->l3_len);

	if (g->l4 == IPPROTO_TCP) {
		tcp->sent_seq = RTE_BE32(SEQ);
		tcp->tcp_flags = ALL_FLAGS;
	}
	if (g->ip == 4)
		rte_pktmbuf_mtod_offset(m, struct rte_ipv4_hdr *, RTE_ETHER_HDR_LEN)
				->packet_id = RTE_BE16(ID);
	m->ol_flags |= g->ip == 4 ? RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM
				  : RTE_MBUF_F_TX_IPV6;
	m->ol_flags |= g->l4 == IPPROTO_TCP ? RTE_MBUF_F_TX_TCP_SEG : RTE_MBUF_F_TX_UDP_SEG;
	m->tso_segsz = g->segsz;
	return m;
}

/* Checksums of a packet, on a copy in one piece. */
static bool
sums_are_good(const struct large *g, const uint8_t *bytes)
{
	const void *ip = bytes + RTE_ETHER_HDR_LEN;

	if (g->ip == 6)
		return rte_ipv6_udptcp_cksum_verify(ip, bytes + RTE_ETHER_HDR_LEN + 40) == 0;
	return rte_raw_cksum(ip, 20) == UINT16_MAX &&
			rte_ipv4_udptcp_cksum_verify(ip, bytes + RTE_ETHER_HDR_LEN + 20) == 0;
}

/* The header of segment i says what it should. */
static void
assert_segment_header(const struct large *g, const uint8_t *bytes, uint32_t size, unsigned int i,
		bool last)
{
	const struct rte_ipv4_hdr *v4 = (const void *)(bytes + RTE_ETHER_HDR_LEN);
	const struct rte_ipv6_hdr *v6 = (const void *)v4;
	const uint8_t *l4 = bytes + RTE_ETHER_HDR_LEN + (g->ip == 4 ? 20 : 40);
	const struct rte_tcp_hdr *tcp = (const void *)l4;
	uint8_t flags = ALL_FLAGS;

	if (g->ip == 4) {
		assert_int_equal(rte_be_to_cpu_16(v4->total_length), size - RTE_ETHER_HDR_LEN);
		assert_int_equal(rte_be_to_cpu_16(v4->packet_id), (uint16_t)(ID + i));
	} else {
		assert_int_equal(rte_be_to_cpu_16(v6->payload_len), size - RTE_ETHER_HDR_LEN - 40);
	}
	if (g->l4 == IPPROTO_UDP) {
		assert_int_equal(rte_be_to_cpu_16(((const struct rte_udp_hdr *)l4)->dgram_len),
				size - (l4 - bytes));
		return;
	}
	assert_int_equal(rte_be_to_cpu_32(tcp->sent_seq), (uint32_t)(SEQ + i * g->segsz));
	if (!last)
		flags &= ~(RTE_TCP_FIN_FLAG | RTE_TCP_PSH_FLAG);
	if (i != 0)
		flags &= ~RTE_TCP_CWR_FLAG;
	assert_int_equal(tcp->tcp_flags, flags);
}

static void
assert_segmented(struct fx *fx, const struct large *g, uint64_t rx_offloads)
{
	const unsigned int count = (g->payload + g->segsz - 1) / g->segsz;
	const uint32_t header = header_bytes(g);
	uint8_t want[PKT_BYTES_MAX], bytes[PKT_BYTES_MAX];
	struct pkt p = large_pkt(g);
	struct rte_mbuf *got[64];
	uint64_t flags = 0;

	if ((rx_offloads & RX_L4) != 0)
		flags |= RTE_MBUF_F_RX_L4_CKSUM_NONE;
	if ((rx_offloads & RTE_ETH_RX_OFFLOAD_IPV4_CKSUM) != 0 && g->ip == 4)
		flags |= RTE_MBUF_F_RX_IP_CKSUM_GOOD;
	assert_int_equal(rte_eth_stats_reset(fx->tx_port), 0);
	pkt_bytes(&p, want);
	nl_send(fx, large_build(fx, g));
	fx_rx_all(fx->rx_port, 0, got, count);
	for (unsigned int i = 0; i < count; i++) {
		uint32_t part = RTE_MIN((uint32_t)g->segsz, g->payload - i * g->segsz);

		assert_int_equal(got[i]->pkt_len, header + part);
		assert_int_equal(got[i]->ol_flags, flags);
		assert_int_equal(got[i]->port, fx->tx_port);
		nl_bytes(got[i], bytes);
		assert_segment_header(g, bytes, header + part, i, i == count - 1);
		assert_memory_equal(bytes, want, RTE_ETHER_HDR_LEN);
		assert_memory_equal(bytes + header, want + header + i * g->segsz, part);
		assert_int_equal(sums_are_good(g, bytes), (rx_offloads & RX_L4) == 0);
	}
	rte_pktmbuf_free_bulk(got, count);
	assert_int_equal(nl_xstat(fx, "tx_gso_packets"), 1);
	assert_int_equal(nl_xstat(fx, "tx_gso_segments"), count);
	nl_assert_books(fx, 1);
}

/* TCP and UDP over both IPs; a short last segment, a full one, one byte; the largest there is. */
static void
assert_all_segmented(struct fx *fx, uint64_t rx_offloads)
{
	static const struct large sizes[] = {
		{ .payload = 4500, .segsz = 1000 },
		{ .payload = 4000, .segsz = 1000 },
		{ .payload = 2921, .segsz = 1460 },
		{ .payload = 2001, .segsz = 333, .seg_size = 101 },
		{ .payload = 60000, .segsz = 1400, .seg_size = 1021 },
	};

	nl_up_offloads(fx, "", rx_offloads | RTE_ETH_RX_OFFLOAD_SCATTER,
			RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	for (unsigned int i = 0; i < 4 * RTE_DIM(sizes); i++) {
		struct large g = sizes[i / 4];

		g.ip = i % 2 == 0 ? 4 : 6;
		g.l4 = i % 4 < 2 ? IPPROTO_TCP : IPPROTO_UDP;
		/* 1460 bytes are too many behind longer headers */
		if (g.segsz == 1460)
			g.segsz = 1514 - header_bytes(&g);
		assert_segmented(fx, &g, rx_offloads);
	}
}

static void
segments_with_real_checksums(void **state)
{
	assert_all_segmented(*state, 0);
}

static void
segments_with_trusted_checksums(void **state)
{
	assert_all_segmented(*state, RX_SUMS);
}

/* Pieces in mbufs smaller than a segment: chains. */
static void
segments_in_small_mbufs(void **state)
{
	const struct large g = { 4, IPPROTO_TCP, 4500, 1000, 190 };
	struct fx *fx = *state;

	fx->pool = fx_pool(fx, 511, 200);
	nl_up_offloads(fx, "", RTE_ETH_RX_OFFLOAD_SCATTER, 0);
	assert_segmented(fx, &g, 0);
}

static void
assert_whole(struct fx *fx, const struct large *g, uint64_t rx_offloads)
{
	const bool lro = (rx_offloads & RTE_ETH_RX_OFFLOAD_TCP_LRO) != 0;
	uint64_t flags = lro ? RTE_MBUF_F_RX_LRO : 0;
	uint8_t bytes[PKT_BYTES_MAX];
	struct rte_mbuf *m = large_build(fx, g), *got;

	if ((rx_offloads & RX_L4) != 0)
		flags |= RTE_MBUF_F_RX_L4_CKSUM_NONE;
	if ((rx_offloads & RTE_ETH_RX_OFFLOAD_IPV4_CKSUM) != 0 && g->ip == 4)
		flags |= RTE_MBUF_F_RX_IP_CKSUM_GOOD;
	got = nl_loop(fx, m);
	assert_ptr_equal(got, m);
	assert_int_equal(got->pkt_len, header_bytes(g) + g->payload);
	assert_int_equal(got->ol_flags, flags);
	if (lro)
		assert_int_equal(got->tso_segsz, g->segsz);
	nl_bytes(got, bytes);
	if ((rx_offloads & RX_L4) == 0)
		assert_true(sums_are_good(g, bytes));
	rte_pktmbuf_free(got);
	assert_int_equal(nl_xstat(fx, "tx_gso_packets"), 0);
	assert_int_equal(nl_xstat(fx, "tx_gso_segments"), 0);
}

static void
assert_all_whole(struct fx *fx, uint64_t rx_offloads, uint32_t payload)
{
	nl_up_offloads(fx, "", rx_offloads | RTE_ETH_RX_OFFLOAD_SCATTER,
			RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	for (unsigned int i = 0; i < 4; i++) {
		const struct large g = { i % 2 == 0 ? 4 : 6, i < 2 ? IPPROTO_TCP : IPPROTO_UDP,
			payload, 100, 0 };

		assert_whole(fx, &g, rx_offloads);
	}
	nl_assert_books(fx, 4);
}

static void
whole_for_a_receiver_of_large_ones(void **state)
{
	assert_all_whole(*state, RTE_ETH_RX_OFFLOAD_TCP_LRO | RX_SUMS, 60000);
}

static void
whole_with_real_checksums(void **state)
{
	assert_all_whole(*state, RTE_ETH_RX_OFFLOAD_TCP_LRO, 60001);
}

/* Nobody asked for large packets, but the MTU takes this one. */
static void
whole_within_the_mtu(void **state)
{
	assert_all_whole(*state, RX_SUMS, 1400);
}

/* The application's own limit for large packets. */
static void
limit_of_the_receiver_holds(void **state)
{
	const struct large fits = { 4, IPPROTO_TCP, 8000 - 54, 1000, 0 };
	const struct large exceeds = { 4, IPPROTO_TCP, 8001 - 54, 1000, 0 };
	struct fx *fx = *state;
	struct fx_port conf = { 0 };

	conf.eth.rxmode.offloads = RTE_ETH_RX_OFFLOAD_TCP_LRO | RTE_ETH_RX_OFFLOAD_SCATTER;
	conf.eth.rxmode.max_lro_pkt_size = 8000;
	nl_up(fx, "", &conf);
	assert_whole(fx, &fits, RTE_ETH_RX_OFFLOAD_TCP_LRO);
	nl_send(fx, large_build(fx, &exceeds));
	assert_int_equal(nl_xstat(fx, "tx_gso_segments"), 8);
	assert_int_equal(fx_drain(fx->rx_port, 0), 8);
}

static const struct lo_case gso_cases[] = {
	LO_CASE(segments_with_real_checksums),
	LO_CASE(segments_with_trusted_checksums),
	LO_CASE(segments_in_small_mbufs),
	LO_CASE(whole_for_a_receiver_of_large_ones),
	LO_CASE(whole_with_real_checksums),
	LO_CASE(whole_within_the_mtu),
	LO_CASE(limit_of_the_receiver_holds),
};
LO_REGISTER_TEST(net_lo_autotest, gso_cases);
