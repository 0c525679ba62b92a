/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Addresses, and what passes a port that does not listen to everything. */

#include <string.h>

#include "ut.h"

static const struct rte_ether_addr foreign = { .addr_bytes = { 0x02, 0, 0, 0, 0xfe, 1 } };
static const struct rte_ether_addr second = { .addr_bytes = { 0x02, 0, 0, 0, 0xfe, 2 } };
static const struct rte_ether_addr broadcast = { .addr_bytes = { 255, 255, 255, 255, 255, 255 } };
static const struct rte_ether_addr group = { .addr_bytes = { 0x01, 0, 0x5e, 0, 0, 5 } };

/* Does a frame for this address arrive? */
static bool
hears(struct fx *fx, const struct rte_ether_addr *dst)
{
	struct pkt p = ut_pkt(fx, 1, 60);
	struct rte_mbuf *m;
	unsigned int got;

	p.dst = *dst;
	m = pkt_build(fx->pool, &p);
	fx_tx_all(fx->tx_port, 0, &m, 1);
	got = fx_rx(fx->rx_port, 0, &m, 1, 20);
	rte_pktmbuf_free_bulk(&m, got);
	return got == 1;
}

static struct rte_ether_addr
own(struct fx *fx)
{
	struct rte_ether_addr mac;

	assert_int_equal(rte_eth_macaddr_get(fx->rx_port, &mac), 0);
	return mac;
}

/* Bring up a port that listens to its own address only. */
static void
up_filtering(struct fx *fx)
{
	ut_up(fx, NULL);
	/* Enabling asks the driver even where ethdev believes that it is off already. */
	ut_supported(rte_eth_promiscuous_enable(fx->rx_port), "rte_eth_promiscuous_enable");
	ut_supported(rte_eth_promiscuous_disable(fx->rx_port), "rte_eth_promiscuous_disable");
}

static void
mac_is_a_unicast_address(void **state)
{
	struct fx *fx = *state;
	struct rte_ether_addr mac;

	ut_up(fx, NULL);
	mac = own(fx);
	assert_true(rte_is_valid_assigned_ether_addr(&mac));
}

static void
mac_set_is_read_back(void **state)
{
	struct fx *fx = *state;
	struct rte_ether_addr want = second, mac;

	ut_up(fx, NULL);
	ut_supported(rte_eth_dev_default_mac_addr_set(fx->rx_port, &want),
			"rte_eth_dev_default_mac_addr_set");
	mac = own(fx);
	assert_memory_equal(&mac, &second, sizeof(mac));
	assert_true(hears(fx, &second));
}

static void
mac_set_refuses_group_address(void **state)
{
	struct fx *fx = *state;
	struct rte_ether_addr bad = group, before, after;

	ut_up(fx, NULL);
	before = own(fx);
	assert_true(rte_eth_dev_default_mac_addr_set(fx->rx_port, &bad) < 0);
	after = own(fx);
	assert_memory_equal(&before, &after, sizeof(after));
}

/* The filter follows: the old address is a foreign one from then on. */
static void
mac_set_moves_the_filter(void **state)
{
	struct fx *fx = *state;
	struct rte_ether_addr want = second, old;

	up_filtering(fx);
	old = own(fx);
	ut_supported(rte_eth_dev_default_mac_addr_set(fx->rx_port, &want),
			"rte_eth_dev_default_mac_addr_set");
	assert_true(hears(fx, &second));
	assert_false(hears(fx, &old));
}

static void
mac_survives_restart(void **state)
{
	struct fx *fx = *state;
	struct rte_ether_addr want = second, mac;

	ut_up(fx, NULL);
	ut_supported(rte_eth_dev_default_mac_addr_set(fx->rx_port, &want),
			"rte_eth_dev_default_mac_addr_set");
	ut_stop(fx);
	ut_start(fx, NULL);
	mac = own(fx);
	assert_memory_equal(&mac, &second, sizeof(mac));
}

/* An address more: heard while it is in the list, and not before or after. */
static void
mac_filter_list_works(void **state)
{
	struct fx *fx = *state;
	struct rte_ether_addr extra = foreign;

	up_filtering(fx);
	assert_false(hears(fx, &foreign));
	ut_supported(rte_eth_dev_mac_addr_add(fx->rx_port, &extra, 0), "rte_eth_dev_mac_addr_add");
	assert_true(hears(fx, &foreign));
	ut_supported(rte_eth_dev_mac_addr_remove(fx->rx_port, &extra),
			"rte_eth_dev_mac_addr_remove");
	assert_false(hears(fx, &foreign));
}

/* As many as the device says, and one more is refused. */
static void
mac_filter_list_ends(void **state)
{
	struct fx *fx = *state;
	struct rte_ether_addr mac = second;
	uint32_t most;
	int ret;

	ut_up(fx, NULL);
	most = ut_rx_info(fx).max_mac_addrs;
	if (most < 2)
		lo_unsupported("a list of addresses");
	assert_true(most <= 4096);
	for (uint32_t i = 1; i < most; i++) {
		mac.addr_bytes[1] = i >> 8;
		mac.addr_bytes[2] = i;
		ut_supported(rte_eth_dev_mac_addr_add(fx->rx_port, &mac, 0),
				"rte_eth_dev_mac_addr_add");
	}
	mac.addr_bytes[3] = 1;
	ret = rte_eth_dev_mac_addr_add(fx->rx_port, &mac, 0);
	assert_int_equal(ret, -ENOSPC);
}

