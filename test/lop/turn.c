/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Packets that turn round at lo without being looked at, and what may come in between: callbacks
 * of the port, settings, who looks on. Whatever it is, what is lost has a name, and behind it all
 * is as before.
 */

#include <rte_ethdev.h>
#include <rte_malloc.h>

#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_stats.h"
#include "../../lib/lop/include/lop_trace.h"
#include "hook_fx.h"
#include "number_fx.h"

#define BYTES 20
#define N 8
#define FRAME_BYTES (14 + 20 + 8 + BYTES)

struct tfx {
	struct lop *lop;
	int r, s; /* s is connected, and has a plan */
	uint16_t port, queue;
};

static void
send_n(const struct tfx *t, uint16_t n)
{
	nf_burst(t->lop, t->s, NULL, 0, n, BYTES);
}

/* A burst goes as it should, and without a look. */
static void
assert_turns(const struct tfx *t, uint16_t n)
{
	const uint64_t before = lop_load(fx_worker(t->lop)->plain_in_packets);

	send_n(t, n);
	nf_assert_received(t->r, 0, n, BYTES);
	assert_int_equal(lop_load(fx_worker(t->lop)->plain_in_packets) - before, n);
	assert_int_equal(fx_worker(t->lop)->lo_waiting, 0);
}

static void
tfx_open(struct tfx *t, struct fx *fx)
{
	struct lop_if_info info;

	t->lop = fx_lop_up(fx);
	t->r = fx_udp(t->lop, NULL, SF_PORT);
	t->s = sf_connected(t->lop, SF_PORT);
	assert_int_equal(lop_if_get(t->lop, LOP_LO_INDEX, &info), 0);
	t->port = info.port_id;
	t->queue = fx_worker(t->lop)->index;
	assert_turns(t, 2);
	assert_turns(t, N);
	fx_mark(t->lop);
}

/* What a callback does with the packets of a burst. */
struct meddler {
	void (*with)(struct rte_mbuf *m); /* the at-th of all */
	unsigned int at, seen;
	enum {
		CHANGE,
		LOSE,
		LOSE_ALL,
		SWAP,
		REFUSE
	} what;
};

static uint16_t
meddle(struct meddler *c, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t kept = 0;

	if (c->what == SWAP) {
		for (uint16_t i = 0; i + 1 < n; i += 2) {
			struct rte_mbuf *m = pkts[i];

			pkts[i] = pkts[i + 1];
			pkts[i + 1] = m;
		}
		return n;
	}
	for (uint16_t i = 0; i < n; i++) {
		const bool it = c->seen++ == c->at;

		if (it && c->what == CHANGE)
			c->with(pkts[i]);
		if ((it && c->what == LOSE) || c->what == LOSE_ALL)
			rte_pktmbuf_free(pkts[i]);
		else
			pkts[kept++] = pkts[i];
	}
	return kept;
}

static uint16_t
on_receive(uint16_t port, uint16_t queue, struct rte_mbuf **pkts, uint16_t n, uint16_t max,
		void *arg)
{
	RTE_SET_USED(port);
	RTE_SET_USED(queue);
	RTE_SET_USED(max);
	return meddle(arg, pkts, n);
}

/* What is refused goes to the end, and is left to who sends. */
static uint16_t
on_transmit(uint16_t port, uint16_t queue, struct rte_mbuf **pkts, uint16_t n, void *arg)
{
	struct meddler *c = arg;

	RTE_SET_USED(port);
	RTE_SET_USED(queue);
	if (c->what != REFUSE)
		return meddle(c, pkts, n);
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		uint8_t number = *rte_pktmbuf_mtod_offset(m, uint8_t *, FRAME_BYTES - BYTES);

		if (number != c->at)
			continue;
		for (; i + 1 < n; i++)
			pkts[i] = pkts[i + 1];
		pkts[n - 1] = m;
		return n - 1;
	}
	return n;
}

/* Run a burst past a callback; then it is gone, and forgotten. */
static void
send_past(const struct tfx *t, struct meddler *c, bool receive, uint16_t n)
{
	const struct rte_eth_rxtx_callback *added;

	added = receive ? rte_eth_add_rx_callback(t->port, t->queue, on_receive, c)
			: rte_eth_add_tx_callback(t->port, t->queue, on_transmit, c);
	assert_non_null(added);
	send_n(t, n);
	if (receive)
		assert_int_equal(rte_eth_remove_rx_callback(t->port, t->queue, added), 0);
	else
		assert_int_equal(rte_eth_remove_tx_callback(t->port, t->queue, added), 0);
	/* no other thread is in a burst */
	rte_free((void *)(uintptr_t)added);
}

