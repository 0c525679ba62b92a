/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
/*
 * What a datagram costs at least: allocate an mbuf, write the 42 bytes of header
 * and the payload, send, receive, compare the payload, free.
 *
 * It runs behind c.in_flight - c.burst packets that wait in the subject.
 */
#include <inttypes.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "packet.h"
#include "round.h"

struct floor {
	struct lob_round *r;
	const uint8_t *frame;
	lob_stamp_t next; /* to send */
	lob_stamp_t want; /* to receive */
};

static int
send_burst(struct floor *f)
{
	struct lob_round *r = f->r;
	struct rte_mbuf *pkts[LOB_BURST_MAX];
	const uint16_t n = r->c.burst;

	if (unlikely(rte_pktmbuf_alloc_bulk(r->pool, pkts, n) != 0))
		return lob_round_fail(r, "the pool is empty");
	for (uint16_t i = 0; i < n; i++)
		lob_packet_write(pkts[i], f->frame, r->c.size_bytes, f->next + i);
	f->next += n;

	if (unlikely(lob_send(r, pkts, n) != n))
		return lob_round_fail(r, "takes no more packets");
	return 0;
}

/* 0 too when nothing came. */
static int
receive_burst(struct floor *f)
{
	struct lob_round *r = f->r;
	struct rte_mbuf *pkts[LOB_BURST_MAX];
	const uint16_t n = rte_eth_rx_burst(r->subject->rx_port, 0, pkts, r->c.burst);
	uint16_t good = 0;

	for (uint16_t i = 0; i < n; i++)
		good += lob_packet_check(pkts[i], f->frame, r->c.size_bytes, f->want + i);
	f->want += n;
	rte_pktmbuf_free_bulk(pkts, n);
	if (unlikely(good != n))
		return lob_round_fail(r, "%u of the %u packets before number %" PRIu64 " are wrong",
				n - good, n, f->want);
	return 0;
}

/* Receive until no more than left packets are in flight. */
static int
receive_down_to(struct floor *f, uint64_t left)
{
	uint64_t patience_end = 0;

	while (f->next - f->want > left) {
		const lob_stamp_t before = f->want;
		int ret = receive_burst(f);

		if (ret != 0)
			return ret;
		if (likely(f->want != before))
			patience_end = 0;
		else if (patience_end == 0)
			patience_end = lob_patience_end();
		else if (rte_rdtsc() > patience_end)
			return lob_round_fail(f->r, "%" PRIu64 " packets did not come back",
					f->next - f->want);
	}
	return 0;
}

int
lob_floor_round(struct lob_round *r)
{
	uint8_t frame[LOB_SIZE_MAX];
	struct floor f = { .r = r, .frame = frame };
	uint64_t start, end, now;
	lob_stamp_t first;
	int ret = 0;

	lob_packet_template(frame, r->c.size_bytes);
	while (f.next + 2 * r->c.burst <= r->c.in_flight && ret == 0)
		ret = send_burst(&f);

	first = f.want;
	start = now = rte_rdtsc();
	end = start + r->budget_tsc;
	while (now < end && ret == 0) {
		for (unsigned int i = 0; i < LOB_BURSTS_PER_LOOK && ret == 0; i++) {
			ret = send_burst(&f);
			if (ret == 0)
				ret = receive_down_to(&f, r->c.in_flight - r->c.burst);
		}
		now = rte_rdtsc();
	}
	r->packets = f.want - first;
	r->tsc = now - start;
	if (ret == 0)
		ret = receive_down_to(&f, 0);
	r->sent += f.next;
	r->received += f.want;
	return ret;
}
