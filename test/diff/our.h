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

/*
 * Settings of the whole machine that instances take over from the kernel, by name; NULL: those of
 * this system.
 */
extern const json_t *our_machine;
/* One of this system's: false where there is none. */
bool our_machine_read(const char *name, char *value, size_t size);

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
