/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Many routes, random ones, and routes that change under those who look them up. */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <rte_malloc.h>

#include "../../lib/lop/dp/fib_table.h"
#include "route.h"

#define POOL 400
#define GATES 8

static uint64_t
next_random(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

struct oracle {
	struct lop_route route[POOL];
	bool there[POOL];
	unsigned int n;
};

static uint32_t
mask_be(uint8_t len)
{
	return len == 0 ? 0 : htonl(UINT32_MAX << (32 - len));
}

/* Random prefixes, close together so that they cover each other; no two the same. */
static void
oracle_fill(struct oracle *o, unsigned int n, uint64_t *seed)
{
	static const uint8_t lens[] = { 8, 12, 16, 20, 23, 24, 25, 26, 28, 30, 31, 32 };

	memset(o, 0, sizeof(*o));
	while (o->n < n) {
		uint64_t r = next_random(seed);
		struct lop_route *route = &o->route[o->n];
		bool twice = false;

		*route = (struct lop_route){ .dst_len = lens[r % RTE_DIM(lens)] };
		route->dst_be = htonl(0x14000000 | (r >> 16 & 0x3003ff)) & mask_be(route->dst_len);
		route->gateway_be = htonl(0x0a050501 + (uint32_t)(r >> 56) % GATES);
		for (unsigned int i = 0; i < o->n && !twice; i++)
			twice = o->route[i].dst_be == route->dst_be &&
					o->route[i].dst_len == route->dst_len;
		o->n += !twice;
	}
}

/* The gateway that the longest prefix has; 0: none. */
static uint32_t
oracle_find(const struct oracle *o, uint32_t addr_be)
{
	int best = -1;

	for (unsigned int i = 0; i < o->n; i++) {
		const struct lop_route *r = &o->route[i];

		if (o->there[i] && (addr_be & mask_be(r->dst_len)) == r->dst_be &&
				(best < 0 || r->dst_len > o->route[best].dst_len))
			best = i;
	}
	return best < 0 ? 0 : o->route[best].gateway_be;
}

static void
check(struct lop *lop, const struct oracle *o, uint64_t *seed)
{
	struct lop_worker *w = fx_worker(lop);
	const struct lop_dst *dst[LOP_BURST_MAX];
	uint32_t addr[LOP_BURST_MAX], src[LOP_BURST_MAX];

	for (unsigned int i = 0; i < LOP_BURST_MAX; i++) {
		const uint64_t r = next_random(seed);

		addr[i] = htonl(0x14000000 | (r >> 16 & 0x3003ff));
		if (i % 2 == 0 && o->n != 0)
			addr[i] = o->route[r % o->n].dst_be;
	}
	lop_enter(w);
	lop_route_output_bulk(w, addr, dst, src, LOP_BURST_MAX);
	for (unsigned int i = 0; i < LOP_BURST_MAX; i++) {
		const struct lop_flow flow = { .daddr_be = addr[i] };
		const uint32_t expected = oracle_find(o, addr[i]);
		struct lop_route_result result;

		if (expected == 0) {
			assert_null(dst[i]);
			assert_int_equal(lop_route_output(w, &flow, &result), -ENETUNREACH);
			continue;
		}
		assert_non_null(dst[i]);
		assert_int_equal(dst[i]->gateway_be, expected);
		assert_int_equal(src[i], rt_ip("10.5.5.5"));
		assert_int_equal(lop_route_output(w, &flow, &result), 0);
		assert_ptr_equal(result.dst, dst[i]);
		assert_int_equal(result.saddr_be, src[i]);
	}
	lop_leave(w);
}

static void
flip(struct lop *lop, struct oracle *o, unsigned int i)
{
	assert_int_equal(o->there[i] ? lop_route_del(lop, &o->route[i])
				     : lop_route_add(lop, &o->route[i]),
			0);
	o->there[i] = !o->there[i];
}

/* contract RT-02, RULE-01: few and many prefixes answer as comparing with each does */
static void
random_routes_equal_the_oracle(void **state)
{
	static struct oracle o;
	struct fx *fx = *state;
	struct lop *lop = fx_lop_up(fx);
	uint64_t seed = 88172645463325252;
	bool few = false, many = false;

	rt_wire(fx, lop, "d0", "10.5.5.5", 24);
	for (unsigned int size = 10; size <= POOL; size *= 6) {
		oracle_fill(&o, size, &seed);
		/* Up, about, and down again: over the border between few and many and back. */
		for (unsigned int i = 0; i < size; i++) {
			flip(lop, &o, i);
			if (i % 8 == 0)
				check(lop, &o, &seed);
			few |= lop_load(lop->fib->few) != NULL;
			many |= lop_load(lop->fib->few) == NULL;
		}
		for (unsigned int i = 0; i < size; i++) {
			flip(lop, &o, next_random(&seed) % size);
			check(lop, &o, &seed);
		}
		for (unsigned int i = 0; i < size; i++) {
			if (o.there[i])
				flip(lop, &o, i);
			if (i % 4 == 0)
				check(lop, &o, &seed);
		}
		assert_non_null(lop_load(lop->fib->few));
	}
	assert_true(few && many);
}

/* contract RT-02: prefixes of their own: 0.0.0.0, broadcast, multicast are left to the single call */
static void
burst_leaves_special_addresses(void **state)
{
	struct fx *fx = *state;
	struct lop *lop = fx_lop_up(fx);
	struct lop_worker *w = fx_worker(lop);
	const uint32_t addr[] = { rt_ip("127.1.2.3"), 0, UINT32_MAX, rt_ip("224.0.0.1"),
		rt_ip("239.9.9.9"), rt_ip("127.255.255.255"), rt_ip("10.5.5.5"), rt_ip("53.1.1.1"),
		rt_ip("64.1.1.1"), rt_ip("9.9.9.9") };
	const struct lop_dst *dst[RTE_DIM(addr)];
	uint32_t src[RTE_DIM(addr)];
	struct lop_route route = rt("53.0.0.0/8");
	int d0 = rt_wire(fx, lop, "d0", "10.5.5.5", 24);

	route.oif = LOP_LO_INDEX;
	route.type = RTN_LOCAL;
	route.scope = RT_SCOPE_HOST;
	assert_int_equal(lop_route_add(lop, &route), 0);
	route = rt("64.0.0.0/8");
	route.oif = d0;
	route.prefsrc_be = rt_ip("127.0.0.1");
	assert_int_equal(lop_route_add(lop, &route), 0);
	assert_int_equal(rt_add_via(lop, "0.0.0.0/0", "10.5.5.1"), 0);
	for (unsigned int round = 0; round < 2; round++) {
		lop_enter(w);
		lop_route_output_bulk(w, addr, dst, src, RTE_DIM(addr));
		for (unsigned int i = 1; i <= 4; i++)
			assert_null(dst[i]);
		assert_int_equal(dst[0]->type, RTN_LOCAL);
		assert_int_equal(src[0], rt_ip("127.0.0.1"));
		assert_int_equal(dst[5]->type, RTN_BROADCAST);
		assert_int_equal(dst[6]->orig_ifindex, d0);
		assert_ptr_equal(dst[6]->dev, lop->lo);
		/* contract RT-08: a local address without a source is its own */
		assert_int_equal(src[7], addr[7]);
		/* contract RT-09 */
		assert_null(dst[8]);
		assert_int_equal(dst[9]->gateway_be, rt_ip("10.5.5.1"));
		lop_leave(w);
		/* once more with many */
		for (unsigned int i = 0; round == 0 && i < 64; i++) {
			char text[32];

			snprintf(text, sizeof(text), "30.%u.0.0/16", i);
			assert_int_equal(rt_add_via(lop, text, "10.5.5.1"), 0);
		}
	}
}

#define MILLION 1000000

/* contract RT-02: a million routes load, are found, and cost at most 64 bytes each beside the LPM */
static void
million_routes_load(void **state)
{
	struct fx *fx = *state;
	struct lop *lop = fx_lop_up(fx);
	struct lop_worker *w = fx_worker(lop);
	struct lop_route *routes = calloc(MILLION, sizeof(*routes));
	struct rte_malloc_socket_stats before, after;
	const struct lop_route *all = routes;
	size_t lpm_bytes;

	assert_non_null(routes);
	rt_wire(fx, lop, "d0", "10.5.5.5", 24);
	rte_malloc_get_socket_stats(rte_socket_id(), &before);
	for (uint32_t i = 0; i < MILLION; i++)
		routes[i] = (struct lop_route){
			.dst_be = htonl(0x14000000 + (i << 8)),
			.dst_len = 24,
			.gateway_be = htonl(0x0a050501 + i % GATES),
		};
	assert_int_equal(lop_route_add_bulk(lop, routes, MILLION), MILLION);
	assert_int_equal(lop_route_add_bulk(lop, routes, 1), -EEXIST);
	rte_malloc_get_socket_stats(rte_socket_id(), &after);
	lpm_bytes = sizeof(struct rte_lpm) + (256 << 10);
	assert_true(after.heap_allocsz_bytes - before.heap_allocsz_bytes <
			lpm_bytes + (size_t)MILLION * 64);
	lop_enter(w);
	for (uint32_t i = 0; i < MILLION; i += LOP_BURST_MAX) {
		const struct lop_dst *dst[LOP_BURST_MAX];
		uint32_t addr[LOP_BURST_MAX], src[LOP_BURST_MAX];

		for (uint32_t k = 0; k < LOP_BURST_MAX; k++)
			addr[k] = all[(i + k) % MILLION].dst_be | htonl(k);
		lop_route_output_bulk(w, addr, dst, src, LOP_BURST_MAX);
		for (uint32_t k = 0; k < LOP_BURST_MAX; k++) {
			if (dst[k] == NULL ||
					dst[k]->gateway_be != all[(i + k) % MILLION].gateway_be)
				fail_msg("route %u", i + k);
		}
	}
	lop_leave(w);
	assert_int_equal(lop_route_del(lop, &routes[MILLION / 2]), 0);
	assert_string_equal(rt_get(lop, "27.161.32.1", NULL, 0), "ENETUNREACH");
	free(routes);
}

struct reader {
	struct lop *lop;
	RTE_ATOMIC(bool) stop;
	RTE_ATOMIC(uint64_t) wrong, rounds;
	RTE_ATOMIC(bool) ready;
};

/* 20.0.0.0/8 is always there by gateway .1; longer ones flap, all by .2 and .3. */
static void *
reader_run(void *arg)
{
	struct reader *r = arg;
	struct lop_worker *w;
	uint64_t seed = 7;

	if (lop_worker_attach(r->lop) != 0) {
		lop_count(r->wrong, 1);
		lop_publish(r->ready, true);
		return NULL;
	}
	w = lop_worker_of(r->lop);
	lop_publish(r->ready, true);
	while (!lop_acquire(r->stop)) {
		const struct lop_dst *dst[LOP_BURST_MAX];
		uint32_t addr[LOP_BURST_MAX], src[LOP_BURST_MAX];

		for (unsigned int i = 0; i < LOP_BURST_MAX; i++)
			addr[i] = htonl(0x14000000 | (next_random(&seed) >> 16 & 0xffffff));
		lop_enter(w);
		lop_route_output_bulk(w, addr, dst, src, LOP_BURST_MAX);
		for (unsigned int i = 0; i < LOP_BURST_MAX; i++) {
			const struct lop_flow flow = { .daddr_be = addr[i], .tos = i & 0x1c };
			struct lop_route_result result;
			uint32_t gate;

			if (dst[i] == NULL) {
				lop_count(r->wrong, 1);
				continue;
			}
			gate = ntohl(dst[i]->gateway_be) - 0x0a050500;
			/* even third bytes flap by .2, odd ones by .3 */
			if (gate != 1 && gate != 2 + (ntohl(addr[i]) >> 8 & 1))
				lop_count(r->wrong, 1);
			if (lop_route_output(w, &flow, &result) != 0 || result.saddr_be != src[i])
				lop_count(r->wrong, 1);
		}
		lop_leave(w);
		lop_count(r->rounds, 1);
	}
	lop_worker_detach(r->lop);
	return NULL;
}

/* contract RT-02, RULE-01: look-ups while routes come and go are right before or after each change */
static void
readers_see_no_wrong_route(void **state)
{
	struct fx *fx = *state;
	struct lop *lop = fx_lop_up(fx);
	struct reader r = { .lop = lop };
	uint64_t seed = 99;
	bool there[64] = { 0 };
	pthread_t thread;

	rt_wire(fx, lop, "d0", "10.5.5.5", 24);
	assert_int_equal(rt_add_via(lop, "20.0.0.0/8", "10.5.5.1"), 0);
	assert_int_equal(pthread_create(&thread, NULL, reader_run, &r), 0);
	while (!lop_acquire(r.ready))
		sched_yield();
	for (unsigned int i = 0; i < 1500 || lop_load(r.rounds) < 20; i++) {
		/* Phases of few and of many. */
		const unsigned int among = i / 300 % 2 == 0 ? 64 : 16;
		const unsigned int k = next_random(&seed) % 64;
		struct lop_route route = { .dst_be = htonl(0x14000000 | k << 8) };

		if (k >= among && !there[k])
			continue;
		route.dst_len = k % 4 < 2 ? 24 : 28;
		route.gateway_be = htonl(0x0a050502 + k % 2);
		if (there[k])
			lop_route_del(lop, &route);
		else
			lop_route_add(lop, &route);
		there[k] = !there[k];
	}
	lop_publish(r.stop, true);
	pthread_join(thread, NULL);
	assert_int_equal(lop_load(r.wrong), 0);
}

static const struct lo_case many_cases[] = {
	LO_CASE(random_routes_equal_the_oracle),
	LO_CASE(burst_leaves_special_addresses),
	LO_CASE(million_routes_load),
	LO_CASE(readers_see_no_wrong_route),
};
LO_REGISTER_TEST(lop_route_autotest, many_cases);
