/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The last steps out: room for the link header, the neighbour's confirmation, lo itself. */

#include <errno.h>
#include <linux/sockios.h>
#include <netpacket/packet.h>
#include <string.h>
#include <sys/ioctl.h>

#include <rte_ether.h>

#include "../../lib/lop/dp/neigh.h"
#include "../../lib/lop/include/lop_hook.h"
#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_neigh.h"
#include "../../lib/lop/include/lop_stats.h"
#include "frag_fx.h"
#include "hook_fx.h"
#include "send_fx.h"

#define L2 RTE_ETHER_HDR_LEN
#define IP_BYTES 33 /* of a datagram of 5 bytes */
#define MANY 4096

/* What is looked at on the way of one datagram over lo. */
struct steps {
	struct lop *lop;
	const struct lop_dst *dst;
	unsigned int n;
};

static void
assert_lo(struct lop *lop, uint64_t packets, uint64_t bytes)
{
	struct lop_if_stats stats;

	assert_int_equal(lop_if_stats(lop, LOP_LO_INDEX, &stats), 0);
	assert_int_equal(stats.rx_packets, packets);
	assert_int_equal(stats.tx_packets, packets);
	assert_int_equal(stats.rx_bytes, bytes);
	assert_int_equal(stats.tx_bytes, bytes);
}

/* First in front of lo, then behind it. */
static void
at_lo(void *arg, int ifindex, const uint8_t *types, struct rte_mbuf *const *pkts, uint16_t n)
{
	struct steps *s = arg;
	const struct lop_meta *meta = lop_meta(pkts[0]);

	assert_int_equal(ifindex, LOP_LO_INDEX);
	assert_int_equal(n, 1);
	if (s->n++ == 0) {
		s->dst = meta->dst;
		assert_non_null(s->dst);
		assert_non_null(meta->sock);
		assert_int_equal(types[0], PACKET_OUTGOING);
		assert_lo(s->lop, 0, 0);
	} else {
		assert_int_equal(s->n, 2);
		assert_null(meta->sock);
		assert_ptr_equal(meta->dst, s->dst);
		assert_int_equal(types[0], PACKET_HOST);
		assert_int_equal(meta->pkt_type, PACKET_HOST);
		assert_int_equal(pkts[0]->pkt_len, L2 + IP_BYTES);
		assert_lo(s->lop, 1, IP_BYTES);
	}
}

static void
at_pre_routing(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts,
		uint8_t *verdicts, uint16_t n)
{
	struct steps *s = arg;

	RTE_SET_USED(verdicts);
	assert_int_equal(s->n++, 2);
	assert_int_equal(n, 1);
	assert_int_equal(state->ifindex, LOP_LO_INDEX);
	assert_int_equal(pkts[0]->pkt_len, IP_BYTES);
	assert_ptr_equal(lop_meta(pkts[0])->dst, s->dst);
}

/* contract XM-01, XM-02, XM-03: orphaned, with its destination, typed and pulled, then counted */
static void
lo_takes_its_steps_in_order(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int s = fx_udp(lop, NULL, 4001), r = fx_udp(lop, NULL, 4000);
	struct steps steps = { .lop = lop };
	const struct lop_hook hook = {
		.name = "steps", .point = LOP_HOOK_PRE_ROUTING, .fn = at_pre_routing, .arg = &steps
	};
	int waiting = -1;

	assert_true(lop_tap_add(lop, LOP_LO_INDEX, at_lo, &steps) > 0);
	assert_true(lop_hook_register(lop, &hook) > 0);
	assert_int_equal(sf_to(s, "12345", 5, 0, 4000), 5);
	assert_int_equal(steps.n, 3);
	assert_int_equal(lop_ioctl(s, SIOCOUTQ, &waiting), 0);
	assert_int_equal(waiting, 0);
	sf_assert_text(r, "12345");
}

/* Sends from within the reception of another datagram. */
struct inner {
	int fd;
	unsigned int out, in;
	unsigned int out_then, in_then; /* when the inner send had returned */
};

