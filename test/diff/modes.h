/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef DIFF_MODES_H
#define DIFF_MODES_H

/*
 * What lo-diff does with scenarios. Each returns the program's exit status.
 */

#include "report.h"
#include "scenario.h"

/* live.c: the kernel here and the library. */
int live_run(const struct scenarios *all, const char *rows);
/* Print the kernel's observations. */
extern bool live_show;
/* One scenario, with and without a capture on lo: its verdict and the first differences. */
enum verdict live_one(const struct scenario *s, const char **why, json_t **differences);
/* The same for a run of the kernel's that is on its way. */
struct kernel_job;
enum verdict live_finish(struct kernel_job *job, const char **why, json_t **differences);
/* fuzz.c: random scenarios, or packets, from a seed on; 0: the clock gives one. */
int fuzz_run(unsigned int seconds, uint64_t seed, bool packets);
/* golden.c: record what the kernel shows; compare the library, or the kernel, with what was. */
int golden_record(const struct scenarios *all, const char *folder);
int golden_run(const struct scenarios *all, const char *folder, const char *rows);
int drift_run(const struct scenarios *all, const char *folder, const char *rows);
/* A record of the kernel's against ours, as live_one(). */
enum verdict
against(const struct scenario *s, json_t *kernel, const char **why, json_t **differences);

#endif /* DIFF_MODES_H */
