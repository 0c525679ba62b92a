/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include <rte_bitops.h>
#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include "contest.h"
#include "latency.h"
#include "packet.h"
#include "progress.h"
#include "result.h"
#include "round.h"

/* What a driver's users mostly give it, and net_ring's fixed size. */
#define DEPTH_MIN 1024

uint16_t
lob_depth(const struct lob_scenario *sc, uint16_t in_flight)
{
	const uint32_t queues = lob_peers[LOB_NET_LO_FLOW].nb_rxq;

	/* with room for a queue that gets four times its share of the flows */
	return rte_align32pow2(sc->flow ? RTE_MAX(4 * in_flight / queues, 64U)
					: RTE_MAX(in_flight, DEPTH_MIN));
}

/* What fits this contestant. */
static uint16_t
slots_for(const struct lob_contest *t, const struct lob_contestant *s)
{
	const uint16_t slots = s->subject != NULL ? s->subject->peer->slots : 0;

	return slots == 0 ? t->c.in_flight : RTE_MIN(t->c.in_flight, slots);
}

/* Packets of the device's own count beside the round's. */
static int
check_statistics(const struct lob_round *r, const struct rte_eth_stats *tx_before,
		const struct rte_eth_stats *rx_before)
{
	struct rte_eth_stats tx, rx;
	int ret = rte_eth_stats_get(r->subject->tx_port, &tx);

	if (ret == 0)
		ret = rte_eth_stats_get(r->subject->rx_port, &rx);
	if (ret != 0)
		return lob_round_fail(r, "has no statistics: %s", rte_strerror(-ret));
	if (r->subject->peer->loops && r->sent != r->received)
		return lob_round_fail(r, "%" PRIu64 " packets sent, %" PRIu64 " received", r->sent,
				r->received);
	if (tx.opackets - tx_before->opackets != r->sent ||
			rx.ipackets - rx_before->ipackets != r->received)
		return lob_round_fail(r,
				"%" PRIu64 " packets sent and %" PRIu64 " received, but its "
				"statistics say %" PRIu64 " and %" PRIu64,
				r->sent, r->received, tx.opackets - tx_before->opackets,
				rx.ipackets - rx_before->ipackets);
	return 0;
}

static int
driver_round(const struct lob_contestant *s, struct lob_round *r)
{
	struct rte_eth_stats tx, rx;
	int ret;

	r->subject = s->subject;
	ret = rte_eth_stats_get(s->subject->tx_port, &tx);
	if (ret == 0)
		ret = rte_eth_stats_get(s->subject->rx_port, &rx);
	if (ret != 0)
		return lob_round_fail(r, "has no statistics: %s", rte_strerror(-ret));
	ret = s->round(r);
	return ret == 0 ? check_statistics(r, &tx, &rx) : ret;
}

static int
run_round(struct lob_contest *t, struct lob_contestant *s, uint64_t budget_tsc, double *mpps)
{
	struct lob_round r = {
		.c = t->c,
		.pool = t->b->pool,
		.mbufs = t->mbufs,
		.budget_tsc = budget_tsc,
	};
	int ret;

	r.c.in_flight = slots_for(t, s);
	ret = s->subject != NULL ? driver_round(s, &r) : lob_path_round(&s->path, &r);
	if (ret == 0 && r.packets == 0)
		ret = lob_round_fail(&r, "carried nothing");
	*mpps = r.packets / (r.tsc * 1e6 / rte_get_tsc_hz());
	return ret;
}

/* All in turn, each round beginning with another one. */
static int
run_rounds(struct lob_contest *t)
{
	const uint64_t budget_tsc = t->b->args.ms.v[0] * (rte_get_tsc_hz() / 1000);
	const unsigned int rounds = t->b->args.rounds.v[0];
	double warm_up;
	int ret = 0;

	lob_progress_step(t->sc->name);
	for (unsigned int s = 0; s < t->n && ret == 0; s++) {
		struct lob_latency *latency = t->contestants[s].path.latency;

		ret = run_round(t, &t->contestants[s], budget_tsc / 4, &warm_up);
		if (latency != NULL)
			memset(latency, 0, sizeof(*latency));
	}

	for (unsigned int i = 0; i < rounds && ret == 0; i++) {
		lob_progress_step(t->sc->name);
		for (unsigned int k = 0; k < t->n && ret == 0; k++) {
			const unsigned int s = (i + k) % t->n;

			ret = run_round(t, &t->contestants[s], budget_tsc,
					&t->contestants[s].mpps[i]);
			if (lob_interrupted)
				ret = -EINTR;
		}
	}
	return ret;
}

/* What the others' ratio is to, or NULL. */
static const struct lob_contestant *
base_of(const struct lob_contest *t)
{
	for (unsigned int s = 0; s < t->n; s++) {
		const struct lob_contestant *c = &t->contestants[s];

		if (t->heat == NULL ? c->subject->peer == &lob_peers[LOB_NET_RING]
				    : c->entry == &t->heat->entries[t->heat->base])
			return c;
	}
	return NULL;
}

/* What only this scenario has. */
static void
fill_more(const struct lob_contest *t, const struct lob_contestant *s, double base_cycles,
		struct lob_result *res)
{
	const struct lob_latency *latency = s->path.latency;
	const double ns_per_tsc = 1e9 / rte_get_tsc_hz();

