/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* What an mbuf says on the other side: flags, port, packet type, timestamp, segments. */

#include <rte_cycles.h>
#include <rte_mbuf_dyn.h>

#include "nl.h"

#define SENT_PTYPE (RTE_PTYPE_L2_ETHER_ARP | RTE_PTYPE_L4_ICMP)
#define UDP4 (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_UDP)
#define TCP6 (RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6 | RTE_PTYPE_L4_TCP)

static const struct pkt udp4 = { .size = 100, .ip = 4, .l4 = IPPROTO_UDP };
static const struct pkt tcp6 = { .size = 100, .ip = 6, .l4 = IPPROTO_TCP };

/* Whatever a sender may ask for or have left over, bit by bit: none of it comes out. */
static void
no_flag_of_the_sender_comes_out(void **state)
{
	static const char *const args[] = { "steer=queue", "steer=lcore", "steer=flow" };
	struct fx *fx = *state;

	for (unsigned int i = 0; i < RTE_DIM(args); i++) {
		nl_up(fx, args[i], NULL);
		for (unsigned int bit = 0; bit < 64; bit++) {
			struct rte_mbuf *m = pkt_build(fx->pool, &udp4);

			/* dynamic flags and the shape of the buffer are the application's */
			if ((bit >= 23 && bit <= 40) || bit >= 61) {
				rte_pktmbuf_free(m);
				continue;
			}
			m->ol_flags |= RTE_BIT64(bit);
			m->tso_segsz = 500;
			nl_send(fx, m);
			/* the device may refuse it, by name */
			if (fx_rx(fx->rx_port, 0, &m, 1, 0) == 0)
				continue;
			assert_int_equal(m->ol_flags, 0);
			rte_pktmbuf_free(m);
		}
		fx_vdev_remove(fx, NL_NAME);
	}
}

static void
dynamic_flags_and_fields_cross(void **state)
{
	static const struct rte_mbuf_dynfield field = {
		.name = "lo_test_dynfield_meta",
		.size = sizeof(uint64_t),
		.align = __alignof__(uint64_t),
	};
	static const struct rte_mbuf_dynflag flag = { .name = "lo_test_dynflag_meta" };
	int off = rte_mbuf_dynfield_register(&field);
	int bit = rte_mbuf_dynflag_register(&flag);
	static const uint64_t asks[] = { 0, RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_UDP_CKSUM };
	struct fx *fx = *state;

	assert_true(off >= 0 && bit >= 0);
	nl_up(fx, "", NULL);
	for (unsigned int i = 0; i < 2 * RTE_DIM(asks); i++) {
		struct rte_mbuf *m = pkt_build(fx->pool, &udp4), *got;

		m->ol_flags |= RTE_BIT64(bit) | asks[i % 2];
		*RTE_MBUF_DYNFIELD(m, off, uint64_t *) = 0x0123456789abcdef;
		/* once more as a copy, for the sender holds it, too */
		rte_mbuf_refcnt_update(m, i / 2);
		got = nl_loop(fx, m);
		assert_true((got->ol_flags & RTE_BIT64(bit)) != 0);
		assert_int_equal(*RTE_MBUF_DYNFIELD(got, off, uint64_t *), 0x0123456789abcdef);
		rte_pktmbuf_free(got);
		if (i / 2 != 0)
			rte_pktmbuf_free(m);
	}
}

static void
port_is_the_receivers(void **state)
{
	static const uint64_t asks[] = { 0, RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_UDP_CKSUM };
	struct fx *fx = *state;
	uint16_t first = fx_vdev(fx, "net_lo5", "");

	nl_up(fx, "", NULL);
	assert_int_not_equal(first, fx->tx_port);
	for (unsigned int i = 0; i < RTE_DIM(asks); i++) {
		struct rte_mbuf *m = pkt_build(fx->pool, &udp4);

		m->port = first;
		m->ol_flags |= asks[i];
		m = nl_loop(fx, m);
		assert_int_equal(m->port, fx->tx_port);
		rte_pktmbuf_free(m);
	}
}

