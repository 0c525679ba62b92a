/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#include <arpa/inet.h>
#include <errno.h>

#include <rte_bus_vdev.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>

#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_neigh.h"
#include "../../lib/lop/include/lop_route.h"
#include "../../lib/lop/include/lop_socket.h"
#include "world.h"

#define WIRE_SLOTS 256
#define WIRE_NAME "fuzzwire"
#define MBUFS 2047

struct world world;

static struct rte_ring *rx, *tx; /* of the wire, as the instance sees them */

static uint64_t
now_us(void *arg)
{
	const struct world *w = arg;

	return w->now_us;
}

static void
address(int ifindex, const char *text, uint8_t len)
{
	struct lop_ifaddr a = { .local_be = inet_addr(text), .prefix_len = len };

	a.broadcast_be = len < 31 ? a.local_be | rte_cpu_to_be_32(UINT32_MAX >> len) : 0;
	FUZZ_CHECK(lop_addr_add(world.lop, ifindex, &a) == 0);
}

static void
route(const char *dst, uint8_t len, uint8_t type, const char *gateway, uint32_t mtu)
{
	const struct lop_route r = {
		.dst_be = inet_addr(dst),
		.dst_len = len,
		.type = type,
		.gateway_be = gateway != NULL ? inet_addr(gateway) : 0,
		.oif = type == RTN_UNICAST ? world.wire : 0,
		.mtu_bytes = mtu,
	};

	FUZZ_CHECK(lop_route_add(world.lop, &r) == 0);
}

static void
populate(void)
{
	const struct lop_neigh_info neigh = {
		.ifindex = world.wire,
		.addr_be = inet_addr("10.0.0.2"),
		.state = NUD_PERMANENT,
		.lladdr = { 2, 0, 0, 0, 0, 2 },
	};

	FUZZ_CHECK(lop_if_set_flags(world.lop, LOP_LO_INDEX, IFF_UP, IFF_UP) == 0);
	FUZZ_CHECK(lop_if_set_flags(world.lop, world.wire, IFF_UP, IFF_UP) == 0);
	address(world.wire, "10.0.0.1", 24);
	address(world.wire, "10.0.0.9", 24);
	address(world.wire, "192.0.2.1", 32);
	FUZZ_CHECK(lop_neigh_set(world.lop, &neigh) == 0);
	route("0.0.0.0", 0, RTN_UNICAST, "10.0.0.2", 0);
	route("10.1.0.0", 16, RTN_UNICAST, "10.0.0.2", 600);
	route("10.2.0.0", 16, RTN_BLACKHOLE, NULL, 0);
	route("10.3.0.0", 16, RTN_UNREACHABLE, NULL, 0);
	route("10.4.0.0", 16, RTN_PROHIBIT, NULL, 0);
}

void
world_open(void)
{
	const struct lop_conf conf = { .name = "fuzz",
		.mbufs = MBUFS,
		.workers_max = 1,
		.seed = 1,
		.clock_us = now_us,
		.clock_arg = &world };
	int port;

	memset(&world, 0, sizeof(world));
	world.now_us = 1000000000;
	world.lop = lop_create(&conf);
	FUZZ_CHECK(world.lop != NULL);
	FUZZ_CHECK(lop_worker_attach(world.lop) == 0);
	rx = rte_ring_create(WIRE_NAME "_rx", WIRE_SLOTS, SOCKET_ID_ANY, 0);
	tx = rte_ring_create(WIRE_NAME "_tx", WIRE_SLOTS, SOCKET_ID_ANY, 0);
	FUZZ_CHECK(rx != NULL && tx != NULL);
	port = rte_eth_from_rings(WIRE_NAME, &rx, 1, &tx, 1, 0);
	FUZZ_CHECK(port >= 0);
	world.wire = lop_if_attach(world.lop, port, "wire0");
	FUZZ_CHECK(world.wire > 0);
	populate();
}

void
world_close(void)
{
	lop_socks_close_all(world.lop);
	world_unwatch();
	world_settle();
	lop_if_detach(world.lop, world.wire);
	rte_vdev_uninit("net_ring_" WIRE_NAME);
	rte_ring_free(rx);
	rte_ring_free(tx);
	FUZZ_CHECK(lop_destroy(world.lop) == 0);
}

struct ext {
	struct rte_mbuf_ext_shared_info info;
	char *block;
};

