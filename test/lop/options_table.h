/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_TEST_OPTIONS_TABLE_H
#define LOP_TEST_OPTIONS_TABLE_H

/*
 * Options of a UDP socket as Linux 6.18.44 has them: level, number, what getsockopt(2) says of a
 * new socket, and for each of option_values[], on a new socket each: the errno of setsockopt(2),
 * and what is read back where it is 0. Recorded from the kernel.
 */

static const int option_values[] = { -1, 0, 1, 2, 255, 256, 70000 };

struct option_answer {
	int err, value;
};

static const struct option_row {
	int level, name;
	struct option_answer fresh, set[7];
} option_rows[] = {
	/* clang-format off */
	{ SOL_SOCKET, 2, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_SOCKET, 3, { 0, 2 }, { { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 } } },
	{ SOL_SOCKET, 4, { 0, 0 }, { { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 } } },
	{ SOL_SOCKET, 5, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_SOCKET, 6, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_SOCKET, 9, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_SOCKET, 10, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_SOCKET, 11, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_SOCKET, 12, { 0, 0 }, { { 0, -1 }, { 0, 0 }, { 0, 1 }, { 0, 2 }, { 0, 255 }, { 0, 256 }, { 0, 70000 } } },
	{ SOL_SOCKET, 14, { 0, 0 }, { { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 } } },
	{ SOL_SOCKET, 15, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_SOCKET, 16, { EOPNOTSUPP, 0 }, { { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 } } },
	{ SOL_SOCKET, 18, { 0, 1 }, { { 0, 2147483647 }, { 0, 1 }, { 0, 1 }, { 0, 2 }, { 0, 255 }, { 0, 256 }, { 0, 70000 } } },
	{ SOL_SOCKET, 19, { 0, 1 }, { { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 } } },
	{ SOL_SOCKET, 28, { ENOTCONN, 0 }, { { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 } } },
	{ SOL_SOCKET, 29, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_SOCKET, 30, { 0, 0 }, { { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 } } },
	{ SOL_SOCKET, 34, { EOPNOTSUPP, 0 }, { { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 } } },
	{ SOL_SOCKET, 35, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_SOCKET, 36, { 0, 0 }, { { 0, -1 }, { 0, 0 }, { 0, 1 }, { 0, 2 }, { 0, 255 }, { 0, 256 }, { 0, 70000 } } },
	{ SOL_SOCKET, 37, { 0, 0 }, { { EINVAL, 0 }, { 0, 0 }, { 0, 1 }, { 0, 2 }, { 0, 255 }, { 0, 256 }, { EINVAL, 0 } } },
	{ SOL_SOCKET, 40, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_SOCKET, 41, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_SOCKET, 42, { 0, -1 }, { { 0, -1 }, { 0, 0 }, { 0, 1 }, { 0, 2 }, { 0, 255 }, { 0, 256 }, { 0, 70000 } } },
	{ SOL_SOCKET, 43, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_SOCKET, 44, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_SOCKET, 45, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_SOCKET, 46, { 0, 0 }, { { EINVAL, 0 }, { 0, 0 }, { 0, 1 }, { 0, 2 }, { 0, 255 }, { 0, 256 }, { 0, 70000 } } },
	{ SOL_SOCKET, 47, { 0, -1 }, { { 0, -1 }, { 0, 0 }, { 0, 1 }, { 0, 2 }, { 0, 255 }, { 0, 256 }, { 0, 70000 } } },
	{ SOL_SOCKET, 49, { 0, -1 }, { { 0, -1 }, { 0, 0 }, { 0, 1 }, { 0, 2 }, { 0, 255 }, { 0, 256 }, { 0, 70000 } } },
	{ SOL_SOCKET, 56, { 0, 0 }, { { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 } } },
	{ SOL_SOCKET, 60, { 0, 0 }, { { EINVAL, 0 }, { 0, 0 }, { 0, 1 }, { EINVAL, 0 }, { EINVAL, 0 }, { EINVAL, 0 }, { EINVAL, 0 } } },
	{ SOL_SOCKET, 62, { 0, 0 }, { { EINVAL, 0 }, { 0, 0 }, { 0, 1 }, { 0, 2 }, { 0, 255 }, { 0, 256 }, { 0, 70000 } } },
	{ SOL_SOCKET, 63, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_SOCKET, 64, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_SOCKET, 65, { 0, 0 }, { { EINVAL, 0 }, { 0, 0 }, { 0, 1 }, { 0, 2 }, { 0, 255 }, { 0, 256 }, { EINVAL, 0 } } },
	{ SOL_SOCKET, 72, { 0, 0 }, { { EINVAL, 0 }, { 0, 0 }, { 0, 1 }, { 0, 2 }, { EINVAL, 0 }, { EINVAL, 0 }, { EINVAL, 0 } } },
	{ SOL_SOCKET, 73, { 0, 0 }, { { EINVAL, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 } } },
	{ SOL_SOCKET, 74, { EOPNOTSUPP, 0 }, { { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 } } },
	{ SOL_SOCKET, 75, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_SOCKET, 76, { EOPNOTSUPP, 0 }, { { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 } } },
	{ SOL_SOCKET, 82, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_SOCKET, 83, { EOPNOTSUPP, 0 }, { { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 }, { EOPNOTSUPP, 0 } } },
	{ SOL_IP, 1, { 0, 0 }, { { 0, 255 }, { 0, 0 }, { 0, 1 }, { 0, 2 }, { 0, 255 }, { 0, 0 }, { 0, 112 } } },
	{ SOL_IP, 2, { 0, 64 }, { { 0, 64 }, { EINVAL, 0 }, { 0, 1 }, { 0, 2 }, { 0, 255 }, { EINVAL, 0 }, { EINVAL, 0 } } },
	{ SOL_IP, 3, { 0, 0 }, { { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 } } },
	{ SOL_IP, 5, { 0, 0 }, { { EINVAL, 0 }, { EINVAL, 0 }, { EINVAL, 0 }, { EINVAL, 0 }, { EINVAL, 0 }, { EINVAL, 0 }, { EINVAL, 0 } } },
	{ SOL_IP, 6, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_IP, 7, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_IP, 8, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_IP, 10, { 0, 1 }, { { EINVAL, 0 }, { 0, 0 }, { 0, 1 }, { 0, 2 }, { EINVAL, 0 }, { EINVAL, 0 }, { EINVAL, 0 } } },
	{ SOL_IP, 11, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_IP, 12, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_IP, 13, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_IP, 15, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_IP, 18, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_IP, 19, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_IP, 20, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_IP, 21, { 0, 0 }, { { EINVAL, 0 }, { 0, 0 }, { 0, 1 }, { 0, 2 }, { 0, 255 }, { EINVAL, 0 }, { EINVAL, 0 } } },
	{ SOL_IP, 22, { 0, 0 }, { { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 } } },
	{ SOL_IP, 23, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_IP, 24, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_IP, 25, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_IP, 26, { 0, 0 }, { { EINVAL, 0 }, { 0, 0 }, { 0, 1 }, { EINVAL, 0 }, { EINVAL, 0 }, { EINVAL, 0 }, { EINVAL, 0 } } },
	{ SOL_IP, 33, { 0, 1 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 2 }, { 0, 255 }, { EINVAL, 0 }, { EINVAL, 0 } } },
	{ SOL_IP, 34, { 0, 1 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_IP, 49, { 0, 1 }, { { EINVAL, 0 }, { 0, 0 }, { 0, 1 }, { EINVAL, 0 }, { EINVAL, 0 }, { EINVAL, 0 }, { EINVAL, 0 } } },
	{ SOL_IP, 52, { 0, 0 }, { { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 } } },
	{ SOL_UDP, 0, { ENOPROTOOPT, 0 }, { { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 } } },
	{ SOL_UDP, 1, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_UDP, 2, { ENOPROTOOPT, 0 }, { { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 } } },
	{ SOL_UDP, 10, { 0, 0 }, { { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 } } },
	{ SOL_UDP, 11, { 0, 0 }, { { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 } } },
	{ SOL_UDP, 101, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_UDP, 102, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_UDP, 103, { 0, 0 }, { { EINVAL, 0 }, { 0, 0 }, { 0, 1 }, { 0, 2 }, { 0, 255 }, { 0, 256 }, { EINVAL, 0 } } },
	{ SOL_UDP, 104, { 0, 0 }, { { 0, 1 }, { 0, 0 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 } } },
	{ SOL_UDP, 105, { ENOPROTOOPT, 0 }, { { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 }, { ENOPROTOOPT, 0 } } },
	/* clang-format on */
};

#endif
