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
/* A record of the kernel's against ours, as live_one(). */
enum verdict
against(const struct scenario *s, json_t *kernel, const char **why, json_t **differences);

#endif /* DIFF_MODES_H */
