/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* What a datagram takes of the receive buffer, and when the room comes back. */

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <linux/sock_diag.h>

#include "send_fx.h"

static uint8_t big[65536];

/* SO_MEMINFO: what is charged to the socket. */
static uint32_t
charged(int fd)
{
	uint32_t info[SK_MEMINFO_VARS];
	socklen_t len = sizeof(info);

	assert_int_equal(lop_getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len), 0);
	return info[SK_MEMINFO_RMEM_ALLOC];
}

static void
send_times(int fd, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		assert_int_equal(sf_to(fd, "x", 1, 0, 4000), 1);
}

static void
recv_times(int fd, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		sf_assert_text(fd, "x");
}

/* contract UR-04: with a quarter of the buffer, or the last one that was seen */
static void
room_comes_back_late(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);

	sf_option(r, SOL_SOCKET, SO_RCVBUF, 5000);
	send_times(s, 13);
	assert_int_equal(charged(r), 12 * 832);
	recv_times(r, 3);
	assert_int_equal(charged(r), 12 * 832);
	fx_mark(lop);
	assert_int_equal(sf_to(s, "x", 1, 0, 4000), 1);
	fx_assert_moved(lop,
			SF_STD "Udp.InErrors+1 Udp.RcvbufErrors+1 IpExt.OutOctets+29 "
			       "IpExt.InOctets+29 lo.rx_bytes+29 lo.tx_bytes+29 drop.rcvbuf+1");
	recv_times(r, 1);
	assert_int_equal(charged(r), 8 * 832);
	send_times(s, 1);
	assert_int_equal(charged(r), 9 * 832);
	recv_times(r, 9);
	assert_int_equal(charged(r), 0);

	/* four were there when the first was read; two came behind them */
	send_times(s, 2);
	recv_times(r, 1);
	send_times(s, 2);
	recv_times(r, 1);
	assert_int_equal(charged(r), 2 * 832);
	recv_times(r, 2);
	assert_int_equal(charged(r), 0);
}

/* contract UR-04: as so many calls for one each */
static void
bursts_give_the_room_back_alike(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);
	struct rte_mbuf *pkts[LOP_BURST_MAX];

	sf_option(r, SOL_SOCKET, SO_RCVBUF, 5000);
	send_times(s, 12);
	assert_int_equal(lop_udp_recv_burst(r, pkts, 6), 6);
	rte_pktmbuf_free_bulk(pkts, 6);
	assert_int_equal(charged(r), 8 * 832);
	assert_int_equal(lop_udp_recv_burst(r, pkts, LOP_BURST_MAX), 6);
	rte_pktmbuf_free_bulk(pkts, 6);
	assert_int_equal(charged(r), 0);
}

/* contract UR-05: a head with what fits into its tail, and each fragment that does not */
static void
fragments_are_charged_one_by_one(void **state)
{
	static const struct {
		uint32_t mtu, bytes, charge;
	} is[] = {
		{ 1500, 1473, 2304 },
		{ 1500, 1684, 2304 },
		{ 1500, 1685, 2304 + 1280 },
		{ 1500, 2953, 2 * 2304 + 832 },
		{ 576, 16000, 37120 },
		{ 100, 300, 3 * 832 },
		{ 20000, 60000, 59920 + 2 * 832 },
		{ 40000, 41000, 39968 + 832 + 2304 },
	};
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);

	for (unsigned int i = 0; i < RTE_DIM(is); i++) {
		assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, is[i].mtu), 0);
		assert_int_equal(sf_to(s, big, is[i].bytes, 0, 4000), is[i].bytes);
		assert_int_equal(charged(r), is[i].charge);
		assert_int_equal(lop_recv(r, big, sizeof(big), 0), is[i].bytes);
	}
}

/* contract UR-05, CK-01: what is added to the first part comes in pages */
static void
corked_parts_are_charged_by_the_first(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);

	assert_int_equal(sf_to(s, big, 200, MSG_MORE, 4000), 200);
	assert_int_equal(lop_send(s, big, 10, 0), 10);
	assert_int_equal(charged(r), 1280 + 10);
	assert_int_equal(lop_recv(r, big, sizeof(big), 0), 210);
}

/* A datagram of 100 bytes for port 4000 whose checksum is wrong, as a raw socket may send it. */
static void
send_bad(int raw)
{
	uint8_t packet[128] = { 0x45, 0, 0, sizeof(packet), 0, 0, 0, 0, 64, IPPROTO_UDP, 0, 0, 127,
		0, 0, 1, 127, 0, 0, 1, 0, 1, 4000 >> 8, 4000 & 0xff, 0, sizeof(packet) - 20, 0x12,
		0x34 };
	const struct sockaddr_in to = fx_addr("127.0.0.1", 0);

	assert_int_equal(lop_sendto(raw, packet, sizeof(packet), 0, (const void *)&to, sizeof(to)),
			sizeof(packet));
}

/* contract UR-01, UR-06: FIONREAD and poll(2) drop what a recv(2) would */
static void
looking_drops_wrong_sums(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = lop_socket(lop, AF_INET, SOCK_DGRAM, 0), s = fx_udp(lop, NULL, 4001);
	const int raw = lop_socket(lop, AF_INET, SOCK_RAW, IPPROTO_RAW);
	const struct sockaddr_in here = fx_addr("127.0.0.1", 4000);
	struct pollfd p = { .fd = r, .events = POLLIN };
	int bytes;

	assert_int_equal(lop_bind(r, (const void *)&here, sizeof(here)), 0);
	send_bad(raw);
	send_bad(raw);
	send_times(s, 1);
	fx_mark(lop);
	assert_int_equal(lop_ioctl(r, FIONREAD, &bytes), 0);
	assert_int_equal(bytes, 1);
	fx_assert_moved(lop, "Udp.InErrors+2 Udp.InCsumErrors+2 drop.udp_csum+2");
	recv_times(r, 1);

	send_bad(raw);
	fx_mark(lop);
	assert_int_equal(lop_poll(&p, 1, 0), 0);
	fx_assert_moved(lop, "Udp.InErrors+1 Udp.InCsumErrors+1 drop.udp_csum+1");
	/* who does not wait finds out himself */
	assert_int_equal(lop_fcntl(r, F_SETFL, O_NONBLOCK), 0);
	send_bad(raw);
	assert_int_equal(lop_poll(&p, 1, 0), 1);
	sf_fails(lop_recv(r, big, sizeof(big), 0), EAGAIN);
	assert_int_equal(charged(r), 0);
}

static const struct lo_case cases[] = {
	LO_CASE(room_comes_back_late),
	LO_CASE(bursts_give_the_room_back_alike),
	LO_CASE(fragments_are_charged_one_by_one),
	LO_CASE(corked_parts_are_charged_by_the_first),
	LO_CASE(looking_drops_wrong_sums),
};
LO_REGISTER_TEST(lop_recv_autotest, cases);
