/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The executor that calls the kernel, in the namespace of the calling process. */

#include <errno.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "sys.h"

static int
sys_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	return bind(fd, addr, len);
}

static int
sys_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	return connect(fd, addr, len);
}

static ssize_t
sys_sendto(int fd, const void *buf, size_t len, int flags, const struct sockaddr *addr,
		socklen_t addr_len)
{
	return sendto(fd, buf, len, flags, addr, addr_len);
}

static int
sys_getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	return getsockname(fd, addr, len);
}

static int
sys_getpeername(int fd, struct sockaddr *addr, socklen_t *len)
{
	return getpeername(fd, addr, len);
}

static int
sys_ioctl(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg);
}

static void
sys_advance(unsigned int ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		;
}

int
sys_begin(bool capture)
{
	/* a kernel without IPv6 is as good */
	sys_sysctl("../ipv6/conf/all/disable_ipv6", "1");
	sys_sysctl("../ipv6/conf/default/disable_ipv6", "1");
	/* joining a group sends reports at a moment of its own choice (contract MC-04) */
	sys_sysctl("igmp_link_local_mcast_reports", "0");
	return capture ? sys_capture_begin() : 0;
}

const struct dx dx_kernel = {
	.name = "kernel",
	.socket = socket,
	.bind = sys_bind,
	.connect = sys_connect,
	.sendto = sys_sendto,
	.sendmsg = sendmsg,
	.recvmsg = recvmsg,
	.setsockopt = setsockopt,
	.getsockopt = getsockopt,
	.getsockname = sys_getsockname,
	.getpeername = sys_getpeername,
	.poll = poll,
	.ioctl = sys_ioctl,
	.shutdown = shutdown,
	.close = close,
	.flags = sys_flags,
	.mtu = sys_mtu,
	.mac = sys_mac,
	.rename = sys_rename,
	.addr = sys_addr,
	.route = sys_route,
	.neigh = sys_neigh,
	.neighs = sys_neighs,
	.routes = sys_routes,
	.route_get = sys_route_get,
	.sysctl = sys_sysctl,
	.proc = sys_proc,
	.hook = sys_hook,
	.hook_count = sys_hook_count,
	.tap = sys_tap,
	.inject = sys_inject,
	.frames = sys_frames,
	.captured = sys_captured,
	.advance = sys_advance,
};
