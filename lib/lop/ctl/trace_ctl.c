/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Traces: started, stopped, freed. */

#include <errno.h>
#include <stdlib.h>

#include "../dp/trace_record.h"

/* Generations of a record's number. */
#define GENERATIONS (1 << (16 - LOP_TRACE_INDEX_BITS))

/* With the lock held. */
static void
stop(struct lop *lop)
{
	if (lop_load(lop->trace) == NULL)
		return;
	lop_publish(lop->trace, NULL);
	lop_watched_update(lop);
	lop_synchronize(lop);
}

int
lop_trace_start(struct lop *lop, const struct lop_trace_filter *filter, unsigned int packets)
{
	struct lop_trace *t;

	if (packets == 0 || packets > LOP_TRACE_PACKETS_MAX)
		return -EINVAL;
	t = calloc(1, sizeof(*t) + packets * sizeof(t->record[0]));
	if (t == NULL)
		return -ENOMEM;
	if (filter != NULL)
		t->filter = *filter;
	t->packets = packets;

	pthread_mutex_lock(&lop->lock);
	stop(lop);
	/* packets of the last trace may still be on their way, or unread */
	if (lop->last_trace != NULL)
		t->generation = (lop->last_trace->generation + 1) % GENERATIONS;
	free(lop->last_trace);
	lop->last_trace = t;
	lop_publish(lop->trace, t);
	lop_watched_update(lop);
	pthread_mutex_unlock(&lop->lock);
	return 0;
}

void
lop_trace_stop(struct lop *lop)
{
	pthread_mutex_lock(&lop->lock);
	stop(lop);
	pthread_mutex_unlock(&lop->lock);
}

void
lop_trace_fini(struct lop *lop)
{
	lop_store(lop->trace, NULL);
	free(lop->last_trace);
	lop->last_trace = NULL;
}
