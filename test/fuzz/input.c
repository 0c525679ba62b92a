/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Bytes into the device entry. An input is a byte that says who watches, the bytes of the hooks if
 * there are any, then frames: what to do with it, its length in two bytes, its bytes.
 */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/udp.h>

#include <rte_ether.h>
#include <rte_icmp.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "../../lib/lop/include/lop_socket.h"
#include "world.h"

/* What to do with a frame. */
#define AT_LO 0x01
#define MEND_IP 0x02 /* length and checksum of the IPv4 header */
#define MEND_L4 0x04 /* checksum behind it */
#define EXACT 0x08   /* in memory that ends where it ends */
#define PARTS_SHIFT 4
#define PARTS 0x30
#define NO_ETHER 0x40 /* the bytes start at the IPv4 header */
#define LATER 0x80    /* five seconds later */

#define FRAME_MAX 4096
#define FRAMES_MAX 32

static int
udp(const char *addr, uint16_t port)
{
	const int fd = lop_socket(world.lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	const struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = inet_addr(addr),
	};
	const int on = 1;

	FUZZ_CHECK(fd >= 0);
	lop_setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	FUZZ_CHECK(lop_bind(fd, (const struct sockaddr *)&sin, sizeof(sin)) == 0);
	return fd;
}

static void
raw(int protocol)
{
	FUZZ_CHECK(lop_socket(world.lop, AF_INET, SOCK_RAW | SOCK_NONBLOCK, protocol) >= 0);
}

static void
sockets(void)
{
	static const int told[] = { IP_PKTINFO, IP_RECVTTL, IP_RECVTOS, IP_RECVOPTS, IP_RETOPTS,
		IP_RECVORIGDSTADDR, IP_RECVERR, IP_RECVFRAGSIZE, IP_CHECKSUM };
	const struct sockaddr_in peer = { .sin_family = AF_INET,
		.sin_port = htons(2000),
		.sin_addr.s_addr = inet_addr("10.0.0.2") };
	const struct ip_mreq group = { .imr_multiaddr.s_addr = inet_addr("224.1.1.1"),
		.imr_interface.s_addr = inet_addr("10.0.0.1") };
	const int on = 1, small = 1;
	int fd = udp("0.0.0.0", 1000);

	for (unsigned int i = 0; i < RTE_DIM(told); i++)
		lop_setsockopt(fd, IPPROTO_IP, told[i], &on, sizeof(on));
	lop_setsockopt(fd, SOL_SOCKET, SO_TIMESTAMP, &on, sizeof(on));
	lop_setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
	fd = udp("10.0.0.1", 1001);
	lop_setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
	FUZZ_CHECK(lop_connect(fd, (const struct sockaddr *)&peer, sizeof(peer)) == 0);
	fd = udp("0.0.0.0", 1002);
	lop_setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	udp("127.0.0.1", 1003);
	udp("0.0.0.0", 1004);
	udp("0.0.0.0", 1004);
	fd = udp("0.0.0.0", 1005);
	FUZZ_CHECK(lop_setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof(group)) == 0);
	raw(IPPROTO_ICMP);
	raw(253);
}

static void
open_world(void)
{
	world_open();
	sockets();
	lop_sysctl_set(world.lop, "conf/all/accept_local", "1");
	lop_sysctl_set(world.lop, "conf/all/route_localnet", "1");
}

static void
mend_l4(struct rte_ipv4_hdr *ip, size_t n)
{
	const size_t at = rte_ipv4_hdr_len(ip);
	uint8_t *l4 = (uint8_t *)ip + at;

	if (n < at + 8 || at < sizeof(*ip))
		return;
	if (ip->next_proto_id == IPPROTO_UDP) {
		struct rte_udp_hdr *u = (struct rte_udp_hdr *)l4;

		u->dgram_len = rte_cpu_to_be_16(n - at);
		u->dgram_cksum = 0;
		u->dgram_cksum = rte_ipv4_udptcp_cksum(ip, u);
	} else if (ip->next_proto_id == IPPROTO_ICMP) {
		struct rte_icmp_hdr *icmp = (struct rte_icmp_hdr *)l4;

		icmp->icmp_cksum = 0;
		icmp->icmp_cksum = ~rte_raw_cksum(l4, n - at);
	}
}

/* No random bytes get checksums right. */
static void
mend(uint8_t *frame, size_t n, uint8_t flags)
{
	struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)(frame + RTE_ETHER_HDR_LEN);

	if (n < RTE_ETHER_HDR_LEN + sizeof(*ip))
		return;
	n -= RTE_ETHER_HDR_LEN;
	if ((flags & MEND_IP) != 0)
		ip->total_length = rte_cpu_to_be_16(n);
	if ((flags & MEND_L4) != 0 && rte_be_to_cpu_16(ip->total_length) == n)
		mend_l4(ip, n);
	if ((flags & MEND_IP) != 0 && rte_ipv4_hdr_len(ip) <= n) {
		ip->hdr_checksum = 0;
		ip->hdr_checksum = rte_ipv4_cksum(ip);
	}
}

static void
frame_arrives(struct fuzz_bytes *b)
{
	static const uint8_t ether[RTE_ETHER_HDR_LEN] = { 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 8,
		0 };
	const uint8_t flags = fuzz_u8(b);
	const size_t front = (flags & NO_ETHER) != 0 ? sizeof(ether) : 0;
	uint8_t frame[sizeof(ether) + FRAME_MAX] __rte_aligned(2);
	struct rte_mbuf *m;
	size_t n = fuzz_u16(b) % (FRAME_MAX + 1);
	const uint8_t *data = fuzz_take(b, n, &n);

	if (front != 0) {
		const struct lop_if *wire = lop_if_of(world.lop, world.wire);

		FUZZ_CHECK(wire != NULL);
		memcpy(frame, ether, front);
		/* to whoever it comes to */
		if ((flags & AT_LO) == 0)
			memcpy(frame, wire->mac.addr_bytes, RTE_ETHER_ADDR_LEN);
	}
	if (n != 0)
		memcpy(frame + front, data, n);
	n += front;
	mend(frame, n, flags);
	if ((flags & LATER) != 0)
		world.now_us += 5000000;
	m = world_frame(frame, n, 1 + ((flags & PARTS) >> PARTS_SHIFT), (flags & EXACT) != 0);
	if (m != NULL)
		world_arrive(m, (flags & AT_LO) != 0);
}

static void
run(const uint8_t *data, size_t size)
{
	struct fuzz_bytes b = { data, data + size };
	const unsigned int watch = fuzz_u8(&b) & 7;

	if ((watch & WORLD_HOOKS) != 0) {
		for (unsigned int i = 0; i < WORLD_HOOK_BYTES; i++)
			world.hook[i] = fuzz_u8(&b);
	}
	world_watch(watch);
	for (unsigned int i = 0; i < FRAMES_MAX && fuzz_left(&b) > 0; i++)
		frame_arrives(&b);
	world_unwatch();
	world_settle();
}

const struct fuzz_target fuzz_input = {
	.name = "input",
	.open = open_world,
	.close = world_close,
	.run = run,
};
