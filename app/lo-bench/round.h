/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_ROUND_H
#define LOB_ROUND_H

#include <rte_branch_prediction.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "scenario.h"

/* Between two looks at the clock; it is read so rarely that it costs nothing. */
#define LOB_BURSTS_PER_LOOK 256

/* When to give up: later than any pause that a busy machine makes in between. */
static inline uint64_t
lob_patience_end(void)
{
	return rte_rdtsc() + 2 * rte_get_tsc_hz();
}

/* One line on stderr that names the subject; returns -EIO. */
int lob_round_fail(const struct lob_round *r, const char *fmt, ...)
		__attribute__((format(printf, 2, 3)));

/**
 * Send n packets, for longer than one call when the subject takes them in pieces.
 *
 * @return
 *   How many it took: n, or fewer when it took none until lob_patience_end().
 */
uint16_t lob_push(struct lob_round *r, struct rte_mbuf **pkts, uint16_t n);

/* Send n packets. Fewer than n taken: the subject is broken, see lob_push(). */
static inline uint16_t
lob_send(struct lob_round *r, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t sent = rte_eth_tx_burst(r->subject->tx_port, 0, pkts, n);

	return likely(sent == n) ? n : sent + lob_push(r, pkts + sent, n - sent);
}

/* Send all of the round's packets. 0, or -EIO after one line on stderr. */
int lob_prime(struct lob_round *r);

/**
 * Receive what is left in flight.
 *
 * @param pkts
 *   Room for the round's c.in_flight packets.
 * @return
 *   How many came before none came until lob_patience_end(), or c.in_flight.
 */
uint16_t lob_drain(struct lob_round *r, struct rte_mbuf **pkts);

/* Packets received from a subject that copies are the receiver's to free. */
void lob_release(const struct lob_round *r, struct rte_mbuf **pkts, uint16_t n);

/**
 * Receive all packets of the round and check that they are the ones sent, in their order.
 *
 * @return
 *   0, or -EIO after one line on stderr.
 */
int lob_drain_in_order(struct lob_round *r);

#endif /* LOB_ROUND_H */
