/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_UDP_H
#define LOP_UDP_H

/**
 * @file
 * Datagrams as bursts of mbufs, without a copy.
 */

#include <netinet/in.h>

#include "lop.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes in front of a payload that lop_udp_send_burst() needs: Ethernet, IPv4, UDP. */
#define LOP_HEADROOM_BYTES 64

/**
 * Send a burst of datagrams.
 *
 * On entry each mbuf holds one payload: its data starts at the first payload byte,
 * LOP_HEADROOM_BYTES are free in front of it in its first segment, and its reference count is 1.
 * Headers are written in place; the payload is not copied. Offload flags of the mbufs are cleared.
 *
 * The first *ret* mbufs are the library's from then on, also when a later stage drops them (the
 * reason is counted). The rest stay the caller's, their contents unchanged.
 *
 * By an attached thread. Does not block.
 *
 * @param fd
 *   A UDP socket of lop_socket().
 * @param to
 *   Destination of all of them, or NULL for the peer given to lop_connect().
 * @param pkts
 *   Payloads, one datagram each.
 * @param n
 *   How many, any number.
 * @return
 *   How many were accepted. Fewer than n: errno says why the next one was not, as
 *   lop_sendto() would.
 */
LOP_API uint16_t lop_udp_send_burst(
		int fd, const struct sockaddr_in *to, struct rte_mbuf **pkts, uint16_t n);

/** As lop_udp_send_burst(), each datagram to a destination of its own. */
LOP_API uint16_t lop_udp_send_burst_to(
		int fd, const struct sockaddr_in *to, struct rte_mbuf **pkts, uint16_t n);

/**
 * Receive a burst of datagrams.
 *
 * The mbufs are the caller's from then on; data starts at the first payload byte. Where a datagram
 * came from: lop_udp_source(). Does not block. By an attached thread.
 *
 * @return
 *   How many, 0 when none waits; 0 with errno EBADF, ENOTSOCK for a bad descriptor.
 */
LOP_API uint16_t lop_udp_recv_burst(int fd, struct rte_mbuf **pkts, uint16_t n);

/** The source of a datagram that lop_udp_recv_burst() gave, before its mbuf is changed. */
LOP_API void lop_udp_source(const struct rte_mbuf *pkt, struct sockaddr_in *from);

#ifdef __cplusplus
}
#endif

#endif
