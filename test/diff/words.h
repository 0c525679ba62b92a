/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef DIFF_WORDS_H
#define DIFF_WORDS_H

/*
 * An operation as words: "send 0 5 to=127.0.0.1:5001 flags=MSG_OOB". What has a '=' is found by
 * its key, the others by their place.
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORDS_MAX 32

struct words {
	unsigned int n; /* by place, the verb being 0 */
	char *at[WORDS_MAX];
	unsigned int nb_keys;
	struct {
		const char *key;
		char *value;
	} pair[WORDS_MAX];
};

/* Cuts the line up. */
void words_cut(struct words *w, char *line);
/* By place and by key; "" and NULL where there is none. */
const char *word(const struct words *w, unsigned int place);
const char *word_of(const struct words *w, const char *key);
/* Numbers, decimal, hexadecimal or names of constants joined by '|'. Unknown words end the run. */
int64_t number(const char *text);
int64_t number_of(const struct words *w, const char *key, int64_t otherwise);
/* "127.0.0.1:5000" or "127.0.0.1". */
void address(const char *text, struct sockaddr_in *sin);
uint32_t address_of(const struct words *w, const char *key);
/* "10.0.0.0/8"; without a length it is 32. */
uint8_t prefix(const char *text, uint32_t *addr_be);
/* Hexadecimal digits: bytes written, at most size. */
size_t bytes_of(const char *hex, uint8_t *to, size_t size);
void mac_of(const char *text, uint8_t mac[6]);

/* names.c: a constant of the system's headers. false: there is no such name. */
bool constant(const char *name, int64_t *value);
/* A socket option and its level. */
bool option(const char *name, int *level, int *value);

/* A scenario that cannot be read ends the program: the message names the operation. */
void bad_word(const char *what, const char *text) __attribute__((noreturn));

#endif /* DIFF_WORDS_H */
