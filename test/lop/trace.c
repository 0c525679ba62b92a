/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The path trace. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/lop/dp/trace_record.h"
#include "../../lib/lop/include/lop_stats.h"
#include "hook_fx.h"

/* The trace as text, to be freed. */
static char *
text_of(struct lop *lop, int packets)
{
	char *text;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	assert_non_null(f);
	assert_int_equal(lop_trace_print(lop, f), packets);
	assert_int_equal(fclose(f), 0);
	return text;
}

/* The words stand in the text in this order. */
static void
assert_in_order(const char *text, const char *const *words, unsigned int n)
{
	const char *at = text;

	for (unsigned int i = 0; i < n; i++) {
		const char *found = strstr(at, words[i]);

		if (found == NULL) {
			fail_msg("%s does not follow in:\n%s", words[i], text);
			return;
		}
		at = found + strlen(words[i]);
	}
}

static void
say(int fd, uint16_t port)
{
	const struct sockaddr_in to = fx_addr("127.0.0.1", port);

	assert_int_equal(lop_sendto(fd, "0123456789", 10, 0, (const struct sockaddr *)&to,
					 sizeof(to)),
			10);
}

static void
hear(int fd)
{
	char data[64];

	assert_int_equal(lop_recv(fd, data, sizeof(data), MSG_DONTWAIT), 10);
}

/* contract FLOW-2, OB-01: a datagram's way in the order of Linux's functions, over lo. */
static void
datagram_is_traced_from_socket_to_socket(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int to = fx_udp(lop, "127.0.0.1", 5000), from = fx_udp(lop, NULL, 5001);
	struct seen seen = { .verdict = LOP_VERDICT_ACCEPT };
	static const char *const words[] = {
		"packet 1",
		"udp_sendmsg",
		"127.0.0.1 to 127.0.0.1, protocol 17, 38 bytes",
		"ip_route_output_flow",
		"local, table local, dev lo, src 127.0.0.1",
		"udp_send_skb",
		"port 5001 to 5000, checksum partial",
		"__ip_local_out",
		"LOCAL_OUT of __ip_local_out, \"seen\": accept",
		"POST_ROUTING of ip_output, \"seen\": accept",
		"neigh_output",
		"0.0.0.0 dev lo, NOARP",
		"loopback_xmit",
		"netif_rx",
		"dev lo, host",
		"ip_rcv",
		"PRE_ROUTING of ip_rcv, \"seen\": accept",
		"ip_rcv_finish",
		"came along",
		"LOCAL_IN of ip_local_deliver, \"seen\": accept",
		"udp_rcv",
		"__udp_enqueue_schedule_skb",
	};
	char *text;

	for (unsigned int p = 0; p < RTE_DIM(hook_points); p++)
		seen_register(lop, &seen, hook_points[p], 0);
	assert_int_equal(lop_trace_start(lop, NULL, 1), 0);
	say(from, 5000);
	say(from, 5000);
	lop_trace_stop(lop);
	hear(to);
	hear(to);
	text = text_of(lop, 1);
	assert_in_order(text, words, RTE_DIM(words));
	free(text);
}

/* contract IC-01, OB-01: why a packet was lost, and the answer that it caused. */
static void
trace_tells_why_a_packet_was_lost(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int from = fx_udp(lop, NULL, 5001);
	static const char *const words[] = { "packet 1", "udp_sendmsg", "kfree_skb", "no_socket",
		"packet 2", "127.0.0.1 to 127.0.0.1, protocol 1, 66 bytes", "icmp_rcv",
		"type 3, code 3" };
	char *text;

	assert_int_equal(lop_trace_start(lop, NULL, 1024), 0);
	say(from, 7777);
	text = text_of(lop, 2);
	assert_in_order(text, words, RTE_DIM(words));
	free(text);
}

/* contract OB-01: by address, port and protocol; hand-made packets at the start of output. */
static void
only_what_the_filter_names_is_traced(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	static const struct {
		struct lop_trace_filter filter;
		bool fits;
	} rows[] = {
		{ { .saddr_be = RTE_BE32(0x01010101) }, true },
		{ { .saddr_be = RTE_BE32(0x02020202) }, false },
		{ { .daddr_be = RTE_BE32(0x02020202) }, true },
		{ { .daddr_be = RTE_BE32(0x01010101) }, false },
		{ { .sport_be = RTE_BE16(100) }, true },
		{ { .sport_be = RTE_BE16(53) }, false },
		{ { .dport_be = RTE_BE16(53) }, true },
		{ { .dport_be = RTE_BE16(100) }, false },
		{ { .protocol = IPPROTO_UDP }, true },
		{ { .protocol = IPPROTO_ICMP }, false },
	};

	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		struct rte_mbuf *m = hand_made(lop, "1.1.1.1", "2.2.2.2", 100, 53);

		lop_meta(m)->ifindex = 0;
		assert_int_equal(lop_trace_start(lop, &rows[i].filter, 8), 0);
		lop_trace_pick(fx_worker(lop), &m, 1);
		assert_int_equal((lop_meta(m)->flags & LOP_META_TRACED) != 0, rows[i].fits);
		rte_pktmbuf_free(m);
		free(text_of(lop, rows[i].fits));
	}
}

