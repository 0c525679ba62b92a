/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_CTL_INSTANCE_H
#define LOP_CTL_INSTANCE_H

/*
 * An instance: what its files share.
 */

#include <pthread.h>

#include <rte_cycles.h>
#include <rte_log.h>
#include <rte_mempool.h>

#include "../dp/conf.h"
#include "../dp/dst.h"
#include "../dp/hooks.h"
#include "../include/lop.h"

struct lop_fib;
struct lop_if;
struct lop_icmp_limit;
struct lop_neigh_table;
struct lop_reasm;
struct lop_sock;
struct lop_trace;
struct lop_udp_tables;
struct lop_worker;
struct rte_rcu_qsbr;

extern int lop_logtype;
#define LOP_LOG(level, ...)                                               \
	rte_log(RTE_LOG_##level, lop_logtype,                             \
			RTE_FMT("lop: " RTE_FMT_HEAD(__VA_ARGS__, ) "\n", \
					RTE_FMT_TAIL(__VA_ARGS__, )))

/*
 * Settings of the instance, by their names in Linux: id, name below net.ipv4, default, minimum,
 * maximum. Read with lop_setting(). The only place to edit.
 */
#define LOP_FOREACH_SETTING(X)                                                \
	X(IP_DEFAULT_TTL, "ip_default_ttl", 64, 1, 255)                       \
	X(IP_NONLOCAL_BIND, "ip_nonlocal_bind", 0, 0, 255)                    \
	X(PORT_MIN, "ip_local_port_range/min", 32768, 1, 65535)               \
	X(PORT_MAX, "ip_local_port_range/max", 60999, 1, 65535)               \
	X(UNPRIVILEGED_PORT, "ip_unprivileged_port_start", 1024, 0, 65535)    \
	X(PING_GROUP_MIN, "ping_group_range/min", 1, 0, INT32_MAX)            \
	X(PING_GROUP_MAX, "ping_group_range/max", 0, 0, INT32_MAX)            \
	X(IPFRAG_TIME, "ipfrag_time", 30, 0, INT32_MAX)                       \
	X(IPFRAG_HIGH_THRESH, "ipfrag_high_thresh", 4194304, 0, INT32_MAX)    \
	X(IPFRAG_MAX_DIST, "ipfrag_max_dist", 64, 0, INT32_MAX)               \
	X(ICMP_ECHO_IGNORE_ALL, "icmp_echo_ignore_all", 0, 0, 1)              \
	X(ICMP_ECHO_IGNORE_BCAST, "icmp_echo_ignore_broadcasts", 1, 0, 1)     \
	X(ICMP_RATELIMIT, "icmp_ratelimit", 1000, 0, INT32_MAX)               \
	X(ICMP_RATEMASK, "icmp_ratemask", 6168, 0, INT32_MAX)                 \
	X(ICMP_MSGS_PER_SEC, "icmp_msgs_per_sec", 1000, 0, INT32_MAX)         \
	X(ICMP_MSGS_BURST, "icmp_msgs_burst", 50, 0, INT32_MAX)               \
	X(ICMP_ERRORS_USE_INBOUND, "icmp_errors_use_inbound_ifaddr", 0, 0, 1) \
	X(UDP_RMEM_MIN, "udp_rmem_min", 4096, 1, INT32_MAX)                   \
	X(UDP_WMEM_MIN, "udp_wmem_min", 4096, 1, INT32_MAX)                   \
	X(RMEM_DEFAULT, "core/rmem_default", 212992, 2304, INT32_MAX)         \
	X(WMEM_DEFAULT, "core/wmem_default", 212992, 4608, INT32_MAX)         \
	X(RMEM_MAX, "core/rmem_max", 212992, 2304, INT32_MAX)                 \
	X(WMEM_MAX, "core/wmem_max", 212992, 4608, INT32_MAX)                 \
	X(OPTMEM_MAX, "core/optmem_max", 131072, 0, INT32_MAX)                \
	X(BACKLOG, "core/netdev_max_backlog", 1000, 0, INT32_MAX)             \
	X(DEV_WEIGHT, "core/dev_weight", 64, 1, INT32_MAX)                    \
	X(BUDGET, "core/netdev_budget", 300, 1, INT32_MAX)                    \
	X(BUDGET_USECS, "core/netdev_budget_usecs", 2000, 0, INT32_MAX)       \
	X(NO_PMTU_DISC, "ip_no_pmtu_disc", 0, 0, 255)                         \
	X(FWMARK_REFLECT, "fwmark_reflect", 0, 0, 255)                        \
	X(NEIGH_GC_THRESH1, "neigh/default/gc_thresh1", 128, 0, INT32_MAX)    \
	X(NEIGH_GC_THRESH2, "neigh/default/gc_thresh2", 512, 0, INT32_MAX)    \
	X(NEIGH_GC_THRESH3, "neigh/default/gc_thresh3", 1024, 0, INT32_MAX)

enum lop_setting_id {
#define X(id, name, def, min, max) LOP_SETTING_##id,
	LOP_FOREACH_SETTING(X)
#undef X
	LOP_SETTING_COUNT
};

