/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Devargs: what is refused, and how; what is taken, and what comes of it. */

#include <stdlib.h>
#include <string.h>

#include <rte_bus_vdev.h>

#include "nl.h"

#define STEERS "queue|lcore|flow"
#define OVERFLOWS "backpressure|drop"
#define MACS "unicast address or all zeros"
#define SPEEDS "10..1000000"
#define KEYS "steer overflow mac speed"

/* Devargs that are refused; the line says what was given, and what is wanted instead. */
struct bad {
	const char *args;
	const char *given;
	const char *wanted;
};

static unsigned int
count_lines(const char *log)
{
	unsigned int lines = 0;

	for (const char *at = log; (at = strstr(at, "net_lo: ")) != NULL; at++)
		lines++;
	return lines;
}

static void
assert_refused(const struct bad *bad)
{
	unsigned int ports = rte_eth_dev_count_total();
	size_t heap = nl_heap_bytes();
	char *log;
	int ret;

	nl_log_begin();
	ret = rte_vdev_init(NL_NAME, bad->args);
	log = nl_log_end();

	if (ret == 0) {
		rte_vdev_uninit(NL_NAME);
		fail_msg("%s: accepted", bad->args);
	}
	if (ret != -EINVAL)
		fail_msg("%s: %s, not EINVAL", bad->args, rte_strerror(-ret));
	if (count_lines(log) != 1 || strstr(log, NL_NAME ": ") == NULL ||
			strstr(log, bad->given) == NULL || strstr(log, bad->wanted) == NULL)
		fail_msg("%s: the log does not say '%s' and '%s' on one line: %s", bad->args,
				bad->given, bad->wanted, log);
	free(log);
	assert_int_equal(rte_eth_dev_count_total(), ports);
	assert_int_equal(nl_heap_bytes(), heap);
	/* Not on the bus either. */
	assert_int_equal(rte_vdev_uninit(NL_NAME), -ENOENT);
}

/* What ethdev and the bus allocate once and keep. */
static void
warm_up(void)
{
	assert_int_equal(rte_vdev_init(NL_NAME, ""), 0);
	assert_int_equal(rte_vdev_uninit(NL_NAME), 0);
}

static void
assert_all_refused(const struct bad *bad, size_t n)
{
	warm_up();
	for (size_t i = 0; i < n; i++)
		assert_refused(&bad[i]);
	/* The name is free, the driver works. */
	warm_up();
}

static void
unknown_keys_are_refused(void **state)
{
	static const struct bad bad[] = {
		{ "color=red", "color=red", KEYS },
		{ "Steer=queue", "Steer=queue", KEYS },
		{ "steers=queue", "steers=queue", KEYS },
		{ "steer=queue,mtu=1500", "mtu=1500", KEYS },
		{ "color", "color=", KEYS },
	};

	RTE_SET_USED(state);
	assert_all_refused(bad, RTE_DIM(bad));
}

static void
bad_words_are_refused(void **state)
{
	static const struct bad bad[] = {
		{ "steer=none", "steer=none", STEERS },
		{ "steer=Queue", "steer=Queue", STEERS },
		{ "steer=queue1", "steer=queue1", STEERS },
		{ "steer=que", "steer=que", STEERS },
		{ "steer=queue lcore", "steer=queue lcore", STEERS },
		{ "steer=queue=flow", "queue=flow", KEYS },
		{ "steer=queue;overflow=drop", "queue;overflow=drop", KEYS },
		{ "overflow=block", "overflow=block", OVERFLOWS },
		{ "overflow=drop0", "overflow=drop0", OVERFLOWS },
		{ "overflow=1", "overflow=1", OVERFLOWS },
	};

	RTE_SET_USED(state);
	assert_all_refused(bad, RTE_DIM(bad));
}

