/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef DIFF_OUR_H
#define DIFF_OUR_H

/*
 * The parts of the executor that calls the library.
 */

#include "diff.h"

/* The instance of the scenario that runs. */
extern struct lop *our_lop;

/* our_hook.c */
int our_hook(const struct dx_hook *hook);
int our_hook_count(int hook, uint64_t *packets);
void our_hooks_forget(void);

/* our_port.c */
int our_capture_begin(void);
void our_captured(dx_frame_fn fn, void *arg);
int our_tap(const char *name);
int our_inject(const char *dev, const void *frame, uint32_t bytes);
void our_frames(dx_frame_fn fn, void *arg);

#endif /* DIFF_OUR_H */
