/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* From the first word of an operation to what does it. */

#include <string.h>

#include "ops.h"

static const struct {
	const char *verb;
	void (*run)(struct run *run, const struct words *w);
} verbs[] = {
	{ "addr", op_addr },
	{ "advance", op_advance },
	{ "bind", op_bind },
	{ "close", op_close },
	{ "connect", op_connect },
	{ "filter", op_filter },
	{ "get", op_get },
	{ "hook", op_hook },
	{ "ifconf", op_ifconf },
	{ "ifreq", op_ifreq },
	{ "inject", op_inject },
	{ "ioctl", op_ioctl },
	{ "link", op_link },
	{ "name", op_name },
	{ "neigh", op_neigh },
	{ "observe", op_observe },
	{ "peer", op_peer },
	{ "poll", op_poll },
	{ "recv", op_recv },
	{ "route", op_route },
	{ "send", op_send },
	{ "set", op_set },
	{ "shutdown", op_shutdown },
	{ "socket", op_socket },
	{ "sysctl", op_sysctl },
	{ "tap", op_tap },
	{ "traffic", op_traffic },
};

void
op_run(struct run *run, char *line)
{
	struct words w;

	words_cut(&w, line);
	for (unsigned int i = 0; i < RTE_DIM(verbs); i++) {
		if (strcmp(verbs[i].verb, word(&w, 0)) == 0) {
			verbs[i].run(run, &w);
			return;
		}
	}
	bad_word("no such operation", word(&w, 0));
}

unsigned int
slot_of(const struct words *w, unsigned int place)
{
	const int64_t slot = number(word(w, place));

	if (slot < 0 || slot >= DIFF_SLOTS)
		bad_word("no such slot", word(w, place));
	return slot;
}

int
fd_of(struct run *run, const struct words *w, unsigned int place)
{
	return run->fd[slot_of(w, place)];
}

const struct sockaddr *
sockaddr_of(const struct words *w, const char *text, struct sockaddr_storage *addr, socklen_t *len)
{
	const char *raw = word_of(w, "raw");
	struct sockaddr_in sin;

	memset(addr, 0, sizeof(*addr));
	*len = 0;
	if (raw != NULL) {
		*len = bytes_of(raw, (uint8_t *)addr, sizeof(*addr));
	} else if (text != NULL && *text != '\0') {
		address(text, &sin);
		memcpy(addr, &sin, sizeof(sin));
		*len = sizeof(sin);
	} else {
		*len = number_of(w, "alen", 0);
		return NULL;
	}
	addr->ss_family = number_of(w, "family", addr->ss_family);
	*len = number_of(w, "alen", *len);
	return (const struct sockaddr *)addr;
}

void
fill(struct run *run, uint32_t bytes)
{
	const unsigned int seed = ++run->sent;

	for (uint32_t i = 0; i < bytes; i++)
		run->data[i] = seed * 31 + i * 7 + (i >> 8);
}
