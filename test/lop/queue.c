/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * A socket's queue: whatever comes as bursts or alone and is read by whatever call, its order, its
 * contents and what it is charged stay right.
 */

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include <linux/sock_diag.h>

#include "../../lib/lop/include/lop_hook.h"
#include "../../lib/lop/include/lop_stats.h"
#include "number_fx.h"

#define WAITING_MAX 120 /* whose charges fit into the buffer, with what is given back late */
#define LARGE 100       /* bytes of which a checksum is verified when they are read */
#define GIVE_BACK (212992 / 4)

/* A receiver, a sender connected to it, what waits between them, and what it is charged. */
struct qfx {
	struct lop *lop;
	int r, s;
	uint32_t sent, got;
	uint32_t charged, owed; /* in all; of it, what was read */
	uint32_t seen; /* of those that wait: there when one was read last with none seen */
};

static void
qfx_open(struct qfx *q, struct fx *fx)
{
	*q = (struct qfx){ .lop = fx_lop_up(fx) };
	q->r = fx_udp(q->lop, NULL, SF_PORT);
	q->s = sf_connected(q->lop, SF_PORT);
}

/* Lengths of two charges. */
static uint32_t
bytes_of(uint32_t number)
{
	return 1 + number * 37 % 350;
}

static void
came(struct qfx *q)
{
	q->charged += lop_truesize(bytes_of(q->sent++));
}

static void
looked_at(struct qfx *q)
{
	if (q->seen == 0)
		q->seen = q->sent - q->got;
}

/* A quarter of the buffer is given back, or all with the last that was seen; then all are seen. */
static void
was_read(struct qfx *q)
{
	looked_at(q);
	q->seen--;
	q->owed += lop_truesize(bytes_of(q->got++));
	if (q->owed < GIVE_BACK && q->seen != 0)
		return;
	q->charged -= q->owed;
	q->owed = 0;
	q->seen = q->sent - q->got;
}

static uint32_t
rmem(int fd)
{
	uint32_t info[SK_MEMINFO_VARS];
	socklen_t len = sizeof(info);

	assert_int_equal(lop_getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len), 0);
	return info[SK_MEMINFO_RMEM_ALLOC];
}

static void
assert_charged(const struct qfx *q)
{
	assert_int_equal(rmem(q->r), q->charged);
}

static void
put(struct qfx *q, uint16_t n)
{
	struct rte_mbuf *pkts[LOP_BURST_MAX];

	for (uint16_t i = 0; i < n; i++)
		pkts[i] = nf_mbuf(q->lop, bytes_of(q->sent + i), q->sent + i);
	assert_int_equal(lop_udp_send_burst(q->s, NULL, pkts, n), n);
	while (n-- != 0)
		came(q);
}

static void
put_one(struct qfx *q)
{
	uint8_t data[512];
	const uint32_t bytes = bytes_of(q->sent);

	nf_fill(data, bytes, q->sent);
	assert_int_equal(lop_send(q->s, data, bytes, 0), bytes);
	came(q);
}

static void
take(struct qfx *q, uint16_t n)
{
	struct rte_mbuf *pkts[256];
	const uint16_t k = lop_udp_recv_burst(q->r, pkts, n);

	assert_int_equal(k, RTE_MIN(n, q->sent - q->got));
	for (uint16_t i = 0; i < k; i++, was_read(q)) {
		assert_int_equal(pkts[i]->pkt_len, bytes_of(q->got));
		nf_assert(rte_pktmbuf_mtod(pkts[i], uint8_t *), pkts[i]->pkt_len, q->got);
		rte_pktmbuf_free(pkts[i]);
	}
}

static void
look(struct qfx *q)
{
	uint8_t data[512];

	if (q->sent == q->got) {
		sf_fails(lop_recv(q->r, data, sizeof(data), MSG_PEEK), EAGAIN);
		return;
	}
	assert_int_equal(lop_recv(q->r, data, sizeof(data), MSG_PEEK), bytes_of(q->got));
	nf_assert(data, bytes_of(q->got), q->got);
	looked_at(q);
}

static void
ask_length(struct qfx *q)
{
	int bytes = -1;

	assert_int_equal(lop_ioctl(q->r, FIONREAD, &bytes), 0);
	assert_int_equal(bytes, q->sent == q->got ? 0 : bytes_of(q->got));
	looked_at(q);
}

static void
take_one(struct qfx *q)
{
	uint8_t data[512];

	if (q->sent == q->got) {
		sf_fails(lop_recv(q->r, data, sizeof(data), 0), EAGAIN);
		return;
	}
	assert_int_equal(lop_recv(q->r, data, sizeof(data), 0), bytes_of(q->got));
	nf_assert(data, bytes_of(q->got), q->got);
	was_read(q);
}

