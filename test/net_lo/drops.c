/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Each reason to drop a packet, provoked alone and counted under its own name alone. */

#include <string.h>

#include "nl.h"

static const char *const reasons[] = {
	"tx_drop_oversize",
	"tx_drop_link_down",
	"tx_drop_no_rx_queue",
	"tx_drop_unsupported_offload",
	"tx_drop_malformed",
	"tx_drop_no_mbuf",
	"tx_drop_not_linear",
	"rx_mac_filtered",
};

/* n packets were dropped for this reason since the last reset, nothing else happened. */
static void
assert_dropped(struct fx *fx, const char *reason, uint64_t n)
{
	struct rte_eth_stats s = nl_stats(fx);

	for (unsigned int i = 0; i < RTE_DIM(reasons); i++) {
		uint64_t want = strcmp(reasons[i], reason) == 0 ? n : 0;

		if (nl_xstat(fx, reasons[i]) != want)
			fail_msg("%s: %" PRIu64 " %s, not %" PRIu64, reason,
					nl_xstat(fx, reasons[i]), reasons[i], want);
	}
	assert_int_equal(s.oerrors, strcmp(reason, "rx_mac_filtered") == 0 ? 0 : n);
	assert_int_equal(s.opackets, 0);
	assert_int_equal(nl_xstat(fx, "tx_q0_drops"), n);
	nl_assert_books(fx, n);
}

/* The packet that the cases spoil. */
static struct rte_mbuf *
good(struct fx *fx)
{
	return pkt_build(fx->pool, &(struct pkt){ .size = 200, .ip = 4, .l4 = IPPROTO_UDP });
}

static void
oversize(void **state)
{
	struct fx *fx = *state;

	nl_up(fx, "", NULL);
	nl_lose(fx, pkt_build(fx->pool, &(struct pkt){ .size = 1515 }));
	nl_lose(fx, pkt_build(fx->pool, &(struct pkt){ .size = 1800 }));
	assert_dropped(fx, "tx_drop_oversize", 2);
}

static void
link_down(void **state)
{
	struct fx *fx = *state;

	nl_up(fx, "", NULL);
	assert_int_equal(rte_eth_dev_set_link_down(fx->tx_port), 0);
	nl_lose(fx, good(fx));
	assert_dropped(fx, "tx_drop_link_down", 1);
}

static void
no_rx_queue(void **state)
{
	struct fx *fx = *state;

	nl_up(fx, "", NULL);
	assert_int_equal(rte_eth_dev_rx_queue_stop(fx->tx_port, 0), 0);
	nl_send(fx, good(fx));
	nl_send(fx, good(fx));
	assert_dropped(fx, "tx_drop_no_rx_queue", 2);
}

/* A port that only transmits, in each way to steer. */
static void
no_rx_queue_at_all(void **state)
{
	static const char *const args[] = { "steer=queue", "steer=lcore", "steer=flow" };
	const struct rte_eth_conf conf = { 0 };
	struct fx *fx = *state;

	fx->pool = fx_pool(fx, 255, NL_ROOM_BYTES);
	for (unsigned int i = 0; i < RTE_DIM(args); i++) {
		nl_plug(fx, args[i]);
		assert_int_equal(rte_eth_dev_configure(fx->tx_port, 0, 1, &conf), 0);
		assert_int_equal(
				rte_eth_tx_queue_setup(fx->tx_port, 0, 64, SOCKET_ID_ANY, NULL), 0);
		assert_int_equal(rte_eth_dev_start(fx->tx_port), 0);
		nl_send(fx, good(fx));
		assert_dropped(fx, "tx_drop_no_rx_queue", 1);
		fx_vdev_remove(fx, NL_NAME);
	}
}

/* Offloads that the device does not have, one by one; tx_prepare names them beforehand. */
static void
unsupported_offload(void **state)
{
	static const uint64_t flags[] = {
		RTE_MBUF_F_TX_VLAN,
		RTE_MBUF_F_TX_QINQ,
		RTE_MBUF_F_TX_IEEE1588_TMST,
		RTE_MBUF_F_TX_MACSEC,
		RTE_MBUF_F_TX_SEC_OFFLOAD,
		RTE_MBUF_F_TX_OUTER_IP_CKSUM,
		RTE_MBUF_F_TX_OUTER_UDP_CKSUM,
		RTE_MBUF_F_TX_OUTER_IPV4,
		RTE_MBUF_F_TX_OUTER_IPV6,
		RTE_MBUF_F_TX_TUNNEL_VXLAN,
		RTE_MBUF_F_TX_TUNNEL_GRE,
		RTE_MBUF_F_TX_TUNNEL_IP,
	};
	struct fx *fx = *state;
	struct rte_mbuf *m;

	nl_up(fx, "", NULL);
	for (unsigned int i = 0; i < RTE_DIM(flags); i++) {
		m = good(fx);
		m->ol_flags |= flags[i];
		rte_errno = 0;
		assert_int_equal(rte_eth_tx_prepare(fx->tx_port, 0, &m, 1), 0);
		assert_int_equal(rte_errno, ENOTSUP);
		nl_lose(fx, m);
		assert_dropped(fx, "tx_drop_unsupported_offload", i + 1);
	}
}

