/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Routes of users: what is refused, in which order they stand, what their types do. */

#include <string.h>

#include "route.h"

#define ONLINK RTNH_F_ONLINK

static const struct {
	const char *prefix, *gateway, *prefsrc;
	int oif;
	uint8_t type, scope, tos;
	uint32_t flags, table;
	int err;
} bad_routes[] = {
	{ .prefix = "50.0.0.0/8", .err = -ENODEV },
	{ .prefix = "50.0.0.0/8", .oif = 40, .err = -ENODEV },
	{ .prefix = "50.0.0.0/8", .oif = -1, .err = -ENODEV },
	{ .prefix = "50.0.0.0/8", .gateway = "10.5.5.7", .oif = 40, .err = -ENETUNREACH },
	{ .prefix = "50.0.0.0/8", .gateway = "99.9.9.9", .err = -ENETUNREACH },
	{ .prefix = "50.0.0.0/8", .gateway = "10.5.5.7", .oif = 1, .err = -ENETUNREACH },
	{ .prefix = "50.0.0.0/8", .gateway = "10.5.5.255", .err = -EINVAL },
	{ .prefix = "50.0.0.0/8", .gateway = "224.0.0.1", .oif = 2, .err = -ENETUNREACH },
	{ .prefix = "51.0.0.0/8", .gateway = "10.5.5.7", .scope = 253, .err = -ENETUNREACH },
	{ .prefix = "51.0.0.0/8", .gateway = "10.5.5.7", .scope = 254, .err = -EINVAL },
	{ .prefix = "51.0.0.0/8", .gateway = "10.5.5.7", .scope = 255, .err = -EINVAL },
	{ .prefix = "51.0.0.0/8", .gateway = "9.9.9.9", .flags = ONLINK, .err = -ENODEV },
	{ .prefix = "51.0.0.0/8",
			.gateway = "10.5.5.5",
			.flags = ONLINK,
			.oif = 2,
			.err = -EINVAL },
	{ .prefix = "51.0.0.0/8",
			.gateway = "127.0.0.1",
			.flags = ONLINK,
			.oif = 2,
			.err = -EINVAL },
	{ .prefix = "51.0.0.0/8",
			.gateway = "9.9.9.9",
			.flags = ONLINK,
			.oif = 2,
			.scope = 253,
			.err = -EINVAL },
	{ .prefix = "52.0.0.0/8", .flags = ONLINK, .oif = 2, .err = -EINVAL },
	{ .prefix = "52.0.0.0/8",
			.gateway = "9.9.9.9",
			.flags = ONLINK,
			.oif = 3,
			.err = -ENETDOWN },
	{ .prefix = "52.0.0.0/8", .oif = 3, .scope = 253, .err = -ENETDOWN },
	{ .prefix = "57.0.0.0/8", .oif = 2, .scope = 255, .err = -EINVAL },
	{ .prefix = "57.0.0.0/8", .oif = 2, .scope = 253, .type = RTN_LOCAL, .err = -EINVAL },
	{ .prefix = "57.0.0.0/8", .oif = 2, .type = RTN_BROADCAST, .err = -EINVAL },
	{ .prefix = "57.0.0.0/8", .oif = 2, .type = RTN_ANYCAST, .err = -EINVAL },
	{ .prefix = "58.0.0.0/8", .oif = 2, .type = 12, .err = -EINVAL },
	{ .prefix = "58.0.0.0/8", .oif = 2, .type = RTN_NAT, .scope = 255, .err = -EINVAL },
	{ .prefix = "58.0.0.0/8", .oif = 2, .type = RTN_BLACKHOLE, .err = -EINVAL },
	{ .prefix = "61.0.0.0/8", .oif = 2, .tos = 1, .err = -EINVAL },
	{ .prefix = "61.0.0.0/33", .oif = 2, .err = -EINVAL },
	{ .prefix = "61.0.0.1/8", .oif = 2, .err = -EINVAL },
	{ .prefix = "63.0.0.0/8", .oif = 2, .prefsrc = "1.2.3.4", .err = -EINVAL },
	{ .prefix = "63.0.0.0/8", .oif = 2, .prefsrc = "10.5.5.255", .err = -EINVAL },
	{ .prefix = "67.0.0.0/8", .oif = 2, .flags = RTNH_F_DEAD, .err = -EINVAL },
	{ .prefix = "67.0.0.0/8", .oif = 2, .flags = RTNH_F_PERVASIVE, .err = -EINVAL },
	{ .prefix = "68.0.0.0/8", .gateway = "10.6.6.7", .err = -ENETUNREACH },
	{ .prefix = "68.0.0.0/8", .gateway = "10.6.6.6", .err = -ENETDOWN },
	{ .prefix = "72.0.0.0/8", .gateway = "70.1.1.1", .err = -ENETUNREACH },
	{ .prefix = "54.0.0.0/8", .type = RTN_BLACKHOLE, .err = -EEXIST },
	{ .prefix = "54.0.0.0/8", .gateway = "99.9.9.9", .err = -ENETUNREACH },
};

