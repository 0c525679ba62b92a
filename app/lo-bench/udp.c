/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
/*
 * Bursts of datagrams, one lcore: allocate mbufs, write the payloads, send, receive from the other
 * socket, compare the payloads, free. It is floor's work with liblop in place of the header and the
 * device, and like floor it runs behind c.in_flight - c.burst datagrams that wait.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <lop_udp.h>

#include "path.h"
#include "round.h"
#include "udp.h"

struct udp {
	struct lob_round *r;
	const struct lob_path *p;
	lob_stamp_t next; /* to send */
	lob_stamp_t want; /* to receive */
};

static __rte_always_inline int
send_burst(struct udp *u)
{
	const struct lob_path *p = u->p;
	const uint16_t n = u->r->c.burst;
	struct rte_mbuf *pkts[LOB_BURST_MAX];
	uint16_t sent;

	if (unlikely(!lob_payload_burst(p, pkts, n, u->next)))
		return lob_round_fail(u->r, "the pool is empty");
	sent = p->to == NULL ? lop_udp_send_burst(p->tx, NULL, pkts, n)
			     : lop_udp_send_burst_to(p->tx, &p->to[u->next % LOB_TARGETS], pkts, n);
	u->next += sent;
	if (unlikely(sent != n))
		return lob_round_fail(u->r, "%u of %u datagrams are accepted: %s", sent, n,
				strerror(errno));
	return 0;
}

static __rte_always_inline int
receive_burst(struct udp *u)
{
	struct rte_mbuf *pkts[LOB_BURST_MAX];
	const uint16_t n = lop_udp_recv_burst(u->p->rx, pkts, u->r->c.burst);
	uint16_t good = 0;

	for (uint16_t i = 0; i < n; i++)
		good += lob_payload_came(u->p, pkts[i], u->want + i);
	u->want += n;
	rte_pktmbuf_free_bulk(pkts, n);
	if (unlikely(good != n))
		return lob_round_fail(u->r,
				"%u of the %u datagrams before number %" PRIu64 " are wrong",
				n - good, n, u->want);
	return 0;
}

/* What was sent is there: delivery does not wait. */
static int
receive_down_to(struct udp *u, uint64_t left)
{
	while (u->next - u->want > left) {
		const lob_stamp_t before = u->want;
		int ret = receive_burst(u);

		if (ret != 0)
			return ret;
		/* what is missing is counted behind the round */
		if (unlikely(u->want == before))
			return 0;
	}
	return 0;
}

int
lob_udp_round(struct lob_round *r)
{
	struct udp u = { .r = r, .p = r->path };
	uint64_t start, end, now;
	lob_stamp_t first;
	int ret = 0;

	while (u.next + 2 * r->c.burst <= r->c.in_flight && ret == 0)
		ret = send_burst(&u);

	first = u.want;
	start = now = rte_rdtsc();
	end = start + r->budget_tsc;
	while (now < end && ret == 0) {
		for (unsigned int i = 0; i < LOB_BURSTS_PER_LOOK && ret == 0; i++) {
			ret = send_burst(&u);
			if (ret == 0)
				ret = receive_down_to(&u, r->c.in_flight - r->c.burst);
		}
		now = rte_rdtsc();
	}
	r->packets = u.want - first;
	r->tsc = now - start;
	if (ret == 0)
		ret = receive_down_to(&u, 0);
	r->sent += u.next;
	r->received += u.want;
	return ret;
}

static const struct lob_entry entries[] = {
	{ .title = "liblop",
			.kind = LOB_KIND_LIBLOP,
			.open = lob_path_open_pair,
			.round = lob_udp_round },
	{ .title = "net_ring",
			.note = "floor",
			.kind = LOB_KIND_NET_RING,
			.round = lob_floor_round },
};

const struct lob_heat lob_udp_heats[1] = {
	{ .entries = entries, .n = RTE_DIM(entries), .base = 1 },
};
