/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The packets that need more than to be handed over, one at a time: those that are dropped, that
 * ask for an offload, whose metadata the receiver must not see, or that the device looks into.
 *
 * A packet that finds its ring full goes back to the caller as it came, so room is looked for
 * before anything is changed.
 */

#include <errno.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_mbuf_dyn.h>
#include <rte_net.h>

#include "lo.h"
#include "lo_rxtx.h"

#define LO_TX_SEG (RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_UDP_SEG)

/* What the receiver is told about a packet, beside the packet. */
struct lo_meta {
	uint64_t flags;
	uint64_t now;  /* one clock for the burst */
	uint32_t hash; /* in reverse */
};

/* What became of a packet. */
enum lo_fate {
	LO_FATE_SENT,
	LO_FATE_DROPPED, /* freed and counted */
	LO_FATE_FULL,    /* still the caller's */
};

static enum lo_fate
lo_drop(struct lo_txq *txq, struct rte_mbuf *m, enum lo_drop reason)
{
	lo_add_shared(&txq->cold.drop[reason], 1);
	rte_pktmbuf_free(m);
	return LO_FATE_DROPPED;
}

uint16_t
lo_tx_overflow(struct lo_txq *txq, struct lo_ring *r, struct rte_mbuf **pkts, uint16_t n)
{
	if (lo_get(r->limit) == 0)
		lo_add_shared(&txq->cold.drop[LO_DROP_NO_RX_QUEUE], n);
	else if (txq->dev->args.overflow == LO_OVERFLOW_DROP)
		lo_add_shared(&r->missed, n);
	else
		return 0;

	rte_pktmbuf_free_bulk(pkts, n);
	return n;
}

/* A large packet that crosses as one: the receiver asked for it, or its MTU takes it anyway. */
static bool
lo_crosses_whole(const struct lo_txq *txq, const struct rte_mbuf *m)
{
	return m->pkt_len <= lo_get(txq->frame_max_bytes) || m->pkt_len <= txq->dev->lro_max_bytes;
}

/* Why a packet cannot be sent, or LO_DROP_COUNT. Reads it, changes nothing. */
static enum lo_drop
lo_refuse(const struct lo_txq *txq, const struct rte_mbuf *m)
{
	if ((m->ol_flags & RTE_MBUF_F_TX_OFFLOAD_MASK & ~LO_TX_FLAGS_SUPPORTED) != 0)
		return LO_DROP_UNSUPPORTED_OFFLOAD;
	if ((m->ol_flags & LO_TX_SEG) != 0) {
		if (lo_gso_count(m) < 0)
			return LO_DROP_MALFORMED;
	} else if (m->pkt_len > lo_get(txq->frame_max_bytes)) {
		return LO_DROP_OVERSIZE;
	}
	if (lo_csum_check(m) != 0)
		return LO_DROP_MALFORMED;
	return LO_DROP_COUNT;
}

/* Whether the receiver hears a frame sent to this address. */
static bool
lo_hears(const struct lo_dev *dev, const struct rte_mbuf *m)
{
	const struct rte_eth_dev_data *data = dev->data;
	struct rte_ether_addr copy;
	const struct rte_ether_addr *to;

	if (!lo_get(dev->filter))
		return true;
	to = rte_pktmbuf_read(m, 0, sizeof(copy), &copy);
	if (to == NULL || rte_is_broadcast_ether_addr(to))
		return true;
	if (rte_is_multicast_ether_addr(to)) {
		if (data->all_multicast)
			return true;
		for (unsigned int i = 0; i < dev->nb_mc_macs; i++) {
			if (rte_is_same_ether_addr(to, &dev->mc_macs[i]))
				return true;
		}
	}
	for (unsigned int i = 0; i < LO_MACS_MAX; i++) {
		/* an empty place of the list is all zeros, as the first may be by choice */
		if (i != 0 && rte_is_zero_ether_addr(&data->mac_addrs[i]))
			continue;
		if (rte_is_same_ether_addr(to, &data->mac_addrs[i]))
			return true;
	}
	return false;
}

static bool
lo_ring_has_room(const struct lo_txq *txq, struct lo_ring *r, uint32_t n)
{
	uint32_t limit = lo_get(r->limit);
	uint32_t used;

	/* not behind the back of the only producer, whose head_seen must be of this lap */
	if (!txq->shared)
		return lo_ring_room(r, lo_get(r->tail), n) >= n;
	used = lo_ring_count(r);
	return used < limit && limit - used >= n;
}

