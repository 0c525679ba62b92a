/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Datagrams as they come in, and sends that are refused before or behind the path. */

#include <linux/neighbour.h>
#include <string.h>

#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_neigh.h"
#include "../../lib/lop/include/lop_stats.h"
#include "frag_fx.h"
#include "send_fx.h"

#define FLOWS 64
#define GROUP 4
#define WIRE_FULL 2000 /* more than a wire takes */

/* contract UR-01: the UDP header's length, and what is behind it */
static void
udp_length_is_checked(void **state)
{
	static const struct {
		const char *what;
		uint32_t bytes;
		uint16_t length;
		const char *moved;
	} rows[] = {
		{ "7 bytes", 7, 12, "Ip.InReceives+1 Ip.InDelivers+1 Udp.InErrors+1" },
		{ "length 7", 12, 7, "Ip.InReceives+1 Ip.InDelivers+1 Udp.InErrors+1" },
		{ "length 13", 12, 13, "Ip.InReceives+1 Ip.InDelivers+1 Udp.InErrors+1" },
		{ "length 10", 12, 10, "Ip.InReceives+1 Ip.InDelivers+1" },
	};
	const struct ffx_ip ip = { 0 };
	uint8_t udp[16], got[16];
	struct ffx f;
	int r;

	ffx_up(*state, &f);
	r = fx_udp(f.lop, NULL, 4000);
	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		ffx_udp(udp, 5001, 4000, 4);
		udp[5] = rows[i].length;
		ffx_give(&f, &ip, udp, rows[i].bytes);
		ffx_assert_moved(&f, rows[i].what, rows[i].moved);
	}
	assert_int_equal(lop_recv(r, got, sizeof(got), 0), 2);
	sf_fails(lop_recv(r, got, sizeof(got), 0), EAGAIN);
}

/* contract UR-01: a wrong sum of few bytes is found at once, of many when they are read */
static void
wrong_checksum_is_found_at_once_or_when_read(void **state)
{
	const struct ffx_ip ip = { 0 };
	uint8_t udp[256], got[256];
	struct ffx f;
	int r;

	ffx_up(*state, &f);
	r = fx_udp(f.lop, NULL, 4000);
	ffx_udp(udp, 5001, 4000, 68);
	udp[6] = 1;
	ffx_give(&f, &ip, udp, 76);
	ffx_assert_moved(&f, "small",
			"Ip.InReceives+1 Ip.InDelivers+1 Udp.InErrors+1 Udp.InCsumErrors+1");

	ffx_udp(udp, 5001, 4000, 69);
	udp[6] = 1;
	ffx_give(&f, &ip, udp, 77);
	ffx_assert_moved(&f, "large", "Ip.InReceives+1 Ip.InDelivers+1");
	sf_fails(lop_recv(r, got, sizeof(got), 0), EAGAIN);
	ffx_assert_moved(&f, "large, read", "Udp.InErrors+1 Udp.InCsumErrors+1");

	ffx_udp(udp, 5001, 4000, 69);
	udp[6] = 1;
	ffx_give(&f, &ip, udp, 77);
	ffx_udp(udp, 5001, 4000, 3);
	ffx_give(&f, &ip, udp, 11);
	assert_int_equal(lop_recv(r, got, sizeof(got), 0), 3);
}

