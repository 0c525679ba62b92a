/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Frames that wait to come in, and how many. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ether.h>

#include "../../lib/lop/include/lop_hook.h"
#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_stats.h"
#include "frag_fx.h"
#include "hook_fx.h"
#include "send_fx.h"

#define L2 RTE_ETHER_HDR_LEN
#define BACKLOG 2
#define CROWD 6
#define POLLED 20

/* contract BK-02 */
static void
frame_of_a_device_that_is_down_is_dropped(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct rte_mbuf *m = hand_made(lop, "127.0.0.1", "127.0.0.1", 1, 2);

	assert_non_null(rte_pktmbuf_prepend(m, L2));
	memset(rte_pktmbuf_mtod(m, void *), 0, L2);
	assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, 0, IFF_UP), 0);
	fx_mark(lop);
	lop_input(fx_worker(lop), lop->lo, &m, 1);
	fx_assert_moved(lop, "lo.rx_dropped+1 drop.dev_down+1");
}

/* A hook of LOCAL_IN that sends, while what it sends has to wait. */
struct crowd {
	int fd;
	bool done;
	unsigned int ok;
};

static void
crowd_in(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts, uint8_t *verdicts,
		uint16_t n)
{
	struct crowd *c = arg;

	RTE_SET_USED(state);
	RTE_SET_USED(pkts);
	RTE_SET_USED(verdicts);
	RTE_SET_USED(n);
	if (c->done)
		return;
	c->done = true;
	for (unsigned int i = 0; i < CROWD; i++)
		c->ok += sf_to(c->fd, "b", 1, 0, 4000) == 1;
}

/* A column of softnet_stat, the first is 0, over all lines. */
static unsigned long
softnet(struct lop *lop, unsigned int column)
{
	unsigned long sum = 0;
	char line[256], *rest;
	FILE *file = tmpfile();

	assert_non_null(file);
	assert_int_equal(lop_proc_write(lop, "softnet_stat", file), 0);
	rewind(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		rest = line;
		for (unsigned int i = 0; i < column; i++)
			(void)strtoul(rest, &rest, 16);
		sum += strtoul(rest, NULL, 16);
	}
	fclose(file);
	return sum;
}

static void
crowd_over(struct lop *lop, unsigned int fit)
{
	const int r = fx_udp(lop, NULL, 4000);
	struct crowd c = { .fd = fx_udp(lop, NULL, 4001) };
	const struct lop_hook hook = {
		.name = "crowd", .point = LOP_HOOK_LOCAL_IN, .fn = crowd_in, .arg = &c
	};
	struct lop_if_stats stats;

	assert_true(lop_hook_register(lop, &hook) > 0);
	assert_int_equal(sf_to(c.fd, "a", 1, 0, 4000), 1);
	assert_int_equal(c.ok, CROWD);
	sf_assert_text(r, "a");
	for (unsigned int i = 0; i < fit; i++)
		sf_assert_text(r, "b");
	sf_fails(lop_recv(r, &c, 1, 0), EAGAIN);
	assert_int_equal(lop_if_stats(lop, LOP_LO_INDEX, &stats), 0);
	assert_int_equal(stats.rx_packets, 1 + fit);
	assert_int_equal(stats.tx_packets, 1 + fit);
	assert_int_equal(stats.rx_dropped, CROWD - fit);
	assert_int_equal(stats.tx_dropped, 0);
	assert_int_equal(softnet(lop, 1), CROWD - fit);
	assert_int_equal(lop_drop_read(lop, LOP_DROP_BACKLOG_FULL), CROWD - fit);
	assert_int_equal(fx_mib(lop, "Udp", "OutDatagrams"), 1 + CROWD);
	assert_int_equal(fx_mib(lop, "Ip", "OutDiscards"), 0);
}

/* contract BK-01: one more than the limit may wait; senders do not hear of the others */
static void
backlog_has_a_limit(void **state)
{
	const struct lop_conf conf = { .backlog = BACKLOG };
	struct lop *lop = fx_lop(*state, &conf);

	assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP), 0);
	crowd_over(lop, BACKLOG + 1);
}

/* contract BK-01: a setting */
static void
backlog_follows_its_setting(void **state)
{
	struct lop *lop = fx_lop_up(*state);

	assert_int_equal(lop_sysctl_set(lop, "core/netdev_max_backlog", "0"), 0);
	crowd_over(lop, 1);
}

