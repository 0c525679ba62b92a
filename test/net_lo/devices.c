/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Many devices at once, and the memory that one takes. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_bus_vdev.h>

#include "nl.h"

#define DEVICES 64
#define DESCRIPTOR_BYTES_MAX 16
#define QUEUE_PAIR_BYTES_MAX 4096

static void
name_of(char name[RTE_DEV_NAME_MAX_LEN], unsigned int i)
{
	snprintf(name, RTE_DEV_NAME_MAX_LEN, "net_lo%u", i);
}

static void
assert_numbered(uint16_t port, unsigned int i)
{
	const struct rte_ether_addr want = { .addr_bytes = { 0x02, 'l', 'o', 0, 0, i } };
	struct rte_ether_addr mac;

	assert_int_equal(rte_eth_macaddr_get(port, &mac), 0);
	assert_true(rte_is_same_ether_addr(&mac, &want));
}

/* The device beyond the last port: one line of the driver's names it, and nothing stays. */
static void
assert_one_too_many(const char *name)
{
	size_t heap = nl_heap_bytes();
	char *log;
	int ret;

	nl_log_begin();
	ret = rte_vdev_init(name, "");
	log = nl_log_end();
	assert_int_equal(ret, -ENOMEM);
	if (strstr(log, "net_lo: ") == NULL || strstr(log, name) == NULL ||
			strstr(log, "no ethdev port") == NULL)
		fail_msg("no line says that there is no ethdev port for %s: %s", name, log);
	free(log);
	assert_int_equal(rte_vdev_uninit(name), -ENOENT);
	assert_int_equal(nl_heap_bytes(), heap);
}

/* net_lo0 to net_lo63, or as many as this DPDK has ports for. */
static void
many_devices_at_once(void **state)
{
	struct fx *fx = *state;
	unsigned int fit = RTE_MIN(RTE_MAX_ETHPORTS - rte_eth_dev_count_total(), DEVICES);
	char name[RTE_DEV_NAME_MAX_LEN];
	struct fx_port conf = { .nb_rxd = 32 };
	uint16_t ports[DEVICES];
	struct rte_mbuf *m;

	conf.pool = fx->pool = fx_pool(fx, 255, 128);
	for (unsigned int i = 0; i < fit; i++) {
		name_of(name, i);
		ports[i] = fx_vdev(fx, name, "");
		assert_numbered(ports[i], i);
		fx_port_up(ports[i], &conf);
	}
	if (fit < DEVICES) {
		name_of(name, fit);
		assert_one_too_many(name);
	}

	/* What goes into one comes out of that one. */
	for (unsigned int i = 0; i < fit; i++) {
		m = pkt_build(fx->pool, &(struct pkt){ .stamp = i });
		fx_tx_all(ports[i], 0, &m, 1);
	}
	for (unsigned int i = fit; i-- > 0;) {
		fx_rx_all(ports[i], 0, &m, 1);
		assert_int_equal(pkt_stamp(m), i);
		assert_int_equal(m->port, ports[i]);
		rte_pktmbuf_free(m);
	}
}

static size_t
bytes_of_device(struct fx *fx, const char *args, uint16_t nb_queues, uint16_t nb_desc)
{
	const struct fx_port conf = {
		.nb_rx = nb_queues, .nb_tx = nb_queues, .nb_rxd = nb_desc, .nb_txd = nb_desc
	};
	size_t before = nl_heap_bytes();
	size_t bytes;

	nl_up(fx, args, &conf);
	bytes = nl_heap_bytes() - before;
	fx_vdev_remove(fx, NL_NAME);
	assert_int_equal(nl_heap_bytes(), before);
	return bytes;
}

static void
memory_stays_within_its_limits(void **state)
{
	static const char *const args[] = { "steer=queue", "steer=lcore", "steer=flow" };
	struct fx *fx = *state;

	fx->pool = fx_pool(fx, 127, 128);
	for (unsigned int i = 0; i < RTE_DIM(args); i++) {
		size_t one, deep, many;

		/* ethdev's own, allocated once */
		bytes_of_device(fx, args[i], 1, 1);
		one = bytes_of_device(fx, args[i], 1, 1);
		deep = bytes_of_device(fx, args[i], 1, 32768);
		many = bytes_of_device(fx, args[i], 65, 1);
		print_message("%s: %zu bytes with one slot, %.2f per descriptor, %zu per queue "
			      "pair\n",
				args[i], one, (double)(deep - one) / 32767, (many - one) / 64);
		assert_true(deep - one <= 32767 * DESCRIPTOR_BYTES_MAX);
		assert_true((many - one) / 64 <= QUEUE_PAIR_BYTES_MAX);
	}
}

static const struct lo_case devices_cases[] = {
	LO_CASE(many_devices_at_once),
	LO_CASE(memory_stays_within_its_limits),
};
LO_REGISTER_TEST(net_lo_autotest, devices_cases);
