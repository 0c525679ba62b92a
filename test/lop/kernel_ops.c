/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The operations on sockets. */

#include <errno.h>
#include <time.h>
/* wants struct timespec */
#include <linux/errqueue.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <string.h>

#include "kernel.h"

/* The address of a row: NULL where it has none. */
static const struct sockaddr *
addr_of(const struct kop *op, struct sockaddr_storage *addr, socklen_t *len)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)addr;

	memset(addr, 0, sizeof(*addr));
	*len = 0;
	if (op->addr == NULL)
		return NULL;
	sin->sin_family = op->a != 0 ? op->a : AF_INET;
	sin->sin_port = htons(op->port);
	inet_pton(AF_INET, op->addr, &sin->sin_addr);
	*len = op->b != 0 ? op->b : (int)sizeof(*sin);
	return (const struct sockaddr *)addr;
}

/* What the next datagram holds: it differs from those before. */
static void
fill(struct krun *run, uint32_t bytes)
{
	unsigned int seed = ++run->sent;

	for (uint32_t i = 0; i < bytes; i++)
		run->data[i] = seed * 31 + i * 7 + (i >> 8);
}

void
kop_socket(struct krun *run, const struct kop *op)
{
	int fd = run->x->socket(AF_INET, op->a, op->b);

	k_print(run, " %d, type %d protocol %d", op->s, op->a, op->b);
	k_print_result(run, RTE_MIN(fd, 0));
	run->fd[op->s] = fd;
}

void
kop_bind(struct krun *run, const struct kop *op)
{
	struct sockaddr_storage addr;
	socklen_t len;
	const struct sockaddr *to = addr_of(op, &addr, &len);
	int ret = run->x->bind(run->fd[op->s], to, len);

	k_print(run, " %d, %s:%u", op->s, op->addr, op->port);
	k_print_result(run, ret);
}

void
kop_connect(struct krun *run, const struct kop *op)
{
	struct sockaddr_storage addr;
	socklen_t len;
	const struct sockaddr *to = addr_of(op, &addr, &len);
	int ret = run->x->connect(run->fd[op->s], to, len);

	k_print(run, " %d, %s:%u", op->s, op->addr, op->port);
	k_print_result(run, ret);
}

void
kop_send(struct krun *run, const struct kop *op)
{
	struct sockaddr_storage addr;
	socklen_t len;
	const struct sockaddr *to = addr_of(op, &addr, &len);
	ssize_t ret;

	if (op->text != NULL)
		memcpy(run->data, op->text, op->n);
	else
		fill(run, RTE_MIN(op->n, sizeof(run->data)));
	ret = run->x->sendto(run->fd[op->s], run->data, op->n, op->c | MSG_DONTWAIT, to, len);
	k_print(run, " %d, %u bytes to %s:%u flags %#x", op->s, op->n,
			op->addr != NULL ? op->addr : "-", op->port, op->c);
	k_print_result(run, ret);
}

void
kop_send_pktinfo(struct krun *run, const struct kop *op)
{
	char control[CMSG_SPACE(sizeof(struct in_pktinfo))] __rte_aligned(8) = { 0 };
	struct in_pktinfo info = { .ipi_ifindex = op->a };
	struct cmsghdr *cmsg = (struct cmsghdr *)control;
	struct kop plain = *op;
	struct sockaddr_storage addr;
	struct iovec iov = { .iov_base = run->data, .iov_len = op->n };
	struct msghdr msg = {
		.msg_name = &addr,
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t ret;

	plain.a = 0;
	addr_of(&plain, &addr, &msg.msg_namelen);
	if (op->text != NULL)
		inet_pton(AF_INET, op->text, &info.ipi_spec_dst);
	cmsg->cmsg_level = IPPROTO_IP;
	cmsg->cmsg_type = IP_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(cmsg), &info, sizeof(info));
	fill(run, op->n);
	ret = run->x->sendmsg(run->fd[op->s], &msg, MSG_DONTWAIT);
	k_print(run, " %d, %u bytes to %s:%u by %d from %s", op->s, op->n, op->addr, op->port,
			op->a, op->text != NULL ? op->text : "-");
	k_print_result(run, ret);
}

static void
print_error_queue(struct krun *run, const struct cmsghdr *cmsg)
{
	struct {
		struct sock_extended_err err;
		struct sockaddr_in offender;
	} e;
	struct sockaddr_storage addr = { 0 };

	memcpy(&e, CMSG_DATA(cmsg), sizeof(e));
	k_print(run, " error %u origin %u type %u code %u info %u data %u", e.err.ee_errno,
			e.err.ee_origin, e.err.ee_type, e.err.ee_code, e.err.ee_info,
			e.err.ee_data);
	memcpy(&addr, &e.offender, sizeof(e.offender));
	k_print_addr(run, &addr, sizeof(e.offender));
}

static void
print_cmsgs(struct krun *run, struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		size_t bytes = c->cmsg_len - CMSG_LEN(0);

		k_print(run, " [%d %d:", c->cmsg_level, c->cmsg_type);
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR &&
				bytes >= sizeof(struct sock_extended_err) +
								sizeof(struct sockaddr_in)) {
			print_error_queue(run, c);
		} else if (c->cmsg_level == SOL_SOCKET &&
				(c->cmsg_type == SO_TIMESTAMP || c->cmsg_type == SO_TIMESTAMPNS)) {
			k_print(run, " %zu bytes", bytes);
		} else {
			for (size_t i = 0; i < bytes; i++)
				k_print(run, " %02x", CMSG_DATA(c)[i]);
		}
		k_print(run, "]");
	}
}

