/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Interfaces: how lo is born, goes up and down, and what may be changed about it. */

#include <errno.h>
#include <net/if_arp.h>
#include <string.h>

#include <rte_eth_ring.h>
#include <rte_ethdev.h>

#include "../../lib/lop/include/lop_if.h"
#include "fx.h"

static struct lop_if_info
info_of(struct lop *lop, int ifindex)
{
	struct lop_if_info info;

	assert_int_equal(lop_if_get(lop, ifindex, &info), 0);
	return info;
}

static int
nb_addrs(struct lop *lop, int ifindex)
{
	struct lop_ifaddr addr;

	return lop_addr_list(lop, ifindex, &addr, 1);
}

static bool
joined(struct lop *lop, int ifindex, const char *group)
{
	return lop_if_joined(lop_if_of(lop, ifindex), inet_addr(group));
}

static void
assert_up(struct lop *lop, int ifindex, bool up)
{
	assert_int_equal(lop_if_set_flags(lop, ifindex, up ? IFF_UP : 0, IFF_UP), 0);
}

/* contract DEV-01, DEV-02, DEV-04 */
static void
lo_is_born_first_and_down_with_linuxs_parameters(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);
	const struct lop_if_info info = info_of(lop, LOP_LO_INDEX);

	assert_int_equal(lop_if_index(lop, "lo"), LOP_LO_INDEX);
	assert_int_equal(info.ifindex, 1);
	assert_string_equal(info.name, "lo");
	assert_int_equal(info.flags, IFF_LOOPBACK);
	assert_int_equal(info.mtu, 65536);
	assert_int_equal(info.type, ARPHRD_LOOPBACK);
	assert_memory_equal(info.mac, "\0\0\0\0\0\0", ETH_ALEN);
	assert_memory_equal(info.broadcast, "\0\0\0\0\0\0", ETH_ALEN);
	assert_int_equal(info.tx_queue_len, 1000);
	assert_int_equal(nb_addrs(lop, LOP_LO_INDEX), 0);
	assert_false(joined(lop, LOP_LO_INDEX, "224.0.0.1"));
	assert_ptr_equal(lop->lo, lop_if_of(lop, LOP_LO_INDEX));
}

/* contract DEV-01, DEV-14 */
static void
each_instance_has_a_lo_of_its_own_and_gives_it_back(void **state)
{
	struct lop *a = fx_lop(*state, NULL);
	struct lop *b = fx_lop(*state, NULL);
	const uint16_t ports = rte_eth_dev_count_avail();
	uint16_t port;

	assert_int_not_equal(info_of(a, 1).port_id, info_of(b, 1).port_id);
	assert_up(a, LOP_LO_INDEX, true);
	assert_int_equal(info_of(b, LOP_LO_INDEX).flags, IFF_LOOPBACK);
	for (unsigned int i = 0; i < 2; i++) {
		char name[RTE_DEV_NAME_MAX_LEN];

		snprintf(name, sizeof(name), "net_lo_%s", lop_name(b));
		assert_int_equal(rte_eth_dev_get_port_by_name(name, &port), 0);
		fx_lop_down(b);
		assert_int_equal(rte_eth_dev_get_port_by_name(name, &port), -ENODEV);
		assert_int_equal(rte_eth_dev_count_avail(), ports - 1);
		b = fx_lop(*state, NULL);
	}
}

/* contract DEV-03 */
static void
lo_goes_up_with_127_0_0_1(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct lop_ifaddr addr;

	assert_int_equal(info_of(lop, LOP_LO_INDEX).flags, IFF_UP | IFF_LOOPBACK | IFF_RUNNING);
	assert_int_equal(info_of(lop, LOP_LO_INDEX).flags, 73);
	assert_int_equal(lop_addr_list(lop, LOP_LO_INDEX, &addr, 1), 1);
	assert_int_equal(addr.local_be, inet_addr("127.0.0.1"));
	assert_int_equal(addr.prefix_len, 8);
	assert_int_equal(addr.scope, RT_SCOPE_HOST);
	assert_int_equal(addr.broadcast_be, 0);
	assert_false(addr.secondary);
	assert_string_equal(addr.label, "lo");
	assert_true(joined(lop, LOP_LO_INDEX, "224.0.0.1"));
}

