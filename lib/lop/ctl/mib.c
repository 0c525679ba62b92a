/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Counters read: each is the sum over all workers that there ever were.
 */

#include "../dp/worker.h"

/* Names by number; what is out of range has none. */
static const struct {
	const char *group, *field;
} mib_names[] = {
#define X(id, group, field) [LOP_MIB_##id] = { group, field },
	LOP_FOREACH_MIB(X)
#undef X
};

static const struct {
	const char *name, *help;
} drop_names[] = {
#define X(id, name, help) [LOP_DROP_##id] = { name, help },
	LOP_FOREACH_DROP(X)
#undef X
};

/* The workers stay with their counters when their threads leave: no sum ever goes back. */
#define FOREACH_WORKER(w, lop)                                   \
	for (unsigned int i_ = 0; i_ < (lop)->workers_max; i_++) \
		if (((w) = lop_acquire((lop)->workers[i_])) != NULL)

/* What went by plain_out and plain_in has one counter for many. */
static uint64_t
plain_part(const struct lop_worker *w, enum lop_mib mib)
{
	switch (mib) {
	case LOP_MIB_IP_OUTREQUESTS:
	case LOP_MIB_IP_OUTTRANSMITS:
	case LOP_MIB_UDP_OUTDATAGRAMS:
		return lop_load(w->plain_out_packets);
	case LOP_MIB_IPEXT_OUTOCTETS:
		return lop_load(w->plain_out_bytes);
	case LOP_MIB_IP_INRECEIVES:
	case LOP_MIB_IP_INDELIVERS:
	case LOP_MIB_IPEXT_INNOECTPKTS:
		return lop_load(w->plain_in_packets);
	case LOP_MIB_IPEXT_INOCTETS:
		return lop_load(w->plain_in_bytes);
	default:
		return 0;
	}
}

uint64_t
lop_mib_read(const struct lop *lop, enum lop_mib mib)
{
	const struct lop_worker *w;
	uint64_t sum = 0;

	if ((unsigned int)mib >= LOP_MIB_COUNT)
		return 0;
	FOREACH_WORKER(w, lop)
	sum += lop_load(w->mib[mib]) + plain_part(w, mib);
	return sum;
}

const char *
lop_mib_group(enum lop_mib mib)
{
	return (unsigned int)mib < LOP_MIB_COUNT ? mib_names[mib].group : NULL;
}

const char *
lop_mib_field(enum lop_mib mib)
{
	return (unsigned int)mib < LOP_MIB_COUNT ? mib_names[mib].field : NULL;
}

uint64_t
lop_drop_read(const struct lop *lop, enum lop_drop_reason reason)
{
	const struct lop_worker *w;
	uint64_t sum = 0;

	if ((unsigned int)reason >= LOP_DROP_COUNT)
		return 0;
	FOREACH_WORKER(w, lop)
	sum += lop_load(w->drop[reason]);
	return sum;
}

const char *
lop_drop_name(enum lop_drop_reason reason)
{
	return (unsigned int)reason < LOP_DROP_COUNT ? drop_names[reason].name : NULL;
}

const char *
lop_drop_help(enum lop_drop_reason reason)
{
	return (unsigned int)reason < LOP_DROP_COUNT ? drop_names[reason].help : NULL;
}

void
lop_icmpmsg_read(const struct lop *lop, struct lop_icmpmsg *msgs)
{
	const struct lop_worker *w;

	memset(msgs, 0, sizeof(*msgs));
	FOREACH_WORKER(w, lop)
	{
		for (unsigned int type = 0; type < RTE_DIM(msgs->in); type++) {
			msgs->in[type] += lop_load(w->icmp_in[type]);
			msgs->out[type] += lop_load(w->icmp_out[type]);
		}
	}
}
