/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_DST_H
#define LOP_DP_DST_H

/*
 * What routing decides: the destination of a packet. Immutable once published, freed after a grace
 * period; whoever keeps one longer keeps the generation it was made in, and asks again when
 * lop->genid has gone on (contract RT-02, CO-03).
 */

#include <stdbool.h>
#include <stdint.h>

/* before linux/..., which leaves out what it has defined then */
#include <net/if.h>

#include <linux/in_route.h>
#include <linux/rtnetlink.h>

#include "atomic.h"

struct lop_if;
struct lop_neigh;

/* What becomes of a packet that has come in by this destination. */
enum lop_dst_input {
	LOP_INPUT_DELIVER,   /* to this host */
	LOP_INPUT_DISCARD,   /* multicast that is not joined: contract MC-01 */
	LOP_INPUT_NOT_LOCAL, /* would have to be forwarded */
};

struct lop_dst {
	struct lop_if *dev;      /* leaves through; lo for everything local */
	struct lop_neigh *neigh; /* the next hop's, when it is known beforehand: on lo always */
	uint32_t gateway_be;     /* 0: the destination itself is the next hop */
	uint32_t mtu_bytes;      /* of an IPv4 packet: at most 65535 */
	uint32_t prefsrc_be; /* the source, where the sender names none; 0: see lop_route_output() */
	uint32_t table;
	uint16_t orig_ifindex; /* the interface that owns the address (contract RT-08, CM-06) */
	uint8_t type;          /* RTN_* */
	uint8_t input;         /* enum lop_dst_input */
	uint8_t scope;         /* RT_SCOPE_* of the route */
	bool mtu_locked;
	bool copy_to_self;    /* broadcast or joined multicast on a device that does not loop */
	uint32_t cache_flags; /* RTCF_LOCAL, RTCF_BROADCAST, RTCF_MULTICAST */
};

/* What is asked for. */
struct lop_flow {
	uint32_t daddr_be;
	uint32_t saddr_be; /* 0: choose */
	int oif;           /* 0: any */
	uint8_t tos;       /* DSCP bits */
	uint8_t protocol;
	bool dont_route; /* on-link destinations only (contract SEND-12) */
	bool any_source; /* IP_TRANSPARENT: saddr need not be local */
	uint16_t sport_be, dport_be;
	uint32_t mark;
	uint32_t uid;
};

/* What is answered. */
struct lop_route_result {
	const struct lop_dst *dst;
	uint32_t daddr_be; /* 127.0.0.1 or the source where 0.0.0.0 was asked for (contract SEND-18) */
	uint32_t saddr_be;
	bool cacheable; /* a socket may keep it under the current generation */
};

#endif
