/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * IPv4 options: one walk checks them, and fills them in where a record is asked for. Offsets of
 * faults are those that a parameter problem names (contract CM-04, RX-06).
 */

#include <errno.h>
#include <string.h>

#include <linux/rtnetlink.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>

#include "fib.h"
#include "headroom.h"
#include "icmp.h"
#include "ip_options.h"
#include "stages.h"
#include "wall.h"

/* What a walk is for, and what it found. */
struct walk {
	struct lop_worker *w; /* NULL: options of a socket, stricter */
	bool raw;             /* of a socket: what is not known is let through */
	bool record;
	bool input; /* came in: full timestamps count who could not stamp */
	bool seen_route, seen_record, seen_time;
	uint32_t addr_be;   /* to record */
	unsigned int known; /* bytes of options that were understood */
};

/* Where the fault is, relative to the option; NO_FAULT: none. */
#define NO_FAULT (-1)

#ifndef IPOPT_CIPSO
#define IPOPT_CIPSO 134
#endif
#define CIPSO_BYTES_MIN 8

static void
put32(uint8_t *at, uint32_t value_be)
{
	memcpy(at, &value_be, sizeof(value_be));
}

static int
walk_route(struct walk *k, const uint8_t *opt, unsigned int len)
{
	if (len < 3)
		return 1;
	if (opt[2] < 4)
		return 2;
	if (k->seen_route)
		return 0;
	if (k->w == NULL && (opt[2] != 4 || len < 7 || ((len - 3) & 3) != 0))
		return 1;
	k->seen_route = true;
	return NO_FAULT;
}

static int
walk_record(struct walk *k, uint8_t *opt, unsigned int len)
{
	if (k->seen_record)
		return 0;
	if (len < 3)
		return 1;
	if (opt[2] < 4)
		return 2;
	k->seen_record = true;
	if (opt[2] > len)
		return NO_FAULT;
	if (opt[2] + 3U > len)
		return 2;
	if (k->record) {
		put32(opt + opt[2] - 1, k->addr_be);
		opt[2] += 4;
	}
	return NO_FAULT;
}

/* No room for another stamp: a system more that could not register. */
static int
walk_time_full(const struct walk *k, uint8_t *opt)
{
	const unsigned int overflow = opt[3] >> 4;

	if ((opt[3] & 0xf) == IPOPT_TS_PRESPEC)
		return NO_FAULT;
	if (overflow == 15)
		return 3;
	if (k->input)
		opt[3] = (opt[3] & 0xf) | (overflow + 1) << 4;
	return NO_FAULT;
}

static int
walk_time(struct walk *k, uint8_t *opt, unsigned int len)
{
	uint8_t *stamp;
	uint32_t asked_be;

	if (k->seen_time)
		return 0;
	if (len < 4)
		return 1;
	if (opt[2] < 5)
		return 2;
	k->seen_time = true;
	if (opt[2] > len)
		return walk_time_full(k, opt);
	if (opt[2] + 3U > len)
		return 2;

	stamp = opt + opt[2] - 1;
	switch (opt[3] & 0xf) {
	case IPOPT_TS_TSONLY:
		break;
	case IPOPT_TS_TSANDADDR:
	case IPOPT_TS_PRESPEC:
		if (opt[2] + 7U > len)
			return 2;
		break;
	default:
		return k->w != NULL || k->raw ? NO_FAULT : 3;
	}
	if (!k->record)
		return NO_FAULT;

	if ((opt[3] & 0xf) == IPOPT_TS_TSANDADDR) {
		put32(stamp, k->addr_be);
	} else if ((opt[3] & 0xf) == IPOPT_TS_PRESPEC) {
		/* the sender named who shall stamp */
		memcpy(&asked_be, stamp, sizeof(asked_be));
		if (lop_addr_type(k->w->lop, asked_be) == RTN_UNICAST)
			return NO_FAULT;
	}
	if ((opt[3] & 0xf) != IPOPT_TS_TSONLY) {
		stamp += 4;
		opt[2] += 4;
	}
	put32(stamp, rte_cpu_to_be_32(lop_wall_ms_of_day(k->w)));
	opt[2] += 4;
	return NO_FAULT;
}