static void
ext_free(void *addr, void *opaque)
{
	struct ext *ext = opaque;

	RTE_SET_USED(addr);
	free(ext->block);
	free(ext);
}

/* Behind the last byte nothing is ours. */
static bool
attach_exact(struct rte_mbuf *m, size_t n)
{
	const size_t size = RTE_PKTMBUF_HEADROOM + n;
	struct ext *ext = calloc(1, sizeof(*ext));

	FUZZ_CHECK(ext != NULL);
	ext->block = malloc(size);
	FUZZ_CHECK(ext->block != NULL);
	ext->info.free_cb = ext_free;
	ext->info.fcb_opaque = ext;
	rte_mbuf_ext_refcnt_set(&ext->info, 1);
	rte_pktmbuf_attach_extbuf(m, ext->block, RTE_BAD_IOVA, size, &ext->info);
	m->data_off = RTE_PKTMBUF_HEADROOM;
	return true;
}

static struct rte_mbuf *
segment(const uint8_t *data, size_t n, bool exact)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(lop_mempool(world.lop));

	if (m == NULL)
		return NULL;
	if (exact)
		attach_exact(m, n);
	m->data_len = n;
	m->pkt_len = n;
	if (n != 0)
		memcpy(rte_pktmbuf_mtod(m, void *), data, n);
	return m;
}

struct rte_mbuf *
world_frame(const uint8_t *data, size_t n, unsigned int parts, bool exact)
{
	struct rte_mbuf *first = NULL;

	n = RTE_MIN(n, (size_t)2048 * parts);
	for (; parts > 0; parts--) {
		const size_t len = n / parts;
		struct rte_mbuf *m = segment(data, len, exact);

		if (m == NULL || (first != NULL && rte_pktmbuf_chain(first, m) != 0)) {
			rte_pktmbuf_free(first);
			rte_pktmbuf_free(m);
			return NULL;
		}
		if (first == NULL)
			first = m;
		data += len;
		n -= len;
	}
	return first;
}

void
world_arrive(struct rte_mbuf *m, bool at_lo)
{
	struct lop_worker *w = lop_worker_of(world.lop);

	if (!at_lo) {
		if (rte_ring_enqueue(rx, m) != 0)
			rte_pktmbuf_free(m);
		lop_poll_devices(world.lop);
		return;
	}
	lop_enter(w);
	lop_input(w, world.lop->lo, &m, 1);
	lop_loop(w);
	lop_leave(w);
}

void
world_wire_drain(void)
{
	struct rte_mbuf *m;

	while (rte_ring_dequeue(tx, (void **)&m) == 0) {
		rte_mbuf_sanity_check(m, 1);
		rte_pktmbuf_free(m);
	}
}

void
world_sock_drain(int fd)
{
	char data[256], control[256];

	for (;;) {
		struct iovec iov = { data, sizeof(data) };
		struct sockaddr_storage from;
		struct msghdr msg = {
			.msg_name = &from,
			.msg_namelen = sizeof(from),
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};

		if (lop_recvmsg(fd, &msg, MSG_DONTWAIT) >= 0)
			continue;
		if (errno == EBADF || errno == ENXIO)
			return;
		msg.msg_namelen = sizeof(from);
		msg.msg_controllen = sizeof(control);
		if (lop_recvmsg(fd, &msg, MSG_DONTWAIT | MSG_ERRQUEUE) < 0)
			return;
	}
}

void
world_settle(void)
{
	const struct rte_mempool *pool = lop_mempool(world.lop);
	struct lop_worker *w = lop_worker_of(world.lop);
	struct rte_mbuf *m;

	world_reinject();
	world_wire_drain();
	/* what is not whole by now never will be */
	for (int i = 0; i < 2; i++) {
		world.now_us += UINT64_C(3600) * 1000000;
		lop_poll_devices(world.lop);
		world_wire_drain();
	}
	world.hook_at = 0;
	memset(world.hook, 0, sizeof(world.hook));
	world_reinject();
	for (int fd = 0; fd < 256; fd++)
		world_sock_drain(fd);
	world_wire_drain();
	/* of a wire that is down; and fragments that a setting lets wait for years */
	while (rte_ring_dequeue(rx, (void **)&m) == 0)
		rte_pktmbuf_free(m);
	lop_reasm_fini(w);
	FUZZ_CHECK(lop_reasm_init(w) == 0);
	FUZZ_CHECK(rte_mempool_avail_count(pool) == pool->size);
}
