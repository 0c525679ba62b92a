/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Filters of sockets on every way to a queue. What programs calculate, load and are refused for,
 * lo-diff compares with Linux (scenarios/filter.jsonl); answers here are those of Linux 6.18.
 */

#include <netinet/udp.h>

#include <linux/filter.h>

#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_stats.h"
#include "hook_fx.h"
#include "number_fx.h"

#define BYTES 100
#define KEPT 12 /* of which 8 are the UDP header */
#define COUNT 4 /* datagrams of a way, at most */

static void
filter_with(int fd, struct sock_filter *code, unsigned short n)
{
	const struct sock_fprog prog = { .len = n, .filter = code };

	assert_int_equal(lop_setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)), 0);
}

static void
filter_keep(int fd, uint32_t bytes)
{
	struct sock_filter code[] = { { .code = BPF_RET | BPF_K, .k = bytes } };

	filter_with(fd, code, RTE_DIM(code));
}

/* A way from a socket to another one. */
struct way {
	struct lop *lop;
	int from, to;
	struct seen watch;
};

/* How many were sent. */
typedef unsigned int (*way_fn)(struct way *way);

static unsigned int
by_call(struct way *way)
{
	uint8_t data[BYTES];

	nf_fill(data, sizeof(data), 0);
	assert_int_equal(sf_to(way->from, data, sizeof(data), 0, SF_PORT), sizeof(data));
	return 1;
}

static unsigned int
by_calls(struct way *way)
{
	uint8_t data[BYTES];
	struct iovec iov = { .iov_base = data, .iov_len = sizeof(data) };
	struct sockaddr_in to = fx_addr("127.0.0.1", SF_PORT);
	struct mmsghdr msgs[COUNT] = { 0 };

	nf_fill(data, sizeof(data), 0);
	for (unsigned int i = 0; i < COUNT; i++)
		msgs[i].msg_hdr = (struct msghdr){
			.msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &iov, .msg_iovlen = 1
		};
	assert_int_equal(lop_sendmmsg(way->from, msgs, COUNT, 0), COUNT);
	return COUNT;
}

static unsigned int
by_burst(struct way *way)
{
	const struct sockaddr_in to = fx_addr("127.0.0.1", SF_PORT);

	nf_burst(way->lop, way->from, &to, 0, COUNT, BYTES);
	return COUNT;
}

static unsigned int
by_burst_of_lengths(struct way *way)
{
	const struct sockaddr_in to = fx_addr("127.0.0.1", SF_PORT);
	struct rte_mbuf *pkts[COUNT];

	for (unsigned int i = 0; i < COUNT; i++)
		pkts[i] = nf_mbuf(way->lop, BYTES + i, i);
	assert_int_equal(lop_udp_send_burst(way->from, &to, pkts, COUNT), COUNT);
	return COUNT;
}

static unsigned int
by_burst_to_each(struct way *way)
{
	struct sockaddr_in to[COUNT];
	struct rte_mbuf *pkts[COUNT];

	for (unsigned int i = 0; i < COUNT; i++) {
		pkts[i] = nf_mbuf(way->lop, BYTES, i);
		to[i] = fx_addr(i % 2 == 0 ? "127.0.0.1" : "127.0.0.7", SF_PORT);
	}
	assert_int_equal(lop_udp_send_burst_to(way->from, to, pkts, COUNT), COUNT);
	return COUNT;
}

static unsigned int
by_fragments(struct way *way)
{
	uint8_t data[3000];

	nf_fill(data, sizeof(data), 0);
	assert_int_equal(lop_if_set_mtu(way->lop, LOP_LO_INDEX, 1500), 0);
	assert_int_equal(sf_to(way->from, data, sizeof(data), 0, SF_PORT), sizeof(data));
	assert_int_equal(lop_if_set_mtu(way->lop, LOP_LO_INDEX, 65536), 0);
	return 1;
}

static unsigned int
by_cork(struct way *way)
{
	uint8_t data[BYTES];

	nf_fill(data, sizeof(data), 0);
	assert_int_equal(sf_to(way->from, data, 50, MSG_MORE, SF_PORT), 50);
	assert_int_equal(sf_to(way->from, data + 50, sizeof(data) - 50, 0, SF_PORT),
			sizeof(data) - 50);
	return 1;
}

static unsigned int
by_segments(struct way *way)
{
	uint8_t data[2 * BYTES];

	nf_fill(data, BYTES, 0);
	nf_fill(data + BYTES, BYTES, 0);
	sf_option(way->from, IPPROTO_UDP, UDP_SEGMENT, BYTES);
	assert_int_equal(sf_to(way->from, data, sizeof(data), 0, SF_PORT), sizeof(data));
	sf_option(way->from, IPPROTO_UDP, UDP_SEGMENT, 0);
	return 2;
}

static unsigned int
by_broadcast(struct way *way)
{
	const struct sockaddr_in to = fx_addr("127.255.255.255", SF_PORT);
	uint8_t data[BYTES];

	nf_fill(data, sizeof(data), 0);
	sf_option(way->from, SOL_SOCKET, SO_BROADCAST, 1);
	assert_int_equal(
			lop_sendto(way->from, data, sizeof(data), 0, (const void *)&to, sizeof(to)),
			sizeof(data));
	return 1;
}

