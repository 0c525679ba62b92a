/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Workers: the threads of an instance. */

#include <errno.h>

#include <rte_ethdev.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include "../dp/plan.h"
#include "../dp/stages.h"

/* This thread's workers, of all instances. */
__thread struct lop_worker *lop_workers_of_thread __attribute__((tls_model("initial-exec")));

static struct lop_worker *
worker_create(struct lop *lop, unsigned int index)
{
	struct lop_worker *w = rte_zmalloc_socket(
			"lop worker", sizeof(*w), RTE_CACHE_LINE_SIZE, rte_socket_id());

	if (w == NULL)
		return NULL;
	w->lop = lop;
	w->index = index;
	w->random = (lop->seed + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)(index + 1) << 40;
	w->plans = rte_zmalloc(
			"lop plans", (LOP_PLANS + 1) * sizeof(*w->plans), RTE_CACHE_LINE_SIZE);
	if (w->plans == NULL || lop_reasm_init(w) != 0) {
		rte_free(w->plans);
		rte_free(w);
		return NULL;
	}
	return w;
}

/* With lop->lock held. The worker of a thread that detached is used again, with its counters. */
static int
worker_find(struct lop *lop, struct lop_worker **found)
{
	for (unsigned int i = 0; i < lop->workers_max; i++) {
		if (lop->worker_used[i])
			continue;
		if (lop->workers[i] == NULL) {
			struct lop_worker *w = worker_create(lop, i);

			if (w == NULL)
				return -ENOMEM;
			lop_publish(lop->workers[i], w);
		}
		*found = lop->workers[i];
		return 0;
	}
	return -ENOSPC;
}

static unsigned int
used(const struct lop *lop)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < lop->workers_max; i++)
		n += lop->worker_used[i];
	return n;
}

void
lop_alone_end(struct lop *lop)
{
	if (!lop_load(lop->alone) || lop_worker_of(lop) != NULL)
		return;
	lop_store(lop->alone, false);
	/* who has not seen it is done with what it does without locks */
	lop_synchronize(lop);
}

void
lop_alone_again(struct lop *lop)
{
	lop_publish(lop->alone, used(lop) <= 1);
}

int
lop_worker_attach(struct lop *lop)
{
	struct lop_worker *w = lop_worker_of(lop);
	int ret;

	if (w != NULL) {
		w->attached++;
		return 0;
	}
	/* the caches of mempools go by lcore */
	if (rte_lcore_id() == LCORE_ID_ANY && rte_thread_register() != 0)
		return -ENOSPC;

	pthread_mutex_lock(&lop->lock);
	ret = worker_find(lop, &w);
	if (ret == 0) {
		if (used(lop) != 0)
			lop_alone_end(lop);
		lop->worker_used[w->index] = true;
		w->attached = 1;
		w->next_of_thread = lop_workers_of_thread;
		lop_workers_of_thread = w;
		rte_rcu_qsbr_thread_register(lop->qsbr, w->index);
	}
	pthread_mutex_unlock(&lop->lock);
	return ret;
}

static void
worker_end(struct lop_worker *w)
{
	struct lop_worker **at = &lop_workers_of_thread;

	while (*at != w)
		at = &(*at)->next_of_thread;
	*at = w->next_of_thread;
	w->attached = 0;
	rte_rcu_qsbr_thread_unregister(w->lop->qsbr, w->index);
	w->lop->worker_used[w->index] = false;
	lop_alone_again(w->lop);
}

int
lop_worker_detach(struct lop *lop)
{
	struct lop_worker *w = lop_worker_of(lop);

	if (w == NULL)
		return -ENOENT;
	if (--w->attached == 0) {
		pthread_mutex_lock(&lop->lock);
		worker_end(w);
		pthread_mutex_unlock(&lop->lock);
	}
	return 0;
}

int
lop_workers_end(struct lop *lop)
{
	struct lop_worker *own = lop_worker_of(lop);

	for (unsigned int i = 0; i < lop->workers_max; i++) {
		if (lop->worker_used[i] && lop->workers[i] != own)
			return -EBUSY;
	}
	if (own != NULL)
		worker_end(own);
	return 0;
}

void
lop_workers_free(struct lop *lop)
{
	for (unsigned int i = 0; i < lop->workers_max; i++) {
		struct lop_worker *w = lop->workers[i];

		if (w == NULL)
			continue;
		for (uint16_t k = 0; k < w->nb_answers; k++)
			rte_pktmbuf_free(w->answers[k]);
		while (w->nb_selves != 0) {
			struct rte_mbuf *m;

			lop_self_take(w, &m, 1);
			rte_pktmbuf_free(m);
		}
		lop_reasm_fini(w);
		rte_free(w->plans);
		rte_free(w);
	}
}

/* What waits at one interface, as far as this worker polls it. */
static uint16_t
poll_if(struct lop_worker *w, struct lop_if *dev)
{
	struct rte_mbuf *pkts[LOP_BURST_MAX];
	uint16_t total = 0, n;

	if (!lop_if_is_up(dev) || w->index >= dev->nb_queues)
		return 0;
	for (unsigned int rounds = 0; rounds < 4; rounds++) {
		n = rte_eth_rx_burst(dev->port_id, w->index, pkts, LOP_BURST_MAX);
		if (n == 0)
			break;
		for (uint16_t i = 0; i < n; i++)
			pkts[i]->ol_flags &= ~lop_meta_flag_bit;
		lop_input(w, dev, pkts, n);
		total += n;
	}
	return total;
}

uint16_t
lop_poll_devices(struct lop *lop)
{
	struct lop_worker *w = lop_worker_of(lop);
	uint16_t total = 0;

	if (w == NULL)
		return 0;
	lop_enter(w);
	for (int i = LOP_LO_INDEX + 1; i < LOP_IFS_MAX; i++) {
		struct lop_if *dev = lop_if_of(lop, i);

		if (dev != NULL)
			total += poll_if(w, dev);
	}
	lop_timers_run(w);
	lop_loop(w);
	lop_leave(w);
	return total;
}