/* contract RT-10: every refusal with Linux's errno, and nothing has changed */
static void
bad_routes_are_refused(void **state)
{
	struct fx *fx = *state;
	struct lop *lop = fx_lop_up(fx);
	struct lop_route route = rt("70.0.0.0/8");
	char before[2048];
	int d1;

	assert_int_equal(rt_wire(fx, lop, "d0", "10.5.5.5", 24), 2);
	d1 = fx_wire(fx, lop, "d1");
	rt_addr(lop, d1, "10.6.6.6", 24, RT_SCOPE_UNIVERSE);
	route.oif = 2;
	route.table = 100;
	route.scope = RT_SCOPE_LINK;
	assert_int_equal(lop_route_add(lop, &route), 0);
	assert_int_equal(rt_add_oif(lop, "54.0.0.0/8", 2), 0);
	snprintf(before, sizeof(before), "%s", rt_table(lop, 0));
	for (unsigned int i = 0; i < RTE_DIM(bad_routes); i++) {
		int err;

		route = rt(bad_routes[i].prefix);
		route.gateway_be = rt_ip(bad_routes[i].gateway);
		route.prefsrc_be = rt_ip(bad_routes[i].prefsrc);
		route.oif = bad_routes[i].oif;
		route.type = bad_routes[i].type;
		route.scope = bad_routes[i].scope;
		route.tos = bad_routes[i].tos;
		route.flags = bad_routes[i].flags;
		route.table = bad_routes[i].table;
		err = lop_route_add(lop, &route);
		if (err != bad_routes[i].err)
			fail_msg("row %u: %d, not %d", i, err, bad_routes[i].err);
	}
	assert_string_equal(rt_table(lop, 0), before);
}

/* contract RT-10: what may seem odd and is accepted */
static void
odd_routes_are_accepted(void **state)
{
	struct fx *fx = *state;
	struct lop *lop = fx_lop_up(fx);
	struct lop_route route = rt("53.0.0.0/8");
	int d0 = rt_wire(fx, lop, "d0", "10.5.5.5", 24);
	int d1 = fx_wire(fx, lop, "d1");

	/* a local route of an interface that is down */
	route.oif = d1;
	route.type = RTN_LOCAL;
	route.scope = RT_SCOPE_HOST;
	route.table = RT_TABLE_LOCAL;
	assert_int_equal(lop_route_add(lop, &route), 0);
	assert_string_equal(rt_get(lop, "53.1.1.1", NULL, 0), "local dev 1 src 53.1.1.1 <local>");
	/* a source that the route itself makes local */
	route = rt("62.1.1.1/32");
	route.oif = d0;
	route.type = RTN_LOCAL;
	route.scope = RT_SCOPE_HOST;
	route.table = RT_TABLE_LOCAL;
	route.prefsrc_be = route.dst_be;
	assert_int_equal(lop_route_add(lop, &route), 0);
	/* a source of 127/8 on a wire: refused to who uses it */
	route = rt("64.0.0.0/8");
	route.oif = d0;
	route.prefsrc_be = rt_ip("127.9.9.9");
	assert_int_equal(lop_route_add(lop, &route), 0);
	assert_string_equal(rt_get(lop, "64.1.1.1", NULL, 0), "EINVAL");
	/* one's own address as a gateway, and one that only table 100 knows */
	assert_int_equal(rt_add_via(lop, "50.0.0.0/8", "10.5.5.5"), 0);
	route = rt("70.0.0.0/8");
	route.oif = d0;
	route.table = 100;
	route.scope = RT_SCOPE_LINK;
	assert_int_equal(lop_route_add(lop, &route), 0);
	route = rt("71.0.0.0/8");
	route.gateway_be = rt_ip("70.1.1.1");
	route.table = 100;
	assert_int_equal(lop_route_add(lop, &route), 0);
	/* a type that refuses takes any scope and source */
	route = rt("60.0.0.0/8");
	route.type = RTN_BLACKHOLE;
	route.scope = RT_SCOPE_NOWHERE;
	route.prefsrc_be = rt_ip("1.2.3.4");
	assert_int_equal(lop_route_add(lop, &route), 0);
}

