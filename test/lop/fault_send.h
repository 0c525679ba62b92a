/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_FAULT_SEND_H
#define LOP_FAULT_SEND_H

/* Words of the scenarios that send. */

#include <errno.h>

#include "fault_fx.h"
#include "send_fx.h"

/* A call's answer. */
static inline int
fault_answer(ssize_t ret)
{
	return ret >= 0 ? 0 : -errno;
}

static inline void
fault_read_all(int fd)
{
	static char buf[65536];

	while (lop_recv(fd, buf, sizeof(buf), MSG_DONTWAIT) >= 0)
		;
}

static inline void
fault_pair_prepare(struct fault_env *env)
{
	env->fd = fx_udp(env->lop, "127.0.0.1", SF_PORT);
	env->fd2 = sf_connected(env->lop, SF_PORT);
}

static inline int
fault_send_run(struct fault_env *env)
{
	const int ret = fault_answer(lop_send(env->fd2, "text", 4, 0));

	fault_read_all(env->fd);
	return ret;
}

#endif
