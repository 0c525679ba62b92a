/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Input stage 1: whose frame it is, and of what kind.
 *
 * in    frames of one interface, meta.ifindex
 * out   data starts at the IPv4 header; meta.pkt_type; frames of lo have the meta they left with
 * drop  TRUNCATED, DEV_DOWN (contract BK-02), UNKNOWN_ETHERTYPE (BK-08)
 *
 * No interface here has a VLAN: a tag is taken off, and what is tagged with one is another's.
 */

#include <netpacket/packet.h>
#include <string.h>

#include <rte_ether.h>

#include "stages.h"
#include "tap.h"

/* From here on what stands for a type is one, not a length. */
#define LENGTHS_END 0x600

static_assert(LOP_BURST_MAX <= 64, "a bit for each frame");

/* contract XM-04 */
static uint8_t
pkt_type_of(const struct lop_if *dev, const struct rte_ether_hdr *eth)
{
	if (rte_is_same_ether_addr(&eth->dst_addr, &dev->mac))
		return PACKET_HOST;
	if (!rte_is_multicast_ether_addr(&eth->dst_addr))
		return PACKET_OTHERHOST;
	return rte_is_same_ether_addr(&eth->dst_addr, &dev->broadcast) ? PACKET_BROADCAST
								       : PACKET_MULTICAST;
}

/* What came in over lo brings its destination along; from anywhere else it does not. */
static __rte_always_inline void
meta_start(struct rte_mbuf *m, const struct lop_if *dev)
{
	struct lop_meta *meta = lop_meta(m);

	if (likely(dev->loopback && (m->ol_flags & lop_meta_flag_bit) != 0)) {
		meta->sock = NULL; /* orphaned: contract XM-02 */
		return;
	}
	*meta = (struct lop_meta){ .ifindex = dev->ifindex };
	m->ol_flags |= lop_meta_flag_bit;
}

static inline uint16_t
type_of(const struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod(m, const struct rte_ether_hdr *)->ether_type;
}

static inline bool
is_tagged(const struct rte_mbuf *m)
{
	return type_of(m) == RTE_BE16(RTE_ETHER_TYPE_VLAN) ||
			type_of(m) == RTE_BE16(RTE_ETHER_TYPE_QINQ);
}

/* Take a tag off. The VLAN's number; -1: the frame ends too early. */
static int
untag(struct rte_mbuf *m)
{
	const uint32_t whole = RTE_ETHER_HDR_LEN + sizeof(struct rte_vlan_hdr) + sizeof(uint16_t);
	struct rte_vlan_hdr tag;
	uint8_t *p;

	if (m->pkt_len < whole || (m->data_len < whole && rte_pktmbuf_linearize(m) != 0))
		return -1;
	p = rte_pktmbuf_mtod(m, uint8_t *);
	memcpy(&tag, p + RTE_ETHER_HDR_LEN, sizeof(tag));
	memmove(p + sizeof(tag), p, 2 * RTE_ETHER_ADDR_LEN);
	rte_pktmbuf_adj(m, sizeof(tag));
	return rte_be_to_cpu_16(tag.vlan_tci) & 0xfff;
}

/* Frames of a burst that came with a tag, by their places; of them, those of a VLAN. */
struct tags {
	uint64_t any, vlan;
};

/* The outer tags of a burst, before taps see it. What is not whole goes uncounted. */
static __rte_noinline uint16_t
untag_all(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n, struct tags *tags)
{
	uint16_t kept = 0;

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];

		if (is_tagged(m)) {
			const int vlan = untag(m);

			if (vlan < 0) {
				lop_drop(w, m, TRUNCATED);
				continue;
			}
			tags->any |= UINT64_C(1) << kept;
			tags->vlan |= (uint64_t)(vlan != 0) << kept;
		}
		pkts[kept++] = m;
	}
	return kept;
}

/* Behind the taps, to which it was shown as it came: a frame of a VLAN is another host's. Where the
 * tag names none, the next one counts. false: the frame ended too early. */
static __rte_noinline bool
tags_end(struct lop_worker *w, struct rte_mbuf *m, bool is_vlan)
{
	int vlan = is_vlan;

	while (vlan == 0 && is_tagged(m))
		vlan = untag(m);
	if (vlan < 0)
		lop_drop(w, m, TRUNCATED);
	else if (vlan > 0)
		lop_meta(m)->pkt_type = PACKET_OTHERHOST;
	return vlan >= 0;
}

