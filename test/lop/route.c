/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Routes of interfaces and users. What is expected is what Linux 6.18 answered to the same
 * commands.
 */

#include <string.h>

#include "route.h"

/* contract DEV-02: no route at all; any address can be bound; 0.0.0.0 is this host, SEND-18 */
static void
virgin_instance_knows_this_host_only(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);

	assert_string_equal(rt_table(lop, 0), "");
	assert_int_equal(lop_addr_type(lop, rt_ip("9.9.9.9")), RTN_BROADCAST);
	assert_string_equal(rt_get(lop, "127.0.0.1", NULL, 0), "ENETUNREACH");
	assert_string_equal(rt_get(lop, "0.0.0.0", NULL, 0), "local dev 1 src 127.0.0.1 <local>");
}

/* contract DEV-03, DEV-16, RT-08, RT-11, BC-01 */
static void
lo_up_makes_127_local(void **state)
{
	struct lop *lop = fx_lop_up(*state);

	assert_string_equal(rt_table(lop, RT_TABLE_LOCAL),
			"local 127.0.0.0/8 dev 1 src 127.0.0.1\n"
			"local 127.0.0.1/32 dev 1 src 127.0.0.1\n"
			"broadcast 127.255.255.255/32 dev 1 src 127.0.0.1\n");
	assert_string_equal(rt_table(lop, RT_TABLE_MAIN), "");
	assert_string_equal(rt_get(lop, "127.1.2.3", NULL, 0), "local dev 1 src 127.0.0.1 <local>");
	assert_string_equal(rt_get(lop, "127.0.0.0", NULL, 0), "local dev 1 src 127.0.0.1 <local>");
	assert_string_equal(rt_get(lop, "127.255.255.255", NULL, 0),
			"broadcast dev 1 src 127.0.0.1 <local> <brd>");
	assert_int_equal(lop_addr_type(lop, rt_ip("127.9.9.9")), RTN_LOCAL);
	assert_int_equal(lop_addr_type(lop, rt_ip("127.255.255.255")), RTN_BROADCAST);
	assert_int_equal(lop_addr_type(lop, rt_ip("224.0.0.1")), RTN_MULTICAST);
	assert_int_equal(lop_addr_type(lop, rt_ip("9.9.9.9")), RTN_UNICAST);
}

/* contract DEV-10: down after up keeps what is local */
static void
lo_down_keeps_local_routes(void **state)
{
	struct lop *lop = fx_lop_up(*state);

	assert_int_equal(rt_add_oif(lop, "85.0.0.0/8", LOP_LO_INDEX), 0);
	assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, 0, IFF_UP), 0);
	assert_string_equal(rt_table(lop, 0),
			"local 127.0.0.0/8 dev 1 src 127.0.0.1\n"
			"local 127.0.0.1/32 dev 1 src 127.0.0.1\n");
	assert_string_equal(rt_get(lop, "127.0.0.1", NULL, 0), "local dev 1 src 127.0.0.1 <local>");
	assert_string_equal(rt_get(lop, "127.0.0.1", NULL, LOP_LO_INDEX), "ENETUNREACH");
}

/* contract DEV-09: an MTU below 68 takes IPv4 away */
static void
small_mtu_takes_routes_away(void **state)
{
	struct lop *lop = fx_lop_up(*state);

	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 60), 0);
	assert_string_equal(rt_table(lop, 0), "");
	assert_string_equal(rt_get(lop, "127.0.0.1", NULL, 0), "ENETUNREACH");
	assert_string_equal(rt_get(lop, "0.0.0.0", NULL, 0), "EINVAL");
	assert_string_equal(rt_get(lop, "1.2.3.4", NULL, LOP_LO_INDEX), "ENETUNREACH");
}

/* contract DEV-15: secondary addresses and those outside 127/8 */
static void
alias_addresses_have_routes(void **state)
{
	struct lop *lop = fx_lop_up(*state);

	rt_addr(lop, LOP_LO_INDEX, "127.168.1.1", 8, RT_SCOPE_HOST);
	rt_addr(lop, LOP_LO_INDEX, "100.0.0.1", 32, RT_SCOPE_UNIVERSE);
	assert_string_equal(rt_table(lop, RT_TABLE_LOCAL),
			"local 100.0.0.1/32 dev 1 src 100.0.0.1\n"
			"local 127.0.0.0/8 dev 1 src 127.0.0.1\n"
			"local 127.0.0.1/32 dev 1 src 127.0.0.1\n"
			"local 127.168.1.1/32 dev 1 src 127.0.0.1\n"
			"broadcast 127.255.255.255/32 dev 1 src 127.0.0.1\n");
	assert_string_equal(
			rt_get(lop, "127.168.1.1", NULL, 0), "local dev 1 src 127.0.0.1 <local>");
	assert_string_equal(rt_get(lop, "100.0.0.1", NULL, 0), "local dev 1 src 100.0.0.1 <local>");
	rt_addr_del(lop, LOP_LO_INDEX, "127.168.1.1", 8);
	rt_addr_del(lop, LOP_LO_INDEX, "100.0.0.1", 32);
	assert_string_equal(rt_table(lop, RT_TABLE_LOCAL),
			"local 127.0.0.0/8 dev 1 src 127.0.0.1\n"
			"local 127.0.0.1/32 dev 1 src 127.0.0.1\n"
			"broadcast 127.255.255.255/32 dev 1 src 127.0.0.1\n");
}

