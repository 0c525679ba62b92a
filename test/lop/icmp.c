/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * ICMP that comes in, and what is answered. Counters are what Linux 6.18 moved for the same packets
 * on a TUN device.
 */

#include <errno.h>
#include <string.h>

#include <rte_ip.h>

#include "frag_fx.h"

#define PORT 5000
#define ID 0x12340001

/* What a message quotes. */
enum quoted {
	NOTHING,
	OURS,    /* a datagram of a socket's */
	OURS_27, /* only 27 bytes of it */
	OURS_19,
	OURS_IHL4,
	STRANGER, /* one of no socket */
	TCP,
	PROTO_200,
	PING
};

static const struct {
	const char *name;
	uint8_t type, code;
	uint32_t rest;
	enum quoted quoted;
	const char *moved;
} corpus[] = {
	/* contract IC-02 */
	{ "unreachable", 3, 3, 0, OURS, "Icmp.InMsgs+1 Icmp.InDestUnreachs+1" },
	{ "no socket", 3, 3, 0, STRANGER, "Icmp.InMsgs+1 Icmp.InErrors+1 Icmp.InDestUnreachs+1" },
	{ "27 bytes", 3, 3, 0, OURS_27, "Icmp.InMsgs+1 Icmp.InErrors+1 Icmp.InDestUnreachs+1" },
	{ "19 bytes", 3, 3, 0, OURS_19, "Icmp.InMsgs+1 Icmp.InErrors+1 Icmp.InDestUnreachs+1" },
	{ "ihl 4", 3, 3, 0, OURS_IHL4, "Icmp.InMsgs+1 Icmp.InErrors+1 Icmp.InDestUnreachs+1" },
	{ "code 16", 3, 16, 0, OURS, "Icmp.InMsgs+1 Icmp.InDestUnreachs+1" },
	{ "quench", 4, 0, 0, OURS, "Icmp.InMsgs+1 Icmp.InSrcQuenchs+1" },
	{ "redirect", 5, 1, 0, OURS, "Icmp.InMsgs+1 Icmp.InRedirects+1" },
	{ "ttl", 11, 0, 0, OURS, "Icmp.InMsgs+1 Icmp.InTimeExcds+1" },
	{ "reassembly", 11, 1, 0, OURS, "Icmp.InMsgs+1 Icmp.InTimeExcds+1" },
	{ "parameter", 12, 0, 0x14000000, OURS, "Icmp.InMsgs+1 Icmp.InParmProbs+1" },
	{ "tcp", 3, 3, 0, TCP, "Icmp.InMsgs+1 Icmp.InErrors+1 Icmp.InDestUnreachs+1" },
	{ "protocol 200", 3, 3, 0, PROTO_200, "Icmp.InMsgs+1 Icmp.InDestUnreachs+1" },
	{ "ping", 3, 3, 0, PING, "Icmp.InMsgs+1 Icmp.InDestUnreachs+1" },
	/* contract IC-03 */
	{ "type 40", 40, 0, ID, NOTHING, "Icmp.InMsgs+1 Icmp.InErrors+1" },
	{ "type 42", 42, 0, ID, NOTHING, "Icmp.InMsgs+1" },
	{ "type 1", 1, 0, ID, NOTHING, "Icmp.InMsgs+1" },
	{ "mask", 17, 0, ID, NOTHING, "Icmp.InMsgs+1 Icmp.InAddrMasks+1" },
	{ "echo reply", 0, 0, ID, NOTHING, "Icmp.InMsgs+1 Icmp.InEchoReps+1" },
	{ "short timestamp", 13, 0, ID, NOTHING,
			"Icmp.InMsgs+1 Icmp.InErrors+1 "
			"Icmp.InTimestamps+1" },
};

