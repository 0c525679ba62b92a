/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The executor that calls the library. */

#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_stats.h"
#include "kernel.h"

static struct lop *lop;

void
kx_lop_use(struct lop *instance)
{
	lop = instance;
}

static int
our_socket(int domain, int type, int protocol)
{
	return lop_socket(lop, domain, type, protocol);
}

static int
our_lo_up(bool up)
{
	return lop_if_set_flags(lop, LOP_LO_INDEX, up ? IFF_UP : 0, IFF_UP);
}

static int
our_lo_mtu(int mtu_bytes)
{
	return lop_if_set_mtu(lop, LOP_LO_INDEX, mtu_bytes);
}

static int
our_addr(bool add, uint32_t addr_be, uint8_t prefix_len, uint8_t scope)
{
	const struct lop_ifaddr addr = {
		.local_be = addr_be,
		.prefix_len = prefix_len,
		.scope = scope,
	};

	return add ? lop_addr_add(lop, LOP_LO_INDEX, &addr)
		   : lop_addr_del(lop, LOP_LO_INDEX, &addr);
}

static int
our_route(bool add, const struct lop_route *route)
{
	return add ? lop_route_add(lop, route) : lop_route_del(lop, route);
}

static int
our_sysctl(const char *name, const char *value)
{
	return lop_sysctl_set(lop, name, value);
}

static int
our_proc(const char *name, char *text, size_t size)
{
	FILE *f = fmemopen(text, size, "w");
	int ret;

	if (f == NULL)
		return -errno;
	ret = lop_proc_write(lop, name, f);
	fclose(f);
	return ret;
}

const struct kx kx_lop = {
	.name = "liblop",
	.socket = our_socket,
	.bind = lop_bind,
	.connect = lop_connect,
	.sendto = lop_sendto,
	.sendmsg = lop_sendmsg,
	.recvmsg = lop_recvmsg,
	.setsockopt = lop_setsockopt,
	.getsockopt = lop_getsockopt,
	.getsockname = lop_getsockname,
	.getpeername = lop_getpeername,
	.poll = lop_poll,
	.ioctl = lop_ioctl,
	.shutdown = lop_shutdown,
	.close = lop_close,
	.lo_up = our_lo_up,
	.lo_mtu = our_lo_mtu,
	.addr = our_addr,
	.route = our_route,
	.sysctl = our_sysctl,
	.proc = our_proc,
};
