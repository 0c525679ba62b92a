/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_PARKED_H
#define LOP_DP_PARKED_H

/*
 * Packets that a hook queued or stole: where they were, so that lop_hook_reinject() goes on from
 * there. Not a matter of speed: a lock guards them.
 */

#include "worker.h"

/* Packets known at once. One more stolen forgets the oldest stolen, one more queued is dropped. */
#define LOP_PARKED_MAX 4096

struct lop_park {
	enum lop_hook_point point;
	int priority; /* of the hook that parked it, */
	int id;       /* the next ones are those behind both */
	int ifindex;
	uint32_t genid; /* that its destination was found in */
	/* what decides about its route, to see whether it was changed meanwhile */
	uint32_t saddr_be, daddr_be;
	uint8_t tos;
	bool stolen;
	/* The sender's buffer that it fills (contract XM-02): 0 bytes, none. A socket is told from a
	 * later one with the same descriptor by its inode. */
	uint32_t wmem_bytes;
	int fd;
	uint64_t inode;
};

/* With lop->lock held. -ENOMEM. */
int lop_parked_create(struct lop *lop);
void lop_parked_free(struct lop *lop);

/* The packet is not looked at: it may be gone already. False: no room. */
bool lop_park(struct lop *lop, const struct rte_mbuf *m, const struct lop_park *park);

/* Take it out again. False: never parked, or forgotten. */
bool lop_unpark(struct lop *lop, const struct rte_mbuf *m, struct lop_park *park);

#endif
