/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* steer=flow: redirection table, key and types as the application sets them. */

#include <string.h>

#include "flow.h"

#define NB_RX 4
#define GROUPS (FLOW_RETA_SIZE / RTE_ETH_RETA_GROUP_SIZE)
#define HASH RTE_ETH_RX_OFFLOAD_RSS_HASH

static int
reta_set_all(struct fx *fx, uint16_t queue)
{
	struct rte_eth_rss_reta_entry64 groups[GROUPS];

	for (unsigned int i = 0; i < GROUPS; i++) {
		groups[i].mask = UINT64_MAX;
		for (unsigned int k = 0; k < RTE_ETH_RETA_GROUP_SIZE; k++)
			groups[i].reta[k] = queue;
	}
	return rte_eth_dev_rss_reta_update(fx->tx_port, groups, FLOW_RETA_SIZE);
}

static int
reta_set_one(struct fx *fx, unsigned int entry, uint16_t queue)
{
	struct rte_eth_rss_reta_entry64 groups[GROUPS];

	memset(groups, 0, sizeof(groups));
	groups[entry / RTE_ETH_RETA_GROUP_SIZE].mask = RTE_BIT64(entry % RTE_ETH_RETA_GROUP_SIZE);
	groups[entry / RTE_ETH_RETA_GROUP_SIZE].reta[entry % RTE_ETH_RETA_GROUP_SIZE] = queue;
	return rte_eth_dev_rss_reta_update(fx->tx_port, groups, FLOW_RETA_SIZE);
}

/* Send a packet of a flow; its hash, and the queue it came to. */
static uint32_t
send_flow(struct fx *fx, uint16_t flow, uint16_t *queue)
{
	const struct pkt p = { .ip = 4, .l4 = IPPROTO_UDP, .src_port = flow, .dst_port = 7 };
	struct rte_mbuf *m = flow_loop(fx, pkt_build(fx->pool, &p), NB_RX, queue);
	uint32_t hash = m->hash.rss;

	assert_true((m->ol_flags & RTE_MBUF_F_RX_RSS_HASH) != 0);
	rte_pktmbuf_free(m);
	return hash;
}

static void
table_spreads_evenly_at_first(void **state)
{
	struct fx *fx = *state;
	uint16_t reta[FLOW_RETA_SIZE];
	unsigned int count[NB_RX] = { 0 };

	flow_up(fx, NB_RX, 1, HASH);
	assert_int_equal(nl_info(fx).reta_size, FLOW_RETA_SIZE);
	flow_reta(fx, reta);
	for (unsigned int i = 0; i < FLOW_RETA_SIZE; i++) {
		assert_true(reta[i] < NB_RX);
		count[reta[i]]++;
	}
	for (unsigned int q = 0; q < NB_RX; q++)
		assert_int_equal(count[q], FLOW_RETA_SIZE / NB_RX);
}

static void
flows_part_over_all_queues(void **state)
{
	struct fx *fx = *state;
	unsigned int count[NB_RX] = { 0 };
	uint16_t queue;

	flow_up(fx, NB_RX, 1, HASH);
	for (uint16_t flow = 0; flow < 400; flow++) {
		send_flow(fx, flow, &queue);
		count[queue]++;
	}
	for (unsigned int q = 0; q < NB_RX; q++)
		nl_assert_range(count[q], 60, 140);
}

static void
table_update_moves_flows(void **state)
{
	struct fx *fx = *state;
	uint16_t reta[FLOW_RETA_SIZE];
	uint16_t queue;
	uint32_t hash;

	flow_up(fx, NB_RX, 1, HASH);
	assert_int_equal(reta_set_all(fx, 2), 0);
	for (uint16_t flow = 0; flow < 50; flow++) {
		send_flow(fx, flow, &queue);
		assert_int_equal(queue, 2);
	}

	/* one flow's entry: it moves, and those of other entries stay */
	hash = send_flow(fx, 7, &queue);
	assert_int_equal(reta_set_one(fx, hash % FLOW_RETA_SIZE, 3), 0);
	for (uint16_t flow = 0; flow < 50; flow++) {
		bool same = send_flow(fx, flow, &queue) % FLOW_RETA_SIZE == hash % FLOW_RETA_SIZE;

		assert_int_equal(queue, same ? 3 : 2);
	}
	flow_reta(fx, reta);
	for (unsigned int i = 0; i < FLOW_RETA_SIZE; i++)
		assert_int_equal(reta[i], i == hash % FLOW_RETA_SIZE ? 3 : 2);
}

