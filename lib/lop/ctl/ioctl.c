/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * ioctl(2) and fcntl(2) of sockets.
 */

#include <fcntl.h>
#include <limits.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>

#include <linux/sockios.h>
#include <rte_string_fns.h>

#include "../include/lop_if.h"
#include "../include/lop_socket.h"
#include "msg.h"
#include "options.h"

static int
set_nonblock(int fd, bool on)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_lock(fd, &w);

	if (sk == NULL)
		return -1;
	lop_switch(&sk->flags, LOP_SOCK_NONBLOCK, on);
	lop_sock_unlock(w);
	return 0;
}

/* Requests about the socket itself: 0, -errno, or 1 for another request. */
static int
sock_ioctl(struct lop_worker *w, struct lop_sock *sk, unsigned long request, void *arg)
{
	switch (request) {
	case FIONREAD:
	case SIOCOUTQ:
	case FIOASYNC:
	case SIOCGPGRP:
	case FIOGETOWN:
		if (arg == NULL)
			return -EFAULT;
		break;
	case SIOCGSTAMP_OLD:
	case SIOCGSTAMPNS_OLD:
		return -ENOENT; /* stamps are given by control messages only */
	case FIOCLEX:
	case FIONCLEX:
	case SIOCSPGRP:
	case FIOSETOWN:
		return 0;
	default:
		return 1;
	}

	switch (request) {
	case FIONREAD:
		*(int *)arg = RTE_MAX(lop_recv_next_bytes(w, sk), 0);
		break;
	case SIOCOUTQ:
		*(int *)arg = lop_load(sk->wmem_bytes);
		break;
	case FIOASYNC: /* no signal is ever sent */
		break;
	default:
		*(int *)arg = 0;
	}
	return 0;
}

static void
set_addr(struct sockaddr *to, uint32_t addr_be)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr.s_addr = addr_be };

	memcpy(to, &sin, sizeof(sin));
}

/* The first address whose label is the name that was asked for, as `lo` or `lo:1`. */
static int
labelled_addr(struct lop *lop, int ifindex, const char *label, struct lop_ifaddr *addr)
{
	struct lop_ifaddr addrs[64];
	const int n = lop_addr_list(lop, ifindex, addrs, RTE_DIM(addrs));

	for (int i = 0; i < RTE_MIN(n, (int)RTE_DIM(addrs)); i++) {
		if (addrs[i].label[0] == '\0' ? strchr(label, ':') == NULL
					      : strcmp(addrs[i].label, label) == 0) {
			*addr = addrs[i];
			return 0;
		}
	}
	return -EADDRNOTAVAIL;
}

static int
addr_ioctl(struct lop *lop, int ifindex, unsigned long request, struct ifreq *ifr)
{
	struct lop_ifaddr addr;
	int ret = labelled_addr(lop, ifindex, ifr->ifr_name, &addr);

	if (ret != 0)
		return ret;
	switch (request) {
	case SIOCGIFNETMASK:
		set_addr(&ifr->ifr_netmask,
				addr.prefix_len == 0 ? 0
						     : rte_cpu_to_be_32(UINT32_MAX
								       << (32 - addr.prefix_len)));
		break;
	case SIOCGIFBRDADDR:
		set_addr(&ifr->ifr_broadaddr, addr.broadcast_be);
		break;
	default:
		set_addr(&ifr->ifr_addr, addr.local_be);
	}
	return 0;
}

