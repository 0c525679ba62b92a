/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* A full ring: the caller keeps the packets as they were, or they are freed and counted. */

#include <string.h>

#include "nl.h"

#define DEPTH 50
#define SENT 70
#define BYTES 100

/* What the sender has in hand: mbufs, and what they were like. */
struct hand {
	struct rte_mbuf *pkts[SENT];
	struct rte_mbuf copy[SENT];
};

static struct pkt
frame(uint32_t i)
{
	return (struct pkt){ .stamp = i, .size = BYTES, .ip = 4, .l4 = IPPROTO_UDP };
}

static void
hand_fill(struct fx *fx, struct hand *h, uint64_t flags)
{
	for (unsigned int i = 0; i < SENT; i++) {
		struct pkt p = frame(i);

		h->pkts[i] = pkt_build(fx->pool, &p);
		h->pkts[i]->ol_flags = flags;
		h->pkts[i]->port = 77;
		h->pkts[i]->packet_type = 0x1234567;
		h->pkts[i]->hash.rss = 0xdeadbeef;
		h->copy[i] = *h->pkts[i];
	}
}

/* The packets from `first` on are as the sender made them, metadata and bytes. */
static void
assert_untouched(const struct hand *h, unsigned int first)
{
	for (unsigned int i = first; i < SENT; i++) {
		struct pkt p = frame(i);

		assert_int_equal(h->pkts[i]->ol_flags, h->copy[i].ol_flags);
		assert_int_equal(h->pkts[i]->port, 77);
		assert_int_equal(h->pkts[i]->hash.rss, 0xdeadbeef);
		assert_memory_equal(h->pkts[i], &h->copy[i], sizeof(h->copy[i]));
		pkt_assert(h->pkts[i], &p);
	}
}

static void
assert_backpressure(struct fx *fx, const char *args, uint16_t nb_tx, uint64_t rx_offloads,
		uint64_t flags)
{
	struct fx_port conf = { .nb_tx = nb_tx, .nb_rxd = DEPTH };
	struct rte_mbuf *got[SENT];
	struct hand h;

	conf.eth.rxmode.offloads = rx_offloads;
	if (rx_offloads != 0)
		conf.eth.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	nl_up(fx, args, &conf);
	hand_fill(fx, &h, flags);
	assert_int_equal(rte_eth_tx_burst(fx->tx_port, 0, h.pkts, SENT), DEPTH);
	assert_untouched(&h, DEPTH);
	assert_int_equal(rte_eth_tx_burst(fx->tx_port, 0, h.pkts + DEPTH, SENT - DEPTH), 0);
	assert_untouched(&h, DEPTH);
	assert_int_equal(nl_xstat(fx, "tx_ring_full"), 2 * (SENT - DEPTH));
	assert_int_equal(nl_xstat(fx, "tx_q0_refused"), 2 * (SENT - DEPTH));
	assert_int_equal(nl_stats(fx).oerrors, 0);
	assert_int_equal(nl_stats(fx).imissed, 0);

	/* what was refused goes in once there is room */
	fx_rx_all(fx->rx_port, 0, got, DEPTH);
	rte_pktmbuf_free_bulk(got, DEPTH);
	fx_tx_all(fx->tx_port, 0, h.pkts + DEPTH, SENT - DEPTH);
	fx_rx_all(fx->rx_port, 0, got, SENT - DEPTH);
	rte_pktmbuf_free_bulk(got, SENT - DEPTH);
	nl_assert_books(fx, SENT);
}

static void
queue_hands_back(void **state)
{
	assert_backpressure(*state, "steer=queue", 1, 0, 0);
}

static void
shared_queue_hands_back(void **state)
{
	assert_backpressure(*state, "steer=queue,overflow=backpressure", 2, 0, 0);
}

static void
lcore_hands_back(void **state)
{
	assert_backpressure(*state, "steer=lcore", 1, 0, 0);
}

static void
flow_hands_back(void **state)
{
	assert_backpressure(*state, "steer=flow", 1, RTE_ETH_RX_OFFLOAD_RSS_HASH, 0);
}

static void
shared_flow_hands_back(void **state)
{
	assert_backpressure(*state, "steer=flow", 2, RTE_ETH_RX_OFFLOAD_RSS_HASH, 0);
}

/* Packets that need work: none of it is done to those that do not fit. */
static void
offloads_are_handed_back(void **state)
{
	const uint64_t flags = RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM |
			RTE_MBUF_F_TX_UDP_CKSUM;

	assert_backpressure(*state, "steer=queue", 1, 0, flags);
}

static void
shared_offloads_are_handed_back(void **state)
{
	const uint64_t flags = RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM |
			RTE_MBUF_F_TX_UDP_CKSUM;

	assert_backpressure(*state, "steer=lcore", 1, 0, flags);
}

