/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The rings against a model of them: exact depth, any size, any burst, the same mbufs in the same
 * order, every byte counted.
 */

#include <stdlib.h>

#include "nl.h"

#define BURST_MAX 256
#define STEPS 4000
#define SIZE_MAX_BYTES 1514

/* The ways to fill a ring: as its only producer, as one of several, by lcore, by flow. */
struct way {
	const char *args;
	uint16_t nb_tx;
};

static const struct way one_producer = { "steer=queue", 1 };
static const struct way several_producers = { "steer=queue", 2 };
static const struct way by_lcore = { "steer=lcore", 1 };
static const struct way by_flow = { "steer=flow", 1 };
static const struct way by_flow_shared = { "steer=flow", 2 };

static void
ring_up(struct fx *fx, const struct way *way, uint16_t nb_rxd)
{
	const struct fx_port conf = { .nb_tx = way->nb_tx, .nb_rxd = nb_rxd };

	if (fx->tx_port == RTE_MAX_ETHPORTS)
		nl_up(fx, way->args, &conf);
	else
		nl_again(fx, &conf);
}

static void
assert_depth(struct fx *fx, const struct way *way, uint16_t nb_rxd, struct rte_mbuf **pkts,
		struct rte_mbuf **back)
{
	ring_up(fx, way, nb_rxd);
	for (unsigned int lap = 0; lap < 3; lap++) {
		/* one more than fits */
		assert_int_equal(rte_eth_tx_burst(fx->tx_port, 0, pkts, nb_rxd + 1), nb_rxd);
		assert_int_equal(rte_eth_tx_burst(fx->tx_port, 0, &pkts[nb_rxd], 1), 0);
		assert_int_equal(rte_eth_rx_queue_count(fx->tx_port, 0), nb_rxd);
		assert_int_equal(rte_eth_rx_burst(fx->tx_port, 0, back, nb_rxd + 1), nb_rxd);
		for (unsigned int i = 0; i < nb_rxd; i++)
			assert_ptr_equal(back[i], pkts[i]);
		assert_int_equal(rte_eth_rx_burst(fx->tx_port, 0, back, 1), 0);
		/* the next lap starts elsewhere in the ring */
		assert_int_equal(rte_eth_tx_burst(fx->tx_port, 0, pkts, 1), 1);
		assert_int_equal(rte_eth_rx_burst(fx->tx_port, 0, back, 1), 1);
	}
	assert_int_equal(rte_eth_dev_stop(fx->tx_port), 0);
}

static void
assert_depths(struct fx *fx, const struct way *way)
{
	static const uint16_t depths[] = { 1, 2, 3, 31, 32, 33, 1000, 1024, 1025, 32768 };
	const unsigned int n = 32769;
	struct rte_mbuf **pkts = calloc(2 * n, sizeof(*pkts));

	assert_non_null(pkts);
	fx->pool = fx_pool(fx, n, 64);
	pkt_build_burst(fx->pool, &(struct pkt){ .ip = 4, .l4 = IPPROTO_UDP }, pkts, n);
	for (unsigned int i = 0; i < RTE_DIM(depths); i++)
		assert_depth(fx, way, depths[i], pkts, pkts + n);
	rte_pktmbuf_free_bulk(pkts, n);
	free(pkts);
}

static void
depth_is_exact(void **state)
{
	assert_depths(*state, &one_producer);
}

static void
depth_is_exact_for_several_producers(void **state)
{
	assert_depths(*state, &several_producers);
}

static void
depth_is_exact_by_lcore(void **state)
{
	assert_depths(*state, &by_lcore);
}

static void
depth_is_exact_by_flow(void **state)
{
	assert_depths(*state, &by_flow);
}