static uint32_t
quote(uint8_t *to, enum quoted quoted)
{
	struct ffx_ip ip = { .src = "10.9.0.1", .dst = "10.9.0.2" };
	uint8_t payload[64];
	uint32_t bytes = ffx_udp(payload, quoted == STRANGER ? 5999 : PORT, 77, 4);

	switch (quoted) {
	case NOTHING:
		return 0;
	case TCP:
		ip.protocol = IPPROTO_TCP;
		break;
	case PROTO_200:
		ip.protocol = 200;
		break;
	case PING:
		ip.protocol = IPPROTO_ICMP;
		bytes = ffx_icmp(payload, 8, 0, ID, payload, 0);
		break;
	default:
		break;
	}
	bytes = ffx_build(to, &ip, payload, bytes);
	if (quoted == OURS_IHL4)
		to[0] = 0x44;
	return quoted == OURS_27 ? 27 : quoted == OURS_19 ? 19 : bytes;
}

/* contract IC-02, IC-03 */
static void
messages_are_counted_as_linux_counts_them(void **state)
{
	const struct ffx_ip ip = { .protocol = IPPROTO_ICMP };
	uint8_t message[128], quoted[64], out[FFX_BYTES_MAX];
	char moved[256];
	struct ffx f;

	ffx_up(*state, &f);
	fx_udp(f.lop, "10.9.0.1", PORT);
	for (unsigned int i = 0; i < RTE_DIM(corpus); i++) {
		const uint32_t bytes = ffx_icmp(message, corpus[i].type, corpus[i].code,
				corpus[i].rest, quoted, quote(quoted, corpus[i].quoted));

		ffx_give(&f, &ip, message, bytes);
		snprintf(moved, sizeof(moved), "Ip.InReceives+1 Ip.InDelivers+1 %s",
				corpus[i].moved);
		ffx_assert_moved(&f, corpus[i].name, moved);
		assert_int_equal(ffx_take(&f, out), 0);
	}
}

/* contract IC-03: the reply has the request's bytes and TOS, DF 0, TTL 64 */
static void
echo_is_answered(void **state)
{
	static uint8_t body[1400], message[1500];
	struct ffx_ip ip = { .protocol = IPPROTO_ICMP, .tos = 0x2b };
	uint8_t out[FFX_BYTES_MAX];
	struct ffx f;
	uint32_t bytes;

	ffx_up(*state, &f);
	for (unsigned int i = 0; i < sizeof(body); i++)
		body[i] = i;
	for (uint32_t n = 0; n <= sizeof(body); n += 100) {
		bytes = ffx_icmp(message, 8, 5, ID, body, n);
		ffx_give(&f, &ip, message, bytes);
		ffx_assert_moved(&f, "echo",
				"Ip.InReceives+1 Ip.InDelivers+1 Ip.OutRequests+1 "
				"Ip.OutTransmits+1 "
				"Icmp.InMsgs+1 Icmp.InEchos+1 Icmp.OutMsgs+1 Icmp.OutEchoReps+1 "
				"IpExt.InCEPkts+1");
		assert_int_equal(ffx_take(&f, out), 20 + bytes);
		assert_int_equal(out[1], 0x2b);
		assert_int_equal(out[6], 0);
		assert_int_equal(out[8], 64);
		assert_int_equal(rte_raw_cksum(out, 20), UINT16_MAX);
		assert_memory_equal(out + 12, ((uint8_t[]){ 10, 9, 0, 1, 10, 9, 0, 2 }), 8);
		assert_int_equal(out[20], 0);
		assert_int_equal(out[21], 5);
		assert_int_equal(rte_raw_cksum(out + 20, bytes), UINT16_MAX);
		assert_memory_equal(out + 24, message + 4, bytes - 4);
	}
}