/* All of n but one are in the queue. */
static void
assert_all_but(const struct tfx *t, uint16_t n, unsigned int lost)
{
	struct rte_mbuf *pkts[LOP_BURST_MAX + 1];
	uint32_t number = 0;

	assert_int_equal(lop_udp_recv_burst(t->r, pkts, LOP_BURST_MAX + 1), n - 1);
	for (uint16_t i = 0; i < n - 1; i++, number++) {
		number += number == lost;
		nf_assert(rte_pktmbuf_mtod(pkts[i], uint8_t *), BYTES, number);
		rte_pktmbuf_free(pkts[i]);
	}
}

static unsigned int flip_byte;
static uint8_t flip_bits;

static void
flip(struct rte_mbuf *m)
{
	*rte_pktmbuf_mtod_offset(m, uint8_t *, flip_byte) ^= flip_bits;
}

#define OUT_IP "Ip.OutRequests+8 Ip.OutTransmits+8 Udp.OutDatagrams+8 IpExt.OutOctets+384 "
#define OUT OUT_IP "lo.tx_packets+8 lo.tx_bytes+384 "
#define IN "lo.rx_packets+8 lo.rx_bytes+384 "
#define ARRIVED "Ip.InReceives+8 IpExt.InOctets+384 "
#define DELIVERED ARRIVED "IpExt.InNoECTPkts+8 "

static const struct {
	const char *what;
	unsigned int byte;
	uint8_t bits;
	const char *moved;
} flips[] = {
	{ "link address", 0, 2,
			OUT IN "Ip.InReceives+7 Ip.InDelivers+7 IpExt.InOctets+336 "
			       "IpExt.InNoECTPkts+7 lo.rx_otherhost_dropped+1 "
			       "drop.otherhost+1 Udp.InDatagrams+7" },
	{ "version", 14, 0x10,
			OUT IN ARRIVED "Ip.InDelivers+7 Ip.InHdrErrors+1 IpExt.InNoECTPkts+7 "
				       "drop.ip_header+1 Udp.InDatagrams+7" },
	{ "IHL", 14, 1,
			OUT IN ARRIVED "Ip.InDelivers+7 Ip.InHdrErrors+1 IpExt.InNoECTPkts+7 "
				       "drop.ip_header+1 Udp.InDatagrams+7" },
	{ "TOS", 15, 0x10,
			OUT IN DELIVERED "Ip.InDelivers+7 Ip.InHdrErrors+1 "
					 "IpExt.InCsumErrors+1 drop.ip_csum+1 Udp.InDatagrams+7" },
	{ "length", 17, 1,
			OUT IN DELIVERED "Ip.InDelivers+7 Ip.InHdrErrors+1 "
					 "IpExt.InCsumErrors+1 drop.ip_csum+1 Udp.InDatagrams+7" },
	{ "ID", 19, 1,
			OUT IN DELIVERED "Ip.InDelivers+7 Ip.InHdrErrors+1 "
					 "IpExt.InCsumErrors+1 drop.ip_csum+1 Udp.InDatagrams+7" },
	{ "offset", 21, 1,
			OUT IN DELIVERED "Ip.InDelivers+7 Ip.InHdrErrors+1 "
					 "IpExt.InCsumErrors+1 drop.ip_csum+1 Udp.InDatagrams+7" },
	{ "TTL", 22, 0x20,
			OUT IN DELIVERED "Ip.InDelivers+7 Ip.InHdrErrors+1 "
					 "IpExt.InCsumErrors+1 drop.ip_csum+1 Udp.InDatagrams+7" },
	{ "protocol", 23, 0x80,
			OUT IN DELIVERED "Ip.InDelivers+7 Ip.InHdrErrors+1 "
					 "IpExt.InCsumErrors+1 drop.ip_csum+1 Udp.InDatagrams+7" },
	{ "checksum", 25, 0x40,
			OUT IN DELIVERED "Ip.InDelivers+7 Ip.InHdrErrors+1 "
					 "IpExt.InCsumErrors+1 drop.ip_csum+1 Udp.InDatagrams+7" },
	{ "destination", 33, 2,
			OUT IN DELIVERED "Ip.InDelivers+7 Ip.InHdrErrors+1 "
					 "IpExt.InCsumErrors+1 drop.ip_csum+1 Udp.InDatagrams+7" },
	{ "length of UDP", 39, 0x80,
			OUT IN DELIVERED "Ip.InDelivers+8 Udp.InErrors+1 drop.udp_header+1 "
					 "Udp.InDatagrams+7" },
};

