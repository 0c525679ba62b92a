/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The input path, in the order a frame meets it; a stage is as in output.c.
 */

#include <string.h>

#include <rte_ethdev.h>

#include "stages.h"
#include "trace.h"

static __rte_always_inline void
from_hook_local_in(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	n = lop_hook_local_in(w, pkts, n);
	if (n != 0)
		lop_local_in(w, pkts, n); /* to sockets, by protocol */
}

static __rte_always_inline void
from_route_in(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	n = lop_route_in(w, pkts, n); /* destination of what came without one, options */
	if (n != 0)
		n = lop_reasm_in(w, pkts, n); /* fragments */
	if (n != 0)
		from_hook_local_in(w, pkts, n);
}

static __rte_always_inline void
from_ip_in(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	n = lop_ip_in(w, pkts, n); /* IPv4 header, in order of trust */
	if (n != 0)
		n = lop_hook_pre(w, pkts, n);
	if (n != 0)
		from_route_in(w, pkts, n);
}

void
lop_input(struct lop_worker *w, struct lop_if *in, struct rte_mbuf **pkts, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		lop_meta(pkts[i])->ifindex = in->ifindex;
	n = lop_eth_in(w, pkts, n); /* link address, taps, ethertype */
	if (n != 0 && lop_tracing(w))
		lop_trace_pick(w, pkts, n);
	if (n != 0)
		from_ip_in(w, pkts, n);
}

/* Copies for this host of what other devices took (contract MC-03): no frames, and not tapped. */
static void
selves_in(struct lop_worker *w)
{
	struct rte_mbuf *pkts[LOP_BURST_MAX];
	const uint16_t n = lop_self_take(w, pkts, LOP_BURST_MAX);

	lop_count(w->softnet_processed, n);
	from_ip_in(w, pkts, n);
}

void
lop_input_behind(
		struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n, enum lop_hook_point point)
{
	if (point == LOP_HOOK_PRE_ROUTING)
		from_route_in(w, pkts, n);
	else
		lop_local_in(w, pkts, n);
}

/* In order, and with all they cause: an answer may cause another one. */
static void
answers_out(struct lop_worker *w)
{
	struct rte_mbuf *pkts[LOP_ANSWERS_MAX];
	const uint16_t n = w->nb_answers;

	memcpy(pkts, w->answers, n * sizeof(pkts[0]));
	w->nb_answers = 0;
	for (uint16_t i = 0; i < n; i++)
		lop_local_output(w, &pkts[i], 1);
}

/* Polls in a row, which a limit of packets and time ends (contract BK-03). */
struct round {
	uint64_t until_us; /* 0: not begun */
	uint32_t taken;
};

/* A poll took n packets and left some: the round goes on, or ends and the next one begins. */
static __rte_noinline void
round_count(struct lop_worker *w, struct round *round, uint16_t n)
{
	const uint64_t now_us = lop_clock_us(w->lop);

	if (round->until_us == 0)
		round->until_us = now_us + lop_setting(w->lop, LOP_SETTING_BUDGET_USECS);
	round->taken += n;
	if (round->taken < (uint32_t)lop_setting(w->lop, LOP_SETTING_BUDGET) &&
			now_us <= round->until_us)
		return;
	lop_count(w->softnet_squeezed, 1);
	*round = (struct round){ 0 };
}

/*
 * A poll brought nothing: a callback of the port took it all, or the device was stopped, and with
 * it what waited is gone. Fewer than before, in any case.
 */
static __rte_noinline uint32_t
still_waiting(const struct lop_worker *w)
{
	const int n = rte_eth_rx_queue_count(w->lop->lo->port_id, w->index);

	return n > 0 && (uint32_t)n < w->lo_waiting ? n : 0;
}

void
lop_loop(struct lop_worker *w)
{
	struct lop_if *lo = w->lop->lo;
	struct rte_mbuf *pkts[LOP_BURST_MAX];
	struct round round = { 0 };
	uint16_t weight, n;

	if (w->looping)
		return;
	w->looping = true;
	weight = RTE_MIN(lop_setting(w->lop, LOP_SETTING_DEV_WEIGHT), LOP_BURST_MAX);
	while (w->lo_waiting != 0 || unlikely((w->nb_answers | w->nb_selves) != 0)) {
		if (unlikely(w->nb_selves != 0))
			selves_in(w);
		if (w->lo_waiting != 0) {
			n = rte_eth_rx_burst(lo->port_id, w->index, pkts, weight);
			w->lo_waiting = likely(n != 0) ? w->lo_waiting - n : still_waiting(w);
			lop_count(w->softnet_processed, n);
			if (likely(n != 0 && lop_is_straight(w)))
				lop_plain_in(w, pkts, n);
			else if (n != 0)
				lop_input(w, lo, pkts, n);
			if (unlikely(w->lo_waiting != 0))
				round_count(w, &round, n);
		}
		if (unlikely(w->nb_answers != 0))
			answers_out(w);
	}
	w->looping = false;
}

void
lop_answer(struct lop_worker *w, struct rte_mbuf *m)
{
	if (unlikely(w->nb_answers == LOP_ANSWERS_MAX)) {
		lop_drop(w, m, RATE_LIMIT);
		return;
	}
	w->answers[w->nb_answers++] = m;
}
