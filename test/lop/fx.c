/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Instances of a case, their clock and wires. */

#include <string.h>

#include <rte_bus_vdev.h>
#include <rte_errno.h>
#include <rte_eth_ring.h>

#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_stats.h"
#include "fx.h"

#define START_US UINT64_C(1000000000)
#define INSTANCES_MAX 16
#define WIRES_MAX 8
#define WIRE_SLOTS 1024

uint64_t fx_now_us;

static struct lop *instances[INSTANCES_MAX];
static unsigned int nb_instances;

static struct wire {
	const struct lop *lop;
	int ifindex;
	char vdev[RTE_DEV_NAME_MAX_LEN];
	struct rte_ring *rx, *tx; /* as the stack sees them */
} wires[WIRES_MAX];
static unsigned int nb_wires;

static uint64_t
now_us(void *arg)
{
	RTE_SET_USED(arg);
	return fx_now_us;
}

static void
wires_free(const struct lop *lop)
{
	for (unsigned int i = 0; i < nb_wires;) {
		struct wire *w = &wires[i];
		struct rte_mbuf *m;

		if (w->lop != lop) {
			i++;
			continue;
		}
		while (rte_ring_dequeue(w->rx, (void **)&m) == 0)
			rte_pktmbuf_free(m);
		while (rte_ring_dequeue(w->tx, (void **)&m) == 0)
			rte_pktmbuf_free(m);
		rte_vdev_uninit(w->vdev);
		rte_ring_free(w->rx);
		rte_ring_free(w->tx);
		*w = wires[--nb_wires];
	}
}

/* The mbufs are counted when nothing can hold one any more. */
static int
down(struct lop *lop)
{
	struct rte_mempool *pool = lop_mempool(lop);
	unsigned int lost;

	lop_socks_close_all(lop);
	for (int i = LOP_LO_INDEX + 1; i < LOP_IFS_MAX; i++)
		lop_if_detach(lop, i);
	wires_free(lop);
	if (lop_worker_of(lop) != NULL)
		lop_poll_devices(lop);
	for (unsigned int i = 0; i < LOP_WORKERS_MAX; i++) {
		if (lop->workers[i] != NULL)
			lop_reasm_fini(lop->workers[i]);
	}
	for (unsigned int i = 0; i < LOP_WORKERS_MAX; i++) {
		if (lop->workers[i] != NULL && lop_reasm_init(lop->workers[i]) != 0)
			return -1;
	}
	lost = pool->size - rte_mempool_avail_count(pool);
	if (lost != 0)
		print_error("%s: %u mbufs are lost\n", lop_name(lop), lost);
	if (lop_destroy(lop) != 0) {
		print_error("an instance still has workers\n");
		return -1;
	}
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
	struct wire *w = &wires[nb_wires];
	char text[RTE_RING_NAMESIZE];
	int port;

	RTE_SET_USED(fx);
	assert_true(nb_wires < WIRES_MAX);
	snprintf(text, sizeof(text), "rx_%.10s_%.10s", lop_name(lop), name);
	w->rx = rte_ring_create(text, WIRE_SLOTS, SOCKET_ID_ANY, 0);
	snprintf(text, sizeof(text), "tx_%.10s_%.10s", lop_name(lop), name);
	w->tx = rte_ring_create(text, WIRE_SLOTS, SOCKET_ID_ANY, 0);
	assert_true(w->rx != NULL && w->tx != NULL);
	snprintf(text, sizeof(text), "w_%.10s_%.10s", lop_name(lop), name);
	port = rte_eth_from_rings(text, &w->rx, 1, &w->tx, 1, 0);
	assert_true(port >= 0);
	snprintf(w->vdev, sizeof(w->vdev), "net_ring_%s", text);
	w->lop = lop;
	w->ifindex = lop_if_attach(lop, port, name);
	if (w->ifindex < 0)
		fail_msg("lop_if_attach: %s", rte_strerror(-w->ifindex));
	nb_wires++;
	return w->ifindex;
}

static struct wire *
wire_of(const struct lop *lop, int ifindex)
{
	for (unsigned int i = 0; i < nb_wires; i++) {
		if (wires[i].lop == lop && wires[i].ifindex == ifindex)
			return &wires[i];
	}
	fail_msg("interface %d is no wire", ifindex);
	return NULL;
}

unsigned int
fx_wire_take(struct lop *lop, int ifindex, struct rte_mbuf **pkts, unsigned int n)
{
	return rte_ring_dequeue_burst(wire_of(lop, ifindex)->tx, (void **)pkts, n, NULL);
}

void
fx_wire_give(struct lop *lop, int ifindex, const void *frame, uint32_t bytes)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(lop_mempool(lop));
	char *to;

	assert_non_null(m);
	to = rte_pktmbuf_append(m, bytes);
	assert_non_null(to);
	memcpy(to, frame, bytes);
	assert_int_equal(rte_ring_enqueue(wire_of(lop, ifindex)->rx, m), 0);
	lop_poll_devices(lop);
}
