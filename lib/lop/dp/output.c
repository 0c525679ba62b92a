/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The output path, in the order a datagram meets it. Before it, a sender has its datagrams routed
 * (lop_route_out()): what has no route stays the sender's.
 *
 * A stage owns all n packets it is given. It frees what it drops, keeps the rest at the front of
 * pkts in their order, and returns how many are left. It is never called with n == 0.
 */

#include <string.h>

#include "stages.h"
#include "trace.h"

/* From one of the stages on. Written out: a table of functions costs a burst of one more. */
static __rte_always_inline uint16_t
from_frag(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	n = lop_frag_out(w, pkts, n); /* cut what exceeds the MTU */
	if (n != 0)
		n = lop_neigh_out(w, pkts, n); /* Ethernet header */
	if (n != 0)
		n = lop_dev_out(w, pkts, n); /* transmit queue */
	return n;
}

static __rte_always_inline uint16_t
from_post(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	if (unlikely(lop_load(w->lop->nb_wires) != 0))
		n = lop_self_out(w, pkts, n); /* copies for this host */
	if (n != 0)
		n = lop_hook_post(w, pkts, n);
	return n != 0 ? from_frag(w, pkts, n) : 0;
}

static __rte_always_inline uint16_t
from_local_out(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	n = lop_hook_local_out(w, pkts, n);
	if (unlikely(w->lop->short_circuit) && n != 0)
		n = lop_short_circuit(w, pkts, n);
	return n != 0 ? from_post(w, pkts, n) : 0;
}

static __rte_always_inline void
count_failed(struct lop_worker *w)
{
	if (unlikely(w->out.failed != 0))
		lop_mib_add(w, IP_OUTDISCARDS, w->out.failed);
}

/* Frames for lo already: what the stages between would count, and nothing else. */
static __rte_always_inline void
straight_out(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	lop_mib_add(w, IP_OUTREQUESTS, n);
	lop_mib_add(w, IP_OUTTRANSMITS, n);
	lop_mib_add(w, IPEXT_OUTOCTETS, w->out.bytes);
	lop_to_lo(w, pkts, n);
}

void
lop_output(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	w->out.failed = 0;
	w->out.err = 0;
	w->out.l2 = false;
	n = lop_udp_out(w, pkts, n); /* UDP header, and the IPv4 header with it */
	if (likely(w->out.l2)) {
		straight_out(w, pkts, n);
		return;
	}
	if (n != 0) {
		/* a trace that starts between two stages starts with the next burst */
		if (lop_tracing(w))
			lop_trace_pick(w, pkts, n);
		n = lop_ip_out(w, pkts, n); /* a request from here on */
		from_local_out(w, pkts, n);
	}
	count_failed(w);
}

void
lop_local_output(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	memset(&w->out, 0, sizeof(w->out));
	w->out.headers = true;
	if (lop_tracing(w))
		lop_trace_pick(w, pkts, n);
	n = lop_ip_out(w, pkts, n);
	from_local_out(w, pkts, n);
	count_failed(w);
}

void
lop_output_behind(
		struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n, enum lop_hook_point point)
{
	memset(&w->out, 0, sizeof(w->out));
	w->out.headers = true;
	if (point == LOP_HOOK_LOCAL_OUT) {
		if (unlikely(w->lop->short_circuit))
			n = lop_short_circuit(w, pkts, n);
		if (n != 0)
			from_post(w, pkts, n);
	} else if (unlikely((lop_meta(pkts[0])->flags & LOP_META_SELF) != 0)) {
		/* n is 1: such packets come one by one */
		lop_self_put(w, pkts[0]);
	} else {
		from_frag(w, pkts, n);
	}
	count_failed(w);
}

/* The short circuit (contract FLOW-1): what is for this host goes straight to it. */
uint16_t
lop_short_circuit(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	struct rte_mbuf *local[LOP_BURST_MAX];
	uint16_t kept = 0, nb_local = 0;

	for (uint16_t i = 0; i < n; i++) {
		struct lop_meta *meta = lop_meta(pkts[i]);

		if (!meta->dst->dev->loopback || meta->dst->input != LOP_INPUT_DELIVER) {
			pkts[kept++] = pkts[i];
			continue;
		}
		meta->sock = NULL;
		meta->ifindex = meta->dst->orig_ifindex;
		meta->l3_len = lop_ihl(pkts[i]);
		local[nb_local++] = pkts[i];
	}
	if (nb_local != 0)
		nb_local = lop_hook_local_in(w, local, nb_local);
	if (nb_local != 0)
		lop_local_in(w, local, nb_local);
	return kept;
}
