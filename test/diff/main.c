/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* lo-diff: its arguments. */

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>

#include "modes.h"
#include "oracle.h"

/* clang-format off */
static const char usage[] =
	"Usage: lo-diff [EAL options] -- [options]\n"
	"  --scenarios DIR   folder of the scenarios\n"
	"  --rows FILE       all rows of the contract, for their order\n"
	"  --scenario NAME   only those whose name fits the shell pattern\n"
	"  --golden DIR      folder of records of a kernel\n"
	"  --mode MODE       live: the kernel and liblop (default)\n"
	"                    golden: records and liblop; drift: records and the kernel\n"
	"                    record: write records; packet: with --fuzz, random packets\n"
	"  --fuzz SECONDS    random scenarios instead\n"
	"  --seed N          of the first one; that of one that differs is its name\n"
	"  --show            print the kernel's observations, too\n";
/* clang-format on */

struct args {
	const char *folder, *rows, *name, *mode, *golden;
	unsigned int fuzz;
	uint64_t seed;
	bool help;
};

static bool
args_read(struct args *a, int argc, char **argv)
{
	static const struct option options[] = {
		{ "scenarios", required_argument, NULL, 's' },
		{ "rows", required_argument, NULL, 'r' },
		{ "scenario", required_argument, NULL, 'n' },
		{ "golden", required_argument, NULL, 'g' },
		{ "mode", required_argument, NULL, 'm' },
		{ "fuzz", required_argument, NULL, 'f' },
		{ "seed", required_argument, NULL, 'S' },
		{ "show", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 's':
			a->folder = optarg;
			break;
		case 'r':
			a->rows = optarg;
			break;
		case 'n':
			a->name = optarg;
			break;
		case 'g':
			a->golden = optarg;
			break;
		case 'm':
			a->mode = optarg;
			break;
		case 'f':
			a->fuzz = strtoul(optarg, NULL, 0);
			break;
		case 'S':
			a->seed = strtoull(optarg, NULL, 0);
			break;
		case 'v':
			live_show = true;
			break;
		case 'h':
			a->help = true;
			break;
		default:
			return false;
		}
	}
	return a->folder != NULL && optind == argc;
}

/* Without namespaces: records, where there are any, else nothing. */
static int
without_kernel(const struct args *a, const struct scenarios *all, const char *why)
{
	printf("no namespaces here: %s\n", why);
	if (a->golden != NULL && a->fuzz == 0 && strcmp(a->mode, "live") == 0)
		return golden_run(all, a->golden, a->rows);
	printf("skipped\n");
	return DIFF_SKIPPED;
}

static int
mode_run(const struct args *a, const struct scenarios *all)
{
	const char *why;

	if (strcmp(a->mode, "golden") == 0 && a->golden != NULL)
		return golden_run(all, a->golden, a->rows);
	if (!kernel_allowed(&why))
		return without_kernel(a, all, why);
	if (a->fuzz != 0)
		return fuzz_run(a->fuzz, a->seed, strcmp(a->mode, "packet") == 0);
	if (strcmp(a->mode, "record") == 0 && a->golden != NULL)
		return golden_record(all, a->golden);
	if (strcmp(a->mode, "drift") == 0 && a->golden != NULL)
		return drift_run(all, a->golden, a->rows);
	if (strcmp(a->mode, "live") == 0)
		return live_run(all, a->rows);
	fputs(usage, stderr);
	return 2;
}

static int
run(int argc, char **argv)
{
	struct args a = { .mode = "live" };
	struct scenarios all;
	int ret;

	if (!args_read(&a, argc, argv) || a.help) {
		fputs(usage, a.help ? stdout : stderr);
		return a.help ? 0 : 2;
	}
	scenarios_load(&all, a.folder, a.name);
	ret = mode_run(&a, &all);
	scenarios_free(&all);
	return ret;
}

int
main(int argc, char **argv)
{
	int ret = rte_eal_init(argc, argv);

	if (ret < 0)
		return 2;
	optind = 1;
	argv[ret] = argv[0];
	ret = run(argc - ret, argv + ret);
	fflush(stdout);
	rte_eal_cleanup();
	return ret;
}
