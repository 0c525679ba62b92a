/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#include <netinet/in.h>
#include <netinet/udp.h>
#include <time.h>

#include <linux/errqueue.h>

#include "../../lib/lop/include/lop_socket.h"
#include "../../lib/lop/include/lop_udp.h"
#include "ops.h"

#define PARTS_MAX 4

/* No call may block: nobody would wake it. */
static int
flags_of(struct fuzz_bytes *b)
{
	static const int flags[] = { 0, 0, 0, MSG_PEEK, MSG_TRUNC, MSG_ERRQUEUE, MSG_MORE,
		MSG_CONFIRM, MSG_DONTROUTE, MSG_OOB, 0x10 /* MSG_PROBE */, MSG_ZEROCOPY,
		MSG_WAITALL, MSG_PEEK | MSG_TRUNC };
	const uint8_t byte = fuzz_u8(b);

	return MSG_DONTWAIT |
			(byte < 0xe0 ? flags[byte % RTE_DIM(flags)]
				     : (int)(fuzz_u32(b) & ~MSG_WAITFORONE));
}

static void
op_sendto(struct fuzz_bytes *b)
{
	const int fd = ops_fd(b), flags = flags_of(b);
	const size_t len = ops_size(b);
	const bool unnamed = (fuzz_u8(b) & 3) == 0;
	uint32_t addr_len = 0;
	struct sockaddr *addr = unnamed ? NULL : ops_sockaddr(b, &addr_len);
	uint8_t *buf = fuzz_block(b, len);

	lop_sendto(fd, buf, len, flags, addr, addr_len);
	free(buf);
	free(addr);
}

static void
op_recvfrom(struct fuzz_bytes *b)
{
	const int fd = ops_fd(b), flags = flags_of(b);
	const size_t len = ops_size(b);
	socklen_t addr_len = fuzz_u8(b) & 0x1f;
	uint8_t *buf = calloc(1, len + 1), *addr = fuzz_block(b, addr_len);

	FUZZ_CHECK(buf != NULL);
	lop_recvfrom(fd, buf, len, flags, (struct sockaddr *)addr, &addr_len);
	free(addr);
	free(buf);
}

/* A message, with blocks of its own. */
struct ops_message {
	struct msghdr hdr;
	struct iovec *iov;
};

static void
cmsg_fill(struct fuzz_bytes *b, uint8_t *control, size_t len)
{
	static const uint8_t types[] = { IP_PKTINFO, IP_TTL, IP_TOS, IP_RETOPTS,
		52 /* IP_PROTOCOL */ };
	static const uint8_t sizes[] = { sizeof(struct in_pktinfo), sizeof(int), 1, 12, 4 };
	size_t at = 0;

	while (at + CMSG_SPACE(0) <= len) {
		const uint8_t kind = fuzz_u8(b), k = kind % RTE_DIM(types);
		size_t got, n = (kind & 0x20) != 0 ? fuzz_u8(b) % 64U : sizes[k];
		struct cmsghdr c = {
			.cmsg_len = CMSG_LEN(n), .cmsg_level = IPPROTO_IP, .cmsg_type = types[k]
		};
		const uint8_t *data;

		if ((kind & 0x40) != 0)
			c = (struct cmsghdr){ .cmsg_len = c.cmsg_len,
				.cmsg_level = (kind & 0x10) != 0 ? SOL_SOCKET : IPPROTO_UDP,
				.cmsg_type = (kind & 0x10) != 0 ? fuzz_u8(b) : UDP_SEGMENT };
		if (kind >= 0xf0)
			c.cmsg_len = fuzz_u16(b);
		memcpy(control + at, &c, sizeof(c));
		at += sizeof(c);
		data = fuzz_take(b, RTE_MIN(n, len - at), &got);
		if (got != 0)
			memcpy(control + at, data, got);
		at += CMSG_ALIGN(n);
	}
}

static void
message_make(struct fuzz_bytes *b, struct ops_message *m, bool send)
{
	const unsigned int parts = fuzz_u8(b) % (PARTS_MAX + 1);
	const uint8_t shape = fuzz_u8(b);
	uint32_t name_len = 0;

	memset(m, 0, sizeof(*m));
	m->iov = calloc(parts + 1, sizeof(*m->iov));
	FUZZ_CHECK(m->iov != NULL);
	if ((shape & 1) != 0)
		m->hdr.msg_name = ops_sockaddr(b, &name_len);
	m->hdr.msg_namelen = name_len;
	for (unsigned int i = 0; i < parts; i++) {
		const size_t len = ops_size(b);

		m->iov[i] = (struct iovec){ fuzz_block(b, len), len };
	}
	m->hdr.msg_iov = m->iov;
	m->hdr.msg_iovlen = parts;
	if ((shape & 2) != 0) {
		m->hdr.msg_controllen = fuzz_u8(b);
		m->hdr.msg_control = calloc(1, m->hdr.msg_controllen + 1);
		FUZZ_CHECK(m->hdr.msg_control != NULL);
		if (send)
			cmsg_fill(b, m->hdr.msg_control, m->hdr.msg_controllen);
	}
	m->hdr.msg_flags = shape;
}

