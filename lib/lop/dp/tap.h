/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_TAP_H
#define LOP_DP_TAP_H

/*
 * Taps at a device (contract TAP-01 to TAP-04): ask lop_tapped() once per burst, with the data of
 * each packet at its Ethernet header.
 */

#include "worker.h"

static inline bool
lop_tapped(const struct lop_worker *w)
{
	return unlikely(lop_load(w->lop->hooks.taps) != NULL);
}

/* What leaves: behind everything that could still drop it (contract TAP-03). */
void
lop_taps_out(struct lop_worker *w, const struct lop_if *dev, struct rte_mbuf **pkts, uint16_t n);

/* What came in: meta.pkt_type is set, nothing has been dropped yet. Whether a tap saw it. */
bool
lop_taps_in(struct lop_worker *w, const struct lop_if *dev, struct rte_mbuf **pkts, uint16_t n);

#endif
