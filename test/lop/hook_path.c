/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Hooks on the whole path, with sockets. */

#include <errno.h>
#include <netinet/ip_icmp.h>

#include "frag_fx.h"
#include "hook_fx.h"

static ssize_t
say(int fd, const char *addr, uint16_t port)
{
	const struct sockaddr_in to = fx_addr(addr, port);

	return lop_sendto(fd, "0123456789", 10, 0, (const struct sockaddr *)&to, sizeof(to));
}

static ssize_t
hear(int fd)
{
	char data[64];

	return lop_recv(fd, data, sizeof(data), MSG_DONTWAIT);
}

/* contract FLOW-2: each packet passes all four points once, in their order. */
static void
datagram_meets_every_point_once(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int to = fx_udp(lop, "127.0.0.1", 5000), from = fx_udp(lop, NULL, 5001);
	struct seen *order[8] = { NULL };
	struct seen **next = order;
	struct seen out = { .verdict = LOP_VERDICT_ACCEPT, .next_in_order = &next };
	struct seen post = out, pre = out, in = out;
	struct seen *const expected[] = { &out, &post, &pre, &in };

	seen_register(lop, &out, LOP_HOOK_LOCAL_OUT, 0);
	seen_register(lop, &post, LOP_HOOK_POST_ROUTING, 0);
	seen_register(lop, &pre, LOP_HOOK_PRE_ROUTING, 0);
	seen_register(lop, &in, LOP_HOOK_LOCAL_IN, 0);
	assert_int_equal(say(from, "127.0.0.1", 5000), 10);
	assert_int_equal(hear(to), 10);
	for (unsigned int i = 0; i < RTE_DIM(expected); i++) {
		assert_ptr_equal(order[i], expected[i]);
		assert_int_equal(expected[i]->packets, 1);
		assert_int_equal(expected[i]->state[0].ifindex, LOP_LO_INDEX);
	}
}

/* contract NF-01: what the kernel's counters do when a point drops. */
static void
drops_move_the_counters_of_linux(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int to = fx_udp(lop, "127.0.0.1", 5000), from = fx_udp(lop, NULL, 5001);
	static const struct {
		enum lop_hook_point point;
		bool eperm;
		const char *moved;
	} rows[] = {
		{ LOP_HOOK_LOCAL_OUT, true, "Ip.OutRequests+1 Ip.OutDiscards+1 drop.hook+1" },
		{ LOP_HOOK_POST_ROUTING, true, "Ip.OutRequests+1 Ip.OutDiscards+1 drop.hook+1" },
		{ LOP_HOOK_PRE_ROUTING, false,
				"Ip.InReceives+1 Ip.OutRequests+1 Ip.OutTransmits+1 "
				"Udp.OutDatagrams+1 IpExt.InOctets+38 IpExt.OutOctets+38 "
				"IpExt.InNoECTPkts+1 lo.rx_packets+1 lo.rx_bytes+38 "
				"lo.tx_packets+1 lo.tx_bytes+38 drop.hook+1" },
		{ LOP_HOOK_LOCAL_IN, false,
				"Ip.InReceives+1 Ip.OutRequests+1 Ip.OutTransmits+1 "
				"Udp.OutDatagrams+1 IpExt.InOctets+38 IpExt.OutOctets+38 "
				"IpExt.InNoECTPkts+1 lo.rx_packets+1 lo.rx_bytes+38 "
				"lo.tx_packets+1 lo.tx_bytes+38 drop.hook+1" },
	};

	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		struct seen drop = { .verdict = LOP_VERDICT_DROP };
		const int id = seen_register(lop, &drop, rows[i].point, 0);

		fx_mark(lop);
		errno = 0;
		assert_int_equal(say(from, "127.0.0.1", 5000), rows[i].eperm ? -1 : 10);
		assert_int_equal(errno, rows[i].eperm ? EPERM : 0);
		fx_assert_moved(lop, rows[i].moved);
		assert_int_equal(hear(to), -1);
		assert_int_equal(errno, EAGAIN);
		assert_int_equal(lop_hook_unregister(lop, id), 0);
	}
}

