/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Checksums, segmentation, fast free: offloads do what they say, to the byte. */

#include <string.h>

#include <rte_ip.h>
#include <rte_net.h>
#include <rte_tcp.h>

#include "ut.h"

#define SEG_PAYLOAD 1000u

struct cksum_row {
	uint8_t ip, l4;
	uint64_t capa;  /* transmit offloads that it takes */
	uint64_t flags; /* of the mbuf */
	const char *name;
};

static const struct cksum_row cksum_rows[] = {
	{ 4, 0, RTE_ETH_TX_OFFLOAD_IPV4_CKSUM, RTE_MBUF_F_TX_IP_CKSUM, "IPV4_CKSUM" },
	{ 4, IPPROTO_UDP, RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM,
			RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_UDP_CKSUM, "UDP_CKSUM" },
	{ 6, IPPROTO_UDP, RTE_ETH_TX_OFFLOAD_UDP_CKSUM, RTE_MBUF_F_TX_UDP_CKSUM, "UDP_CKSUM" },
	{ 4, IPPROTO_TCP, RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_CKSUM,
			RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_TCP_CKSUM, "TCP_CKSUM" },
	{ 6, IPPROTO_TCP, RTE_ETH_TX_OFFLOAD_TCP_CKSUM, RTE_MBUF_F_TX_TCP_CKSUM, "TCP_CKSUM" },
	{ 4, IPPROTO_SCTP, RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_SCTP_CKSUM,
			RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_SCTP_CKSUM, "SCTP_CKSUM" },
};

/* Send what a stack would: zero checksums, the pseudo header's sum where the API wants it. */
static struct rte_mbuf *
loop_cksum(struct fx *fx, const struct cksum_row *row, uint32_t size)
{
	struct pkt p = ut_pkt(fx, size, size);
	struct rte_mbuf *m;

	p.ip = row->ip;
	p.l4 = row->l4;
	p.src_port = 7;
	p.dst_port = 9;
	p.no_cksum = true;
	m = pkt_build(fx->pool, &p);
	m->ol_flags = row->flags | (row->ip == 4 ? RTE_MBUF_F_TX_IPV4 : RTE_MBUF_F_TX_IPV6);
	assert_int_equal(rte_net_intel_cksum_prepare(m), 0);
	assert_int_equal(rte_eth_tx_prepare(fx->tx_port, 0, &m, 1), 1);
	fx_tx_all(fx->tx_port, 0, &m, 1);
	fx_rx_all(fx->rx_port, 0, &m, 1);
	return m;
}

static void
up_cksum(struct fx *fx, const struct cksum_row *row, uint64_t rx_offloads)
{
	struct fx_port conf;

	ut_plug(fx);
	ut_need_tx(fx, row->capa, row->name);
	conf = ut_conf(fx);
	conf.eth.txmode.offloads = row->capa;
	conf.eth.rxmode.offloads = rx_offloads;
	ut_up(fx, &conf);
}

/* The receiver has no checksum offload: what it reads in the packet is right. */
static void
cksum_is_in_the_data(struct fx *fx, const struct cksum_row *row)
{
	up_cksum(fx, row, 0);
	for (uint32_t size = 82; size <= 1514; size += 101) {
		struct rte_mbuf *m = loop_cksum(fx, row, size);
		bool good = pkt_cksum_good(m);

		rte_pktmbuf_free(m);
		if (!good)
			fail_msg("%s, IPv%u, %u bytes: wrong in the packet", row->name, row->ip,
					size);
	}
}

static void
cksum_ipv4_is_in_the_data(void **state)
{
	cksum_is_in_the_data(*state, &cksum_rows[0]);
}

static void
cksum_ipv4_udp_is_in_the_data(void **state)
{
	cksum_is_in_the_data(*state, &cksum_rows[1]);
}

static void
cksum_ipv6_udp_is_in_the_data(void **state)
{
	cksum_is_in_the_data(*state, &cksum_rows[2]);
}

static void
cksum_ipv4_tcp_is_in_the_data(void **state)
{
	cksum_is_in_the_data(*state, &cksum_rows[3]);
}

static void
cksum_ipv6_tcp_is_in_the_data(void **state)
{
	cksum_is_in_the_data(*state, &cksum_rows[4]);
}

static void
cksum_sctp_is_in_the_data(void **state)
{
	cksum_is_in_the_data(*state, &cksum_rows[5]);
}

#define RX_CKSUM                                                        \
	(RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM | \
			RTE_ETH_RX_OFFLOAD_TCP_CKSUM)

/* With receive offload: good, or verified without being in the data (NONE); never bad or unknown. */
static void
cksum_result_is_reported(void **state)
{
	struct fx *fx = *state;
	const struct cksum_row *row = &cksum_rows[1];
	struct rte_mbuf *m;
	uint64_t ip, l4;

	ut_plug(fx);
	ut_need_rx(fx, RX_CKSUM, "IPV4_CKSUM, UDP_CKSUM and TCP_CKSUM");
	up_cksum(fx, row, RX_CKSUM);
	m = loop_cksum(fx, row, 200);
	ip = m->ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK;
	l4 = m->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;
	rte_pktmbuf_free(m);
	assert_int_equal(ip, RTE_MBUF_F_RX_IP_CKSUM_GOOD);
	assert_true(l4 == RTE_MBUF_F_RX_L4_CKSUM_GOOD || l4 == RTE_MBUF_F_RX_L4_CKSUM_NONE);
}

