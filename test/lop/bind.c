/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* bind(2), its conflicts, and ports that nobody asked for. */

#include <errno.h>
#include <string.h>

#include "fx.h"

static int
udp(struct lop *lop, int flags)
{
	const int fd = lop_socket(lop, AF_INET, SOCK_DGRAM, 0);
	const int on = 1;

	assert_true(fd >= 0);
	if ((flags & 1) != 0)
		assert_int_equal(lop_setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), 0);
	if ((flags & 2) != 0)
		assert_int_equal(lop_setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)), 0);
	return fd;
}

/* 0 or the errno. */
static int
bind_to(int fd, const char *addr, uint16_t port)
{
	const struct sockaddr_in sin = fx_addr(addr, port);

	return lop_bind(fd, (const struct sockaddr *)&sin, sizeof(sin)) == 0 ? 0 : errno;
}

static uint16_t
port_of(int fd)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);

	assert_int_equal(lop_getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	return ntohs(sin.sin_port);
}

/*
 * What Linux 6.18.44 says to the second of two sockets on one port, for all pairs of five addresses
 * (the first socket's, then the second's) in the order of `addrs`; 1: EADDRINUSE.
 * contract BI-03: the matrix of 25 pairs and 7 sets of options.
 */
static void
two_sockets_conflict_as_in_linux(void **state)
{
	static const char *const addrs[] = { "0.0.0.0", "127.0.0.1", "127.0.0.2", "224.1.2.3",
		"127.255.255.255" };
	static const struct {
		int first, second; /* 1: SO_REUSEADDR, 2: SO_REUSEPORT */
		const char *conflicts;
	} sets[] = {
		{ 0, 0, "1111111000101001001010001" },
		{ 1, 1, "0000000000000000000000000" },
		{ 2, 2, "0000000000000000000000000" },
		{ 1, 0, "1111111000101001001010001" },
		{ 2, 0, "1111111000101001001010001" },
		{ 1, 2, "1111111000101001001010001" },
		{ 3, 2, "0000000000000000000000000" },
	};
	struct lop *lop = fx_lop_up(*state);
	uint16_t port = 10000;

	for (unsigned int s = 0; s < RTE_DIM(sets); s++) {
		for (unsigned int p = 0; p < 25; p++, port++) {
			const int a = udp(lop, sets[s].first), b = udp(lop, sets[s].second);
			int err;

			assert_int_equal(bind_to(a, addrs[p / 5], port), 0);
			err = bind_to(b, addrs[p % 5], port);
			if (err != (sets[s].conflicts[p] == '1' ? EADDRINUSE : 0))
				fail_msg("set %u, %s then %s: %s", s, addrs[p / 5], addrs[p % 5],
						strerror(err));
			lop_close(a);
			lop_close(b);
		}
	}
}

/* contract BI-03: the most recent socket that overlaps decides */
static void
most_recent_socket_decides_about_a_shared_port(void **state)
{
	struct lop *lop = fx_lop_up(*state);

	assert_int_equal(bind_to(udp(lop, 1), "0.0.0.0", 5000), 0);
	assert_int_equal(bind_to(udp(lop, 3), "0.0.0.0", 5000), 0);
	assert_int_equal(bind_to(udp(lop, 2), "0.0.0.0", 5000), 0);
	assert_int_equal(bind_to(udp(lop, 3), "0.0.0.0", 5001), 0);
	assert_int_equal(bind_to(udp(lop, 1), "0.0.0.0", 5001), 0);
	assert_int_equal(bind_to(udp(lop, 2), "0.0.0.0", 5001), EADDRINUSE);
}