static void
take_many(struct qfx *q, unsigned int n)
{
	uint8_t data[100][512];
	struct mmsghdr msgs[100] = { 0 };
	struct iovec io[100];
	int k;

	for (unsigned int i = 0; i < n; i++) {
		io[i] = (struct iovec){ .iov_base = data[i], .iov_len = sizeof(data[i]) };
		msgs[i].msg_hdr = (struct msghdr){ .msg_iov = &io[i], .msg_iovlen = 1 };
	}
	k = lop_recvmmsg(q->r, msgs, n, 0, NULL);
	assert_int_equal(RTE_MAX(k, 0), RTE_MIN(n, q->sent - q->got));
	for (int i = 0; i < k; i++, was_read(q)) {
		assert_int_equal(msgs[i].msg_len, bytes_of(q->got));
		nf_assert(data[i], msgs[i].msg_len, q->got);
	}
}

/* contract UR-04, UR-05, UR-06, BK-05: bursts at and around what the slots hold, singles in between */
static void
bursts_and_singles_are_read_in_order(void **state)
{
	static const uint16_t sizes[] = { 1, 2, 47, 48, 49, 64 };
	struct qfx q;

	qfx_open(&q, *state);
	for (unsigned int i = 0; i < RTE_DIM(sizes) * RTE_DIM(sizes) * 2; i++) {
		put(&q, sizes[i % RTE_DIM(sizes)]);
		if (i % 2 == 0)
			put_one(&q);
		assert_charged(&q);
		take(&q, sizes[i / RTE_DIM(sizes) % RTE_DIM(sizes)] / 2);
		assert_charged(&q);
		put(&q, sizes[i / RTE_DIM(sizes) % RTE_DIM(sizes)]);
		assert_charged(&q);
		take_one(&q);
		take_many(&q, 3);
		assert_charged(&q);
		take(&q, 250);
		assert_int_equal(q.got, q.sent);
		assert_int_equal(rmem(q.r), 0);
	}
}

static void
step(struct qfx *q, uint32_t random)
{
	static const uint16_t sizes[] = { 1, 2, 3, 31, 47, 48, 49, 64 };
	const uint16_t n = sizes[random >> 8 & 7];

	switch (random & 7) {
	case 0:
	case 1:
	case 2:
		if (q->sent - q->got + n <= WAITING_MAX)
			put(q, n);
		break;
	case 3:
		if (q->sent - q->got < WAITING_MAX)
			put_one(q);
		break;
	case 4:
		take(q, n);
		break;
	case 5:
		take_many(q, n);
		break;
	case 6:
		take_one(q);
		break;
	default:
		if ((random & 0x1000) != 0)
			look(q);
		else
			ask_length(q);
	}
	assert_charged(q);
}

/* contract UR-04, UR-05, UR-06: looking makes one list of it all, and nothing is lost or turned round */
static void
any_mixture_of_calls_reads_in_order(void **state)
{
	uint32_t random = 1;
	struct qfx q;

	qfx_open(&q, *state);
	for (unsigned int i = 0; i < 20000; i++) {
		random ^= random << 13;
		random ^= random >> 17;
		random ^= random << 5;
		step(&q, random);
	}
	take(&q, 255);
	assert_int_equal(rmem(q.r), 0);
	assert_true(q.sent > 10000);
	assert_int_equal(fx_mib(q.lop, "Udp", "InDatagrams"), q.sent);
}

static void
assert_peeked(const struct qfx *q, uint32_t number)
{
	uint8_t data[512];

	assert_int_equal(lop_recv(q->r, data, sizeof(data), MSG_PEEK), bytes_of(number));
	nf_assert(data, bytes_of(number), number);
}

/* contract UR-06: whoever takes what was looked at, the offset goes back with it */
static void
peek_offset_walks_through_slots_and_list(void **state)
{
	struct qfx q;

	qfx_open(&q, *state);
	sf_option(q.r, SOL_SOCKET, SO_PEEK_OFF, 0);
	put(&q, 3);
	put_one(&q);
	put(&q, 2);
	for (uint32_t i = 0; i < 5; i++)
		assert_peeked(&q, i);
	assert_charged(&q);
	take_one(&q);
	take_many(&q, 2);
	assert_peeked(&q, 5);
	put(&q, 2);
	take(&q, 3);
	assert_peeked(&q, 6);
	assert_peeked(&q, 7);
	take(&q, 2);
	assert_int_equal(rmem(q.r), 0);
	put(&q, 2);
	assert_peeked(&q, 8);
}

