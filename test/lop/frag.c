/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* What is longer than the MTU leaves in fragments, or not at all. */

#include <errno.h>
#include <string.h>

#include <netinet/ip_icmp.h>
#include <rte_ip.h>

#include "../../lib/lop/dp/csum.h"
#include "../../lib/lop/dp/fib.h"
#include "../../lib/lop/dp/ip_options.h"
#include "../../lib/lop/include/lop_hook.h"
#include "../../lib/lop/include/lop_if.h"
#include "frag_fx.h"

#define PORT 5000
#define SEEN_MAX 128

static struct {
	unsigned int n;
	uint8_t type[SEEN_MAX];
	struct rte_ipv4_hdr ip[SEEN_MAX];
	uint16_t udp_csum;
} seen;

static void
tap(void *arg, int ifindex, const uint8_t *types, struct rte_mbuf *const *pkts, uint16_t n)
{
	RTE_SET_USED(arg);
	RTE_SET_USED(ifindex);
	for (uint16_t i = 0; i < n; i++) {
		const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod_offset(
				pkts[i], const struct rte_ipv4_hdr *, 14);

		assert_true(seen.n < SEEN_MAX);
		if (seen.n == 0)
			memcpy(&seen.udp_csum, (const uint8_t *)(ip + 1) + 6, 2);
		seen.type[seen.n] = types[i];
		seen.ip[seen.n++] = *ip;
	}
}

/* A socket that sends to another one over lo with an MTU of 1500, which a tap watches. */
static int tap_id;

static struct lop *
lo_1500(struct fx *fx, int *from, int *to)
{
	struct lop *lop = fx_lop_up(fx);

	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 1500), 0);
	*from = fx_udp(lop, "127.0.0.1", 4000);
	*to = fx_udp(lop, "127.0.0.1", PORT);
	memset(&seen, 0, sizeof(seen));
	tap_id = lop_tap_add(lop, LOP_LO_INDEX, tap, NULL);
	assert_true(tap_id > 0);
	return lop;
}

static ssize_t
send_bytes(int fd, uint32_t bytes)
{
	static uint8_t payload[65536];
	const struct sockaddr_in to = fx_addr("127.0.0.1", PORT);

	for (uint32_t i = 0; i < bytes; i++)
		payload[i] = i * 7;
	return lop_sendto(fd, payload, bytes, 0, (const struct sockaddr *)&to, sizeof(to));
}

static void
assert_got(int fd, uint32_t bytes)
{
	static uint8_t got[65536];

	assert_int_equal(lop_recv(fd, got, sizeof(got), 0), bytes);
	for (uint32_t i = 0; i < bytes; i++)
		assert_int_equal(got[i], (uint8_t)(i * 7));
}

/* contract FR-01, FLOW-2, TAP-01: OUT and HOST of each fragment in turn, 1472 fits, 1473 is cut */
static void
fragments_have_the_sizes_flags_and_order_of_linux(void **state)
{
	int from, to;
	struct lop *lop = lo_1500(*state, &from, &to);

	fx_mark(lop);
	assert_int_equal(send_bytes(from, 1472), 1472);
	assert_got(to, 1472);
	assert_int_equal(seen.n, 2);
	assert_int_equal(fx_mib(lop, "Ip", "FragCreates"), 0);

	seen.n = 0;
	assert_int_equal(send_bytes(from, 1473), 1473);
	assert_got(to, 1473);
	assert_int_equal(seen.n, 4);
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(seen.type[i], i % 2 == 0 ? 4 : 0);
	assert_int_equal(rte_be_to_cpu_16(seen.ip[0].total_length), 1500);
	assert_int_equal(rte_be_to_cpu_16(seen.ip[0].fragment_offset), RTE_IPV4_HDR_MF_FLAG);
	assert_int_equal(rte_be_to_cpu_16(seen.ip[2].total_length), 21);
	assert_int_equal(rte_be_to_cpu_16(seen.ip[2].fragment_offset), 185);
	assert_int_equal(seen.ip[0].packet_id, seen.ip[2].packet_id);
	assert_int_equal(seen.ip[0].time_to_live, 64);
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(rte_raw_cksum(&seen.ip[i], 20), UINT16_MAX);
	assert_int_equal(fx_mib(lop, "Ip", "FragOKs"), 1);
	assert_int_equal(fx_mib(lop, "Ip", "FragCreates"), 2);
	assert_int_equal(fx_mib(lop, "Ip", "FragFails"), 0);
	assert_int_equal(fx_mib(lop, "Ip", "OutRequests"), 2);
	assert_int_equal(fx_mib(lop, "Ip", "OutTransmits"), 3);
	assert_int_equal(fx_mib(lop, "Ip", "ReasmReqds"), 2);
	assert_int_equal(fx_mib(lop, "Ip", "InDelivers"), 2);
}

