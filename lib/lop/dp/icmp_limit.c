/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* How many ICMP errors leave, in all and to each destination (contract IC-01). */

#include "icmp.h"

/* A destination that was quiet may get so many in a row. */
#define PEER_BURST 6

static bool
type_is_limited(const struct lop *lop, uint8_t type, uint8_t code)
{
	if (type > NR_ICMP_TYPES)
		return false;
	/* who looks for the path's MTU is always told */
	if (type == ICMP_DEST_UNREACH && code == ICMP_FRAG_NEEDED)
		return false;
	return (lop_setting(lop, LOP_SETTING_ICMP_RATEMASK) >> type & 1) != 0;
}

/* Credit for the time since it was last given, at most a second's. */
static void
earn(struct lop_worker *w, struct lop_icmp_limit *l)
{
	const uint64_t per_sec = lop_setting(w->lop, LOP_SETTING_ICMP_MSGS_PER_SEC);
	const uint64_t burst = lop_setting(w->lop, LOP_SETTING_ICMP_MSGS_BURST);
	const uint64_t us = RTE_MIN(lop_now(w) - l->last_us, UINT64_C(1000000));
	const uint64_t earned = per_sec * us / 1000000;

	if (us < 20000 || earned == 0)
		return;
	l->last_us = lop_now(w);
	l->credit = RTE_MIN(l->credit + earned, burst);
}

bool
lop_icmp_allow(struct lop_worker *w, uint8_t type, uint8_t code, bool *limited)
{
	struct lop_icmp_limit *l = w->lop->icmp_limit;

	*limited = type_is_limited(w->lop, type, code);
	if (!*limited)
		return true;
	rte_spinlock_lock(&l->lock);
	if (l->credit == 0)
		earn(w, l);
	if (l->credit == 0) {
		rte_spinlock_unlock(&l->lock);
		lop_mib_add(w, ICMP_OUTRATELIMITGLOBAL, 1);
		return false;
	}
	rte_spinlock_unlock(&l->lock);
	return true;
}

static bool
take_token(struct lop_worker *w, struct lop_icmp_peer *p, uint32_t daddr_be)
{
	const uint64_t price_ms = lop_setting(w->lop, LOP_SETTING_ICMP_RATELIMIT);
	const uint64_t most_ms = price_ms * PEER_BURST;
	uint64_t tokens_ms;

	if (price_ms == 0)
		return true;
	if (p->addr_be != daddr_be)
		*p = (struct lop_icmp_peer){
			.addr_be = daddr_be, .tokens_ms = most_ms, .last_us = lop_now(w)
		};
	tokens_ms = p->tokens_ms + (lop_now(w) - p->last_us) / 1000;
	p->last_us = lop_now(w);
	tokens_ms = RTE_MIN(tokens_ms, most_ms);
	p->tokens_ms = tokens_ms < price_ms ? tokens_ms : tokens_ms - price_ms;
	return tokens_ms >= price_ms;
}

bool
lop_icmp_allow_to(struct lop_worker *w, uint32_t daddr_be)
{
	struct lop_icmp_limit *l = w->lop->icmp_limit;
	const uint32_t hash = (daddr_be ^ l->hash_key) * UINT32_C(0x9e3779b1);
	bool allowed;

	rte_spinlock_lock(&l->lock);
	allowed = take_token(w, &l->peer[hash >> (32 - LOP_ICMP_PEER_BITS)], daddr_be);
	if (allowed && l->credit != 0)
		l->credit--;
	rte_spinlock_unlock(&l->lock);
	if (!allowed)
		lop_mib_add(w, ICMP_OUTRATELIMITHOST, 1);
	return allowed;
}
