/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include <jansson.h>

#include "result.h"

static json_t *results;

void
lob_json_add(const struct lob_result *res)
{
	json_t *ratio = isnan(res->ratio) ? json_null() : json_real(res->ratio);

	if (results == NULL)
		results = json_array();
	/* running out of memory shows when the array is written: json_pack() gives NULL then */
	json_array_append_new(results,
			json_pack("{s:s, s:s, s:i, s:i, s:i, s:s, s:i, s:f, s:f, s:f, s:o, s:i}",
					"scenario", res->scenario->name, "subject", res->peer->name,
					"burst", res->c.burst, "in_flight", res->c.in_flight,
					"size_bytes", res->c.size_bytes, "touch",
					lob_touch_name(res->c.touch), "lcores",
					res->scenario->lcores, "mpps", res->mpps, "ns_per_packet",
					res->ns_per_packet, "cycles_per_packet",
					res->cycles_per_packet, "ratio", ratio, "rounds",
					res->rounds));
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
