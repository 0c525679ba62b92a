/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * lo-test EAL-OPTIONS [COMMAND …]
 *
 * Used like dpdk-test: each argument behind the EAL options is a command, mostly the name of an
 * autotest; DPDK_TEST may name one, DPDK_TEST_PARAMS gives more EAL options; without a command
 * there is a prompt.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_string_fns.h>

#include "commands.h"
#include "lo_test.h"

#define MAX_EXTRA_ARGS 32
#define MAX_VDEVS 64

static struct lo_vdev vdevs[MAX_VDEVS];
static unsigned int nb_vdevs;

const struct lo_vdev *
lo_test_vdevs(unsigned int *nb)
{
	*nb = nb_vdevs;
	return vdevs;
}

static int
add_vdev(const char *arg)
{
	struct lo_vdev *v = &vdevs[nb_vdevs];
	char *comma;

	if (nb_vdevs == MAX_VDEVS) {
		printf("lo-test: --vdev=%s: more than %u devices\n", arg, MAX_VDEVS);
		return -1;
	}
	v->name = strdup(arg);
	if (v->name == NULL)
		return -1;
	comma = strchr(v->name, ',');
	if (comma != NULL)
		*comma = '\0';
	v->args = comma == NULL ? "" : comma + 1;
	nb_vdevs++;
	return 0;
}

/* Tests plug the devices under test anew: keep what the command line says of them. */
static int
find_vdevs(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strncmp(argv[i], "--vdev=", 7) == 0) {
			if (add_vdev(argv[i] + 7) != 0)
				return -1;
		} else if (strcmp(argv[i], "--vdev") == 0 && i + 1 < argc) {
			if (add_vdev(argv[++i]) != 0)
				return -1;
		}
	}
	return 0;
}

/* To EAL a device that cannot be probed is no error: to a test of this device it is. */
static int
check_vdevs(void)
{
	for (unsigned int i = 0; i < nb_vdevs; i++) {
		uint16_t port;

		if (rte_eth_dev_get_port_by_name(vdevs[i].name, &port) != 0) {
			printf("lo-test: --vdev=%s: the device has no port, its probe failed\n",
					vdevs[i].name);
			return -1;
		}
	}
	return 0;
}

/* rte_eal_init() with the options of DPDK_TEST_PARAMS behind the program's own. */
static int
init_eal(int argc, char **argv)
{
	const char *env = getenv("DPDK_TEST_PARAMS");
	char *extra[MAX_EXTRA_ARGS];
	/* EAL keeps pointers into its arguments: neither copy is ever freed. */
	static char **all;
	static char *params;
	int nb_extra;
	int ret;

	if (env == NULL || env[0] == '\0')
		return find_vdevs(argc, argv) != 0 ? -1 : rte_eal_init(argc, argv);

	params = strdup(env);
	all = calloc(argc + MAX_EXTRA_ARGS + 1, sizeof(*all));
	if (params == NULL || all == NULL)
		return -1;
	nb_extra = rte_strsplit(params, strlen(params), extra, MAX_EXTRA_ARGS, ' ');

	/* In front, for what is not an option ends EAL's part. */
	all[0] = argv[0];
	memcpy(all + 1, extra, nb_extra * sizeof(*all));
	memcpy(all + 1 + nb_extra, argv + 1, (argc - 1) * sizeof(*all));
	if (find_vdevs(argc + nb_extra, all) != 0)
		return -1;
	ret = rte_eal_init(argc + nb_extra, all);
	return ret < 0 ? ret : ret - nb_extra;
}

int
main(int argc, char **argv)
{
	const char *env_test = getenv("DPDK_TEST");
	int status = 0;
	int ret;

	/* In order with what the prompt writes to the descriptor. */
	setvbuf(stdout, NULL, _IOLBF, 0);

	ret = init_eal(argc, argv);
	if (ret < 0) {
		printf("lo-test: EAL does not start: %s\n", rte_strerror(rte_errno));
		return EXIT_FAILURE;
	}
	argc -= ret;
	argv += ret;

	if (check_vdevs() != 0 || commands_init() != 0) {
		rte_eal_cleanup();
		return EXIT_FAILURE;
	}

	if (env_test != NULL && env_test[0] != '\0')
		commands_run(env_test, &status);
	for (int i = 1; i < argc; i++)
		commands_run(argv[i], &status);
	if (argc <= 1 && (env_test == NULL || env_test[0] == '\0'))
		commands_prompt(&status);

	rte_eal_cleanup();
	return status;
}
