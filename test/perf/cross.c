/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Rounds across two cores: one thread transmits, another receives, the ring alone limits how many
 * packets are under way.
 */

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include <rte_cycles.h>
#include <rte_pause.h>

#include "bench.h"
#include "packet.h"

struct side {
	struct lod_bench *b;
	const struct lod_design *design;
	uint64_t packets; /* of the round */
	uint64_t deadline_tsc;
	atomic_bool ready;
	uint64_t end_tsc; /* the receiver's, 0: packets are missing */
	uint32_t sum;
};

/* To one of the CPUs that the process had when it began. */
static void
pin_to(const struct lod_bench *b, unsigned int nth)
{
	cpu_set_t one;
	int cpu = 0;

	while (cpu < CPU_SETSIZE && (!CPU_ISSET(cpu, &b->cpus) || nth-- != 0))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	(void)pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
}

static __rte_always_inline uint64_t
receive(struct side *s, const bool read)
{
	struct rte_mbuf *pkts[LOD_BURST_MAX];
	const lod_burst_t rx = s->design->rx;
	void *rxq = s->b->loop->rxq;
	uint64_t got = 0;

	while (got < s->packets) {
		uint16_t n = rx(rxq, pkts, s->b->c.burst);

		if (n == 0) {
			if (rte_rdtsc() > s->deadline_tsc)
				return 0;
			rte_pause();
		}
		for (uint16_t i = 0; i < n && read; i++)
			s->sum += lob_header_read(pkts[i]);
		got += n;
	}
	return rte_rdtsc();
}

static void *
receiver(void *arg)
{
	struct side *s = arg;

	pin_to(s->b, 1);
	atomic_store(&s->ready, true);
	s->end_tsc = s->b->c.rewrite ? receive(s, true) : receive(s, false);
	return NULL;
}

/* With `write`, what every sender of a packet writes: its lengths and its header. */
static __rte_always_inline void
transmit(struct side *s, const bool write)
{
	const lod_burst_t tx = s->design->tx;
	const uint32_t burst = s->b->c.burst, nb_mbufs = s->b->nb_mbufs;
	void *txq = s->b->loop->txq;
	uint32_t pos = 0;

	for (uint64_t left = s->packets; left != 0;) {
		struct rte_mbuf **pkts = &s->b->mbufs[pos];
		uint16_t n = RTE_MIN(burst, left);

		for (uint16_t i = 0; i < n && write; i++) {
			pkts[i]->pkt_len = pkts[i]->data_len;
			lob_header_rewrite(pkts[i]);
		}
		n = tx(txq, pkts, n);
		if (n == 0) {
			if (rte_rdtsc() > s->deadline_tsc)
				return;
			rte_pause();
		}
		left -= n;
		pos += n;
		pos -= pos >= nb_mbufs ? nb_mbufs : 0;
	}
}

double
lod_round_cross(struct lod_bench *b, const struct lod_design *design)
{
	struct side s = {
		.b = b,
		.design = design,
		.packets = (uint64_t)b->c.bursts * b->c.burst,
		/* a minute or so: for a machine that does something else meanwhile */
		.deadline_tsc = rte_rdtsc() + (UINT64_C(1) << 37),
	};
	pthread_t thread;
	uint64_t start;

	design->family->setup(b->loop, design, b->c.slots);
	pin_to(b, 0);
	if (pthread_create(&thread, NULL, receiver, &s) != 0)
		return -1;
	while (!atomic_load(&s.ready))
		rte_pause();
	start = rte_rdtsc();
	if (b->c.rewrite)
		transmit(&s, true);
	else
		transmit(&s, false);
	pthread_join(thread, NULL);
	return s.end_tsc != 0 ? (double)(s.end_tsc - start) / s.packets : -1;
}
