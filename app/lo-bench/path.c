/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <lop.h>
#include <lop_if.h>
#include <lop_socket.h>
#include <lop_stats.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include "path.h"
#include "round.h"

/* What is in flight at most, and what the caches of two lcores may keep. */
#define POOL_MBUFS (2 * LOB_IN_FLIGHT_MAX - 1)

int
lob_path_refuse(const struct lob_path *p, const char *what, int err)
{
	printf("%s: left out: %s (%s)\n", p->entry->title, what, rte_strerror(err));
	return -err;
}

int
lob_path_socket(const struct lob_path *p)
{
	return p->lop != NULL ? lop_socket(p->lop, AF_INET, SOCK_DGRAM, 0)
			      : socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

int
lob_path_bind(const struct lob_path *p, int fd, struct sockaddr_in *addr)
{
	struct sockaddr *a = (struct sockaddr *)addr;
	socklen_t len = sizeof(*addr);

	if (p->lop == NULL)
		return bind(fd, a, len) != 0 ? -1 : getsockname(fd, a, &len);
	return lop_bind(fd, a, len) != 0 ? -1 : lop_getsockname(fd, a, &len);
}

/* Room for all that may wait in a socket, as charged: the largest payload counts for 4352 bytes. */
static int
make_room(const struct lob_path *p, int fd)
{
	const int bytes = LOB_IN_FLIGHT_MAX * 4352;

	/* without the right to, the kernel has room for what the rounds that use it send */
	if (p->lop == NULL)
		return 0;
	return lop_setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
}

static int
open_two(struct lob_path *p, uint32_t addr)
{
	p->tx_addr = lob_addr(addr, 0);
	p->rx_addr = lob_addr(addr, 0);
	p->tx = lob_path_socket(p);
	if (p->tx < 0 || lob_path_bind(p, p->tx, &p->tx_addr) != 0)
		return lob_path_refuse(p, "a socket", errno);
	p->rx = lob_path_socket(p);
	if (p->rx < 0 || lob_path_bind(p, p->rx, &p->rx_addr) != 0 || make_room(p, p->rx) != 0)
		return lob_path_refuse(p, "a second socket", errno);
	return 0;
}

int
lob_path_open_two(struct lob_path *p)
{
	return open_two(p, INADDR_LOOPBACK);
}

int
lob_path_open_any(struct lob_path *p)
{
	return open_two(p, INADDR_ANY);
}

static int
connect_to(const struct lob_path *p, int fd, const struct sockaddr_in *addr)
{
	const struct sockaddr *a = (const struct sockaddr *)addr;

	return p->lop != NULL ? lop_connect(fd, a, sizeof(*addr)) : connect(fd, a, sizeof(*addr));
}

int
lob_path_open_pair(struct lob_path *p)
{
	int ret = lob_path_open_two(p);

	if (ret != 0)
		return ret;
	if (connect_to(p, p->tx, &p->rx_addr) != 0 || connect_to(p, p->rx, &p->tx_addr) != 0)
		return lob_path_refuse(p, "connecting its sockets", errno);
	return 0;
}

int
lob_path_targets(struct lob_path *p)
{
	p->to = calloc(LOB_TARGETS + LOB_BURST_MAX, sizeof(*p->to));
	p->owner = calloc(LOB_TARGETS + LOB_BURST_MAX, sizeof(*p->owner));
	if (p->to == NULL || p->owner == NULL)
		return lob_path_refuse(p, "tables of destinations", ENOMEM);
	return 0;
}

void
lob_path_targets_done(struct lob_path *p)
{
	memcpy(p->to + LOB_TARGETS, p->to, LOB_BURST_MAX * sizeof(*p->to));
	memcpy(p->owner + LOB_TARGETS, p->owner, LOB_BURST_MAX * sizeof(*p->owner));
}

static int
open_instance(struct lob_path *p)
{
	const struct lop_conf conf = { .mbufs = POOL_MBUFS };
	int ret;

	p->lop = lop_create(&conf);
	if (p->lop == NULL)
		return lob_path_refuse(p, "an instance", rte_errno);
	p->pool = lop_mempool(p->lop);
	ret = lop_if_set_flags(p->lop, LOP_LO_INDEX, IFF_UP, IFF_UP);
	if (ret != 0)
		return lob_path_refuse(p, "lo up", -ret);
	return 0;
}

/* Attached only while it does something: no other instance's call looks for it then. */
static int
open_attached(struct lob_path *p)
{
	int ret = open_instance(p);

	if (ret != 0)
		return ret;
	ret = lop_worker_attach(p->lop);
	if (ret != 0)
		return lob_path_refuse(p, "a worker", -ret);
	ret = p->entry->open(p);
	lop_worker_detach(p->lop);
	return ret;
}

int
lob_path_open(struct lob_path *p, const struct lob_entry *entry, const struct lob_case *c)
{
	uint8_t frame[LOB_SIZE_MAX];
	int ret;

	memset(p, 0, sizeof(*p));
	p->entry = entry;
	p->tx = -1;
	p->rx = -1;
	p->payload_bytes = c->size_bytes - LOB_HEADER_BYTES;
	lob_packet_template(frame, c->size_bytes);
	memcpy(p->payload, frame + LOB_HEADER_BYTES, p->payload_bytes);

	ret = entry->kind == LOB_KIND_LIBLOP ? open_attached(p) : entry->open(p);
	if (ret != 0)
		lob_path_close(p);
	return ret;
}

static int
close_instance(struct lob_path *p)
{
	unsigned int missing;

	lop_worker_attach(p->lop);
	for (unsigned int i = 0; i < p->nb_socks; i++)
		lop_close(p->socks[i]);
	if (p->tx >= 0)
		lop_close(p->tx);
	if (p->rx >= 0)
		lop_close(p->rx);
	lop_worker_detach(p->lop);
	if (p->ifindex != 0)
		lop_if_detach(p->lop, p->ifindex);
	if (p->vdev[0] != '\0')
		rte_eal_hotplug_remove("vdev", p->vdev);

	missing = rte_mempool_in_use_count(lop_mempool(p->lop));
	lop_destroy(p->lop);
	if (missing == 0)
		return 0;
	fprintf(stderr, "lo-bench: %s: %u mbufs are missing from the pool\n", p->entry->title,
			missing);
	return -EIO;
}

int
lob_path_close(struct lob_path *p)
{
	int ret = 0;

	if (p->lop != NULL) {
		ret = close_instance(p);
	} else {
		if (p->tx >= 0)
			close(p->tx);
		if (p->rx >= 0)
			close(p->rx);
	}
	free(p->socks);
	free(p->to);
	free(p->owner);
	free(p->latency);
	memset(p, 0, sizeof(*p));
	return ret;
}

/* What an instance counts. */
struct counts {
	uint64_t drop[LOP_DROP_COUNT];
	uint64_t out, in, left;
};

static void
counts_read(const struct lob_path *p, struct counts *counts)
{
	struct lop_if_stats stats = { 0 };

	for (unsigned int i = 0; i < LOP_DROP_COUNT; i++)
		counts->drop[i] = lop_drop_read(p->lop, i);
	counts->out = lop_mib_read(p->lop, LOP_MIB_UDP_OUTDATAGRAMS);
	counts->in = lop_mib_read(p->lop, LOP_MIB_UDP_INDATAGRAMS);
	if (p->ifindex != 0)
		lop_if_stats(p->lop, p->ifindex, &stats);
	counts->left = stats.tx_packets;
}

/* How many were lost since, and their reasons by name. */
static uint64_t
losses(const struct counts *now, const struct counts *before, char *names, size_t size)
{
	uint64_t lost = 0;

	names[0] = '\0';
	for (unsigned int i = 0; i < LOP_DROP_COUNT; i++) {
		const uint64_t n = now->drop[i] - before->drop[i];
		const size_t used = strlen(names);

		lost += n;
		if (n != 0)
			snprintf(names + used, size - used, ", %" PRIu64 " %s", n,
					lop_drop_name(i));
	}
	return lost;
}

/*
 * Each datagram that was sent was received, or lost with a name; none of a round is to be lost.
 * After a round that failed only what was lost is told.
 */
static int
counts_check(const struct lob_round *r, const struct counts *before, int ret)
{
	const struct lob_path *p = r->path;
	struct counts now;
	char names[256];
	uint64_t lost, in;

	counts_read(p, &now);
	lost = losses(&now, before, names, sizeof(names));
	if (ret != 0)
		return lost != 0 ? lob_round_fail(r, "lost by name: %s", names + 2) : ret;
	in = p->ifindex != 0 ? now.left - before->left : now.in - before->in;
	if (r->sent != r->received + lost || lost != 0)
		return lob_round_fail(r,
				"%" PRIu64 " datagrams sent, %" PRIu64 " received, %" PRIu64
				" lost by name%s",
				r->sent, r->received, lost, names);
	if (now.out - before->out != r->sent || in != r->received)
		return lob_round_fail(r,
				"%" PRIu64 " datagrams sent and %" PRIu64 " received, but its "
				"counters say %" PRIu64 " and %" PRIu64,
				r->sent, r->received, now.out - before->out, in);
	return 0;
}

int
lob_path_round(struct lob_path *p, struct lob_round *r)
{
	struct counts before;
	int ret;

	r->path = p;
	if (p->lop == NULL) {
		ret = p->entry->round(r);
		if (ret == 0 && r->sent != r->received)
			ret = lob_round_fail(r, "%" PRIu64 " datagrams sent, %" PRIu64 " received",
					r->sent, r->received);
		return ret;
	}
	ret = lop_worker_attach(p->lop);
	if (ret != 0)
		return lob_round_fail(r, "takes no worker: %s", rte_strerror(-ret));
	counts_read(p, &before);
	ret = p->entry->round(r);
	lop_worker_detach(p->lop);
	return counts_check(r, &before, ret);
}
