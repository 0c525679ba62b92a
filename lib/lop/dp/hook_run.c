/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * One run of packets through the hooks of a point: verdicts, and routing again.
 */

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include <rte_ip.h>

#include "fib.h"
#include "hook_run.h"
#include "sock.h"
#include "trace.h"

/* How often a hook may ask for a packet again; one that never stops is at fault. */
#define REPEATS_MAX 1000

#define ACCEPT_EIGHT (UINT64_C(0x0101010101010101) * LOP_VERDICT_ACCEPT)

/* Read eight at once. */
union verdicts {
	uint8_t each[LOP_BURST_MAX];
	uint64_t eight[LOP_BURST_MAX / 8];
};

/* What decides about the route of a packet that this host sends. */
struct route_key {
	uint32_t saddr_be, daddr_be;
	uint8_t tos;
};

static inline void
accept_all(union verdicts *v)
{
	for (unsigned int i = 0; i < RTE_DIM(v->eight); i++)
		v->eight[i] = ACCEPT_EIGHT;
}

static inline bool
all_accepted(const union verdicts *v, uint16_t n)
{
	for (unsigned int i = 0; i * 8 < n; i++) {
		if (v->eight[i] != ACCEPT_EIGHT)
			return false;
	}
	return true;
}

static inline struct route_key
route_key(const struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);

	return (struct route_key){ ip->src_addr, ip->dst_addr, ip->type_of_service };
}

/* The sender gets EPERM, and OutDiscards moves; a packet that came in only goes (NF-01). */
static void
refuse(const struct lop_hook_run *run, struct rte_mbuf *m)
{
	if (lop_hook_is_out(run->state.point))
		lop_out_drop(run->w, m, HOOK, EPERM);
	else
		lop_drop(run->w, m, HOOK);
}

/* Until it goes on, a queued packet fills its sender's buffer (contract XM-02). */
static void
charge(struct lop_park *park, const struct rte_mbuf *m)
{
	struct lop_sock *sk = lop_meta(m)->sock;

	if (sk == NULL)
		return;
	park->fd = sk->fd;
	park->inode = sk->inode;
	park->wmem_bytes = lop_truesize(m->pkt_len -
			RTE_MIN(m->pkt_len, (uint32_t)sizeof(struct rte_ipv4_hdr) + 8));
	rte_atomic_fetch_add_explicit(&sk->wmem_bytes, park->wmem_bytes, rte_memory_order_relaxed);
}

/* Nobody who takes it, or no room: the packet is lost, and its sender is not told. */
void
lop_hook_queue(const struct lop_hook_run *run, struct rte_mbuf *m, struct lop_park *park)
{
	struct lop_worker *w = run->w;
	const lop_queue_fn fn = lop_acquire(w->lop->hooks.queue_fn);
	const struct route_key key = route_key(m);

	if (fn == NULL) {
		lop_drop(w, m, HOOK_QUEUE);
		return;
	}
	park->stolen = false;
	park->saddr_be = key.saddr_be;
	park->daddr_be = key.daddr_be;
	park->tos = key.tos;
	if (lop_hook_is_out(run->state.point))
		charge(park, m);
	if (!lop_park(w->lop, m, park)) {
		lop_wmem_release(w->lop, park);
		lop_drop(w, m, HOOK_QUEUE);
		return;
	}
	fn(w->lop->hooks.queue_arg, &run->state, m);
}

static struct lop_park
park_of(const struct lop_hook_run *run, const struct lop_hook_entry *hook)
{
	return (struct lop_park){
		.point = run->state.point,
		.priority = hook->priority,
		.id = hook->id,
		.ifindex = run->state.ifindex,
		.genid = lop_load(run->w->lop->genid),
	};
}

static uint8_t
repeat(const struct lop_hook_run *run, const struct lop_hook_entry *hook, struct rte_mbuf **m)
{
	for (unsigned int i = 0; i < REPEATS_MAX; i++) {
		uint8_t verdict = LOP_VERDICT_ACCEPT;

		hook->fn(hook->arg, &run->state, m, &verdict, 1);
		if (verdict != LOP_VERDICT_REPEAT)
			return verdict;
	}
	return LOP_VERDICT_DROP;
}

/* A packet is not looked at once it is stolen. */
static void
judge(struct lop_hook_run *run, const struct lop_hook_entry *hook, const uint8_t *verdicts,
		struct route_key *before)
{
	uint16_t kept = 0;

