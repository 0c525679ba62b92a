/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_CTL_FIB_H
#define LOP_CTL_FIB_H

/*
 * The routing tables, as they are changed: with lop->lock held. A change is made in the tables at
 * once, readers see it prefix by prefix; lop_fib_commit() ends it and frees what readers may still
 * have seen.
 */

#include "../dp/fib.h"
#include "../dp/fib_table.h"
#include "../dp/worker.h"

/* What a route says of where packets go. Routes that say the same share a slot. */
struct lop_hop {
	uint32_t table;
	uint32_t gateway_be;
	uint32_t prefsrc_be;
	uint32_t mtu_bytes;
	uint32_t flags; /* RTNH_F_ONLINK */
	uint16_t oif;
	uint8_t type;
	uint8_t scope;
	bool by_group; /* for addresses within 224/4: by whether the group is joined */
};

/* The slot's, of the same index. */
struct lop_hop_use {
	struct lop_hop hop;
	uint32_t refs;
	uint32_t next; /* of the same hash, or of those that wait to be free, or are */
};

/* In front of memory that readers may see: what to free after the next grace period. */
struct lop_fib_block {
	struct lop_fib_block *next;
	uint8_t pad[RTE_CACHE_LINE_SIZE - sizeof(void *)]; /* what follows is aligned */
};

struct lop_fib_head {
	uint32_t net_be;
	uint8_t len;
};

#define LOP_HOP_BUCKETS 1024

struct lop_fib_ctl {
	struct lop_fib_block *garbage;
	bool changed;

	/* Routes. */
	uint32_t nb_routes;
	uint32_t entries_used;     /* entries of an index below this have been in use */
	uint32_t free_entry;       /* linked by priority */
	uint32_t gone_entry;       /* free after the grace period */
	uint32_t count[33];        /* by length, in all tables */
	uint32_t merged_count[33]; /* in local and main */

	/* Slots. */
	struct lop_hop_use *use; /* of the size of fib->slots */
	uint32_t slots_used;
	uint32_t free_slot;
	uint32_t gone_slot;
	uint32_t bucket[LOP_HOP_BUCKETS];

	/* Prefixes that look-ups of flows without wishes know: those with a route without a TOS. */
	uint32_t nb_heads;
	struct lop_fib_head head[LOP_FIB_FEW]; /* while they are few */
	/* Of two lists, those that no reader sees. */
	struct lop_fib_few *spare, *spare2;

	/* Groups of 256 entries behind lpm. */
	uint32_t groups_size;
	uint32_t groups_used;
	uint32_t free_group; /* index + 1, linked by their first entries; 0: none */
};

/* ctl/fib_mem.c: memory that readers see. lop_fib_retire() never fails. */
void *lop_fib_alloc(size_t bytes);
void lop_fib_retire(struct lop_fib_ctl *ctl, const void *mem);
void lop_fib_free(const void *mem); /* nobody has seen it */
void lop_fib_free_retired(struct lop_fib_ctl *ctl);

/* ctl/fib_hop.c: slots. A slot with 0 references is found by lop_hop_get() until the commit. */
int lop_hop_get(struct lop *lop, const struct lop_hop *hop, uint32_t *slot); /* -ENOMEM */
void lop_hop_put(struct lop *lop, uint32_t slot);
void lop_hops_recycle(struct lop *lop);
void lop_hops_refresh(struct lop *lop); /* an address, MTU or neighbour changed */
void lop_hops_free(struct lop *lop);

/* ctl/dst.c: fill a slot. dst has room for two. */
void lop_dst_fill(struct lop *lop, const struct lop_hop *hop, struct lop_dst *dst,
		struct lop_fib_slot *slot);

/* ctl/fib_prefix.c: prefixes that lead to a slot without more questions; slot 0: no more. */
int lop_prefix_reserve(struct lop *lop, uint8_t len); /* room for one more; -ENOMEM */
void lop_prefix_set(struct lop *lop, uint32_t net_be, uint8_t len, uint32_t slot, bool had);
void lop_prefixes_publish(struct lop *lop);

/* ctl/fib_lpm.c: the same in the tables of rte_lpm. */
int lop_lpm_build(struct lop *lop);
void lop_lpm_free(struct lop *lop);
int lop_lpm_reserve(struct lop *lop, uint32_t groups);
void lop_lpm_set(struct lop *lop, uint32_t net_be, uint8_t len, uint32_t slot);
void lop_lpm_unset(struct lop *lop, uint32_t net_be, uint8_t len);

/* ctl/fib.c: routes. */
struct lop_fib_spec {
	struct lop_hop hop;
	uint32_t net_be;
	uint32_t priority;
	uint8_t len;
	uint8_t tos;
	uint8_t protocol;
	bool append; /* beside one of the same TOS and priority that leads elsewhere */
};

int lop_fib_reserve(struct lop *lop, uint32_t routes);                /* -ENOMEM */
int lop_fib_insert(struct lop *lop, const struct lop_fib_spec *spec); /* -EEXIST, -ENOMEM */
void lop_fib_remove(struct lop *lop, uint32_t entry);
void lop_fib_commit(struct lop *lop);
/* The slot that a flow without wishes finds at this prefix, or LOP_FIB_NO_SLOT. */
uint32_t lop_fib_head_slot(const struct lop_fib *fib, uint32_t net_be, uint8_t len);
/* Remove each route for which the answer is yes. */
void lop_fib_remove_if(struct lop *lop,
		bool (*is)(const struct lop_fib_entry *e, const struct lop_hop *hop,
				const void *arg),
		const void *arg);

#endif