void
kop_recv(struct krun *run, const struct kop *op)
{
	char control[1024] __rte_aligned(8);
	struct sockaddr_storage from = { 0 };
	struct iovec iov = { .iov_base = run->data, .iov_len = op->n };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t ret;

	memset(run->data, 0, sizeof(run->data));
	ret = run->x->recvmsg(run->fd[op->s], &msg, op->c | MSG_DONTWAIT);
	k_print(run, " %d, room %u flags %#x", op->s, op->n, op->c);
	k_print_result(run, ret);
	if (ret < 0)
		return;
	k_print(run, " from");
	k_print_addr(run, &from, msg.msg_namelen);
	/* also what was not to be written */
	k_print(run, " flags %#x data %" PRIx64, msg.msg_flags & ~MSG_CMSG_CLOEXEC,
			k_hash(0, run->data, sizeof(run->data)));
	print_cmsgs(run, &msg);
}

/* One datagram there: its length, source and contents into the hash. */
static uint64_t
one(struct krun *run, const struct kop *op, uint32_t bytes, uint64_t hash)
{
	struct sockaddr_storage to, from = { 0 };
	struct kop plain = { .addr = op->addr, .port = op->port };
	struct iovec iov = { .iov_base = run->data, .iov_len = sizeof(run->data) };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t ret[2];
	socklen_t len;

	addr_of(&plain, &to, &len);
	fill(run, bytes);
	ret[0] = run->x->sendto(run->fd[op->s], run->data, bytes, MSG_DONTWAIT,
			(const struct sockaddr *)&to, len);
	if (ret[0] < 0)
		ret[0] = -errno;
	memset(run->data, 0, bytes);
	ret[1] = run->x->recvmsg(run->fd[op->a], &msg, MSG_DONTWAIT);
	if (ret[1] < 0)
		ret[1] = -errno;
	hash = k_hash(hash, ret, sizeof(ret));
	hash = k_hash(hash, &from, msg.msg_namelen);
	return k_hash(hash, run->data, RTE_MAX(ret[1], 0));
}

void
kop_traffic(struct krun *run, const struct kop *op)
{
	uint64_t hash = 0;
	uint64_t random = 1;

	for (int i = 0; i < op->b; i++) {
		random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
		hash = one(run, op, op->n != K_RANDOM ? op->n : (random >> 33) % 65508, hash);
	}
	k_print(run, " %d -> %d, %d x %d bytes, all %" PRIx64, op->s, op->a, op->b, (int)op->n,
			hash);
}

void
kop_set(struct krun *run, const struct kop *op)
{
	int ret;

	if (op->text != NULL)
		ret = run->x->setsockopt(
				run->fd[op->s], op->a, op->b, op->text, strlen(op->text) + 1);
	else
		ret = run->x->setsockopt(run->fd[op->s], op->a, op->b, &op->c, op->n);
	k_print(run, " %d, level %d option %d: %d %s", op->s, op->a, op->b, op->c,
			op->text != NULL ? op->text : "");
	k_print_result(run, ret);
}

void
kop_get(struct krun *run, const struct kop *op)
{
	uint8_t value[32] = { 0 };
	socklen_t len = sizeof(value);
	int ret = run->x->getsockopt(run->fd[op->s], op->a, op->b, value, &len);

	k_print(run, " %d, level %d option %d", op->s, op->a, op->b);
	k_print_result(run, ret);
	for (socklen_t i = 0; ret == 0 && i < len && i < sizeof(value); i++)
		k_print(run, " %02x", value[i]);
}

void
kop_name(struct krun *run, const struct kop *op)
{
	struct sockaddr_storage addr = { 0 };
	socklen_t len = sizeof(addr);
	int ret = run->x->getsockname(run->fd[op->s], (struct sockaddr *)&addr, &len);

	k_print(run, " %d", op->s);
	k_print_result(run, ret);
	if (ret == 0)
		k_print_addr(run, &addr, len);
}

void
kop_peer(struct krun *run, const struct kop *op)
{
	struct sockaddr_storage addr = { 0 };
	socklen_t len = sizeof(addr);
	int ret = run->x->getpeername(run->fd[op->s], (struct sockaddr *)&addr, &len);

	k_print(run, " %d", op->s);
	k_print_result(run, ret);
	if (ret == 0)
		k_print_addr(run, &addr, len);
}

void
kop_poll(struct krun *run, const struct kop *op)
{
	struct pollfd p = { .fd = run->fd[op->s], .events = (short)op->a };
	int ret = run->x->poll(&p, 1, 0);

	k_print(run, " %d, events %#x", op->s, op->a);
	k_print_result(run, ret);
	k_print(run, " %#x", (unsigned int)p.revents);
}

void
kop_ioctl(struct krun *run, const struct kop *op)
{
	int value = -1;
	int ret = run->x->ioctl(run->fd[op->s], op->a, &value);

	k_print(run, " %d, request %#x", op->s, op->a);
	k_print_result(run, ret);
	k_print(run, " %d", value);
}

void
kop_shutdown(struct krun *run, const struct kop *op)
{
	int ret = run->x->shutdown(run->fd[op->s], op->a);

	k_print(run, " %d, how %d", op->s, op->a);
	k_print_result(run, ret);
}

void
kop_close(struct krun *run, const struct kop *op)
{
	int ret = run->x->close(run->fd[op->s]);

	k_print(run, " %d", op->s);
	k_print_result(run, ret);
	run->fd[op->s] = -1;
}