static void
bad_speeds_are_refused(void **state)
{
	static const struct bad bad[] = {
		{ "speed=0", "speed=0", SPEEDS },
		{ "speed=9", "speed=9", SPEEDS },
		{ "speed=1000001", "speed=1000001", SPEEDS },
		{ "speed=-10", "speed=-10", SPEEDS },
		{ "speed=+10", "speed=+10", SPEEDS },
		{ "speed= 10", "speed= 10", SPEEDS },
		{ "speed=10 ", "speed=10 ", SPEEDS },
		{ "speed=0x64", "speed=0x64", SPEEDS },
		{ "speed=100G", "speed=100G", SPEEDS },
		{ "speed=1e3", "speed=1e3", SPEEDS },
		{ "speed=4294967396", "speed=4294967396", SPEEDS },
		{ "speed=99999999999999999999", "speed=99999999999999999999", SPEEDS },
	};

	RTE_SET_USED(state);
	assert_all_refused(bad, RTE_DIM(bad));
}

static void
bad_macs_are_refused(void **state)
{
	static const struct bad bad[] = {
		{ "mac=01:00:5e:00:00:01", "mac=01:00:5e:00:00:01", MACS },
		{ "mac=ff:ff:ff:ff:ff:ff", "mac=ff:ff:ff:ff:ff:ff", MACS },
		{ "mac=02:00:00:00:00", "mac=02:00:00:00:00", MACS },
		{ "mac=02:00:00:00:00:01:02", "mac=02:00:00:00:00:01:02", MACS },
		{ "mac=02:00:00:00:00:01x", "mac=02:00:00:00:00:01x", MACS },
		{ "mac=02:00:00:00:00:100", "mac=02:00:00:00:00:100", MACS },
		{ "mac=random", "mac=random", MACS },
		{ "mac=0", "mac=0", MACS },
	};

	RTE_SET_USED(state);
	assert_all_refused(bad, RTE_DIM(bad));
}

static void
duplicates_are_refused(void **state)
{
	static const struct bad bad[] = {
		{ "steer=queue,steer=queue", "steer=queue", STEERS },
		{ "steer=queue,steer=flow", "steer=", STEERS },
		{ "speed=10,overflow=drop,speed=20", "speed=", SPEEDS },
		{ "mac=02:00:00:00:00:01,mac=02:00:00:00:00:01", "mac=02:00:00:00:00:01", MACS },
	};

	RTE_SET_USED(state);
	assert_all_refused(bad, RTE_DIM(bad));
}

static void
missing_and_empty_values_are_refused(void **state)
{
	static const struct bad bad[] = {
		{ "steer=", "steer=", STEERS },
		{ "steer", "steer=", STEERS },
		{ "overflow=", "overflow=", OVERFLOWS },
		{ "overflow", "overflow=", OVERFLOWS },
		{ "mac=", "mac=", MACS },
		{ "mac", "mac=", MACS },
		{ "speed=", "speed=", SPEEDS },
		{ "speed", "speed=", SPEEDS },
		{ "speed=,steer=queue", "speed=", SPEEDS },
	};

	RTE_SET_USED(state);
	assert_all_refused(bad, RTE_DIM(bad));
}

static void
empty_pairs_are_refused(void **state)
{
	static const struct bad bad[] = {
		{ ",", ",", KEYS },
		{ ",steer=queue", ",steer=queue", KEYS },
		{ "steer=queue,", "steer=queue,", KEYS },
		{ "steer=queue,,overflow=drop", "steer=queue,,overflow=drop", KEYS },
		{ "=queue", "=queue", KEYS },
	};

	RTE_SET_USED(state);
	assert_all_refused(bad, RTE_DIM(bad));
}

static void
assert_taken(const char *args, const char *line)
{
	struct fx fx = { 0 };
	char *dump;

	assert_int_equal(rte_vdev_init(NL_NAME, args), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name(NL_NAME, &fx.tx_port), 0);
	dump = nl_dump(&fx);
	if (strstr(dump, line) == NULL)
		fail_msg("%s: '%s' is not in: %s", args, line, dump);
	free(dump);
	assert_int_equal(rte_vdev_uninit(NL_NAME), 0);
}

