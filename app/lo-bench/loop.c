/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
/*
 * One lcore, one queue: receive a burst, touch it, send it again.
 *
 * No packet is allocated, freed or counted one by one; what a round costs is
 * two calls per burst and the touching.
 */
#include <inttypes.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "packet.h"
#include "round.h"

static __rte_always_inline int
go_round(struct lob_round *r, const enum lob_touch touch)
{
	const uint16_t rx_port = r->subject->rx_port;
	const uint16_t burst = r->c.burst;
	const uint64_t start = rte_rdtsc(), end = start + r->budget_tsc;
	struct rte_mbuf *pkts[LOB_BURST_MAX];
	uint64_t packets = 0, now;
	uint32_t sum = 0;

	do {
		for (unsigned int i = 0; i < LOB_BURSTS_PER_LOOK; i++) {
			uint16_t n = rte_eth_rx_burst(rx_port, 0, pkts, burst);

			for (uint16_t k = 0; k < n && touch == LOB_TOUCH_READ; k++)
				sum += lob_header_read(pkts[k]);
			for (uint16_t k = 0; k < n && touch == LOB_TOUCH_REWRITE; k++)
				lob_header_rewrite(pkts[k]);

			packets += n;
			if (unlikely(lob_send(r, pkts, n) != n))
				return lob_round_fail(r, "takes no more packets");
		}
		now = rte_rdtsc();
	} while (now < end);

	r->sink += sum;
	r->packets = packets;
	r->tsc = now - start;
	r->sent += packets;
	r->received += packets;
	return 0;
}

int
lob_loop_round(struct lob_round *r)
{
	int ret = lob_prime(r);

	if (ret != 0)
		return ret;

	switch (r->c.touch) {
	case LOB_TOUCH_NONE:
		ret = go_round(r, LOB_TOUCH_NONE);
		break;
	case LOB_TOUCH_READ:
		ret = go_round(r, LOB_TOUCH_READ);
		break;
	case LOB_TOUCH_REWRITE:
		ret = go_round(r, LOB_TOUCH_REWRITE);
		break;
	}
	if (ret == 0 && r->subject->peer->loops)
		ret = lob_drain_in_order(r);
	return ret;
}
