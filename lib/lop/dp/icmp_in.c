/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * ICMP that is for this host (contract IC-02, IC-03).
 *
 * in    data starts at the ICMP header, the IPv4 header stands in front of it (meta.l3_len)
 * out   nothing: answers to lop_answer(), echo replies to ping sockets, errors to sockets
 * drop  ICMP
 */

#include <string.h>

#include "csum.h"
#include "icmp.h"
#include "ip_options.h"
#include "reasm.h"
#include "stages.h"
#include "udp_table.h"
#include "wall.h"

/* Extended echo, RFC 8335: off, as in Linux by default, but known. */
#define EXT_ECHO 42
#define EXT_ECHO_REPLY 43

static const struct rte_ipv4_hdr *
ip_of(const struct rte_mbuf *m)
{
	return (const struct rte_ipv4_hdr *)(rte_pktmbuf_mtod(m, const uint8_t *) -
			lop_meta(m)->l3_len);
}

void
lop_icmp_count_in(struct lop_worker *w, uint8_t type)
{
	lop_count(w->icmp_in[type], 1);
	switch (type) {
	case ICMP_ECHOREPLY:
		lop_mib_add(w, ICMP_INECHOREPS, 1);
		break;
	case ICMP_DEST_UNREACH:
		lop_mib_add(w, ICMP_INDESTUNREACHS, 1);
		break;
	case ICMP_SOURCE_QUENCH:
		lop_mib_add(w, ICMP_INSRCQUENCHS, 1);
		break;
	case ICMP_REDIRECT:
		lop_mib_add(w, ICMP_INREDIRECTS, 1);
		break;
	case ICMP_ECHO:
		lop_mib_add(w, ICMP_INECHOS, 1);
		break;
	case ICMP_TIME_EXCEEDED:
		lop_mib_add(w, ICMP_INTIMEEXCDS, 1);
		break;
	case ICMP_PARAMETERPROB:
		lop_mib_add(w, ICMP_INPARMPROBS, 1);
		break;
	case ICMP_TIMESTAMP:
		lop_mib_add(w, ICMP_INTIMESTAMPS, 1);
		break;
	case ICMP_TIMESTAMPREPLY:
		lop_mib_add(w, ICMP_INTIMESTAMPREPS, 1);
		break;
	case ICMP_ADDRESS:
		lop_mib_add(w, ICMP_INADDRMASKS, 1);
		break;
	case ICMP_ADDRESSREPLY:
		lop_mib_add(w, ICMP_INADDRMASKREPS, 1);
		break;
	default:
		break;
	}
}

static void
bad(struct lop_worker *w, struct rte_mbuf *m)
{
	lop_mib_add(w, ICMP_INERRORS, 1);
	lop_drop(w, m, ICMP);
}

/* Nobody else looks at the bytes: they may be changed in place. */
static bool
is_own(const struct rte_mbuf *m)
{
	for (; m != NULL; m = m->next) {
		if (!RTE_MBUF_DIRECT(m) || rte_mbuf_refcnt_read(m) != 1)
			return false;
	}
	return true;
}

/* The packet itself where it can be, for it comes and goes with all its bytes. */
static struct rte_mbuf *
own(struct lop_worker *w, struct rte_mbuf *m)
{
	struct rte_mbuf *copy;

	if (is_own(m) && m->data_len >= sizeof(struct icmphdr))
		return m;
	copy = rte_pktmbuf_copy(m, w->lop->pool, 0, UINT32_MAX);
	rte_pktmbuf_free(m);
	return copy;
}

/* Send a message back to its sender, turned into a reply by `turn`. */
static void
answer(struct lop_worker *w, struct rte_mbuf *m,
		void (*turn)(struct lop_worker *w, struct rte_mbuf *m))
{
	const struct rte_ipv4_hdr *ip = ip_of(m);
	struct lop_route_result route;
	struct lop_icmp_reply reply = { .route = &route, .tos = ip->type_of_service };
	struct lop_flow flow = {
		.daddr_be = ip->src_addr,
		.saddr_be = ip->dst_addr,
		.tos = ip->type_of_service & IPTOS_DSCP_MASK,
		.protocol = IPPROTO_ICMP,
	};

	if ((lop_meta(m)->flags & (LOP_META_BROADCAST | LOP_META_MULTICAST)) != 0) {
		const struct lop_if *in = lop_if_of(w->lop, lop_came_in_by(w, m));

		flow.saddr_be = lop_answer_source(w->lop, in, ip);
	}
	if ((lop_meta(m)->flags & LOP_META_OPTIONS) != 0)
		reply.options_bytes = lop_options_echo(
				ip, lop_meta(m)->l3_len - sizeof(*ip), reply.options);
	if (lop_icmp_route(w, &flow, &route) != 0) {
		lop_drop(w, m, ICMP);
		return;
	}
	m = own(w, m);
	if (m == NULL) {
		lop_mib_add(w, ICMP_OUTERRORS, 1);
		return;
	}
	turn(w, m);
	/* Linux counts an answer of any type as an echo reply */
	reply.counted_as = ICMP_ECHOREPLY;
	lop_icmp_push(w, m, &reply);
}

static void
turn_echo(struct lop_worker *w, struct rte_mbuf *m)
{
	RTE_SET_USED(w);
	rte_pktmbuf_mtod(m, struct icmphdr *)->type = ICMP_ECHOREPLY;
}

