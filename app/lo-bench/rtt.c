/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
/*
 * A datagram from one socket to another and back, both on this lcore, one at a time. The clock is
 * read once per trip: where one ends the next begins.
 */
#include <stdlib.h>

#include "rtt.h"

int
lob_rtt_open(struct lob_path *p)
{
	p->latency = calloc(1, sizeof(*p->latency));
	return p->latency != NULL ? lob_path_open_pair(p)
				  : lob_path_refuse(p, "a table of times", ENOMEM);
}

/* Waits for the kernel only: liblop has delivered when it has sent. */
static __rte_always_inline bool
await(const struct lob_path *p, const enum lob_manner how, int fd, struct lob_datagram *d)
{
	uint64_t end;

	if (likely(lob_rtt_receive(p, how, fd, d)))
		return true;
	if (how != LOB_KERNEL)
		return false;
	for (end = lob_patience_end(); rte_rdtsc() < end;)
		if (lob_rtt_receive(p, how, fd, d))
			return true;
	return false;
}

static __rte_always_inline int
trip(struct lob_round *r, const enum lob_manner how, struct lob_datagram *d)
{
	const lob_stamp_t stamp = r->sent / 2;

	if (lob_rtt_send(r, how, d, stamp) != 0)
		return -EIO;
	r->sent++;
	/* what is missing is counted behind the round */
	if (unlikely(!await(r->path, how, r->path->rx, d)))
		return 0;
	r->received++;
	if (unlikely(!lob_rtt_return(r->path, how, d)))
		return lob_round_fail(r, "sending back: %s", strerror(errno));
	r->sent++;
	if (unlikely(!await(r->path, how, r->path->tx, d)))
		return 0;
	r->received++;
	return lob_rtt_finish(r, how, d, stamp);
}

static __rte_always_inline int
go_round(struct lob_round *r, const enum lob_manner how)
{
	const uint64_t start = rte_rdtsc(), end = start + r->budget_tsc;
	uint64_t now = start;
	struct lob_datagram d;

	lob_payload_write(r->path, d.data, 0);
	do {
		const uint64_t before = now;
		int ret = trip(r, how, &d);

		now = rte_rdtsc();
		if (unlikely(ret != 0))
			return ret;
		lob_latency_add(r->path->latency, now - before);
	} while (now < end && r->sent == r->received);
	r->packets = r->received;
	r->tsc = now - start;
	return 0;
}

static int
burst_round(struct lob_round *r)
{
	return go_round(r, LOB_BURST);
}

static int
call_round(struct lob_round *r)
{
	return go_round(r, LOB_CALL);
}

static int
kernel_round(struct lob_round *r)
{
	return go_round(r, LOB_KERNEL);
}

static const struct lob_entry entries[] = {
	{ .title = "liblop-burst",
			.kind = LOB_KIND_LIBLOP,
			.open = lob_rtt_open,
			.round = burst_round },
	{ .title = "liblop",
			.note = "sendto, recvfrom",
			.kind = LOB_KIND_LIBLOP,
			.open = lob_rtt_open,
			.round = call_round },
	{ .title = "kernel",
			.note = "sendto, recvfrom",
			.kind = LOB_KIND_KERNEL,
			.open = lob_rtt_open,
			.round = kernel_round },
};

const struct lob_heat lob_rtt_heats[1] = {
	{ .entries = entries, .n = RTE_DIM(entries), .base = 2 },
};
