/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Live: the kernel of this system and the library, scenario by scenario. */

#include <stdlib.h>

#include "modes.h"
#include "oracle.h"

#define AHEAD 6 /* runs of the kernel's that are on their way */

bool live_show;

static void
show(const struct scenario *s, json_t *record)
{
	size_t i;
	json_t *op;

	printf("%s: %s\n", s->family, s->name);
	json_array_foreach(record, i, op)
	{
		char *text = json_dumps(op, JSON_COMPACT);

		printf("  %s\n", text);
		free(text);
	}
}

enum verdict
against(const struct scenario *s, json_t *kernel, const char **why, json_t **differences)
{
	json_t *ours;

	*differences = NULL;
	*why = record_refused(kernel);
	if (*why != NULL)
		return VERDICT_NO_ORACLE;
	/* without a capture a datagram takes the straight way */
	for (unsigned int capture = s->no_capture ? 0 : 1;; capture--) {
		ours = stack_run(s, capture != 0);
		if (ours == NULL) {
			*why = "no instance";
			return VERDICT_DIFFERENT;
		}
		*differences = records_compare(kernel, ours, capture != 0 ? NULL : "captured");
		json_decref(ours);
		if (json_array_size(*differences) > 0) {
			*why = capture != 0 ? "different" : "different while nobody captures";
			return VERDICT_DIFFERENT;
		}
		json_decref(*differences);
		*differences = NULL;
		if (capture == 0 || s->capture_only)
			return VERDICT_SAME;
	}
}

static enum verdict
compared(const struct scenario *s, json_t *kernel, const char **why, json_t **differences)
{
	enum verdict verdict;

	*differences = NULL;
	if (kernel == NULL)
		return VERDICT_NO_ORACLE;
	if (live_show)
		show(s, kernel);
	verdict = against(s, kernel, why, differences);
	json_decref(kernel);
	return verdict;
}

enum verdict
live_finish(struct kernel_job *job, const char **why, json_t **differences)
{
	return compared(job->s, kernel_finish(job, why), why, differences);
}

enum verdict
live_one(const struct scenario *s, const char **why, json_t **differences)
{
	return compared(s, kernel_run(s, why), why, differences);
}

/* What the kernel draws at random may be what stands for something else, as an ID of 0: a
 * difference has to show twice. */
static void
judge(struct report *report, const struct scenario *s, struct kernel_job *job)
{
	const char *why = s->no_oracle;
	json_t *differences = NULL;
	enum verdict verdict = VERDICT_NO_ORACLE;

	if (s->no_oracle == NULL)
		verdict = live_finish(job, &why, &differences);
	if (verdict == VERDICT_DIFFERENT) {
		print_differences(s, "different at first", differences);
		json_decref(differences);
		verdict = live_one(s, &why, &differences);
	}
	report_add(report, s, verdict, why, differences);
	json_decref(differences);
}

int
live_run(const struct scenarios *all, const char *rows)
{
	struct kernel_job jobs[AHEAD];
	struct report report;

	report_begin(&report);
	for (size_t i = 0, started = 0; i < all->n; i++) {
		for (; started < all->n && started < i + AHEAD; started++) {
			if (all->at[started].no_oracle == NULL)
				kernel_start(&jobs[started % AHEAD], &all->at[started]);
		}
		judge(&report, &all->at[i], &jobs[i % AHEAD]);
	}
	return report_end(&report, rows);
}
