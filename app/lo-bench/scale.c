/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
/*
 * The same traffic with few and with many of something in the instance. Bursts go to random
 * destinations among those that there are, so that large tables are read all over.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <lop_hook.h>
#include <lop_udp.h>
#include <rte_random.h>

#include "many.h"
#include "round.h"
#include "udp.h"

#define ROUTES 1000000
#define SOCKETS 100000
#define NEIGHBOURS 100000
#define HOOKS 16

/* A sender to random destinations of 16.0.0.0/4 and the one socket that gets them all. */
static int
open_routes(struct lob_path *p)
{
	struct sockaddr_in *to;
	int ret;

	if (p->entry->n == 1)
		ret = lob_many_route_of_all(p);
	else
		ret = lob_many_routes(p, 0, p->entry->n);
	if (ret == 0)
		ret = lob_path_open_any(p);
	if (ret == 0)
		ret = lob_path_targets(p);
	if (ret != 0)
		return ret;
	for (to = p->to; to < p->to + LOB_TARGETS; to++)
		*to = lob_addr(lob_many_route_addr(ROUTES), rte_be_to_cpu_16(p->rx_addr.sin_port));
	lob_path_targets_done(p);
	return 0;
}

/* One flow, from a pair of sockets beside the others. */
static int
open_bystanders(struct lob_path *p)
{
	int ret = lob_many_sockets(p, p->entry->n - 1);

	return ret == 0 ? lob_path_open_pair(p) : ret;
}

/* A sender, and the sockets that get its datagrams at random. */
static int
open_receivers(struct lob_path *p)
{
	int ret = lob_many_sockets(p, p->entry->n);

	if (ret == 0)
		ret = lob_path_open_two(p);
	if (ret == 0)
		ret = lob_path_targets(p);
	if (ret != 0)
		return ret;
	for (unsigned int i = 0; i < LOB_TARGETS; i++) {
		p->owner[i] = rte_rand_max(p->nb_socks);
		p->to[i] = lob_many_socket_addr(p->owner[i]);
	}
	lob_path_targets_done(p);
	return 0;
}

static void
empty_hook(void *arg __rte_unused, const struct lop_hook_state *state __rte_unused,
		struct rte_mbuf **pkts __rte_unused, uint8_t *verdicts __rte_unused,
		uint16_t n __rte_unused)
{
}

/* Hooks that accept everything, on the four points that a datagram meets, in turn. */
static int
open_hooks(struct lob_path *p)
{
	static const enum lop_hook_point points[] = { LOP_HOOK_LOCAL_OUT, LOP_HOOK_LOCAL_IN,
		LOP_HOOK_PRE_ROUTING, LOP_HOOK_POST_ROUTING };

	for (unsigned int i = 0; i < p->entry->n; i++) {
		const struct lop_hook hook = {
			.name = "empty",
			.point = points[i % RTE_DIM(points)],
			.fn = empty_hook,
		};
		int ret = lop_hook_register(p->lop, &hook);

		if (ret < 0)
			return lob_path_refuse(p, "hooks", -ret);
	}
	return lob_path_open_pair(p);
}

/* A sender to random neighbours. */
static int
open_neighbours(struct lob_path *p)
{
	int ret = lob_many_device(p);

	if (ret == 0)
		ret = lob_many_neighbours(p, p->entry->n);
	if (ret == 0)
		ret = lob_path_open_any(p);
	if (ret == 0)
		ret = lob_path_targets(p);
	if (ret != 0)
		return ret;
	for (unsigned int i = 0; i < LOB_TARGETS; i++)
		p->to[i] = lob_addr(lob_many_neighbour_addr(rte_rand_max(p->entry->n)),
				IPPORT_USERRESERVED);
	lob_path_targets_done(p);
	return 0;
}

static __rte_always_inline int
send_burst(struct lob_round *r)
{
	const struct lob_path *p = r->path;
	struct rte_mbuf *pkts[LOB_BURST_MAX];
	uint16_t sent;

	if (unlikely(!lob_payload_burst(p, pkts, r->c.burst, r->sent)))
		return lob_round_fail(r, "the pool is empty");
	sent = lop_udp_send_burst_to(p->tx, &p->to[r->sent % LOB_TARGETS], pkts, r->c.burst);
	r->sent += sent;
	if (unlikely(sent != r->c.burst))
		return lob_round_fail(r, "%u of %u datagrams are accepted: %s", sent, r->c.burst,
				strerror(errno));
	return 0;
}

