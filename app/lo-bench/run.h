/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_RUN_H
#define LOB_RUN_H

#include <signal.h>

#include <rte_mempool.h>

#include "args.h"
#include "scenario.h"
#include "subject.h"

struct lob_bench {
	struct lob_args args;
	struct lob_subject subjects[LOB_SUBJECTS];
	struct rte_mempool *pool;
	unsigned int results; /* rows measured */
	unsigned int skipped; /* scenarios that these lcores cannot run */
};

/* Set by SIGINT and SIGTERM; rounds end, then the program. */
extern volatile sig_atomic_t lob_interrupted;

/* The command line's lists, or the scenario's own. */
struct lob_list lob_burst_of(const struct lob_args *args, const struct lob_scenario *sc);
struct lob_list lob_size_of(const struct lob_args *args, const struct lob_scenario *sc);

/* The most packets that any case of these arguments keeps in flight. */
uint16_t lob_in_flight_max(const struct lob_args *args);

/**
 * Measure every case of the command line.
 *
 * @return
 *   0, or -errno after one line on stderr.
 */
int lob_run(struct lob_bench *b);

#endif /* LOB_RUN_H */
