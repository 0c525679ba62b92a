/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Operations on sockets that carry no data. */

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>

#include "ops.h"

void
op_socket(struct run *run, const struct words *w)
{
	const unsigned int slot = slot_of(w, 1);
	const int fd = run->x->socket(number_of(w, "domain", AF_INET),
			number_of(w, "type", SOCK_DGRAM), number_of(w, "proto", 0));

	note_result(run, RTE_MIN(fd, 0));
	if (run->fd[slot] >= 0)
		run->x->close(run->fd[slot]);
	run->fd[slot] = fd;
}

void
op_bind(struct run *run, const struct words *w)
{
	struct sockaddr_storage addr;
	socklen_t len;
	const struct sockaddr *to = sockaddr_of(w, word(w, 2), &addr, &len);

	note_result(run, run->x->bind(fd_of(run, w, 1), to, len));
}

void
op_connect(struct run *run, const struct words *w)
{
	struct sockaddr_storage addr;
	socklen_t len;
	const struct sockaddr *to = sockaddr_of(w, word(w, 2), &addr, &len);

	note_result(run, run->x->connect(fd_of(run, w, 1), to, len));
}

/* "if=2", "source=127.0.0.1", "group=224.0.0.9": the structures of IP's multicast options. */
static socklen_t
mreqn_of(const struct words *w, uint8_t *value)
{
	struct ip_mreqn m = {
		.imr_multiaddr.s_addr = address_of(w, "group"),
		.imr_address.s_addr = address_of(w, "source"),
		.imr_ifindex = number_of(w, "if", 0),
	};

	memcpy(value, &m, sizeof(m));
	return number_of(w, "len", sizeof(m));
}

/* set SLOT OPTION=VALUE [len=N], OPTION=hex:BYTES, OPTION=text:NAME, OPTION=mreqn group= ... */
void
op_set(struct run *run, const struct words *w)
{
	const int fd = fd_of(run, w, 1);
	uint8_t value[256] = { 0 };
	const char *text = w->nb_keys > 0 ? w->pair[0].value : "";
	const char *key = w->nb_keys > 0 ? w->pair[0].key : "";
	socklen_t len = sizeof(int);
	int level, name;

	if (!option(key, &level, &name)) {
		level = number_of(w, "level", -1);
		name = number(key + strspn(key, "#"));
	}
	if (strncmp(text, "hex:", 4) == 0) {
		len = bytes_of(text + 4, value, sizeof(value));
	} else if (strncmp(text, "text:", 5) == 0) {
		snprintf((char *)value, sizeof(value), "%s", text + 5);
		len = number_of(w, "len", strlen(text + 5));
	} else if (strcmp(text, "mreqn") == 0) {
		len = mreqn_of(w, value);
	} else {
		const int n = number(text);

		memcpy(value, &n, sizeof(n));
		len = number_of(w, "len", sizeof(n));
	}
	note_result(run, run->x->setsockopt(fd, level, name, value, len));
}

void
op_get(struct run *run, const struct words *w)
{
	uint8_t value[64] = { 0 };
	char text[2 * sizeof(value) + 1] = "";
	socklen_t len = number_of(w, "len", sizeof(value));
	int level, name, ret;

	if (!option(word(w, 2), &level, &name)) {
		level = number_of(w, "level", -1);
		name = number(word(w, 2));
	}
	ret = run->x->getsockopt(fd_of(run, w, 1), level, name, value, &len);
	note_result(run, ret);
	if (ret != 0)
		return;
	for (socklen_t i = 0; i < RTE_MIN(len, sizeof(value)); i++)
		snprintf(text + 2 * i, 3, "%02x", value[i]);
	note(run, "value", json_string(text));
	note(run, "len", json_integer(len));
}

typedef int (*name_fn)(int fd, struct sockaddr *addr, socklen_t *len);

