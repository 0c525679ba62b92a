/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * ICMP errors that came in, to the sockets that sent what they quote (contract IC-02).
 */

#include <errno.h>
#include <string.h>

#include <time.h>

#include <linux/errqueue.h>
#include <linux/udp.h>

#include "icmp.h"
#include "reasm.h"
#include "udp_table.h"

#define NR_UNREACH 15
#define UDP_BYTES 8
#ifndef IPPROTO_UDPLITE
#define IPPROTO_UDPLITE 136
#endif

/* What a code of "destination unreachable" means to a socket. */
static const struct {
	int err;
	bool fatal;
} unreach[NR_UNREACH + 1] = {
	[ICMP_NET_UNREACH] = { ENETUNREACH, false },
	[ICMP_HOST_UNREACH] = { EHOSTUNREACH, false },
	[ICMP_PROT_UNREACH] = { ENOPROTOOPT, true },
	[ICMP_PORT_UNREACH] = { ECONNREFUSED, true },
	[ICMP_FRAG_NEEDED] = { EMSGSIZE, true }, /* unless the socket lets its packets be cut */
	[ICMP_SR_FAILED] = { EOPNOTSUPP, false },
	[ICMP_NET_UNKNOWN] = { ENETUNREACH, true },
	[ICMP_HOST_UNKNOWN] = { EHOSTDOWN, true },
	[ICMP_HOST_ISOLATED] = { ENONET, true },
	[ICMP_NET_ANO] = { ENETUNREACH, true },
	[ICMP_HOST_ANO] = { EHOSTUNREACH, true },
	[ICMP_NET_UNR_TOS] = { ENETUNREACH, false },
	[ICMP_HOST_UNR_TOS] = { EHOSTUNREACH, false },
	[ICMP_PKT_FILTERED] = { EHOSTUNREACH, true },
	[ICMP_PREC_VIOLATION] = { EHOSTUNREACH, true },
	[ICMP_PREC_CUTOFF] = { EHOSTUNREACH, true },
};

/* An error and what it quotes. */
struct quote {
	struct rte_mbuf *m;
	uint8_t type, code;
	uint32_t info;
	uint32_t offender_be; /* who sent it, to whom */
	uint32_t to_be;
	int ifindex;
	struct rte_ipv4_hdr ip; /* quoted */
	uint32_t l4_off;        /* of the quoted packet's next header, in m */
	uint8_t l4[8];
};

/* The error of a socket; false: this one does not concern it. */
static bool
error_of(const struct quote *q, const struct lop_sock *sk, struct lop_sock_error *e)
{
	*e = (struct lop_sock_error){
		.err = EHOSTUNREACH,
		.origin = SO_EE_ORIGIN_ICMP,
		.type = q->type,
		.code = q->code,
		.info = q->info,
		.offender_be = q->offender_be,
		.daddr_be = q->ip.dst_addr,
		.payload = q->m,
		.payload_off = q->l4_off,
	};
	switch (q->type) {
	case ICMP_DEST_UNREACH:
		if (q->code == ICMP_FRAG_NEEDED && lop_load(sk->pmtudisc) == IP_PMTUDISC_DONT)
			return false;
		e->err = unreach[q->code].err;
		e->fatal = unreach[q->code].fatal;
		return true;
	case ICMP_TIME_EXCEEDED:
		return true;
	case ICMP_PARAMETERPROB:
		e->err = EPROTO;
		e->fatal = true;
		return true;
	case ICMP_SOURCE_QUENCH:
		/* only ping sockets hear of it */
		e->err = EREMOTEIO;
		return sk->type == SOCK_DGRAM && sk->protocol == IPPROTO_ICMP;
	default:
		return false;
	}
}

static void
to_udp(struct lop_worker *w, const struct quote *q)
{
	struct lop_tuple t = {
		.saddr_be = q->ip.dst_addr,
		.daddr_be = q->ip.src_addr,
		.ifindex = q->ifindex,
	};
	struct lop_sock_error e;
	struct lop_sock *sk;

	memcpy(&t.dport_be, q->l4, sizeof(t.dport_be));
	memcpy(&t.sport_be, q->l4 + 2, sizeof(t.sport_be));
	sk = lop_udp_lookup(w->lop, &t);
	if (sk == NULL) {
		lop_mib_add(w, ICMP_INERRORS, 1);
		return;
	}
	if (!error_of(q, sk, &e))
		return;
	e.dport_be = t.sport_be;
	e.payload_off += UDP_BYTES;
	lop_sock_error(w, sk, &e);
}

