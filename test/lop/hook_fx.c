/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Hooks that remember what they saw, and packets made by hand. */

#include <string.h>

#include <rte_ip.h>
#include <rte_udp.h>

#include "hook_fx.h"

const enum lop_hook_point hook_points[4] = { LOP_HOOK_PRE_ROUTING, LOP_HOOK_LOCAL_IN,
	LOP_HOOK_LOCAL_OUT, LOP_HOOK_POST_ROUTING };

static void
change(const struct seen *seen, struct rte_mbuf *m)
{
	struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, struct rte_ipv4_hdr *);

	if (seen->new_daddr_be != 0)
		ip->dst_addr = seen->new_daddr_be;
	if (seen->new_saddr_be != 0)
		ip->src_addr = seen->new_saddr_be;
	if (seen->new_tos != 0)
		ip->type_of_service = seen->new_tos;
	if (seen->new_daddr_be != 0 || seen->new_saddr_be != 0 || seen->new_tos != 0) {
		ip->hdr_checksum = 0;
		ip->hdr_checksum = rte_ipv4_cksum(ip);
	}
}

void
seen_hook(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts, uint8_t *verdicts,
		uint16_t n)
{
	struct seen *seen = arg;

	assert_true(seen->calls < SEEN_MAX && seen->packets + n <= SEEN_MAX);
	if (seen->next_in_order != NULL)
		*(*seen->next_in_order)++ = seen;
	seen->state[seen->calls] = *state;
	seen->burst[seen->calls++] = n;
	for (uint16_t i = 0; i < n; i++) {
		const unsigned int place = seen->packets++;

		assert_int_equal(verdicts[i], LOP_VERDICT_ACCEPT);
		assert_int_equal(*rte_pktmbuf_mtod(pkts[i], uint8_t *), RTE_IPV4_VHL_DEF);
		change(seen, pkts[i]);
		seen->pkt[place] = pkts[i];
		verdicts[i] = seen->next[place] != 0 ? seen->next[place] - 1 : seen->verdict;
	}
}

int
seen_register(struct lop *lop, struct seen *seen, enum lop_hook_point point, int priority)
{
	const struct lop_hook hook = {
		.name = "seen",
		.point = point,
		.priority = priority,
		.fn = seen_hook,
		.arg = seen,
	};
	const int id = lop_hook_register(lop, &hook);

	assert_true(id > 0);
	return id;
}

void
seen_queue(void *arg, const struct lop_hook_state *state, struct rte_mbuf *pkt)
{
	struct seen *seen = arg;

	assert_true(seen->packets < SEEN_MAX);
	seen->state[seen->packets] = *state;
	seen->pkt[seen->packets++] = pkt;
}

struct rte_mbuf *
hand_made(struct lop *lop, const char *saddr, const char *daddr, uint16_t sport, uint16_t dport)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(lop_mempool(lop));
	struct rte_ipv4_hdr *ip;
	struct rte_udp_hdr *udp;

	assert_non_null(m);
	assert_non_null(rte_pktmbuf_append(m, sizeof(*ip) + sizeof(*udp) + 18));
	ip = rte_pktmbuf_mtod(m, struct rte_ipv4_hdr *);
	memset(ip, 0, sizeof(*ip) + sizeof(*udp) + 18);
	udp = (struct rte_udp_hdr *)(ip + 1);
	ip->version_ihl = RTE_IPV4_VHL_DEF;
	ip->total_length = htons(sizeof(*ip) + sizeof(*udp) + 18);
	ip->time_to_live = 64;
	ip->next_proto_id = IPPROTO_UDP;
	ip->src_addr = inet_addr(saddr);
	ip->dst_addr = inet_addr(daddr);
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	udp->src_port = htons(sport);
	udp->dst_port = htons(dport);
	udp->dgram_len = htons(sizeof(*udp) + 18);
	m->ol_flags |= lop_meta_flag_bit;
	*lop_meta(m) = (struct lop_meta){ .dst = lop->lo->dst_on_link,
		.flags = LOP_META_CSUM_VALID,
		.ifindex = LOP_LO_INDEX,
		.l3_len = sizeof(*ip) };
	return m;
}

lop_stage_t *
hook_stage(enum lop_hook_point point)
{
	switch (point) {
	case LOP_HOOK_PRE_ROUTING:
		return lop_hook_pre;
	case LOP_HOOK_LOCAL_IN:
		return lop_hook_local_in;
	case LOP_HOOK_LOCAL_OUT:
		return lop_hook_local_out;
	default:
		return lop_hook_post;
	}
}
