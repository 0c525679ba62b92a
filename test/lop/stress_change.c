/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* What the main thread changes about sockets, routes, addresses and the link. */

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <linux/filter.h>

#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_neigh.h"
#include "../../lib/lop/include/lop_stats.h"
#include "stress_change.h"

#define ROUTES 32

/* An index that moves on by one whenever all changes had their turns. */
static unsigned int
turn(const struct ps *ps, unsigned int round)
{
	return round / (2 * ps->shape.nb_changes);
}

static void
connect_to(int fd, uint16_t port)
{
	const struct sockaddr_in to = fx_addr("127.0.0.1", port);

	assert_int_equal(lop_connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
}

/* Connected to a socket that is there, or to the next victim, which may not be. */
void
ps_victim_open(struct ps *ps, unsigned int i)
{
	const uint16_t port = PS_PORT + PS_WORKERS + PS_SHARED;
	const int fd = fx_udp(ps->lop, NULL, port + i);

	__atomic_store_n(&ps->victims[i], fd, __ATOMIC_RELAXED);
	if (i % 2 == 0)
		connect_to(fd, PS_PORT + PS_WORKERS + 1);
	else
		connect_to(fd, port + (i + 1) % PS_VICTIMS);
}

void
ps_change_victim(struct ps *ps, unsigned int round)
{
	const unsigned int i = turn(ps, round) % PS_VICTIMS;

	if (round % 2 == 0)
		assert_int_equal(lop_close(ps->victims[i]), 0);
	else
		ps_victim_open(ps, i);
}

/* Whose queue others share may be closed while they do: a victim. */
void
ps_change_share(struct ps *ps, unsigned int round)
{
	const unsigned int i = turn(ps, round) % PS_VICTIMS;
	const int owner = ps->victims[(i + 1) % PS_VICTIMS];

	lop_udp_share_queue(ps->shared[0], round % 2 == 0 ? owner : ps->shared[i % 2]);
	lop_udp_share_queue(ps->victims[i], i % 2 == 0 ? owner : ps->shared[1]);
	if (round % 2 != 0)
		lop_udp_share_queue(ps->victims[(i + 2) % PS_VICTIMS],
				ps->victims[(i + 2) % PS_VICTIMS]);
}

void
ps_change_peer(struct ps *ps, unsigned int round)
{
	const struct sockaddr nobody = { .sa_family = AF_UNSPEC };

	if (round % 2 == 0 && turn(ps, round) % 2 == 0)
		assert_int_equal(lop_connect(ps->shared_connected, &nobody, sizeof(nobody)), 0);
	else
		connect_to(ps->shared_connected, PS_PORT + PS_WORKERS + round % 2);
}

/* Another filter, or none: each keeps everything. */
static void
change_filter(int fd, unsigned int round)
{
	struct sock_filter code[] = {
		{ .code = BPF_LD | BPF_W | BPF_LEN },
		{ .code = BPF_RET | BPF_A },
	};
	const struct sock_fprog prog = { .len = RTE_DIM(code), .filter = code };
	const int none = 0;

	if (round % 4 != 0)
		assert_int_equal(lop_setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
						 sizeof(prog)),
				0);
	else
		lop_setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof(none));
}

void
ps_change_options(struct ps *ps, unsigned int round)
{
	const int bytes = round % 2 == 0 ? 4096 : 212992, ttl = 64 + round % 2, tos = round % 2 * 8;
	const int fds[] = { ps->shared[0], ps->shared_connected };

	for (unsigned int i = 0; i < RTE_DIM(fds); i++) {
		assert_int_equal(lop_setsockopt(fds[i], SOL_SOCKET, SO_RCVBUF, &bytes,
						 sizeof(bytes)),
				0);
		change_filter(fds[i], turn(ps, round) * 2 + round % 2);
		assert_int_equal(lop_setsockopt(fds[i], IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl)), 0);
		assert_int_equal(lop_setsockopt(fds[i], IPPROTO_IP, IP_TOS, &tos, sizeof(tos)), 0);
	}
}

/* So many that look-ups find their tables replaced by larger ones. */
void
ps_change_crowd(struct ps *ps, unsigned int round)
{
	if (round % 2 == 0) {
		for (; ps->nb_crowd < PS_CROWD; ps->nb_crowd++)
			ps->crowd[ps->nb_crowd] = fx_udp(ps->lop, "127.0.0.2", 0);
		return;
	}
	while (ps->nb_crowd > 0)
		assert_int_equal(lop_close(ps->crowd[--ps->nb_crowd]), 0);
}

void
ps_change_address(struct ps *ps, unsigned int round)
{
	const struct lop_ifaddr addr = { .local_be = fx_addr(PS_FAR, 0).sin_addr.s_addr,
		.prefix_len = 32 };

	if (round % 2 == 0)
		assert_int_equal(lop_addr_add(ps->lop, LOP_LO_INDEX, &addr), 0);
	else
		assert_int_equal(lop_addr_del(ps->lop, LOP_LO_INDEX, &addr), 0);
}

