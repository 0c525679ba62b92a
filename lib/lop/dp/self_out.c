/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Output, between LOCAL_OUT and POST_ROUTING: this host hears its own broadcasts and the groups it
 * has joined also on devices that do not loop (contract MC-03).
 *
 * in    whole IPv4 packets with meta.dst
 * out   the same, but multicast that is to stay on this host (TTL 0); copies wait for lop_loop()
 * drop  of copies, which their sender does not hear of: HOOK, NO_MBUF, BACKLOG_FULL, DEV_DOWN
 */

#include <netpacket/packet.h>

#include <rte_ip.h>

#include "sock.h"
#include "stages.h"

static bool
is_multicast(const struct rte_mbuf *m)
{
	return (lop_meta(m)->dst->cache_flags & RTCF_MULTICAST) != 0;
}

/* Broadcast is always heard, multicast unless the sender's IP_MULTICAST_LOOP is off. */
static bool
is_heard(const struct rte_mbuf *m)
{
	const struct lop_sock *sk = lop_meta(m)->sock;

	return !is_multicast(m) || sk == NULL || (lop_load(sk->flags) & LOP_SOCK_MC_LOOP) != 0;
}

/* As it will come in by the device it leaves through; its checksum is trusted. NULL: no mbuf. */
static struct rte_mbuf *
copy_of(struct lop_worker *w, const struct rte_mbuf *m)
{
	struct rte_mbuf *copy = rte_pktmbuf_copy(m, w->lop->pool, 0, UINT32_MAX);
	struct lop_meta *meta;

	if (copy == NULL) {
		lop_count(w->drop[LOP_DROP_NO_MBUF], 1);
		return NULL;
	}
	meta = lop_meta(copy);
	*meta = *lop_meta(m);
	meta->sock = NULL;
	meta->ifindex = meta->dst->dev->ifindex;
	meta->pkt_type = PACKET_LOOPBACK;
	meta->flags &= ~LOP_META_REROUTED;
	meta->flags |= LOP_META_SELF;
	if ((meta->flags & LOP_META_CSUM_PARTIAL) == 0)
		meta->flags |= LOP_META_CSUM_VALID;
	return copy;
}

static void
refuse(struct lop_worker *w, struct rte_mbuf *m, enum lop_drop_reason reason)
{
	lop_count(w->ifs[lop_meta(m)->ifindex].rx_dropped, 1);
	if (reason == LOP_DROP_BACKLOG_FULL)
		lop_count(w->softnet_dropped, 1);
	lop_drop_packet(w, m, reason);
}

/* Behind POST_ROUTING, into the backlog (contract BK-01, BK-02). */
void
lop_self_put(struct lop_worker *w, struct rte_mbuf *m)
{
	const uint32_t limit = lop_setting(w->lop, LOP_SETTING_BACKLOG);

	if (!lop_if_is_up(lop_meta(m)->dst->dev)) {
		refuse(w, m, LOP_DROP_DEV_DOWN);
		return;
	}
	/* a burst is as many sends, each received before the next one: contract BK-05 */
	if (w->lo_waiting + w->nb_selves > limit && !w->looping) {
		const struct lop_out out = w->out;

		lop_loop(w);
		w->out = out;
	}
	if (w->lo_waiting + w->nb_selves > limit || w->nb_selves == UINT16_MAX) {
		refuse(w, m, LOP_DROP_BACKLOG_FULL);
		return;
	}
	lop_meta(m)->next = NULL;
	if (w->nb_selves++ == 0)
		w->self_head = m;
	else
		lop_meta(w->self_tail)->next = m;
	w->self_tail = m;
}

uint16_t
lop_self_take(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	n = RTE_MIN(n, w->nb_selves);
	for (uint16_t i = 0; i < n; i++) {
		pkts[i] = w->self_head;
		w->self_head = lop_meta(pkts[i])->next;
		lop_meta(pkts[i])->sock = NULL;
	}
	w->nb_selves -= n;
	return n;
}

/* Past hooks of its own, whose verdict its sender does not hear. */
static void
copy_for_self(struct lop_worker *w, const struct rte_mbuf *m)
{
	const struct lop_out out = w->out;
	struct rte_mbuf *copy = copy_of(w, m);

	if (copy != NULL && lop_hook_post(w, &copy, 1) != 0)
		lop_self_put(w, copy);
	w->out = out;
}

uint16_t
lop_self_out(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t kept = 0;

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];

		if (likely(!lop_meta(m)->dst->copy_to_self)) {
			pkts[kept++] = m;
			continue;
		}
		if (is_heard(m))
			copy_for_self(w, m);
		if (is_multicast(m) &&
				rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *)->time_to_live == 0)
			rte_pktmbuf_free(m);
		else
			pkts[kept++] = m;
	}
	return kept;
}
