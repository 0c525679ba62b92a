/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Packets that come back from whoever a hook gave them to.
 */

#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>

#include <rte_ip.h>
#include <rte_udp.h>

#include "csum.h"
#include "fib.h"
#include "fib_table.h"
#include "hook_run.h"
#include "sock.h"

struct lop_sock *
lop_wmem_release(struct lop *lop, const struct lop_park *park)
{
	struct lop_sock *sk;

	if (park->wmem_bytes == 0)
		return NULL;
	sk = lop_sock_of(park->fd);
	if (sk == NULL || sk->lop != lop || sk->inode != park->inode)
		return NULL; /* closed meanwhile */
	rte_atomic_fetch_sub_explicit(&sk->wmem_bytes, park->wmem_bytes, rte_memory_order_relaxed);
	lop_sock_wake(sk);
	return sk;
}

/*
 * A packet on the way in whose destination is out of date. What came over lo was sent to this host
 * and is delivered still (principle: a local packet is routed once).
 */
static int
route_in_again(struct lop_worker *w, struct rte_mbuf *m, int ifindex)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	struct lop_if *in = lop_if_of(w->lop, ifindex);
	const struct lop_flow flow = {
		.daddr_be = ip->dst_addr,
		.saddr_be = ip->src_addr,
		.any_source = true,
		.protocol = ip->next_proto_id,
	};
	struct lop_route_result result;
	int reason = LOP_DROP_NOT_LOCAL;

	if (ifindex == LOP_LO_INDEX) {
		const uint64_t no_routes = lop_load(w->mib[LOP_MIB_IP_OUTNOROUTES]);
		const int ret = lop_route_output(w, &flow, &result);

		lop_store(w->mib[LOP_MIB_IP_OUTNOROUTES], no_routes);
		if (ret == 0 && result.dst->dev->loopback)
			lop_meta(m)->dst = result.dst;
		else
			lop_meta(m)->dst = w->lop->lo->dst_on_link;
		return 0;
	}
	if (in == NULL || lop_route_input(w, m, in, &lop_meta(m)->dst, &reason) != 0) {
		lop_route_input_count(w, reason);
		lop_drop_packet(w, m, reason);
		return -1;
	}
	return 0;
}

static int
in_again(struct lop_hook_run *run, const struct lop_park *park, unsigned int first)
{
	struct lop_worker *w = run->w;
	struct rte_mbuf *m = run->pkts[0];

	/* at PRE_ROUTING a packet from elsewhere has none yet */
	if (lop_meta(m)->dst != NULL && park->genid != lop_load(w->lop->genid) &&
			route_in_again(w, m, run->state.ifindex) != 0)
		return 0;
	if (run->list != NULL)
		lop_hook_run(run, first);
	if (run->n != 0)
		lop_input_behind(w, run->pkts, 1, run->state.point);
	return 0;
}

static bool
is_changed(const struct rte_mbuf *m, const struct lop_park *park)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);

	return ip->src_addr != park->saddr_be || ip->dst_addr != park->daddr_be ||
			ip->type_of_service != park->tos;
}

static int
out_again(struct lop_hook_run *run, const struct lop_park *park, unsigned int first)
{
	struct lop_worker *w = run->w;
	struct rte_mbuf *m = run->pkts[0];
	/* a hook may be in the midst of a burst of its own */
	const struct lop_out outer = w->out;
	int ret = 0;

	w->out = (struct lop_out){ .headers = true };
	if (park->genid != lop_load(w->lop->genid) ||
			(run->state.point == LOP_HOOK_LOCAL_OUT && !park->stolen &&
					is_changed(m, park)))
		ret = lop_hook_reroute(w, m);
	if (ret == 0) {
		run->state.ifindex = lop_meta(m)->dst->dev->ifindex;
		if (run->list != NULL)
			lop_hook_run(run, first);
		ret = w->out.err;
	}
	if (ret == 0 && run->n != 0) {
		lop_output_behind(w, run->pkts, 1, run->state.point);
		ret = w->out.err;
	}
	w->out = outer;
	return ret;
}

/* Where to go on in a list that may have changed: hooks stand by priority, the newest first. */
static unsigned int
behind(const struct lop_hook_list *list, const struct lop_park *park, bool again)
{
	unsigned int i = 0;

	if (list == NULL)
		return 0;
	while (i < list->n &&
			(list->entry[i].priority < park->priority ||
					(list->entry[i].priority == park->priority &&
							list->entry[i].id > park->id)))
		i++;
	if (!again && i < list->n && list->entry[i].id == park->id)
		i++;
	return i;
}