/* A hook that makes the checksums of some unknown: that of those which are marked is wrong then. */
struct spoiler {
	uint64_t unknown, right; /* by place in the burst */
};

static void
spoil(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts, uint8_t *verdicts,
		uint16_t n)
{
	const struct spoiler *s = arg;

	RTE_SET_USED(state);
	RTE_SET_USED(verdicts);
	for (uint16_t i = 0; i < n; i++) {
		struct rte_udp_hdr *udp = rte_pktmbuf_mtod_offset(
				pkts[i], struct rte_udp_hdr *, sizeof(struct rte_ipv4_hdr));

		if ((s->unknown >> i & 1) == 0)
			continue;
		lop_meta(pkts[i])->flags &= ~LOP_META_CSUM_KNOWN;
		udp->dgram_cksum = 0;
		if ((s->right >> i & 1) != 0)
			udp->dgram_cksum = rte_ipv4_udptcp_cksum(
					rte_pktmbuf_mtod(pkts[i], struct rte_ipv4_hdr *), udp);
		else
			udp->dgram_cksum = 1;
	}
}

static int
spoil_with(struct lop *lop, struct spoiler *s)
{
	const struct lop_hook hook = {
		.name = "spoil", .point = LOP_HOOK_LOCAL_IN, .fn = spoil, .arg = s
	};
	const int id = lop_hook_register(lop, &hook);

	assert_true(id > 0);
	return id;
}

/* contract UR-01: the right ones arrive in order, the wrong ones are counted when they are read */
static void
wrong_checksums_in_a_burst_are_left_out(void **state)
{
	struct spoiler s = { .unknown = 0x0f, .right = 0x05 };
	struct rte_mbuf *pkts[8];
	uint8_t data[LARGE];
	struct qfx q;
	int hook;

	qfx_open(&q, *state);
	hook = spoil_with(q.lop, &s);
	nf_burst(q.lop, q.s, NULL, 0, 6, LARGE);
	assert_int_equal(lop_hook_unregister(q.lop, hook), 0);
	nf_burst(q.lop, q.s, NULL, 6, 2, LARGE);
	fx_mark(q.lop);
	assert_int_equal(lop_udp_recv_burst(q.r, pkts, 8), 6);
	for (unsigned int i = 0; i < 6; i++) {
		nf_assert(rte_pktmbuf_mtod(pkts[i], uint8_t *), LARGE,
				i == 0 ? 0 : i + 1 + (i > 1));
		rte_pktmbuf_free(pkts[i]);
	}
	fx_assert_moved(q.lop,
			"Udp.InDatagrams+6 Udp.InErrors+2 Udp.InCsumErrors+2 drop.udp_csum+2");
	assert_int_equal(rmem(q.r), 0);

	/* as if it had not come: the next one is given, by every call */
	s = (struct spoiler){ .unknown = 0x55 };
	hook = spoil_with(q.lop, &s);
	nf_burst(q.lop, q.s, NULL, 0, 8, LARGE);
	assert_int_equal(lop_hook_unregister(q.lop, hook), 0);
	fx_mark(q.lop);
	assert_int_equal(lop_recv(q.r, data, sizeof(data), MSG_PEEK), LARGE);
	nf_assert(data, LARGE, 1);
	assert_int_equal(lop_recv(q.r, data, sizeof(data), 0), LARGE);
	nf_assert(data, LARGE, 1);
	assert_int_equal(lop_recv(q.r, data, sizeof(data), 0), LARGE);
	nf_assert(data, LARGE, 3);
	assert_int_equal(lop_udp_recv_burst(q.r, pkts, 1), 1);
	nf_assert(rte_pktmbuf_mtod(pkts[0], uint8_t *), LARGE, 5);
	rte_pktmbuf_free(pkts[0]);
	nf_assert_received(q.r, 7, 1, LARGE);
	fx_assert_moved(q.lop,
			"Udp.InDatagrams+4 Udp.InErrors+4 Udp.InCsumErrors+4 drop.udp_csum+4");
}

static const struct lo_case queue_cases[] = {
	LO_CASE(bursts_and_singles_are_read_in_order),
	LO_CASE(any_mixture_of_calls_reads_in_order),
	LO_CASE(peek_offset_walks_through_slots_and_list),
	LO_CASE(wrong_checksums_in_a_burst_are_left_out),
};
LO_REGISTER_TEST(lop_recv_autotest, queue_cases);
