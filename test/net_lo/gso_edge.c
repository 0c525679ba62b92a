/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Large packets that cannot be cut, or have no place: handed back or dropped by name, whole. */

#include <string.h>

#include <rte_mbuf_dyn.h>

#include "nl.h"

#define SEGSZ 1000
#define PAYLOAD 4500
#define PIECES 5
#define HEADER 54

static struct rte_mbuf *
large(struct fx *fx)
{
	const struct pkt p = {
		.size = HEADER + PAYLOAD, .seg_size = 1500, .ip = 4, .l4 = IPPROTO_TCP
	};
	struct rte_mbuf *m = pkt_build(fx->pool, &p);

	m->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_TCP_SEG;
	m->tso_segsz = SEGSZ;
	return m;
}

static void
up(struct fx *fx, const char *args, uint16_t nb_rxd)
{
	struct fx_port conf = { .nb_rxd = nb_rxd };

	conf.eth.rxmode.offloads = RTE_ETH_RX_OFFLOAD_SCATTER;
	nl_up(fx, args, &conf);
}

/* One slot too few at the moment: back to the caller, untouched; later it goes. */
static void
no_room_for_all_pieces(void **state)
{
	struct fx *fx = *state;
	uint8_t before[PKT_BYTES_MAX], after[PKT_BYTES_MAX];
	struct rte_mbuf *m, copy, *one;

	up(fx, "", PIECES);
	nl_send(fx, pkt_build(fx->pool, &(struct pkt){ 0 }));
	m = large(fx);
	copy = *m;
	nl_bytes(m, before);
	assert_int_equal(rte_eth_tx_burst(fx->tx_port, 0, &m, 1), 0);
	assert_memory_equal(m, &copy, sizeof(copy));
	assert_memory_equal(nl_bytes(m, after), before, m->pkt_len);
	assert_int_equal(nl_xstat(fx, "tx_ring_full"), 1);
	fx_rx_all(fx->rx_port, 0, &one, 1);
	rte_pktmbuf_free(one);
	nl_send(fx, m);
	assert_int_equal(fx_drain(fx->rx_port, 0), PIECES);
	nl_assert_books(fx, 2);
}

static void
no_room_for_all_pieces_drops(void **state)
{
	struct fx *fx = *state;

	up(fx, "overflow=drop", PIECES);
	nl_send(fx, pkt_build(fx->pool, &(struct pkt){ 0 }));
	nl_send(fx, large(fx));
	assert_int_equal(nl_stats(fx).imissed, 1);
	assert_int_equal(fx_drain(fx->rx_port, 0), 1);
	nl_assert_books(fx, 2);
}

/* A ring that can never take all pieces: the caller would wait for ever, so it is dropped. */
static void
ring_smaller_than_the_packet(void **state)
{
	struct fx *fx = *state;

	up(fx, "", PIECES - 1);
	nl_lose(fx, large(fx));
	assert_int_equal(nl_xstat(fx, "tx_drop_oversize"), 1);
	nl_assert_books(fx, 1);
}

static void
pieces_longer_than_the_mtu(void **state)
{
	struct fx *fx = *state;

	up(fx, "", 64);
	assert_int_equal(rte_eth_dev_set_mtu(fx->tx_port, SEGSZ), 0);
	nl_send(fx, large(fx));
	/* the last one is short enough, but a stream with a hole is no use to count on */
	fx_drain(fx->rx_port, 0);
	assert_true(nl_xstat(fx, "tx_drop_oversize") >= 1);
	nl_assert_books(fx, 1);
}

/* The pool of the large packet has fewer mbufs left than pieces. */
static void
no_mbufs_for_the_pieces(void **state)
{
	struct fx *fx = *state;
	struct rte_mempool *all = fx_pool(fx, 127, NL_ROOM_BYTES);
	struct rte_mbuf *pkts[127], *m;
	unsigned int left;

	fx->pool = all;
	up(fx, "", 64);
	m = large(fx);
	left = 0;
	while (left < RTE_DIM(pkts) && (pkts[left] = rte_pktmbuf_alloc(all)) != NULL)
		left++;
	/* all but two */
	rte_pktmbuf_free(pkts[--left]);
	rte_pktmbuf_free(pkts[--left]);
	nl_send(fx, m);
	assert_int_equal(nl_xstat(fx, "tx_drop_no_mbuf") + nl_stats(fx).opackets, PIECES);
	assert_true(nl_xstat(fx, "tx_drop_no_mbuf") >= PIECES - 2);
	assert_true(fx_drain(fx->rx_port, 0) <= 2);
	nl_assert_books(fx, 1);
	rte_pktmbuf_free_bulk(pkts, left);
}

