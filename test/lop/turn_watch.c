/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Bursts that turn round at lo between others that may not: small limits, lo down and up again, who
 * looks on and goes. Counters and order are the same with either.
 */

#include <stdio.h>
#include <stdlib.h>

#include "../../lib/lop/include/lop_hook.h"
#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_stats.h"
#include "../../lib/lop/include/lop_trace.h"
#include "hook_fx.h"
#include "number_fx.h"

#define BYTES 20
#define N 8
#define MOVED                                                                     \
	"Ip.OutRequests+8 Ip.OutTransmits+8 Ip.InReceives+8 Ip.InDelivers+8 "     \
	"Udp.OutDatagrams+8 Udp.InDatagrams+8 IpExt.InNoECTPkts+8 "               \
	"IpExt.OutOctets+384 IpExt.InOctets+384 lo.rx_packets+8 lo.tx_packets+8 " \
	"lo.rx_bytes+384 lo.tx_bytes+384"

struct wfx {
	struct lop *lop;
	int r, s, u; /* s is connected, u is not */
	struct sockaddr_in to[LOP_BURST_MAX];
	uint32_t sent;
};

static void
wfx_open(struct wfx *x, struct fx *fx)
{
	*x = (struct wfx){ .lop = fx_lop_up(fx) };
	x->r = fx_udp(x->lop, NULL, SF_PORT);
	x->s = sf_connected(x->lop, SF_PORT);
	x->u = fx_udp(x->lop, NULL, 0);
	for (unsigned int i = 0; i < RTE_DIM(x->to); i++)
		x->to[i] = fx_addr("127.0.0.1", SF_PORT);
}

static void
burst_to_each(struct wfx *x, uint16_t n)
{
	struct rte_mbuf *pkts[LOP_BURST_MAX];

	for (uint16_t i = 0; i < n; i++)
		pkts[i] = nf_mbuf(x->lop, BYTES, x->sent + i);
	assert_int_equal(lop_udp_send_burst_to(x->u, x->to, pkts, n), n);
}

/* By each of the calls that take many: the same counters, the same order. */
static void
assert_all_ways(struct wfx *x)
{
	struct mmsghdr msgs[N] = { 0 };
	uint8_t data[N][BYTES];
	struct iovec io[N];

	fx_mark(x->lop);
	nf_burst(x->lop, x->s, NULL, x->sent, N, BYTES);
	nf_assert_received(x->r, x->sent, N, BYTES);
	fx_assert_moved(x->lop, MOVED);
	x->sent += N;
	nf_burst(x->lop, x->u, &x->to[0], x->sent, N, BYTES);
	nf_assert_received(x->r, x->sent, N, BYTES);
	fx_assert_moved(x->lop, MOVED);
	x->sent += N;
	burst_to_each(x, N);
	nf_assert_received(x->r, x->sent, N, BYTES);
	fx_assert_moved(x->lop, MOVED);
	x->sent += N;
	for (unsigned int i = 0; i < N; i++) {
		nf_fill(data[i], BYTES, x->sent + i);
		io[i] = (struct iovec){ .iov_base = data[i], .iov_len = BYTES };
		msgs[i].msg_hdr = (struct msghdr){ .msg_iov = &io[i], .msg_iovlen = 1 };
	}
	assert_int_equal(lop_sendmmsg(x->s, msgs, N, 0), N);
	nf_assert_received(x->r, x->sent, N, BYTES);
	fx_assert_moved(x->lop, MOVED);
	x->sent += N;
}

/* contract BK-01, BK-03, BK-05 */
static void
limits_below_the_burst_lose_nothing(void **state)
{
	static const char *const values[] = { "1", "2", "5", "7", "8", "63", "64" };
	struct wfx x;

	wfx_open(&x, *state);
	for (unsigned int i = 0; i < RTE_DIM(values) * RTE_DIM(values); i++) {
		assert_int_equal(lop_sysctl_set(x.lop, "core/netdev_max_backlog",
						 values[i / RTE_DIM(values)]),
				0);
		assert_int_equal(lop_sysctl_set(x.lop, "core/dev_weight",
						 values[i % RTE_DIM(values)]),
				0);
		assert_all_ways(&x);
		for (unsigned int way = 0; way < 2; way++, x.sent += LOP_BURST_MAX) {
			if (way == 0)
				nf_burst(x.lop, x.s, NULL, x.sent, LOP_BURST_MAX, BYTES);
			else
				burst_to_each(&x, LOP_BURST_MAX);
			nf_assert_received(x.r, x.sent, LOP_BURST_MAX, BYTES);
		}
	}
	assert_int_equal(lop_sysctl_set(x.lop, "core/netdev_max_backlog", "0"), 0);
	assert_all_ways(&x);
	assert_int_equal(lop_drop_read(x.lop, LOP_DROP_BACKLOG_FULL), 0);
}

