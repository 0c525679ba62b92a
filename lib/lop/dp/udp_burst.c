/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The burst calls on sockets.
 */

#include <errno.h>

#include <rte_ip.h>
#include <rte_udp.h>

#include "../ctl/sock.h"
#include "../include/lop_udp.h"
#include "fib.h"
#include "plan.h"
#include "send.h"
#include "stages.h"
#include "udp_in.h"

/* By the route that connect() found: the addresses may be another's (contract CK-01, CO-04). */
static int
peer_routed(struct lop_sock *sk, uint32_t genid, int ret, struct lop_to *to,
		struct lop_route_result *result)
{
	if (ret == 0 && lop_sock_astray(sk, genid, to)) {
		result->saddr_be = to->saddr_be;
		result->daddr_be = to->daddr_be;
		return 0;
	}
	if (ret == 0 && !lop_sock_route_holds(sk, genid))
		ret = lop_send_broadcast(sk, result->dst);
	lop_sock_routed(sk, genid, ret == 0);
	return ret;
}

/* A destination that the socket does not know: 0, or -errno. */
static __rte_noinline int
route_anew(struct lop_worker *w, struct lop_sock *sk, uint32_t genid, bool named, struct lop_to *to,
		struct lop_route_result *result)
{
	const uint32_t daddr_be = to->daddr_be;
	const struct lop_flow flow = lop_flow_of(sk, daddr_be, to->dport_be);
	int ret;

	ret = lop_route_output(w, &flow, result);
	if (!named && !flow.dont_route && !IN_MULTICAST(rte_be_to_cpu_32(daddr_be)))
		ret = peer_routed(sk, genid, ret, to, result);
	else if (ret == 0)
		ret = lop_send_broadcast(sk, result->dst);
	if (ret == 0 && result->cacheable)
		lop_sock_dst_set(sk, genid, daddr_be, result);
	return ret;
}

/* What is asked before anything else of a datagram (contract SEND-03, SEND-14, SEND-15). */
static int
check(struct lop_worker *w, struct lop_sock *sk)
{
	int err;

	if ((lop_load(sk->shutdown) & 2) != 0) {
		lop_mib_add(w, IP_OUTDISCARDS, 1);
		return -EPIPE;
	}
	err = lop_load(sk->err);
	if (unlikely(err != 0)) {
		err = rte_atomic_exchange_explicit(&sk->err, 0, rte_memory_order_relaxed);
		if (err != 0) {
			lop_mib_add(w, IP_OUTDISCARDS, 1);
			return -err;
		}
	}
	return 0;
}

/* How many of the packets, from the first on, are not too long; *err says why the next one is. */
static __rte_always_inline uint16_t
measure(const struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n, uint32_t mtu, int *err)
{
	const uint32_t most = RTE_IPV4_MAX_PKT_LEN - sizeof(struct rte_udp_hdr) -
			sizeof(struct rte_ipv4_hdr) - lop_load(sk->options_bytes);
	const bool cut = lop_load(sk->pmtudisc) == IP_PMTUDISC_WANT ||
			lop_load(sk->pmtudisc) == IP_PMTUDISC_DONT ||
			lop_load(sk->pmtudisc) == IP_PMTUDISC_OMIT;
	const uint32_t limit = cut ? most
				   : RTE_MIN(most,
						     mtu - sizeof(struct rte_udp_hdr) -
								     sizeof(struct rte_ipv4_hdr) -
								     lop_load(sk->options_bytes));
	uint32_t longest = 0;

	for (uint16_t i = 0; i < n; i++)
		longest |= pkts[i]->pkt_len;
	if (likely(longest <= limit))
		return n;
	for (uint16_t i = 0; i < n; i++) {
		if (pkts[i]->pkt_len > limit) {
			*err = -EMSGSIZE;
			return i;
		}
	}
	return n;
}

/* Through output and the loop; all are taken. */
static __rte_always_inline void
send_chunk(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t failed;

	lop_output(w, pkts, n);
	/* what comes in next may cause output of its own */
	failed = w->out.failed;
	lop_loop(w);
	lop_mib_add(w, UDP_OUTDATAGRAMS, n - failed);
}

/* To one destination. Answers how many were accepted, and why not the next one. */
static __rte_always_inline uint16_t
send_to_one(struct lop_worker *w, struct lop_sock *sk, const struct sockaddr_in *to,
		struct rte_mbuf **pkts, uint16_t n, int *err)
{
	struct lop_to at = {
		.daddr_be = to != NULL ? to->sin_addr.s_addr : lop_load(sk->daddr_be),
		.dport_be = to != NULL ? to->sin_port : lop_load(sk->dport_be),
	};
	const struct lop_plan_gens gens = lop_plan_gens(sk);
	struct lop_route_result result;
	struct lop_send send;
	uint16_t done = 0;

