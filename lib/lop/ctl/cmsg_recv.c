/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Control messages of what is received, in Linux's order (contract CM-06).
 */

#include <string.h>
#include <sys/time.h>

#include <linux/net_tstamp.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "../dp/fib.h"
#include "msg.h"

void
lop_control_put(struct msghdr *control, int *flags, int level, int type, const void *data,
		size_t bytes)
{
	struct cmsghdr head = { .cmsg_level = level, .cmsg_type = type };
	size_t room = control->msg_controllen;

	if (room < sizeof(head)) {
		*flags |= MSG_CTRUNC;
		return;
	}
	head.cmsg_len = CMSG_LEN(bytes);
	if (head.cmsg_len > room) {
		*flags |= MSG_CTRUNC;
		head.cmsg_len = room;
	}
	memcpy(control->msg_control, &head, sizeof(head));
	memcpy((uint8_t *)control->msg_control + sizeof(head), data, head.cmsg_len - sizeof(head));
	room = RTE_MIN(room, CMSG_SPACE(bytes));
	control->msg_control = (uint8_t *)control->msg_control + room;
	control->msg_controllen -= room;
}

void
lop_cmsg_time(const struct lop_worker *w, const struct lop_sock *sk, uint64_t now_us,
		struct msghdr *control, int *flags)
{
	const uint32_t on = lop_load(sk->flags);
	const uint64_t wall_us = now_us + w->wall_offset_us;

	if ((on & LOP_SOCK_TIMESTAMPNS) != 0) {
		const struct timespec ts = { .tv_sec = wall_us / 1000000,
			.tv_nsec = wall_us % 1000000 * 1000 };

		lop_control_put(control, flags, SOL_SOCKET, SCM_TIMESTAMPNS, &ts, sizeof(ts));
	} else if ((on & LOP_SOCK_TIMESTAMP) != 0) {
		const struct timeval tv = { .tv_sec = wall_us / 1000000,
			.tv_usec = wall_us % 1000000 };

		lop_control_put(control, flags, SOL_SOCKET, SCM_TIMESTAMP, &tv, sizeof(tv));
	}
}

void
lop_cmsg_stamping(const struct lop_worker *w, const struct lop_sock *sk, uint64_t now_us,
		struct msghdr *control, int *flags)
{
	const bool is_new = (lop_load(sk->more) & LOP_MORE_TIMESTAMP_NEW) != 0;
	const uint64_t wall_us = now_us + w->wall_offset_us;
	/* the first of them is software's, the others were of devices */
	const struct timespec ts[3] = { { .tv_sec = wall_us / 1000000,
			.tv_nsec = wall_us % 1000000 * 1000 } };

	if ((lop_load(sk->ts_flags) & SOF_TIMESTAMPING_SOFTWARE) != 0)
		lop_control_put(control, flags, SOL_SOCKET,
				is_new ? SO_TIMESTAMPING_NEW : SO_TIMESTAMPING_OLD, ts, sizeof(ts));
}

/* The address is of an interface here, or the best local one for answers (contract CM-06). */
static void
put_pktinfo(struct lop_worker *w, const struct rte_ipv4_hdr *ip, const struct rte_mbuf *m,
		struct msghdr *control, int *flags)
{
	struct in_pktinfo info = { .ipi_ifindex = lop_meta(m)->ifindex,
		.ipi_spec_dst.s_addr = ip->dst_addr,
		.ipi_addr.s_addr = ip->dst_addr };

