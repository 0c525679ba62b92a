/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
/*
 * lo-bench measures net_lo beside other drivers.
 *
 * Nothing runs before every argument has been read: the EAL's end at "--", and
 * ours are checked first.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_debug.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_mbuf.h>

#include "lo_pool.h"
#include "machine.h"
#include "pcap.h"
#include "result.h"
#include "run.h"
#include "scenario.h"

#define EXIT_REFUSED 2
#define POOL_CACHE RTE_MEMPOOL_CACHE_MAX_SIZE

static void
interrupt(int sig __rte_unused)
{
	lob_interrupted = 1;
}

/* The EAL prints this below its own help. */
static void
help_behind_eal(const char *prog __rte_unused)
{
	lob_args_help();
}

static bool
selected(const struct lob_list *list, uint32_t v)
{
	for (unsigned int i = 0; i < list->n; i++)
		if (list->v[i] == v)
			return true;
	return false;
}

/* A pool for all: every packet of a case twice, as copies need, and what caches may keep. */
static int
make_pool(struct lob_bench *b)
{
	const unsigned int n = 2 * lob_in_flight_max(&b->args) +
			2 * POOL_CACHE * rte_lcore_count() +
			(b->args.pcap_path != NULL ? LOB_PCAP_MBUFS : 1024);
	uint16_t data_room = RTE_MBUF_DEFAULT_BUF_SIZE;

	for (unsigned int i = 0; i < b->args.size_bytes.n; i++)
		data_room = RTE_MAX(data_room, RTE_PKTMBUF_HEADROOM + b->args.size_bytes.v[i]);
	b->pool = lo_pool_create("lo-bench", n, POOL_CACHE, data_room, SOCKET_ID_ANY);
	if (b->pool == NULL) {
		fprintf(stderr, "lo-bench: %u mbufs of %u bytes: %s\n", n, data_room,
				rte_strerror(rte_errno));
		return -rte_errno;
	}
	return 0;
}

/* Does net_ring compete with the path? */
static bool
has_driver(const struct lob_scenario *sc)
{
	for (unsigned int i = 0; i < sc->nb_heats; i++)
		for (unsigned int k = 0; k < sc->heats[i].n; k++)
			if (sc->heats[i].entries[k].kind == LOB_KIND_NET_RING)
				return true;
	return false;
}

static void
open_subjects(struct lob_bench *b)
{
	const bool pcap = b->args.pcap_path != NULL;
	bool plain = false, path = false;

	for (unsigned int i = 0; i < LOB_SCENARIOS; i++) {
		const struct lob_scenario *sc = &lob_scenarios[i];

		if (!selected(&b->args.scenarios, i))
			continue;
		plain |= sc->round != NULL && !sc->flow;
		path |= has_driver(sc);
	}
	for (unsigned int i = 0; i < LOB_SUBJECTS; i++) {
		const bool flow = i == LOB_NET_LO_FLOW;

		/* a capture is checked, not compared */
		if (pcap ? i != LOB_NET_LO : !selected(&b->args.peers, flow ? LOB_NET_LO : i))
			continue;
		if (flow ? selected(&b->args.scenarios, LOB_FLOW)
			 : plain || (path && i == LOB_NET_RING))
			lob_subject_open(&b->subjects[i], &lob_peers[i],
					lob_in_flight_max(&b->args));
	}
}

static void
close_subjects(struct lob_bench *b)
{
	for (unsigned int i = 0; i < LOB_SUBJECTS; i++)
		lob_subject_close(&b->subjects[i]);
}

static int
bench(struct lob_bench *b)
{
	int ret;

	lob_machine_print();
	ret = make_pool(b);
	if (ret != 0)
		return ret;
	open_subjects(b);
	ret = b->args.pcap_path != NULL ? lob_pcap_run(b) : lob_run(b);
	close_subjects(b);

	if (ret == -EINTR) {
		fprintf(stderr, "lo-bench: interrupted\n");
	} else if (ret == 0 && b->results == 0 && b->skipped == 0) {
		fprintf(stderr, "lo-bench: nothing was measured\n");
		ret = -ENODEV;
	} else if (ret == 0 && rte_mempool_in_use_count(b->pool) != 0) {
		/* nobody holds one any more */
		fprintf(stderr, "lo-bench: %u mbufs are missing from the pool\n",
				rte_mempool_in_use_count(b->pool));
		ret = -EIO;
	}
	rte_mempool_free(b->pool);
	return ret;
}

/* A file that cannot be used is found before anything is measured. */
static int
open_files(const struct lob_args *args, FILE **json)
{
	if (args->pcap_path != NULL)
		return lob_pcap_load(args->pcap_path);
	if (args->json_path == NULL)
		return 0;
	*json = fopen(args->json_path, "w");
	if (*json == NULL) {
		fprintf(stderr, "lo-bench: --json: \"%s\": %s: want a file to write\n",
				args->json_path, strerror(errno));
		return -EINVAL;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	const struct sigaction on_signal = { .sa_handler = interrupt };
	static struct lob_bench b;
	FILE *json = NULL;
	int eal_argc, ret;

	for (eal_argc = 1; eal_argc < argc && strcmp(argv[eal_argc], "--") != 0; eal_argc++)
		if (eal_argc == 1 && strcmp(argv[1], "--help") == 0) {
			lob_args_help();
			return EXIT_SUCCESS;
		}

	ret = lob_args_parse(
			RTE_MAX(argc - eal_argc, 1), argv + RTE_MIN(eal_argc, argc - 1), &b.args);
	if (ret > 0) {
		lob_args_help();
		return EXIT_SUCCESS;
	}
	if (ret == 0)
		ret = open_files(&b.args, &json);
	if (ret < 0)
		return EXIT_REFUSED;

	rte_set_application_usage_hook(help_behind_eal);
	ret = rte_eal_init(eal_argc, argv);
	if (ret < 0) {
		fprintf(stderr, "lo-bench: the EAL does not start: %s\n", rte_strerror(rte_errno));
		return EXIT_FAILURE;
	}
	sigaction(SIGINT, &on_signal, NULL);
	sigaction(SIGTERM, &on_signal, NULL);

	ret = bench(&b);
	if (json != NULL) {
		int written = lob_json_write(json, b.args.json_path);

		fclose(json);
		ret = ret == 0 ? written : ret;
	}
	rte_eal_cleanup();
	return ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
