/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_HOOKS_H
#define LOP_DP_HOOKS_H

/*
 * Hooks and taps as stages see them: snapshots, replaced as a whole.
 */

#include <rte_branch_prediction.h>

#include "../include/lop_hook.h"
#include "atomic.h"

#define LOP_HOOKS_MAX 32 /* per point */
#define LOP_TAPS_MAX 16

struct lop_parked;

struct lop_hook_entry {
	lop_hook_fn fn;
	void *arg;
	int id;
	int priority;
	char name[24];
};

struct lop_hook_list {
	unsigned int n;
	struct lop_hook_entry entry[LOP_HOOKS_MAX];
};

struct lop_tap_entry {
	lop_tap_fn fn;
	void *arg;
	int id;
	int ifindex; /* 0: all */
};

struct lop_tap_list {
	unsigned int n;
	struct lop_tap_entry entry[LOP_TAPS_MAX];
};

typedef void (*lop_queue_fn)(void *arg, const struct lop_hook_state *state, struct rte_mbuf *pkt);
typedef int (*lop_send_check_fn)(void *arg, int fd, const struct sockaddr *to, size_t len_bytes);

/* All of an instance's. A NULL list has no hooks: the only thing a burst asks. */
struct lop_hooks {
	RTE_ATOMIC(struct lop_hook_list *) point[LOP_HOOK_POINTS];
	RTE_ATOMIC(struct lop_tap_list *) taps;
	RTE_ATOMIC(lop_queue_fn) queue_fn;
	void *queue_arg;
	RTE_ATOMIC(lop_send_check_fn) send_check;
	void *send_check_arg;
	int last_id;
	RTE_ATOMIC(struct lop_parked *) parked; /* dp/parked.h; made with the first hook */
	/* Lists for the next change, so that taking a hook away needs no memory. */
	struct lop_hook_list *spare[LOP_HOOK_POINTS];
	struct lop_tap_list *spare_taps;
};

/* Whether a send may go on (Linux's security_socket_sendmsg): 0 or -errno for the sender. */
static inline int
lop_send_check(const struct lop_hooks *hooks, int fd, const struct sockaddr *to, size_t len_bytes)
{
	const lop_send_check_fn fn = lop_acquire(hooks->send_check);

	return likely(fn == NULL) ? 0 : fn(hooks->send_check_arg, fd, to, len_bytes);
}

#endif
