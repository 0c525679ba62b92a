/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Datagrams as mbufs: what is sent comes out at the receiver, uncopied. */

#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <string.h>

#include <lop_if.h>
#include <lop_socket.h>
#include <lop_udp.h>
#include <rte_eal.h>
#include <rte_mbuf.h>

#define BURST 32

int
main(int argc, char **argv)
{
	struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons(5000) };
	struct sockaddr_in from;
	struct rte_mbuf *pkts[BURST];
	uint16_t n;

	if (rte_eal_init(argc, argv) < 0)
		errx(1, "EAL");
	struct lop *lop = lop_create(NULL);
	if (lop == NULL || lop_worker_attach(lop) != 0)
		errx(1, "no instance");
	lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP);

	int server = lop_socket(lop, AF_INET, SOCK_DGRAM, 0);
	int client = lop_socket(lop, AF_INET, SOCK_DGRAM, 0);
	there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (lop_bind(server, (struct sockaddr *)&there, sizeof(there)) != 0 ||
			lop_connect(client, (struct sockaddr *)&there, sizeof(there)) != 0)
		err(1, "sockets");

	/* fresh mbufs have the room in front that headers need */
	if (rte_pktmbuf_alloc_bulk(lop_mempool(lop), pkts, BURST) != 0)
		errx(1, "mbufs");
	for (unsigned int i = 0; i < BURST; i++)
		memset(rte_pktmbuf_append(pkts[i], 18), 'a' + i % 26, 18);

	n = lop_udp_send_burst(client, NULL, pkts, BURST);
	/* what was not accepted is still ours */
	rte_pktmbuf_free_bulk(pkts + n, BURST - n);
	if (n != BURST)
		err(1, "%u of %u sent", n, BURST);

	n = lop_udp_recv_burst(server, pkts, BURST);
	if (n == 0)
		errx(1, "nothing came");
	lop_udp_source(pkts[0], &from);
	printf("%u datagrams, the first %.18s from %s\n", n, rte_pktmbuf_mtod(pkts[0], char *),
			inet_ntoa(from.sin_addr));
	rte_pktmbuf_free_bulk(pkts, n);

	lop_destroy(lop);
	return n == BURST ? rte_eal_cleanup() : 1;
}
