/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Where a packet goes, and what refuses it. */

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <lop_if.h>
#include <lop_route.h>
#include <lop_socket.h>
#include <rte_eal.h>

/* As "ip route get". */
static int
ask(struct lop *lop, const char *to)
{
	struct lop_route_answer answer;
	int ret = lop_route_get(lop, inet_addr(to), 0, 0, &answer);

	if (ret != 0)
		printf("%s: %s\n", to, strerror(-ret));
	else
		printf("%s: interface %d, source %s\n", to, answer.oif,
				inet_ntoa((struct in_addr){ answer.src_be }));
	return ret;
}

int
main(int argc, char **argv)
{
	const struct lop_route closed = {
		.dst_be = inet_addr("10.1.0.0"),
		.dst_len = 16,
		.type = RTN_PROHIBIT,
	};
	const struct lop_route here = {
		.dst_be = inet_addr("10.2.0.0"),
		.dst_len = 16,
		.type = RTN_LOCAL,
		.scope = RT_SCOPE_HOST,
		.table = RT_TABLE_LOCAL,
		.oif = LOP_LO_INDEX,
		.prefsrc_be = inet_addr("127.0.0.1"),
	};

	if (rte_eal_init(argc, argv) < 0)
		errx(1, "EAL");
	struct lop *lop = lop_create(NULL);
	if (lop == NULL || lop_worker_attach(lop) != 0)
		errx(1, "no instance");
	lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP);
	if (lop_route_add(lop, &closed) != 0 || lop_route_add(lop, &here) != 0)
		errx(1, "routes");

	if (ask(lop, "127.1.2.3") != 0 || ask(lop, "10.2.3.4") != 0)
		errx(1, "not local");
	if (ask(lop, "10.1.2.3") != -EACCES || ask(lop, "192.0.2.1") != -ENETUNREACH)
		errx(1, "not refused");
	lop_route_del(lop, &closed);
	if (ask(lop, "10.1.2.3") != -ENETUNREACH)
		errx(1, "still there");

	lop_destroy(lop);
	return rte_eal_cleanup();
}
