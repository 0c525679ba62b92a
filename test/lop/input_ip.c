/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* IPv4 packets as they come in: their header, their destination, their protocol. */

#include <stdio.h>
#include <string.h>

#include <rte_ether.h>
#include <rte_ip.h>

#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_stats.h"
#include "frag_fx.h"
#include "hook_fx.h"
#include "send_fx.h"

#define L2 RTE_ETHER_HDR_LEN
#define PACKET_BYTES 32 /* 20, 8 and 4 */
#define DELIVERED "Ip.InDelivers+1 "
#define HDR "Ip.InHdrErrors+1 drop.ip_header+1 "
#define NOECT "IpExt.InNoECTPkts+1 "

/* What is done to a header, and what moves but InReceives and InOctets. */
struct damage {
	const char *what;
	uint8_t off, value;
	bool bad_sum;
	int longer; /* than the packet says */
	const char *moved;
};

static const struct damage damages[] = {
	{ "as it should be", 8, 64, false, 0, NOECT DELIVERED },
	{ "19 bytes", 8, 64, false, 19 - PACKET_BYTES, HDR },
	{ "version 5", 0, 0x55, false, 0, HDR },
	{ "header of 16 bytes", 0, 0x44, false, 0, HDR },
	{ "options that are not there", 0, 0x4f, true, 0, NOECT HDR },
	{ "checksum", 8, 64, true, 0,
			NOECT "IpExt.InCsumErrors+1 Ip.InHdrErrors+1 drop.ip_csum+1 " },
	{ "one byte too short", 3, PACKET_BYTES + 1, false, 0,
			NOECT "IpExt.InTruncatedPkts+1 drop.truncated+1 " },
	{ "total length below the header's", 3, 19, false, 0, NOECT HDR },
	{ "padding", 8, 64, false, 6, NOECT DELIVERED },
	{ "ECT(1)", 1, 1, false, 0, "IpExt.InECT1Pkts+1 " DELIVERED },
	{ "ECT(0)", 1, 2, false, 0, "IpExt.InECT0Pkts+1 " DELIVERED },
	{ "CE", 1, 3, false, 0, "IpExt.InCEPkts+1 " DELIVERED },
	{ "CE and a wrong checksum", 1, 3, true, 0,
			"IpExt.InCEPkts+1 IpExt.InCsumErrors+1 Ip.InHdrErrors+1 drop.ip_csum+1 " },
};

/* How many bytes the packet has. */
static uint32_t
give_damaged(struct ffx *f, const struct damage *d)
{
	const struct ffx_ip ip = { 0 };
	uint8_t frame[128] = { [12] = 8 }, udp[16];
	struct rte_ipv4_hdr *h = (struct rte_ipv4_hdr *)(frame + L2);
	uint32_t bytes = ffx_build(frame + L2, &ip, udp, ffx_udp(udp, 5001, 4000, 4));

	memcpy(frame, f->mac, sizeof(f->mac));
	frame[L2 + d->off] = d->value;
	h->hdr_checksum = 0;
	h->hdr_checksum = ~rte_raw_cksum(h, sizeof(*h));
	if (d->bad_sum)
		h->hdr_checksum ^= 1;
	bytes += d->longer;
	fx_wire_give(f->lop, f->ifindex, frame, L2 + bytes);
	return bytes;
}

/* contract RX-01: in this order, with these counters; padding is cut off */
static void
headers_are_checked_in_order(void **state)
{
	static const uint8_t payload[4] = { 0, 1, 2, 3 };
	char moved[512], got[64];
	struct ffx f;
	int r;

	ffx_up(*state, &f);
	r = fx_udp(f.lop, NULL, 4000);
	for (unsigned int i = 0; i < RTE_DIM(damages); i++) {
		uint32_t bytes;

		fx_mark(f.lop);
		bytes = give_damaged(&f, &damages[i]);
		snprintf(moved, sizeof(moved), "%sIp.InReceives+1 IpExt.InOctets+%u",
				damages[i].moved, bytes);
		fx_assert_moved(f.lop, moved);
		if (strstr(damages[i].moved, DELIVERED) != NULL) {
			assert_int_equal(lop_recv(r, got, sizeof(got), 0), sizeof(payload));
			assert_memory_equal(got, payload, sizeof(payload));
		}
		sf_fails(lop_recv(r, got, sizeof(got), 0), EAGAIN);
	}
}

