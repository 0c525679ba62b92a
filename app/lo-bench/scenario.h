/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_SCENARIO_H
#define LOB_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "args.h"
#include "subject.h"

struct lob_case {
	uint16_t burst;
	uint16_t in_flight;
	uint16_t size_bytes;
	enum lob_touch touch;
};

/*
 * One round: one subject carries one case's packets for a while.
 *
 * The mbufs stay the caller's. A round sends them, keeps them going round, and
 * has received every one again when it returns 0.
 */
struct lob_round {
	const struct lob_subject *subject;
	struct lob_case c; /* in_flight is what fits this subject */
	struct rte_mempool *pool;
	struct rte_mbuf **mbufs; /* c.in_flight packets, stamped 0, 1, 2, ... */
	uint64_t budget_tsc;
	/* filled in by the round */
	uint64_t packets; /* received inside the measured time */
	uint64_t tsc;     /* the measured time */
	uint64_t sent;    /* in all, like received: for comparison with the device's statistics */
	uint64_t received;
	uint32_t sink; /* what was read from headers: keeps the compiler from not reading */
};

struct lob_scenario {
	const char *name;
	const char *help;
	unsigned int lcores;
	uint16_t in_flight;   /* when the command line does not say */
	bool flow;            /* measures the device with many queues, and packets of many flows */
	bool loops_only;      /* leaves out peers that do not return what they are sent */
	bool touches;         /* obeys --touch */
	enum lob_touch touch; /* the one thing it does when it does not */
	/* 0, or -errno after one line on stderr: the subject lost, added or changed a packet */
	int (*round)(struct lob_round *r);
};

enum {
	LOB_LOOP,
	LOB_LOOP_XCORE,
	LOB_FLOOR,
	LOB_FLOW,
	LOB_SCENARIOS,
};

extern const struct lob_scenario lob_scenarios[LOB_SCENARIOS];

int lob_loop_round(struct lob_round *r);
int lob_xcore_round(struct lob_round *r);
int lob_floor_round(struct lob_round *r);
int lob_flow_round(struct lob_round *r);

#endif /* LOB_SCENARIO_H */
