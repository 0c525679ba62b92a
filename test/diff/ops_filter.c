/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Filters of sockets: programs of classic BPF, step by step. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/filter.h>

#include "ops.h"

#define STEPS_MAX 8192

/* "CODE", "CODE:K" or "CODE:JT:JF:K" */
static struct sock_filter
step_of(const char *text)
{
	struct sock_filter step = { 0 };
	char copy[256];
	char *rest = copy;
	char *part[4] = { NULL };
	unsigned int n = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	while (n < RTE_DIM(part) && (part[n] = strsep(&rest, ":")) != NULL)
		n++;
	if (n == 0 || n == 3 || rest != NULL)
		bad_word("no step of a program", text);
	step.code = (uint16_t)number(part[0]);
	if (n == 4) {
		step.jt = (uint8_t)number(part[1]);
		step.jf = (uint8_t)number(part[2]);
	}
	if (n > 1)
		step.k = (uint32_t)number(part[n - 1]);
	return step;
}

static void
attach(struct run *run, const struct words *w, struct sock_filter *steps)
{
	const unsigned int times = number_of(w, "times", 1);
	struct sock_fprog prog = { .filter = steps };
	uint8_t value[2 * sizeof(prog)] = { 0 };
	unsigned int n = 0;

	for (unsigned int i = 0; i + 2 < w->n; i++) {
		for (unsigned int k = 0; k < (i == 0 ? times : 1); k++) {
			if (n == STEPS_MAX)
				bad_word("too many steps", word(w, i + 2));
			steps[n++] = step_of(word(w, i + 2));
		}
	}
	prog.len = (unsigned short)number_of(w, "n", n);
	if (word_of(w, "null") != NULL)
		prog.filter = NULL;
	memcpy(value, &prog, sizeof(prog));
	note_result(run,
			run->x->setsockopt(fd_of(run, w, 1), SOL_SOCKET, SO_ATTACH_FILTER, value,
					(socklen_t)number_of(w, "len", sizeof(prog))));
}

static void
ask(struct run *run, const struct words *w, struct sock_filter *steps)
{
	socklen_t n = (socklen_t)number_of(w, "steps", STEPS_MAX);
	const bool null = word_of(w, "null") != NULL;
	const int ret = run->x->getsockopt(
			fd_of(run, w, 1), SOL_SOCKET, SO_GET_FILTER, null ? NULL : steps, &n);

	note_result(run, ret);
	if (ret != 0)
		return;
	note(run, "steps", json_integer(n));
	note_text(run, "program", "%016llx",
			(unsigned long long)hash_bytes(0, steps, n * sizeof(steps[0])));
}

/*
 * filter SLOT STEP... [times=] [n=] [len=] [null=]: attach; the first step so many times.
 * filter SLOT [steps=] [null=]: ask for what is attached, with room for so many steps.
 */
void
op_filter(struct run *run, const struct words *w)
{
	struct sock_filter *steps = calloc(STEPS_MAX, sizeof(*steps));

	if (steps == NULL)
		abort();
	if (w->n > 2)
		attach(run, w, steps);
	else
		ask(run, w, steps);
	free(steps);
}
