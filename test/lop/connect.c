/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* connect(2), names and shutdown(2). */

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "fx.h"

static int
udp(struct lop *lop)
{
	const int fd = lop_socket(lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	return fd;
}

/* 0 or the errno. */
static int
connect_to(int fd, const char *addr, uint16_t port)
{
	const struct sockaddr_in sin = fx_addr(addr, port);

	return lop_connect(fd, (const struct sockaddr *)&sin, sizeof(sin)) == 0 ? 0 : errno;
}

static void
disconnect(int fd)
{
	const struct sockaddr none = { .sa_family = AF_UNSPEC };

	assert_int_equal(lop_connect(fd, &none, sizeof(none)), 0);
}

static void
assert_name(int fd, const char *addr, int port)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);

	assert_int_equal(lop_getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	assert_int_equal(len, sizeof(sin));
	assert_string_equal(inet_ntoa(sin.sin_addr), addr);
	if (port >= 0)
		assert_int_equal(ntohs(sin.sin_port), port);
	else
		assert_true(sin.sin_port != 0);
}

static int
peer(int fd, char addr[INET_ADDRSTRLEN])
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);

	if (lop_getpeername(fd, (struct sockaddr *)&sin, &len) != 0)
		return -errno;
	inet_ntop(AF_INET, &sin.sin_addr, addr, INET_ADDRSTRLEN);
	return ntohs(sin.sin_port);
}

/* contract CO-01, RT-08, SEND-18 */
static void
connect_sets_both_addresses(void **state)
{
	static const struct {
		const char *to, *name, *peer;
	} rows[] = {
		{ "127.0.0.1", "127.0.0.1", "127.0.0.1" },
		{ "127.1.2.3", "127.0.0.1", "127.1.2.3" },
		{ "0.0.0.0", "127.0.0.1", "127.0.0.1" },
		{ "127.0.0.0", "127.0.0.1", "127.0.0.0" },
	};
	struct lop *lop = fx_lop_up(*state);

	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		const int fd = udp(lop);
		char addr[INET_ADDRSTRLEN];

		assert_int_equal(connect_to(fd, rows[i].to, 9), 0);
		assert_name(fd, rows[i].name, -1);
		assert_int_equal(peer(fd, addr), 9);
		assert_string_equal(addr, rows[i].peer);
	}
}

/* contract CO-01, SEND-08, SEND-09: the port stays */
static void
refused_connect_leaves_the_port(void **state)
{
	static const struct {
		const char *to;
		int err;
	} rows[] = {
		{ "127.255.255.255", EACCES },
		{ "224.1.2.3", ENETUNREACH },
		{ "255.255.255.255", ENETUNREACH },
		{ "8.8.8.8", ENETUNREACH },
	};
	struct lop *lop = fx_lop_up(*state);
	char addr[INET_ADDRSTRLEN];

	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		const int fd = udp(lop);

		assert_int_equal(connect_to(fd, rows[i].to, 9), rows[i].err);
		assert_name(fd, "0.0.0.0", -1);
		assert_int_equal(peer(fd, addr), -ENOTCONN);
	}
	assert_int_equal(fx_mib(lop, "Ip", "OutNoRoutes"), 3);
}

