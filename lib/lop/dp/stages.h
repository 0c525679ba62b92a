/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_STAGES_H
#define LOP_DP_STAGES_H

/*
 * The stages. Each owns the n > 0 packets it is given: it frees what it drops, with a reason, keeps
 * the rest at the front of pkts in their order, and answers how many are left.
 */

#include "udp_table.h"

typedef uint16_t lop_stage_t(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n);

/* Output, in order. Data starts at the IPv4 header from lop_ip_out() on. */
lop_stage_t lop_route_out; /* destination */
lop_stage_t lop_udp_out;   /* UDP header, and the plain IPv4 header with it */
lop_stage_t lop_ip_out;    /* IPv4 header: ID, length, checksum */
lop_stage_t lop_hook_local_out;
lop_stage_t lop_self_out; /* copies for this host of what other devices do not loop */
lop_stage_t lop_hook_post;
lop_stage_t lop_frag_out;  /* cuts what exceeds the MTU */
lop_stage_t lop_neigh_out; /* Ethernet header; data starts there from here on */
lop_stage_t lop_dev_out;   /* taps, transmit queue */

/* Input, in order. Data starts at the Ethernet header, from lop_eth_in() on at the IPv4 header. */
lop_stage_t lop_eth_in;
lop_stage_t lop_ip_in;
lop_stage_t lop_hook_pre;
lop_stage_t lop_route_in;
lop_stage_t lop_reasm_in;
lop_stage_t lop_hook_local_in;
lop_stage_t lop_local_in; /* to sockets by protocol; takes all. Data starts at the L4 header. */

/* Protocols behind lop_local_in(); they take all packets. */
lop_stage_t lop_udp_in;
lop_stage_t lop_icmp_in;

/* Bytes of the IPv4 header that a packet's data starts with. */
static inline uint8_t
lop_ihl(const struct rte_mbuf *m)
{
	return (*rte_pktmbuf_mtod(m, const uint8_t *) & 0xf) * 4;
}

/* What is on its way over lo needs no look at it but the receiver's. */
static inline bool
lop_is_straight(const struct lop_worker *w)
{
	return likely(!lop_load(w->lop->watched));
}

/* dp/output.c */

lop_stage_t lop_short_circuit;
lop_stage_t lop_udp_out_odd; /* datagrams with options or a real checksum */

/*
 * Datagrams of w->out.sock through all of output. meta.dst may be set already, w->out says what is
 * done. Then call lop_loop().
 */
void lop_output(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n);

/* Whole IPv4 packets, with meta.dst set, from LOCAL_OUT on: ICMP, raw sockets. Sets w->out.err. */
void lop_local_output(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n);

/* From behind a hook: for lop_hook_reinject(). */
void lop_output_behind(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n,
		enum lop_hook_point point);
void lop_input_behind(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n,
		enum lop_hook_point point);

/* All of input in one pass, for packets of lo while lop_is_straight(). */
lop_stage_t lop_plain_in;

/* dp/dev_out.c: frames into this worker's queue of lo, within the backlog's limit; takes all. */
void lop_to_lo(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n);

/* dp/input.c */

/* Frames of one interface. */
void lop_input(struct lop_worker *w, struct lop_if *in, struct rte_mbuf **pkts, uint16_t n);

/* Take what waits on this worker's queue of lo, with all that it causes (contract BK-05). */
void lop_loop(struct lop_worker *w);

/* A packet that is to leave after the burst that comes in: routed, from the IPv4 header on. */
void lop_answer(struct lop_worker *w, struct rte_mbuf *m);

/* dp/self_out.c: copies that POST_ROUTING let pass; take up to n of those that wait. */
void lop_self_put(struct lop_worker *w, struct rte_mbuf *m);
uint16_t lop_self_take(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n);

/* dp/icmp_out.c */

/*
 * Answer a packet with an ICMP error (contract IC-01): rate-limited, never about broadcast,
 * multicast, other fragments than the first, ICMP errors. Data of m starts at its IPv4 header; the
 * caller keeps m.
 */
void lop_icmp_send(struct lop_worker *w, const struct rte_mbuf *m, uint8_t type, uint8_t code,
		uint32_t info_be);

/* dp/ip_id.c: the ID of a packet without a socket's counter (contract IPO-03), host byte order. */
uint16_t lop_ip_id(struct lop_worker *w, uint32_t saddr_be, uint32_t daddr_be, uint8_t protocol);
/* The counter itself: one higher is the ID. */
uint16_t *
lop_ip_id_of(struct lop_worker *w, uint32_t saddr_be, uint32_t daddr_be, uint8_t protocol);

/*
 * The ID of the next packet, network byte order: from the counter of a connected socket, 0 where it
 * may not be cut, else from the worker's (contract IPO-03).
 */
static __rte_always_inline uint16_t
lop_ip_id_take(struct lop_worker *w, struct lop_sock *connected, bool zero, uint32_t saddr_be,
		uint32_t daddr_be)
{
	if (likely(connected != NULL)) {
		const uint16_t id = lop_load(connected->ip_id);

		/* two senders at once may take the same: a packet of each is known by its worker */
		lop_store(connected->ip_id, id + 1);
		return rte_cpu_to_be_16(id);
	}
	return zero ? 0 : rte_cpu_to_be_16(lop_ip_id(w, saddr_be, daddr_be, IPPROTO_UDP));
}

/* Timers: reassembly and the like; runs what is due. */
void lop_timers_run(struct lop_worker *w);
void lop_reasm_timer(struct lop_worker *w);

#endif
