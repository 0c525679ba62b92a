/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include <rte_bitops.h>
#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include "contest.h"
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

/* What fits this subject. */
static uint16_t
slots_for(const struct lob_contest *t, const struct lob_subject *s)
{
	return s->peer->slots == 0 ? t->c.in_flight : RTE_MIN(t->c.in_flight, s->peer->slots);
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
run_round(struct lob_contest *t, struct lob_subject *s, uint64_t budget_tsc, double *mpps)
{
	struct lob_round r = {
		.subject = s,
		.c = t->c,
		.pool = t->b->pool,
		.mbufs = t->mbufs,
		.budget_tsc = budget_tsc,
	};
	struct rte_eth_stats tx, rx;
	int ret;

	r.c.in_flight = slots_for(t, s);
	ret = rte_eth_stats_get(s->tx_port, &tx);
	if (ret == 0)
		ret = rte_eth_stats_get(s->rx_port, &rx);
	if (ret != 0)
		return lob_round_fail(&r, "has no statistics: %s", rte_strerror(-ret));
	ret = t->sc->round(&r);
	if (ret == 0)
		ret = check_statistics(&r, &tx, &rx);
	if (ret == 0 && r.packets == 0)
		ret = lob_round_fail(&r, "carried nothing");
	*mpps = r.packets / (r.tsc * 1e6 / rte_get_tsc_hz());
	return ret;
}

/* All subjects in turn, each round beginning with another one. */
static int
run_rounds(struct lob_contest *t)
{
	const uint64_t budget_tsc = t->b->args.ms.v[0] * (rte_get_tsc_hz() / 1000);
	const unsigned int rounds = t->b->args.rounds.v[0];
	double warm_up;
	int ret = 0;

	lob_progress_step(t->sc->name);
	for (unsigned int s = 0; s < t->n && ret == 0; s++)
		ret = run_round(t, t->subjects[s], budget_tsc / 4, &warm_up);

	for (unsigned int i = 0; i < rounds && ret == 0; i++) {
		lob_progress_step(t->sc->name);
		for (unsigned int k = 0; k < t->n && ret == 0; k++) {
			const unsigned int s = (i + k) % t->n;

			ret = run_round(t, t->subjects[s], budget_tsc, &t->mpps[s][i]);
			if (lob_interrupted)
				ret = -EINTR;
		}
	}
	return ret;
}

static void
report(struct lob_contest *t)
{
	const double *ring = NULL;

	for (unsigned int s = 0; s < t->n; s++)
		if (t->subjects[s]->peer == &lob_peers[LOB_NET_RING])
			ring = t->mpps[s];

	lob_progress_hide();
	for (unsigned int s = 0; s < t->n; s++) {
		struct lob_result res = {
			.scenario = t->sc,
			.peer = t->subjects[s]->peer,
			.c = t->c,
		};

		res.c.in_flight = slots_for(t, t->subjects[s]);
		lob_result_fill(&res, t->mpps[s], ring, t->b->args.rounds.v[0]);
		lob_table_row(&res);
		lob_json_add(&res);
		t->b->results++;
	}
}

/* Start every subject that can take part. */
static void
gather(struct lob_contest *t)
{
	const uint16_t mtu = RTE_MAX(t->c.size_bytes, RTE_ETHER_MTU + RTE_ETHER_HDR_LEN) -
			RTE_ETHER_HDR_LEN;

	lob_progress_hide();
	t->n = 0;
	for (unsigned int i = 0; i < LOB_SUBJECTS; i++) {
		struct lob_subject *s = &t->b->subjects[i];

		if (s->peer == NULL || t->sc->flow != (i == LOB_NET_LO_FLOW))
			continue;
		if (t->sc->loops_only && !s->peer->loops)
			continue;
		if (lob_subject_start(s, t->b->pool, lob_depth(t->sc, t->c.in_flight), mtu) == 0)
			t->subjects[t->n++] = s;
	}
}

int
lob_contest(struct lob_contest *t)
{
	const uint16_t n = t->c.in_flight;
	uint8_t frame[LOB_SIZE_MAX];
	int ret;

	gather(t);
	if (t->n == 0)
		return 0;
	if (rte_pktmbuf_alloc_bulk(t->b->pool, t->mbufs, n) != 0) {
		fprintf(stderr, "lo-bench: %s: no %u mbufs left in the pool\n", t->sc->name, n);
		return -ENOMEM;
	}
	lob_packet_template(frame, t->c.size_bytes);
	for (uint16_t i = 0; i < n; i++) {
		lob_packet_write(t->mbufs[i], frame, t->c.size_bytes, i);
		if (t->sc->flow)
			lob_packet_randomise_flow(t->mbufs[i]);
	}
	ret = run_rounds(t);
	/* after a failure nobody knows who holds them */
	if (ret == 0 || ret == -EINTR)
		rte_pktmbuf_free_bulk(t->mbufs, n);
	if (ret == 0)
		report(t);
	return ret;
}
