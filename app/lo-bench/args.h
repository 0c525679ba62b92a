/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_ARGS_H
#define LOB_ARGS_H

#include <stdint.h>

#define LOB_LIST_MAX 16
#define LOB_BURST_MAX 256
#define LOB_IN_FLIGHT_MAX 4096
#define LOB_SIZE_MIN 60 /* the smallest frame of Ethernet, its FCS not counted */
#define LOB_SIZE_MAX 9014
#define LOB_ROUNDS_MAX 1000

/* What is done with the header of every packet between receiving and sending it. */
enum lob_touch {
	LOB_TOUCH_NONE,
	LOB_TOUCH_READ,
	LOB_TOUCH_REWRITE,
};

struct lob_list {
	uint32_t v[LOB_LIST_MAX];
	unsigned int n;
};

/* The command line behind "--". */
struct lob_args {
	struct lob_list scenarios; /* indices into lob_scenarios; all of them when none was named */
	struct lob_list burst;     /* empty: each scenario's own, like the next two */
	struct lob_list in_flight;
	struct lob_list size_bytes;
	struct lob_list touch;  /* enum lob_touch */
	struct lob_list peers;  /* indices into lob_peers */
	struct lob_list rounds; /* one number, like ms */
	struct lob_list ms;     /* milliseconds of one round of one subject */
	const char *json_path;  /* NULL: none, like pcap_path */
	const char *pcap_path;
};

const char *lob_touch_name(enum lob_touch touch);

/**
 * Read the command line behind "--" and refuse what makes no sense.
 *
 * A refusal is one line on stderr: what, which value, what is accepted.
 *
 * @return
 *   0, -EINVAL after a refusal, or 1 when help was asked for.
 */
int lob_args_parse(int argc, char **argv, struct lob_args *args);

void lob_args_help(void);

#endif /* LOB_ARGS_H */
