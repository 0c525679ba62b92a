/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Output stage 6: the link header of the next hop, and what is counted as transmitted.
 *
 * in    whole IPv4 packets no longer than their MTU, meta.dst
 * out   data starts at the Ethernet header
 * drop  NO_NEIGH (the sender hears EINVAL or ENOBUFS where there can be no neighbour), NO_MBUF
 */

#include <errno.h>
#include <netpacket/packet.h>

#include <rte_errno.h>
#include <rte_ip.h>

#include "headroom.h"
#include "neigh.h"
#include "stages.h"
#include "trace.h"

static void
count_class(struct lop_worker *w, const struct lop_dst *dst, uint64_t packets, uint64_t bytes)
{
	if ((dst->cache_flags & RTCF_MULTICAST) != 0) {
		lop_mib_add(w, IPEXT_OUTMCASTPKTS, packets);
		lop_mib_add(w, IPEXT_OUTMCASTOCTETS, bytes);
	} else if ((dst->cache_flags & RTCF_BROADCAST) != 0) {
		lop_mib_add(w, IPEXT_OUTBCASTPKTS, packets);
		lop_mib_add(w, IPEXT_OUTBCASTOCTETS, bytes);
	}
}

static inline void
count(struct lop_worker *w, const struct lop_dst *dst, uint64_t packets, uint64_t bytes)
{
	lop_mib_add(w, IP_OUTTRANSMITS, packets);
	lop_mib_add(w, IPEXT_OUTOCTETS, bytes);
	if (unlikely((dst->cache_flags & (RTCF_MULTICAST | RTCF_BROADCAST)) != 0))
		count_class(w, dst, packets, bytes);
}

static __rte_always_inline uint32_t
next_hop_of(const struct rte_mbuf *m, const struct lop_dst *dst)
{
	return dst->gateway_be != 0 ? dst->gateway_be
				    : rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *)->dst_addr;
}

/* Begin to load the neighbours of packets whose destinations do not know them. */
static __rte_noinline void
prefetch(const struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_neigh_chains *c = lop_neigh_chains_of(w->lop->neigh);
	uint64_t chain[LOP_BURST_MAX];

	for (uint16_t i = 0; i < n; i++) {
		const struct lop_dst *dst = lop_meta(pkts[i])->dst;

		chain[i] = lop_neigh_hash(dst->dev,
					   lop_neigh_key(dst->dev, next_hop_of(pkts[i], dst))) >>
				c->shift;
		rte_prefetch0(&c->head[chain[i]]);
	}
	for (uint16_t i = 0; i < n; i++) {
		const struct lop_neigh *neigh = lop_acquire(c->head[chain[i]]);

		if (likely(neigh != NULL))
			rte_prefetch0(neigh);
	}
}

/* A packet leaves by what is STALE: DELAY, unless a user has set something else (NE-08). */
static __rte_noinline void
stale_used(struct lop_neigh *neigh)
{
	uint16_t state = NUD_STALE;

	rte_atomic_compare_exchange_strong_explicit(&neigh->state, &state, NUD_DELAY,
			rte_memory_order_relaxed, rte_memory_order_relaxed);
}

/* The neighbour of a packet, or NULL: it was dropped. */
static struct lop_neigh *
neigh_of(struct lop_worker *w, struct rte_mbuf *m, const struct lop_dst *dst)
{
	struct lop_neigh *neigh = dst->neigh;
	uint16_t state;

	if (neigh == NULL)
		neigh = lop_neigh_get(w, dst->dev, next_hop_of(m, dst));
	if (unlikely(neigh == NULL)) {
		lop_out_drop(w, m, NO_NEIGH, rte_errno);
		return NULL;
	}
	state = lop_load(neigh->state);
	if (unlikely((state & LOP_NUD_VALID) == 0)) {
		lop_drop(w, m, NO_NEIGH);
		return NULL;
	}
	if (unlikely(state == NUD_STALE))
		stale_used(neigh);
	return neigh;
}

/* A packet without room for its link header (contract IPO-04). NULL: it was dropped. */
static __rte_noinline struct rte_mbuf *
link_header_squeeze(struct lop_worker *w, struct rte_mbuf *m, const struct lop_neigh *neigh)
{
	struct rte_mbuf *roomy = lop_headroom_more(w, m);

	if (roomy == NULL) {
		lop_out_drop(w, m, NO_MBUF, ENOMEM);
		return NULL;
	}
	lop_neigh_header(neigh, (uint8_t *)rte_pktmbuf_prepend(roomy, RTE_ETHER_HDR_LEN));
	return roomy;
}

/* NULL: it was dropped. */
static struct rte_mbuf *
link_header_put(struct lop_worker *w, struct rte_mbuf *m, const struct lop_neigh *neigh)
{
	char *to;

	if (lop_load(neigh->header_bytes) == 0)
		return m;
	to = rte_pktmbuf_prepend(m, RTE_ETHER_HDR_LEN);
	if (unlikely(to == NULL))
		return link_header_squeeze(w, m, neigh);
	if (!w->out.linked)
		lop_neigh_header(neigh, (uint8_t *)to);
	return m;
}

uint16_t
lop_neigh_out(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t kept = 0;

	if (n > 1 && lop_meta(pkts[0])->dst->neigh == NULL)
		prefetch(w, pkts, n);
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		const struct lop_dst *dst = lop_meta(m)->dst;
		const uint32_t bytes = m->pkt_len;
		struct lop_neigh *neigh;

		count(w, dst, 1, bytes);
		neigh = neigh_of(w, m, dst);
		if (lop_tracing(w) && neigh != NULL)
			lop_trace_burst(w, LOP_TRACE_NEIGH, &m, 1, (uintptr_t)neigh, 0);
		if (unlikely(neigh == NULL))
			continue;
		/* contract SEND-10: when it leaves, not when it is sent */
		if (unlikely((lop_meta(m)->flags & LOP_META_CONFIRM) != 0))
			lop_store(neigh->confirmed_us, lop_now(w));
		m = link_header_put(w, m, neigh);
		if (likely(m != NULL))
			pkts[kept++] = m;
	}
	return kept;
}
