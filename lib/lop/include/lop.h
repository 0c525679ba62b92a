/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_H
#define LOP_H

/**
 * @file
 * Instances and workers.
 *
 * An instance is what a network namespace is in Linux: its own interfaces, routes, sockets and
 * counters, and an interface `lo` with index 1 that comes first and goes last (contract DEV-01).
 * Instances of one process share nothing.
 *
 * Calls that configure (lop_create(), lop_if_*, lop_addr_*, lop_route_*, ...) may come from any
 * thread, one at a time per instance: they take a lock. Calls that move packets come from threads
 * attached as workers.
 *
 * Unless a function says otherwise it returns 0 or a negative errno; creators return NULL and set
 * rte_errno. Only the calls of lop_socket.h speak POSIX: -1 and errno.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LOP_API __attribute__((visibility("default")))

/** Threads that one instance can have attached at once, at most. */
#define LOP_WORKERS_MAX 64
/** Interfaces of one instance, at most; an index is below this. */
#define LOP_IFS_MAX 64
/** The interface index of `lo`. */
#define LOP_LO_INDEX 1
/** Packets in a burst, at most. */
#define LOP_BURST_MAX 64

struct lop;
struct rte_mbuf;
struct rte_mempool;

/** What is zero gets the default. */
struct lop_conf {
	const char *name; /**< of the instance, unique in the process: "lop0", "lop1", ... */
	unsigned int workers_max;        /**< 8; at most LOP_WORKERS_MAX */
	unsigned int mbufs;              /**< of the instance's pool: 16383 */
	unsigned int seed;               /**< of port search, IDs and hashes: random */
	uint64_t (*clock_us)(void *arg); /**< microseconds that never go back: the TSC */
	void *clock_arg;
	bool short_circuit;   /**< deliver local packets without the device (contract FLOW-1) */
	bool no_bind_low;     /**< without CAP_NET_BIND_SERVICE: ports below 1024 are refused */
	bool no_net_admin;    /**< without CAP_NET_ADMIN and CAP_NET_RAW */
	unsigned int backlog; /**< packets waiting on lo per worker: 1000 (contract BK-01) */
};

/**
 * Create an instance with its `lo`, down and without an address (contract DEV-02).
 *
 * The device behind it is a net_lo vdev, whose driver comes with the library. Not before
 * rte_eal_init().
 *
 * @param conf
 *   May be NULL. Copied.
 * @return
 *   NULL with rte_errno: EINVAL (a value out of its range, a line is logged), EEXIST (name), ENODEV
 *   (no net_lo driver), ENOMEM, ENOSPC (no ethdev port left), E_RTE_SECONDARY.
 */
LOP_API struct lop *lop_create(const struct lop_conf *conf);

/**
 * Close all sockets, free every packet, take down all interfaces, `lo` last.
 *
 * Every worker but the caller must have detached before; the caller's goes with it.
 *
 * @return
 *   0; -EBUSY when another thread is still attached, and nothing happened.
 */
LOP_API int lop_destroy(struct lop *lop);

/** The instance's name. */
LOP_API const char *lop_name(const struct lop *lop);

/**
 * Make the calling thread a worker of the instance. Threads that the EAL does not know are
 * registered with it. Attaching twice counts.
 *
 * @return
 *   -ENOSPC when there are workers_max of them, -ENOMEM.
 */
LOP_API int lop_worker_attach(struct lop *lop);

/** End one lop_worker_attach() of the calling thread. -ENOENT when there is none. */
LOP_API int lop_worker_detach(struct lop *lop);

/**
 * Receive what waits on the instance's devices, and run the timers that are due.
 *
 * Local traffic needs no polling: it is delivered while it is sent (contract BK-05). By an
 * attached thread.
 *
 * @return
 *   Packets received.
 */
LOP_API uint16_t lop_poll_devices(struct lop *lop);

/**
 * The pool that the library's mbufs come from, for payloads of lop_udp_send_burst(). Its mbufs
 * have room for LOP_HEADROOM_BYTES of headers and 2048 bytes of data.
 */
LOP_API struct rte_mempool *lop_mempool(const struct lop *lop);

/**
 * Set one of Linux's per-namespace settings by its name below /proc/sys/net/ipv4, for example
 * "ip_default_ttl" or "conf/lo/rp_filter".
 *
 * @return
 *   -ENOENT (no such setting), -EINVAL (not a number, out of range).
 */
LOP_API int lop_sysctl_set(struct lop *lop, const char *name, const char *value);

/** Read a setting as text. -ENOENT, -ENOSPC. */
LOP_API int lop_sysctl_get(struct lop *lop, const char *name, char *value, size_t size);

#ifdef __cplusplus
}
#endif

#endif
