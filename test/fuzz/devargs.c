/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The text behind the name of a net_lo device; what is taken makes a device that runs. */

#include <rte_bus_vdev.h>
#include <rte_ethdev.h>

#include "fuzz.h"

#define NAME "net_lo_fuzz"
#define TEXT_MAX 512

static void
no_world(void)
{
}

static void
device_is_whole(void)
{
	struct rte_ether_addr mac;
	struct rte_eth_link link;
	uint16_t port;

	FUZZ_CHECK(rte_eth_dev_get_port_by_name(NAME, &port) == 0);
	FUZZ_CHECK(rte_eth_macaddr_get(port, &mac) == 0);
	FUZZ_CHECK(rte_is_zero_ether_addr(&mac) || rte_is_unicast_ether_addr(&mac));
	FUZZ_CHECK(rte_eth_link_get_nowait(port, &link) == 0);
	FUZZ_CHECK(link.link_speed >= 10 && link.link_speed <= 1000000);
}

static void
run(const uint8_t *data, size_t size)
{
	char text[TEXT_MAX + 1];
	uint16_t port;

	size = RTE_MIN(size, (size_t)TEXT_MAX);
	memcpy(text, data, size);
	text[size] = '\0';
	if (rte_vdev_init(NAME, text) != 0) {
		FUZZ_CHECK(rte_eth_dev_get_port_by_name(NAME, &port) != 0);
		return;
	}
	device_is_whole();
	FUZZ_CHECK(rte_vdev_uninit(NAME) == 0);
}

const struct fuzz_target fuzz_devargs = {
	.name = "devargs",
	.open = no_world,
	.close = no_world,
	.run = run,
};
