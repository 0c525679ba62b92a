/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_FAULT_FX_H
#define LOP_FAULT_FX_H

/* Scenarios of lop_fault_autotest: fault_*.c; fault.c runs them. */

#include "../../lib/lop/include/lop_if.h"
#include "../fault.h"
#include "fx.h"

/* What a scenario works on, new for each run of it. */
struct fault_env {
	struct fx *fx;
	struct lop *lop; /* lo is up */
	int wire;        /* 10.0.0.1/24, up; 10.0.0.2 is a neighbour */
	int fd, fd2;
	void *more;
};

struct fault_scenario {
	const char *name;
	/* Without faults; may be NULL. */
	void (*prepare)(struct fault_env *env);
	/* What is looked at: 0 or -errno. */
	int (*run)(struct fault_env *env);
	/* Undo what run() did where it succeeded; may be NULL. Then run() has to work. */
	void (*undo)(struct fault_env *env);
	/* With a fault run() may also answer 0: the loss is counted, or the memory is not needed. */
	bool may_succeed;
	/* Besides -ENOMEM and -ENOBUFS. */
	int also;
};

/*
 * Run a scenario with the first allocation failing, then with the second, and so on until none is
 * left to fail, once with that one failing alone, once with all behind it: it has to answer with
 * the right errno, leave no block and no mbuf behind, and to succeed right after.
 */
void fault_sweep(struct fx *fx, const struct fault_scenario *s);

#endif
