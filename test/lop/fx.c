/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Instances of a case, their clock and wires. */

#include <string.h>

#include <rte_errno.h>

#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_stats.h"
#include "fx.h"
#include "stack.h"

#define START_US UINT64_C(1000000000)
#define INSTANCES_MAX 16

uint64_t fx_now_us;

static struct lop *instances[INSTANCES_MAX];
static unsigned int nb_instances;

static uint64_t
now_us(void *arg)
{
	RTE_SET_USED(arg);
	return fx_now_us;
}

static int
down(struct lop *lop)
{
	char name[32];
	int lost;

	snprintf(name, sizeof(name), "%s", lop_name(lop));
	lost = stack_down(lop);
	if (lost > 0)
		print_error("%s: %d mbufs are lost\n", name, lost);
	else if (lost < 0)
		print_error("%s still has workers\n", name);
	return lost == 0 ? 0 : -1;
}

static int
all_down(struct fx *fx)
{
	int ret = 0;

	RTE_SET_USED(fx);
	while (nb_instances > 0)
		ret |= down(instances[--nb_instances]);
	return ret;
}

struct lop *
fx_lop(struct fx *fx, const struct lop_conf *conf)
{
	struct lop_conf c = conf != NULL ? *conf : (struct lop_conf){ 0 };
	struct lop *lop;

	if (nb_instances == 0)
		fx_now_us = START_US;
	fx->more_fini = all_down;
	c.clock_us = now_us;
	if (c.mbufs == 0)
		c.mbufs = 4095;
	if (c.workers_max == 0)
		c.workers_max = 4;
	assert_true(nb_instances < INSTANCES_MAX);
	lop = lop_create(&c);
	if (lop == NULL)
		fail_msg("lop_create: %s", rte_strerror(rte_errno));
	instances[nb_instances++] = lop;
	assert_int_equal(lop_worker_attach(lop), 0);
	return lop;
}

struct lop *
fx_lop_up(struct fx *fx)
{
	struct lop *lop = fx_lop(fx, NULL);

	assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP), 0);
	return lop;
}

void
fx_lop_down(struct lop *lop)
{
	for (unsigned int i = 0; i < nb_instances; i++) {
		if (instances[i] != lop)
			continue;
		instances[i] = instances[--nb_instances];
		assert_int_equal(down(lop), 0);
		return;
	}
	fail_msg("no such instance");
}

struct lop_worker *
fx_worker(struct lop *lop)
{
	struct lop_worker *w = lop_worker_of(lop);

	assert_non_null(w);
	return w;
}

void
fx_advance_us(struct lop *lop, uint64_t us)
{
	fx_now_us += us;
	lop_poll_devices(lop);
}

struct sockaddr_in
fx_addr(const char *addr, uint16_t port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(port) };

	assert_int_equal(inet_pton(AF_INET, addr, &sin.sin_addr), 1);
	return sin;
}

int
fx_udp(struct lop *lop, const char *addr, uint16_t port)
{
	struct sockaddr_in sin = fx_addr(addr != NULL ? addr : "0.0.0.0", port);
	int fd = lop_socket(lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	assert_int_equal(lop_bind(fd, (const struct sockaddr *)&sin, sizeof(sin)), 0);
	return fd;
}

int
fx_wire(struct fx *fx, struct lop *lop, const char *name)
{
	const int ifindex = stack_wire(lop, name);

	RTE_SET_USED(fx);
	if (ifindex < 0)
		fail_msg("stack_wire: %s", rte_strerror(-ifindex));
	return ifindex;
}

unsigned int
fx_wire_take(struct lop *lop, int ifindex, struct rte_mbuf **pkts, unsigned int n)
{
	return stack_wire_take(lop, ifindex, pkts, n);
}

void
fx_wire_give(struct lop *lop, int ifindex, const void *frame, uint32_t bytes)
{
	assert_int_equal(stack_wire_give(lop, ifindex, frame, bytes), 0);
}
