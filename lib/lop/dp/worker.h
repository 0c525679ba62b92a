/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_WORKER_H
#define LOP_DP_WORKER_H

/*
 * A thread's part of an instance: everything it writes per packet. Others read its counters only.
 */

#include <rte_branch_prediction.h>
#include <rte_mbuf.h>
#include <rte_rcu_qsbr.h>

#include "../ctl/instance.h"
#include "../include/lop_stats.h"
#include "if.h"
#include "meta.h"

#define LOP_ANSWERS_MAX 256
#define LOP_IP_ID_BITS 11

struct lop_plan;
struct lop_send;
struct lop_sock;

/*
 * What the packets of an output burst have in common, so that a stage can see that its work is
 * done already, or do it once.
 */
struct lop_out {
	const struct lop_dst *dst; /* of all of them, or NULL: each has its own in its meta */
	bool headers;              /* the IPv4 headers are whole, with their checksums */
	bool linked; /* an Ethernet header stands in front of each IPv4 header, outside the data */
	bool fits;   /* none is longer than its MTU */
	bool l2;     /* the data starts at the Ethernet header already */
	uint16_t failed; /* packets whose sender is told: see lop_out_drop() */
	int err;         /* -errno of the last of them, what a send of one packet answers */
	uint64_t bytes;  /* of all IPv4 packets together, where l2 is set */
};

/* Where unconnected datagrams of a burst go, side by side with the packets. */
struct lop_to {
	uint32_t saddr_be, daddr_be;
	uint16_t dport_be;
};

/* The socket that was found last, and for what, under which lop->sock_gen. */
struct lop_found {
	uint64_t addresses; /* as they stand in the headers */
	uint32_t ports;
	uint32_t sock_gen;
	int ifindex; /* 0: nothing was found yet */
	struct lop_sock *sock;
};

struct __rte_cache_aligned lop_worker {
	struct lop *lop;
	unsigned int index;     /* of its queue pairs, and in lop->workers */
	unsigned int attached;  /* nested lop_worker_attach() */
	unsigned int depth;     /* nested lop_enter() */
	uint64_t now_read_us;   /* lop_now()'s; 0: not read yet */
	struct lop_plan *plans; /* LOP_PLANS of them: dp/plan.h */
	struct lop_found found; /* by plain_in */
	struct lop_out out;
	const struct lop_send *send; /* of the burst in lop_output(), see send.h */
	uint32_t stamps;             /* that it asks for by control message, see lop_sock_sent() */
	bool looping;                /* in lop_loop(): what is sent now waits its turn */
	uint32_t lo_waiting;         /* packets in this worker's queue of lo */
	struct lop_to to[LOP_BURST_MAX];

	/* Packets made while packets came in (ICMP): they leave after the burst, in order. */
	struct rte_mbuf *answers[LOP_ANSWERS_MAX];
	uint16_t nb_answers;

	/* dp/self_out.c's: copies for this host, which wait as what lo took does. */
	uint16_t nb_selves;
	struct rte_mbuf *self_head, *self_tail;

	/* What routing said last, for ctl/send_route.c. */
	struct {
		struct lop_flow flow;
		struct lop_route_result result; /* dst NULL: nothing yet */
		uint32_t genid;
	} route;

	uint64_t random;        /* xorshift state, see lop_random() */
	int64_t wall_offset_us; /* what makes the wall clock out of now_us: ICMP, options */
	uint64_t ip_id_key;     /* dp/ip_id.c's, random */

	struct lop_worker *next_of_thread; /* another instance's worker of the same thread */

	/*
	 * What went over lo by plain_out and plain_in: IPv4 packets and their bytes. Each stands for
	 * several counters, ctl/mib.c says for which.
	 */
	RTE_ATOMIC(uint64_t) plain_out_packets __rte_cache_aligned;
	RTE_ATOMIC(uint64_t) plain_out_bytes, plain_in_packets, plain_in_bytes;
	RTE_ATOMIC(uint64_t) softnet_processed, softnet_dropped, softnet_squeezed;
	RTE_ATOMIC(uint64_t) mib[LOP_MIB_COUNT];
	RTE_ATOMIC(uint64_t) drop[LOP_DROP_COUNT];
	RTE_ATOMIC(uint64_t) icmp_in[256], icmp_out[256];
	struct lop_if_count ifs[LOP_IFS_MAX];
	uint16_t ip_id[1 << LOP_IP_ID_BITS];
};