static void
count_frames(void *arg, int ifindex, const uint8_t *types, struct rte_mbuf *const *pkts, uint16_t n)
{
	struct inner *i = arg;

	RTE_SET_USED(ifindex);
	RTE_SET_USED(pkts);
	if (types[0] == PACKET_OUTGOING)
		i->out += n;
	else
		i->in += n;
}

static void
send_inner(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts, uint8_t *verdicts,
		uint16_t n)
{
	struct inner *i = arg;

	RTE_SET_USED(state);
	RTE_SET_USED(pkts);
	RTE_SET_USED(verdicts);
	RTE_SET_USED(n);
	if (i->out_then != 0)
		return;
	assert_int_equal(sf_to(i->fd, "b", 1, 0, 4000), 1);
	i->out_then = i->out;
	i->in_then = i->in;
}

/* contract QU-01: also a send that cannot be received yet is at the driver when it returns */
static void
nothing_waits_in_front_of_the_driver(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, 4000);
	struct inner inner = { .fd = fx_udp(lop, NULL, 4001) };
	const struct lop_hook hook = {
		.name = "inner", .point = LOP_HOOK_LOCAL_IN, .fn = send_inner, .arg = &inner
	};

	assert_true(lop_tap_add(lop, LOP_LO_INDEX, count_frames, &inner) > 0);
	assert_true(lop_hook_register(lop, &hook) > 0);
	assert_int_equal(sf_to(inner.fd, "a", 1, 0, 4000), 1);
	assert_int_equal(inner.out_then, 2);
	assert_int_equal(inner.in_then, 1);
	assert_int_equal(inner.out, 2);
	assert_int_equal(inner.in, 2);
	sf_assert_text(r, "a");
	sf_assert_text(r, "b");
}

/* A payload with no more room in front than lop_udp_send_burst() asks for. */
static struct rte_mbuf *
tight(struct lop *lop, uint32_t bytes)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(lop_mempool(lop));
	char *data;

	assert_non_null(m);
	m->data_off = LOP_HEADROOM_BYTES;
	data = rte_pktmbuf_append(m, bytes);
	assert_non_null(data);
	for (uint32_t i = 0; i < bytes; i++)
		data[i] = (char)('a' + i % 26);
	return m;
}

static void
set_options(int fd, uint32_t bytes)
{
	uint8_t nops[40];

	memset(nops, 1, sizeof(nops));
	assert_int_equal(lop_setsockopt(fd, IPPROTO_IP, IP_OPTIONS, nops, bytes), 0);
}

static void
send_tight(struct lop *lop, int fd, const struct sockaddr_in *to, uint32_t bytes)
{
	struct rte_mbuf *m = tight(lop, bytes);

	assert_int_equal(lop_udp_send_burst(fd, to, &m, 1), 1);
}

/* contract IPO-04: 28 bytes of headers and up to 40 of options in 64, then 14 of Ethernet */
static void
room_for_the_link_header_is_made(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 40, 41, 1400 };
	static const uint32_t options[] = { 20, 24, 28, 36, 40 };
	uint8_t got[1500], out[FFX_BYTES_MAX];
	struct sockaddr_in to[2];
	struct ffx f;
	int s, r;

	ffx_up(*state, &f);
	s = fx_udp(f.lop, NULL, 4001);
	r = fx_udp(f.lop, NULL, 4000);
	to[0] = fx_addr("127.0.0.1", 4000);
	to[1] = fx_addr("10.9.0.255", 4444);
	sf_option(s, SOL_SOCKET, SO_BROADCAST, 1);
	for (unsigned int i = 0; i < RTE_DIM(options) * RTE_DIM(sizes); i++) {
		const uint32_t bytes = sizes[i % RTE_DIM(sizes)];
		const uint32_t header = 20 + options[i / RTE_DIM(sizes)];

		set_options(s, header - 20);
		send_tight(f.lop, s, &to[0], bytes);
		assert_int_equal(lop_recv(r, got, sizeof(got), 0), bytes);
		assert_int_equal(bytes == 0 ? 'a' : got[0], 'a');
		assert_int_equal(bytes == 0 ? 0 : got[bytes - 1] - 'a',
				bytes == 0 ? 0 : (bytes - 1) % 26);
		send_tight(f.lop, s, &to[1], bytes);
		assert_int_equal(ffx_take(&f, out), header + 8 + bytes);
		assert_int_equal(out[0], 0x40 | header / 4);
		assert_int_equal(rte_raw_cksum(out, header), UINT16_MAX);
		assert_int_equal(out[header + 5], 8 + bytes > 255 ? (8 + bytes) & 255 : 8 + bytes);
		assert_memory_equal(out + header + 8, got, bytes);
	}
}

