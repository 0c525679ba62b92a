/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include <errno.h>
#include <stdio.h>

#include <rte_common.h>
#include <rte_ether.h>
#include <rte_lcore.h>

#include "contest.h"
#include "machine.h"
#include "progress.h"
#include "result.h"
#include "run.h"

volatile sig_atomic_t lob_interrupted;

static struct lob_list
one(uint32_t v)
{
	return (struct lob_list){ .v = { v }, .n = 1 };
}

struct lob_list
lob_burst_of(const struct lob_args *args, const struct lob_scenario *sc)
{
	return args->burst.n != 0 && !sc->fixed ? args->burst : sc->burst;
}

struct lob_list
lob_size_of(const struct lob_args *args, const struct lob_scenario *sc)
{
	return args->size_bytes.n != 0 ? args->size_bytes : one(sc->size_bytes);
}

static struct lob_list
in_flight_of(const struct lob_args *args, const struct lob_scenario *sc)
{
	return args->in_flight.n != 0 && !sc->fixed ? args->in_flight : one(sc->in_flight);
}

uint16_t
lob_in_flight_max(const struct lob_args *args)
{
	uint32_t max = 0;

	for (unsigned int i = 0; i < args->scenarios.n; i++) {
		const struct lob_list list = in_flight_of(
				args, &lob_scenarios[args->scenarios.v[i]]);

		for (unsigned int k = 0; k < list.n; k++)
			max = RTE_MAX(max, list.v[k]);
	}
	return max;
}

/* Scenarios that do not obey --touch have one kind of work. */
static struct lob_list
touch_of(const struct lob_args *args, const struct lob_scenario *sc)
{
	return sc->touches ? args->touch : one(sc->touch);
}

static bool
can_run(struct lob_bench *b, const struct lob_scenario *sc)
{
	unsigned int subjects = 0;

	if (rte_lcore_count() < sc->lcores) {
		printf("%s: skipped: needs %u lcores, the EAL has %u\n", sc->name, sc->lcores,
				rte_lcore_count());
		b->skipped++;
		return false;
	}
	if (lob_is_path(sc) || sc->measure != NULL)
		return true;
	for (unsigned int i = 0; i < LOB_SUBJECTS; i++) {
		const struct lob_peer *peer = b->subjects[i].peer;

		if (peer == NULL || sc->flow != (i == LOB_NET_LO_FLOW))
			continue;
		if (sc->loops_only && !peer->loops)
			printf("%s: left out of %s: does not return what it is sent\n", peer->name,
					sc->name);
		else
			subjects++;
	}
	if (subjects == 0)
		printf("%s: left out: no driver to measure\n", sc->name);
	return subjects != 0;
}

/* What the in-flight numbers of a scenario cannot be for everyone. */
static void
note_slots(const struct lob_bench *b, const struct lob_scenario *sc,
		const struct lob_list *in_flight)
{
	uint32_t max = 0;

	for (unsigned int i = 0; i < in_flight->n; i++)
		max = RTE_MAX(max, in_flight->v[i]);
	for (unsigned int i = 0; i < LOB_SUBJECTS && !sc->flow; i++) {
		const struct lob_peer *peer = b->subjects[i].peer;

		if (lob_is_path(sc) && i != LOB_NET_RING)
			continue;
		if (peer != NULL && peer->slots != 0 && peer->slots < max)
			printf("%s: holds %u packets, so no more are in flight there\n", peer->name,
					peer->slots);
	}
}

static bool
possible(const struct lob_contest *t, bool tell)
{
	if (lob_is_path(t->sc) && t->c.size_bytes > LOB_PATH_SIZE_MAX) {
		if (tell)
			printf("%s: %u bytes: left out: more than %u do not fit into an mbuf of "
			       "liblop\n",
					t->sc->name, t->c.size_bytes, LOB_PATH_SIZE_MAX);
		return false;
	}
	if (t->c.burst <= t->c.in_flight)
		return true;
	if (tell)
		printf("%s: burst %u with %u in flight: left out: a burst would not be full\n",
				t->sc->name, t->c.burst, t->c.in_flight);
	return false;
}

static int
run_case(struct lob_contest *t)
{
	int ret = 0;

	t->heat = NULL;
	if (!lob_is_path(t->sc))
		return lob_contest(t);
	for (unsigned int i = 0; i < t->sc->nb_heats && ret == 0; i++) {
		t->heat = &t->sc->heats[i];
		ret = lob_contest(t);
	}
	return ret;
}

/* Every case of a scenario, in the order of its lists; only counted when count is given. */
static int
run_scenario(struct lob_contest *t, unsigned int *count)
{
	const struct lob_args *args = &t->b->args;
	const struct lob_list in_flight = in_flight_of(args, t->sc), touch = touch_of(args, t->sc);
	const struct lob_list burst = lob_burst_of(args, t->sc), size = lob_size_of(args, t->sc);
	const unsigned int cases = burst.n * in_flight.n * size.n * touch.n;
	int ret = 0;

	for (unsigned int i = 0; i < cases && ret == 0; i++) {
		unsigned int k = i;

		/* the last list turns fastest */
		t->c.touch = touch.v[k % touch.n];
		k /= touch.n;
		t->c.size_bytes = size.v[k % size.n];
		k /= size.n;
		t->c.in_flight = in_flight.v[k % in_flight.n];
		k /= in_flight.n;
		t->c.burst = burst.v[k];
		if (t->c.in_flight == 0)
			t->c.in_flight = t->c.burst;

		if (!possible(t, count == NULL && t->c.touch == touch.v[0]))
			continue;
		if (count != NULL)
			*count += RTE_MAX(t->sc->nb_heats, 1U);
		else
			ret = run_case(t);
	}
	return ret;
}

/* Also shows early which drivers do not start. */
static void
print_burst_modes(struct lob_bench *b)
{
	for (unsigned int i = 0; i < LOB_SUBJECTS; i++) {
		const struct lob_scenario
				*sc = &lob_scenarios[i == LOB_NET_LO_FLOW ? LOB_FLOW : LOB_LOOP];
		struct lob_subject *s = &b->subjects[i];

		if (s->peer != NULL &&
				lob_subject_start(s, b->pool, lob_depth(sc, sc->in_flight),
						RTE_ETHER_MTU) == 0)
			lob_burst_mode_print(s);
	}
}

int
lob_run(struct lob_bench *b)
{
	static struct lob_contest t;
	const struct lob_list *list = &b->args.scenarios;
	bool can[LOB_SCENARIOS] = { false };
	unsigned int cases = 0;
	int ret = 0;

	print_burst_modes(b);
	t.b = b;
	for (unsigned int i = 0; i < list->n; i++) {
		t.sc = &lob_scenarios[list->v[i]];
		can[i] = can_run(b, t.sc);
		if (can[i] && t.sc->measure == NULL)
			run_scenario(&t, &cases);
	}

	/* a step for each round and one for warming up */
	lob_progress_start(cases * (b->args.rounds.v[0] + 1));
	for (unsigned int i = 0; i < list->n && ret == 0; i++) {
		struct lob_list in_flight;

		if (!can[i])
			continue;
		t.sc = &lob_scenarios[list->v[i]];
		in_flight = in_flight_of(&b->args, t.sc);
		lob_progress_hide();
		lob_table_title(t.sc);
		note_slots(b, t.sc, &in_flight);
		ret = t.sc->measure != NULL ? t.sc->measure(b, t.sc) : run_scenario(&t, NULL);
	}
	lob_progress_hide();
	return ret;
}
