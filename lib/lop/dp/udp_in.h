/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_UDP_IN_H
#define LOP_DP_UDP_IN_H

/* Datagrams of which several sockets may hear, and checksums that are verified late. */

#include "udp_table.h"

/* Verify a checksum once; data starts at the UDP header, its length is m's (contract UR-01). */
bool lop_udp_sum_is_right(struct rte_mbuf *m);

/* Whether a broadcast or multicast datagram is for this socket too (contract BC-01, MC-02). */
bool lop_udp_hears(const struct lop_sock *sk, const struct lop_tuple *t, bool multicast);

/* What stands in front of a copied datagram's data: its IPv4 header, and its meta. */
void lop_udp_copy_headers(struct rte_mbuf *copy, const struct rte_mbuf *m);

#endif