/* contract DEV-15, RT-13: what goes with an address and what another one keeps */
static void
removed_address_takes_its_routes(void **state)
{
	struct fx *fx = *state;
	struct lop *lop = fx_lop(fx, NULL);
	int d = rt_wire(fx, lop, "d0", "10.8.0.1", 24);
	struct lop_route route = rt("82.0.0.0/8");

	rt_addr(lop, d, "10.8.0.2", 24, RT_SCOPE_UNIVERSE);
	rt_addr(lop, d, "10.8.0.3", 16, RT_SCOPE_UNIVERSE);
	rt_addr(lop, d, "10.8.0.1", 25, RT_SCOPE_UNIVERSE);
	assert_string_equal(rt_table(lop, RT_TABLE_LOCAL),
			"local 10.8.0.1/32 dev 2 src 10.8.0.1\n"
			"local 10.8.0.2/32 dev 2 src 10.8.0.1\n"
			"local 10.8.0.3/32 dev 2 src 10.8.0.3\n"
			"broadcast 10.8.0.127/32 dev 2 src 10.8.0.1\n"
			"broadcast 10.8.0.255/32 dev 2 src 10.8.0.1\n"
			"broadcast 10.8.255.255/32 dev 2 src 10.8.0.3\n");
	assert_string_equal(rt_table(lop, RT_TABLE_MAIN),
			"unicast 10.8.0.0/25 dev 2 src 10.8.0.1\n"
			"unicast 10.8.0.0/24 dev 2 src 10.8.0.1\n"
			"unicast 10.8.0.0/16 dev 2 src 10.8.0.3\n");
	route.oif = d;
	route.prefsrc_be = rt_ip("10.8.0.1");
	assert_int_equal(lop_route_add(lop, &route), 0);
	rt_addr_del(lop, d, "10.8.0.1", 25);
	assert_string_equal(rt_get(lop, "10.8.0.1", NULL, 0), "local dev 1 src 10.8.0.1 <local>");
	assert_string_equal(rt_get(lop, "82.0.0.1", NULL, 0), "unicast dev 2 src 10.8.0.1");
	rt_addr_del(lop, d, "10.8.0.1", 24);
	assert_string_equal(rt_table(lop, 0),
			"unicast 10.8.0.0/16 dev 2 src 10.8.0.3\n"
			"local 10.8.0.3/32 dev 2 src 10.8.0.3\n"
			"broadcast 10.8.255.255/32 dev 2 src 10.8.0.3\n");
}

