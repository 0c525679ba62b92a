/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The life of a device: started and stopped, configured anew, reset, closed half-way, unplugged. */

#include <pthread.h>
#include <sched.h>

#include <rte_bus_vdev.h>
#include <rte_cycles.h>

#include "nl.h"

#define ROUNDS 200
/* What the heap gives with a block because it is too small to be one: less than any queue. */
#define SLACK_BYTES 256

static void
send_some(struct fx *fx, uint16_t queue, unsigned int n)
{
	struct rte_mbuf *pkts[64];

	pkt_build_burst(fx->pool, &(struct pkt){ .size = 100 }, pkts, n);
	fx_tx_all(fx->tx_port, queue, pkts, n);
}

/* Stop frees what waits, a start begins with empty rings and goes on counting. */
static void
stop_frees_what_waits(void **state)
{
	static const char *const args[] = { "steer=queue", "steer=lcore", "steer=flow" };
	struct fx *fx = *state;

	for (unsigned int i = 0; i < RTE_DIM(args); i++) {
		nl_up(fx, args[i], NULL);
		for (unsigned int round = 0; round < 5; round++) {
			send_some(fx, 0, 40);
			assert_int_equal(rte_mempool_in_use_count(fx->pool), 40);
			assert_int_equal(rte_eth_dev_stop(fx->tx_port), 0);
			assert_int_equal(rte_mempool_in_use_count(fx->pool), 0);
			assert_int_equal(rte_eth_dev_start(fx->tx_port), 0);
			fx_rx_none(fx->tx_port, 0);
			send_some(fx, 0, 3);
			assert_int_equal(fx_drain(fx->tx_port, 0), 3);
		}
		assert_int_equal(nl_stats(fx).opackets, 5 * 43);
		assert_int_equal(nl_stats(fx).ipackets, 5 * 3);
		assert_int_equal(nl_stats(fx).ibytes, 5 * 3 * 100);
		fx_vdev_remove(fx, NL_NAME);
	}
}

/* Closed and unplugged with packets in it: they are back. */
static void
close_frees_what_waits(void **state)
{
	struct fx *fx = *state;

	nl_up(fx, "", NULL);
	send_some(fx, 0, 40);
	assert_int_equal(rte_vdev_uninit(NL_NAME), 0);
	assert_int_equal(rte_mempool_in_use_count(fx->pool), 0);
	fx->nb_vdevs = 0;
}

/* More queues, fewer, other depths, with packets under way; nothing is left over each time. */
static void
reconfigure(void **state)
{
	struct fx *fx = *state;
	uint64_t random = 5;
	size_t heap = 0;

	nl_plug(fx, "");
	fx->pool = fx_pool(fx, NL_POOL_MBUFS, 128);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		const struct fx_port conf = {
			.nb_rx = 1 + nl_random(&random) % 40,
			.nb_tx = 1 + nl_random(&random) % 40,
			.nb_rxd = 64 + nl_random(&random) % 100,
		};
		const struct fx_port one = { .nb_rxd = 64 };

		nl_again(fx, round % 10 == 0 ? &one : &conf);
		send_some(fx, 0, 60);
		if (round % 10 == 0) {
			heap = heap == 0 ? nl_heap_bytes() : heap;
			nl_assert_range(nl_heap_bytes(), heap - SLACK_BYTES, heap + SLACK_BYTES);
		}
		assert_int_equal(rte_eth_dev_stop(fx->tx_port), 0);
		assert_int_equal(rte_mempool_in_use_count(fx->pool), 0);
	}
}

/* A queue set up twice: the second set-up counts, the first one's memory is back. */
static void
queue_set_up_again(void **state)
{
	struct fx *fx = *state;
	size_t heap;

	nl_up(fx, "", NULL);
	assert_int_equal(rte_eth_dev_stop(fx->tx_port), 0);
	heap = nl_heap_bytes();
	for (unsigned int i = 0; i < 5; i++) {
		assert_int_equal(rte_eth_rx_queue_setup(fx->tx_port, 0, 512, SOCKET_ID_ANY, NULL,
						 fx->pool),
				0);
		assert_int_equal(rte_eth_tx_queue_setup(fx->tx_port, 0, 512, SOCKET_ID_ANY, NULL),
				0);
		assert_int_equal(nl_heap_bytes(), heap);
	}
	assert_int_equal(rte_eth_dev_start(fx->tx_port), 0);
	send_some(fx, 0, 10);
	assert_int_equal(fx_drain(fx->tx_port, 0), 10);
}

