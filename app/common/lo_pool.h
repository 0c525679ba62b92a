/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LO_POOL_H
#define LO_POOL_H

#include <stdint.h>

#include <rte_mempool.h>

/**
 * Create an mbuf pool that is as fast without huge pages as with them.
 *
 * Without huge pages every 4 KiB page is an IOVA range of its own, and
 * rte_pktmbuf_pool_create(), which wants each object in one range, starts a new
 * page for every mbuf: all mbufs then share the same few cache sets. No device
 * here does DMA, so this pool drops that wish when there are no huge pages.
 *
 * The caller owns the pool and frees it with rte_mempool_free() once all mbufs
 * are back. Calls need the same care as rte_mempool_create(): after EAL
 * initialisation, control path only.
 *
 * @param name
 *   Name of the pool, unique in the process.
 * @param n
 *   Number of mbufs.
 * @param cache
 *   Mbufs that each lcore's cache holds, 0 to RTE_MEMPOOL_CACHE_MAX_SIZE and at
 *   most n / 1.5.
 * @param data_room
 *   Bytes of each mbuf's buffer, headroom included.
 * @param socket
 *   NUMA node, or SOCKET_ID_ANY.
 * @return
 *   The pool, or NULL with rte_errno set as rte_mempool_create_empty(),
 *   rte_mempool_set_ops_byname() and rte_mempool_populate_default() say.
 */
struct rte_mempool *lo_pool_create(const char *name, unsigned int n, unsigned int cache,
		uint16_t data_room, int socket);

#endif /* LO_POOL_H */
