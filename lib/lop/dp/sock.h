/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_SOCK_H
#define LOP_DP_SOCK_H

/*
 * A socket. At most 1 KiB while nothing waits in it.
 *
 * Who may write: options and addresses the caller of the option's call (Linux serialises them by
 * the socket's lock; here two threads that set the same option at once get one of the two values,
 * and who sends meanwhile the old or the new one: they are loaded and stored as atomics);
 * the queue of datagrams whoever holds rx_lock.
 *
 * Life: made by lop_socket(), unlinked from the tables by lop_close(), freed after a grace period.
 */

#include <netinet/in.h>
#include <rte_mbuf.h>
#include <rte_spinlock.h>

#include "worker.h"

struct lop_cork;
struct lop_mcast_list;
struct lop_sock_filter;

enum lop_sock_state {
	LOP_SOCK_ESTABLISHED = 1,
	LOP_SOCK_CLOSED = 7
}; /* as /proc/net/udp has it */

/* Options that are on or off. */
enum lop_sock_flag {
	LOP_SOCK_BROADCAST = 1 << 0,
	LOP_SOCK_REUSEADDR = 1 << 1,
	LOP_SOCK_REUSEPORT = 1 << 2,
	LOP_SOCK_RECVERR = 1 << 3,
	LOP_SOCK_NO_CHECK_TX = 1 << 4, /* SO_NO_CHECK: UDP checksum 0 */
	LOP_SOCK_FREEBIND = 1 << 5,
	LOP_SOCK_TRANSPARENT = 1 << 6,
	LOP_SOCK_MC_LOOP = 1 << 7,
	LOP_SOCK_MC_ALL = 1 << 8,
	LOP_SOCK_DONTROUTE = 1 << 9,
	LOP_SOCK_NONBLOCK = 1 << 10,
	LOP_SOCK_CORK = 1 << 11, /* UDP_CORK */
	LOP_SOCK_HDRINCL = 1 << 12,
	LOP_SOCK_AUTOBOUND = 1 << 13,  /* the port was not asked for */
	LOP_SOCK_ADDR_BOUND = 1 << 14, /* the address was */
	LOP_SOCK_PORT_BOUND = 1 << 15,
	LOP_SOCK_RXQ_OVFL = 1 << 16,
	LOP_SOCK_TIMESTAMP = 1 << 17,
	LOP_SOCK_TIMESTAMPNS = 1 << 18,
	LOP_SOCK_PKTINFO = 1 << 19,
	LOP_SOCK_RECVTTL = 1 << 20,
	LOP_SOCK_RECVTOS = 1 << 21,
	LOP_SOCK_RECVOPTS = 1 << 22,
	LOP_SOCK_RETOPTS = 1 << 23,
	LOP_SOCK_ORIGDSTADDR = 1 << 24,
	LOP_SOCK_STAMPING = 1 << 26, /* SO_TIMESTAMPING, of what comes in */
	LOP_SOCK_PLAIN_RECV_OFF = 1
			<< 25, /* something of the kinds above is on: cmsgs are looked at */
};

/* What a socket wants to be noted with each datagram. */
#define LOP_SOCK_STAMPS (LOP_SOCK_TIMESTAMP | LOP_SOCK_TIMESTAMPNS | LOP_SOCK_STAMPING)
#define LOP_SOCK_NOTES (LOP_SOCK_RXQ_OVFL | LOP_SOCK_STAMPS)

/* More of them, in lop_sock.more. */
enum lop_sock_more {
	LOP_MORE_DEBUG = 1 << 0,
	LOP_MORE_KEEPALIVE = 1 << 1,
	LOP_MORE_OOBINLINE = 1 << 2,
	LOP_MORE_LINGER = 1 << 3,
	LOP_MORE_TIMESTAMP_NEW = 1 << 4, /* SO_TIMESTAMP*_NEW asked for the record */
	LOP_MORE_WIFI_STATUS = 1 << 5,
	LOP_MORE_NOFCS = 1 << 6,
	LOP_MORE_LOCK_FILTER = 1 << 7,
	LOP_MORE_SELECT_ERR_QUEUE = 1 << 8,
	LOP_MORE_ZEROCOPY = 1 << 9,
	LOP_MORE_PREFER_BUSY_POLL = 1 << 10,
	LOP_MORE_RCVMARK = 1 << 11,
	LOP_MORE_RCVPRIORITY = 1 << 12,
	LOP_MORE_RECVFRAGSIZE = 1 << 13,
	LOP_MORE_CHECKSUM = 1 << 14, /* IP_CHECKSUM */
	LOP_MORE_PASSSEC = 1 << 15,
	LOP_MORE_BIND_ADDRESS_NO_PORT = 1 << 16,
	LOP_MORE_NODEFRAG = 1 << 17,
	LOP_MORE_NO_CHECK6_TX = 1 << 18,
	LOP_MORE_NO_CHECK6_RX = 1 << 19,
	LOP_MORE_SNDBUF_LOCK = 1 << 20, /* SO_BUF_LOCK, and SO_SNDBUF was set */
	LOP_MORE_RCVBUF_LOCK = 1 << 21,
	LOP_MORE_UNHASHED = 1 << 22, /* not in the tables */
};