	if (unlikely(!lop_sock_dst_get(sk, gens.genid, at.daddr_be, &result))) {
		*err = route_anew(w, sk, gens.genid, to != NULL, &at, &result);
		if (*err != 0)
			return 0;
	}
	*err = likely(result.dst->mtu_bytes >= RTE_ETHER_MIN_MTU) ? check(w, sk) : -ENETUNREACH;
	if (unlikely(*err != 0))
		return 0;
	lop_send_defaults(&send, sk, result.dst);
	send.saddr_be = result.saddr_be;
	send.daddr_be = result.daddr_be;
	send.dport_be = at.dport_be;
	if (result.cacheable)
		lop_plan_make(w, gens, to, &send, result.dst);
	while (done < n) {
		const uint16_t chunk = RTE_MIN(n - done, LOP_BURST_MAX);
		const uint16_t k = measure(sk, pkts + done, chunk, result.dst->mtu_bytes, err);

		if (likely(k != 0)) {
			/* anew: a hook on the way of the last chunk may have sent, too */
			w->send = &send;
			w->out.dst = result.dst;
			send_chunk(w, pkts + done, k);
		}
		done += k;
		if (unlikely(k < chunk))
			break;
	}
	w->send = NULL;
	return done;
}

/* contract SEND-06 */
static __rte_always_inline int
check_name(const struct sockaddr_in *to)
{
	if (unlikely(to->sin_family != AF_INET && to->sin_family != AF_UNSPEC))
		return -EAFNOSUPPORT;
	return unlikely(to->sin_port == 0) ? -EINVAL : 0;
}

/* To destinations of their own. */
static uint16_t
send_to_each(struct lop_worker *w, struct lop_sock *sk, const struct sockaddr_in *to,
		struct rte_mbuf **pkts, uint16_t n, int *err)
{
	const struct lop_plan_gens gens = lop_plan_gens(sk);
	struct lop_send send;
	uint16_t done = 0;

	*err = check(w, sk);
	if (unlikely(*err != 0))
		return 0;
	lop_send_defaults(&send, sk, sk->lop->dst_this_host);
	while (done < n) {
		const uint16_t chunk = RTE_MIN(n - done, LOP_BURST_MAX);
		uint16_t k = 0;

		w->send = &send;
		for (; k < chunk; k++) {
			const struct sockaddr_in *sin = &to[done + k];

			*err = check_name(sin);
			if (unlikely(*err != 0))
				break;
			w->to[k] = (struct lop_to){ .daddr_be = sin->sin_addr.s_addr,
				.dport_be = sin->sin_port };
		}
		if (k != 0) {
			/* the least MTU of an interface that has IPv4 at all */
			uint16_t fit = lop_route_out(w, pkts + done, k);

			if (unlikely(fit < k))
				*err = w->out.err;
			k = fit;
			for (fit = 0; fit < k; fit++) {
				if (measure(sk, pkts + done + fit, 1,
						    lop_meta(pkts[done + fit])->dst->mtu_bytes,
						    err) == 0)
					break;
			}
			k = fit;
		}
		if (likely(k != 0)) {
			send.ttl = lop_send_ttl(sk, lop_meta(pkts[done])->dst);
			lop_plan_make_each(w, gens, &send, lop_meta(pkts[done])->dst);
			w->out.dst = NULL;
			send_chunk(w, pkts + done, k);
		}
		done += k;
		if (unlikely(*err != 0))
			break;
	}
	w->send = NULL;
	return done;
}

/* In the order of Linux's checks. */
static __rte_noinline uint16_t
send_long(struct lop_worker *w, struct lop_sock *sk, const struct sockaddr_in *to, bool each,
		struct rte_mbuf **pkts, uint16_t n, int *err)
{
	if (unlikely(sk->protocol != IPPROTO_UDP))
		*err = -EOPNOTSUPP;
	else if (unlikely(lop_load(sk->sport_be) == 0))
		*err = lop_sock_autobind(w, sk);
	if (likely(*err == 0))
		*err = lop_send_check(&sk->lop->hooks, sk->fd, (const struct sockaddr *)to,
				pkts[0]->pkt_len);
	if (unlikely(*err != 0))
		return 0;
	if (each)
		return send_to_each(w, sk, to, pkts, n, err);
	if (to != NULL)
		*err = check_name(to);
	else if (unlikely(lop_load(sk->state) != LOP_SOCK_ESTABLISHED))
		*err = -EDESTADDRREQ;
	return unlikely(*err != 0) ? 0 : send_to_one(w, sk, to, pkts, n, err);
}

