/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Datagrams from several sends. */

#include <netinet/udp.h>

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

static const struct lo_case cases[] = {
	LO_CASE(more_makes_one_datagram),
	LO_CASE(uncorking_pushes_what_pends),
	LO_CASE(overflow_discards_all_that_pends),
	LO_CASE(fault_discards_all_that_pends),
	LO_CASE(probe_pushes_what_pends),
	LO_CASE(first_send_keeps_its_destination),
	LO_CASE(close_throws_away_what_pends),
	LO_CASE(route_is_asked_for_again_before_the_push),
};
LO_REGISTER_TEST(lop_cork_autotest, cases);
