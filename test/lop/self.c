/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * What this host hears of its own broadcasts and multicast on a device that does not loop. Counters
 * are what Linux 6.18 moved for the same sends on a TAP.
 */

#include <netpacket/packet.h>
#include <string.h>

#include "../../lib/lop/include/lop_hook.h"
#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_stats.h"
#include "frag_fx.h"
#include "hook_fx.h"
#include "send_fx.h"

#define GROUP "224.1.2.3"

/* A host with a wire, a receiver on port 5000 that has joined, a sender. */
struct sfx {
	struct ffx f;
	int r, s;
};

static void
sfx_up(struct fx *fx, struct sfx *x)
{
	struct ip_mreqn mreq = { .imr_multiaddr.s_addr = inet_addr(GROUP) };

	ffx_up(fx, &x->f);
	mreq.imr_ifindex = x->f.ifindex;
	x->r = fx_udp(x->f.lop, NULL, 5000);
	x->s = fx_udp(x->f.lop, NULL, 5001);
	sf_option(x->s, SOL_SOCKET, SO_BROADCAST, 1);
	assert_int_equal(lop_setsockopt(x->r, IPPROTO_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)),
			0);
	assert_int_equal(lop_setsockopt(x->s, IPPROTO_IP, IP_MULTICAST_IF, &mreq, sizeof(mreq)), 0);
	ffx_mark(&x->f);
}

static ssize_t
send_to(const struct sfx *x, const char *addr, uint16_t port, uint32_t bytes)
{
	static const uint8_t data[2000];
	const struct sockaddr_in to = fx_addr(addr, port);

	return lop_sendto(x->s, data, bytes, 0, (const void *)&to, sizeof(to));
}

#define SENT "Ip.OutRequests+1 Ip.OutTransmits+1 Udp.OutDatagrams+1 "
#define HEARD "Ip.InReceives+1 Ip.InDelivers+1 "

/* contract MC-03 */
static const struct {
	const char *what, *addr;
	uint16_t port;
	uint32_t bytes;
	int loop, ttl;
	unsigned int heard, left;
	const char *moved;
} rows[] = {
	{ "broadcast", "10.9.0.255", 5000, 5, 1, 1, 1, 1,
			HEARD SENT "IpExt.InBcastPkts+1 IpExt.OutBcastPkts+1 "
				   "IpExt.OutBcastOctets+33" },
	{ "broadcast, IP_MULTICAST_LOOP off", "10.9.0.255", 5000, 5, 0, 0, 1, 1,
			HEARD SENT "IpExt.InBcastPkts+1 IpExt.OutBcastPkts+1 "
				   "IpExt.OutBcastOctets+33" },
	{ "broadcast nobody listens to", "10.9.0.255", 5999, 5, 1, 1, 0, 1,
			HEARD SENT "Udp.IgnoredMulti+1 IpExt.InBcastPkts+1 IpExt.OutBcastPkts+1 "
				   "IpExt.OutBcastOctets+33" },
	{ "broadcast in fragments, heard whole", "10.9.0.255", 5000, 2000, 1, 1, 1, 2,
			"Ip.InReceives+1 Ip.InDelivers+1 Ip.OutRequests+1 Ip.FragOKs+1 "
			"Ip.FragCreates+2 Ip.OutTransmits+2 Udp.OutDatagrams+1 "
			"IpExt.InBcastPkts+1 IpExt.OutBcastPkts+2 IpExt.OutBcastOctets+2048" },
	{ "joined", GROUP, 5000, 5, 1, 1, 1, 1,
			HEARD SENT "IpExt.InMcastPkts+1 IpExt.OutMcastPkts+1 "
				   "IpExt.InMcastOctets+33 IpExt.OutMcastOctets+33" },
	{ "joined, nobody listens", GROUP, 5999, 5, 1, 1, 0, 1,
			HEARD SENT "Udp.IgnoredMulti+1 IpExt.InMcastPkts+1 IpExt.OutMcastPkts+1 "
				   "IpExt.InMcastOctets+33 IpExt.OutMcastOctets+33" },
	{ "joined, loop off", GROUP, 5000, 5, 0, 1, 0, 1,
			SENT "IpExt.OutMcastPkts+1 IpExt.OutMcastOctets+33" },
	{ "joined, TTL 0", GROUP, 5000, 5, 1, 0, 1, 0,
			HEARD "Ip.OutRequests+1 Udp.OutDatagrams+1 IpExt.InMcastPkts+1 "
			      "IpExt.InMcastOctets+33" },
	{ "joined, TTL 0, loop off", GROUP, 5000, 5, 0, 0, 0, 0,
			"Ip.OutRequests+1 Udp.OutDatagrams+1" },
	{ "not joined", "224.1.2.4", 5000, 5, 1, 1, 0, 1,
			SENT "IpExt.OutMcastPkts+1 IpExt.OutMcastOctets+33" },
	{ "not joined, TTL 0", "224.1.2.4", 5000, 5, 1, 0, 0, 1,
			SENT "IpExt.OutMcastPkts+1 IpExt.OutMcastOctets+33" },
};