static unsigned int
by_hook(struct way *way)
{
	const int id = seen_register(way->lop, &way->watch, LOP_HOOK_LOCAL_IN, 0);
	const unsigned int n = by_burst(way);

	lop_hook_unregister(way->lop, id);
	return n;
}

/* Out of a hook, and back in. */
static unsigned int
by_reinjection(struct way *way)
{
	struct seen take = { .verdict = LOP_VERDICT_STOLEN };
	const int id = seen_register(way->lop, &take, LOP_HOOK_LOCAL_IN, 0);

	by_call(way);
	assert_int_equal(take.packets, 1);
	assert_int_equal(lop_hook_reinject(way->lop, take.pkt[0], LOP_HOOK_LOCAL_IN,
					 LOP_VERDICT_ACCEPT),
			0);
	lop_hook_unregister(way->lop, id);
	return 1;
}

static const struct {
	const char *name;
	way_fn send;
} ways[] = {
	{ "call", by_call },
	{ "call again", by_call },
	{ "calls", by_calls },
	{ "calls again", by_calls },
	{ "burst", by_burst },
	{ "burst again", by_burst },
	{ "burst of lengths", by_burst_of_lengths },
	{ "burst to each", by_burst_to_each },
	{ "burst to each again", by_burst_to_each },
	{ "fragments", by_fragments },
	{ "cork", by_cork },
	{ "segments", by_segments },
	{ "broadcast", by_broadcast },
	{ "hook", by_hook },
	{ "reinjection", by_reinjection },
};

/* n datagrams wait, cut to so many bytes of payload; then none. */
static void
assert_waiting(int fd, unsigned int n, size_t bytes)
{
	uint8_t data[NF_BYTES_MAX];

	for (unsigned int i = 0; i < n; i++)
		assert_int_equal(lop_recv(fd, data, sizeof(data), MSG_TRUNC), bytes);
	sf_fails(lop_recv(fd, data, sizeof(data), 0), EAGAIN);
}

static void
assert_way(struct way *way, unsigned int i)
{
	const uint64_t errors = fx_mib(way->lop, "Udp", "InErrors");
	const uint64_t dropped = lop_drop_read(way->lop, LOP_DROP_SOCK_FILTER);
	unsigned int n;

	filter_keep(way->to, KEPT);
	n = ways[i].send(way);
	assert_waiting(way->to, n, KEPT - sizeof(struct rte_udp_hdr));
	assert_int_equal(fx_mib(way->lop, "Udp", "InErrors"), errors);

	filter_keep(way->to, 0);
	n = ways[i].send(way);
	assert_waiting(way->to, 0, 0);
	assert_int_equal(fx_mib(way->lop, "Udp", "InErrors"), errors + n);
	assert_int_equal(lop_drop_read(way->lop, LOP_DROP_SOCK_FILTER), dropped + n);
}

static void
walk(void **state, bool short_circuit)
{
	const struct lop_conf conf = { .short_circuit = short_circuit };
	struct way way = { .lop = fx_lop(*state, &conf),
		.watch = { .verdict = LOP_VERDICT_ACCEPT } };

	assert_int_equal(lop_if_set_flags(way.lop, LOP_LO_INDEX, IFF_UP, IFF_UP), 0);
	way.to = fx_udp(way.lop, NULL, SF_PORT);
	way.from = fx_udp(way.lop, NULL, SF_PORT + 1);
	for (unsigned int i = 0; i < RTE_DIM(ways); i++)
		assert_way(&way, i);
	assert_int_equal(lop_setsockopt(way.to, SOL_SOCKET, SO_DETACH_FILTER, &(int){ 0 },
					 sizeof(int)),
			0);
	/* as if there had never been one */
	by_burst(&way);
	nf_assert_received(way.to, 0, COUNT, BYTES);
}

/* contract UR-06 */
static void
every_way_to_a_socket_meets_its_filter(void **state)
{
	walk(state, false);
}

/* contract UR-06 */
static void
the_short_circuit_meets_filters(void **state)
{
	walk(state, true);
}

/* contract UR-06: a datagram of a burst each; the others keep their order */
static void
some_of_a_burst_are_refused(void **state)
{
	struct sock_filter odd[] = {
		{ .code = BPF_LD | BPF_B | BPF_ABS, .k = 8 },
		{ .code = BPF_JMP | BPF_JSET | BPF_K, .jt = 0, .jf = 1, .k = 1 },
		{ .code = BPF_RET | BPF_K, .k = UINT32_MAX },
		{ .code = BPF_RET | BPF_K, .k = 0 },
	};
	struct lop *lop = fx_lop_up(*state);
	const struct sockaddr_in to = fx_addr("127.0.0.1", SF_PORT);
	const int r = fx_udp(lop, NULL, SF_PORT), s = fx_udp(lop, NULL, SF_PORT + 1);
	struct rte_mbuf *pkts[64];

	filter_with(r, odd, RTE_DIM(odd));
	for (unsigned int round = 0; round < 2; round++) {
		nf_burst(lop, s, &to, 0, RTE_DIM(pkts), BYTES);
		assert_int_equal(lop_udp_recv_burst(r, pkts, RTE_DIM(pkts)), RTE_DIM(pkts) / 2);
		for (unsigned int i = 0; i < RTE_DIM(pkts) / 2; i++) {
			nf_assert(rte_pktmbuf_mtod(pkts[i], uint8_t *), BYTES, 2 * i + 1);
			rte_pktmbuf_free(pkts[i]);
		}
	}
	assert_int_equal(lop_drop_read(lop, LOP_DROP_SOCK_FILTER), RTE_DIM(pkts));
}