/* contract UR-03: a flow stays with its socket, flows spread */
static void
flows_spread_over_a_group(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct sockaddr_in addr = fx_addr("127.0.0.1", 4000);
	unsigned int hits[GROUP] = { 0 };
	int group[GROUP];

	for (unsigned int i = 0; i < GROUP; i++) {
		group[i] = lop_socket(lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
		assert_true(group[i] >= 0);
		sf_option(group[i], SOL_SOCKET, SO_REUSEPORT, 1);
		assert_int_equal(lop_bind(group[i], (const void *)&addr, sizeof(addr)), 0);
	}
	for (unsigned int flow = 0; flow < FLOWS; flow++) {
		const int s = fx_udp(lop, "127.0.0.1", 5000 + flow);
		unsigned int receivers = 0;

		for (unsigned int i = 0; i < 3; i++)
			assert_int_equal(sf_to(s, "a", 1, 0, 4000), 1);
		for (unsigned int i = 0; i < GROUP; i++) {
			char buf[1];

			if (lop_recv(group[i], buf, 1, 0) != 1)
				continue;
			sf_assert_text(group[i], "a");
			sf_assert_text(group[i], "a");
			receivers++;
			hits[i]++;
		}
		assert_int_equal(receivers, 1);
	}
	for (unsigned int i = 0; i < GROUP; i++)
		assert_in_range(hits[i], 4, 32);
}

/* contract SEND-02: before any argument is looked at */
static void
no_port_left_comes_before_other_errors(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int s = lop_socket(lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	char big[65536] = { 0 };

	assert_true(s >= 0);
	assert_int_equal(lop_sysctl_set(lop, "ip_local_port_range", "40000 40000"), 0);
	fx_udp(lop, NULL, 40000);
	fx_mark(lop);
	sf_fails(sf_to(s, "a", 1, 0, 4000), EAGAIN);
	sf_fails(lop_send(s, "a", 1, 0), EAGAIN);
	sf_fails(sf_to(s, "a", 1, MSG_OOB, 4000), EAGAIN);
	sf_fails(sf_to(s, big, sizeof(big), 0, 4000), EAGAIN);
	sf_fails(sf_to(s, "a", 1, 0, 0), EAGAIN);
	fx_assert_moved(lop, "");
}

/* contract SEND-13 */
static void
nothing_is_sent_with_an_mtu_below_68(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int s = sf_connected(lop, 4000);

	fx_udp(lop, NULL, 4000);
	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 68), 0);
	assert_int_equal(lop_send(s, "a", 1, 0), 1);
	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 67), 0);
	sf_fails(lop_send(s, "a", 1, 0), ENETUNREACH);
}

/* contract UDPH-03: not a datagram that went out; the sender hears of it with IP_RECVERR only */
static void
full_device_counts_as_send_buffer_error(void **state)
{
	struct lop_neigh_info peer = { .lladdr = { 2, 0, 0, 0, 0, 9 }, .state = NUD_PERMANENT };
	const struct sockaddr_in to = fx_addr("10.9.0.2", 4000);
	unsigned int sent = 0;
	struct ffx f;
	int s;

	ffx_up(*state, &f);
	peer.addr_be = to.sin_addr.s_addr;
	peer.ifindex = f.ifindex;
	assert_int_equal(lop_neigh_set(f.lop, &peer), 0);
	s = fx_udp(f.lop, NULL, 4001);
	while (lop_drop_read(f.lop, LOP_DROP_TX_FULL) == 0) {
		assert_true(++sent < WIRE_FULL);
		assert_int_equal(lop_sendto(s, "a", 1, 0, (const void *)&to, sizeof(to)), 1);
	}
	assert_int_equal(fx_mib(f.lop, "Udp", "OutDatagrams"), sent - 1);
	assert_int_equal(fx_mib(f.lop, "Udp", "SndbufErrors"), 1);
	fx_mark(f.lop);
	sf_option(s, SOL_IP, IP_RECVERR, 1);
	sf_fails(lop_sendto(s, "a", 1, 0, (const void *)&to, sizeof(to)), ENOBUFS);
	assert_int_equal(fx_mib(f.lop, "Udp", "OutDatagrams"), sent - 1);
	assert_int_equal(fx_mib(f.lop, "Udp", "SndbufErrors"), 2);
}

static const struct lo_case cases[] = {
	LO_CASE(udp_length_is_checked),
	LO_CASE(wrong_checksum_is_found_at_once_or_when_read),
	LO_CASE(flows_spread_over_a_group),
	LO_CASE(no_port_left_comes_before_other_errors),
	LO_CASE(nothing_is_sent_with_an_mtu_below_68),
	LO_CASE(full_device_counts_as_send_buffer_error),
};
LO_REGISTER_TEST(lop_input_autotest, cases);
