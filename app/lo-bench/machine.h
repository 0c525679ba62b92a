/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_MACHINE_H
#define LOB_MACHINE_H

#include "subject.h"

/* Say on stdout what the numbers were measured on. */
void lob_machine_print(void);

/* Say on stdout how a started subject carries its bursts. */
void lob_burst_mode_print(const struct lob_subject *s);

#endif /* LOB_MACHINE_H */
