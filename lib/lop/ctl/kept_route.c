/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The route that Linux keeps of a connected socket: whether there is one, since when, and where it
 * leads that the socket does not say (contract CO-03, CK-01).
 */

#include "../dp/fib_table.h"
#include "../dp/send.h"
#include "sock.h"

void
lop_sock_routed(struct lop_sock *sk, uint32_t genid, bool found)
{
	lop_store(sk->routed_genid, genid);
	lop_store(sk->routed, found);
	/* a plan for this send is none for the next */
	if (unlikely(lop_load(sk->astray.on)))
		lop_sock_changed(sk);
}

/*
 * Linux looks whether a connected socket's route still holds in most calls, not in sends only, and
 * a route that is gone stays away until a send or connect(2) finds one.
 */
const struct lop_dst *
lop_sock_peer_dst(struct lop_sock *sk)
{
	struct lop_route_result result;
	const struct lop_flow flow = lop_flow_of(
			sk, lop_load(sk->daddr_be), lop_load(sk->dport_be));

	if (lop_load(sk->state) != LOP_SOCK_ESTABLISHED || !lop_load(sk->routed))
		return NULL;
	if (lop_route_resolve(sk->lop, &flow, &result) == 0)
		return result.dst;
	lop_store(sk->routed, false);
	return NULL;
}

bool
lop_sock_route_holds(const struct lop_sock *sk, uint32_t genid)
{
	return lop_load(sk->routed) && lop_load(sk->routed_genid) == genid;
}

void
lop_sock_settle(struct lop_sock *sk)
{
	const uint32_t genid = lop_acquire(sk->lop->genid);

	if (lop_load(sk->state) == LOP_SOCK_ESTABLISHED && lop_load(sk->routed) &&
			!lop_sock_route_holds(sk, genid))
		lop_sock_routed(sk, genid, lop_sock_peer_dst(sk) != NULL);
}

void
lop_sock_astray_set(struct lop_sock *sk, uint32_t saddr_be, uint32_t daddr_be, uint16_t dport_be)
{
	const bool was = lop_load(sk->astray.on);
	const bool on = saddr_be != lop_load(sk->saddr_be) || daddr_be != lop_load(sk->daddr_be) ||
			dport_be != lop_load(sk->dport_be);

	if (lop_load(sk->state) != LOP_SOCK_ESTABLISHED || (!on && !was))
		return;
	rte_spinlock_lock(&sk->tx_lock);
	sk->astray.saddr_be = saddr_be;
	sk->astray.daddr_be = daddr_be;
	sk->astray.dport_be = dport_be;
	lop_store(sk->astray.on, on);
	rte_spinlock_unlock(&sk->tx_lock);
	lop_sock_forget_dst(sk);
}

bool
lop_sock_astray(struct lop_sock *sk, uint32_t genid, struct lop_to *to)
{
	bool on;

	if (likely(!lop_load(sk->astray.on)) || !lop_sock_route_holds(sk, genid))
		return false;
	rte_spinlock_lock(&sk->tx_lock);
	on = lop_load(sk->astray.on);
	to->saddr_be = sk->astray.saddr_be;
	to->daddr_be = sk->astray.daddr_be;
	to->dport_be = sk->astray.dport_be;
	rte_spinlock_unlock(&sk->tx_lock);
	return on;
}