/* contract RX-01: what is another host's is not counted as received */
static void
packet_of_another_host_is_dropped_silently(void **state)
{
	const struct damage none = { .off = 8, .value = 64 };
	struct ffx f;

	ffx_up(*state, &f);
	f.mac[5] ^= 1;
	fx_mark(f.lop);
	give_damaged(&f, &none);
	fx_assert_moved(f.lop, "drop.otherhost+1");
}

/* contract XM-03: its destination came along, so nobody asks where it came from */
static void
packet_over_lo_is_not_routed_again(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);
	struct rte_mbuf *m = hand_made(lop, "127.0.0.1", "127.0.0.1", 1, 4000);
	char buf[32];

	assert_int_equal(lop_sysctl_set(lop, "conf/lo/rp_filter", "1"), 0);
	assert_int_equal(lop_send(s, "a", 1, 0), 1);
	sf_assert_text(r, "a");

	/* the same without a destination does not get in */
	m->ol_flags &= ~lop_meta_flag_bit;
	assert_non_null(rte_pktmbuf_prepend(m, L2));
	memset(rte_pktmbuf_mtod(m, void *), 0, L2);
	rte_pktmbuf_mtod(m, uint8_t *)[12] = 8;
	lop_input(fx_worker(lop), lop->lo, &m, 1);
	sf_fails(lop_recv(r, buf, sizeof(buf), 0), EAGAIN);
	assert_int_equal(lop_drop_read(lop, LOP_DROP_MARTIAN), 1);
}

/* contract XM-03, RT-07: sent out through lo, a foreign address is this host's */
static void
foreign_address_over_lo_is_delivered(void **state)
{
	const struct sockaddr_in to = fx_addr("8.8.8.8", 4000);
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);

	assert_int_equal(lop_setsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3), 0);
	fx_mark(lop);
	assert_int_equal(lop_sendto(s, "a", 1, 0, (const void *)&to, sizeof(to)), 1);
	fx_assert_moved(lop,
			SF_STD "IpExt.InOctets+29 IpExt.OutOctets+29 lo.rx_bytes+29 "
			       "lo.tx_bytes+29");
	sf_assert_text(r, "a");
}

/* contract DM-01: nobody's protocol is answered, a raw socket's is delivered */
static void
unknown_protocol_is_answered_unless_a_raw_socket_takes_it(void **state)
{
	const struct ffx_ip ip = { .protocol = 200 };
	uint8_t packet[FFX_BYTES_MAX];
	struct ffx f;
	int raw;

	ffx_up(*state, &f);
	ffx_give(&f, &ip, "hello", 5);
	ffx_assert_moved(&f, "nobody's",
			"Ip.InReceives+1 Ip.InUnknownProtos+1 Ip.OutRequests+1 Ip.OutTransmits+1 "
			"Icmp.OutMsgs+1 Icmp.OutDestUnreachs+1");
	assert_int_equal(ffx_take(&f, packet), 20 + 8 + 20 + 5);
	assert_int_equal(packet[20], 3);
	assert_int_equal(packet[21], 2);

	raw = lop_socket(f.lop, AF_INET, SOCK_RAW | SOCK_NONBLOCK, 200);
	assert_true(raw >= 0);
	ffx_give(&f, &ip, "hello", 5);
	ffx_assert_moved(&f, "a raw socket's", "Ip.InReceives+1 Ip.InDelivers+1");
	assert_int_equal(ffx_take(&f, packet), 0);
	assert_int_equal(lop_recv(raw, packet, sizeof(packet), 0), 25);
	assert_memory_equal(packet + 20, "hello", 5);
}

