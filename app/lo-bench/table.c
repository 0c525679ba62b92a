/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include <math.h>

#include <rte_common.h>

#include "result.h"

/* A frame of 64 bytes takes 84 on the wire: preamble, FCS included, gap. */
#define MPPS_PER_GBPS (1e3 / (84 * 8))

static const unsigned int line_gbps[] = { 10, 25, 40, 100, 200, 400 };

void
lob_table_title(const struct lob_scenario *sc)
{
	if (sc->measure != NULL) {
		printf("\n%s: %s\n", sc->name, sc->help);
		return;
	}
	printf("\n%s: %s (medians; NGbE: multiples of that line rate with 64-byte frames)\n",
			sc->name, sc->help);
	printf("%-17s %5s %9s %5s %-14s %8s %17s %7s %8s %6s ", "subject", "burst", "in-flight",
			"size", "touch", "Mpps", "min..max", "ns/pkt", "TSC/pkt", "ratio");
	for (unsigned int i = 0; i < RTE_DIM(line_gbps); i++) {
		char name[16];

		snprintf(name, sizeof(name), "%uGbE", line_gbps[i]);
		printf(" %7s", name);
	}
	printf("\n");
}

/* What only this scenario has, and the subject's note. */
static void
print_end(const struct lob_result *res)
{
	for (unsigned int i = 0; i < res->nb_more; i++) {
		const double value = res->more[i].value;

		printf("  %s=%.*f", res->more[i].key, value < 10 ? 3 : value < 1000 ? 1 : 0, value);
	}
	printf("%s%s\n", res->note == NULL ? "" : "  ", res->note == NULL ? "" : res->note);
	fflush(stdout);
}

void
lob_table_row(const struct lob_result *res)
{
	char spread[32], ratio[32] = "-";

	if (res->rounds == 0) {
		printf("%-17s", res->subject);
		print_end(res);
		return;
	}
	snprintf(spread, sizeof(spread), "%.2f..%.2f", res->mpps_min, res->mpps_max);
	if (!isnan(res->ratio))
		snprintf(ratio, sizeof(ratio), "%.3f", res->ratio);
	printf("%-17s %5u %9u %5u %-14s %8.2f %17s %7.2f %8.2f %6s ", res->subject, res->c.burst,
			res->c.in_flight, res->c.size_bytes, lob_touch_name(res->c.touch),
			res->mpps, spread, res->ns_per_packet, res->cycles_per_packet, ratio);
	for (unsigned int i = 0; i < RTE_DIM(line_gbps); i++)
		printf(" %7.2f", res->mpps / (line_gbps[i] * MPPS_PER_GBPS));
	print_end(res);
}