/* Time of arrival and of departure, which are the same, behind the sender's. */
static void
turn_timestamp(struct lop_worker *w, struct rte_mbuf *m)
{
	const uint32_t now_be = rte_cpu_to_be_32(lop_wall_ms_of_day(w));
	struct icmphdr *icmp = rte_pktmbuf_mtod(m, struct icmphdr *);
	uint8_t *times = (uint8_t *)(icmp + 1);

	icmp->type = ICMP_TIMESTAMPREPLY;
	icmp->code = 0;
	memcpy(times + 4, &now_be, sizeof(now_be));
	memcpy(times + 8, &now_be, sizeof(now_be));
}

/* A reply has room for all three times, whatever the request had behind the first. */
static void
timestamp_in(struct lop_worker *w, struct rte_mbuf *m)
{
	const uint32_t bytes = sizeof(struct icmphdr) + 3 * sizeof(uint32_t);
	struct rte_mbuf *request;

	if (m->pkt_len < sizeof(struct icmphdr) + sizeof(uint32_t)) {
		bad(w, m);
		return;
	}
	/* in one segment, and 20 bytes exactly */
	if (m->data_len < bytes || !is_own(m)) {
		const uint8_t l3_len = lop_meta(m)->l3_len;

		request = rte_pktmbuf_copy(m, w->lop->pool, 0, RTE_MIN(bytes, m->pkt_len));
		if (request == NULL) {
			lop_mib_add(w, ICMP_OUTERRORS, 1);
			lop_drop(w, m, NO_MBUF);
			return;
		}
		memcpy(rte_pktmbuf_mtod(request, uint8_t *) - l3_len, ip_of(m), l3_len);
		rte_pktmbuf_free(m);
		m = request;
		if (m->pkt_len < bytes)
			rte_pktmbuf_append(m, bytes - m->pkt_len);
	} else if (m->pkt_len > bytes) {
		rte_pktmbuf_free(m->next);
		m->next = NULL;
		m->nb_segs = 1;
		m->data_len = bytes;
		m->pkt_len = bytes;
	}
	answer(w, m, turn_timestamp);
}

struct lop_sock *
lop_ping_lookup(const struct lop *lop, uint32_t daddr_be, uint16_t id_be, int ifindex)
{
	struct lop_sock *sk;

	if (lop_load(lop->udp->nb_raw) == 0)
		return NULL;
	for (sk = lop_acquire(lop->udp->raw); sk != NULL; sk = lop_acquire(sk->by_port)) {
		const int bound_if = lop_load(sk->bound_if);

		if (sk->type == SOCK_DGRAM && lop_load(sk->sport_be) == id_be &&
				(lop_load(sk->rcv_saddr_be) == 0 ||
						lop_load(sk->rcv_saddr_be) == daddr_be) &&
				(bound_if == 0 || bound_if == ifindex))
			return sk;
	}
	return NULL;
}

static void
echo_reply_in(struct lop_worker *w, struct rte_mbuf *m, const struct icmphdr *icmp)
{
	struct lop_sock *sk = lop_ping_lookup(
			w->lop, ip_of(m)->dst_addr, icmp->un.echo.id, lop_meta(m)->ifindex);

	if (sk == NULL)
		lop_drop(w, m, ICMP);
	else
		lop_sock_deliver(w, sk, &m, 1);
}

/* Of what many hosts get, only some is looked at. */
static bool
is_for_many(const struct lop *lop, uint8_t type)
{
	switch (type) {
	case ICMP_ECHO:
	case ICMP_TIMESTAMP:
		return lop_setting(lop, LOP_SETTING_ICMP_ECHO_IGNORE_BCAST) == 0;
	case ICMP_ADDRESS:
	case ICMP_ADDRESSREPLY:
		return true;
	default:
		return false;
	}
}

static void
by_type(struct lop_worker *w, struct rte_mbuf *m, const struct icmphdr *icmp)
{
	switch (icmp->type) {
	case ICMP_ECHOREPLY:
		echo_reply_in(w, m, icmp);
		break;
	case ICMP_ECHO:
		if (lop_setting(w->lop, LOP_SETTING_ICMP_ECHO_IGNORE_ALL) != 0)
			lop_drop(w, m, ICMP);
		else
			answer(w, m, turn_echo);
		break;
	case ICMP_TIMESTAMP:
		timestamp_in(w, m);
		break;
	case ICMP_DEST_UNREACH:
	case ICMP_SOURCE_QUENCH:
	case ICMP_REDIRECT:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		lop_icmp_error_in(w, m, icmp);
		break;
	default:
		lop_drop(w, m, ICMP);
		break;
	}
}

static void
one(struct lop_worker *w, struct rte_mbuf *m)
{
	struct icmphdr icmp;
	const void *at;

	if (lop_csum_sum(m, 0) != UINT16_MAX) {
		lop_mib_add(w, ICMP_INCSUMERRORS, 1);
		bad(w, m);
		return;
	}
	at = rte_pktmbuf_read(m, 0, sizeof(icmp), &icmp);
	if (at == NULL) {
		bad(w, m);
		return;
	}
	if (at != &icmp)
		memcpy(&icmp, at, sizeof(icmp));
	lop_icmp_count_in(w, icmp.type);

	if (icmp.type == EXT_ECHO || icmp.type == EXT_ECHO_REPLY) {
		lop_drop(w, m, ICMP);
		return;
	}
	if (icmp.type > NR_ICMP_TYPES ||
			((lop_meta(m)->flags & (LOP_META_BROADCAST | LOP_META_MULTICAST)) != 0 &&
					!is_for_many(w->lop, icmp.type))) {
		bad(w, m);
		return;
	}
	by_type(w, m, &icmp);
}

uint16_t
lop_icmp_in(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	lop_mib_add(w, ICMP_INMSGS, n);
	for (uint16_t i = 0; i < n; i++)
		one(w, pkts[i]);
	return 0;
}