/* A way to the same address that is no address of an interface. */
void
ps_change_route(struct ps *ps, unsigned int round)
{
	const struct lop_route route = {
		.dst_be = fx_addr("10.9.0.0", 0).sin_addr.s_addr,
		.dst_len = 16,
		.type = RTN_LOCAL,
		.scope = RT_SCOPE_HOST,
		.table = RT_TABLE_LOCAL,
		.oif = LOP_LO_INDEX,
	};

	if (round % 2 == 0)
		assert_int_equal(lop_route_add(ps->lop, &route), 0);
	else
		assert_int_equal(lop_route_del(ps->lop, &route), 0);
}

void
ps_change_many_routes(struct ps *ps, unsigned int round)
{
	struct lop_route routes[ROUTES];

	for (unsigned int i = 0; i < ROUTES; i++) {
		routes[i] = (struct lop_route){ .dst_be = rte_cpu_to_be_32(20 << 24 | i << 6),
			.dst_len = 20 + i % 11,
			.oif = LOP_LO_INDEX,
			.scope = RT_SCOPE_LINK };
		routes[i].dst_be &= rte_cpu_to_be_32(UINT32_MAX << (32 - routes[i].dst_len));
		routes[i].priority = i;
	}
	if (round % 2 == 0) {
		assert_int_equal(lop_route_add_bulk(ps->lop, routes, ROUTES), ROUTES);
		return;
	}
	for (unsigned int i = 0; i < ROUTES; i++)
		assert_int_equal(lop_route_del(ps->lop, &routes[i]), 0);
}

void
ps_change_mtu(struct ps *ps, unsigned int round)
{
	assert_int_equal(lop_if_set_mtu(ps->lop, LOP_LO_INDEX, round % 2 == 0 ? 600 : 65536), 0);
}

/* The same link address, by another state. */
void
ps_change_neighbour(struct ps *ps, unsigned int round)
{
	const struct lop_neigh_info info = { .ifindex = LOP_LO_INDEX, .state = NUD_PERMANENT };

	if (round % 2 == 0)
		assert_int_equal(lop_neigh_set(ps->lop, &info), 0);
	else
		assert_int_equal(lop_neigh_del(ps->lop, LOP_LO_INDEX, 0), 0);
}

/* Another host's link address. */
void
ps_change_lladdr(struct ps *ps, unsigned int round)
{
	const struct lop_neigh_info info = {
		.ifindex = LOP_LO_INDEX, .state = NUD_PERMANENT, .lladdr = { 2, 0, 0, 0, 0, 0x77 }
	};

	if (round % 2 == 0)
		assert_int_equal(lop_neigh_set(ps->lop, &info), 0);
	else
		assert_int_equal(lop_neigh_del(ps->lop, LOP_LO_INDEX, 0), 0);
}

void
ps_change_mac(struct ps *ps, unsigned int round)
{
	const uint8_t mac[ETH_ALEN] = { 2, 0x11 * (round % 2), 3, 4, 5, 0x11 * (round % 2) };

	assert_int_equal(lop_if_set_mac(ps->lop, LOP_LO_INDEX, mac), 0);
}

void
ps_change_link(struct ps *ps, unsigned int round)
{
	assert_int_equal(lop_if_set_flags(ps->lop, LOP_LO_INDEX, round % 2 == 0 ? 0 : IFF_UP,
					 IFF_UP),
			0);
}

/* Settings, and what is read of everything meanwhile. */
void
ps_change_settings(struct ps *ps, unsigned int round)
{
	static const char *const files[] = { "snmp", "netstat", "udp", "dev", "arp" };
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	assert_int_equal(
			lop_sysctl_set(ps->lop, "ip_default_ttl", round % 2 == 0 ? "32" : "64"), 0);
	for (unsigned int i = 0; i < RTE_DIM(files); i++)
		assert_int_equal(lop_proc_write(ps->lop, files[i], f), 0);
	fclose(f);
	free(text);
	lop_route_flush_cache(ps->lop);
}

void
ps_changes_end(struct ps *ps)
{
	struct lop_if_info info;
	struct lop_ifaddr addrs[4];
	int n;

	for (unsigned int i = 0; i < PS_VICTIMS; i++) {
		lop_close(ps->victims[i]);
		ps_victim_open(ps, i);
	}
	while (ps->nb_crowd > 0)
		assert_int_equal(lop_close(ps->crowd[--ps->nb_crowd]), 0);
	assert_int_equal(lop_if_get(ps->lop, LOP_LO_INDEX, &info), 0);
	if ((info.flags & IFF_UP) == 0)
		ps_change_link(ps, 1);
	/* the loopback's own and at most one more */
	n = lop_addr_list(ps->lop, LOP_LO_INDEX, addrs, RTE_DIM(addrs));
	assert_true(n == 1 || n == 2);
	ps_hooks_end(ps);
}
