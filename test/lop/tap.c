/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Taps at devices. */

#include <errno.h>
#include <netpacket/packet.h>
#include <string.h>

#include <rte_ip.h>

#include "../../lib/lop/dp/tap.h"
#include "hook_fx.h"

#define FRAMES_MAX (LOP_BURST_MAX + 6)

/* What a tap saw. */
struct frames {
	unsigned int n;
	int ifindex[FRAMES_MAX];
	uint8_t type[FRAMES_MAX];
	uint32_t bytes[FRAMES_MAX];
	uint8_t head[FRAMES_MAX][64];
};

static void
watch(void *arg, int ifindex, const uint8_t *pkt_types, struct rte_mbuf *const *pkts, uint16_t n)
{
	struct frames *f = arg;

	for (uint16_t i = 0; i < n; i++) {
		assert_true(f->n < FRAMES_MAX);
		f->ifindex[f->n] = ifindex;
		f->type[f->n] = pkt_types[i];
		f->bytes[f->n] = pkts[i]->pkt_len;
		memcpy(f->head[f->n], rte_pktmbuf_mtod(pkts[i], void *),
				RTE_MIN(64, pkts[i]->data_len));
		f->n++;
	}
}

static void
say(struct lop *lop, int fd)
{
	const struct sockaddr_in to = fx_addr("127.0.0.1", 5000);

	RTE_SET_USED(lop);
	lop_sendto(fd, "0123456789", 10, 0, (const struct sockaddr *)&to, sizeof(to));
}

/* contract TAP-01, TAP-02: twice, first outgoing, then as the host's; the same bytes. */
static void
tap_on_lo_sees_every_packet_twice(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int to = fx_udp(lop, "127.0.0.1", 5000), from = fx_udp(lop, NULL, 5001);
	static const uint8_t link[14] = { [12] = 8 };
	struct frames f = { 0 };
	struct rte_ipv4_hdr ip;
	char data[16];

	assert_true(lop_tap_add(lop, 0, watch, &f) > 0);
	say(lop, from);
	assert_int_equal(lop_recv(to, data, sizeof(data), MSG_DONTWAIT), 10);
	assert_int_equal(f.n, 2);
	assert_int_equal(f.type[0], PACKET_OUTGOING);
	assert_int_equal(f.type[1], PACKET_HOST);
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(f.ifindex[i], LOP_LO_INDEX);
		assert_int_equal(f.bytes[i], 14 + 20 + 8 + 10);
		assert_memory_equal(f.head[i], link, sizeof(link));
		memcpy(&ip, f.head[i] + sizeof(link), sizeof(ip));
		assert_int_equal(rte_raw_cksum(&ip, sizeof(ip)), 0xffff);
	}
	assert_memory_equal(f.head[0], f.head[1], f.bytes[0]);
}

/* contract TAP-03: nothing is seen of what a hook drops on the way out, both of the way in. */
static void
taps_sit_between_the_hooks(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int from = fx_udp(lop, NULL, 5001);
	static const unsigned int copies[] = {
		[LOP_HOOK_PRE_ROUTING] = 2,
		[LOP_HOOK_LOCAL_IN] = 2,
		[LOP_HOOK_LOCAL_OUT] = 0,
		[LOP_HOOK_POST_ROUTING] = 0,
	};

	for (unsigned int p = 0; p < RTE_DIM(hook_points); p++) {
		struct seen drop = { .verdict = LOP_VERDICT_DROP };
		const int hook = seen_register(lop, &drop, hook_points[p], 0);
		struct frames f = { 0 };
		const int tap = lop_tap_add(lop, LOP_LO_INDEX, watch, &f);

		assert_true(tap > 0);
		say(lop, from);
		assert_int_equal(f.n, copies[hook_points[p]]);
		assert_int_equal(lop_tap_del(lop, tap), 0);
		assert_int_equal(lop_hook_unregister(lop, hook), 0);
	}
}

/* contract TAP-01: a tap of another interface sees nothing, and one that is gone neither. */
static void
taps_see_their_interface_only(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int from = fx_udp(lop, NULL, 5001);
	struct frames lo = { 0 }, other = { 0 };
	int id[2];

	id[0] = lop_tap_add(lop, LOP_LO_INDEX, watch, &lo);
	id[1] = lop_tap_add(lop, fx_wire(*state, lop, "eth0"), watch, &other);
	assert_true(id[0] > 0 && id[1] > 0);
	say(lop, from);
	assert_int_equal(other.n, 0);
	assert_true(lo.n >= 2);
	lo.n = 0;
	assert_int_equal(lop_tap_del(lop, id[0]), 0);
	say(lop, from);
	assert_int_equal(lo.n, 0);
	assert_int_equal(lop_tap_del(lop, id[1]), 0);
	assert_null(lop_load(lop->hooks.taps));
}

/* contract TAP-01: types of what comes in are the packets' own; long bursts come in parts. */
static void
types_and_long_bursts(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	static const uint8_t types[] = { PACKET_HOST, PACKET_BROADCAST, PACKET_MULTICAST,
		PACKET_OTHERHOST };
	struct rte_mbuf *pkts[4], *same[2 * LOP_BURST_MAX];
	struct frames f = { 0 };
	const int id = lop_tap_add(lop, 0, watch, &f);

	assert_true(id > 0);
	for (unsigned int i = 0; i < 4; i++) {
		pkts[i] = hand_made(lop, "127.0.0.1", "127.0.0.1", 1, 2);
		lop_meta(pkts[i])->pkt_type = types[i];
	}
	lop_taps_in(fx_worker(lop), lop->lo, pkts, 4);
	assert_memory_equal(f.type, types, 4);
	f.n = 0;
	for (unsigned int i = 0; i < FRAMES_MAX; i++)
		same[i] = pkts[0];
	lop_taps_out(fx_worker(lop), lop->lo, same, FRAMES_MAX);
	assert_int_equal(f.n, FRAMES_MAX);
	assert_int_equal(f.type[0], PACKET_OUTGOING);
	assert_int_equal(f.type[FRAMES_MAX - 1], PACKET_OUTGOING);
	rte_pktmbuf_free_bulk(pkts, 4);
}

/* contract TAP-04: what is refused changes nothing. */
static void
bad_taps_are_refused(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct frames f = { 0 };

	assert_int_equal(lop_tap_add(lop, 0, NULL, &f), -EINVAL);
	assert_int_equal(lop_tap_add(lop, 17, watch, &f), -ENODEV);
	assert_int_equal(lop_tap_add(lop, -1, watch, &f), -ENODEV);
	for (unsigned int i = 0; i < LOP_TAPS_MAX; i++)
		assert_true(lop_tap_add(lop, 0, watch, &f) > 0);
	assert_int_equal(lop_tap_add(lop, 0, watch, &f), -ENOSPC);
	assert_int_equal(lop_tap_del(lop, 1000), -ENOENT);
	for (unsigned int i = 0; i < LOP_TAPS_MAX; i++)
		assert_int_equal(lop_tap_del(lop, i + 1), 0);
	assert_int_equal(lop_tap_del(lop, 1), -ENOENT);
}

static const struct lo_case cases[] = {
	LO_CASE(tap_on_lo_sees_every_packet_twice),
	LO_CASE(taps_sit_between_the_hooks),
	LO_CASE(taps_see_their_interface_only),
	LO_CASE(types_and_long_bursts),
	LO_CASE(bad_taps_are_refused),
};
LO_REGISTER_TEST(lop_tap_autotest, cases);
