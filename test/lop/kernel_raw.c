/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Scenarios: what raw sockets send. */

#include <netinet/in.h>

#include "kernel.h"

/* clang-format off */

/* ICMP of an identifier of 1, a sequence number of 2 and nothing else, by type and checksum. */
#define ICMP(type, sum) type "\x00" sum "\x00\x01\x00\x02"
#define ECHO ICMP("\x08", "\xf7\xfc")
/* In front of it: from and to 127.0.0.1; length and checksum are filled in. */
#define IP(protocol) \
	"\x45\x00\x00\x00\x00\x07\x00\x00\x40" protocol "\x00\x00\x7f\x00\x00\x01\x7f\x00\x00\x01"

/* contract OB-01, IC-03: ICMP is counted by its type, whoever wrote it */
static const struct kop icmp_of_raw_sockets_is_counted_ops[] = {
	K_UP,
	K_SOCKET(0, SOCK_RAW, IPPROTO_ICMP),
	K_SEND_BYTES(0, ECHO, "127.0.0.1"),
	K_SEND_BYTES(0, ICMP("\x00", "\xff\xfc"), "127.0.0.1"),
	K_SEND_BYTES(0, ICMP("\x03", "\xfc\xfc"), "127.0.0.1"),
	K_SEND_BYTES(0, ICMP("\x0d", "\xf2\xfc"), "127.0.0.1"),
	K_SEND_BYTES(0, ICMP("\x11", "\xee\xfc"), "127.0.0.1"),
	K_SEND_BYTES(0, ICMP("\x63", "\x9c\xfc"), "127.0.0.1"),
	K_SEND_BYTES(0, ICMP("\xff", "\x00\xfc"), "127.0.0.1"),
	K_SEND_BYTES(0, ICMP("\x08", "\x00\x00"), "127.0.0.1"),
	/* type and code are read before the route is asked for */
	K_SEND_BYTES(0, "", "127.0.0.1"), K_SEND_BYTES(0, "\x08", "127.0.0.1"),
	K_SEND_BYTES(0, "\x08", "8.8.8.8"), K_SEND_BYTES(0, "\x08\x00", "8.8.8.8"),
	K_SEND_BYTES(0, "\x08\x00", "127.0.0.1"),
	K_SEND_TO(0, 65516, "127.0.0.1", 0),
	K_CONNECT(0, "127.0.0.1", 0), K_SEND_BYTES(0, ECHO, NULL),
	/* with a header of its own: no request, and counted from 8 bytes on */
	K_SET(0, IPPROTO_IP, IP_HDRINCL, 1),
	K_SEND_BYTES(0, IP("\x01") ECHO, "127.0.0.1"),
	K_SEND_BYTES(0, IP("\x01") "\x08\x00\xf7\xff\x00\x00\x00", "127.0.0.1"),
	K_SEND_BYTES(0, IP("\xc8") ECHO, "127.0.0.1"),
	K_SOCKET(1, SOCK_RAW, 200),
	K_SEND_BYTES(1, ECHO, "127.0.0.1"),
};
K_SCENARIO(icmp_of_raw_sockets_is_counted);

/* clang-format on */

static const struct lo_case kernel_raw_cases[] = {
	LO_CASE(icmp_of_raw_sockets_is_counted),
};
LO_REGISTER_TEST(lop_kernel_autotest, kernel_raw_cases);
