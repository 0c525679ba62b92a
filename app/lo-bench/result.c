/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include <math.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "result.h"

static int
compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *v, unsigned int n)
{
	qsort(v, n, sizeof(*v), compare);
	return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

void
lob_result_fill(struct lob_result *res, const double *mpps, const double *base_mpps,
		unsigned int rounds)
{
	double v[LOB_ROUNDS_MAX];

	res->ratio = NAN;
	if (base_mpps != NULL) {
		for (unsigned int i = 0; i < rounds; i++)
			v[i] = mpps[i] / base_mpps[i];
		res->ratio = median(v, rounds);
	}
	for (unsigned int i = 0; i < rounds; i++)
		v[i] = mpps[i];
	res->rounds = rounds;
	res->mpps = median(v, rounds);
	res->mpps_min = v[0];
	res->mpps_max = v[rounds - 1];
	res->ns_per_packet = 1e3 / res->mpps;
	res->cycles_per_packet = rte_get_tsc_hz() / (res->mpps * 1e6);
}

void
lob_result_more(struct lob_result *res, const char *key, double value)
{
	res->more[res->nb_more].key = key;
	res->more[res->nb_more].value = value;
	res->nb_more++;
}