static void
depth_out_of_range_is_refused(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_dev_info info;

	nl_up(fx, "", NULL);
	info = nl_info(fx);
	assert_int_equal(info.rx_desc_lim.nb_min, 1);
	assert_int_equal(info.rx_desc_lim.nb_max, 32768);
	assert_int_equal(info.rx_desc_lim.nb_align, 1);
	assert_int_equal(rte_eth_dev_stop(fx->tx_port), 0);
	assert_int_equal(rte_eth_rx_queue_setup(
					 fx->tx_port, 0, 32769, SOCKET_ID_ANY, NULL, fx->pool),
			-EINVAL);
	assert_int_equal(rte_eth_tx_queue_setup(fx->tx_port, 0, 32769, SOCKET_ID_ANY, NULL),
			-EINVAL);
}

/* What a ring should hold: mbufs in their order, those outside of it, and the bytes so far. */
struct model {
	unsigned int size, used, nb_idle;
	struct rte_mbuf *in[1025], *idle[1025 + BURST_MAX];
	uint64_t packets, bytes_in, bytes_out, refused;
	uint64_t random;
	uint64_t flags; /* of another device: such packets go one by one */
};

static void
model_send(struct fx *fx, struct model *md)
{
	unsigned int n = 1 + nl_random(&md->random) % RTE_MIN(md->nb_idle, BURST_MAX);
	unsigned int fits = RTE_MIN(n, md->size - md->used);
	struct rte_mbuf **pkts = &md->idle[md->nb_idle - n];

	/* now and then the other path, for so long that a lap goes by */
	if (nl_random(&md->random) % 32 == 0)
		md->flags ^= RTE_MBUF_F_RX_VLAN;
	for (unsigned int i = 0; i < n; i++) {
		pkts[i]->data_len = 60 + nl_random(&md->random) % (SIZE_MAX_BYTES - 60);
		pkts[i]->pkt_len = pkts[i]->data_len;
		pkts[i]->ol_flags = md->flags;
	}
	assert_int_equal(rte_eth_tx_burst(fx->tx_port, 0, pkts, n), fits);
	for (unsigned int i = 0; i < fits; i++) {
		md->in[md->used++] = pkts[i];
		md->bytes_in += pkts[i]->pkt_len;
	}
	memmove(pkts, pkts + fits, (n - fits) * sizeof(*pkts));
	md->nb_idle -= fits;
	md->packets += fits;
	md->refused += n - fits;
}

static void
model_receive(struct fx *fx, struct model *md)
{
	unsigned int n = 1 + nl_random(&md->random) % BURST_MAX;
	unsigned int there = RTE_MIN(n, md->used);
	struct rte_mbuf *pkts[BURST_MAX];

	assert_int_equal(rte_eth_rx_burst(fx->tx_port, 0, pkts, n), there);
	for (unsigned int i = 0; i < there; i++) {
		assert_ptr_equal(pkts[i], md->in[i]);
		assert_int_equal(pkts[i]->port, fx->tx_port);
		assert_int_equal(pkts[i]->ol_flags, 0);
		md->bytes_out += pkts[i]->pkt_len;
		md->idle[md->nb_idle++] = pkts[i];
	}
	md->used -= there;
	memmove(md->in, md->in + there, md->used * sizeof(md->in[0]));
}

static void
assert_model(struct fx *fx, const struct model *md)
{
	struct rte_eth_stats s = nl_stats(fx);

	assert_int_equal(s.opackets, md->packets);
	assert_int_equal(s.ipackets, md->packets - md->used);
	assert_int_equal(s.obytes, md->bytes_in);
	assert_int_equal(s.ibytes, md->bytes_out);
	assert_int_equal(nl_xstat(fx, "tx_ring_full"), md->refused);
	assert_int_equal(nl_xstat(fx, "tx_q0_refused"), md->refused);
	assert_int_equal(rte_eth_rx_queue_count(fx->tx_port, 0), md->used);
}

