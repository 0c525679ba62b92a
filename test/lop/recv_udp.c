/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Datagrams from call to call, over lo. */

#include "send_fx.h"

static uint8_t sent[65536], got[65536];

static void
fill(uint32_t bytes, uint32_t seed)
{
	for (uint32_t i = 0; i < bytes; i++)
		sent[i] = (i * 31 + seed) >> (i & 3);
}

/* contract UDPH-01, UR-06, DEV-11, BK-05: payload, source and std1, of every size class */
static void
datagrams_of_every_size_arrive_whole(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 18, 76, 77, 197, 1472, 1473, 2047, 2048, 2049, 4096,
		16004, 65507 };
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, "127.0.0.7", 4001);
	struct sockaddr_in from;
	char moved[512];

	for (unsigned int round = 0; round < 1000; round++) {
		const uint32_t n = sizes[round % RTE_DIM(sizes)];
		socklen_t len = sizeof(from);

		fill(n, round);
		fx_mark(lop);
		assert_int_equal(sf_to(s, sent, n, 0, 4000), n);
		snprintf(moved, sizeof(moved),
				SF_STD "IpExt.OutOctets+%u IpExt.InOctets+%u lo.rx_bytes+%u "
				       "lo.tx_bytes+%u",
				n + 28, n + 28, n + 28, n + 28);
		fx_assert_moved(lop, moved);
		assert_int_equal(lop_recvfrom(r, got, sizeof(got), 0, (void *)&from, &len), n);
		fx_assert_moved(lop, "Udp.InDatagrams+1");
		assert_memory_equal(got, sent, n);
		assert_int_equal(from.sin_addr.s_addr, htonl(0x7f000007));
		assert_int_equal(from.sin_port, htons(4001));
	}
}

/* contract FR-01, RE-01, UDPH-02: cut on the way out, whole again on the way in */
static void
fragmented_datagrams_arrive_whole(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);

	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 1500), 0);
	fill(4000, 1);
	assert_int_equal(lop_send(s, sent, 4000, 0), 4000);
	assert_int_equal(fx_mib(lop, "Ip", "FragCreates"), 3);
	assert_int_equal(lop_recv(r, got, sizeof(got), 0), 4000);
	assert_memory_equal(got, sent, 4000);
}

/* contract SEND-18: "this host" */
static void
datagrams_to_no_address_come_from_127_0_0_1(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct sockaddr_in to = fx_addr("0.0.0.0", 4000);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);
	struct sockaddr_in from;
	socklen_t len = sizeof(from);

	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(lop_sendto(s, "a", 1, 0, (const void *)&to, sizeof(to)), 1);
		assert_int_equal(lop_recvfrom(r, got, 1, 0, (void *)&from, &len), 1);
		assert_int_equal(from.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	}
}

/* contract CO-03: routes are asked for again when they have changed */
static void
known_route_is_forgotten_with_its_address(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct lop_ifaddr addr = { .local_be = inet_addr("10.5.5.5"), .prefix_len = 32 };
	const struct sockaddr_in to = fx_addr("10.5.5.5", 4000);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);

	assert_int_equal(lop_addr_add(lop, LOP_LO_INDEX, &addr), 0);
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(lop_sendto(s, "a", 1, 0, (const void *)&to, sizeof(to)), 1);
		sf_assert_text(r, "a");
	}
	assert_int_equal(lop_addr_del(lop, LOP_LO_INDEX, &addr), 0);
	sf_fails(lop_sendto(s, "a", 1, 0, (const void *)&to, sizeof(to)), ENETUNREACH);
}

static const struct lo_case cases[] = {
	LO_CASE(datagrams_of_every_size_arrive_whole),
	LO_CASE(fragmented_datagrams_arrive_whole),
	LO_CASE(datagrams_to_no_address_come_from_127_0_0_1),
	LO_CASE(known_route_is_forgotten_with_its_address),
};
LO_REGISTER_TEST(lop_udp_autotest, cases);
