/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Links that lose, double, delay and spoil packets. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_ether.h>

#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_neigh.h"
#include "../../lib/lop/include/lop_stats.h"
#include "noise.h"

#define PORT 5000
#define PAYLOAD_MAX 1472
#define BURST 32

uint64_t
noise_draw(uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random;
}

/* One in so many. */
static bool
one_in(struct noise *n, unsigned int many)
{
	return noise_draw(&n->random) % many == 0;
}

static int
wired(struct fx *fx, struct lop *lop, const char *own, const char *peer)
{
	const struct lop_ifaddr a = { .local_be = inet_addr(own), .prefix_len = 24 };
	struct lop_neigh_info neigh = { .addr_be = inet_addr(peer), .state = NUD_PERMANENT };

	neigh.ifindex = fx_wire(fx, lop, "noise0");
	assert_int_equal(lop_if_set_flags(lop, neigh.ifindex, IFF_UP, IFF_UP), 0);
	assert_int_equal(lop_addr_add(lop, neigh.ifindex, &a), 0);
	assert_int_equal(lop_neigh_set(lop, &neigh), 0);
	return neigh.ifindex;
}

/* Frames go to the other's address. */
static void
acquaint(struct noise *n)
{
	struct lop_neigh_info neigh = { .ifindex = n->from_wire, .state = NUD_PERMANENT };
	struct lop_if_info info;

	assert_int_equal(lop_if_get(n->to, n->to_wire, &info), 0);
	neigh.addr_be = inet_addr("10.5.0.2");
	memcpy(neigh.lladdr, info.mac, sizeof(neigh.lladdr));
	assert_int_equal(lop_neigh_set(n->from, &neigh), 0);
}

void
noise_open(struct fx *fx, struct noise *n, uint64_t seed)
{
	const struct sockaddr_in to = fx_addr("10.5.0.2", PORT);

	memset(n, 0, sizeof(*n));
	n->random = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
	n->from = fx_lop_up(fx);
	n->to = fx_lop_up(fx);
	n->from_wire = wired(fx, n->from, "10.5.0.1", "10.5.0.2");
	n->to_wire = wired(fx, n->to, "10.5.0.2", "10.5.0.1");
	acquaint(n);
	n->tx = fx_udp(n->from, "10.5.0.1", PORT);
	n->rx = fx_udp(n->to, "10.5.0.2", PORT);
	assert_int_equal(lop_connect(n->tx, (const struct sockaddr *)&to, sizeof(to)), 0);
}

static void
give(struct noise *n, const struct noise_frame *f)
{
	fx_wire_give(n->to, n->to_wire, f->data, f->bytes);
	n->given++;
	n->runts += f->bytes < RTE_ETHER_HDR_LEN;
}

/* In any order. */
static void
give_held(struct noise *n, unsigned int left)
{
	while (n->nb_held > left) {
		const unsigned int i = noise_draw(&n->random) % n->nb_held;

		give(n, &n->held[i]);
		n->held[i] = n->held[--n->nb_held];
	}
}

static void
spoil(struct noise *n, struct noise_frame *f)
{
	if (one_in(n, 2))
		f->bytes = 1 + noise_draw(&n->random) % (f->bytes - 1);
	else
		f->data[noise_draw(&n->random) % f->bytes] ^= 1 + noise_draw(&n->random) % 255;
	n->spoiled++;
}

static void
carry(struct noise *n, struct noise_frame *f)
{
	if (one_in(n, 10)) {
		n->lost++;
		return;
	}
	if (one_in(n, 10)) {
		give(n, f);
		n->doubled++;
	}
	if (one_in(n, 6))
		spoil(n, f);
	if (one_in(n, 4)) {
		if (n->nb_held == NOISE_HELD_MAX)
			give_held(n, NOISE_HELD_MAX / 2);
		n->held[n->nb_held++] = *f;
		return;
	}
	give(n, f);
}

static void
carry_all(struct noise *n)
{
	struct rte_mbuf *pkts[BURST];
	const unsigned int got = fx_wire_take(n->from, n->from_wire, pkts, BURST);

	for (unsigned int i = 0; i < got; i++) {
		struct noise_frame f = { .bytes = pkts[i]->pkt_len };
		const void *at;

		assert_true(f.bytes <= sizeof(f.data));
		at = rte_pktmbuf_read(pkts[i], 0, f.bytes, f.data);
		if (at != f.data)
			memcpy(f.data, at, f.bytes);
		rte_pktmbuf_free(pkts[i]);
		carry(n, &f);
	}
}

/* A datagram is its length and a number, over and over. */
static size_t
text_of(uint8_t *text, uint64_t random)
{
	const uint16_t size = random % PAYLOAD_MAX;
	const uint8_t number = random >> 32;

	memset(text, number, size);
	if (size >= sizeof(size))
		memcpy(text, &size, sizeof(size));
	return size;
}

static void
assert_whole(const uint8_t *text, ssize_t got)
{
	uint16_t size;

	if (got < (ssize_t)sizeof(size))
		return;
	memcpy(&size, text, sizeof(size));
	assert_int_equal(size, got);
	for (ssize_t i = 3; i < got; i++)
		assert_int_equal(text[i], text[2]);
}

static void
read_all(struct noise *n)
{
	uint8_t text[2048];
	ssize_t got;

	while ((got = lop_recv(n->rx, text, sizeof(text), MSG_DONTWAIT)) >= 0) {
		assert_whole(text, got);
		n->received++;
	}
}

void
noise_run(struct noise *n, unsigned int datagrams)
{
	uint8_t text[PAYLOAD_MAX];

	for (unsigned int done = 0; done < datagrams; done++) {
		const size_t size = text_of(text, noise_draw(&n->random));

		assert_int_equal(lop_send(n->tx, text, size, 0), size);
		n->sent++;
		if (done % BURST == BURST - 1 || done == datagrams - 1) {
			carry_all(n);
			read_all(n);
		}
	}
	give_held(n, 0);
	read_all(n);
}

uint64_t
noise_drops(const struct lop *lop)
{
	uint64_t all = 0;

	for (unsigned int i = 0; i < LOP_DROP_COUNT; i++)
		all += lop_drop_read(lop, i);
	return all;
}

void
noise_assert_sums(const struct noise *n)
{
	const uint64_t dropped = noise_drops(n->to);

	assert_int_equal(noise_drops(n->from), 0);
	assert_int_equal(fx_mib(n->from, "Ip", "OutTransmits"), n->sent);
	assert_int_equal(n->sent - n->lost + n->doubled, n->given);
	if (n->given != n->received + dropped)
		fail_msg("%" PRIu64 " given, %" PRIu64 " received, %" PRIu64 " dropped", n->given,
				n->received, dropped);
	assert_true(dropped <= n->spoiled);
	assert_int_equal(fx_mib(n->to, "Udp", "InDatagrams"), n->received);
}

/* contract RX-01, UR-01, UR-06, DEV-12: by seed, to the packet */
static void
sums_hold_over_a_bad_link(void **state)
{
	static struct noise n;

	for (uint64_t seed = 1; seed <= 8; seed++) {
		noise_open(*state, &n, seed);
		noise_run(&n, 2000);
		noise_assert_sums(&n);
		/* it was a bad one */
		assert_true(n.lost > 0 && n.doubled > 0 && n.spoiled > 0);
		assert_true(noise_drops(n.to) > 0);
		fx_lop_down(n.from);
		fx_lop_down(n.to);
	}
}

static const struct lo_case noise_cases[] = {
	LO_CASE(sums_hold_over_a_bad_link),
};
LO_REGISTER_TEST(lop_noise_autotest, noise_cases);
