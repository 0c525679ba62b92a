/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "packet.h"
#include "path.h"
#include "round.h"

int
lob_round_fail(const struct lob_round *r, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "lo-bench: %s: burst %u, in flight %u, %u bytes: ",
			r->subject != NULL ? r->subject->peer->name : r->path->entry->title,
			r->c.burst, r->c.in_flight, r->c.size_bytes);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return -EIO;
}

uint16_t
lob_push(struct lob_round *r, struct rte_mbuf **pkts, uint16_t n)
{
	uint64_t end = lob_patience_end();
	uint16_t done = 0;

	while (done < n && rte_rdtsc() < end) {
		uint16_t sent = rte_eth_tx_burst(r->subject->tx_port, 0, pkts + done, n - done);

		done += sent;
		if (sent != 0)
			end = lob_patience_end();
	}
	return done;
}

int
lob_prime(struct lob_round *r)
{
	for (uint16_t i = 0; i < r->c.in_flight; i += r->c.burst) {
		uint16_t n = RTE_MIN(r->c.burst, r->c.in_flight - i);
		uint16_t sent;

		/* a second reference keeps a mbuf ours when the driver frees it */
		for (uint16_t k = i; k < i + n; k++)
			rte_mbuf_refcnt_set(r->mbufs[k],
					r->subject->peer->loops && !r->subject->peer->copies ? 1
											     : 2);
		sent = lob_push(r, r->mbufs + i, n);
		r->sent += sent;
		if (sent != n)
			return lob_round_fail(r, "takes %u packets and no more", i + sent);
	}
	return 0;
}

uint16_t
lob_drain(struct lob_round *r, struct rte_mbuf **pkts)
{
	uint64_t end = lob_patience_end();
	uint16_t done = 0;

	while (done < r->c.in_flight && rte_rdtsc() < end) {
		uint16_t room = RTE_MIN(r->c.in_flight - done, LOB_BURST_MAX);
		uint16_t n = rte_eth_rx_burst(r->subject->rx_port, 0, pkts + done, room);

		done += n;
		if (n != 0)
			end = lob_patience_end();
	}
	r->received += done;
	return done;
}

void
lob_release(const struct lob_round *r, struct rte_mbuf **pkts, uint16_t n)
{
	if (r->subject->peer->copies)
		rte_pktmbuf_free_bulk(pkts, n);
}

int
lob_drain_in_order(struct lob_round *r)
{
	struct rte_mbuf *pkts[LOB_IN_FLIGHT_MAX];
	const uint16_t n = lob_drain(r, pkts);
	lob_stamp_t want = n == 0 ? 0 : lob_packet_stamp(pkts[0]);
	int ret = 0;

	if (n != r->c.in_flight)
		ret = lob_round_fail(r, "%u of %u packets came back", n, r->c.in_flight);
	for (uint16_t i = 0; i < n && ret == 0; i++) {
		lob_stamp_t got = lob_packet_stamp(pkts[i]);

		if (got != want || got >= r->c.in_flight)
			ret = lob_round_fail(r, "packet %" PRIu64 " came where %" PRIu64 " was due",
					got, want);
		else if (!r->subject->peer->copies && pkts[i] != r->mbufs[got])
			ret = lob_round_fail(r, "packet %" PRIu64 " came in another mbuf", got);
		want = want + 1 == r->c.in_flight ? 0 : want + 1;
	}
	lob_release(r, pkts, n);
	return ret;
}
