/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* /net_lo/... as a client of this process's telemetry socket sees it. */

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>

#include <rte_eal.h>

#include "nl.h"

#define ANSWER_MAX 65536

static int
connect_telemetry(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	char hello[1024];
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	assert_true(fd >= 0);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/dpdk_telemetry.v2",
			rte_eal_get_runtime_dir());
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0) {
		close(fd);
		return -1;
	}
	assert_true(read(fd, hello, sizeof(hello)) > 0);
	return fd;
}

/* The answer to a command: what stands in it under the command's name, to be freed. */
static json_t *
ask(const char *command)
{
	static char answer[ANSWER_MAX];
	char name[64];
	json_t *all, *part;
	ssize_t n;
	int fd = connect_telemetry();

	if (fd < 0)
		lo_unsupported("telemetry: this process has no socket for it");
	assert_int_equal(write(fd, command, strlen(command)), strlen(command));
	n = read(fd, answer, sizeof(answer));
	close(fd);
	assert_true(n > 0);
	all = json_loadb(answer, n, 0, NULL);
	if (all == NULL)
		fail_msg("%s: no JSON: %.*s", command, (int)n, answer);
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(command, ","), command);
	part = json_incref(json_object_get(all, name));
	json_decref(all);
	return part;
}

static json_t *
ask_of(struct fx *fx, const char *command)
{
	char text[64];

	snprintf(text, sizeof(text), "%s,%u", command, fx->tx_port);
	return ask(text);
}

static void
assert_number(const json_t *object, const char *key, uint64_t want)
{
	const json_t *v = json_object_get(object, key);

	if (!json_is_integer(v) || (uint64_t)json_integer_value(v) != want)
		fail_msg("%s is not %" PRIu64, key, want);
}

static void
assert_text(const json_t *object, const char *key, const char *want)
{
	const json_t *v = json_object_get(object, key);

	if (!json_is_string(v) || strcmp(json_string_value(v), want) != 0)
		fail_msg("%s is not %s", key, want);
}

static void
up(struct fx *fx)
{
	const struct fx_port conf = { .nb_rx = 2, .nb_tx = 3, .nb_rxd = 40 };

	nl_up(fx, "steer=flow,overflow=drop,speed=40000", &conf);
}

/* Ports of this driver, and no others. */
static void
list_names_the_ports(void **state)
{
	struct fx *fx = *state;
	uint16_t other = fx_vdev(fx, "net_null0", "");
	bool found = false;
	json_t *list, *v;
	size_t i;

	up(fx);
	list = ask("/net_lo/list");
	json_array_foreach(list, i, v)
	{
		assert_int_not_equal(json_integer_value(v), other);
		found |= json_integer_value(v) == fx->tx_port;
	}
	json_decref(list);
	assert_true(found);
}

static void
conf_says_how_it_is_set(void **state)
{
	struct fx *fx = *state;
	json_t *conf;

	up(fx);
	conf = ask_of(fx, "/net_lo/conf");
	assert_text(conf, "name", NL_NAME);
	assert_text(conf, "steer", "flow");
	assert_text(conf, "overflow", "drop");
	assert_text(conf, "link", "up");
	assert_number(conf, "speed_mbps", 40000);
	assert_number(conf, "mtu", 1500);
	assert_number(conf, "rx_queues", 2);
	assert_number(conf, "tx_queues", 3);
	json_decref(conf);
}

static void
queues_say_what_they_did(void **state)
{
	struct fx *fx = *state;
	json_t *queues, *rx;
	struct rte_mbuf *m[50];

	up(fx);
	pkt_build_burst(fx->pool, &(struct pkt){ .size = 60 }, m, RTE_DIM(m));
	fx_tx_all(fx->tx_port, 2, m, RTE_DIM(m));
	queues = ask_of(fx, "/net_lo/queues");
	/* none of them has a hash: the first queue's */
	rx = json_object_get(queues, "rx_q0");
	assert_number(rx, "slots", 40);
	assert_number(rx, "used", 40);
	assert_number(rx, "packets", 0);
	assert_number(rx, "missed", 10);
	assert_number(json_object_get(queues, "rx_q1"), "used", 0);
	assert_number(json_object_get(queues, "tx_q2"), "packets", 40);
	assert_number(json_object_get(queues, "tx_q2"), "bytes", 40 * 60);
	assert_number(json_object_get(queues, "tx_q0"), "packets", 0);
	json_decref(queues);
}

static void
drops_have_their_reasons(void **state)
{
	struct fx *fx = *state;
	json_t *drops;

	up(fx);
	nl_send(fx, pkt_build(fx->pool, &(struct pkt){ .size = 1800 }));
	drops = ask_of(fx, "/net_lo/drops");
	assert_number(drops, "oversize", 1);
	assert_number(drops, "link_down", 0);
	assert_number(drops, "no_rx_queue", 0);
	assert_number(drops, "unsupported_offload", 0);
	assert_number(drops, "malformed", 0);
	assert_number(drops, "no_mbuf", 0);
	assert_number(drops, "not_linear", 0);
	assert_number(drops, "mac_filter", 0);
	assert_number(drops, "missed", 0);
	json_decref(drops);
}

/* No port, another driver's port, a port that is not there: null, and the process lives on. */
static void
bad_ports_are_refused(void **state)
{
	static const char *const commands[] = { "/net_lo/conf", "/net_lo/conf,", "/net_lo/conf,x",
		"/net_lo/conf,0x", "/net_lo/conf,-1", "/net_lo/conf,31", "/net_lo/conf,4294967296",
		"/net_lo/conf,99999999999999999999", "/net_lo/queues", "/net_lo/queues,31",
		"/net_lo/drops", "/net_lo/drops,31" };
	struct fx *fx = *state;
	char text[64];
	json_t *answer;

	for (unsigned int i = 0; i < RTE_DIM(commands); i++) {
		answer = ask(commands[i]);
		if (!json_is_null(answer))
			fail_msg("%s has an answer", commands[i]);
		json_decref(answer);
	}
	snprintf(text, sizeof(text), "/net_lo/conf,%u", fx_vdev(fx, "net_null0", ""));
	answer = ask(text);
	assert_true(json_is_null(answer));
	json_decref(answer);
}

static const struct lo_case telemetry_cases[] = {
	LO_CASE(list_names_the_ports),
	LO_CASE(conf_says_how_it_is_set),
	LO_CASE(queues_say_what_they_did),
	LO_CASE(drops_have_their_reasons),
	LO_CASE(bad_ports_are_refused),
};
LO_REGISTER_TEST(net_lo_autotest, telemetry_cases);
