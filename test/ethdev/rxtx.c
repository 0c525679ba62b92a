/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* What goes in comes out: once, in order, with the same bytes. */

#include <rte_cycles.h>

#include "ut.h"

/* A started device accepts packets. */
static void
tx_accepts(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	ut_send(fx, 0, 32, 1, 60);
	fx_drain(fx->rx_port, 0);
}

/* Nobody sent: nothing arrives. */
static void
rx_empty_returns_nothing(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	fx_rx_none(fx->rx_port, 0);
}

static void
loopback_content_intact(void **state)
{
	struct fx *fx = *state;

	ut_up(fx, NULL);
	ut_loop(fx, 0, 0, 32, 60);
}

static const struct lo_case cases[] = {
	LO_CASE(tx_accepts),
	LO_CASE(rx_empty_returns_nothing),
	LO_CASE(loopback_content_intact),
};
LO_REGISTER_TEST(ethdev_autotest, cases);
