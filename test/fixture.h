/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef FIXTURE_H
#define FIXTURE_H

/*
 * What a case stands on: devices, ports and pools, all of which the fixture takes down.
 *
 * Tear-down stops and closes every port, whatever state the case left it in, and then asserts that
 * each pool has all its mbufs again: every case is a leak test too. A case frees what it received
 * or could not send, and nothing else.
 *
 * Functions assert where nothing else is said: a failed assertion ends the case. Call those from
 * the main thread only.
 */

#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#include "lo_test.h"

#define FX_VDEVS_MAX 66
#define FX_POOLS_MAX 8

struct fx {
	const struct lo_case *test_case;
	char vdevs[FX_VDEVS_MAX][RTE_DEV_NAME_MAX_LEN];
	unsigned int nb_vdevs;
	struct rte_mempool *pools[FX_POOLS_MAX];
	unsigned int nb_pools;

	/* The device under test of ethdev_autotest: what goes into tx_port comes out of rx_port. */
	uint16_t tx_port, rx_port;
	/* What a family of cases takes down itself, before anything else: 0 or -1. */
	int (*more_fini)(struct fx *fx);
	struct rte_mempool *pool;
};

/* For the runner. fx_fini() returns 0, or -1 after saying what leaked or could not be closed. */
void fx_init(struct fx *fx, const struct lo_case *test_case);
int fx_fini(struct fx *fx);

/**
 * Probe a virtual device: one that --vdev names is taken over, if it is still as EAL left it.
 *
 * @return
 *   Its port.
 */
uint16_t fx_vdev(struct fx *fx, const char *name, const char *args);

/** As fx_vdev(), without assertions: -errno of the probe instead, -ENODEV if it made no port. */
int fx_vdev_try(struct fx *fx, const char *name, const char *args);

/** Unplug a device in the midst of a case. Its port is closed first if it still exists. */
void fx_vdev_remove(struct fx *fx, const char *name);

/** A pool of mbufs with room for room_bytes in each, headroom not counted. */
struct rte_mempool *fx_pool(struct fx *fx, unsigned int nb_mbufs, uint16_t room_bytes);

/* How to bring a port up. What is zero gets the default. */
struct fx_port {
	uint16_t nb_rx, nb_tx;   /* 1 */
	uint16_t nb_rxd, nb_txd; /* 512, or what the device makes of it */
	struct rte_mempool *pool;
	struct rte_eth_conf eth;
	bool deferred; /* queues wait for rte_eth_dev_*_queue_start() */
};

/** Configure, set up all queues, start: 0, or the first refusal as -errno. Asserts nothing. */
int fx_port_try(uint16_t port, const struct fx_port *conf);

/** The second of the three steps alone, after rte_eth_dev_configure(). Asserts nothing. */
int fx_port_queues(uint16_t port, const struct fx_port *conf);

/** fx_port_try(), asserted. */
void fx_port_up(uint16_t port, const struct fx_port *conf);

/**
 * Send packets, trying again where the device hands some back for up to a second.
 *
 * Does not assert: for any thread.
 *
 * @return
 *   How many were accepted; the rest are the caller's still.
 */
unsigned int fx_tx(uint16_t port, uint16_t queue, struct rte_mbuf **pkts, unsigned int n);

/** fx_tx() of all packets, asserted. Frees what was refused before it fails. */
void fx_tx_all(uint16_t port, uint16_t queue, struct rte_mbuf **pkts, unsigned int n);

/**
 * Receive until n packets are there or the time is over.
 *
 * Does not assert: for any thread.
 *
 * @return
 *   How many arrived.
 */
unsigned int fx_rx(uint16_t port, uint16_t queue, struct rte_mbuf **pkts, unsigned int n,
		unsigned int timeout_ms);

/** Receive n packets within a second, and no more than that, asserted. */
void fx_rx_all(uint16_t port, uint16_t queue, struct rte_mbuf **pkts, unsigned int n);

/** Nothing arrives within 20 ms, asserted. */
void fx_rx_none(uint16_t port, uint16_t queue);

/** Receive and free until nothing has come for 5 ms. How many it was. For any thread. */
unsigned int fx_drain(uint16_t port, uint16_t queue);

/**
 * Let the calling thread run on the CPU of any lcore.
 *
 * For threads of pthread_create(): they begin on the main lcore's CPU alone.
 */
void fx_thread_spread(void);

#endif /* FIXTURE_H */