/* contract OB-01: packets of a trace that is over write into no other one's records. */
static void
new_trace_forgets_the_old_one(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct rte_mbuf *m = hand_made(lop, "1.1.1.1", "2.2.2.2", 100, 53), *next;
	char *text;

	lop_meta(m)->ifindex = 0;
	assert_int_equal(lop_trace_start(lop, NULL, 4), 0);
	lop_trace_pick(fx_worker(lop), &m, 1);
	free(text_of(lop, 1));
	assert_int_equal(lop_trace_start(lop, NULL, 4), 0);
	next = hand_made(lop, "3.3.3.3", "2.2.2.2", 100, 53);
	lop_meta(next)->ifindex = 0;
	lop_trace_pick(fx_worker(lop), &next, 1);
	lop_drop(fx_worker(lop), m, HOOK);
	text = text_of(lop, 1);
	assert_non_null(strstr(text, "3.3.3.3"));
	assert_null(strstr(text, "kfree_skb"));
	free(text);
	lop_drop(fx_worker(lop), next, HOOK);
	text = text_of(lop, 1);
	assert_non_null(strstr(text, "hook: a hook refused the packet"));
	free(text);
}

/* contract OB-01: a record has room for 32 events and says that there were more. */
static void
long_ways_are_cut(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct rte_mbuf *m = hand_made(lop, "1.1.1.1", "2.2.2.2", 100, 53);
	unsigned int lines = 0;
	char *text;

	lop_meta(m)->ifindex = 0;
	assert_int_equal(lop_trace_start(lop, NULL, 1), 0);
	lop_trace_pick(fx_worker(lop), &m, 1);
	for (unsigned int i = 0; i < LOP_TRACE_EVENTS_MAX; i++)
		lop_trace_burst(fx_worker(lop), LOP_TRACE_IP_OUT, &m, 1, 0, 0);
	rte_pktmbuf_free(m);
	text = text_of(lop, 1);
	assert_non_null(strstr(text, "and more"));
	for (const char *c = text; *c != '\0'; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 1 + LOP_TRACE_EVENTS_MAX + 1);
	free(text);
}

/* contract OB-01: times are of the instance's clock. */
static void
lines_tell_the_time_since_the_start(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct rte_mbuf *m = hand_made(lop, "1.1.1.1", "2.2.2.2", 100, 53);
	struct lop_worker *w = fx_worker(lop);
	char *text;

	lop_meta(m)->ifindex = 0;
	assert_int_equal(lop_trace_start(lop, NULL, 1), 0);
	lop_trace_pick(w, &m, 1);
	w->now_read_us = lop_now(w) + 1234;
	lop_drop(w, m, HOOK);
	text = text_of(lop, 1);
	assert_non_null(strstr(text, "+0 us  socket"));
	assert_non_null(strstr(text, "+1234 us  drop"));
	free(text);
}

/* contract OB-01: what is refused ends no trace; the file's errors are told. */
static void
bad_traces_are_refused(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct rte_mbuf *m = hand_made(lop, "1.1.1.1", "2.2.2.2", 100, 53);
	FILE *full = fopen("/dev/full", "w");

	assert_non_null(full);
	free(text_of(lop, 0));
	lop_trace_stop(lop);
	lop_meta(m)->ifindex = 0;
	assert_int_equal(lop_trace_start(lop, NULL, 1024), 0);
	lop_trace_pick(fx_worker(lop), &m, 1);
	assert_int_equal(lop_trace_start(lop, NULL, 0), -EINVAL);
	assert_int_equal(lop_trace_start(lop, NULL, 1025), -EINVAL);
	assert_true(lop_tracing(fx_worker(lop)));
	assert_int_equal(lop_trace_print(lop, full), -EIO);
	fclose(full);
	lop_trace_stop(lop);
	assert_false(lop_tracing(fx_worker(lop)));
	free(text_of(lop, 1));
	rte_pktmbuf_free(m);
}

static const struct lo_case cases[] = {
	LO_CASE(datagram_is_traced_from_socket_to_socket),
	LO_CASE(trace_tells_why_a_packet_was_lost),
	LO_CASE(only_what_the_filter_names_is_traced),
	LO_CASE(new_trace_forgets_the_old_one),
	LO_CASE(long_ways_are_cut),
	LO_CASE(lines_tell_the_time_since_the_start),
	LO_CASE(bad_traces_are_refused),
};
LO_REGISTER_TEST(lop_trace_autotest, cases);
