/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * SIOCETHTOOL: what lo answers to ethtool(8) (contract DEV-13), and the link of other ports.
 *
 * The structures hold numbers in the host's byte order and begin with the command.
 */

#include <errno.h>
#include <net/if.h>
#include <string.h>

#include <linux/ethtool.h>
#include <linux/net_tstamp.h>

#include "../include/lop_if.h"
#include "options.h"

/* lo's answers to questions for one number. */
static const struct {
	uint32_t command, answer;
} lo_values[] = {
	{ ETHTOOL_GRXCSUM, 1 },
	{ ETHTOOL_GTXCSUM, 1 },
	{ ETHTOOL_GSG, 1 },
	{ ETHTOOL_GTSO, 1 },
	{ ETHTOOL_GGSO, 1 },
	{ ETHTOOL_GGRO, 1 },
	{ ETHTOOL_GFLAGS, 0 },
};

static int
put_value(void *data, uint32_t command, uint32_t value)
{
	const struct ethtool_value answer = { .cmd = command, .data = value };

	memcpy(data, &answer, sizeof(answer));
	return 0;
}

static int
put_stamps(void *data)
{
	const struct ethtool_ts_info answer = {
		.cmd = ETHTOOL_GET_TS_INFO,
		.so_timestamping = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE |
				SOF_TIMESTAMPING_SOFTWARE,
		.phc_index = -1,
	};

	memcpy(data, &answer, sizeof(answer));
	return 0;
}

int
lop_ethtool(const struct lop_if_info *info, bool is_lo, void *data)
{
	uint32_t command;

	memcpy(&command, data, sizeof(command));
	if (command == ETHTOOL_GLINK)
		return put_value(data, command,
				(info->flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING));
	if (!is_lo)
		return -EOPNOTSUPP;
	if (command == ETHTOOL_GET_TS_INFO)
		return put_stamps(data);
	for (unsigned int i = 0; i < RTE_DIM(lo_values); i++) {
		if (lo_values[i].command == command)
			return put_value(data, command, lo_values[i].answer);
	}
	return -EOPNOTSUPP;
}
