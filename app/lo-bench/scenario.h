/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_SCENARIO_H
#define LOB_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "args.h"
#include "subject.h"

struct lob_bench;
struct lob_latency;
struct lob_path;
struct lob_result;

struct lob_case {
	uint16_t burst; /* of a path without bursts: 1 */
	uint16_t in_flight;
	uint16_t size_bytes;
	enum lob_touch touch;
};

/*
 * One round: one subject carries one case's packets for a while.
 *
 * The mbufs stay the caller's. A round sends them, keeps them going round, and
 * has received every one again when it returns 0.
 */
struct lob_round {
	const struct lob_subject *subject; /* NULL: see path */
	struct lob_path *path;
	struct lob_case c; /* in_flight is what fits this subject */
	struct rte_mempool *pool;
	struct rte_mbuf **mbufs; /* c.in_flight packets, stamped 0, 1, 2, ... */
	uint64_t budget_tsc;
	/* filled in by the round */
	uint64_t packets; /* received inside the measured time */
	uint64_t tsc;     /* the measured time */
	uint64_t sent;    /* in all, like received: for comparison with the device's statistics */
	uint64_t received;
	uint32_t sink; /* what was read from headers: keeps the compiler from not reading */
};

enum lob_kind {
	LOB_KIND_NET_RING, /* the driver, as in the other scenarios */
	LOB_KIND_LIBLOP,   /* an instance of liblop, made for this contest */
	LOB_KIND_KERNEL,   /* the kernel's lo */
};

/* Something that takes part in a contest of the path from a socket to a socket. */
struct lob_entry {
	const char *title;
	const char *note; /* printed beside its results; NULL: none */
	enum lob_kind kind;
	unsigned int n; /* of what open() makes */
	/* Make sockets and what else the round needs: 0, or -errno after lob_path_refuse(). */
	int (*open)(struct lob_path *p);
	int (*round)(struct lob_round *r);
};

/* Entries that take turns, round by round. */
struct lob_heat {
	const struct lob_entry *entries;
	unsigned int n;
	unsigned int base; /* the entry that the others' ratio is to; n: none */
	/* JSON key: cycles that each of n, beyond the base's, adds to a burst; or NULL */
	const char *per_n;
};

#define LOB_ENTRIES_MAX 4

struct lob_scenario {
	const char *name;
	const char *help;
	unsigned int lcores;
	/* When the command line does not say. */
	struct lob_list burst;
	uint16_t in_flight; /* 0: a burst */
	uint16_t size_bytes;
	bool fixed; /* the burst and what is in flight are these whatever the command line says */
	/* A scenario of the path; none: of drivers. */
	const struct lob_heat *heats;
	unsigned int nb_heats;
	bool costs; /* prints the cost beside the base's, too */
	/* Measures by itself, without contests; 0, or -errno after one line on stderr. */
	int (*measure)(struct lob_bench *b, const struct lob_scenario *sc);
	/* The rest is about drivers. */
	bool flow;            /* measures the device with many queues, and packets of many flows */
	bool loops_only;      /* leaves out peers that do not return what they are sent */
	bool touches;         /* obeys --touch */
	enum lob_touch touch; /* the one thing it does when it does not */
	/* 0, or -errno after one line on stderr: the subject lost, added or changed a packet */
	int (*round)(struct lob_round *r);
};

enum {
	LOB_LOOP,
	LOB_LOOP_XCORE,
	LOB_FLOOR,
	LOB_FLOW,
	LOB_UDP,
	LOB_UDP_RANDOM,
	LOB_UDP_CALL,
	LOB_UDP_MMSG,
	LOB_RTT,
	LOB_RTT_XCORE,
	LOB_SCALE,
	LOB_MEMORY,
	LOB_SCENARIOS,
};

extern const struct lob_scenario lob_scenarios[LOB_SCENARIOS];

/* Of the path, and not one that measures by itself? */
static inline bool
lob_is_path(const struct lob_scenario *sc)
{
	return sc->nb_heats != 0;
}

int lob_loop_round(struct lob_round *r);
int lob_xcore_round(struct lob_round *r);
int lob_floor_round(struct lob_round *r);
int lob_flow_round(struct lob_round *r);

extern const struct lob_heat lob_udp_heats[1];
extern const struct lob_heat lob_udp_random_heats[1];
extern const struct lob_heat lob_udp_call_heats[1];
extern const struct lob_heat lob_udp_mmsg_heats[1];
extern const struct lob_heat lob_rtt_heats[1];
extern const struct lob_heat lob_rtt_xcore_heats[1];
extern const struct lob_heat lob_scale_heats[5];

int lob_memory_measure(struct lob_bench *b, const struct lob_scenario *sc);

#endif /* LOB_SCENARIO_H */
