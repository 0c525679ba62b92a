/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* A run of a scenario: what is noted behind each operation. */

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <stdlib.h>
#include <string.h>

#include "counters.h"
#include "diff.h"

#define EPHEMERAL_MIN 32768

void
note(struct run *run, const char *field, json_t *value)
{
	json_object_set_new(run->now, field, value);
}

void
note_text(struct run *run, const char *field, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	note(run, field, json_string(text));
}

static void
note_errno(struct run *run, int code)
{
	const char *name = strerrorname_np(code);

	note(run, "errno", json_string(name != NULL ? name : "?"));
}

void
note_result(struct run *run, ssize_t ret)
{
	const int code = errno;

	note(run, "ret", json_integer(ret));
	if (ret < 0)
		note_errno(run, code);
}

void
note_status(struct run *run, int ret)
{
	note(run, "ret", json_integer(RTE_MIN(ret, 0) == 0 ? 0 : -1));
	if (ret < 0)
		note_errno(run, -ret);
}

void
port_text(struct run *run, char *text, size_t size, uint16_t port)
{
	unsigned int i;

	if (port < EPHEMERAL_MIN) {
		snprintf(text, size, "%u", port);
		return;
	}
	for (i = 0; i < run->nb_ports && run->ports[i] != port; i++)
		;
	if (i == run->nb_ports && i < RTE_DIM(run->ports))
		run->ports[run->nb_ports++] = port;
	snprintf(text, size, "p%u", i + 1);
}

void
port_known_text(const struct run *run, char *text, size_t size, uint16_t port)
{
	unsigned int i;

	for (i = 0; i < run->nb_ports && run->ports[i] != port; i++)
		;
	if (port < EPHEMERAL_MIN)
		snprintf(text, size, "%u", port);
	else if (i < run->nb_ports)
		snprintf(text, size, "p%u", i + 1);
	else
		snprintf(text, size, "p");
}

void
addr_text(struct run *run, char *text, size_t size, const void *addr, socklen_t len)
{
	const struct sockaddr_in *sin = addr;
	char host[INET_ADDRSTRLEN], port[8];

	if (len < sizeof(*sin) || sin->sin_family != AF_INET) {
		snprintf(text, size, "%u bytes, family %d", len, len < 2 ? -1 : sin->sin_family);
		return;
	}
	inet_ntop(AF_INET, &sin->sin_addr, host, sizeof(host));
	port_text(run, port, sizeof(port), ntohs(sin->sin_port));
	snprintf(text, size, "%s:%s", host, port);
}

uint64_t
hash_bytes(uint64_t hash, const void *data, size_t bytes)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < bytes; i++)
		hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
	return hash;
}

/* The ports of all sockets get their names in the order of the slots: not by what is seen first. */
static void
name_ports(struct run *run)
{
	for (unsigned int i = 0; i < DIFF_SLOTS; i++) {
		struct sockaddr_in sin;
		socklen_t len = sizeof(sin);
		char text[8];

		if (run->fd[i] >= 0 &&
				run->x->getsockname(run->fd[i], (struct sockaddr *)&sin, &len) == 0)
			port_text(run, text, sizeof(text), ntohs(sin.sin_port));
	}
}

struct list {
	struct run *run;
	json_t *array;
	bool types;
};

static void
frame_append(void *arg, int pkt_type, const uint8_t *frame, uint32_t bytes)
{
	static const char *const types[] = { "HOST", "BROADCAST", "MULTICAST", "OTHERHOST", "OUT" };
	struct list *list = arg;
	char text[1100];
	size_t used = 0;

	if (list->types)
		used = snprintf(text, sizeof(text), "%s ",
				(unsigned int)pkt_type < RTE_DIM(types) ? types[pkt_type] : "?");
	frame_text(list->run, text + used, sizeof(text) - used, frame, bytes);
	json_array_append_new(list->array, json_string(text));
}

static void
frame_ignore(void *arg, int pkt_type, const uint8_t *frame, uint32_t bytes)
{
	RTE_SET_USED(arg);
	RTE_SET_USED(pkt_type);
	RTE_SET_USED(frame);
	RTE_SET_USED(bytes);
}

/* What was captured, or went out by the taps. */
static void
note_list(struct run *run, const char *field, void (*take)(dx_frame_fn fn, void *arg), bool types)
{
	struct list list = { .run = run, .array = json_array(), .types = types };

	take(frame_append, &list);
	if (json_array_size(list.array) > 0)
		json_object_set(run->now, field, list.array);
	json_decref(list.array);
}

static void
note_moved(struct run *run, const struct counters *old, const struct counters *now)
{
	char text[4096];

	counters_moved(text, sizeof(text), old, now);
	if (*text != '\0')
		note(run, "moved", json_string(text));
}

json_t *
run_scenario(const struct dx *x, const struct scenario *s)
{
	struct counters *counters = calloc(2, sizeof(*counters));
	struct run *run = calloc(1, sizeof(*run));
	json_t *record = json_array();
	size_t i;
	json_t *op;

	if (run == NULL || counters == NULL || record == NULL)
		abort();
	run->x = x;
	run->no_capture = s->no_capture;
	run->exact_ids = s->exact_ids;
	memset(run->fd, -1, sizeof(run->fd));
	counters_read(x, run->file, sizeof(run->file), &counters[0]);
	json_array_foreach(s->ops, i, op)
	{
		char *line = strdup(json_string_value(op));

		run->now = json_object();
		note(run, "op", json_string(line));
		op_run(run, line);
		free(line);
		name_ports(run);
		if (run->no_capture)
			x->captured(frame_ignore, NULL);
		else
			note_list(run, "captured", x->captured, true);
		/* a kernel's TAP has sent what was read from it */
		if (run->has_tap)
			note_list(run, "frames", x->frames, false);
		counters_read(x, run->file, sizeof(run->file), &counters[(i + 1) & 1]);
		note_moved(run, &counters[i & 1], &counters[(i + 1) & 1]);
		json_array_append_new(record, run->now);
	}
	for (i = 0; i < DIFF_SLOTS; i++) {
		if (run->fd[i] >= 0)
			x->close(run->fd[i]);
	}
	free(counters);
	free(run);
	return record;
}
