/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* lo-test's commands, at its prompt and as its arguments. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmdline.h>
#include <cmdline_parse.h>
#include <cmdline_parse_string.h>
#include <cmdline_rdline.h>
#include <cmdline_socket.h>

#include "commands.h"
#include "lo_test.h"

#define PROMPT "RTE>>"

/* What the commands so far make of the exit status: a command's function cannot return it. */
static int exit_status;

struct words {
	cmdline_fixed_string_t first;
	cmdline_fixed_string_t second;
};

static void
note_result(int ret)
{
	if (ret == LO_TEST_SKIPPED && exit_status == 0)
		exit_status = LO_TEST_SKIPPED;
	else if (ret != 0 && ret != LO_TEST_SKIPPED)
		exit_status = EXIT_FAILURE;
}

static void
run_autotest(void *parsed, struct cmdline *cl, void *data)
{
	struct words *w = parsed;

	RTE_SET_USED(cl);
	RTE_SET_USED(data);
	note_result(lo_test_run(w->first, NULL));
}

static void
run_cases(void *parsed, struct cmdline *cl, void *data)
{
	struct words *w = parsed;

	RTE_SET_USED(cl);
	RTE_SET_USED(data);
	note_result(lo_test_run(w->first, w->second));
}

static void
list_autotests(void *parsed, struct cmdline *cl, void *data)
{
	RTE_SET_USED(parsed);
	RTE_SET_USED(cl);
	RTE_SET_USED(data);
	lo_test_list(NULL);
}

static void
list_cases(void *parsed, struct cmdline *cl, void *data)
{
	struct words *w = parsed;

	RTE_SET_USED(cl);
	RTE_SET_USED(data);
	lo_test_list(w->second);
}

static void
show_help(void *parsed, struct cmdline *cl, void *data)
{
	RTE_SET_USED(parsed);
	RTE_SET_USED(data);
	cmdline_printf(cl,
			"AUTOTEST            run all its cases\n"
			"AUTOTEST PATTERN    run the cases that fit a shell pattern\n"
			"list                name the autotests\n"
			"list AUTOTEST       name its cases\n"
			"quit                leave; the exit status is 0 if all passed\n"
			"\nAutotests:\n");
	lo_test_list(NULL);
}

static void
quit(void *parsed, struct cmdline *cl, void *data)
{
	RTE_SET_USED(parsed);
	RTE_SET_USED(data);
	cmdline_quit(cl);
}

/* The names of the autotests are filled in by commands_init(). */
static cmdline_parse_token_string_t autotest_word = TOKEN_STRING_INITIALIZER(
		struct words, first, NULL);
static cmdline_parse_token_string_t listed_word = TOKEN_STRING_INITIALIZER(
		struct words, second, NULL);
static cmdline_parse_token_string_t pattern_word = TOKEN_STRING_INITIALIZER(
		struct words, second, NULL);
static cmdline_parse_token_string_t list_word = TOKEN_STRING_INITIALIZER(
		struct words, first, "list");
static cmdline_parse_token_string_t help_word = TOKEN_STRING_INITIALIZER(
		struct words, first, "help");
static cmdline_parse_token_string_t quit_word = TOKEN_STRING_INITIALIZER(
		struct words, first, "quit");

static cmdline_parse_inst_t autotest_command = {
	.f = run_autotest,
	.help_str = "run an autotest",
	.tokens = { (void *)&autotest_word, NULL },
};
static cmdline_parse_inst_t cases_command = {
	.f = run_cases,
	.help_str = "run the cases of an autotest that fit a shell pattern",
	.tokens = { (void *)&autotest_word, (void *)&pattern_word, NULL },
};
static cmdline_parse_inst_t list_command = {
	.f = list_autotests,
	.help_str = "name the autotests",
	.tokens = { (void *)&list_word, NULL },
};
static cmdline_parse_inst_t list_cases_command = {
	.f = list_cases,
	.help_str = "name the cases of an autotest",
	.tokens = { (void *)&list_word, (void *)&listed_word, NULL },
};
static cmdline_parse_inst_t help_command = {
	.f = show_help,
	.help_str = "list the commands",
	.tokens = { (void *)&help_word, NULL },
};
static cmdline_parse_inst_t quit_command = {
	.f = quit,
	.help_str = "leave",
	.tokens = { (void *)&quit_word, NULL },
};

static cmdline_parse_ctx_t context[] = {
	&autotest_command,
	&cases_command,
	&list_command,
	&list_cases_command,
	&help_command,
	&quit_command,
	NULL,
};

int
commands_init(void)
{
	/* The tokens point at it until the process ends. */
	const char *names = lo_test_names();

	if (names == NULL)
		return -1;
	autotest_word.string_data.str = names;
	listed_word.string_data.str = names;
	return 0;
}

void
commands_run(const char *command, int *status)
{
	struct cmdline *cl;
	char *line;

	exit_status = *status;
	cl = cmdline_new(context, "", -1, STDOUT_FILENO);
	if (cl == NULL || asprintf(&line, "%s\n", command) < 0) {
		printf("lo-test: no memory for the command line\n");
		*status = EXIT_FAILURE;
		return;
	}

	if (cmdline_parse_check(cl, line) < 0) {
		printf("lo-test: unknown command '%s': 'list' names the autotests\n", command);
		exit_status = EXIT_FAILURE;
	} else {
		cmdline_parse(cl, line);
	}
	*status = exit_status;
	free(line);
	cmdline_free(cl);
}

void
commands_prompt(int *status)
{
	struct cmdline *cl = cmdline_stdin_new(context, PROMPT);

	if (cl == NULL) {
		printf("lo-test: no prompt: standard input cannot be read\n");
		*status = EXIT_FAILURE;
		return;
	}
	exit_status = *status;
	cmdline_interact(cl);
	cmdline_stdin_exit(cl);
	*status = exit_status;
}
