/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * What is due by the worker's clock. Each kind of timer knows its earliest moment, so that nothing
 * due costs one comparison.
 */

#include "stages.h"

void
lop_timers_run(struct lop_worker *w)
{
	lop_reasm_timer(w);
}