	if (unlikely((lop_meta(m)->flags & LOP_META_NO_INFO) != 0)) {
		info.ipi_ifindex = 0;
		info.ipi_spec_dst.s_addr = 0;
	} else if ((lop_meta(m)->flags & (LOP_META_BROADCAST | LOP_META_MULTICAST)) != 0) {
		info.ipi_spec_dst.s_addr = lop_answer_source(
				w->lop, lop_if_of(w->lop, info.ipi_ifindex), ip);
	}
	lop_control_put(control, flags, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
}

static void
put_options(uint32_t on, const struct rte_ipv4_hdr *ip, struct msghdr *control, int *flags)
{
	const unsigned int bytes = rte_ipv4_hdr_len(ip) - sizeof(*ip);
	uint8_t reply[LOP_OPTIONS_MAX];

	if (bytes == 0)
		return;
	if ((on & LOP_SOCK_RECVOPTS) != 0)
		lop_control_put(control, flags, IPPROTO_IP, IP_RECVOPTS, ip + 1, bytes);
	if ((on & LOP_SOCK_RETOPTS) != 0) {
		const unsigned int n = lop_options_echo(ip, bytes, reply);

		lop_control_put(control, flags, IPPROTO_IP, IP_RETOPTS, reply, n);
	}
}

void
lop_cmsg_header(const struct lop_sock *sk, const struct rte_ipv4_hdr *ip, const uint16_t *port_be,
		struct msghdr *control, int *flags)
{
	const uint32_t on = lop_load(sk->flags);

	if ((on & LOP_SOCK_RECVTTL) != 0) {
		const int ttl = ip->time_to_live;

		lop_control_put(control, flags, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	}
	if ((on & LOP_SOCK_RECVTOS) != 0)
		lop_control_put(control, flags, IPPROTO_IP, IP_TOS, &ip->type_of_service, 1);
	put_options(on, ip, control, flags);
	if ((on & LOP_SOCK_ORIGDSTADDR) != 0 && port_be != NULL) {
		const struct sockaddr_in dst = {
			.sin_family = AF_INET, .sin_port = *port_be, .sin_addr.s_addr = ip->dst_addr
		};

		lop_control_put(control, flags, IPPROTO_IP, IP_ORIGDSTADDR, &dst, sizeof(dst));
	}
}

void
lop_cmsg_recv(struct lop_worker *w, struct lop_sock *sk, const struct rte_mbuf *m,
		struct msghdr *control, int *flags)
{
	const uint32_t on = lop_load(sk->flags);
	const struct rte_ipv4_hdr *ip = lop_recv_ip(sk, m);
	const struct rte_udp_hdr *udp = (const void *)((const uint8_t *)ip + rte_ipv4_hdr_len(ip));
	const uint16_t port_be = sk->protocol == IPPROTO_UDP ? udp->dst_port : 0;
	uint64_t came_us;

	if (likely((on & LOP_SOCK_PLAIN_RECV_OFF) == 0))
		return;
	/* one that was there before the socket asked has no stamp: Linux takes the time of reading */
	came_us = (lop_meta(m)->flags & LOP_META_STAMPED) != 0 ? lop_meta(m)->arrived_us
							       : lop_now(w);
	lop_cmsg_time(w, sk, came_us, control, flags);
	if ((on & LOP_SOCK_STAMPING) != 0)
		lop_cmsg_stamping(w, sk, came_us, control, flags);
	if ((on & LOP_SOCK_RXQ_OVFL) != 0) {
		/* as many as there were when it was queued, see lop_sock_deliver() */
		const uint32_t drops = m->hash.usr;

		if (drops != 0)
			lop_control_put(control, flags, SOL_SOCKET, SO_RXQ_OVFL, &drops,
					sizeof(drops));
	}
	if ((on & LOP_SOCK_PKTINFO) != 0)
		put_pktinfo(w, ip, m, control, flags);
	lop_cmsg_header(sk, ip, &port_be, control, flags);
	if ((lop_load(sk->more) & LOP_MORE_RECVFRAGSIZE) != 0 &&
			(lop_meta(m)->flags & LOP_META_REASSEMBLED) != 0) {
		const int largest = m->vlan_tci_outer;

		lop_control_put(control, flags, IPPROTO_IP, IP_RECVFRAGSIZE, &largest,
				sizeof(largest));
	}
}
