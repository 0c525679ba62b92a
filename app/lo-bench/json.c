/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include <jansson.h>

#include "result.h"

static json_t *results;

/* What was not measured is null. */
static json_t *
number(double value)
{
	return isnan(value) ? json_null() : json_real(value);
}

void
lob_json_add(const struct lob_result *res)
{
	json_t *row;

	if (results == NULL)
		results = json_array();
	/* running out of memory shows when the array is written: json_pack() gives NULL then */
	row = json_pack("{s:s, s:s, s:i, s:i, s:i, s:s, s:i, s:o, s:o, s:o, s:o, s:i}", "scenario",
			res->scenario->name, "subject", res->subject, "burst", res->c.burst,
			"in_flight", res->c.in_flight, "size_bytes", res->c.size_bytes, "touch",
			lob_touch_name(res->c.touch), "lcores", res->scenario->lcores, "mpps",
			number(res->mpps), "ns_per_packet", number(res->ns_per_packet),
			"cycles_per_packet", number(res->cycles_per_packet), "ratio",
			number(res->ratio), "rounds", res->rounds);
	for (unsigned int i = 0; i < res->nb_more; i++)
		json_object_set_new(row, res->more[i].key, number(res->more[i].value));
	json_array_append_new(results, row);
}

int
lob_json_write(FILE *file, const char *path)
{
	json_t *all = results != NULL ? results : json_array();
	int ret = 0;

	if (json_dumpf(all, file, JSON_INDENT(2)) != 0 || fputc('\n', file) == EOF ||
			fflush(file) != 0) {
		ret = errno == 0 ? -EIO : -errno;
		fprintf(stderr, "lo-bench: --json: %s: %s\n", path, strerror(-ret));
	}
	json_decref(all);
	results = NULL;
	return ret;
}
