/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Settings: names, values and errors as a kernel of 6.18 was seen to have them. */

#include <errno.h>
#include <string.h>

#include "../../lib/lop/include/lop_if.h"
#include "fx.h"

static void
assert_reads(struct lop *lop, const char *name, const char *expected)
{
	char value[64];

	assert_int_equal(lop_sysctl_get(lop, name, value, sizeof(value)), 0);
	assert_string_equal(value, expected);
}

static void
write_ok(struct lop *lop, const char *name, const char *value)
{
	if (lop_sysctl_set(lop, name, value) != 0)
		fail_msg("%s=%s was refused", name, value);
}

static void
write_bad(struct lop *lop, const char *name, const char *value)
{
	char before[64];

	assert_int_equal(lop_sysctl_get(lop, name, before, sizeof(before)), 0);
	if (lop_sysctl_set(lop, name, value) != -EINVAL)
		fail_msg("%s=%s was not refused", name, value);
	assert_reads(lop, name, before);
}

/* contract IPO-01 (ip_default_ttl), OB-01 */
static void
names_are_those_below_proc_sys(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);
	char value[64];

	assert_reads(lop, "ip_default_ttl", "64");
	assert_reads(lop, "net.ipv4.ip_default_ttl", "64");
	assert_reads(lop, "net/ipv4/ip_default_ttl", "64");
	assert_reads(lop, "core/rmem_max", "212992");
	assert_reads(lop, "net.core.rmem_max", "212992");
	assert_reads(lop, "core.netdev_budget_usecs", "2000");
	write_ok(lop, "net.ipv4.ip_default_ttl", "7");
	assert_reads(lop, "ip_default_ttl", "7");
	assert_int_equal(lop_setting(lop, LOP_SETTING_IP_DEFAULT_TTL), 7);

	assert_int_equal(lop_sysctl_set(lop, "no_such_thing", "1"), -ENOENT);
	assert_int_equal(lop_sysctl_get(lop, "", value, sizeof(value)), -ENOENT);
	assert_int_equal(lop_sysctl_get(lop, "conf/lo", value, sizeof(value)), -ENOENT);
	assert_int_equal(lop_sysctl_get(lop, "conf/eth9/rp_filter", value, sizeof(value)), -ENOENT);
	assert_int_equal(lop_sysctl_get(lop, "conf/lo/nothing", value, sizeof(value)), -ENOENT);
	assert_int_equal(lop_sysctl_get(lop, "ip_local_port_range/min", value, sizeof(value)),
			-ENOENT);
	assert_int_equal(lop_sysctl_get(lop, "core/rmem_max", value, 6), -ENOSPC);
	assert_int_equal(lop_sysctl_get(lop, "core/rmem_max", value, 7), 0);
}

/* contract IPO-01, BK-03 */
static void
numbers_are_read_as_linux_reads_them(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);
	static const char *const good[][2] = { { " 1", "1" }, { "1 2", "1" }, { "0x10", "16" },
		{ "1\n", "1" }, { "255", "255" } };
	static const char *const bad[] = { "", "abc", "1x", "0", "-1", "256", "99999999999" };

	for (unsigned int i = 0; i < RTE_DIM(good); i++) {
		write_ok(lop, "ip_default_ttl", good[i][0]);
		assert_reads(lop, "ip_default_ttl", good[i][1]);
	}
	for (unsigned int i = 0; i < RTE_DIM(bad); i++)
		write_bad(lop, "ip_default_ttl", bad[i]);
	write_bad(lop, "core/dev_weight", "0");
	write_ok(lop, "core/dev_weight", "1");
}