static void
bad_tables_are_refused(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_rss_reta_entry64 groups[GROUPS];
	uint16_t before[FLOW_RETA_SIZE], after[FLOW_RETA_SIZE];

	flow_up(fx, NB_RX, 1, HASH);
	flow_reta(fx, before);
	assert_int_equal(reta_set_all(fx, NB_RX), -EINVAL);
	assert_int_equal(reta_set_one(fx, FLOW_RETA_SIZE - 1, UINT16_MAX), -EINVAL);
	memset(groups, 0, sizeof(groups));
	groups[0].mask = UINT64_MAX;
	assert_int_equal(rte_eth_dev_rss_reta_update(fx->tx_port, groups, 128), -EINVAL);
	assert_int_equal(rte_eth_dev_rss_reta_query(fx->tx_port, groups, 128), -EINVAL);
	flow_reta(fx, after);
	assert_memory_equal(before, after, sizeof(before));
}

static void
key_changes_the_hash(void **state)
{
	struct fx *fx = *state;
	uint8_t key[FLOW_KEY_BYTES], got[FLOW_KEY_BYTES];
	struct rte_eth_rss_conf conf = { .rss_key = key, .rss_key_len = sizeof(key) };
	uint64_t types, random = 99;
	struct flow_frame f;

	flow_up(fx, NB_RX, 1, HASH);
	flow_conf(fx, key, &types);
	conf.rss_hf = types;
	for (unsigned int round = 0; round < 16; round++) {
		for (unsigned int i = 0; i < sizeof(key); i++)
			key[i] = nl_random(&random);
		assert_int_equal(rte_eth_dev_rss_hash_update(fx->tx_port, &conf), 0);
		flow_conf(fx, got, &types);
		assert_memory_equal(got, key, sizeof(key));
		for (unsigned int kind = 0; kind < FLOW_KINDS; kind++) {
			struct rte_mbuf *m;
			uint16_t queue;
			uint32_t want;

			flow_frame_make(&f, kind, &random);
			m = flow_loop(fx, nl_mbuf(fx->pool, f.bytes, f.size, 0), NB_RX, &queue);
			if (flow_hash(&f, types, key, &want))
				assert_int_equal(m->hash.rss, want);
			rte_pktmbuf_free(m);
		}
	}
}

/* Types alone: the key stays. Types and key of configure are taken, too. */
static void
update_without_key_keeps_it(void **state)
{
	struct fx *fx = *state;
	uint8_t key[FLOW_KEY_BYTES], got[FLOW_KEY_BYTES];
	struct rte_eth_rss_conf types_only = { .rss_hf = RTE_ETH_RSS_IPV6 };
	struct fx_port conf = { .nb_rx = NB_RX };
	uint64_t types;

	for (unsigned int i = 0; i < sizeof(key); i++)
		key[i] = 3 * i + 1;
	conf.eth.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	conf.eth.rx_adv_conf.rss_conf = (struct rte_eth_rss_conf){
		.rss_key = key,
		.rss_key_len = sizeof(key),
		.rss_hf = RTE_ETH_RSS_IPV4,
	};
	nl_up(fx, "steer=flow", &conf);
	flow_conf(fx, got, &types);
	assert_memory_equal(got, key, sizeof(key));
	assert_int_equal(types, RTE_ETH_RSS_IPV4);

	assert_int_equal(rte_eth_dev_rss_hash_update(fx->tx_port, &types_only), 0);
	flow_conf(fx, got, &types);
	assert_memory_equal(got, key, sizeof(key));
	assert_int_equal(types, RTE_ETH_RSS_IPV6);
}

