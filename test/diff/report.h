/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef DIFF_REPORT_H
#define DIFF_REPORT_H

/*
 * The table by contract row, and its sum.
 */

#include "diff.h"

enum verdict {
	VERDICT_SAME,
	VERDICT_DIFFERENT,
	VERDICT_NO_ORACLE,
	VERDICTS
};

struct report {
	unsigned int sum[VERDICTS];
	json_t *rows; /* counts of the verdicts by row, and why there is no oracle */
};

void report_begin(struct report *r);
/* differences: as records_compare() has them; printed with both records. */
void report_add(struct report *r, const struct scenario *s, enum verdict verdict, const char *why,
		json_t *differences);
/* rows: the file with all rows of the contract, for their order; or NULL. The exit status. */
int report_end(struct report *r, const char *rows);
/* A scenario's differences, each with both values. */
void print_differences(const struct scenario *s, const char *how, json_t *differences);

#endif /* DIFF_REPORT_H */
