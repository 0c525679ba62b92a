/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The library's memory ports, and the tap that captures lo. */

#include <errno.h>
#include <netpacket/packet.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ethdev.h>

#include "../../lib/lop/dp/stages.h"
#include "../../lib/lop/dp/tap.h"
#include "../lop/stack.h"
#include "our.h"

#define CAPTURED_MAX 512
#define TAKEN_AT_ONCE 32

static struct {
	uint8_t *frame;
	uint32_t bytes;
	int pkt_type;
} captured[CAPTURED_MAX];
static unsigned int nb_captured;

/* As the executor of the kernel, which loses what its buffer does not hold. */
static void
capture(void *arg, int ifindex, const uint8_t *pkt_types, struct rte_mbuf *const *pkts, uint16_t n)
{
	RTE_SET_USED(arg);
	RTE_SET_USED(ifindex);
	for (uint16_t i = 0; i < n && nb_captured < CAPTURED_MAX; i++) {
		const uint32_t bytes = pkts[i]->pkt_len;
		uint8_t *frame = malloc(bytes);
		const void *from;

		if (frame == NULL)
			return;
		from = rte_pktmbuf_read(pkts[i], 0, bytes, frame);
		if (from != frame)
			memcpy(frame, from, bytes);
		captured[nb_captured].frame = frame;
		captured[nb_captured].bytes = bytes;
		captured[nb_captured++].pkt_type = pkt_types[i];
	}
}

int
our_capture_begin(void)
{
	return RTE_MIN(lop_tap_add(our_lop, LOP_LO_INDEX, capture, NULL), 0);
}

void
our_captured(dx_frame_fn fn, void *arg)
{
	for (unsigned int i = 0; i < nb_captured; i++) {
		if (fn != NULL)
			fn(arg, captured[i].pkt_type, captured[i].frame, captured[i].bytes);
		free(captured[i].frame);
	}
	nb_captured = 0;
}

int
our_tap(const char *name)
{
	return RTE_MIN(stack_wire(our_lop, name), 0);
}

/* As a packet socket sends: through the device, without a destination. */
static int
inject_here(const void *frame, uint32_t bytes)
{
	struct lop_worker *w = lop_worker_of(our_lop);
	struct lop_if *lo = our_lop->lo;
	struct rte_mbuf *m = stack_packet(our_lop, frame, bytes);

	if (m == NULL)
		return -ENOMEM;
	if (!lop_if_is_up(lo)) {
		rte_pktmbuf_free(m);
		return -ENETDOWN;
	}
	memset(lop_meta(m), 0, sizeof(struct lop_meta));
	lop_enter(w);
	if (lop_load(our_lop->hooks.taps) != NULL)
		lop_taps_out(w, lo, &m, 1);
	if (rte_eth_tx_burst(lo->port_id, w->index, &m, 1) == 1)
		w->lo_waiting++;
	else
		rte_pktmbuf_free(m);
	lop_loop(w);
	lop_leave(w);
	return 0;
}

int
our_inject(const char *dev, const void *frame, uint32_t bytes)
{
	if (strcmp(dev, "lo") == 0)
		return inject_here(frame, bytes);
	return stack_wire_give(our_lop, our_ifindex(dev), frame, bytes);
}

void
our_frames(dx_frame_fn fn, void *arg)
{
	static uint8_t room[2 * DIFF_FRAME_MAX];
	struct rte_mbuf *pkts[TAKEN_AT_ONCE];
	unsigned int n;

	for (int i = LOP_LO_INDEX + 1; i < LOP_IFS_MAX; i++) {
		while ((n = stack_wire_take(our_lop, i, pkts, TAKEN_AT_ONCE)) > 0) {
			for (unsigned int k = 0; k < n; k++) {
				const uint32_t bytes = RTE_MIN(pkts[k]->pkt_len, sizeof(room));

				fn(arg, PACKET_OUTGOING, rte_pktmbuf_read(pkts[k], 0, bytes, room),
						bytes);
			}
			rte_pktmbuf_free_bulk(pkts, n);
		}
	}
}
