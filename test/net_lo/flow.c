/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Frames of all kinds that RSS tells apart, and their hash by DPDK's own function. */

#include <string.h>

#include <rte_ip.h>
#include <rte_thash.h>

#include "flow.h"

#define V4_ANY (RTE_ETH_RSS_IPV4)
#define V6_ANY (RTE_ETH_RSS_IPV6)

const char *const flow_kind_name[] = {
	[FLOW_V4_UDP] = "IPv4 UDP",
	[FLOW_V4_TCP] = "IPv4 TCP",
	[FLOW_V4_SCTP] = "IPv4 SCTP",
	[FLOW_V4_FRAG_FIRST] = "first fragment of IPv4 UDP",
	[FLOW_V4_FRAG_LAST] = "last fragment of IPv4 UDP",
	[FLOW_V4_OTHER] = "IPv4 ICMP",
	[FLOW_V4_OPTIONS] = "IPv4 UDP with an option",
	[FLOW_V4_OPTIONS_MAX] = "IPv4 UDP with 40 bytes of options",
	[FLOW_V6_UDP] = "IPv6 UDP",
	[FLOW_V6_TCP] = "IPv6 TCP",
	[FLOW_V6_SCTP] = "IPv6 SCTP",
	[FLOW_V6_FRAG] = "IPv6 fragment",
	[FLOW_V6_OTHER] = "IPv6 ICMP",
	[FLOW_NOT_IP] = "not IP",
};

/* What a kind is made of, and the types that hash it with ports or by its addresses alone. */
static const struct kind {
	uint8_t ip;
	uint8_t proto;
	uint8_t options;
	uint16_t fragment;
	uint64_t with_ports;
	uint64_t addresses;
} kinds[] = {
	[FLOW_V4_UDP] = { 4, IPPROTO_UDP, 0, 0, RTE_ETH_RSS_NONFRAG_IPV4_UDP, V4_ANY },
	[FLOW_V4_TCP] = { 4, IPPROTO_TCP, 0, 0, RTE_ETH_RSS_NONFRAG_IPV4_TCP, V4_ANY },
	[FLOW_V4_SCTP] = { 4, IPPROTO_SCTP, 0, 0, RTE_ETH_RSS_NONFRAG_IPV4_SCTP, V4_ANY },
	[FLOW_V4_FRAG_FIRST] = { 4, IPPROTO_UDP, 0, RTE_IPV4_HDR_MF_FLAG, 0,
			V4_ANY | RTE_ETH_RSS_FRAG_IPV4 },
	[FLOW_V4_FRAG_LAST] = { 4, IPPROTO_UDP, 0, 185, 0, V4_ANY | RTE_ETH_RSS_FRAG_IPV4 },
	[FLOW_V4_OTHER] = { 4, IPPROTO_ICMP, 0, 0, 0, V4_ANY | RTE_ETH_RSS_NONFRAG_IPV4_OTHER },
	[FLOW_V4_OPTIONS] = { 4, IPPROTO_UDP, 4, 0, RTE_ETH_RSS_NONFRAG_IPV4_UDP, V4_ANY },
	[FLOW_V4_OPTIONS_MAX] = { 4, IPPROTO_UDP, 40, 0, RTE_ETH_RSS_NONFRAG_IPV4_UDP, V4_ANY },
	[FLOW_V6_UDP] = { 6, IPPROTO_UDP, 0, 0, RTE_ETH_RSS_NONFRAG_IPV6_UDP, V6_ANY },
	[FLOW_V6_TCP] = { 6, IPPROTO_TCP, 0, 0, RTE_ETH_RSS_NONFRAG_IPV6_TCP, V6_ANY },
	[FLOW_V6_SCTP] = { 6, IPPROTO_SCTP, 0, 0, RTE_ETH_RSS_NONFRAG_IPV6_SCTP, V6_ANY },
	[FLOW_V6_FRAG] = { 6, IPPROTO_FRAGMENT, 0, 0, 0, V6_ANY | RTE_ETH_RSS_FRAG_IPV6 },
	[FLOW_V6_OTHER] = { 6, IPPROTO_ICMPV6, 0, 0, 0, V6_ANY | RTE_ETH_RSS_NONFRAG_IPV6_OTHER },
	[FLOW_NOT_IP] = { 0, 0, 0, 0, 0, 0 },
};

static void
random_bytes(uint8_t *to, unsigned int n, uint64_t *random)
{
	for (unsigned int i = 0; i < n; i++)
		to[i] = nl_random(random);
}

