/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The table of datagrams that are not whole, and what holds their fragments together. */

#include <string.h>

#include "reasm.h"
#include "sock.h"
#include "stages.h"

static uint32_t
hash_of(const struct lop_reasm *r, const struct lop_reasm_key *key)
{
	uint64_t x = ((uint64_t)key->saddr_be << 32 | key->daddr_be) ^ r->hash_key;

	x = (x ^ x >> 32) * UINT64_C(0x9e3779b97f4a7c15);
	x ^= (uint64_t)key->id_be << 16 | key->protocol;
	x *= UINT64_C(0xd6e8feb86659fd93);
	return x >> 32;
}

static bool
same_key(const struct lop_reasm_key *a, const struct lop_reasm_key *b)
{
	return a->saddr_be == b->saddr_be && a->daddr_be == b->daddr_be && a->id_be == b->id_be &&
			a->protocol == b->protocol && a->cutter == b->cutter;
}

struct lop_reasm_queue *
lop_reasm_find(struct lop_reasm *r, const struct lop_reasm_key *key)
{
	struct lop_reasm_queue *q = r->bucket[hash_of(r, key) % LOP_REASM_BUCKETS];

	while (q != NULL && !same_key(&q->key, key))
		q = q->next;
	return q;
}

static struct lop_reasm_source **
source_bucket(struct lop_reasm *r, uint32_t saddr_be)
{
	const uint64_t x = (uint64_t)(saddr_be ^ r->hash_key) * UINT64_C(0x9e3779b97f4a7c15);

	return &r->source[x >> 32 & (LOP_REASM_SOURCE_BUCKETS - 1)];
}

/* Where no record is left the sender goes unwatched, as when Linux has no memory for one. */
static struct lop_reasm_source *
source_get(struct lop_reasm *r, const struct lop_reasm_key *key)
{
	struct lop_reasm_source **head = source_bucket(r, key->saddr_be);
	struct lop_reasm_source *s = *head;

	while (s != NULL && (s->saddr_be != key->saddr_be || s->cutter != key->cutter))
		s = s->next;
	if (s == NULL && r->free_sources != NULL) {
		s = r->free_sources;
		r->free_sources = s->next;
		*s = (struct lop_reasm_source){
			.next = *head, .saddr_be = key->saddr_be, .cutter = key->cutter
		};
		*head = s;
	}
	if (s != NULL)
		s->users++;
	return s;
}

static void
source_put(struct lop_reasm *r, struct lop_reasm_source *s)
{
	struct lop_reasm_source **at;

	if (s == NULL || --s->users != 0)
		return;
	at = source_bucket(r, s->saddr_be);
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	s->next = r->free_sources;
	r->free_sources = s;
}

/* When the timer has to look next. */
static void
due_changed(struct lop_reasm *r)
{
	const struct lop_reasm_queue *q = TAILQ_FIRST(&r->by_due);

	lop_store(r->due_us, q == NULL ? UINT64_MAX : q->due_us);
}

/* In order of being due, also when ipfrag_time has just been made shorter. */
static void
arm(struct lop_worker *w, struct lop_reasm *r, struct lop_reasm_queue *q)
{
	struct lop_reasm_queue *before = TAILQ_LAST(&r->by_due, lop_reasm_due_list);

	q->due_us = lop_now(w) + lop_setting(w->lop, LOP_SETTING_IPFRAG_TIME) * UINT64_C(1000000);
	while (before != NULL && before->due_us > q->due_us)
		before = TAILQ_PREV(before, lop_reasm_due_list, by_due);
	if (before == NULL)
		TAILQ_INSERT_HEAD(&r->by_due, q, by_due);
	else
		TAILQ_INSERT_AFTER(&r->by_due, before, q, by_due);
	due_changed(r);
}