/* Closed after each step of bringing it up; a start without all queues is refused. */
static void
close_with_partial_configuration(void **state)
{
	const struct rte_eth_conf conf = { 0 };
	struct fx *fx = *state;
	size_t heap = 0;

	fx->pool = fx_pool(fx, 255, 128);
	for (unsigned int steps = 0; steps < 7; steps++) {
		nl_plug(fx, steps % 2 == 0 ? "steer=flow" : "");
		if (steps > 0)
			assert_int_equal(rte_eth_dev_configure(fx->tx_port, 2, 2, &conf), 0);
		for (unsigned int i = 1; i < steps && i < 5; i++) {
			uint16_t q = (i - 1) / 2;

			if (i % 2 == 1)
				assert_int_equal(rte_eth_rx_queue_setup(fx->tx_port, q, 64,
								 SOCKET_ID_ANY, NULL, fx->pool),
						0);
			else
				assert_int_equal(rte_eth_tx_queue_setup(fx->tx_port, q, 64,
								 SOCKET_ID_ANY, NULL),
						0);
		}
		if (steps > 0 && steps < 5)
			assert_true(rte_eth_dev_start(fx->tx_port) < 0);
		if (steps == 6)
			assert_int_equal(rte_eth_dev_start(fx->tx_port), 0);
		fx_vdev_remove(fx, NL_NAME);
		if (steps == 0)
			heap = nl_heap_bytes();
		assert_int_equal(nl_heap_bytes(), heap);
	}
}

/* After a reset it is as new: addresses, MTU, filters, offloads; the packets are back. */
static void
reset_makes_it_new(void **state)
{
	struct fx *fx = *state;
	struct rte_ether_addr mac, second = { .addr_bytes = { 2, 0, 0, 0, 0, 2 } };
	struct fx_port conf = { .nb_rx = 3, .nb_tx = 3 };
	struct rte_mbuf *m;
	uint16_t mtu;

	conf.eth.rxmode.offloads = RTE_ETH_RX_OFFLOAD_TIMESTAMP;
	nl_up(fx, "mac=02:00:00:00:00:01,steer=flow", &conf);
	assert_int_equal(rte_eth_dev_default_mac_addr_set(fx->tx_port, &second), 0);
	assert_int_equal(rte_eth_dev_set_mtu(fx->tx_port, 700), 0);
	assert_int_equal(rte_eth_promiscuous_disable(fx->tx_port), 0);
	assert_int_equal(rte_eth_dev_set_ptypes(fx->tx_port, RTE_PTYPE_ALL_MASK, NULL, 0), 0);
	m = pkt_build(fx->pool, &(struct pkt){ .dst = second });
	nl_send(fx, m);
	assert_int_equal(rte_eth_dev_reset(fx->tx_port), 0);
	assert_int_equal(rte_mempool_in_use_count(fx->pool), 0);
	/* not usable until it is configured */
	assert_true(rte_eth_dev_start(fx->tx_port) < 0);

	assert_int_equal(rte_eth_macaddr_get(fx->tx_port, &mac), 0);
	assert_int_equal(mac.addr_bytes[5], 1);
	assert_int_equal(rte_eth_dev_get_mtu(fx->tx_port, &mtu), 0);
	assert_int_equal(mtu, RTE_ETHER_MTU);
	assert_int_equal(rte_eth_promiscuous_get(fx->tx_port), 1);
	nl_again(fx, NULL);
	m = pkt_build(fx->pool, &(struct pkt){ .dst = second, .size = 1514 });
	m->packet_type = 0x42;
	m = nl_loop(fx, m);
	assert_int_equal(m->ol_flags, 0);
	assert_int_equal(m->packet_type, 0x42);
	rte_pktmbuf_free(m);
	assert_int_equal(nl_stats(fx).opackets, 1);
}

