/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef DIFF_COUNTERS_H
#define DIFF_COUNTERS_H

/*
 * All counters of a moment: snmp, netstat and dev, in the order of the files.
 */

#include <stddef.h>
#include <stdint.h>

#define COUNTERS_MAX 512

struct dx;

struct counters {
	unsigned int n;
	struct {
		char name[40];
		uint64_t value;
	} counter[COUNTERS_MAX];
};

/* Through a buffer of the caller's. */
void counters_read(const struct dx *x, char *file, size_t size, struct counters *c);
/* "Ip.InReceives+1 lo.rx_packets+1": what moved in between. */
void
counters_moved(char *text, size_t size, const struct counters *old, const struct counters *now);

#endif /* DIFF_COUNTERS_H */