/* contract RT-03, RT-04, RT-05, RT-07, CM-02, MC-01 on lo alone */
static void
sources_and_interfaces_on_lo(void **state)
{
	static const struct {
		const char *daddr, *saddr;
		int oif;
		const char *answer;
	} rows[] = {
		{ "1.2.3.4", "1.1.1.1", 0, "ENETUNREACH" },
		{ "1.2.3.4", "255.255.255.255", 0, "EINVAL" },
		{ "224.1.1.1", "224.1.1.1", 0, "EINVAL" },
		{ "1.2.3.4", "127.0.0.1", 0, "ENETUNREACH" },
		{ "127.0.0.5", "127.7.7.7", 0, "local dev 1 src 127.7.7.7 <local>" },
		{ "224.0.0.5", "127.0.0.1", 0, "multicast dev 1 src 127.0.0.1 <mc>" },
		{ "224.0.0.1", "127.0.0.1", 0, "multicast dev 1 src 127.0.0.1 <local> <mc>" },
		{ "255.255.255.255", "127.0.0.1", 0,
				"broadcast dev 1 src 127.0.0.1 <local> <brd>" },
		{ "255.255.255.255", NULL, 0, "ENETUNREACH" },
		{ "224.1.2.3", NULL, 0, "ENETUNREACH" },
		{ "255.255.255.255", NULL, 1, "broadcast dev 1 <local> <brd>" },
		{ "224.0.0.9", NULL, 1, "multicast dev 1 <mc>" },
		{ "224.9.0.9", NULL, 1, "multicast dev 1 <mc>" },
		{ "8.8.8.8", NULL, 1, "unicast dev 1 <local>" },
		{ "8.8.8.8", NULL, 7, "ENODEV" },
		{ "0.0.0.0", NULL, 1, "local dev 1 src 127.0.0.1 <local>" },
		{ "0.0.0.0", "127.3.3.3", 0, "local dev 1 src 127.3.3.3 <local>" },
		{ "0.0.0.0", "10.5.5.5", 0, "ENETUNREACH" },
	};
	struct lop *lop = fx_lop_up(*state);

	for (unsigned int i = 0; i < RTE_DIM(rows); i++)
		assert_string_equal(rt_get(lop, rows[i].daddr, rows[i].saddr, rows[i].oif),
				rows[i].answer);
	/* contract CM-02: an address of wider scope is a source */
	rt_addr(lop, LOP_LO_INDEX, "10.5.5.5", 32, RT_SCOPE_UNIVERSE);
	assert_string_equal(rt_get(lop, "8.8.8.8", NULL, 1), "unicast dev 1 src 10.5.5.5 <local>");
}

/* contract RT-04 to RT-09, RT-12, RT-14, SEND-09 with two more interfaces */
static void
sources_and_interfaces_on_wires(void **state)
{
	static const struct {
		const char *daddr, *saddr;
		int oif;
		const char *answer;
	} rows[] = {
		{ "10.5.5.5", NULL, 0, "local dev 1 src 10.5.5.5 <local>" },
		{ "10.5.5.9", NULL, 0, "local dev 1 src 10.5.5.5 <local>" },
		{ "10.5.5.255", NULL, 0, "broadcast dev 2 src 10.5.5.5 <local> <brd>" },
		{ "10.5.5.0", NULL, 0, "unicast dev 2 src 10.5.5.5" },
		{ "10.6.6.7", NULL, 2, "unicast dev 2 src 169.254.1.1" },
		{ "127.0.0.1", NULL, 2, "unicast dev 2 src 169.254.1.1" },
		{ "10.5.5.5", NULL, 2, "local dev 1 src 10.5.5.5 <local>" },
		{ "10.5.5.5", NULL, 3, "unicast via 10.6.6.9 dev 3 src 10.6.6.6" },
		{ "1.2.3.4", NULL, 0, "unicast via 10.6.6.9 dev 3 src 10.6.6.6" },
		{ "0.1.2.3", NULL, 0, "unicast via 10.6.6.9 dev 3 src 10.6.6.6" },
		{ "240.0.0.1", NULL, 0, "unicast via 10.6.6.9 dev 3 src 10.6.6.6" },
		{ "8.8.8.8", "10.5.5.5", 3, "unicast via 10.6.6.9 dev 3 src 10.5.5.5" },
		{ "1.2.3.4", "127.0.0.1", 0, "EINVAL" },
		{ "10.5.5.33", "127.0.0.1", 0, "EINVAL" },
		{ "10.5.5.5", "127.0.0.1", 0, "local dev 1 src 127.0.0.1 <local>" },
		{ "127.0.0.1", "10.5.5.5", 0, "local dev 1 src 10.5.5.5 <local>" },
		{ "1.2.3.4", "10.5.5.255", 0, "ENETUNREACH" },
		{ "255.255.255.255", NULL, 0, "broadcast dev 3 src 10.6.6.6 <local> <brd>" },
		{ "255.255.255.255", NULL, 2, "broadcast dev 2 src 169.254.1.1 <local> <brd>" },
		{ "255.255.255.255", "10.6.6.6", 0, "broadcast dev 3 src 10.6.6.6 <local> <brd>" },
		{ "255.255.255.255", NULL, 1, "broadcast dev 1 src 10.5.5.5 <local> <brd>" },
		{ "224.1.2.3", NULL, 0, "multicast dev 3 src 10.6.6.6 <mc>" },
		{ "224.0.0.1", NULL, 0, "multicast dev 3 src 10.6.6.6 <local> <mc>" },
		{ "224.1.2.3", "10.5.5.9", 0, "multicast dev 2 src 10.5.5.9 <mc>" },
		{ "224.0.0.9", NULL, 2, "multicast dev 2 src 169.254.1.1 <mc>" },
		{ "224.9.0.9", NULL, 2, "multicast dev 2 src 10.5.5.5 <mc>" },
		{ "239.1.1.1", NULL, 0, "multicast via 10.5.5.1 dev 2 src 10.5.5.5 <mc>" },
		{ "0.0.0.0", NULL, 2, "local dev 1 src 169.254.1.1 <local>" },
		{ "8.8.8.8", NULL, 1, "unicast dev 1 src 10.5.5.5 <local>" },
	};
	struct fx *fx = *state;
	struct lop *lop = fx_lop_up(fx);
	int d0 = rt_wire(fx, lop, "d0", "10.5.5.5", 24);
	int d1 = rt_wire(fx, lop, "d1", "10.6.6.6", 24);

	assert_int_equal(d0, 2);
	assert_int_equal(d1, 3);
	rt_addr(lop, d0, "10.5.5.9", 24, RT_SCOPE_UNIVERSE);
	rt_addr(lop, d0, "169.254.1.1", 16, RT_SCOPE_LINK);
	assert_int_equal(rt_add_via(lop, "0.0.0.0/0", "10.6.6.9"), 0);
	assert_int_equal(rt_add_via(lop, "239.1.0.0/16", "10.5.5.1"), 0);
	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		if (strcmp(rt_get(lop, rows[i].daddr, rows[i].saddr, rows[i].oif),
				    rows[i].answer) != 0)
			fail_msg("%s from %s oif %d: %s, not %s", rows[i].daddr,
					rows[i].saddr == NULL ? "any" : rows[i].saddr, rows[i].oif,
					rt_get(lop, rows[i].daddr, rows[i].saddr, rows[i].oif),
					rows[i].answer);
	}
}