static unsigned int
take_all(struct lop *lop, struct rte_mbuf **held)
{
	unsigned int n = 0;

	while (n < MANY && (held[n] = rte_pktmbuf_alloc(lop_mempool(lop))) != NULL)
		n++;
	assert_true(n < MANY);
	return n;
}

/* contract IPO-04: and where it cannot be made, the datagram is lost behind OutTransmits */
static void
no_room_for_the_link_header_is_a_discard(void **state)
{
	static struct rte_mbuf *held[MANY];
	struct lop *lop = fx_lop_up(*state);
	const struct sockaddr_in to = fx_addr("127.0.0.1", 4000);
	const int s = fx_udp(lop, NULL, 4001);
	struct rte_mbuf *m = tight(lop, 5);
	const unsigned int n = take_all(lop, held);

	set_options(s, 36);
	fx_mark(lop);
	assert_int_equal(lop_udp_send_burst(s, &to, &m, 1), 1);
	fx_assert_moved(lop,
			"Ip.OutRequests+1 Ip.OutTransmits+1 Ip.OutDiscards+1 "
			"IpExt.OutOctets+69 drop.no_mbuf+1");
	rte_pktmbuf_free_bulk(held, n);
}

static struct lop_neigh *
neigh_of(struct lop *lop, int ifindex, const char *addr)
{
	struct lop_worker *w = fx_worker(lop);
	struct lop_neigh *n;

	lop_enter(w);
	n = lop_neigh_get(w, lop_if_of(lop, ifindex), inet_addr(addr));
	lop_leave(w);
	assert_non_null(n);
	return n;
}

/* contract SEND-10, SEND-11: when the packet leaves, and with MSG_PROBE at once */
static void
confirm_is_noted_when_the_packet_leaves(void **state)
{
	const struct sockaddr_in to = fx_addr("10.9.0.2", 4444);
	struct lop_neigh_info info = { .addr_be = to.sin_addr.s_addr, .state = NUD_STALE };
	struct seen drop = { .verdict = LOP_VERDICT_DROP };
	uint8_t out[FFX_BYTES_MAX];
	struct lop_neigh *n;
	struct ffx f;
	uint64_t then_us;
	int s, id;

	ffx_up(*state, &f);
	info.ifindex = f.ifindex;
	assert_int_equal(lop_neigh_set(f.lop, &info), 0);
	s = fx_udp(f.lop, NULL, 4001);
	n = neigh_of(f.lop, f.ifindex, "10.9.0.2");
	then_us = lop_load(n->confirmed_us);
	fx_now_us += 1000;
	assert_int_equal(lop_sendto(s, "a", 1, 0, (const void *)&to, sizeof(to)), 1);
	assert_int_equal(lop_load(n->confirmed_us), then_us);
	id = seen_register(f.lop, &drop, LOP_HOOK_POST_ROUTING, 0);
	sf_fails(lop_sendto(s, "a", 1, MSG_CONFIRM, (const void *)&to, sizeof(to)), EPERM);
	assert_int_equal(lop_load(n->confirmed_us), then_us);
	assert_int_equal(lop_hook_unregister(f.lop, id), 0);
	assert_int_equal(lop_sendto(s, "a", 1, MSG_CONFIRM, (const void *)&to, sizeof(to)), 1);
	assert_int_equal(lop_load(n->confirmed_us), fx_now_us);
	assert_int_equal(lop_load(n->state), NUD_DELAY);
	assert_int_not_equal(ffx_take(&f, out), 0);
	assert_int_not_equal(ffx_take(&f, out), 0);

	fx_now_us += 1000;
	assert_int_equal(lop_sendto(s, "a", 1, MSG_CONFIRM | MSG_PROXY, (const void *)&to,
					 sizeof(to)),
			1);
	assert_int_equal(lop_load(n->confirmed_us), fx_now_us);
	assert_int_equal(ffx_take(&f, out), 0);
}

