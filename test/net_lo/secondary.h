/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef SECONDARY_H
#define SECONDARY_H

/*
 * net_lo_secondary_autotest starts lo-test once more, as a secondary process, to play a role: a
 * case of net_lo_secondary_role. Both know these.
 */

#define SECONDARY_AUTOTEST "net_lo_secondary_role"
/* Environment of the secondary process: name of the pool that both use. */
#define SECONDARY_POOL "LO_SECONDARY_POOL"
/* Of neither the primary's lcores: a pool has a cache for each of them. */
#define SECONDARY_LCORE 100
#define SECONDARY_DEVICE "net_lo_shared"

#define ECHO_PACKETS 20000
#define WAKE_UPS 200
#define STATS_PACKETS 7
#define STATS_BYTES 100
#define STATS_QUEUES 2

#endif /* SECONDARY_H */
