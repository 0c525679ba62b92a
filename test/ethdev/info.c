/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* What a device says of itself: its limits, its telemetry, its dump. */

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>
#include <rte_eal.h>

#include "ut.h"

static void
dev_info_is_sane(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_dev_info info;

	ut_plug(fx);
	info = ut_tx_info(fx);
	assert_non_null(info.driver_name);
	assert_non_null(info.device);
	assert_true(info.max_rx_queues >= 1);
	assert_true(info.max_tx_queues >= 1);
	assert_true(info.max_mac_addrs >= 1);
	assert_true(info.min_mtu <= RTE_ETHER_MTU);
	assert_true(info.max_mtu >= RTE_ETHER_MTU);
	assert_true(info.max_rx_pktlen >= RTE_ETHER_MTU + RTE_ETHER_HDR_LEN);
	assert_non_null(info.dev_flags);
}

/* Zero stands for "the application's own default". */
static bool
is_default_for(uint16_t nb_desc, const struct rte_eth_desc_lim *lim)
{
	return nb_desc == 0 || (nb_desc >= lim->nb_min && nb_desc <= lim->nb_max);
}

static void
dev_info_descriptors_are_sane(void **state)
{
	struct fx *fx = *state;
	const struct rte_eth_desc_lim *lims[2];
	struct rte_eth_dev_info info;

	ut_plug(fx);
	info = ut_tx_info(fx);
	lims[0] = &info.rx_desc_lim;
	lims[1] = &info.tx_desc_lim;
	for (unsigned int i = 0; i < RTE_DIM(lims); i++) {
		assert_true(lims[i]->nb_max >= lims[i]->nb_min);
		assert_true(lims[i]->nb_align >= 1);
	}
	assert_true(is_default_for(info.default_rxportconf.ring_size, &info.rx_desc_lim));
	assert_true(is_default_for(info.default_txportconf.ring_size, &info.tx_desc_lim));
}

/* The defaults are offered to applications that have no wish: they must work. */
static void
dev_info_defaults_work(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_dev_info info;
	struct fx_port conf;

	ut_plug(fx);
	info = ut_tx_info(fx);
	conf = ut_conf(fx);
	conf.nb_rx = info.default_rxportconf.nb_queues;
	conf.nb_tx = info.default_txportconf.nb_queues;
	conf.nb_rxd = info.default_rxportconf.ring_size;
	conf.nb_txd = info.default_txportconf.ring_size;
	ut_up(fx, &conf);
	ut_loop(fx, 0, 0, 16, 60);
}

/* Queue offloads are among the port's, and every per-port one can be configured. */
static void
dev_info_offloads_can_be_configured(void **state)
{
	struct fx *fx = *state;
	struct rte_eth_dev_info info;
	struct fx_port conf;

	ut_plug(fx);
	info = ut_tx_info(fx);
	assert_int_equal(info.rx_queue_offload_capa & ~info.rx_offload_capa, 0);
	assert_int_equal(info.tx_queue_offload_capa & ~info.tx_offload_capa, 0);
	conf = ut_conf(fx);
	/* FAST_FREE restricts what may be sent: beside others it has no meaning of its own. */
	conf.eth.rxmode.offloads = ut_rx_info(fx).rx_offload_capa & ~RTE_ETH_RX_OFFLOAD_RSS_HASH;
	conf.eth.txmode.offloads = info.tx_offload_capa & ~RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
	if (fx->rx_port != fx->tx_port)
		conf.eth.rxmode.offloads &= info.rx_offload_capa;
	ut_up(fx, &conf);
	ut_loop(fx, 0, 0, 16, 60);
}

/* One message of a telemetry socket, NULL if there is none or it is no JSON. */
static json_t *
telemetry_read(int fd)
{
	static char text[65536];
	ssize_t n = read(fd, text, sizeof(text));

	return n <= 0 ? NULL : json_loadb(text, n, 0, NULL);
}

