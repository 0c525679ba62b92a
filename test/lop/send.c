/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Sends: what they refuse, in which order, and what that counts. */

#include <netinet/udp.h>

#include "send_fx.h"

static uint8_t big[65536];

/* contract SEND-01: the descriptor first, then the length of the address */
static void
descriptor_and_address_length_come_first(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct sockaddr_in to = fx_addr("127.0.0.1", SF_PORT);
	const int s = fx_udp(lop, NULL, 4000), c = sf_connected(lop, 4000);

	sf_fails(lop_sendto(999, "x", 1, 0, (const void *)&to, 129), EBADF);
	sf_fails(lop_sendto(s, "x", 1, 0, (const void *)&to, 129), EINVAL);
	sf_fails(lop_sendto(s, "x", 1, 0, (const void *)&to, -1), EINVAL);
	sf_fails(lop_sendto(c, "x", 1, 0, (const void *)&to, 0), EINVAL);
	/* no address with any length */
	assert_int_equal(lop_sendto(c, "abc", 3, 0, NULL, 500), 3);
	sf_assert_text(s, "abc");
}

/* contract SEND-03, SEND-04, SEND-06, SEND-08, SEND-09, SEND-14 */
static void
checks_come_in_linux_order(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct sockaddr_in to = fx_addr("9.9.9.9", 1);
	const int s = fx_udp(lop, NULL, 4000);

	fx_mark(lop);
	sf_fails(sf_to(s, big, 65536, MSG_OOB, 0), EMSGSIZE);
	sf_fails(sf_to(s, "x", 1, MSG_OOB, 0), EOPNOTSUPP);
	sf_fails(lop_sendto(s, "x", 1, 0, (const void *)&to, 15), EINVAL);
	to.sin_family = AF_INET6;
	to.sin_port = 0;
	sf_fails(lop_sendto(s, "x", 1, 0, (const void *)&to, 16), EAFNOSUPPORT);
	sf_fails(sf_to(s, "x", 1, 0, 0), EINVAL);
	sf_fails(lop_send(s, "x", 1, 0), EDESTADDRREQ);
	to = fx_addr("127.255.255.255", 1);
	sf_fails(lop_sendto(s, "x", 1, 0, (const void *)&to, 16), EACCES);
	sf_fails(sf_to(s, big, 65508, 0, 9), EMSGSIZE);
	fx_assert_moved(lop, "");
	to = fx_addr("9.9.9.9", 1);
	sf_fails(lop_sendto(s, big, 65508, 0, (const void *)&to, 16), ENETUNREACH);
	fx_assert_moved(lop, "Ip.OutNoRoutes+1");
}

/* contract SEND-06: AF_UNSPEC is taken for AF_INET, a long address is cut */
static void
unspecified_family_is_accepted(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct sockaddr_storage to = { 0 };
	const struct sockaddr_in in = fx_addr("127.0.0.1", 4000);
	const int s = fx_udp(lop, NULL, 4000);

	memcpy(&to, &in, sizeof(in));
	to.ss_family = AF_UNSPEC;
	assert_int_equal(lop_sendto(s, "a", 1, 0, (const void *)&to, sizeof(to)), 1);
	sf_assert_text(s, "a");
}

/* contract SEND-17: and nothing is sent; a route error comes before */
static void
null_buffer_is_a_fault_that_discards(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct sockaddr_in nowhere = fx_addr("9.9.9.9", 1);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);

	fx_mark(lop);
	sf_fails(lop_send(s, NULL, 5, 0), EFAULT);
	fx_assert_moved(lop, "Ip.OutDiscards+1");
	sf_fails(lop_send(s, NULL, 65536, 0), EMSGSIZE);
	sf_fails(lop_sendto(r, NULL, 5, 0, (const void *)&nowhere, 16), ENETUNREACH);
	fx_assert_moved(lop, "Ip.OutNoRoutes+1");
	assert_int_equal(lop_send(s, NULL, 0, 0), 0);
	sf_assert_text(r, "");
}

