/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
/*
 * One lcore transmits, another receives.
 *
 * The sender walks round a fixed table of mbufs and stays c.in_flight packets
 * behind itself at most: the receiver publishes how many it has seen. So no mbuf
 * goes through the pool, and the only lines that cross between the cores beside
 * the subject's own are that count and what --touch asks for.
 */
#include <inttypes.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "packet.h"
#include "round.h"

/* Cores fetch lines in pairs. */
#define LINE_BYTES (2 * RTE_CACHE_LINE_SIZE)

/* A table twice over: any burst is in one piece. Each side reads its own. */
typedef struct rte_mbuf *mbuf_table_t[2 * LOB_IN_FLIGHT_MAX];

struct xcore {
	alignas(LINE_BYTES) _Atomic uint64_t consumed; /* the receiver's, pairs with await_room() */
	alignas(LINE_BYTES) atomic_bool stop;          /* the sender's */
	alignas(LINE_BYTES) struct lob_round *r;
	uint64_t wrong; /* the receiver's, read after it has ended */
	uint32_t sink;
	mbuf_table_t tx, rx;
};

static struct xcore xcore;

static __rte_always_inline uint16_t
advance(uint16_t pos, uint16_t n, uint16_t in_flight)
{
	pos += n;
	return pos >= in_flight ? pos - in_flight : pos;
}

/* Copies are told by their stamps and belong to the receiver. */
static uint16_t
check_copies(struct rte_mbuf **pkts, uint16_t n, uint16_t pos, uint16_t in_flight)
{
	uint16_t wrong = 0;

	for (uint16_t i = 0; i < n; i++)
		wrong += lob_packet_stamp(pkts[i]) != advance(pos, i, in_flight);
	rte_pktmbuf_free_bulk(pkts, n);
	return wrong;
}

static __rte_always_inline void
receive(struct xcore *x, const bool copies, const bool touch)
{
	const uint16_t port = x->r->subject->rx_port;
	const uint16_t burst = x->r->c.burst, in_flight = x->r->c.in_flight;
	struct rte_mbuf *pkts[LOB_BURST_MAX];
	uint64_t count = 0, wrong = 0;
	uint32_t sum = 0;
	uint16_t pos = 0;

	while (!atomic_load_explicit(&x->stop, memory_order_relaxed)) {
		uint16_t n = rte_eth_rx_burst(port, 0, pkts, burst);

		if (n == 0)
			continue;
		for (uint16_t i = 0; i < n && touch; i++)
			sum += lob_header_read(pkts[i]);
		if (copies)
			wrong += check_copies(pkts, n, pos, in_flight);
		else
			wrong += memcmp(pkts, &x->rx[pos], n * sizeof(pkts[0])) != 0;
		pos = advance(pos, n, in_flight);
		count += n;
		atomic_store_explicit(&x->consumed, count, memory_order_release);
	}
	x->wrong = wrong;
	x->sink += sum;
}

static int
receiver(void *arg)
{
	struct xcore *x = arg;
	const bool touch = x->r->c.touch != LOB_TOUCH_NONE;

	if (x->r->subject->peer->copies)
		receive(x, true, touch);
	else if (touch)
		receive(x, false, true);
	else
		receive(x, false, false);
	return 0;
}

/* Is there room for a burst more? Looks at the receiver's line only when there seems to be none. */
static __rte_always_inline bool
has_room(struct xcore *x, uint64_t sent, uint64_t *consumed, uint16_t burst, uint16_t in_flight)
{
	if (sent + burst - *consumed <= in_flight)
		return true;
	*consumed = atomic_load_explicit(&x->consumed, memory_order_acquire);
	return sent + burst - *consumed <= in_flight;
}

static __rte_always_inline uint64_t
send_until(struct xcore *x, uint64_t end, const bool copies, const bool touch)
{
	const uint16_t port = x->r->subject->tx_port;
	const uint16_t burst = x->r->c.burst, in_flight = x->r->c.in_flight;
	uint64_t sent = 0, consumed = 0;
	uint16_t pos = 0;

	while (rte_rdtsc() < end) {
		for (unsigned int i = 0; i < LOB_BURSTS_PER_LOOK; i++) {
			struct rte_mbuf **pkts = &x->tx[pos];
			uint16_t n;

			if (!has_room(x, sent, &consumed, burst, in_flight))
				continue;
			for (uint16_t k = 0; k < burst && touch; k++)
				lob_header_rewrite(pkts[k]);
			/* the driver frees what it copied: keep a reference */
			for (uint16_t k = 0; k < burst && copies; k++)
				rte_mbuf_refcnt_set(pkts[k], 2);
			n = rte_eth_tx_burst(port, 0, pkts, burst);
			sent += n;
			pos = advance(pos, n, in_flight);
		}
	}
	return sent;
}

/* Wait for the last packets; returns how many have been received by then. */
static uint64_t
await(struct xcore *x, uint64_t sent)
{
	uint64_t seen = 0, end = lob_patience_end();

	for (;;) {
		uint64_t consumed = atomic_load_explicit(&x->consumed, memory_order_acquire);

		if (consumed >= sent || rte_rdtsc() > end)
			return consumed;
		if (consumed != seen)
			end = lob_patience_end();
		seen = consumed;
	}
}

int
lob_xcore_round(struct lob_round *r)
{
	const unsigned int lcore = rte_get_next_lcore(-1, 1, 0);
	const bool copies = r->subject->peer->copies;
	struct xcore *x = &xcore;
	uint64_t start, sent, consumed;
	int ret;

	for (unsigned int i = 0; i < 2U * r->c.in_flight; i++) {
		x->tx[i] = r->mbufs[i % r->c.in_flight];
		x->rx[i] = x->tx[i];
	}
	x->r = r;
	atomic_store(&x->consumed, 0);
	atomic_store(&x->stop, false);
	ret = rte_eal_remote_launch(receiver, x, lcore);
	if (ret != 0)
		return lob_round_fail(r, "lcore %u is busy", lcore);

	start = rte_rdtsc();
	if (copies)
		sent = send_until(x, start + r->budget_tsc, true, r->c.touch == LOB_TOUCH_REWRITE);
	else if (r->c.touch == LOB_TOUCH_REWRITE)
		sent = send_until(x, start + r->budget_tsc, false, true);
	else
		sent = send_until(x, start + r->budget_tsc, false, false);
	consumed = await(x, sent);
	r->tsc = rte_rdtsc() - start;
	r->packets = consumed;
	r->sent += sent;
	r->received += consumed;

	/* the receiver goes on for a moment, so that a packet too many is seen */
	rte_delay_us_block(100);
	atomic_store(&x->stop, true);
	rte_eal_wait_lcore(lcore);

	consumed = atomic_load(&x->consumed);
	if (consumed != sent)
		return lob_round_fail(r, "%" PRIu64 " packets sent, %" PRIu64 " received", sent,
				consumed);
	if (x->wrong != 0)
		return lob_round_fail(r, "%" PRIu64 " %s not those that were due", x->wrong,
				copies ? "packets were" : "bursts held packets that were");
	return 0;
}
