/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Fragments that come in. Counters are what Linux 6.18 moved for the same packets on a TUN device.
 */

#include <string.h>

#include "frag_fx.h"

#define PORT 5000
#define PIECES_MAX 6

struct piece {
	uint32_t off, bytes;
	bool more;
	uint8_t tos;
	uint32_t odd; /* bytes of no datagram behind */
};

#define LAST(off_, bytes_, ...)                                 \
	{                                                       \
		.off = (off_), .bytes = (bytes_), ##__VA_ARGS__ \
	}
#define MORE(off_, bytes_, ...) LAST(off_, bytes_, .more = true, ##__VA_ARGS__)

static const struct {
	const char *name;
	struct piece piece[PIECES_MAX];
	const char *moved;
} corpus[] = {
	/* contract RE-01 */
	{ "in order", { MORE(0, 16), LAST(16, 24) },
			"Ip.InReceives+2 Ip.InDelivers+1 Ip.ReasmReqds+2 Ip.ReasmOKs+1" },
	{ "reverse", { LAST(16, 24), MORE(0, 16) },
			"Ip.InReceives+2 Ip.InDelivers+1 Ip.ReasmReqds+2 Ip.ReasmOKs+1" },
	{ "the middle last", { MORE(0, 8), LAST(16, 24), MORE(8, 8) },
			"Ip.InReceives+3 Ip.InDelivers+1 Ip.ReasmReqds+3 Ip.ReasmOKs+1" },
	{ "twice the same", { MORE(0, 16), MORE(0, 16), LAST(16, 24) },
			"Ip.InReceives+3 Ip.InDelivers+1 Ip.ReasmReqds+3 Ip.ReasmOKs+1" },
	{ "a part of one", { MORE(0, 16), MORE(8, 8), LAST(16, 24) },
			"Ip.InReceives+3 Ip.InDelivers+1 Ip.ReasmReqds+3 Ip.ReasmOKs+1" },
	{ "two of a run at once", { MORE(0, 8), MORE(8, 8), MORE(0, 16), LAST(16, 24) },
			"Ip.InReceives+4 Ip.InDelivers+1 Ip.ReasmReqds+4 Ip.ReasmOKs+1" },
	{ "two runs at once", { MORE(8, 8), MORE(0, 8), MORE(0, 16), LAST(16, 24) },
			"Ip.InReceives+4 Ip.ReasmReqds+4 Ip.ReasmFails+1 IpExt.ReasmOverlaps+1" },
	{ "overlap", { MORE(0, 16), MORE(8, 16), LAST(24, 16) },
			"Ip.InReceives+3 Ip.ReasmReqds+3 Ip.ReasmFails+1 IpExt.ReasmOverlaps+1" },
	{ "no bytes", { MORE(0, 16), MORE(16, 0), LAST(16, 24) },
			"Ip.InReceives+3 Ip.ReasmReqds+3 Ip.ReasmFails+1" },
	{ "two ends", { LAST(16, 24), LAST(16, 16) },
			"Ip.InReceives+2 Ip.ReasmReqds+2 Ip.ReasmFails+1" },
	{ "behind the end", { LAST(16, 8), MORE(24, 8) },
			"Ip.InReceives+2 Ip.ReasmReqds+2 Ip.ReasmFails+1" },
	{ "odd bytes", { MORE(0, 16, .tos = 0, .odd = 3), LAST(16, 24) },
			"Ip.InReceives+2 Ip.InDelivers+1 Ip.ReasmReqds+2 Ip.ReasmOKs+1" },
	{ "odd bytes only", { MORE(0, 0, .tos = 0, .odd = 3) },
			"Ip.InReceives+1 Ip.ReasmReqds+1 Ip.ReasmFails+1" },
	{ "CE and not ECT", { MORE(0, 16, .tos = 3), LAST(16, 24, .tos = 0) },
			"Ip.InReceives+2 Ip.ReasmReqds+2 Ip.ReasmFails+1 IpExt.InCEPkts+1" },
	{ "CE and ECT0", { MORE(0, 16, .tos = 2), LAST(16, 24, .tos = 3) },
			"Ip.InReceives+2 Ip.InDelivers+1 Ip.ReasmReqds+2 Ip.ReasmOKs+1 "
			"IpExt.InECT0Pkts+1 IpExt.InCEPkts+1" },
};

static void
give_piece(struct ffx *f, const char *src, uint16_t id, const uint8_t *datagram,
		const struct piece *p)
{
	uint8_t bytes[FFX_BYTES_MAX];
	const struct ffx_ip ip = {
		.src = src, .id = id, .off = p->off, .mf = p->more, .tos = p->tos
	};

	memcpy(bytes, datagram + p->off, p->bytes);
	memset(bytes + p->bytes, 'x', p->odd);
	ffx_give(f, &ip, bytes, p->bytes + p->odd);
}

