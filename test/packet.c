/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Build recognisable frames and recognise them. */

#include <string.h>

#include <rte_hash_crc.h>
#include <rte_ip.h>
#include <rte_sctp.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "lo_test.h"
#include "packet.h"

#define SIZE_DEFAULT 60
#define ETHERTYPE_TEST 0x88b5 /* IEEE 802: local experiments */
#define TTL 64

static uint32_t
l3_len(const struct pkt *p)
{
	if (p->ip == 0)
		return 0;
	return p->ip == 4 ? sizeof(struct rte_ipv4_hdr) : sizeof(struct rte_ipv6_hdr);
}

static uint32_t
l4_len(const struct pkt *p)
{
	switch (p->l4) {
	case IPPROTO_UDP:
		return sizeof(struct rte_udp_hdr);
	case IPPROTO_TCP:
		return sizeof(struct rte_tcp_hdr);
	case IPPROTO_SCTP:
		return sizeof(struct rte_sctp_hdr);
	default:
		return 0;
	}
}

/* SCTP's checksum, RFC 9260: CRC32c over the whole packet with the field at zero, low byte first. */
static uint32_t
sctp_cksum(const void *l4, uint32_t len)
{
	return ~rte_hash_crc(l4, len, UINT32_MAX);
}

static void
fill_l4(const struct pkt *p, void *l3, uint8_t *l4, uint32_t len)
{
	rte_be16_t src = rte_cpu_to_be_16(p->src_port), dst = rte_cpu_to_be_16(p->dst_port);
	struct rte_sctp_hdr *sctp = (void *)l4;
	struct rte_tcp_hdr *tcp = (void *)l4;
	struct rte_udp_hdr *udp = (void *)l4;
	rte_be16_t cksum;

	memset(l4, 0, l4_len(p));
	udp->src_port = src;
	udp->dst_port = dst;
	if (p->l4 == IPPROTO_UDP)
		udp->dgram_len = rte_cpu_to_be_16(len);
	if (p->l4 == IPPROTO_TCP) {
		tcp->data_off = sizeof(*tcp) / 4 << 4;
		tcp->tcp_flags = RTE_TCP_ACK_FLAG;
	}
	if (p->no_cksum)
		return;

	if (p->l4 == IPPROTO_SCTP) {
		sctp->cksum = rte_cpu_to_le_32(sctp_cksum(l4, len));
		return;
	}
	cksum = p->ip == 4 ? rte_ipv4_udptcp_cksum(l3, l4) : rte_ipv6_udptcp_cksum(l3, l4);
	if (p->l4 == IPPROTO_UDP)
		udp->dgram_cksum = cksum;
	else
		tcp->cksum = cksum;
}

static void
fill_ipv4(const struct pkt *p, struct rte_ipv4_hdr *ip, uint32_t len)
{
	memset(ip, 0, sizeof(*ip));
	ip->version_ihl = RTE_IPV4_VHL_DEF;
	ip->total_length = rte_cpu_to_be_16(len);
	ip->time_to_live = TTL;
	ip->next_proto_id = p->l4;
	ip->src_addr = rte_cpu_to_be_32(p->src_ip != 0 ? p->src_ip : INADDR_LOOPBACK);
	ip->dst_addr = rte_cpu_to_be_32(p->dst_ip != 0 ? p->dst_ip : INADDR_LOOPBACK);
	if (!p->no_cksum)
		ip->hdr_checksum = rte_ipv4_cksum(ip);
}

/* Through bytes: the address has a type of its own in some releases. */
static void
fill_ipv6(const struct pkt *p, struct rte_ipv6_hdr *ip, uint32_t len)
{
	rte_be32_t src = rte_cpu_to_be_32(p->src_ip != 0 ? p->src_ip : 1);
	rte_be32_t dst = rte_cpu_to_be_32(p->dst_ip != 0 ? p->dst_ip : 1);

	memset(ip, 0, sizeof(*ip));
	ip->vtc_flow = rte_cpu_to_be_32(6u << 28);
	ip->payload_len = rte_cpu_to_be_16(len - sizeof(*ip));
	ip->proto = p->l4;
	ip->hop_limits = TTL;
	memcpy(RTE_PTR_ADD(ip, 20), &src, sizeof(src));
	memcpy(RTE_PTR_ADD(ip, 36), &dst, sizeof(dst));
}

uint32_t
pkt_bytes(const struct pkt *p, uint8_t *buf)
{
	uint32_t size = p->size == 0 ? SIZE_DEFAULT : p->size;
	uint32_t headers = RTE_ETHER_HDR_LEN + l3_len(p) + l4_len(p);
	struct rte_ether_hdr *eth = (void *)buf;
	uint8_t *l3 = buf + RTE_ETHER_HDR_LEN;
	uint16_t type = ETHERTYPE_TEST;

	eth->src_addr = p->src;
	eth->dst_addr = p->dst;
	if (p->ip != 0)
		type = p->ip == 4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6;
	eth->ether_type = rte_cpu_to_be_16(type);

	for (uint32_t i = headers; i < size; i++)
		buf[i] = (uint8_t)(p->stamp * 131 + i * 7 + (i >> 8));
	memcpy(buf + size - sizeof(p->stamp), &p->stamp, sizeof(p->stamp));

	if (p->ip == 4)
		fill_ipv4(p, (void *)l3, size - RTE_ETHER_HDR_LEN);
	if (p->ip == 6)
		fill_ipv6(p, (void *)l3, size - RTE_ETHER_HDR_LEN);
	if (p->l4 != 0)
		fill_l4(p, l3, l3 + l3_len(p), size - RTE_ETHER_HDR_LEN - l3_len(p));
	return size;
}

