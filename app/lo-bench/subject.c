/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include "memif.h"
#include "subject.h"

const struct lob_peer lob_peers[LOB_SUBJECTS] = {
	[LOB_NET_LO] = { .name = "net_lo", .loops = true, .nb_rxq = 1 },
	/* its rings have 1024 slots whatever is asked for, and use all but one */
	[LOB_NET_RING] = { .name = "net_ring", .loops = true, .slots = 1023, .nb_rxq = 1 },
	[LOB_NET_NULL] = { .name = "net_null", .note = "not a loop", .nb_rxq = 1 },
	[LOB_NET_MEMIF] = { .name = "net_memif",
			.note = "copies, two ports",
			.loops = true,
			.copies = true,
			.fixed = true,
			.nb_rxq = 1 },
	[LOB_NET_LO_FLOW] = { .name = "net_lo",
			.args = "steer=flow",
			.note = "64 queues",
			.loops = true,
			.nb_rxq = 64 },
};

const char *
lob_peer_title(const struct lob_peer *peer)
{
	return peer == &lob_peers[LOB_NET_LO_FLOW] ? "net_lo,steer=flow" : peer->name;
}

static int
left_out(const struct lob_subject *s, const char *what, int ret)
{
	printf("%s: left out: %s (%s)\n", lob_peer_title(s->peer), what, rte_strerror(-ret));
	return ret;
}

/* A missing driver is no error here: our own line says it all. */
int
lob_vdev_create(const char *name, const char *args)
{
	uint32_t level = rte_log_get_global_level();
	int ret;

	rte_log_set_global_level(RTE_LOG_CRIT);
	ret = rte_eal_hotplug_add("vdev", name, args);
	rte_log_set_global_level(level);
	return ret;
}

/* The server first: ends in one process share its socket. */
static int
open_memif(struct lob_subject *s, unsigned int slots)
{
	char args[LOB_MEMIF_ARGS_MAX];

	for (unsigned int i = 0; i < 2; i++) {
		int ret = lob_memif_args(i, slots, args);

		if (ret == 0)
			ret = lob_vdev_create(s->vdev[i], args);
		if (ret != 0)
			return ret;
	}
	return 0;
}

int
lob_subject_open(struct lob_subject *s, const struct lob_peer *peer, unsigned int slots)
{
	unsigned int first = peer == &lob_peers[LOB_NET_LO_FLOW] ? 1 : 0;
	int ret;

	memset(s, 0, sizeof(*s));
	s->peer = peer;
	snprintf(s->vdev[0], sizeof(s->vdev[0]), "%s%u", peer->name, first);
	if (peer == &lob_peers[LOB_NET_MEMIF]) {
		snprintf(s->vdev[1], sizeof(s->vdev[1]), "%s1", peer->name);
		ret = open_memif(s, slots);
	} else {
		ret = lob_vdev_create(s->vdev[0], peer->args == NULL ? "" : peer->args);
	}
	if (ret == 0)
		ret = rte_eth_dev_get_port_by_name(s->vdev[0], &s->rx_port);
	if (ret == 0)
		ret = rte_eth_dev_get_port_by_name(s->vdev[s->vdev[1][0] != '\0'], &s->tx_port);
	if (ret != 0) {
		left_out(s, "cannot be created, is its driver installed?", ret);
		lob_subject_close(s);
	}
	return ret;
}

