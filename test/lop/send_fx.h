/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_SEND_FX_H
#define LOP_SEND_FX_H

/*
 * Words of the cases about calls that carry data. Expected values are those of Linux 6.18.
 */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "fx.h"

#define SF_PORT 5000

/* Counters of a datagram that arrives: the contract's std1, without octets. */
#define SF_STD                                                                \
	"Ip.OutRequests+1 Ip.OutTransmits+1 Ip.InReceives+1 Ip.InDelivers+1 " \
	"Udp.OutDatagrams+1 IpExt.InNoECTPkts+1 lo.rx_packets+1 lo.tx_packets+1 "

/* A call that has to fail, and with what. */
#define sf_fails(call, e)                     \
	do {                                  \
		errno = 0;                    \
		assert_int_equal((call), -1); \
		assert_int_equal(errno, (e)); \
	} while (0)

/* Send to 127.0.0.1. */
static inline ssize_t
sf_to(int fd, const void *buf, size_t len, int flags, uint16_t port)
{
	const struct sockaddr_in to = fx_addr("127.0.0.1", port);

	return lop_sendto(fd, buf, len, flags, (const struct sockaddr *)&to, sizeof(to));
}

/* A socket connected to a port of 127.0.0.1. */
static inline int
sf_connected(struct lop *lop, uint16_t port)
{
	const struct sockaddr_in to = fx_addr("127.0.0.1", port);
	const int fd = lop_socket(lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	assert_int_equal(lop_connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

/* The next datagram is this text. */
static inline void
sf_assert_text(int fd, const char *text)
{
	char buf[256];
	const ssize_t n = lop_recv(fd, buf, sizeof(buf), 0);

	assert_int_equal(n, strlen(text));
	assert_memory_equal(buf, text, n);
}

static inline void
sf_option(int fd, int level, int name, int value)
{
	assert_int_equal(lop_setsockopt(fd, level, name, &value, sizeof(value)), 0);
}

/* A message of one buffer with one control message. */
struct sf_msg {
	struct msghdr h;
	struct iovec io;
	struct sockaddr_in to;
	union {
		struct cmsghdr head;
		uint8_t bytes[512];
	} control;
};

static inline struct msghdr *
sf_msg(struct sf_msg *m, const char *text, uint16_t port)
{
	memset(m, 0, sizeof(*m));
	m->io = (struct iovec){ .iov_base = (void *)(uintptr_t)text, .iov_len = strlen(text) };
	m->to = fx_addr("127.0.0.1", port);
	m->h.msg_iov = &m->io;
	m->h.msg_iovlen = 1;
	if (port != 0) {
		m->h.msg_name = &m->to;
		m->h.msg_namelen = sizeof(m->to);
	}
	return &m->h;
}

static inline struct msghdr *
sf_cmsg(struct sf_msg *m, int level, int type, const void *data, size_t bytes)
{
	uint8_t *at = m->control.bytes + m->h.msg_controllen;
	const struct cmsghdr head = {
		.cmsg_len = CMSG_LEN(bytes), .cmsg_level = level, .cmsg_type = type
	};

	memcpy(at, &head, sizeof(head));
	memcpy(at + CMSG_LEN(0), data, bytes);
	m->h.msg_control = m->control.bytes;
	m->h.msg_controllen += CMSG_SPACE(bytes);
	return &m->h;
}

#endif
