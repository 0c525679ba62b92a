/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* What can be seen of a datagram: its way, the counters it moved, why it was lost. */

#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>

#include <lop_if.h>
#include <lop_socket.h>
#include <lop_stats.h>
#include <lop_trace.h>
#include <rte_eal.h>

int
main(int argc, char **argv)
{
	const struct sockaddr_in nobody = {
		.sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	if (rte_eal_init(argc, argv) < 0)
		errx(1, "EAL");
	struct lop *lop = lop_create(NULL);
	if (lop == NULL || lop_worker_attach(lop) != 0)
		errx(1, "no instance");
	lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP);

	if (lop_trace_start(lop, NULL, 16) != 0)
		errx(1, "trace");
	int fd = lop_socket(lop, AF_INET, SOCK_DGRAM, 0);
	if (lop_sendto(fd, "x", 1, 0, (const struct sockaddr *)&nobody, sizeof(nobody)) != 1)
		err(1, "sendto");
	lop_trace_stop(lop);

	/* the datagram and the ICMP error that answers it */
	if (lop_trace_print(lop, stdout) != 2)
		errx(1, "not two packets");
	for (int i = 0; i < LOP_MIB_COUNT; i++) {
		if (lop_mib_read(lop, i) != 0)
			printf("%s.%s %ju\n", lop_mib_group(i), lop_mib_field(i),
					(uintmax_t)lop_mib_read(lop, i));
	}
	for (int i = 0; i < LOP_DROP_COUNT; i++) {
		if (lop_drop_read(lop, i) != 0)
			printf("lost, %s: %ju\n", lop_drop_help(i),
					(uintmax_t)lop_drop_read(lop, i));
	}
	if (lop_mib_read(lop, LOP_MIB_UDP_NOPORTS) != 1 ||
			lop_drop_read(lop, LOP_DROP_NO_SOCKET) != 1)
		errx(1, "not counted");

	lop_destroy(lop);
	return rte_eal_cleanup();
}