static void
assert_received(int fd, uint32_t bytes)
{
	uint8_t got[65536];

	assert_int_equal(lop_recv(fd, got, sizeof(got), 0), bytes);
	for (uint32_t i = 0; i < bytes; i++)
		assert_int_equal(got[i], (uint8_t)i);
}

/* contract RE-01 */
static void
fragments_are_judged_as_linux_judges_them(void **state)
{
	uint8_t datagram[64];
	struct ffx f;
	int fd;

	ffx_up(*state, &f);
	fd = fx_udp(f.lop, "10.9.0.1", PORT);
	ffx_udp(datagram, 1, PORT, 32);
	for (unsigned int i = 0; i < RTE_DIM(corpus); i++) {
		for (unsigned int k = 0; k < PIECES_MAX; k++) {
			const struct piece *p = &corpus[i].piece[k];

			if (p->bytes != 0 || p->more)
				give_piece(&f, NULL, 100 + i, datagram, p);
		}
		ffx_assert_moved(&f, corpus[i].name, corpus[i].moved);
		if (strstr(corpus[i].moved, "ReasmOKs") != NULL) {
			assert_received(fd, 32);
			ffx_mark(&f);
		}
	}
}

/* contract RE-01: 65535 bytes with the header are the most */
static void
the_longest_datagram_becomes_whole_and_no_longer_one(void **state)
{
	static uint8_t datagram[65536];
	struct ffx f;
	int fd;

	ffx_up(*state, &f);
	fd = fx_udp(f.lop, "10.9.0.1", PORT);
	for (uint32_t more = 0; more < 2; more++) {
		const uint32_t bytes = 65515 + more;

		ffx_udp(datagram, 1, PORT, 65507);
		for (uint32_t off = 0; off < bytes; off += 1480) {
			const struct piece p = { .off = off,
				.bytes = RTE_MIN(1480U, bytes - off),
				.more = off + 1480 < bytes };

			give_piece(&f, NULL, 7 + more, datagram, &p);
		}
		if (more == 0) {
			ffx_assert_moved(&f, "65535 bytes",
					"Ip.InReceives+45 Ip.InDelivers+1 Ip.ReasmReqds+45 "
					"Ip.ReasmOKs+1");
			assert_received(fd, 65507);
			ffx_mark(&f);
		} else {
			ffx_assert_moved(&f, "65536 bytes",
					"Ip.InReceives+45 Ip.ReasmReqds+45 Ip.ReasmFails+1");
		}
	}
}

/* contract RE-02: time exceeded is told of the first fragment alone, and not of broadcasts */
static void
what_is_never_whole_is_given_up_after_its_time(void **state)
{
	static const struct {
		const char *name, *dst;
		struct piece piece;
		bool answered;
	} cases[] = {
		{ "first", "10.9.0.1", MORE(0, 16), true },
		{ "not first", "10.9.0.1", LAST(16, 24), false },
		{ "broadcast", "10.9.0.255", MORE(0, 16), false },
	};
	uint8_t datagram[64], answer[FFX_BYTES_MAX];
	struct ffx f;

	ffx_up(*state, &f);
	ffx_udp(datagram, 1, PORT, 32);
	for (unsigned int i = 0; i < RTE_DIM(cases); i++) {
		const struct piece *p = &cases[i].piece;
		const struct ffx_ip ip = {
			.dst = cases[i].dst, .id = i, .off = p->off, .mf = p->more
		};

		ffx_give(&f, &ip, datagram + p->off, p->bytes);
		fx_advance_us(f.lop, 29999999);
		ffx_mark(&f);
		fx_advance_us(f.lop, 1);
		ffx_assert_moved(&f, cases[i].name,
				cases[i].answered ? "Ip.OutRequests+1 Ip.ReasmTimeout+1 "
						    "Ip.ReasmFails+1 Ip.OutTransmits+1 "
						    "Icmp.OutMsgs+1 Icmp.OutTimeExcds+1"
						  : "Ip.ReasmTimeout+1 Ip.ReasmFails+1");
		if (cases[i].answered) {
			assert_int_equal(ffx_take(&f, answer), 64);
			assert_int_equal(answer[20], 11);
			assert_int_equal(answer[21], 1);
			assert_memory_equal(answer + 48, datagram, 16);
		}
		assert_int_equal(ffx_take(&f, answer), 0);
	}
}

