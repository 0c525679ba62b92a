/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Lists of operations on sockets and on what they stand on. An input is operations one behind the
 * other: a byte that names one, then what its function in ops_*.c reads.
 */

#include "ops.h"

#define OPS_MAX 64

static void
operation(struct fuzz_bytes *b)
{
	const uint8_t byte = fuzz_u8(b);

	if (byte < 0x60)
		ops_sock[byte % ops_sock_count](b);
	else if (byte < 0xc0)
		ops_msg[byte % ops_msg_count](b);
	else
		ops_ctl[byte % ops_ctl_count](b);
}

static void
run(const uint8_t *data, size_t size)
{
	struct fuzz_bytes b = { data, data + size };

	for (unsigned int i = 0; i < OPS_FDS; i++)
		ops_fds[i] = -1;
	for (unsigned int i = 0; i < OPS_MAX && fuzz_left(&b) > 0; i++)
		operation(&b);
	lop_socks_close_all(world.lop);
	world_unwatch();
	world_settle();
	if (ops_dirty) {
		world_close();
		world_open();
		ops_dirty = false;
	}
}

const struct fuzz_target fuzz_socket = {
	.name = "socket",
	.open = world_open,
	.close = world_close,
	.run = run,
};
