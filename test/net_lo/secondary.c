/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The primary process: it starts a secondary one and sees what this does to the device. */

#include <libgen.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_interrupts.h>

#include "nl.h"
#include "secondary.h"

#define DEADLINE_S 30
/* Packets under way: fewer than the ring holds, for it may drop. */
#define WINDOW 400
#define ARGS_MAX 32
#define COMMAND_LINE_MAX 4096
#define SLEEP_MS 10000

/* Drivers are loaded as this process was told to load them. */
static int
copy_drivers(char **args, int n, char *line, size_t size)
{
	FILE *f = fopen("/proc/self/cmdline", "r");
	size_t length;
	bool take = false;

	assert_non_null(f);
	length = fread(line, 1, size - 1, f);
	fclose(f);
	line[length] = '\0';
	for (char *at = line; at < line + length && n < ARGS_MAX - 4; at += strlen(at) + 1) {
		if (take || strcmp(at, "-d") == 0)
			args[n++] = at;
		take = !take && strcmp(at, "-d") == 0;
	}
	return n;
}

static pid_t
start_secondary(struct fx *fx, const char *role)
{
	static char line[COMMAND_LINE_MAX];
	char prefix[PATH_MAX + 32], dir[PATH_MAX], lcores[32], command[128];
	char exe[] = "/proc/self/exe", type[] = "--proc-type=secondary", pci[] = "--no-pci";
	char *args[ARGS_MAX] = { exe, type, prefix, lcores, pci };
	int n = copy_drivers(args, 5, line, sizeof(line));
	pid_t child;

	snprintf(dir, sizeof(dir), "%s", rte_eal_get_runtime_dir());
	snprintf(prefix, sizeof(prefix), "--file-prefix=%s", basename(dir));
	snprintf(lcores, sizeof(lcores), "--lcores=%u@%d", SECONDARY_LCORE, sched_getcpu());
	snprintf(command, sizeof(command), "%s %s", SECONDARY_AUTOTEST, role);
	args[n++] = command;
	args[n] = NULL;

	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		unsetenv("DPDK_TEST");
		unsetenv("DPDK_TEST_PARAMS");
		setenv(SECONDARY_POOL, fx->pool->name, 1);
		execv(exe, args);
		_exit(EXIT_FAILURE);
	}
	return child;
}

/* The role was played to its end, in time. */
static void
assert_played(pid_t child)
{
	uint64_t end = rte_get_timer_cycles() + DEADLINE_S * rte_get_timer_hz();
	int status = 0;
	pid_t ret;

	do {
		ret = waitpid(child, &status, WNOHANG);
		rte_delay_ms(1);
	} while (ret == 0 && rte_get_timer_cycles() < end);
	if (ret == 0) {
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		fail_msg("the secondary process does not end");
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("the secondary process fails, wait status %#x", status);
}

static void
shared_up(struct fx *fx, const char *args, bool interrupts)
{
	struct fx_port conf = { .nb_rx = STATS_QUEUES, .nb_tx = STATS_QUEUES };

	if (!rte_eal_has_hugepages() || rte_eal_process_type() != RTE_PROC_PRIMARY)
		lo_unsupported("secondary processes: the memory of this one is not shared");
	conf.pool = fx->pool = fx_pool(fx, NL_POOL_MBUFS, NL_ROOM_BYTES);
	conf.eth.intr_conf.rxq = interrupts;
	fx->tx_port = fx->rx_port = fx_vdev(fx, SECONDARY_DEVICE, args);
	fx_port_up(fx->tx_port, &conf);
}

/* Queue 0 leads to the secondary process, which sends all back through queue 1. */
static void
echo(struct fx *fx, const char *args)
{
	struct rte_mbuf *pkts[32];
	uint32_t sent = 0, got = 0;
	uint64_t end;
	pid_t child;

	shared_up(fx, args, false);
	child = start_secondary(fx, "echo");
	end = rte_get_timer_cycles() + DEADLINE_S * rte_get_timer_hz();
	while (got < ECHO_PACKETS && rte_get_timer_cycles() < end) {
		uint16_t n = RTE_MIN(RTE_DIM(pkts), ECHO_PACKETS - sent);

		if (n > 0 && sent - got < WINDOW) {
			uint16_t k;

			pkt_build_burst(fx->pool, &(struct pkt){ .stamp = sent }, pkts, n);
			k = rte_eth_tx_burst(fx->tx_port, 0, pkts, n);
			rte_pktmbuf_free_bulk(pkts + k, n - k);
			sent += k;
		}
		n = rte_eth_rx_burst(fx->tx_port, 1, pkts, RTE_DIM(pkts));
		for (uint16_t i = 0; i < n; i++) {
			struct pkt p = { .stamp = got++ };

			pkt_assert(pkts[i], &p);
			assert_int_equal(pkts[i]->port, fx->tx_port);
		}
		rte_pktmbuf_free_bulk(pkts, n);
	}
	assert_played(child);
	assert_int_equal(got, ECHO_PACKETS);
	nl_assert_books(fx, 2 * ECHO_PACKETS);
}

static void
secondary_receives_and_sends(void **state)
{
	echo(*state, "steer=queue");
}

/* One attached after the other; each finds the device as the primary has it. */
static void
secondary_comes_again(void **state)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct fx *fx = *state;

		echo(fx, i == 1 ? "overflow=drop" : "");
		fx_vdev_remove(fx, SECONDARY_DEVICE);
	}
}