/* contract RT-10, SEND-08: the errno of each type, and who counts OutNoRoutes */
static void
types_answer_their_errno(void **state)
{
	static const struct {
		uint8_t type;
		const char *prefix, *daddr;
		int err;
	} rows[] = {
		{ RTN_BLACKHOLE, "20.0.0.0/8", "20.1.1.1", -EINVAL },
		{ RTN_UNREACHABLE, "21.0.0.0/8", "21.1.1.1", -EHOSTUNREACH },
		{ RTN_PROHIBIT, "22.0.0.0/8", "22.1.1.1", -EACCES },
		{ RTN_THROW, "23.0.0.0/8", "23.1.1.1", -ENETUNREACH },
	};
	struct fx *fx = *state;
	struct lop *lop = fx_lop_up(fx);
	struct lop_worker *w = fx_worker(lop);
	struct lop_route route = rt("24.0.0.0/8");

	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		struct lop_flow flow = { .daddr_be = rt_ip(rows[i].daddr) };
		uint64_t before = fx_mib(lop, "Ip", "OutNoRoutes");
		struct lop_route_result result;
		const struct lop_dst *dst;
		uint32_t saddr_be;

		assert_int_equal(rt_add_type(lop, rows[i].prefix, rows[i].type), 0);
		lop_enter(w);
		assert_int_equal(lop_route_output(w, &flow, &result), rows[i].err);
		lop_route_output_bulk(w, &flow.daddr_be, &dst, &saddr_be, 1);
		assert_null(dst);
		lop_leave(w);
		assert_int_equal(fx_mib(lop, "Ip", "OutNoRoutes") - before,
				rows[i].err == -ENETUNREACH ? 1 : 0);
		/* contract RT-07: an interface asked for passes it by */
		assert_string_equal(rt_get(lop, rows[i].daddr, NULL, 1), "unicast dev 1 <local>");
	}
	assert_int_equal(rt_wire(fx, lop, "d0", "10.5.5.5", 24), 2);
	route.oif = 2;
	route.scope = RT_SCOPE_LINK;
	route.type = RTN_BROADCAST;
	assert_int_equal(lop_route_add(lop, &route), 0);
	assert_string_equal(rt_get(lop, "24.1.1.1", NULL, 0),
			"broadcast dev 2 src 10.5.5.5 <local> <brd>");
	route.dst_be = rt_ip("25.0.0.0");
	route.type = RTN_MULTICAST;
	assert_int_equal(lop_route_add(lop, &route), 0);
	assert_string_equal(rt_get(lop, "25.1.1.1", NULL, 0), "multicast dev 2 src 10.5.5.5 <mc>");
	route.dst_be = rt_ip("26.0.0.0");
	route.type = RTN_ANYCAST;
	assert_int_equal(lop_route_add(lop, &route), 0);
	assert_string_equal(rt_get(lop, "26.1.1.1", NULL, 0), "anycast dev 2 src 10.5.5.5");
}

/* contract RULE-01, RULE-03: local and main by the longest prefix, then default; not after errors */
static void
tables_are_asked_in_order(void **state)
{
	struct fx *fx = *state;
	struct lop *lop = fx_lop_up(fx);
	int d0 = rt_wire(fx, lop, "d0", "10.5.5.5", 24);
	struct lop_route route = rt("40.0.0.0/8");

	assert_int_equal(rt_add_type(lop, "40.0.0.0/8", RTN_THROW), 0);
	assert_int_equal(rt_add_type(lop, "90.0.0.0/8", RTN_UNREACHABLE), 0);
	route.oif = d0;
	route.table = RT_TABLE_DEFAULT;
	assert_int_equal(lop_route_add(lop, &route), 0);
	route.dst_be = rt_ip("90.0.0.0");
	assert_int_equal(lop_route_add(lop, &route), 0);
	route.dst_be = rt_ip("91.0.0.0");
	route.table = 100;
	assert_int_equal(lop_route_add(lop, &route), 0);
	assert_string_equal(rt_get(lop, "40.0.0.1", NULL, 0), "unicast dev 2 src 10.5.5.5");
	assert_string_equal(rt_get(lop, "90.0.0.1", NULL, 0), "EHOSTUNREACH");
	assert_string_equal(rt_get(lop, "91.0.0.1", NULL, 0), "ENETUNREACH");
	/* a longer prefix of main wins over one of local, the same one does not */
	assert_int_equal(rt_add_oif(lop, "127.5.0.0/16", d0), 0);
	assert_string_equal(rt_get(lop, "127.5.1.1", NULL, 0), "unicast dev 2 src 10.5.5.5");
	assert_int_equal(lop_addr_type(lop, rt_ip("127.5.1.1")), RTN_UNICAST);
	assert_int_equal(rt_add_oif(lop, "127.0.0.0/8", d0), 0);
	assert_string_equal(rt_get(lop, "127.6.1.1", NULL, 0), "local dev 1 src 127.0.0.1 <local>");
}