struct lop {
	/* Read by every call. */
	struct rte_rcu_qsbr *qsbr;
	struct rte_mempool *pool;
	struct lop_fib *fib;        /* ctl/fib.c's */
	struct lop_udp_tables *udp; /* dp/udp_table.h's */
	struct lop_if *lo;
	/* Nobody but the one worker there is, if any, looks at what waits in sockets: no locks. */
	RTE_ATOMIC(bool) alone;
	RTE_ATOMIC(const struct lop_dst *) dst_this_host; /* for 0.0.0.0: contract SEND-18 */
	RTE_ATOMIC(struct lop_if *) ifs[LOP_IFS_MAX];     /* by index; 0 stays NULL */
	RTE_ATOMIC(uint32_t) nb_wires;                    /* interfaces other than lo */
	struct lop_hooks hooks;
	RTE_ATOMIC(struct lop_trace *)
	trace;                           /* NULL: nothing is traced, the only thing a burst asks */
	uint64_t (*clock_us)(void *arg); /* NULL: the TSC */
	void *clock_arg;
	uint64_t tsc_per_us_inverse; /* 2^64 / TSC cycles per microsecond */
	RTE_ATOMIC(int) setting[LOP_SETTING_COUNT];
	struct lop_if_conf conf_all, conf_default; /* conf/all, conf/default */
	bool short_circuit;
	bool may_bind_low, may_admin;

	/* Bumped by whatever changes a routing decision. */
	RTE_ATOMIC(uint32_t) genid __rte_cache_aligned;
	/* Bumped by whatever changes a socket: its options, addresses, its place in the tables. */
	RTE_ATOMIC(uint32_t) sock_gen;
	/*
	 * Somebody looks at packets between socket and socket, or lo is down: hooks, a check of
	 * sends, taps, a trace, raw sockets, senders that want stamps, the short circuit. Then
	 * they go stage by stage.
	 */
	RTE_ATOMIC(bool) watched;
	RTE_ATOMIC(uint32_t) nb_stamping; /* sockets that want to know when their packets left */

	/* Control. */
	pthread_mutex_t lock __rte_cache_aligned; /* every configuring call */
	char name[32];
	char vdev[48]; /* of lo */
	unsigned int workers_max;
	RTE_ATOMIC(struct lop_worker *)
	workers[LOP_WORKERS_MAX]; /* kept, with their counters, once attached */
	bool worker_used[LOP_WORKERS_MAX];
	struct lop_neigh_table *neigh;
	struct lop_reasm *reasm;           /* dp/reasm.h's; made with the first worker */
	struct lop_icmp_limit *icmp_limit; /* dp/icmp.h's; likewise */
	struct lop_sock *socks;            /* all of them, linked */
	uint32_t nb_socks;
	uint64_t seed;
	struct lop_trace *last_trace; /* the records of lop->trace, or of the one that ended */
	uint8_t reserved_ports[65536 / 8];
	struct lop *next; /* in the process's list */
};

static inline int
lop_setting(const struct lop *lop, enum lop_setting_id id)
{
	return lop_load(lop->setting[id]);
}

static inline uint64_t
lop_clock_us(const struct lop *lop)
{
	if (lop->clock_us != NULL)
		return lop->clock_us(lop->clock_arg);
	return ((unsigned __int128)rte_rdtsc() * lop->tsc_per_us_inverse) >> 64;
}

/* An interface by index, or NULL. Valid until lop_leave(), or while the lock is held. */
static inline struct lop_if *
lop_if_of(const struct lop *lop, int ifindex)
{
	if (ifindex <= 0 || ifindex >= LOP_IFS_MAX)
		return NULL;
	return lop_acquire(lop->ifs[ifindex]);
}

/*
 * Wait until no worker sees what was taken away before. With the lock held, by any thread that is
 * not between lop_enter() and lop_leave() itself.
 */
void lop_synchronize(struct lop *lop);

/* The same begun only: a token for rte_rcu_qsbr_check(). With the lock held. */
uint64_t lop_grace_start(struct lop *lop);

/* After any change of what lop->watched says, before its call returns. With the lock held. */
void lop_watched_update(struct lop *lop);

/* After any change of addresses, routes, links, MTUs or link addresses. */
void lop_routes_changed(struct lop *lop);

/*
 * ctl/worker.c: another thread than the only worker's is about to look at what waits in sockets;
 * it has done so. With the lock held.
 */
void lop_alone_end(struct lop *lop);
void lop_alone_again(struct lop *lop);

/* ctl/worker.c: -EBUSY when another thread than the caller is attached. */
int lop_workers_end(struct lop *lop);
void lop_workers_free(struct lop *lop);

/* Walk the instances of the process, for telemetry: none comes or goes between these two. */
void lop_instances_lock(void);
void lop_instances_unlock(void);
struct lop *lop_first(void);

/* What the parts do when an instance comes and goes: -errno. In this order, and back. */
int lop_neigh_init(struct lop *lop);
void lop_neigh_fini(struct lop *lop);
int lop_fib_init(struct lop *lop);
void lop_fib_fini(struct lop *lop);
int lop_lo_create(struct lop *lop); /* ctl/if.c: the device, the interface, no address */
void lop_ifs_fini(struct lop *lop); /* all interfaces, lo last */
int lop_udp_init(struct lop *lop);
void lop_udp_fini(struct lop *lop);
void lop_socks_close_all(struct lop *lop);
void lop_hooks_fini(struct lop *lop);
void lop_trace_fini(struct lop *lop);
void lop_settings_init(struct lop *lop);
/* A worker's part: reassembly and the like. With the lock held, or while nobody else has a worker. */
int lop_reasm_init(struct lop_worker *w);
void lop_reasm_fini(struct lop_worker *w);

#endif
