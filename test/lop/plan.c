/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * What is remembered of a send: headers that count on, for as long as the socket is the same one,
 * and a receiver, for as long as no socket has changed.
 */

#include "../../lib/lop/include/lop_if.h"
#include "number_fx.h"

#define BYTES 30
#define N 4

/* A burst arrives at a socket, -1: nobody is there. */
static void
assert_goes_to(struct lop *lop, int s, int r, uint32_t number)
{
	const uint64_t lost = fx_mib(lop, "Udp", "NoPorts");
	const struct sockaddr_in to = fx_addr("127.0.0.1", SF_PORT);

	nf_burst(lop, s, &to, number, N, BYTES);
	if (r >= 0)
		nf_assert_received(r, number, N, BYTES);
	assert_int_equal(fx_mib(lop, "Udp", "NoPorts") - lost, r >= 0 ? 0 : N);
}

static void
bind_to(int fd, const char *addr)
{
	const struct sockaddr_in sin = fx_addr(addr, SF_PORT);

	assert_int_equal(lop_bind(fd, (const void *)&sin, sizeof(sin)), 0);
}

static int
unbound(struct lop *lop)
{
	const int fd = lop_socket(lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	sf_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	return fd;
}

static void
connect_to(int fd, const char *addr, uint16_t port)
{
	struct sockaddr_in sin = fx_addr(addr, port);

	if (port == 0)
		sin.sin_family = AF_UNSPEC;
	assert_int_equal(lop_connect(fd, (const void *)&sin, sizeof(sin)), 0);
}

/* contract UR-02, CO-05, IC-01: whoever should get it now gets it, whatever was known before */
static void
receiver_is_found_anew_when_sockets_change(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int s = fx_udp(lop, NULL, 4000), wire = fx_wire(*state, lop, "wire0");
	int r, better, other;

	assert_int_equal(lop_if_set_flags(lop, wire, IFF_UP, IFF_UP), 0);
	for (unsigned int round = 0; round < 3; round++) {
		assert_goes_to(lop, s, -1, 0);
		r = unbound(lop);
		assert_goes_to(lop, s, -1, 0);
		bind_to(r, "0.0.0.0");
		assert_goes_to(lop, s, r, 1);
		/* one whose address is it */
		better = unbound(lop);
		bind_to(better, "127.0.0.1");
		assert_goes_to(lop, s, better, 2);
		/* a third, elsewhere */
		other = unbound(lop);
		bind_to(other, "127.0.0.2");
		assert_goes_to(lop, s, better, 3);
		assert_int_equal(lop_close(better), 0);
		assert_goes_to(lop, s, r, 4);
		assert_int_equal(lop_close(r), 0);
		assert_goes_to(lop, s, -1, 5);
		assert_int_equal(lop_close(other), 0);
		assert_goes_to(lop, s, -1, 6);
		/* a peer: somebody else, the sender, nobody */
		r = unbound(lop);
		bind_to(r, "0.0.0.0");
		assert_goes_to(lop, s, r, 7);
		connect_to(r, "127.0.0.1", 4001);
		assert_goes_to(lop, s, -1, 8);
		connect_to(r, "127.0.0.1", 4000);
		assert_goes_to(lop, s, r, 9);
		connect_to(r, "0.0.0.0", 0);
		assert_goes_to(lop, s, r, 10);
		/* a device */
		sf_option(r, SOL_SOCKET, SO_BINDTOIFINDEX, wire);
		assert_goes_to(lop, s, -1, 11);
		sf_option(r, SOL_SOCKET, SO_BINDTOIFINDEX, LOP_LO_INDEX);
		assert_goes_to(lop, s, r, 12);
		sf_option(r, SOL_SOCKET, SO_BINDTOIFINDEX, 0);
		assert_goes_to(lop, s, r, 13);
		assert_int_equal(lop_close(r), 0);
	}
}

/* contract IC-01, IC-02: and the connected sender hears of it when nobody is there any more */
static void
closed_receiver_refuses_the_next_burst(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int s = sf_connected(lop, SF_PORT);
	struct rte_mbuf *m;

	for (unsigned int round = 0; round < 3; round++) {
		const int r = fx_udp(lop, NULL, SF_PORT);

		nf_burst(lop, s, NULL, 0, N, BYTES);
		nf_burst(lop, s, NULL, N, N, BYTES);
		nf_assert_received(r, 0, 2 * N, BYTES);
		assert_int_equal(lop_close(r), 0);
		nf_burst(lop, s, NULL, 0, N, BYTES);
		m = nf_mbuf(lop, BYTES, 0);
		assert_int_equal(lop_udp_send_burst(s, NULL, &m, 1), 0);
		assert_int_equal(errno, ECONNREFUSED);
		rte_pktmbuf_free(m);
	}
}

/* contract UR-03: a flow stays with its socket while the group stands, and goes on without it */
static void
group_is_asked_anew_when_it_changes(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int s = fx_udp(lop, NULL, 4000);
	int group[3];

	for (unsigned int i = 0; i < RTE_DIM(group); i++) {
		group[i] = unbound(lop);
		sf_option(group[i], SOL_SOCKET, SO_REUSEPORT, 1);
		bind_to(group[i], "0.0.0.0");
	}
	for (unsigned int left = RTE_DIM(group); left > 0; left--) {
		unsigned int held = 0, holders = 0;

		for (unsigned int i = 0; i < 3; i++) {
			const struct sockaddr_in to = fx_addr("127.0.0.1", SF_PORT);

			nf_burst(lop, s, &to, 0, N, BYTES);
		}
		for (unsigned int i = 0; i < left; i++) {
			struct rte_mbuf *pkts[3 * N];
			const uint16_t n = lop_udp_recv_burst(group[i], pkts, 3 * N);

			rte_pktmbuf_free_bulk(pkts, n);
			if (n == 0)
				continue;
			assert_int_equal(n, 3 * N);
			held = i;
			holders++;
		}
		assert_int_equal(holders, 1);
		assert_int_equal(lop_close(group[held]), 0);
		group[held] = group[left - 1];
	}
	assert_goes_to(lop, s, -1, 0);
}

/* The table says who is alone on a port, and that several are. */
static void
assert_only(const struct lop *lop, uint16_t port, const int *r)
{
	const struct lop_sock *only = NULL;

	for (unsigned int i = 0; i < 3; i++) {
		if (r[i] >= 0)
			only = only == NULL ? lop_sock_of(r[i]) : LOP_UDP_SEVERAL;
	}
	assert_ptr_equal(lop_udp_only(lop, htons(port)), only);
}

/* contract UR-02: ports at both ends of the table, one to three sockets, closed in every order */
static void
sockets_of_a_port_are_found_as_they_come_and_go(void **state)
{
	static const char *const addrs[] = { "0.0.0.0", "127.0.0.1", "127.0.0.2" };
	static const uint8_t orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 },
		{ 2, 0, 1 }, { 2, 1, 0 } };
	static const uint16_t ports[] = { 1, 0xffff, 0x100, 0x1234, 0x3412 };
	struct lop *lop = fx_lop_up(*state);
	const int s = fx_udp(lop, NULL, 4000);

	for (unsigned int i = 0; i < RTE_DIM(ports) * 36; i++) {
		const uint8_t *opened = orders[i % 6], *closed = orders[i / 6 % 6];
		int r[3] = { -1, -1, -1 };

		for (unsigned int step = 0; step < 6; step++) {
			const unsigned int which = step < 3 ? opened[step] : closed[step - 3];

			if (step < 3) {
				const struct sockaddr_in sin = fx_addr(addrs[which], ports[i / 36]);

				r[which] = unbound(lop);
				assert_int_equal(
						lop_bind(r[which], (const void *)&sin, sizeof(sin)),
						0);
			} else {
				assert_int_equal(lop_close(r[which]), 0);
				r[which] = -1;
			}
			assert_only(lop, ports[i / 36], r);
			for (unsigned int to = 1; to < 3; to++) {
				const struct sockaddr_in sin = fx_addr(addrs[to], ports[i / 36]);
				const int want = r[to] >= 0 ? r[to] : r[0];

				nf_burst(lop, s, &sin, i, 2, BYTES);
				if (want >= 0)
					nf_assert_received(want, i, 2, BYTES);
			}
		}
	}
}

