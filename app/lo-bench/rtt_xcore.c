/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
/*
 * A datagram from a socket of one lcore to a socket of another and back, one at a time. Both poll
 * their socket.
 */
#include <stdatomic.h>

#include <lop.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "rtt.h"

enum answerer_state {
	ANSWERER_STARTING,
	ANSWERER_READY,
	ANSWERER_FAILED,
};

struct answerer {
	const struct lob_path *path;
	enum lob_manner how;
	atomic_bool stop; /* set behind the last trip */
	_Atomic enum answerer_state state;
};

static __rte_always_inline int
answer(struct answerer *a, const enum lob_manner how)
{
	struct lob_datagram d;

	while (!atomic_load_explicit(&a->stop, memory_order_relaxed)) {
		if (!lob_rtt_receive(a->path, how, a->path->rx, &d))
			continue;
		if (unlikely(!lob_rtt_return(a->path, how, &d))) {
			atomic_store(&a->state, ANSWERER_FAILED);
			break;
		}
	}
	return 0;
}

static int
answerer(void *arg)
{
	struct answerer *a = arg;
	struct lop *lop = a->path->lop;

	if (lop != NULL && lop_worker_attach(lop) != 0) {
		atomic_store(&a->state, ANSWERER_FAILED);
		return 0;
	}
	atomic_store(&a->state, ANSWERER_READY);
	switch (a->how) {
	case LOB_BURST:
		answer(a, LOB_BURST);
		break;
	case LOB_CALL:
		answer(a, LOB_CALL);
		break;
	case LOB_KERNEL:
		answer(a, LOB_KERNEL);
		break;
	}
	if (lop != NULL)
		lop_worker_detach(lop);
	return 0;
}

/* Looks at the clock rarely. */
static __rte_always_inline bool
await(const struct lob_path *p, const enum lob_manner how, struct lob_datagram *d)
{
	uint64_t end = 0;

	for (;;) {
		for (unsigned int i = 0; i < 1000; i++)
			if (lob_rtt_receive(p, how, p->tx, d))
				return true;
		if (end == 0)
			end = lob_patience_end();
		else if (rte_rdtsc() > end)
			return false;
	}
}

static __rte_always_inline int
go_trips(struct lob_round *r, const enum lob_manner how)
{
	const uint64_t start = rte_rdtsc(), end = start + r->budget_tsc;
	uint64_t now = start;
	struct lob_datagram d;

	lob_payload_write(r->path, d.data, 0);
	do {
		const uint64_t before = now;
		const lob_stamp_t stamp = r->sent / 2;

		if (lob_rtt_send(r, how, &d, stamp) != 0)
			return -EIO;
		if (unlikely(!await(r->path, how, &d)))
			return lob_round_fail(r, "datagram %" PRIu64 " does not come back", stamp);
		now = rte_rdtsc();
		/* both ways */
		r->sent += 2;
		r->received += 2;
		if (lob_rtt_finish(r, how, &d, stamp) != 0)
			return -EIO;
		lob_latency_add(r->path->latency, now - before);
	} while (now < end);
	r->packets = r->received;
	r->tsc = now - start;
	return 0;
}

static __rte_always_inline int
go_round(struct lob_round *r, const enum lob_manner how)
{
	const unsigned int lcore = rte_get_next_lcore(-1, 1, 0);
	struct answerer a = { .path = r->path, .how = how };
	int ret = rte_eal_remote_launch(answerer, &a, lcore);

	if (ret != 0)
		return lob_round_fail(r, "lcore %u is busy", lcore);
	while (atomic_load(&a.state) == ANSWERER_STARTING)
		rte_pause();
	if (atomic_load(&a.state) == ANSWERER_READY)
		ret = go_trips(r, how);
	atomic_store(&a.stop, true);
	rte_eal_wait_lcore(lcore);
	if (atomic_load(&a.state) == ANSWERER_FAILED)
		ret = lob_round_fail(r, "lcore %u cannot answer", lcore);
	return ret;
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

const struct lob_heat lob_rtt_xcore_heats[1] = {
	{ .entries = entries, .n = RTE_DIM(entries), .base = 2 },
};
