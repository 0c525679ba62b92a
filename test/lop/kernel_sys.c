/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The executor that calls the kernel, in the namespace of the calling process. */

#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kernel.h"

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

static int
lo_ioctl(unsigned long request, struct ifreq *ifr)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	int ret;

	if (fd < 0)
		return -errno;
	memcpy(ifr->ifr_name, "lo", sizeof("lo"));
	ret = ioctl(fd, request, ifr) == 0 ? 0 : -errno;
	close(fd);
	return ret;
}

static int
sys_lo_up(bool up)
{
	struct ifreq ifr = { 0 };
	int ret = lo_ioctl(SIOCGIFFLAGS, &ifr);

	if (ret != 0)
		return ret;
	ifr.ifr_flags = (short)(up ? ifr.ifr_flags | IFF_UP : ifr.ifr_flags & ~IFF_UP);
	return lo_ioctl(SIOCSIFFLAGS, &ifr);
}

static int
sys_lo_mtu(int mtu_bytes)
{
	struct ifreq ifr = { .ifr_mtu = mtu_bytes };

	return lo_ioctl(SIOCSIFMTU, &ifr);
}

/* A request of rtnetlink with room for its attributes. */
struct request {
	struct nlmsghdr head;
	union {
		struct ifaddrmsg addr;
		struct rtmsg route;
		char room[256];
	};
};

static void
attr_add(struct request *r, unsigned short type, uint32_t value)
{
	struct rtattr *attr = (struct rtattr *)((char *)r + NLMSG_ALIGN(r->head.nlmsg_len));

	attr->rta_type = type;
	attr->rta_len = RTA_LENGTH(sizeof(value));
	memcpy(RTA_DATA(attr), &value, sizeof(value));
	r->head.nlmsg_len = NLMSG_ALIGN(r->head.nlmsg_len) + RTA_LENGTH(sizeof(value));
}

static int
request_send(struct request *r)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr err;
		char rest[512];
	} answer;
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	int ret;

	if (fd < 0)
		return -errno;
	if (send(fd, r, r->head.nlmsg_len, 0) < 0 || recv(fd, &answer, sizeof(answer), 0) < 0)
		ret = -errno;
	else
		ret = answer.head.nlmsg_type == NLMSG_ERROR ? answer.err.error : -EIO;
	close(fd);
	return ret;
}

static int
sys_addr(bool add, uint32_t addr_be, uint8_t prefix_len, uint8_t scope)
{
	struct request r = {
		.head = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifaddrmsg)),
			.nlmsg_type = add ? RTM_NEWADDR : RTM_DELADDR,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK |
					(add ? NLM_F_CREATE | NLM_F_EXCL : 0),
		},
		.addr = {
			.ifa_family = AF_INET,
			.ifa_prefixlen = prefix_len,
			.ifa_scope = scope,
			.ifa_index = LOP_LO_INDEX,
		},
	};

	attr_add(&r, IFA_LOCAL, addr_be);
	attr_add(&r, IFA_ADDRESS, addr_be);
	return request_send(&r);
}

static int
sys_route(bool add, const struct lop_route *route)
{
	struct request r = {
		.head = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)),
			.nlmsg_type = add ? RTM_NEWROUTE : RTM_DELROUTE,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK |
					(add ? NLM_F_CREATE | NLM_F_EXCL : 0),
		},
		.route = {
			.rtm_family = AF_INET,
			.rtm_dst_len = route->dst_len,
			.rtm_table = RT_TABLE_UNSPEC,
			.rtm_protocol = route->protocol != 0 ? route->protocol : RTPROT_BOOT,
			.rtm_scope = add ? route->scope : RT_SCOPE_NOWHERE,
			.rtm_type = route->type != 0 ? route->type : RTN_UNICAST,
		},
	};

	attr_add(&r, RTA_TABLE, route->table != 0 ? route->table : RT_TABLE_MAIN);
	if (route->dst_len != 0)
		attr_add(&r, RTA_DST, route->dst_be);
	if (route->oif != 0)
		attr_add(&r, RTA_OIF, route->oif);
	if (route->prefsrc_be != 0)
		attr_add(&r, RTA_PREFSRC, route->prefsrc_be);
	if (route->gateway_be != 0)
		attr_add(&r, RTA_GATEWAY, route->gateway_be);
	return request_send(&r);
}

static int
sys_sysctl(const char *name, const char *value)
{
	char path[128];
	ssize_t len = strlen(value);
	int fd, ret;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/%s", name);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -errno;
	ret = write(fd, value, len) == len ? 0 : -errno;
	close(fd);
	return ret;
}

static int
sys_proc(const char *name, char *text, size_t size)
{
	char path[64];
	size_t used = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/net/%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -errno;
	while (used + 1 < size && (n = read(fd, text + used, size - 1 - used)) > 0)
		used += n;
	text[used] = '\0';
	close(fd);
	return 0;
}

const struct kx kx_kernel = {
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
	.lo_up = sys_lo_up,
	.lo_mtu = sys_lo_mtu,
	.addr = sys_addr,
	.route = sys_route,
	.sysctl = sys_sysctl,
	.proc = sys_proc,
};
