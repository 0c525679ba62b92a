/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * ICMP messages of the library's own: errors about packets (contract IC-01), and what all of them
 * need on their way out.
 */

#include <errno.h>
#include <string.h>

#include <linux/if_packet.h>
#include <linux/in_route.h>
#include <netinet/ip.h>

#include "csum.h"
#include "icmp.h"
#include "ip_options.h"
#include "reasm.h"
#include "stages.h"

/* An error is no longer than this, whatever it quotes. */
#define ERROR_BYTES_MAX 576
#define TOS_BITS 0x1e
#define ICMP_ROUTERADVERT 9
#define ICMP_ROUTERSOLICIT 10
#define ADDR_DUMMY RTE_BE32(0xc0000008)

void
lop_icmp_count_out(struct lop_worker *w, uint8_t type)
{
	lop_mib_add(w, ICMP_OUTMSGS, 1);
	lop_count(w->icmp_out[type], 1);
	switch (type) {
	case ICMP_ECHOREPLY:
		lop_mib_add(w, ICMP_OUTECHOREPS, 1);
		break;
	case ICMP_DEST_UNREACH:
		lop_mib_add(w, ICMP_OUTDESTUNREACHS, 1);
		break;
	case ICMP_SOURCE_QUENCH:
		lop_mib_add(w, ICMP_OUTSRCQUENCHS, 1);
		break;
	case ICMP_REDIRECT:
		lop_mib_add(w, ICMP_OUTREDIRECTS, 1);
		break;
	case ICMP_ECHO:
		lop_mib_add(w, ICMP_OUTECHOS, 1);
		break;
	case ICMP_TIME_EXCEEDED:
		lop_mib_add(w, ICMP_OUTTIMEEXCDS, 1);
		break;
	case ICMP_PARAMETERPROB:
		lop_mib_add(w, ICMP_OUTPARMPROBS, 1);
		break;
	case ICMP_TIMESTAMP:
		lop_mib_add(w, ICMP_OUTTIMESTAMPS, 1);
		break;
	case ICMP_TIMESTAMPREPLY:
		lop_mib_add(w, ICMP_OUTTIMESTAMPREPS, 1);
		break;
	case ICMP_ADDRESS:
		lop_mib_add(w, ICMP_OUTADDRMASKS, 1);
		break;
	case ICMP_ADDRESSREPLY:
		lop_mib_add(w, ICMP_OUTADDRMASKREPS, 1);
		break;
	default:
		break;
	}
}

int
lop_icmp_route(struct lop_worker *w, const struct lop_flow *flow, struct lop_route_result *result)
{
	int ret = lop_route_output(w, flow, result);

	/* that counter is the senders' */
	if (ret == -ENETUNREACH)
		lop_mib_add(w, IP_OUTNOROUTES, -1);
	return ret;
}

void
lop_icmp_push(struct lop_worker *w, struct rte_mbuf *m, const struct lop_icmp_reply *reply)
{
	struct icmphdr *icmp = rte_pktmbuf_mtod(m, struct icmphdr *);
	const struct lop_route_result *route = reply->route;
	struct rte_ipv4_hdr *ip;

	icmp->checksum = 0;
	icmp->checksum = lop_csum_icmp(m, 0);

	m->ol_flags = (m->ol_flags & (RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)) |
			lop_meta_flag_bit;
	m->port = RTE_MBUF_PORT_INVALID;
	m->tx_offload = 0;
	*lop_meta(m) = (struct lop_meta){ .dst = route->dst, .flags = reply->flags };

	ip = (struct rte_ipv4_hdr *)rte_pktmbuf_prepend(m, sizeof(*ip));
	if (ip == NULL)
		goto fail;
	*ip = (struct rte_ipv4_hdr){
		.version_ihl = RTE_IPV4_VHL_DEF,
		.type_of_service = reply->tos,
		.total_length = rte_cpu_to_be_16(m->pkt_len),
		.packet_id = rte_cpu_to_be_16(
				lop_ip_id(w, route->saddr_be, route->daddr_be, IPPROTO_ICMP)),
		.time_to_live = lop_setting(w->lop, LOP_SETTING_IP_DEFAULT_TTL),
		.next_proto_id = IPPROTO_ICMP,
		.src_addr = route->saddr_be,
		.dst_addr = route->daddr_be,
	};
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	if (reply->options_bytes != 0 &&
			lop_options_put(w, &m, reply->options, reply->options_bytes) != 0)
		goto fail;
	lop_icmp_count_out(w, reply->counted_as);
	lop_answer(w, m);
	return;

fail:
	lop_mib_add(w, ICMP_OUTERRORS, 1);
	lop_drop(w, m, NO_MBUF);
}

/* Errors, and types that nobody here takes for anything else. */
static bool
is_unanswerable(uint8_t type)
{
	return lop_icmp_is_error(type) || type == 1 || type == 2 || type == 6 || type == 7 ||
			type == ICMP_ROUTERADVERT || type == ICMP_ROUTERSOLICIT;
}

