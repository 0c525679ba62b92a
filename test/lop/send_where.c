/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Which device a datagram leaves by: options that name one, for calls and for bursts, and what makes
 * a connected socket ask for its route again. As Linux 6.18 sent them with two TAPs.
 */

#include <netinet/udp.h>

#include <rte_ether.h>
#include <rte_ip.h>

#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_neigh.h"
#include "route.h"
#include "send_fx.h"

#define D0 2
#define D1 3

/* Two wires; 8/8 goes by a gateway on the second. Who is asked for answers. */
static struct lop *
two_wires(struct fx *fx)
{
	static const struct {
		int ifindex;
		const char *addr;
	} neighbours[] = { { D0, "8.8.8.8" }, { D0, "10.5.5.77" }, { D1, "10.6.6.9" } };
	struct lop *lop = fx_lop_up(fx);

	assert_int_equal(rt_wire(fx, lop, "d0", "10.5.5.5", 24), D0);
	assert_int_equal(rt_wire(fx, lop, "d1", "10.6.6.6", 24), D1);
	assert_int_equal(rt_add_via(lop, "8.0.0.0/8", "10.6.6.9"), 0);
	assert_int_equal(rt_add_oif(lop, "224.0.0.0/4", D1), 0);
	for (unsigned int i = 0; i < RTE_DIM(neighbours); i++) {
		const struct lop_neigh_info n = { .ifindex = neighbours[i].ifindex,
			.addr_be = inet_addr(neighbours[i].addr),
			.state = NUD_PERMANENT,
			.lladdr = { 2 } };

		assert_int_equal(lop_neigh_set(lop, &n), 0);
	}
	return lop;
}

/* The device that one datagram has left by, and its TTL; 0: none has. */
static int
left_by(struct lop *lop, uint8_t *ttl)
{
	int by = 0;

	for (int i = D0; i <= D1; i++) {
		struct rte_mbuf *m;

		while (fx_wire_take(lop, i, &m, 1) != 0) {
			assert_int_equal(by, 0);
			by = i;
			*ttl = rte_pktmbuf_mtod_offset(
					m, const struct rte_ipv4_hdr *, RTE_ETHER_HDR_LEN)
					       ->time_to_live;
			rte_pktmbuf_free(m);
		}
	}
	return by;
}

static int
sent_by(struct lop *lop, ssize_t sent)
{
	uint8_t ttl = 0;

	assert_int_equal(sent, 1);
	return left_by(lop, &ttl);
}

static struct rte_mbuf *
payload(struct lop *lop)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(lop_mempool(lop));

	assert_non_null(m);
	*rte_pktmbuf_append(m, 1) = 'a';
	return m;
}

/* The same by a call and by both kinds of burst. */
static void
assert_goes(struct lop *lop, int fd, const char *addr, int ifindex, uint8_t want_ttl)
{
	const struct sockaddr_in to = fx_addr(addr, 4000);

	for (unsigned int how = 0; how < 4; how++) {
		struct rte_mbuf *m = how < 2 ? NULL : payload(lop);
		uint8_t ttl = 0;

		if (how < 2) /* the second time the route is known */
			assert_int_equal(lop_sendto(fd, "a", 1, 0, (const void *)&to, sizeof(to)),
					1);
		else if (how == 2)
			assert_int_equal(lop_udp_send_burst(fd, &to, &m, 1), 1);
		else
			assert_int_equal(lop_udp_send_burst_to(fd, &to, &m, 1), 1);
		assert_int_equal(left_by(lop, &ttl), ifindex);
		assert_int_equal(ttl, want_ttl);
	}
}

static void
multicast_if(int fd, int ifindex, const char *addr)
{
	const struct ip_mreqn mreq = { .imr_ifindex = ifindex,
		.imr_address.s_addr = addr != NULL ? inet_addr(addr) : 0 };

	assert_int_equal(lop_setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &mreq, sizeof(mreq)), 0);
}

static void
unicast_if(int fd, int ifindex)
{
	sf_option(fd, IPPROTO_IP, IP_UNICAST_IF, (int)rte_cpu_to_be_32(ifindex));
}

/* contract MC-01, RT-05: IP_MULTICAST_IF and IP_UNICAST_IF, each for its kind of address */
static void
named_interface_holds_for_calls_and_bursts(void **state)
{
	struct lop *lop = two_wires(*state);
	const int s = fx_udp(lop, NULL, 4001);

	assert_goes(lop, s, "8.8.8.8", D1, 64);
	assert_goes(lop, s, "224.9.0.9", D1, 1);
	multicast_if(s, D0, NULL);
	assert_goes(lop, s, "8.8.8.8", D1, 64);
	assert_goes(lop, s, "224.9.0.9", D0, 1);
	multicast_if(s, 0, NULL);
	unicast_if(s, D0);
	assert_goes(lop, s, "8.8.8.8", D0, 64);
	assert_goes(lop, s, "224.9.0.9", D1, 1);
	unicast_if(s, 0);
	multicast_if(s, 0, "10.5.5.5");
	assert_goes(lop, s, "224.9.0.9", D0, 1);
	sf_option(s, IPPROTO_IP, IP_MULTICAST_TTL, 9);
	assert_goes(lop, s, "224.9.0.9", D0, 9);
	assert_goes(lop, s, "8.8.8.8", D1, 64);
}