/* contract SEND-11: nothing is sent, whatever is given */
static void
probe_sends_nothing(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int s = sf_connected(lop, 4000);

	fx_mark(lop);
	assert_int_equal(lop_send(s, "12345", 5, MSG_PROXY), 5);
	assert_int_equal(lop_send(s, "", 0, MSG_PROXY), 0);
	assert_int_equal(lop_send(s, big, 65508, MSG_PROXY), 65508);
	assert_int_equal(lop_send(s, NULL, 5, MSG_PROXY | MSG_CONFIRM), 5);
	fx_assert_moved(lop, "");
}

/* contract CO-06: behind the route and the size, before the buffer */
static void
shut_down_for_sending_is_a_broken_pipe(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct sockaddr_in nowhere = fx_addr("9.9.9.9", 1);
	const int s = sf_connected(lop, 4000);

	assert_int_equal(lop_shutdown(s, SHUT_WR), 0);
	fx_mark(lop);
	sf_fails(lop_send(s, "x", 1, 0), EPIPE);
	sf_fails(lop_send(s, "x", 1, MSG_MORE), EPIPE);
	fx_assert_moved(lop, "Ip.OutDiscards+2");
	sf_fails(lop_send(s, "x", 1, MSG_OOB), EOPNOTSUPP);
	sf_fails(lop_send(s, big, 65508, 0), EMSGSIZE);
	fx_assert_moved(lop, "");
	sf_fails(lop_sendto(s, "x", 1, 0, (const void *)&nowhere, 16), ENETUNREACH);
	fx_assert_moved(lop, "Ip.OutNoRoutes+1");
}

/* contract SEND-15, IC-02: the port that nobody has is heard of once, by the next call */
static void
refused_port_is_told_once(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct sockaddr_in nowhere = fx_addr("9.9.9.9", 1);
	const int s = sf_connected(lop, 9);
	char buf[8];

	assert_int_equal(lop_send(s, "abc", 3, 0), 3);
	sf_fails(lop_sendto(s, "x", 1, 0, (const void *)&nowhere, 16), ENETUNREACH);
	fx_mark(lop);
	sf_fails(lop_send(s, "abc", 3, 0), ECONNREFUSED);
	fx_assert_moved(lop, "Ip.OutDiscards+1");
	assert_int_equal(lop_send(s, "abc", 3, 0), 3);
	sf_fails(lop_recv(s, buf, sizeof(buf), MSG_PEEK), ECONNREFUSED);
	sf_fails(lop_recv(s, buf, sizeof(buf), 0), EAGAIN);
}

/* contract SEND-01: what sendmsg() takes of a header */
static void
message_header_is_checked(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);
	struct iovec many[1025];
	struct sf_msg m;

	for (unsigned int i = 0; i < RTE_DIM(many); i++)
		many[i] = (struct iovec){ .iov_base = big, .iov_len = 1 };
	sf_fails(lop_sendmsg(999, NULL, 0), EBADF);
	sf_fails(lop_sendmsg(s, NULL, 0), EFAULT);
	sf_msg(&m, "x", 9)->msg_namelen = -1;
	sf_fails(lop_sendmsg(s, &m.h, 0), EINVAL);
	/* an empty name is none */
	sf_msg(&m, "x", 4000)->msg_namelen = 0;
	assert_int_equal(lop_sendmsg(s, &m.h, 0), 1);
	sf_fails(lop_sendmsg(r, &m.h, 0), EDESTADDRREQ);
	sf_msg(&m, "x", 4000)->msg_namelen = 200;
	assert_int_equal(lop_sendmsg(s, &m.h, 0), 1);
	sf_msg(&m, "x", 0)->msg_iov = many;
	m.h.msg_iovlen = 1025;
	sf_fails(lop_sendmsg(s, &m.h, MSG_OOB), EMSGSIZE);
	m.h.msg_iovlen = 1024;
	assert_int_equal(lop_sendmsg(s, &m.h, 0), 1024);
	m.h.msg_iovlen = 0;
	assert_int_equal(lop_sendmsg(s, &m.h, 0), 0);
	m.h.msg_iov = NULL;
	m.h.msg_iovlen = 1;
	sf_fails(lop_sendmsg(s, &m.h, 0), EFAULT);
	sf_msg(&m, "x", 0)->msg_controllen = 100;
	sf_fails(lop_sendmsg(s, &m.h, 0), EFAULT);
	m.h.msg_controllen = (size_t)1 << 32;
	sf_fails(lop_sendmsg(s, &m.h, 0), ENOBUFS);
}

