/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Recording the way of traced packets.
 */

#include <string.h>

#include <rte_ip.h>

#include "neigh.h"
#include "sock.h"
#include "trace_record.h"

static struct lop_trace_record *
record_of(struct lop_trace *t, uint32_t number)
{
	const uint32_t index = number & RTE_LEN2MASK(LOP_TRACE_INDEX_BITS, uint32_t);

	if (number > UINT16_MAX || number >> LOP_TRACE_INDEX_BITS != t->generation ||
			index >= t->packets)
		return NULL;
	return &t->record[index];
}

static uint32_t
number_of(const struct rte_mbuf *m)
{
	const struct lop_meta *meta = lop_meta(m);

	return (meta->flags & LOP_META_TRACED) != 0 ? meta->trace : LOP_TRACE_NO_NUMBER;
}

/* The next event of a record, or NULL: it is full. */
static struct lop_trace_event *
event_start(struct lop_worker *w, struct lop_trace_record *r, enum lop_trace_stage stage)
{
	const uint32_t n = lop_load(r->nb_events);

	if (n == LOP_TRACE_EVENTS_MAX) {
		lop_store(r->cut, true);
		return NULL;
	}
	r->event[n] = (struct lop_trace_event){ .us = lop_now(w), .stage = stage, .fd = -1 };
	return &r->event[n];
}

/* Partner: event_count() in ctl/trace_print.c. */
static void
event_end(struct lop_trace_record *r)
{
	lop_publish(r->nb_events, lop_load(r->nb_events) + 1);
}

static void
name_put(struct lop_trace_event *e, const struct lop_if *dev)
{
	if (dev != NULL)
		memcpy(e->name, dev->name, sizeof(dev->name));
}

static void
ip_put(struct lop_trace_event *e, const struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	uint16_t fragment;

	e->bytes = m->pkt_len;
	if (m->data_len < sizeof(*ip))
		return;
	fragment = rte_be_to_cpu_16(ip->fragment_offset);
	e->id = rte_be_to_cpu_16(ip->packet_id);
	e->ttl = ip->time_to_live;
	e->tos = ip->type_of_service;
	e->kind = ip->next_proto_id;
	e->saddr_be = ip->src_addr;
	e->addr_be = ip->dst_addr;
	e->fragment = (fragment & RTE_IPV4_HDR_OFFSET_MASK) * RTE_IPV4_HDR_OFFSET_UNITS;
	e->flag = (fragment & RTE_IPV4_HDR_DF_FLAG) != 0;
	/* the first eight bytes of every protocol above that has ports */
	if (e->fragment == 0 && m->data_len >= (ip->version_ihl & 0xf) * 4 + 4) {
		const uint16_t *port = rte_pktmbuf_mtod_offset(
				m, const uint16_t *, (ip->version_ihl & 0xf) * 4);

		e->sport_be = port[0];
		e->dport_be = port[1];
	}
}

static void
route_put(struct lop_trace_event *e, const struct rte_mbuf *m)
{
	const struct lop_dst *dst = lop_meta(m)->dst;

	ip_put(e, m);
	if (dst == NULL)
		return;
	e->kind = dst->type;
	e->table = dst->table;
	e->flag = dst->dev->loopback;
	name_put(e, dst->dev);
	if (dst->gateway_be != 0)
		e->addr_be = dst->gateway_be;
}

static void
neigh_put(struct lop_trace_event *e, const struct rte_mbuf *m, const struct lop_neigh *neigh)
{
	if (neigh == NULL && lop_meta(m)->dst != NULL)
		neigh = lop_meta(m)->dst->neigh;
	if (neigh == NULL)
		return;
	e->addr_be = neigh->addr_be;
	e->id = lop_load(neigh->state);
	name_put(e, neigh->dev);
}

/* What comes from below the IPv4 header, or above it. */
static void
rest_put(struct lop_worker *w, struct lop_trace_event *e, const struct rte_mbuf *m, uintptr_t a,
		uintptr_t b)
{
	const struct lop_meta *meta = lop_meta(m);
	const struct lop_sock *sk;

	e->bytes = m->pkt_len;
	switch (e->stage) {
	case LOP_TRACE_DEV_OUT:
		e->flag = meta->dst->dev->loopback;
		name_put(e, meta->dst->dev);
		break;
	case LOP_TRACE_ETH_IN:
		e->kind = meta->pkt_type;
		e->flag = meta->ifindex == LOP_LO_INDEX;
		name_put(e, lop_if_of(w->lop, meta->ifindex));
		break;
	case LOP_TRACE_ICMP_IN:
		e->kind = m->data_len >= 2 ? *rte_pktmbuf_mtod(m, const uint8_t *) : 0;
		e->verdict = m->data_len >= 2 ? rte_pktmbuf_mtod(m, const uint8_t *)[1] : 0;
		break;
	case LOP_TRACE_DROP:
		e->kind = a;
		break;
	default:
		sk = (const struct lop_sock *)a;
		e->fd = sk != NULL ? sk->fd : -1;
		e->table = b;
	}
}

