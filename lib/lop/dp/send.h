/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_SEND_H
#define LOP_DP_SEND_H

/*
 * What the datagrams of one send have in common beside their destination: what a socket's options
 * and the control messages of a call come to (Linux's ipcm_cookie). w->send points to it during
 * lop_output().
 */

#include <netinet/ip.h>

#include "sock.h"

struct lop_send {
	struct lop_sock *sock;
	uint32_t saddr_be; /* as lop_route_output() answered */
	uint32_t daddr_be;
	uint16_t sport_be, dport_be;
	uint8_t tos;
	uint8_t ttl;
	bool df;             /* Don't Fragment */
	bool ignore_df;      /* fragment all the same when too big: WANT, DONT, OMIT (FR-01) */
	bool id_zero;        /* DF and not ignore_df: ID 0 (IPO-03) */
	bool connected;      /* IDs from sk->ip_id */
	bool no_check;       /* UDP checksum 0 */
	bool software_check; /* a real checksum (CK-02) */
	bool confirm;
	uint32_t first_bytes;  /* with software_check: of the first send of several */
	uint8_t options_bytes; /* multiple of 4, at most 40 */
	const uint8_t *options;
};

/* The interface of multicast and of IP_UNICAST_IF, where nothing else names one. */
static inline void
lop_flow_interface(const struct lop_sock *sk, struct lop_flow *flow)
{
	if (IN_MULTICAST(rte_be_to_cpu_32(flow->daddr_be))) {
		if (flow->oif == 0)
			flow->oif = lop_load(sk->mc_if);
		if (flow->saddr_be == 0)
			flow->saddr_be = lop_load(sk->mc_addr_be);
	} else if (flow->oif == 0) {
		flow->oif = lop_load(sk->unicast_if);
	}
}

/* What a socket's options ask routing for, on the way to a destination. */
static inline struct lop_flow
lop_flow_of(const struct lop_sock *sk, uint32_t daddr_be, uint16_t dport_be)
{
	const uint32_t flags = lop_load(sk->flags);
	struct lop_flow flow = {
		.daddr_be = daddr_be,
		.saddr_be = lop_load(sk->saddr_be),
		.oif = lop_load(sk->bound_if),
		.tos = lop_load(sk->tos) & IPTOS_DSCP_MASK,
		.protocol = sk->protocol,
		.dont_route = (flags & LOP_SOCK_DONTROUTE) != 0,
		.any_source = (flags & LOP_SOCK_TRANSPARENT) != 0,
		.sport_be = lop_load(sk->sport_be),
		.dport_be = dport_be,
		.mark = lop_load(sk->mark),
		.uid = sk->uid,
	};

	lop_flow_interface(sk, &flow);
	return flow;
}

/* contract SEND-09 */
static inline int
lop_send_broadcast(const struct lop_sock *sk, const struct lop_dst *dst)
{
	if ((dst->cache_flags & RTCF_BROADCAST) == 0 ||
			(lop_load(sk->flags) & LOP_SOCK_BROADCAST) != 0)
		return 0;
	return -EACCES;
}

/* contract IPO-01 */
static inline uint8_t
lop_send_ttl(const struct lop_sock *sk, const struct lop_dst *dst)
{
	if ((dst->cache_flags & RTCF_MULTICAST) != 0)
		return lop_load(sk->mc_ttl);
	return lop_load(sk->ttl) >= 0 ? lop_load(sk->ttl)
				      : lop_setting(sk->lop, LOP_SETTING_IP_DEFAULT_TTL);
}

/* Fill in what the socket's options say, for a destination found by lop_route_output(). */
static inline void
lop_send_defaults(struct lop_send *send, struct lop_sock *sk, const struct lop_dst *dst)
{
	const uint32_t flags = lop_load(sk->flags);

	send->sock = sk;
	send->sport_be = lop_load(sk->sport_be);
	send->tos = lop_load(sk->tos);
	send->ttl = lop_send_ttl(sk, dst);
	send->df = lop_load(sk->pmtudisc) == IP_PMTUDISC_WANT ||
			lop_load(sk->pmtudisc) == IP_PMTUDISC_DO ||
			lop_load(sk->pmtudisc) == IP_PMTUDISC_PROBE;
	send->ignore_df = lop_load(sk->pmtudisc) == IP_PMTUDISC_WANT ||
			lop_load(sk->pmtudisc) == IP_PMTUDISC_DONT ||
			lop_load(sk->pmtudisc) == IP_PMTUDISC_OMIT;
	send->connected = lop_load(sk->daddr_be) != 0;
	send->id_zero = send->df && !send->ignore_df && !send->connected;
	send->no_check = (flags & LOP_SOCK_NO_CHECK_TX) != 0;
	send->software_check = false;
	send->confirm = false;
	send->options_bytes = lop_load(sk->options_bytes);
	send->options = sk->options;
}

#endif
