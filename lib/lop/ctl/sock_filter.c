/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * SO_ATTACH_FILTER: a program is checked, charged for and put in the place of the old one, which is
 * freed after a grace period (contract UR-06).
 */

#include <errno.h>

#include <rte_malloc.h>

#include "../dp/sock_filter.h"
#include "options.h"

/*
 * What Linux keeps is no longer the classic program, but what it makes of it: its size in steps of 8
 * bytes behind a header is what the socket is charged for.
 */
#define STEP_BYTES 8
#define PROGRAM_BYTES 96 /* of the header */
#define ENTRY_STEPS 3
#define LOADS_STEPS 4 /* more, where bytes of the packet are loaded */

/* The steps that a program may have, and what Linux makes of each, unless steps_of() knows better. */
static const struct {
	uint16_t code;
	uint8_t steps;
} known[] = {
#define LOADS(size, steps)                    \
	{ BPF_LD | BPF_ABS | (size), steps }, \
	{                                     \
		BPF_LD | BPF_IND | (size), 8  \
	}
	LOADS(BPF_W, 13),
	LOADS(BPF_H, 13),
	LOADS(BPF_B, 12),
#undef LOADS
	{ BPF_LD | BPF_IMM, 1 },
	{ BPF_LD | BPF_MEM, 1 },
	{ BPF_LD | BPF_W | BPF_LEN, 1 },
	{ BPF_LDX | BPF_IMM, 1 },
	{ BPF_LDX | BPF_MEM, 1 },
	{ BPF_LDX | BPF_W | BPF_LEN, 1 },
	{ BPF_LDX | BPF_B | BPF_MSH, 18 },
	{ BPF_ST, 1 },
	{ BPF_STX, 1 },
#define BOTH(class_op, steps)             \
	{ (class_op) | BPF_K, 1 },        \
	{                                 \
		(class_op) | BPF_X, steps \
	}
	BOTH(BPF_ALU | BPF_ADD, 1),
	BOTH(BPF_ALU | BPF_SUB, 1),
	BOTH(BPF_ALU | BPF_MUL, 1),
	BOTH(BPF_ALU | BPF_DIV, 5),
	BOTH(BPF_ALU | BPF_MOD, 5),
	BOTH(BPF_ALU | BPF_AND, 1),
	BOTH(BPF_ALU | BPF_OR, 1),
	BOTH(BPF_ALU | BPF_XOR, 1),
	BOTH(BPF_ALU | BPF_LSH, 1),
	BOTH(BPF_ALU | BPF_RSH, 1),
	{ BPF_ALU | BPF_NEG, 1 },
	BOTH(BPF_JMP | BPF_JEQ, 1),
	BOTH(BPF_JMP | BPF_JGT, 1),
	BOTH(BPF_JMP | BPF_JGE, 1),
	BOTH(BPF_JMP | BPF_JSET, 1),
#undef BOTH
	{ BPF_JMP | BPF_JA, 1 },
	{ BPF_RET | BPF_K, 2 },
	{ BPF_RET | BPF_A, 1 },
	{ BPF_MISC | BPF_TAX, 1 },
	{ BPF_MISC | BPF_TXA, 1 },
};

/* What a load may ask for beside the packet, four apart: in steps. */
static const uint8_t aside_steps[] = { 2, 2, 4, 4, 4, 1, 1, 4, 1, 4, 1, 1, 3, 4, 4, 2 };
static_assert(RTE_DIM(aside_steps) * 4 == SKF_AD_MAX, "one for each");

/* 0: there is no such step. */
static unsigned int
known_steps(uint16_t code)
{
	for (unsigned int i = 0; i < RTE_DIM(known); i++) {
		if (known[i].code == code)
			return known[i].steps;
	}
	return 0;
}

static bool
is_absolute(const struct sock_filter *f)
{
	return BPF_CLASS(f->code) == BPF_LD && BPF_MODE(f->code) == BPF_ABS;
}