static uint32_t
ptype_of(struct fx *fx, const struct pkt *p)
{
	struct rte_mbuf *m = pkt_build(fx->pool, p);
	uint32_t ptype;

	m->packet_type = SENT_PTYPE;
	m = nl_loop(fx, m);
	ptype = m->packet_type;
	rte_pktmbuf_free(m);
	return ptype;
}

/* As the sender said until somebody asks; then what is in the frame, the layers asked for. */
static void
packet_type_by_request(void **state)
{
	struct fx *fx = *state;
	uint32_t set[16];

	nl_up(fx, "", NULL);
	assert_int_equal(ptype_of(fx, &udp4), SENT_PTYPE);
	assert_int_equal(rte_eth_dev_set_ptypes(fx->tx_port, RTE_PTYPE_ALL_MASK, set, 16), 0);
	assert_int_equal(ptype_of(fx, &udp4), UDP4);
	assert_int_equal(ptype_of(fx, &tcp6), TCP6);
	assert_int_equal(rte_eth_dev_set_ptypes(fx->tx_port, RTE_PTYPE_L3_MASK, set, 16), 0);
	assert_int_equal(ptype_of(fx, &udp4), RTE_PTYPE_L3_IPV4);
	assert_int_equal(rte_eth_dev_set_ptypes(fx->tx_port, RTE_PTYPE_L4_MASK, set, 16), 0);
	assert_int_equal(ptype_of(fx, &tcp6), RTE_PTYPE_L4_TCP);
	assert_int_equal(rte_eth_dev_set_ptypes(fx->tx_port, RTE_PTYPE_UNKNOWN, NULL, 0), 0);
	assert_int_equal(ptype_of(fx, &udp4), SENT_PTYPE);
}

