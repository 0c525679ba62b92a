/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>
#include <rte_version.h>

#include "machine.h"

static void
cpu_model(char *model, size_t size)
{
	FILE *f = fopen("/proc/cpuinfo", "r");
	char line[256];

	snprintf(model, size, "unknown CPU");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		const char *value = strstr(line, ": ");

		if (value == NULL || strncmp(line, "model name", strlen("model name")) != 0)
			continue;
		snprintf(model, size, "%.*s", (int)strcspn(value + 2, "\n"), value + 2);
		break;
	}
	if (f != NULL)
		fclose(f);
}

void
lob_machine_print(void)
{
	char model[128];

	cpu_model(model, sizeof(model));
	printf("machine: %s, TSC %.3f GHz, %ld CPUs online, %u lcores used\n", model,
			rte_get_tsc_hz() / 1e9, sysconf(_SC_NPROCESSORS_ONLN), rte_lcore_count());
	printf("%s, %s huge pages\n", rte_version(), rte_eal_has_hugepages() ? "with" : "without");
}

void
lob_burst_mode_print(const struct lob_subject *s)
{
	struct rte_eth_burst_mode rx, tx;
	const bool rx_told = rte_eth_rx_burst_mode_get(s->rx_port, 0, &rx) == 0;
	const bool tx_told = rte_eth_tx_burst_mode_get(s->tx_port, 0, &tx) == 0;

	printf("burst mode: %s: receive: %s, transmit: %s\n", lob_peer_title(s->peer),
			rx_told ? rx.info : "does not say", tx_told ? tx.info : "does not say");
}