/* What rte_eth_promiscuous_get() says at the start is what the port does. */
static void
promisc_default_is_true(void **state)
{
	struct fx *fx = *state;
	int on;

	ut_up(fx, NULL);
	on = rte_eth_promiscuous_get(fx->rx_port);
	assert_true(on == 0 || on == 1);
	assert_int_equal(hears(fx, &foreign), on);
}

static void
promisc_is_read_back(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	ut_supported(rte_eth_promiscuous_enable(fx->rx_port), "rte_eth_promiscuous_enable");
	assert_int_equal(rte_eth_promiscuous_get(fx->rx_port), 1);
	ut_supported(rte_eth_promiscuous_disable(fx->rx_port), "rte_eth_promiscuous_disable");
	assert_int_equal(rte_eth_promiscuous_get(fx->rx_port), 0);
}

static void
promisc_on_hears_all(void **state)
{
	struct fx *fx = *state;
	struct rte_ether_addr mac;

	ut_up(fx, NULL);
	ut_supported(rte_eth_promiscuous_enable(fx->rx_port), "rte_eth_promiscuous_enable");
	mac = own(fx);
	assert_true(hears(fx, &mac));
	assert_true(hears(fx, &foreign));
	assert_true(hears(fx, &group));
}

static void
promisc_off_filters(void **state)
{
	struct fx *fx = *state;
	struct rte_ether_addr mac;

	up_filtering(fx);
	mac = own(fx);
	assert_true(hears(fx, &mac));
	assert_true(hears(fx, &broadcast));
	assert_false(hears(fx, &foreign));

	assert_int_equal(rte_eth_promiscuous_enable(fx->rx_port), 0);
	assert_true(hears(fx, &foreign));
}

static void
promisc_survives_restart(void **state)
{
	struct fx *fx = *state;

	up_filtering(fx);
	ut_stop(fx);
	ut_start(fx, NULL);
	assert_int_equal(rte_eth_promiscuous_get(fx->rx_port), 0);
	assert_false(hears(fx, &foreign));
}

static void
allmulti_is_read_back(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	ut_supported(rte_eth_allmulticast_enable(fx->rx_port), "rte_eth_allmulticast_enable");
	assert_int_equal(rte_eth_allmulticast_get(fx->rx_port), 1);
	ut_supported(rte_eth_allmulticast_disable(fx->rx_port), "rte_eth_allmulticast_disable");
	assert_int_equal(rte_eth_allmulticast_get(fx->rx_port), 0);
}

static void
allmulti_off_filters_groups(void **state)
{
	struct fx *fx = *state;

	up_filtering(fx);
	ut_supported(rte_eth_allmulticast_enable(fx->rx_port), "rte_eth_allmulticast_enable");
	assert_true(hears(fx, &group));
	assert_false(hears(fx, &foreign));
	ut_supported(rte_eth_allmulticast_disable(fx->rx_port), "rte_eth_allmulticast_disable");
	assert_false(hears(fx, &group));
	assert_true(hears(fx, &broadcast));
}

static void
multicast_list_works(void **state)
{
	struct fx *fx = *state;
	struct rte_ether_addr list[1] = { group };

	up_filtering(fx);
	ut_supported(rte_eth_allmulticast_enable(fx->rx_port), "rte_eth_allmulticast_enable");
	ut_supported(rte_eth_allmulticast_disable(fx->rx_port), "rte_eth_allmulticast_disable");
	ut_supported(rte_eth_dev_set_mc_addr_list(fx->rx_port, list, 1),
			"rte_eth_dev_set_mc_addr_list");
	assert_true(hears(fx, &group));
	ut_supported(rte_eth_dev_set_mc_addr_list(fx->rx_port, NULL, 0),
			"rte_eth_dev_set_mc_addr_list");
	assert_false(hears(fx, &group));
}

static const struct lo_case mac_cases[] = {
	LO_CASE(mac_is_a_unicast_address),
	LO_CASE(mac_set_is_read_back),
	LO_CASE(mac_set_refuses_group_address),
	LO_CASE(mac_set_moves_the_filter),
	LO_CASE(mac_survives_restart),
	LO_CASE(mac_filter_list_works),
	LO_CASE(mac_filter_list_ends),
	LO_CASE(promisc_default_is_true),
	LO_CASE(promisc_is_read_back),
	LO_CASE(promisc_on_hears_all),
	LO_CASE(promisc_off_filters),
	LO_CASE(promisc_survives_restart),
	LO_CASE(allmulti_is_read_back),
	LO_CASE(allmulti_off_filters_groups),
	LO_CASE(multicast_list_works),
};
LO_REGISTER_TEST(ethdev_autotest, mac_cases);
