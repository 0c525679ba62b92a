/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <lop_if.h>
#include <lop_neigh.h>
#include <lop_route.h>
#include <lop_socket.h>
#include <rte_ethdev.h>
#include <rte_random.h>

#include "many.h"

#define CHUNK 65536
#define FIRST_NET RTE_IPV4(16, 0, 0, 0)
#define FIRST_PORT 20000
#define PORTS 1000

int
lob_many_routes(struct lob_path *p, unsigned int first, unsigned int end)
{
	struct lop_route *routes = calloc(CHUNK, sizeof(*routes));
	int ret = routes == NULL ? -ENOMEM : 0;

	while (first < end && ret >= 0) {
		const unsigned int n = RTE_MIN((unsigned int)CHUNK, end - first);

		for (unsigned int i = 0; i < n; i++)
			routes[i] = (struct lop_route){
				.dst_be = rte_cpu_to_be_32(FIRST_NET + ((first + i) << 8)),
				.dst_len = 24,
				.type = RTN_LOCAL,
				.scope = RT_SCOPE_HOST,
				.table = RT_TABLE_LOCAL,
				.oif = LOP_LO_INDEX,
			};
		ret = lop_route_add_bulk(p->lop, routes, n);
		if (ret >= 0 && (unsigned int)ret < n)
			ret = -ENOSPC;
		first += n;
	}
	free(routes);
	return ret < 0 ? lob_path_refuse(p, "routes", -ret) : 0;
}

int
lob_many_route_of_all(struct lob_path *p)
{
	const struct lop_route route = {
		.dst_be = RTE_BE32(FIRST_NET),
		.dst_len = 4,
		.type = RTN_LOCAL,
		.scope = RT_SCOPE_HOST,
		.table = RT_TABLE_LOCAL,
		.oif = LOP_LO_INDEX,
	};
	int ret = lop_route_add(p->lop, &route);

	return ret != 0 ? lob_path_refuse(p, "a route", -ret) : 0;
}

uint32_t
lob_many_route_addr(unsigned int n)
{
	return FIRST_NET + (rte_rand_max(n) << 8) + 1 + rte_rand_max(254);
}

struct sockaddr_in
lob_many_socket_addr(unsigned int i)
{
	return lob_addr(RTE_IPV4(127, 1, 0, 0) + 1 + i / PORTS, FIRST_PORT + i % PORTS);
}

int
lob_many_sockets(struct lob_path *p, unsigned int n)
{
	p->socks = calloc(n, sizeof(*p->socks));
	if (p->socks == NULL)
		return lob_path_refuse(p, "a table of sockets", ENOMEM);
	for (unsigned int i = 0; i < n; i++) {
		struct sockaddr_in addr = lob_many_socket_addr(i);
		int fd = lob_path_socket(p);

		if (fd >= 0)
			p->socks[p->nb_socks++] = fd;
		if (fd < 0 || lob_path_bind(p, fd, &addr) != 0)
			return lob_path_refuse(p, "sockets", errno);
	}
	return 0;
}

int
lob_many_device(struct lob_path *p)
{
	const struct lop_ifaddr addr = {
		.local_be = RTE_BE32(RTE_IPV4(10, 0, 0, 1)),
		.prefix_len = 8,
		.scope = RT_SCOPE_UNIVERSE,
	};
	static unsigned int devices;
	uint16_t port;
	int ret;

	/* a name of its own, beside the driver of the other scenarios */
	snprintf(p->vdev, sizeof(p->vdev), "net_null_away%u", devices++);
	ret = lob_vdev_create(p->vdev, "");
	if (ret == 0)
		ret = rte_eth_dev_get_port_by_name(p->vdev, &port);
	if (ret != 0) {
		p->vdev[0] = '\0';
		return lob_path_refuse(p, "net_null, is its driver installed?", -ret);
	}
	ret = lop_if_attach(p->lop, port, "away0");
	if (ret < 0)
		return lob_path_refuse(p, "net_null as an interface", -ret);
	p->ifindex = ret;
	ret = lop_addr_add(p->lop, p->ifindex, &addr);
	if (ret == 0)
		ret = lop_if_set_flags(p->lop, p->ifindex, IFF_UP, IFF_UP);
	return ret != 0 ? lob_path_refuse(p, "net_null up", -ret) : 0;
}

uint32_t
lob_many_neighbour_addr(unsigned int i)
{
	return RTE_IPV4(10, 1, 0, 0) + 1 + i;
}

int
lob_many_neighbours(struct lob_path *p, unsigned int n)
{
	struct lop_neigh_info neigh = {
		.ifindex = p->ifindex,
		.state = NUD_PERMANENT,
		.lladdr = { 0x02, 0x6c, 0x6f, 0, 0, 1 },
	};

	for (unsigned int i = 0; i < n; i++) {
		int ret;

		neigh.addr_be = rte_cpu_to_be_32(lob_many_neighbour_addr(i));
		ret = lop_neigh_set(p->lop, &neigh);
		if (ret != 0)
			return lob_path_refuse(p, "neighbours", -ret);
	}
	return 0;
}