static void
record(struct lop_worker *w, struct lop_trace *t, enum lop_trace_stage stage,
		const struct rte_mbuf *m, uintptr_t a, uintptr_t b)
{
	struct lop_trace_record *r = record_of(t, number_of(m));
	struct lop_trace_event *e = r != NULL ? event_start(w, r, stage) : NULL;

	if (e == NULL)
		return;
	switch (stage) {
	case LOP_TRACE_SOCKET:
		ip_put(e, m);
		e->fd = lop_meta(m)->sock != NULL ? lop_meta(m)->sock->fd : -1;
		break;
	case LOP_TRACE_UDP_OUT:
	case LOP_TRACE_IP_OUT:
	case LOP_TRACE_IP_IN:
	case LOP_TRACE_REASM:
		ip_put(e, m);
		e->table = lop_meta(m)->flags;
		break;
	case LOP_TRACE_FRAG:
		ip_put(e, m);
		e->table = a;
		break;
	case LOP_TRACE_ROUTE:
	case LOP_TRACE_ROUTE_IN:
		route_put(e, m);
		break;
	case LOP_TRACE_NEIGH:
		neigh_put(e, m, (const struct lop_neigh *)a);
		break;
	default:
		rest_put(w, e, m, a, b);
	}
	event_end(r);
}

void
lop_trace_burst(struct lop_worker *w, enum lop_trace_stage stage, struct rte_mbuf *const *pkts,
		uint16_t n, uintptr_t a, uintptr_t b)
{
	struct lop_trace *t = lop_acquire(w->lop->trace);

	for (uint16_t i = 0; t != NULL && i < n; i++)
		record(w, t, stage, pkts[i], a, b);
}

void
lop_trace_drop(struct lop_worker *w, const struct rte_mbuf *m, enum lop_drop_reason reason)
{
	struct lop_trace *t = lop_acquire(w->lop->trace);

	if (t != NULL)
		record(w, t, LOP_TRACE_DROP, m, reason, 0);
}

static bool
fits(const struct lop_trace_filter *f, const struct rte_mbuf *m)
{
	struct lop_trace_event e = { 0 };

	ip_put(&e, m);
	return (f->saddr_be == 0 || f->saddr_be == e.saddr_be) &&
			(f->daddr_be == 0 || f->daddr_be == e.addr_be) &&
			(f->protocol == 0 || f->protocol == e.kind) &&
			(f->sport_be == 0 || f->sport_be == e.sport_be) &&
			(f->dport_be == 0 || f->dport_be == e.dport_be);
}

/* Give a packet a record. False: there are none left. */
static bool
pick(struct lop_trace *t, struct lop_meta *meta)
{
	uint32_t index;

	if (lop_load(t->used) >= t->packets)
		return false;
	index = rte_atomic_fetch_add_explicit(&t->used, 1, rte_memory_order_relaxed);
	if (index >= t->packets)
		return false;
	meta->trace = t->generation << LOP_TRACE_INDEX_BITS | index;
	meta->flags |= LOP_META_TRACED;
	return true;
}

void
lop_trace_pick(struct lop_worker *w, struct rte_mbuf *const *pkts, uint16_t n)
{
	struct lop_trace *t = lop_acquire(w->lop->trace);

	for (uint16_t i = 0; t != NULL && i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		struct lop_meta *meta = lop_meta(m);
		const bool in = meta->ifindex != 0;

		/* what came over lo was looked at when it was sent */
		if ((meta->flags & LOP_META_TRACED) == 0 && !(in && meta->dst != NULL) &&
				fits(&t->filter, m))
			pick(t, meta);
		if (in) {
			record(w, t, LOP_TRACE_ETH_IN, m, 0, 0);
			continue;
		}
		record(w, t, LOP_TRACE_SOCKET, m, 0, 0);
		record(w, t, LOP_TRACE_ROUTE, m, 0, 0);
		if (rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *)->next_proto_id == IPPROTO_UDP)
			record(w, t, LOP_TRACE_UDP_OUT, m, 0, 0);
	}
}

void
lop_trace_numbers(struct rte_mbuf *const *pkts, uint16_t n, uint32_t *numbers)
{
	for (uint16_t i = 0; i < n; i++)
		numbers[i] = number_of(pkts[i]);
}

void
lop_trace_hook(struct lop_worker *w, const uint32_t *numbers, uint16_t n, enum lop_hook_point point,
		const struct lop_hook_entry *hook, const uint8_t *verdicts)
{
	struct lop_trace *t = lop_acquire(w->lop->trace);

	for (uint16_t i = 0; t != NULL && i < n; i++) {
		struct lop_trace_record *r = record_of(t, numbers[i]);
		struct lop_trace_event *e = r != NULL ? event_start(w, r, LOP_TRACE_HOOK) : NULL;

		if (e == NULL)
			continue;
		e->kind = point;
		e->verdict = verdicts[i];
		memcpy(e->name, hook->name, sizeof(e->name));
		event_end(r);
	}
}