	if (latency != NULL) {
		lob_result_more(res, "p50_ns", lob_latency_at(latency, 0.5) * ns_per_tsc);
		lob_result_more(res, "p99_ns", lob_latency_at(latency, 0.99) * ns_per_tsc);
		lob_result_more(res, "p999_ns", lob_latency_at(latency, 0.999) * ns_per_tsc);
	}
	if (t->sc->costs && !isnan(res->ratio))
		lob_result_more(res, "cost_ratio", 1 / res->ratio);
	if (t->heat != NULL && t->heat->per_n != NULL && base_cycles != 0) {
		const unsigned int base_n = t->heat->entries[t->heat->base].n;

		if (s->entry->n > base_n)
			lob_result_more(res, t->heat->per_n,
					(res->cycles_per_packet - base_cycles) * res->c.burst /
							(s->entry->n - base_n));
	}
}

static void
report(struct lob_contest *t)
{
	const struct lob_contestant *base = base_of(t);
	const unsigned int rounds = t->b->args.rounds.v[0];
	double base_cycles = 0;

	if (base != NULL) {
		struct lob_result res;

		lob_result_fill(&res, base->mpps, NULL, rounds);
		base_cycles = res.cycles_per_packet;
	}
	lob_progress_hide();
	for (unsigned int i = 0; i < t->n; i++) {
		const struct lob_contestant *s = &t->contestants[i];
		struct lob_result res = {
			.scenario = t->sc,
			.subject = s->name,
			.note = s->note,
			.c = t->c,
		};

		res.c.in_flight = slots_for(t, s);
		lob_result_fill(&res, s->mpps, base == NULL ? NULL : base->mpps, rounds);
		fill_more(t, s, base_cycles, &res);
		lob_table_row(&res);
		lob_json_add(&res);
		t->b->results++;
	}
}

static int
start_driver(const struct lob_contest *t, struct lob_subject *s)
{
	const uint16_t mtu = RTE_MAX(t->c.size_bytes, RTE_ETHER_MTU + RTE_ETHER_HDR_LEN) -
			RTE_ETHER_HDR_LEN;

	return lob_subject_start(s, t->b->pool, lob_depth(t->sc, t->c.in_flight), mtu);
}

/* Start every driver that can take part. */
static void
gather_drivers(struct lob_contest *t)
{
	for (unsigned int i = 0; i < LOB_SUBJECTS; i++) {
		struct lob_subject *s = &t->b->subjects[i];

		if (s->peer == NULL || t->sc->flow != (i == LOB_NET_LO_FLOW))
			continue;
		if (t->sc->loops_only && !s->peer->loops)
			continue;
		if (start_driver(t, s) == 0)
			t->contestants[t->n++] = (struct lob_contestant){
				.name = s->peer->name,
				.note = s->peer->note,
				.subject = s,
				.round = t->sc->round,
			};
	}
}

/* Open every entry that can take part. */
static void
gather_entries(struct lob_contest *t)
{
	for (unsigned int i = 0; i < t->heat->n; i++) {
		const struct lob_entry *entry = &t->heat->entries[i];
		struct lob_contestant *s = &t->contestants[t->n];

		*s = (struct lob_contestant){
			.name = entry->title,
			.note = entry->note,
			.entry = entry,
		};
		if (entry->kind == LOB_KIND_NET_RING) {
			s->subject = &t->b->subjects[LOB_NET_RING];
			s->round = entry->round;
			t->n += s->subject->peer != NULL && start_driver(t, s->subject) == 0;
		} else {
			t->n += lob_path_open(&s->path, entry, &t->c) == 0;
		}
	}
}

/* 0, or -EIO: mbufs are missing. */
static int
dismiss(struct lob_contest *t)
{
	int ret = 0;

	for (unsigned int i = 0; i < t->n; i++) {
		struct lob_contestant *s = &t->contestants[i];

		if (s->subject == NULL && lob_path_close(&s->path) != 0)
			ret = -EIO;
	}
	return ret;
}

/* The mbufs that drivers send round. */
static int
write_packets(struct lob_contest *t)
{
	uint8_t frame[LOB_SIZE_MAX];

	if (rte_pktmbuf_alloc_bulk(t->b->pool, t->mbufs, t->c.in_flight) != 0) {
		fprintf(stderr, "lo-bench: %s: no %u mbufs left in the pool\n", t->sc->name,
				t->c.in_flight);
		return -ENOMEM;
	}
	lob_packet_template(frame, t->c.size_bytes);
	for (uint16_t i = 0; i < t->c.in_flight; i++) {
		lob_packet_write(t->mbufs[i], frame, t->c.size_bytes, i);
		if (t->sc->flow)
			lob_packet_randomise_flow(t->mbufs[i]);
	}
	return 0;
}

static int
contest_drivers(struct lob_contest *t)
{
	int ret;

	gather_drivers(t);
	if (t->n == 0)
		return 0;
	ret = write_packets(t);
	if (ret != 0)
		return ret;
	ret = run_rounds(t);
	/* after a failure nobody knows who holds them */
	if (ret == 0 || ret == -EINTR)
		rte_pktmbuf_free_bulk(t->mbufs, t->c.in_flight);
	if (ret == 0)
		report(t);
	return ret;
}

static int
contest_entries(struct lob_contest *t)
{
	int ret = 0, missing;

	gather_entries(t);
	if (t->n != 0)
		ret = run_rounds(t);
	if (t->n != 0 && ret == 0)
		report(t);
	missing = dismiss(t);
	return ret == 0 ? missing : ret;
}

int
lob_contest(struct lob_contest *t)
{
	lob_progress_hide();
	t->n = 0;
	return t->heat == NULL ? contest_drivers(t) : contest_entries(t);
}
