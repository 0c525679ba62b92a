/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_PACKET_H
#define LOB_PACKET_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_udp.h>

#define LOB_HEADER_BYTES \
	(sizeof(struct rte_ether_hdr) + sizeof(struct rte_ipv4_hdr) + sizeof(struct rte_udp_hdr))

/* Behind the header: the packet's number, which tells one from another on arrival. */
typedef uint64_t lob_stamp_t;

/**
 * Write the frame that all packets start from: header, stamp 0, a pattern.
 *
 * @param size_bytes
 *   Of the frame, 60 or more.
 */
void lob_packet_template(uint8_t *frame, uint16_t size_bytes);

/* Give the packet a flow of its own: random addresses in 127.0.0.0/8 and random ports. */
void lob_packet_randomise_flow(struct rte_mbuf *m);

/* Make m a copy of the template with the given stamp. */
static inline void
lob_packet_write(struct rte_mbuf *m, const uint8_t *frame, uint16_t size_bytes, lob_stamp_t stamp)
{
	uint8_t *data = rte_pktmbuf_mtod(m, uint8_t *);

	m->data_len = size_bytes;
	m->pkt_len = size_bytes;
	memcpy(data, frame, size_bytes);
	memcpy(data + LOB_HEADER_BYTES, &stamp, sizeof(stamp));
}

static inline lob_stamp_t
lob_packet_stamp(const struct rte_mbuf *m)
{
	lob_stamp_t stamp;

	memcpy(&stamp, rte_pktmbuf_mtod_offset(m, const uint8_t *, LOB_HEADER_BYTES),
			sizeof(stamp));
	return stamp;
}

/* Is this the packet that lob_packet_write() made? The header is not compared. */
static inline bool
lob_packet_check(const struct rte_mbuf *m, const uint8_t *frame, uint16_t size_bytes,
		lob_stamp_t stamp)
{
	const size_t off = LOB_HEADER_BYTES + sizeof(stamp);

	return m->pkt_len == size_bytes && m->data_len == size_bytes &&
			lob_packet_stamp(m) == stamp &&
			memcmp(rte_pktmbuf_mtod_offset(m, const uint8_t *, off), frame + off,
					size_bytes - off) == 0;
}

/* What an application that routes looks at. */
static inline uint32_t
lob_header_read(const struct rte_mbuf *m)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, const struct rte_ether_hdr *);
	const struct rte_ipv4_hdr *ip = (const struct rte_ipv4_hdr *)(eth + 1);
	const struct rte_udp_hdr *udp = (const struct rte_udp_hdr *)(ip + 1);

	return eth->ether_type + ip->total_length + ip->dst_addr + udp->dst_port;
}

/* What one that answers writes: every address and port changes sides. */
static inline void
lob_header_rewrite(struct rte_mbuf *m)
{
	struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, struct rte_ether_hdr *);
	struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)(eth + 1);
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + 1);
	const struct rte_ether_addr mac = eth->src_addr;
	const rte_be32_t addr = ip->src_addr;
	const rte_be16_t port = udp->src_port;

	eth->src_addr = eth->dst_addr;
	eth->dst_addr = mac;
	ip->src_addr = ip->dst_addr;
	ip->dst_addr = addr;
	udp->src_port = udp->dst_port;
	udp->dst_port = port;
}

#endif /* LOB_PACKET_H */