/* The counters of a row, in their order. */
static void
assert_moved(struct ffx *f, const char *what, const char *moved)
{
	static const char *const order[] = { "Ip.InReceives", "Ip.InDelivers", "Ip.OutRequests",
		"Ip.FragOKs", "Ip.FragCreates", "Ip.OutTransmits", "Udp.OutDatagrams",
		"Udp.IgnoredMulti", "IpExt.InMcastPkts", "IpExt.OutMcastPkts", "IpExt.InBcastPkts",
		"IpExt.OutBcastPkts", "IpExt.InMcastOctets", "IpExt.OutMcastOctets",
		"IpExt.OutBcastOctets" };
	char sorted[512] = "", word[64];

	for (unsigned int i = 0; i < RTE_DIM(order); i++) {
		const char *at;

		snprintf(word, sizeof(word), "%s+", order[i]);
		at = strstr(moved, word);
		if (at != NULL)
			snprintf(sorted + strlen(sorted), sizeof(sorted) - strlen(sorted), "%s%.*s",
					sorted[0] == '\0' ? "" : " ", (int)strcspn(at, " "), at);
	}
	ffx_assert_moved(f, what, sorted);
}

static void
own_broadcasts_and_groups_are_heard(void **state)
{
	uint8_t packet[FFX_BYTES_MAX], data[2000];
	struct lop_if_stats stats;
	struct sfx x;

	sfx_up(*state, &x);
	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		sf_option(x.s, IPPROTO_IP, IP_MULTICAST_LOOP, rows[i].loop);
		sf_option(x.s, IPPROTO_IP, IP_MULTICAST_TTL, rows[i].ttl);
		assert_int_equal(send_to(&x, rows[i].addr, rows[i].port, rows[i].bytes),
				rows[i].bytes);
		assert_moved(&x.f, rows[i].what, rows[i].moved);
		for (unsigned int k = 0; k < rows[i].heard; k++)
			assert_int_equal(lop_recv(x.r, data, sizeof(data), 0), rows[i].bytes);
		sf_fails(lop_recv(x.r, data, sizeof(data), 0), EAGAIN);
		for (unsigned int k = 0; k < rows[i].left; k++)
			assert_int_not_equal(ffx_take(&x.f, packet), 0);
		assert_int_equal(ffx_take(&x.f, packet), 0);
		ffx_mark(&x.f);
	}
	/* neither lo nor the device has received anything */
	assert_int_equal(lop_if_stats(x.f.lop, LOP_LO_INDEX, &stats), 0);
	assert_int_equal(stats.rx_packets, 0);
	assert_int_equal(lop_if_stats(x.f.lop, x.f.ifindex, &stats), 0);
	assert_int_equal(stats.rx_packets, 0);
}

/* contract MC-03, CM-06: it came in by the device that it left through */
static void
copy_came_in_by_its_device(void **state)
{
	const struct {
		struct in_pktinfo info;
	} want = { .info = { .ipi_ifindex = 2,
				   .ipi_spec_dst.s_addr = inet_addr("10.9.0.1"),
				   .ipi_addr.s_addr = inet_addr("10.9.0.255") } };
	uint8_t packet[FFX_BYTES_MAX];
	struct sf_msg m;
	char data[8];
	struct sfx x;

	sfx_up(*state, &x);
	sf_option(x.r, IPPROTO_IP, IP_PKTINFO, 1);
	assert_int_equal(send_to(&x, "10.9.0.255", 5000, 5), 5);
	sf_msg(&m, "", 1);
	m.io = (struct iovec){ .iov_base = data, .iov_len = sizeof(data) };
	m.h.msg_control = m.control.bytes;
	m.h.msg_controllen = sizeof(m.control);
	assert_int_equal(lop_recvmsg(x.r, &m.h, 0), 5);
	assert_int_equal(m.to.sin_addr.s_addr, inet_addr("10.9.0.1"));
	assert_int_equal(m.control.head.cmsg_type, IP_PKTINFO);
	assert_memory_equal(CMSG_DATA(&m.control.head), &want.info, sizeof(want.info));
	assert_int_not_equal(ffx_take(&x.f, packet), 0);
}

static void
count_outgoing(void *arg, int ifindex, const uint8_t *types, struct rte_mbuf *const *pkts,
		uint16_t n)
{
	unsigned int *seen = arg;

	RTE_SET_USED(ifindex);
	RTE_SET_USED(pkts);
	for (uint16_t i = 0; i < n; i++)
		assert_int_equal(types[i], PACKET_OUTGOING);
	*seen += n;
}

