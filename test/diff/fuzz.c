/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Fuzz: random scenarios for some seconds; one that differs is made as short as it can be. */

#include "fuzz.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "modes.h"
#include "oracle.h"

#define AHEAD 6
#define FOUND_MAX 10 /* that many, and it is over */

/* What differs first: an operation's field. A reference, NULL: nothing does. */
static json_t *
first_difference(const struct scenario *s)
{
	const char *why;
	json_t *differences, *first = NULL;

	if (live_one(s, &why, &differences) == VERDICT_DIFFERENT)
		first = json_pack("{s:O, s:O}", "op",
				json_object_get(json_array_get(differences, 0), "op"), "field",
				json_object_get(json_array_get(differences, 0), "field"));
	json_decref(differences);
	return first;
}

/* Leave operations out, the last first, as long as the same differs first. */
static void
shrink(struct scenario *s, json_t *wanted)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (size_t i = json_array_size(s->ops); i-- > 0;) {
			json_t *op = json_incref(json_array_get(s->ops, i));
			json_t *first;

			json_array_remove(s->ops, i);
			first = first_difference(s);
			if (first != NULL && json_equal(first, wanted))
				changed = true;
			else
				json_array_insert(s->ops, i, op);
			json_decref(first);
			json_decref(op);
		}
	}
}

/* As a line for a file of scenarios. */
static void
print_scenario(const struct scenario *s)
{
	json_t *line = json_pack("{s:s, s:[], s:O}", "name", s->name, "rows", "ops", s->ops);
	char *text = json_dumps(line, 0);

	printf("%s\n", text);
	free(text);
	json_decref(line);
}

static bool
found(struct report *report, struct scenario *s)
{
	const char *why;
	json_t *differences = NULL;

	json_t *first = first_difference(s);

	/* once more, as live mode asks for */
	if (first == NULL) {
		printf("%s: different at first, then no more\n", s->name);
		report_add(report, s, VERDICT_SAME, NULL, NULL);
		return false;
	}
	shrink(s, first);
	json_decref(first);
	print_scenario(s);
	live_one(s, &why, &differences);
	report_add(report, s, VERDICT_DIFFERENT, why, differences);
	fflush(stdout);
	json_decref(differences);
	return true;
}

static void
make(struct scenario *s, uint64_t seed, bool packets)
{
	char name[48];

	snprintf(name, sizeof(name), "seed %" PRIu64, seed);
	scenario_make(s, "fuzz", name, fuzz_ops(seed, packets));
}

int
fuzz_run(unsigned int seconds, uint64_t seed, bool packets)
{
	const time_t end = time(NULL) + seconds;
	struct kernel_job jobs[AHEAD];
	struct scenario s[AHEAD];
	struct report report;
	unsigned int nb_found = 0;
	uint64_t i = 0, started = 0;

	if (seed == 0)
		seed = (uint64_t)time(NULL) * 1000000;
	printf("fuzz from seed %" PRIu64 "\n", seed);
	report_begin(&report);
	for (;; i++) {
		const bool over = time(NULL) >= end || nb_found >= FOUND_MAX;
		const char *why;
		json_t *differences;
		enum verdict verdict;

		for (; !over && started < i + AHEAD; started++) {
			make(&s[started % AHEAD], seed + started, packets);
			kernel_start(&jobs[started % AHEAD], &s[started % AHEAD]);
		}
		if (i == started)
			break;
		verdict = live_finish(&jobs[i % AHEAD], &why, &differences);
		json_decref(differences);
		if (verdict == VERDICT_DIFFERENT)
			nb_found += found(&report, &s[i % AHEAD]);
		else
			report_add(&report, &s[i % AHEAD], verdict, why, NULL);
		scenario_free(&s[i % AHEAD]);
	}
	return report_end(&report, NULL);
}