/* contract IPO-01: multicast among others in a burst has its own TTL */
static void
burst_of_both_kinds_keeps_their_order_and_ttl(void **state)
{
	static const char *const addrs[] = { "8.8.8.8", "224.9.0.9", "224.9.0.8", "8.8.8.8",
		"224.9.0.9" };
	struct lop *lop = two_wires(*state);
	const int s = fx_udp(lop, NULL, 4001);
	struct sockaddr_in to[RTE_DIM(addrs)];
	struct rte_mbuf *pkts[RTE_DIM(addrs)];

	for (unsigned int i = 0; i < RTE_DIM(addrs); i++) {
		to[i] = fx_addr(addrs[i], 4000);
		pkts[i] = payload(lop);
	}
	assert_int_equal(lop_udp_send_burst_to(s, to, pkts, RTE_DIM(addrs)), RTE_DIM(addrs));
	for (unsigned int i = 0; i < RTE_DIM(addrs); i++) {
		const struct rte_ipv4_hdr *ip;
		struct rte_mbuf *m;

		assert_int_equal(fx_wire_take(lop, D1, &m, 1), 1);
		ip = rte_pktmbuf_mtod_offset(m, const struct rte_ipv4_hdr *, RTE_ETHER_HDR_LEN);
		assert_int_equal(ip->dst_addr, to[i].sin_addr.s_addr);
		assert_int_equal(ip->time_to_live, addrs[i][0] == '2' ? 1 : 64);
		rte_pktmbuf_free(m);
	}
}

static ssize_t
send_with(int fd, int level, int type, const void *data, size_t bytes)
{
	struct sf_msg m;

	sf_msg(&m, "a", 0);
	return lop_sendmsg(fd, sf_cmsg(&m, level, type, data, bytes), 0);
}

/*
 * contract CO-03, CO-04: IP_UNICAST_IF, set behind connect(), shows who asks anew: its route was
 * found without.
 */
static void
connected_route_is_left_aside_where_linux_leaves_it(void **state)
{
	static const uint8_t route[8] = { 131, 7, 4, 10, 5, 5, 77, 0 };
	struct lop *lop = two_wires(*state);
	const struct sockaddr_in to = fx_addr("8.8.8.8", 4000);
	const int s = lop_socket(lop, AF_INET, SOCK_DGRAM, 0), ttl = 5;
	const uint16_t segment = 5;
	const uint32_t mark = 0;

	assert_int_equal(lop_connect(s, (const void *)&to, sizeof(to)), 0);
	unicast_if(s, D0);
	assert_int_equal(sent_by(lop, lop_send(s, "a", 1, 0)), D1);
	assert_int_equal(sent_by(lop, lop_sendto(s, "a", 1, 0, (const void *)&to, sizeof(to))), D0);
	assert_int_equal(sent_by(lop, send_with(s, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl))), D0);
	assert_int_equal(sent_by(lop, send_with(s, IPPROTO_UDP, UDP_SEGMENT, &segment, 2)), D1);
	assert_int_equal(sent_by(lop, send_with(s, SOL_SOCKET, SO_MARK, &mark, sizeof(mark))), D0);
	assert_int_equal(sent_by(lop, lop_send(s, "a", 1, MSG_DONTROUTE)), D0);
	assert_int_equal(sent_by(lop, send_with(s, IPPROTO_IP, IP_RETOPTS, route, 8)), D0);
	assert_int_equal(sent_by(lop, lop_send(s, "a", 1, 0)), D1);
	/* whatever changes routes makes it ask again */
	lop_route_flush_cache(lop);
	assert_int_equal(sent_by(lop, lop_send(s, "a", 1, 0)), D0);
}

/* contract CO-04: multicast asks each time, and a socket option has no cached route */
static void
connected_multicast_follows_its_interface(void **state)
{
	struct lop *lop = two_wires(*state);
	const struct sockaddr_in group = fx_addr("224.9.0.9", 4000), to = fx_addr("8.8.8.8", 4000);
	const int m = lop_socket(lop, AF_INET, SOCK_DGRAM, 0);
	const int s = lop_socket(lop, AF_INET, SOCK_DGRAM, 0);

	multicast_if(m, D1, NULL);
	assert_int_equal(lop_connect(m, (const void *)&group, sizeof(group)), 0);
	assert_int_equal(sent_by(lop, lop_send(m, "a", 1, 0)), D1);
	multicast_if(m, D0, NULL);
	assert_int_equal(sent_by(lop, lop_send(m, "a", 1, 0)), D0);

	assert_int_equal(lop_connect(s, (const void *)&to, sizeof(to)), 0);
	assert_int_equal(sent_by(lop, lop_send(s, "a", 1, 0)), D1);
	sf_fails(lop_send(s, "a", 1, MSG_DONTROUTE), ENETUNREACH);
	sf_option(s, SOL_SOCKET, SO_DONTROUTE, 1);
	sf_fails(lop_send(s, "a", 1, 0), ENETUNREACH);
	sf_option(s, SOL_SOCKET, SO_DONTROUTE, 0);
	assert_int_equal(sent_by(lop, lop_send(s, "a", 1, 0)), D1);
}

static const struct lo_case where_cases[] = {
	LO_CASE(named_interface_holds_for_calls_and_bursts),
	LO_CASE(burst_of_both_kinds_keeps_their_order_and_ttl),
	LO_CASE(connected_route_is_left_aside_where_linux_leaves_it),
	LO_CASE(connected_multicast_follows_its_interface),
};
LO_REGISTER_TEST(lop_output_autotest, where_cases);