/* What a configuration asks for and a loop cannot do is refused, and the port still works. */
static void
impossible_configurations_are_refused(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf = { 0 };

	nl_plug(fx, "speed=100000");
	fx->pool = conf.pool = fx_pool(fx, 255, NL_ROOM_BYTES);
	conf.eth.rxmode.offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP;
	assert_int_equal(fx_port_try(fx->tx_port, &conf), -EINVAL);
	conf.eth.rxmode.offloads = 0;
	conf.eth.txmode.offloads = RTE_ETH_TX_OFFLOAD_VLAN_INSERT;
	assert_int_equal(fx_port_try(fx->tx_port, &conf), -EINVAL);
	conf.eth.txmode.offloads = 0;
	conf.eth.rxmode.mq_mode = RTE_ETH_MQ_RX_VMDQ_ONLY;
	assert_true(fx_port_try(fx->tx_port, &conf) < 0);
	conf.eth.rxmode.mq_mode = RTE_ETH_MQ_RX_NONE;
	conf.eth.txmode.mq_mode = RTE_ETH_MQ_TX_DCB;
	assert_true(fx_port_try(fx->tx_port, &conf) < 0);
	conf.eth.txmode.mq_mode = RTE_ETH_MQ_TX_NONE;
	conf.eth.link_speeds = RTE_ETH_LINK_SPEED_FIXED | RTE_ETH_LINK_SPEED_10G;
	assert_int_equal(fx_port_try(fx->tx_port, &conf), -EINVAL);
	conf.eth.link_speeds = RTE_ETH_LINK_SPEED_FIXED | RTE_ETH_LINK_SPEED_100G;
	conf.eth.rxmode.mtu = 67;
	assert_int_equal(fx_port_try(fx->tx_port, &conf), -EINVAL);
	conf.eth.rxmode.mtu = 0;
	assert_int_equal(rte_eth_dev_configure(fx->tx_port, 1025, 1, &conf.eth), -EINVAL);
	nl_again(fx, &conf);
	rte_pktmbuf_free(nl_loop(fx, pkt_build(fx->pool, &(struct pkt){ 0 })));
}

/* Traffic on one port in a thread of its own, until told to end. */
struct traffic {
	struct fx *fx;
	bool stop;     /* atomic */
	uint64_t laps; /* atomic */
	bool broken;
};

static void *
run_traffic(void *arg)
{
	struct traffic *t = arg;
	struct rte_mbuf *pkts[8];
	unsigned int n;

	if (rte_pktmbuf_alloc_bulk(t->fx->pool, pkts, RTE_DIM(pkts)) != 0) {
		t->broken = true;
		return NULL;
	}
	for (n = 0; n < RTE_DIM(pkts); n++)
		pkts[n]->data_len = pkts[n]->pkt_len = 60;
	while (!__atomic_load_n(&t->stop, __ATOMIC_RELAXED) && n == RTE_DIM(pkts)) {
		fx_tx(t->fx->tx_port, 0, pkts, n);
		n = fx_rx(t->fx->tx_port, 0, pkts, n, 1000);
		__atomic_fetch_add(&t->laps, 1, __ATOMIC_RELAXED);
	}
	t->broken = n != RTE_DIM(pkts);
	rte_pktmbuf_free_bulk(pkts, n);
	return NULL;
}

/* The traffic goes on: one lap more, within a second. */
static void
assert_flows(struct traffic *t)
{
	uint64_t end = rte_get_timer_cycles() + rte_get_timer_hz();
	uint64_t before = __atomic_load_n(&t->laps, __ATOMIC_RELAXED);

	while (__atomic_load_n(&t->laps, __ATOMIC_RELAXED) == before) {
		if (rte_get_timer_cycles() > end)
			fail_msg("the traffic stands still");
		sched_yield();
	}
}

/* Other devices come and go while one works. */
static void
hot_plug_beside_traffic(void **state)
{
	struct fx *fx = *state;
	static struct traffic t; /* survives a failure, as its thread does */
	const struct fx_port conf = { .nb_rx = 2, .nb_tx = 2, .nb_rxd = 64 };
	pthread_t thread;

	t = (struct traffic){ .fx = fx };
	nl_up(fx, "", NULL);
	assert_int_equal(pthread_create(&thread, NULL, run_traffic, &t), 0);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct fx_port c = conf;
		struct rte_mbuf *m;
		uint16_t port = fx_vdev(fx, "net_lo9", i % 2 == 0 ? "" : "steer=flow");

		assert_flows(&t);
		c.pool = fx->pool;
		fx_port_up(port, &c);
		m = pkt_build(fx->pool, &(struct pkt){ 0 });
		fx_tx_all(port, 0, &m, 1);
		if (i % 4 == 0) {
			fx_vdev_remove(fx, "net_lo9");
			continue;
		}
		/* by the bus, while it is started */
		assert_int_equal(rte_vdev_uninit("net_lo9"), 0);
		fx->nb_vdevs--;
	}
	__atomic_store_n(&t.stop, true, __ATOMIC_RELAXED);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_false(t.broken);
	nl_assert_books(fx, 8 * t.laps);
}

static const struct lo_case life_cases[] = {
	LO_CASE(stop_frees_what_waits),
	LO_CASE(close_frees_what_waits),
	LO_CASE(reconfigure),
	LO_CASE(queue_set_up_again),
	LO_CASE(close_with_partial_configuration),
	LO_CASE(reset_makes_it_new),
	LO_CASE(impossible_configurations_are_refused),
	LO_CASE(hot_plug_beside_traffic),
};
LO_REGISTER_TEST(net_lo_autotest, life_cases);
