/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * What a socket's filter can load: bytes of the packet and of its headers, and what Linux knows of
 * a packet beside them.
 */

#include <sched.h>
#include <string.h>

#include <linux/if_ether.h>
#include <linux/netlink.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "reasm.h"
#include "sock_filter.h"
#include "sock_queue.h"
#include "udp_in.h"

/* Of a buffer of Linux, what is no payload of IPv4 without options (contract UR-05). */
#define HEAD_USED_BYTES (256 + 320 + 16 + sizeof(struct rte_ipv4_hdr))

/* Headers of protocols that DPDK has none of. */
#define IGMP_BYTES 8
#define SCTP_BYTES 12 /* and of DCCP */

static uint32_t
options_bytes_of(const struct rte_mbuf *m)
{
	return lop_meta(m)->l3_len - sizeof(struct rte_ipv4_hdr);
}

/* The IPv4 header is part of what raw sockets see. */
static uint32_t
l3_bytes_of(const struct lop_filtered *p)
{
	return p->net == 0 ? lop_meta(p->m)->l3_len : 0;
}

/* Large ones stand in pages behind their UDP header, fragments in buffers of their own. */
static uint32_t
head_bytes_of(const struct lop_filtered *p)
{
	const struct lop_meta *meta = lop_meta(p->m);
	const bool whole = (meta->flags & LOP_META_REASSEMBLED) == 0;
	const uint32_t l3_bytes = l3_bytes_of(p);
	const uint32_t l4_bytes = whole ? p->bytes - l3_bytes
					: lop_first_bytes(p->m) - meta->l3_len;
	const uint32_t header = sizeof(struct rte_udp_hdr);

	return l3_bytes +
			(l4_bytes + options_bytes_of(p->m) < LOP_PAGED_BYTES + header ? l4_bytes
										      : header);
}

struct lop_filtered
lop_filtered_of(struct lop_worker *w, const struct lop_sock *sk, const struct rte_mbuf *m)
{
	const struct lop_meta *meta = lop_meta(m);
	const int32_t data = sk->rx_udp ? -(int32_t)sizeof(struct rte_udp_hdr) : 0;
	struct lop_filtered p = {
		.w = w,
		.m = m,
		.data = data,
		.bytes = m->pkt_len - data,
		.net = sk->type == SOCK_RAW ? 0 : -(int32_t)meta->l3_len,
	};

	/* what is heard of one's own on another device never had a link header */
	p.link = p.net - ((meta->flags & LOP_META_SELF) != 0 ? 0 : ETH_HLEN);
	p.head_bytes = head_bytes_of(&p);
	return p;
}

static const struct lop_if *
dev_of(const struct lop_filtered *p)
{
	const struct lop *lop = p->w->lop;
	const struct lop_meta *meta = lop_meta(p->m);
	const struct lop_if *dev;

	if ((meta->flags & LOP_META_SELF) != 0)
		return meta->dst->dev;
	if (lop->short_circuit && meta->dst->dev->loopback)
		return lop->lo;
	dev = lop_if_of(lop, lop_came_in_by(p->w, p->m));
	return dev != NULL ? dev : lop->lo;
}

/* In the link header, as lo writes it where nobody did. */
static uint8_t
link_byte(const struct lop_filtered *p, int32_t at)
{
	const struct lop_if *lo = p->w->lop->lo;
	const int32_t place = p->m->data_off + p->data + at;
	struct ethhdr eth = { .h_proto = RTE_BE16(ETH_P_IP) };

	if (!p->w->lop->short_circuit)
		return place >= 0 ? *((const uint8_t *)p->m->buf_addr + place) : 0;
	memcpy(eth.h_dest, lo->mac.addr_bytes, ETH_ALEN);
	memcpy(eth.h_source, lo->mac.addr_bytes, ETH_ALEN);
	return ((const uint8_t *)&eth)[at - p->link];
}

static uint8_t
byte_at(const struct lop_filtered *p, int32_t at)
{
	const int32_t off = at + p->data;
	uint8_t room;
	const uint8_t *byte;

	if (at < p->net)
		return link_byte(p, at);
	if (off < (int32_t)p->m->data_len)
		return *(rte_pktmbuf_mtod(p->m, const uint8_t *) + off);
	byte = rte_pktmbuf_read(p->m, off, 1, &room);
	return byte != NULL ? *byte : 0;
}