/* contract DEV-03, DEV-10 */
static void
down_keeps_the_address_and_up_finds_it_again(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct lop_ifaddr local = { .local_be = inet_addr("127.0.0.1"), .prefix_len = 8 };
	uint32_t genid = lop_load(lop->genid);

	assert_up(lop, LOP_LO_INDEX, false);
	assert_int_not_equal(lop_load(lop->genid), genid);
	assert_int_equal(info_of(lop, LOP_LO_INDEX).flags, IFF_LOOPBACK);
	assert_int_equal(nb_addrs(lop, LOP_LO_INDEX), 1);
	assert_false(joined(lop, LOP_LO_INDEX, "224.0.0.1"));
	assert_true(lop_load(lop->lo->was_up));

	assert_up(lop, LOP_LO_INDEX, true);
	assert_int_equal(nb_addrs(lop, LOP_LO_INDEX), 1);
	assert_true(joined(lop, LOP_LO_INDEX, "224.0.0.1"));

	/* deleted while down, it is back as soon as lo is up */
	assert_up(lop, LOP_LO_INDEX, false);
	assert_int_equal(lop_addr_del(lop, LOP_LO_INDEX, &local), 0);
	assert_int_equal(nb_addrs(lop, LOP_LO_INDEX), 0);
	assert_up(lop, LOP_LO_INDEX, true);
	assert_int_equal(nb_addrs(lop, LOP_LO_INDEX), 1);
}

/* contract DEV-07 */
static void
lo_can_be_renamed_while_up_but_not_taken_away(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	static const char *const bad[] = { "", ".", "..", "a/b", "a b", "a:b", "1234567890123456" };
	struct lop_ifaddr addrs[4];
	int wire;

	assert_int_equal(lop_if_detach(lop, LOP_LO_INDEX), -EOPNOTSUPP);
	wire = fx_wire(*state, lop, "eth0");
	for (unsigned int i = 0; i < RTE_DIM(bad); i++)
		assert_int_equal(lop_if_rename(lop, LOP_LO_INDEX, bad[i]), -EINVAL);
	assert_int_equal(lop_if_rename(lop, LOP_LO_INDEX, "eth0"), -EEXIST);
	assert_int_equal(lop_if_rename(lop, LOP_IFS_MAX, "x"), -ENODEV);
	assert_int_equal(lop_if_rename(lop, LOP_LO_INDEX, "lo"), 0);

	for (unsigned int i = 1; i <= 3; i++) {
		struct lop_ifaddr addr = { .local_be = RTE_BE32(0x0a000000 + i), .prefix_len = 8 };

		if (i == 3)
			memcpy(addr.label, "lo:x", sizeof("lo:x"));
		assert_int_equal(lop_addr_add(lop, LOP_LO_INDEX, &addr), 0);
	}
	assert_int_equal(lop_if_rename(lop, LOP_LO_INDEX, "foo"), 0);
	assert_int_equal(lop_if_index(lop, "foo"), LOP_LO_INDEX);
	assert_int_equal(lop_if_index(lop, "lo"), -ENODEV);
	/* as the kernel names labels */
	assert_int_equal(lop_addr_list(lop, LOP_LO_INDEX, addrs, 4), 4);
	assert_string_equal(addrs[0].label, "foo");
	assert_string_equal(addrs[1].label, "foo:2");
	assert_string_equal(addrs[2].label, "foo:3");
	assert_string_equal(addrs[3].label, "foo:x");
	assert_int_equal(lop_if_detach(lop, wire), 0);
}

/* contract DEV-07 */
static void
flags_of_lo_can_be_changed_but_not_all(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const unsigned int all = IFF_NOARP | IFF_PROMISC | IFF_ALLMULTI | IFF_MULTICAST;

	assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, all, all), 0);
	assert_int_equal(info_of(lop, LOP_LO_INDEX).flags, 73 | all);
	/* what the mask does not name stays */
	assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, 0, IFF_PROMISC), 0);
	assert_int_equal(info_of(lop, LOP_LO_INDEX).flags, (73 | all) & ~IFF_PROMISC);
	assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, 0, IFF_LOOPBACK), -EINVAL);
	assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, IFF_POINTOPOINT, IFF_POINTOPOINT),
			-EINVAL);
	assert_int_equal(lop_if_set_flags(lop, 2, 0, IFF_UP), -ENODEV);
	assert_int_equal(lop_if_set_flags(lop, -1, 0, IFF_UP), -ENODEV);
}

