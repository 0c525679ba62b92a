/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/sockios.h>
#include <net/if.h>

#include <rte_string_fns.h>

#include "../../lib/lop/include/lop_socket.h"
#include "../../lib/lop/include/lop_udp.h"
#include "ops.h"

int ops_fds[OPS_FDS];

int
ops_fd(struct fuzz_bytes *b)
{
	const uint8_t byte = fuzz_u8(b);

	/* seldom one that never was */
	return byte >= 0xf8 ? (int)(byte - 0xfa) * 1000 : ops_fds[byte % OPS_FDS];
}

uint32_t
ops_addr_be(struct fuzz_bytes *b)
{
	static const char *const addrs[] = { "127.0.0.1", "10.0.0.1", "10.0.0.2", "0.0.0.0",
		"127.0.0.2", "255.255.255.255", "224.1.1.1", "127.255.255.255", "10.0.0.255",
		"10.1.0.1", "10.2.0.1", "10.3.0.1", "10.4.0.1", "10.0.0.9", "192.0.2.1",
		"10.0.0.77" };
	const uint8_t byte = fuzz_u8(b);

	return byte < 0xf0 ? inet_addr(addrs[byte % RTE_DIM(addrs)]) : fuzz_u32(b);
}

size_t
ops_size(struct fuzz_bytes *b)
{
	static const uint16_t edges[] = { 0, 1, 8, 20, 548, 576, 1472, 1473, 2048, 4096, 9000,
		60000, 65507, 65508, 65515, 65535 };
	const uint8_t byte = fuzz_u8(b);

	if (byte < 0xc0)
		return byte;
	return byte < 0xe0 ? edges[byte % RTE_DIM(edges)] : fuzz_u16(b);
}

struct sockaddr *
ops_sockaddr(struct fuzz_bytes *b, uint32_t *len)
{
	const uint8_t shape = fuzz_u8(b);
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct sockaddr *addr;

	*len = sizeof(sin);
	if (shape >= 0xf8) {
		*len = fuzz_u8(b);
		return (shape & 1) != 0 ? NULL : fuzz_block(b, *len);
	}
	if ((shape & 3) == 3)
		sin.sin_family = fuzz_u8(b);
	sin.sin_port = htons((shape & 4) != 0 ? fuzz_u16(b) : 1000 + (fuzz_u8(b) & 3));
	sin.sin_addr.s_addr = ops_addr_be(b);
	if ((shape & 0x18) == 0x18)
		*len = fuzz_u8(b) % 32;
	addr = calloc(1, RTE_MAX(*len, 1U));
	FUZZ_CHECK(addr != NULL);
	memcpy(addr, &sin, RTE_MIN(*len, sizeof(sin)));
	return addr;
}

static void
op_socket(struct fuzz_bytes *b)
{
	static const int protocols[] = { 0, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_RAW, 253, 0 };
	static const int types[] = { SOCK_DGRAM, SOCK_DGRAM, SOCK_RAW, SOCK_DGRAM | SOCK_NONBLOCK,
		SOCK_DGRAM | SOCK_CLOEXEC, SOCK_RAW | SOCK_NONBLOCK, SOCK_STREAM };
	const uint8_t at = fuzz_u8(b) % OPS_FDS, domain = fuzz_u8(b), type = fuzz_u8(b);
	const uint8_t protocol = fuzz_u8(b);
	int fd;

	fd = lop_socket(world.lop, domain < 0xf0 ? AF_INET : domain,
			type < 0xf0 ? types[type % RTE_DIM(types)] : (int)fuzz_u32(b),
			protocol < 0xf0 ? protocols[protocol % RTE_DIM(protocols)] : protocol);
	if (fd < 0)
		return;
	if (ops_fds[at] >= 0)
		FUZZ_CHECK(lop_close(ops_fds[at]) == 0);
	ops_fds[at] = fd;
}

static void
op_bind(struct fuzz_bytes *b)
{
	const int fd = ops_fd(b);
	uint32_t len;
	struct sockaddr *addr = ops_sockaddr(b, &len);

	lop_bind(fd, addr, len);
	free(addr);
}

static void
op_connect(struct fuzz_bytes *b)
{
	const int fd = ops_fd(b);
	uint32_t len;
	struct sockaddr *addr = ops_sockaddr(b, &len);

	lop_connect(fd, addr, len);
	free(addr);
}

static int
level_of(struct fuzz_bytes *b)
{
	static const int levels[] = { SOL_SOCKET, IPPROTO_IP, IPPROTO_IP, IPPROTO_UDP, 255 };
	const uint8_t byte = fuzz_u8(b);

	return byte < 0xf0 ? levels[byte % RTE_DIM(levels)] : byte;
}

/* Any program: a bad pointer to one would be believed. */
static void
attach_filter(struct fuzz_bytes *b, int fd)
{
	const uint8_t n = fuzz_u8(b) % 32;
	struct sock_fprog prog = {
		.len = n,
		.filter = (struct sock_filter *)fuzz_block(b, n * sizeof(*prog.filter)),
	};

	/* mostly steps that there are */
	for (uint8_t i = 0; i < n; i++) {
		if (prog.filter[i].code < 0x8000)
			prog.filter[i].code &= 0xff;
		if (prog.filter[i].k < UINT32_MAX / 2)
			prog.filter[i].k &= 0x3f;
		prog.filter[i].jt %= 4;
		prog.filter[i].jf %= 4;
	}
	if (n != 0 && prog.filter[n - 1].code != (BPF_RET | BPF_A))
		prog.filter[n - 1].code = BPF_RET | BPF_K;
	lop_setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog));
	free(prog.filter);
}