struct rte_mbuf *
pkt_try(struct rte_mempool *pool, const struct pkt *p)
{
	uint8_t buf[PKT_BYTES_MAX];
	uint32_t size = pkt_bytes(p, buf);
	uint32_t step = p->seg_size == 0 ? size : p->seg_size;
	struct rte_mbuf *head = NULL, *tail = NULL;

	for (uint32_t off = 0; off < size; off += step) {
		uint32_t len = RTE_MIN(step, size - off);
		struct rte_mbuf *seg = rte_pktmbuf_alloc(pool);

		if (seg == NULL || rte_pktmbuf_tailroom(seg) < len) {
			rte_pktmbuf_free(seg);
			rte_pktmbuf_free(head);
			return NULL;
		}
		memcpy(rte_pktmbuf_mtod(seg, void *), buf + off, len);
		seg->data_len = len;
		if (head == NULL) {
			head = seg;
		} else {
			tail->next = seg;
			head->nb_segs++;
		}
		tail = seg;
	}
	if (head == NULL)
		return NULL;

	head->pkt_len = size;
	head->l2_len = RTE_ETHER_HDR_LEN;
	head->l3_len = l3_len(p);
	head->l4_len = l4_len(p);
	return head;
}

struct rte_mbuf *
pkt_build(struct rte_mempool *pool, const struct pkt *p)
{
	struct rte_mbuf *m = pkt_try(pool, p);

	if (m == NULL)
		fail_msg("no mbufs for a frame of %u bytes", p->size);
	return m;
}

void
pkt_build_burst(struct rte_mempool *pool, const struct pkt *p, struct rte_mbuf **pkts,
		unsigned int n)
{
	struct pkt next = *p;

	for (unsigned int i = 0; i < n; i++) {
		next.stamp = p->stamp + i;
		pkts[i] = pkt_build(pool, &next);
	}
}

uint32_t
pkt_stamp(const struct rte_mbuf *m)
{
	uint32_t copy;
	const uint32_t *stamp;

	if (m->pkt_len < sizeof(copy))
		return 0;
	stamp = rte_pktmbuf_read(m, m->pkt_len - sizeof(copy), sizeof(copy), &copy);
	if (stamp == NULL)
		return 0;
	memcpy(&copy, stamp, sizeof(copy));
	return copy;
}

bool
pkt_is(const struct rte_mbuf *m, const struct pkt *p)
{
	uint8_t want[PKT_BYTES_MAX], copy[PKT_BYTES_MAX];
	const uint8_t *have;
	const char *reason;

	if (m->pkt_len != pkt_bytes(p, want) || rte_mbuf_check(m, 1, &reason) != 0)
		return false;
	have = rte_pktmbuf_read(m, 0, m->pkt_len, copy);
	return have != NULL && memcmp(have, want, m->pkt_len) == 0;
}

void
pkt_assert(const struct rte_mbuf *m, const struct pkt *p)
{
	uint8_t want[PKT_BYTES_MAX], copy[PKT_BYTES_MAX];
	uint32_t size = pkt_bytes(p, want);
	const uint8_t *have;
	const char *reason;

	if (rte_mbuf_check(m, 1, &reason) != 0)
		fail_msg("packet %u: %s", p->stamp, reason);
	if (m->pkt_len != size)
		fail_msg("packet %u: %u bytes, not %u", p->stamp, m->pkt_len, size);
	have = rte_pktmbuf_read(m, 0, m->pkt_len, copy);
	assert_non_null(have);
	for (uint32_t i = 0; i < size; i++) {
		if (have[i] != want[i])
			fail_msg("packet %u: byte %u is 0x%02x, not 0x%02x", p->stamp, i, have[i],
					want[i]);
	}
}

bool
pkt_cksum_good(const struct rte_mbuf *m)
{
	uint8_t copy[PKT_BYTES_MAX];
	const uint8_t *data = rte_pktmbuf_read(m, 0, m->pkt_len, copy);
	const struct rte_ether_hdr *eth = (const void *)data;
	const struct rte_ipv4_hdr *ip4 = (const void *)(eth + 1);
	const struct rte_ipv6_hdr *ip6 = (const void *)(eth + 1);
	struct rte_sctp_hdr sctp;
	uint32_t off, crc;
	uint8_t proto;
	bool ipv4;

	if (data == NULL)
		return false;
	ipv4 = eth->ether_type == rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4);
	if (ipv4 && rte_raw_cksum(ip4, sizeof(*ip4)) != UINT16_MAX)
		return false;
	proto = ipv4 ? ip4->next_proto_id : ip6->proto;
	off = sizeof(*eth) + (ipv4 ? sizeof(*ip4) : sizeof(*ip6));

	switch (proto) {
	case IPPROTO_UDP:
	case IPPROTO_TCP:
		/* over one piece: the mbuf's own verifier is wrong behind a segment of odd length */
		if (ipv4)
			return rte_ipv4_udptcp_cksum_verify(ip4, data + off) == 0;
		return rte_ipv6_udptcp_cksum_verify(ip6, data + off) == 0;
	case IPPROTO_SCTP:
		memcpy(&sctp, data + off, sizeof(sctp));
		crc = sctp.cksum;
		sctp.cksum = 0;
		return crc ==
				rte_cpu_to_le_32(~rte_hash_crc(data + off + sizeof(sctp),
						m->pkt_len - off - sizeof(sctp),
						rte_hash_crc(&sctp, sizeof(sctp), UINT32_MAX)));
	default:
		return true;
	}
}
