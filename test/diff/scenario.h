/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef DIFF_SCENARIO_H
#define DIFF_SCENARIO_H

/*
 * Scenarios as they stand in files: one JSON object per line.
 *
 *	{"name": "...", "rows": ["XX-01"], "ops": ["link lo up", ...], "params": {"size": [0, 18]}}
 *
 * "$size" in an operation is replaced by each value in turn, one scenario each; lists multiply. A
 * value may be [label, text]: the label goes into the name. ';' in an operation makes two of it.
 * "oracle": "none because ..." is a row that the kernel cannot show here. "capture": false leaves
 * lo uncaptured, true captures it in all runs, "ids": true compares IP IDs with the one before.
 */

#include "diff.h"

struct scenarios {
	size_t n;
	struct scenario *at;
};

/* All of a folder whose name fits the pattern (NULL: all), by file and line. Ends the program
 * where a file cannot be read. */
void scenarios_load(struct scenarios *all, const char *folder, const char *pattern);
void scenarios_free(struct scenarios *all);

/* One of a list of operations: takes over the reference. */
void scenario_make(struct scenario *s, const char *family, const char *name, json_t *ops);
void scenario_free(struct scenario *s);

#endif /* DIFF_SCENARIO_H */
