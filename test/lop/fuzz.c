/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The fuzzers' corpora, file by file: seeds, and what once made a fuzzer fail. A fuzzer ends the
 * process where something does not hold.
 */

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "../fixture.h"
#include "../fuzz/fuzz.h"

static void
file_runs(const struct fuzz_target *target, const char *path)
{
	uint8_t *data = malloc(1 << 16);
	FILE *f = fopen(path, "rb");
	size_t size;

	assert_true(data != NULL && f != NULL);
	size = fread(data, 1, 1 << 16, f);
	fclose(f);
	target->run(data, size);
	free(data);
}

static void
corpus_runs(const struct fuzz_target *target)
{
	char path[512];
	unsigned int files = 0;
	struct dirent *e;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", FUZZ_CORPUS, target->name);
	dir = opendir(path);
	assert_non_null(dir);
	target->open();
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s/%s", FUZZ_CORPUS, target->name, e->d_name);
		file_runs(target, path);
		files++;
	}
	closedir(dir);
	target->close();
	assert_true(files > 0);
}

/* contract RX-01, RX-02, RX-04, RX-06, RE-01, UR-01, IC-02: bytes into the device entry */
static void
frames_of_the_corpus_are_taken(void **state)
{
	RTE_SET_USED(state);
	corpus_runs(&fuzz_input);
}

static void
operations_of_the_corpus_are_taken(void **state)
{
	RTE_SET_USED(state);
	corpus_runs(&fuzz_socket);
}

static void
devargs_of_the_corpus_are_taken_or_refused(void **state)
{
	RTE_SET_USED(state);
	corpus_runs(&fuzz_devargs);
}

static void
rules_of_the_corpus_decide_as_one_by_one(void **state)
{
	RTE_SET_USED(state);
	corpus_runs(&fuzz_filter);
}

static const struct lo_case cases[] = {
	LO_CASE(frames_of_the_corpus_are_taken),
	LO_CASE(operations_of_the_corpus_are_taken),
	LO_CASE(devargs_of_the_corpus_are_taken_or_refused),
	LO_CASE(rules_of_the_corpus_decide_as_one_by_one),
};
LO_REGISTER_TEST(lop_fuzz_autotest, cases);