/* One of Linux's counters: lop_mib_add(w, IP_INRECEIVES, n). */
#define lop_mib_add(w, id, n) lop_count((w)->mib[LOP_MIB_##id], n)

/* Free a packet and say why: lop_drop(w, m, NO_ROUTE). */
#define lop_drop(w, m, reason) lop_drop_packet(w, m, LOP_DROP_##reason)

/* dp/trace.c: the end of a traced packet. */
void lop_trace_drop(struct lop_worker *w, const struct rte_mbuf *m, enum lop_drop_reason reason);

static inline void
lop_drop_packet(struct lop_worker *w, struct rte_mbuf *m, enum lop_drop_reason reason)
{
	lop_count(w->drop[reason], 1);
	if (unlikely(lop_load(w->lop->trace) != NULL))
		lop_trace_drop(w, m, reason);
	rte_pktmbuf_free(m);
}

/* Free a packet on the way out of which its sender hears: lop_out_drop(w, m, HOOK, EPERM). */
#define lop_out_drop(w, m, reason, errno_) \
	do {                               \
		(w)->out.failed++;         \
		(w)->out.err = -(errno_);  \
		lop_drop(w, m, reason);    \
	} while (0)

static inline uint64_t
lop_random(struct lop_worker *w)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return w->random;
}

/* ctl/grace.c */
extern bool lop_fences_others;

/* ctl/worker.c */
extern __thread struct lop_worker *lop_workers_of_thread __attribute__((tls_model("initial-exec")));

/* The calling thread's worker of an instance, or NULL. */
static inline struct lop_worker *
lop_worker_of(const struct lop *lop)
{
	struct lop_worker *w = lop_workers_of_thread;

	while (w != NULL && unlikely(w->lop != lop))
		w = w->next_of_thread;
	return w;
}

/*
 * Online in the sense of rte_rcu_qsbr: control calls wait for this thread from now on. What
 * rte_rcu_qsbr_thread_online() does, with its fence left to whoever waits (lop_fence_others()):
 * that is seldom, this is every call. Where the system cannot fence others' CPUs, it stands here.
 */
static inline void
lop_online(struct lop_worker *w)
{
	struct rte_rcu_qsbr *v = w->lop->qsbr;

	if (unlikely(!lop_fences_others)) {
		rte_rcu_qsbr_thread_online(v, w->index);
		return;
	}
	rte_atomic_store_explicit(&v->qsbr_cnt[w->index].cnt,
			rte_atomic_load_explicit(&v->token, rte_memory_order_relaxed),
			rte_memory_order_relaxed);
	rte_compiler_barrier();
}

static inline void
lop_offline(struct lop_worker *w)
{
	rte_rcu_qsbr_thread_offline(w->lop->qsbr, w->index);
}

/*
 * Every public call that touches shared state stands between these two: only between them do
 * control calls wait for this thread. They nest.
 */
static inline void
lop_enter(struct lop_worker *w)
{
	if (likely(w->depth++ == 0)) {
		lop_online(w);
		w->now_read_us = 0;
	}
}

static inline void
lop_leave(struct lop_worker *w)
{
	if (likely(--w->depth == 0))
		lop_offline(w);
}

/* The clock, read once between lop_enter() and lop_leave(), and only when somebody asks. */
static inline uint64_t
lop_now(struct lop_worker *w)
{
	if (w->now_read_us == 0)
		w->now_read_us = lop_clock_us(w->lop);
	return w->now_read_us;
}

/*
 * Take the instance's lock, which control calls hold while they wait for workers: a worker that is
 * between lop_enter() and lop_leave() must not wait for it there, and sees another snapshot of
 * everything afterwards. w: the calling thread's, or NULL.
 */
static inline void
lop_lock(struct lop *lop, struct lop_worker *w)
{
	if (w != NULL && w->depth != 0) {
		lop_offline(w);
		pthread_mutex_lock(&lop->lock);
		lop_online(w);
	} else {
		pthread_mutex_lock(&lop->lock);
	}
}

static inline void
lop_unlock(struct lop *lop)
{
	pthread_mutex_unlock(&lop->lock);
}

#endif
