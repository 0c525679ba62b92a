/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Checksum requests, as loopback means them (contract DEV-06): the IP header's is filled, it is
 * short; a transport's stays undone where the receiver has the offload on, and arrives as
 * verified but not in the data. Where it is off, the checksum must be real.
 */

#include <errno.h>

#include <rte_hash_crc.h>
#include <rte_ip.h>

#include "lo.h"

/* What a request is about: where the headers are, where the checksum goes. */
struct lo_csum {
	uint32_t l4_off;
	uint32_t l4_min_bytes; /* of the transport header */
	uint32_t field_off;    /* of its checksum */
	uint64_t rx_offload;   /* with which the receiver takes it on trust */
};

static bool
lo_csum_l4(const struct rte_mbuf *m, struct lo_csum *c)
{
	c->l4_off = m->l2_len + m->l3_len;
	switch (m->ol_flags & RTE_MBUF_F_TX_L4_MASK) {
	case RTE_MBUF_F_TX_TCP_CKSUM:
		c->l4_min_bytes = 20;
		c->field_off = 16;
		c->rx_offload = RTE_ETH_RX_OFFLOAD_TCP_CKSUM;
		return true;
	case RTE_MBUF_F_TX_UDP_CKSUM:
		c->l4_min_bytes = 8;
		c->field_off = 6;
		c->rx_offload = RTE_ETH_RX_OFFLOAD_UDP_CKSUM;
		return true;
	case RTE_MBUF_F_TX_SCTP_CKSUM:
		c->l4_min_bytes = 12;
		c->field_off = 8;
		c->rx_offload = RTE_ETH_RX_OFFLOAD_SCTP_CKSUM;
		return true;
	default:
		break;
	}
	/* a request to segment asks for the transport's checksum too */
	if ((m->ol_flags & (RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_UDP_SEG)) == 0)
		return false;
	c->l4_min_bytes = (m->ol_flags & RTE_MBUF_F_TX_TCP_SEG) != 0 ? 20 : 8;
	c->field_off = c->l4_min_bytes == 20 ? 16 : 6;
	c->rx_offload = c->l4_min_bytes == 20 ? RTE_ETH_RX_OFFLOAD_TCP_CKSUM
					      : RTE_ETH_RX_OFFLOAD_UDP_CKSUM;
	return true;
}

static bool
lo_csum_ip(const struct rte_mbuf *m)
{
	return (m->ol_flags & RTE_MBUF_F_TX_IP_CKSUM) != 0;
}

/* The headers' lengths fit the packet, and IP's lies in the first segment. */
int
lo_csum_check(const struct rte_mbuf *m)
{
	struct lo_csum c;
	const bool ip = lo_csum_ip(m);
	const bool l4 = lo_csum_l4(m, &c);

	if (!ip && !l4)
		return 0;
	if (m->l2_len < RTE_ETHER_HDR_LEN || c.l4_off > m->data_len)
		return -EINVAL;
	if (ip && m->l3_len < sizeof(struct rte_ipv4_hdr))
		return -EINVAL;
	if (l4 &&
			(m->l3_len < sizeof(struct rte_ipv4_hdr) ||
					c.l4_off + c.l4_min_bytes > m->pkt_len))
		return -EINVAL;
	return 0;
}

bool
lo_csum_writes(const struct lo_dev *dev, const struct rte_mbuf *m)
{
	struct lo_csum c;

	return lo_csum_ip(m) || (lo_csum_l4(m, &c) && (dev->rx_offloads & c.rx_offload) == 0);
}

/* Write bytes that may lie in any segment, or across two. */
static void
lo_put(struct rte_mbuf *m, uint32_t off, const void *from, uint32_t n)
{
	const uint8_t *byte = from;

	while (off >= m->data_len) {
		off -= m->data_len;
		m = m->next;
	}
	for (uint32_t i = 0; i < n; i++) {
		while (off == m->data_len) {
			off = 0;
			m = m->next;
		}
		*rte_pktmbuf_mtod_offset(m, uint8_t *, off++) = byte[i];
	}
}

/* CRC32c over the packet from off on (RFC 9260, appendix A), as it goes into the header. */
static uint32_t
lo_crc32c(const struct rte_mbuf *m, uint32_t off, uint32_t n)
{
	uint32_t crc = UINT32_MAX;

	for (; n != 0; m = m->next) {
		if (off >= m->data_len) {
			off -= m->data_len;
			continue;
		}
		uint32_t part = RTE_MIN(n, (uint32_t)m->data_len - off);

		crc = rte_hash_crc(rte_pktmbuf_mtod_offset(m, void *, off), part, crc);
		n -= part;
		off = 0;
	}
	return rte_cpu_to_le_32(~crc);
}

