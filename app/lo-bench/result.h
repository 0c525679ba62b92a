/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_RESULT_H
#define LOB_RESULT_H

#include <stdio.h>

#include "scenario.h"

#define LOB_MORE_MAX 3

/* What the rounds of one subject in one case come to. */
struct lob_result {
	const struct lob_scenario *scenario;
	const char *subject;
	const char *note; /* NULL: none */
	struct lob_case c;
	unsigned int rounds; /* 0: nothing was measured in rounds, and only `more` holds */
	double mpps;         /* median, like ratio */
	double mpps_min, mpps_max;
	double ns_per_packet, cycles_per_packet;
	double ratio; /* to the base in the same round; NAN without one */
	/* What only this scenario has. */
	struct {
		const char *key; /* of JSON */
		double value;
	} more[LOB_MORE_MAX];
	unsigned int nb_more;
};

/**
 * @param mpps
 *   Of every round.
 * @param base_mpps
 *   Of what the ratio is to, in the same rounds; NULL when it was not measured.
 */
void lob_result_fill(struct lob_result *res, const double *mpps, const double *base_mpps,
		unsigned int rounds);

void lob_result_more(struct lob_result *res, const char *key, double value);

/* The table on stdout: a title for each scenario, then a row for each result. */
void lob_table_title(const struct lob_scenario *sc);
void lob_table_row(const struct lob_result *res);

/* JSON: collect the results, then write them as one array. */
void lob_json_add(const struct lob_result *res);
/* 0, or -errno after one line on stderr. */
int lob_json_write(FILE *file, const char *path);

#endif /* LOB_RESULT_H */
