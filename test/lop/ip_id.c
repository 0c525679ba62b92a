/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* IDs of packets that have no socket's counter. */

#include "fx.h"

#define A RTE_BE32(0x7f000001)
#define B RTE_BE32(0x7f000002)

/* contract IPO-03: hashed by addresses and protocol, increasing */
static void
ids_increase_for_each_pair_of_hosts_and_protocol(void **state)
{
	struct lop_worker *w = fx_worker(fx_lop(*state, NULL));
	uint16_t first = lop_ip_id(w, A, B, IPPROTO_UDP);

	for (uint16_t i = 1; i < 100; i++)
		assert_int_equal(lop_ip_id(w, A, B, IPPROTO_UDP), (uint16_t)(first + i));
}

/* contract IPO-03: others' IDs tell nothing of one's own */
static void
ids_start_at_random(void **state)
{
	struct lop *a = fx_lop(*state, &(struct lop_conf){ .name = "id_a", .seed = 1 });
	struct lop *b = fx_lop(*state, &(struct lop_conf){ .name = "id_b", .seed = 2 });
	unsigned int same = 0;

	for (uint32_t i = 0; i < 64; i++) {
		const uint32_t daddr_be = rte_cpu_to_be_32(0x7f000100 + i);

		same += lop_ip_id(fx_worker(a), A, daddr_be, IPPROTO_UDP) ==
				lop_ip_id(fx_worker(b), A, daddr_be, IPPROTO_UDP);
	}
	assert_true(same < 4);
}

/* Of 1000 destinations, all but those that meet in one of the 2048 classes count by themselves. */
static void
ids_of_many_destinations_are_apart(void **state)
{
	struct lop_worker *w = fx_worker(fx_lop(*state, NULL));
	unsigned int apart = 0;

	for (uint32_t i = 0; i < 1000; i++) {
		const uint32_t daddr_be = rte_cpu_to_be_32(0x0a000000 + i);
		const uint16_t before = lop_ip_id(w, A, daddr_be, IPPROTO_ICMP);

		lop_ip_id(w, A, daddr_be ^ RTE_BE32(0x00ff0000), IPPROTO_ICMP);
		apart += lop_ip_id(w, A, daddr_be, IPPROTO_ICMP) == (uint16_t)(before + 1);
	}
	assert_true(apart > 950);
}

static const struct lo_case cases[] = {
	LO_CASE(ids_increase_for_each_pair_of_hosts_and_protocol),
	LO_CASE(ids_start_at_random),
	LO_CASE(ids_of_many_destinations_are_apart),
};
LO_REGISTER_TEST(lop_frag_autotest, cases);