/* contract CO-01 */
static void
connect_checks_in_the_order_of_linux(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct sockaddr_storage to = { .ss_family = AF_INET6 };
	const struct sockaddr *addr = (const struct sockaddr *)&to;
	const int fd = udp(lop);
	char name[INET_ADDRSTRLEN];

	assert_int_equal(lop_connect(1 << 20, addr, 16), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(lop_connect(fd, addr, 129), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(lop_connect(fd, addr, 1), -1);
	assert_int_equal(errno, EINVAL);
	assert_name(fd, "0.0.0.0", 0);
	assert_int_equal(lop_connect(fd, addr, 15), -1);
	assert_int_equal(errno, EINVAL);
	assert_name(fd, "0.0.0.0", -1);
	assert_int_equal(lop_connect(fd, addr, 16), -1);
	assert_int_equal(errno, EAFNOSUPPORT);
	/* port 0 is no peer to getpeername() */
	assert_int_equal(connect_to(fd, "127.0.0.1", 0), 0);
	assert_int_equal(peer(fd, name), -ENOTCONN);
}

/* contract CO-02 */
static void
second_connect_keeps_the_source(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int fd = udp(lop);
	char addr[INET_ADDRSTRLEN];

	assert_int_equal(connect_to(fd, "127.0.0.1", 9), 0);
	assert_int_equal(connect_to(fd, "127.7.7.7", 10), 0);
	assert_name(fd, "127.0.0.1", -1);
	assert_int_equal(connect_to(fd, "8.8.8.8", 11), ENETUNREACH);
	assert_int_equal(peer(fd, addr), 10);
	assert_string_equal(addr, "127.7.7.7");
}

/* contract CO-02: what bind(2) asked for stays */
static void
disconnect_forgets_what_was_chosen(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct sockaddr_in sin = fx_addr("127.0.0.5", 0);
	char name[IFNAMSIZ];
	socklen_t len = sizeof(name);
	int fd = udp(lop);

	assert_int_equal(lop_setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2), 0);
	assert_int_equal(connect_to(fd, "127.0.0.1", 9), 0);
	disconnect(fd);
	assert_name(fd, "0.0.0.0", 0);
	assert_int_equal(lop_getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &len), 0);
	assert_int_equal(len, 0);
	assert_int_equal(connect_to(fd, "127.0.0.9", 9), 0);
	assert_name(fd, "127.0.0.1", -1);

	fd = fx_udp(lop, "0.0.0.0", 7001);
	assert_int_equal(connect_to(fd, "127.0.0.1", 9), 0);
	assert_name(fd, "127.0.0.1", 7001);
	disconnect(fd);
	assert_name(fd, "0.0.0.0", 7001);

	fd = udp(lop);
	assert_int_equal(lop_bind(fd, (const struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(connect_to(fd, "127.0.0.1", 9), 0);
	disconnect(fd);
	assert_name(fd, "127.0.0.5", 0);
}

/* contract CO-06 */
static void
shutdown_refuses_without_a_peer_and_happens_all_the_same(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct pollfd p = { .fd = udp(lop), .events = POLLIN | POLLRDHUP };

	assert_int_equal(lop_shutdown(p.fd, 3), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(lop_shutdown(p.fd, SHUT_RD), -1);
	assert_int_equal(errno, ENOTCONN);
	assert_int_equal(lop_poll(&p, 1, 0), 1);
	assert_int_equal(p.revents, POLLIN | POLLRDHUP);
	assert_int_equal(connect_to(p.fd, "127.0.0.1", 9), 0);
	assert_int_equal(lop_shutdown(p.fd, SHUT_WR), 0);
	assert_int_equal(lop_poll(&p, 1, 0), 1);
	assert_int_equal(p.revents, POLLIN | POLLRDHUP | POLLHUP);
}

/* contract SK-01: names are cut to the room there is */
static void
names_are_cut_to_the_room_there_is(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int fd = fx_udp(lop, "127.0.0.1", 7000);
	uint8_t buf[32];
	socklen_t len = 1;

	memset(buf, 0xaa, sizeof(buf));
	assert_int_equal(lop_getsockname(fd, (struct sockaddr *)buf, &len), 0);
	assert_int_equal(len, 16);
	assert_int_equal(buf[0], AF_INET);
	assert_int_equal(buf[1], 0xaa);
	len = -1;
	assert_int_equal(lop_getsockname(fd, (struct sockaddr *)buf, &len), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(lop_getpeername(fd, (struct sockaddr *)buf, &len), -1);
	assert_int_equal(errno, ENOTCONN);
}

/* The MTU towards the peer; 0: not connected. */
static int
mtu_of(int fd)
{
	socklen_t len = sizeof(int);
	int mtu;

	if (lop_getsockopt(fd, IPPROTO_IP, IP_MTU, &mtu, &len) == 0)
		return mtu;
	assert_int_equal(errno, ENOTCONN);
	return 0;
}

/* contract CO-03, DEV-09: a send finds the route again; what IP_MTU says until then */
static void
mtu_is_known_as_long_as_the_route_is(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct sockaddr_in to = fx_addr("127.0.0.1", 9), away = fx_addr("8.8.8.8", 9);
	const int s = fx_udp(lop, NULL, 0);

	/* somebody who listens, or sends are refused */
	fx_udp(lop, NULL, 9);
	assert_int_equal(mtu_of(s), 0);
	assert_int_equal(lop_connect(s, (const void *)&to, sizeof(to)), 0);
	assert_int_equal(mtu_of(s), 65535);
	/* the same TOS is no change */
	assert_int_equal(lop_setsockopt(s, IPPROTO_IP, IP_TOS, &(int){ 0 }, sizeof(int)), 0);
	assert_int_equal(mtu_of(s), 65535);
	assert_int_equal(lop_setsockopt(s, IPPROTO_IP, IP_TOS, &(int){ 8 }, sizeof(int)), 0);
	assert_int_equal(mtu_of(s), 0);
	assert_int_equal(lop_send(s, "x", 1, 0), 1);
	assert_int_equal(mtu_of(s), 65535);
	assert_int_equal(lop_connect(s, (const void *)&away, sizeof(away)), -1);
	assert_int_equal(mtu_of(s), 0);

	assert_int_equal(lop_connect(s, (const void *)&to, sizeof(to)), 0);
	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 67), 0);
	assert_int_equal(mtu_of(s), 0);
	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 1000), 0);
	assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, 0, IFF_UP), 0);
	assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP), 0);
	assert_int_equal(mtu_of(s), 0);
	assert_int_equal(lop_send(s, "x", 1, 0), 1);
	assert_int_equal(mtu_of(s), 1000);
}

static const struct lo_case cases[] = {
	LO_CASE(mtu_is_known_as_long_as_the_route_is),
	LO_CASE(connect_sets_both_addresses),
	LO_CASE(refused_connect_leaves_the_port),
	LO_CASE(connect_checks_in_the_order_of_linux),
	LO_CASE(second_connect_keeps_the_source),
	LO_CASE(disconnect_forgets_what_was_chosen),
	LO_CASE(shutdown_refuses_without_a_peer_and_happens_all_the_same),
	LO_CASE(names_are_cut_to_the_room_there_is),
};
LO_REGISTER_TEST(lop_connect_autotest, cases);