static int
if_ioctl(struct lop *lop, unsigned long request, struct ifreq *ifr)
{
	char name[IFNAMSIZ];
	struct lop_if_info info;
	int ifindex, ret;

	if (ifr == NULL || (request == SIOCETHTOOL && ifr->ifr_data == NULL))
		return -EFAULT;
	ifr->ifr_name[IFNAMSIZ - 1] = '\0';
	if (request == SIOCGIFNAME) {
		ret = lop_if_get(lop, ifr->ifr_ifindex, &info);
		if (ret == 0)
			strlcpy(ifr->ifr_name, info.name, IFNAMSIZ);
		return ret;
	}
	strlcpy(name, ifr->ifr_name, sizeof(name));
	name[strcspn(name, ":")] = '\0';
	ifindex = lop_if_index(lop, name);
	if (ifindex < 0)
		return ifindex;
	ret = lop_if_get(lop, ifindex, &info);
	if (ret != 0)
		return ret;

	switch (request) {
	case SIOCGIFINDEX:
		ifr->ifr_ifindex = ifindex;
		return 0;
	case SIOCGIFFLAGS:
		ifr->ifr_flags = info.flags;
		return 0;
	case SIOCGIFMTU:
		ifr->ifr_mtu = info.mtu;
		return 0;
	case SIOCGIFMETRIC:
		ifr->ifr_metric = 0;
		return 0;
	case SIOCGIFTXQLEN:
		ifr->ifr_qlen = info.tx_queue_len;
		return 0;
	case SIOCGIFHWADDR:
		memset(&ifr->ifr_hwaddr, 0, sizeof(ifr->ifr_hwaddr));
		ifr->ifr_hwaddr.sa_family = info.type;
		memcpy(ifr->ifr_hwaddr.sa_data, info.mac, sizeof(info.mac));
		return 0;
	case SIOCGIFADDR:
	case SIOCGIFDSTADDR:
	case SIOCGIFNETMASK:
	case SIOCGIFBRDADDR:
		return addr_ioctl(lop, ifindex, request, ifr);
	case SIOCETHTOOL:
		return lop_ethtool(&info, ifindex == LOP_LO_INDEX, ifr->ifr_data);
	default:
		return -ENOTTY;
	}
}

/* All addresses by their labels, as many as there is room for; without a buffer: what they need. */
static int
addrs_ioctl(struct lop *lop, struct ifconf *conf)
{
	char *to;
	int room, used = 0;

	if (conf == NULL)
		return -EFAULT;
	to = conf->ifc_buf;
	room = to != NULL ? conf->ifc_len : INT_MAX;
	for (int i = LOP_LO_INDEX; i < LOP_IFS_MAX; i++) {
		struct lop_ifaddr addrs[64];
		struct lop_if_info info;
		int n = lop_addr_list(lop, i, addrs, RTE_DIM(addrs));

		if (n <= 0 || lop_if_get(lop, i, &info) != 0)
			continue;
		n = RTE_MIN(n, (int)RTE_DIM(addrs));
		for (int k = 0; k < n && room - used >= (int)sizeof(struct ifreq); k++) {
			struct ifreq ifr = { 0 };

			strlcpy(ifr.ifr_name,
					addrs[k].label[0] != '\0' ? addrs[k].label : info.name,
					IFNAMSIZ);
			set_addr(&ifr.ifr_addr, addrs[k].local_be);
			if (to != NULL)
				memcpy(to + used, &ifr, sizeof(ifr));
			used += sizeof(ifr);
		}
	}
	conf->ifc_len = used;
	return 0;
}

static bool
is_if_ioctl(unsigned long request)
{
	return (request >= SIOCGIFNAME && request <= SIOCGIFINDEX) || request == SIOCGIFTXQLEN ||
			request == SIOCETHTOOL;
}

int
lop_ioctl(int fd, unsigned long request, void *arg)
{
	struct lop_worker *w;
	struct lop_sock *sk = lop_sock_enter(fd, &w);
	struct lop *lop;
	int ret;

	if (sk == NULL)
		return -1;
	lop = w->lop;
	if (request == FIONBIO) {
		lop_sock_leave(w);
		return arg != NULL ? set_nonblock(fd, *(const int *)arg != 0) : lop_posix(-EFAULT);
	}
	ret = sock_ioctl(w, sk, request, arg);
	lop_sock_leave(w);
	/* the calls of lop_if.h take the lock themselves */
	if (ret == 1 && request == SIOCGIFCONF)
		ret = addrs_ioctl(lop, arg);
	else if (ret == 1)
		ret = is_if_ioctl(request) ? if_ioctl(lop, request, arg) : -ENOTTY;
	return lop_posix(ret);
}

int
lop_fcntl(int fd, int cmd, int arg)
{
	struct lop_worker *w;
	struct lop_sock *sk;
	int ret = 0;

	if (cmd == F_SETFL)
		return set_nonblock(fd, (arg & O_NONBLOCK) != 0);
	sk = lop_sock_enter(fd, &w);
	if (sk == NULL)
		return -1;
	switch (cmd) {
	case F_GETFL:
		ret = O_RDWR;
		if ((lop_load(sk->flags) & LOP_SOCK_NONBLOCK) != 0)
			ret |= O_NONBLOCK;
		break;
	case F_GETFD: /* no process inherits it */
		ret = FD_CLOEXEC;
		break;
	case F_SETFD:
	case F_GETOWN:
	case F_SETOWN:
		break;
	default:
		ret = -EINVAL;
	}
	lop_sock_leave(w);
	return lop_posix(ret);
}
