/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Input stage 4: where a packet goes that did not bring its destination along, and its options.
 *
 * in    packets behind PRE_ROUTING; meta.dst, or NULL
 * out   meta.dst, and it is for this host
 * drop  MARTIAN, RP_FILTER, NOT_LOCAL, DISCARD (contract MC-01, RX-05), IP_OPTIONS
 */

#include <netpacket/packet.h>

#include "fib.h"
#include "if.h"
#include "ip_options.h"
#include "stages.h"
#include "trace.h"

/* contract RX-05 */
static void
count_class(struct lop_worker *w, struct rte_mbuf *m, const struct lop_dst *dst)
{
	struct lop_meta *meta = lop_meta(m);

	if ((dst->cache_flags & RTCF_MULTICAST) != 0) {
		meta->flags |= LOP_META_MULTICAST;
		lop_mib_add(w, IPEXT_INMCASTPKTS, 1);
		lop_mib_add(w, IPEXT_INMCASTOCTETS, m->pkt_len);
	} else {
		meta->flags |= LOP_META_BROADCAST;
		lop_mib_add(w, IPEXT_INBCASTPKTS, 1);
		lop_mib_add(w, IPEXT_INBCASTOCTETS, m->pkt_len);
	}
}

/* One host's packet in a frame for many is refused where a setting says so (contract RX-05). */
static bool
is_stray(const struct lop_worker *w, const struct lop_meta *meta)
{
	const struct lop_if *in;

	if (likely(meta->pkt_type != PACKET_BROADCAST && meta->pkt_type != PACKET_MULTICAST))
		return false;
	in = lop_if_of(w->lop, meta->ifindex);
	return in != NULL && lop_if_drop_unicast_in_l2_multicast(in);
}

/* NULL: it was dropped. */
static const struct lop_dst *
route(struct lop_worker *w, struct rte_mbuf *m)
{
	struct lop_meta *meta = lop_meta(m);
	struct lop_if *in = lop_if_of(w->lop, meta->ifindex);
	int reason = LOP_DROP_DISCARD;

	if (in != NULL && lop_route_input(w, m, in, &meta->dst, &reason) == 0)
		return meta->dst;
	/* options of somebody else's packets are looked at before it is refused (contract RX-06) */
	if ((reason == LOP_DROP_NOT_LOCAL || reason == LOP_DROP_NO_ROUTE) && meta->l3_len > 20 &&
			lop_options_in(w, m, in) != 0)
		reason = LOP_DROP_IP_OPTIONS;
	else if ((reason == LOP_DROP_NOT_LOCAL || reason == LOP_DROP_NO_ROUTE) && is_stray(w, meta))
		reason = LOP_DROP_DISCARD;
	lop_route_input_count(w, reason);
	lop_drop_packet(w, m, reason);
	return NULL;
}

/* What is not as usual about a packet; false: it was dropped. */
static __rte_noinline bool
look_closer(struct lop_worker *w, struct rte_mbuf *m)
{
	const struct lop_meta *meta = lop_meta(m);
	const struct lop_dst *dst = meta->dst != NULL ? meta->dst : route(w, m);

	if (dst == NULL)
		return false;
	if (meta->l3_len > 20 && lop_options_in(w, m, lop_if_of(w->lop, meta->ifindex)) != 0) {
		lop_drop(w, m, IP_OPTIONS);
		return false;
	}
	if ((dst->cache_flags & (RTCF_MULTICAST | RTCF_BROADCAST)) != 0) {
		count_class(w, m, dst);
	} else if (is_stray(w, meta)) {
		lop_drop(w, m, DISCARD);
		return false;
	}
	if (dst->input != LOP_INPUT_DELIVER) {
		lop_drop(w, m, DISCARD);
		return false;
	}
	return true;
}

uint16_t
lop_route_in(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t kept = 0;

	for (uint16_t i = 0; i < n; i++) {
		const struct lop_meta *meta = lop_meta(pkts[i]);
		const struct lop_dst *dst = meta->dst;

		if (likely(dst != NULL && meta->l3_len == 20 && dst->input == LOP_INPUT_DELIVER &&
				    meta->pkt_type == PACKET_HOST &&
				    (dst->cache_flags & (RTCF_MULTICAST | RTCF_BROADCAST)) == 0) ||
				look_closer(w, pkts[i]))
			pkts[kept++] = pkts[i];
	}
	if (lop_tracing(w) && kept != 0)
		lop_trace_burst(w, LOP_TRACE_ROUTE_IN, pkts, kept, 0, 0);
	return kept;
}