/* contract IC-03: to many is counted as an error; damaged, too */
static void
echo_is_not_answered_to_a_broadcast_or_with_a_wrong_checksum(void **state)
{
	struct ffx_ip ip = { .protocol = IPPROTO_ICMP, .dst = "10.9.0.255" };
	uint8_t message[64], out[FFX_BYTES_MAX];
	const uint32_t bytes = ffx_icmp(message, 8, 0, ID, "hello", 5);
	struct ffx f;

	ffx_up(*state, &f);
	ffx_give(&f, &ip, message, bytes);
	ffx_assert_moved(&f, "broadcast",
			"Ip.InReceives+1 Ip.InDelivers+1 Icmp.InMsgs+1 Icmp.InErrors+1 "
			"Icmp.InEchos+1 IpExt.InBcastPkts+1");
	ip.dst = NULL;
	message[2] ^= 1;
	ffx_give(&f, &ip, message, bytes);
	ffx_assert_moved(&f, "checksum",
			"Ip.InReceives+1 Ip.InDelivers+1 Icmp.InMsgs+1 Icmp.InErrors+1 "
			"Icmp.InCsumErrors+1");
	ffx_give(&f, &ip, "\x08\x00\xf7\xff", 4);
	ffx_assert_moved(&f, "short",
			"Ip.InReceives+1 Ip.InDelivers+1 Icmp.InMsgs+1 Icmp.InErrors+1");
	assert_int_equal(ffx_take(&f, out), 0);
}

/* Linux counts a timestamp reply as an echo reply (contract IC-03). */
static void
a_timestamp_request_is_answered(void **state)
{
	const struct ffx_ip ip = { .protocol = IPPROTO_ICMP };
	const uint8_t times[14] = { 0, 0, 0, 5 };
	uint8_t message[64], out[FFX_BYTES_MAX];
	struct ffx f;

	ffx_up(*state, &f);
	/* one time only; all of them; more than that */
	for (uint32_t n = 4; n <= 14; n += 5) {
		ffx_give(&f, &ip, message, ffx_icmp(message, 13, 0, ID, times, n));
		ffx_assert_moved(&f, "timestamp",
				"Ip.InReceives+1 Ip.InDelivers+1 Ip.OutRequests+1 "
				"Ip.OutTransmits+1 "
				"Icmp.InMsgs+1 Icmp.InTimestamps+1 Icmp.OutMsgs+1 "
				"Icmp.OutEchoReps+1");
		assert_int_equal(ffx_take(&f, out), 40);
		assert_int_equal(out[20], 14);
		assert_memory_equal(out + 28, times, 4);
		assert_memory_equal(out + 32, out + 36, 4);
		assert_int_equal(rte_raw_cksum(out + 20, 20), UINT16_MAX);
	}
}

/* contract IC-01: header and data quoted, TOS 0xc0, DF 0, the source who was asked, 576 bytes */
static void
a_port_without_socket_is_unreachable(void **state)
{
	static uint8_t datagram[1500];
	struct ffx_ip ip = { .tos = 0xff, .df = true };
	uint8_t out[FFX_BYTES_MAX];
	struct ffx f;

	ffx_up(*state, &f);
	ffx_give(&f, &ip, datagram, ffx_udp(datagram, 5, 9, 1000));
	ffx_assert_moved(&f, "unreachable",
			"Ip.InReceives+1 Ip.InDelivers+1 Ip.OutRequests+1 Ip.OutTransmits+1 "
			"Icmp.OutMsgs+1 Icmp.OutDestUnreachs+1 Udp.NoPorts+1 IpExt.InCEPkts+1");
	assert_int_equal(ffx_take(&f, out), 576);
	assert_int_equal(out[1], 0xde);
	assert_int_equal(out[6], 0);
	assert_memory_equal(out + 12, ((uint8_t[]){ 10, 9, 0, 1, 10, 9, 0, 2 }), 8);
	assert_int_equal(out[20], 3);
	assert_int_equal(out[21], 3);
	assert_int_equal(rte_raw_cksum(out + 20, 556), UINT16_MAX);
	assert_memory_equal(out + 48, datagram, 528);
}

