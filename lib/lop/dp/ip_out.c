/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Output stage 2: what leaves the host as an IPv4 packet, counted once per datagram (contract
 * IPO-02). Its header is whole already: udp_out and whoever calls lop_local_output() see to it.
 *
 * in    whole IPv4 packets, meta.dst
 * out   the same
 * drop  nothing
 */

#include "stages.h"
#include "trace.h"

uint16_t
lop_ip_out(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	/* only raw sockets' own headers are no requests, and those come alone */
	if (likely((lop_meta(pkts[0])->flags & LOP_META_NO_REQUEST) == 0))
		lop_mib_add(w, IP_OUTREQUESTS, n);
	else /* in the receiver's queue the bit means something else */
		lop_meta(pkts[0])->flags &= ~LOP_META_NO_REQUEST;
	if (lop_tracing(w))
		lop_trace_burst(w, LOP_TRACE_IP_OUT, pkts, n, 0, 0);
	return n;
}
