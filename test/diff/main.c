/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* lo-diff: its arguments. */

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>

#include "modes.h"

static const char usage[] = "Usage: lo-diff [EAL options] -- [options]\n"
			    "  --scenarios DIR   folder of the scenarios\n"
			    "  --rows FILE       all rows of the contract, for their order\n"
			    "  --scenario NAME   only those whose name fits the shell pattern\n";

static int
run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "scenarios", required_argument, NULL, 's' },
		{ "rows", required_argument, NULL, 'r' },
		{ "scenario", required_argument, NULL, 'n' },
		{ "show", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	const char *folder = NULL, *rows = NULL, *name = NULL;
	struct scenarios all;
	int c, ret;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 's':
			folder = optarg;
			break;
		case 'r':
			rows = optarg;
			break;
		case 'n':
			name = optarg;
			break;
		case 'v':
			live_show = true;
			break;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (folder == NULL) {
		fputs(usage, stderr);
		return 2;
	}
	scenarios_load(&all, folder, name);
	ret = live_run(&all, rows);
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