static void
good_forms_are_taken(void **state)
{
	RTE_SET_USED(state);
	assert_taken("", "steer queue, overflow backpressure, speed 100000 Mbps");
	assert_taken("steer=queue", "steer queue, overflow backpressure, speed 100000 Mbps");
	assert_taken("steer=lcore", "steer lcore, overflow backpressure, speed 100000 Mbps");
	assert_taken("overflow=drop,steer=flow", "steer flow, overflow drop, speed 100000 Mbps");
	assert_taken("overflow=backpressure", "steer queue, overflow backpressure,");
	assert_taken("speed=10", "speed 10 Mbps");
	assert_taken("speed=1000000,mac=00:00:00:00:00:00,overflow=drop,steer=lcore",
			"steer lcore, overflow drop, speed 1000000 Mbps");
}

static void
speed_is_reported(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_link link;

	nl_up(fx, "speed=25000", NULL);
	assert_int_equal(rte_eth_link_get_nowait(fx->tx_port, &link), 0);
	assert_int_equal(link.link_speed, 25000);
	assert_int_equal(link.link_duplex, RTE_ETH_LINK_FULL_DUPLEX);
	assert_int_equal(link.link_status, RTE_ETH_LINK_UP);
	assert_int_equal(nl_info(fx).speed_capa, RTE_ETH_LINK_SPEED_25G);
}

static void
assert_mac(struct fx *fx, const char *name, const char *args, const char *want)
{
	struct rte_ether_addr mac, wanted;
	uint16_t port = fx_vdev(fx, name, args);

	assert_int_equal(rte_ether_unformat_addr(want, &wanted), 0);
	assert_int_equal(rte_eth_macaddr_get(port, &mac), 0);
	if (!rte_is_same_ether_addr(&mac, &wanted))
		fail_msg("%s,%s: " RTE_ETHER_ADDR_PRT_FMT ", not %s", name, args,
				RTE_ETHER_ADDR_BYTES(&mac), want);
	fx_vdev_remove(fx, name);
}

static void
mac_is_taken(void **state)
{
	assert_mac(*state, NL_NAME, "mac=02:11:22:33:44:55", "02:11:22:33:44:55");
	assert_mac(*state, NL_NAME, "mac=00:00:00:00:00:00", "00:00:00:00:00:00");
	assert_mac(*state, NL_NAME, "mac=FE:DC:BA:98:76:54", "fe:dc:ba:98:76:54");
}

static void
default_mac_has_the_number(void **state)
{
	assert_mac(*state, "net_lo7", "", "02:6c:6f:00:00:07");
	assert_mac(*state, "net_lo63", "", "02:6c:6f:00:00:3f");
	assert_mac(*state, "net_lo256", "", "02:6c:6f:00:01:00");
	assert_mac(*state, "net_lo70000", "", "02:6c:6f:01:11:70");
}

static struct rte_ether_addr
mac_of(struct fx *fx, const char *name)
{
	struct rte_ether_addr mac;

	assert_int_equal(rte_eth_macaddr_get(fx_vdev(fx, name, ""), &mac), 0);
	fx_vdev_remove(fx, name);
	return mac;
}

/* Not that of any number; the same each time; another one for another name. */
static void
default_mac_of_a_name_without_number(void **state)
{
	struct rte_ether_addr a = mac_of(*state, "net_lo_left");
	struct rte_ether_addr b = mac_of(*state, "net_lo_right");
	struct rte_ether_addr again = mac_of(*state, "net_lo_left");

	assert_true(rte_is_local_admin_ether_addr(&a) && rte_is_unicast_ether_addr(&a));
	assert_true(a.addr_bytes[3] >= 0x80);
	assert_true(rte_is_same_ether_addr(&a, &again));
	assert_false(rte_is_same_ether_addr(&a, &b));
}

static const struct lo_case devargs_cases[] = {
	LO_CASE(unknown_keys_are_refused),
	LO_CASE(bad_words_are_refused),
	LO_CASE(bad_speeds_are_refused),
	LO_CASE(bad_macs_are_refused),
	LO_CASE(duplicates_are_refused),
	LO_CASE(missing_and_empty_values_are_refused),
	LO_CASE(empty_pairs_are_refused),
	LO_CASE(good_forms_are_taken),
	LO_CASE(speed_is_reported),
	LO_CASE(mac_is_taken),
	LO_CASE(default_mac_has_the_number),
	LO_CASE(default_mac_of_a_name_without_number),
};
LO_REGISTER_TEST(net_lo_autotest, devargs_cases);
