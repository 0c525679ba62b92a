/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* What the main thread changes about hooks and taps, and what these do on the workers. */

#include <errno.h>

#include <rte_ip.h>
#include <rte_udp.h>

#include "../../lib/lop/include/lop_hook.h"
#include "../../lib/lop/include/lop_trace.h"
#include "stress_change.h"

#define REQUEUED_AT_ONCE 16

static const struct rte_ipv4_hdr *
ip_of(const struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
}

/* The port of a whole datagram, 0 of anything else. */
static uint16_t
port_of(const struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = ip_of(m);
	const struct rte_udp_hdr *udp = (const void *)(ip + 1);

	return ip->next_proto_id == IPPROTO_UDP ? rte_be_to_cpu_16(udp->dst_port) : 0;
}

static void
pass(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts, uint8_t *verdicts,
		uint16_t n)
{
	RTE_SET_USED(arg);
	RTE_SET_USED(state);
	for (uint16_t i = 0; i < n; i++) {
		if (ip_of(pkts[i])->version_ihl != RTE_IPV4_VHL_DEF)
			verdicts[i] = LOP_VERDICT_DROP;
	}
}

/* Some datagrams, no ICMP: at these points no datagram comes in pieces. */
static void
drop_some(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts, uint8_t *verdicts,
		uint16_t n)
{
	RTE_SET_USED(arg);
	RTE_SET_USED(state);
	for (uint16_t i = 0; i < n; i++) {
		if (port_of(pkts[i]) != 0 && ip_of(pkts[i])->total_length % 8 == 0)
			verdicts[i] = LOP_VERDICT_DROP;
	}
}

/* Only flows in whose order nobody is interested. */
static void
queue_shared(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts,
		uint8_t *verdicts, uint16_t n)
{
	RTE_SET_USED(arg);
	RTE_SET_USED(state);
	for (uint16_t i = 0; i < n; i++) {
		const uint16_t port = port_of(pkts[i]);

		if (port >= PS_PORT + PS_WORKERS && port < PS_PORT + PS_WORKERS + PS_SHARED)
			verdicts[i] = LOP_VERDICT_QUEUE;
	}
}

/* The library lets no more out than there is room for. */
static void
keep(void *arg, const struct lop_hook_state *state, struct rte_mbuf *pkt)
{
	struct ps *ps = arg;

	RTE_SET_USED(state);
	pthread_mutex_lock(&ps->queue_lock);
	ps->queued[ps->nb_queued++] = pkt;
	pthread_mutex_unlock(&ps->queue_lock);
}

void
ps_requeue(struct ps *ps)
{
	struct rte_mbuf *pkts[REQUEUED_AT_ONCE];
	unsigned int n = 0;

	pthread_mutex_lock(&ps->queue_lock);
	while (ps->nb_queued > 0 && n < REQUEUED_AT_ONCE)
		pkts[n++] = ps->queued[--ps->nb_queued];
	pthread_mutex_unlock(&ps->queue_lock);
	/* what a later hook refuses has its name */
	for (unsigned int i = 0; i < n; i++)
		lop_hook_reinject(ps->lop, pkts[i], LOP_HOOK_LOCAL_OUT, LOP_VERDICT_ACCEPT);
}

static void
look(void *arg, int ifindex, const uint8_t *pkt_types, struct rte_mbuf *const *pkts, uint16_t n)
{
	uint8_t sum = 0;

	RTE_SET_USED(arg);
	RTE_SET_USED(ifindex);
	for (uint16_t i = 0; i < n; i++)
		sum += pkt_types[i] + *rte_pktmbuf_mtod(pkts[i], const volatile uint8_t *);
	RTE_SET_USED(sum);
}

static int
refuse_some(void *arg, int fd, const struct sockaddr *to, size_t len_bytes)
{
	RTE_SET_USED(arg);
	RTE_SET_USED(fd);
	RTE_SET_USED(to);
	return len_bytes % 16 == 0 ? -EACCES : 0;
}

static int
hook_add(struct ps *ps, enum lop_hook_point point, int priority, lop_hook_fn fn)
{
	const struct lop_hook hook = {
		.name = "stress", .point = point, .priority = priority, .fn = fn, .arg = ps
	};
	const int id = lop_hook_register(ps->lop, &hook);

	assert_true(id > 0);
	return id;
}

static void
hook_del(struct ps *ps, int *id)
{
	if (*id > 0)
		assert_int_equal(lop_hook_unregister(ps->lop, *id), 0);
	*id = 0;
}

void
ps_change_hook(struct ps *ps, unsigned int round)
{
	static const enum lop_hook_point points[] = { LOP_HOOK_PRE_ROUTING, LOP_HOOK_LOCAL_IN,
		LOP_HOOK_LOCAL_OUT, LOP_HOOK_POST_ROUTING };

	if (round % 2 == 0)
		ps->hook = hook_add(ps, points[round / 2 % RTE_DIM(points)], 10, pass);
	else
		hook_del(ps, &ps->hook);
}

void
ps_change_dropper(struct ps *ps, unsigned int round)
{
	if (round % 2 == 0)
		ps->dropper = hook_add(ps,
				round / 2 % 3 == 0 ? LOP_HOOK_LOCAL_IN : LOP_HOOK_LOCAL_OUT, 0,
				drop_some);
	else
		hook_del(ps, &ps->dropper);
}

/* Somebody takes what is queued, or nobody any more: then it is dropped. */
void
ps_change_queuer(struct ps *ps, unsigned int round)
{
	if (round % 2 == 0) {
		assert_int_equal(lop_hook_queue_set(ps->lop, keep, ps), 0);
		ps->queuer = hook_add(ps, LOP_HOOK_LOCAL_OUT, -10, queue_shared);
		return;
	}
	assert_int_equal(lop_hook_queue_set(ps->lop, NULL, NULL), 0);
	hook_del(ps, &ps->queuer);
}

void
ps_change_tap(struct ps *ps, unsigned int round)
{
	if (round % 2 == 0) {
		ps->tap = lop_tap_add(ps->lop, round % 4 == 0 ? 0 : LOP_LO_INDEX, look, ps);
		assert_true(ps->tap > 0);
		return;
	}
	assert_int_equal(lop_tap_del(ps->lop, ps->tap), 0);
	ps->tap = 0;
}

void
ps_change_trace(struct ps *ps, unsigned int round)
{
	if (round % 2 == 0)
		assert_int_equal(lop_trace_start(ps->lop, NULL, 100), 0);
	else
		lop_trace_stop(ps->lop);
}

void
ps_change_send_check(struct ps *ps, unsigned int round)
{
	assert_int_equal(lop_send_check_set(ps->lop, round % 2 == 0 ? refuse_some : NULL, NULL), 0);
}

void
ps_hooks_end(struct ps *ps)
{
	hook_del(ps, &ps->hook);
	hook_del(ps, &ps->dropper);
	hook_del(ps, &ps->queuer);
	ps_change_send_check(ps, 1);
	ps_change_trace(ps, 1);
	if (ps->tap > 0)
		ps_change_tap(ps, 1);
}
