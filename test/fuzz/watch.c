/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Hooks, taps and traces of the world. */

#include <rte_ip.h>
#include <rte_mbuf.h>

#include "../../lib/lop/include/lop_hook.h"
#include "../../lib/lop/include/lop_trace.h"
#include "world.h"

#define REPEATS_MAX 4

static int tap_id;
static bool traced;
static unsigned int repeats;

static uint8_t
hook_byte(void)
{
	return world.hook[world.hook_at++ % WORLD_HOOK_BYTES];
}

static void
own(struct rte_mbuf *m, enum lop_hook_point point)
{
	if (world.nb_owned == RTE_DIM(world.owned)) {
		rte_pktmbuf_free(m);
		return;
	}
	world.owned_point[world.nb_owned] = point;
	world.owned[world.nb_owned++] = m;
}

/* Hooks may change addresses and TOS and mend the sum, or leave it to others. */
static void
change(struct rte_mbuf *m, uint8_t what)
{
	static const uint32_t addrs[4] = { RTE_BE32(RTE_IPV4(127, 0, 0, 1)),
		RTE_BE32(RTE_IPV4(10, 0, 0, 2)), RTE_BE32(RTE_IPV4(10, 2, 0, 1)),
		RTE_BE32(RTE_IPV4(10, 1, 0, 1)) };
	struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, struct rte_ipv4_hdr *);

	if ((what & 0x10) != 0)
		ip->dst_addr = addrs[what >> 6];
	else
		ip->src_addr = addrs[what >> 6];
	if ((what & 0x20) != 0)
		ip->type_of_service ^= 0x10;
	ip->hdr_checksum = 0;
	ip->hdr_checksum = rte_ipv4_cksum(ip);
}

static uint8_t
verdict_of(const struct lop_hook_state *state, struct rte_mbuf *m)
{
	const uint8_t byte = hook_byte();

	FUZZ_CHECK(rte_pktmbuf_data_len(m) >= sizeof(struct rte_ipv4_hdr));
	switch (byte & 0xf) {
	case 1:
		return LOP_VERDICT_DROP;
	case 2:
		own(m, state->point);
		return LOP_VERDICT_STOLEN;
	case 3:
		return LOP_VERDICT_QUEUE;
	case 4:
		return repeats++ < REPEATS_MAX ? LOP_VERDICT_REPEAT : LOP_VERDICT_ACCEPT;
	case 5:
		return lop_hook_reject(state, m, byte >> 4);
	case 6:
		change(m, byte);
		return LOP_VERDICT_ACCEPT;
	case 7:
		return byte; /* no verdict at all */
	default:
		return LOP_VERDICT_ACCEPT;
	}
}

static void
hook(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts, uint8_t *verdicts,
		uint16_t n)
{
	RTE_SET_USED(arg);
	for (uint16_t i = 0; i < n; i++) {
		FUZZ_CHECK(verdicts[i] == LOP_VERDICT_ACCEPT);
		verdicts[i] = verdict_of(state, pkts[i]);
	}
}

static void
queued(void *arg, const struct lop_hook_state *state, struct rte_mbuf *m)
{
	RTE_SET_USED(arg);
	own(m, state->point);
}

static void
tap(void *arg, int ifindex, const uint8_t *pkt_types, struct rte_mbuf *const *pkts, uint16_t n)
{
	volatile uint8_t *sum = arg;

	RTE_SET_USED(ifindex);
	for (uint16_t i = 0; i < n; i++) {
		const uint8_t *data = rte_pktmbuf_mtod(pkts[i], const uint8_t *);

		*sum += pkt_types[i];
		for (uint16_t k = 0; k < rte_pktmbuf_data_len(pkts[i]); k++)
			*sum += data[k];
	}
}

void
world_watch(unsigned int what)
{
	static uint8_t sum;

	if ((what & WORLD_HOOKS) != 0) {
		for (int p = 0; p < LOP_HOOK_POINTS; p++) {
			const struct lop_hook h = { .name = "fuzz", .point = p, .fn = hook };

			world.hook_ids[p] = lop_hook_register(world.lop, &h);
			FUZZ_CHECK(world.hook_ids[p] > 0);
		}
		FUZZ_CHECK(lop_hook_queue_set(world.lop, queued, NULL) == 0);
	}
	if ((what & WORLD_TAP) != 0) {
		tap_id = lop_tap_add(world.lop, 0, tap, &sum);
		FUZZ_CHECK(tap_id > 0);
	}
	if ((what & WORLD_TRACE) != 0)
		traced = lop_trace_start(world.lop, NULL, 16) == 0;
}

void
world_unwatch(void)
{
	FILE *f;

	world_reinject();
	for (int p = 0; p < LOP_HOOK_POINTS; p++) {
		if (world.hook_ids[p] > 0)
			FUZZ_CHECK(lop_hook_unregister(world.lop, world.hook_ids[p]) == 0);
		world.hook_ids[p] = 0;
	}
	lop_hook_queue_set(world.lop, NULL, NULL);
	if (tap_id > 0)
		FUZZ_CHECK(lop_tap_del(world.lop, tap_id) == 0);
	tap_id = 0;
	if (traced) {
		lop_trace_stop(world.lop);
		f = fopen("/dev/null", "w");
		FUZZ_CHECK(f != NULL);
		lop_trace_print(world.lop, f);
		fclose(f);
	}
	traced = false;
}

void
world_reinject(void)
{
	/* what goes on may be stolen again, for as long as the bytes say so */
	for (unsigned int rounds = 0; world.nb_owned > 0; rounds++) {
		struct rte_mbuf *m = world.owned[--world.nb_owned];
		const uint8_t byte = rounds < 64 ? hook_byte() : LOP_VERDICT_DROP;

		lop_hook_reinject(world.lop, m, world.owned_point[world.nb_owned], byte & 7);
	}
	repeats = 0;
}
