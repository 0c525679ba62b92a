/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_REASM_H
#define LOP_DP_REASM_H

/*
 * Datagrams that are not whole yet (contract RE-01, RE-02): one table for an instance, behind a
 * spinlock that a burst takes once, and only a burst with fragments in it.
 */

#include <assert.h>
#include <sys/queue.h>

#include <rte_ip.h>
#include <rte_spinlock.h>

#include "worker.h"

#define LOP_REASM_BUCKETS 1024
#define LOP_REASM_SOURCES 1024
#define LOP_REASM_SOURCE_BUCKETS 256
#define LOP_REASM_GROUPS 64 /* of 1 KiB of a datagram */

/* Linux's charge for a datagram beside its fragments' truesize. */
#define LOP_REASM_QUEUE_BYTES 200

struct lop_reasm_key {
	uint32_t saddr_be, daddr_be;
	uint16_t id_be;
	uint8_t protocol;
	uint8_t cutter; /* of what came over lo: see lop_cutter_set() */
};

/*
 * Which worker cut a packet whose pieces go over lo, + 1. Each worker counts its IDs by itself, and
 * the senders of one connected socket may take the same: pieces of two workers never are of one
 * datagram, whatever their IDs say, and those of one do not make those of another wait too long.
 * The field of the mbuf is no device's on its way over lo, and 0 in what nobody cut.
 */
static inline void
lop_cutter_set(struct rte_mbuf *m, const struct lop_worker *w)
{
	m->vlan_tci_outer = w->index + 1;
}

/* Counts fragments of one sender, as long as a datagram of his waits (ipfrag_max_dist). */
struct lop_reasm_source {
	struct lop_reasm_source *next;
	uint32_t saddr_be;
	uint8_t cutter;
	uint32_t fragments;
	uint32_t users;
};

/*
 * A datagram. It lives in the data room of an mbuf of its own.
 *
 * Its fragments are in runs: fragments that came one behind the other, linked by meta.next. Runs
 * are found by the 1 KiB in which they start, a sorted list each. A run's first mbuf holds its ends
 * and the next run, in fields that mean nothing while a packet waits, see lop_run_*().
 */
struct lop_reasm_queue {
	struct lop_reasm_queue *next; /* in its bucket */
	TAILQ_ENTRY(lop_reasm_queue) by_due;
	struct rte_mbuf *self;
	struct lop_reasm_key key;
	uint32_t bucket;
	uint64_t due_us;
	uint32_t bytes;               /* that are here */
	uint32_t end;                 /* of what is known; of the datagram, with last_in */
	uint32_t truesize;            /* of fragments */
	uint32_t largest, largest_df; /* fragments, with header */
	bool first_in, last_in;
	bool csum_valid; /* of all fragments */
	uint8_t ecn;     /* a bit for each of the four values seen */
	uint16_t ifindex;
	uint32_t source_mark;
	struct lop_reasm_source *source; /* NULL: not watched */
	struct rte_mbuf *last_run, *tail;
	uint64_t groups; /* a bit for each that has runs */
	struct rte_mbuf *run[LOP_REASM_GROUPS];
};
static_assert(sizeof(struct lop_reasm_queue) <= 2048, "fits the data room of the pool's mbufs");

struct lop_reasm {
	rte_spinlock_t lock;
	unsigned int users;          /* workers */
	RTE_ATOMIC(uint64_t) due_us; /* of the next datagram to give up; UINT64_MAX: none waits */
	uint32_t bytes;              /* Linux's measure, against ipfrag_high_thresh */
	uint32_t hash_key;
	TAILQ_HEAD(lop_reasm_due_list, lop_reasm_queue) by_due;
	struct lop_reasm_source *free_sources;
	struct lop_reasm_source *source[LOP_REASM_SOURCE_BUCKETS];
	struct lop_reasm_queue *bucket[LOP_REASM_BUCKETS];
	struct lop_reasm_source sources[LOP_REASM_SOURCES];
};

/* What became of a fragment. */
enum lop_reasm_put {
	LOP_REASM_KEPT,
	LOP_REASM_DUPLICATE,
	LOP_REASM_OVERLAP,
};

/* A run's ends, and the next one of its group. */
static inline uint32_t
lop_run_start(const struct rte_mbuf *m)
{
	return m->hash.fdir.lo;
}

static inline uint32_t
lop_run_end(const struct rte_mbuf *m)
{
	return m->hash.fdir.hi;
}

static inline struct rte_mbuf *
lop_run_next(const struct rte_mbuf *m)
{
	return (struct rte_mbuf *)(uintptr_t)m->tx_offload;
}

/* dp/reasm_queue.c, all with the lock held */

/* The datagram of a key, or NULL; in a new queue, or NULL: no mbuf. */
struct lop_reasm_queue *lop_reasm_find(struct lop_reasm *r, const struct lop_reasm_key *key);
struct lop_reasm_queue *
lop_reasm_new(struct lop_worker *w, struct lop_reasm *r, const struct lop_reasm_key *key);

/* Bytes start to end of the datagram; m stays the caller's unless it is kept. */
enum lop_reasm_put
lop_reasm_put(struct lop_reasm_queue *q, struct rte_mbuf *m, uint32_t start, uint32_t end);

/* What Linux charges for the datagram that they make (contract UR-05). */
uint32_t lop_reasm_charge(const struct lop_reasm_queue *q);

/* All fragments in one chain. They are the queue's no more. */
struct rte_mbuf *lop_reasm_join(struct lop_reasm_queue *q);

/* Of what was joined: bytes of the fragment in front, from its IPv4 header on. */
static inline uint32_t
lop_first_bytes(const struct rte_mbuf *m)
{
	return m->hash.fdir.lo;
}

/* The fragment at the start of the datagram, taken out of a queue about to be freed, or NULL. */
struct rte_mbuf *lop_reasm_take_first(struct lop_reasm_queue *q);

/* Drop the fragments, with a reason; then the queue starts anew. */
void lop_reasm_empty(struct lop_worker *w, struct lop_reasm *r, struct lop_reasm_queue *q,
		enum lop_drop_reason reason);

/* Take an empty queue out of the table and free it. */
void lop_reasm_remove(struct lop_reasm *r, struct lop_reasm_queue *q);

/* The same, but the datagram is waited for anew. */
void lop_reasm_restart(struct lop_worker *w, struct lop_reasm *r, struct lop_reasm_queue *q);

/* The interface that a packet came in by, whoever owns its address. */
static inline int
lop_came_in_by(const struct lop_worker *w, const struct rte_mbuf *m)
{
	return m->port == w->lop->lo->port_id ? LOP_LO_INDEX : lop_meta(m)->ifindex;
}

static inline uint8_t
lop_cutter(const struct lop_worker *w, const struct rte_mbuf *m)
{
	return lop_came_in_by(w, m) == LOP_LO_INDEX ? m->vlan_tci_outer : 0;
}

#endif
