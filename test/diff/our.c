/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The executor that calls the library. */

#include <errno.h>
#include <string.h>

#include <rte_errno.h>

#include "../../lib/lop/include/lop_socket.h"
#include "../../lib/lop/include/lop_stats.h"
#include "../lop/stack.h"
#include "our.h"

#define START_US UINT64_C(1000000000)

struct lop *our_lop;
const json_t *our_machine;
static uint64_t now_us;

static uint64_t
clock_us(void *arg)
{
	RTE_SET_USED(arg);
	return now_us;
}

bool
our_machine_read(const char *name, char *value, size_t size)
{
	char path[64];
	bool there;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
	f = fopen(path, "r");
	if (f == NULL)
		return false;
	there = fgets(value, (int)size, f) != NULL;
	fclose(f);
	if (there)
		value[strcspn(value, "\n")] = '\0';
	return there;
}

static void
take_over(const char *name)
{
	const char *recorded = json_string_value(json_object_get(our_machine, name));
	char value[32];

	if (recorded != NULL)
		lop_sysctl_set(our_lop, name, recorded);
	else if (our_machine_read(name, value, sizeof(value)))
		lop_sysctl_set(our_lop, name, value);
}

int
our_begin(bool capture)
{
	const struct lop_conf conf = {
		.mbufs = 4095,
		.workers_max = 1,
		.clock_us = clock_us,
	};
	int ret;

	now_us = START_US;
	our_lop = lop_create(&conf);
	if (our_lop == NULL)
		return -rte_errno;
	take_over("core/rmem_max");
	take_over("core/wmem_max");
	ret = lop_worker_attach(our_lop);
	return ret == 0 && capture ? our_capture_begin() : ret;
}

int
our_end(void)
{
	our_hooks_forget();
	our_captured(NULL, NULL);
	return stack_down(our_lop);
}

int
our_ifindex(const char *dev)
{
	const int ifindex = dev != NULL ? lop_if_index(our_lop, dev) : 0;

	return RTE_MAX(ifindex, 0);
}

static int
our_socket(int domain, int type, int protocol)
{
	return lop_socket(our_lop, domain, type, protocol);
}

static int
our_flags(const char *dev, unsigned int flags, unsigned int mask)
{
	return lop_if_set_flags(our_lop, our_ifindex(dev), flags, mask);
}

static int
our_mtu(const char *dev, int mtu_bytes)
{
	return lop_if_set_mtu(our_lop, our_ifindex(dev), mtu_bytes);
}

static int
our_mac(const char *dev, const uint8_t mac[ETH_ALEN])
{
	return lop_if_set_mac(our_lop, our_ifindex(dev), mac);
}

static int
our_rename(const char *dev, const char *name)
{
	return lop_if_rename(our_lop, our_ifindex(dev), name);
}

static int
our_addr(bool add, const char *dev, const struct lop_ifaddr *addr)
{
	return add ? lop_addr_add(our_lop, our_ifindex(dev), addr)
		   : lop_addr_del(our_lop, our_ifindex(dev), addr);
}

static int
our_route(bool add, const struct lop_route *route, const char *dev)
{
	struct lop_route with_dev = *route;

	with_dev.oif = our_ifindex(dev);
	return add ? lop_route_add(our_lop, &with_dev) : lop_route_del(our_lop, &with_dev);
}

static int
our_routes(void (*cb)(const struct lop_route *route, void *arg), void *arg)
{
	return lop_route_list(our_lop, 0, cb, arg);
}

static int
our_route_get(uint32_t daddr_be, uint32_t saddr_be, const char *dev,
		struct lop_route_answer *answer)
{
	return lop_route_get(our_lop, daddr_be, saddr_be, our_ifindex(dev), answer);
}

static int
our_neigh(bool add, const char *dev, const struct lop_neigh_info *neigh)
{
	struct lop_neigh_info on_dev = *neigh;

	on_dev.ifindex = our_ifindex(dev);
	return add ? lop_neigh_set(our_lop, &on_dev)
		   : lop_neigh_del(our_lop, on_dev.ifindex, on_dev.addr_be);
}

/* What netlink dumps: all that have a state. */
static int
our_neighs(void (*cb)(const struct lop_neigh_info *neigh, void *arg), void *arg)
{
	return lop_neigh_list(our_lop, UINT16_MAX, cb, arg);
}

static int
our_sysctl(const char *name, const char *value)
{
	return lop_sysctl_set(our_lop, name, value);
}

static int
our_proc(const char *name, char *text, size_t size)
{
	FILE *f = fmemopen(text, size, "w");
	int ret;

	if (f == NULL)
		return -errno;
	ret = lop_proc_write(our_lop, name, f);
	fclose(f);
	return ret;
}

static void
our_advance(unsigned int ms)
{
	now_us += ms * UINT64_C(1000);
	lop_poll_devices(our_lop);
}

const struct dx dx_stack = {
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
	.flags = our_flags,
	.mtu = our_mtu,
	.mac = our_mac,
	.rename = our_rename,
	.addr = our_addr,
	.route = our_route,
	.neigh = our_neigh,
	.neighs = our_neighs,
	.routes = our_routes,
	.route_get = our_route_get,
	.sysctl = our_sysctl,
	.proc = our_proc,
	.hook = our_hook,
	.hook_count = our_hook_count,
	.tap = our_tap,
	.inject = our_inject,
	.frames = our_frames,
	.captured = our_captured,
	.advance = our_advance,
};
