/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Bursts with a deadline: a device may need time (a peer's poll, another process, a kernel). */

#include <pthread.h>
#include <sched.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

#include "fixture.h"

#define SEND_MS 1000
#define RECEIVE_MS 1000
#define SILENCE_MS 20
#define DRAIN_MS 5
#define BURST 64

static uint64_t
deadline_in(unsigned int ms)
{
	return rte_get_timer_cycles() + rte_get_timer_hz() / 1000 * ms;
}

unsigned int
fx_tx(uint16_t port, uint16_t queue, struct rte_mbuf **pkts, unsigned int n)
{
	uint64_t end = deadline_in(SEND_MS);
	unsigned int sent = 0;

	do {
		unsigned int k = rte_eth_tx_burst(
				port, queue, pkts + sent, RTE_MIN(n - sent, UINT16_MAX));

		/* the receiver may wait for this CPU */
		if (k == 0)
			sched_yield();
		sent += k;
	} while (sent < n && rte_get_timer_cycles() < end);
	return sent;
}

void
fx_tx_all(uint16_t port, uint16_t queue, struct rte_mbuf **pkts, unsigned int n)
{
	unsigned int sent = fx_tx(port, queue, pkts, n);

	if (sent == n)
		return;
	rte_pktmbuf_free_bulk(pkts + sent, n - sent);
	fail_msg("port %u queue %u accepted %u of %u packets", port, queue, sent, n);
}

unsigned int
fx_rx(uint16_t port, uint16_t queue, struct rte_mbuf **pkts, unsigned int n,
		unsigned int timeout_ms)
{
	uint64_t end = deadline_in(timeout_ms);
	unsigned int got = 0;

	do {
		unsigned int k = rte_eth_rx_burst(
				port, queue, pkts + got, RTE_MIN(n - got, UINT16_MAX));

		/* and so may the sender */
		if (k == 0)
			sched_yield();
		got += k;
	} while (got < n && rte_get_timer_cycles() < end);
	return got;
}

void
fx_rx_all(uint16_t port, uint16_t queue, struct rte_mbuf **pkts, unsigned int n)
{
	unsigned int got = fx_rx(port, queue, pkts, n, RECEIVE_MS);
	struct rte_mbuf *more;

	if (got != n) {
		rte_pktmbuf_free_bulk(pkts, got);
		fail_msg("port %u queue %u delivered %u of %u packets", port, queue, got, n);
	}
	if (rte_eth_rx_burst(port, queue, &more, 1) != 0) {
		rte_pktmbuf_free(more);
		rte_pktmbuf_free_bulk(pkts, n);
		fail_msg("port %u queue %u delivered more than %u packets", port, queue, n);
	}
}

void
fx_rx_none(uint16_t port, uint16_t queue)
{
	struct rte_mbuf *pkt;

	if (fx_rx(port, queue, &pkt, 1, SILENCE_MS) == 0)
		return;
	rte_pktmbuf_free(pkt);
	fail_msg("port %u queue %u delivered a packet that should not come", port, queue);
}

unsigned int
fx_drain(uint16_t port, uint16_t queue)
{
	struct rte_mbuf *pkts[BURST];
	unsigned int total = 0, got;

	/* Bounded, for a device may invent packets for ever. */
	uint64_t end = deadline_in(SEND_MS);

	do {
		got = fx_rx(port, queue, pkts, BURST, DRAIN_MS);
		rte_pktmbuf_free_bulk(pkts, got);
		total += got;
	} while (got > 0 && rte_get_timer_cycles() < end);
	return total;
}

void
fx_thread_spread(void)
{
	cpu_set_t cpus;
	unsigned int lcore;

	CPU_ZERO(&cpus);
	RTE_LCORE_FOREACH (lcore) {
		rte_cpuset_t own = rte_lcore_cpuset(lcore);

		CPU_OR(&cpus, &cpus, &own);
	}
	pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus);
}
