/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef DIFF_FUZZ_H
#define DIFF_FUZZ_H

/*
 * Random lists of operations, out of the same words as scenarios.
 */

#include "diff.h"

uint64_t fuzz_random(uint64_t *state);
/* About twenty; the same seed gives the same list. packets: most of them let a packet come in. */
json_t *fuzz_ops(uint64_t seed, bool packets);

#endif /* DIFF_FUZZ_H */