/* contract DEV-10, CO-03: while lo is down a burst fares as a send does, and behind it as ever */
static void
lo_that_was_down_is_as_before(void **state)
{
	struct rte_mbuf *m;
	struct wfx x;

	wfx_open(&x, *state);
	for (unsigned int round = 0; round < 3; round++) {
		int fds[] = { x.s, x.u, x.u };

		assert_all_ways(&x);
		/* what waits in the receiver is there still */
		nf_burst(x.lop, x.s, NULL, 0, N, BYTES);
		assert_int_equal(lop_if_set_flags(x.lop, LOP_LO_INDEX, 0, IFF_UP), 0);
		for (unsigned int i = 0; i < RTE_DIM(fds); i++) {
			const struct sockaddr_in *to = i == 0 ? NULL : &x.to[0];
			ssize_t ret = lop_sendto(fds[i], "x", 1, 0, (const void *)to,
					to != NULL ? sizeof(*to) : 0);
			const int err = ret < 0 ? errno : 0;

			m = nf_mbuf(x.lop, BYTES, 0);
			ret = i == 2 ? lop_udp_send_burst_to(fds[i], to, &m, 1)
				     : lop_udp_send_burst(fds[i], to, &m, 1);
			assert_int_equal(ret == 0 ? errno : 0, err);
			if (ret == 0)
				rte_pktmbuf_free(m);
		}
		assert_int_equal(lop_if_set_flags(x.lop, LOP_LO_INDEX, IFF_UP, IFF_UP), 0);
		nf_assert_received(x.r, 0, N, BYTES);
	}
	assert_all_ways(&x);
}

static void
count_tapped(void *arg, int ifindex, const uint8_t *types, struct rte_mbuf *const *pkts, uint16_t n)
{
	unsigned int *seen = arg;

	RTE_SET_USED(ifindex);
	RTE_SET_USED(types);
	RTE_SET_USED(pkts);
	*seen += n;
}

static int
count_asked(void *arg, int fd, const struct sockaddr *to, size_t bytes)
{
	unsigned int *seen = arg;

	RTE_SET_USED(fd);
	RTE_SET_USED(to);
	RTE_SET_USED(bytes);
	(*seen)++;
	return 0;
}

/* contract TAP-01, NF-01, DM-01: each sees all while it is there, and nothing else changes */
static void
watchers_come_and_go_between_bursts(void **state)
{
	unsigned int tapped = 0, asked = 0;
	struct wfx x;
	FILE *none = fopen("/dev/null", "w");

	assert_non_null(none);
	wfx_open(&x, *state);
	for (unsigned int round = 0; round < 3; round++) {
		int id, raw;

		assert_all_ways(&x);
		for (unsigned int i = 0; i < RTE_DIM(hook_points); i++) {
			struct seen seen = { .verdict = LOP_VERDICT_ACCEPT };

			id = seen_register(x.lop, &seen, hook_points[i], 0);
			assert_all_ways(&x);
			assert_int_equal(lop_hook_unregister(x.lop, id), 0);
			assert_int_equal(seen.packets, 4 * N);
			assert_all_ways(&x);
		}
		id = lop_tap_add(x.lop, 0, count_tapped, &tapped);
		assert_true(id > 0);
		assert_all_ways(&x);
		assert_int_equal(lop_tap_del(x.lop, id), 0);
		assert_all_ways(&x);
		assert_int_equal(tapped, (round + 1) * 2 * 4 * N);

		assert_int_equal(lop_trace_start(x.lop, NULL, 100), 0);
		assert_all_ways(&x);
		lop_trace_stop(x.lop);
		assert_int_equal(lop_trace_print(x.lop, none), 4 * N);
		assert_all_ways(&x);

		assert_int_equal(lop_send_check_set(x.lop, count_asked, &asked), 0);
		assert_all_ways(&x);
		assert_int_equal(lop_send_check_set(x.lop, NULL, NULL), 0);
		assert_true(asked > round * 4);
		asked = (round + 1) * 4;
		assert_all_ways(&x);

		raw = lop_socket(x.lop, AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_UDP);
		assert_true(raw >= 0);
		assert_all_ways(&x);
		for (unsigned int i = 0; i < 4 * N; i++) {
			uint8_t packet[64];

			assert_int_equal(lop_recv(raw, packet, sizeof(packet), 0), 28 + BYTES);
		}
		assert_int_equal(lop_close(raw), 0);
	}
	assert_all_ways(&x);
	fclose(none);
}

static const struct lo_case watch_cases[] = {
	LO_CASE(limits_below_the_burst_lose_nothing),
	LO_CASE(lo_that_was_down_is_as_before),
	LO_CASE(watchers_come_and_go_between_bursts),
};
LO_REGISTER_TEST(lop_input_autotest, watch_cases);