/* contract IC-01: six in a row to a host, then one each second */
static void
errors_to_one_host_are_limited(void **state)
{
	const struct ffx_ip ip = { 0 };
	uint8_t datagram[64], out[FFX_BYTES_MAX];
	const uint32_t bytes = ffx_udp(datagram, 5, 9, 4);
	unsigned int answers = 0;
	struct ffx f;

	ffx_up(*state, &f);
	for (unsigned int i = 0; i < 10; i++)
		ffx_give(&f, &ip, datagram, bytes);
	ffx_assert_moved(&f, "ten",
			"Ip.InReceives+10 Ip.InDelivers+10 Ip.OutRequests+6 Ip.OutTransmits+6 "
			"Icmp.OutMsgs+6 Icmp.OutRateLimitHost+4 Icmp.OutDestUnreachs+6 "
			"Udp.NoPorts+10");
	fx_advance_us(f.lop, 1000000);
	for (unsigned int i = 0; i < 2; i++)
		ffx_give(&f, &ip, datagram, bytes);
	ffx_assert_moved(&f, "a second later",
			"Ip.InReceives+2 Ip.InDelivers+2 Ip.OutRequests+1 Ip.OutTransmits+1 "
			"Icmp.OutMsgs+1 Icmp.OutRateLimitHost+1 Icmp.OutDestUnreachs+1 "
			"Udp.NoPorts+2");
	while (ffx_take(&f, out) != 0)
		answers++;
	assert_int_equal(answers, 7);
}

/* contract IC-01: icmp_msgs_burst to all together */
static void
errors_to_all_hosts_are_limited(void **state)
{
	uint8_t datagram[64];
	const uint32_t bytes = ffx_udp(datagram, 5, 9, 4);
	char src[16];
	struct ffx f;

	ffx_up(*state, &f);
	for (unsigned int i = 0; i < 60; i++) {
		const struct ffx_ip ip = { .src = src };

		snprintf(src, sizeof(src), "10.9.0.%u", 10 + i);
		ffx_give(&f, &ip, datagram, bytes);
	}
	ffx_assert_moved(&f, "sixty",
			"Ip.InReceives+60 Ip.InDelivers+60 Ip.OutRequests+50 Ip.OutTransmits+50 "
			"Icmp.OutMsgs+50 Icmp.OutRateLimitGlobal+10 Icmp.OutDestUnreachs+50 "
			"Udp.NoPorts+60");
}

