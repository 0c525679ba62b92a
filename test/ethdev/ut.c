/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The device under test: plugged, brought up, driven. */

#include <string.h>

#include <rte_cycles.h>

#include "ut.h"

#define POOL_MBUFS 8191
#define ROOM_BYTES 2048
#define LINK_MS 3000

void
ut_plug(struct fx *fx)
{
	unsigned int nb;
	const struct lo_vdev *v = lo_test_vdevs(&nb);

	if (fx->tx_port != RTE_MAX_ETHPORTS)
		return;
	if (nb != 1 && nb != 2)
		fail_msg("ethdev_autotest wants one --vdev, or two that are a pair, not %u", nb);

	fx->tx_port = fx_vdev(fx, v[0].name, v[0].args);
	fx->rx_port = nb == 1 ? fx->tx_port : fx_vdev(fx, v[1].name, v[1].args);
}

struct fx_port
ut_conf(struct fx *fx)
{
	return (struct fx_port){ .pool = fx->pool };
}

uint16_t
ut_nb_rx(struct fx *fx, uint16_t nb_rx, uint16_t nb_tx)
{
	return fx->rx_port == fx->tx_port ? nb_rx : nb_tx;
}

static struct fx_port
mirrored(const struct fx_port *conf)
{
	struct fx_port peer = *conf;

	peer.nb_rx = conf->nb_tx;
	peer.nb_tx = conf->nb_rx;
	return peer;
}

int
ut_try(struct fx *fx, const struct fx_port *conf)
{
	struct fx_port peer = mirrored(conf);
	int ret = fx_port_try(fx->tx_port, conf);

	if (ret == 0 && fx->rx_port != fx->tx_port)
		ret = fx_port_try(fx->rx_port, &peer);
	return ret;
}

