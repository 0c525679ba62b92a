/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
/* Batches from a connected socket to the other: sendmmsg(), recvmmsg(), the payloads compared. */
#include <inttypes.h>
#include <string.h>

#include "calls.h"
#include "round.h"

#define BATCH 64
#define BATCHES_PER_LOOK 8

struct batch {
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	uint8_t data[BATCH][LOB_PATH_SIZE_MAX];
};

static void
batch_init(struct batch *b, const struct lob_path *p, size_t room_bytes)
{
	memset(b->msgs, 0, sizeof(b->msgs));
	for (unsigned int i = 0; i < BATCH; i++) {
		lob_payload_write(p, b->data[i], 0);
		b->iov[i] = (struct iovec){ .iov_base = b->data[i], .iov_len = room_bytes };
		b->msgs[i].msg_hdr.msg_iov = &b->iov[i];
		b->msgs[i].msg_hdr.msg_iovlen = 1;
	}
}

/* What is in flight, at most a batch. */
static __rte_always_inline int
receive(struct lob_round *r, const bool kernel, struct batch *in)
{
	const struct lob_path *p = r->path;
	uint64_t end = 0;

	while (r->received < r->sent) {
		int n = lob_recvmmsg(kernel, p->rx, in->msgs, r->sent - r->received);

		for (int i = 0; i < n; i++) {
			if (unlikely(in->msgs[i].msg_len != p->payload_bytes ||
					    !lob_payload_is(p, in->data[i], r->received + i)))
				return lob_round_fail(r, "datagram %" PRIu64 " is wrong",
						r->received + i);
		}
		if (likely(n > 0)) {
			r->received += n;
			continue;
		}
		if (!lob_try_again(errno))
			return lob_round_fail(r, "recvmmsg: %s", strerror(errno));
		/* what is missing is counted behind the round */
		if (!kernel || (end != 0 && rte_rdtsc() > end))
			return 0;
		end = end == 0 ? lob_patience_end() : end;
	}
	return 0;
}

static __rte_always_inline int
one_batch(struct lob_round *r, const bool kernel, struct batch *out, struct batch *in)
{
	for (unsigned int i = 0; i < BATCH; i++) {
		const lob_stamp_t stamp = r->sent + i;

		memcpy(out->data[i], &stamp, sizeof(stamp));
	}
	if (unlikely(lob_sendmmsg(kernel, r->path->tx, out->msgs, BATCH) != BATCH))
		return lob_round_fail(r, "sendmmsg does not take %u datagrams: %s", BATCH,
				strerror(errno));
	r->sent += BATCH;
	return receive(r, kernel, in);
}

static __rte_always_inline int
go_round(struct lob_round *r, const bool kernel)
{
	static struct batch out, in;
	uint64_t start, end, now;

	batch_init(&out, r->path, r->path->payload_bytes);
	batch_init(&in, r->path, sizeof(in.data[0]));
	start = rte_rdtsc();
	end = start + r->budget_tsc;
	do {
		for (unsigned int i = 0; i < BATCHES_PER_LOOK; i++) {
			int ret = one_batch(r, kernel, &out, &in);

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
			.kind = LOB_KIND_LIBLOP,
			.open = lob_path_open_pair,
			.round = liblop_round },
	{ .title = "kernel",
			.kind = LOB_KIND_KERNEL,
			.open = lob_path_open_pair,
			.round = kernel_round },
};

const struct lob_heat lob_udp_mmsg_heats[1] = {
	{ .entries = entries, .n = RTE_DIM(entries), .base = 1 },
};
