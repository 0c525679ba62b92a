/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Output stage 7: taps, and the device.
 *
 * in    frames, meta.dst
 * out   0: all are taken
 * drop  DEV_DOWN (the sender does not hear: contract DEV-10), BACKLOG_FULL (BK-01), TX_FULL
 */

#include <errno.h>

#include <rte_ethdev.h>
#include <rte_ip.h>

#include "csum.h"
#include "stages.h"
#include "tap.h"
#include "trace.h"

/* Frames that the device's queue did not take, or must not. */
static void
drop_all(struct lop_worker *w, struct lop_if *dev, struct rte_mbuf **pkts, uint16_t n,
		enum lop_drop_reason reason)
{
	struct lop_if_count *c = &w->ifs[dev->ifindex];

	if (reason == LOP_DROP_BACKLOG_FULL) {
		lop_count(c->rx_dropped, n);
		lop_count(w->softnet_dropped, n);
	} else {
		lop_count(c->tx_dropped, n);
	}
	for (uint16_t i = 0; i < n; i++)
		lop_drop_packet(w, pkts[i], reason);
}

/*
 * More than may wait. A burst is as many sends, each of which is received before the next one
 * (contract BK-05), unless all this happens while something is received: then they wait, and what
 * exceeds the limit is lost (contract BK-01).
 */
static __rte_noinline void
to_crowded_lo(struct lop_worker *w, struct lop_if *dev, struct rte_mbuf **pkts, uint16_t n,
		uint32_t limit)
{
	const struct lop_out out = w->out;

	for (;;) {
		/* Linux drops when more than the limit wait, not when as many do */
		const uint32_t room = w->lo_waiting > limit ? 0 : limit + 1 - w->lo_waiting;
		const uint16_t fit = RTE_MIN(room, (uint32_t)n);
		const uint16_t sent = fit == 0
				? 0
				: rte_eth_tx_burst(dev->port_id, w->index, pkts, fit);

		w->lo_waiting += sent;
		pkts += sent;
		n -= sent;
		if (n == 0 || w->looping || w->lo_waiting == 0)
			break;
		lop_loop(w);
	}
	if (n != 0)
		drop_all(w, dev, pkts, n, LOP_DROP_BACKLOG_FULL);
	w->out = out;
}

void
lop_to_lo(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	struct lop_if *dev = w->lop->lo;
	const uint32_t limit = lop_setting(w->lop, LOP_SETTING_BACKLOG);
	uint16_t sent = 0;

	if (likely(w->lo_waiting + n <= limit + 1)) {
		sent = rte_eth_tx_burst(dev->port_id, w->index, pkts, n);
		w->lo_waiting += sent;
	}
	if (unlikely(sent < n))
		to_crowded_lo(w, dev, pkts + sent, n - sent, limit);
}

/* Data starts at the Ethernet header. */
static void
csum_finish(struct rte_mbuf *m)
{
	const uint8_t *ip = rte_pktmbuf_mtod_offset(m, const uint8_t *, RTE_ETHER_HDR_LEN);

	lop_csum_finish_udp(m, RTE_ETHER_HDR_LEN + (*ip & RTE_IPV4_HDR_IHL_MASK) * 4);
}

/* Any other device: checksums are finished here (contract QU-06), and only here. */
static __rte_noinline void
to_wire(struct lop_worker *w, struct lop_if *dev, struct rte_mbuf **pkts, uint16_t n)
{
	struct lop_if_count *c = &w->ifs[dev->ifindex];
	uint64_t bytes = 0;
	uint16_t sent;

	for (uint16_t i = 0; i < n; i++) {
		if ((lop_meta(pkts[i])->flags & LOP_META_CSUM_PARTIAL) != 0)
			csum_finish(pkts[i]);
		pkts[i]->ol_flags &= ~lop_meta_flag_bit;
		bytes += pkts[i]->pkt_len;
	}
	sent = lop_if_transmit(dev, w->index, pkts, n);
	for (uint16_t i = sent; i < n; i++)
		bytes -= pkts[i]->pkt_len;
	lop_count(c->tx_packets, sent);
	lop_count(c->tx_bytes, bytes);
	if (unlikely(sent < n)) {
		w->out.failed += n - sent;
		w->out.err = -ENOBUFS;
		drop_all(w, dev, pkts + sent, n - sent, LOP_DROP_TX_FULL);
	}
}

static __rte_noinline void
tell_senders(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		struct lop_sock *sk = lop_meta(pkts[i])->sock;

		if (sk != NULL)
			lop_sock_sent(w, sk, pkts[i]);
	}
}

static __rte_always_inline void
to_device(struct lop_worker *w, struct lop_if *dev, struct rte_mbuf **pkts, uint16_t n)
{
	if (unlikely(!lop_if_is_up(dev))) {
		drop_all(w, dev, pkts, n, LOP_DROP_DEV_DOWN);
		return;
	}
	if (unlikely(lop_load(w->lop->hooks.taps) != NULL))
		lop_taps_out(w, dev, pkts, n);
	if (lop_tracing(w))
		lop_trace_burst(w, LOP_TRACE_DEV_OUT, pkts, n, 0, 0);
	if (unlikely(lop_load(w->lop->nb_stamping) != 0))
		tell_senders(w, pkts, n);
	if (likely(dev->loopback))
		lop_to_lo(w, pkts, n);
	else
		to_wire(w, dev, pkts, n);
}

uint16_t
lop_dev_out(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t from = 0;

	if (likely(w->out.dst != NULL)) {
		to_device(w, w->out.dst->dev, pkts, n);
		return 0;
	}
	/* neighbours for the same device go together */
	while (from < n) {
		struct lop_if *dev = lop_meta(pkts[from])->dst->dev;
		uint16_t k = 1;

		while (from + k < n && lop_meta(pkts[from + k])->dst->dev == dev)
			k++;
		to_device(w, dev, pkts + from, k);
		from += k;
	}
	return 0;
}
