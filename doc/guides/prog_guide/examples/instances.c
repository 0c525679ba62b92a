/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Two instances know nothing of each other; a thread of its own works for one of them. */

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include <lop_if.h>
#include <lop_socket.h>
#include <rte_byteorder.h>
#include <rte_eal.h>

static const struct sockaddr_in port_5000 = {
	.sin_family = AF_INET,
	.sin_port = RTE_BE16(5000),
	.sin_addr.s_addr = RTE_BE32(INADDR_LOOPBACK),
};

static struct lop *
instance(const char *name)
{
	struct lop *lop = lop_create(&(struct lop_conf){ .name = name, .mbufs = 1023 });

	if (lop == NULL || lop_worker_attach(lop) != 0)
		errx(1, "%s", name);
	lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP);
	return lop;
}

static int
server(struct lop *lop)
{
	int fd = lop_socket(lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	/* the same address in both: no conflict */
	if (lop_bind(fd, (const struct sockaddr *)&port_5000, sizeof(port_5000)) != 0)
		err(1, "bind");
	return fd;
}

/* Any thread: it is a worker between attach and detach. */
static void *
send_one(void *arg)
{
	struct lop *lop = arg;
	int fd;

	if (lop_worker_attach(lop) != 0)
		errx(1, "attach");
	fd = lop_socket(lop, AF_INET, SOCK_DGRAM, 0);
	if (lop_sendto(fd, "x", 1, 0, (const struct sockaddr *)&port_5000, sizeof(port_5000)) != 1)
		err(1, "sendto");
	lop_close(fd);
	lop_worker_detach(lop);
	return NULL;
}

int
main(int argc, char **argv)
{
	pthread_t thread;
	char byte;

	if (rte_eal_init(argc, argv) < 0)
		errx(1, "EAL");
	struct lop *left = instance("left");
	struct lop *right = instance("right");
	int in_left = server(left);
	int in_right = server(right);

	if (pthread_create(&thread, NULL, send_one, left) != 0)
		errx(1, "thread");
	pthread_join(thread, NULL);

	if (lop_recv(in_left, &byte, 1, 0) != 1)
		err(1, "left");
	if (lop_recv(in_right, &byte, 1, 0) != -1 || errno != EAGAIN)
		errx(1, "something came over to %s", lop_name(right));
	printf("%s has it, %s has nothing\n", lop_name(left), lop_name(right));

	lop_destroy(left);
	lop_destroy(right);
	return rte_eal_cleanup();
}
