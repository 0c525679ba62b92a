/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Where a datagram goes: the address of the call, its control messages, the route (contract
 * SEND-06 to SEND-12, CO-03, CO-04).
 */

#include <string.h>

#include "../dp/neigh.h"
#include "msg.h"

/* How a destination was asked for. */
struct target {
	uint32_t daddr_be;
	uint16_t dport_be;
	bool connected; /* the route of connect() may be used */
	bool corked;    /* more of the datagram may follow */
};

/* contract SEND-06 */
static int
target_of(const struct lop_sock *sk, const struct lop_request *rq, struct target *t)
{
	struct sockaddr_in to;

	if (rq->to == NULL) {
		if (lop_load(sk->state) != LOP_SOCK_ESTABLISHED)
			return -EDESTADDRREQ;
		t->daddr_be = lop_load(sk->daddr_be);
		t->dport_be = lop_load(sk->dport_be);
		t->connected = true;
		return 0;
	}
	if (rq->to_bytes < sizeof(to))
		return -EINVAL;
	memcpy(&to, rq->to, sizeof(to));
	if (to.sin_family != AF_INET && to.sin_family != AF_UNSPEC)
		return -EAFNOSUPPORT;
	if (to.sin_port == 0 && sk->protocol == IPPROTO_UDP && sk->type == SOCK_DGRAM)
		return -EINVAL;
	t->daddr_be = to.sin_addr.s_addr;
	t->dport_be = to.sin_port;
	t->connected = false;
	return 0;
}

/* Nothing is left unset, for flows are compared as bytes. */
static void
flow_of(const struct lop_sock *sk, const struct target *t, const struct lop_cookie *c,
		struct lop_flow *flow)
{
	const uint32_t flags = lop_load(sk->flags);

	memset(flow, 0, sizeof(*flow));
	flow->daddr_be = t->daddr_be;
	flow->saddr_be = c->saddr_be;
	flow->oif = c->oif;
	flow->tos = (c->tos >= 0 ? c->tos : lop_load(sk->tos)) & IPTOS_DSCP_MASK;
	flow->protocol = sk->protocol;
	flow->dont_route = (flags & LOP_SOCK_DONTROUTE) != 0;
	flow->any_source = (flags & LOP_SOCK_TRANSPARENT) != 0;
	flow->sport_be = lop_load(sk->sport_be);
	flow->dport_be = t->dport_be;
	flow->mark = c->mark;
	flow->uid = sk->uid;
}

/* Ask routing, and keep the answer for the next send of this worker. */
static int
look_up(struct lop_worker *w, const struct lop_flow *flow, struct lop_route_result *result)
{
	const uint32_t genid = lop_acquire(w->lop->genid);
	int ret;

	if (w->route.result.dst != NULL && w->route.genid == genid &&
			memcmp(&w->route.flow, flow, sizeof(*flow)) == 0) {
		*result = w->route.result;
		return 0;
	}
	ret = lop_route_output(w, flow, result);
	if (ret != 0)
		return ret;
	if (result->cacheable) {
		w->route.flow = *flow;
		w->route.result = *result;
		w->route.genid = genid;
	}
	return 0;
}

/*
 * The route is the peer's, the address need not be: of what is corked the source, of what is not all
 * of it is another's (contract CK-01).
 */
static int
look_up_astray(struct lop_worker *w, const struct lop_to *to, struct lop_flow *flow,
		struct target *t, struct lop_route_result *result)
{
	const int ret = look_up(w, flow, result);

	result->saddr_be = to->saddr_be;
	if (!t->corked) {
		result->daddr_be = to->daddr_be;
		flow->daddr_be = to->daddr_be;
		t->dport_be = to->dport_be;
	}
	return ret;
}

/* The connected socket's own answer, asked for again when routes have changed (contract CO-03). */
static int
look_up_connected(struct lop_worker *w, struct lop_sock *sk, struct lop_flow *flow,
		struct target *t, struct lop_route_result *result)
{
	const uint32_t genid = lop_acquire(w->lop->genid);
	struct lop_to to;
	int ret;

	if (lop_sock_dst_get(sk, genid, flow->daddr_be, result))
		return 0;
	if (lop_sock_astray(sk, genid, &to))
		return look_up_astray(w, &to, flow, t, result);
	ret = look_up(w, flow, result);
	if (ret == 0 && !lop_sock_route_holds(sk, genid))
		ret = lop_send_broadcast(sk, result->dst);
	lop_sock_routed(sk, genid, ret == 0);
	if (ret == 0 && result->cacheable)
		lop_sock_dst_set(sk, genid, flow->daddr_be, result);
	return ret;
}

static int
look_up_named(struct lop_worker *w, const struct lop_sock *sk, const struct lop_flow *flow,
		struct lop_route_result *result)
{
	const int ret = look_up(w, flow, result);

	return ret == 0 ? lop_send_broadcast(sk, result->dst) : ret;
}

