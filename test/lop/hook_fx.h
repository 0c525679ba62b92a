/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_HOOK_FX_H
#define LOP_HOOK_FX_H

/*
 * Hooks that remember what they saw, and packets made by hand.
 */

#include "fx.h"

#define SEEN_MAX 128

/* What a hook says, and what it was shown. */
struct seen {
	uint8_t verdict;        /* of every packet */
	uint8_t next[SEEN_MAX]; /* where not 0: verdict + 1 of the packet with this place */
	unsigned int calls;
	unsigned int packets;
	struct rte_mbuf *pkt[SEEN_MAX];
	struct lop_hook_state state[SEEN_MAX];
	uint16_t burst[SEEN_MAX];     /* sizes of the calls */
	struct seen ***next_in_order; /* where several note their calls, one after another */
	uint32_t new_daddr_be, new_saddr_be;
	uint8_t new_tos;
};

void seen_hook(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts,
		uint8_t *verdicts, uint16_t n);
/** Register seen_hook(), asserted. The hook's id. */
int seen_register(struct lop *lop, struct seen *seen, enum lop_hook_point point, int priority);

/* A handler of queued packets that keeps them: arg is a struct seen. */
void seen_queue(void *arg, const struct lop_hook_state *state, struct rte_mbuf *pkt);

/**
 * An IPv4 packet with a UDP header and 18 bytes, as it stands between two stages: at lo, with a
 * destination.
 */
struct rte_mbuf *
hand_made(struct lop *lop, const char *saddr, const char *daddr, uint16_t sport, uint16_t dport);

/** The four stages by their points. */
lop_stage_t *hook_stage(enum lop_hook_point point);

/** Where hooks are called: FORWARD is not among them. */
extern const enum lop_hook_point hook_points[4];

#endif