/*
 * What Linux takes for the address of a connected socket's peer, where it is another: that of data
 * that was corked for somebody else, or of a connect(2) that failed (contract CK-01). As long as
 * that is so no destination is kept in the socket, and its sends go the long way or by a plan.
 */
struct lop_astray {
	RTE_ATOMIC(bool) on; /* the rest: under tx_lock */
	uint16_t dport_be;
	uint32_t daddr_be, saddr_be;
};

/* What is done with datagrams before they come to a queue. */
enum lop_rx_first {
	LOP_RX_FILTERED = 1 << 0, /* by the socket's filter */
	LOP_RX_SHARED = 1 << 1,   /* the queue is rx_into's */
};

/* As many as leave an idle socket, with what DPDK's heap puts in front of it, within 1 KiB. */
#define LOP_SOCK_SLOTS 48

struct lop_sock {
	/* Sending, and being looked for: one look. */
	struct lop *lop;
	RTE_ATOMIC(uint32_t) flags; /* enum lop_sock_flag */
	int fd;
	uint8_t type;     /* SOCK_DGRAM or SOCK_RAW */
	uint8_t protocol; /* IPPROTO_UDP, IPPROTO_ICMP (ping socket), or a raw socket's */
	RTE_ATOMIC(uint8_t) state;
	RTE_ATOMIC(uint8_t) shutdown; /* 1: RCV, 2: SEND */
	RTE_ATOMIC(uint8_t) pmtudisc; /* IP_PMTUDISC_* */
	RTE_ATOMIC(uint8_t) tos;
	RTE_ATOMIC(int16_t) ttl;           /* -1: the instance's */
	RTE_ATOMIC(uint32_t) saddr_be;     /* inet_saddr: source of what is sent, 0: choose */
	RTE_ATOMIC(uint32_t) rcv_saddr_be; /* bound address, what a lookup compares */
	RTE_ATOMIC(uint32_t) daddr_be;     /* peer, 0: none */
	RTE_ATOMIC(uint16_t) dport_be;
	RTE_ATOMIC(uint16_t) sport_be;    /* 0: not bound */
	RTE_ATOMIC(int) bound_if;         /* SO_BINDTODEVICE */
	RTE_ATOMIC(uint32_t) reuse_group; /* SO_REUSEPORT: its number, 0: none */
	RTE_ATOMIC(int) incoming_cpu;
	RTE_ATOMIC(uint32_t) mark;
	RTE_ATOMIC(uint8_t) mc_ttl;

	/* Sending by a plan: the other look. */
	RTE_ATOMIC(uint32_t) gen __rte_cache_aligned; /* lop->sock_gen, when it was last changed */
	RTE_ATOMIC(int) err;                          /* sk_err: errno that the next call gets */
	RTE_ATOMIC(uint32_t) wmem_bytes; /* of packets parked on the way out (contract XM-02) */
	RTE_ATOMIC(uint16_t) ip_id;      /* of the next packet of a connected socket (IPO-03) */

	/*
	 * The destination last used, under the generation it was found in (contract CO-03): read
	 * and written by lop_sock_dst_get(), lop_sock_dst_set(). A socket may have many senders.
	 */
	RTE_ATOMIC(uint32_t) dst_seq; /* odd while it is being written */
	RTE_ATOMIC(uint32_t) dst_genid;
	RTE_ATOMIC(const struct lop_dst *) dst;
	RTE_ATOMIC(uint32_t) dst_key_be; /* the destination that was asked for */
	RTE_ATOMIC(uint32_t) dst_daddr_be;
	RTE_ATOMIC(uint32_t) dst_saddr_be;
	/* (address, port), where several share a port: the next in the chain; lop->lock is held */
	RTE_ATOMIC(struct lop_sock *) by_addr[2];

