/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Frames as they come in: whose, and of what kind. */

#include <netpacket/packet.h>
#include <string.h>

#include <rte_ether.h>

#include "../../lib/lop/include/lop_hook.h"
#include "../../lib/lop/include/lop_if.h"
#include "frag_fx.h"
#include "send_fx.h"

#define L2 RTE_ETHER_HDR_LEN

/* What a tap saw last. */
struct glimpse {
	unsigned int n;
	uint8_t type;
};

static void
glimpse(void *arg, int ifindex, const uint8_t *pkt_types, struct rte_mbuf *const *pkts, uint16_t n)
{
	struct glimpse *g = arg;

	RTE_SET_USED(ifindex);
	RTE_SET_USED(pkts);
	g->n += n;
	g->type = pkt_types[n - 1];
}

/* A UDP datagram of 4 bytes in a frame: its length. */
static uint32_t
frame_make(uint8_t *frame, const struct ffx *f, uint16_t ether_type)
{
	const struct ffx_ip ip = { 0 };
	uint8_t udp[16];

	memset(frame, 0, L2);
	memcpy(frame, f->mac, sizeof(f->mac));
	frame[12] = ether_type >> 8;
	frame[13] = ether_type & 0xff;
	return L2 + ffx_build(frame + L2, &ip, udp, ffx_udp(udp, 5001, 4000, 4));
}

/* contract XM-04: by the destination's link address */
static void
link_address_decides_the_type(void **state)
{
	static const struct {
		uint8_t mac[6];
		uint8_t type;
	} rows[] = {
		{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, PACKET_BROADCAST },
		{ { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 }, PACKET_MULTICAST },
		{ { 0x02, 0x11, 0x22, 0x33, 0x44, 0x55 }, PACKET_OTHERHOST },
	};
	struct glimpse g = { 0 };
	struct lop_if_stats stats;
	uint8_t frame[128];
	uint32_t bytes;
	struct ffx f;

	ffx_up(*state, &f);
	fx_udp(f.lop, NULL, 4000);
	assert_true(lop_tap_add(f.lop, f.ifindex, glimpse, &g) > 0);
	bytes = frame_make(frame, &f, RTE_ETHER_TYPE_IPV4);
	fx_wire_give(f.lop, f.ifindex, frame, bytes);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.type, PACKET_HOST);
	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		memcpy(frame, rows[i].mac, sizeof(rows[i].mac));
		fx_wire_give(f.lop, f.ifindex, frame, bytes);
		assert_int_equal(g.n, 2 + i);
		assert_int_equal(g.type, rows[i].type);
	}
	assert_int_equal(lop_if_stats(f.lop, f.ifindex, &stats), 0);
	assert_int_equal(stats.rx_packets, 4);
	assert_int_equal(stats.rx_otherhost_dropped, 1);
}

/* contract XM-04: broadcasts over lo have lo's own address */
static void
broadcast_over_lo_is_for_the_host(void **state)
{
	const struct sockaddr_in to = fx_addr("127.255.255.255", 4000);
	struct lop *lop = fx_lop_up(*state);
	const int s = fx_udp(lop, NULL, 4001);
	struct glimpse g = { 0 };

	fx_udp(lop, NULL, 4000);
	sf_option(s, SOL_SOCKET, SO_BROADCAST, 1);
	assert_true(lop_tap_add(lop, LOP_LO_INDEX, glimpse, &g) > 0);
	assert_int_equal(lop_sendto(s, "a", 1, 0, (const void *)&to, sizeof(to)), 1);
	assert_int_equal(g.n, 2);
	assert_int_equal(g.type, PACKET_HOST);
}

/* contract BK-08, XM-04: the device counts what nobody knows: no ARP, no IPv6, no 802.2 */
static void
unknown_ethertype_is_the_devices_drop(void **state)
{
	static const struct {
		uint16_t type;
		uint8_t first; /* byte behind the header, and the second one */
		bool counted;
	} rows[] = {
		{ 0x88b5, 0x45, true },
		{ 0x0806, 0x00, false },
		{ 0x86dd, 0x60, false },
		{ 0x0100, 0xaa, false },
		{ 0x0100, 0xff, true },
		{ 0x0600, 0xaa, true },
	};
	struct glimpse g = { 0 };
	struct lop_if_stats stats;
	unsigned int dropped = 0;
	uint8_t frame[128];
	struct ffx f;

	ffx_up(*state, &f);
	for (unsigned int i = 0; i < 2 * RTE_DIM(rows); i++) {
		const unsigned int k = i % RTE_DIM(rows);
		const uint32_t bytes = frame_make(frame, &f, rows[k].type);

		/* contract TAP-01: what a tap has taken was not lost by the device */
		if (i == RTE_DIM(rows))
			assert_true(lop_tap_add(f.lop, f.ifindex, glimpse, &g) > 0);
		memset(frame + L2, rows[k].first, 2);
		fx_mark(f.lop);
		fx_wire_give(f.lop, f.ifindex, frame, bytes);
		fx_assert_moved(f.lop, "drop.unknown_ethertype+1");
		dropped += i < RTE_DIM(rows) && rows[k].counted;
		assert_int_equal(lop_if_stats(f.lop, f.ifindex, &stats), 0);
		assert_int_equal(stats.rx_packets, i + 1);
		assert_int_equal(stats.rx_dropped, dropped);
	}
	assert_int_equal(g.n, RTE_DIM(rows));
}

