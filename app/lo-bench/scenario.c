/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include "scenario.h"

const struct lob_scenario lob_scenarios[LOB_SCENARIOS] = {
	[LOB_LOOP] = {
			.name = "loop",
			.help = "one lcore transmits and receives on one queue",
			.lcores = 1,
			.in_flight = 512,
			.touches = true,
			.round = lob_loop_round,
	},
	[LOB_LOOP_XCORE] = {
			.name = "loop-xcore",
			.help = "one lcore transmits, another receives",
			.lcores = 2,
			.in_flight = 512,
			.loops_only = true,
			.touches = true,
			.round = lob_xcore_round,
	},
	[LOB_FLOOR] = {
			.name = "floor",
			.help = "allocate, write header and payload, loop, check the payload, free",
			.lcores = 1,
			.in_flight = 512,
			.loops_only = true,
			.touch = LOB_TOUCH_REWRITE,
			.round = lob_floor_round,
	},
	[LOB_FLOW] = {
			.name = "flow",
			.help = "steer=flow: one lcore, 64 queues, a random flow per packet",
			.lcores = 1,
			.in_flight = 2048,
			.flow = true,
			.loops_only = true,
			.touch = LOB_TOUCH_NONE,
			.round = lob_flow_round,
	},
};