/* contract NF-03: STOLEN and QUEUE are a success for the sender. */
static void
stolen_and_queued_are_sent_as_the_sender_sees_it(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int to = fx_udp(lop, "127.0.0.1", 5000), from = fx_udp(lop, NULL, 5001);
	static const struct {
		uint8_t verdict;
		const char *moved;
	} rows[] = {
		{ LOP_VERDICT_STOLEN, "Ip.OutRequests+1 Udp.OutDatagrams+1" },
		/* nobody takes it */
		{ LOP_VERDICT_QUEUE, "Ip.OutRequests+1 Udp.OutDatagrams+1 drop.hook_queue+1" },
	};

	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		struct seen take = { .verdict = rows[i].verdict };
		const int id = seen_register(lop, &take, LOP_HOOK_LOCAL_OUT, 0);

		fx_mark(lop);
		assert_int_equal(say(from, "127.0.0.1", 5000), 10);
		fx_assert_moved(lop, rows[i].moved);
		assert_int_equal(hear(to), -1);
		if (rows[i].verdict == LOP_VERDICT_STOLEN)
			rte_pktmbuf_free(take.pkt[0]);
		assert_int_equal(lop_hook_unregister(lop, id), 0);
	}
}

/* contract NF-03: another destination at LOCAL_OUT is another route, and POST_ROUTING sees it. */
static void
changed_destination_is_routed_again(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int to = fx_udp(lop, "127.9.9.9", 5000), from = fx_udp(lop, NULL, 5001);
	struct seen change = { .verdict = LOP_VERDICT_ACCEPT,
		.new_daddr_be = inet_addr("127.9.9.9") };
	struct seen post = { .verdict = LOP_VERDICT_ACCEPT };

	seen_register(lop, &change, LOP_HOOK_LOCAL_OUT, 0);
	seen_register(lop, &post, LOP_HOOK_POST_ROUTING, 0);
	assert_int_equal(say(from, "127.0.0.1", 5000), 10);
	assert_int_equal(hear(to), 10);
	assert_int_equal(post.packets, 1);
}

static void
refuse_route(struct lop *lop, const char *dst, uint8_t type)
{
	const struct lop_route route = { .dst_be = inet_addr(dst), .dst_len = 32, .type = type };

	assert_int_equal(lop_route_add(lop, &route), 0);
}

/* contract NF-03: the sender hears why there is no new route; OutNoRoutes does not move. */
static void
changed_destination_without_a_route_is_the_senders_error(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int from = fx_udp(lop, NULL, 5001);
	static const struct {
		const char *daddr;
		int err;
		const char *moved;
	} rows[] = {
		{ "8.8.8.8", ENETUNREACH, "Ip.OutRequests+1 Ip.OutDiscards+1 drop.no_route+1" },
		{ "5.5.5.5", EHOSTUNREACH, "Ip.OutRequests+1 Ip.OutDiscards+1 drop.route_error+1" },
		{ "5.5.5.6", EACCES, "Ip.OutRequests+1 Ip.OutDiscards+1 drop.route_error+1" },
		{ "5.5.5.7", EINVAL, "Ip.OutRequests+1 Ip.OutDiscards+1 drop.route_error+1" },
	};
	struct seen change = { .verdict = LOP_VERDICT_ACCEPT };

	refuse_route(lop, "5.5.5.5", RTN_UNREACHABLE);
	refuse_route(lop, "5.5.5.6", RTN_PROHIBIT);
	refuse_route(lop, "5.5.5.7", RTN_BLACKHOLE);
	seen_register(lop, &change, LOP_HOOK_LOCAL_OUT, 0);
	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		change.new_daddr_be = inet_addr(rows[i].daddr);
		fx_mark(lop);
		assert_int_equal(say(from, "127.0.0.1", 5000), -1);
		assert_int_equal(errno, rows[i].err);
		fx_assert_moved(lop, rows[i].moved);
	}
}

