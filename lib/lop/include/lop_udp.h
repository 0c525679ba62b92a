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

#include <rte_mbuf.h>

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

/**
 * Let what comes for a socket wait in the queue of another one, as what comes for any number of
 * others does: who has many sockets receives from all of them by one call, in the order in which
 * datagrams came, and asks lop_udp_fd() whose each one is.
 *
 * Look-ups, counters, options and errors of the socket stay its own. Charged (SO_RCVBUF, UR-04) and
 * waited for (lop_poll(), lop_eventfd(), FIONREAD, timeouts) is the one whose queue it is, and its
 * options decide on control messages. Calls that receive from the socket itself find what waited in
 * it before, and its errors.
 *
 * When the owner of the queue is closed, each of the others has its own again. What waits when one
 * of the others is closed stays, with the number that was its descriptor.
 *
 * By an attached thread, at any time.
 *
 * @param fd
 *   A UDP socket.
 * @param with
 *   A UDP socket of the same instance, whose queue it is to be; fd itself: its own again.
 * @return
 *   0, or -1 and errno: EBADF; ENXIO, the thread is not attached to the instance; EOPNOTSUPP, one
 *   is no UDP socket; EINVAL, they are of two instances, or what comes for `with` waits elsewhere;
 *   EBUSY, others share the queue of fd.
 */
LOP_API int lop_udp_share_queue(int fd, int with);

/**
 * The descriptor of the socket that a datagram came for: of what was received from a queue that
 * others share, before its mbuf is changed.
 */
static inline int
lop_udp_fd(const struct rte_mbuf *pkt)
{
	return (int)pkt->tx_offload;
}

#ifdef __cplusplus
}
#endif

#endif
