/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Output, before the sender lets go of its datagrams: where they go, and from which source.
 *
 * in    w->to[i].daddr_be is set, w->send
 * out   meta.dst and w->to[i].saddr_be of the first *ret* packets, which are all for multicast or
 *       all for other addresses; w->out.err of the next one, 0: it is of the other kind
 * drop  nothing: what has no route stays the sender's
 */

#include <errno.h>

#include "fib.h"
#include "send.h"
#include "stages.h"

#define MANY (RTCF_BROADCAST | RTCF_MULTICAST)

/* More than one look-up, or an error. */
static int
route_one(struct lop_worker *w, struct lop_to *to, const struct lop_dst **dst)
{
	const struct lop_sock *sk = w->send->sock;
	const struct lop_flow flow = lop_flow_of(sk, to->daddr_be, to->dport_be);
	struct lop_route_result result;
	int ret;

	ret = lop_route_output(w, &flow, &result);
	if (ret != 0)
		return ret;
	ret = lop_send_broadcast(sk, result.dst);
	if (ret != 0)
		return ret;
	*dst = result.dst;
	to->saddr_be = result.saddr_be;
	to->daddr_be = result.daddr_be;
	return 0;
}

uint16_t
lop_route_out(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_sock *sk = w->send->sock;
	const bool plain = lop_load(sk->saddr_be) == 0 && lop_load(sk->bound_if) == 0 &&
			lop_load(sk->mark) == 0 && (lop_load(sk->tos) & IPTOS_TOS_MASK) == 0 &&
			(lop_load(sk->flags) & LOP_SOCK_DONTROUTE) == 0 &&
			(lop_load(sk->mc_if) | lop_load(sk->unicast_if)) == 0 &&
			lop_load(sk->mc_addr_be) == 0;
	const struct lop_dst *dst[LOP_BURST_MAX];
	uint32_t daddr[LOP_BURST_MAX], saddr[LOP_BURST_MAX];
	bool multicast = false;

	w->out.err = 0;
	if (plain) {
		uint16_t i = 0;

		do {
			daddr[i] = w->to[i].daddr_be;
		} while (++i < n);
		lop_route_output_bulk(w, daddr, dst, saddr, n);
	}
	for (uint16_t i = 0; i < n; i++) {
		if (likely(plain && dst[i] != NULL && (dst[i]->cache_flags & MANY) == 0)) {
			w->to[i].saddr_be = saddr[i];
			if (unlikely(multicast))
				return i;
		} else {
			w->out.err = route_one(w, &w->to[i], &dst[i]);
			if (w->out.err != 0)
				return i;
			if (i == 0)
				multicast = (dst[i]->cache_flags & RTCF_MULTICAST) != 0;
			else if (multicast != ((dst[i]->cache_flags & RTCF_MULTICAST) != 0))
				return i;
		}
		lop_meta(pkts[i])->dst = dst[i];
	}
	return n;
}