static int
port_start(const struct lob_subject *s, uint16_t port, struct rte_mempool *pool, uint16_t depth,
		uint16_t mtu)
{
	struct rte_eth_conf conf = { .rxmode.mtu = mtu };
	uint16_t nb_rxd = depth, nb_txd = depth;
	struct rte_eth_dev_info info;
	int ret;

	ret = rte_eth_dev_info_get(port, &info);
	if (ret != 0)
		return ret;
	if (s->peer->nb_rxq > 1) {
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf.rx_adv_conf.rss_conf.rss_hf = info.flow_type_rss_offloads &
				(RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_UDP);
	}
	/* frames longer than a mbuf travel in several */
	if (mtu + RTE_ETHER_HDR_LEN > rte_pktmbuf_data_room_size(pool) - RTE_PKTMBUF_HEADROOM) {
		conf.rxmode.offloads = info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;
		conf.txmode.offloads = info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	}
	ret = rte_eth_dev_configure(port, s->peer->nb_rxq, 1, &conf);
	if (ret == 0)
		ret = rte_eth_dev_adjust_nb_rx_tx_desc(port, &nb_rxd, &nb_txd);
	for (uint16_t q = 0; q < s->peer->nb_rxq && ret == 0; q++)
		ret = rte_eth_rx_queue_setup(port, q, nb_rxd, SOCKET_ID_ANY, NULL, pool);
	if (ret == 0)
		ret = rte_eth_tx_queue_setup(port, 0, nb_txd, SOCKET_ID_ANY, NULL);
	if (ret == 0)
		ret = rte_eth_dev_start(port);
	return ret;
}

/* The two ends of a pair find each other through a socket, in their own time. */
static int
link_wait(const struct lob_subject *s)
{
	struct rte_eth_link tx, rx;

	for (unsigned int ms = 0; ms < 2000; ms++) {
		struct rte_mbuf *first;
		int ret = rte_eth_link_get_nowait(s->tx_port, &tx);

		if (ret == 0)
			ret = rte_eth_link_get_nowait(s->rx_port, &rx);
		if (ret != 0)
			return ret;
		if (tx.link_status == RTE_ETH_LINK_UP && rx.link_status == RTE_ETH_LINK_UP) {
			/* the end that receives may offer its buffers when it is first polled only */
			if (rte_eth_rx_burst(s->rx_port, 0, &first, 1) != 0)
				rte_pktmbuf_free(first);
			return 0;
		}
		rte_delay_us_sleep(1000);
	}
	return -ETIMEDOUT;
}

static void
stop(struct lob_subject *s)
{
	if (s->depth == 0)
		return;
	rte_eth_dev_stop(s->tx_port);
	if (s->rx_port != s->tx_port)
		rte_eth_dev_stop(s->rx_port);
	s->depth = 0;
	s->mtu = 0;
}

int
lob_subject_start(struct lob_subject *s, struct rte_mempool *pool, uint16_t depth, uint16_t mtu)
{
	char what[64];
	int ret;

	if (s->mtu == mtu && (s->depth == depth || s->peer->fixed))
		return 0;
	if (s->mtu_refused == mtu)
		return -EINVAL;

	stop(s);
	/* the end that receives first: a pair's other end looks for it */
	ret = port_start(s, s->rx_port, pool, depth, mtu);
	if (ret == 0 && s->rx_port != s->tx_port)
		ret = port_start(s, s->tx_port, pool, depth, mtu);
	if (ret == 0)
		ret = link_wait(s);
	s->depth = depth;
	s->mtu = mtu;
	if (ret == 0)
		return 0;

	stop(s);
	s->mtu_refused = mtu;
	snprintf(what, sizeof(what), "cannot be started for frames of %u bytes",
			mtu + RTE_ETHER_HDR_LEN);
	return left_out(s, what, ret);
}

void
lob_subject_close(struct lob_subject *s)
{
	if (s->peer == NULL)
		return;

	for (unsigned int i = 0; i < 2; i++) {
		uint16_t port;

		if (s->vdev[i][0] == '\0' || rte_eth_dev_get_port_by_name(s->vdev[i], &port) != 0)
			continue;
		rte_eth_dev_stop(port);
		rte_eal_hotplug_remove("vdev", s->vdev[i]);
	}
	if (s->peer == &lob_peers[LOB_NET_MEMIF])
		lob_memif_cleanup();
	s->peer = NULL;
}