/* contract RE-02: max_dist 64 */
static void
a_datagram_is_lost_when_65_fragments_of_its_sender_pass_by(void **state)
{
	uint8_t datagram[64];
	struct ffx f;

	ffx_up(*state, &f);
	fx_udp(f.lop, "10.9.0.1", PORT);
	ffx_udp(datagram, 1, PORT, 32);
	for (unsigned int others = 63; others <= 64; others++) {
		const char *src = others == 63 ? "10.9.0.8" : "10.9.0.7";
		const struct piece first = MORE(0, 16), last = LAST(16, 24);

		give_piece(&f, src, 1, datagram, &first);
		for (unsigned int i = 0; i < others; i++)
			give_piece(&f, src, 2 + i, datagram, &first);
		give_piece(&f, src, 1, datagram, &last);
		ffx_assert_moved(&f, src,
				others == 63 ? "Ip.InReceives+65 Ip.InDelivers+1 "
					       "Ip.ReasmReqds+65 Ip.ReasmOKs+1"
					     : "Ip.InReceives+66 Ip.ReasmReqds+66 "
					       "Ip.ReasmFails+1");
	}
}

/* contract RE-02: memory; 1032 bytes for each of these, refused when more than the limit are used */
static void
fragments_over_the_limit_of_memory_are_refused(void **state)
{
	const struct piece first = MORE(0, 16);
	uint8_t datagram[64];
	struct ffx f;

	ffx_up(*state, &f);
	ffx_udp(datagram, 1, PORT, 32);
	assert_int_equal(lop_sysctl_set(f.lop, "ipfrag_high_thresh", "10000"), 0);
	for (unsigned int i = 0; i < 20; i++)
		give_piece(&f, NULL, i, datagram, &first);
	ffx_assert_moved(&f, "limit", "Ip.InReceives+20 Ip.ReasmReqds+20 Ip.ReasmFails+10");
	fx_advance_us(f.lop, 31000000);
	ffx_mark(&f);
	give_piece(&f, NULL, 99, datagram, &first);
	ffx_assert_moved(&f, "room again", "Ip.InReceives+1 Ip.ReasmReqds+1");
}

/* Runs of every order come together: all permutations of six pieces (contract RE-01). */
static void
pieces_in_any_order_become_the_datagram(void **state)
{
	static const uint32_t cuts[] = { 0, 8, 1016, 1024, 1032, 1480, 1500 };
	unsigned int order[6] = { 0, 1, 2, 3, 4, 5 }, c[6] = { 0 }, i = 0, rounds = 0;
	uint8_t datagram[1500];
	struct ffx f;
	int fd;

	ffx_up(*state, &f);
	fd = fx_udp(f.lop, "10.9.0.1", PORT);
	ffx_udp(datagram, 1, PORT, 1492);
	for (;;) {
		for (unsigned int k = 0; k < 6; k++) {
			const struct piece p = { .off = cuts[order[k]],
				.bytes = cuts[order[k] + 1] - cuts[order[k]],
				.more = order[k] != 5 };

			give_piece(&f, NULL, rounds, datagram, &p);
		}
		assert_received(fd, 1492);
		rounds++;
		/* Heap's algorithm */
		while (i < 6 && c[i] >= i)
			c[i++] = 0;
		if (i == 6)
			break;
		RTE_SWAP(order[i % 2 == 0 ? 0 : c[i]], order[i]);
		c[i]++;
		i = 0;
	}
	assert_int_equal(rounds, 720);
}

/* contract RE-01, CM-04: whichever comes first, the first fragment's options are the datagram's */
static void
the_first_fragments_options_are_answered(void **state)
{
	const struct ffx_ip piece[] = {
		{ .protocol = IPPROTO_ICMP,
				.id = 1,
				.mf = true,
				.options_bytes = 8,
				.options = { 7, 7, 4, 0 } },
		{ .protocol = IPPROTO_ICMP,
				.id = 1,
				.off = 16,
				.options_bytes = 8,
				.options = { 68, 8, 5, 0 } },
	};
	const uint8_t echoed[] = { 7, 7, 8, 10, 9, 0, 1, 0 };
	uint8_t message[64], out[FFX_BYTES_MAX];
	struct ffx f;

	ffx_up(*state, &f);
	ffx_icmp(message, 8, 0, 0, "sixteen and eight", 16);
	for (unsigned int first = 0; first < 2; first++) {
		for (unsigned int i = 0; i < 2; i++) {
			const struct ffx_ip *ip = &piece[i ^ first];

			ffx_give(&f, ip, message + ip->off, ip->off == 0 ? 16 : 8);
		}
		assert_int_equal(ffx_take(&f, out), 20 + sizeof(echoed) + 24);
		assert_memory_equal(out + 20, echoed, sizeof(echoed));
	}
}

static const struct lo_case cases[] = {
	LO_CASE(fragments_are_judged_as_linux_judges_them),
	LO_CASE(the_longest_datagram_becomes_whole_and_no_longer_one),
	LO_CASE(what_is_never_whole_is_given_up_after_its_time),
	LO_CASE(a_datagram_is_lost_when_65_fragments_of_its_sender_pass_by),
	LO_CASE(fragments_over_the_limit_of_memory_are_refused),
	LO_CASE(pieces_in_any_order_become_the_datagram),
	LO_CASE(the_first_fragments_options_are_answered),
};
LO_REGISTER_TEST(lop_reasm_autotest, cases);
