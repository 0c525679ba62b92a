/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_IP_OPTIONS_H
#define LOP_DP_IP_OPTIONS_H

/*
 * IPv4 options (contract CM-04, RX-06, FR-03). They are kept as the sender wrote them, and filled in
 * when a packet is built.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ip.h>

#define LOP_OPTIONS_MAX 40

struct lop_if;
struct lop_worker;
struct rte_mbuf;

/*
 * Check the options of IP_OPTIONS or of an IP_RETOPTS cmsg and pad them, in place, with ends of
 * options to whole words. `raw` says that the caller may send what the library does not know
 * (CAP_NET_RAW).
 *
 * The padded length, or -EINVAL: malformed, or longer than LOP_OPTIONS_MAX.
 */
int lop_options_check(uint8_t opt[LOP_OPTIONS_MAX], unsigned int size, bool raw);

/* The first hop of a source route in checked options, which is what has to be routed; 0: none. */
uint32_t lop_options_first_hop(const uint8_t *opt, unsigned int bytes);

/*
 * Put checked options into a packet whose data starts at a whole IPv4 header of 20 bytes: room is
 * made in front, a source route names the next hop, the source and the time are recorded, length
 * and checksum are set. 0; -ENOBUFS without an mbuf where there is too little headroom. The packet
 * may be another one then.
 */
int lop_options_put(struct lop_worker *w, struct rte_mbuf **pkt, const uint8_t *opt,
		unsigned int bytes);

/*
 * Options of a packet that came in: checked, this host recorded in them, which the header's checksum
 * does not say, as in Linux. Data starts at the IPv4 header, whole and in the first segment.
 *
 * 0; -EINVAL: malformed, counted as InHdrErrors and answered by a parameter problem; -EOPNOTSUPP:
 * source routes are refused silently. The packet stays the caller's.
 */
int lop_options_in(struct lop_worker *w, struct rte_mbuf *m, struct lop_if *in);

/*
 * What an answer to a packet carries of the first `bytes` of its options: record route, timestamps,
 * label. Fills reply, padded, and returns the length.
 */
unsigned int
lop_options_echo(const struct rte_ipv4_hdr *ip, unsigned int bytes, uint8_t reply[LOP_OPTIONS_MAX]);

/* In a fragment that is not the first: options without the copy bit become NOPs (FR-03). */
void lop_options_fragment(uint8_t *opt, unsigned int bytes);

#endif
