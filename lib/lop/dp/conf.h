/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_CONF_H
#define LOP_DP_CONF_H

/*
 * Settings of interfaces, below conf/<interface>, conf/all and conf/default (contract DEV-18).
 */

#include "atomic.h"

/* clang-format off */
/*
 * Name, how the interface's value and that of `all` combine, default. Linux takes any number. The
 * only place to edit.
 */
#define LOP_FOREACH_CONF(X) \
	X(rp_filter, MAX, 0) \
	X(accept_local, OR, 0) \
	X(route_localnet, OR, 0) \
	X(accept_source_route, AND, 1) \
	X(arp_ignore, MAX, 0) \
	X(arp_announce, MAX, 0) \
	X(drop_unicast_in_l2_multicast, OR, 0) \
	X(forwarding, OWN, 0) \
	X(log_martians, OR, 0) \
	X(promote_secondaries, OR, 0)
/* clang-format on */

enum lop_conf_id {
#define X(name, combine, def) LOP_CONF_##name,
	LOP_FOREACH_CONF(X)
#undef X
	LOP_CONF_COUNT
};

struct lop_if_conf {
/* NOLINTNEXTLINE(bugprone-macro-parentheses): a field's name cannot stand in parentheses */
#define X(name, combine, def) RTE_ATOMIC(int) name;
	LOP_FOREACH_CONF(X)
#undef X
};

static inline int
lop_conf_combine_MAX(int all, int own)
{
	return all > own ? all : own;
}

static inline int
lop_conf_combine_OR(int all, int own)
{
	return all != 0 || own != 0;
}

static inline int
lop_conf_combine_AND(int all, int own)
{
	return all != 0 && own != 0;
}

static inline int
lop_conf_combine_OWN(int all, int own)
{
	(void)all;
	return own;
}

#endif
