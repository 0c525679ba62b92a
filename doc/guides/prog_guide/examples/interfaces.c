/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* lo from its birth on: down, up, another MTU, another address; and what it counted. */

#include <arpa/inet.h>
#include <err.h>
#include <linux/rtnetlink.h>
#include <stdio.h>

#include <lop_if.h>
#include <lop_socket.h>
#include <rte_eal.h>

static void
show(struct lop *lop)
{
	struct lop_ifaddr addr[8];
	struct lop_if_info info;
	int n = lop_addr_list(lop, LOP_LO_INDEX, addr, 8);

	if (lop_if_get(lop, LOP_LO_INDEX, &info) != 0 || n > 8)
		errx(1, "lo");
	printf("%s: mtu %u, %s", info.name, info.mtu, (info.flags & IFF_UP) != 0 ? "up" : "down");
	for (int i = 0; i < n; i++)
		printf(", %s/%u", inet_ntoa((struct in_addr){ addr[i].local_be }),
				addr[i].prefix_len);
	printf("\n");
}

int
main(int argc, char **argv)
{
	const struct lop_ifaddr more = {
		.local_be = htonl(0x0a000001), /* 10.0.0.1/32 */
		.prefix_len = 32,
		.scope = RT_SCOPE_UNIVERSE,
	};
	struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons(5000) };
	struct lop_if_stats stats;
	char text[4000] = { 0 };

	if (rte_eal_init(argc, argv) < 0)
		errx(1, "EAL");
	struct lop *lop = lop_create(NULL);
	if (lop == NULL || lop_worker_attach(lop) != 0)
		errx(1, "no instance");
	show(lop);
	lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP);
	show(lop);
	if (lop_if_set_mtu(lop, LOP_LO_INDEX, 1500) != 0 ||
			lop_addr_add(lop, LOP_LO_INDEX, &more) != 0)
		errx(1, "lo does not change");
	show(lop);

	int fd = lop_socket(lop, AF_INET, SOCK_DGRAM, 0);
	there.sin_addr.s_addr = more.local_be;
	if (lop_bind(fd, (struct sockaddr *)&there, sizeof(there)) != 0)
		err(1, "bind");
	/* larger than the MTU: three fragments */
	if (lop_sendto(fd, text, sizeof(text), 0, (struct sockaddr *)&there, sizeof(there)) !=
			sizeof(text))
		err(1, "sendto");
	if (lop_recv(fd, text, sizeof(text), 0) != sizeof(text))
		err(1, "recv");
	if (lop_if_stats(lop, LOP_LO_INDEX, &stats) != 0 || stats.rx_packets != 3)
		errx(1, "not three packets");
	printf("%ju packets, %ju bytes\n", (uintmax_t)stats.rx_packets, (uintmax_t)stats.rx_bytes);

	lop_destroy(lop);
	return rte_eal_cleanup();
}
