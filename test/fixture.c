/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Devices, ports and pools of a case, and their end. */

#include <errno.h>
#include <string.h>

#include <rte_bus_vdev.h>
#include <rte_errno.h>
#include <rte_string_fns.h>

#include "fixture.h"
#include "lo_pool.h"

#define DEFAULT_DESC 512
#define POOL_CACHE 64

void
fx_init(struct fx *fx, const struct lo_case *test_case)
{
	memset(fx, 0, sizeof(*fx));
	fx->test_case = test_case;
	fx->tx_port = RTE_MAX_ETHPORTS;
	fx->rx_port = RTE_MAX_ETHPORTS;
}

/* Bring a port to its end from any state. */
static int
close_port(const char *name)
{
	uint16_t port;
	int ret;

	if (rte_eth_dev_get_port_by_name(name, &port) != 0)
		return 0;

	ret = rte_eth_dev_stop(port);
	if (ret != 0 && ret != -ENOTSUP)
		print_error("%s: stop: %s\n", name, rte_strerror(-ret));
	ret = rte_eth_dev_close(port);
	if (ret != 0)
		print_error("%s: close: %s\n", name, rte_strerror(-ret));
	return ret;
}

/* A pool that misses mbufs is not freed: a device may still hold them. */
static int
free_pool(struct rte_mempool *pool)
{
	unsigned int available = rte_mempool_avail_count(pool);

	if (available != pool->size) {
		print_error("%s: %u of %u mbufs are back, %u are lost\n", pool->name, available,
				pool->size, pool->size - available);
		return -1;
	}
	rte_mempool_free(pool);
	return 0;
}

int
fx_fini(struct fx *fx)
{
	int ret = fx->more_fini != NULL ? fx->more_fini(fx) : 0;

	for (unsigned int i = fx->nb_vdevs; i-- > 0;)
		ret |= close_port(fx->vdevs[i]);
	for (unsigned int i = 0; i < fx->nb_pools; i++)
		ret |= free_pool(fx->pools[i]);
	for (unsigned int i = fx->nb_vdevs; i-- > 0;) {
		int err = rte_vdev_uninit(fx->vdevs[i]);

		if (err != 0)
			print_error("%s: unplug: %s\n", fx->vdevs[i], rte_strerror(-err));
		ret |= err;
	}
	return ret == 0 ? 0 : -1;
}

int
fx_vdev_try(struct fx *fx, const char *name, const char *args)
{
	uint16_t port;
	int ret;

	if (fx->nb_vdevs == FX_VDEVS_MAX)
		fail_msg("a case has room for %u devices", FX_VDEVS_MAX);

	if (rte_eth_dev_get_port_by_name(name, &port) != 0) {
		ret = rte_vdev_init(name, args);
		if (ret != 0)
			return ret;
	}
	rte_strscpy(fx->vdevs[fx->nb_vdevs++], name, RTE_DEV_NAME_MAX_LEN);

	ret = rte_eth_dev_get_port_by_name(name, &port);
	return ret != 0 ? -ENODEV : port;
}

uint16_t
fx_vdev(struct fx *fx, const char *name, const char *args)
{
	int port = fx_vdev_try(fx, name, args);

	if (port < 0)
		fail_msg("%s,%s: probe: %s", name, args == NULL ? "" : args, rte_strerror(-port));
	return port;
}

void
fx_vdev_remove(struct fx *fx, const char *name)
{
	for (unsigned int i = 0; i < fx->nb_vdevs; i++) {
		if (strcmp(fx->vdevs[i], name) != 0)
			continue;
		fx->nb_vdevs--;
		memmove(fx->vdevs[i], fx->vdevs[i + 1], (fx->nb_vdevs - i) * sizeof(fx->vdevs[0]));
		assert_int_equal(close_port(name), 0);
		assert_int_equal(rte_vdev_uninit(name), 0);
		return;
	}
	fail_msg("%s: no device of this case", name);
}

struct rte_mempool *
fx_pool(struct fx *fx, unsigned int nb_mbufs, uint16_t room_bytes)
{
	/* Never reused: a pool that lost mbufs keeps its name. */
	static unsigned int serial;
	char name[RTE_MEMPOOL_NAMESIZE];
	struct rte_mempool *pool;

	assert_true(fx->nb_pools < FX_POOLS_MAX);
	assert_true(room_bytes <= UINT16_MAX - RTE_PKTMBUF_HEADROOM);
	snprintf(name, sizeof(name), "fx_pool_%u", serial++);
	pool = lo_pool_create(name, nb_mbufs, POOL_CACHE, room_bytes + RTE_PKTMBUF_HEADROOM,
			SOCKET_ID_ANY);
	if (pool == NULL)
		fail_msg("%u mbufs of %u bytes: %s", nb_mbufs, room_bytes, rte_strerror(rte_errno));
	fx->pools[fx->nb_pools++] = pool;
	return pool;
}

int
fx_port_queues(uint16_t port, const struct fx_port *conf)
{
	uint16_t nb_rxd = conf->nb_rxd, nb_txd = conf->nb_txd;
	uint16_t adj_rxd = DEFAULT_DESC, adj_txd = DEFAULT_DESC;
	struct rte_eth_dev_info info;
	int ret;

	ret = rte_eth_dev_info_get(port, &info);
	if (ret != 0)
		return ret;
	ret = rte_eth_dev_adjust_nb_rx_tx_desc(port, &adj_rxd, &adj_txd);
	if (ret != 0)
		return ret;

	info.default_rxconf.offloads = conf->eth.rxmode.offloads;
	info.default_rxconf.rx_deferred_start = conf->deferred;
	for (uint16_t q = 0; q == 0 || q < conf->nb_rx; q++) {
		ret = rte_eth_rx_queue_setup(port, q, nb_rxd == 0 ? adj_rxd : nb_rxd,
				rte_eth_dev_socket_id(port), &info.default_rxconf, conf->pool);
		if (ret != 0)
			return ret;
	}
	info.default_txconf.offloads = conf->eth.txmode.offloads;
	info.default_txconf.tx_deferred_start = conf->deferred;
	for (uint16_t q = 0; q == 0 || q < conf->nb_tx; q++) {
		ret = rte_eth_tx_queue_setup(port, q, nb_txd == 0 ? adj_txd : nb_txd,
				rte_eth_dev_socket_id(port), &info.default_txconf);
		if (ret != 0)
			return ret;
	}
	return 0;
}

int
fx_port_try(uint16_t port, const struct fx_port *conf)
{
	int ret;

	ret = rte_eth_dev_configure(
			port, RTE_MAX(conf->nb_rx, 1), RTE_MAX(conf->nb_tx, 1), &conf->eth);
	if (ret != 0)
		return ret;
	ret = fx_port_queues(port, conf);
	if (ret != 0)
		return ret;
	return rte_eth_dev_start(port);
}

void
fx_port_up(uint16_t port, const struct fx_port *conf)
{
	int ret = fx_port_try(port, conf);

	if (ret != 0)
		fail_msg("port %u with %u rx and %u tx queues does not come up: %s", port,
				RTE_MAX(conf->nb_rx, 1), RTE_MAX(conf->nb_tx, 1),
				rte_strerror(-ret));
}
