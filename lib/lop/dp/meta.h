/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_META_H
#define LOP_DP_META_H

/*
 * What travels with a packet, in a dynamic field of its mbuf: over lo too, where the dynamic flag
 * says that the field is this instance's (principle: a local packet is routed once).
 */

#include <assert.h>

#include <rte_mbuf.h>
#include <rte_mbuf_dyn.h>

#include "dst.h"

struct lop_sock;

enum lop_meta_flag {
	LOP_META_CSUM_PARTIAL = 1
			<< 0, /* the L4 checksum is the pseudo header's sum: contract UDPH-01 */
	LOP_META_CSUM_VALID = 1 << 1, /* verified, or real because software summed it */
	LOP_META_TRACED = 1 << 2,     /* meta.trace is its record */
	LOP_META_REROUTED = 1 << 3,   /* skips POST_ROUTING: contract NF-03 */
	LOP_META_IGNORE_DF = 1 << 4,  /* may be fragmented though DF is set (pmtudisc WANT) */
	LOP_META_CONFIRM = 1 << 5,    /* MSG_CONFIRM: contract SEND-10 */
	LOP_META_BROADCAST = 1 << 6,  /* came in for a broadcast address */
	LOP_META_MULTICAST = 1 << 7,  /* came in for a multicast address */
	LOP_META_OPTIONS = 1 << 8,    /* the IPv4 header has options, which were checked */
	LOP_META_REASSEMBLED = 1 << 9,
	LOP_META_ICMP_ERROR = 1 << 10, /* an ICMP error of ours: no error in answer to it */
	LOP_META_NO_REQUEST = 1 << 11, /* not counted as OutRequests: IP_HDRINCL */
	LOP_META_SELF = 1 << 12,       /* for this host, of what another device took (MC-03) */
	LOP_META_STAMPED = 1 << 13,    /* meta.arrived_us is valid */
	LOP_META_CHARGED = 1 << 14,    /* hash.fdir.hi is its truesize, see lop_charge_of() */
	LOP_META_NO_INFO = 1 << 15,    /* came before IP_PKTINFO was on (CM-06) */
	/* in a queue, where the other one is gone: IP_PKTINFO was on, then off */
	LOP_META_INFO = LOP_META_NO_REQUEST,
};

/* Either: nobody need look at it. */
#define LOP_META_CSUM_KNOWN (LOP_META_CSUM_PARTIAL | LOP_META_CSUM_VALID)

struct lop_meta {
	union {
		const struct lop_dst *dst; /* NULL: not routed yet */
		uint64_t arrived_us;       /* in a socket's queue, by the worker's clock */
	};
	union {
		struct lop_sock *sock; /* output: the sender until it is orphaned, or NULL */
		struct rte_mbuf *next; /* in a queue: the next packet */
	};
	uint16_t flags;   /* enum lop_meta_flag */
	uint16_t ifindex; /* input: the device it came in by; later dst->orig_ifindex (CM-06) */
	uint16_t trace;   /* number of its trace record */
	uint8_t l3_len; /* input, above IP: bytes of the IPv4 header, which still stands in front */
	uint8_t pkt_type; /* PACKET_HOST and so on, by the link address */
};
static_assert(sizeof(struct lop_meta) == 24, "leaves 8 bytes of the dynamic space to others");

extern int lop_meta_offset;        /* in the mbuf */
extern uint64_t lop_meta_flag_bit; /* in ol_flags: the field is set, by the instance of this lo */

static __rte_always_inline struct lop_meta *
lop_meta(const struct rte_mbuf *m)
{
	return RTE_MBUF_DYNFIELD(m, lop_meta_offset, struct lop_meta *);
}

/* Its length does not say what Linux charges for it (contract UR-05). */
static inline void
lop_charge_set(struct rte_mbuf *m, uint32_t truesize)
{
	m->hash.fdir.hi = truesize;
	lop_meta(m)->flags |= LOP_META_CHARGED;
}

#endif