/* contract MC-03, TAP-04: the copy passes POST_ROUTING, PRE_ROUTING, LOCAL_IN, and no tap */
static void
copy_passes_hooks_of_its_own(void **state)
{
	struct seen out = { .verdict = LOP_VERDICT_ACCEPT }, post = out, pre = out, in = out;
	uint8_t packet[FFX_BYTES_MAX];
	unsigned int tapped = 0;
	struct sfx x;

	sfx_up(*state, &x);
	assert_true(lop_tap_add(x.f.lop, 0, count_outgoing, &tapped) > 0);
	seen_register(x.f.lop, &out, LOP_HOOK_LOCAL_OUT, 0);
	seen_register(x.f.lop, &post, LOP_HOOK_POST_ROUTING, 0);
	seen_register(x.f.lop, &pre, LOP_HOOK_PRE_ROUTING, 0);
	seen_register(x.f.lop, &in, LOP_HOOK_LOCAL_IN, 0);
	assert_int_equal(send_to(&x, GROUP, 5000, 5), 5);
	assert_int_equal(out.packets, 1);
	assert_int_equal(tapped, 1);
	assert_int_equal(post.packets, 2);
	assert_int_equal(pre.packets, 1);
	assert_int_equal(in.packets, 1);
	assert_int_equal(pre.state[0].ifindex, x.f.ifindex);
	assert_ptr_not_equal(post.pkt[0], post.pkt[1]);
	assert_int_not_equal(ffx_take(&x.f, packet), 0);
}

/* contract MC-03, NF-01, NF-03: a verdict about the copy is about the copy */
static void
verdict_about_the_copy_is_not_told(void **state)
{
	struct seen post = { .verdict = LOP_VERDICT_ACCEPT, .next = { LOP_VERDICT_DROP + 1 } };
	struct seen queue = { 0 };
	uint8_t packet[FFX_BYTES_MAX], data[8];
	struct sfx x;

	sfx_up(*state, &x);
	seen_register(x.f.lop, &post, LOP_HOOK_POST_ROUTING, 0);
	assert_int_equal(send_to(&x, "10.9.0.255", 5000, 5), 5);
	sf_fails(lop_recv(x.r, data, sizeof(data), 0), EAGAIN);
	assert_int_not_equal(ffx_take(&x.f, packet), 0);
	assert_int_equal(fx_mib(x.f.lop, "Ip", "OutDiscards"), 0);

	assert_int_equal(lop_hook_queue_set(x.f.lop, seen_queue, &queue), 0);
	post.next[post.packets] = LOP_VERDICT_QUEUE + 1;
	assert_int_equal(send_to(&x, "10.9.0.255", 5000, 5), 5);
	sf_fails(lop_recv(x.r, data, sizeof(data), 0), EAGAIN);
	assert_int_not_equal(ffx_take(&x.f, packet), 0);
	assert_int_equal(queue.packets, 1);
	assert_int_equal(lop_hook_reinject(x.f.lop, queue.pkt[0], LOP_HOOK_POST_ROUTING,
					 LOP_VERDICT_ACCEPT),
			0);
	assert_int_equal(lop_recv(x.r, data, sizeof(data), 0), 5);
	assert_int_equal(ffx_take(&x.f, packet), 0);
}

/* contract MC-03, BK-01, BK-05: a burst is as many sends, whatever may wait */
static void
burst_of_broadcasts_is_heard_whole(void **state)
{
	struct sockaddr_in to = fx_addr("10.9.0.255", 5000);
	struct rte_mbuf *pkts[LOP_BURST_MAX];
	uint8_t packet[FFX_BYTES_MAX];
	struct sfx x;

	sfx_up(*state, &x);
	assert_int_equal(lop_sysctl_set(x.f.lop, "core/netdev_max_backlog", "0"), 0);
	for (unsigned int i = 0; i < LOP_BURST_MAX; i++) {
		pkts[i] = rte_pktmbuf_alloc(lop_mempool(x.f.lop));
		assert_non_null(pkts[i]);
		*rte_pktmbuf_append(pkts[i], 1) = (char)('A' + i % 26);
	}
	assert_int_equal(lop_udp_send_burst(x.s, &to, pkts, LOP_BURST_MAX), LOP_BURST_MAX);
	for (unsigned int i = 0; i < LOP_BURST_MAX; i++) {
		char got = 0;

		assert_int_equal(lop_recv(x.r, &got, 1, 0), 1);
		assert_int_equal(got, 'A' + i % 26);
		assert_int_not_equal(ffx_take(&x.f, packet), 0);
	}
}

static const struct lo_case self_cases[] = {
	LO_CASE(own_broadcasts_and_groups_are_heard),
	LO_CASE(copy_came_in_by_its_device),
	LO_CASE(copy_passes_hooks_of_its_own),
	LO_CASE(verdict_about_the_copy_is_not_told),
	LO_CASE(burst_of_broadcasts_is_heard_whole),
};
LO_REGISTER_TEST(lop_output_autotest, self_cases);
