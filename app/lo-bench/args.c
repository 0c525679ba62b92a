/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_string_fns.h>

#include "args.h"
#include "scenario.h"
#include "subject.h"

struct word {
	const char *word;
	const char *also;
};

static const struct word touch_words[] = {
	[LOB_TOUCH_NONE] = { "none", "none" },
	[LOB_TOUCH_READ] = { "read", "read-header" },
	[LOB_TOUCH_REWRITE] = { "rewrite", "rewrite-header" },
};

/* In the order of lob_peers. */
static const struct word peer_words[LOB_PEERS] = {
	[LOB_NET_LO] = { "net_lo", "lo" },
	[LOB_NET_RING] = { "net_ring", "ring" },
	[LOB_NET_NULL] = { "net_null", "null" },
	[LOB_NET_MEMIF] = { "net_memif", "memif" },
};

enum opt_kind {
	OPT_NUMBERS,
	OPT_NUMBER,
	OPT_WORDS,
	OPT_PATH,
	OPT_HELP,
};

/* Every option: the parser, the refusals and the help come from these rows. */
static const struct opt {
	const char *name;
	const char *arg; /* as the help shows it */
	const char *def;
	const char *help;
	enum opt_kind kind;
	size_t off;
	uint32_t min, max;
	const struct word *words;
	unsigned int nb_words;
} opts[] = {
	{ "burst", "LIST", NULL, "packets per burst (1,32,256; udp, udp-random: 1,32,64)",
			OPT_NUMBERS, offsetof(struct lob_args, burst), 1, LOB_BURST_MAX, NULL, 0 },
	{ "in-flight", "LIST", NULL,
			"mbufs going round (512; flow: 2048; udp, udp-random: a burst)",
			OPT_NUMBERS, offsetof(struct lob_args, in_flight), 32, LOB_IN_FLIGHT_MAX,
			NULL, 0 },
	{ "size", "LIST", NULL, "bytes of a frame in memory, without FCS (64; the path: 60)",
			OPT_NUMBERS, offsetof(struct lob_args, size_bytes), LOB_SIZE_MIN,
			LOB_SIZE_MAX, NULL, 0 },
	{ "touch", "LIST", "none,read,rewrite", "header work per packet", OPT_WORDS,
			offsetof(struct lob_args, touch), 0, 0, touch_words, RTE_DIM(touch_words) },
	{ "peers", "LIST", "net_lo,net_ring,net_null,net_memif", "drivers to measure", OPT_WORDS,
			offsetof(struct lob_args, peers), 0, 0, peer_words, RTE_DIM(peer_words) },
	{ "rounds", "N", "5", "rounds per case; results are medians", OPT_NUMBER,
			offsetof(struct lob_args, rounds), 5, LOB_ROUNDS_MAX, NULL, 0 },
	{ "ms", "N", "100", "milliseconds per round and driver", OPT_NUMBER,
			offsetof(struct lob_args, ms), 1, 60000, NULL, 0 },
	{ "json", "FILE", NULL, "write the results there too", OPT_PATH,
			offsetof(struct lob_args, json_path), 0, 0, NULL, 0 },
	{ "pcap", "FILE", NULL, "loop: send this capture's frames, check every byte", OPT_PATH,
			offsetof(struct lob_args, pcap_path), 0, 0, NULL, 0 },
	{ "help", "", NULL, "this text", OPT_HELP, 0, 0, 0, NULL, 0 },
};

const char *
lob_touch_name(enum lob_touch touch)
{
	return touch_words[touch].also;
}

static void
refuse_word(const struct opt *opt, const char *value)
{
	fprintf(stderr, "lo-bench: --%s: \"%s\": want", opt->name, value);
	for (unsigned int i = 0; i < opt->nb_words; i++)
		fprintf(stderr, "%s %s", i == 0 ? "" : ",", opt->words[i].word);
	fprintf(stderr, "\n");
}