/* contract FR-01, DEV-09: the longest datagram over MTU 1500 is 45 fragments */
static void
the_longest_datagram_goes_in_45_fragments(void **state)
{
	int from, to;
	struct lop *lop = lo_1500(*state, &from, &to);

	assert_int_equal(send_bytes(from, 65507), 65507);
	assert_got(to, 65507);
	assert_int_equal(seen.n, 90);
	assert_int_equal(fx_mib(lop, "Ip", "FragCreates"), 45);
	assert_int_equal(fx_mib(lop, "Ip", "ReasmOKs"), 1);
	/* more than the backlog holds, were they to wait */
	seen.n = 0;
	assert_int_equal(lop_tap_del(lop, tap_id), 0);
	assert_int_equal(lop_sysctl_set(lop, "core/netdev_max_backlog", "10"), 0);
	assert_int_equal(send_bytes(from, 65507), 65507);
	assert_got(to, 65507);
	assert_int_equal(fx_mib(lop, "Ip", "FragCreates"), 90);
}

/* contract UDPH-02: the sum is real, over the whole datagram, and never 0 */
static void
the_first_fragment_has_the_real_checksum(void **state)
{
	static uint8_t datagram[2048];
	struct rte_ipv4_hdr whole = { .version_ihl = 0x45,
		.next_proto_id = IPPROTO_UDP,
		.src_addr = RTE_BE32(0x7f000001),
		.dst_addr = RTE_BE32(0x7f000001) };
	const uint32_t bytes = 2001;
	int from, to;

	lo_1500(*state, &from, &to);
	assert_int_equal(send_bytes(from, bytes), bytes);
	assert_got(to, bytes);
	whole.total_length = rte_cpu_to_be_16(28 + bytes);
	ffx_udp(datagram, 4000, PORT, bytes);
	for (uint32_t i = 0; i < bytes; i++)
		datagram[8 + i] = i * 7;
	assert_int_equal(seen.udp_csum, rte_ipv4_udptcp_cksum(&whole, datagram));
}

/* A packet of ICMP over lo for the stage itself. */
static struct rte_mbuf *
packet(struct lop *lop, uint32_t bytes, uint16_t fragment_offset, const uint8_t *options,
		uint32_t options_bytes)
{
	struct lop_worker *w = fx_worker(lop);
	const struct lop_flow flow = { .daddr_be = RTE_BE32(0x7f000001) };
	struct rte_mbuf *m = rte_pktmbuf_alloc(lop_mempool(lop));
	struct lop_route_result route;
	struct rte_ipv4_hdr *ip;

	assert_int_equal(lop_route_output(w, &flow, &route), 0);
	ip = (struct rte_ipv4_hdr *)rte_pktmbuf_append(m, bytes);
	assert_non_null(ip);
	memset(ip, 0, bytes);
	ip->version_ihl = 0x45 + options_bytes / 4;
	ip->total_length = rte_cpu_to_be_16(bytes);
	ip->fragment_offset = rte_cpu_to_be_16(fragment_offset);
	ip->time_to_live = 9;
	ip->next_proto_id = 253;
	ip->src_addr = RTE_BE32(0x7f000001);
	ip->dst_addr = RTE_BE32(0x7f000001);
	if (options_bytes != 0)
		memcpy(ip + 1, options, options_bytes);
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	*lop_meta(m) = (struct lop_meta){ .dst = route.dst };
	m->ol_flags |= lop_meta_flag_bit;
	memset(&w->out, 0, sizeof(w->out));
	w->out.headers = true;
	return m;
}

/* contract FR-02: FragFails, an ICMP message, EMSGSIZE */
static void
what_may_not_be_cut_is_answered_by_fragmentation_needed(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct lop_worker *w = fx_worker(lop);
	struct rte_mbuf *m;

	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 600), 0);
	lop_enter(w);
	m = packet(lop, 601, RTE_IPV4_HDR_DF_FLAG, NULL, 0);
	assert_int_equal(lop_frag_out(w, &m, 1), 0);
	assert_int_equal(w->out.err, -EMSGSIZE);
	assert_int_equal(w->out.failed, 1);
	lop_loop(w);
	lop_leave(w);
	assert_int_equal(fx_mib(lop, "Ip", "FragFails"), 1);
	assert_int_equal(fx_mib(lop, "Ip", "FragCreates"), 0);
	assert_int_equal(fx_mib(lop, "Icmp", "OutDestUnreachs"), 1);
	assert_int_equal(fx_mib(lop, "Icmp", "InDestUnreachs"), 1);
	assert_int_equal(lop_drop_read(lop, LOP_DROP_TOO_BIG), 1);
}