/* Types that Linux knows somebody for, whatever he makes of them: ARP, IPv6, 802.2 (XM-04). */
static bool
is_known(const struct rte_mbuf *m)
{
	const uint16_t type = rte_be_to_cpu_16(type_of(m));
	uint16_t room;
	const uint16_t *first;

	if (type == RTE_ETHER_TYPE_ARP || type == RTE_ETHER_TYPE_IPV6)
		return true;
	if (type >= LENGTHS_END)
		return false;
	/* behind a length, these bytes are those of 802.3 without 802.2 */
	first = rte_pktmbuf_read(m, RTE_ETHER_HDR_LEN, sizeof(room), &room);
	return first == NULL || *first != UINT16_MAX;
}

static __rte_noinline void
drop_unknown(struct lop_worker *w, const struct lop_if *dev, struct rte_mbuf *m, bool taken)
{
	if (!taken && !is_known(m))
		lop_count(w->ifs[dev->ifindex].rx_dropped, 1);
	lop_drop(w, m, UNKNOWN_ETHERTYPE);
}

static void
drop_all(struct lop_worker *w, struct lop_if *dev, struct rte_mbuf **pkts, uint16_t n)
{
	lop_count(w->ifs[dev->ifindex].rx_dropped, n);
	for (uint16_t i = 0; i < n; i++)
		lop_drop(w, pkts[i], DEV_DOWN);
}

/*
 * DEV-11: a frame on lo was transmitted and received at once, and its header does not count; one
 * of another device counts whole, as it did when it left.
 */
static void
count(struct lop_worker *w, const struct lop_if *dev, uint64_t packets, uint64_t bytes)
{
	struct lop_if_count *c = &w->ifs[dev->ifindex];

	lop_count(c->rx_packets, packets);
	lop_count(c->rx_bytes, bytes);
	if (dev->loopback) {
		lop_count(c->tx_packets, packets);
		lop_count(c->tx_bytes, bytes);
	} else {
		lop_count(c->rx_bytes, packets * RTE_ETHER_HDR_LEN);
	}
}

/* Frames with their headers whole and meta begun, counted and shown to taps. */
static __rte_always_inline uint16_t
receive(struct lop_worker *w, struct lop_if *dev, struct rte_mbuf **pkts, uint16_t n,
		struct tags *tags, bool *tapped)
{
	bool tagged = false;
	uint64_t bytes = 0;
	uint16_t whole = 0;

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];

		if (unlikely(rte_pktmbuf_data_len(m) < RTE_ETHER_HDR_LEN)) {
			lop_drop(w, m, TRUNCATED);
			continue;
		}
		meta_start(m, dev);
		lop_meta(m)->pkt_type = pkt_type_of(
				dev, rte_pktmbuf_mtod(m, const struct rte_ether_hdr *));
		bytes += m->pkt_len - RTE_ETHER_HDR_LEN;
		tagged |= is_tagged(m);
		pkts[whole++] = m;
	}
	count(w, dev, whole, bytes);
	if (unlikely(tagged))
		whole = untag_all(w, pkts, whole, tags);
	if (unlikely(lop_load(w->lop->hooks.taps) != NULL) && whole != 0)
		*tapped = lop_taps_in(w, dev, pkts, whole);
	return whole;
}

uint16_t
lop_eth_in(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	struct lop_if *dev = lop_if_of(w->lop, lop_meta(pkts[0])->ifindex);
	struct tags tags = { 0, 0 };
	uint16_t whole, kept = 0;
	bool tapped = false;

	if (unlikely(!lop_if_is_up(dev))) {
		drop_all(w, dev, pkts, n);
		return 0;
	}
	whole = receive(w, dev, pkts, n, &tags, &tapped);
	for (uint16_t i = 0; i < whole; i++) {
		struct rte_mbuf *m = pkts[i];
		const bool tagged = unlikely((tags.any >> i & 1) != 0);

		if (tagged && !tags_end(w, m, (tags.vlan >> i & 1) != 0))
			continue;
		if (unlikely(type_of(m) != RTE_BE16(RTE_ETHER_TYPE_IPV4))) {
			/* a tap has taken it, unless there was more to do for it behind the taps */
			drop_unknown(w, dev, m, tapped && !tagged);
			continue;
		}
		rte_pktmbuf_adj(m, RTE_ETHER_HDR_LEN);
		pkts[kept++] = m;
	}
	return kept;
}