static bool
link_is_up(uint16_t port)
{
	struct rte_eth_link link;

	return rte_eth_link_get_nowait(port, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
}

/* A pair may hand over its receive buffers at the first poll only. */
static void
poll_all(uint16_t port, uint16_t nb_rx)
{
	for (uint16_t q = 0; q < nb_rx; q++)
		fx_drain(port, q);
}

void
ut_wait_link(struct fx *fx, const struct fx_port *conf)
{
	uint64_t end = rte_get_timer_cycles() + rte_get_timer_hz() / 1000 * LINK_MS;

	while (!link_is_up(fx->tx_port) || !link_is_up(fx->rx_port)) {
		if (rte_get_timer_cycles() > end)
			fail_msg("no link within %u ms", LINK_MS);
		rte_delay_ms(1);
	}
	if (fx->tx_port != fx->rx_port && !conf->deferred) {
		poll_all(fx->tx_port, RTE_MAX(conf->nb_rx, 1));
		poll_all(fx->rx_port, RTE_MAX(conf->nb_tx, 1));
	}
}

void
ut_up(struct fx *fx, const struct fx_port *conf)
{
	struct fx_port c = conf == NULL ? ut_conf(fx) : *conf;

	ut_plug(fx);
	if (fx->pool == NULL)
		fx->pool = fx_pool(fx, POOL_MBUFS, ROOM_BYTES);
	if (c.pool == NULL)
		c.pool = fx->pool;

	fx_port_up(fx->tx_port, &c);
	if (fx->rx_port != fx->tx_port) {
		struct fx_port peer = mirrored(&c);

		fx_port_up(fx->rx_port, &peer);
	}
	ut_wait_link(fx, &c);
}

void
ut_stop(struct fx *fx)
{
	ut_supported(rte_eth_dev_stop(fx->tx_port), "rte_eth_dev_stop");
	if (fx->rx_port != fx->tx_port)
		ut_supported(rte_eth_dev_stop(fx->rx_port), "rte_eth_dev_stop");
}

void
ut_start(struct fx *fx, const struct fx_port *conf)
{
	struct fx_port c = conf == NULL ? ut_conf(fx) : *conf;

	assert_int_equal(rte_eth_dev_start(fx->tx_port), 0);
	if (fx->rx_port != fx->tx_port)
		assert_int_equal(rte_eth_dev_start(fx->rx_port), 0);
	ut_wait_link(fx, &c);
}

static struct rte_eth_dev_info
info_of(uint16_t port)
{
	struct rte_eth_dev_info info;

	assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
	return info;
}

struct rte_eth_dev_info
ut_tx_info(struct fx *fx)
{
	return info_of(fx->tx_port);
}

struct rte_eth_dev_info
ut_rx_info(struct fx *fx)
{
	return info_of(fx->rx_port);
}

void
ut_need_rx(struct fx *fx, uint64_t offloads, const char *name)
{
	if ((ut_rx_info(fx).rx_offload_capa & offloads) != offloads)
		lo_unsupported("receive offload %s", name);
}

void
ut_need_tx(struct fx *fx, uint64_t offloads, const char *name)
{
	if ((ut_tx_info(fx).tx_offload_capa & offloads) != offloads)
		lo_unsupported("transmit offload %s", name);
}

void
ut_need_queues(struct fx *fx, uint16_t nb_rx, uint16_t nb_tx)
{
	struct rte_eth_dev_info rx = ut_rx_info(fx), tx = ut_tx_info(fx);

	if (RTE_MIN(rx.max_rx_queues, tx.max_rx_queues) < nb_rx ||
			RTE_MIN(rx.max_tx_queues, tx.max_tx_queues) < nb_tx)
		lo_unsupported("%u rx and %u tx queues", nb_rx, nb_tx);
}

void
ut_need_mtu(struct fx *fx, uint16_t mtu)
{
	struct rte_eth_dev_info rx = ut_rx_info(fx), tx = ut_tx_info(fx);

	/* A driver that has no MTU operation often leaves max_mtu at "no limit". */
	if (RTE_MIN(rx.max_mtu, tx.max_mtu) < mtu ||
			RTE_MIN(rx.max_rx_pktlen, tx.max_rx_pktlen) <
					(uint32_t)mtu + RTE_ETHER_HDR_LEN)
		lo_unsupported("an MTU of %u bytes", mtu);
}

void
ut_supported(int ret, const char *call)
{
	if (ret == -ENOTSUP)
		lo_unsupported("%s", call);
	if (ret != 0)
		fail_msg("%s: %s", call, rte_strerror(-ret));
}

struct pkt
ut_pkt(struct fx *fx, uint32_t stamp, uint32_t size)
{
	struct pkt p = { .stamp = stamp, .size = size };

	assert_int_equal(rte_eth_macaddr_get(fx->tx_port, &p.src), 0);
	assert_int_equal(rte_eth_macaddr_get(fx->rx_port, &p.dst), 0);
	return p;
}

void
ut_send(struct fx *fx, uint16_t txq, unsigned int n, uint32_t first, uint32_t size)
{
	struct pkt p = ut_pkt(fx, first, size);
	struct rte_mbuf *pkts[UT_BURST_MAX];

	assert_true(n <= UT_BURST_MAX);
	pkt_build_burst(fx->pool, &p, pkts, n);
	fx_tx_all(fx->tx_port, txq, pkts, n);
}

void
ut_loop(struct fx *fx, uint16_t txq, uint16_t rxq, unsigned int n, uint32_t size)
{
	static uint32_t stamp = 1;
	struct rte_mbuf *pkts[UT_BURST_MAX];
	struct pkt p = ut_pkt(fx, stamp, size);

	ut_send(fx, txq, n, stamp, size);
	fx_rx_all(fx->rx_port, rxq, pkts, n);
	for (unsigned int i = 0; i < n; i++, p.stamp++)
		pkt_assert(pkts[i], &p);
	rte_pktmbuf_free_bulk(pkts, n);
	stamp += n;
}

void
ut_loop_one(struct fx *fx, uint32_t stamp, uint32_t size)
{
	struct pkt p = ut_pkt(fx, stamp, size);
	struct rte_mbuf *m;

	ut_send(fx, 0, 1, stamp, size);
	fx_rx_all(fx->rx_port, 0, &m, 1);
	pkt_assert(m, &p);
	rte_pktmbuf_free(m);
}

bool
ut_xstat(uint16_t port, const char *name, uint64_t *value)
{
	uint64_t id;

	if (rte_eth_xstats_get_id_by_name(port, name, &id) != 0)
		return false;
	return rte_eth_xstats_get_by_id(port, &id, value, 1) == 1;
}
