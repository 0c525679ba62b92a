/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Memory of the routing tables: what readers have seen is freed after a grace period. */

#include <rte_malloc.h>

#include "fib.h"

static struct lop_fib_block *
block_of(const void *mem)
{
	/* It was not const when lop_fib_alloc() gave it. */
	return (struct lop_fib_block *)(uintptr_t)mem - 1;
}

void *
lop_fib_alloc(size_t bytes)
{
	struct lop_fib_block *b = rte_zmalloc("lop_fib", sizeof(*b) + bytes, RTE_CACHE_LINE_SIZE);

	return b == NULL ? NULL : b + 1;
}

void
lop_fib_retire(struct lop_fib_ctl *ctl, const void *mem)
{
	struct lop_fib_block *b;

	if (mem == NULL)
		return;
	b = block_of(mem);
	b->next = ctl->garbage;
	ctl->garbage = b;
}

void
lop_fib_free(const void *mem)
{
	if (mem != NULL)
		rte_free(block_of(mem));
}

void
lop_fib_free_retired(struct lop_fib_ctl *ctl)
{
	struct lop_fib_block *next;

	for (struct lop_fib_block *b = ctl->garbage; b != NULL; b = next) {
		next = b->next;
		rte_free(b);
	}
	ctl->garbage = NULL;
}
