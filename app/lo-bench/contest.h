/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_CONTEST_H
#define LOB_CONTEST_H

#include "path.h"
#include "run.h"
#include "scenario.h"

#define LOB_CONTESTANTS_MAX LOB_SUBJECTS
_Static_assert(LOB_CONTESTANTS_MAX >= LOB_ENTRIES_MAX, "room for all drivers and all entries");

/* One that takes part in a contest: a driver, or an entry of a heat. */
struct lob_contestant {
	const char *name;
	const char *note;
	struct lob_subject *subject;   /* NULL: see path */
	const struct lob_entry *entry; /* NULL: a driver in a contest of drivers */
	struct lob_path path;
	int (*round)(struct lob_round *r);
	double mpps[LOB_ROUNDS_MAX];
};

/* One case and those that take part in it. */
struct lob_contest {
	struct lob_bench *b;
	const struct lob_scenario *sc;
	const struct lob_heat *heat; /* NULL: the drivers compete */
	struct lob_case c;
	/* the rest belongs to lob_contest() */
	struct lob_contestant contestants[LOB_CONTESTANTS_MAX];
	unsigned int n;
	struct rte_mbuf *mbufs[LOB_IN_FLIGHT_MAX];
};

/* Slots that a receive queue gets for so many packets in flight. */
uint16_t lob_depth(const struct lob_scenario *sc, uint16_t in_flight);

/**
 * Measure the case in interleaved rounds and report it.
 *
 * @return
 *   0, -EINTR, or another -errno after one line on stderr; mbufs are lost then.
 */
int lob_contest(struct lob_contest *t);

#endif /* LOB_CONTEST_H */