static int
parse_word(const struct opt *opt, const char *value, uint32_t *v)
{
	for (*v = 0; *v < opt->nb_words; (*v)++)
		if (strcmp(value, opt->words[*v].word) == 0 ||
				strcmp(value, opt->words[*v].also) == 0)
			return 0;

	refuse_word(opt, value);
	return -EINVAL;
}

static int
parse_number(const struct opt *opt, const char *value, uint32_t *v)
{
	unsigned long n = 0;
	char *end = NULL;

	/* strtoul() alone would take blanks and signs */
	if (value[0] >= '0' && value[0] <= '9') {
		errno = 0;
		n = strtoul(value, &end, 10);
	}
	if (end == NULL || *end != '\0' || errno != 0 || n < opt->min || n > opt->max) {
		fprintf(stderr, "lo-bench: --%s: \"%s\": want %u to %u (%s)\n", opt->name, value,
				opt->min, opt->max, opt->help);
		return -EINVAL;
	}
	*v = n;
	return 0;
}

static int
list_add(struct lob_list *list, const char *what, const char *value, uint32_t v)
{
	for (unsigned int i = 0; i < list->n; i++)
		if (list->v[i] == v) {
			fprintf(stderr, "lo-bench: %s: \"%s\": want each value once\n", what,
					value);
			return -EINVAL;
		}
	if (list->n == LOB_LIST_MAX) {
		fprintf(stderr, "lo-bench: %s: \"%s\": want at most %u values\n", what, value,
				LOB_LIST_MAX);
		return -EINVAL;
	}
	list->v[list->n++] = v;
	return 0;
}

static int
parse_list(const struct opt *opt, const char *value, struct lob_list *list)
{
	char copy[256], what[32];
	char *rest = copy;

	list->n = 0;
	snprintf(what, sizeof(what), "--%s", opt->name);
	if (rte_strscpy(copy, value, sizeof(copy)) < 0) {
		fprintf(stderr, "lo-bench: %s: \"%s\": want at most %zu characters\n", what, value,
				sizeof(copy) - 1);
		return -EINVAL;
	}

	do {
		/* a single number has no commas to split at */
		const char *item = opt->kind == OPT_NUMBER ? copy : strsep(&rest, ",");
		uint32_t v;
		int ret;

		ret = opt->kind == OPT_WORDS ? parse_word(opt, item, &v)
					     : parse_number(opt, item, &v);
		if (ret == 0)
			ret = list_add(list, what, item, v);
		if (ret != 0)
			return ret;
	} while (opt->kind != OPT_NUMBER && rest != NULL);

	return 0;
}

static int
parse_opt(const struct opt *opt, const char *value, struct lob_args *args)
{
	void *field = RTE_PTR_ADD(args, opt->off);

	if (opt->kind != OPT_PATH)
		return parse_list(opt, value, field);

	if (value[0] == '\0') {
		fprintf(stderr, "lo-bench: --%s: \"\": want a file's name\n", opt->name);
		return -EINVAL;
	}
	*(const char **)field = value;
	return 0;
}

static int
parse_scenario(const char *value, struct lob_list *scenarios)
{
	for (uint32_t i = 0; i < LOB_SCENARIOS; i++)
		if (strcmp(value, lob_scenarios[i].name) == 0)
			return list_add(scenarios, "scenario", value, i);

	fprintf(stderr, "lo-bench: scenario: \"%s\": want", value);
	for (uint32_t i = 0; i < LOB_SCENARIOS; i++)
		fprintf(stderr, "%s %s", i == 0 ? "" : ",", lob_scenarios[i].name);
	fprintf(stderr, "\n");
	return -EINVAL;
}

