/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* What a received mbuf says of itself: this receive, and nothing left of the mbuf's past. */

#include <string.h>

#include "ut.h"

#define STALE_HASH 0x5a5a5a5a

/* Send one frame with these flags, receive it. The caller frees it. */
static struct rte_mbuf *
loop_flags(struct fx *fx, const struct pkt *p, uint64_t ol_flags)
{
	struct rte_mbuf *m = pkt_build(fx->pool, p);

	m->ol_flags = ol_flags;
	m->port = UINT16_MAX;
	m->hash.rss = STALE_HASH;
	m->vlan_tci = 42;
	fx_tx_all(fx->tx_port, 0, &m, 1);
	fx_rx_all(fx->rx_port, 0, &m, 1);
	return m;
}

static void
rx_port_is_the_receiver(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *m;
	struct pkt p;
	uint16_t port;

	ut_up(fx, NULL);
	p = ut_pkt(fx, 1, 60);
	m = loop_flags(fx, &p, 0);
	port = m->port;
	rte_pktmbuf_free(m);
	assert_int_equal(port, fx->rx_port);
}

/* TX_IPV4 only tells what the packet is: no offload has to be there for it. */
static void
tx_flags_do_not_cross(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *m;
	struct pkt p;
	uint64_t left;

	ut_up(fx, NULL);
	p = ut_pkt(fx, 1, 60);
	p.ip = 4;
	p.l4 = IPPROTO_UDP;
	m = loop_flags(fx, &p, RTE_MBUF_F_TX_IPV4);
	left = m->ol_flags & RTE_MBUF_F_TX_OFFLOAD_MASK;
	rte_pktmbuf_free(m);
	assert_int_equal(left, 0);
}

/* The flags of an mbuf that was received elsewhere and is forwarded into the device. */
static void
stale_flag_is_cleared(struct fx *fx, uint64_t flag)
{
	struct rte_mbuf *m;
	struct pkt p;
	uint64_t left;

	ut_up(fx, NULL);
	p = ut_pkt(fx, 1, 60);
	m = loop_flags(fx, &p, flag);
	left = m->ol_flags & flag;
	rte_pktmbuf_free(m);
	assert_int_equal(left, 0);
}

static void
stale_hash_is_cleared(void **state)
{
	stale_flag_is_cleared(*state, RTE_MBUF_F_RX_RSS_HASH);
}

static void
stale_vlan_is_cleared(void **state)
{
	stale_flag_is_cleared(*state, RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED);
}

static void
stale_cksum_result_is_cleared(void **state)
{
	stale_flag_is_cleared(*state, RTE_MBUF_F_RX_IP_CKSUM_BAD | RTE_MBUF_F_RX_L4_CKSUM_BAD);
}

static void
stale_fdir_is_cleared(void **state)
{
	stale_flag_is_cleared(*state, RTE_MBUF_F_RX_FDIR | RTE_MBUF_F_RX_FDIR_ID);
}

static uint32_t
ptype_after_loop(struct fx *fx, uint8_t ip, uint8_t l4)
{
	struct pkt p = ut_pkt(fx, 1, 100);
	struct rte_mbuf *m;
	uint32_t type;

	p.ip = ip;
	p.l4 = l4;
	m = pkt_build(fx->pool, &p);
	m->packet_type = RTE_PTYPE_L2_ETHER_ARP | RTE_PTYPE_TUNNEL_GRE; /* stale */
	fx_tx_all(fx->tx_port, 0, &m, 1);
	fx_rx_all(fx->rx_port, 0, &m, 1);
	type = m->packet_type;
	rte_pktmbuf_free(m);
	return type;
}

/* Does the device claim to tell this type? */
static bool
has_ptype(uint16_t port, uint32_t layer, uint32_t want)
{
	uint32_t types[64];
	int n = rte_eth_dev_get_supported_ptypes(port, layer, types, RTE_DIM(types));

	for (int i = 0; i < RTE_MIN(n, (int)RTE_DIM(types)); i++) {
		if (types[i] == want)
			return true;
	}
	return false;
}

