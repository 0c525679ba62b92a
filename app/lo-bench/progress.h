/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_PROGRESS_H
#define LOB_PROGRESS_H

/* A bar on stderr while rounds run, when stderr is a terminal. */

void lob_progress_start(unsigned int steps);
/* One step more; label says what runs now. */
void lob_progress_step(const char *label);
/* Clear the bar's line, before something else is printed. */
void lob_progress_hide(void);

#endif /* LOB_PROGRESS_H */
