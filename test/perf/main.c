/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * lo-designs: what the designs of the ring cost, in turn, round by round.
 */

#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_version.h>

#include "bench.h"

#define DESIGNS_MAX 64

/* Every option: the parser, the refusals and the help come from these rows. */
static const struct opt {
	const char *name;
	const char *help;
	size_t off;
	uint32_t min, max, def;
} opts[] = {
	{ "burst", "packets per burst", offsetof(struct lod_case, burst), 1, LOD_BURST_MAX, 32 },
	{ "in-flight", "mbufs going round", offsetof(struct lod_case, in_flight), 1, LOD_SLOTS_MAX,
			32 },
	{ "slots", "of the ring; designs with blocks want multiples of 32",
			offsetof(struct lod_case, slots), 32, LOD_SLOTS_MAX, 1024 },
	{ "stride", "bytes from mbuf to mbuf", offsetof(struct lod_case, stride_bytes), 320, 16384,
			2368 },
	{ "rounds", "per design", offsetof(struct lod_case, rounds), 1, 100000, 200 },
	{ "bursts", "per round", offsetof(struct lod_case, bursts), 1, 10000000, 2000 },
};

static void
help(void)
{
	printf("Usage: lo-designs [OPTIONS] [DESIGN ...]\n"
	       "\n"
	       "TSC cycles per packet of each design of a receive ring, best and median round.\n"
	       "The ratio is to the best round of the first design.\n"
	       "\n");
	for (unsigned int i = 0; i < RTE_DIM(opts); i++)
		printf("  --%-11s %s, %u to %u [%u]\n", opts[i].name, opts[i].help, opts[i].min,
				opts[i].max, opts[i].def);
	printf("  --rewrite     rewrite each packet's header between receiving and sending it;\n"
	       "                with --cross the sender does, and the receiver reads it\n"
	       "  --cross       one core transmits, another receives\n"
	       "  --help        this text\n"
	       "\n");
	for (const struct lod_design *d = lod_designs; d->name != NULL; d++)
		printf("  %-15s %s\n", d->name, d->what);
}

static int
number_parse(const struct opt *opt, const char *value, struct lod_case *c)
{
	unsigned long n = 0;
	char *end = NULL;

	/* strtoul() alone would take blanks and signs */
	if (value[0] >= '0' && value[0] <= '9') {
		errno = 0;
		n = strtoul(value, &end, 10);
	}
	if (end == NULL || *end != '\0' || errno != 0 || n < opt->min || n > opt->max) {
		fprintf(stderr, "lo-designs: --%s: \"%s\": want %u to %u (%s)\n", opt->name, value,
				opt->min, opt->max, opt->help);
		return -EINVAL;
	}
	*(uint32_t *)RTE_PTR_ADD(c, opt->off) = n;
	return 0;
}

static const struct lod_design *
design_find(const char *name)
{
	for (const struct lod_design *d = lod_designs; d->name != NULL; d++)
		if (strcmp(name, d->name) == 0)
			return d;
	return NULL;
}

static int
together_check(const struct lod_case *c)
{
	cpu_set_t cpus;

	if (c->slots % 32 != 0) {
		fprintf(stderr, "lo-designs: --slots: \"%u\": want a multiple of 32\n", c->slots);
		return -EINVAL;
	}
	if (!c->cross && (c->in_flight > c->slots || c->in_flight < c->burst)) {
		fprintf(stderr,
				"lo-designs: --in-flight: \"%u\": want %u to %u, a burst to all "
				"slots\n",
				c->in_flight, c->burst, c->slots);
		return -EINVAL;
	}
	if (c->burst > c->slots) {
		fprintf(stderr, "lo-designs: --burst: \"%u\": want at most %u, all slots\n",
				c->burst, c->slots);
		return -EINVAL;
	}
	if (c->cross && (sched_getaffinity(0, sizeof(cpus), &cpus) != 0 || CPU_COUNT(&cpus) < 2)) {
		fprintf(stderr, "lo-designs: --cross: want two CPUs to run on\n");
		return -EINVAL;
	}
	return 0;
}

