/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_CTL_HOOKS_H
#define LOP_CTL_HOOKS_H

#include "../dp/worker.h"

/* An id for a hook or a tap, with the lock held: > 0, never given twice, or -ENOSPC. */
int lop_hooks_next_id(struct lop *lop);

#endif
