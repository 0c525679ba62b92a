/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Operations as words, numbers and addresses. */

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

void
bad_word(const char *what, const char *text)
{
	fprintf(stderr, "lo-diff: %s: %s\n", what, text);
	exit(2);
}

void
words_cut(struct words *w, char *line)
{
	char *rest = line;
	char *at;

	memset(w, 0, sizeof(*w));
	while ((at = strsep(&rest, " ")) != NULL) {
		char *value = strchr(at, '=');

		if (*at == '\0')
			continue;
		if (w->n == WORDS_MAX || w->nb_keys == WORDS_MAX)
			bad_word("too many words", at);
		if (value == NULL) {
			w->at[w->n++] = at;
			continue;
		}
		*value = '\0';
		w->pair[w->nb_keys].key = at;
		w->pair[w->nb_keys++].value = value + 1;
	}
}

const char *
word(const struct words *w, unsigned int place)
{
	return place < w->n ? w->at[place] : "";
}

const char *
word_of(const struct words *w, const char *key)
{
	for (unsigned int i = 0; i < w->nb_keys; i++) {
		if (strcmp(w->pair[i].key, key) == 0)
			return w->pair[i].value;
	}
	return NULL;
}

int64_t
number(const char *text)
{
	char copy[256];
	char *rest = copy;
	char *part;
	int64_t sum = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	while ((part = strsep(&rest, "|")) != NULL) {
		int64_t value;
		char *end;

		errno = 0;
		value = strtoll(part, &end, 0);
		if ((end == part || *end != '\0' || errno != 0) && !constant(part, &value))
			bad_word("neither a number nor a known name", part);
		sum |= value;
	}
	return sum;
}

int64_t
number_of(const struct words *w, const char *key, int64_t otherwise)
{
	const char *text = word_of(w, key);

	return text != NULL ? number(text) : otherwise;
}

void
address(const char *text, struct sockaddr_in *sin)
{
	char host[32];
	const char *port = strchr(text, ':');

	memset(sin, 0, sizeof(*sin));
	sin->sin_family = AF_INET;
	snprintf(host, sizeof(host), "%.*s", port != NULL ? (int)(port - text) : 31, text);
	if (inet_pton(AF_INET, host, &sin->sin_addr) != 1)
		bad_word("no address", text);
	if (port != NULL)
		sin->sin_port = htons((uint16_t)number(port + 1));
}

uint32_t
address_of(const struct words *w, const char *key)
{
	const char *text = word_of(w, key);
	struct sockaddr_in sin;

	if (text == NULL)
		return 0;
	address(text, &sin);
	return sin.sin_addr.s_addr;
}

uint8_t
prefix(const char *text, uint32_t *addr_be)
{
	char host[32];
	const char *len = strchr(text, '/');

	snprintf(host, sizeof(host), "%.*s", len != NULL ? (int)(len - text) : 31, text);
	if (inet_pton(AF_INET, host, addr_be) != 1)
		bad_word("no prefix", text);
	return len != NULL ? number(len + 1) : 32;
}

static int
digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

size_t
bytes_of(const char *hex, uint8_t *to, size_t size)
{
	size_t n = 0;

	for (; hex[0] != '\0'; hex += 2) {
		const int high = digit(hex[0]);
		const int low = digit(hex[1]);

		if (high < 0 || low < 0 || n == size)
			bad_word("no bytes, or too many", hex);
		to[n++] = (uint8_t)(high << 4 | low);
	}
	return n;
}

void
mac_of(const char *text, uint8_t mac[6])
{
	unsigned int b[6];

	if (sscanf(text, "%x:%x:%x:%x:%x:%x", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5]) != 6)
		bad_word("no link address", text);
	for (unsigned int i = 0; i < 6; i++)
		mac[i] = (uint8_t)b[i];
}