	/* Receiving what is plain. Written under the lock, but for what is atomic. */
	rte_spinlock_t rx_lock __rte_cache_aligned;
	bool rx_udp;                     /* a UDP socket; constant */
	RTE_ATOMIC(bool) rx_any;         /* bound to no address, peer or device: lop->lock */
	RTE_ATOMIC(bool) rx_notes;       /* something is noted with each datagram: LOP_SOCK_NOTES */
	RTE_ATOMIC(bool) waited_for;     /* lop_sock_wake() has somebody to wake */
	bool rx_unsure;                  /* something waits whose checksum nobody knows yet */
	bool err_waits;                  /* in the queue of errors, which is charged, too */
	uint8_t rx_from, rx_to;          /* of rx_slot */
	uint32_t rmem_bytes;             /* truesize of what waits */
	RTE_ATOMIC(uint32_t) rx_packets; /* that wait: an empty socket is seen without the lock */
	RTE_ATOMIC(bool) rx_peeks;       /* peek_off is set */
	RTE_ATOMIC(uint8_t) rx_first;    /* enum lop_rx_first: lop->lock */
	struct rte_mbuf *rx_head, *rx_tail; /* linked by meta.next; behind those in rx_slot */
	RTE_ATOMIC(uint32_t) rcvbuf_bytes;
	uint32_t rx_owed; /* of rmem_bytes: was read, is still charged */
	uint32_t rx_seen; /* of rx_packets: see lop_rx_give_back() */
	int rx_fd;        /* its descriptor, which goes with what waits in rx_into */
	/* In whose queue waits what comes: its own, which others share; NULL: its own alone. */
	RTE_ATOMIC(struct lop_sock *) rx_into;

	/* Receiving what is not plain. */
	RTE_ATOMIC(int) peek_off __rte_cache_aligned;
	int eventfd; /* -1: none */
	RTE_ATOMIC(uint32_t) drops;
	struct rte_mbuf *err_head,
			*err_tail; /* MSG_ERRQUEUE, linked by meta.next, see error_queue.h */
	RTE_ATOMIC(struct lop_sock_filter *) filter; /* SO_ATTACH_FILTER; written under lop->lock */

	/* Tables: written with lop->lock held, read by lookups. */
	RTE_ATOMIC(struct lop_sock *) by_port;     /* next in the chain of the port */
	RTE_ATOMIC(struct lop_mcast_list *) mcast; /* joined groups; NULL: none */

	RTE_ATOMIC(uint32_t) priority; /* SO_PRIORITY */
	RTE_ATOMIC(int) mc_if;         /* IP_MULTICAST_IF */
	RTE_ATOMIC(uint32_t) mc_addr_be;
	RTE_ATOMIC(int) unicast_if; /* IP_UNICAST_IF */
	RTE_ATOMIC(int) err_soft;

	/* The rest. */
	RTE_ATOMIC(uint32_t) sndbuf_bytes;
	RTE_ATOMIC(int64_t) rcv_timeout_us, snd_timeout_us; /* -1: for ever */
	uint64_t inode;
	uint32_t uid;
	rte_spinlock_t tx_lock;             /* cork, astray */
	RTE_ATOMIC(struct lop_cork *) cork; /* written under it */
	struct lop_astray astray;
	uint8_t *options; /* IP_OPTIONS, options_bytes of them */
	RTE_ATOMIC(uint8_t) options_bytes;
	uint8_t recverr_rfc4884;
	uint16_t port_min, port_max;   /* IP_LOCAL_PORT_RANGE, 0: the instance's */
	RTE_ATOMIC(uint16_t) gso_size; /* UDP_SEGMENT */
	bool gro;                      /* UDP_GRO */
	bool pmtu_locked;
	RTE_ATOMIC(bool) routed;           /* the peer has a route: IP_MTU has an answer */
	RTE_ATOMIC(uint32_t) routed_genid; /* it was found under this generation */
	RTE_ATOMIC(uint32_t) more;         /* enum lop_sock_more */
	RTE_ATOMIC(uint32_t) ts_flags;     /* SO_TIMESTAMPING: SOF_TIMESTAMPING_* */
	RTE_ATOMIC(uint32_t) ts_key;       /* of the next datagram, with SOF_TIMESTAMPING_OPT_ID */
	RTE_ATOMIC(uint32_t) zerocopy_key; /* of the next send with MSG_ZEROCOPY */
	uint32_t ts_bind_phc;
	RTE_ATOMIC(uint32_t) icmp_filter; /* ICMP_FILTER of a raw socket: types it does not hear */
	int linger_s, rcvlowat;
	int busy_poll_us, busy_poll_budget;
	uint64_t pacing_rate;
	uint64_t txtime;
	uint8_t min_ttl, encap_type, txrehash;
	struct lop_sock *next, **pprev;                /* in lop->socks */
	RTE_ATOMIC(struct lop_sock *) * by_port_pprev; /* what points to it in the port's chain */
	uint64_t retired;                              /* closed: the grace period's token */

	/* Bursts that came while no list was there: who reads need not follow pointers. */
	struct rte_mbuf *rx_slot[LOP_SOCK_SLOTS] __rte_cache_aligned;
};
static_assert(sizeof(struct lop_sock) <= 1024 - 3 * RTE_CACHE_LINE_SIZE,
		"an idle socket takes 1 KiB, with two lines of the heap's and its share of tables");