/* Each datagram of the burst from its socket, with a call of its own. */
static __rte_always_inline int
receive_each(struct lob_round *r)
{
	const struct lob_path *p = r->path;

	while (r->received < r->sent) {
		const uint32_t owner = p->owner[r->received % LOB_TARGETS];
		struct rte_mbuf *m;

		/* what is missing is counted behind the round */
		if (unlikely(lop_udp_recv_burst(p->socks[owner], &m, 1) == 0))
			return 0;
		if (unlikely(!lob_payload_came(p, m, r->received)))
			return lob_round_fail(r, "datagram %" PRIu64 " is wrong", r->received);
		rte_pktmbuf_free(m);
		r->received++;
	}
	return 0;
}

static int
each_round(struct lob_round *r)
{
	const uint64_t start = rte_rdtsc(), end = start + r->budget_tsc;
	uint64_t now;

	do {
		for (unsigned int i = 0; i < LOB_BURSTS_PER_LOOK; i++)
			if (send_burst(r) != 0 || receive_each(r) != 0)
				return -EIO;
		now = rte_rdtsc();
	} while (now < end && r->received == r->sent);
	r->packets = r->received;
	r->tsc = now - start;
	return 0;
}

/* Nothing comes back; what left is compared with the interface's counter behind the round. */
static int
away_round(struct lob_round *r)
{
	const uint64_t start = rte_rdtsc(), end = start + r->budget_tsc;
	uint64_t now;

	do {
		for (unsigned int i = 0; i < LOB_BURSTS_PER_LOOK; i++)
			if (send_burst(r) != 0)
				return -EIO;
		now = rte_rdtsc();
	} while (now < end);
	r->received = r->sent;
	r->packets = r->sent;
	r->tsc = now - start;
	return 0;
}

#define ENTRY(title_, note_, n_, open_, round_)                                         \
	{                                                                               \
		.title = (title_), .note = (note_), .kind = LOB_KIND_LIBLOP, .n = (n_), \
		.open = (open_), .round = (round_),                                     \
	}

static const struct lob_entry routes[] = {
	ENTRY("routes=1", "16.0.0.0/4", 1, open_routes, lob_udp_round),
	ENTRY("routes=1000000", "of 24 bits", ROUTES, open_routes, lob_udp_round),
};

static const struct lob_entry bystanders[] = {
	ENTRY("sockets=1", "one flow", 1, open_bystanders, lob_udp_round),
	ENTRY("sockets=100000", "one flow beside them", SOCKETS, open_bystanders, lob_udp_round),
};

static const struct lob_entry receivers[] = {
	ENTRY("receivers=1", "a call for each datagram", 1, open_receivers, each_round),
	ENTRY("receivers=100000", "a call for each datagram", SOCKETS, open_receivers, each_round),
};

static const struct lob_entry hooks[] = {
	ENTRY("hooks=0", NULL, 0, open_hooks, lob_udp_round),
	ENTRY("hooks=1", "LOCAL_OUT", 1, open_hooks, lob_udp_round),
	ENTRY("hooks=16", "4 on each point", HOOKS, open_hooks, lob_udp_round),
};

static const struct lob_entry neighbours[] = {
	ENTRY("neighbours=1", "out to net_null", 1, open_neighbours, away_round),
	ENTRY("neighbours=100000", "out to net_null", NEIGHBOURS, open_neighbours, away_round),
};

const struct lob_heat lob_scale_heats[5] = {
	{ .entries = routes, .n = RTE_DIM(routes) },
	{ .entries = bystanders, .n = RTE_DIM(bystanders) },
	{ .entries = receivers, .n = RTE_DIM(receivers) },
	{ .entries = hooks, .n = RTE_DIM(hooks), .base = 1, .per_n = "cycles_per_hook_burst" },
	{ .entries = neighbours, .n = RTE_DIM(neighbours) },
};