/* contract BI-03: a socket that connect() gave an address conflicts by that one */
static void
connected_socket_leaves_other_addresses_free(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct sockaddr_in peer = fx_addr("127.0.0.1", 9);
	const int fd = udp(lop, 0);

	assert_int_equal(bind_to(fd, "0.0.0.0", 5000), 0);
	assert_int_equal(lop_connect(fd, (const struct sockaddr *)&peer, sizeof(peer)), 0);
	assert_int_equal(bind_to(udp(lop, 0), "127.0.0.1", 5000), EADDRINUSE);
	assert_int_equal(bind_to(udp(lop, 0), "127.0.0.2", 5000), 0);
}

/* contract BI-01, BI-02: the checks in their order */
static void
bind_checks_in_the_order_of_linux(void **state)
{
	const struct lop_conf conf = { .no_bind_low = true };
	struct lop *lop = fx_lop(*state, &conf);
	struct sockaddr_in sin = fx_addr("127.0.0.1", 80);
	const struct sockaddr *addr = (const struct sockaddr *)&sin;
	const int fd = udp(lop, 0);

	assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP), 0);
	assert_int_equal(lop_bind(-1, NULL, 0), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(lop_bind(fd, NULL, 16), -1);
	assert_int_equal(errno, EFAULT);
	assert_int_equal(lop_bind(fd, addr, 129), -1);
	assert_int_equal(errno, EINVAL);
	sin.sin_family = AF_INET6;
	assert_int_equal(lop_bind(fd, addr, 15), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(lop_bind(fd, addr, 16), -1);
	assert_int_equal(errno, EAFNOSUPPORT);
	sin.sin_family = AF_UNSPEC;
	assert_int_equal(lop_bind(fd, addr, 16), -1);
	assert_int_equal(errno, EAFNOSUPPORT);
	assert_int_equal(bind_to(fd, "8.8.8.8", 80), EADDRNOTAVAIL);
	assert_int_equal(bind_to(fd, "127.0.0.1", 80), EACCES);
	assert_int_equal(bind_to(fd, "127.0.0.1", 5000), 0);
	assert_int_equal(bind_to(fd, "127.0.0.1", 80), EACCES);
	assert_int_equal(bind_to(fd, "127.0.0.1", 5001), EINVAL);
}

/* contract BI-01: IP_FREEBIND; DEV-02: before lo was up, any address */
static void
foreign_addresses_bind_where_linux_lets_them(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);
	const int on = 1;
	int fd = udp(lop, 0);

	assert_int_equal(bind_to(fd, "8.8.8.8", 100), 0);
	assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP), 0);
	fd = udp(lop, 0);
	assert_int_equal(bind_to(fd, "8.8.8.8", 101), EADDRNOTAVAIL);
	assert_int_equal(lop_setsockopt(fd, SOL_IP, IP_FREEBIND, &on, sizeof(on)), 0);
	assert_int_equal(bind_to(fd, "8.8.8.8", 101), 0);
	assert_int_equal(bind_to(udp(lop, 0), "224.1.2.3", 102), 0);
	assert_int_equal(bind_to(udp(lop, 0), "255.255.255.255", 102), 0);
	assert_int_equal(bind_to(udp(lop, 0), "127.9.8.7", 102), 0);
}