static_assert(offsetof(struct lop_sock, gen) == RTE_CACHE_LINE_SIZE, "one look");
static_assert(offsetof(struct lop_sock, rx_lock) == 2 * RTE_CACHE_LINE_SIZE, "two looks");
static_assert(offsetof(struct lop_sock, peek_off) == 3 * RTE_CACHE_LINE_SIZE, "three looks");

/*
 * Something about the socket has changed, its options, its addresses or where it is found: what was
 * remembered of it no longer holds. Before the call returns that changed it.
 */
static inline void
lop_sock_changed(struct lop_sock *sk)
{
	/* a number that no other socket has had: this one's memory may be another's later */
	const uint32_t gen = rte_atomic_fetch_add_explicit(
			&sk->lop->sock_gen, 1, rte_memory_order_acq_rel);

	lop_publish(sk->gen, gen + 1);
}

/*
 * What the socket's destination was when somebody asked for daddr_be under this generation; false:
 * not known. The generation is loaded before, by a worker between lop_enter() and lop_leave().
 */
static __rte_always_inline bool
lop_sock_dst_get(const struct lop_sock *sk, uint32_t genid, uint32_t daddr_be,
		struct lop_route_result *result)
{
	const uint32_t seq = lop_acquire(sk->dst_seq);
	const bool known = lop_load(sk->dst_genid) == genid && lop_load(sk->dst_key_be) == daddr_be;

	result->dst = lop_load(sk->dst);
	result->daddr_be = lop_load(sk->dst_daddr_be);
	result->saddr_be = lop_load(sk->dst_saddr_be);
	result->cacheable = true;
	/* partner: the release fence of lop_sock_dst_set() */
	rte_atomic_thread_fence(rte_memory_order_acquire);
	return likely(known && result->dst != NULL && (seq & 1) == 0 &&
			lop_load(sk->dst_seq) == seq);
}

/* Keep it, unless astray. Who finds another one writing leaves it to that one: false. */
static inline bool
lop_sock_dst_set(struct lop_sock *sk, uint32_t genid, uint32_t daddr_be,
		const struct lop_route_result *result)
{
	uint32_t seq = lop_load(sk->dst_seq);
	bool keep;

	if ((seq & 1) != 0 ||
			!rte_atomic_compare_exchange_strong_explicit(&sk->dst_seq, &seq, seq + 1,
					rte_memory_order_acquire, rte_memory_order_relaxed))
		return false;
	/* partner: the acquire fence of lop_sock_dst_get() */
	rte_atomic_thread_fence(rte_memory_order_release);
	keep = !lop_load(sk->astray.on);
	lop_store(sk->dst, keep ? result->dst : NULL);
	lop_store(sk->dst_genid, genid);
	lop_store(sk->dst_key_be, daddr_be);
	lop_store(sk->dst_daddr_be, result->daddr_be);
	lop_store(sk->dst_saddr_be, result->saddr_be);
	lop_publish(sk->dst_seq, seq + 2);
	return true;
}

/* The socket of a descriptor, between lop_enter() and lop_leave(); NULL with errno EBADF. */
struct lop_sock *lop_sock_of(int fd);

/*
 * After the last waiting datagram or error was taken: the socket's eventfd, if it has one, becomes
 * unreadable unless something came meanwhile.
 */
void lop_sock_eventfd_settle(struct lop_sock *sk);

static inline void
lop_sock_taken(struct lop_sock *sk)
{
	/* an eventfd is waited for always */
	if (unlikely(lop_load(sk->waited_for)))
		lop_sock_eventfd_settle(sk);
}

/* Let whoever waits for the socket look again: readable, writable or an error (poll, eventfd). */
void lop_sock_wake(struct lop_sock *sk);

/* ctl/notices.c: a frame is about to leave; tells its sender, if it asked (contract XM-06). */
void lop_sock_sent(struct lop_worker *w, struct lop_sock *sk, const struct rte_mbuf *frame);

/* Report an ICMP error or a local one to a socket (contract IC-02): err is an errno. */
struct lop_sock_error {
	int err;
	uint8_t origin, type, code; /* SO_EE_ORIGIN_*, ICMP type and code */
	bool fatal;                 /* sk_err also without IP_RECVERR, when connected */
	uint32_t info;
	uint32_t offender_be; /* who sent the ICMP message */
	uint32_t daddr_be;    /* where the datagram had gone */
	uint16_t dport_be;
	const struct rte_mbuf *payload; /* what is quoted; copied */
	uint32_t payload_off;
};
void lop_sock_error(struct lop_worker *w, struct lop_sock *sk, const struct lop_sock_error *error);

#endif
