/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef UT_H
#define UT_H

/*
 * The device under test of ethdev_autotest: that of --vdev, whatever driver it has.
 *
 * One device is a loop. Two devices are a pair: what a case sends into the first, fx->tx_port,
 * comes out of the second, fx->rx_port.
 */

#include "fixture.h"
#include "packet.h"

/* Packets in one call of ut_loop() or ut_send(). */
#define UT_BURST_MAX 4096

/** Plug the device under test in, not configured, unless it is already. */
void ut_plug(struct fx *fx);

/** The settings ut_up() takes with everything at its default. */
struct fx_port ut_conf(struct fx *fx);

/**
 * Plug, configure, start, and wait for the link. The peer of a pair gets the same settings, but
 * as many receive queues as the other one has transmit queues.
 *
 * @param conf
 *   Settings, NULL for one queue each way. Without a pool, fx->pool is made and used.
 */
void ut_up(struct fx *fx, const struct fx_port *conf);

/** How many queues of fx->rx_port to poll: the peer of a pair has the counts the other way round. */
uint16_t ut_nb_rx(struct fx *fx, uint16_t nb_rx, uint16_t nb_tx);

/** ut_up() of a port that is plugged already: -errno of the first step that was refused. */
int ut_try(struct fx *fx, const struct fx_port *conf);

/** Wait until both ports say link up, and let pairs find each other; asserted. */
void ut_wait_link(struct fx *fx, const struct fx_port *conf);

/** As the two ethdev calls, for both ports of a pair; asserted. */
void ut_stop(struct fx *fx);
void ut_start(struct fx *fx, const struct fx_port *conf);

/** Device information of the sending or the receiving port. */
struct rte_eth_dev_info ut_tx_info(struct fx *fx);
struct rte_eth_dev_info ut_rx_info(struct fx *fx);

/** Ends the case as not supported when the device does not advertise all these offloads. */
void ut_need_rx(struct fx *fx, uint64_t offloads, const char *name);
void ut_need_tx(struct fx *fx, uint64_t offloads, const char *name);

/** Ends the case as not supported when the device has fewer queues. */
void ut_need_queues(struct fx *fx, uint16_t nb_rx, uint16_t nb_tx);

/** Ends the case as not supported when the device does not take frames that large. */
void ut_need_mtu(struct fx *fx, uint16_t mtu);

/** 0 passes, -ENOTSUP ends the case as not supported, other values fail. */
void ut_supported(int ret, const char *call);

/** A frame for the receiving port's own address. */
struct pkt ut_pkt(struct fx *fx, uint32_t stamp, uint32_t size);

/** Send one frame through queue 0 and see it arrive with the same bytes; freed. */
void ut_loop_one(struct fx *fx, uint32_t stamp, uint32_t size);

/** As ut_loop_one(), n frames in one burst through a queue, in order. */
void ut_loop(struct fx *fx, uint16_t txq, uint16_t rxq, unsigned int n, uint32_t size);

/** Send n frames with stamps from first on. They stay in the device. */
void ut_send(struct fx *fx, uint16_t txq, unsigned int n, uint32_t first, uint32_t size);

/** Value of one extended statistic: false when the device has none of this name. */
bool ut_xstat(uint16_t port, const char *name, uint64_t *value);

#endif /* UT_H */