/* No error about an error, nor about what was not for one host, nor about a fragment's rest. */
static bool
may_answer(struct lop_worker *w, const struct rte_mbuf *m, uint8_t type)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	const struct lop_meta *meta = lop_meta(m);
	const uint8_t *inner;
	uint8_t inner_type;

	if (meta->pkt_type != PACKET_HOST ||
			(meta->flags & (LOP_META_BROADCAST | LOP_META_MULTICAST)) != 0)
		return false;
	if (meta->dst != NULL) {
		if ((meta->dst->cache_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) != 0)
			return false;
	} else {
		const uint8_t to = lop_addr_type(w->lop, ip->dst_addr);

		if (to == RTN_BROADCAST || to == RTN_MULTICAST)
			return false;
	}
	if ((ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_OFFSET_MASK)) != 0)
		return false;
	if (!lop_icmp_is_error(type) || ip->next_proto_id != IPPROTO_ICMP)
		return true;
	inner = rte_pktmbuf_read(m, lop_ihl(m), sizeof(*inner), &inner_type);
	return inner != NULL && *inner <= NR_ICMP_TYPES && !is_unanswerable(*inner);
}

/* It came over lo, whose driver marks its packets. */
static bool
is_over_lo(const struct lop_worker *w, const struct rte_mbuf *m)
{
	return m->port == w->lop->lo->port_id || w->lop->short_circuit;
}

/* The address that was asked, if it is this host's; else routing chooses. */
static uint32_t
source_of(struct lop_worker *w, const struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	const struct lop_dst *dst = lop_meta(m)->dst;
	const struct lop_if *in;
	bool local;

	local = dst != NULL ? (dst->cache_flags & RTCF_LOCAL) != 0
			    : lop_addr_type(w->lop, ip->dst_addr) == RTN_LOCAL;
	if (local)
		return ip->dst_addr;
	in = lop_if_of(w->lop, lop_came_in_by(w, m));
	if (in != NULL && lop_setting(w->lop, LOP_SETTING_ICMP_ERRORS_USE_INBOUND) != 0)
		return lop_select_addr(w->lop, in, ip->src_addr, RT_SCOPE_LINK);
	return 0;
}

/* The ICMP header and what it quotes of a packet. */
static struct rte_mbuf *
error_make(struct lop_worker *w, const struct rte_mbuf *m, uint32_t room)
{
	const uint32_t bytes = RTE_MIN(m->pkt_len, room);
	struct rte_mbuf *error = rte_pktmbuf_alloc(w->lop->pool);
	const void *quote;
	uint8_t *data;

	if (error == NULL)
		return NULL;
	data = (uint8_t *)rte_pktmbuf_append(error, sizeof(struct icmphdr) + bytes);
	if (data == NULL) {
		rte_pktmbuf_free(error);
		return NULL;
	}
	data += sizeof(struct icmphdr);
	quote = rte_pktmbuf_read(m, 0, bytes, data);
	if (quote != data)
		memcpy(data, quote, bytes);
	return error;
}

/* The answer carries what can be answered of the first options_bytes of options. */
static void
send_error(struct lop_worker *w, const struct rte_mbuf *m, uint8_t type, uint8_t code,
		uint32_t info_be, unsigned int options_bytes)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	struct lop_route_result route;
	struct lop_icmp_reply reply = {
		.route = &route,
		.tos = (ip->type_of_service & TOS_BITS) | IPTOS_PREC_INTERNETCONTROL,
		.counted_as = type,
		.flags = LOP_META_ICMP_ERROR,
	};
	struct lop_flow flow = { .daddr_be = ip->src_addr, .protocol = IPPROTO_ICMP };
	struct rte_mbuf *error;
	bool limited = false;
	uint32_t room;

	if (!may_answer(w, m, type))
		return;
	if (!is_over_lo(w, m) && !lop_icmp_allow(w, type, code, &limited))
		return;
	flow.saddr_be = source_of(w, m);
	flow.tos = reply.tos & IPTOS_DSCP_MASK;
	if (options_bytes != 0)
		reply.options_bytes = lop_options_echo(ip, options_bytes, reply.options);
	if (lop_icmp_route(w, &flow, &route) != 0)
		return;
	if (limited && !route.dst->dev->loopback && !lop_icmp_allow_to(w, route.daddr_be))
		return;
	if (route.saddr_be == 0)
		route.saddr_be = ADDR_DUMMY;

	room = RTE_MIN(route.dst->mtu_bytes, (uint32_t)ERROR_BYTES_MAX);
	if (room <= 2 * sizeof(*ip) + sizeof(struct icmphdr) + reply.options_bytes)
		return;
	room -= sizeof(*ip) + sizeof(struct icmphdr) + reply.options_bytes;
	error = error_make(w, m, room);
	if (error == NULL) {
		lop_mib_add(w, ICMP_OUTERRORS, 1);
		return;
	}
	*rte_pktmbuf_mtod(error, struct icmphdr *) = (struct icmphdr){
		.type = type, .code = code, .un.gateway = info_be
	};
	lop_icmp_push(w, error, &reply);
}

void
lop_icmp_send(struct lop_worker *w, const struct rte_mbuf *m, uint8_t type, uint8_t code,
		uint32_t info_be)
{
	const bool options = (lop_meta(m)->flags & LOP_META_OPTIONS) != 0;

	send_error(w, m, type, code, info_be,
			options ? lop_ihl(m) - sizeof(struct rte_ipv4_hdr) : 0);
}

void
lop_icmp_parameter_problem(struct lop_worker *w, const struct rte_mbuf *m, uint8_t at,
		unsigned int options_bytes)
{
	send_error(w, m, ICMP_PARAMETERPROB, 0, rte_cpu_to_be_32((uint32_t)at << 24),
			options_bytes);
}
