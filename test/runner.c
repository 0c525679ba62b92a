/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The list of autotests, and how one is run: as one group of cmocka's, each case with a fixture. */

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "lo_test.h"

enum result {
	FAILED,
	PASSED,
	SKIPPED,
	NB_RESULTS
};

static struct lo_group *groups;

/* The case that runs, for lo_unsupported(), and what has become of it so far. */
static struct fx fixture;
static enum result result;
static unsigned int counts[NB_RESULTS];

void
lo_test_register(struct lo_group *group)
{
	struct lo_group **last = &groups;

	while (*last != NULL)
		last = &(*last)->next;
	*last = group;
}

void
lo_unsupported(const char *fmt, ...)
{
	va_list ap;

	printf("not supported: ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");

	result = SKIPPED;
	skip();
	abort(); /* skip() does not return, but its prototype does not say so */
}

/* cmocka hands in the case as the initial state and takes the fixture as the state. */
static int
case_setup(void **state)
{
	result = FAILED;
	fx_init(&fixture, *state);
	*state = &fixture;
	return 0;
}

/* cmocka leaves a failed or skipped case by longjmp: only one that passed comes to the end. */
static void
case_run(void **state)
{
	const struct lo_case *c = fixture.test_case;

	c->run(state);
	result = PASSED;
}

/* A case is what its body made of it, unless taking it down shows a fault. */
static int
case_teardown(void **state)
{
	enum result body = result;

	RTE_SET_USED(state);
	/* A device that crashes in its close never lets this function end. */
	result = FAILED;
	counts[FAILED]++;
	if (fx_fini(&fixture) == 0) {
		result = body;
		counts[FAILED]--;
		counts[result]++;
	}
	return result == FAILED && body != FAILED ? -1 : 0;
}

static void
run_group(const struct lo_group *g, const char *pattern)
{
	struct CMUnitTest *tests;
	size_t n = 0;

	tests = calloc(g->nb_cases, sizeof(*tests));
	if (tests == NULL) {
		printf("no memory for %zu cases of %s\n", g->nb_cases, g->autotest);
		counts[FAILED]++;
		return;
	}

	for (size_t i = 0; i < g->nb_cases; i++) {
		if (pattern != NULL && fnmatch(pattern, g->cases[i].name, 0) != 0)
			continue;
		tests[n++] = (struct CMUnitTest){
			.name = g->cases[i].name,
			.test_func = case_run,
			.setup_func = case_setup,
			.teardown_func = case_teardown,
			.initial_state = (void *)(uintptr_t)&g->cases[i],
		};
	}
	if (n > 0)
		_cmocka_run_group_tests(g->autotest, tests, n, NULL, NULL);
	free(tests);
}

int
lo_test_run(const char *autotest, const char *pattern)
{
	unsigned int ran;

	memset(counts, 0, sizeof(counts));
	for (const struct lo_group *g = groups; g != NULL; g = g->next) {
		if (strcmp(g->autotest, autotest) == 0)
			run_group(g, pattern);
	}

	ran = counts[PASSED] + counts[FAILED] + counts[SKIPPED];
	if (ran == 0)
		printf("%s: no case fits %s\n", autotest, pattern == NULL ? "*" : pattern);
	printf("%s: %u passed, %u failed, %u not supported\n", autotest, counts[PASSED],
			counts[FAILED], counts[SKIPPED]);

	if (counts[FAILED] > 0 || ran == 0) {
		printf("Test Failed\n");
		return -1;
	}
	if (counts[PASSED] == 0) {
		printf("Test Skipped\n");
		return LO_TEST_SKIPPED;
	}
	printf("Test OK\n");
	return 0;
}

/* Is g the first group of its autotest in the list? */
static bool
is_first_group(const struct lo_group *g)
{
	for (const struct lo_group *e = groups; e != g; e = e->next) {
		if (strcmp(e->autotest, g->autotest) == 0)
			return false;
	}
	return true;
}

int
lo_test_list(const char *autotest)
{
	bool found = false;

	for (const struct lo_group *g = groups; g != NULL; g = g->next) {
		if (autotest == NULL) {
			if (is_first_group(g))
				printf("%s\n", g->autotest);
			continue;
		}
		if (strcmp(g->autotest, autotest) != 0)
			continue;
		found = true;
		for (size_t i = 0; i < g->nb_cases; i++)
			printf("%s\n", g->cases[i].name);
	}
	return autotest == NULL || found ? 0 : -1;
}

char *
lo_test_names(void)
{
	size_t size = 1;
	size_t used = 0;
	char *names;

	for (const struct lo_group *g = groups; g != NULL; g = g->next)
		size += strlen(g->autotest) + 1;

	names = calloc(1, size);
	if (names == NULL)
		return NULL;
	for (const struct lo_group *g = groups; g != NULL; g = g->next) {
		if (is_first_group(g))
			used += snprintf(names + used, size - used, "%s%s", used == 0 ? "" : "#",
					g->autotest);
	}
	return names;
}
