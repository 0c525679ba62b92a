/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Every way to steer, with each answer to a full ring: half of the packets in each of two shapes. */

#include "stress.h"

static void
run_both(struct fx *fx, const struct stress_shape *a, const struct stress_shape *b)
{
	uint64_t packets = stress_packets();

	stress_run(fx, a, packets / 2, NULL);
	stress_run(fx, b, packets - packets / 2, NULL);
}

/* As many receive queues as transmit queues: one producer for each ring. And three for one. */
static void
run_queue(struct fx *fx, const char *args, bool may_drop)
{
	const struct stress_shape each = { args, 2, 2, 2, 1, 511, may_drop, false };
	const struct stress_shape shared = { args, 3, 3, 1, 1, 1000, may_drop, false };

	run_both(fx, &each, &shared);
}

/* One transmit queue for all, threads unknown to EAL among them. */
static void
run_lcore(struct fx *fx, const char *args, bool may_drop)
{
	const struct stress_shape two = { args, 2, 1, 2, 1, 1025, may_drop, false };
	const struct stress_shape three = { args, 3, 1, 1, 1, 509, may_drop, false };

	run_both(fx, &two, &three);
}

/* One producer that fills all rings, and two. */
static void
run_flow(struct fx *fx, const char *args, bool may_drop)
{
	const struct stress_shape one = { args, 1, 1, 3, STRESS_FLOWS, 1000, may_drop, false };
	const struct stress_shape two = { args, 2, 2, 2, STRESS_FLOWS, 511, may_drop, false };

	run_both(fx, &one, &two);
}

static void
queue_backpressure(void **state)
{
	run_queue(*state, "steer=queue,overflow=backpressure", false);
}

static void
queue_drop(void **state)
{
	run_queue(*state, "steer=queue,overflow=drop", true);
}

static void
lcore_backpressure(void **state)
{
	run_lcore(*state, "steer=lcore,overflow=backpressure", false);
}

static void
lcore_drop(void **state)
{
	run_lcore(*state, "steer=lcore,overflow=drop", true);
}

static void
flow_backpressure(void **state)
{
	run_flow(*state, "steer=flow,overflow=backpressure", false);
}

static void
flow_drop(void **state)
{
	run_flow(*state, "steer=flow,overflow=drop", true);
}

static const struct lo_case steer_stress_cases[] = {
	LO_CASE(queue_backpressure),
	LO_CASE(queue_drop),
	LO_CASE(lcore_backpressure),
	LO_CASE(lcore_drop),
	LO_CASE(flow_backpressure),
	LO_CASE(flow_drop),
};
LO_REGISTER_TEST(net_lo_stress_autotest, steer_stress_cases);