/* A wrong checksum that nobody asked the device to fill is never called good. */
static void
cksum_bad_is_not_called_good(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *m;
	struct fx_port conf;
	struct pkt p;
	uint64_t flags;

	ut_plug(fx);
	ut_need_rx(fx, RX_CKSUM, "IPV4_CKSUM, UDP_CKSUM and TCP_CKSUM");
	conf = ut_conf(fx);
	conf.eth.rxmode.offloads = RX_CKSUM;
	ut_up(fx, &conf);
	p = ut_pkt(fx, 1, 200);
	p.ip = 4;
	p.l4 = IPPROTO_TCP;
	p.no_cksum = true;
	m = pkt_build(fx->pool, &p);
	fx_tx_all(fx->tx_port, 0, &m, 1);
	fx_rx_all(fx->rx_port, 0, &m, 1);
	flags = m->ol_flags;
	rte_pktmbuf_free(m);
	assert_int_not_equal(flags & RTE_MBUF_F_RX_IP_CKSUM_MASK, RTE_MBUF_F_RX_IP_CKSUM_GOOD);
	assert_int_not_equal(flags & RTE_MBUF_F_RX_L4_CKSUM_MASK, RTE_MBUF_F_RX_L4_CKSUM_GOOD);
}

/* The segments of one large packet carry its bytes in its order; all fit the MTU. */
static void
check_segments(const struct pkt *p, struct rte_mbuf **pkts, unsigned int n, uint32_t headers)
{
	static uint8_t want[PKT_BYTES_MAX];
	uint32_t at = headers, size = pkt_bytes(p, want);

	for (unsigned int i = 0; i < n; i++) {
		uint8_t copy[2048];
		uint32_t len = pkts[i]->pkt_len - headers;
		const uint8_t *data = rte_pktmbuf_read(pkts[i], headers, len, copy);

		assert_true(pkts[i]->pkt_len <= RTE_ETHER_MTU + RTE_ETHER_HDR_LEN);
		assert_true(len <= SEG_PAYLOAD);
		assert_true(pkt_cksum_good(pkts[i]));
		assert_true(at + len <= size);
		assert_memory_equal(data, want + at, len);
		at += len;
	}
	assert_int_equal(at, size);
}

/* To a receiver that takes no large packets. */
static void
segmented_in_software(struct fx *fx, uint8_t l4, uint64_t capa, uint64_t flags, const char *name)
{
	uint64_t offloads = capa | RTE_ETH_TX_OFFLOAD_MULTI_SEGS | RTE_ETH_TX_OFFLOAD_IPV4_CKSUM |
			RTE_ETH_TX_OFFLOAD_UDP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_CKSUM;
	struct rte_mbuf *m, *pkts[64];
	struct fx_port conf;
	unsigned int n;
	struct pkt p;

	ut_plug(fx);
	ut_need_tx(fx, capa, name);
	conf = ut_conf(fx);
	conf.eth.txmode.offloads = offloads & ut_tx_info(fx).tx_offload_capa;
	ut_up(fx, &conf);

	p = ut_pkt(fx, 99, 9500);
	p.ip = 4;
	p.l4 = l4;
	p.seg_size = 1900;
	m = pkt_build(fx->pool, &p);
	m->ol_flags = flags | RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM;
	m->tso_segsz = SEG_PAYLOAD;
	assert_int_equal(rte_net_intel_cksum_prepare(m), 0);
	assert_int_equal(rte_eth_tx_prepare(fx->tx_port, 0, &m, 1), 1);
	fx_tx_all(fx->tx_port, 0, &m, 1);
	n = fx_rx(fx->rx_port, 0, pkts, RTE_DIM(pkts), 50);
	p.seg_size = 0;
	check_segments(&p, pkts, n, l4 == IPPROTO_TCP ? 54 : 42);
	rte_pktmbuf_free_bulk(pkts, n);
}

static void
tcp_segmentation(void **state)
{
	segmented_in_software(*state, IPPROTO_TCP, RTE_ETH_TX_OFFLOAD_TCP_TSO,
			RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_TCP_CKSUM, "TCP_TSO");
}

static void
udp_segmentation(void **state)
{
	segmented_in_software(*state, IPPROTO_UDP, RTE_ETH_TX_OFFLOAD_UDP_TSO,
			RTE_MBUF_F_TX_UDP_SEG | RTE_MBUF_F_TX_UDP_CKSUM, "UDP_TSO");
}

/* All mbufs of one pool, one reference each: the device may free them the short way. */
static void
fast_free(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf;

	ut_plug(fx);
	ut_need_tx(fx, RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE, "MBUF_FAST_FREE");
	conf = ut_conf(fx);
	conf.eth.txmode.offloads = RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
	ut_up(fx, &conf);
	for (unsigned int i = 0; i < 100; i++)
		ut_loop(fx, 0, 0, 32, 60);
	ut_send(fx, 0, 32, 1, 60);
	ut_stop(fx);
}

static const struct lo_case offload_cases[] = {
	LO_CASE(cksum_ipv4_is_in_the_data),
	LO_CASE(cksum_ipv4_udp_is_in_the_data),
	LO_CASE(cksum_ipv6_udp_is_in_the_data),
	LO_CASE(cksum_ipv4_tcp_is_in_the_data),
	LO_CASE(cksum_ipv6_tcp_is_in_the_data),
	LO_CASE(cksum_sctp_is_in_the_data),
	LO_CASE(cksum_result_is_reported),
	LO_CASE(cksum_bad_is_not_called_good),
	LO_CASE(tcp_segmentation),
	LO_CASE(udp_segmentation),
	LO_CASE(fast_free),
};
LO_REGISTER_TEST(ethdev_autotest, offload_cases);