/* contract UR-06: what a burst's reader gets of a cut datagram is cut, and can be sent on */
static void
cut_datagrams_go_on(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct sockaddr_in to = fx_addr("127.0.0.1", SF_PORT);
	const int r = fx_udp(lop, NULL, SF_PORT), s = fx_udp(lop, NULL, SF_PORT + 1);
	struct rte_mbuf *pkts[COUNT];

	filter_keep(r, KEPT);
	nf_burst(lop, s, &to, 0, COUNT, BYTES);
	assert_int_equal(lop_udp_recv_burst(r, pkts, COUNT), COUNT);
	filter_keep(r, UINT32_MAX);
	assert_int_equal(lop_udp_send_burst(s, &to, pkts, COUNT), COUNT);
	nf_assert_received(r, 0, COUNT, KEPT - sizeof(struct rte_udp_hdr));
}

/* contract UR-05, UR-06: while the buffer is full, a filter refuses first */
static void
a_filter_comes_before_the_buffer(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, SF_PORT), s = fx_udp(lop, NULL, SF_PORT + 1);
	struct way way = { .lop = lop, .from = s, .to = r };

	sf_option(r, SOL_SOCKET, SO_RCVBUF, 0);
	for (unsigned int i = 0; i < 4; i++)
		by_call(&way);
	assert_int_equal(fx_mib(lop, "Udp", "RcvbufErrors"), 2);
	filter_keep(r, 0);
	by_call(&way);
	assert_int_equal(fx_mib(lop, "Udp", "RcvbufErrors"), 2);
	assert_int_equal(fx_mib(lop, "Udp", "InErrors"), 3);
	/* what waited is not its business */
	assert_waiting(r, 2, BYTES);
}

/* contract UR-06: of a ping socket nothing is counted, and a byte is enough */
static void
ping_sockets_are_filtered(void **state)
{
	static const uint8_t request[12] = { 8, 0, 0, 0, 0, 0, 0, 1, 'd', 'a', 't', 'a' };
	static const struct {
		uint32_t keep;
		int bytes;
	} rows[] = { { 0, -1 }, { 1, 1 }, { 7, 7 }, { 9, 9 }, { 100, sizeof(request) } };
	const struct sockaddr_in to = fx_addr("127.0.0.1", 0);
	struct lop *lop = fx_lop_up(*state);
	int fd;

	assert_int_equal(lop_sysctl_set(lop, "ping_group_range", "0 2147483647"), 0);
	fd = lop_socket(lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, IPPROTO_ICMP);
	assert_true(fd >= 0);
	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		uint8_t data[64];

		filter_keep(fd, rows[i].keep);
		assert_int_equal(lop_sendto(fd, request, sizeof(request), 0, (const void *)&to,
						 sizeof(to)),
				sizeof(request));
		assert_int_equal(lop_recv(fd, data, sizeof(data), 0), rows[i].bytes);
	}
	assert_int_equal(lop_drop_read(lop, LOP_DROP_SOCK_FILTER), 1);
	assert_int_equal(fx_mib(lop, "Udp", "InErrors"), 0);
}

/* contract UR-06: a socket that is closed, or whose instance ends, takes its filter along */
static void
filters_end_with_their_sockets(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct way way = { .lop = lop, .to = fx_udp(lop, NULL, SF_PORT) };

	way.from = fx_udp(lop, NULL, SF_PORT + 1);
	for (unsigned int i = 0; i < 100; i++) {
		filter_keep(way.to, KEPT);
		by_call(&way);
		assert_int_equal(lop_close(way.to), 0);
		way.to = fx_udp(lop, NULL, SF_PORT);
	}
	by_call(&way);
	assert_waiting(way.to, 1, BYTES);
	filter_keep(way.to, KEPT);
	fx_lop_down(lop);
}

static const struct lo_case sock_filter_cases[] = {
	LO_CASE(every_way_to_a_socket_meets_its_filter),
	LO_CASE(the_short_circuit_meets_filters),
	LO_CASE(some_of_a_burst_are_refused),
	LO_CASE(cut_datagrams_go_on),
	LO_CASE(a_filter_comes_before_the_buffer),
	LO_CASE(ping_sockets_are_filtered),
	LO_CASE(filters_end_with_their_sockets),
};
LO_REGISTER_TEST(lop_sock_filter_autotest, sock_filter_cases);