struct lop_reasm_queue *
lop_reasm_new(struct lop_worker *w, struct lop_reasm *r, const struct lop_reasm_key *key)
{
	struct rte_mbuf *self = rte_pktmbuf_alloc(w->lop->pool);
	struct lop_reasm_queue *q;

	if (self == NULL)
		return NULL;
	self->data_off = 0;
	q = rte_pktmbuf_mtod(self, struct lop_reasm_queue *);
	memset(q, 0, sizeof(*q));
	q->self = self;
	q->key = *key;
	q->csum_valid = true;
	if (lop_setting(w->lop, LOP_SETTING_IPFRAG_MAX_DIST) != 0)
		q->source = source_get(r, key);
	r->bytes += LOP_REASM_QUEUE_BYTES;
	q->bucket = hash_of(r, key) % LOP_REASM_BUCKETS;
	q->next = r->bucket[q->bucket];
	r->bucket[q->bucket] = q;
	arm(w, r, q);
	return q;
}

void
lop_reasm_restart(struct lop_worker *w, struct lop_reasm *r, struct lop_reasm_queue *q)
{
	lop_reasm_empty(w, r, q, LOP_DROP_REASM);
	TAILQ_REMOVE(&r->by_due, q, by_due);
	arm(w, r, q);
}

/* The last run that starts at or before start, and the first one behind. */
static void
neighbours(const struct lop_reasm_queue *q, uint32_t start, struct rte_mbuf **before,
		struct rte_mbuf **behind)
{
	const unsigned int group = start / 1024;
	const uint64_t below = q->groups & ((UINT64_C(1) << group) - 1);
	const uint64_t above = q->groups & ~(UINT64_MAX >> (63 - group));
	struct rte_mbuf *run = q->run[group];

	*before = NULL;
	while (run != NULL && lop_run_start(run) <= start) {
		*before = run;
		run = lop_run_next(run);
	}
	*behind = run;
	if (*behind == NULL && above != 0)
		*behind = q->run[__builtin_ctzll(above)];
	if (*before == NULL && below != 0) {
		run = q->run[63 - __builtin_clzll(below)];
		while (lop_run_next(run) != NULL)
			run = lop_run_next(run);
		*before = run;
	}
}

static void
add_run(struct lop_reasm_queue *q, struct rte_mbuf *m, struct rte_mbuf *before, uint32_t start,
		uint32_t end)
{
	const unsigned int group = start / 1024;

	m->hash.fdir.lo = start;
	m->hash.fdir.hi = end;
	if (before != NULL && lop_run_start(before) / 1024 == group) {
		m->tx_offload = before->tx_offload;
		before->tx_offload = (uintptr_t)m;
	} else {
		m->tx_offload = (uintptr_t)q->run[group];
		q->run[group] = m;
		q->groups |= UINT64_C(1) << group;
	}
}

enum lop_reasm_put
lop_reasm_put(struct lop_reasm_queue *q, struct rte_mbuf *m, uint32_t start, uint32_t end)
{
	struct rte_mbuf *before = q->last_run, *behind = NULL;

	/* in order, mostly: behind everything else */
	if (before != NULL && start < lop_run_end(before))
		neighbours(q, start, &before, &behind);
	if (before != NULL && start < lop_run_end(before))
		return end <= lop_run_end(before) ? LOP_REASM_DUPLICATE : LOP_REASM_OVERLAP;
	if (behind != NULL && end > lop_run_start(behind))
		return LOP_REASM_OVERLAP;

	lop_meta(m)->next = NULL;
	if (behind == NULL && before != NULL && start == lop_run_end(before)) {
		before->hash.fdir.hi = end;
		lop_meta(q->tail)->next = m;
		q->tail = m;
		return LOP_REASM_KEPT;
	}
	add_run(q, m, before, start, end);
	if (behind == NULL) {
		q->last_run = m;
		q->tail = m;
	}
	return LOP_REASM_KEPT;
}

/* Take the runs out one by one, in their order. NULL: none is left. */
static struct rte_mbuf *
take_run(struct lop_reasm_queue *q)
{
	struct rte_mbuf *run;
	unsigned int group;

	if (q->groups == 0)
		return NULL;
	group = __builtin_ctzll(q->groups);
	run = q->run[group];
	q->run[group] = lop_run_next(run);
	if (q->run[group] == NULL)
		q->groups &= q->groups - 1;
	run->tx_offload = 0;
	return run;
}

/* While the charge of a datagram is summed up, piece by piece. */
struct charge {
	uint32_t options_bytes;
	uint32_t sum;
	uint32_t tail_room; /* of the first one's buffer */
	bool in_pages;      /* nothing but pages came behind the first one yet */
};