bool
lop_filtered_load(const struct lop_filtered *p, int32_t k, unsigned int size, uint32_t *value)
{
	const uint8_t *from = NULL;
	int32_t at = k;
	uint32_t sum = 0;

	if (k < 0 && k >= SKF_NET_OFF)
		at = k - SKF_NET_OFF + p->net;
	else if (k < 0 && k >= SKF_LL_OFF)
		at = k - SKF_LL_OFF + p->link;
	else if (k < 0)
		return false;
	if (at > (int32_t)p->bytes - (int32_t)size)
		return false;
	if (at >= p->net && at + p->data + (int32_t)size <= (int32_t)p->m->data_len)
		from = rte_pktmbuf_mtod(p->m, const uint8_t *) + at + p->data;
	for (unsigned int i = 0; i < size; i++)
		sum = sum << 8 | (from != NULL ? from[i] : byte_at(p, at + (int32_t)i));
	*value = sum;
	return true;
}

/* A netlink attribute of type x between two places; 0: none. */
static uint32_t
find_attribute(const struct lop_filtered *p, uint32_t from, uint32_t end, uint32_t type)
{
	while (end - from >= sizeof(struct nlattr)) {
		struct nlattr attr;
		uint8_t *to = (uint8_t *)&attr;
		uint32_t whole;

		for (unsigned int i = 0; i < sizeof(attr); i++)
			to[i] = byte_at(p, (int32_t)(from + i));
		if (attr.nla_len < sizeof(attr) || attr.nla_len > end - from)
			return 0;
		if ((attr.nla_type & NLA_TYPE_MASK) == type)
			return from;
		whole = RTE_ALIGN_CEIL(attr.nla_len, NLA_ALIGNTO);
		if (whole > end - from)
			return 0;
		from += whole;
	}
	return 0;
}

/* The attribute X behind place A, or in the attribute that stands there. */
static uint32_t
attribute(const struct lop_filtered *p, uint32_t a, uint32_t x, bool nested)
{
	uint16_t bytes;
	uint8_t *to = (uint8_t *)&bytes;

	if (p->head_bytes < p->bytes || p->bytes < sizeof(struct nlattr) ||
			a > p->bytes - sizeof(struct nlattr))
		return 0;
	if (!nested)
		return find_attribute(p, a, p->bytes, x);
	for (unsigned int i = 0; i < sizeof(bytes); i++)
		to[i] = byte_at(p, (int32_t)(a + i));
	if (bytes > p->bytes - a || bytes < sizeof(struct nlattr))
		return 0;
	return find_attribute(p, a + sizeof(struct nlattr), a + bytes, x);
}

/* Where the payload starts, of protocols that say. */
static uint32_t
payload_at(const struct lop_filtered *p)
{
	const uint32_t above = p->net + lop_meta(p->m)->l3_len;
	const uint8_t protocol = byte_at(
			p, p->net + (int32_t)offsetof(struct rte_ipv4_hdr, next_proto_id));

	switch (protocol) {
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return above + sizeof(struct rte_udp_hdr);
	case IPPROTO_IGMP:
		return above + IGMP_BYTES;
	case IPPROTO_TCP:
		return above + RTE_MAX(20, (byte_at(p, (int32_t)above + 12) & 0xf0) >> 2);
	case IPPROTO_DCCP:
	case IPPROTO_SCTP:
		return above + SCTP_BYTES;
	default:
		return above;
	}
}

uint32_t
lop_filtered_aside(const struct lop_filtered *p, uint32_t what, uint32_t a, uint32_t x)
{
	switch (what) {
	case SKF_AD_PROTOCOL:
		return ETH_P_IP;
	case SKF_AD_PKTTYPE:
		return lop_meta(p->m)->pkt_type;
	case SKF_AD_IFINDEX:
		return dev_of(p)->ifindex;
	case SKF_AD_HATYPE:
		return dev_of(p)->type;
	case SKF_AD_NLATTR:
	case SKF_AD_NLATTR_NEST:
		return attribute(p, a, x, what == SKF_AD_NLATTR_NEST);
	case SKF_AD_CPU:
		return sched_getcpu();
	case SKF_AD_ALU_XOR_X:
		return a ^ x;
	case SKF_AD_PAY_OFFSET:
		return payload_at(p);
	case SKF_AD_RANDOM:
		return lop_random(p->w);
	default: /* nothing here has a mark, a queue, a hash or a VLAN */
		return 0;
	}
}

uint32_t
lop_filtered_charge(const struct lop_filtered *p, const struct lop_sock *sk, uint32_t bytes)
{
	const uint32_t options_bytes = options_bytes_of(p->m);
	const uint32_t whole = lop_charge_of(sk, p->m);
	const uint32_t l3_bytes = l3_bytes_of(p);
	const uint32_t head = lop_truesize_of(p->head_bytes - l3_bytes, options_bytes);

	/* in one piece: the buffer stays; what is left behind it may fit into it now */
	if (p->head_bytes >= p->bytes || bytes + HEAD_USED_BYTES + options_bytes > head + l3_bytes)
		return whole;
	return head;
}
