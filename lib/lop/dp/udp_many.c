/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Datagrams of which several sockets may hear.
 */

#include <string.h>

#include <rte_ether.h>

#include "mcast.h"
#include "stages.h"
#include "udp_in.h"

bool
lop_udp_hears(const struct lop_sock *sk, const struct lop_tuple *t, bool multicast)
{
	const int bound_if = lop_load(sk->bound_if);

	if (lop_load(sk->sport_be) != t->dport_be)
		return false;
	if (lop_load(sk->rcv_saddr_be) != 0 && lop_load(sk->rcv_saddr_be) != t->daddr_be)
		return false;
	if (lop_load(sk->daddr_be) != 0 && lop_load(sk->daddr_be) != t->saddr_be)
		return false;
	if (lop_load(sk->dport_be) != 0 && lop_load(sk->dport_be) != t->sport_be)
		return false;
	if (bound_if != 0 && bound_if != t->ifindex)
		return false;
	return !multicast || lop_mcast_allows(sk, t->daddr_be, t->saddr_be, t->ifindex);
}

struct rte_mbuf *
lop_udp_copy(struct lop_worker *w, struct rte_mbuf *m)
{
	const unsigned int l4_len = sizeof(struct rte_udp_hdr);
	/* as many as there are: what came the short way has no link header */
	const unsigned int bytes = RTE_MIN(l4_len + lop_meta(m)->l3_len + RTE_ETHER_HDR_LEN,
			(unsigned int)rte_pktmbuf_headroom(m));
	struct rte_mbuf *copy;

	/* with its header: DPDK copies nothing that is empty */
	rte_pktmbuf_prepend(m, l4_len);
	copy = rte_pktmbuf_copy(m, w->lop->pool, 0, UINT32_MAX);
	rte_pktmbuf_adj(m, l4_len);
	if (copy == NULL) {
		lop_count(w->drop[LOP_DROP_NO_MBUF], 1);
		return NULL;
	}
	rte_pktmbuf_adj(copy, l4_len);
	/* a copy starts with the pool's headroom, which is longer than these; filters may ask */
	memcpy(rte_pktmbuf_mtod(copy, uint8_t *) - bytes,
			rte_pktmbuf_mtod(m, const uint8_t *) - bytes, bytes);
	*lop_meta(copy) = *lop_meta(m);
	return copy;
}
