/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_HEADROOM_H
#define LOP_DP_HEADROOM_H

/*
 * Room for one more header in front of a packet's data.
 */

#include "worker.h"

/*
 * The packet with an mbuf of the instance's pool in front, whose headroom is as long as any other's
 * (contract IPO-04). The headers stay in one piece. NULL: no mbuf, the packet is as it was.
 */
struct rte_mbuf *lop_headroom_more(struct lop_worker *w, struct rte_mbuf *m);

#endif
