/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Grace periods: until no worker sees what was taken away before.
 *
 * A worker that comes online stores so without a fence. Whoever waits makes up for it: membarrier(2)
 * has every CPU that runs a thread of this process pass a full barrier. Either the store is seen
 * then, and waited for, or the worker's loads come behind and find what was published.
 */

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <rte_common.h>

#include "../dp/worker.h"

bool lop_fences_others;

/* The thread sanitizer does not know this barrier. */
#if defined(__SANITIZE_THREAD__)
#define FENCES_KNOWN 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FENCES_KNOWN 0
#endif
#endif
#ifndef FENCES_KNOWN
#define FENCES_KNOWN 1
#endif

/* Before any thread can be online. */
RTE_INIT(lop_grace_init)
{
	lop_fences_others = FENCES_KNOWN &&
			syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) ==
					0;
}

static void
fence_others(void)
{
	if (lop_fences_others)
		syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

uint64_t
lop_grace_start(struct lop *lop)
{
	fence_others();
	return rte_rcu_qsbr_start(lop->qsbr);
}

void
lop_synchronize(struct lop *lop)
{
	rte_rcu_qsbr_check(lop->qsbr, lop_grace_start(lop), true);
}
