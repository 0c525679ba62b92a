/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_UDP_IN_H
#define LOP_DP_UDP_IN_H

/* Datagrams of which several sockets may hear, and checksums that are verified late. */

#include <rte_ip.h>
#include <rte_udp.h>

#include "udp_table.h"

/* What stands in front of a datagram whose data starts at the payload. */
static __rte_always_inline const struct rte_udp_hdr *
lop_udp_of(const struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod_offset(
			m, const struct rte_udp_hdr *, -(int)sizeof(struct rte_udp_hdr));
}

static __rte_always_inline const struct rte_ipv4_hdr *
lop_udp_ip_of(const struct rte_mbuf *m)
{
	return (const struct rte_ipv4_hdr *)((const uint8_t *)lop_udp_of(m) - lop_meta(m)->l3_len);
}

/* Verify a datagram's checksum once; its data, the payload, stays as it is (contract UR-01). */
bool lop_udp_payload_is_right(struct rte_mbuf *m);

/* Whether a broadcast or multicast datagram is for this socket too (contract BC-01, MC-02). */
bool lop_udp_hears(const struct lop_sock *sk, const struct lop_tuple *t, bool multicast);

/* A copy with the headers in front of its payload, and its meta; NULL: no mbufs, counted. */
struct rte_mbuf *lop_udp_copy(struct lop_worker *w, struct rte_mbuf *m);

#endif
