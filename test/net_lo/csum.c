/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Checksum requests. With the receive offload on, IP's is filled and good, the transport's is left
 * alone and said to be so; with it off, all are real in the data.
 */

#include <string.h>

#include <rte_ip.h>

#include "nl.h"

#define RX_CKSUM                                                        \
	(RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM | \
			RTE_ETH_RX_OFFLOAD_TCP_CKSUM | RTE_ETH_RX_OFFLOAD_SCTP_CKSUM)
#define TX_CKSUM                                                                       \
	(RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM |                \
			RTE_ETH_TX_OFFLOAD_TCP_CKSUM | RTE_ETH_TX_OFFLOAD_SCTP_CKSUM | \
			RTE_ETH_TX_OFFLOAD_MULTI_SEGS)

static const uint8_t protos[] = { IPPROTO_UDP, IPPROTO_TCP, IPPROTO_SCTP };

static uint64_t
request(uint8_t ip, uint8_t l4)
{
	uint64_t flags = ip == 4 ? RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM : RTE_MBUF_F_TX_IPV6;

	switch (l4) {
	case IPPROTO_UDP:
		return flags | RTE_MBUF_F_TX_UDP_CKSUM;
	case IPPROTO_TCP:
		return flags | RTE_MBUF_F_TX_TCP_CKSUM;
	default:
		return flags | RTE_MBUF_F_TX_SCTP_CKSUM;
	}
}

/* A frame whose checksums are asked for: what lies in their place is of no use. */
static struct rte_mbuf *
asking(struct fx *fx, const struct pkt *p)
{
	struct pkt q = *p;
	struct rte_mbuf *m;

	q.no_cksum = true;
	m = pkt_build(fx->pool, &q);
	m->ol_flags |= request(p->ip, p->l4);
	return m;
}

/* CRC32c bit by bit, RFC 9260 appendix A: not what the driver uses. */
static uint32_t
crc32c(const uint8_t *data, uint32_t n)
{
	uint32_t crc = UINT32_MAX;

	for (uint32_t i = 0; i < n; i++) {
		crc ^= data[i];
		for (unsigned int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0x82f63b78 & -(crc & 1));
	}
	return ~crc;
}

/*
 * All checksums of a packet of these tests are right. On a copy in one piece:
 * rte_raw_cksum_mbuf() loses carries where a segment begins at an odd byte.
 */
static bool
sums_are_good(const struct rte_mbuf *m, const struct pkt *p)
{
	const uint32_t l4_off = RTE_ETHER_HDR_LEN + (p->ip == 4 ? 20 : 40);
	uint8_t copy[PKT_BYTES_MAX];
	const void *ip = nl_bytes(m, copy) + RTE_ETHER_HDR_LEN;
	rte_le32_t crc;

	if (p->ip == 4 && rte_raw_cksum(ip, sizeof(struct rte_ipv4_hdr)) != UINT16_MAX)
		return false;
	if (p->l4 == IPPROTO_SCTP) {
		memcpy(&crc, copy + l4_off + 8, sizeof(crc));
		memset(copy + l4_off + 8, 0, sizeof(crc));
		return rte_le_to_cpu_32(crc) == crc32c(copy + l4_off, m->pkt_len - l4_off);
	}
	if (p->ip == 4)
		return rte_ipv4_udptcp_cksum_verify(ip, copy + l4_off) == 0;
	return rte_ipv6_udptcp_cksum_verify(ip, copy + l4_off) == 0;
}

/* The check value of the published catalogues. */
static void
crc32c_of_this_test(void **state)
{
	RTE_SET_USED(state);
	assert_int_equal(crc32c((const uint8_t *)"123456789", 9), 0xe3069283);
}

static bool
hear(const struct rte_mbuf *m, uint64_t mask, uint64_t want)
{
	return (m->ol_flags & mask) == want;
}