	for (uint16_t i = 0; i < run->n; i++) {
		struct lop_park park;
		uint8_t verdict = verdicts[i];

		if (verdict == LOP_VERDICT_REPEAT)
			verdict = repeat(run, hook, &run->pkts[i]);
		switch (verdict) {
		case LOP_VERDICT_ACCEPT:
			before[kept] = before[i];
			run->pkts[kept++] = run->pkts[i];
			break;
		case LOP_VERDICT_STOLEN:
			park = park_of(run, hook);
			park.stolen = true;
			lop_park(run->w->lop, run->pkts[i], &park);
			break;
		case LOP_VERDICT_QUEUE:
			park = park_of(run, hook);
			lop_hook_queue(run, run->pkts[i], &park);
			break;
		default:
			refuse(run, run->pkts[i]);
		}
	}
	run->n = kept;
}

/* contract NF-03: as ip_route_me_harder, the sender hears of a route that there is not. */
int
lop_hook_reroute(struct lop_worker *w, struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	const struct lop_sock *sk = lop_meta(m)->sock;
	const uint8_t type = lop_addr_type(w->lop, ip->src_addr);
	const bool keep = type == RTN_LOCAL || type == RTN_UNICAST;
	const struct lop_flow flow = {
		.daddr_be = ip->dst_addr,
		.saddr_be = keep ? ip->src_addr : 0,
		.oif = sk != NULL ? lop_load(sk->bound_if) : 0,
		.tos = ip->type_of_service & 0xfc,
		.protocol = ip->next_proto_id,
		.any_source = keep,
		.mark = sk != NULL ? lop_load(sk->mark) : 0,
		.uid = sk != NULL ? sk->uid : 0,
	};
	/* an error of this look-up moves no OutNoRoutes */
	const uint64_t no_routes = lop_load(w->mib[LOP_MIB_IP_OUTNOROUTES]);
	struct lop_route_result result;
	const int ret = lop_route_output(w, &flow, &result);

	if (ret == 0) {
		lop_meta(m)->dst = result.dst;
		return 0;
	}
	lop_store(w->mib[LOP_MIB_IP_OUTNOROUTES], no_routes);
	if (ret == -ENETUNREACH)
		lop_out_drop(w, m, NO_ROUTE, ENETUNREACH);
	else
		lop_out_drop(w, m, ROUTE_ERROR, -ret);
	return ret;
}

static void
reroute_changed(struct lop_hook_run *run, const struct route_key *before)
{
	struct lop_out *out = &run->w->out;
	uint16_t kept = 0;

	for (uint16_t i = 0; i < run->n; i++) {
		struct rte_mbuf *m = run->pkts[i];
		const struct route_key now = route_key(m);

		if (unlikely(now.saddr_be != before[i].saddr_be ||
				    now.daddr_be != before[i].daddr_be ||
				    now.tos != before[i].tos)) {
			/* each packet has its own destination from here on */
			out->dst = NULL;
			out->linked = false;
			out->fits = false;
			if (lop_hook_reroute(run->w, m) != 0)
				continue;
		}
		run->pkts[kept++] = m;
	}
	run->n = kept;
}

static void
call(struct lop_hook_run *run, const struct lop_hook_entry *hook, uint8_t *verdicts)
{
	if (unlikely(lop_tracing(run->w))) {
		uint32_t numbers[LOP_BURST_MAX];

		/* a stolen packet is out of reach afterwards */
		lop_trace_numbers(run->pkts, run->n, numbers);
		hook->fn(hook->arg, &run->state, run->pkts, verdicts, run->n);
		lop_trace_hook(run->w, numbers, run->n, run->state.point, hook, verdicts);
	} else {
		hook->fn(hook->arg, &run->state, run->pkts, verdicts, run->n);
	}
}

void
lop_hook_run(struct lop_hook_run *run, unsigned int first)
{
	const struct lop_hook_list *list = run->list;
	struct route_key before[LOP_BURST_MAX];
	const bool may_reroute = run->state.point == LOP_HOOK_LOCAL_OUT;
	union verdicts v;

	if (may_reroute) {
		for (uint16_t i = 0; i < run->n; i++)
			before[i] = route_key(run->pkts[i]);
	}
	accept_all(&v);
	for (unsigned int i = first; i < list->n && run->n != 0; i++) {
		call(run, &list->entry[i], v.each);
		if (likely(all_accepted(&v, run->n)))
			continue;
		judge(run, &list->entry[i], v.each, before);
		accept_all(&v);
	}
	if (may_reroute)
		reroute_changed(run, before);
}
