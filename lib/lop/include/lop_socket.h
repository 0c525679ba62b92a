/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_SOCKET_H
#define LOP_SOCKET_H

/**
 * @file
 * Sockets as POSIX shapes them (contract SK, BI, CO, SEND, UR).
 *
 * Constants and structures are those of the system headers. A descriptor is a small number that is
 * unique in the process; it is no descriptor of the kernel. Returns, errno and the order of checks
 * are those of Linux 6.18: -1 and errno where a call fails. Calls come from threads attached to
 * the descriptor's instance; another thread gets ENXIO.
 */

#include <poll.h>
#include <sys/socket.h>

#include "lop.h"

#ifdef __cplusplus
extern "C" {
#endif

/* with _GNU_SOURCE in <sys/socket.h> */
struct mmsghdr;
struct timespec;

LOP_API int lop_socket(struct lop *lop, int domain, int type, int protocol);
LOP_API int lop_bind(int fd, const struct sockaddr *addr, socklen_t len);
LOP_API int lop_connect(int fd, const struct sockaddr *addr, socklen_t len);
LOP_API ssize_t lop_send(int fd, const void *buf, size_t len, int flags);
LOP_API ssize_t lop_sendto(int fd, const void *buf, size_t len, int flags,
		const struct sockaddr *addr, socklen_t addr_len);
LOP_API ssize_t lop_sendmsg(int fd, const struct msghdr *msg, int flags);
LOP_API int lop_sendmmsg(int fd, struct mmsghdr *msgs, unsigned int n, int flags);
LOP_API ssize_t lop_recv(int fd, void *buf, size_t len, int flags);
LOP_API ssize_t lop_recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *addr,
		socklen_t *addr_len);
LOP_API ssize_t lop_recvmsg(int fd, struct msghdr *msg, int flags);
LOP_API int
lop_recvmmsg(int fd, struct mmsghdr *msgs, unsigned int n, int flags, struct timespec *timeout);

/**
 * Options of SOL_SOCKET, IPPROTO_IP, IPPROTO_UDP and SOL_RAW, as Linux has them.
 *
 * SO_ATTACH_FILTER: the program is copied and checked; it runs for each datagram before the receive
 * buffer is asked for room. What it returns is how many bytes stay of the UDP header and what is
 * behind it (raw sockets: of the IPv4 header); 0 drops the datagram as Udp.InErrors. What waits in
 * the queue already stays. SO_DETACH_FILTER, and SO_GET_FILTER of lop_getsockopt(), whose length
 * counts steps: as Linux. There is no eBPF; SKF_AD_MARK and SKF_AD_RXHASH are 0.
 *
 * Waits for a grace period where it replaces what other threads may be looking at.
 */
LOP_API int lop_setsockopt(int fd, int level, int name, const void *value, socklen_t len);
LOP_API int lop_getsockopt(int fd, int level, int name, void *value, socklen_t *len);
LOP_API int lop_getsockname(int fd, struct sockaddr *addr, socklen_t *len);
LOP_API int lop_getpeername(int fd, struct sockaddr *addr, socklen_t *len);
LOP_API int lop_shutdown(int fd, int how);
LOP_API int lop_poll(struct pollfd *fds, nfds_t n, int timeout_ms);
LOP_API int lop_ioctl(int fd, unsigned long request, void *arg);
LOP_API int lop_fcntl(int fd, int cmd, int arg);
LOP_API int lop_close(int fd);

/**
 * An eventfd of the kernel that is readable while the socket is, for poll(2) and epoll(7). Made on
 * the first call, closed with the socket. -1: ENOMEM, EMFILE.
 */
LOP_API int lop_eventfd(int fd);

#ifdef __cplusplus
}
#endif

#endif
