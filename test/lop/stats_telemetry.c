/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* /lop/... as a client of this process's telemetry socket sees it. */

#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>

#include <rte_eal.h>

#include "fx.h"

#define ANSWER_MAX 65536

/* What stands in the answer under the command's name, to be freed. */
static json_t *
ask(const char *command)
{
	static char answer[ANSWER_MAX];
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	char name[64];
	json_t *all, *part;
	ssize_t n;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	assert_true(fd >= 0);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/dpdk_telemetry.v2",
			rte_eal_get_runtime_dir());
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0) {
		close(fd);
		lo_unsupported("telemetry: this process has no socket for it");
	}
	assert_true(read(fd, answer, sizeof(answer)) > 0);
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
ask_of(const struct lop *lop, const char *command)
{
	char text[96];

	snprintf(text, sizeof(text), "%s,%s", command, lop_name(lop));
	return ask(text);
}

static void
assert_number(const json_t *object, const char *key, int64_t want)
{
	const json_t *v = json_object_get(object, key);

	if (!json_is_integer(v) || json_integer_value(v) != want)
		fail_msg("%s is not %" PRId64, key, want);
}

static void
assert_text(const json_t *object, const char *key, const char *want)
{
	const json_t *v = json_object_get(object, key);

	if (!json_is_string(v) || strcmp(json_string_value(v), want) != 0)
		fail_msg("%s is not %s", key, want);
}

/* The first row of a list that has this text, or NULL. */
static const json_t *
row_with(json_t *list, const char *key, const char *want)
{
	const char *number;
	json_t *row;

	json_object_foreach(list, number, row)
	{
		const char *value = json_string_value(json_object_get(row, key));

		if (value != NULL && strcmp(value, want) == 0)
			return row;
	}
	return NULL;
}

static void
instances_are_listed_and_asked_by_name(void **state)
{
	struct lop *a = fx_lop(*state, &(struct lop_conf){ .name = "left" });
	struct lop *b = fx_lop(*state, &(struct lop_conf){ .name = "right" });
	json_t *answer;

	answer = ask("/lop/list");
	assert_int_equal(json_array_size(answer), 2);
	json_decref(answer);
	lop_mib_add(fx_worker(a), UDP_NOPORTS, 3);
	lop_mib_add(fx_worker(a), IPEXT_INOCTETS, 9);
	answer = ask_of(a, "/lop/snmp");
	assert_number(json_object_get(answer, "Udp"), "NoPorts", 3);
	assert_number(json_object_get(answer, "Ip"), "InReceives", 0);
	assert_null(json_object_get(answer, "IpExt"));
	json_decref(answer);
	answer = ask_of(b, "/lop/snmp");
	assert_number(json_object_get(answer, "Udp"), "NoPorts", 0);
	json_decref(answer);
	answer = ask_of(a, "/lop/netstat");
	assert_number(json_object_get(answer, "IpExt"), "InOctets", 9);
	json_decref(answer);
}

static void
drops_are_told_by_reason(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);
	json_t *answer;

	lop_count(fx_worker(lop)->drop[LOP_DROP_NO_SOCKET], 4);
	answer = ask_of(lop, "/lop/drops");
	assert_int_equal(json_object_size(answer), LOP_DROP_COUNT);
	assert_number(answer, "no_socket", 4);
	assert_number(answer, "rcvbuf", 0);
	json_decref(answer);
}

/* contract OB-02, OB-04, NE-01, NE-03, DEV-03 */
static void
interfaces_routes_neighbours_and_sockets_are_told(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	int fd = fx_udp(lop, "127.0.0.1", 5000);
	struct sockaddr_in self = fx_addr("127.0.0.1", 5000);
	json_t *answer;
	const json_t *row;

	assert_int_equal(lop_sendto(fd, "abc", 3, 0, (struct sockaddr *)&self, sizeof(self)), 3);
	answer = ask_of(lop, "/lop/if");
	row = row_with(answer, "name", "lo");
	assert_number(row, "ifindex", 1);
	assert_number(row, "mtu", 65536);
	assert_number(row, "type", 772);
	assert_number(row, "rx_packets", 1);
	assert_number(row, "tx_bytes", 31);
	json_decref(answer);
	answer = ask_of(lop, "/lop/udp");
	row = row_with(answer, "local", "127.0.0.1");
	assert_number(row, "local_port", 5000);
	assert_number(row, "state", 7);
	assert_number(row, "rx_queue", 832);
	json_decref(answer);
	answer = ask_of(lop, "/lop/routes");
	row = row_with(answer, "dst", "127.0.0.0");
	assert_number(row, "dst_len", 8);
	assert_number(row, "table", RT_TABLE_LOCAL);
	assert_number(row, "type", RTN_LOCAL);
	assert_text(row, "prefsrc", "127.0.0.1");
	json_decref(answer);
	answer = ask_of(lop, "/lop/neigh");
	assert_int_equal(json_object_size(answer), 1);
	row = json_object_get(answer, "0");
	assert_text(row, "addr", "0.0.0.0");
	assert_text(row, "lladdr", "00:00:00:00:00:00");
	json_decref(answer);
}

static void
long_lists_come_page_by_page(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	unsigned int seen = 0;
	char command[96];

	for (uint16_t port = 5000; port < 5100; port++)
		fx_udp(lop, "127.0.0.1", port);
	for (;;) {
		json_t *answer;
		size_t n;

		snprintf(command, sizeof(command), "/lop/udp,%s,%u", lop_name(lop), seen);
		answer = ask(command);
		assert_true(json_is_object(answer));
		n = json_object_size(answer);
		json_decref(answer);
		if (n == 0)
			break;
		seen += n;
	}
	assert_int_equal(seen, 100);
}

/* No such instance, no instance at all, a bad number: null, and the process lives on. */
static void
bad_requests_are_refused(void **state)
{
	static const char *const commands[] = { "/lop/snmp", "/lop/snmp,", "/lop/snmp,nosuch",
		"/lop/netstat,", "/lop/drops,x", "/lop/if,lo", "/lop/udp,one,", "/lop/udp,one,x",
		"/lop/udp,one,-1", "/lop/udp,one,1x", "/lop/routes,on", "/lop/neigh,onee" };

	fx_lop(*state, &(struct lop_conf){ .name = "one" });
	for (unsigned int i = 0; i < RTE_DIM(commands); i++) {
		json_t *answer = ask(commands[i]);

		if (!json_is_null(answer))
			fail_msg("%s has an answer", commands[i]);
		json_decref(answer);
	}
}

static const struct lo_case stats_telemetry_cases[] = {
	LO_CASE(instances_are_listed_and_asked_by_name),
	LO_CASE(drops_are_told_by_reason),
	LO_CASE(interfaces_routes_neighbours_and_sockets_are_told),
	LO_CASE(long_lists_come_page_by_page),
	LO_CASE(bad_requests_are_refused),
};
LO_REGISTER_TEST(lop_stats_autotest, stats_telemetry_cases);
