/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* A program of libFuzzer around one fuzzer: FUZZ_TARGET names it. */

#include <sched.h>

#include <rte_eal.h>
#include <rte_log.h>

#include "fuzz.h"

/* NOLINTBEGIN(readability-identifier-naming): libFuzzer's names */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* NOLINTEND(readability-identifier-naming) */

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char *const words[] = { "fuzz", "--no-huge", "--no-shconf", "--no-pci",
		"--no-telemetry", "-m", "256", "--log-level=critical" };
	/* the EAL changes the order of what it is given */
	static char *args[RTE_DIM(words) + 1], *kept[RTE_DIM(words)];
	cpu_set_t cpus;

	RTE_SET_USED(argc);
	RTE_SET_USED(argv);
	for (unsigned int i = 0; i < RTE_DIM(words); i++)
		args[i] = kept[i] = strdup(words[i]);
	sched_getaffinity(0, sizeof(cpus), &cpus);
	FUZZ_CHECK(rte_eal_init(RTE_DIM(words), args) >= 0);
	/* the EAL keeps its main lcore on one CPU, where other fuzzers may be */
	sched_setaffinity(0, sizeof(cpus), &cpus);
	FUZZ_TARGET.open();
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FUZZ_TARGET.run(data, size);
	return 0;
}
