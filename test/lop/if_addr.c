/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Addresses: order, secondary ones, labels, scopes, as a kernel of 6.18 was seen to have them. */

#include <errno.h>
#include <string.h>

#include "../../lib/lop/include/lop_if.h"
#include "fx.h"

#define ADDRS_MAX 32

/* "10.0.0.1/8": an address for calls. */
static struct lop_ifaddr
ifaddr(const char *text, uint8_t scope)
{
	struct lop_ifaddr addr = { .scope = scope };
	char host[INET_ADDRSTRLEN + 4];
	char *slash;

	snprintf(host, sizeof(host), "%s", text);
	slash = strchr(host, '/');
	assert_non_null(slash);
	*slash = '\0';
	assert_int_equal(inet_pton(AF_INET, host, &addr.local_be), 1);
	addr.prefix_len = strtoul(slash + 1, NULL, 10);
	return addr;
}

static int
add(struct lop *lop, const char *text, uint8_t scope)
{
	const struct lop_ifaddr addr = ifaddr(text, scope);

	return lop_addr_add(lop, LOP_LO_INDEX, &addr);
}

static int
del(struct lop *lop, const char *text)
{
	const struct lop_ifaddr addr = ifaddr(text, 0);

	return lop_addr_del(lop, LOP_LO_INDEX, &addr);
}

/* All addresses of lo in order, those in brackets are secondary. */
static void
assert_addrs(struct lop *lop, const char *expected)
{
	struct lop_ifaddr addrs[ADDRS_MAX];
	char text[1024] = "";
	const int n = lop_addr_list(lop, LOP_LO_INDEX, addrs, ADDRS_MAX);

	assert_in_range(n, 0, ADDRS_MAX);
	for (int i = 0; i < n; i++) {
		char host[INET_ADDRSTRLEN];

		inet_ntop(AF_INET, &addrs[i].local_be, host, sizeof(host));
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s%s/%u%s",
				i > 0 ? " " : "", addrs[i].secondary ? "[" : "", host,
				addrs[i].prefix_len, addrs[i].secondary ? "]" : "");
	}
	assert_string_equal(text, expected);
}

/* contract DEV-15, RT-14: narrow scopes first, secondary ones last */
static void
addresses_stand_in_linuxs_order(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);

	assert_int_equal(add(lop, "10.0.0.1/8", RT_SCOPE_UNIVERSE), 0);
	assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP), 0);
	assert_addrs(lop, "127.0.0.1/8 10.0.0.1/8");
	assert_int_equal(add(lop, "10.1.0.1/8", RT_SCOPE_UNIVERSE), 0);
	assert_int_equal(add(lop, "10.1.0.1/16", RT_SCOPE_UNIVERSE), 0);
	assert_int_equal(add(lop, "5.5.5.5/24", RT_SCOPE_HOST), 0);
	assert_int_equal(add(lop, "6.6.6.6/24", RT_SCOPE_LINK), 0);
	assert_int_equal(add(lop, "7.7.7.7/24", RT_SCOPE_UNIVERSE), 0);
	assert_int_equal(add(lop, "10.9.0.1/8", RT_SCOPE_UNIVERSE), 0);
	assert_addrs(lop,
			"127.0.0.1/8 5.5.5.5/24 6.6.6.6/24 10.0.0.1/8 10.1.0.1/16 7.7.7.7/24 "
			"[10.1.0.1/8] [10.9.0.1/8]");
}

/* contract DEV-15 */
static void
addresses_that_do_not_fit_are_refused(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct lop_ifaddr addr = ifaddr("8.8.8.8/32", 0);

	assert_int_equal(add(lop, "127.0.0.1/8", RT_SCOPE_HOST), -EEXIST);
	assert_int_equal(add(lop, "127.0.0.1/8", RT_SCOPE_LINK), -EEXIST);
	assert_int_equal(add(lop, "127.0.0.2/8", RT_SCOPE_LINK), -EINVAL);
	assert_int_equal(add(lop, "8.8.8.8/33", 0), -EINVAL);
	memset(addr.label, 'x', sizeof(addr.label));
	assert_int_equal(lop_addr_add(lop, LOP_LO_INDEX, &addr), -EINVAL);
	assert_int_equal(lop_addr_add(lop, 7, &addr), -ENODEV);
	assert_int_equal(lop_addr_del(lop, 7, &addr), -ENODEV);
	assert_int_equal(lop_addr_list(lop, 7, &addr, 1), -ENODEV);
	/* taken without an effect */
	assert_int_equal(add(lop, "0.0.0.0/8", 0), 0);
	assert_addrs(lop, "127.0.0.1/8");
	/* what Linux has no objection to */
	assert_int_equal(add(lop, "224.0.0.5/32", 0), 0);
	assert_int_equal(add(lop, "255.255.255.255/32", 0), 0);
	assert_int_equal(add(lop, "0.1.2.3/24", 0), 0);
	assert_int_equal(add(lop, "9.9.7.7/0", 0), 0);
	assert_addrs(lop, "127.0.0.1/8 224.0.0.5/32 255.255.255.255/32 0.1.2.3/24 9.9.7.7/0");
}

