/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
/*
 * What many of a kind take of the heaps, each kind in an instance of its own: DPDK's and libc's,
 * before and after.
 */
#include <errno.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>

#include <lop.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include "many.h"
#include "progress.h"
#include "result.h"
#include "run.h"

#define SOCKETS 100000
#define ROUTES 1000000
#define NEIGHBOURS 100000
/* The longest prefix match makes its tables when there are more than a few routes. */
#define ROUTES_BEFORE 256

static uint64_t
heap_bytes(void)
{
	const struct mallinfo2 libc = mallinfo2();
	uint64_t bytes = libc.uordblks + libc.hblkhd;

	for (unsigned int i = 0; i < rte_socket_count(); i++) {
		struct rte_malloc_socket_stats stats;

		if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(i), &stats) == 0)
			bytes += stats.heap_allocsz_bytes;
	}
	return bytes;
}

static int
measure_sockets(struct lob_path *p)
{
	const uint64_t before = heap_bytes();
	int ret = lob_many_sockets(p, p->entry->n);

	/* our own list is not the library's */
	p->heap_bytes = heap_bytes() - before - p->entry->n * sizeof(*p->socks);
	return ret;
}

static int
measure_routes(struct lob_path *p)
{
	int ret = lob_many_routes(p, 0, ROUTES_BEFORE);
	uint64_t before = heap_bytes();

	if (ret == 0)
		ret = lob_many_routes(p, ROUTES_BEFORE, ROUTES_BEFORE + p->entry->n);
	p->heap_bytes = heap_bytes() - before;
	return ret;
}

static int
measure_neighbours(struct lob_path *p)
{
	int ret = lob_many_device(p);
	uint64_t before = heap_bytes();

	if (ret == 0)
		ret = lob_many_neighbours(p, p->entry->n);
	p->heap_bytes = heap_bytes() - before;
	return ret;
}

static const struct lob_entry entries[] = {
	{ .title = "socket",
			.note = "idle and bound",
			.kind = LOB_KIND_LIBLOP,
			.n = SOCKETS,
			.open = measure_sockets },
	{ .title = "route",
			.note = "beside the LPM's tables",
			.kind = LOB_KIND_LIBLOP,
			.n = ROUTES,
			.open = measure_routes },
	{ .title = "neighbour",
			.kind = LOB_KIND_LIBLOP,
			.n = NEIGHBOURS,
			.open = measure_neighbours },
};

int
lob_memory_measure(struct lob_bench *b, const struct lob_scenario *sc)
{
	const struct lob_case c = {
		.burst = 1,
		.in_flight = 1,
		.size_bytes = sc->size_bytes,
		.touch = sc->touch,
	};

	for (unsigned int i = 0; i < RTE_DIM(entries) && !lob_interrupted; i++) {
		struct lob_result res = {
			.scenario = sc,
			.subject = entries[i].title,
			.note = entries[i].note,
			.c = c,
			.mpps = NAN,
			.ns_per_packet = NAN,
			.cycles_per_packet = NAN,
			.ratio = NAN,
		};
		struct lob_path p;

		if (lob_path_open(&p, &entries[i], &c) != 0)
			continue;
		lob_result_more(&res, "count", entries[i].n);
		lob_result_more(&res, "bytes_per", (double)p.heap_bytes / entries[i].n);
		if (lob_path_close(&p) != 0)
			return -EIO;
		lob_table_row(&res);
		lob_json_add(&res);
		b->results++;
	}
	return lob_interrupted ? -EINTR : 0;
}