static void
message_free(struct ops_message *m, unsigned int parts, void *name, void *control)
{
	for (unsigned int i = 0; i < parts; i++)
		free(m->iov[i].iov_base);
	free(m->iov);
	free(name);
	free(control);
}

static void
op_message(struct fuzz_bytes *b, bool send)
{
	const int fd = ops_fd(b), flags = flags_of(b);
	struct ops_message m;
	void *name, *control;

	message_make(b, &m, send);
	name = m.hdr.msg_name;
	control = m.hdr.msg_control;
	if (send)
		lop_sendmsg(fd, &m.hdr, flags);
	else
		lop_recvmsg(fd, &m.hdr, flags);
	message_free(&m, m.hdr.msg_iovlen, name, control);
}

static void
op_sendmsg(struct fuzz_bytes *b)
{
	op_message(b, true);
}

static void
op_recvmsg(struct fuzz_bytes *b)
{
	op_message(b, false);
}

static void
op_mmsg(struct fuzz_bytes *b)
{
	const int fd = ops_fd(b), flags = flags_of(b);
	const uint8_t shape = fuzz_u8(b);
	const unsigned int n = shape & 3;
	const bool send = (shape & 4) != 0;
	struct ops_message m[3];
	struct mmsghdr *hdr = calloc(n + 1, sizeof(*hdr));
	struct timespec timeout = { 0, 0 };
	void *name[3], *control[3];

	FUZZ_CHECK(hdr != NULL);
	for (unsigned int i = 0; i < n; i++) {
		message_make(b, &m[i], send);
		name[i] = m[i].hdr.msg_name;
		control[i] = m[i].hdr.msg_control;
		hdr[i].msg_hdr = m[i].hdr;
	}
	if (send)
		lop_sendmmsg(fd, hdr, n, flags);
	else
		lop_recvmmsg(fd, hdr, n, flags, (shape & 8) != 0 ? &timeout : NULL);
	for (unsigned int i = 0; i < n; i++)
		message_free(&m[i], m[i].hdr.msg_iovlen, name[i], control[i]);
	free(hdr);
}

static void
op_send_burst(struct fuzz_bytes *b)
{
	const int fd = ops_fd(b);
	const uint8_t shape = fuzz_u8(b);
	const uint16_t n = shape & 0xf;
	struct rte_mbuf *pkts[16];
	struct sockaddr_in to[16];
	uint16_t made = 0, sent;

	for (; made < n; made++) {
		const size_t len = ops_size(b);

		to[made] = (struct sockaddr_in){ .sin_family = AF_INET,
			.sin_port = rte_cpu_to_be_16(1000 + (fuzz_u8(b) & 3)),
			.sin_addr.s_addr = ops_addr_be(b) };
		pkts[made] = rte_pktmbuf_alloc(lop_mempool(world.lop));
		if (pkts[made] == NULL)
			break;
		rte_pktmbuf_append(
				pkts[made], RTE_MIN(len, (size_t)rte_pktmbuf_tailroom(pkts[made])));
	}
	if ((shape & 0x10) != 0)
		sent = lop_udp_send_burst(fd, (shape & 0x20) != 0 ? to : NULL, pkts, made);
	else
		sent = lop_udp_send_burst_to(fd, to, pkts, made);
	FUZZ_CHECK(sent <= made);
	rte_pktmbuf_free_bulk(pkts + sent, made - sent);
}

static void
op_recv_burst(struct fuzz_bytes *b)
{
	const int fd = ops_fd(b);
	const uint16_t n = fuzz_u8(b) & 0x1f;
	struct rte_mbuf *pkts[32];
	struct sockaddr_in from;
	const uint16_t got = lop_udp_recv_burst(fd, pkts, n);

	FUZZ_CHECK(got <= n);
	for (uint16_t i = 0; i < got; i++)
		lop_udp_source(pkts[i], &from);
	rte_pktmbuf_free_bulk(pkts, got);
}

ops_fn *const ops_msg[] = { op_sendto, op_recvfrom, op_sendmsg, op_recvmsg, op_mmsg, op_send_burst,
	op_recv_burst, op_sendto };
const unsigned int ops_msg_count = RTE_DIM(ops_msg);