static void
ptypes_listed_once(void **state)
{
	struct fx *fx = *state;
	uint32_t types[256];
	int n;

	ut_up(fx, NULL);
	n = rte_eth_dev_get_supported_ptypes(
			fx->rx_port, RTE_PTYPE_ALL_MASK, types, RTE_DIM(types));
	if (n == 0)
		lo_unsupported("packet types");
	assert_true(n >= 1 && n <= (int)RTE_DIM(types));
	for (int i = 0; i < n; i++) {
		assert_int_not_equal(types[i], RTE_PTYPE_UNKNOWN);
		for (int k = 0; k < i; k++)
			assert_int_not_equal(types[i], types[k]);
	}
}

/* Types asked for are right, whatever the sender left in the field. */
static void
ptypes_asked_for_are_right(void **state)
{
	static const struct {
		uint8_t ip, l4;
		uint32_t l3_type, l4_type;
	} rows[] = {
		{ 4, IPPROTO_UDP, RTE_PTYPE_L3_IPV4, RTE_PTYPE_L4_UDP },
		{ 4, IPPROTO_TCP, RTE_PTYPE_L3_IPV4, RTE_PTYPE_L4_TCP },
		{ 4, IPPROTO_SCTP, RTE_PTYPE_L3_IPV4, RTE_PTYPE_L4_SCTP },
		{ 6, IPPROTO_UDP, RTE_PTYPE_L3_IPV6, RTE_PTYPE_L4_UDP },
		{ 6, IPPROTO_TCP, RTE_PTYPE_L3_IPV6, RTE_PTYPE_L4_TCP },
	};
	struct fx *fx = *state;
	uint32_t set[64];

	ut_up(fx, NULL);
	if (rte_eth_dev_get_supported_ptypes(fx->rx_port, RTE_PTYPE_ALL_MASK, NULL, 0) == 0)
		lo_unsupported("packet types");
	assert_int_equal(rte_eth_dev_set_ptypes(fx->rx_port, RTE_PTYPE_ALL_MASK, set, RTE_DIM(set)),
			0);

	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		uint32_t type = ptype_after_loop(fx, rows[i].ip, rows[i].l4);

		assert_int_equal(type & RTE_PTYPE_TUNNEL_MASK, 0);
		/* IPV4_EXT and the like share the bits of IPV4. */
		assert_true(rows[i].ip == 4 ? RTE_ETH_IS_IPV4_HDR(type)
					    : RTE_ETH_IS_IPV6_HDR(type));
		if (has_ptype(fx->rx_port, RTE_PTYPE_L4_MASK, rows[i].l4_type))
			assert_int_equal(type & RTE_PTYPE_L4_MASK, rows[i].l4_type);
	}
}

/* One layer asked for, the others are not parsed. */
static void
ptypes_follow_the_mask(void **state)
{
	struct fx *fx = *state;
	uint32_t set[64] = { 0 };
	uint32_t type;

	ut_up(fx, NULL);
	if (!has_ptype(fx->rx_port, RTE_PTYPE_L4_MASK, RTE_PTYPE_L4_UDP))
		lo_unsupported("packet types of layer 4");
	assert_int_equal(rte_eth_dev_set_ptypes(fx->rx_port, RTE_PTYPE_L3_MASK, set, RTE_DIM(set)),
			0);
	for (unsigned int i = 0; i < RTE_DIM(set) && set[i] != RTE_PTYPE_UNKNOWN; i++)
		assert_int_equal(set[i] & ~RTE_PTYPE_L3_MASK, 0);

	type = ptype_after_loop(fx, 4, IPPROTO_UDP);
	assert_true(RTE_ETH_IS_IPV4_HDR(type));
	assert_int_equal(type & RTE_PTYPE_L4_MASK, 0);
}

static const struct lo_case mbuf_cases[] = {
	LO_CASE(rx_port_is_the_receiver),
	LO_CASE(tx_flags_do_not_cross),
	LO_CASE(stale_hash_is_cleared),
	LO_CASE(stale_vlan_is_cleared),
	LO_CASE(stale_cksum_result_is_cleared),
	LO_CASE(stale_fdir_is_cleared),
	LO_CASE(ptypes_listed_once),
	LO_CASE(ptypes_asked_for_are_right),
	LO_CASE(ptypes_follow_the_mask),
};
LO_REGISTER_TEST(ethdev_autotest, mbuf_cases);