static void
op_setsockopt(struct fuzz_bytes *b)
{
	const int fd = ops_fd(b), level = level_of(b), name = fuzz_u8(b);
	const uint8_t shape = fuzz_u8(b);
	const socklen_t len = shape < 0x80 ? sizeof(int) : shape % 160;
	uint8_t *value;

	if (level == SOL_SOCKET && name == SO_ATTACH_FILTER && len >= sizeof(struct sock_fprog)) {
		attach_filter(b, fd);
		return;
	}
	value = shape == 0xff ? NULL : fuzz_block(b, len);
	lop_setsockopt(fd, level, name, value, len);
	free(value);
}

static void
op_getsockopt(struct fuzz_bytes *b)
{
	const int fd = ops_fd(b), level = level_of(b), name = fuzz_u8(b);
	const uint8_t shape = fuzz_u8(b);
	socklen_t len = shape < 0x80 ? 16 : shape & 0x7f;
	/* a filter's length counts steps */
	const bool filter = level == SOL_SOCKET && name == SO_GET_FILTER;
	uint8_t *value = fuzz_block(b, filter ? len * sizeof(struct sock_filter) : len);

	lop_getsockopt(fd, level, name, value, shape == 0xff ? NULL : &len);
	free(value);
}

static void
op_names(struct fuzz_bytes *b)
{
	const int fd = ops_fd(b);
	const uint8_t shape = fuzz_u8(b);
	socklen_t len = shape & 0x3f;
	uint8_t *value = fuzz_block(b, len);

	if ((shape & 0x40) != 0)
		lop_getsockname(fd, (struct sockaddr *)value, &len);
	else
		lop_getpeername(fd, (struct sockaddr *)value, &len);
	free(value);
}

static void
op_shutdown(struct fuzz_bytes *b)
{
	const int fd = ops_fd(b);

	lop_shutdown(fd, (int8_t)fuzz_u8(b) % 5);
}

static void
op_close(struct fuzz_bytes *b)
{
	const uint8_t at = fuzz_u8(b) % OPS_FDS;

	if (ops_fds[at] >= 0)
		FUZZ_CHECK(lop_close(ops_fds[at]) == 0);
	ops_fds[at] = -1;
}

static void
op_poll(struct fuzz_bytes *b)
{
	const unsigned int n = fuzz_u8(b) % 8;
	struct pollfd *fds = calloc(n + 1, sizeof(*fds));

	FUZZ_CHECK(fds != NULL);
	for (unsigned int i = 0; i < n; i++)
		fds[i] = (struct pollfd){ .fd = ops_fd(b), .events = fuzz_u16(b) };
	lop_poll(fds, n, 0);
	free(fds);
}

static void
op_ioctl(struct fuzz_bytes *b)
{
	static const unsigned long requests[] = { FIONREAD, SIOCOUTQ, FIONBIO, FIOASYNC, SIOCGPGRP,
		SIOCSPGRP, FIOCLEX, SIOCGIFINDEX, SIOCGIFFLAGS, SIOCGIFMTU, SIOCGIFHWADDR,
		SIOCGIFADDR, SIOCGIFNETMASK, SIOCGIFBRDADDR, SIOCGIFCONF, SIOCGIFNAME,
		SIOCGIFTXQLEN, SIOCGIFDSTADDR, 0x8906 };
	const int fd = ops_fd(b);
	const uint8_t byte = fuzz_u8(b);
	const unsigned long request = byte < 0xf0 ? requests[byte % RTE_DIM(requests)]
						  : 0x8900UL + fuzz_u8(b);
	union {
		struct ifreq req;
		struct ifconf conf;
	} *arg = fuzz_block(b, sizeof(*arg));
	char *buf = NULL;

	if ((byte & 1) != 0)
		strlcpy(arg->req.ifr_name, (byte & 2) != 0 ? "lo" : "wire0", IFNAMSIZ);
	if (request == SIOCGIFCONF) {
		arg->conf.ifc_len = byte & 0x7f;
		buf = malloc(byte | 1);
		arg->conf.ifc_buf = (byte & 0x80) != 0 ? NULL : buf;
	}
	lop_ioctl(fd, request, arg);
	free(buf);
	free(arg);
}

static void
op_fcntl(struct fuzz_bytes *b)
{
	const int fd = ops_fd(b), cmd = fuzz_u8(b) % 16;

	/* a copy would be out of our sight */
	if (cmd != F_DUPFD)
		lop_fcntl(fd, cmd, fuzz_u16(b));
}

static void
op_eventfd(struct fuzz_bytes *b)
{
	lop_eventfd(ops_fd(b));
}

static void
op_share(struct fuzz_bytes *b)
{
	const int fd = ops_fd(b), with = ops_fd(b);

	lop_udp_share_queue(fd, with);
}

ops_fn *const ops_sock[] = { op_socket, op_bind, op_connect, op_setsockopt, op_getsockopt, op_names,
	op_shutdown, op_close, op_poll, op_ioctl, op_fcntl, op_eventfd, op_share, op_bind,
	op_connect, op_setsockopt };
const unsigned int ops_sock_count = RTE_DIM(ops_sock);