/* contract FR-03: what is not to be copied is NOPs in the fragments behind the first */
static void
options_are_copied_by_their_copy_bit(void **state)
{
	/* RR, not copied; an unknown one, copied; its end */
	uint8_t options[] = { 7, 7, 4, 0, 0, 0, 0, 0x94, 4, 0, 0, 0 };
	const uint8_t behind[] = { 1, 1, 1, 1, 1, 1, 1, 0x94, 4, 0, 0, 0 };

	RTE_SET_USED(state);
	lop_options_fragment(options, sizeof(options));
	assert_memory_equal(options, behind, sizeof(behind));
	/* a raw socket's: nothing behind what is malformed is looked at */
	memcpy(options, (const uint8_t[]){ 7, 0, 7, 40 }, 4);
	lop_options_fragment(options, 4);
	assert_memory_equal(options, ((const uint8_t[]){ 7, 0, 7, 40 }), 4);
}

/* contract FR-01: a fragment that is cut keeps its place in the datagram */
static void
a_fragment_is_cut_into_fragments(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct lop_worker *w = fx_worker(lop);
	struct rte_mbuf *m;

	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 600), 0);
	memset(&seen, 0, sizeof(seen));
	assert_true(lop_tap_add(lop, LOP_LO_INDEX, tap, NULL) > 0);
	lop_enter(w);
	m = packet(lop, 20 + 800, RTE_IPV4_HDR_MF_FLAG | 100, NULL, 0);
	assert_int_equal(lop_frag_out(w, &m, 1), 0);
	lop_leave(w);
	assert_int_equal(seen.n, 4);
	assert_int_equal(rte_be_to_cpu_16(seen.ip[0].fragment_offset), RTE_IPV4_HDR_MF_FLAG | 100);
	assert_int_equal(rte_be_to_cpu_16(seen.ip[2].fragment_offset), RTE_IPV4_HDR_MF_FLAG | 172);
	assert_int_equal(rte_be_to_cpu_16(seen.ip[2].total_length), 20 + 224);
	/* it waits for its rest, and goes when its time is over */
	fx_advance_us(lop, 31000000);
	assert_int_equal(fx_mib(lop, "Ip", "ReasmTimeout"), 1);
}

/* contract FR-03: without mbufs the datagram is lost as a whole, and nothing else */
static void
without_mbufs_fragmentation_fails(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct lop_worker *w = fx_worker(lop);
	struct rte_mbuf *m, *held[4096];
	unsigned int n = 0;

	assert_int_equal(lop_if_set_mtu(lop, LOP_LO_INDEX, 600), 0);
	lop_enter(w);
	m = packet(lop, 1500, 0, NULL, 0);
	while ((held[n] = rte_pktmbuf_alloc(lop_mempool(lop))) != NULL)
		n++;
	assert_int_equal(lop_frag_out(w, &m, 1), 0);
	assert_int_equal(w->out.err, -ENOMEM);
	assert_int_equal(w->out.failed, 1);
	lop_leave(w);
	assert_int_equal(fx_mib(lop, "Ip", "FragFails"), 1);
	assert_int_equal(fx_mib(lop, "Ip", "FragOKs"), 0);
	assert_int_equal(lop_drop_read(lop, LOP_DROP_FRAG_FAILED), 1);
	rte_pktmbuf_free_bulk(held, n);
}

/* Sums over segments that begin at odd bytes are those over one piece (contract UDPH-02). */
static void
checksums_cross_segments_at_odd_bytes(void **state)
{
	struct rte_mempool *pool = fx_pool(*state, 127, 512);
	uint8_t bytes[300];

	for (unsigned int i = 0; i < sizeof(bytes); i++)
		bytes[i] = 255 - i % 7;
	for (unsigned int cut = 0; cut < 40; cut++) {
		struct rte_mbuf *m = rte_pktmbuf_alloc(pool), *second = rte_pktmbuf_alloc(pool);

		memcpy(rte_pktmbuf_append(m, 50 + cut), bytes, 50 + cut);
		memcpy(rte_pktmbuf_append(second, 250 - cut), bytes + 50 + cut, 250 - cut);
		assert_int_equal(rte_pktmbuf_chain(m, second), 0);
		for (uint32_t off = 0; off < 120; off++)
			assert_int_equal(lop_csum_sum(m, off),
					rte_raw_cksum(bytes + off, sizeof(bytes) - off));
		rte_pktmbuf_free(m);
	}
}

static const struct lo_case cases[] = {
	LO_CASE(fragments_have_the_sizes_flags_and_order_of_linux),
	LO_CASE(the_longest_datagram_goes_in_45_fragments),
	LO_CASE(the_first_fragment_has_the_real_checksum),
	LO_CASE(what_may_not_be_cut_is_answered_by_fragmentation_needed),
	LO_CASE(options_are_copied_by_their_copy_bit),
	LO_CASE(a_fragment_is_cut_into_fragments),
	LO_CASE(without_mbufs_fragmentation_fails),
	LO_CASE(checksums_cross_segments_at_odd_bytes),
};
LO_REGISTER_TEST(lop_frag_autotest, cases);