/* Quoted ICMP: the echo request of a ping socket. */
static void
to_ping(struct lop_worker *w, const struct quote *q)
{
	struct lop_sock_error e;
	struct lop_sock *sk;
	uint16_t id_be;

	if (q->l4[0] != ICMP_ECHO || q->l4[1] != 0)
		return;
	memcpy(&id_be, q->l4 + 4, sizeof(id_be));
	sk = lop_ping_lookup(w->lop, q->to_be, id_be, q->ifindex);
	if (sk != NULL && error_of(q, sk, &e))
		lop_sock_error(w, sk, &e);
}

static void
to_raw(struct lop_worker *w, const struct quote *q)
{
	const struct lop *lop = w->lop;
	struct lop_sock_error e;
	struct lop_sock *sk;

	if (lop_load(lop->udp->nb_raw) == 0)
		return;
	for (sk = lop_acquire(lop->udp->raw); sk != NULL; sk = lop_acquire(sk->by_port)) {
		const int bound_if = lop_load(sk->bound_if);

		if (sk->type != SOCK_RAW || sk->protocol != q->ip.next_proto_id ||
				(lop_load(sk->daddr_be) != 0 &&
						lop_load(sk->daddr_be) != q->ip.dst_addr) ||
				(lop_load(sk->rcv_saddr_be) != 0 &&
						lop_load(sk->rcv_saddr_be) != q->ip.src_addr) ||
				(bound_if != 0 && bound_if != q->ifindex) || !error_of(q, sk, &e))
			continue;
		if ((lop_load(sk->flags) & LOP_SOCK_HDRINCL) != 0)
			e.payload_off = sizeof(struct icmphdr);
		lop_sock_error(w, sk, &e);
	}
}

/* Copy bytes of the packet; false: they are not there. */
static bool
get(const struct rte_mbuf *m, uint32_t off, uint32_t bytes, void *to)
{
	const void *at = rte_pktmbuf_read(m, off, bytes, to);

	if (at != NULL && at != to)
		memcpy(to, at, bytes);
	return at != NULL;
}

/* What the header says beside type and code; false: sockets do not hear of it. */
static bool
info_of(const struct lop *lop, const struct icmphdr *icmp, uint32_t *info)
{
	*info = 0;
	switch (icmp->type) {
	case ICMP_DEST_UNREACH:
		if (icmp->code > NR_UNREACH)
			return false;
		if (icmp->code == ICMP_FRAG_NEEDED) {
			/* from 2 on they are not believed: no protocol here can validate them */
			if (lop_setting(lop, LOP_SETTING_NO_PMTU_DISC) >= 2)
				return false;
			*info = rte_be_to_cpu_16(icmp->un.frag.mtu);
		}
		return true;
	case ICMP_PARAMETERPROB:
		*info = rte_be_to_cpu_32(icmp->un.gateway) >> 24;
		return true;
	case ICMP_TIME_EXCEEDED:
		return icmp->code != ICMP_EXC_FRAGTIME;
	case ICMP_REDIRECT:
		*info = rte_be_to_cpu_32(icmp->un.gateway);
		return true;
	default:
		return true;
	}
}

static void
deliver(struct lop_worker *w, struct quote *q)
{
	to_raw(w, q);
	switch (q->ip.next_proto_id) {
	case IPPROTO_UDP:
		to_udp(w, q);
		break;
	case IPPROTO_ICMP:
		to_ping(w, q);
		break;
	case IPPROTO_TCP:
	case IPPROTO_UDPLITE:
		/* known, and without sockets */
		lop_mib_add(w, ICMP_INERRORS, 1);
		break;
	default:
		break;
	}
}

void
lop_icmp_error_in(struct lop_worker *w, struct rte_mbuf *m, const struct icmphdr *icmp)
{
	const struct rte_ipv4_hdr *
			outer = (const struct rte_ipv4_hdr *)(rte_pktmbuf_mtod(m, const uint8_t *) -
					lop_meta(m)->l3_len);
	struct quote q = {
		.m = m,
		.type = icmp->type,
		.code = icmp->code,
		.offender_be = outer->src_addr,
		.to_be = outer->dst_addr,
		.ifindex = lop_came_in_by(w, m),
	};

	if (!get(m, sizeof(*icmp), sizeof(q.ip), &q.ip) || (q.ip.version_ihl & 0xf) < 5)
		goto bad;
	if (info_of(w->lop, icmp, &q.info)) {
		q.l4_off = sizeof(*icmp) + (q.ip.version_ihl & 0xf) * 4;
		if (!get(m, q.l4_off, sizeof(q.l4), q.l4))
			goto bad;
		deliver(w, &q);
	}
	rte_pktmbuf_free(m);
	return;

bad:
	lop_mib_add(w, ICMP_INERRORS, 1);
	lop_drop(w, m, ICMP);
}
