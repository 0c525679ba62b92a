/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Two sockets of one process talk, as over Linux's lo. */

#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>

#include <lop_if.h>
#include <lop_socket.h>
#include <rte_eal.h>

int
main(int argc, char **argv)
{
	struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons(5000) };
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char text[64];
	ssize_t n;

	if (rte_eal_init(argc, argv) < 0)
		errx(1, "EAL");
	struct lop *lop = lop_create(NULL);
	if (lop == NULL || lop_worker_attach(lop) != 0)
		errx(1, "no instance");
	lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP); /* ip link set lo up */

	int server = lop_socket(lop, AF_INET, SOCK_DGRAM, 0);
	int client = lop_socket(lop, AF_INET, SOCK_DGRAM, 0);

	inet_pton(AF_INET, "127.0.0.1", &there.sin_addr);
	if (lop_bind(server, (struct sockaddr *)&there, sizeof(there)) != 0)
		err(1, "bind");
	if (lop_sendto(client, "hello", 5, 0, (struct sockaddr *)&there, sizeof(there)) != 5)
		err(1, "sendto");
	n = lop_recvfrom(server, text, sizeof(text), 0, (struct sockaddr *)&from, &len);
	if (n < 0)
		err(1, "recvfrom");
	printf("%.*s from %s\n", (int)n, text, inet_ntoa(from.sin_addr));

	lop_destroy(lop); /* closes the sockets */
	return rte_eal_cleanup();
}