/* contract NF-03: any unicast source may be put in, as in Linux. */
static void
changed_source_is_sent_as_it_is(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int to = fx_udp(lop, "127.0.0.1", 5000), from = fx_udp(lop, NULL, 5001);
	struct seen change = { .verdict = LOP_VERDICT_ACCEPT,
		.new_saddr_be = inet_addr("9.9.9.9") };
	struct sockaddr_in source;
	socklen_t len = sizeof(source);
	char data[16];

	seen_register(lop, &change, LOP_HOOK_LOCAL_OUT, 0);
	assert_int_equal(say(from, "127.0.0.1", 5000), 10);
	assert_int_equal(lop_recvfrom(to, data, sizeof(data), MSG_DONTWAIT,
					 (struct sockaddr *)&source, &len),
			10);
	assert_int_equal(source.sin_addr.s_addr, inet_addr("9.9.9.9"));
}

static void
reject(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts, uint8_t *verdicts,
		uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		const uint8_t *ip = rte_pktmbuf_mtod(pkts[i], const uint8_t *);

		if (ip[9] == IPPROTO_UDP || arg != NULL)
			verdicts[i] = lop_hook_reject(state, pkts[i], ICMP_PORT_UNREACH);
	}
}

/* contract NF-02: a refused sender gets EPERM on the way out, ECONNREFUSED on its next call. */
static void
rejected_sender_gets_econnrefused(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct sockaddr_in peer = fx_addr("127.0.0.1", 5000);
	static const struct {
		enum lop_hook_point point;
		const char *moved;
	} rows[] = {
		{ LOP_HOOK_LOCAL_IN,
				"Ip.InReceives+2 Ip.InDelivers+1 Ip.OutRequests+2 "
				"Ip.OutTransmits+2 Icmp.InMsgs+1 Icmp.InDestUnreachs+1 "
				"Icmp.OutMsgs+1 Icmp.OutDestUnreachs+1 Udp.OutDatagrams+1 "
				"IpExt.InOctets+104 IpExt.OutOctets+104 IpExt.InNoECTPkts+2 "
				"lo.rx_packets+2 lo.rx_bytes+104 lo.tx_packets+2 "
				"lo.tx_bytes+104 drop.hook+1" },
		{ LOP_HOOK_LOCAL_OUT,
				"Ip.InReceives+1 Ip.InDelivers+1 Ip.OutRequests+2 "
				"Ip.OutDiscards+1 Ip.OutTransmits+1 Icmp.InMsgs+1 "
				"Icmp.InDestUnreachs+1 Icmp.OutMsgs+1 Icmp.OutDestUnreachs+1 "
				"IpExt.InOctets+66 IpExt.OutOctets+66 IpExt.InNoECTPkts+1 "
				"lo.rx_packets+1 lo.rx_bytes+66 lo.tx_packets+1 "
				"lo.tx_bytes+66 drop.hook+1" },
	};

	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		const struct lop_hook hook = { .point = rows[i].point, .fn = reject };
		const int id = lop_hook_register(lop, &hook);
		const int fd = fx_udp(lop, "127.0.0.1", 5001);

		assert_true(id > 0);
		assert_int_equal(lop_connect(fd, (const struct sockaddr *)&peer, sizeof(peer)), 0);
		fx_mark(lop);
		errno = 0;
		assert_int_equal(lop_send(fd, "0123456789", 10, 0),
				rows[i].point == LOP_HOOK_LOCAL_OUT ? -1 : 10);
		assert_int_equal(errno, rows[i].point == LOP_HOOK_LOCAL_OUT ? EPERM : 0);
		fx_assert_moved(lop, rows[i].moved);
		assert_int_equal(lop_send(fd, "0123456789", 10, 0), -1);
		assert_int_equal(errno, ECONNREFUSED);
		assert_int_equal(lop_close(fd), 0);
		assert_int_equal(lop_hook_unregister(lop, id), 0);
	}
}

