/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_CONTEST_H
#define LOB_CONTEST_H

#include "run.h"
#include "scenario.h"

/* One case and the subjects that take part in it. */
struct lob_contest {
	struct lob_bench *b;
	const struct lob_scenario *sc;
	struct lob_case c;
	/* the rest belongs to lob_contest() */
	struct lob_subject *subjects[LOB_SUBJECTS];
	unsigned int n;
	double mpps[LOB_SUBJECTS][LOB_ROUNDS_MAX];
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
