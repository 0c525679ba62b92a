/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include <rte_common.h>

#include "progress.h"

#define WIDTH 40

static struct {
	bool terminal;
	unsigned int steps, done;
} bar;

void
lob_progress_start(unsigned int steps)
{
	bar.terminal = isatty(STDERR_FILENO);
	bar.steps = RTE_MAX(steps, 1U);
	bar.done = 0;
}

void
lob_progress_step(const char *label)
{
	static const char full[WIDTH + 1] = "########################################";
	int n;

	if (!bar.terminal)
		return;
	n = (uint64_t)RTE_MIN(bar.done, bar.steps) * WIDTH / bar.steps;
	fprintf(stderr, "\r[%-*.*s] %3u%% %-24s", WIDTH, n, full, n * 100 / WIDTH, label);
	bar.done++;
}

void
lob_progress_hide(void)
{
	if (bar.terminal)
		fputs("\r\033[K", stderr);
}