/* contract DEV-15 */
static void
a_primary_address_takes_its_secondary_ones_with_it(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	uint32_t genid;

	assert_int_equal(add(lop, "10.0.0.1/8", 0), 0);
	assert_int_equal(add(lop, "10.0.0.2/8", 0), 0);
	assert_int_equal(add(lop, "10.0.0.3/8", 0), 0);
	assert_int_equal(add(lop, "11.0.0.1/8", 0), 0);
	assert_int_equal(add(lop, "10.0.0.1/16", 0), 0);
	assert_int_equal(del(lop, "10.0.0.2/16"), -EADDRNOTAVAIL);
	genid = lop_load(lop->genid);
	assert_int_equal(del(lop, "10.0.0.2/8"), 0);
	assert_int_not_equal(lop_load(lop->genid), genid);
	assert_addrs(lop, "127.0.0.1/8 10.0.0.1/8 11.0.0.1/8 10.0.0.1/16 [10.0.0.3/8]");
	assert_int_equal(del(lop, "10.0.0.1/8"), 0);
	assert_addrs(lop, "127.0.0.1/8 11.0.0.1/8 10.0.0.1/16");
	assert_int_equal(del(lop, "10.0.0.1/8"), -EADDRNOTAVAIL);
}

/* contract DEV-15 */
static void
secondary_addresses_are_promoted_on_request(void **state)
{
	struct lop *lop = fx_lop_up(*state);

	assert_int_equal(lop_sysctl_set(lop, "conf/all/promote_secondaries", "1"), 0);
	assert_int_equal(add(lop, "10.0.0.1/8", 0), 0);
	assert_int_equal(add(lop, "10.0.0.2/8", 0), 0);
	assert_int_equal(add(lop, "10.0.0.3/8", 0), 0);
	assert_int_equal(add(lop, "11.0.0.1/8", 0), 0);
	assert_int_equal(del(lop, "10.0.0.1/8"), 0);
	assert_addrs(lop, "127.0.0.1/8 11.0.0.1/8 10.0.0.2/8 [10.0.0.3/8]");
}

/* contract DEV-15: `ifconfig lo:1 127.168.1.1/8` */
static void
an_alias_within_127_is_secondary_and_one_outside_is_not(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct lop_ifaddr alias = ifaddr("127.168.1.1/8", RT_SCOPE_HOST);
	struct lop_ifaddr outside = ifaddr("8.8.8.8/32", RT_SCOPE_UNIVERSE);
	struct lop_ifaddr addrs[3];

	memcpy(alias.label, "lo:1", sizeof("lo:1"));
	memcpy(outside.label, "lo:2", sizeof("lo:2"));
	assert_int_equal(lop_addr_add(lop, LOP_LO_INDEX, &alias), 0);
	assert_int_equal(lop_addr_add(lop, LOP_LO_INDEX, &outside), 0);
	assert_addrs(lop, "127.0.0.1/8 8.8.8.8/32 [127.168.1.1/8]");
	assert_int_equal(lop_addr_list(lop, LOP_LO_INDEX, addrs, 3), 3);
	assert_string_equal(addrs[0].label, "lo");
	assert_string_equal(addrs[1].label, "lo:2");
	assert_string_equal(addrs[2].label, "lo:1");

	/* a label that is named must fit */
	memcpy(alias.label, "lo:2", sizeof("lo:2"));
	assert_int_equal(lop_addr_del(lop, LOP_LO_INDEX, &alias), -EADDRNOTAVAIL);
	memcpy(alias.label, "lo:1", sizeof("lo:1"));
	assert_int_equal(lop_addr_del(lop, LOP_LO_INDEX, &alias), 0);
	assert_addrs(lop, "127.0.0.1/8 8.8.8.8/32");
}

static const struct lo_case addr_cases[] = {
	LO_CASE(addresses_stand_in_linuxs_order),
	LO_CASE(addresses_that_do_not_fit_are_refused),
	LO_CASE(a_primary_address_takes_its_secondary_ones_with_it),
	LO_CASE(secondary_addresses_are_promoted_on_request),
	LO_CASE(an_alias_within_127_is_secondary_and_one_outside_is_not),
};
LO_REGISTER_TEST(lop_if_autotest, addr_cases);