/* contract NF-02: an answer needs a checksum that vouches for the packet, and a way back */
static void
what_is_rejected_is_vouched_for(void **state)
{
	static const struct {
		enum lop_hook_point point;
		struct ffx_ip ip;
		uint8_t bytes[8];
		const char *source; /* of the answer; NULL: none */
	} rows[] = {
		{ LOP_HOOK_LOCAL_IN, { .protocol = 200 }, { 0x12, 0x34, 0xed, 0xcb }, "10.9.0.1" },
		{ LOP_HOOK_LOCAL_IN, { .protocol = 200 }, { 0x12, 0x34, 0xed, 0xcc }, NULL },
		{ LOP_HOOK_LOCAL_IN, { .protocol = IPPROTO_ESP }, { 1 }, "10.9.0.1" },
		/* without a checksum; and recorded in, which the header's sum does not say */
		{ LOP_HOOK_LOCAL_IN, { .protocol = IPPROTO_UDP }, { 1, 1, 2, 2, 0, 8 },
				"10.9.0.1" },
		{ LOP_HOOK_LOCAL_IN,
				{ .protocol = 200, .options = { 7, 7, 4 }, .options_bytes = 8 },
				{ 0x12, 0x34, 0xed, 0xcb }, NULL },
		/* not routed: from where routing says, whomever it was for */
		{ LOP_HOOK_PRE_ROUTING, { .protocol = IPPROTO_ESP, .dst = "10.9.0.255" }, { 1 },
				"10.9.0.1" },
		{ LOP_HOOK_PRE_ROUTING, { .protocol = IPPROTO_ESP, .src = "10.9.0.255" }, { 1 },
				NULL },
	};
	struct ffx f;

	ffx_up(*state, &f);
	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		const struct lop_hook hook = { .point = rows[i].point, .fn = reject, .arg = &f };
		const int id = lop_hook_register(f.lop, &hook);
		uint8_t out[FFX_BYTES_MAX];
		uint32_t source_be;

		ffx_give(&f, &rows[i].ip, rows[i].bytes, sizeof(rows[i].bytes));
		assert_int_equal(ffx_take(&f, out) != 0, rows[i].source != NULL);
		assert_int_equal(lop_hook_unregister(f.lop, id), 0);
		if (rows[i].source == NULL)
			continue;
		memcpy(&source_be, out + 12, sizeof(source_be));
		assert_int_equal(source_be, inet_addr(rows[i].source));
	}
}

static int
check(void *arg, int fd, const struct sockaddr *to, size_t len_bytes)
{
	int *calls = arg;

	assert_true(fd >= 0);
	assert_non_null(to);
	assert_int_equal(len_bytes, 10);
	return ++*calls == 1 ? -EACCES : 0;
}

/* contract SEND-19: the check's errno is the sender's, before anything is looked at. */
static void
send_check_comes_first(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int to = fx_udp(lop, "127.0.0.1", 5000), from = fx_udp(lop, NULL, 5001);
	int calls = 0;

	assert_int_equal(lop_send_check_set(lop, check, &calls), 0);
	fx_mark(lop);
	assert_int_equal(say(from, "127.0.0.1", 0), -1);
	assert_int_equal(errno, EACCES);
	fx_assert_moved(lop, "");
	assert_int_equal(say(from, "127.0.0.1", 5000), 10);
	assert_int_equal(lop_send_check_set(lop, NULL, NULL), 0);
	assert_int_equal(say(from, "127.0.0.1", 5000), 10);
	assert_int_equal(calls, 2);
	assert_int_equal(hear(to), 10);
	assert_int_equal(hear(to), 10);
}

static const struct lo_case cases_path[] = {
	LO_CASE(datagram_meets_every_point_once),
	LO_CASE(drops_move_the_counters_of_linux),
	LO_CASE(stolen_and_queued_are_sent_as_the_sender_sees_it),
	LO_CASE(changed_destination_is_routed_again),
	LO_CASE(changed_destination_without_a_route_is_the_senders_error),
	LO_CASE(changed_source_is_sent_as_it_is),
	LO_CASE(rejected_sender_gets_econnrefused),
	LO_CASE(what_is_rejected_is_vouched_for),
	LO_CASE(send_check_comes_first),
};
LO_REGISTER_TEST(lop_hook_autotest, cases_path);