static void
note_name(struct run *run, const struct words *w, name_fn fn)
{
	struct sockaddr_storage addr = { 0 };
	socklen_t len = number_of(w, "len", sizeof(addr));
	const int ret = fn(fd_of(run, w, 1), (struct sockaddr *)&addr, &len);
	char text[64];

	note_result(run, ret);
	if (ret != 0)
		return;
	addr_text(run, text, sizeof(text), &addr, len);
	note(run, "name", json_string(text));
}

void
op_name(struct run *run, const struct words *w)
{
	note_name(run, w, run->x->getsockname);
}

void
op_peer(struct run *run, const struct words *w)
{
	note_name(run, w, run->x->getpeername);
}

void
op_poll(struct run *run, const struct words *w)
{
	struct pollfd p = { .fd = fd_of(run, w, 1), .events = POLLIN | POLLOUT | POLLRDHUP };

	if (w->n > 2)
		p.events = (short)number(word(w, 2));
	note_result(run, run->x->poll(&p, 1, 0));
	note_text(run, "events", "%#x", (unsigned int)p.revents);
}

void
op_ioctl(struct run *run, const struct words *w)
{
	int value = -1;

	note_result(run, run->x->ioctl(fd_of(run, w, 1), number(word(w, 2)), &value));
	note(run, "value", json_integer(value));
}

/* ifreq SLOT REQUEST DEV [ethtool=COMMAND] [index=]: what is behind the name, zeros at the end cut */
void
op_ifreq(struct run *run, const struct words *w)
{
	uint8_t data[256] = { 0 };
	const bool ethtool = word_of(w, "ethtool") != NULL;
	const uint32_t command = number_of(w, "ethtool", 0);
	struct ifreq ifr = { .ifr_ifindex = number_of(w, "index", 0) };
	const uint8_t *p = ethtool ? data : (const uint8_t *)&ifr.ifr_ifru;
	size_t bytes = ethtool ? sizeof(data) : sizeof(ifr.ifr_ifru), used = 0;
	char text[2 * sizeof(data) + 1] = "";

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", word(w, 3));
	memcpy(data, &command, sizeof(command));
	if (ethtool)
		ifr.ifr_data = (void *)data;
	note_result(run, run->x->ioctl(fd_of(run, w, 1), number(word(w, 2)), &ifr));
	while (bytes > 0 && p[bytes - 1] == 0)
		bytes--;
	for (size_t i = 0; i < bytes; i++)
		used += snprintf(text + used, sizeof(text) - used, "%02x", p[i]);
	note(run, "value", json_string(text));
	note_text(run, "name", "%.*s", IFNAMSIZ, ifr.ifr_name);
}

/* ifconf SLOT [room=BYTES]: every address and its label; no room: only how many bytes they need */
void
op_ifconf(struct run *run, const struct words *w)
{
	struct ifreq list[16] = { 0 };
	struct ifconf conf = { .ifc_len = (int)number_of(w, "room", 0) };
	json_t *lines = json_array();

	if (conf.ifc_len > (int)sizeof(list))
		bad_word("too much room", word_of(w, "room"));
	conf.ifc_req = word_of(w, "room") != NULL ? list : NULL;
	note_result(run, run->x->ioctl(fd_of(run, w, 1), SIOCGIFCONF, &conf));
	note(run, "len", json_integer(conf.ifc_len));
	for (unsigned int i = 0; conf.ifc_req != NULL && list[i].ifr_name[0] != '\0'; i++) {
		char text[64], addr[40];

		addr_text(run, addr, sizeof(addr), &list[i].ifr_addr, sizeof(list[i].ifr_addr));
		snprintf(text, sizeof(text), "%.15s %s", list[i].ifr_name, addr);
		json_array_append_new(lines, json_string(text));
	}
	note(run, "lines", lines);
}

void
op_shutdown(struct run *run, const struct words *w)
{
	note_result(run, run->x->shutdown(fd_of(run, w, 1), number(word(w, 2))));
}

void
op_close(struct run *run, const struct words *w)
{
	const unsigned int slot = slot_of(w, 1);

	note_result(run, run->x->close(run->fd[slot]));
	run->fd[slot] = -1;
}