void
flow_frame_make(struct flow_frame *f, enum flow_kind kind, uint64_t *random)
{
	const struct kind *k = &kinds[kind];
	const struct pkt p = { .ip = k->ip, .l4 = k->ip == 0 ? 0 : IPPROTO_UDP, .size = 100 };
	uint8_t *ip = f->bytes + RTE_ETHER_HDR_LEN;

	f->kind = kind;
	f->size = pkt_bytes(&p, f->bytes) + k->options;
	f->l4_off = RTE_ETHER_HDR_LEN + sizeof(struct rte_ipv4_hdr) + k->options;
	if (k->ip == 4) {
		struct rte_ipv4_hdr *v4 = (void *)ip;

		v4->version_ihl += k->options / 4;
		v4->next_proto_id = k->proto;
		v4->fragment_offset = rte_cpu_to_be_16(k->fragment);
		random_bytes(ip + 12, 8, random);
	} else if (k->ip == 6) {
		f->l4_off = RTE_ETHER_HDR_LEN + sizeof(struct rte_ipv6_hdr);
		ip[6] = k->proto;
		random_bytes(ip + 8, 32, random);
	}
	random_bytes(f->bytes + f->l4_off, 4, random);
}

unsigned int
flow_words(enum flow_kind kind, uint64_t types)
{
	const unsigned int addresses = kinds[kind].ip == 4 ? 2 : 8;

	if ((types & kinds[kind].with_ports) != 0)
		return addresses + 1;
	return (types & kinds[kind].addresses) != 0 ? addresses : 0;
}

bool
flow_hash(const struct flow_frame *f, uint64_t types, const uint8_t *key, uint32_t *hash)
{
	const unsigned int words = flow_words(f->kind, types);
	const unsigned int addresses = kinds[f->kind].ip == 4 ? 2 : 8;
	const uint8_t *from = f->bytes + RTE_ETHER_HDR_LEN + (addresses == 2 ? 12 : 8);
	uint32_t tuple[9];

	for (unsigned int i = 0; i < words; i++) {
		rte_be32_t word;

		memcpy(&word, i < addresses ? from + 4 * i : f->bytes + f->l4_off, sizeof(word));
		tuple[i] = rte_be_to_cpu_32(word);
	}
	*hash = words == 0 ? 0 : rte_softrss(tuple, words, key);
	return words != 0;
}

void
flow_up(struct fx *fx, uint16_t nb_rx, uint16_t nb_tx, uint64_t rx_offloads)
{
	struct fx_port conf = { .nb_rx = nb_rx, .nb_tx = nb_tx };

	nl_plug(fx, "steer=flow");
	conf.eth.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	conf.eth.rxmode.offloads = rx_offloads;
	conf.eth.rx_adv_conf.rss_conf.rss_hf = nl_info(fx).flow_type_rss_offloads;
	nl_again(fx, &conf);
}

void
flow_conf(struct fx *fx, uint8_t key[FLOW_KEY_BYTES], uint64_t *types)
{
	struct rte_eth_rss_conf conf = { .rss_key = key, .rss_key_len = FLOW_KEY_BYTES };

	assert_int_equal(rte_eth_dev_rss_hash_conf_get(fx->tx_port, &conf), 0);
	assert_int_equal(conf.rss_key_len, FLOW_KEY_BYTES);
	*types = conf.rss_hf;
}

void
flow_reta(struct fx *fx, uint16_t reta[FLOW_RETA_SIZE])
{
	struct rte_eth_rss_reta_entry64 groups[FLOW_RETA_SIZE / RTE_ETH_RETA_GROUP_SIZE];

	memset(groups, 0, sizeof(groups));
	for (unsigned int i = 0; i < RTE_DIM(groups); i++)
		groups[i].mask = UINT64_MAX;
	assert_int_equal(rte_eth_dev_rss_reta_query(fx->tx_port, groups, FLOW_RETA_SIZE), 0);
	for (unsigned int i = 0; i < FLOW_RETA_SIZE; i++)
		reta[i] = groups[i / RTE_ETH_RETA_GROUP_SIZE].reta[i % RTE_ETH_RETA_GROUP_SIZE];
}

struct rte_mbuf *
flow_loop(struct fx *fx, struct rte_mbuf *m, uint16_t nb_rx, uint16_t *queue)
{
	struct rte_mbuf *found = NULL;

	nl_send(fx, m);
	for (uint16_t q = 0; q < nb_rx; q++) {
		if (rte_eth_rx_burst(fx->tx_port, q, &m, 1) == 0)
			continue;
		assert_null(found);
		found = m;
		*queue = q;
	}
	assert_non_null(found);
	return found;
}