/* Processes that share a folder number their sockets: take the one whose greeting is our own. */
static int
telemetry_connect(void)
{
	for (unsigned int i = 0; i < 10; i++) {
		struct sockaddr_un addr = { .sun_family = AF_UNIX };
		int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
		json_t *greeting;
		bool ours;

		assert_true(fd >= 0);
		snprintf(addr.sun_path, sizeof(addr.sun_path),
				i == 0 ? "%s/dpdk_telemetry.v2" : "%s/dpdk_telemetry.v2:%u",
				rte_eal_get_runtime_dir(), i);
		if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0) {
			greeting = telemetry_read(fd);
			ours = json_integer_value(json_object_get(greeting, "pid")) == getpid();
			json_decref(greeting);
			if (ours)
				return fd;
		}
		close(fd);
	}
	fail_msg("%s: no telemetry socket of this process", rte_eal_get_runtime_dir());
	return -1;
}

static json_t *
telemetry(const char *command)
{
	int fd = telemetry_connect();
	json_t *answer;

	assert_int_equal(write(fd, command, strlen(command)), strlen(command));
	answer = telemetry_read(fd);
	close(fd);
	return answer;
}

static void
telemetry_info_is_true(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf;
	json_t *root, *info;
	char command[64];
	const char *name;
	unsigned int nb;

	ut_plug(fx);
	conf = ut_conf(fx);
	conf.nb_rx = conf.nb_tx = RTE_MIN(2, ut_tx_info(fx).max_rx_queues);
	conf.nb_tx = RTE_MIN(2, ut_tx_info(fx).max_tx_queues);
	ut_up(fx, &conf);

	snprintf(command, sizeof(command), "/ethdev/info,%u", fx->tx_port);
	root = telemetry(command);
	assert_non_null(root);
	info = json_object_get(root, "/ethdev/info");
	name = json_string_value(json_object_get(info, "name"));
	assert_non_null(name);
	assert_string_equal(name, lo_test_vdevs(&nb)->name);
	assert_int_equal(json_integer_value(json_object_get(info, "nb_rx_queues")), conf.nb_rx);
	assert_int_equal(json_integer_value(json_object_get(info, "nb_tx_queues")), conf.nb_tx);
	assert_int_equal(json_integer_value(json_object_get(info, "mtu")), RTE_ETHER_MTU);
	json_decref(root);
}

/* The state of queue 0 as telemetry has it; ethdev keeps it, drivers must set it. */
static int
telemetry_queue_state(uint16_t port, const char *key)
{
	json_t *root, *state;
	char command[64];
	int value = -1;

	snprintf(command, sizeof(command), "/ethdev/info,%u", port);
	root = telemetry(command);
	assert_non_null(root);
	state = json_object_get(json_object_get(root, "/ethdev/info"), key);
	if (json_is_array(state))
		value = json_integer_value(json_array_get(state, 0));
	else if (json_is_object(state))
		value = json_integer_value(json_object_iter_value(json_object_iter(state)));
	json_decref(root);
	return value;
}

static void
telemetry_queue_states_are_true(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	assert_int_equal(telemetry_queue_state(fx->tx_port, "rxq_state"),
			RTE_ETH_QUEUE_STATE_STARTED);
	assert_int_equal(telemetry_queue_state(fx->tx_port, "txq_state"),
			RTE_ETH_QUEUE_STATE_STARTED);
	ut_stop(fx);
	assert_int_equal(telemetry_queue_state(fx->tx_port, "rxq_state"),
			RTE_ETH_QUEUE_STATE_STOPPED);
	assert_int_equal(telemetry_queue_state(fx->tx_port, "txq_state"),
			RTE_ETH_QUEUE_STATE_STOPPED);
}

static void
private_dump_writes_text(void **state)
{
	struct fx *fx = *state;
	char text[4096] = "";
	FILE *f;
	int ret;

	ut_up(fx, NULL);
	f = fmemopen(text, sizeof(text), "w");
	assert_non_null(f);
	ret = rte_eth_dev_priv_dump(fx->tx_port, f);
	fclose(f);
	ut_supported(ret, "rte_eth_dev_priv_dump");
	assert_string_not_equal(text, "");
}

static const struct lo_case info_cases[] = {
	LO_CASE(dev_info_is_sane),
	LO_CASE(dev_info_descriptors_are_sane),
	LO_CASE(dev_info_defaults_work),
	LO_CASE(dev_info_offloads_can_be_configured),
	LO_CASE(telemetry_info_is_true),
	LO_CASE(telemetry_queue_states_are_true),
	LO_CASE(private_dump_writes_text),
};
LO_REGISTER_TEST(ethdev_autotest, info_cases);
