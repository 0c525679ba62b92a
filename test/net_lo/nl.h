/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef NL_H
#define NL_H

/*
 * The device of a case of net_lo_autotest: fx->tx_port, which is fx->rx_port too, with devargs of
 * the case's choice. Everything asserts where nothing else is said.
 */

#include "fixture.h"
#include "packet.h"

/* No number in it: its MAC address comes of its letters. Not a name that --vdev would give. */
#define NL_NAME "net_lo_ut"
#define NL_POOL_MBUFS 4095
#define NL_ROOM_BYTES 2048

/** Plug the device in, not configured. */
void nl_plug(struct fx *fx, const char *args);

/**
 * Plug, configure, start; without a pool in conf, fx->pool is used, which is made when it is NULL.
 *
 * @param conf
 *   Settings, NULL for one queue each way.
 */
void nl_up(struct fx *fx, const char *args, const struct fx_port *conf);

/** nl_up() with these receive and transmit offloads. */
void nl_up_offloads(struct fx *fx, const char *args, uint64_t rx, uint64_t tx);

/** Configure the port anew and start it. */
void nl_again(struct fx *fx, const struct fx_port *conf);

struct rte_eth_dev_info nl_info(struct fx *fx);
struct rte_eth_stats nl_stats(struct fx *fx);

/** Value of an extended statistic that must exist. */
uint64_t nl_xstat(struct fx *fx, const char *name);

/**
 * The books balance: of what was accepted each packet was delivered, or dropped and counted.
 *
 * @param accepted
 *   Sum of what rte_eth_tx_burst() answered since the last reset.
 */
void nl_assert_books(struct fx *fx, uint64_t accepted);

/** Send one packet through queue 0; it is the device's from then on. */
void nl_send(struct fx *fx, struct rte_mbuf *m);

/** Send one packet through queue 0 and receive one, no more, from queue 0. */
struct rte_mbuf *nl_loop(struct fx *fx, struct rte_mbuf *m);

/** Send one packet that is accepted but never arrives. */
void nl_lose(struct fx *fx, struct rte_mbuf *m);

/** A frame's mbuf, of any bytes: in one segment, or in segments of seg_size. */
struct rte_mbuf *
nl_mbuf(struct rte_mempool *pool, const void *bytes, uint32_t size, uint16_t seg_size);

/** All bytes of a packet, into room for PKT_BYTES_MAX. */
const uint8_t *nl_bytes(const struct rte_mbuf *m, uint8_t *copy);

/** The private dump of the port; to be freed. */
char *nl_dump(struct fx *fx);

/** Bytes that DPDK's heaps have given out. */
size_t nl_heap_bytes(void);

/** What is logged between the two calls, to be freed. Assert nothing between them. */
void nl_log_begin(void);
char *nl_log_end(void);

/** low <= value <= high: cmocka's own is named differently from release to release. */
void nl_assert_range(uint64_t value, uint64_t low, uint64_t high);

/** A number of nothing but the state: a test must run again the same way. */
uint32_t nl_random(uint64_t *state);

#endif /* NL_H */
