/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Four sockets that receive by one call. */

#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>

#include <lop_if.h>
#include <lop_socket.h>
#include <lop_udp.h>
#include <rte_eal.h>
#include <rte_mbuf.h>

#define SOCKETS 4

int
main(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	struct rte_mbuf *pkts[2 * SOCKETS];
	int fd[SOCKETS];
	uint16_t n;

	if (rte_eal_init(argc, argv) < 0)
		errx(1, "EAL");
	struct lop *lop = lop_create(NULL);
	if (lop == NULL || lop_worker_attach(lop) != 0)
		errx(1, "no instance");
	lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP);

	for (int i = 0; i < SOCKETS; i++) {
		fd[i] = lop_socket(lop, AF_INET, SOCK_DGRAM, 0);
		addr.sin_port = htons(5000 + i);
		if (lop_bind(fd[i], (struct sockaddr *)&addr, sizeof(addr)) != 0)
			err(1, "port %d", 5000 + i);
		if (i > 0 && lop_udp_share_queue(fd[i], fd[0]) != 0)
			err(1, "socket %d", i);
	}

	/* each one sends to the next, wherever on 127/8 */
	for (int i = 0; i < SOCKETS; i++) {
		addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK + i);
		addr.sin_port = htons(5000 + (i + 1) % SOCKETS);
		if (lop_sendto(fd[i], "hello", 5, 0, (struct sockaddr *)&addr, sizeof(addr)) != 5)
			err(1, "sendto");
	}

	n = lop_udp_recv_burst(fd[0], pkts, 2 * SOCKETS);
	for (uint16_t i = 0; i < n; i++) {
		struct sockaddr_in from;

		lop_udp_source(pkts[i], &from);
		printf("for socket %d, from port %u: %.5s\n", lop_udp_fd(pkts[i]),
				ntohs(from.sin_port), rte_pktmbuf_mtod(pkts[i], char *));
	}
	rte_pktmbuf_free_bulk(pkts, n);

	lop_destroy(lop); /* closes the sockets */
	return n == SOCKETS ? rte_eal_cleanup() : 1;
}