static bool
is_aside(const struct sock_filter *f)
{
	return is_absolute(f) && f->k >= (uint32_t)SKF_AD_OFF;
}

static bool
loads_bytes(const struct sock_filter *f)
{
	return (is_absolute(f) && !is_aside(f)) || f->code == (BPF_LDX | BPF_B | BPF_MSH) ||
			(BPF_CLASS(f->code) == BPF_LD && BPF_MODE(f->code) == BPF_IND);
}

/* As Linux 6.18 translates a step, seen by what it charges for. */
static unsigned int
steps_of(const struct sock_filter *f)
{
	const unsigned int steps = known_steps(f->code);
	const bool negative = f->k > INT32_MAX;

	if (is_aside(f))
		return aside_steps[(f->k - (uint32_t)SKF_AD_OFF) / 4];
	if (loads_bytes(f)) {
		if (BPF_MODE(f->code) == BPF_IND)
			return steps + (f->k != 0);
		if (negative) /* no short way into the packet */
			return BPF_MODE(f->code) == BPF_MSH ? 14 : 8;
		return steps + (f->k != 0) + (f->k > INT16_MAX ? 2 : 0);
	}
	if (BPF_CLASS(f->code) == BPF_JMP && BPF_OP(f->code) != BPF_JA) {
		const bool wide = BPF_SRC(f->code) == BPF_K && negative;
		const bool two_ways = f->jf != 0 && (f->jt != 0 || BPF_OP(f->code) == BPF_JSET);

		return steps + wide + two_ways;
	}
	return steps;
}

static uint32_t
charge_of(const struct sock_filter *code, unsigned int n)
{
	uint32_t steps = ENTRY_STEPS;
	bool loads = false;

	for (unsigned int i = 0; i < n; i++) {
		steps += steps_of(&code[i]);
		loads |= loads_bytes(&code[i]);
	}
	return PROGRAM_BYTES + STEP_BYTES * (steps + (loads ? LOADS_STEPS : 0));
}

static bool
is_scratch(uint16_t code)
{
	return code == (BPF_LD | BPF_MEM) || code == (BPF_LDX | BPF_MEM) || code == BPF_ST ||
			code == BPF_STX;
}

/* One step of n, the left ones behind it counted. */
static bool
step_is_valid(const struct sock_filter *f, unsigned int left)
{
	const uint16_t op = BPF_OP(f->code);

	if (known_steps(f->code) == 0)
		return false;
	if (is_scratch(f->code))
		return f->k < BPF_MEMWORDS;
	if (is_aside(f))
		return f->k % 4 == 0 && f->k - (uint32_t)SKF_AD_OFF < SKF_AD_MAX;
	if (BPF_CLASS(f->code) == BPF_ALU && BPF_SRC(f->code) == BPF_K) {
		if (op == BPF_DIV || op == BPF_MOD)
			return f->k != 0;
		return (op != BPF_LSH && op != BPF_RSH) || f->k < 32;
	}
	if (BPF_CLASS(f->code) == BPF_JMP)
		return op == BPF_JA ? f->k < left : f->jt < left && f->jf < left;
	return true;
}

/*
 * Words of scratch are not loaded on a way on which they were not stored. As in Linux a step behind a
 * return counts as reached from there, too. stored: for each step, what was stored on every way to it.
 */
static bool
scratch_is_stored(const struct sock_filter *code, unsigned int n, uint16_t *stored)
{
	uint16_t now = 0;

	for (unsigned int i = 0; i < n; i++) {
		const struct sock_filter *f = &code[i];

		now &= stored[i];
		if (f->code == BPF_ST || f->code == BPF_STX) {
			now |= 1 << f->k;
		} else if (is_scratch(f->code)) {
			if ((now & 1 << f->k) == 0)
				return false;
		} else if (f->code == (BPF_JMP | BPF_JA)) {
			stored[i + 1 + f->k] &= now;
			now = UINT16_MAX;
		} else if (BPF_CLASS(f->code) == BPF_JMP) {
			stored[i + 1 + f->jt] &= now;
			stored[i + 1 + f->jf] &= now;
			now = UINT16_MAX;
		}
	}
	return true;
}