/* contract DEV-08 */
static void
the_link_address_of_lo_changes_live_but_never_back_to_zero(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const uint8_t mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 0xaa }, zero[ETH_ALEN] = { 0 };
	const uint8_t group[ETH_ALEN] = { 1, 0, 0, 0, 0, 0xaa };
	uint32_t genid = lop_load(lop->genid);

	assert_int_equal(lop_if_set_mac(lop, LOP_LO_INDEX, group), -EADDRNOTAVAIL);
	assert_int_equal(lop_load(lop->genid), genid);
	/* what it has already it may be given */
	assert_int_equal(lop_if_set_mac(lop, LOP_LO_INDEX, zero), 0);
	genid = lop_load(lop->genid);
	assert_int_equal(lop_if_set_mac(lop, LOP_LO_INDEX, mac), 0);
	assert_int_not_equal(lop_load(lop->genid), genid);
	assert_memory_equal(info_of(lop, LOP_LO_INDEX).mac, mac, ETH_ALEN);
	assert_memory_equal(info_of(lop, LOP_LO_INDEX).broadcast, zero, ETH_ALEN);
	assert_int_equal(lop_if_set_mac(lop, LOP_LO_INDEX, zero), -EADDRNOTAVAIL);
	assert_int_equal(lop_if_set_mac(lop, 9, mac), -ENODEV);
}

/* contract DEV-09 */
static void
an_mtu_below_68_takes_ipv4_away_until_lo_goes_up_again(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct lop_ifaddr addr = { .local_be = inet_addr("3.3.3.3"), .prefix_len = 8 };

	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, -1), -EINVAL);
	assert_int_equal(lop_if_set_mtu(lop, 5, 1500), -ENODEV);
	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, INT32_MAX), 0);
	assert_int_equal(info_of(lop, LOP_LO_INDEX).mtu, INT32_MAX);
	assert_int_equal(nb_addrs(lop, LOP_LO_INDEX), 1);
	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 68), 0);
	assert_int_equal(nb_addrs(lop, LOP_LO_INDEX), 1);

	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 67), 0);
	assert_int_equal(nb_addrs(lop, LOP_LO_INDEX), 0);
	assert_false(joined(lop, LOP_LO_INDEX, "224.0.0.1"));
	assert_int_equal(lop_addr_add(lop, LOP_LO_INDEX, &addr), -ENOBUFS);

	/* raising brings IPv4 back, not the address */
	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 1500), 0);
	assert_int_equal(nb_addrs(lop, LOP_LO_INDEX), 0);
	assert_true(joined(lop, LOP_LO_INDEX, "224.0.0.1"));
	assert_int_equal(lop_addr_add(lop, LOP_LO_INDEX, &addr), 0);
	assert_int_equal(nb_addrs(lop, LOP_LO_INDEX), 1);
	assert_up(lop, LOP_LO_INDEX, false);
	assert_up(lop, LOP_LO_INDEX, true);
	assert_int_equal(nb_addrs(lop, LOP_LO_INDEX), 2);

	/* nor does going up while the MTU is too small */
	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 0), 0);
	assert_up(lop, LOP_LO_INDEX, false);
	assert_up(lop, LOP_LO_INDEX, true);
	assert_int_equal(nb_addrs(lop, LOP_LO_INDEX), 0);
}

/* contract DEV-11, DEV-12 */
static void
counters_are_the_sum_of_all_workers(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct lop_if_count *count = &fx_worker(lop)->ifs[LOP_LO_INDEX];
	struct lop_if_stats stats;

	lop_count(count->rx_packets, 3);
	lop_count(count->rx_bytes, 84);
	lop_count(count->tx_packets, 3);
	lop_count(count->tx_bytes, 84);
	lop_count(count->tx_dropped, 2);
	lop_count(count->rx_dropped, 1);
	lop_count(count->rx_otherhost_dropped, 5);
	lop_count(count->multicast, 4);
	assert_int_equal(lop_if_stats(lop, LOP_LO_INDEX, &stats), 0);
	assert_int_equal(stats.rx_packets, 3);
	assert_int_equal(stats.tx_packets, 3);
	assert_int_equal(stats.rx_bytes, 84);
	assert_int_equal(stats.tx_bytes, 84);
	assert_int_equal(stats.tx_dropped, 2);
	assert_int_equal(stats.rx_dropped, 1);
	assert_int_equal(stats.rx_otherhost_dropped, 5);
	assert_int_equal(stats.multicast, 4);
	assert_int_equal(stats.rx_errors + stats.tx_errors, 0);
	assert_int_equal(lop_if_stats(lop, 2, &stats), -ENODEV);

	/* they outlive the thread's stay */
	assert_int_equal(lop_worker_detach(lop), 0);
	assert_int_equal(lop_if_stats(lop, LOP_LO_INDEX, &stats), 0);
	assert_int_equal(stats.rx_packets, 3);
	assert_int_equal(lop_worker_attach(lop), 0);
}