/* contract SK-03: each port of the range once, then EADDRINUSE; SK-02: EAGAIN from connect */
static void
search_gives_every_port_once_and_then_gives_up(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct sockaddr_in peer = fx_addr("127.0.0.1", 9);
	uint8_t seen[100] = { 0 };
	int fd;

	lop_store(lop->setting[LOP_SETTING_PORT_MIN], 40000);
	lop_store(lop->setting[LOP_SETTING_PORT_MAX], 40099);
	lop->reserved_ports[40007 / 8] |= 1 << 40007 % 8;
	for (unsigned int i = 0; i < 99; i++) {
		unsigned int port;

		fd = udp(lop, 0);
		assert_int_equal(bind_to(fd, "0.0.0.0", 0), 0);
		port = port_of(fd);
		assert_in_range(port, 40000, 40099);
		assert_int_equal(seen[port - 40000]++, 0);
	}
	assert_int_equal(seen[7], 0);
	fd = udp(lop, 0);
	assert_int_equal(bind_to(fd, "0.0.0.0", 0), EADDRINUSE);
	assert_int_equal(lop_connect(fd, (const struct sockaddr *)&peer, sizeof(peer)), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(port_of(fd), 0);
	/* a reserved port may be asked for */
	assert_int_equal(bind_to(fd, "0.0.0.0", 40007), 0);
}

/* contract SK-03: about evenly; SK-02: IP_LOCAL_PORT_RANGE narrows */
static void
search_meets_all_ports_about_evenly(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const uint32_t range = UINT32_C(40003) << 16 | 40002;
	unsigned int hits[64] = { 0 };
	int fd;

	lop_store(lop->setting[LOP_SETTING_PORT_MIN], 40000);
	lop_store(lop->setting[LOP_SETTING_PORT_MAX], 40063);
	for (unsigned int i = 0; i < 64 * 50; i++) {
		fd = udp(lop, 0);
		assert_int_equal(bind_to(fd, "127.0.0.1", 0), 0);
		hits[port_of(fd) - 40000]++;
		lop_close(fd);
	}
	for (unsigned int i = 0; i < RTE_DIM(hits); i++)
		assert_in_range(hits[i], 15, 110);

	for (unsigned int i = 0; i < 2; i++) {
		fd = udp(lop, 0);
		assert_int_equal(lop_setsockopt(fd, SOL_IP, 51, &range, sizeof(range)), 0);
		assert_int_equal(bind_to(fd, "127.0.0.1", 0), 0);
		assert_in_range(port_of(fd), 40002, 40003);
	}
	fd = udp(lop, 0);
	assert_int_equal(lop_setsockopt(fd, SOL_IP, 51, &range, sizeof(range)), 0);
	assert_int_equal(bind_to(fd, "127.0.0.1", 0), EADDRINUSE);
	assert_int_equal(bind_to(fd, "127.0.0.2", 0), 0);
}

/* contract UR-02: growth keeps each socket where a look-up finds it; UR-03: groups */
static void
tables_grow_and_keep_every_socket(void **state)
{
	enum {
		N = 3000
	};
	struct lop *lop = fx_lop_up(*state);
	struct lop_udp_chains *chains;
	unsigned int found = 0;
	int fds[N];

	for (unsigned int i = 0; i < N; i++) {
		char text[INET_ADDRSTRLEN];

		snprintf(text, sizeof(text), "127.0.%u.%u", i / 250, 1 + i % 250);
		fds[i] = udp(lop, 2);
		assert_int_equal(bind_to(fds[i], text, 7000), 0);
	}
	chains = lop_load(lop->udp->by_addr);
	assert_true(chains->mask + 1 >= 2048);
	for (uint32_t c = 0; c <= chains->mask; c++) {
		const struct lop_sock *sk = lop_load(chains->head[c]);

		for (; sk != NULL; sk = lop_load(sk->by_addr[chains->link]), found++)
			assert_int_equal(
					lop_udp_hash(sk->rcv_saddr_be, sk->sport_be) & chains->mask,
					c);
	}
	assert_int_equal(found, N);
	for (unsigned int i = 0; i < N; i++)
		lop_close(fds[i]);
	assert_int_equal(lop->udp->nb_socks, 0);
}

static const struct lo_case cases[] = {
	LO_CASE(two_sockets_conflict_as_in_linux),
	LO_CASE(most_recent_socket_decides_about_a_shared_port),
	LO_CASE(connected_socket_leaves_other_addresses_free),
	LO_CASE(bind_checks_in_the_order_of_linux),
	LO_CASE(foreign_addresses_bind_where_linux_lets_them),
	LO_CASE(search_gives_every_port_once_and_then_gives_up),
	LO_CASE(search_meets_all_ports_about_evenly),
	LO_CASE(tables_grow_and_keep_every_socket),
};
LO_REGISTER_TEST(lop_bind_autotest, cases);
