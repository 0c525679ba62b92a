/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The kernel's interfaces, addresses, neighbours and settings. */

#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "rtnl.h"
#include "sys.h"

static int
dev_ioctl(const char *dev, unsigned long request, struct ifreq *ifr)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	int ret;

	if (fd < 0)
		return -errno;
	snprintf(ifr->ifr_name, sizeof(ifr->ifr_name), "%s", dev);
	ret = ioctl(fd, request, ifr) == 0 ? 0 : -errno;
	close(fd);
	return ret;
}

int
sys_ifindex(const char *dev)
{
	struct ifreq ifr = { 0 };

	return dev != NULL && dev_ioctl(dev, SIOCGIFINDEX, &ifr) == 0 ? ifr.ifr_ifindex : 0;
}

int
sys_flags(const char *dev, unsigned int flags, unsigned int mask)
{
	struct ifreq ifr = { 0 };
	int ret = dev_ioctl(dev, SIOCGIFFLAGS, &ifr);

	if (ret != 0)
		return ret;
	ifr.ifr_flags = (short)((ifr.ifr_flags & ~mask) | flags);
	return dev_ioctl(dev, SIOCSIFFLAGS, &ifr);
}

int
sys_mtu(const char *dev, int mtu_bytes)
{
	struct ifreq ifr = { .ifr_mtu = mtu_bytes };

	return dev_ioctl(dev, SIOCSIFMTU, &ifr);
}

int
sys_mac(const char *dev, const uint8_t mac[ETH_ALEN])
{
	struct ifreq ifr = { 0 };
	int ret = dev_ioctl(dev, SIOCGIFHWADDR, &ifr);

	if (ret != 0)
		return ret;
	memcpy(ifr.ifr_hwaddr.sa_data, mac, ETH_ALEN);
	return dev_ioctl(dev, SIOCSIFHWADDR, &ifr);
}

int
sys_rename(const char *dev, const char *name)
{
	struct ifreq ifr = { 0 };

	snprintf(ifr.ifr_newname, sizeof(ifr.ifr_newname), "%s", name);
	return dev_ioctl(dev, SIOCSIFNAME, &ifr);
}

int
sys_addr(bool add, const char *dev, const struct lop_ifaddr *addr)
{
	const struct ifaddrmsg head = {
		.ifa_family = AF_INET,
		.ifa_prefixlen = addr->prefix_len,
		.ifa_scope = addr->scope,
		.ifa_index = sys_ifindex(dev),
	};
	struct nl nl = { 0 };

	nl_message(&nl, add ? RTM_NEWADDR : RTM_DELADDR,
			NLM_F_ACK | (add ? NLM_F_CREATE | NLM_F_EXCL : 0), &head, sizeof(head));
	nl_u32(&nl, IFA_LOCAL, addr->local_be);
	nl_u32(&nl, IFA_ADDRESS, addr->local_be);
	if (addr->broadcast_be != 0)
		nl_u32(&nl, IFA_BROADCAST, addr->broadcast_be);
	if (*addr->label != '\0')
		nl_text(&nl, IFA_LABEL, addr->label);
	return nl_talk(NETLINK_ROUTE, &nl);
}

int
sys_neigh(bool add, const char *dev, const struct lop_neigh_info *neigh)
{
	const struct ndmsg head = {
		.ndm_family = AF_INET,
		.ndm_ifindex = sys_ifindex(dev),
		.ndm_state = neigh->state,
	};
	struct nl nl = { 0 };

	nl_message(&nl, add ? RTM_NEWNEIGH : RTM_DELNEIGH,
			NLM_F_ACK | (add ? NLM_F_CREATE | NLM_F_REPLACE : 0), &head, sizeof(head));
	nl_u32(&nl, NDA_DST, neigh->addr_be);
	if (add)
		nl_put(&nl, NDA_LLADDR, neigh->lladdr, ETH_ALEN);
	return nl_talk(NETLINK_ROUTE, &nl);
}

struct neigh_walk {
	void (*cb)(const struct lop_neigh_info *neigh, void *arg);
	void *arg;
};

static void
neigh_seen(struct nlmsghdr *msg, void *arg)
{
	struct ndmsg *head = NLMSG_DATA(msg);
	const struct neigh_walk *walk = arg;
	struct lop_neigh_info neigh = { .ifindex = head->ndm_ifindex, .state = head->ndm_state };
	int left = (int)NLMSG_PAYLOAD(msg, sizeof(*head));
	struct rtattr *attr = (struct rtattr *)((char *)head + sizeof(*head));

	if (msg->nlmsg_type != RTM_NEWNEIGH || head->ndm_family != AF_INET)
		return;
	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left)) {
		if (attr->rta_type == NDA_DST)
			memcpy(&neigh.addr_be, RTA_DATA(attr), sizeof(neigh.addr_be));
		else if (attr->rta_type == NDA_LLADDR && RTA_PAYLOAD(attr) == ETH_ALEN)
			memcpy(neigh.lladdr, RTA_DATA(attr), ETH_ALEN);
	}
	walk->cb(&neigh, walk->arg);
}

int
sys_neighs(void (*cb)(const struct lop_neigh_info *neigh, void *arg), void *arg)
{
	struct neigh_walk walk = { .cb = cb, .arg = arg };
	const struct ndmsg head = { .ndm_family = AF_INET };
	struct nl nl = { 0 };

	nl_message(&nl, RTM_GETNEIGH, NLM_F_DUMP, &head, sizeof(head));
	return nl_ask(NETLINK_ROUTE, &nl, neigh_seen, &walk);
}

int
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

int
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