/* contract RX-01, RX-04, UR-01, XM-03: whichever it is of a burst, the other ones arrive */
static void
spoilt_packet_is_dropped_as_input_says(void **state)
{
	static const unsigned int places[] = { 0, 3, N - 1 };
	struct tfx t;

	tfx_open(&t, *state);
	for (unsigned int i = 0; i < RTE_DIM(flips) * RTE_DIM(places) * 2; i++) {
		const unsigned int place = places[i % RTE_DIM(places)];
		struct meddler c = { .with = flip, .at = place };

		flip_byte = flips[i / 6].byte;
		flip_bits = flips[i / 6].bits;
		fx_mark(t.lop);
		send_past(&t, &c, i % 6 < 3, N);
		assert_all_but(&t, N, place);
		fx_assert_moved(t.lop, flips[i / 6].moved);
		assert_turns(&t, N);
	}
}

/* contract XM-01, BK-05: what a callback of the port takes away is not waited for */
static void
packet_that_a_callback_took_is_not_waited_for(void **state)
{
	struct tfx t;

	tfx_open(&t, *state);
	for (unsigned int i = 0; i < N; i++) {
		struct meddler c = { .what = LOSE, .at = i };

		send_past(&t, &c, true, N);
		assert_all_but(&t, N, i);
		assert_turns(&t, N);
	}
	for (uint16_t n = 1; n <= LOP_BURST_MAX; n *= 2) {
		struct meddler c = { .what = LOSE_ALL };

		send_past(&t, &c, true, n);
		assert_int_equal(c.seen, n);
		assert_turns(&t, n);
	}
}

/* contract BK-03, BK-05: nor is what is behind it left behind, when a poll brought nothing */
static void
empty_poll_does_not_end_the_others(void **state)
{
	struct meddler c = { .what = LOSE_ALL };
	struct meddler one = { .what = LOSE, .at = 2 };
	struct tfx t;

	tfx_open(&t, *state);
	assert_int_equal(lop_sysctl_set(t.lop, "core/dev_weight", "1"), 0);
	send_past(&t, &one, true, N);
	assert_all_but(&t, N, 2);
	send_past(&t, &c, true, N);
	assert_int_equal(c.seen, N);
	assert_int_equal(lop_sysctl_set(t.lop, "core/dev_weight", "64"), 0);
	send_n(&t, 1);
	nf_assert_received(t.r, 0, 1, BYTES);
	assert_turns(&t, N);
}

/* contract XM-01, BK-05: the order is that in which the port gives them */
static void
packets_that_change_places_arrive_so(void **state)
{
	struct tfx t;

	tfx_open(&t, *state);
	for (unsigned int receive = 0; receive < 2; receive++) {
		struct meddler c = { .what = SWAP };

		send_past(&t, &c, receive != 0, N);
		for (uint32_t i = 0; i < N; i++) {
			uint8_t data[BYTES];

			assert_int_equal(lop_recv(t.r, data, BYTES, 0), BYTES);
			nf_assert(data, BYTES, i ^ 1);
		}
		assert_turns(&t, N);
	}
}

/* contract BK-01: what the port does not take is lost with a name, and the others are not */
static void
refused_packet_is_counted(void **state)
{
	struct tfx t;

	tfx_open(&t, *state);
	for (unsigned int i = 0; i < N; i++) {
		struct meddler c = { .what = REFUSE, .at = i };

		fx_mark(t.lop);
		send_past(&t, &c, false, N);
		assert_all_but(&t, N, i);
		fx_assert_moved(t.lop,
				OUT_IP "lo.tx_packets+7 lo.tx_bytes+336 Ip.InReceives+7 "
				       "Ip.InDelivers+7 IpExt.InNoECTPkts+7 "
				       "IpExt.InOctets+336 lo.rx_packets+7 lo.rx_bytes+336 "
				       "lo.rx_dropped+1 drop.backlog_full+1 Udp.InDatagrams+7");
		assert_turns(&t, N);
	}
}

static const struct lo_case turn_cases[] = {
	LO_CASE(spoilt_packet_is_dropped_as_input_says),
	LO_CASE(packet_that_a_callback_took_is_not_waited_for),
	LO_CASE(empty_poll_does_not_end_the_others),
	LO_CASE(packets_that_change_places_arrive_so),
	LO_CASE(refused_packet_is_counted),
};
LO_REGISTER_TEST(lop_input_autotest, turn_cases);
