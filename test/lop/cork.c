/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Datagrams from several sends. */

#include <netinet/udp.h>
#include <sys/ioctl.h>

#include "send_fx.h"

static uint8_t big[65536];

/* contract CK-01, CK-02, SEND-05: nothing about a later send is looked at but its bytes */
static void
more_makes_one_datagram(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);

	fx_mark(lop);
	assert_int_equal(lop_send(s, "ab", 2, MSG_MORE), 2);
	assert_int_equal(sf_to(s, "cd", 2, MSG_MORE, 0), 2);
	assert_int_equal(lop_sendto(s, "x", 1, MSG_MORE, (const void *)"abc", 3), 1);
	sf_fails(lop_send(s, "x", 1, MSG_OOB), EOPNOTSUPP);
	fx_assert_moved(lop, "");
	assert_int_equal(lop_send(s, "ef", 2, 0), 2);
	fx_assert_moved(lop,
			SF_STD "IpExt.OutOctets+35 IpExt.InOctets+35 "
			       "lo.rx_bytes+35 lo.tx_bytes+35");
	sf_assert_text(r, "abcdxef");
}

/* contract CK-01 */
static void
uncorking_pushes_what_pends(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);

	sf_option(s, IPPROTO_UDP, UDP_CORK, 1);
	assert_int_equal(lop_send(s, "a", 1, 0), 1);
	assert_int_equal(lop_send(s, "b", 1, 0), 1);
	sf_fails(lop_recv(r, big, 1, 0), EAGAIN);
	sf_option(s, IPPROTO_UDP, UDP_CORK, 0);
	sf_assert_text(r, "ab");
	assert_int_equal(lop_send(s, "", 0, MSG_MORE), 0);
	assert_int_equal(lop_send(s, "", 0, 0), 0);
	sf_assert_text(r, "");
}

/* contract CK-01, SEND-14: the whole is lost, and nothing is counted */
static void
overflow_discards_all_that_pends(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);

	fx_mark(lop);
	assert_int_equal(lop_send(s, big, 60000, MSG_MORE), 60000);
	sf_fails(lop_send(s, big, 6000, MSG_MORE), EMSGSIZE);
	fx_assert_moved(lop, "");
	assert_int_equal(lop_send(s, "z", 1, 0), 1);
	sf_assert_text(r, "z");
	/* too long for any datagram: what pends is not touched */
	assert_int_equal(lop_send(s, "x", 1, MSG_MORE), 1);
	sf_fails(lop_send(s, big, 65536, 0), EMSGSIZE);
	assert_int_equal(lop_send(s, "z", 1, 0), 1);
	sf_assert_text(r, "xz");
}

/* contract SEND-17, CK-01 */
static void
fault_discards_all_that_pends(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);

	assert_int_equal(lop_send(s, "x", 1, MSG_MORE), 1);
	fx_mark(lop);
	sf_fails(lop_send(s, NULL, 5, 0), EFAULT);
	fx_assert_moved(lop, "Ip.OutDiscards+1");
	assert_int_equal(lop_send(s, "z", 1, 0), 1);
	sf_assert_text(r, "z");
}

/* contract SEND-11: the bytes of a probe are left out */
static void
probe_pushes_what_pends(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);

	assert_int_equal(lop_send(s, "x", 1, MSG_MORE), 1);
	assert_int_equal(lop_send(s, "yy", 2, MSG_PROXY), 2);
	sf_assert_text(r, "x");
	assert_int_equal(lop_send(s, "yy", 2, MSG_PROXY | MSG_MORE), 2);
	assert_int_equal(lop_send(s, "z", 1, 0), 1);
	sf_assert_text(r, "z");
}

/* contract SEND-05, CK-01: without an address too, and no further than one datagram */
static void
first_send_keeps_its_destination(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);

	assert_int_equal(sf_to(s, "1", 1, MSG_MORE, 4000), 1);
	assert_int_equal(lop_send(s, "2", 1, 0), 1);
	sf_assert_text(r, "12");
	sf_fails(lop_send(s, "2", 1, 0), EDESTADDRREQ);
}

/* contract CK-01: nothing is sent, no mbuf is lost */
static void
close_throws_away_what_pends(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);

	assert_int_equal(lop_send(s, big, 5000, MSG_MORE), 5000);
	fx_mark(lop);
	assert_int_equal(lop_close(s), 0);
	fx_assert_moved(lop, "");
	sf_fails(lop_recv(r, big, 1, 0), EAGAIN);
}

/* contract CK-01, CO-03: the route of the first send is gone */
static void
route_is_asked_for_again_before_the_push(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);

	assert_int_equal(lop_send(s, "x", 1, MSG_MORE), 1);
	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 1500), 0);
	assert_int_equal(lop_send(s, "y", 1, 0), 1);
	sf_assert_text(r, "xy");
}

