/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Receive-side scaling: flows spread, stay together, and follow the table. */

#include <string.h>

#include "ut.h"

#define QUEUES 4
#define FLOWS 64

static void
up_rss(struct fx *fx, uint64_t extra)
{
	struct rte_eth_dev_info info;
	struct fx_port conf;

	ut_plug(fx);
	info = ut_rx_info(fx);
	if ((info.flow_type_rss_offloads & RTE_ETH_RSS_NONFRAG_IPV4_UDP) == 0)
		lo_unsupported("RSS of UDP flows");
	ut_need_queues(fx, QUEUES, QUEUES);
	conf = ut_conf(fx);
	conf.nb_rx = conf.nb_tx = QUEUES;
	conf.eth.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	conf.eth.rxmode.offloads = extra;
	conf.eth.rx_adv_conf.rss_conf.rss_hf = RTE_ETH_RSS_NONFRAG_IPV4_UDP;
	ut_up(fx, &conf);
}

/* Where does this flow arrive? -1 if nowhere. The hash it came with, if wanted. */
static int
queue_of_flow(struct fx *fx, unsigned int flow, uint64_t *flags, uint32_t *hash)
{
	struct pkt p = ut_pkt(fx, flow, 100);
	struct rte_mbuf *m;
	int queue = -1;

	p.ip = 4;
	p.l4 = IPPROTO_UDP;
	p.src_ip = 0x7f000001 + flow;
	p.src_port = 1000 + flow * 7;
	p.dst_port = 9;
	m = pkt_build(fx->pool, &p);
	fx_tx_all(fx->tx_port, 0, &m, 1);
	for (int q = 0; q < QUEUES; q++) {
		if (fx_rx(fx->rx_port, q, &m, 1, 1) == 0)
			continue;
		if (flags != NULL)
			*flags = m->ol_flags;
		if (hash != NULL)
			*hash = m->hash.rss;
		rte_pktmbuf_free(m);
		queue = q;
	}
	return queue;
}

/* A device that claims flow types has flows of several queues. */
static void
rss_spreads_flows(void **state)
{
	struct fx *fx = *state;
	unsigned int used = 0;

	up_rss(fx, 0);
	for (unsigned int flow = 0; flow < FLOWS; flow++) {
		int queue = queue_of_flow(fx, flow, NULL, NULL);

		assert_true(queue >= 0);
		used |= 1u << queue;
		assert_int_equal(queue_of_flow(fx, flow, NULL, NULL), queue);
	}
	assert_int_equal(used, (1u << QUEUES) - 1);
}

static void
set_reta(struct fx *fx, uint16_t queue)
{
	struct rte_eth_rss_reta_entry64 reta[RTE_ETH_RSS_RETA_SIZE_512 / RTE_ETH_RETA_GROUP_SIZE];
	uint16_t size = ut_rx_info(fx).reta_size;

	assert_true(size >= 1 && size <= RTE_ETH_RSS_RETA_SIZE_512);
	memset(reta, 0, sizeof(reta));
	for (uint16_t i = 0; i < size; i++) {
		reta[i / RTE_ETH_RETA_GROUP_SIZE].mask |= RTE_BIT64(i % RTE_ETH_RETA_GROUP_SIZE);
		reta[i / RTE_ETH_RETA_GROUP_SIZE].reta[i % RTE_ETH_RETA_GROUP_SIZE] = queue;
	}
	ut_supported(rte_eth_dev_rss_reta_update(fx->rx_port, reta, size),
			"rte_eth_dev_rss_reta_update");
	for (uint16_t i = 0; i < size; i++)
		reta[i / RTE_ETH_RETA_GROUP_SIZE].reta[i % RTE_ETH_RETA_GROUP_SIZE] = UINT16_MAX;
	ut_supported(rte_eth_dev_rss_reta_query(fx->rx_port, reta, size),
			"rte_eth_dev_rss_reta_query");
	for (uint16_t i = 0; i < size; i++)
		assert_int_equal(
				reta[i / RTE_ETH_RETA_GROUP_SIZE].reta[i % RTE_ETH_RETA_GROUP_SIZE],
				queue);
}

/* All entries one queue: all flows there. */
static void
rss_table_is_followed(void **state)
{
	struct fx *fx = *state;

	up_rss(fx, 0);
	for (uint16_t queue = 0; queue < QUEUES; queue++) {
		set_reta(fx, queue);
		for (unsigned int flow = 0; flow < FLOWS; flow++)
			assert_int_equal(queue_of_flow(fx, flow, NULL, NULL), queue);
	}
}

static void
rss_table_refuses_missing_queue(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_rss_reta_entry64 reta[RTE_ETH_RSS_RETA_SIZE_512 / RTE_ETH_RETA_GROUP_SIZE];
	uint16_t size;

	up_rss(fx, 0);
	size = ut_rx_info(fx).reta_size;
	assert_true(size >= 1 && size <= RTE_ETH_RSS_RETA_SIZE_512);
	memset(reta, 0, sizeof(reta));
	reta[0].mask = 1;
	reta[0].reta[0] = QUEUES;
	assert_true(rte_eth_dev_rss_reta_update(fx->rx_port, reta, size) < 0);
}

/* One flow has one hash, flows differ, and another key changes it. */
static void
rss_hash_is_in_the_mbuf(void **state)
{
	struct fx *fx = *state;
	uint8_t key[64];
	struct rte_eth_rss_conf conf = { .rss_key = key, .rss_hf = RTE_ETH_RSS_NONFRAG_IPV4_UDP };
	uint32_t hash, again, other;
	uint64_t flags = 0;

	ut_plug(fx);
	ut_need_rx(fx, RTE_ETH_RX_OFFLOAD_RSS_HASH, "RSS_HASH");
	up_rss(fx, RTE_ETH_RX_OFFLOAD_RSS_HASH);
	assert_true(queue_of_flow(fx, 1, &flags, &hash) >= 0);
	assert_int_not_equal(flags & RTE_MBUF_F_RX_RSS_HASH, 0);
	assert_true(queue_of_flow(fx, 1, NULL, &again) >= 0);
	assert_int_equal(hash, again);
	assert_true(queue_of_flow(fx, 2, NULL, &other) >= 0);
	assert_int_not_equal(hash, other);

	conf.rss_key_len = ut_rx_info(fx).hash_key_size;
	assert_true(conf.rss_key_len >= 1 && conf.rss_key_len <= sizeof(key));
	memset(key, 0x6d, sizeof(key));
	ut_supported(rte_eth_dev_rss_hash_update(fx->rx_port, &conf),
			"rte_eth_dev_rss_hash_update");
	assert_true(queue_of_flow(fx, 1, NULL, &again) >= 0);
	assert_int_not_equal(hash, again);
}

static const struct lo_case rss_cases[] = {
	LO_CASE(rss_spreads_flows),
	LO_CASE(rss_table_is_followed),
	LO_CASE(rss_table_refuses_missing_queue),
	LO_CASE(rss_hash_is_in_the_mbuf),
};
LO_REGISTER_TEST(ethdev_autotest, rss_cases);
