/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef STRESS_H
#define STRESS_H

/*
 * Four threads, random bursts, every packet stamped: nothing may be lost, doubled or overtaken.
 *
 * A packet carries its producer, its flow and its number in that flow. A flow has one receive
 * queue, so its one consumer knows which number comes next; where the device may drop, numbers
 * may be left out, and as many must have been counted as missed.
 */

#include <pthread.h>

#include "fixture.h"

#define STRESS_THREADS 4
#define STRESS_FLOWS 32
#define STRESS_BURST_MAX 256

/* Who takes part. Consumer i polls receive queue i. */
struct stress_shape {
	const char *args; /* of the device */
	uint16_t producers;
	uint16_t nb_tx; /* producer i sends through queue i modulo nb_tx */
	uint16_t consumers;
	uint16_t flows; /* of each producer */
	uint16_t nb_rxd;
	bool may_drop;
	bool stops_queues; /* consumers stop and start their queue meanwhile */
};

struct stress;

struct stress_producer {
	struct stress *st;
	struct rte_mempool *pool;
	pthread_t thread;
	uint16_t id;
	bool unknown; /* to EAL */
	uint64_t quota;
	uint64_t sent;
	uint64_t bytes;
	uint64_t next[STRESS_FLOWS];
};

struct stress_consumer {
	struct stress *st;
	pthread_t thread;
	uint16_t id;
	uint64_t received;
	uint64_t bytes;
	uint64_t missing; /* numbers left out so far */
	uint64_t next[STRESS_THREADS][STRESS_FLOWS];
	struct rte_mbuf **kept; /* where packets are not freed by those who receive them */
	uint64_t nb_kept;
	char error[128]; /* the first fault */
};

struct stress {
	struct stress_shape shape;
	uint16_t port;
	unsigned int at_work; /* producers, atomic */
	bool give_up;         /* atomic */
	struct stress_producer producers[STRESS_THREADS];
	struct stress_consumer consumers[STRESS_THREADS];
};

/** Packets for each way to steer and to overflow: LO_STRESS_PACKETS, or 10^8 (10^6 under a sanitizer). */
uint64_t stress_packets(void);

/**
 * Run one shape, asserting everything; `meddle` is called again and again meanwhile, unless NULL.
 *
 * @param packets
 *   How many to send, by all producers together.
 */
void stress_run(struct fx *fx, const struct stress_shape *shape, uint64_t packets,
		void (*meddle)(uint16_t port, unsigned int round));

/* What the threads do. */
void *stress_produce(void *arg);
void *stress_consume(void *arg);

#endif /* STRESS_H */
