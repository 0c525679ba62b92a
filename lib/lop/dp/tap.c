/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Taps: who sees frames at a device, unchanged (contract TAP-01 to TAP-04).
 */

#include <netpacket/packet.h>
#include <string.h>

#include "tap.h"

static bool
show(const struct lop_tap_list *taps, int ifindex, const uint8_t *types, struct rte_mbuf **pkts,
		uint16_t n)
{
	bool seen = false;

	for (unsigned int i = 0; i < taps->n; i++) {
		const struct lop_tap_entry *tap = &taps->entry[i];

		if (tap->ifindex != 0 && tap->ifindex != ifindex)
			continue;
		tap->fn(tap->arg, ifindex, types, pkts, n);
		seen = true;
	}
	return seen;
}

void
lop_taps_out(struct lop_worker *w, const struct lop_if *dev, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_tap_list *taps = lop_acquire(w->lop->hooks.taps);
	uint8_t types[LOP_BURST_MAX];

	if (taps == NULL)
		return;
	memset(types, PACKET_OUTGOING, sizeof(types));
	for (uint16_t i = 0, k; i < n; i += k) {
		k = RTE_MIN(n - i, LOP_BURST_MAX);
		show(taps, dev->ifindex, types, pkts + i, k);
	}
}

bool
lop_taps_in(struct lop_worker *w, const struct lop_if *dev, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_tap_list *taps = lop_acquire(w->lop->hooks.taps);
	uint8_t types[LOP_BURST_MAX];
	bool seen = false;

	if (taps == NULL)
		return false;
	for (uint16_t i = 0, k; i < n; i += k) {
		k = RTE_MIN(n - i, LOP_BURST_MAX);
		for (uint16_t j = 0; j < k; j++)
			types[j] = lop_meta(pkts[i + j])->pkt_type;
		seen |= show(taps, dev->ifindex, types, pkts + i, k);
	}
	return seen;
}