/* What each option allows but the options together do not. */
static int
check_together(const struct lob_args *args)
{
	if (args->pcap_path == NULL)
		return 0;
	if (args->scenarios.n != 1 || args->scenarios.v[0] != LOB_LOOP) {
		fprintf(stderr, "lo-bench: --pcap: \"%s\": want it with the scenario loop alone\n",
				args->pcap_path);
		return -EINVAL;
	}
	if (args->json_path != NULL) {
		fprintf(stderr,
				"lo-bench: --json: \"%s\": want it without --pcap, which measures "
				"nothing\n",
				args->json_path);
		return -EINVAL;
	}
	return 0;
}

static void
refuse_option(int val, const char *arg)
{
	const char letter[] = { '-', optopt, '\0' };

	/* a cluster of letters does not move optind before its end */
	if (optopt != 0)
		arg = letter;
	fprintf(stderr, "lo-bench: %s: want %s\n", arg,
			val == ':' ? "a value behind it" : "an option of --help");
}

int
lob_args_parse(int argc, char **argv, struct lob_args *args)
{
	struct option longopts[RTE_DIM(opts) + 1] = { 0 };
	int index, ret, val;

	memset(args, 0, sizeof(*args));
	for (unsigned int i = 0; i < RTE_DIM(opts); i++) {
		longopts[i].name = opts[i].name;
		longopts[i].has_arg = opts[i].kind == OPT_HELP ? no_argument : required_argument;
		if (opts[i].def == NULL)
			continue;
		ret = parse_opt(&opts[i], opts[i].def, args);
		if (ret != 0)
			return ret;
	}

	optind = 1;
	opterr = 0;
	while ((val = getopt_long(argc, argv, ":", longopts, &index)) != -1) {
		if (val != 0) {
			refuse_option(val, argv[optind - 1]);
			return -EINVAL;
		}
		if (opts[index].kind == OPT_HELP)
			return 1;
		ret = parse_opt(&opts[index], optarg, args);
		if (ret != 0)
			return ret;
	}
	for (int i = optind; i < argc; i++) {
		ret = parse_scenario(argv[i], &args->scenarios);
		if (ret != 0)
			return ret;
	}

	ret = check_together(args);
	if (ret != 0)
		return ret;
	for (uint32_t i = 0; args->scenarios.n < LOB_SCENARIOS && optind == argc; i++)
		args->scenarios.v[args->scenarios.n++] = i;
	return 0;
}

void
lob_args_help(void)
{
	printf("Usage: lo-bench EAL-OPTIONS -- [SCENARIO ...] [OPTIONS]\n"
	       "\n"
	       "Measures net_lo beside other drivers, in one process, in turn, round by round.\n"
	       "\n"
	       "Scenarios (all of them when none is named):\n");
	for (unsigned int i = 0; i < LOB_SCENARIOS; i++)
		printf("  %-18s %s\n", lob_scenarios[i].name, lob_scenarios[i].help);
	printf("\nOptions (a LIST has commas):\n");
	for (unsigned int i = 0; i < RTE_DIM(opts); i++) {
		char head[32];

		snprintf(head, sizeof(head), "--%s %s", opts[i].name, opts[i].arg);
		printf("  %-18s %s", head, opts[i].help);
		if (opts[i].kind == OPT_NUMBERS || opts[i].kind == OPT_NUMBER)
			printf(", %u to %u", opts[i].min, opts[i].max);
		if (opts[i].def != NULL)
			printf(" [%s]", opts[i].def);
		printf("\n");
	}
	printf("\n"
	       "flow transmits its packets in the order of a fixed table, a random flow each, so\n"
	       "that neighbours in a burst belong to different queues; then it polls all 64 "
	       "receive\n"
	       "queues until they are empty. No packet is written, its flow decides its queue "
	       "again\n"
	       "on every lap.\n"
	       "\n"
	       "floor, flow and the scenarios of the path have work of their own and do not obey\n"
	       "--touch. udp-call, udp-mmsg, rtt, rtt-xcore and scale have a burst of their own "
	       "and\n"
	       "do not obey --burst and --in-flight.\n"
	       "Exit status: 0 measured, 1 something failed, 2 the arguments were refused.\n");
}