/* The same, as many as there is a plan for. */
static __rte_always_inline uint16_t
send_each_planned(struct lop_worker *w, struct lop_sock *sk, const struct sockaddr_in *to,
		struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t done = 0;

	while (done < n) {
		const uint16_t chunk = RTE_MIN(n - done, LOP_BURST_MAX);
		const uint16_t k = lop_plain_send_each(w, sk, to + done, pkts + done, chunk);

		done += k;
		if (unlikely(k < chunk))
			break;
	}
	return done;
}

/* As many as there is a plan for. */
static __rte_always_inline uint16_t
send_planned(struct lop_worker *w, const struct lop_sock *sk, const struct sockaddr_in *to,
		struct rte_mbuf **pkts, uint16_t n)
{
	struct lop_plan *plan = lop_plan_find(w, sk, to);
	uint16_t done = 0;

	if (unlikely(plan == NULL))
		return 0;
	while (done < n) {
		const uint16_t chunk = RTE_MIN(n - done, LOP_BURST_MAX);
		const uint16_t k = lop_plain_send(w, plan, pkts + done, chunk);

		done += k;
		if (unlikely(k < chunk))
			break;
	}
	return done;
}

static __rte_always_inline uint16_t
send_burst(int fd, const struct sockaddr_in *to, bool each, struct rte_mbuf **pkts, uint16_t n)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_enter(fd, &w);
	uint16_t sent = 0;
	int err = 0;

	if (unlikely(sk == NULL))
		return 0;
	sent = each ? send_each_planned(w, sk, to, pkts, n) : send_planned(w, sk, to, pkts, n);
	if (unlikely(sent < n))
		sent += send_long(w, sk, each ? to + sent : to, each, pkts + sent, n - sent, &err);
	lop_sock_leave(w);
	if (unlikely(err != 0))
		errno = -err;
	return sent;
}

uint16_t
lop_udp_send_burst(int fd, const struct sockaddr_in *to, struct rte_mbuf **pkts, uint16_t n)
{
	return send_burst(fd, to, false, pkts, n);
}

uint16_t
lop_udp_send_burst_to(int fd, const struct sockaddr_in *to, struct rte_mbuf **pkts, uint16_t n)
{
	return send_burst(fd, to, true, pkts, n);
}

/* Late checksums (contract UR-01): how many are right. */
static uint16_t
verify(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t kept = 0;

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];

		if (unlikely((lop_meta(m)->flags & LOP_META_CSUM_KNOWN) == 0 &&
				    !lop_udp_payload_is_right(m))) {
			lop_mib_add(w, UDP_INCSUMERRORS, 1);
			lop_mib_add(w, UDP_INERRORS, 1);
			rte_atomic_fetch_add_explicit(&sk->drops, 1, rte_memory_order_relaxed);
			lop_drop(w, m, UDP_CSUM);
			continue;
		}
		pkts[kept++] = m;
	}
	return kept;
}

/* Of what was taken; with nothing right in it, of what is behind it: it is as if it had not come. */
static __rte_noinline uint16_t
verify_or_go_on(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t taken,
		uint16_t n)
{
	uint16_t kept = verify(w, sk, pkts, taken);

	while (kept == 0 && taken != 0) {
		taken = lop_sock_take(w->lop, sk, pkts, n);
		kept = verify(w, sk, pkts, taken);
	}
	return kept;
}

/* SO_PEEK_OFF goes back by what was taken (contract UR-06). */
static __rte_noinline void
peeked_taken(struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		lop_peek_moved(sk, -(int32_t)pkts[i]->pkt_len);
}

uint16_t
lop_udp_recv_burst(int fd, struct rte_mbuf **pkts, uint16_t n)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_enter(fd, &w);
	bool unsure = false;
	uint16_t k = 0;

	if (unlikely(sk == NULL))
		return 0;
	if (likely(sk->rx_udp))
		k = lop_sock_take_burst(w->lop, sk, pkts, n, &unsure);
	if (unlikely(unsure))
		k = verify_or_go_on(w, sk, pkts, k, n);
	if (likely(k != 0))
		lop_mib_add(w, UDP_INDATAGRAMS, k);
	if (unlikely(lop_load(sk->rx_peeks)))
		peeked_taken(sk, pkts, k);
	lop_sock_leave(w);
	return k;
}

void
lop_udp_source(const struct rte_mbuf *pkt, struct sockaddr_in *from)
{
	*from = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = lop_udp_of(pkt)->src_port,
		.sin_addr.s_addr = lop_udp_ip_of(pkt)->src_addr,
	};
}
