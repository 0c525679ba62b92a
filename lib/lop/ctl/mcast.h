/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_CTL_MCAST_H
#define LOP_CTL_MCAST_H

/*
 * Changes of a socket's memberships, with lop->lock held by an offline worker: 0 or Linux's -errno.
 */

#include <netinet/in.h>

#include "../dp/mcast.h"
#include "sock.h"

bool lop_multicast(uint32_t addr_be);
int lop_mcast_join(struct lop_sock *sk, const struct ip_mreqn *mreq, bool include);
int lop_mcast_leave(struct lop_sock *sk, const struct ip_mreqn *mreq);
int lop_mcast_source(struct lop_sock *sk, const struct ip_mreqn *mreq, uint32_t source_be, bool add,
		bool include);
int lop_mcast_filter(struct lop_sock *sk, const struct ip_mreqn *mreq, bool include,
		const uint32_t *source_be, unsigned int n);

/* The membership, or NULL; between lop_enter() and lop_leave(). */
const struct lop_mcast_member *lop_mcast_member(struct lop_sock *sk, const struct ip_mreqn *mreq);

#endif
