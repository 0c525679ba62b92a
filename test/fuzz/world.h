/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef FUZZ_WORLD_H
#define FUZZ_WORLD_H

/*
 * An instance with all that packets can meet: lo and a second interface on a memory port,
 * addresses, routes of each type, neighbours, hooks that do what the input says.
 */

#include "../../lib/lop/dp/stages.h"
#include "fuzz.h"

#define WORLD_HOOK_BYTES 16

struct world {
	struct lop *lop;
	int wire;
	uint64_t now_us; /* its clock */

	/* What hooks do, byte by byte, over and over; 0: accept. */
	uint8_t hook[WORLD_HOOK_BYTES];
	unsigned int hook_at;
	int hook_ids[LOP_HOOK_POINTS];
	struct rte_mbuf *owned[64]; /* stolen or queued, with the point they come back to */
	uint8_t owned_point[64];
	unsigned int nb_owned;
};

extern struct world world;

void world_open(void);
/* Every mbuf has to be back by then. */
void world_close(void);

/* Hooks of all points, a tap, a trace: as the bits of what say. */
#define WORLD_HOOKS 0x1
#define WORLD_TAP 0x2
#define WORLD_TRACE 0x4
void world_watch(unsigned int what);
void world_unwatch(void);

/* What hooks own goes on its way, by their bytes. */
void world_reinject(void);

/* A frame in an mbuf: exact: in memory of exactly its length, in parts segments. NULL: no mbuf. */
struct rte_mbuf *world_frame(const uint8_t *data, size_t n, unsigned int parts, bool exact);

/* A frame arrives, at the wire or at lo. */
void world_arrive(struct rte_mbuf *m, bool at_lo);

/* Frames that left through the wire are freed. */
void world_wire_drain(void);

/* Read a socket until nothing is left. */
void world_sock_drain(int fd);

/* Everything that waits goes by; then all mbufs but kept have to be back. */
void world_settle(void);

#endif