/* contract SEND-16: fragments behind the first, over twice the send buffer */
static void
fragments_stop_at_twice_the_send_buffer(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);

	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 1500), 0);
	sf_option(s, SOL_SOCKET, SO_SNDBUF, 1);
	assert_int_equal(lop_send(s, big, 5912, 0), 5912);
	fx_mark(lop);
	sf_fails(lop_send(s, big, 5913, 0), ENOBUFS);
	fx_assert_moved(lop, "Ip.OutDiscards+1 Udp.SndbufErrors+1");
	assert_int_equal(lop_recv(r, big, sizeof(big), 0), 5912);
}

/* contract GSO-01, QU-05: one datagram goes out, segments come in */
static void
segments_are_datagrams_to_a_plain_receiver(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);

	sf_option(s, IPPROTO_UDP, UDP_SEGMENT, 1000);
	fx_mark(lop);
	assert_int_equal(lop_send(s, big, 2500, 0), 2500);
	fx_assert_moved(lop,
			"Ip.OutRequests+1 Ip.OutTransmits+1 Ip.InReceives+3 Ip.InDelivers+3 "
			"Udp.OutDatagrams+1 IpExt.InNoECTPkts+3 IpExt.OutOctets+2528 "
			"IpExt.InOctets+2584 lo.rx_packets+3 lo.tx_packets+3 "
			"lo.rx_bytes+2584 lo.tx_bytes+2584");
	assert_int_equal(lop_recv(r, big, sizeof(big), 0), 1000);
	assert_int_equal(lop_recv(r, big, sizeof(big), 0), 1000);
	assert_int_equal(lop_recv(r, big, sizeof(big), 0), 500);
	sf_option(s, IPPROTO_UDP, UDP_SEGMENT, 1);
	sf_fails(lop_send(s, big, 129, 0), EINVAL);
	sf_option(s, IPPROTO_UDP, UDP_SEGMENT, 1473);
	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 1500), 0);
	sf_fails(lop_send(s, big, 2500, 0), EMSGSIZE);
	sf_fails(lop_send(s, big, 1473, 0), EMSGSIZE);
	sf_option(s, IPPROTO_UDP, UDP_SEGMENT, 1000);
	sf_option(s, SOL_SOCKET, SO_NO_CHECK, 1);
	sf_fails(lop_send(s, big, 500, 0), EINVAL);
}

/* contract SEND-19: messages up to the first that fails, whose error is kept to itself */
static void
many_messages_end_at_the_first_that_fails(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = sf_connected(lop, 4000);
	struct mmsghdr v[3];
	struct sf_msg m[3];

	for (unsigned int i = 0; i < 3; i++) {
		v[i].msg_hdr = *sf_msg(&m[i], i == 1 ? "yy" : "x", 0);
		v[i].msg_len = 77;
	}
	assert_int_equal(lop_sendmmsg(s, v, 3, 0), 3);
	assert_int_equal(v[0].msg_len, 1);
	assert_int_equal(v[1].msg_len, 2);
	v[1].msg_hdr.msg_name = &m[1].to;
	v[1].msg_hdr.msg_namelen = sizeof(m[1].to); /* port 0 */
	v[1].msg_len = 77;
	assert_int_equal(lop_sendmmsg(s, v, 3, 0), 1);
	assert_int_equal(v[1].msg_len, 77);
	sf_fails(lop_sendmmsg(s, v + 1, 2, 0), EINVAL);
	assert_int_equal(lop_sendmmsg(s, v, 0, 0), 0);
	sf_assert_text(r, "x");
	sf_assert_text(r, "yy");
	sf_assert_text(r, "x");
	sf_assert_text(r, "x");
	sf_fails(lop_recv(r, big, 1, 0), EAGAIN);
}

