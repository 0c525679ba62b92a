/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_CTL_MSG_H
#define LOP_CTL_MSG_H

/*
 * Sending and receiving by calls, as their files share it. Functions answer -errno; all of them
 * run between lop_enter() and lop_leave().
 */

#include <linux/rtnetlink.h>
#include <linux/udp.h>
#include <poll.h>
#include <sys/socket.h>

#include <rte_ip.h>
#include <rte_udp.h>

#include "../dp/copy.h"
#include "../dp/fib.h"
#include "../dp/ip_options.h"
#include "../dp/send.h"
#include "../dp/stages.h"
#include "../dp/udp_in.h"
#include "sock.h"

#define LOP_IOV_MAX 1024 /* UIO_MAXIOV: elements of a buffer, messages of a call */
#define LOP_GSO_SEGMENTS_MAX 128
#define LOP_MSG_PROBE 0x10          /* Linux's MSG_PROBE, by an older name in the system's header */
#define LOP_DATAGRAM_MAX UINT16_MAX /* bytes of an IPv4 packet */

/* What a call wants to send. */
struct lop_request {
	const struct sockaddr *to; /* NULL: no address was given */
	socklen_t to_bytes;
	struct lop_iov iov;
	size_t len;
	const void *control;
	size_t control_bytes;
	int flags;
};

/* What control messages and options of the socket ask for (Linux's ipcm_cookie). */
struct lop_cookie {
	int oif;
	uint32_t saddr_be;
	uint32_t mark;
	uint32_t stamps; /* SO_TIMESTAMPING's records, with LOP_STAMPS_ASKED; 0: the socket's */
	int tos;         /* -1: the socket's */
	uint8_t ttl;     /* 0: the socket's */
	uint8_t options_bytes;
	uint16_t gso_size;
	bool ip_level; /* something but UDP_SEGMENT was there: contract CO-04 */
	bool has_options;
	uint8_t options[LOP_OPTIONS_MAX];
};

/* A send that is decided: where its datagram goes and how it looks. */
struct lop_sending {
	struct lop_send send;
	const struct lop_dst *dst;
	uint32_t mtu_bytes; /* where it is cut, or refused */
	uint16_t gso_size;
	/* Of control messages, 0: none; by lop_send_route() only. */
	uint8_t ttl;
	uint32_t stamps;
	uint8_t options[LOP_OPTIONS_MAX];
};

/* Bytes of the headers of a datagram, from IPv4 on. */
static inline uint32_t
lop_sending_headers(const struct lop_sending *s)
{
	return 20 + s->send.options_bytes + 8;
}

/* ctl/send.c: any send of one datagram: bytes sent, or -errno (contract SEND-01 to SEND-19). */
ssize_t lop_send_request(struct lop_worker *w, struct lop_sock *sk, const struct lop_request *rq);

/* Check what sendmsg() and recvmsg() check of a header. 0 and the buffer's length, or -errno. */
int lop_msg_check(const struct msghdr *msg, size_t *len);

/* The same from a message's header. */
ssize_t
lop_send_msg(struct lop_worker *w, struct lop_sock *sk, const struct msghdr *msg, int flags);

/* ctl/send_raw.c: raw and ping sockets (contract DM-01, IC-03). */
ssize_t lop_send_raw(struct lop_worker *w, struct lop_sock *sk, const struct lop_request *rq);
ssize_t lop_send_ping(struct lop_worker *w, struct lop_sock *sk, const struct lop_request *rq);

/*
 * Whether nothing about the socket and the flags of a call stands in the way of a datagram without
 * control messages, or is to be told to its sender first.
 */
static __rte_always_inline bool
lop_send_is_plain(const struct lop_sock *sk, int flags)
{
	return (flags & ~(MSG_DONTWAIT | MSG_NOSIGNAL)) == 0 && sk->protocol == IPPROTO_UDP &&
			sk->type == SOCK_DGRAM && lop_load(sk->sport_be) != 0 &&
			lop_load(sk->cork) == NULL &&
			(lop_load(sk->flags) & (LOP_SOCK_CORK | LOP_SOCK_DONTROUTE)) == 0 &&
			(lop_load(sk->shutdown) & 2) == 0 && lop_load(sk->err) == 0 &&
			(lop_load(sk->options_bytes) | lop_load(sk->gso_size)) == 0 &&
			lop_load(sk->wmem_bytes) < lop_load(sk->sndbuf_bytes) &&
			lop_load(sk->lop->hooks.send_check) == NULL;
}