/* Random bursts both ways, by the fast path and the slow one, longer fills by turns. */
static void
play(struct fx *fx, const struct way *way, uint16_t size)
{
	struct model md = { .size = size, .random = size, .nb_idle = size + BURST_MAX };
	const struct pkt p = { .ip = 4, .l4 = IPPROTO_UDP };

	ring_up(fx, way, size);
	assert_int_equal(rte_eth_stats_reset(fx->tx_port), 0);
	pkt_build_burst(fx->pool, &p, md.idle, md.nb_idle);
	for (unsigned int step = 0; step < STEPS; step++) {
		if ((nl_random(&md.random) & 3) < 2 + (step & 64) / 64)
			model_send(fx, &md);
		else
			model_receive(fx, &md);
		if (step % 512 == 0)
			assert_model(fx, &md);
	}
	while (md.used != 0)
		model_receive(fx, &md);
	assert_model(fx, &md);
	nl_assert_books(fx, md.packets);
	rte_pktmbuf_free_bulk(md.idle, md.nb_idle);
	assert_int_equal(rte_eth_dev_stop(fx->tx_port), 0);
}

static void
play_all(struct fx *fx, const struct way *way)
{
	static const uint16_t sizes[] = { 1, 2, 3, 31, 32, 33, 63, 64, 65, 255, 257, 1000, 1024,
		1025 };

	for (unsigned int i = 0; i < RTE_DIM(sizes); i++)
		play(fx, way, sizes[i]);
}

static void
wraps_like_its_model(void **state)
{
	play_all(*state, &one_producer);
}

static void
wraps_with_several_producers(void **state)
{
	play_all(*state, &several_producers);
}

static void
wraps_by_lcore(void **state)
{
	play_all(*state, &by_lcore);
}

static void
wraps_by_flow(void **state)
{
	play_all(*state, &by_flow);
	fx_vdev_remove(*state, NL_NAME);
	((struct fx *)*state)->tx_port = RTE_MAX_ETHPORTS;
	play_all(*state, &by_flow_shared);
}

/* The byte count of a slot has 32 bits: more than 4 GiB go round without an error. */
static void
bytes_are_counted_beyond_32_bits(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf = { .nb_rxd = 33 };
	const uint64_t frame = RTE_ETHER_HDR_LEN + 65000;
	const unsigned int laps = (UINT32_MAX / frame + 1) / 32 + 2;
	struct rte_mbuf *pkts[32];

	conf.eth.rxmode.mtu = 65000;
	fx->pool = fx_pool(fx, 127, UINT16_MAX - RTE_PKTMBUF_HEADROOM);
	nl_up(fx, "", &conf);
	pkt_build_burst(fx->pool, &(struct pkt){ .size = frame }, pkts, RTE_DIM(pkts));
	for (unsigned int lap = 0; lap < laps; lap++) {
		assert_int_equal(rte_eth_tx_burst(fx->tx_port, 0, pkts, 32), 32);
		assert_int_equal(rte_eth_rx_burst(fx->tx_port, 0, pkts, 5), 5);
		assert_int_equal(rte_eth_rx_burst(fx->tx_port, 0, pkts + 5, 27), 27);
	}
	rte_pktmbuf_free_bulk(pkts, RTE_DIM(pkts));
	assert_true(frame * 32 * laps > UINT32_MAX);
	assert_int_equal(nl_stats(fx).obytes, frame * 32 * laps);
	nl_assert_books(fx, 32 * laps);
}

static const struct lo_case rings_cases[] = {
	LO_CASE(depth_is_exact),
	LO_CASE(depth_is_exact_for_several_producers),
	LO_CASE(depth_is_exact_by_lcore),
	LO_CASE(depth_is_exact_by_flow),
	LO_CASE(depth_out_of_range_is_refused),
	LO_CASE(wraps_like_its_model),
	LO_CASE(wraps_with_several_producers),
	LO_CASE(wraps_by_lcore),
	LO_CASE(wraps_by_flow),
	LO_CASE(bytes_are_counted_beyond_32_bits),
};
LO_REGISTER_TEST(net_lo_autotest, rings_cases);
