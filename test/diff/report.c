/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The table by contract row. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "words.h"

#define SHOWN_MAX 12 /* differences of a scenario */

static const char *const verdicts[VERDICTS] = { "same", "different", "no oracle" };

void
report_begin(struct report *r)
{
	*r = (struct report){ .rows = json_object() };
}

static void
print_value(const char *who, json_t *value)
{
	char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

	printf("    %-7s %s\n", who, text != NULL ? text : "?");
	free(text);
}

void
print_differences(const struct scenario *s, const char *how, json_t *differences)
{
	size_t i;
	json_t *d;

	printf("%s: %s: %s\n", s->family, s->name, how);
	json_array_foreach(differences, i, d)
	{
		if (i == SHOWN_MAX) {
			printf("  and %zu more\n", json_array_size(differences) - i);
			break;
		}
		printf("  %s: %s\n", json_string_value(json_object_get(d, "op")),
				json_string_value(json_object_get(d, "field")));
		print_value("kernel", json_object_get(d, "kernel"));
		print_value("ours", json_object_get(d, "ours"));
	}
}

void
report_add(struct report *r, const struct scenario *s, enum verdict verdict, const char *why,
		json_t *differences)
{
	size_t i;
	json_t *row;

	r->sum[verdict]++;
	if (verdict == VERDICT_DIFFERENT)
		print_differences(s, why != NULL ? why : "different", differences);
	json_array_foreach(s->rows, i, row)
	{
		json_t *counts = json_object_get(r->rows, json_string_value(row));
		json_int_t n;

		if (counts == NULL) {
			counts = json_object();
			json_object_set_new(r->rows, json_string_value(row), counts);
		}
		n = json_integer_value(json_object_get(counts, verdicts[verdict]));
		json_object_set_new(counts, verdicts[verdict], json_integer(n + 1));
		if (verdict == VERDICT_NO_ORACLE && why != NULL)
			json_object_set_new(counts, "why", json_string(why));
	}
}

static void
print_row(const char *row, json_t *counts)
{
	const char *why = json_string_value(json_object_get(counts, "why"));

	printf("%-8s", row);
	for (unsigned int i = 0; i < VERDICTS; i++)
		printf(" %9lld",
				(long long)json_integer_value(
						json_object_get(counts, verdicts[i])));
	printf("%s%s\n", why != NULL ? "  " : "", why != NULL ? why : "");
}

/* In the order of the file, those that nothing looked at left out. */
static void
print_rows(const struct report *r, const char *rows)
{
	char *line = NULL;
	size_t size = 0;
	FILE *f = fopen(rows, "r");

	if (f == NULL)
		bad_word(strerror(errno), rows);
	while (getline(&line, &size, f) > 0) {
		json_t *counts;

		line[strcspn(line, " \n")] = '\0';
		counts = json_object_get(r->rows, line);
		if (counts == NULL)
			continue;
		print_row(line, counts);
		json_object_del(r->rows, line);
	}
	free(line);
	fclose(f);
}

int
report_end(struct report *r, const char *rows)
{
	const char *row;
	json_t *counts;

	printf("\n%-8s", "row");
	for (unsigned int i = 0; i < VERDICTS; i++)
		printf(" %9s", verdicts[i]);
	printf("\n");
	if (rows != NULL)
		print_rows(r, rows);
	json_object_foreach(r->rows, row, counts) print_row(row, counts);
	json_decref(r->rows);
	printf("%u same, %u different, %u without oracle\n", r->sum[VERDICT_SAME],
			r->sum[VERDICT_DIFFERENT], r->sum[VERDICT_NO_ORACLE]);
	if (r->sum[VERDICT_DIFFERENT] != 0)
		return 1;
	return r->sum[VERDICT_SAME] == 0 ? DIFF_SKIPPED : 0;
}