/* Whether more is to come behind this send (contract CK-01). */
static inline bool
lop_send_is_corked(const struct lop_sock *sk, int flags)
{
	return (flags & MSG_MORE) != 0 || (lop_load(sk->flags) & LOP_SOCK_CORK) != 0;
}

/* ctl/send_route.c: address, control messages, route (contract SEND-06 to SEND-12). */
int lop_send_route(struct lop_worker *w, struct lop_sock *sk, const struct lop_request *rq,
		struct lop_sending *s);

/*
 * The same without a look-up, for a socket, an address and flags that need nothing special and
 * whose route is known: whether it was so.
 */
bool lop_send_route_known(struct lop_worker *w, struct lop_sock *sk, const struct sockaddr *to,
		socklen_t to_bytes, struct lop_sending *s);

/* ctl/send_udp.c */

/*
 * May another buffer be had (contract SEND-15, SEND-16, CO-06)? 0, or -errno, which was counted in
 * OutDiscards; -ERESTART: it is there now, but waiting took the route away.
 */
int lop_send_allowed(struct lop_worker *w, struct lop_sock *sk, int flags);
/* Not too long for one datagram (contract SEND-13, SEND-14)? Queues the local error. */
int lop_send_fits(struct lop_worker *w, struct lop_sock *sk, const struct lop_sending *s,
		uint32_t bytes);
/*
 * Put the bytes of a request behind the payload m (contract SEND-16, SEND-17). -EFAULT, -ENOBUFS,
 * which were counted; m is to be freed then.
 */
int lop_send_fill(struct lop_worker *w, struct lop_sock *sk, const struct lop_sending *s,
		const struct lop_request *rq, struct rte_mbuf *m);
/* Something on the way to a datagram was not to be had: counted, -ENOBUFS. */
int lop_send_no_buffer(struct lop_worker *w);
/* One datagram, whose payload m is: taken in any case. */
int lop_send_mbuf(struct lop_worker *w, struct lop_sending *s, struct rte_mbuf *m);
/* Datagrams to one destination, n <= LOP_BURST_MAX: taken in any case. Of one: its errno. */
int lop_send_mbufs(struct lop_worker *w, const struct lop_sending *s, struct rte_mbuf **pkts,
		uint16_t n);

/* ctl/cmsg_send.c: contract CM-01 to CM-05 */
int lop_cmsg_send(const struct lop_sock *sk, const struct lop_request *rq, struct lop_cookie *c);

/* ctl/cork.c: contract CK-01, SEND-05, SEND-11 */

/* Whether a datagram is being collected. */
static inline bool
lop_cork_pending(const struct lop_sock *sk)
{
	return lop_load(sk->cork) != NULL;
}

/* Add to the datagram being collected; *done says that it was not (any more) being collected. */
ssize_t
lop_cork_add(struct lop_worker *w, struct lop_sock *sk, const struct lop_request *rq, bool *done);
/* Begin one. */
ssize_t lop_cork_begin(struct lop_worker *w, struct lop_sock *sk, const struct lop_request *rq,
		const struct lop_sending *s);
/* ctl/cmsg_recv.c: contract CM-06 */

/*
 * Put a control message into the buffer of `control`, which becomes what is left of it; what does
 * not fit sets MSG_CTRUNC in *flags.
 */
void lop_control_put(struct msghdr *control, int *flags, int level, int type, const void *data,
		size_t bytes);
/* SO_TIMESTAMP and SO_TIMESTAMPNS of something that came at a time of the worker's clock. */
void lop_cmsg_time(const struct lop_worker *w, const struct lop_sock *sk, uint64_t now_us,
		struct msghdr *control, int *flags);
/* SO_TIMESTAMPING's, for those who asked to be told of software stamps. */
void lop_cmsg_stamping(const struct lop_worker *w, const struct lop_sock *sk, uint64_t now_us,
		struct msghdr *control, int *flags);
/* Of that, what stands in a header; port_be: what Linux takes for the destination port, or NULL. */
void lop_cmsg_header(const struct lop_sock *sk, const struct rte_ipv4_hdr *ip,
		const uint16_t *port_be, struct msghdr *control, int *flags);
