/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_CTL_SOCK_H
#define LOP_CTL_SOCK_H

/*
 * Sockets: what the files of the POSIX-shaped calls share.
 */

#include <errno.h>
#include <stdint.h>

#include "../dp/sock.h"

/* ctl/fd.c */

#define LOP_FDS_MAX (1 << 20)

/* A descriptor's socket, and its instance: a thread finds its worker before it touches the socket. */
struct lop_fd {
	RTE_ATOMIC(struct lop_sock *) sock;
	RTE_ATOMIC(struct lop *) lop;
};
extern struct lop_fd lop_fds[LOP_FDS_MAX] __attribute__((visibility("hidden")));

/* A descriptor for a socket, the lowest that is free; -EMFILE. */
int lop_fd_alloc(struct lop_sock *sk);
/* Take it away: nobody finds the socket by it from now on. */
void lop_fd_free(int fd);

struct lop_sock *lop_sock_enter_any(int fd, struct lop_worker **w);

/*
 * Begin a call on a descriptor: the socket and this thread's worker, between lop_enter() and
 * lop_leave() from now on. NULL with errno EBADF, or ENXIO in a thread that is not attached.
 */
static __rte_always_inline struct lop_sock *
lop_sock_enter(int fd, struct lop_worker **w)
{
	struct lop_worker *own = lop_workers_of_thread;
	struct lop_sock *sk;

	if (likely(own != NULL && (unsigned int)fd < LOP_FDS_MAX &&
			    lop_acquire(lop_fds[fd].lop) == own->lop)) {
		lop_enter(own);
		sk = lop_acquire(lop_fds[fd].sock);
		/* the number may have gone to another instance meanwhile */
		if (likely(sk != NULL && lop_load(lop_fds[fd].lop) == own->lop)) {
			*w = own;
			return sk;
		}
		lop_leave(own);
	}
	return lop_sock_enter_any(fd, w);
}

static inline void
lop_sock_leave(struct lop_worker *w)
{
	lop_leave(w);
}

/*
 * Begin a call that changes what others share: the socket with lop->lock held, which keeps it from
 * being freed, and the worker offline, so that lop_synchronize() may be called. Errors as above.
 */
struct lop_sock *lop_sock_lock(int fd, struct lop_worker **w);
void lop_sock_unlock(struct lop_worker *w);

/* What a call answers: ret >= 0 as it is; -errno as POSIX wants it. */
static inline int
lop_posix(int ret)
{
	if (ret >= 0)
		return ret;
	errno = -ret;
	return -1;
}

/* ctl/bind.c */

/* A port for a socket that has none (contract SK-02): 0 or -EAGAIN. */
int lop_sock_autobind(struct lop_worker *w, struct lop_sock *sk);

/* An address of a call (contract SEND-01): -EINVAL, -EFAULT. */
int lop_addr_check(const struct sockaddr *addr, socklen_t len);

/* ctl/notices.c: SO_TIMESTAMPING's flags (contract XM-06). With lop->lock held. */
void lop_stamping_set(struct lop_sock *sk, uint32_t flags);

/* ctl/kept_route.c: the route of a connected socket, between lop_enter() and lop_leave() */

/* A send without an address, or connect(2), has asked for it under this generation. */
void lop_sock_routed(struct lop_sock *sk, uint32_t genid, bool found);
/* Whether what was found then holds under this one. */
bool lop_sock_route_holds(const struct lop_sock *sk, uint32_t genid);
/* The peer's route as it is now; NULL: none is known. */
const struct lop_dst *lop_sock_peer_dst(struct lop_sock *sk);
/* The end of a call that lets go of the socket's lock in Linux: a route that is old is asked again. */
void lop_sock_settle(struct lop_sock *sk);
/* From now on these addresses pass for those of the socket's peer, if it has one. */
void
lop_sock_astray_set(struct lop_sock *sk, uint32_t saddr_be, uint32_t daddr_be, uint16_t dport_be);
/* Whether a send without an address goes by the route that was kept to others than the peer. */
bool lop_sock_astray(struct lop_sock *sk, uint32_t genid, struct lop_to *to);

/* After its address, peer or device has changed, with lop->lock held. */
static inline void
lop_sock_any_set(struct lop_sock *sk)
{
	lop_store(sk->rx_any,
			lop_load(sk->rcv_saddr_be) == 0 && lop_load(sk->daddr_be) == 0 &&
					lop_load(sk->dport_be) == 0 && lop_load(sk->bound_if) == 0);
}

/* After its filter has changed, or whose queue it uses, with lop->lock held. */
static inline void
lop_sock_first_set(struct lop_sock *sk)
{
	lop_store(sk->rx_first,
			(lop_load(sk->filter) != NULL ? LOP_RX_FILTERED : 0) |
					(lop_load(sk->rx_into) != NULL ? LOP_RX_SHARED : 0));
}

/* ctl/sock.c */

/* What was prepared for the destination last used no longer fits. */
void lop_sock_forget_dst(struct lop_sock *sk);
/* Free sockets that were closed, as far as nobody sees them any more. With lop->lock held. */
void lop_socks_reap(struct lop *lop);

/* ctl/share.c: a socket is closed, who shares its queue has his own again. With lop->lock held. */
void lop_queue_unshare(struct lop_sock *sk);

/* ctl/udp_ports.c, with lop->lock held */

/* Whether the socket may take (sk->rcv_saddr_be, port) (contract BI-03). */
bool lop_port_taken(const struct lop_sock *sk, uint16_t port);
/* A free port for it, host byte order (contract SK-03), or -EADDRINUSE. */
int lop_port_search(struct lop_worker *w, const struct lop_sock *sk);

/* ctl/poll.c */

/* What poll(2) says of a socket: POLLIN, POLLOUT, POLLERR and so on. */
short lop_sock_events(const struct lop_sock *sk);

/*
 * Wait until one of `events` (or an error) is there, with the devices of the instance polled
 * meanwhile. Between lop_sock_enter() and lop_sock_leave(); w is offline while it sleeps, so
 * nothing but the socket may be kept over the call.
 *
 * @param timeout_us
 *   -1: for ever.
 * @return
 *   0; -EAGAIN when the time is over; -EBADF when the socket was closed meanwhile.
 */
int lop_sock_wait(struct lop_worker *w, struct lop_sock *sk, short events, int64_t timeout_us);

/* ctl/options_mcast.c, and ctl/mcast.c to leave */

/* The options of IP_ADD_MEMBERSHIP and its kin; setting with lop->lock held, w offline. */
bool lop_mcast_option(int name);
int lop_mcast_setsockopt(struct lop_sock *sk, int name, const void *value, socklen_t len);
int lop_mcast_getsockopt(struct lop_sock *sk, int name, void *value, socklen_t *len);
/* Leave all groups, with lop->lock held. */
void lop_mcast_leave_all(struct lop_sock *sk);

/* ctl/cork.c: send what pends (UDP_CORK off): 0 or -errno. Drop what pends (close). */
int lop_cork_push(struct lop_worker *w, struct lop_sock *sk);
void lop_cork_discard(struct lop_sock *sk);
/* What pends goes to another peer. */
void
lop_cork_readdress(struct lop_sock *sk, uint32_t saddr_be, uint32_t daddr_be, uint16_t dport_be);

/* ctl/error_queue.c: free what waits for MSG_ERRQUEUE. */
void lop_error_queue_purge(struct lop_sock *sk);

#endif