static void
assert_cksum_filled(struct fx *fx, const struct pkt *p)
{
	struct rte_mbuf *m = nl_loop(fx, asking(fx, p));

	assert_int_equal(m->ol_flags, 0);
	if (!sums_are_good(m, p))
		fail_msg("IPv%u, protocol %u, %u bytes in segments of %u: a checksum is wrong",
				p->ip, p->l4, p->size, p->seg_size);
	/* and nothing but the checksums has changed */
	pkt_assert(m, p);
	rte_pktmbuf_free(m);
}

/* All transports over both IPs, of every length from the header alone on: odd ones, too. */
static void
filled_without_the_offload(void **state)
{
	struct fx *fx = *state;

	nl_up_offloads(fx, "", 0, TX_CKSUM);
	for (unsigned int i = 0; i < 2 * RTE_DIM(protos); i++) {
		struct pkt p = { .ip = i % 2 == 0 ? 4 : 6, .l4 = protos[i / 2] };

		for (p.size = 80; p.size < 120; p.size++, p.stamp++)
			assert_cksum_filled(fx, &p);
		p.size = 1513;
		assert_cksum_filled(fx, &p);
	}
}

/* Segments of any size: headers in the first, the checksum's field in one or across two. */
static void
filled_across_segments(void **state)
{
	struct fx *fx = *state;

	nl_up_offloads(fx, "", RTE_ETH_RX_OFFLOAD_SCATTER, TX_CKSUM);
	for (unsigned int i = 0; i < 2 * RTE_DIM(protos); i++) {
		struct pkt p = { .ip = i % 2 == 0 ? 4 : 6, .l4 = protos[i / 2], .size = 311 };
		uint16_t l4_off = RTE_ETHER_HDR_LEN + (p.ip == 4 ? 20 : 40);

		for (p.seg_size = l4_off; p.seg_size < l4_off + 30; p.seg_size++)
			assert_cksum_filled(fx, &p);
	}
}

/* The same where the receiver wants one segment. */
static void
filled_and_made_linear(void **state)
{
	struct fx *fx = *state;
	struct pkt p = { .ip = 4, .l4 = IPPROTO_TCP, .size = 311 };

	nl_up_offloads(fx, "", 0, TX_CKSUM);
	for (p.seg_size = 34; p.seg_size < 60; p.seg_size++)
		assert_cksum_filled(fx, &p);
}

/* A frame that Ethernet pads: the bytes behind IP's end are not summed. */
static void
padding_is_not_summed(void **state)
{
	struct fx *fx = *state;

	nl_up_offloads(fx, "", 0, TX_CKSUM);
	for (unsigned int i = 0; i < 2 * RTE_DIM(protos); i++) {
		struct pkt p = { .ip = i % 2 == 0 ? 4 : 6, .l4 = protos[i / 2], .size = 81 };
		struct rte_mbuf *m = asking(fx, &p);

		memset(rte_pktmbuf_append(m, 7), 0xff, 7);
		m = nl_loop(fx, m);
		assert_int_equal(m->pkt_len, 88);
		assert_int_equal(rte_pktmbuf_trim(m, 7), 0);
		assert_true(sums_are_good(m, &p));
		pkt_assert(m, &p);
		rte_pktmbuf_free(m);
	}
}

/* IP options lie before the transport. */
static void
filled_behind_options(void **state)
{
	struct fx *fx = *state;
	const struct pkt p = { .ip = 4, .l4 = IPPROTO_UDP, .size = 100, .no_cksum = true };
	uint8_t bytes[120], copy[PKT_BYTES_MAX];
	struct rte_ipv4_hdr *ip = (void *)(bytes + RTE_ETHER_HDR_LEN);
	struct rte_mbuf *m;
	uint8_t *udp;

	nl_up_offloads(fx, "", 0, TX_CKSUM);
	pkt_bytes(&p, bytes);
	memmove(bytes + 34 + 12, bytes + 34, 66);
	memset(bytes + 34, 1, 12); /* no operation */
	ip->version_ihl += 3;
	ip->total_length = rte_cpu_to_be_16(98);
	m = nl_mbuf(fx->pool, bytes, 112, 0);
	m->l2_len = RTE_ETHER_HDR_LEN;
	m->l3_len = 32;
	m->ol_flags = request(4, IPPROTO_UDP);
	m = nl_loop(fx, m);
	assert_non_null(nl_bytes(m, copy));
	ip = (void *)(copy + RTE_ETHER_HDR_LEN);
	assert_int_equal(rte_raw_cksum(ip, 32), UINT16_MAX);
	udp = (uint8_t *)ip + 32;
	assert_int_equal(rte_ipv4_udptcp_cksum_verify(ip, udp), 0);
	rte_pktmbuf_free(m);
}