/* contract SEND-10: lo's entry too; a probe confirms nothing about this host */
static void
confirm_over_lo_is_noted(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct lop_neigh *n = lop->lo->neigh_any;
	const int s = fx_udp(lop, NULL, 4001), r = fx_udp(lop, NULL, 4000);
	const uint64_t then_us = lop_load(n->confirmed_us);

	fx_now_us += 1000;
	assert_int_equal(sf_to(s, "a", 1, MSG_CONFIRM | MSG_PROXY, 4000), 1);
	assert_int_equal(sf_to(s, "a", 1, 0, 4000), 1);
	assert_int_equal(lop_load(n->confirmed_us), then_us);
	assert_int_equal(sf_to(s, "b", 1, MSG_CONFIRM, 4000), 1);
	assert_int_equal(lop_load(n->confirmed_us), fx_now_us);
	sf_assert_text(r, "a");
	sf_assert_text(r, "b");
}

static void
note_state(const struct lop_neigh_info *info, void *arg)
{
	*(uint16_t *)arg = info->state;
}

/* contract NE-08: by the packet that leaves, on lo too; what a user has set since then stays */
static void
a_stale_neighbour_is_delayed_by_its_use(void **state)
{
	const struct sockaddr_in to[] = { fx_addr("127.0.0.1", 4000), fx_addr("10.9.0.2", 4000) };
	struct ffx f;
	int fd;

	ffx_up(*state, &f);
	fd = fx_udp(f.lop, NULL, 4001);
	for (unsigned int i = 0; i < RTE_DIM(to); i++) {
		const struct lop_neigh_info stale = {
			.ifindex = i == 0 ? LOP_LO_INDEX : f.ifindex,
			.addr_be = to[i].sin_addr.s_addr,
			.state = NUD_STALE,
		};
		uint16_t nud = 0;

		for (unsigned int k = 0; k < 2; k++) {
			assert_int_equal(lop_neigh_set(f.lop, &stale), 0);
			assert_int_equal(lop_neigh_list(f.lop, NUD_STALE, note_state, &nud), 0);
			assert_int_equal(nud, NUD_STALE);
			assert_int_equal(lop_sendto(fd, "a", 1, 0, (const void *)&to[i],
							 sizeof(to[i])),
					1);
			assert_int_equal(lop_neigh_list(f.lop, NUD_DELAY, note_state, &nud), 0);
			assert_int_equal(nud, NUD_DELAY);
		}
		assert_int_equal(
				lop_neigh_del(f.lop, stale.ifindex, i == 0 ? 0 : stale.addr_be), 0);
	}
}

static const struct lo_case cases[] = {
	LO_CASE(lo_takes_its_steps_in_order),
	LO_CASE(nothing_waits_in_front_of_the_driver),
	LO_CASE(room_for_the_link_header_is_made),
	LO_CASE(no_room_for_the_link_header_is_a_discard),
	LO_CASE(confirm_is_noted_when_the_packet_leaves),
	LO_CASE(confirm_over_lo_is_noted),
	LO_CASE(a_stale_neighbour_is_delayed_by_its_use),
};
LO_REGISTER_TEST(lop_output_autotest, cases);
