/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Control calls while packets fly: each packet is delivered or counted, none twice, none leaks. */

#include "stress.h"

/* A tenth of the packets of a run that nobody disturbs. */
static uint64_t
packets(void)
{
	return RTE_MAX(stress_packets() / 10, 1000u);
}

/* Frames of more and of less than the MTU, by turns. */
static void
change_mtu(uint16_t port, unsigned int round)
{
	rte_eth_dev_set_mtu(port, round % 2 == 0 ? 70 : 1500);
}

static void
change_link(uint16_t port, unsigned int round)
{
	if (round % 2 == 0)
		rte_eth_dev_set_link_down(port);
	else
		rte_eth_dev_set_link_up(port);
}

/* Packet by packet and at full speed, by turns. */
static void
change_path(uint16_t port, unsigned int round)
{
	rte_eth_dev_set_ptypes(port, round % 2 == 0 ? RTE_PTYPE_ALL_MASK : 0, NULL, 0);
}

static void
mtu_changes(void **state)
{
	static const struct stress_shape shape = { "steer=queue", 2, 2, 2, 1, 97, true, false };

	stress_run(*state, &shape, packets(), change_mtu);
}

static void
link_goes_down_and_up(void **state)
{
	static const struct stress_shape shape = { "steer=lcore", 2, 1, 2, 1, 97, true, false };

	stress_run(*state, &shape, packets(), change_link);
}

static void
slow_path_comes_and_goes(void **state)
{
	static const struct stress_shape shapes[] = {
		{ "steer=queue", 2, 2, 2, 1, 97, false, false },
		{ "steer=queue", 3, 3, 1, 1, 97, false, false },
		{ "steer=lcore", 3, 1, 1, 1, 97, false, false },
		{ "steer=flow", 2, 2, 2, STRESS_FLOWS, 97, false, false },
	};

	for (unsigned int i = 0; i < RTE_DIM(shapes); i++)
		stress_run(*state, &shapes[i], packets() / RTE_DIM(shapes), change_path);
}

/* Consumers stop and start their queues, one producer for each ring. */
static void
queues_stop_and_start(void **state)
{
	static const struct stress_shape shape = { "steer=queue", 2, 2, 2, 1, 97, true, true };

	stress_run(*state, &shape, packets(), NULL);
}

/* The same with several producers: one may be at work in a ring that stops. */
static void
shared_queues_stop_and_start(void **state)
{
	static const struct stress_shape shapes[] = {
		{ "steer=queue", 3, 3, 1, 1, 97, true, true },
		{ "steer=lcore", 2, 1, 2, 1, 97, true, true },
		{ "steer=flow", 2, 2, 2, STRESS_FLOWS, 97, true, true },
	};

	for (unsigned int i = 0; i < RTE_DIM(shapes); i++)
		stress_run(*state, &shapes[i], packets() / RTE_DIM(shapes), NULL);
}

static const struct lo_case control_stress_cases[] = {
	LO_CASE(mtu_changes),
	LO_CASE(link_goes_down_and_up),
	LO_CASE(slow_path_comes_and_goes),
	LO_CASE(queues_stop_and_start),
	LO_CASE(shared_queues_stop_and_start),
};
LO_REGISTER_TEST(net_lo_stress_autotest, control_stress_cases);
