/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Options of timestamps: SO_TIMESTAMP, SO_TIMESTAMPNS, SO_TIMESTAMPING, with their _NEW twins.
 */

#include <linux/net_tstamp.h>

#include "options.h"

/* Flags that Linux 6.18 has; <linux/net_tstamp.h> may be older. */
#define FLAGS_ALL ((1u << 19) - 1)
#define FLAG_OPT_ID SOF_TIMESTAMPING_OPT_ID
#define FLAG_OPT_ID_TCP (1u << 16)
#define FLAG_OPT_STATS SOF_TIMESTAMPING_OPT_STATS
#define FLAG_TSONLY SOF_TIMESTAMPING_OPT_TSONLY
#define FLAG_BIND_PHC (1u << 15)
/* Both: taken, and told of. */
#define STAMPS_RECEIVED (SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE)

bool
lop_timestamp_option(int name)
{
	return name == SO_TIMESTAMP_OLD || name == SO_TIMESTAMP_NEW || name == SO_TIMESTAMPNS_OLD ||
			name == SO_TIMESTAMPNS_NEW || name == SO_TIMESTAMPING_OLD ||
			name == SO_TIMESTAMPING_NEW;
}

static int
timestamping_set(struct lop_sock *sk, bool is_new, uint32_t flags)
{
	if ((flags & ~FLAGS_ALL) != 0)
		return -EINVAL;
	if ((flags & FLAG_OPT_ID_TCP) != 0 && (flags & FLAG_OPT_ID) == 0)
		return -EINVAL;
	if ((flags & FLAG_OPT_STATS) != 0 && (flags & FLAG_TSONLY) == 0)
		return -EINVAL;
	if ((flags & FLAG_BIND_PHC) != 0)
		return -EOPNOTSUPP; /* lo has no clock of its own (contract DEV-13) */
	lop_stamping_set(sk, flags);
	lop_switch(&sk->flags, LOP_SOCK_STAMPING, (flags & STAMPS_RECEIVED) == STAMPS_RECEIVED);
	lop_switch(&sk->more, LOP_MORE_TIMESTAMP_NEW, is_new);
	return 0;
}

/* Switching one off switches both kinds off. */
int
lop_timestamp_set(struct lop_sock *sk, int name, const void *value, socklen_t len)
{
	const bool is_new = name == SO_TIMESTAMP_NEW || name == SO_TIMESTAMPNS_NEW ||
			name == SO_TIMESTAMPING_NEW;
	const bool ns = name == SO_TIMESTAMPNS_OLD || name == SO_TIMESTAMPNS_NEW;
	int on;

	RTE_SET_USED(len);
	memcpy(&on, value, sizeof(on));
	if (name == SO_TIMESTAMPING_OLD || name == SO_TIMESTAMPING_NEW)
		return timestamping_set(sk, is_new, on);
	lop_switch(&sk->flags, LOP_SOCK_TIMESTAMP, on != 0 && !ns);
	lop_switch(&sk->flags, LOP_SOCK_TIMESTAMPNS, on != 0 && ns);
	if (on != 0)
		lop_switch(&sk->more, LOP_MORE_TIMESTAMP_NEW, is_new);
	return 0;
}

int
lop_timestamp_get(const struct lop_sock *sk, int name)
{
	const uint32_t flags = lop_load(sk->flags);
	const bool is_new = (lop_load(sk->more) & LOP_MORE_TIMESTAMP_NEW) != 0;
	const bool us = (flags & LOP_SOCK_TIMESTAMP) != 0;
	const bool ns = (flags & LOP_SOCK_TIMESTAMPNS) != 0;

	switch (name) {
	case SO_TIMESTAMP_OLD:
		return us && !is_new;
	case SO_TIMESTAMPNS_OLD:
		return ns && !is_new;
	case SO_TIMESTAMP_NEW:
		return (us || ns) && is_new;
	default:
		return ns && is_new;
	}
}
