/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
/*
 * One datagram at a time, one lcore: sendto() with an address, recvfrom() on the other socket, the
 * payload and its source compared. Both calls copy.
 */
#include <inttypes.h>
#include <string.h>

#include "calls.h"
#include "round.h"
#include "udp.h"

static __rte_noinline ssize_t
receive_late(bool kernel, int fd, void *buf, size_t len, struct sockaddr_in *from)
{
	const uint64_t end = lob_patience_end();
	ssize_t got;

	do
		got = lob_recvfrom(kernel, fd, buf, len, from);
	while (got < 0 && lob_try_again(errno) && kernel && rte_rdtsc() < end);
	return got;
}

static __rte_always_inline int
one_datagram(struct lob_round *r, const bool kernel, uint8_t *out)
{
	const struct lob_path *p = r->path;
	uint8_t in[LOB_PATH_SIZE_MAX];
	struct sockaddr_in from = { 0 };
	ssize_t got;

	memcpy(out, &r->sent, sizeof(r->sent));
	if (unlikely(lob_sendto(kernel, p->tx, out, p->payload_bytes, &p->rx_addr) !=
			    p->payload_bytes))
		return lob_round_fail(r, "sendto: %s", strerror(errno));
	r->sent++;
	got = lob_recvfrom(kernel, p->rx, in, sizeof(in), &from);
	if (unlikely(got < 0))
		got = receive_late(kernel, p->rx, in, sizeof(in), &from);
	/* what is missing is counted behind the round */
	if (unlikely(got < 0))
		return 0;
	if (unlikely(got != p->payload_bytes || !lob_payload_is(p, in, r->sent - 1) ||
			    from.sin_port != p->tx_addr.sin_port ||
			    from.sin_addr.s_addr != p->tx_addr.sin_addr.s_addr))
		return lob_round_fail(r, "datagram %" PRIu64 " is wrong", r->sent - 1);
	r->received++;
	return 0;
}

static __rte_always_inline int
go_round(struct lob_round *r, const bool kernel)
{
	const uint64_t start = rte_rdtsc(), end = start + r->budget_tsc;
	uint8_t out[LOB_PATH_SIZE_MAX];
	uint64_t now;

	lob_payload_write(r->path, out, 0);
	do {
		for (unsigned int i = 0; i < LOB_CALLS_PER_LOOK; i++) {
			int ret = one_datagram(r, kernel, out);

			if (ret != 0)
				return ret;
		}
		now = rte_rdtsc();
	} while (now < end && r->sent == r->received);
	r->packets = r->received;
	r->tsc = now - start;
	return 0;
}

static int
liblop_round(struct lob_round *r)
{
	return go_round(r, false);
}

static int
kernel_round(struct lob_round *r)
{
	return go_round(r, true);
}

static const struct lob_entry entries[] = {
	{ .title = "liblop",
			.note = "sendto, recvfrom",
			.kind = LOB_KIND_LIBLOP,
			.open = lob_path_open_two,
			.round = liblop_round },
	{ .title = "liblop-burst",
			.note = "burst calls with n = 1",
			.kind = LOB_KIND_LIBLOP,
			.open = lob_path_open_pair,
			.round = lob_udp_round },
	{ .title = "kernel",
			.note = "sendto, recvfrom",
			.kind = LOB_KIND_KERNEL,
			.open = lob_path_open_two,
			.round = kernel_round },
};

const struct lob_heat lob_udp_call_heats[1] = {
	{ .entries = entries, .n = RTE_DIM(entries), .base = 2 },
};