/* Requests that make no sense: tx_prepare says so, tx_burst drops them as malformed. */
static void
senseless_requests_are_malformed(void **state)
{
	static const struct {
		uint16_t l2, l3, l4, segsz;
		uint32_t first; /* bytes in the first segment */
		uint8_t version;
	} bad[] = {
		{ 14, 20, 20, 0, 1500, 4 },
		{ 0, 20, 20, SEGSZ, 1500, 4 },
		{ 13, 20, 20, SEGSZ, 1500, 4 },
		{ 14, 0, 20, SEGSZ, 1500, 4 },
		{ 14, 19, 20, SEGSZ, 1500, 4 },
		{ 14, 20, 0, SEGSZ, 1500, 4 },
		{ 14, 20, 19, SEGSZ, 1500, 4 },
		{ 14, 20, 20, SEGSZ, 53, 4 },
		{ 14, 20, 20, SEGSZ, 20, 4 },
		{ 14, 20, 20, SEGSZ, 1500, 5 },
		{ 14, 20, 20, SEGSZ, 1500, 6 },
		{ 100, 400, 200, SEGSZ, 600, 4 },
	};
	struct fx *fx = *state;

	up(fx, "", 64);
	for (unsigned int i = 0; i < RTE_DIM(bad); i++) {
		const struct pkt p = { .size = HEADER + PAYLOAD,
			.seg_size = bad[i].first,
			.ip = 4,
			.l4 = IPPROTO_TCP };
		uint8_t bytes[PKT_BYTES_MAX];
		struct rte_mbuf *m;

		pkt_bytes(&p, bytes);
		bytes[RTE_ETHER_HDR_LEN] = bad[i].version << 4 | 5;
		m = nl_mbuf(fx->pool, bytes, p.size, p.seg_size);
		m->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_TCP_SEG;
		m->l2_len = bad[i].l2;
		m->l3_len = bad[i].l3;
		m->l4_len = bad[i].l4;
		m->tso_segsz = bad[i].segsz;
		rte_errno = 0;
		assert_int_equal(rte_eth_tx_prepare(fx->tx_port, 0, &m, 1), 0);
		assert_int_equal(rte_errno, EINVAL);
		nl_lose(fx, m);
		if (nl_xstat(fx, "tx_drop_malformed") != i + 1)
			fail_msg("row %u: not dropped as malformed", i);
	}
	nl_assert_books(fx, RTE_DIM(bad));
}

static void
prepare_takes_what_burst_takes(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *pkts[4];

	up(fx, "", 64);
	for (unsigned int i = 0; i < RTE_DIM(pkts); i++)
		pkts[i] = large(fx);
	assert_int_equal(rte_eth_tx_prepare(fx->tx_port, 0, pkts, RTE_DIM(pkts)), RTE_DIM(pkts));
	/* the first bad one ends it, the good ones before it are counted */
	pkts[2]->tso_segsz = 0;
	assert_int_equal(rte_eth_tx_prepare(fx->tx_port, 0, pkts, RTE_DIM(pkts)), 2);
	rte_pktmbuf_free_bulk(pkts, RTE_DIM(pkts));
	pkts[0] = pkt_build(fx->pool, &(struct pkt){ .size = 1515 });
	assert_int_equal(rte_eth_tx_prepare(fx->tx_port, 0, pkts, 1), 0);
	assert_int_equal(rte_errno, EINVAL);
	rte_pktmbuf_free(pkts[0]);
}

/* What an application keeps in an mbuf is in each piece: its flag, and the field with it. */
static void
pieces_carry_dynamic_fields(void **state)
{
	static const struct rte_mbuf_dynfield field = {
		.name = "lo_test_dynfield_gso",
		.size = sizeof(uint32_t),
		.align = __alignof__(uint32_t),
	};
	static const struct rte_mbuf_dynflag flag = { .name = "lo_test_dynflag_gso" };
	struct fx *fx = *state;
	int off = rte_mbuf_dynfield_register(&field);
	int bit = rte_mbuf_dynflag_register(&flag);
	struct rte_mbuf *m, *got[PIECES];

	assert_true(off >= 0 && bit >= 0);
	up(fx, "", 64);
	/* no piece may have the value by chance */
	for (unsigned int i = 0; i < 64; i++) {
		m = rte_pktmbuf_alloc(fx->pool);
		*RTE_MBUF_DYNFIELD(m, off, uint32_t *) = 0;
		rte_pktmbuf_free(m);
	}
	m = large(fx);
	m->ol_flags |= RTE_BIT64(bit);
	*RTE_MBUF_DYNFIELD(m, off, uint32_t *) = 0x600dcafe;
	nl_send(fx, m);
	fx_rx_all(fx->rx_port, 0, got, PIECES);
	for (unsigned int i = 0; i < PIECES; i++) {
		assert_true((got[i]->ol_flags & RTE_BIT64(bit)) != 0);
		assert_int_equal(*RTE_MBUF_DYNFIELD(got[i], off, uint32_t *), 0x600dcafe);
	}
	rte_pktmbuf_free_bulk(got, PIECES);
}

static const struct lo_case gso_edge_cases[] = {
	LO_CASE(no_room_for_all_pieces),
	LO_CASE(no_room_for_all_pieces_drops),
	LO_CASE(ring_smaller_than_the_packet),
	LO_CASE(pieces_longer_than_the_mtu),
	LO_CASE(no_mbufs_for_the_pieces),
	LO_CASE(senseless_requests_are_malformed),
	LO_CASE(prepare_takes_what_burst_takes),
	LO_CASE(pieces_carry_dynamic_fields),
};
LO_REGISTER_TEST(net_lo_autotest, gso_edge_cases);
