/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Segmentation in software, of TCP and UDP over IPv4 and IPv6 (contract QU-05): each segment is
 * a packet of its own in mbufs from the large packet's pool, with requests for its checksums.
 * rte_gso has no IPv6 and makes IP fragments of a UDP packet, so it does not serve here.
 */

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <rte_ip.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "lo.h"

static bool
lo_gso_is_tcp(const struct rte_mbuf *m)
{
	return (m->ol_flags & RTE_MBUF_F_TX_TCP_SEG) != 0;
}

static uint32_t
lo_gso_header_bytes(const struct rte_mbuf *m)
{
	return m->l2_len + m->l3_len + m->l4_len;
}

/* How many segments the packet makes, or -EINVAL when its lengths make no sense. */
int
lo_gso_count(const struct rte_mbuf *m)
{
	const uint32_t header = lo_gso_header_bytes(m);
	const uint32_t l4_min = lo_gso_is_tcp(m) ? sizeof(struct rte_tcp_hdr)
						 : sizeof(struct rte_udp_hdr);
	const uint8_t *ip;
	uint8_t version;

	if (m->tso_segsz == 0 || m->l2_len < RTE_ETHER_HDR_LEN ||
			m->l3_len < sizeof(struct rte_ipv4_hdr) || m->l4_len < l4_min ||
			header > m->data_len || header >= m->pkt_len)
		return -EINVAL;
	ip = rte_pktmbuf_mtod_offset(m, const uint8_t *, m->l2_len);
	version = ip[0] >> 4;
	if (version != 4 && (version != 6 || m->l3_len < sizeof(struct rte_ipv6_hdr)))
		return -EINVAL;
	return (m->pkt_len - header + m->tso_segsz - 1) / m->tso_segsz;
}

/* Append n bytes that stand at off in `from`; the chain grows by mbufs of `pool` when it must. */
static int
lo_append(struct rte_mbuf *to, struct rte_mempool *pool, const struct rte_mbuf *from, uint32_t off,
		uint32_t n)
{
	while (off >= from->data_len) {
		off -= from->data_len;
		from = from->next;
	}
	while (n != 0) {
		struct rte_mbuf *last = rte_pktmbuf_lastseg(to);
		uint32_t part = RTE_MIN(n, (uint32_t)from->data_len - off);
		uint32_t room = rte_pktmbuf_tailroom(last);

		if (part == 0) {
			from = from->next;
			off = 0;
			continue;
		}
		if (room == 0) {
			last->next = rte_pktmbuf_alloc(pool);
			if (last->next == NULL)
				return -ENOMEM;
			to->nb_segs++;
			continue;
		}
		part = RTE_MIN(part, room);
		memcpy(rte_pktmbuf_mtod_offset(last, char *, last->data_len),
				rte_pktmbuf_mtod_offset(from, const char *, off), part);
		last->data_len += part;
		to->pkt_len += part;
		off += part;
		n -= part;
	}
	return 0;
}

static void
lo_gso_header(struct rte_mbuf *piece, const struct rte_mbuf *m, uint32_t i, bool last)
{
	const uint32_t ip_bytes = piece->pkt_len - m->l2_len;
	uint8_t *ip = rte_pktmbuf_mtod_offset(piece, uint8_t *, m->l2_len);
	struct rte_ipv4_hdr *v4 = (struct rte_ipv4_hdr *)ip;
	struct rte_ipv6_hdr *v6 = (struct rte_ipv6_hdr *)ip;
	struct rte_tcp_hdr *tcp = (struct rte_tcp_hdr *)(ip + m->l3_len);
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + m->l3_len);

	if (v4->version_ihl >> 4 == 4) {
		v4->total_length = rte_cpu_to_be_16(ip_bytes);
		v4->packet_id = rte_cpu_to_be_16(rte_be_to_cpu_16(v4->packet_id) + i);
	} else {
		v6->payload_len = rte_cpu_to_be_16(ip_bytes - sizeof(*v6));
	}
	if (lo_gso_is_tcp(m)) {
		tcp->sent_seq = rte_cpu_to_be_32(
				rte_be_to_cpu_32(tcp->sent_seq) + i * (uint32_t)m->tso_segsz);
		if (!last)
			tcp->tcp_flags &= ~(RTE_TCP_FIN_FLAG | RTE_TCP_PSH_FLAG);
		/* told once (RFC 3168, 6.1.2) */
		if (i != 0)
			tcp->tcp_flags &= ~RTE_TCP_CWR_FLAG;
	} else {
		udp->dgram_len = rte_cpu_to_be_16(ip_bytes - m->l3_len);
	}
}

/* Segment i of count, or NULL without mbufs. */
struct rte_mbuf *
lo_gso_cut(struct rte_mbuf *m, uint32_t i, uint32_t count)
{
	struct rte_mempool *pool = RTE_MBUF_CLONED(m) ? rte_mbuf_from_indirect(m)->pool : m->pool;
	const uint32_t header = lo_gso_header_bytes(m);
	const uint32_t off = header + i * m->tso_segsz;
	const uint32_t payload = RTE_MIN(m->pkt_len - off, (uint32_t)m->tso_segsz);
	struct rte_mbuf *piece = rte_pktmbuf_alloc(pool);

	if (piece == NULL)
		return NULL;
	/* the headers are patched in place, so they must lie in the first segment */
	if (rte_pktmbuf_tailroom(piece) < header || lo_append(piece, pool, m, 0, header) != 0 ||
			lo_append(piece, pool, m, off, payload) != 0) {
		rte_pktmbuf_free(piece);
		return NULL;
	}
	piece->ol_flags |= m->ol_flags &
			(LO_FLAGS_CROSSING | RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IPV6 |
					RTE_MBUF_F_TX_IP_CKSUM) &
			~(RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL);
	if (lo_gso_is_tcp(m))
		piece->ol_flags |= RTE_MBUF_F_TX_TCP_CKSUM;
	else
		piece->ol_flags |= RTE_MBUF_F_TX_UDP_CKSUM;
	piece->l2_len = m->l2_len;
	piece->l3_len = m->l3_len;
	piece->l4_len = m->l4_len;
	piece->packet_type = m->packet_type;
	rte_mbuf_dynfield_copy(piece, m);
	lo_gso_header(piece, m, i, i == count - 1);
	/* each IPv4 header is new, and so is its checksum, asked for or not */
	if ((*rte_pktmbuf_mtod_offset(piece, uint8_t *, m->l2_len) >> 4) == 4)
		piece->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM;

	return piece;
}