/* contract SK-02 */
static void
the_port_range_stays_ordered_and_above_privileged_ports(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);
	const char *name = "ip_local_port_range";
	static const char *const bad[] = { "60999 32768", "0 5", "5 5", "100 70000", "100",
		"2000 70000", "3000 2999", "abc", "" };

	assert_reads(lop, name, "32768\t60999");
	for (unsigned int i = 0; i < RTE_DIM(bad); i++)
		write_bad(lop, name, bad[i]);
	write_ok(lop, name, "40000");
	assert_reads(lop, name, "40000\t60999");
	write_ok(lop, name, "40000 50000 1");
	assert_reads(lop, name, "40000\t50000");
	write_ok(lop, name, "3000 3000");
	write_ok(lop, name, "2000\t4000");
	assert_int_equal(lop_setting(lop, LOP_SETTING_PORT_MIN), 2000);
	assert_int_equal(lop_setting(lop, LOP_SETTING_PORT_MAX), 4000);
	write_bad(lop, "ip_unprivileged_port_start", "2001");
	write_ok(lop, "ip_unprivileged_port_start", "2000");
	write_bad(lop, name, "1999 4000");
}

/* contract SK-02 */
static void
reserved_ports_are_a_list_of_ranges(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);
	const char *name = "ip_local_reserved_ports";
	static const char *const good[][2] = { { "80", "80" }, { "1,2,3", "1-3" },
		{ "5-10,3,11", "3,5-11" }, { "", "" }, { "0", "0" }, { "65535", "65535" },
		{ "0-65535\n", "0-65535" }, { "3-3", "3" } };
	static const char *const bad[] = { "10-5", "70000", "1, 2", "5-", "1,,2", "abc", "-1",
		"1," };
	char value[4];

	assert_reads(lop, name, "");
	for (unsigned int i = 0; i < RTE_DIM(good); i++) {
		write_ok(lop, name, good[i][0]);
		assert_reads(lop, name, good[i][1]);
	}
	for (unsigned int i = 0; i < RTE_DIM(bad); i++)
		write_bad(lop, name, bad[i]);
	write_ok(lop, name, "8-9");
	assert_int_equal(lop->reserved_ports[0], 0);
	assert_int_equal(lop->reserved_ports[1], 3);
	assert_int_equal(lop_sysctl_get(lop, name, value, 3), -ENOSPC);
	assert_int_equal(lop_sysctl_get(lop, name, value, 4), 0);
}

/* contract SK-01 */
static void
the_group_range_of_ping_sockets_is_empty_at_first(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);
	const char *name = "ping_group_range";

	assert_reads(lop, name, "1\t0");
	write_ok(lop, name, "0 2147483647");
	assert_reads(lop, name, "0\t2147483647");
	write_ok(lop, name, "10 5");
	assert_reads(lop, name, "1\t0");
	write_bad(lop, name, "-1 3");
	write_bad(lop, name, "x");
}

/* contract DEV-18 */
static void
settings_of_interfaces_have_linuxs_defaults(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);
	static const char *const zero[] = { "rp_filter", "accept_local", "route_localnet",
		"arp_ignore", "arp_announce", "drop_unicast_in_l2_multicast", "forwarding",
		"log_martians", "promote_secondaries" };
	char name[64];

	for (unsigned int i = 0; i < RTE_DIM(zero); i++) {
		snprintf(name, sizeof(name), "conf/all/%s", zero[i]);
		assert_reads(lop, name, "0");
		snprintf(name, sizeof(name), "conf.default.%s", zero[i]);
		assert_reads(lop, name, "0");
		snprintf(name, sizeof(name), "net/ipv4/conf/lo/%s", zero[i]);
		assert_reads(lop, name, "0");
	}
	assert_reads(lop, "conf/all/accept_source_route", "0");
	assert_reads(lop, "conf/default/accept_source_route", "1");
	assert_reads(lop, "conf/lo/accept_source_route", "1");
	/* any number goes */
	write_ok(lop, "conf/lo/rp_filter", "-1");
	assert_reads(lop, "conf/lo/rp_filter", "-1");
	write_bad(lop, "conf/lo/rp_filter", "1x");
}

