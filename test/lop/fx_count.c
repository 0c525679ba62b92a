/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Which counters moved, said as text: "Ip.OutRequests+1 lo.tx_packets+1 drop.no_route+1". */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_stats.h"
#include "fx.h"

#define TEXT_MAX 4096

static const struct {
	const char *name;
	size_t off;
} if_counters[] = {
	{ "rx_packets", offsetof(struct lop_if_stats, rx_packets) },
	{ "rx_bytes", offsetof(struct lop_if_stats, rx_bytes) },
	{ "tx_packets", offsetof(struct lop_if_stats, tx_packets) },
	{ "tx_bytes", offsetof(struct lop_if_stats, tx_bytes) },
	{ "rx_dropped", offsetof(struct lop_if_stats, rx_dropped) },
	{ "tx_dropped", offsetof(struct lop_if_stats, tx_dropped) },
	{ "rx_otherhost_dropped", offsetof(struct lop_if_stats, rx_otherhost_dropped) },
};

static struct counters {
	uint64_t mib[LOP_MIB_COUNT];
	uint64_t drop[LOP_DROP_COUNT];
	struct lop_if_stats lo;
} marked;

static void
counters_read(struct lop *lop, struct counters *c)
{
	for (unsigned int i = 0; i < LOP_MIB_COUNT; i++)
		c->mib[i] = lop_mib_read(lop, i);
	for (unsigned int i = 0; i < LOP_DROP_COUNT; i++)
		c->drop[i] = lop_drop_read(lop, i);
	assert_int_equal(lop_if_stats(lop, LOP_LO_INDEX, &c->lo), 0);
}

uint64_t
fx_mib(const struct lop *lop, const char *group, const char *field)
{
	for (unsigned int i = 0; i < LOP_MIB_COUNT; i++) {
		if (strcmp(lop_mib_group(i), group) == 0 && strcmp(lop_mib_field(i), field) == 0)
			return lop_mib_read(lop, i);
	}
	fail_msg("no counter %s.%s", group, field);
	return 0;
}

void
fx_mark(struct lop *lop)
{
	counters_read(lop, &marked);
}

static void
say(char *text, const char *group, const char *field, uint64_t delta)
{
	const size_t used = strlen(text);

	if (delta != 0)
		snprintf(text + used, TEXT_MAX - used, "%s%s.%s+%" PRIu64, used == 0 ? "" : " ",
				group, field, delta);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The words in alphabetical order, so that two lists compare. */
static void
sort_words(const char *text, char *sorted)
{
	char copy[TEXT_MAX];
	char *words[256];
	unsigned int n = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *rest, *word = strtok_r(copy, " ", &rest); word != NULL;
			word = strtok_r(NULL, " ", &rest)) {
		assert_true(n < RTE_DIM(words));
		words[n++] = word;
	}
	qsort(words, n, sizeof(words[0]), compare);
	sorted[0] = '\0';
	for (unsigned int i = 0; i < n; i++)
		snprintf(sorted + strlen(sorted), TEXT_MAX - strlen(sorted), "%s%s",
				i == 0 ? "" : " ", words[i]);
}

void
fx_assert_moved(struct lop *lop, const char *deltas)
{
	char moved[TEXT_MAX] = "", have[TEXT_MAX], want[TEXT_MAX];
	struct counters now;

	counters_read(lop, &now);
	for (unsigned int i = 0; i < LOP_MIB_COUNT; i++)
		say(moved, lop_mib_group(i), lop_mib_field(i), now.mib[i] - marked.mib[i]);
	for (unsigned int i = 0; i < LOP_DROP_COUNT; i++)
		say(moved, "drop", lop_drop_name(i), now.drop[i] - marked.drop[i]);
	for (unsigned int i = 0; i < RTE_DIM(if_counters); i++) {
		const uint64_t *before = RTE_PTR_ADD(&marked.lo, if_counters[i].off);
		const uint64_t *after = RTE_PTR_ADD(&now.lo, if_counters[i].off);

		say(moved, "lo", if_counters[i].name, *after - *before);
	}
	sort_words(moved, have);
	sort_words(deltas, want);
	assert_string_equal(have, want);
	marked = now;
}
