/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Packets made by hand, and the host that gets them. */

#include <string.h>

#include <linux/neighbour.h>
#include <rte_ether.h>
#include <rte_ip.h>

#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_neigh.h"
#include "../../lib/lop/include/lop_stats.h"
#include "frag_fx.h"

#define L2 RTE_ETHER_HDR_LEN

static const uint8_t peer_mac[6] = { 2, 0, 0, 0, 0, 9 };

static uint32_t
addr(const char *text)
{
	return fx_addr(text, 0).sin_addr.s_addr;
}

static void
neighbour(struct ffx *f, uint32_t addr_be)
{
	struct lop_neigh_info entry = {
		.addr_be = addr_be, .ifindex = f->ifindex, .state = NUD_PERMANENT
	};

	memcpy(entry.lladdr, peer_mac, sizeof(peer_mac));
	lop_neigh_set(f->lop, &entry);
}

void
ffx_up(struct fx *fx, struct ffx *f)
{
	struct lop_ifaddr own = { .local_be = addr("10.9.0.1"), .prefix_len = 24 };
	struct lop_if_info info;

	f->lop = fx_lop_up(fx);
	f->ifindex = fx_wire(fx, f->lop, "tap0");
	own.broadcast_be = addr("10.9.0.255");
	assert_int_equal(lop_addr_add(f->lop, f->ifindex, &own), 0);
	assert_int_equal(lop_if_set_flags(f->lop, f->ifindex, IFF_UP, IFF_UP), 0);
	assert_int_equal(lop_if_get(f->lop, f->ifindex, &info), 0);
	memcpy(f->mac, info.mac, sizeof(f->mac));
	ffx_mark(f);
}

uint32_t
ffx_build(uint8_t *to, const struct ffx_ip *ip, const void *payload, uint32_t bytes)
{
	struct rte_ipv4_hdr *h = (struct rte_ipv4_hdr *)to;
	const uint32_t header = sizeof(*h) + ip->options_bytes;

	*h = (struct rte_ipv4_hdr){
		.version_ihl = 0x40 | header / 4,
		.type_of_service = ip->tos,
		.total_length = rte_cpu_to_be_16(header + bytes),
		.packet_id = rte_cpu_to_be_16(ip->id),
		.fragment_offset = rte_cpu_to_be_16(
				ip->off / 8 | (ip->mf ? 0x2000 : 0) | (ip->df ? 0x4000 : 0)),
		.time_to_live = 64,
		.next_proto_id = ip->protocol != 0 ? ip->protocol : IPPROTO_UDP,
		.src_addr = addr(ip->src != NULL ? ip->src : "10.9.0.2"),
		.dst_addr = addr(ip->dst != NULL ? ip->dst : "10.9.0.1"),
	};
	memcpy(h + 1, ip->options, ip->options_bytes);
	h->hdr_checksum = rte_ipv4_cksum(h);
	memcpy(to + header, payload, bytes);
	return header + bytes;
}

void
ffx_give(struct ffx *f, const struct ffx_ip *ip, const void *payload, uint32_t bytes)
{
	uint8_t frame[FFX_BYTES_MAX];
	struct rte_ether_hdr *eth = (struct rte_ether_hdr *)frame;

	assert_true(bytes + L2 + 60 <= sizeof(frame));
	neighbour(f, addr(ip->src != NULL ? ip->src : "10.9.0.2"));
	memcpy(&eth->dst_addr, f->mac, sizeof(f->mac));
	memcpy(&eth->src_addr, peer_mac, sizeof(peer_mac));
	eth->ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4);
	fx_wire_give(f->lop, f->ifindex, frame, L2 + ffx_build(frame + L2, ip, payload, bytes));
}

uint32_t
ffx_take(struct ffx *f, uint8_t packet[FFX_BYTES_MAX])
{
	struct rte_mbuf *m;
	const void *at;
	uint32_t bytes;

	if (fx_wire_take(f->lop, f->ifindex, &m, 1) == 0)
		return 0;
	bytes = m->pkt_len - L2;
	assert_true(bytes <= FFX_BYTES_MAX);
	at = rte_pktmbuf_read(m, L2, bytes, packet);
	if (at != packet)
		memcpy(packet, at, bytes);
	rte_pktmbuf_free(m);
	return bytes;
}

static bool
is_looked_at(enum lop_mib mib)
{
	switch (mib) {
	case LOP_MIB_IPEXT_INOCTETS:
	case LOP_MIB_IPEXT_OUTOCTETS:
	case LOP_MIB_IPEXT_INBCASTOCTETS:
	case LOP_MIB_IPEXT_INNOECTPKTS:
		return false;
	default:
		return true;
	}
}

void
ffx_mark(struct ffx *f)
{
	for (unsigned int i = 0; i < LOP_MIB_COUNT; i++)
		f->mib[i] = lop_mib_read(f->lop, i);
}

void
ffx_assert_moved(struct ffx *f, const char *what, const char *moved)
{
	char text[1024];
	size_t used = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i < LOP_MIB_COUNT; i++) {
		const uint64_t delta = lop_mib_read(f->lop, i) - f->mib[i];

		if (delta != 0 && is_looked_at(i))
			used += snprintf(text + used, sizeof(text) - used, "%s%s.%s+%" PRIu64,
					used == 0 ? "" : " ", lop_mib_group(i), lop_mib_field(i),
					delta);
	}
	if (strcmp(text, moved) != 0)
		fail_msg("%s:\n  moved    %s\n  expected %s", what, text, moved);
	ffx_mark(f);
}

uint32_t
ffx_udp(uint8_t *to, uint16_t sport, uint16_t dport, uint32_t payload_bytes)
{
	const uint16_t header[4] = { rte_cpu_to_be_16(sport), rte_cpu_to_be_16(dport),
		rte_cpu_to_be_16(8 + payload_bytes), 0 };

	memcpy(to, header, sizeof(header));
	for (uint32_t i = 0; i < payload_bytes; i++)
		to[8 + i] = i;
	return 8 + payload_bytes;
}

uint32_t
ffx_icmp(uint8_t *to, uint8_t type, uint8_t code, uint32_t rest, const void *body, uint32_t bytes)
{
	const uint32_t rest_be = rte_cpu_to_be_32(rest);
	uint16_t csum;

	memset(to, 0, 8);
	to[0] = type;
	to[1] = code;
	memcpy(to + 4, &rest_be, sizeof(rest_be));
	memcpy(to + 8, body, bytes);
	csum = ~rte_raw_cksum(to, 8 + bytes);
	memcpy(to + 2, &csum, sizeof(csum));
	return 8 + bytes;
}
