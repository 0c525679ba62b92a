/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Ports: which are taken (contract BI-03), and the search for one that is not (SK-03).
 */

#include "../dp/udp_table.h"
#include "sock.h"

/* Ports that share a chain of by_port. */
#define CHAIN_PORTS (65536 / LOP_UDP_PORT_CHAINS)

/* Two sockets on one port that would both get the same datagrams. */
static bool
overlap(const struct lop_sock *a, const struct lop_sock *b)
{
	const int a_if = lop_load(a->bound_if), b_if = lop_load(b->bound_if);

	if ((lop_load(a->flags) & lop_load(b->flags) & LOP_SOCK_REUSEADDR) != 0)
		return false;
	if (a_if != 0 && b_if != 0 && a_if != b_if)
		return false;
	return a->rcv_saddr_be == b->rcv_saddr_be || a->rcv_saddr_be == 0 || b->rcv_saddr_be == 0;
}

static bool
may_share(const struct lop_sock *a, const struct lop_sock *b)
{
	return (lop_load(a->flags) & lop_load(b->flags) & LOP_SOCK_REUSEPORT) != 0 &&
			a->uid == b->uid;
}

/* All sockets of the port. The first that overlaps decides, as in Linux. */
static bool
taken_by_port(const struct lop_sock *sk, uint16_t port_be)
{
	struct lop_sock *other = lop_load(sk->lop->udp->by_port[lop_udp_port_chain(port_be)]);

	for (; other != NULL; other = lop_load(other->by_port)) {
		if (other != sk && lop_load(other->sport_be) == port_be && overlap(sk, other))
			return !may_share(sk, other);
	}
	return false;
}

/* Those with this address only: there can be many more on the port. */
static bool
taken_by_addr(const struct lop_sock *sk, uint32_t addr_be, uint16_t port_be)
{
	const struct lop_udp_chains *chains = lop_load(sk->lop->udp->by_addr);
	struct lop_sock *other = lop_load(
			chains->head[lop_udp_hash(addr_be, port_be) & chains->mask]);

	for (; other != NULL; other = lop_load(other->by_addr[chains->link])) {
		if (other != sk && lop_load(other->sport_be) == port_be &&
				lop_load(other->rcv_saddr_be) == addr_be && overlap(sk, other))
			return !may_share(sk, other);
	}
	return false;
}

bool
lop_port_taken(const struct lop_sock *sk, uint16_t port)
{
	const uint16_t port_be = rte_cpu_to_be_16(port);

	if (lop_load(sk->rcv_saddr_be) == 0)
		return taken_by_port(sk, port_be);
	return taken_by_addr(sk, lop_load(sk->rcv_saddr_be), port_be) ||
			taken_by_addr(sk, 0, port_be);
}

/* Bit i: the port of this chain whose upper part is i is taken. */
static uint32_t
taken_in_chain(const struct lop_sock *sk, unsigned int chain)
{
	struct lop_sock *other = lop_load(sk->lop->udp->by_port[chain]);
	uint32_t taken = 0;

	for (; other != NULL; other = lop_load(other->by_port)) {
		if (other != sk && overlap(sk, other) && !may_share(sk, other))
			taken |= UINT32_C(1) << rte_be_to_cpu_16(lop_load(other->sport_be)) /
							LOP_UDP_PORT_CHAINS;
	}
	return taken;
}

static bool
reserved(const struct lop *lop, uint16_t port)
{
	return (lop->reserved_ports[port / 8] & 1 << port % 8) != 0;
}

/* The instance's range, narrowed by IP_LOCAL_PORT_RANGE as far as that lies within. */
static void
port_range(const struct lop_sock *sk, unsigned int *low, unsigned int *high)
{
	const unsigned int min = lop_setting(sk->lop, LOP_SETTING_PORT_MIN);
	const unsigned int max = lop_setting(sk->lop, LOP_SETTING_PORT_MAX);

	*low = sk->port_min >= min && sk->port_min <= max ? sk->port_min : min;
	*high = sk->port_max >= min && sk->port_max <= max ? sk->port_max : max;
}

/*
 * Begin at a random port of the range and go through the chains from its one on; within a chain by
 * a random odd number of steps, which meets each of its ports once (contract SK-03). A chain's
 * sockets are looked at once, so a range that is nearly full takes no longer than its sockets.
 */
int
lop_port_search(struct lop_worker *w, const struct lop_sock *sk)
{
	const uint64_t random = lop_random(w);
	const uint16_t step = (uint16_t)(random | 1) * LOP_UDP_PORT_CHAINS;
	unsigned int low, high;
	uint16_t first;

	port_range(sk, &low, &high);
	if (low > high)
		return -EADDRINUSE;
	first = low + (((random >> 32) * (high - low + 1)) >> 32);

	for (unsigned int c = 0; c < LOP_UDP_PORT_CHAINS; c++, first++) {
		const uint32_t taken = taken_in_chain(sk, first % LOP_UDP_PORT_CHAINS);
		uint16_t port = first;

		for (unsigned int i = 0; i < CHAIN_PORTS; i++, port += step) {
			if (port >= low && port <= high && !reserved(sk->lop, port) &&
					(taken >> port / LOP_UDP_PORT_CHAINS & 1) == 0)
				return port;
		}
	}
	return -EADDRINUSE;
}
