/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef DIFF_ORACLE_H
#define DIFF_ORACLE_H

/*
 * Runs of scenarios: the kernel's in a process of its own, the library's here.
 */

#include <sys/types.h>

#include "diff.h"

/* A run of the kernel's that is on its way. */
struct kernel_job {
	const struct scenario *s;
	pid_t child; /* -1: there is none */
	int fd;
};

/* Begin one on a CPU of its own, as far as there are any: most of it is waiting for namespaces. */
void kernel_start(struct kernel_job *job, const struct scenario *s);
/* Its observations, or NULL: why says what the system does not allow. */
json_t *kernel_finish(struct kernel_job *job, const char **why);
/* Both. */
json_t *kernel_run(const struct scenario *s, const char **why);

/* Whether this system allows the namespaces that it needs; why says what is missing. */
bool kernel_allowed(const char **why);

/* Ours; lost mbufs are an observation, too. NULL: no instance could be made. */
json_t *stack_run(const struct scenario *s, bool capture);

/* The fields that differ: an array, empty when none does. without: a field not to look at. */
json_t *records_compare(json_t *kernel, json_t *ours, const char *without);

/* What a system did not let the kernel do: then its record is no oracle. NULL: nothing. */
const char *record_refused(const json_t *record);

#endif /* DIFF_ORACLE_H */