/* contract SK-01, IPO-03, CO-01: more senders than plans, each with its own peer, port and IDs */
static void
senders_do_not_share_what_is_remembered(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	int r[40], s[40];
	bool known[40] = { false };
	uint16_t id[40];

	for (unsigned int i = 0; i < RTE_DIM(r); i++) {
		r[i] = fx_udp(lop, NULL, SF_PORT + i);
		s[i] = fx_udp(lop, NULL, 6000 + i);
		connect_to(s[i], "127.0.0.1", SF_PORT + i);
	}
	for (unsigned int k = 0; k < 1000; k++) {
		const unsigned int i = k % 3 == 0 ? k * 7 % RTE_DIM(r) : k / 3 % 2 * 16;
		struct rte_mbuf *m;
		struct sockaddr_in from;

		nf_burst(lop, s[i], NULL, k, 1, BYTES);
		assert_int_equal(lop_udp_recv_burst(r[i], &m, 1), 1);
		nf_assert(rte_pktmbuf_mtod(m, uint8_t *), BYTES, k);
		lop_udp_source(m, &from);
		assert_int_equal(from.sin_port, htons(6000 + i));
		if (known[i])
			assert_int_equal(ntohs(nf_ip(m)->packet_id), (uint16_t)(id[i] + 1));
		id[i] = ntohs(nf_ip(m)->packet_id);
		known[i] = true;
		rte_pktmbuf_free(m);
	}
}