/* A packet of one's own in place of one whose metadata or data others hold; NULL without mbufs. */
static struct rte_mbuf *
lo_own(struct rte_mbuf *m, bool data_too)
{
	struct rte_mempool *pool = RTE_MBUF_CLONED(m) ? rte_mbuf_from_indirect(m)->pool : m->pool;
	struct rte_mbuf *own;

	/* an mbuf of such a pool cannot be attached, nor lose its buffer */
	if ((rte_pktmbuf_priv_flags(pool) & RTE_PKTMBUF_POOL_F_PINNED_EXT_BUF) != 0)
		return NULL;
	own = data_too ? rte_pktmbuf_copy(m, pool, 0, UINT32_MAX) : rte_pktmbuf_clone(m, pool);
	if (own != NULL)
		rte_pktmbuf_free(m);
	return own;
}

/* Whether somebody else may read what would be written into the packet's data. */
static bool
lo_data_shared(const struct rte_mbuf *m)
{
	for (; m != NULL; m = m->next) {
		/* a pinned buffer is external and still nobody else's */
		if ((!RTE_MBUF_DIRECT(m) && !RTE_MBUF_HAS_PINNED_EXTBUF(m)) ||
				rte_mbuf_refcnt_read(m) != 1)
			return true;
	}
	return false;
}

/*
 * Make a packet ready to be received, short of its metadata: private where it will be written to,
 * linear where it must be, checksums in the data where the receiver does not take them on trust.
 * What is left undone by a failure does not matter, the packet is dropped then.
 */
static enum lo_drop
lo_make(struct lo_txq *txq, struct rte_mbuf **pkt, struct lo_meta *meta)
{
	const struct lo_dev *dev = txq->dev;
	const bool linear = (dev->rx_offloads & RTE_ETH_RX_OFFLOAD_SCATTER) == 0;
	struct rte_mbuf *m = *pkt;
	const bool writes = lo_csum_writes(dev, m) || (linear && m->nb_segs > 1);

	if ((writes && lo_data_shared(m)) || rte_mbuf_refcnt_read(m) != 1) {
		m = lo_own(m, writes);
		if (m == NULL)
			return LO_DROP_NO_MBUF;
		*pkt = m;
	}
	if (linear && rte_pktmbuf_linearize(m) != 0)
		return LO_DROP_NOT_LINEAR;
	if (lo_csum_apply(dev, m, &meta->flags) != 0)
		return LO_DROP_MALFORMED;
	if ((m->ol_flags & LO_TX_SEG) != 0 && dev->lro_max_bytes != 0)
		meta->flags |= RTE_MBUF_F_RX_LRO;

	return LO_DROP_COUNT;
}

/* The metadata as the receiver shall see them. */
static void
lo_finish(const struct lo_dev *dev, struct rte_mbuf *m, const struct lo_meta *meta)
{
	const uint32_t ptypes = lo_get(dev->ptype_mask);
	uint64_t flags = (m->ol_flags & LO_FLAGS_CROSSING & ~dev->timestamp_flag) | meta->flags;

	if ((dev->rx_offloads & RTE_ETH_RX_OFFLOAD_TIMESTAMP) != 0) {
		*RTE_MBUF_DYNFIELD(m, dev->timestamp_off, rte_mbuf_timestamp_t *) = meta->now;
		flags |= dev->timestamp_flag;
	}
	if ((flags & RTE_MBUF_F_RX_RSS_HASH) != 0)
		m->hash.rss = lo_reverse32(meta->hash);
	m->ol_flags = flags;
	m->port = dev->data->port_id;
	if (ptypes != 0)
		m->packet_type = rte_net_get_ptype(m, NULL, LO_PTYPE_MASK) & ptypes;
}

/* A packet that fits: through the ring, or dropped, or back to the caller. */
static enum lo_fate
lo_cross(struct lo_txq *txq, struct lo_ring *r, struct rte_mbuf **pkt, struct lo_meta meta)
{
	const uint32_t pkt_len = (*pkt)->pkt_len;
	enum lo_drop reason;
	uint64_t tail;

	if (!lo_ring_has_room(txq, r, 1))
		return LO_FATE_FULL;
	reason = lo_make(txq, pkt, &meta);
	if (reason != LO_DROP_COUNT)
		return lo_drop(txq, *pkt, reason);

	if (txq->shared) {
		/* another producer may have taken the room */
		if (lo_ring_reserve(r, 1, &pkt_len, &tail) == 0)
			return LO_FATE_FULL;
		lo_add_shared(&txq->count[0].packets, 1);
		lo_add_shared(&txq->count[0].bytes, pkt_len);
		lo_finish(txq->dev, *pkt, &meta);
		lo_ring_publish(r, tail, pkt, &pkt_len, 1);
	} else {
		lo_add_own(&txq->count[0].packets, 1);
		lo_add_own(&txq->count[0].bytes, pkt_len);
		lo_finish(txq->dev, *pkt, &meta);
		tail = lo_get(r->tail);
		lo_ring_append(r, tail, *pkt, pkt_len);
	}
	lo_ring_notify(txq->dev, r);

	return LO_FATE_SENT;
}