static void
assert_drop(struct fx *fx, const char *args, uint16_t nb_tx, uint64_t flags)
{
	const struct fx_port conf = { .nb_tx = nb_tx, .nb_rxd = DEPTH };
	struct rte_mbuf *got[SENT];
	unsigned int before;
	struct hand h;

	nl_up(fx, args, &conf);
	before = rte_mempool_avail_count(fx->pool);
	hand_fill(fx, &h, flags);
	assert_int_equal(rte_eth_tx_burst(fx->tx_port, 0, h.pkts, SENT), SENT);
	/* freed at once */
	assert_int_equal(rte_mempool_avail_count(fx->pool), before - DEPTH);
	assert_int_equal(nl_stats(fx).imissed, SENT - DEPTH);
	assert_int_equal(nl_xstat(fx, "rx_q0_missed"), SENT - DEPTH);
	assert_int_equal(nl_xstat(fx, "tx_ring_full"), 0);
	assert_int_equal(nl_stats(fx).oerrors, 0);

	/* the first ones are delivered, in order */
	fx_rx_all(fx->rx_port, 0, got, DEPTH);
	for (unsigned int i = 0; i < DEPTH; i++)
		assert_int_equal(pkt_stamp(got[i]), i);
	rte_pktmbuf_free_bulk(got, DEPTH);
	assert_int_equal(nl_stats(fx).obytes, DEPTH * BYTES);
	nl_assert_books(fx, SENT);
}

static void
queue_drops(void **state)
{
	assert_drop(*state, "steer=queue,overflow=drop", 1, 0);
}

static void
shared_queue_drops(void **state)
{
	assert_drop(*state, "steer=queue,overflow=drop", 2, 0);
}

static void
lcore_drops(void **state)
{
	assert_drop(*state, "steer=lcore,overflow=drop", 1, 0);
}

static void
flow_drops(void **state)
{
	assert_drop(*state, "steer=flow,overflow=drop", 1, 0);
}

static void
shared_flow_drops(void **state)
{
	assert_drop(*state, "steer=flow,overflow=drop", 2, 0);
}

static void
offloads_are_dropped(void **state)
{
	assert_drop(*state, "steer=queue,overflow=drop", 1,
			RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_UDP_CKSUM);
}

/* By flow, a full ring stops only its own flows' packets, but a burst ends at the first of them. */
static void
full_ring_of_one_flow(void **state)
{
	struct fx *fx = *state;
	const struct fx_port conf = { .nb_rx = 2, .nb_rxd = DEPTH };
	struct pkt p = frame(0);
	struct rte_mbuf *m, *got[DEPTH];
	uint16_t full, other = 0;

	nl_up(fx, "steer=flow", &conf);
	for (unsigned int i = 0; i < DEPTH; i++)
		nl_send(fx, pkt_build(fx->pool, &p));
	full = rte_eth_rx_queue_count(fx->tx_port, 0) != 0 ? 0 : 1;
	assert_int_equal(rte_eth_rx_queue_count(fx->tx_port, full), DEPTH);
	m = pkt_build(fx->pool, &p);
	assert_int_equal(rte_eth_tx_burst(fx->tx_port, 0, &m, 1), 0);
	rte_pktmbuf_free(m);
	/* some other flow finds the other ring */
	while (rte_eth_rx_queue_count(fx->tx_port, !full) == 0 && other < 100) {
		p.src_port = ++other;
		m = pkt_build(fx->pool, &p);
		if (rte_eth_tx_burst(fx->tx_port, 0, &m, 1) == 0)
			rte_pktmbuf_free(m);
	}
	fx_rx_all(fx->tx_port, !full, got, 1);
	rte_pktmbuf_free(got[0]);
	fx_rx_all(fx->tx_port, full, got, DEPTH);
	rte_pktmbuf_free_bulk(got, DEPTH);
	nl_assert_books(fx, DEPTH + 1);
}

static const struct lo_case overflow_cases[] = {
	LO_CASE(queue_hands_back),
	LO_CASE(shared_queue_hands_back),
	LO_CASE(lcore_hands_back),
	LO_CASE(flow_hands_back),
	LO_CASE(shared_flow_hands_back),
	LO_CASE(offloads_are_handed_back),
	LO_CASE(shared_offloads_are_handed_back),
	LO_CASE(queue_drops),
	LO_CASE(shared_queue_drops),
	LO_CASE(lcore_drops),
	LO_CASE(flow_drops),
	LO_CASE(shared_flow_drops),
	LO_CASE(offloads_are_dropped),
	LO_CASE(full_ring_of_one_flow),
};
LO_REGISTER_TEST(net_lo_autotest, overflow_cases);
