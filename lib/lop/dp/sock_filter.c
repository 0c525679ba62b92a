/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Filters of sockets: what waits to be read is what they let through (contract UR-01, UR-06).
 *
 * in    packets for one socket, before its buffer is asked for room
 * out   those that its filter keeps, cut to what it asks for
 * drop  SOCK_FILTER; UDP_CSUM, whose checksum a filter does not let wait
 */

#include <rte_udp.h>

#include "copy.h"
#include "sock_filter.h"
#include "sock_queue.h"
#include "udp_in.h"

/* What a program has while it runs. */
struct state {
	uint32_t a, x;
	uint32_t mem[BPF_MEMWORDS];
};

/* false: a division by 0 ends the program. */
static bool
calculate(uint16_t op, uint32_t *a, uint32_t b)
{
	switch (op) {
	case BPF_ADD:
		*a += b;
		break;
	case BPF_SUB:
		*a -= b;
		break;
	case BPF_MUL:
		*a *= b;
		break;
	case BPF_DIV:
		if (b == 0)
			return false;
		*a /= b;
		break;
	case BPF_MOD:
		if (b == 0)
			return false;
		*a %= b;
		break;
	case BPF_AND:
		*a &= b;
		break;
	case BPF_OR:
		*a |= b;
		break;
	case BPF_XOR:
		*a ^= b;
		break;
	case BPF_LSH:
		*a <<= b & 31;
		break;
	case BPF_RSH:
		*a >>= b & 31;
		break;
	default: /* BPF_NEG */
		*a = -*a;
	}
	return true;
}

static bool
compare(uint16_t op, uint32_t a, uint32_t b)
{
	switch (op) {
	case BPF_JEQ:
		return a == b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	default: /* BPF_JSET */
		return (a & b) != 0;
	}
}

static unsigned int
size_of(uint16_t code)
{
	switch (BPF_SIZE(code)) {
	case BPF_B:
		return 1;
	case BPF_H:
		return 2;
	default:
		return 4;
	}
}

/* BPF_LD and BPF_LDX; false: what is to be loaded is not there, which ends the program. */
static bool
load(const struct lop_filtered *p, const struct state *s, const struct sock_filter *f, uint32_t *to)
{
	switch (BPF_MODE(f->code)) {
	case BPF_IMM:
		*to = f->k;
		return true;
	case BPF_MEM:
		*to = s->mem[f->k];
		return true;
	case BPF_LEN:
		*to = p->bytes;
		return true;
	case BPF_IND:
		return lop_filtered_load(p, (int32_t)(s->x + f->k), size_of(f->code), to);
	case BPF_MSH:
		if (!lop_filtered_load(p, (int32_t)f->k, 1, to))
			return false;
		*to = (*to & 0xf) << 2;
		return true;
	default: /* BPF_ABS */
		if (f->k < (uint32_t)SKF_AD_OFF)
			return lop_filtered_load(p, (int32_t)f->k, size_of(f->code), to);
		*to = lop_filtered_aside(p, f->k - (uint32_t)SKF_AD_OFF, s->a, s->x);
		return true;
	}
}

/* How much of a packet a checked program keeps; 0: nothing, and not the packet either. */
static uint32_t
run(const struct lop_sock_filter *filter, const struct lop_filtered *p)
{
	struct state s = { 0 };

	for (const struct sock_filter *f = filter->code;; f++) {
		const uint32_t b = BPF_SRC(f->code) == BPF_X ? s.x : f->k;

		switch (BPF_CLASS(f->code)) {
		case BPF_LD:
			if (!load(p, &s, f, &s.a))
				return 0;
			break;
		case BPF_LDX:
			if (!load(p, &s, f, &s.x))
				return 0;
			break;
		case BPF_ST:
			s.mem[f->k] = s.a;
			break;
		case BPF_STX:
			s.mem[f->k] = s.x;
			break;
		case BPF_ALU:
			if (!calculate(BPF_OP(f->code), &s.a, b))
				return 0;
			break;
		case BPF_JMP:
			if (BPF_OP(f->code) == BPF_JA)
				f += f->k;
			else
				f += compare(BPF_OP(f->code), s.a, b) ? f->jt : f->jf;
			break;
		case BPF_RET:
			return BPF_RVAL(f->code) == BPF_A ? s.a : f->k;
		default: /* BPF_MISC */
			if (BPF_MISCOP(f->code) == BPF_TAX)
				s.x = s.a;
			else
				s.a = s.x;
		}
	}
}

/* Only UDP counts what its filters refuse. */
static void
refuse(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf *m, bool bad_sum)
{
	if (sk->rx_udp) {
		rte_atomic_fetch_add_explicit(&sk->drops, 1, rte_memory_order_relaxed);
		lop_mib_add(w, UDP_INERRORS, 1);
	}
	if (bad_sum) {
		lop_mib_add(w, UDP_INCSUMERRORS, 1);
		lop_drop(w, m, UDP_CSUM);
	} else {
		lop_drop(w, m, SOCK_FILTER);
	}
}

/* A UDP header is never cut into; of other packets at least a byte stays. */
static void
cut(const struct lop_filtered *p, const struct lop_sock *sk, struct rte_mbuf *m, uint32_t keep)
{
	const uint32_t bytes = RTE_MAX(keep, sk->rx_udp ? sizeof(struct rte_udp_hdr) : 1);

	if (bytes >= p->bytes)
		return;
	lop_charge_set(m, lop_filtered_charge(p, sk, bytes));
	lop_shorten(m, bytes + p->data);
}

uint16_t
lop_sock_filter_run(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_sock_filter *filter = lop_acquire(sk->filter);
	uint16_t kept = 0;

	if (filter == NULL)
		return n;
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		const struct lop_filtered p = lop_filtered_of(w, sk, m);
		uint32_t keep;

		if (sk->rx_udp && !lop_udp_payload_is_right(m)) {
			refuse(w, sk, m, true);
			continue;
		}
		keep = run(filter, &p);
		if (keep == 0) {
			refuse(w, sk, m, false);
			continue;
		}
		cut(&p, sk, m, keep);
		pkts[kept++] = m;
	}
	return kept;
}