static int
reinject(struct lop_worker *w, struct rte_mbuf *m, enum lop_hook_point point, int verdict)
{
	struct lop *lop = w->lop;
	struct lop_park park;
	struct lop_hook_run run = {
		.w = w,
		.list = lop_acquire(lop->hooks.point[point]),
		.state = { .lop = lop, .point = point },
		.pkts = &m,
		.n = 1,
	};

	/* not known: behind all hooks, by a destination that may be old */
	if (!lop_unpark(lop, m, &park))
		park = (struct lop_park){ .priority = INT32_MAX,
			.id = 0,
			.ifindex = lop_meta(m)->ifindex,
			.genid = lop_load(lop->genid) - 1,
			.stolen = true };
	if (lop_hook_is_out(point))
		lop_meta(m)->sock = lop_wmem_release(lop, &park);
	run.state.ifindex = park.ifindex;

	switch (verdict) {
	case LOP_VERDICT_ACCEPT:
	case LOP_VERDICT_REPEAT: {
		const unsigned int first = behind(run.list, &park, verdict == LOP_VERDICT_REPEAT);

		return lop_hook_is_out(point) ? out_again(&run, &park, first)
					      : in_again(&run, &park, first);
	}
	case LOP_VERDICT_QUEUE:
		lop_hook_queue(&run, m, &park);
		return 0;
	case LOP_VERDICT_DROP:
		lop_drop(w, m, HOOK);
		return 0;
	default:
		lop_drop(w, m, HOOK);
		return -EINVAL;
	}
}

int
lop_hook_reinject(struct lop *lop, struct rte_mbuf *pkt, enum lop_hook_point point, int verdict)
{
	struct lop_worker *w = lop_worker_of(lop);
	bool outermost;
	int ret;

	if (w == NULL || (unsigned int)point >= LOP_HOOK_POINTS || point == LOP_HOOK_FORWARD) {
		rte_pktmbuf_free(pkt);
		return -EINVAL;
	}
	outermost = w->depth == 0;
	lop_enter(w);
	ret = reinject(w, pkt, point, verdict);
	if (outermost)
		lop_loop(w);
	lop_leave(w);
	return ret;
}

/* Whether a checksum over all of a packet says something of it: not of these protocols. */
static bool
is_summed(const struct rte_mbuf *m, const struct rte_ipv4_hdr *ip)
{
	struct rte_udp_hdr room;
	const struct rte_udp_hdr *udp;

	switch (ip->next_proto_id) {
	case IPPROTO_UDP:
		udp = rte_pktmbuf_read(m, rte_ipv4_hdr_len(ip), sizeof(room), &room);
		return udp == NULL || udp->dgram_cksum != 0;
	case IPPROTO_AH:
	case IPPROTO_ESP:
	case IPPROTO_GRE:
	case IPPROTO_SCTP:
	case IPPROTO_UDPLITE:
		return false;
	default:
		return true;
	}
}

/*
 * Nobody is told about what a checksum does not vouch for, as a first fragment (contract NF-02).
 * Data starts at the IPv4 header. Its sum is 0 and does not matter, unless options were recorded
 * in it since.
 */
static bool
may_answer(const struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	const bool cut = (ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_MF_FLAG)) != 0;
	uint32_t sum;

	if (!cut && (lop_meta(m)->flags & (LOP_META_CSUM_PARTIAL | LOP_META_CSUM_VALID)) != 0)
		return true;
	if (!is_summed(m, ip))
		return true;
	sum = lop_csum_sum(m, 0);
	if (ip->next_proto_id == IPPROTO_UDP || ip->next_proto_id == IPPROTO_TCP)
		sum += rte_ipv4_phdr_cksum(ip, 0);
	return (sum & UINT16_MAX) + (sum >> 16) == UINT16_MAX;
}

/*
 * Before it is routed a packet is answered as if it had come by the way back to its sender, who
 * has to be one host: to this host from the address it was for, else from what routing chooses.
 */
static void
answer_unrouted(struct lop_worker *w, const struct rte_mbuf *m, uint8_t code)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	const struct lop_flow flow = { .daddr_be = ip->src_addr };
	struct lop_route_result result;

	if (lop_route_resolve(w->lop, &flow, &result) != 0)
		return;
	lop_meta(m)->dst = result.dst;
	lop_icmp_send(w, m, ICMP_DEST_UNREACH, code, 0);
	lop_meta(m)->dst = NULL;
}

uint8_t
lop_hook_reject(const struct lop_hook_state *state, const struct rte_mbuf *pkt, uint8_t code)
{
	struct lop_worker *w = lop_worker_of(state->lop);

	if (!may_answer(pkt))
		return LOP_VERDICT_DROP;
	if (lop_meta(pkt)->dst != NULL)
		lop_icmp_send(w, pkt, ICMP_DEST_UNREACH, code, 0);
	else
		answer_unrouted(w, pkt, code);
	return LOP_VERDICT_DROP;
}
