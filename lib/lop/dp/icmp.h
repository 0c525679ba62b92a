/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_ICMP_H
#define LOP_DP_ICMP_H

/*
 * What the files about ICMP share.
 */

#include <linux/rtnetlink.h>
#include <netinet/ip_icmp.h>
#include <rte_ip.h>
#include <rte_spinlock.h>

#include "fib.h"
#include "sock.h"

#define LOP_ICMP_PEER_BITS 10

/* A destination's tokens; forgotten when another one takes its place. */
struct lop_icmp_peer {
	uint32_t addr_be;
	uint32_t tokens_ms;
	uint64_t last_us;
};

/*
 * How many ICMP errors may leave, of an instance. Behind a lock: only errors about packets from
 * other hosts ask.
 */
struct lop_icmp_limit {
	rte_spinlock_t lock;
	uint32_t hash_key;
	uint32_t credit; /* of all destinations together */
	uint64_t last_us;
	struct lop_icmp_peer peer[1 << LOP_ICMP_PEER_BITS];
};

/* Types that tell of an error, of which ICMP does not tell errors. */
static inline bool
lop_icmp_is_error(uint8_t type)
{
	return type == ICMP_DEST_UNREACH || type == ICMP_SOURCE_QUENCH || type == ICMP_REDIRECT ||
			type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETERPROB;
}

/* A message came in; is sent. Sockets that send ICMP count so too. */
void lop_icmp_count_in(struct lop_worker *w, uint8_t type);
void lop_icmp_count_out(struct lop_worker *w, uint8_t type);

/* Where an ICMP message goes; no counter moves, whatever comes out. */
int
lop_icmp_route(struct lop_worker *w, const struct lop_flow *flow, struct lop_route_result *result);

/*
 * Send an ICMP message, of which m's data is all: its checksum, options, the IPv4 header. Takes m.
 * counted_as: the type that counts.
 */
struct lop_icmp_reply {
	const struct lop_route_result *route;
	uint8_t tos;
	uint8_t counted_as;
	uint16_t flags; /* of enum lop_meta_flag */
	uint8_t options_bytes;
	uint8_t options[40];
};
void lop_icmp_push(struct lop_worker *w, struct rte_mbuf *m, const struct lop_icmp_reply *reply);

/*
 * Answer a packet whose header has a fault at this byte. What was understood of its options, the
 * first options_bytes, is answered with it (contract RX-06).
 */
void lop_icmp_parameter_problem(struct lop_worker *w, const struct rte_mbuf *m, uint8_t at,
		unsigned int options_bytes);

/* A message about an error, to the sockets that caused it (contract IC-02); frees m. */
void lop_icmp_error_in(struct lop_worker *w, struct rte_mbuf *m, const struct icmphdr *icmp);

/* The ping socket for an echo ID, of a packet to daddr_be, or NULL. */
struct lop_sock *
lop_ping_lookup(const struct lop *lop, uint32_t daddr_be, uint16_t id_be, int ifindex);

/* dp/icmp_limit.c: whether an error may leave. `limited`: the destination is asked, too. */
bool lop_icmp_allow(struct lop_worker *w, uint8_t type, uint8_t code, bool *limited);
bool lop_icmp_allow_to(struct lop_worker *w, uint32_t daddr_be);

#endif
