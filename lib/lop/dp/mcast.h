/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_MCAST_H
#define LOP_DP_MCAST_H

/*
 * Multicast groups that a socket has joined: a snapshot, replaced as a whole under lop->lock and
 * freed after a grace period. What an interface has joined for its sockets: lop_if_joined().
 */

#include "sock.h"

#define LOP_MCAST_GROUPS_MAX 20  /* per socket: igmp_max_memberships */
#define LOP_MCAST_SOURCES_MAX 10 /* per group: igmp_max_msf */

struct lop_mcast_member {
	uint32_t group_be;
	int ifindex;
	uint32_t address_be; /* the interface's, as the join gave it; 0: by index or route */
	bool filtered;       /* sources were given once: the mode stays */
	bool include;        /* only from the sources, else from all but them */
	uint8_t nb_sources;
	uint32_t source_be[LOP_MCAST_SOURCES_MAX];
};

struct lop_mcast_list {
	unsigned int n;
	struct lop_mcast_member member[];
};

/* Whether a socket wants a packet of a group from a source (contract MC-02). */
static inline bool
lop_mcast_allows(const struct lop_sock *sk, uint32_t group_be, uint32_t saddr_be, int ifindex)
{
	const struct lop_mcast_list *list = lop_acquire(sk->mcast);
	const bool all = (lop_load(sk->flags) & LOP_SOCK_MC_ALL) != 0;

	if (list == NULL)
		return all;
	for (unsigned int i = 0; i < list->n; i++) {
		const struct lop_mcast_member *m = &list->member[i];

		if (m->group_be != group_be || m->ifindex != ifindex)
			continue;
		for (unsigned int s = 0; s < m->nb_sources; s++) {
			if (m->source_be[s] == saddr_be)
				return m->include;
		}
		return !m->include;
	}
	return all;
}

#endif
