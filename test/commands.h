/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef COMMANDS_H
#define COMMANDS_H

/* The commands of lo-test: its arguments, and what the prompt takes. */

/**
 * Make the command line know the autotests.
 *
 * @return
 *   0, or -1 without memory.
 */
int commands_init(void);

/**
 * Run one command.
 *
 * @param command
 *   A line as one would type it.
 * @param status
 *   Exit status so far: raised to EXIT_FAILURE when the command is unknown or its test failed, to
 *   LO_TEST_SKIPPED when its test was not supported and nothing failed before.
 */
void commands_run(const char *command, int *status);

/** Read commands from standard input until "quit" or its end. As commands_run() for status. */
void commands_prompt(int *status);

#endif /* COMMANDS_H */