/* contract RT-13: scope, TOS and metric; SEND-12: on-link only */
static void
wishes_rule_routes_out(void **state)
{
	static const struct {
		uint8_t tos;
		int oif;
	} rows[] = { { 0, 2 }, { 0x20, 2 }, { 0x10, 3 }, { 0x1c, 3 }, { 0xfc, 3 }, { 0x40, 2 },
		{ 0x3c, 3 }, { 0x11, 3 } };
	struct fx *fx = *state;
	struct lop *lop = fx_lop_up(fx);
	int d0 = rt_wire(fx, lop, "d0", "10.5.5.5", 24);
	int d1 = rt_wire(fx, lop, "d1", "10.6.6.6", 24);
	struct lop_worker *w = fx_worker(lop);
	struct lop_route route = rt("10.0.0.0/16");
	struct lop_flow flow = { .daddr_be = rt_ip("10.0.1.1") };
	struct lop_route_result result;

	route.oif = d0;
	assert_int_equal(lop_route_add(lop, &route), 0);
	assert_int_equal(lop_route_add(lop, &route), -EEXIST);
	route.oif = d1;
	assert_int_equal(lop_route_add(lop, &route), -EEXIST);
	route.priority = 7;
	assert_int_equal(lop_route_add(lop, &route), 0);
	route.priority = 0;
	route.tos = 0x10;
	assert_int_equal(lop_route_add(lop, &route), 0);
	route.tos = 0x1c;
	assert_int_equal(lop_route_add(lop, &route), 0);
	lop_enter(w);
	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		flow.tos = rows[i].tos;
		assert_int_equal(lop_route_output(w, &flow, &result), 0);
		assert_int_equal(result.dst->dev->ifindex, rows[i].oif);
	}
	lop_leave(w);
	assert_string_equal(rt_table(lop, RT_TABLE_MAIN),
			"unicast 10.0.0.0/16 dev 3 tos 0x1c\n"
			"unicast 10.0.0.0/16 dev 3 tos 0x10\n"
			"unicast 10.0.0.0/16 dev 2\n"
			"unicast 10.0.0.0/16 dev 3 metric 7\n"
			"unicast 10.5.5.0/24 dev 2 src 10.5.5.5\n"
			"unicast 10.6.6.0/24 dev 3 src 10.6.6.6\n");
	/* an interface asked for goes on to the next route of it */
	assert_string_equal(rt_get(lop, "10.0.1.1", NULL, d1), "unicast dev 3 src 10.6.6.6");

	assert_int_equal(rt_add_via(lop, "30.0.0.0/8", "10.5.5.1"), 0);
	flow = (struct lop_flow){ .daddr_be = rt_ip("30.0.0.1"), .dont_route = true };
	lop_enter(w);
	assert_int_equal(lop_route_output(w, &flow, &result), -ENETUNREACH);
	flow.daddr_be = rt_ip("10.5.5.77");
	assert_int_equal(lop_route_output(w, &flow, &result), 0);
	flow.daddr_be = rt_ip("127.0.0.1");
	assert_int_equal(lop_route_output(w, &flow, &result), 0);
	lop_leave(w);
}

/* contract RT-10: what is removed, by which fields */
static void
routes_are_removed_by_what_fits(void **state)
{
	struct fx *fx = *state;
	struct lop *lop = fx_lop_up(fx);
	int d0 = rt_wire(fx, lop, "d0", "10.5.5.5", 24);
	struct lop_route route = rt("61.0.0.0/8");
	struct lop_route wanted = route;

	route.oif = d0;
	route.tos = 0x10;
	assert_int_equal(lop_route_add(lop, &route), 0);
	assert_int_equal(lop_route_del(lop, &wanted), -ESRCH);
	wanted.tos = 0x10;
	wanted.gateway_be = rt_ip("1.1.1.1");
	assert_int_equal(lop_route_del(lop, &wanted), -ESRCH);
	wanted.gateway_be = 0;
	wanted.priority = 77;
	assert_int_equal(lop_route_del(lop, &wanted), -ESRCH);
	wanted.priority = 0;
	assert_int_equal(lop_route_del(lop, &wanted), 0);
	assert_int_equal(lop_route_del(lop, &wanted), -ESRCH);
	wanted.dst_len = 33;
	assert_int_equal(lop_route_del(lop, &wanted), -EINVAL);
}

static const struct lo_case add_cases[] = {
	LO_CASE(bad_routes_are_refused),
	LO_CASE(odd_routes_are_accepted),
	LO_CASE(types_answer_their_errno),
	LO_CASE(tables_are_asked_in_order),
	LO_CASE(wishes_rule_routes_out),
	LO_CASE(routes_are_removed_by_what_fits),
};
LO_REGISTER_TEST(lop_route_autotest, add_cases);
