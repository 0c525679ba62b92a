/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Input stage 2: the IPv4 header, checked in order of trust (contract RX-01).
 *
 * in    data starts at the IPv4 header
 * out   a header that is there as a whole in the first segment, and no more data than it says
 * drop  OTHERHOST, IP_HEADER, IP_CSUM, TRUNCATED
 */

#include <netpacket/packet.h>

#include <rte_ip.h>

#include "ip_sum.h"
#include "stages.h"
#include "trace.h"

/* Have `bytes` of the packet in its first segment. */
static inline bool
pull(struct rte_mbuf *m, uint16_t bytes)
{
	if (likely(m->data_len >= bytes))
		return true;
	return m->pkt_len >= bytes && rte_pktmbuf_linearize(m) == 0;
}

/* Cut padding off the end, in whichever segment it is. */
static void
trim(struct rte_mbuf *m, uint32_t bytes)
{
	struct rte_mbuf *seg = m;
	uint32_t left = bytes;

	m->pkt_len = bytes;
	while (left > seg->data_len) {
		left -= seg->data_len;
		seg = seg->next;
	}
	seg->data_len = left;
	if (seg->next != NULL) {
		struct rte_mbuf *rest = seg->next;

		for (const struct rte_mbuf *s = rest; s != NULL; s = s->next)
			m->nb_segs--;
		seg->next = NULL;
		rte_pktmbuf_free(rest);
	}
}

static void
count_ecn(struct lop_worker *w, uint8_t tos)
{
	switch (tos & RTE_IPV4_HDR_ECN_MASK) {
	case 0:
		lop_mib_add(w, IPEXT_INNOECTPKTS, 1);
		break;
	case 1:
		lop_mib_add(w, IPEXT_INECT1PKTS, 1);
		break;
	case 2:
		lop_mib_add(w, IPEXT_INECT0PKTS, 1);
		break;
	default:
		lop_mib_add(w, IPEXT_INCEPKTS, 1);
	}
}

/* Why a packet is refused, or LOP_DROP_COUNT; counted. */
static __rte_always_inline enum lop_drop_reason
refusal(struct lop_worker *w, struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip;
	uint32_t total;
	uint8_t header;

	if (unlikely(!pull(m, sizeof(*ip)))) {
		lop_mib_add(w, IP_INHDRERRORS, 1);
		return LOP_DROP_IP_HEADER;
	}
	ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	header = (ip->version_ihl & RTE_IPV4_HDR_IHL_MASK) * RTE_IPV4_IHL_MULTIPLIER;
	if (unlikely(ip->version_ihl >> 4 != IPVERSION || header < sizeof(*ip))) {
		lop_mib_add(w, IP_INHDRERRORS, 1);
		return LOP_DROP_IP_HEADER;
	}
	count_ecn(w, ip->type_of_service);
	if (unlikely(header > sizeof(*ip))) {
		if (!pull(m, header)) {
			lop_mib_add(w, IP_INHDRERRORS, 1);
			return LOP_DROP_IP_HEADER;
		}
		ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	}
	if (unlikely(!lop_ip_sum_is_right(ip, header))) {
		lop_mib_add(w, IPEXT_INCSUMERRORS, 1);
		lop_mib_add(w, IP_INHDRERRORS, 1);
		return LOP_DROP_IP_CSUM;
	}
	total = rte_be_to_cpu_16(ip->total_length);
	if (unlikely(total > m->pkt_len)) {
		lop_mib_add(w, IPEXT_INTRUNCATEDPKTS, 1);
		return LOP_DROP_TRUNCATED;
	}
	if (unlikely(total < header)) {
		lop_mib_add(w, IP_INHDRERRORS, 1);
		return LOP_DROP_IP_HEADER;
	}
	if (unlikely(total < m->pkt_len))
		trim(m, total);
	lop_meta(m)->l3_len = header;
	return LOP_DROP_COUNT;
}

uint16_t
lop_ip_in(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	uint64_t bytes = 0;
	uint16_t received = 0, kept = 0;

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		enum lop_drop_reason reason;

		if (unlikely(lop_meta(m)->pkt_type == PACKET_OTHERHOST)) {
			lop_count(w->ifs[lop_meta(m)->ifindex].rx_otherhost_dropped, 1);
			lop_drop(w, m, OTHERHOST);
			continue;
		}
		received++;
		bytes += m->pkt_len;
		reason = refusal(w, m);
		if (likely(reason == LOP_DROP_COUNT))
			pkts[kept++] = m;
		else
			lop_drop_packet(w, m, reason);
	}
	if (lop_tracing(w) && kept != 0)
		lop_trace_burst(w, LOP_TRACE_IP_IN, pkts, kept, 0, 0);
	lop_mib_add(w, IP_INRECEIVES, received);
	lop_mib_add(w, IPEXT_INOCTETS, bytes);
	return kept;
}
