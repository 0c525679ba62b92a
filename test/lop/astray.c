/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Connected sockets whose sends go to others than the peer, as Linux's do behind data that was
 * corked for somebody else: by every call, and whatever was remembered before.
 */

#include "../../lib/lop/include/lop_if.h"
#include "number_fx.h"

#define BYTES 30
#define N 4
#define PEER SF_PORT
#define OTHER (SF_PORT + 1)

struct astray {
	struct lop *lop;
	int s, peer, other;
	uint32_t number;
};

static void
astray_open(struct astray *a, struct fx *fx)
{
	*a = (struct astray){ .lop = fx_lop_up(fx) };
	a->peer = fx_udp(a->lop, NULL, PEER);
	a->other = fx_udp(a->lop, NULL, OTHER);
	a->s = sf_connected(a->lop, PEER);
}

static void
cork_for(struct astray *a, uint16_t port)
{
	assert_int_equal(sf_to(a->s, "a", 1, MSG_MORE, port), 1);
	assert_int_equal(lop_send(a->s, "b", 1, 0), 1);
	sf_assert_text(port == OTHER ? a->other : a->peer, "ab");
}

/* A burst without an address. */
static void
assert_burst_goes_to(struct astray *a, int r)
{
	nf_burst(a->lop, a->s, NULL, a->number, N, BYTES);
	nf_assert_received(r, a->number, N, BYTES);
	a->number += N;
}

static void
assert_named_burst_goes_to(struct astray *a, uint16_t port)
{
	const struct sockaddr_in to = fx_addr("127.0.0.1", port);

	nf_burst(a->lop, a->s, &to, a->number, N, BYTES);
	nf_assert_received(port == OTHER ? a->other : a->peer, a->number, N, BYTES);
	a->number += N;
}

static void
assert_send_goes_to(struct astray *a, int r)
{
	assert_int_equal(lop_send(a->s, "x", 1, 0), 1);
	sf_assert_text(r, "x");
}

static void
change_routes(struct astray *a, uint8_t last)
{
	const struct lop_ifaddr addr = { .local_be = htonl(0x0a090800 | last), .prefix_len = 32 };

	assert_int_equal(lop_addr_add(a->lop, LOP_LO_INDEX, &addr), 0);
}

/* contract CK-01: before and behind a plan */
static void
bursts_and_sends_follow_the_cork(void **state)
{
	struct astray a;

	astray_open(&a, *state);
	for (unsigned int round = 0; round < 3; round++) {
		for (unsigned int i = 0; i < 3; i++) {
			assert_send_goes_to(&a, a.peer);
			assert_burst_goes_to(&a, a.peer);
		}
		cork_for(&a, OTHER);
		for (unsigned int i = 0; i < 3; i++) {
			assert_send_goes_to(&a, a.other);
			assert_burst_goes_to(&a, a.other);
		}
		cork_for(&a, PEER);
	}
}

/* contract CK-01, SEND-06: and are no reason to forget where the others go */
static void
sends_with_an_address_go_to_it(void **state)
{
	struct astray a;

	astray_open(&a, *state);
	assert_named_burst_goes_to(&a, OTHER);
	assert_named_burst_goes_to(&a, PEER);
	cork_for(&a, OTHER);
	for (unsigned int i = 0; i < 3; i++) {
		assert_named_burst_goes_to(&a, PEER);
		assert_int_equal(sf_to(a.s, "y", 1, 0, PEER), 1);
		sf_assert_text(a.peer, "y");
		assert_burst_goes_to(&a, a.other);
		assert_send_goes_to(&a, a.other);
	}
}

/* contract CK-01, CO-03: the one that finds the route again, however it is sent */
static void
first_send_behind_a_change_of_routes_goes_to_the_peer(void **state)
{
	struct sockaddr_in name;
	socklen_t bytes = sizeof(name);
	struct astray a;

	astray_open(&a, *state);
	cork_for(&a, OTHER);
	for (uint8_t i = 1; i < 7; i++) {
		change_routes(&a, i);
		if (i % 2 == 0)
			assert_send_goes_to(&a, a.peer);
		else
			assert_burst_goes_to(&a, a.peer);
		for (unsigned int k = 0; k < 3; k++) {
			assert_burst_goes_to(&a, a.other);
			assert_send_goes_to(&a, a.other);
		}
	}
	/* who asks for a name finds it, too */
	change_routes(&a, 7);
	assert_int_equal(lop_getsockname(a.s, (void *)&name, &bytes), 0);
	assert_send_goes_to(&a, a.other);
}

/* contract CK-01, CO-01: nothing is left of it */
static void
connect_leads_back(void **state)
{
	const struct sockaddr_in to = fx_addr("127.0.0.1", PEER);
	struct astray a;

	astray_open(&a, *state);
	cork_for(&a, OTHER);
	assert_send_goes_to(&a, a.other);
	assert_int_equal(lop_connect(a.s, (const void *)&to, sizeof(to)), 0);
	for (unsigned int i = 0; i < 3; i++) {
		assert_send_goes_to(&a, a.peer);
		assert_burst_goes_to(&a, a.peer);
	}
}

/* contract CK-01, CO-01: the peer stays for one send */
static void
connect_that_fails_leads_astray(void **state)
{
	const struct sockaddr_in all = fx_addr("127.255.255.255", OTHER);
	struct astray a;

	astray_open(&a, *state);
	sf_fails(lop_connect(a.s, (const void *)&all, sizeof(all)), EACCES);
	assert_burst_goes_to(&a, a.peer);
	assert_burst_goes_to(&a, a.other);
	assert_send_goes_to(&a, a.other);
}

static const struct lo_case cases[] = {
	LO_CASE(bursts_and_sends_follow_the_cork),
	LO_CASE(sends_with_an_address_go_to_it),
	LO_CASE(first_send_behind_a_change_of_routes_goes_to_the_peer),
	LO_CASE(connect_leads_back),
	LO_CASE(connect_that_fails_leads_astray),
};
LO_REGISTER_TEST(lop_astray_autotest, cases);
