/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Bursts of mbufs: what is accepted is the library's, what is not stays the caller's as it was,
 * and errno says of the next one what sendto(2) would.
 */

#include <errno.h>
#include <string.h>

#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_stats.h"
#include "send_fx.h"

#define N 8

struct burst {
	struct lop *lop;
	int tx, rx;
	struct rte_mbuf *pkts[N];
	struct sockaddr_in to[N];
};

static void
payloads(struct burst *b, uint16_t bytes)
{
	for (unsigned int i = 0; i < N; i++) {
		char *data;

		b->pkts[i] = rte_pktmbuf_alloc(lop_mempool(b->lop));
		assert_non_null(b->pkts[i]);
		data = rte_pktmbuf_append(b->pkts[i], bytes);
		assert_non_null(data);
		memset(data, 'a' + (int)i, bytes);
		b->to[i] = fx_addr("127.0.0.1", SF_PORT);
	}
}

static void
burst_open(struct burst *b, struct fx *fx)
{
	b->lop = fx_lop_up(fx);
	b->rx = fx_udp(b->lop, NULL, SF_PORT);
	b->tx = fx_udp(b->lop, NULL, 0);
	payloads(b, 100);
}

/* So many were accepted, and the rest is as it was. */
static void
assert_accepted(struct burst *b, uint16_t ret, uint16_t accepted, int err)
{
	assert_int_equal(ret, accepted);
	if (accepted < N)
		assert_int_equal(errno, err);
	errno = 0;
	for (unsigned int i = ret; i < N; i++) {
		assert_int_equal(b->pkts[i]->data_off, RTE_PKTMBUF_HEADROOM);
		assert_int_equal(*rte_pktmbuf_mtod(b->pkts[i], const char *), 'a' + (int)i);
		rte_pktmbuf_free(b->pkts[i]);
	}
}

static void
assert_received(struct burst *b, uint16_t n)
{
	struct rte_mbuf *got[N];
	struct sockaddr_in from;

	assert_int_equal(lop_udp_recv_burst(b->rx, got, N), n);
	for (unsigned int i = 0; i < n; i++) {
		lop_udp_source(got[i], &from);
		assert_int_equal(from.sin_addr.s_addr, inet_addr("127.0.0.1"));
		assert_int_equal(*rte_pktmbuf_mtod(got[i], const char *), 'a' + (int)i);
		rte_pktmbuf_free(got[i]);
	}
}

/* contract UDPH-01 */
static void
a_burst_arrives_in_order(void **state)
{
	struct burst b;

	burst_open(&b, *state);
	assert_accepted(&b, lop_udp_send_burst(b.tx, &b.to[0], b.pkts, N), N, 0);
	assert_received(&b, N);
	payloads(&b, 10);
	assert_accepted(&b, lop_udp_send_burst_to(b.tx, b.to, b.pkts, N), N, 0);
	assert_received(&b, N);
}

/* contract SEND-03, SEND-04, SEND-18 */
static void
the_first_bad_destination_ends_a_burst(void **state)
{
	static const struct {
		const char *addr;
		uint16_t port;
		sa_family_t family;
		int err;
	} bad[] = {
		{ "127.0.0.1", 0, AF_INET, EINVAL },
		{ "127.0.0.1", SF_PORT, AF_INET6, EAFNOSUPPORT },
		{ "127.255.255.255", SF_PORT, AF_INET, EACCES },
		{ "8.8.8.8", SF_PORT, AF_INET, ENETUNREACH },
	};

	for (unsigned int i = 0; i < RTE_DIM(bad); i++) {
		struct sockaddr_in to = fx_addr(bad[i].addr, bad[i].port);
		struct burst b;

		burst_open(&b, *state);
		to.sin_family = bad[i].family;
		b.to[3] = to;
		assert_accepted(&b, lop_udp_send_burst_to(b.tx, b.to, b.pkts, N), 3, bad[i].err);
		assert_received(&b, 3);
		payloads(&b, 10);
		assert_accepted(&b, lop_udp_send_burst(b.tx, &to, b.pkts, N), 0, bad[i].err);
		fx_lop_down(b.lop);
	}
}