/* No labels are agreed upon here, so that none is understood; what is too short, before that. */
static int
walk_label(unsigned int len)
{
	return len < CIPSO_BYTES_MIN ? 1 : 2;
}

static int
walk_one(struct walk *k, uint8_t *opt, unsigned int len)
{
	switch (opt[0]) {
	case IPOPT_SSRR:
	case IPOPT_LSRR:
		return walk_route(k, opt, len);
	case IPOPT_RR:
		return walk_record(k, opt, len);
	case IPOPT_TS:
		return walk_time(k, opt, len);
	case IPOPT_RA:
		return len < 4 ? 1 : NO_FAULT;
	case IPOPT_CIPSO:
		return walk_label(len);
	default:
		return k->w != NULL || k->raw ? NO_FAULT : 0;
	}
}

/* All options: the offset of the first fault, or NO_FAULT. Behind their end, all are ends. */
static int
walk_all(struct walk *k, uint8_t *opt, unsigned int bytes)
{
	unsigned int i = 0, len;
	int fault;

	while (i < bytes) {
		k->known = i;
		if (opt[i] == IPOPT_EOL) {
			if (k->record || k->w == NULL)
				memset(opt + i, IPOPT_EOL, bytes - i);
			break;
		}
		if (opt[i] == IPOPT_NOP) {
			i++;
			continue;
		}
		if (bytes - i < 2)
			return i;
		len = opt[i + 1];
		if (len < 2 || len > bytes - i)
			return i;
		fault = walk_one(k, opt + i, len);
		if (fault != NO_FAULT) {
			/* a label comes back with its fault */
			if (opt[i] == IPOPT_CIPSO)
				k->known = i + len;
			return i + fault;
		}
		i += len;
	}
	k->known = bytes;
	return NO_FAULT;
}

/* Bytes of the option at opt, of which `left` are there; 0: malformed. */
static unsigned int
length_of(const uint8_t *opt, unsigned int left)
{
	if (opt[0] == IPOPT_NOP)
		return 1;
	return left >= 2 && opt[1] >= 2 && opt[1] <= left ? opt[1] : 0;
}

/* The option of one of two kinds, or NULL. */
static uint8_t *
find(uint8_t *opt, unsigned int bytes, uint8_t kind, uint8_t or_kind)
{
	unsigned int len;

	for (unsigned int i = 0; i < bytes && opt[i] != IPOPT_EOL; i += len) {
		len = length_of(opt + i, bytes - i);
		if (len == 0)
			break;
		if (opt[i] == kind || opt[i] == or_kind)
			return opt + i;
	}
	return NULL;
}

int
lop_options_check(uint8_t opt[LOP_OPTIONS_MAX], unsigned int size, bool raw)
{
	struct walk k = { .raw = raw };

	if (size > LOP_OPTIONS_MAX)
		return -EINVAL;
	while ((size & 3) != 0)
		opt[size++] = IPOPT_EOL;
	return walk_all(&k, opt, size) == NO_FAULT ? (int)size : -EINVAL;
}

uint32_t
lop_options_first_hop(const uint8_t *opt, unsigned int bytes)
{
	uint8_t copy[LOP_OPTIONS_MAX];
	const uint8_t *route;
	uint32_t hop_be = 0;

	memcpy(copy, opt, bytes);
	route = find(copy, bytes, IPOPT_LSRR, IPOPT_SSRR);
	if (route != NULL)
		memcpy(&hop_be, route + 3, sizeof(hop_be));
	return hop_be;
}

/* The first hop goes into the header, the others move up, the destination comes last. */
static void
route_on(uint8_t *route, uint32_t *daddr_be)
{
	const unsigned int len = route[1];
	uint32_t hop_be;

	memcpy(&hop_be, route + 3, sizeof(hop_be));
	memmove(route + 3, route + 7, len - 7);
	put32(route + len - 4, *daddr_be);
	*daddr_be = hop_be;
}