/* contract XM-04: a tag of no VLAN is nothing, one of a VLAN makes the frame another host's */
static void
tags_are_taken_off(void **state)
{
	static const struct {
		uint16_t tag[3]; /* 0xffff: none */
		bool ours, whole;
	} rows[] = {
		{ { 0xe000, 0xffff }, true, true },
		{ { 0x0000, 0x2000, 0xffff }, true, true },
		{ { 0x0005, 0xffff }, false, true },
		{ { 0x0000, 0x0005, 0xffff }, false, true },
		{ { 0x0000, 0xffff }, false, false },
	};
	struct glimpse g = { 0 };
	struct lop_if_stats stats;
	struct ffx f;
	int fd;

	ffx_up(*state, &f);
	fd = fx_udp(f.lop, NULL, 4000);
	assert_true(lop_tap_add(f.lop, f.ifindex, glimpse, &g) > 0);
	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		uint8_t frame[128], tagged[128], buf[8];
		uint32_t bytes = frame_make(frame, &f, RTE_ETHER_TYPE_IPV4), at = L2 - 2;

		memcpy(tagged, frame, at);
		for (unsigned int k = 0; rows[i].tag[k] != 0xffff; k++) {
			const uint8_t tag[] = { k == 0 ? 0x81 : 0x88, k == 0 ? 0x00 : 0xa8,
				rows[i].tag[k] >> 8, rows[i].tag[k] & 0xff };

			memcpy(tagged + at, tag, sizeof(tag));
			at += sizeof(tag);
		}
		memcpy(tagged + at, frame + L2 - 2, bytes - (L2 - 2));
		bytes = rows[i].whole ? at + bytes - (L2 - 2) : at + 1;
		fx_wire_give(f.lop, f.ifindex, tagged, bytes);
		assert_int_equal(lop_recv(fd, buf, sizeof(buf), MSG_DONTWAIT),
				rows[i].ours ? 4 : -1);
		assert_int_equal(g.n, RTE_MIN(i + 1, 4U));
		assert_int_equal(g.type, PACKET_HOST);
	}
	assert_int_equal(lop_if_stats(f.lop, f.ifindex, &stats), 0);
	assert_int_equal(stats.rx_packets, RTE_DIM(rows));
	assert_int_equal(stats.rx_dropped, 0);
	assert_int_equal(stats.rx_otherhost_dropped, 2);
}

/* contract RX-05: a datagram for one host in a frame for many, where a setting refuses it */
static void
unicast_to_many_addresses_can_be_refused(void **state)
{
	struct lop_if_stats stats;
	uint8_t frame[128], buf[8];
	uint32_t bytes;
	struct ffx f;
	int fd;

	ffx_up(*state, &f);
	fd = fx_udp(f.lop, NULL, 4000);
	bytes = frame_make(frame, &f, RTE_ETHER_TYPE_IPV4);
	memset(frame, 0xff, sizeof(f.mac));
	for (unsigned int refuse = 0; refuse < 2; refuse++) {
		assert_int_equal(lop_sysctl_set(f.lop, "conf/tap0/drop_unicast_in_l2_multicast",
						 refuse ? "1" : "0"),
				0);
		fx_wire_give(f.lop, f.ifindex, frame, bytes);
		assert_int_equal(lop_recv(fd, buf, sizeof(buf), MSG_DONTWAIT), refuse ? -1 : 4);
	}
	assert_int_equal(lop_if_stats(f.lop, f.ifindex, &stats), 0);
	assert_int_equal(stats.rx_dropped, 0);
	assert_int_equal(fx_mib(f.lop, "Ip", "InDelivers"), 1);
	assert_int_equal(fx_mib(f.lop, "Ip", "InAddrErrors"), 0);
}

static const struct lo_case cases[] = {
	LO_CASE(link_address_decides_the_type),
	LO_CASE(broadcast_over_lo_is_for_the_host),
	LO_CASE(unknown_ethertype_is_the_devices_drop),
	LO_CASE(tags_are_taken_off),
	LO_CASE(unicast_to_many_addresses_can_be_refused),
};
LO_REGISTER_TEST(lop_input_autotest, cases);