/* contract SK-01, SK-02: a descriptor that another socket had before knows nothing of it */
static void
descriptor_used_again_knows_nothing(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, SF_PORT);
	struct rte_mbuf *m;

	for (unsigned int round = 0; round < 8; round++) {
		const struct sockaddr_in to = fx_addr("127.0.0.1", SF_PORT);
		const int s = fx_udp(lop, NULL, 6000 + round);
		struct sockaddr_in from;
		int again;

		connect_to(s, "127.0.0.1", SF_PORT);
		for (unsigned int i = 0; i < 3; i++)
			nf_burst(lop, s, round % 2 == 0 ? NULL : &to, i * N, N, BYTES);
		nf_assert_received(r, 0, 3 * N, BYTES);
		assert_int_equal(lop_close(s), 0);
		again = lop_socket(lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
		assert_int_equal(again, s);
		sf_fails(lop_send(again, "x", 1, 0), EDESTADDRREQ);
		m = nf_mbuf(lop, BYTES, 0);
		assert_int_equal(lop_udp_send_burst(again, NULL, &m, 1), 0);
		assert_int_equal(errno, EDESTADDRREQ);
		assert_int_equal(lop_udp_send_burst(again, &to, &m, 1), 1);
		assert_int_equal(lop_udp_recv_burst(r, &m, 1), 1);
		lop_udp_source(m, &from);
		assert_int_not_equal(from.sin_port, htons(6000 + round));
		rte_pktmbuf_free(m);
		assert_int_equal(lop_close(again), 0);
	}
}

static const struct lo_case plan_cases[] = {
	LO_CASE(receiver_is_found_anew_when_sockets_change),
	LO_CASE(closed_receiver_refuses_the_next_burst),
	LO_CASE(group_is_asked_anew_when_it_changes),
	LO_CASE(sockets_of_a_port_are_found_as_they_come_and_go),
	LO_CASE(senders_do_not_share_what_is_remembered),
	LO_CASE(descriptor_used_again_knows_nothing),
};
LO_REGISTER_TEST(lop_udp_autotest, plan_cases);
