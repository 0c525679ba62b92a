/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOD_BENCH_H
#define LOD_BENCH_H

#include <sched.h>

#include "designs.h"
#include "loop.h"

struct lod_case {
	uint32_t burst;
	uint32_t in_flight; /* one core: mbufs going round */
	uint32_t slots;
	uint32_t stride_bytes; /* from mbuf to mbuf */
	uint32_t rounds;
	uint32_t bursts; /* of a round */
	bool rewrite;
	bool cross;
};

struct lod_bench {
	struct lod_case c;
	struct lod_loop *loop;
	struct rte_mbuf **mbufs; /* twice over: any burst is in one piece */
	uint32_t nb_mbufs;
	void *memory;
	size_t memory_bytes;
	cpu_set_t cpus;
};

/* 0 or -errno. */
int lod_bench_init(struct lod_bench *b, const struct lod_case *c);
void lod_bench_fini(struct lod_bench *b);

/* TSC cycles per packet of one round, or less than 0 when packets got lost. */
double lod_round(struct lod_bench *b, const struct lod_design *design);
/* The same with a producer and a consumer on a core each. */
double lod_round_cross(struct lod_bench *b, const struct lod_design *design);

#endif