/* All that the socket asks for, of what lop_sock_take() gave. */
void lop_cmsg_recv(struct lop_worker *w, struct lop_sock *sk, const struct rte_mbuf *m,
		struct msghdr *control, int *flags);

/* ctl/recv.c */

/* What a call wants to receive, and what it got. */
struct lop_receipt {
	struct lop_iov iov;
	size_t len;
	int flags;
	int msg_flags; /* MSG_TRUNC and so on */
	bool has_from;
	struct sockaddr_in from;
	struct msghdr *msg; /* for control messages, see lop_control_put(); NULL: none wanted */
};

/* The IPv4 header of what waited in a socket. */
static __rte_always_inline const struct rte_ipv4_hdr *
lop_recv_ip(const struct lop_sock *sk, const struct rte_mbuf *m)
{
	if (likely(sk->rx_udp))
		return lop_udp_ip_of(m);
	return rte_pktmbuf_mtod_offset(m, const struct rte_ipv4_hdr *,
			sk->type == SOCK_RAW ? 0 : -lop_meta(m)->l3_len);
}

static __rte_always_inline void
lop_recv_source(const struct lop_sock *sk, const struct rte_mbuf *m, struct sockaddr_in *from)
{
	*from = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = lop_recv_ip(sk, m)->src_addr,
	};
	if (likely(sk->rx_udp))
		from->sin_port = lop_udp_of(m)->src_port;
}

/* A datagram in one segment, with a checksum that need not be looked at. */
static __rte_always_inline bool
lop_recv_is_plain(const struct rte_mbuf *m)
{
	return m->nb_segs == 1 && (lop_meta(m)->flags & LOP_META_CSUM_KNOWN) != 0;
}

/* Receive one datagram: bytes, or -errno. */
ssize_t lop_recv_one(struct lop_worker *w, struct lop_sock *sk, struct lop_receipt *r);
/* The same into a message's header, which an error leaves as it was. */
ssize_t lop_recv_msg(struct lop_worker *w, struct lop_sock *sk, struct msghdr *msg, int flags);
/* What a receipt says, into a message's header; r->msg is what is left of its control buffer. */
void lop_receipt_store(const struct lop_receipt *r, struct msghdr *msg);
/*
 * The rest of it, with a datagram that was taken or is looked at from an offset on; the reference
 * to it is taken. -EBADMSG: its checksum was wrong, look for the next one.
 */
ssize_t lop_recv_mbuf(struct lop_worker *w, struct lop_sock *sk, struct lop_receipt *r,
		struct rte_mbuf *m, uint32_t off);

/* Its checksum is wrong: counted and dropped. */
void lop_recv_bad_sum(struct lop_worker *w, struct lop_sock *sk, struct rte_mbuf *m);

/* ctl/recv_peek.c: contract UR-06 */

/* The datagram to look at, with a reference, and where; NULL: none. */
struct rte_mbuf *lop_peek(struct lop_sock *sk, uint32_t *off);
/*
 * The length of the datagram that the next recv(2) gives, or -1: none. Those in front of it whose
 * checksum is wrong are dropped as by a recv(2) (contract UR-01).
 */
int lop_recv_next_bytes(struct lop_worker *w, struct lop_sock *sk);
/* Take it out of the queue, if it is there still: it is no good. */
void lop_peek_unlink(struct lop_sock *sk, struct rte_mbuf *m);

/* ctl/notices.c: lop_send_mbuf() of a send that asks for stamps by itself (contract XM-06). */
#define LOP_STAMPS_ASKED RTE_BIT32(31)
int lop_send_stamped(struct lop_worker *w, struct lop_sending *s, struct rte_mbuf *m);

/* ctl/notices.c: a send with MSG_ZEROCOPY is done with its buffer (contract XM-07). */
void lop_zerocopy_done(struct lop_worker *w, struct lop_sock *sk);

/* ctl/error_queue.c: recvmsg() with MSG_ERRQUEUE (contract IC-02). */
ssize_t lop_errqueue_recv(struct lop_worker *w, struct lop_sock *sk, struct lop_receipt *r);
/* A local error, for senders with IP_RECVERR: contract SEND-14. */
void lop_error_local(struct lop_worker *w, struct lop_sock *sk, int err, uint32_t info,
		uint32_t daddr_be, uint16_t dport_be);

#endif