/* A large packet that the receiver does not take: in pieces, all of them or none. */
static enum lo_fate
lo_cross_cut(struct lo_txq *txq, struct lo_ring *r, struct rte_mbuf *m, struct lo_meta meta)
{
	const uint32_t count = lo_gso_count(m);

	if (count > r->size)
		return lo_drop(txq, m, LO_DROP_OVERSIZE);
	if (!lo_ring_has_room(txq, r, count))
		return LO_FATE_FULL;

	lo_add_shared(&txq->cold.gso_packets, 1);
	lo_add_shared(&txq->cold.gso_segments, count);
	for (uint32_t i = 0; i < count; i++) {
		struct rte_mbuf *piece = lo_gso_cut(m, i, count);

		if (piece == NULL) {
			lo_add_shared(&txq->cold.drop[LO_DROP_NO_MBUF], count - i);
			break;
		}
		if (piece->pkt_len > lo_get(txq->frame_max_bytes)) {
			lo_drop(txq, piece, LO_DROP_OVERSIZE);
		} else if (lo_cross(txq, r, &piece, meta) == LO_FATE_FULL) {
			/* another producer took the room: too late to hand the whole back */
			lo_add_shared(&r->missed, 1);
			rte_pktmbuf_free(piece);
		}
	}
	rte_pktmbuf_free(m);

	return LO_FATE_SENT;
}

/* The ring of a packet, or NULL when its receive queue does not exist. */
static struct lo_ring *
lo_ring_of(const struct lo_txq *txq, const struct rte_mbuf *m, struct lo_meta *meta)
{
	const struct lo_dev *dev = txq->dev;
	uint16_t queue;

	if (dev->args.steer == LO_STEER_QUEUE)
		return txq->ring;
	if (dev->data->nb_rx_queues == 0)
		return NULL;
	if (dev->args.steer == LO_STEER_LCORE)
		return lo_ring_of_lcore(txq);

	queue = lo_flow_queue(dev, m, &meta->hash, &meta->flags, lo_hasher_base);
	return lo_ring_of_queue(dev, queue);
}

static enum lo_fate
lo_send(struct lo_txq *txq, struct rte_mbuf **pkt, uint64_t now)
{
	const struct lo_dev *dev = txq->dev;
	struct rte_mbuf *m = *pkt;
	struct lo_meta meta = { .now = now };
	enum lo_drop reason;
	enum lo_fate fate;
	struct lo_ring *r;

	if (!lo_get(dev->link_up))
		return lo_drop(txq, m, LO_DROP_LINK_DOWN);
	reason = lo_refuse(txq, m);
	if (reason != LO_DROP_COUNT)
		return lo_drop(txq, m, reason);
	if (!lo_hears(dev, m))
		return lo_drop(txq, m, LO_DROP_MAC_FILTER);
	r = lo_ring_of(txq, m, &meta);
	if (r == NULL)
		return lo_drop(txq, m, LO_DROP_NO_RX_QUEUE);

	if ((m->ol_flags & LO_TX_SEG) != 0 && !lo_crosses_whole(txq, m))
		fate = lo_cross_cut(txq, r, m, meta);
	else
		fate = lo_cross(txq, r, pkt, meta);

	if (fate == LO_FATE_FULL && lo_tx_overflow(txq, r, pkt, 1) == 1)
		fate = LO_FATE_DROPPED;
	return fate;
}

uint16_t
lo_tx_slow(struct lo_txq *txq, struct rte_mbuf **pkts, uint16_t n)
{
	const bool stamps = (txq->dev->rx_offloads & RTE_ETH_RX_OFFLOAD_TIMESTAMP) != 0;
	const uint64_t now = stamps ? rte_rdtsc() : 0;
	uint16_t i;

	if (txq->dev->data->tx_queue_state[txq->queue_id] == RTE_ETH_QUEUE_STATE_STOPPED)
		return 0;

	for (i = 0; i < n; i++) {
		if (lo_send(txq, &pkts[i], now) == LO_FATE_FULL)
			break;
	}
	return i;
}

uint16_t
lo_tx_prepare(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lo_txq *txq = queue;

	for (uint16_t i = 0; i < n; i++) {
		enum lo_drop reason = lo_refuse(txq, pkts[i]);

		if (reason != LO_DROP_COUNT) {
			rte_errno = reason == LO_DROP_UNSUPPORTED_OFFLOAD ? ENOTSUP : EINVAL;
			return i;
		}
	}
	return n;
}