/* contract DEV-01: other ports come behind lo */
static void
another_port_is_an_ethernet_interface(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int eth = fx_wire(*state, lop, "eth0");
	struct lop_if_info info = info_of(lop, eth);

	assert_int_equal(eth, 2);
	assert_int_equal(info.type, ARPHRD_ETHER);
	assert_int_equal(info.flags, IFF_BROADCAST | IFF_MULTICAST);
	assert_int_equal(info.mtu, 1500);
	assert_memory_equal(info.broadcast, "\xff\xff\xff\xff\xff\xff", ETH_ALEN);
	assert_int_equal(nb_addrs(lop, eth), 0);
	assert_int_equal(lop_if_attach(lop, info.port_id, "eth0"), -EEXIST);
	assert_int_equal(lop_if_attach(lop, info.port_id, "e:0"), -EINVAL);
	assert_int_equal(lop_if_attach(lop, info.port_id, "eth1"), -EBUSY);
	assert_int_equal(lop_if_attach(lop, RTE_MAX_ETHPORTS, "eth1"), -ENODEV);
	assert_int_equal(lop_if_index(lop, "eth1"), -ENODEV);

	assert_up(lop, eth, true);
	assert_int_equal(nb_addrs(lop, eth), 0);
	assert_true(joined(lop, eth, "224.0.0.1"));
	assert_int_equal(lop_if_set_mtu(lop, eth, 67), -EINVAL);
	assert_int_equal(lop_if_set_mtu(lop, eth, 576), 0);
	assert_int_equal(info_of(lop, eth).mtu, 576);

	assert_int_equal(lop_if_detach(lop, eth), 0);
	assert_int_equal(lop_if_get(lop, eth, &info), -ENODEV);
	assert_int_equal(lop_if_detach(lop, eth), -ENODEV);
	assert_false(rte_eth_dev_is_valid_port(info.port_id));
}

/* contract MC-01 */
static void
groups_are_joined_per_interface_and_counted(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const uint32_t group = inet_addr("239.1.2.3");
	uint32_t genid = lop_load(lop->genid);

	assert_int_equal(lop_if_join(lop->lo, inet_addr("10.0.0.1")), -EINVAL);
	assert_int_equal(lop_if_leave(lop->lo, group), -EADDRNOTAVAIL);
	assert_int_equal(lop_if_join(lop->lo, group), 0);
	assert_int_not_equal(lop_load(lop->genid), genid);
	assert_int_equal(lop_if_join(lop->lo, group), 0);
	assert_int_equal(lop_if_join(lop->lo, inet_addr("239.1.2.4")), 0);
	assert_int_equal(lop_if_leave(lop->lo, group), 0);
	assert_true(lop_if_joined(lop->lo, group));
	assert_int_equal(lop_if_leave(lop->lo, group), 0);
	assert_false(lop_if_joined(lop->lo, group));
	assert_true(joined(lop, LOP_LO_INDEX, "239.1.2.4"));
	assert_true(joined(lop, LOP_LO_INDEX, "224.0.0.1"));

	/* they stay while it is down, and go with IPv4 */
	assert_up(lop, LOP_LO_INDEX, false);
	assert_true(joined(lop, LOP_LO_INDEX, "239.1.2.4"));
	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 60), 0);
	assert_false(joined(lop, LOP_LO_INDEX, "239.1.2.4"));
	assert_int_equal(lop_if_join(lop->lo, group), -ENODEV);
}

static const struct lo_case cases[] = {
	LO_CASE(lo_is_born_first_and_down_with_linuxs_parameters),
	LO_CASE(each_instance_has_a_lo_of_its_own_and_gives_it_back),
	LO_CASE(lo_goes_up_with_127_0_0_1),
	LO_CASE(down_keeps_the_address_and_up_finds_it_again),
	LO_CASE(lo_can_be_renamed_while_up_but_not_taken_away),
	LO_CASE(flags_of_lo_can_be_changed_but_not_all),
	LO_CASE(the_link_address_of_lo_changes_live_but_never_back_to_zero),
	LO_CASE(an_mtu_below_68_takes_ipv4_away_until_lo_goes_up_again),
	LO_CASE(counters_are_the_sum_of_all_workers),
	LO_CASE(another_port_is_an_ethernet_interface),
	LO_CASE(groups_are_joined_per_interface_and_counted),
};
LO_REGISTER_TEST(lop_if_autotest, cases);