/* contract CM-02, RT-08: the socket's address, interface, TOS and broadcasts have their say */
static void
bursts_go_as_their_socket_says(void **state)
{
	const struct sockaddr_in own = fx_addr("127.0.0.1", 0);
	struct burst b;

	burst_open(&b, *state);
	assert_int_equal(lop_close(b.tx), 0);
	b.tx = lop_socket(b.lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_equal(lop_bind(b.tx, (const struct sockaddr *)&own, sizeof(own)), 0);
	sf_option(b.tx, IPPROTO_IP, IP_TOS, 0x10);
	sf_option(b.tx, SOL_SOCKET, SO_DONTROUTE, 1);
	sf_option(b.tx, SOL_SOCKET, SO_BROADCAST, 1);
	b.to[0] = fx_addr("127.255.255.255", SF_PORT);
	assert_accepted(&b, lop_udp_send_burst_to(b.tx, b.to, b.pkts, N), N, 0);
	assert_received(&b, N);
	payloads(&b, 10);
	b.to[2] = fx_addr("8.8.8.8", SF_PORT);
	assert_accepted(&b, lop_udp_send_burst_to(b.tx, b.to, b.pkts, N), 2, ENETUNREACH);
	assert_received(&b, 2);
}

/* contract SEND-14, FR-02 */
static void
a_payload_that_is_too_long_ends_a_burst(void **state)
{
	struct burst b;

	burst_open(&b, *state);
	assert_int_equal(lop_if_set_mtu(b.lop, LOP_LO_INDEX, 600), 0);
	sf_option(b.tx, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
	assert_non_null(rte_pktmbuf_append(b.pkts[5], 600));
	assert_accepted(&b, lop_udp_send_burst(b.tx, &b.to[0], b.pkts, N), 5, EMSGSIZE);
	assert_received(&b, 5);
	payloads(&b, 10);
	assert_non_null(rte_pktmbuf_append(b.pkts[2], 600));
	assert_accepted(&b, lop_udp_send_burst_to(b.tx, b.to, b.pkts, N), 2, EMSGSIZE);
	assert_received(&b, 2);
	/* or is cut where it may be */
	payloads(&b, 1000);
	sf_option(b.tx, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	assert_accepted(&b, lop_udp_send_burst(b.tx, &b.to[0], b.pkts, N), N, 0);
	assert_received(&b, N);
	assert_int_equal(fx_mib(b.lop, "Ip", "FragCreates"), 2 * N);
}

/* contract SEND-15, IC-02: an error that waits is told once, to a burst too */
static void
errors_that_wait_end_a_burst(void **state)
{
	struct sockaddr_in nobody = fx_addr("127.0.0.1", 9);
	struct burst b;

	burst_open(&b, *state);
	assert_accepted(&b, lop_udp_send_burst(b.tx, NULL, b.pkts, N), 0, EDESTADDRREQ);
	payloads(&b, 10);
	assert_int_equal(lop_connect(b.tx, (struct sockaddr *)&nobody, sizeof(nobody)), 0);
	assert_int_equal(lop_send(b.tx, "x", 1, 0), 1);
	assert_accepted(&b, lop_udp_send_burst(b.tx, NULL, b.pkts, N), 0, ECONNREFUSED);
	payloads(&b, 10);
	assert_int_equal(lop_send(b.tx, "x", 1, 0), 1);
	assert_accepted(&b, lop_udp_send_burst_to(b.tx, b.to, b.pkts, N), 0, ECONNREFUSED);
	payloads(&b, 10);
	assert_int_equal(lop_shutdown(b.tx, SHUT_WR), 0);
	assert_accepted(&b, lop_udp_send_burst_to(b.tx, b.to, b.pkts, N), 0, EPIPE);
	payloads(&b, 10);
	assert_accepted(&b, lop_udp_send_burst(-1, &b.to[0], b.pkts, N), 0, EBADF);
	assert_int_equal(lop_udp_recv_burst(-1, b.pkts, N), 0);
	assert_int_equal(errno, EBADF);
}

static const struct lo_case burst_cases[] = {
	LO_CASE(a_burst_arrives_in_order),
	LO_CASE(the_first_bad_destination_ends_a_burst),
	LO_CASE(bursts_go_as_their_socket_says),
	LO_CASE(a_payload_that_is_too_long_ends_a_burst),
	LO_CASE(errors_that_wait_end_a_burst),
};
LO_REGISTER_TEST(lop_udp_autotest, burst_cases);