static bool
is_paged(const struct charge *c, uint32_t bytes)
{
	return bytes + c->options_bytes >= LOP_PAGED_BYTES + sizeof(struct rte_udp_hdr);
}

static void
charge_first(struct charge *c, uint32_t bytes)
{
	/* the buffer holds two structures, room for a link header, the IPv4 header */
	const uint32_t used = 256 + 320 + 16 + sizeof(struct rte_ipv4_hdr);

	c->sum = lop_truesize_of(bytes, c->options_bytes);
	c->tail_room = is_paged(c, bytes) ? 0 : c->sum - used - c->options_bytes - bytes;
	c->in_pages = true;
}

/* Into the first one's buffer where it fits, or its pages to the first one's, or as it is. */
static void
charge_next(struct charge *c, uint32_t bytes)
{
	const bool paged = is_paged(c, bytes);

	if (bytes <= c->tail_room) {
		c->tail_room -= bytes;
		return;
	}
	c->tail_room = 0;
	c->in_pages &= paged;
	if (!paged)
		c->sum += lop_truesize_of(bytes, c->options_bytes);
	else
		c->sum += bytes + (c->in_pages ? 0 : lop_truesize(0));
}

uint32_t
lop_reasm_charge(const struct lop_reasm_queue *q)
{
	const uint32_t header = lop_ihl(q->run[0]);
	struct charge c = { .options_bytes = header - sizeof(struct rte_ipv4_hdr) };

	charge_first(&c, q->run[0]->pkt_len - header);
	for (uint64_t groups = q->groups; groups != 0; groups &= groups - 1) {
		const struct rte_mbuf *run = q->run[__builtin_ctzll(groups)];

		for (; run != NULL; run = lop_run_next(run)) {
			for (const struct rte_mbuf *m = run; m != NULL; m = lop_meta(m)->next) {
				if (m != q->run[0])
					charge_next(&c, m->pkt_len);
			}
		}
	}
	return c.sum;
}

struct rte_mbuf *
lop_reasm_join(struct lop_reasm_queue *q)
{
	struct rte_mbuf *first = q->run[0], *tail = NULL, *run, *m;

	first->hash.fdir.lo = first->pkt_len;
	while ((run = take_run(q)) != NULL) {
		for (m = run; m != NULL; m = lop_meta(m)->next) {
			if (tail != NULL) {
				tail->next = m;
				first->nb_segs += m->nb_segs;
				first->pkt_len += m->pkt_len;
			}
			tail = rte_pktmbuf_lastseg(m);
		}
	}
	q->last_run = NULL;
	q->tail = NULL;
	return first;
}

struct rte_mbuf *
lop_reasm_take_first(struct lop_reasm_queue *q)
{
	struct rte_mbuf *first, *rest;

	if (!q->first_in)
		return NULL;
	first = take_run(q);
	rest = lop_meta(first)->next;
	if (rest != NULL) {
		rest->tx_offload = (uintptr_t)q->run[0];
		q->run[0] = rest;
		q->groups |= 1;
	}
	return first;
}

void
lop_reasm_empty(struct lop_worker *w, struct lop_reasm *r, struct lop_reasm_queue *q,
		enum lop_drop_reason reason)
{
	struct rte_mbuf *m, *next;

	while ((m = take_run(q)) != NULL) {
		for (; m != NULL; m = next) {
			next = lop_meta(m)->next;
			lop_drop_packet(w, m, reason);
		}
	}
	r->bytes -= q->truesize;
	q->truesize = 0;
	q->bytes = 0;
	q->end = 0;
	q->first_in = false;
	q->last_in = false;
	q->csum_valid = true;
	q->ecn = 0;
	q->last_run = NULL;
	q->tail = NULL;
}

void
lop_reasm_remove(struct lop_reasm *r, struct lop_reasm_queue *q)
{
	struct lop_reasm_queue **at = &r->bucket[q->bucket];

	while (*at != q)
		at = &(*at)->next;
	*at = q->next;
	TAILQ_REMOVE(&r->by_due, q, by_due);
	source_put(r, q->source);
	r->bytes -= LOP_REASM_QUEUE_BYTES + q->truesize;
	rte_pktmbuf_free(q->self);
	due_changed(r);
}