/* contract RT-02, CO-03: whatever changes a decision is seen by who keeps one */
static void
every_change_moves_the_generation(void **state)
{
	struct fx *fx = *state;
	struct lop *lop = fx_lop_up(fx);
	struct lop_route route = rt("20.0.0.0/8");
	uint32_t before = lop_load(lop->genid);

	assert_int_equal(rt_add_type(lop, "20.0.0.0/8", RTN_BLACKHOLE), 0);
	assert_int_not_equal(lop_load(lop->genid), before);
	before = lop_load(lop->genid);
	assert_int_equal(lop_route_del(lop, &route), 0);
	assert_int_not_equal(lop_load(lop->genid), before);
	before = lop_load(lop->genid);
	rt_addr(lop, LOP_LO_INDEX, "10.0.0.1", 32, RT_SCOPE_UNIVERSE);
	assert_int_not_equal(lop_load(lop->genid), before);
	before = lop_load(lop->genid);
	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 1500), 0);
	assert_int_not_equal(lop_load(lop->genid), before);
	before = lop_load(lop->genid);
	lop_route_flush_cache(lop);
	assert_int_not_equal(lop_load(lop->genid), before);
}

/* contract DEV-09, RT-08: the MTU of local routes is lo's, of IPv4 at most 65535 */
static void
mtu_of_a_destination_follows_the_interface(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct lop_route_answer a;
	struct lop_route route = rt("66.0.0.0/8");

	assert_int_equal(lop_route_get(lop, rt_ip("127.0.0.1"), 0, 0, &a), 0);
	assert_int_equal(a.mtu_bytes, 65535);
	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 1500), 0);
	assert_int_equal(lop_route_get(lop, rt_ip("127.0.0.1"), 0, 0, &a), 0);
	assert_int_equal(a.mtu_bytes, 1500);
	assert_int_equal(lop_route_get(lop, 0, 0, 0, &a), 0);
	assert_int_equal(a.mtu_bytes, 1500);
	route.oif = LOP_LO_INDEX;
	route.mtu_bytes = 70000;
	assert_int_equal(lop_route_add(lop, &route), 0);
	assert_int_equal(lop_route_get(lop, rt_ip("66.0.0.1"), 0, 0, &a), 0);
	assert_int_equal(a.mtu_bytes, 65520);
}

static const struct lo_case cases[] = {
	LO_CASE(virgin_instance_knows_this_host_only),
	LO_CASE(lo_up_makes_127_local),
	LO_CASE(lo_down_keeps_local_routes),
	LO_CASE(small_mtu_takes_routes_away),
	LO_CASE(alias_addresses_have_routes),
	LO_CASE(removed_address_takes_its_routes),
	LO_CASE(sources_and_interfaces_on_lo),
	LO_CASE(sources_and_interfaces_on_wires),
	LO_CASE(every_change_moves_the_generation),
	LO_CASE(mtu_of_a_destination_follows_the_interface),
};
LO_REGISTER_TEST(lop_route_autotest, cases);
