/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The one neighbour of lo, which listings hide; and what happens when it is forged. */

#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>

#include <lop_if.h>
#include <lop_neigh.h>
#include <lop_socket.h>
#include <lop_stats.h>
#include <rte_eal.h>

static void
show(const struct lop_neigh_info *n, void *arg)
{
	++*(unsigned int *)arg;
	printf("%s on interface %d, state %#x\n", inet_ntoa((struct in_addr){ n->addr_be }),
			n->ifindex, n->state);
}

static void
send_to_self(struct lop *lop, const char *addr)
{
	const struct sockaddr_in there = {
		.sin_family = AF_INET,
		.sin_port = htons(5000),
		.sin_addr.s_addr = inet_addr(addr),
	};
	int fd = lop_socket(lop, AF_INET, SOCK_DGRAM, 0);

	if (lop_sendto(fd, "x", 1, 0, (const struct sockaddr *)&there, sizeof(there)) != 1)
		err(1, "sendto");
	lop_close(fd);
}

int
main(int argc, char **argv)
{
	const struct lop_neigh_info forged = {
		.ifindex = LOP_LO_INDEX,
		.state = NUD_PERMANENT,
		.lladdr = { 2, 0, 0, 0, 0, 0x77 },
	};
	unsigned int shown = 0, hidden = 0;
	struct lop_if_stats stats;

	if (rte_eal_init(argc, argv) < 0)
		errx(1, "EAL");
	struct lop *lop = lop_create(NULL);
	if (lop == NULL || lop_worker_attach(lop) != 0)
		errx(1, "no instance");
	lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP);

	/* whatever the destination, the next hop is the same */
	send_to_self(lop, "127.0.0.1");
	send_to_self(lop, "127.1.2.3");
	lop_neigh_list(lop, 0, show, &shown);
	lop_neigh_list(lop, NUD_NOARP, show, &hidden);
	if (shown != 0 || hidden != 1)
		errx(1, "%u shown, %u hidden", shown, hidden);

	/* another link address: the packets are somebody else's now */
	if (lop_neigh_set(lop, &forged) != 0)
		errx(1, "forged");
	send_to_self(lop, "127.0.0.1");
	if (lop_if_stats(lop, LOP_LO_INDEX, &stats) != 0 || stats.rx_otherhost_dropped != 1 ||
			lop_drop_read(lop, LOP_DROP_OTHERHOST) != 1)
		errx(1, "not dropped");
	lop_proc_write(lop, "arp", stdout);

	lop_destroy(lop);
	return rte_eal_cleanup();
}