/* contract DM-01: a copy for the raw socket, the datagram for its own */
static void
raw_socket_gets_a_copy_of_a_datagram(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);
	const int raw = lop_socket(lop, AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_UDP);
	uint8_t packet[64];

	assert_true(raw >= 0);
	assert_int_equal(sf_to(s, "a", 1, 0, 4000), 1);
	assert_int_equal(fx_mib(lop, "Ip", "InDelivers"), 1);
	assert_int_equal(lop_recv(raw, packet, sizeof(packet), 0), 29);
	assert_int_equal(packet[28], 'a');
	sf_assert_text(r, "a");
}

/* What Linux 6.18 moved for the same packets on a TAP. */
#define PARAMETER_PROBLEM                                                                     \
	"Ip.InReceives+1 Ip.InHdrErrors+1 Ip.OutRequests+1 Ip.OutTransmits+1 Icmp.OutMsgs+1 " \
	"Icmp.OutParmProbs+1"

/* contract RX-06, RX-04: behind the addresses, in front of whose it is */
static void
options_of_others_packets_are_looked_at_too(void **state)
{
	static const struct {
		const char *dst;
		uint8_t bytes, options[8];
		bool answered;
		const char *moved;
	} rows[] = {
		{ "9.9.9.9", 4, { 7, 3, 1 }, true, PARAMETER_PROBLEM },
		{ "10.9.0.77", 4, { 7, 3, 1 }, true, PARAMETER_PROBLEM },
		{ "9.9.8.1", 4, { 7, 3, 1 }, true, PARAMETER_PROBLEM },
		{ "10.9.0.255", 4, { 7, 3, 1 }, false, "Ip.InReceives+1 Ip.InHdrErrors+1" },
		{ "224.5.5.5", 4, { 7, 3, 1 }, false, "Ip.InReceives+1" },
		{ "127.0.0.1", 4, { 7, 3, 1 }, false, "Ip.InReceives+1" },
		{ "9.9.9.9", 8, { 131, 7, 4, 1, 2, 3, 4 }, false, "Ip.InReceives+1" },
		{ "9.9.9.9", 8, { 7, 7, 4 }, false, "Ip.InReceives+1 Ip.InAddrErrors+1" },
		{ "9.9.8.1", 8, { 7, 7, 4 }, false, "Ip.InReceives+1 Ip.InAddrErrors+1" },
		{ "9.9.9.9", 0, { 0 }, false, "Ip.InReceives+1 Ip.InAddrErrors+1" },
	};
	const struct lop_route blackhole = {
		.dst_be = inet_addr("9.9.8.0"), .dst_len = 24, .type = RTN_BLACKHOLE
	};
	uint8_t udp[16], out[FFX_BYTES_MAX];
	struct ffx f;

	ffx_up(*state, &f);
	assert_int_equal(lop_route_add(f.lop, &blackhole), 0);
	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		struct ffx_ip ip = { .dst = rows[i].dst, .options_bytes = rows[i].bytes };

		memcpy(ip.options, rows[i].options, rows[i].bytes);
		ffx_give(&f, &ip, udp, ffx_udp(udp, 5001, 4000, 4));
		ffx_assert_moved(&f, rows[i].dst, rows[i].moved);
		assert_int_equal(ffx_take(&f, out) != 0, rows[i].answered);
	}
}

static const struct lo_case cases[] = {
	LO_CASE(headers_are_checked_in_order),
	LO_CASE(packet_of_another_host_is_dropped_silently),
	LO_CASE(packet_over_lo_is_not_routed_again),
	LO_CASE(foreign_address_over_lo_is_delivered),
	LO_CASE(unknown_protocol_is_answered_unless_a_raw_socket_takes_it),
	LO_CASE(raw_socket_gets_a_copy_of_a_datagram),
	LO_CASE(options_of_others_packets_are_looked_at_too),
};
LO_REGISTER_TEST(lop_input_autotest, cases);
