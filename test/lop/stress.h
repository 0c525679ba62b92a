/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_STRESS_H
#define LOP_STRESS_H

/*
 * Four workers send to one another over lo while the main thread changes whatever can be changed:
 * each datagram is received or has a name among the drops.
 *
 * Every datagram carries its sender, its flow and its number in the flow. Flow i of a sender goes
 * to the socket of worker i alone, which sees the numbers grow; the flows behind go to sockets that
 * several read.
 */

#include <pthread.h>

#include "fx.h"

#define PS_WORKERS 4
#define PS_SHARED 2  /* sockets that every worker reads */
#define PS_VICTIMS 4 /* sockets that the main thread closes and opens again */
#define PS_FLOWS (PS_WORKERS + PS_SHARED + PS_VICTIMS)
#define PS_BURST 32
#define PS_CROWD 1100 /* sockets that let the tables grow */

/* Port of the socket that a flow goes to. */
#define PS_PORT 5000
/* An address that comes and goes; workers send to each other's sockets there, too. */
#define PS_FAR "10.9.0.1"
/* What can wait behind LOP_VERDICT_QUEUE. */
#define PS_QUEUED_MAX 4096

struct ps;

/* One change; round counts up, so that a pair of changes may take turns. */
typedef void (*ps_change_fn)(struct ps *ps, unsigned int round);

struct ps_shape {
	const ps_change_fn *changes;
	unsigned int nb_changes;
	uint32_t payload_max;
	uint64_t may_drop; /* RTE_BIT64(LOP_DROP_...) */
	bool far;          /* workers use PS_FAR */
	bool victims;      /* workers use victims, and answers of ICMP come back */
};

struct ps_worker {
	struct ps *ps;
	pthread_t thread;
	unsigned int id;
	uint64_t quota;
	uint64_t random;
	int fd;        /* others send to it */
	int connected; /* to the next worker's */
	uint64_t sent, refused, received;
	uint64_t next_sent[PS_FLOWS];
	uint64_t next_received[PS_WORKERS];
	char error[128]; /* the first fault */
};

struct ps {
	struct lop *lop;
	struct ps_shape shape;
	struct ps_worker workers[PS_WORKERS];
	int shared[PS_SHARED];
	int shared_connected;    /* to one of them; every worker sends through it */
	int victims[PS_VICTIMS]; /* atomic */
	unsigned int at_work;    /* workers that still send, atomic */
	bool changed;            /* each change had its turn, atomic */
	bool give_up;            /* atomic */
	/* Ids of what changes made; 0 or -1: not there now. */
	int hook, dropper, queuer, tap;
	int crowd[PS_CROWD];
	unsigned int nb_crowd;
	/* What hooks queued. */
	pthread_mutex_t queue_lock;
	struct rte_mbuf *queued[PS_QUEUED_MAX];
	unsigned int nb_queued;
};

/** All changes but those of the link. */
extern const struct ps_shape ps_everything;

/** Run a shape: its instance, at rest, its sums asserted. */
struct lop *ps_run(struct fx *fx, const struct ps_shape *shape, uint64_t packets);

/** What a worker does until it has sent its quota. */
void *ps_work(void *arg);

/** Take what waits in a socket. Returns how many, and counts them as the worker's. */
unsigned int ps_take(struct ps_worker *pw, int fd, bool in_order);

/** Send on what hooks queued. By an attached thread. */
void ps_requeue(struct ps *ps);

/** Open and bind a victim. Asserts. */
void ps_victim_open(struct ps *ps, unsigned int i);

/** Undo what changes left behind. */
void ps_changes_end(struct ps *ps);

#endif /* LOP_STRESS_H */