/* contract CK-01, CO-01: what pends goes to the new peer, by the route of the first send */
static void
connect_gives_what_pends_its_peer(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), r2 = fx_udp(lop, NULL, 4002);
	const int s = sf_connected(lop, 4000);
	struct sockaddr_in to = fx_addr("127.0.0.1", 4002);

	assert_int_equal(lop_send(s, "x", 1, MSG_MORE), 1);
	assert_int_equal(lop_connect(s, (const struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(lop_send(s, "y", 1, 0), 1);
	sf_assert_text(r2, "xy");
	sf_fails(lop_recv(r, big, 1, 0), EAGAIN);
	/* also where connect(2) finds no route: over lo it comes in here */
	assert_int_equal(lop_send(s, "x", 1, MSG_MORE), 1);
	to = fx_addr("8.8.8.8", 4000);
	sf_fails(lop_connect(s, (const struct sockaddr *)&to, sizeof(to)), ENETUNREACH);
	assert_int_equal(lop_send(s, "y", 1, 0), 1);
	sf_assert_text(r, "xy");
}

/* contract CK-01: the mode and the TTL of the push count, the TOS of the first send */
static void
options_of_the_push_count(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);
	int ttl;
	struct sf_msg m;

	sf_option(r, IPPROTO_IP, IP_RECVTTL, 1);
	assert_int_equal(lop_send(s, "x", 1, MSG_MORE), 1);
	sf_option(s, IPPROTO_IP, IP_TTL, 7);
	assert_int_equal(lop_send(s, "y", 1, 0), 1);
	sf_msg(&m, "..", 0);
	m.h.msg_control = m.control.bytes;
	m.h.msg_controllen = sizeof(m.control);
	m.io.iov_base = big;
	assert_int_equal(lop_recvmsg(r, &m.h, 0), 2);
	memcpy(&ttl, CMSG_DATA(&m.control.head), sizeof(ttl));
	assert_int_equal(ttl, 7);
	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 1500), 0);
	assert_int_equal(lop_send(s, "x", 1, MSG_MORE), 1);
	sf_option(s, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
	sf_fails(lop_send(s, big, 2000, 0), EMSGSIZE);
}

/* contract CK-01, XM-02: until it leaves, and is discarded with the socket's memory of it */
static void
what_pends_takes_room_of_the_send_buffer(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int s = sf_connected(lop, 4000);
	int bytes;

	fx_udp(lop, NULL, 4000);
	assert_int_equal(lop_send(s, big, 200, MSG_MORE), 200);
	assert_int_equal(lop_send(s, big, 10, MSG_MORE), 10);
	assert_int_equal(lop_ioctl(s, TIOCOUTQ, &bytes), 0);
	assert_int_equal(bytes, 1280 + 10);
	assert_int_equal(lop_send(s, big, 1, 0), 1);
	assert_int_equal(lop_ioctl(s, TIOCOUTQ, &bytes), 0);
	assert_int_equal(bytes, 0);
	assert_int_equal(lop_send(s, big, 60000, MSG_MORE), 60000);
	sf_fails(lop_send(s, big, 6000, MSG_MORE), EMSGSIZE);
	assert_int_equal(lop_ioctl(s, TIOCOUTQ, &bytes), 0);
	assert_int_equal(bytes, 0);
}

/* contract CK-01, CO-03: sent all the same, and lost */
static void
what_pends_is_lost_with_its_route(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct lop_ifaddr addr = { .local_be = htonl(INADDR_LOOPBACK), .prefix_len = 8 };
	const int s = sf_connected(lop, 4000);

	assert_int_equal(lop_send(s, "x", 1, MSG_MORE), 1);
	assert_int_equal(lop_addr_del(lop, LOP_LO_INDEX, &addr), 0);
	fx_mark(lop);
	assert_int_equal(lop_send(s, "y", 1, 0), 1);
	fx_assert_moved(lop, "Ip.OutRequests+1 Udp.OutDatagrams+1 drop.no_route+1");
	sf_fails(lop_send(s, "y", 1, 0), ENETUNREACH);
}

static const struct lo_case cases[] = {
	LO_CASE(more_makes_one_datagram),
	LO_CASE(uncorking_pushes_what_pends),
	LO_CASE(overflow_discards_all_that_pends),
	LO_CASE(fault_discards_all_that_pends),
	LO_CASE(probe_pushes_what_pends),
	LO_CASE(first_send_keeps_its_destination),
	LO_CASE(close_throws_away_what_pends),
	LO_CASE(route_is_asked_for_again_before_the_push),
	LO_CASE(connect_gives_what_pends_its_peer),
	LO_CASE(options_of_the_push_count),
	LO_CASE(what_pends_is_lost_with_its_route),
	LO_CASE(what_pends_takes_room_of_the_send_buffer),
};
LO_REGISTER_TEST(lop_cork_autotest, cases);