/* What the route and the options come to. */
static void
decide(struct lop_sock *sk, const struct lop_route_result *result, uint16_t dport_be,
		struct lop_sending *s)
{
	s->dst = result->dst;
	s->mtu_bytes = result->dst->mtu_bytes;
	/*
	 * These modes do not believe in what was learned about a path, nor in the largest of IPv4's
	 * packets: what exceeds that fails where it would be cut (contract SEND-14).
	 */
	if (unlikely(lop_load(sk->pmtudisc) >= IP_PMTUDISC_PROBE))
		s->mtu_bytes = lop_load(result->dst->dev->mtu_bytes);
	lop_send_defaults(&s->send, sk, result->dst);
	s->send.saddr_be = result->saddr_be;
	s->send.daddr_be = result->daddr_be;
	s->send.dport_be = dport_be;
	s->gso_size = lop_load(sk->gso_size);
}

int
lop_send_route(struct lop_worker *w, struct lop_sock *sk, const struct lop_request *rq,
		struct lop_sending *s)
{
	struct lop_cookie c = { .oif = lop_load(sk->bound_if),
		.saddr_be = lop_load(sk->saddr_be),
		.mark = lop_load(sk->mark),
		.tos = -1,
		.gso_size = lop_load(sk->gso_size) };
	struct lop_route_result result;
	struct lop_flow flow;
	struct target t;
	const uint8_t *options;
	uint8_t options_bytes;
	uint32_t hop_be;
	int ret = target_of(sk, rq, &t);

	if (ret == 0 && rq->control_bytes != 0)
		ret = lop_cmsg_send(sk, rq, &c);
	if (ret != 0)
		return ret;
	options = c.has_options ? c.options : sk->options;
	options_bytes = c.has_options ? c.options_bytes : lop_load(sk->options_bytes);
	flow_of(sk, &t, &c, &flow);
	hop_be = options_bytes != 0 ? lop_options_first_hop(options, options_bytes) : 0;
	if (hop_be != 0) {
		if (flow.daddr_be == 0)
			return -EINVAL;
		flow.daddr_be = hop_be;
	}
	flow.dont_route |= (rq->flags & MSG_DONTROUTE) != 0;
	t.connected &= !c.ip_level && hop_be == 0 && !flow.dont_route &&
			!IN_MULTICAST(rte_be_to_cpu_32(flow.daddr_be)); /* contract CO-04 */
	lop_flow_interface(sk, &flow);

	t.corked = lop_send_is_corked(sk, rq->flags);
	ret = t.connected ? look_up_connected(w, sk, &flow, &t, &result)
			  : look_up_named(w, sk, &flow, &result);
	if (ret != 0)
		return ret;

	decide(sk, &result, t.dport_be, s);
	s->gso_size = c.gso_size;
	s->ttl = c.ttl;
	s->stamps = c.stamps;
	if (c.ttl != 0)
		s->send.ttl = c.ttl;
	if (c.tos >= 0)
		s->send.tos = c.tos;
	if (hop_be != 0)
		s->send.daddr_be = t.daddr_be;
	if (c.has_options) {
		memcpy(s->options, options, options_bytes);
		s->send.options = s->options;
		s->send.options_bytes = options_bytes;
	}
	s->send.confirm = (rq->flags & MSG_CONFIRM) != 0;
	if (s->send.confirm && (rq->flags & LOP_MSG_PROBE) != 0)
		lop_neigh_confirm(w, result.dst, flow.daddr_be);
	return 0;
}

/* An address that asks for nothing special. */
static __rte_always_inline bool
is_plain(const struct sockaddr_in *in, socklen_t bytes)
{
	return bytes >= sizeof(*in) && in->sin_family == AF_INET && in->sin_port != 0;
}

/* The answer of this worker's last look-up, if it was the same. */
static bool
known_here(struct lop_worker *w, struct lop_sock *sk, const struct sockaddr_in *in,
		struct lop_sending *s)
{
	const struct lop_cookie c = { .oif = lop_load(sk->bound_if),
		.saddr_be = lop_load(sk->saddr_be),
		.mark = lop_load(sk->mark),
		.tos = -1 };
	struct target t = { .daddr_be = in->sin_addr.s_addr, .dport_be = in->sin_port };
	struct lop_flow flow;

	flow_of(sk, &t, &c, &flow);
	lop_flow_interface(sk, &flow);
	if (w->route.result.dst == NULL || w->route.genid != lop_acquire(w->lop->genid) ||
			memcmp(&w->route.flow, &flow, sizeof(flow)) != 0 ||
			(w->route.result.dst->cache_flags & RTCF_BROADCAST) != 0)
		return false;
	decide(sk, &w->route.result, t.dport_be, s);
	return true;
}

bool
lop_send_route_known(struct lop_worker *w, struct lop_sock *sk, const struct sockaddr *to,
		socklen_t to_bytes, struct lop_sending *s)
{
	const struct sockaddr_in *in = (const void *)to;
	struct lop_route_result result;

	if (unlikely(to != NULL && !is_plain(in, to_bytes)))
		return false;
	if (lop_load(sk->state) != LOP_SOCK_ESTABLISHED ||
			(to != NULL && lop_load(sk->unicast_if) != 0))
		return to != NULL && known_here(w, sk, in, s);
	if (!lop_sock_dst_get(sk, lop_acquire(w->lop->genid),
			    to != NULL ? in->sin_addr.s_addr : lop_load(sk->daddr_be), &result) ||
			(result.dst->cache_flags & RTCF_BROADCAST) != 0)
		return to != NULL && known_here(w, sk, in, s);
	decide(sk, &result, to != NULL ? in->sin_port : lop_load(sk->dport_be), s);
	return true;
}
