/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
/*
 * One lcore, one transmit queue, many receive queues: the device chooses each
 * packet's queue by the hash over its flow.
 *
 * A lap transmits the packets in the order of a fixed table, whose flows are
 * random, so that the packets of a burst belong to different queues, as arriving
 * traffic's do; then it polls every receive queue until it is empty. Nothing is
 * written to a packet: its flow, and with it its queue, stays the same on every
 * lap, but the driver cannot know that.
 */
#include <inttypes.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "packet.h"
#include "round.h"

#define QUEUES_MAX 64
#define NO_QUEUE UINT8_MAX

/* Take what one queue holds, in bursts. */
static __rte_always_inline uint16_t
receive_all(const struct lob_round *r, uint16_t q)
{
	const uint16_t burst = r->c.burst;
	struct rte_mbuf *pkts[LOB_BURST_MAX];
	uint16_t total = 0, n;

	do {
		n = rte_eth_rx_burst(r->subject->rx_port, q, pkts, burst);
		total += n;
	} while (n == burst);
	return total;
}

/* Every packet once round. */
static __rte_always_inline int
lap(struct lob_round *r)
{
	const uint16_t in_flight = r->c.in_flight;
	uint16_t received = 0, n;

	for (uint16_t i = 0; i < in_flight; i += n) {
		n = RTE_MIN(r->c.burst, in_flight - i);
		if (unlikely(lob_send(r, r->mbufs + i, n) != n))
			return lob_round_fail(r, "takes no more packets");
	}
	for (uint16_t q = 0; q < r->subject->peer->nb_rxq; q++)
		received += receive_all(r, q);
	if (unlikely(received != in_flight))
		return lob_round_fail(r, "%u of %u packets came back", received, in_flight);
	return 0;
}

static int
note(struct lob_round *r, struct rte_mbuf *m, uint8_t queue, uint8_t *now)
{
	const lob_stamp_t stamp = lob_packet_stamp(m);

	if (stamp >= r->c.in_flight || m != r->mbufs[stamp])
		return lob_round_fail(r, "packet %" PRIu64 " came in another mbuf", stamp);
	if (now[stamp] != NO_QUEUE)
		return lob_round_fail(r, "packet %" PRIu64 " came twice", stamp);
	now[stamp] = queue;
	return 0;
}

/* Receive all packets of the round and note which queue each came from. */
static int
drain_queues(struct lob_round *r, uint8_t *now)
{
	uint64_t end = lob_patience_end();
	struct rte_mbuf *pkts[LOB_BURST_MAX];
	uint16_t total = 0;

	memset(now, NO_QUEUE, r->c.in_flight);
	while (total < r->c.in_flight && rte_rdtsc() < end) {
		for (uint16_t q = 0; q < r->subject->peer->nb_rxq; q++) {
			uint16_t n = rte_eth_rx_burst(r->subject->rx_port, q, pkts, RTE_DIM(pkts));

			for (uint16_t i = 0; i < n; i++)
				if (note(r, pkts[i], q, now) != 0)
					return -EIO;
			total += n;
			if (n != 0)
				end = lob_patience_end();
		}
	}
	r->received += total;
	if (total != r->c.in_flight)
		return lob_round_fail(r, "%u of %u packets came back", total, r->c.in_flight);
	return 0;
}

/* Random flows that gather in a few queues would measure something else. */
static int
check_spread(const struct lob_round *r, const uint8_t *home)
{
	const uint16_t queues = r->subject->peer->nb_rxq;
	bool used[QUEUES_MAX] = { false };
	uint16_t n = 0;

	for (uint16_t i = 0; i < r->c.in_flight; i++) {
		n += !used[home[i]];
		used[home[i]] = true;
	}
	if (r->c.in_flight >= 16 * queues && n < queues / 2)
		return lob_round_fail(r, "random flows reach %u of %u queues", n, queues);
	return 0;
}

static int
go_round(struct lob_round *r)
{
	const uint64_t start = rte_rdtsc(), end = start + r->budget_tsc;
	uint64_t packets = 0, now;

	do {
		if (lap(r) != 0)
			return -EIO;
		packets += r->c.in_flight;
		now = rte_rdtsc();
	} while (now < end);

	r->packets = packets;
	r->tsc = now - start;
	r->sent += packets;
	r->received += packets;
	return 0;
}

int
lob_flow_round(struct lob_round *r)
{
	uint8_t home[LOB_IN_FLIGHT_MAX], now[LOB_IN_FLIGHT_MAX];
	int ret;

	ret = lob_prime(r);
	if (ret == 0)
		ret = drain_queues(r, home);
	if (ret == 0)
		ret = check_spread(r, home);
	if (ret == 0)
		ret = go_round(r);
	if (ret == 0)
		ret = lob_prime(r);
	if (ret == 0)
		ret = drain_queues(r, now);
	if (ret == 0 && memcmp(home, now, r->c.in_flight) != 0)
		ret = lob_round_fail(r, "a flow changed its queue");
	return ret;
}