/* contract IC-01, IC-02: over lo there is no limit, and a connected sender hears of each */
static void
over_lo_every_datagram_to_no_socket_is_answered(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct sockaddr_in to = fx_addr("127.0.0.1", 9);
	int fd = fx_udp(lop, NULL, 4000);

	assert_int_equal(lop_connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
	for (unsigned int i = 0; i < 300; i++) {
		assert_int_equal(lop_send(fd, "x", 1, 0), 1);
		assert_int_equal(lop_send(fd, "x", 1, 0), -1);
		assert_int_equal(errno, ECONNREFUSED);
	}
	assert_int_equal(fx_mib(lop, "Icmp", "OutDestUnreachs"), 300);
	assert_int_equal(fx_mib(lop, "Icmp", "InDestUnreachs"), 300);
	assert_int_equal(fx_mib(lop, "Icmp", "InErrors"), 0);
}

static const struct {
	const char *name;
	uint8_t options[40];
	uint8_t bytes, answer_bytes;
	uint8_t answer[40];
	const char *moved;
} options[] = {
	/* contract CM-04: recorded on the way in and on the way out */
	{ "record", { 7, 11, 4, [11] = 0 }, 12, 12, { 7, 11, 12, 10, 9, 0, 1, 10, 9, 0, 1, 0 },
			NULL },
	{ "full timestamps", { 68, 8, 9, 0 }, 8, 8, { 68, 8, 9, 0x10 }, NULL },
	{ "nops", { 1, 1, 1, 1 }, 4, 0, { 0 }, NULL },
	{ "unknown", { 0x99, 4, 1, 1 }, 4, 0, { 0 }, NULL },
	/* contract RX-06 */
	{ "pointer", { 7, 7, 3 }, 8, 22, { 0 }, "" },
	{ "length", { 1, 7, 9, 4 }, 4, 21, { 0 }, "" },
};

/* contract RX-06, CM-04 */
static void
options_that_come_in_are_checked_and_recorded(void **state)
{
	uint8_t message[64], out[FFX_BYTES_MAX];
	const uint32_t bytes = ffx_icmp(message, 8, 0, ID, "hello", 5);
	struct ffx f;

	ffx_up(*state, &f);
	for (unsigned int i = 0; i < RTE_DIM(options); i++) {
		struct ffx_ip ip = { .protocol = IPPROTO_ICMP, .options_bytes = options[i].bytes };

		memcpy(ip.options, options[i].options, options[i].bytes);
		ffx_give(&f, &ip, message, bytes);
		if (options[i].moved == NULL) {
			assert_int_equal(ffx_take(&f, out), 20 + options[i].answer_bytes + bytes);
			assert_memory_equal(out + 20, options[i].answer, options[i].answer_bytes);
			assert_int_equal(rte_raw_cksum(out, 20 + options[i].answer_bytes),
					UINT16_MAX);
			ffx_mark(&f);
			continue;
		}
		ffx_assert_moved(&f, options[i].name,
				"Ip.InReceives+1 Ip.InHdrErrors+1 Ip.OutRequests+1 "
				"Ip.OutTransmits+1 Icmp.OutMsgs+1 Icmp.OutParmProbs+1");
		assert_int_equal(ffx_take(&f, out), 28 + 20 + options[i].bytes + bytes);
		assert_int_equal(out[20], 12);
		assert_int_equal(out[24], options[i].answer_bytes);
	}
}

/* contract RX-06: refused without a word */
static void
a_source_route_is_refused_silently(void **state)
{
	const struct ffx_ip ip = { .protocol = IPPROTO_ICMP,
		.options_bytes = 8,
		.options = { 131, 7, 4, 10, 9, 0, 1, 0 } };
	uint8_t message[64], out[FFX_BYTES_MAX];
	struct ffx f;

	ffx_up(*state, &f);
	ffx_give(&f, &ip, message, ffx_icmp(message, 8, 0, ID, "hello", 5));
	ffx_assert_moved(&f, "source route", "Ip.InReceives+1");
	assert_int_equal(ffx_take(&f, out), 0);
}

/* contract RX-06, IC-01: what was understood comes back; the quote is recorded in, not summed */
static void
a_fault_is_answered_with_the_options_before_it(void **state)
{
	const struct ffx_ip ip = { .options_bytes = 12,
		.options = { 7, 7, 4, 0, 0, 0, 0, 7, 3, 4, 0, 0 } };
	const uint8_t echoed[] = { 7, 7, 8, 10, 9, 0, 1, 0 };
	uint8_t message[64], out[FFX_BYTES_MAX];
	const uint32_t bytes = ffx_udp(message, 1000, 5000, 5);
	struct ffx f;

	ffx_up(*state, &f);
	ffx_give(&f, &ip, message, bytes);
	assert_int_equal(ffx_take(&f, out), 28 + sizeof(echoed) + 32 + bytes);
	assert_memory_equal(out + 20, echoed, sizeof(echoed));
	assert_int_equal(out[28], 12);
	assert_int_equal(out[32], 20 + 7);
	assert_memory_equal(out + 56, echoed, 7);
	assert_int_not_equal(rte_raw_cksum(out + 36, 32), UINT16_MAX);
}

static const struct lo_case cases[] = {
	LO_CASE(messages_are_counted_as_linux_counts_them),
	LO_CASE(echo_is_answered),
	LO_CASE(echo_is_not_answered_to_a_broadcast_or_with_a_wrong_checksum),
	LO_CASE(a_timestamp_request_is_answered),
	LO_CASE(a_port_without_socket_is_unreachable),
	LO_CASE(errors_to_one_host_are_limited),
	LO_CASE(errors_to_all_hosts_are_limited),
	LO_CASE(over_lo_every_datagram_to_no_socket_is_answered),
	LO_CASE(options_that_come_in_are_checked_and_recorded),
	LO_CASE(a_source_route_is_refused_silently),
	LO_CASE(a_fault_is_answered_with_the_options_before_it),
};
LO_REGISTER_TEST(lop_icmp_autotest, cases);