static int
check(const struct sock_filter *code, unsigned int n)
{
	uint16_t *stored;
	bool valid;

	for (unsigned int i = 0; i < n; i++) {
		if (!step_is_valid(&code[i], n - i - 1))
			return -EINVAL;
	}
	if (BPF_CLASS(code[n - 1].code) != BPF_RET)
		return -EINVAL;
	stored = rte_malloc("lop filter", n * sizeof(stored[0]), 0);
	if (stored == NULL)
		return -ENOMEM;
	memset(stored, UINT8_MAX, n * sizeof(stored[0]));
	valid = scratch_is_stored(code, n, stored);
	rte_free(stored);
	return valid ? 0 : -EINVAL;
}

/* Another filter, or none, in the place of the old one. */
static void
replace(struct lop_sock *sk, struct lop_sock_filter *filter)
{
	struct lop_sock_filter *old = lop_load(sk->filter);

	lop_publish(sk->filter, filter);
	if (old != NULL) {
		lop_synchronize(sk->lop);
		rte_free(old);
	}
}

/* While both are there, the old one is charged, too. */
static bool
has_room(const struct lop_sock *sk, uint32_t bytes)
{
	const struct lop_sock_filter *old = lop_load(sk->filter);
	const uint32_t limit = lop_setting(sk->lop, LOP_SETTING_OPTMEM_MAX);

	return bytes <= limit && (old != NULL ? old->charge_bytes : 0) + bytes < limit;
}

/* In the order of Linux's checks. */
int
lop_sock_filter_attach(struct lop_sock *sk, const void *value, socklen_t len)
{
	struct lop_sock_filter *filter;
	struct sock_fprog prog;
	size_t bytes;
	int ret;

	if (len != sizeof(prog))
		return -EINVAL;
	memcpy(&prog, value, sizeof(prog));
	if ((lop_load(sk->more) & LOP_MORE_LOCK_FILTER) != 0)
		return -EPERM;
	if (prog.filter == NULL || prog.len == 0 || prog.len > BPF_MAXINSNS)
		return -EINVAL;
	bytes = prog.len * sizeof(prog.filter[0]);
	filter = rte_malloc("lop filter", sizeof(*filter) + bytes, 0);
	if (filter == NULL)
		return -ENOMEM;
	/* what is checked is what will run: the caller's may change */
	memcpy(filter->code, prog.filter, bytes);
	filter->n = prog.len;
	ret = check(filter->code, filter->n);
	if (ret != 0)
		goto fail;
	filter->charge_bytes = charge_of(filter->code, filter->n);
	if (!has_room(sk, filter->charge_bytes)) {
		ret = -ENOMEM;
		goto fail;
	}
	replace(sk, filter);
	return 0;

fail:
	rte_free(filter);
	return ret;
}

int
lop_sock_filter_detach(struct lop_sock *sk)
{
	if ((lop_load(sk->more) & LOP_MORE_LOCK_FILTER) != 0)
		return -EPERM;
	if (lop_load(sk->filter) == NULL)
		return -ENOENT;
	replace(sk, NULL);
	return 0;
}

int
lop_sock_filter_get(const struct lop_sock *sk, void *value, socklen_t *len)
{
	const struct lop_sock_filter *filter = lop_acquire(sk->filter);
	const socklen_t n = filter != NULL ? filter->n : 0;

	if (n != 0 && *len != 0) {
		if (*len < n)
			return -EINVAL;
		if (value == NULL)
			return -EFAULT;
		memcpy(value, filter->code, n * sizeof(filter->code[0]));
	}
	*len = n;
	return 0;
}
