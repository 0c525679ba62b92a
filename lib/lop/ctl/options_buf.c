/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Sizes of buffers and timeouts.
 */

#include <sys/time.h>

#include "options.h"

#define SNDBUF_MIN 4608
#define RCVBUF_MIN 2304
/* Linux counts timeouts in ticks of its clock, 250 a second, and shows them so. */
#define TICK_US 4000
#define SECOND_US 1000000

/* Twice what was asked for, for the bookkeeping around the data (contract UR-04). */
int
lop_buffer_set(struct lop_sock *sk, int name, int value)
{
	const bool force = name == SO_RCVBUFFORCE || name == SO_SNDBUFFORCE;
	const bool rcv = name == SO_RCVBUF || name == SO_RCVBUFFORCE;
	const int max = lop_setting(sk->lop, rcv ? LOP_SETTING_RMEM_MAX : LOP_SETTING_WMEM_MAX);
	uint32_t bytes;

	if (force) {
		if (!sk->lop->may_admin)
			return -EPERM;
		bytes = value < 0 ? 0 : value;
	} else {
		/* a negative one is a very large one */
		bytes = RTE_MIN((uint32_t)value, (uint32_t)max);
	}
	bytes = RTE_MIN(bytes, (uint32_t)INT32_MAX / 2) * 2;
	if (rcv) {
		lop_store(sk->rcvbuf_bytes, RTE_MAX(bytes, (uint32_t)RCVBUF_MIN));
		lop_switch(&sk->more, LOP_MORE_RCVBUF_LOCK, true);
	} else {
		lop_store(sk->sndbuf_bytes, RTE_MAX(bytes, (uint32_t)SNDBUF_MIN));
		lop_switch(&sk->more, LOP_MORE_SNDBUF_LOCK, true);
	}
	return 0;
}

/* 0 means for ever, a negative second not at all. */
int
lop_timeout_set(RTE_ATOMIC(int64_t) * timeout_us, const void *value, socklen_t len)
{
	struct timeval tv;
	int64_t us;

	if (len < sizeof(tv))
		return -EINVAL;
	memcpy(&tv, value, sizeof(tv));
	if (tv.tv_usec < 0 || tv.tv_usec >= SECOND_US)
		return -EDOM;
	if (tv.tv_sec < 0)
		us = 0;
	else if ((tv.tv_sec == 0 && tv.tv_usec == 0) || tv.tv_sec >= INT64_MAX / SECOND_US - 1)
		us = -1;
	else
		us = (int64_t)tv.tv_sec * SECOND_US +
				(tv.tv_usec + TICK_US - 1) / TICK_US * TICK_US;
	lop_store(*timeout_us, us);
	return 0;
}

struct timeval
lop_timeout_get(int64_t timeout_us)
{
	struct timeval tv = { 0 };

	if (timeout_us > 0) {
		tv.tv_sec = timeout_us / SECOND_US;
		tv.tv_usec = timeout_us % SECOND_US;
	}
	return tv;
}