int
lop_options_put(struct lop_worker *w, struct rte_mbuf **pkt, const uint8_t *opt, unsigned int bytes)
{
	struct walk k = { .w = w, .record = true };
	struct rte_mbuf *m = *pkt;
	struct rte_ipv4_hdr *ip;
	uint8_t *room, *route;
	uint32_t daddr_be;

	if (unlikely(rte_pktmbuf_headroom(m) < bytes)) {
		m = lop_headroom_more(w, m);
		if (m == NULL)
			return -ENOBUFS;
		*pkt = m;
	}
	m->data_off -= bytes;
	m->data_len += bytes;
	m->pkt_len += bytes;
	room = rte_pktmbuf_mtod(m, uint8_t *);
	memmove(room, room + bytes, sizeof(*ip));
	ip = (struct rte_ipv4_hdr *)room;
	room += sizeof(*ip);
	memcpy(room, opt, bytes);

	route = find(room, bytes, IPOPT_LSRR, IPOPT_SSRR);
	if (route != NULL) {
		daddr_be = ip->dst_addr;
		route_on(route, &daddr_be);
		ip->dst_addr = daddr_be;
	}
	k.addr_be = ip->src_addr;
	walk_all(&k, room, bytes);

	ip->version_ihl += bytes / 4;
	ip->total_length = rte_cpu_to_be_16(m->pkt_len);
	ip->hdr_checksum = 0;
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	lop_meta(m)->flags |= LOP_META_OPTIONS;
	return 0;
}

/* The address this host is known by to the sender of a packet, for a record. */
static uint32_t
own_addr(const struct lop_worker *w, const struct rte_mbuf *m, const struct lop_if *in)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	const struct lop_dst *dst = lop_meta(m)->dst;

	/* somebody else's packet has no destination */
	if (dst != NULL &&
			(dst->cache_flags & (RTCF_BROADCAST | RTCF_MULTICAST | RTCF_LOCAL)) ==
					RTCF_LOCAL)
		return ip->dst_addr;
	return lop_answer_source(w->lop, in, ip);
}

int
lop_options_in(struct lop_worker *w, struct rte_mbuf *m, struct lop_if *in)
{
	struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, struct rte_ipv4_hdr *);
	struct walk k = { .w = w, .record = true, .input = true, .addr_be = own_addr(w, m, in) };
	uint8_t *opt = (uint8_t *)(ip + 1);
	const unsigned int bytes = lop_ihl(m) - sizeof(*ip);
	const int fault = walk_all(&k, opt, bytes);

	/* the header's checksum was checked; raw sockets and quotes see it as it was (RX-06) */
	if (fault != NO_FAULT) {
		lop_mib_add(w, IP_INHDRERRORS, 1);
		lop_icmp_parameter_problem(w, m, sizeof(*ip) + fault, k.known);
		return -EINVAL;
	}
	if (k.seen_route)
		return -EOPNOTSUPP;
	lop_meta(m)->flags |= LOP_META_OPTIONS;
	return 0;
}

unsigned int
lop_options_echo(const struct rte_ipv4_hdr *ip, unsigned int bytes, uint8_t reply[LOP_OPTIONS_MAX])
{
	static const uint8_t kinds[] = { IPOPT_RR, IPOPT_TS, IPOPT_CIPSO };
	uint8_t copy[LOP_OPTIONS_MAX];
	unsigned int n = 0;

	if (likely(bytes == 0))
		return 0;
	memcpy(copy, ip + 1, bytes);
	for (unsigned int i = 0; i < RTE_DIM(kinds); i++) {
		const uint8_t *opt = find(copy, bytes, kinds[i], kinds[i]);

		if (opt != NULL) {
			memcpy(reply + n, opt, opt[1]);
			n += opt[1];
		}
	}
	while ((n & 3) != 0)
		reply[n++] = IPOPT_EOL;
	return n;
}

void
lop_options_fragment(uint8_t *opt, unsigned int bytes)
{
	unsigned int len;

	for (unsigned int i = 0; i < bytes && opt[i] != IPOPT_EOL; i += len) {
		/* a raw socket's header need not be well formed */
		len = length_of(opt + i, bytes - i);
		if (len == 0)
			return;
		if (!IPOPT_COPIED(opt[i]))
			memset(opt + i, IPOPT_NOP, len);
	}
}
