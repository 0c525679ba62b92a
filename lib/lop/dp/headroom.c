/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * More room in front of a packet. Seldom asked for: who sends leaves room for the usual headers.
 */

#include <rte_ip.h>
#include <rte_memcpy.h>
#include <rte_udp.h>

#include "headroom.h"

/* What readers of a packet want in its first segment: IPv4 with its options, and UDP or ICMP. */
#define HEADERS_MAX (60 + sizeof(struct rte_udp_hdr))

struct rte_mbuf *
lop_headroom_more(struct lop_worker *w, struct rte_mbuf *m)
{
	const uint16_t moved = RTE_MIN(m->data_len, (uint16_t)HEADERS_MAX);
	struct rte_mbuf *front = rte_pktmbuf_alloc(w->lop->pool);

	if (front == NULL)
		return NULL;
	rte_memcpy(rte_pktmbuf_mtod(front, void *), rte_pktmbuf_mtod(m, const void *), moved);
	front->data_len = moved;
	front->pkt_len = m->pkt_len;
	front->nb_segs = m->nb_segs + 1;
	front->port = m->port;
	front->ol_flags = m->ol_flags & ~(RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL);
	front->tx_offload = m->tx_offload;
	*lop_meta(front) = *lop_meta(m);
	front->next = m;
	m->data_off += moved;
	m->data_len -= moved;
	if (m->data_len == 0) {
		front->next = m->next;
		front->nb_segs--;
		rte_pktmbuf_free_seg(m);
	}
	return front;
}
