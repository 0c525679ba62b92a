/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include <rte_byteorder.h>
#include <rte_random.h>

#include "packet.h"

void
lob_packet_template(uint8_t *frame, uint16_t size_bytes)
{
	struct rte_ether_hdr *eth = (struct rte_ether_hdr *)frame;
	struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)(eth + 1);
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + 1);
	const uint16_t ip_bytes = size_bytes - sizeof(*eth);

	*eth = (struct rte_ether_hdr){
		.dst_addr.addr_bytes = { 0x02, 0x6c, 0x6f, 0, 0, 1 },
		.src_addr.addr_bytes = { 0x02, 0x6c, 0x6f, 0, 0, 2 },
		.ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4),
	};
	*ip = (struct rte_ipv4_hdr){
		.version_ihl = RTE_IPV4_VHL_DEF,
		.total_length = rte_cpu_to_be_16(ip_bytes),
		.fragment_offset = RTE_BE16(RTE_IPV4_HDR_DF_FLAG),
		.time_to_live = IPDEFTTL,
		.next_proto_id = IPPROTO_UDP,
		.src_addr = RTE_BE32(RTE_IPV4(127, 0, 0, 1)),
		.dst_addr = RTE_BE32(RTE_IPV4(127, 0, 0, 2)),
	};
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	*udp = (struct rte_udp_hdr){
		.src_port = RTE_BE16(50000),
		.dst_port = RTE_BE16(50001),
		.dgram_len = rte_cpu_to_be_16(ip_bytes - sizeof(*ip)),
	};
	for (uint16_t i = LOB_HEADER_BYTES; i < size_bytes; i++)
		frame[i] = i;
}

void
lob_packet_randomise_flow(struct rte_mbuf *m)
{
	struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod_offset(
			m, struct rte_ipv4_hdr *, sizeof(struct rte_ether_hdr));
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + 1);
	const uint64_t addr = rte_rand(), port = rte_rand();

	ip->src_addr = RTE_BE32(RTE_IPV4(127, 0, 0, 0)) | rte_cpu_to_be_32(addr & 0xffffff);
	ip->dst_addr = RTE_BE32(RTE_IPV4(127, 0, 0, 0)) | rte_cpu_to_be_32((addr >> 32) & 0xffffff);
	ip->hdr_checksum = 0;
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	udp->src_port = port;
	udp->dst_port = port >> 16;
}