static void
packet_type_over_segments(void **state)
{
	struct fx *fx = *state;
	struct pkt p = tcp6;

	nl_up_offloads(fx, "", RTE_ETH_RX_OFFLOAD_SCATTER, RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	assert_int_equal(rte_eth_dev_set_ptypes(fx->tx_port, RTE_PTYPE_ALL_MASK, NULL, 0), 0);
	for (p.seg_size = 20; p.seg_size < 80; p.seg_size++)
		assert_int_equal(ptype_of(fx, &p), TCP6);
}

/* Not before it was sent, not after it was received, never backwards: by the port's own clock. */
static void
timestamps_are_of_the_clock(void **state)
{
	struct fx *fx = *state;
	uint64_t flag, last = 0, before, after, stamp;
	struct rte_mbuf *pkts[8];
	int off;

	nl_up_offloads(fx, "", RTE_ETH_RX_OFFLOAD_TIMESTAMP, 0);
	off = rte_mbuf_dynfield_lookup(RTE_MBUF_DYNFIELD_TIMESTAMP_NAME, NULL);
	assert_true(off >= 0);
	flag = RTE_BIT64(rte_mbuf_dynflag_lookup(RTE_MBUF_DYNFLAG_RX_TIMESTAMP_NAME, NULL));
	for (unsigned int round = 0; round < 50; round++) {
		pkt_build_burst(fx->pool, &udp4, pkts, RTE_DIM(pkts));
		assert_int_equal(rte_eth_read_clock(fx->tx_port, &before), 0);
		fx_tx_all(fx->tx_port, 0, pkts, RTE_DIM(pkts));
		assert_int_equal(rte_eth_read_clock(fx->tx_port, &after), 0);
		fx_rx_all(fx->tx_port, 0, pkts, RTE_DIM(pkts));
		for (unsigned int i = 0; i < RTE_DIM(pkts); i++) {
			assert_int_equal(pkts[i]->ol_flags, flag);
			stamp = *RTE_MBUF_DYNFIELD(pkts[i], off, rte_mbuf_timestamp_t *);
			nl_assert_range(stamp, RTE_MAX(before, last), after);
			last = stamp;
		}
		rte_pktmbuf_free_bulk(pkts, RTE_DIM(pkts));
	}
}

/* A stamp of another device is no stamp of this one. */
static void
foreign_timestamp_is_cleared(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *m;
	uint64_t flag;
	int off;

	assert_int_equal(rte_mbuf_dyn_rx_timestamp_register(&off, &flag), 0);
	nl_up(fx, "", NULL);
	m = pkt_build(fx->pool, &udp4);
	m->ol_flags |= flag;
	m = nl_loop(fx, m);
	assert_int_equal(m->ol_flags, 0);
	rte_pktmbuf_free(m);
}

/* The port's clock is the TSC: as fast, too. */
static void
clock_runs_with_the_tsc(void **state)
{
	struct fx *fx = *state;
	uint64_t a, b, tsc;

	nl_up(fx, "", NULL);
	tsc = rte_rdtsc();
	assert_int_equal(rte_eth_read_clock(fx->tx_port, &a), 0);
	rte_delay_us_block(1000);
	assert_int_equal(rte_eth_read_clock(fx->tx_port, &b), 0);
	nl_assert_range(a, tsc, rte_rdtsc());
	assert_true(b - a >= rte_get_tsc_hz() / 1000);
}

/* Chains as they are where the receiver takes them; else one segment, in the first one's room. */
static void
segments_by_the_receivers_wish(void **state)
{
	static const uint64_t rx[] = { RTE_ETH_RX_OFFLOAD_SCATTER, 0 };
	struct fx *fx = *state;

	for (unsigned int i = 0; i < RTE_DIM(rx); i++) {
		nl_up_offloads(fx, "", rx[i], RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
		for (uint16_t seg_size = 1; seg_size < 40; seg_size++) {
			const struct pkt p = { .size = 1000 / seg_size % 200 + 60,
				.seg_size = seg_size };
			struct rte_mbuf *m = pkt_build(fx->pool, &p), *got;
			uint16_t segs = m->nb_segs;

			got = nl_loop(fx, m);
			assert_ptr_equal(got, m);
			assert_int_equal(got->nb_segs, rx[i] != 0 ? segs : 1);
			pkt_assert(got, &p);
			rte_pktmbuf_free(got);
		}
		nl_assert_books(fx, 39);
		fx_vdev_remove(fx, NL_NAME);
	}
}

/* FAST_FREE: what is dropped and what is drained goes back to the pool all the same. */
static void
fast_free(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf = { .nb_rxd = 8 };
	struct rte_mbuf *pkts[32];

	conf.eth.txmode.offloads = RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
	nl_up(fx, "overflow=drop", &conf);
	pkt_build_burst(fx->pool, &udp4, pkts, RTE_DIM(pkts));
	fx_tx_all(fx->tx_port, 0, pkts, RTE_DIM(pkts));
	assert_int_equal(nl_stats(fx).imissed, 24);
	fx_rx_all(fx->tx_port, 0, pkts, 8);
	rte_pktmbuf_free_bulk(pkts, 8);
	assert_int_equal(rte_mempool_in_use_count(fx->pool), 0);
}

static const struct lo_case meta_cases[] = {
	LO_CASE(no_flag_of_the_sender_comes_out),
	LO_CASE(dynamic_flags_and_fields_cross),
	LO_CASE(port_is_the_receivers),
	LO_CASE(packet_type_by_request),
	LO_CASE(packet_type_over_segments),
	LO_CASE(timestamps_are_of_the_clock),
	LO_CASE(foreign_timestamp_is_cleared),
	LO_CASE(clock_runs_with_the_tsc),
	LO_CASE(segments_by_the_receivers_wish),
	LO_CASE(fast_free),
};
LO_REGISTER_TEST(net_lo_autotest, meta_cases);
