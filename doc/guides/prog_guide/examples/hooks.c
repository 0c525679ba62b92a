/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* A hook that counts, and a filter that closes a port. */

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>

#include <lop_filter.h>
#include <lop_if.h>
#include <lop_socket.h>
#include <rte_eal.h>

/* Verdicts are ACCEPT unless the hook writes others. */
static void
count(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts, uint8_t *verdicts,
		uint16_t n)
{
	(void)state;
	(void)pkts;
	(void)verdicts;
	*(unsigned int *)arg += n;
}

static ssize_t
send_to(int fd, uint16_t port)
{
	const struct sockaddr_in there = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	return lop_sendto(fd, "x", 1, 0, (const struct sockaddr *)&there, sizeof(there));
}

int
main(int argc, char **argv)
{
	const struct lop_filter_rule rule = {
		.protocol = IPPROTO_UDP,
		.dport_min = 7,
		.dport_max = 7,
		.verdict = LOP_VERDICT_DROP,
	};
	unsigned int seen = 0;

	if (rte_eal_init(argc, argv) < 0)
		errx(1, "EAL");
	struct lop *lop = lop_create(NULL);
	if (lop == NULL || lop_worker_attach(lop) != 0)
		errx(1, "no instance");
	lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP);

	int id = lop_hook_register(lop,
			&(struct lop_hook){
					.name = "count",
					.point = LOP_HOOK_POST_ROUTING,
					.fn = count,
					.arg = &seen,
			});
	struct lop_filter *filter = lop_filter_create(
			lop, LOP_HOOK_LOCAL_OUT, 0, LOP_VERDICT_ACCEPT);
	if (id < 0 || filter == NULL || lop_filter_set(filter, &rule, 1) != 0)
		errx(1, "hooks");

	int fd = lop_socket(lop, AF_INET, SOCK_DGRAM, 0);
	if (send_to(fd, 7) != -1 || errno != EPERM)
		errx(1, "port 7 is open");
	if (send_to(fd, 8) != 1)
		err(1, "port 8");
	/* the datagram, and the answer that nobody is there */
	if (seen != 2 || lop_filter_hits(filter, 0) != 1)
		errx(1, "%u packets seen", seen);
	printf("port 7 is closed, %u packets passed POST_ROUTING\n", seen);

	lop_filter_destroy(filter);
	lop_hook_unregister(lop, id);
	lop_destroy(lop);
	return rte_eal_cleanup();
}
