/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LO_TEST_H
#define LO_TEST_H

/*
 * How a file adds cases to an autotest of lo-test:
 *
 *	static void
 *	loop_returns_the_frame(void **state)
 *	{
 *		struct fx *fx = *state;
 *		...
 *	}
 *
 *	static const struct lo_case cases[] = {
 *		LO_CASE(loop_returns_the_frame),
 *	};
 *	LO_REGISTER_TEST(net_lo_autotest, cases);
 *
 * Several files may register cases for one autotest. A case gets an empty fixture (fixture.h),
 * and what it made through the fixture is taken down behind it, with every mbuf accounted for.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <rte_common.h>

struct lo_case {
	const char *name;
	CMUnitTestFunction run;
};

/* NOLINTBEGIN(bugprone-macro-parentheses): names cannot stand in parentheses */
#define LO_CASE(fn)                    \
	{                              \
		.name = #fn, .run = fn \
	}

/* The cases one file adds to an autotest. */
struct lo_group {
	const char *autotest;
	const struct lo_case *cases;
	size_t nb_cases;
	struct lo_group *next;
};

#define LO_REGISTER_TEST(autotest_, cases_)           \
	static struct lo_group lo_group_##cases_ = {  \
		.autotest = #autotest_,               \
		.cases = cases_,                      \
		.nb_cases = RTE_DIM(cases_),          \
	};                                            \
	RTE_INIT(lo_register_##cases_)                \
	{                                             \
		lo_test_register(&lo_group_##cases_); \
	}                                             \
	/* asks for a semicolon */                    \
	_Static_assert(RTE_DIM(cases_) > 0, "an autotest without cases")
/* NOLINTEND(bugprone-macro-parentheses) */

void lo_test_register(struct lo_group *group);

/**
 * End the running case as "not supported".
 *
 * For the device's own refusal only: it answered -ENOTSUP or does not advertise the feature.
 *
 * @param fmt
 *   What the device does not support, for the report.
 */
void lo_unsupported(const char *fmt, ...) __rte_format_printf(1, 2) __rte_noreturn;

/** What dpdk-test returns for a test that found nothing to try; meson shows it as skipped. */
#define LO_TEST_SKIPPED 77

/**
 * Run the cases of one autotest.
 *
 * @param autotest
 *   Name of a registered autotest.
 * @param pattern
 *   Shell pattern of the cases to run, NULL for all.
 * @return
 *   0 if every case passed or was not supported and one passed at least, LO_TEST_SKIPPED if none
 *   was supported, -1 if a case failed or the pattern fits no case.
 */
int lo_test_run(const char *autotest, const char *pattern);

/**
 * Write the names of the autotests, or of one autotest's cases.
 *
 * @param autotest
 *   Name of an autotest, NULL for the list of autotests.
 * @return
 *   0, or -1 when there is no such autotest.
 */
int lo_test_list(const char *autotest);

/**
 * Names of all autotests, separated by '#' as rte_cmdline wants them.
 *
 * @return
 *   A string to be freed, NULL without memory.
 */
char *lo_test_names(void);

/** A device that the command line asked for. */
struct lo_vdev {
	char *name;
	const char *args;
};

/**
 * The devices of --vdev, in their order. All of them are there: lo-test has asserted it.
 *
 * @param nb
 *   Filled with their number.
 * @return
 *   The first one.
 */
const struct lo_vdev *lo_test_vdevs(unsigned int *nb);

#endif /* LO_TEST_H */
