/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_HOOK_H
#define LOP_HOOK_H

/**
 * @file
 * Hooks, taps and the send check (contract FLOW-2, NF-01 to NF-03, TAP).
 */

#include <sys/socket.h>

#include "lop.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Where a packet meets hooks; the numbers are netfilter's. */
enum lop_hook_point {
	LOP_HOOK_PRE_ROUTING,
	LOP_HOOK_LOCAL_IN,
	LOP_HOOK_FORWARD, /**< nothing is forwarded yet: never called */
	LOP_HOOK_LOCAL_OUT,
	LOP_HOOK_POST_ROUTING,
	LOP_HOOK_POINTS
};

/** What a hook says of a packet; the numbers are netfilter's. */
enum lop_verdict {
	LOP_VERDICT_DROP,   /**< the library frees it; the sender sees EPERM on the way out */
	LOP_VERDICT_ACCEPT, /**< on to the next hook */
	LOP_VERDICT_STOLEN, /**< the hook owns it from now on */
	LOP_VERDICT_QUEUE,  /**< to the handler of lop_hook_queue_set(), dropped if there is none */
	LOP_VERDICT_REPEAT, /**< call this hook once more */
};

/** What all packets of a call have in common. */
struct lop_hook_state {
	struct lop *lop;
	enum lop_hook_point point;
	int ifindex; /**< in: where they came from, out: where they go */
};

/**
 * A hook. The data of each packet starts at its IPv4 header. On entry all verdicts are
 * LOP_VERDICT_ACCEPT. Addresses, ports and payload may be changed, lengths may not; the checksums
 * are then the hook's to mend. A packet whose address or TOS differs behind the hooks of
 * LOP_HOOK_LOCAL_OUT is routed again. Runs on the worker that carries the packets; must not block.
 */
typedef void (*lop_hook_fn)(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts,
		uint8_t *verdicts, uint16_t n);

/** A registration. */
struct lop_hook {
	const char *name; /**< for listings and traces; copied */
	enum lop_hook_point point;
	int priority; /**< low comes first, of equal ones the last registered */
	lop_hook_fn fn;
	void *arg;
};

/** An id > 0, or -EINVAL (point, no function), -ENOSPC, -ENOMEM. */
LOP_API int lop_hook_register(struct lop *lop, const struct lop_hook *hook);

/** Returns when no worker runs the hook any more, so not from within a hook. -ENOENT. */
LOP_API int lop_hook_unregister(struct lop *lop, int id);

/**
 * Who gets packets with LOP_VERDICT_QUEUE, and owns them from then on. NULL: nobody.
 *
 * Each is to come back by lop_hook_reinject(), with LOP_VERDICT_DROP where it is not wanted any
 * more: until then it fills its sender's buffer, as in Linux. 4096 packets can be out at once; a
 * further one is dropped. Whoever owns packets when the instance is destroyed frees them first.
 */
LOP_API int lop_hook_queue_set(struct lop *lop,
		void (*fn)(void *arg, const struct lop_hook_state *state, struct rte_mbuf *pkt),
		void *arg);

/**
 * Send a packet on from behind the hook that queued or stole it, with that hook's late verdict:
 * accept, drop, queue or repeat. By an attached thread. Takes the packet in any case.
 *
 * A stolen packet fills no buffer and may be freed instead. One that comes back before the hook
 * that stole it has returned goes on behind all hooks of the point.
 *
 * @return
 *   0, or -errno of what followed; -EINVAL (point, verdict, not attached).
 */
LOP_API int
lop_hook_reinject(struct lop *lop, struct rte_mbuf *pkt, enum lop_hook_point point, int verdict);

/**
 * For a hook: refuse a packet and tell its sender by an ICMP error, destination unreachable with
 * this code (contract NF-02).
 *
 * @return
 *   The verdict to give, LOP_VERDICT_DROP.
 */
LOP_API uint8_t lop_hook_reject(
		const struct lop_hook_state *state, const struct rte_mbuf *pkt, uint8_t code);

/**
 * A tap sees packets at a device and must leave them unchanged. Data starts at the Ethernet header.
 * pkt_type: PACKET_OUTGOING, PACKET_HOST, PACKET_BROADCAST, PACKET_MULTICAST, PACKET_OTHERHOST.
 */
typedef void (*lop_tap_fn)(void *arg, int ifindex, const uint8_t *pkt_types,
		struct rte_mbuf *const *pkts, uint16_t n);

/** ifindex 0: all interfaces. An id > 0, or -EINVAL, -ENODEV, -ENOSPC, -ENOMEM. */
LOP_API int lop_tap_add(struct lop *lop, int ifindex, lop_tap_fn fn, void *arg);

/** Returns when no worker runs the tap any more. -ENOENT. */
LOP_API int lop_tap_del(struct lop *lop, int id);

/**
 * Ask before each send of a socket, as Linux's security_socket_sendmsg: 0 or a negative errno that
 * the sender gets before anything else is looked at. NULL: nobody is asked.
 */
LOP_API int lop_send_check_set(struct lop *lop,
		int (*fn)(void *arg, int fd, const struct sockaddr *to, size_t len_bytes),
		void *arg);

#ifdef __cplusplus
}
#endif

#endif