/* contract SEND-15, BK-05: the second message already hears of the first */
static void
many_messages_to_a_closed_port_end_behind_the_first(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int s = sf_connected(lop, 9);
	struct mmsghdr v[64];
	struct sf_msg m;

	for (unsigned int i = 0; i < RTE_DIM(v); i++)
		v[i].msg_hdr = *sf_msg(&m, "x", 0);
	assert_int_equal(lop_sendmmsg(s, v, RTE_DIM(v), 0), 1);
	/* its error was the second one's */
	assert_int_equal(lop_send(s, "x", 1, 0), 1);
}

/* contract SEND-19: a burst carries all of them */
static void
many_messages_arrive_in_order(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);
	struct mmsghdr v[100];
	struct sf_msg m[100];
	char text[100][8];

	for (unsigned int i = 0; i < RTE_DIM(v); i++) {
		snprintf(text[i], sizeof(text[i]), "m%u", i);
		v[i].msg_hdr = *sf_msg(&m[i], text[i], 4000);
	}
	assert_int_equal(lop_sendmmsg(s, v, RTE_DIM(v), 0), RTE_DIM(v));
	for (unsigned int i = 0; i < RTE_DIM(v); i++) {
		assert_int_equal(v[i].msg_len, strlen(text[i]));
		sf_assert_text(r, text[i]);
	}
}

/* contract SEND-13: also when the route is known by then, and in bursts */
static void
routes_of_a_tiny_mtu_are_none(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct lop_route route = { .dst_be = inet_addr("10.1.0.0"),
		.dst_len = 16,
		.type = RTN_LOCAL,
		.scope = RT_SCOPE_HOST,
		.oif = LOP_LO_INDEX,
		.mtu_bytes = 67 };
	const struct sockaddr_in to = fx_addr("10.1.0.1", 4000);
	const int s = fx_udp(lop, NULL, 4001);
	struct rte_mbuf *m = rte_pktmbuf_alloc(lop_mempool(lop));

	assert_non_null(m);
	assert_int_equal(lop_route_add(lop, &route), 0);
	for (unsigned int i = 0; i < 3; i++)
		sf_fails(lop_sendto(s, "x", 1, 0, (const void *)&to, sizeof(to)), ENETUNREACH);
	assert_int_equal(lop_udp_send_burst(s, &to, &m, 1), 0);
	rte_pktmbuf_free(m);
}

static const struct lo_case cases[] = {
	LO_CASE(descriptor_and_address_length_come_first),
	LO_CASE(checks_come_in_linux_order),
	LO_CASE(unspecified_family_is_accepted),
	LO_CASE(null_buffer_is_a_fault_that_discards),
	LO_CASE(probe_sends_nothing),
	LO_CASE(shut_down_for_sending_is_a_broken_pipe),
	LO_CASE(refused_port_is_told_once),
	LO_CASE(message_header_is_checked),
	LO_CASE(fragments_stop_at_twice_the_send_buffer),
	LO_CASE(segments_are_datagrams_to_a_plain_receiver),
	LO_CASE(many_messages_end_at_the_first_that_fails),
	LO_CASE(many_messages_to_a_closed_port_end_behind_the_first),
	LO_CASE(many_messages_arrive_in_order),
	LO_CASE(routes_of_a_tiny_mtu_are_none),
};
LO_REGISTER_TEST(lop_send_autotest, cases);
