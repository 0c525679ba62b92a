/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_IF_H
#define LOP_IF_H

/**
 * @file
 * Interfaces and their addresses (contract DEV).
 */

#include <net/ethernet.h>
#include <net/if.h>

#include "lop.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Counters of an interface, as /proc/net/dev has them (contract DEV-11, DEV-12). */
struct lop_if_stats {
	uint64_t rx_packets, rx_bytes, tx_packets,
			tx_bytes; /**< on lo without the Ethernet header */
	uint64_t rx_errors, tx_errors;
	uint64_t rx_dropped, tx_dropped;
	uint64_t rx_otherhost_dropped;
	uint64_t multicast;
};

/** What can be asked about an interface. */
struct lop_if_info {
	int ifindex;
	char name[IFNAMSIZ];
	uint16_t port_id;   /**< of ethdev */
	unsigned int flags; /**< IFF_* as SIOCGIFFLAGS has them */
	uint32_t mtu;       /**< as set; IPv4 uses at most 65535 (contract DEV-09) */
	uint16_t type;      /**< ARPHRD_* */
	uint8_t mac[ETH_ALEN];
	uint8_t broadcast[ETH_ALEN];
	uint32_t tx_queue_len;
};

/** An IPv4 address of an interface. */
struct lop_ifaddr {
	uint32_t local_be;
	uint32_t broadcast_be; /**< 0: none */
	uint8_t prefix_len;
	uint8_t scope;        /**< RT_SCOPE_* */
	bool secondary;       /**< answered, not asked: another one of this subnet came first */
	char label[IFNAMSIZ]; /**< empty: the interface's name */
};

/**
 * Give an ethdev port to the instance as an interface. The library configures and starts it, and
 * stops and closes it when the interface goes. The port must be stopped.
 *
 * @return
 *   Its index, from 2 on; -ENODEV (no such port), -EEXIST (name), -ENOSPC, -EINVAL (name), or what
 *   ethdev answered.
 */
LOP_API int lop_if_attach(struct lop *lop, uint16_t port_id, const char *name);

/** Take an interface away with its addresses, routes and neighbours. -ENODEV, -EOPNOTSUPP (lo). */
LOP_API int lop_if_detach(struct lop *lop, int ifindex);

/** Index by name, or -ENODEV. */
LOP_API int lop_if_index(struct lop *lop, const char *name);

/** -ENODEV. */
LOP_API int lop_if_get(struct lop *lop, int ifindex, struct lop_if_info *info);

/** -ENODEV. Counted by all workers; any thread. */
LOP_API int lop_if_stats(struct lop *lop, int ifindex, struct lop_if_stats *stats);

/**
 * Set the flags that `mask` names: IFF_UP, IFF_NOARP, IFF_PROMISC, IFF_ALLMULTI, IFF_MULTICAST.
 *
 * @return
 *   -ENODEV, -EINVAL (another flag), -ENOMEM, or what ethdev answered.
 */
LOP_API int lop_if_set_flags(struct lop *lop, int ifindex, unsigned int flags, unsigned int mask);

/** contract DEV-09. -ENODEV, -EINVAL (negative), or what ethdev answered. */
LOP_API int lop_if_set_mtu(struct lop *lop, int ifindex, int mtu_bytes);

/** contract DEV-08. -ENODEV, -EADDRNOTAVAIL (multicast or all zeros, unless it is so already). */
LOP_API int lop_if_set_mac(struct lop *lop, int ifindex, const uint8_t mac[ETH_ALEN]);

/** -ENODEV, -EEXIST, -EINVAL. */
LOP_API int lop_if_rename(struct lop *lop, int ifindex, const char *name);

/**
 * Add an address; its routes come with it while the interface is up.
 *
 * @return
 *   -ENODEV, -EEXIST, -EINVAL (prefix, scope, label), -ENOBUFS (MTU below 68), -ENOMEM.
 */
LOP_API int lop_addr_add(struct lop *lop, int ifindex, const struct lop_ifaddr *addr);

/** Remove an address by local_be and prefix_len. -ENODEV, -EADDRNOTAVAIL. */
LOP_API int lop_addr_del(struct lop *lop, int ifindex, const struct lop_ifaddr *addr);

/** Up to n addresses of an interface in the order of `ip addr`: how many there are, or -ENODEV. */
LOP_API int lop_addr_list(struct lop *lop, int ifindex, struct lop_ifaddr *addrs, unsigned int n);

#ifdef __cplusplus
}
#endif

#endif