/* Header lengths that cannot be, of a packet that asks for a checksum. */
static void
malformed(void **state)
{
	static const struct {
		uint64_t flags;
		uint16_t l2, l3;
		uint32_t size;
	} bad[] = {
		{ RTE_MBUF_F_TX_UDP_CKSUM, 0, 20, 200 },
		{ RTE_MBUF_F_TX_UDP_CKSUM, 13, 20, 200 },
		{ RTE_MBUF_F_TX_UDP_CKSUM, 14, 0, 200 },
		{ RTE_MBUF_F_TX_UDP_CKSUM, 14, 19, 200 },
		{ RTE_MBUF_F_TX_UDP_CKSUM, 14, 500, 200 },
		{ RTE_MBUF_F_TX_TCP_CKSUM, 14, 20, 50 },
		{ RTE_MBUF_F_TX_SCTP_CKSUM, 14, 20, 45 },
		{ RTE_MBUF_F_TX_UDP_CKSUM, 14, 20, 41 },
		{ RTE_MBUF_F_TX_IP_CKSUM, 14, 0, 200 },
		{ RTE_MBUF_F_TX_IP_CKSUM, 14, 24, 200 },
		{ RTE_MBUF_F_TX_IP_CKSUM, 100, 500, 200 },
		{ RTE_MBUF_F_TX_IP_CKSUM, 14, 20, 33 },
	};
	struct fx *fx = *state;
	struct rte_mbuf *m;

	nl_up(fx, "", NULL);
	for (unsigned int i = 0; i < RTE_DIM(bad); i++) {
		m = good(fx);
		m->ol_flags = bad[i].flags | RTE_MBUF_F_TX_IPV4;
		m->l2_len = bad[i].l2;
		m->l3_len = bad[i].l3;
		m->data_len = m->pkt_len = bad[i].size;
		nl_lose(fx, m);
		assert_dropped(fx, "tx_drop_malformed", i + 1);
	}
}

/* A shared packet needs a copy for its checksum: the pool has no mbuf for it. */
static void
no_mbuf(void **state)
{
	struct fx *fx = *state;
	struct rte_mempool *small = NULL;
	struct rte_mbuf *all[127], *m;

	nl_up(fx, "", NULL);
	small = fx_pool(fx, RTE_DIM(all), NL_ROOM_BYTES);
	assert_int_equal(rte_pktmbuf_alloc_bulk(small, all, RTE_DIM(all)), 0);
	m = all[0];
	assert_non_null(rte_pktmbuf_append(m, 200));
	pkt_bytes(&(struct pkt){ .size = 200, .ip = 4, .l4 = IPPROTO_UDP },
			rte_pktmbuf_mtod(m, uint8_t *));
	m->l2_len = RTE_ETHER_HDR_LEN;
	m->l3_len = sizeof(struct rte_ipv4_hdr);
	m->ol_flags = RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_UDP_CKSUM;
	rte_mbuf_refcnt_update(m, 1);
	nl_lose(fx, m);
	assert_int_equal(rte_mbuf_refcnt_read(m), 1);
	rte_pktmbuf_free_bulk(all, RTE_DIM(all));
	assert_dropped(fx, "tx_drop_no_mbuf", 1);
}

/* No scattered receive, and more bytes than the first segment has room for. */
static void
not_linear(void **state)
{
	struct fx *fx = *state;

	nl_plug(fx, "");
	fx->pool = fx_pool(fx, 255, 256);
	nl_again(fx, NULL);
	nl_lose(fx, pkt_build(fx->pool, &(struct pkt){ .size = 1000, .seg_size = 200 }));
	assert_dropped(fx, "tx_drop_not_linear", 1);
}

static void
mac_filter(void **state)
{
	const struct rte_ether_addr other = { .addr_bytes = { 0x02, 0, 0, 0, 0, 9 } };
	struct fx *fx = *state;

	nl_up(fx, "", NULL);
	assert_int_equal(rte_eth_promiscuous_disable(fx->tx_port), 0);
	nl_lose(fx, pkt_build(fx->pool, &(struct pkt){ .dst = other }));
	assert_dropped(fx, "rx_mac_filtered", 1);
}

/* One burst with one of each kind: the good ones arrive in order, each bad one has its name. */
static void
mixed_burst(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *pkts[64], *got[64];
	unsigned int good_ones = 0;

	nl_up(fx, "", NULL);
	for (unsigned int i = 0; i < RTE_DIM(pkts); i++) {
		struct pkt p = { .stamp = i, .size = 200, .ip = 4, .l4 = IPPROTO_UDP };

		if (i % 4 == 1)
			p.size = 1600;
		pkts[i] = pkt_build(fx->pool, &p);
		if (i % 4 == 2)
			pkts[i]->ol_flags = RTE_MBUF_F_TX_VLAN;
		if (i % 4 == 3) {
			pkts[i]->ol_flags = RTE_MBUF_F_TX_UDP_CKSUM | RTE_MBUF_F_TX_IPV4;
			pkts[i]->l3_len = 400;
		}
		good_ones += i % 4 == 0;
	}
	assert_int_equal(rte_eth_tx_burst(fx->tx_port, 0, pkts, 64), 64);
	fx_rx_all(fx->rx_port, 0, got, good_ones);
	for (unsigned int i = 0; i < good_ones; i++)
		assert_int_equal(pkt_stamp(got[i]), 4 * i);
	rte_pktmbuf_free_bulk(got, good_ones);
	assert_int_equal(nl_xstat(fx, "tx_drop_oversize"), 16);
	assert_int_equal(nl_xstat(fx, "tx_drop_unsupported_offload"), 16);
	assert_int_equal(nl_xstat(fx, "tx_drop_malformed"), 16);
	nl_assert_books(fx, 64);
}

static const struct lo_case drops_cases[] = {
	LO_CASE(oversize),
	LO_CASE(link_down),
	LO_CASE(no_rx_queue),
	LO_CASE(no_rx_queue_at_all),
	LO_CASE(unsupported_offload),
	LO_CASE(malformed),
	LO_CASE(no_mbuf),
	LO_CASE(not_linear),
	LO_CASE(mac_filter),
	LO_CASE(mixed_burst),
};
LO_REGISTER_TEST(net_lo_autotest, drops_cases);