/* contract BK-01, BK-05: what a burst sends is received one after the other; so nothing is lost */
static void
burst_is_as_many_sends(void **state)
{
	const struct sockaddr_in to = fx_addr("127.0.0.1", 4000);
	struct lop *lop = fx_lop_up(*state);
	const int s = fx_udp(lop, NULL, 4001), r = fx_udp(lop, NULL, 4000);
	struct rte_mbuf *pkts[LOP_BURST_MAX];

	for (unsigned int limit = 0; limit < 3; limit++) {
		char text[8];

		snprintf(text, sizeof(text), "%u", limit * 20);
		assert_int_equal(lop_sysctl_set(lop, "core/netdev_max_backlog", text), 0);
		for (unsigned int i = 0; i < LOP_BURST_MAX; i++) {
			pkts[i] = rte_pktmbuf_alloc(lop_mempool(lop));
			assert_non_null(pkts[i]);
			*rte_pktmbuf_append(pkts[i], 1) = (char)('0' + i);
		}
		assert_int_equal(lop_udp_send_burst(s, &to, pkts, LOP_BURST_MAX), LOP_BURST_MAX);
		for (unsigned int i = 0; i < LOP_BURST_MAX; i++)
			sf_assert_text(r, (const char[]){ (char)('0' + i), '\0' });
	}
	assert_int_equal(softnet(lop, 1), 0);
	assert_int_equal(fx_mib(lop, "Udp", "OutDatagrams"), 3 * LOP_BURST_MAX);
}

/* A hook of LOCAL_IN whose first call sends, and that sees how many come at once. */
struct polls {
	int fd;
	unsigned int calls, most;
	uint64_t lasts_us; /* each of them */
};

static void
polls_in(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts, uint8_t *verdicts,
		uint16_t n)
{
	struct polls *p = arg;

	RTE_SET_USED(state);
	RTE_SET_USED(pkts);
	RTE_SET_USED(verdicts);
	fx_now_us += p->lasts_us;
	p->most = RTE_MAX(p->most, n);
	if (p->calls++ != 0)
		return;
	for (unsigned int i = 0; i < POLLED; i++)
		assert_int_equal(sf_to(p->fd, (const char[]){ (char)('a' + i) }, 1, 0, 4000), 1);
}

static void
polled(struct lop *lop, uint64_t lasts_us, unsigned int squeezed)
{
	const unsigned long before = softnet(lop, 2);
	struct polls p = { .fd = fx_udp(lop, NULL, 0), .lasts_us = lasts_us };
	const int r = fx_udp(lop, NULL, 4000);
	const struct lop_hook hook = {
		.name = "polls", .point = LOP_HOOK_LOCAL_IN, .fn = polls_in, .arg = &p
	};
	const int id = lop_hook_register(lop, &hook);

	assert_true(id > 0);
	assert_int_equal(sf_to(p.fd, "!", 1, 0, 4000), 1);
	assert_int_equal(p.most, 4);
	assert_int_equal(p.calls, 1 + POLLED / 4);
	assert_int_equal(softnet(lop, 2) - before, squeezed);
	sf_assert_text(r, "!");
	for (unsigned int i = 0; i < POLLED; i++)
		sf_assert_text(r, (const char[]){ (char)('a' + i), '\0' });
	assert_int_equal(lop_hook_unregister(lop, id), 0);
	assert_int_equal(lop_close(r), 0);
}

/* contract BK-03: so many packets a poll, so many a round, and what is left keeps its order */
static void
polls_have_a_weight_and_rounds_a_budget(void **state)
{
	struct lop *lop = fx_lop_up(*state);

	assert_int_equal(lop_sysctl_set(lop, "core/dev_weight", "4"), 0);
	polled(lop, 0, 0);
	assert_int_equal(lop_sysctl_set(lop, "core/netdev_budget", "8"), 0);
	polled(lop, 0, 2);
	/* or so many microseconds */
	assert_int_equal(lop_sysctl_set(lop, "core/netdev_budget", "300"), 0);
	polled(lop, 2001, 2);
	polled(lop, 300, 0);
	assert_int_equal(lop_sysctl_set(lop, "core/netdev_budget_usecs", "3000"), 0);
	polled(lop, 2001, 1);
}

static const struct lo_case cases[] = {
	LO_CASE(frame_of_a_device_that_is_down_is_dropped),
	LO_CASE(backlog_has_a_limit),
	LO_CASE(backlog_follows_its_setting),
	LO_CASE(burst_is_as_many_sends),
	LO_CASE(polls_have_a_weight_and_rounds_a_budget),
};
LO_REGISTER_TEST(lop_input_autotest, cases);