static void
bad_keys_and_types_are_refused(void **state)
{
	struct fx *fx = *state;
	uint8_t key[52] = { 0 }, before[FLOW_KEY_BYTES], after[FLOW_KEY_BYTES];
	struct rte_eth_rss_conf conf = { .rss_key = key, .rss_key_len = 39 };
	uint64_t types;

	flow_up(fx, NB_RX, 1, HASH);
	flow_conf(fx, before, &types);
	conf.rss_hf = types;
	assert_int_equal(rte_eth_dev_rss_hash_update(fx->tx_port, &conf), -EINVAL);
	conf.rss_key_len = 52;
	assert_int_equal(rte_eth_dev_rss_hash_update(fx->tx_port, &conf), -EINVAL);
	conf.rss_key = NULL;
	conf.rss_key_len = 0;
	conf.rss_hf = RTE_ETH_RSS_L2_PAYLOAD;
	assert_int_equal(rte_eth_dev_rss_hash_update(fx->tx_port, &conf), -EINVAL);
	flow_conf(fx, after, &conf.rss_hf);
	assert_memory_equal(before, after, sizeof(before));
	assert_int_equal(conf.rss_hf, types);
}

/* Fewer queues than before: no entry of the table points beyond them. */
static void
table_fits_the_queues_of_each_configure(void **state)
{
	struct fx *fx = *state;
	static const uint16_t counts[] = { 7, 1, 3, 64 };
	struct fx_port conf = { 0 };
	uint16_t reta[FLOW_RETA_SIZE];

	flow_up(fx, NB_RX, 1, HASH);
	conf.eth.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	conf.eth.rx_adv_conf.rss_conf.rss_hf = RTE_ETH_RSS_IPV4;
	for (unsigned int i = 0; i < RTE_DIM(counts); i++) {
		assert_int_equal(rte_eth_dev_stop(fx->tx_port), 0);
		conf.nb_rx = counts[i];
		nl_again(fx, &conf);
		flow_reta(fx, reta);
		for (unsigned int k = 0; k < FLOW_RETA_SIZE; k++)
			assert_int_equal(reta[k], k % counts[i]);
	}
}

static void
other_steering_has_no_rss(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_rss_conf conf = { 0 };
	struct fx_port port = { .nb_rx = NB_RX };

	nl_plug(fx, "steer=queue");
	assert_int_equal(nl_info(fx).flow_type_rss_offloads, 0);
	assert_int_equal(nl_info(fx).reta_size, 0);
	assert_true((nl_info(fx).rx_offload_capa & HASH) == 0);
	port.eth.rxmode.offloads = HASH;
	port.pool = fx->pool = fx_pool(fx, 255, NL_ROOM_BYTES);
	assert_int_equal(fx_port_try(fx->tx_port, &port), -EINVAL);
	port.eth.rxmode.offloads = 0;
	port.eth.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	nl_again(fx, &port);
	assert_int_equal(rte_eth_dev_rss_hash_update(fx->tx_port, &conf), -ENOTSUP);
	assert_int_equal(rte_eth_dev_rss_hash_conf_get(fx->tx_port, &conf), -ENOTSUP);
	assert_true(reta_set_all(fx, 0) < 0);
}

static const struct lo_case reta_cases[] = {
	LO_CASE(table_spreads_evenly_at_first),
	LO_CASE(flows_part_over_all_queues),
	LO_CASE(table_update_moves_flows),
	LO_CASE(bad_tables_are_refused),
	LO_CASE(key_changes_the_hash),
	LO_CASE(update_without_key_keeps_it),
	LO_CASE(bad_keys_and_types_are_refused),
	LO_CASE(table_fits_the_queues_of_each_configure),
	LO_CASE(other_steering_has_no_rss),
};
LO_REGISTER_TEST(net_lo_autotest, reta_cases);