/* UDP: a sum of zero goes out as all ones, for zero means that there is none. */
static void
udp_sum_is_never_zero(void **state)
{
	struct fx *fx = *state;
	unsigned int ones = 0;

	nl_up_offloads(fx, "", 0, TX_CKSUM);
	for (uint32_t port = 0; port <= UINT16_MAX; port++) {
		const struct pkt p = { .ip = 4, .l4 = IPPROTO_UDP, .size = 60, .src_port = port };
		struct rte_mbuf *m = nl_loop(fx, asking(fx, &p));
		uint16_t sum = *rte_pktmbuf_mtod_offset(m, uint16_t *, 40);

		assert_true(sum != 0);
		ones += sum == UINT16_MAX;
		rte_pktmbuf_free(m);
	}
	/* once among all values of a 16-bit word, or twice: 0 and 0xffff are the same to a sum */
	nl_assert_range(ones, 1, 2);
}

/* With the offload: IP's sum filled and good, the transport's as the sender left it. */
static void
trusted_with_the_offload(void **state)
{
	const uint64_t ip_mask = RTE_MBUF_F_RX_IP_CKSUM_MASK, l4_mask = RTE_MBUF_F_RX_L4_CKSUM_MASK;
	struct fx *fx = *state;
	uint8_t before[PKT_BYTES_MAX], after[PKT_BYTES_MAX];

	nl_up_offloads(fx, "", RX_CKSUM, TX_CKSUM);
	for (unsigned int i = 0; i < 2 * RTE_DIM(protos); i++) {
		struct pkt p = { .ip = i % 2 == 0 ? 4 : 6, .l4 = protos[i / 2], .size = 101 };
		struct rte_mbuf *m = asking(fx, &p);
		struct rte_ipv4_hdr *ip = (void *)(after + RTE_ETHER_HDR_LEN);

		nl_bytes(m, before);
		m = nl_loop(fx, m);
		nl_bytes(m, after);
		assert_true(hear(m, ip_mask,
				p.ip == 4 ? RTE_MBUF_F_RX_IP_CKSUM_GOOD
					  : RTE_MBUF_F_RX_IP_CKSUM_UNKNOWN));
		assert_true(hear(m, l4_mask, RTE_MBUF_F_RX_L4_CKSUM_NONE));
		assert_int_equal(m->ol_flags & ~(ip_mask | l4_mask), 0);
		if (p.ip == 4) {
			assert_int_equal(rte_raw_cksum(ip, sizeof(*ip)), UINT16_MAX);
			ip->hdr_checksum = 0;
		}
		assert_memory_equal(before, after, p.size);
		rte_pktmbuf_free(m);
	}
}

