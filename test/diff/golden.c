/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Golden: the kernel's observations, recorded, for systems that allow no namespaces; a file per
 * family, FAMILY-RELEASE.jsonl.gz. The first line is about the machine, each other one a scenario.
 */

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <zlib.h>

#include "modes.h"
#include "oracle.h"
#include "our.h"
#include "words.h"

#define AHEAD 6
#define TRIES 6
#define LINE_MAX_BYTES (16U << 20)

static const char *const machine[] = { "core/rmem_max", "core/wmem_max" };

/* Up to what the builder added. */
static void
release_of(char *text, size_t size)
{
	struct utsname name;

	uname(&name);
	snprintf(text, size, "%.*s", (int)strspn(name.release, "0123456789."), name.release);
}

static void
write_line(gzFile f, json_t *line, const char *path)
{
	char *text = json_dumps(line, JSON_COMPACT);

	if (text == NULL || gzputs(f, text) < 0 || gzputs(f, "\n") < 0)
		bad_word("cannot write", path);
	free(text);
	json_decref(line);
}

static json_t *
machine_now(const char *release)
{
	json_t *values = json_object();
	char value[32];

	for (unsigned int i = 0; i < RTE_DIM(machine); i++) {
		if (our_machine_read(machine[i], value, sizeof(value)))
			json_object_set_new(values, machine[i], json_string(value));
	}
	return json_pack("{s:s, s:o}", "kernel", release, "machine", values);
}

/* What came out the same twice at once; NULL: nothing did. */
static json_t *
stable(const struct scenario *s)
{
	for (unsigned int i = 0; i < TRIES; i++) {
		struct kernel_job jobs[2];
		const char *why;
		json_t *one, *other;
		bool same;

		kernel_start(&jobs[0], s);
		kernel_start(&jobs[1], s);
		one = kernel_finish(&jobs[0], &why);
		other = kernel_finish(&jobs[1], &why);
		same = one != NULL && json_equal(one, other) != 0;
		json_decref(other);
		if (same)
			return one;
		json_decref(one);
	}
	return NULL;
}

int
golden_record(const struct scenarios *all, const char *folder)
{
	const char *family = "";
	unsigned int n = 0, without = 0;
	gzFile f = NULL;
	char release[64], path[4096] = "";

	release_of(release, sizeof(release));
	for (size_t i = 0; i < all->n; i++) {
		const struct scenario *s = &all->at[i];
		json_t *record;

		if (s->no_oracle != NULL)
			continue;
		if (f == NULL || strcmp(family, s->family) != 0) {
			if (f != NULL)
				gzclose(f);
			family = s->family;
			snprintf(path, sizeof(path), "%s/%s-%s.jsonl.gz", folder, family, release);
			f = gzopen(path, "wb9");
			if (f == NULL)
				bad_word(strerror(errno), path);
			write_line(f, machine_now(release), path);
		}
		record = stable(s);
		if (record == NULL || record_refused(record) != NULL) {
			printf("%s: %s: not recorded\n", s->family, s->name);
			json_decref(record);
			without++;
			continue;
		}
		write_line(f, json_pack("{s:s, s:o}", "name", s->name, "record", record), path);
		n++;
	}
	if (f != NULL)
		gzclose(f);
	printf("%u recorded, %u not\n", n, without);
	return without != 0;
}

static void
load_file(json_t *records, const char *path)
{
	char *text = malloc(LINE_MAX_BYTES);
	gzFile f = gzopen(path, "rb");

	if (text == NULL || f == NULL)
		bad_word(strerror(errno), path);
	while (gzgets(f, text, LINE_MAX_BYTES) != NULL) {
		json_t *line = json_loads(text, 0, NULL);
		json_t *values = json_object_get(line, "machine");
		const char *name = json_string_value(json_object_get(line, "name"));

		if (values != NULL)
			json_object_set(records, "", line);
		else if (name != NULL)
			json_object_set(records, name, json_object_get(line, "record"));
		else
			bad_word("no line of a record", path);
		json_decref(line);
	}
	gzclose(f);
	free(text);
}

static int
is_golden(const struct dirent *entry)
{
	return fnmatch("*-*.jsonl.gz", entry->d_name, FNM_PERIOD) == 0;
}

/* All records by name, and the machine's line under the empty name. */
static json_t *
load(const char *folder)
{
	json_t *records = json_object();
	struct dirent **entries;
	char path[4096];
	const int n = scandir(folder, &entries, is_golden, alphasort);

	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		load_file(records, path);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return records;
}

static const char *
kernel_of(json_t *records)
{
	return json_string_value(json_object_get(json_object_get(records, ""), "kernel"));
}

int
golden_run(const struct scenarios *all, const char *folder, const char *rows)
{
	json_t *records = load(folder);
	struct report report;

	if (kernel_of(records) == NULL) {
		printf("no records in %s\n", folder);
		return DIFF_SKIPPED;
	}
	printf("against records of Linux %s\n", kernel_of(records));
	our_machine = json_object_get(json_object_get(records, ""), "machine");
	report_begin(&report);
	for (size_t i = 0; i < all->n; i++) {
		const struct scenario *s = &all->at[i];
		json_t *kernel = json_object_get(records, s->name);
		const char *why = s->no_oracle != NULL ? s->no_oracle : "not recorded";
		json_t *differences = NULL;
		enum verdict verdict = VERDICT_NO_ORACLE;

		for (unsigned int tries = 0; kernel != NULL && tries < 2; tries++) {
			json_decref(differences);
			verdict = against(s, kernel, &why, &differences);
			if (verdict != VERDICT_DIFFERENT)
				break;
		}
		report_add(&report, s, verdict, why, differences);
		json_decref(differences);
	}
	our_machine = NULL;
	json_decref(records);
	return report_end(&report, rows);
}

int
drift_run(const struct scenarios *all, const char *folder, const char *rows)
{
	json_t *records = load(folder);
	struct kernel_job jobs[AHEAD];
	struct report report;

	report_begin(&report);
	for (size_t i = 0, started = 0; i < all->n; i++) {
		const struct scenario *s = &all->at[i];
		json_t *golden = json_object_get(records, s->name);
		json_t *differences = NULL;
		const char *why = s->no_oracle;
		enum verdict verdict = VERDICT_NO_ORACLE;
		json_t *now = NULL;

		for (; started < all->n && started < i + AHEAD; started++) {
			if (all->at[started].no_oracle == NULL)
				kernel_start(&jobs[started % AHEAD], &all->at[started]);
		}
		if (s->no_oracle == NULL)
			now = kernel_finish(&jobs[i % AHEAD], &why);
		if (now != NULL && golden == NULL)
			why = "not recorded";
		/* what is drawn at random: once more */
		for (unsigned int tries = 0; now != NULL && golden != NULL && tries < 2; tries++) {
			json_decref(differences);
			differences = records_compare(golden, now, NULL);
			verdict = json_array_size(differences) > 0 ? VERDICT_DIFFERENT
								   : VERDICT_SAME;
			if (verdict == VERDICT_SAME)
				break;
			json_decref(now);
			now = kernel_run(s, &why);
			why = "drifted: recorded is kernel, this system is ours";
		}
		report_add(&report, s, verdict, why, differences);
		json_decref(differences);
		json_decref(now);
	}
	json_decref(records);
	return report_end(&report, rows);
}