/* 0, 1 after --help, -errno. */
static int
args_parse(int argc, char **argv, struct lod_case *c, const struct lod_design **designs)
{
	struct option longopts[RTE_DIM(opts) + 4] = { 0 };
	unsigned int n = 0;
	int i, val;

	for (i = 0; i < (int)RTE_DIM(opts); i++) {
		*(uint32_t *)RTE_PTR_ADD(c, opts[i].off) = opts[i].def;
		longopts[i] = (struct option){ opts[i].name, required_argument, NULL, 0 };
	}
	longopts[i++] = (struct option){ "rewrite", no_argument, NULL, 'r' };
	longopts[i++] = (struct option){ "cross", no_argument, NULL, 'c' };
	longopts[i++] = (struct option){ "help", no_argument, NULL, 'h' };

	/* getopt_long() has a line for what is no option */
	while ((val = getopt_long(argc, argv, "", longopts, &i)) != -1) {
		if (val == 'h')
			return 1;
		if (val == '?' || (val == 0 && number_parse(&opts[i], optarg, c) != 0))
			return -EINVAL;
		c->rewrite |= val == 'r';
		c->cross |= val == 'c';
	}
	for (i = optind; i < argc && n < DESIGNS_MAX - 1; i++) {
		designs[n] = design_find(argv[i]);
		if (designs[n++] == NULL) {
			fprintf(stderr, "lo-designs: design \"%s\": want one of --help\n", argv[i]);
			return -EINVAL;
		}
	}
	for (i = 0; optind == argc && lod_designs[i].name != NULL; i++)
		if (lod_design_runs_here(&lod_designs[i]))
			designs[n++] = &lod_designs[i];
	designs[n] = NULL;

	return together_check(c);
}

static int
double_compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
table_print(const struct lod_case *c, const struct lod_design *const *designs, double *cycles)
{
	double first = 0;

	printf("%s, burst %u, ", rte_version(), c->burst);
	if (c->cross)
		printf("two cores");
	else
		printf("one core, %u mbufs", c->in_flight);
	printf(" %u bytes apart, %u slots, header %s; %u rounds of %u bursts\n", c->stride_bytes,
			c->slots, c->rewrite ? "rewritten" : "left alone", c->rounds, c->bursts);
	printf("%-15s %7s %7s %6s  %-6s %-6s  %s\n", "design", "best", "median", "ratio", "checks",
			"counts", "");
	for (unsigned int i = 0; designs[i] != NULL; i++) {
		const struct lod_design *d = designs[i];
		double *of = &cycles[(size_t)i * c->rounds];

		qsort(of, c->rounds, sizeof(*of), double_compare);
		if (i == 0)
			first = of[0];
		printf("%-15s %7.2f %7.2f %6.3f  %-6s %-6s  %s\n", d->name, of[0],
				of[c->rounds / 2], first / of[0], d->checks ? "yes" : "-",
				d->counts ? "yes" : "-", d->what);
	}
}

static int
measure(struct lod_bench *b, const struct lod_design *const *designs, double *cycles)
{
	for (uint32_t round = 0; round < b->c.rounds; round++) {
		for (unsigned int i = 0; designs[i] != NULL; i++) {
			double *of = &cycles[(size_t)i * b->c.rounds + round];

			*of = b->c.cross ? lod_round_cross(b, designs[i])
					 : lod_round(b, designs[i]);
			if (*of < 0) {
				fprintf(stderr, "lo-designs: %s: packets got lost\n",
						designs[i]->name);
				return -EIO;
			}
		}
	}
	return 0;
}

int
main(int argc, char **argv)
{
	const struct lod_design *designs[DESIGNS_MAX];
	struct lod_case c = { 0 };
	struct lod_bench b;
	double *cycles;
	int ret;

	ret = args_parse(argc, argv, &c, designs);
	if (ret > 0)
		help();
	if (ret != 0)
		return ret > 0 ? 0 : 2;

	cycles = calloc((size_t)DESIGNS_MAX * c.rounds, sizeof(*cycles));
	ret = cycles == NULL ? -ENOMEM : lod_bench_init(&b, &c);
	if (ret != 0) {
		fprintf(stderr, "lo-designs: memory: %s\n", strerror(-ret));
		goto fail;
	}
	ret = measure(&b, designs, cycles);
	if (ret == 0)
		table_print(&c, designs, cycles);
	lod_bench_fini(&b);

fail:
	free(cycles);
	return ret == 0 ? 0 : 1;
}
