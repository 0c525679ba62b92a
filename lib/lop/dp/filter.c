/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The hook of a filter: one look-up for the burst.
 */

#include <netinet/in.h>

#include <rte_ip.h>
#include <rte_mbuf.h>

#include "filter.h"

bool
lop_filter_has_ports(uint8_t protocol)
{
	return protocol == IPPROTO_UDP || protocol == IPPROTO_TCP || protocol == IPPROTO_UDPLITE ||
			protocol == IPPROTO_SCTP || protocol == IPPROTO_DCCP;
}

/* Ports that cannot be seen, as those of a later fragment, fit only what asks for none. */
static inline void
ports_get(struct lop_filter_key *key, const struct rte_mbuf *m, const struct rte_ipv4_hdr *ip)
{
	const uint32_t at = rte_ipv4_hdr_len(ip);
	const uint16_t *port;
	uint16_t room[2];

	key->sport_be = 0;
	key->dport_be = 0;
	key->has_ports_be = 0;
	if ((ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_OFFSET_MASK)) != 0 ||
			!lop_filter_has_ports(ip->next_proto_id))
		return;
	port = rte_pktmbuf_read(m, at, sizeof(room), room);
	if (port == NULL)
		return;
	key->sport_be = port[0];
	key->dport_be = port[1];
	key->has_ports_be = RTE_BE32(1);
}

static inline void
key_get(struct lop_filter_key *key, const struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);

	key->protocol = ip->next_proto_id;
	key->saddr_be = ip->src_addr;
	key->daddr_be = ip->dst_addr;
	ports_get(key, m, ip);
}

void
lop_filter_hook(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts,
		uint8_t *verdicts, uint16_t n)
{
	const struct lop_filter *filter = arg;
	const struct lop_filter_table *t = lop_acquire(filter->table);
	RTE_ATOMIC(uint64_t) *hits = t->hits + rte_lcore_id() * t->lane;
	struct lop_filter_key key[LOP_BURST_MAX];
	const uint8_t *data[LOP_BURST_MAX];
	uint32_t found[LOP_BURST_MAX];

	RTE_SET_USED(state);
	if (t->acl == NULL) {
		lop_count(hits[0], n);
		for (uint16_t i = 0; i < n; i++)
			verdicts[i] = filter->policy;
		return;
	}
	for (uint16_t i = 0; i < n; i++) {
		key_get(&key[i], pkts[i]);
		data[i] = (const uint8_t *)&key[i];
	}
	rte_acl_classify(t->acl, data, found, n, 1);
	for (uint16_t i = 0; i < n; i++) {
		/* rules count from 1; 0: none fits */
		const unsigned int rule = found[i] != 0 ? found[i] - 1 : t->n;

		lop_count(hits[rule], 1);
		verdicts[i] = t->verdict[rule];
	}
}