static void
secondary_reads_statistics(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *pkts[STATS_PACKETS];

	shared_up(fx, "", false);
	pkt_build_burst(fx->pool, &(struct pkt){ .size = STATS_BYTES }, pkts, RTE_DIM(pkts));
	fx_tx_all(fx->tx_port, 1, pkts, RTE_DIM(pkts));
	nl_send(fx, pkt_build(fx->pool, &(struct pkt){ .size = 1600 }));
	assert_played(start_secondary(fx, "statistics"));
	/* it has left everything as it was */
	assert_int_equal(nl_stats(fx).opackets, STATS_PACKETS);
	assert_int_equal(fx_drain(fx->tx_port, 1), STATS_PACKETS);
	nl_assert_books(fx, STATS_PACKETS + 1);
}

/* The primary sleeps on queue 0 until the secondary sends what it was handed through queue 1. */
static void
secondary_wakes_the_primary(void **state)
{
	struct fx *fx = *state;
	struct rte_epoll_event event;
	struct rte_mbuf *m;
	pid_t child;

	shared_up(fx, "", true);
	child = start_secondary(fx, "wake");
	assert_int_equal(rte_eth_dev_rx_intr_ctl_q(fx->tx_port, 0, RTE_EPOLL_PER_THREAD,
					 RTE_INTR_EVENT_ADD, NULL),
			0);
	for (uint32_t i = 0; i < WAKE_UPS; i++) {
		assert_int_equal(rte_eth_dev_rx_intr_enable(fx->tx_port, 0), 0);
		m = pkt_build(fx->pool, &(struct pkt){ .stamp = i });
		fx_tx_all(fx->tx_port, 1, &m, 1);
		assert_int_equal(rte_epoll_wait(RTE_EPOLL_PER_THREAD, &event, 1, SLEEP_MS), 1);
		assert_int_equal(rte_eth_rx_burst(fx->tx_port, 0, &m, 1), 1);
		assert_int_equal(pkt_stamp(m), i);
		rte_pktmbuf_free(m);
	}
	assert_played(child);
	assert_int_equal(nl_xstat(fx, "rx_interrupts"), WAKE_UPS);
	assert_int_equal(rte_eth_dev_rx_intr_ctl_q(fx->tx_port, 0, RTE_EPOLL_PER_THREAD,
					 RTE_INTR_EVENT_DEL, NULL),
			0);
}

static const struct lo_case secondary_cases[] = {
	LO_CASE(secondary_receives_and_sends),
	LO_CASE(secondary_comes_again),
	LO_CASE(secondary_reads_statistics),
	LO_CASE(secondary_wakes_the_primary),
};
LO_REGISTER_TEST(net_lo_secondary_autotest, secondary_cases);