/* Each receive offload speaks for its own protocol alone. */
static void
offloads_are_told_apart(void **state)
{
	static const uint64_t rx[] = { RTE_ETH_RX_OFFLOAD_UDP_CKSUM, RTE_ETH_RX_OFFLOAD_TCP_CKSUM,
		RTE_ETH_RX_OFFLOAD_SCTP_CKSUM, RTE_ETH_RX_OFFLOAD_IPV4_CKSUM };
	struct fx *fx = *state;

	for (unsigned int on = 0; on < RTE_DIM(rx); on++) {
		nl_up_offloads(fx, "", rx[on], TX_CKSUM);
		for (unsigned int l4 = 0; l4 < RTE_DIM(protos); l4++) {
			const struct pkt p = { .ip = 4, .l4 = protos[l4], .size = 101 };
			struct rte_mbuf *m = nl_loop(fx, asking(fx, &p));
			uint64_t want = on == l4 ? RTE_MBUF_F_RX_L4_CKSUM_NONE : 0;

			if (on == 3)
				want = RTE_MBUF_F_RX_IP_CKSUM_GOOD;
			assert_int_equal(m->ol_flags, want);
			assert_int_equal(sums_are_good(m, &p), on != l4);
			rte_pktmbuf_free(m);
		}
		fx_vdev_remove(fx, NL_NAME);
	}
}

/* Nothing asked for: nothing said, nothing touched, on or off. */
static void
without_request_nothing_is_said(void **state)
{
	static const uint64_t rx[] = { 0, RX_CKSUM };
	struct fx *fx = *state;

	for (unsigned int i = 0; i < RTE_DIM(rx); i++) {
		struct pkt p = { .ip = 4, .l4 = IPPROTO_UDP, .size = 101, .no_cksum = true };
		struct rte_mbuf *m;

		nl_up_offloads(fx, "", rx[i], TX_CKSUM);
		m = nl_loop(fx, pkt_build(fx->pool, &p));
		assert_int_equal(m->ol_flags, 0);
		pkt_assert(m, &p);
		rte_pktmbuf_free(m);
		fx_vdev_remove(fx, NL_NAME);
	}
}

/* Lengths in the IP header that the frame does not have: dropped as malformed, not summed. */
static void
bad_ip_lengths_are_malformed(void **state)
{
	static const uint16_t lengths[] = { 0, 10, 20, 27, 87, 1000, UINT16_MAX };
	struct fx *fx = *state;
	struct rte_ipv6_hdr *v6;

	nl_up_offloads(fx, "", 0, TX_CKSUM);
	for (unsigned int i = 0; i < RTE_DIM(lengths); i++) {
		const struct pkt p = { .ip = 4, .l4 = IPPROTO_UDP, .size = 100 };
		struct rte_mbuf *m = asking(fx, &p);

		rte_pktmbuf_mtod_offset(m, struct rte_ipv4_hdr *, RTE_ETHER_HDR_LEN)
				->total_length = rte_cpu_to_be_16(lengths[i]);
		nl_lose(fx, m);
		assert_int_equal(nl_xstat(fx, "tx_drop_malformed"), i + 1);
	}
	for (unsigned int i = 0; i < 2; i++) {
		const struct pkt p = { .ip = 6, .l4 = IPPROTO_TCP, .size = 100 };
		struct rte_mbuf *m = asking(fx, &p);

		v6 = rte_pktmbuf_mtod_offset(m, struct rte_ipv6_hdr *, RTE_ETHER_HDR_LEN);
		v6->payload_len = rte_cpu_to_be_16(i == 0 ? 19 : 47);
		nl_lose(fx, m);
		assert_int_equal(nl_xstat(fx, "tx_drop_malformed"), RTE_DIM(lengths) + i + 1);
	}
	nl_assert_books(fx, RTE_DIM(lengths) + 2);
}

static const struct lo_case csum_cases[] = {
	LO_CASE(crc32c_of_this_test),
	LO_CASE(filled_without_the_offload),
	LO_CASE(filled_across_segments),
	LO_CASE(filled_and_made_linear),
	LO_CASE(padding_is_not_summed),
	LO_CASE(filled_behind_options),
	LO_CASE(udp_sum_is_never_zero),
	LO_CASE(trusted_with_the_offload),
	LO_CASE(offloads_are_told_apart),
	LO_CASE(without_request_nothing_is_said),
	LO_CASE(bad_ip_lengths_are_malformed),
};
LO_REGISTER_TEST(net_lo_autotest, csum_cases);
