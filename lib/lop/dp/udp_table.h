/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_UDP_TABLE_H
#define LOP_DP_UDP_TABLE_H

/*
 * Where UDP sockets are found: a chain for each (local address, port), and one for each port.
 * Readers walk the chains under QSBR; writers hold lop->lock. New sockets go to the front, so that
 * among equals the most recent is met first (contract UR-02).
 *
 * connect() may move a socket to another chain of by_addr while a look-up stands on it: a look-up
 * that found nothing and whose last socket belongs to another chain begins again.
 */

#include <rte_hash_crc.h>

#include "sock_queue.h"

#define LOP_UDP_PORT_CHAINS 4096
#define LOP_UDP_PORTS 65536
/* In place of the only socket on a port, where there are several. */
#define LOP_UDP_SEVERAL ((struct lop_sock *)1)

struct lop_udp_chains {
	uint32_t mask;
	uint8_t link; /* which of sock->by_addr[] */
	RTE_ATOMIC(struct lop_sock *) head[];
};

struct lop_udp_tables {
	RTE_ATOMIC(struct lop_udp_chains *) by_addr;
	/* By port, host byte order: the only socket there, on whatever address; LOP_UDP_SEVERAL. */
	RTE_ATOMIC(struct lop_sock *) * only;
	uint32_t nb_socks;
	RTE_ATOMIC(struct lop_sock *) by_port[LOP_UDP_PORT_CHAINS];
	RTE_ATOMIC(struct lop_sock *) raw; /* all raw and ping sockets, by by_port */
	RTE_ATOMIC(uint32_t) nb_raw;

	/* Control only. */
	uint32_t last_group; /* of SO_REUSEPORT */
	uint64_t last_inode;
	uint32_t last_ident;        /* of ping sockets */
	struct lop_udp_chains *old; /* replaced, until the grace period of old_token is over */
	uint64_t old_token;
	struct lop_sock *closed,
			**closed_tail; /* linked by next, until their grace period is over */
};

static __rte_always_inline uint32_t
lop_udp_hash(uint32_t addr_be, uint16_t port_be)
{
	uint64_t x = ((uint64_t)addr_be << 16 | port_be) * UINT64_C(0x9e3779b97f4a7c15);

	return x >> 32;
}

static __rte_always_inline uint32_t
lop_udp_port_chain(uint16_t port_be)
{
	return (uint16_t)(port_be >> 8 | port_be << 8) & (LOP_UDP_PORT_CHAINS - 1);
}

/* For bind, connect and close, with lop->lock held. */
int lop_udp_insert(struct lop_sock *sk); /* by sk->rcv_saddr_be and sk->sport_be; -ENOMEM */
void lop_udp_remove(struct lop_sock *sk);
void lop_udp_rehash(struct lop_sock *sk, uint32_t rcv_saddr_be); /* the address changes */
void lop_raw_insert(struct lop_sock *sk);
void lop_raw_remove(struct lop_sock *sk);

/* A packet's four-tuple as the receiver sees it, and where it came in. */
struct lop_tuple {
	uint32_t saddr_be, daddr_be;
	uint16_t sport_be, dport_be;
	int ifindex;
};

/* As they stand in the headers. */
static_assert(offsetof(struct lop_tuple, daddr_be) == 4, "addresses are copied together");
static_assert(offsetof(struct lop_tuple, dport_be) == offsetof(struct lop_tuple, sport_be) + 2,
		"ports are copied together");

/* The socket for a unicast datagram, or NULL (contract UR-02, UR-03, CO-05). */
struct lop_sock *lop_udp_lookup(const struct lop *lop, const struct lop_tuple *t);

/* The only socket on a port, which need not want what comes there; NULL, LOP_UDP_SEVERAL. */
static __rte_always_inline struct lop_sock *
lop_udp_only(const struct lop *lop, uint16_t dport_be)
{
	return lop_acquire(lop->udp->only[rte_be_to_cpu_16(dport_be)]);
}

/* Where datagrams of a burst go. */
struct lop_udp_wanted {
	uint32_t daddr_be[LOP_BURST_MAX];
	uint16_t dport_be[LOP_BURST_MAX];
};

/*
 * Begin to load what they will want, in two steps: the only sockets of their ports, which are the
 * answer; where some port has several, true, their chains.
 */
bool lop_udp_ahead(const struct lop *lop, const struct lop_udp_wanted *to, struct lop_sock **only,
		uint16_t n);
void lop_udp_ahead_several(const struct lop *lop, const struct lop_udp_wanted *to, uint16_t n);

/*
 * Begin to load what the look-ups for these frames of lo will want. Nothing is believed of them: no
 * datagram, no socket.
 */
void lop_udp_prefetch(const struct lop *lop, struct rte_mbuf **pkts, uint16_t n);

#endif