/*
 * The sum over n bytes of the packet from off on. rte_raw_cksum_mbuf() loses carries where a
 * segment begins at an odd byte (seen with 22.11 to 25.11).
 */
static uint32_t
lo_sum(const struct rte_mbuf *m, uint32_t off, uint32_t n)
{
	uint32_t sum = 0;
	bool odd = false;

	for (; n != 0; m = m->next) {
		if (off >= m->data_len) {
			off -= m->data_len;
			continue;
		}
		uint32_t part = RTE_MIN(n, (uint32_t)m->data_len - off);
		uint16_t folded = rte_raw_cksum(rte_pktmbuf_mtod_offset(m, void *, off), part);

		sum += odd ? rte_bswap16(folded) : folded;
		odd ^= part & 1;
		n -= part;
		off = 0;
	}
	return sum;
}

/* Bytes of the transport, by the IP header: a short frame is padded behind them. */
static int
lo_l4_bytes(const struct rte_mbuf *m, uint32_t l4_off)
{
	const void *ip = rte_pktmbuf_mtod_offset(m, void *, m->l2_len);
	const struct rte_ipv4_hdr *v4 = ip;
	const struct rte_ipv6_hdr *v6 = ip;
	uint32_t bytes;

	if (v4->version_ihl >> 4 == 4)
		bytes = rte_be_to_cpu_16(v4->total_length);
	else if (m->l3_len >= sizeof(*v6))
		bytes = rte_be_to_cpu_16(v6->payload_len) + sizeof(*v6);
	else
		return -EINVAL;
	if (bytes < m->l3_len || l4_off - m->l3_len + bytes > m->pkt_len)
		return -EINVAL;
	return bytes - m->l3_len;
}

static int
lo_csum_fill(struct rte_mbuf *m, const struct lo_csum *c)
{
	const void *ip = rte_pktmbuf_mtod_offset(m, void *, m->l2_len);
	const bool v4 = ((const struct rte_ipv4_hdr *)ip)->version_ihl >> 4 == 4;
	const uint32_t zero = 0;
	int bytes = lo_l4_bytes(m, c->l4_off);
	uint16_t raw;
	uint32_t sum;

	if (bytes < (int)c->l4_min_bytes)
		return -EINVAL;
	if (c->rx_offload == RTE_ETH_RX_OFFLOAD_SCTP_CKSUM) {
		lo_put(m, c->l4_off + c->field_off, &zero, sizeof(zero));
		sum = lo_crc32c(m, c->l4_off, bytes);
		lo_put(m, c->l4_off + c->field_off, &sum, sizeof(sum));
		return 0;
	}
	lo_put(m, c->l4_off + c->field_off, &zero, sizeof(raw));
	sum = lo_sum(m, c->l4_off, bytes) +
			(v4 ? rte_ipv4_phdr_cksum(ip, 0) : rte_ipv6_phdr_cksum(ip, 0));
	sum = (sum & UINT16_MAX) + (sum >> 16);
	sum = (sum & UINT16_MAX) + (sum >> 16);
	raw = ~sum;
	/* UDP keeps zero for "no checksum" (RFC 768) */
	if (raw == 0 && c->rx_offload == RTE_ETH_RX_OFFLOAD_UDP_CKSUM)
		raw = UINT16_MAX;
	lo_put(m, c->l4_off + c->field_off, &raw, sizeof(raw));

	return 0;
}

/* Do what the packet's flags ask for; the flags that tell the receiver go to rx_flags. */
int
lo_csum_apply(const struct lo_dev *dev, struct rte_mbuf *m, uint64_t *rx_flags)
{
	struct lo_csum c;

	if (lo_csum_ip(m)) {
		struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod_offset(m, void *, m->l2_len);

		if (ip->version_ihl >> 4 != 4 || rte_ipv4_hdr_len(ip) != m->l3_len)
			return -EINVAL;
		ip->hdr_checksum = 0;
		ip->hdr_checksum = rte_ipv4_cksum(ip);
		if ((dev->rx_offloads & RTE_ETH_RX_OFFLOAD_IPV4_CKSUM) != 0)
			*rx_flags |= RTE_MBUF_F_RX_IP_CKSUM_GOOD;
	}
	if (!lo_csum_l4(m, &c))
		return 0;
	if ((dev->rx_offloads & c.rx_offload) == 0)
		return lo_csum_fill(m, &c);
	*rx_flags |= RTE_MBUF_F_RX_L4_CKSUM_NONE;
	return 0;
}
