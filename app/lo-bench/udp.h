/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_UDP_H
#define LOB_UDP_H

#include "scenario.h"

/*
 * Rounds that several scenarios of the path have entries with. Each obeys c.burst.
 *
 * lob_udp_round: all to one socket, which receives in bursts; to many destinations when the path
 * has targets.
 */
int lob_udp_round(struct lob_round *r);

#endif /* LOB_UDP_H */
