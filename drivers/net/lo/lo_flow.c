/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * steer=flow, the control side: hash key, hash types and redirection table.
 */

#include <errno.h>
#include <string.h>

#include <rte_thash.h>

#include "lo.h"
#include "lo_hash.h"

/* The key that published verification suites of the Toeplitz hash use. */
static const uint8_t lo_default_key[LO_RSS_KEY_BYTES] = {
	0x6d,
	0x5a,
	0x56,
	0xda,
	0x25,
	0x5b,
	0x0e,
	0xc2,
	0x41,
	0x67,
	0x25,
	0x3d,
	0x43,
	0xa3,
	0x8f,
	0xb0,
	0xd0,
	0xca,
	0x2b,
	0xcb,
	0xae,
	0x7b,
	0x30,
	0xb4,
	0x77,
	0xcb,
	0x2d,
	0xa3,
	0x80,
	0x30,
	0xf2,
	0x0c,
	0x6a,
	0x42,
	0xb7,
	0x3b,
	0xbe,
	0xac,
	0x01,
	0xfa,
};

static void
lo_key_set(struct lo_flow *flow, const uint8_t *key)
{
	memcpy(flow->key, key, LO_RSS_KEY_BYTES);
	rte_convert_rss_key(
			(const uint32_t *)flow->key, (uint32_t *)flow->key_be, LO_RSS_KEY_BYTES);
	/* 64 key bits from each 32-bit step on, their order reversed; see lo_hash.h */
	for (unsigned int i = 0; i < RTE_DIM(flow->key_window); i++) {
		uint64_t window = 0;

		for (unsigned int bit = 0; bit < 64; bit++) {
			unsigned int at = 32 * i + bit;

			if ((key[at / 8] >> (7 - at % 8) & 1) != 0)
				window |= RTE_BIT64(bit);
		}
		flow->key_window[i] = window;
	}
}

static void
lo_hash_types_set(struct lo_flow *flow, uint64_t types)
{
	const uint64_t other = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_OTHER;

	flow->hash_types = types;
	for (unsigned int proto = 0; proto < RTE_DIM(flow->plain_words); proto++) {
		uint64_t l4 = lo_hash_l4_type(proto, false);
		uint64_t pair = l4 == 0 ? other : RTE_ETH_RSS_IPV4;

		if ((l4 & types) != 0)
			flow->plain_words[proto] = 3;
		else
			flow->plain_words[proto] = (types & pair) != 0 ? 2 : 0;
	}
}

/* A key of NULL leaves the key as it is. */
static int
lo_rss_apply(struct lo_flow *flow, const struct rte_eth_rss_conf *conf)
{
	if (conf->rss_key != NULL && conf->rss_key_len != LO_RSS_KEY_BYTES &&
			conf->rss_key_len != 0) {
		LO_LOG(ERR, "RSS key of %u bytes: want %u", conf->rss_key_len, LO_RSS_KEY_BYTES);
		return -EINVAL;
	}
	if (conf->rss_key != NULL)
		lo_key_set(flow, conf->rss_key);
	lo_hash_types_set(flow, conf->rss_hf);
	return 0;
}

int
lo_flow_configure(struct rte_eth_dev *eth)
{
	const struct rte_eth_conf *conf = &eth->data->dev_conf;
	const struct rte_eth_rss_conf *rss = &conf->rx_adv_conf.rss_conf;
	struct lo_flow *flow = lo_dev_of(eth)->flow;

	if (flow == NULL)
		return 0;
	lo_key_set(flow, lo_default_key);
	lo_hash_types_set(flow, LO_RSS_TYPES);
	for (unsigned int i = 0; i < LO_RETA_SIZE && eth->data->nb_rx_queues != 0; i++)
		flow->reta[lo_reta_place(lo_reverse32(i))] = i % eth->data->nb_rx_queues;

	/* steer=flow was asked for: without a word from the application all types are hashed */
	if ((conf->rxmode.mq_mode & RTE_ETH_MQ_RX_RSS_FLAG) == 0)
		return 0;
	return lo_rss_apply(flow, rss);
}

int
lo_rss_hash_update(struct rte_eth_dev *eth, struct rte_eth_rss_conf *conf)
{
	struct lo_flow *flow = lo_dev_of(eth)->flow;

	if (flow == NULL)
		return -ENOTSUP;
	return lo_rss_apply(flow, conf);
}

int
lo_rss_hash_conf_get(struct rte_eth_dev *eth, struct rte_eth_rss_conf *conf)
{
	const struct lo_flow *flow = lo_dev_of(eth)->flow;

	if (flow == NULL)
		return -ENOTSUP;
	if (conf->rss_key != NULL && conf->rss_key_len >= LO_RSS_KEY_BYTES)
		memcpy(conf->rss_key, flow->key, LO_RSS_KEY_BYTES);
	conf->rss_key_len = LO_RSS_KEY_BYTES;
	conf->rss_hf = flow->hash_types;
	return 0;
}

int
lo_reta_update(struct rte_eth_dev *eth, struct rte_eth_rss_reta_entry64 *conf, uint16_t size)
{
	struct lo_flow *flow = lo_dev_of(eth)->flow;

	if (flow == NULL)
		return -ENOTSUP;
	if (size != LO_RETA_SIZE)
		return -EINVAL;
	for (unsigned int i = 0; i < size; i++) {
		const struct rte_eth_rss_reta_entry64 *group = &conf[i / RTE_ETH_RETA_GROUP_SIZE];
		unsigned int entry = i % RTE_ETH_RETA_GROUP_SIZE;

		if ((group->mask & RTE_BIT64(entry)) != 0 &&
				group->reta[entry] >= eth->data->nb_rx_queues) {
			LO_LOG(ERR, "redirection entry %u: queue %u: want 0 to %d", i,
					group->reta[entry], eth->data->nb_rx_queues - 1);
			return -EINVAL;
		}
	}
	for (unsigned int i = 0; i < size; i++) {
		const struct rte_eth_rss_reta_entry64 *group = &conf[i / RTE_ETH_RETA_GROUP_SIZE];
		unsigned int entry = i % RTE_ETH_RETA_GROUP_SIZE;

		if ((group->mask & RTE_BIT64(entry)) != 0)
			flow->reta[lo_reta_place(lo_reverse32(i))] = group->reta[entry];
	}
	return 0;
}

int
lo_reta_query(struct rte_eth_dev *eth, struct rte_eth_rss_reta_entry64 *conf, uint16_t size)
{
	const struct lo_flow *flow = lo_dev_of(eth)->flow;

	if (flow == NULL)
		return -ENOTSUP;
	if (size != LO_RETA_SIZE)
		return -EINVAL;
	for (unsigned int i = 0; i < size; i++) {
		struct rte_eth_rss_reta_entry64 *group = &conf[i / RTE_ETH_RETA_GROUP_SIZE];
		unsigned int entry = i % RTE_ETH_RETA_GROUP_SIZE;

		if ((group->mask & RTE_BIT64(entry)) != 0)
			group->reta[entry] = flow->reta[lo_reta_place(lo_reverse32(i))];
	}
	return 0;
}
