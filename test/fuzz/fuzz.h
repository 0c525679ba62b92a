/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef FUZZ_H
#define FUZZ_H

/*
 * What the fuzzers share. A fuzzer is a struct fuzz_target; libFuzzer drives one of them per
 * program (main.c), lo-test runs the files of the corpora through all of them (lop_fuzz_autotest).
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

struct fuzz_target {
	const char *name; /* of the folder of its corpus too */
	/* Once before the first input, after the EAL has started; and behind the last one. */
	void (*open)(void);
	void (*close)(void);
	void (*run)(const uint8_t *data, size_t size);
};

extern const struct fuzz_target fuzz_input, fuzz_socket, fuzz_devargs, fuzz_filter;

/* What must hold, in every build: a fuzzer knows a failure by the process's end. */
#define FUZZ_CHECK(cond)                                                                         \
	do {                                                                                     \
		if (unlikely(!(cond))) {                                                         \
			fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #cond); \
			abort();                                                                 \
		}                                                                                \
	} while (0)

/* What is left of an input; behind its end come zeros. */
struct fuzz_bytes {
	const uint8_t *at, *end;
};

static inline size_t
fuzz_left(const struct fuzz_bytes *b)
{
	return b->end - b->at;
}

static inline uint8_t
fuzz_u8(struct fuzz_bytes *b)
{
	return b->at != b->end ? *b->at++ : 0;
}

static inline uint16_t
fuzz_u16(struct fuzz_bytes *b)
{
	const uint8_t high = fuzz_u8(b);

	return high << 8 | fuzz_u8(b);
}

static inline uint32_t
fuzz_u32(struct fuzz_bytes *b)
{
	const uint32_t high = fuzz_u16(b);

	return high << 16 | fuzz_u16(b);
}

/* Bytes that follow, at most as many as there are. */
static inline const uint8_t *
fuzz_take(struct fuzz_bytes *b, size_t want, size_t *got)
{
	const uint8_t *at = b->at;

	*got = RTE_MIN(want, fuzz_left(b));
	b->at += *got;
	return at;
}

/* A block of exactly n bytes, for sanitizers to see its end: bytes that follow, then zeros. */
static inline void *
fuzz_block(struct fuzz_bytes *b, size_t n)
{
	size_t got;
	const uint8_t *from = fuzz_take(b, n, &got);
	uint8_t *to = calloc(1, n != 0 ? n : 1);

	FUZZ_CHECK(to != NULL);
	if (got != 0)
		memcpy(to, from, got);
	return to;
}

#endif
