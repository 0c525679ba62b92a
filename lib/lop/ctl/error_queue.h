/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_CTL_ERROR_QUEUE_H
#define LOP_CTL_ERROR_QUEUE_H

/*
 * What waits for MSG_ERRQUEUE: records in mbufs, linked by meta.next from sk->err_head, under
 * sk->rx_lock. The data of each is a struct lop_error_record, then the bytes that were quoted.
 */

#include <linux/errqueue.h>

#include <rte_ip.h>

#include "../dp/ip_options.h"
#include "../dp/sock.h"

struct lop_error_record {
	struct sock_extended_err ee;
	struct sockaddr_in offender; /* all zeros for a local error */
	uint32_t daddr_be;           /* where the datagram had gone */
	uint16_t dport_be;
	/*
	 * Of the ICMP message, or of the frame that left: its IPv4 header and its interface, and
	 * what Linux takes for the destination port. ip.version_ihl 0: none is known.
	 */
	struct rte_ipv4_hdr ip;
	uint8_t options[LOP_OPTIONS_MAX];
	bool has_port;
	uint16_t port_be;
	uint16_t ifindex;
	uint32_t truesize;
	uint64_t now_us;
};

/* Queue a record if the receive buffer has room, which Linux charges; false: not, it is yours. */
bool lop_error_enqueue(struct lop_sock *sk, struct rte_mbuf *m, uint32_t truesize);
/* Let the last record, if it is MSG_ZEROCOPY's of the number before, stand for this one, too. */
bool lop_error_extend(struct lop_sock *sk, uint32_t key);

#endif