/* contract DEV-18 */
static void
interfaces_follow_the_default_until_their_first_address(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);
	int eth;

	write_ok(lop, "conf/default/rp_filter", "2");
	assert_reads(lop, "conf/lo/rp_filter", "2");
	write_ok(lop, "conf/lo/accept_local", "1");
	write_ok(lop, "conf/default/accept_local", "0");
	assert_reads(lop, "conf/lo/accept_local", "1");
	/* some are for interfaces to come only */
	write_ok(lop, "conf/default/route_localnet", "1");
	assert_reads(lop, "conf/lo/route_localnet", "0");

	assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP), 0);
	write_ok(lop, "conf/default/rp_filter", "1");
	assert_reads(lop, "conf/lo/rp_filter", "2");
	eth = fx_wire(*state, lop, "eth0.1");
	assert_int_equal(eth, 2);
	assert_reads(lop, "conf/eth0.1/rp_filter", "1");
	assert_reads(lop, "conf/eth0.1/route_localnet", "1");
	assert_reads(lop, "conf.eth0/1.rp_filter", "1");

	/* without IPv4 there is nothing to set; with it again, all begins anew */
	write_ok(lop, "conf/lo/rp_filter", "2");
	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 67), 0);
	assert_int_equal(lop_sysctl_set(lop, "conf/lo/rp_filter", "0"), -ENOENT);
	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 1500), 0);
	assert_reads(lop, "conf/lo/rp_filter", "1");
}

/* contract DEV-18, RX-03, CM-04: what holds, of the interface's value and that of all */
static void
all_and_the_interface_combine_by_setting(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);
	uint32_t genid = lop_load(lop->genid);

	assert_false(lop_if_accept_source_route(lop->lo));
	write_ok(lop, "conf/all/accept_source_route", "1");
	assert_true(lop_if_accept_source_route(lop->lo));
	write_ok(lop, "conf/lo/accept_source_route", "0");
	assert_false(lop_if_accept_source_route(lop->lo));
	assert_int_not_equal(lop_load(lop->genid), genid);

	write_ok(lop, "conf/all/rp_filter", "2");
	write_ok(lop, "conf/lo/rp_filter", "1");
	assert_int_equal(lop_if_rp_filter(lop->lo), 2);
	write_ok(lop, "conf/all/rp_filter", "0");
	assert_int_equal(lop_if_rp_filter(lop->lo), 1);

	assert_false(lop_if_route_localnet(lop->lo));
	write_ok(lop, "conf/all/route_localnet", "1");
	assert_true(lop_if_route_localnet(lop->lo));
	write_ok(lop, "conf/all/route_localnet", "0");
	write_ok(lop, "conf/lo/route_localnet", "1");
	assert_true(lop_if_route_localnet(lop->lo));
	write_ok(lop, "conf/lo/accept_local", "1");
	assert_true(lop_if_accept_local(lop->lo));
	write_ok(lop, "conf/all/arp_ignore", "8");
	assert_int_equal(lop_if_arp_ignore(lop->lo), 8);
}

/* contract DEV-18, RX-04 */
static void
forwarding_for_all_is_set_everywhere(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);

	write_ok(lop, "ip_forward", "1");
	assert_reads(lop, "conf/all/forwarding", "1");
	assert_reads(lop, "conf/default/forwarding", "1");
	assert_reads(lop, "conf/lo/forwarding", "1");
	write_ok(lop, "conf/lo/forwarding", "0");
	assert_reads(lop, "ip_forward", "1");
	assert_false(lop_if_forwarding(lop->lo));
}

static const struct lo_case cases[] = {
	LO_CASE(names_are_those_below_proc_sys),
	LO_CASE(numbers_are_read_as_linux_reads_them),
	LO_CASE(the_port_range_stays_ordered_and_above_privileged_ports),
	LO_CASE(reserved_ports_are_a_list_of_ranges),
	LO_CASE(the_group_range_of_ping_sockets_is_empty_at_first),
	LO_CASE(settings_of_interfaces_have_linuxs_defaults),
	LO_CASE(interfaces_follow_the_default_until_their_first_address),
	LO_CASE(all_and_the_interface_combine_by_setting),
	LO_CASE(forwarding_for_all_is_set_everywhere),
};
LO_REGISTER_TEST(lop_settings_autotest, cases);
