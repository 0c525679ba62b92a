/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Netlink, as far as the executor that calls the kernel needs it. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rtnl.h"

#define ANSWER_ROOM 32768

static struct nlmsghdr *
last_message(struct nl *nl)
{
	struct nlmsghdr *msg = (struct nlmsghdr *)nl->room;

	while ((char *)msg + NLMSG_ALIGN(msg->nlmsg_len) < nl->room + nl->used)
		msg = (struct nlmsghdr *)((char *)msg + NLMSG_ALIGN(msg->nlmsg_len));
	return msg;
}

static void *
take(struct nl *nl, size_t bytes)
{
	void *at = nl->room + nl->used;

	if (nl->used + NLMSG_ALIGN(bytes) > sizeof(nl->room))
		abort();
	memset(at, 0, NLMSG_ALIGN(bytes));
	nl->used += NLMSG_ALIGN(bytes);
	return at;
}

struct nlmsghdr *
nl_message(struct nl *nl, uint16_t type, uint16_t flags, const void *head, size_t bytes)
{
	struct nlmsghdr *msg = take(nl, NLMSG_LENGTH(bytes));

	msg->nlmsg_len = NLMSG_LENGTH(bytes);
	msg->nlmsg_type = type;
	msg->nlmsg_flags = NLM_F_REQUEST | flags;
	memcpy(NLMSG_DATA(msg), head, bytes);
	return msg;
}

void
nl_put(struct nl *nl, uint16_t type, const void *value, size_t bytes)
{
	struct nlmsghdr *msg = last_message(nl);
	struct nlattr *attr = take(nl, NLA_HDRLEN + bytes);

	attr->nla_type = type;
	attr->nla_len = (uint16_t)(NLA_HDRLEN + bytes);
	memcpy((char *)attr + NLA_HDRLEN, value, bytes);
	msg->nlmsg_len = (uint32_t)(nl->room + nl->used - (char *)msg);
}

void
nl_u32(struct nl *nl, uint16_t type, uint32_t value)
{
	nl_put(nl, type, &value, sizeof(value));
}

void
nl_text(struct nl *nl, uint16_t type, const char *text)
{
	nl_put(nl, type, text, strlen(text) + 1);
}

size_t
nl_open(struct nl *nl, uint16_t type)
{
	const size_t at = nl->used;

	nl_put(nl, type | NLA_F_NESTED, "", 0);
	return at;
}

void
nl_close(struct nl *nl, size_t at)
{
	struct nlattr *attr = (struct nlattr *)(nl->room + at);

	attr->nla_len = (uint16_t)(nl->used - at);
}

static unsigned int
acks_wanted(struct nl *nl)
{
	unsigned int n = 0;

	for (size_t at = 0; at < nl->used;) {
		const struct nlmsghdr *msg = (const struct nlmsghdr *)(nl->room + at);

		n += (msg->nlmsg_flags & NLM_F_ACK) != 0;
		at += NLMSG_ALIGN(msg->nlmsg_len);
	}
	return n;
}

static int
open_and_send(int protocol, struct nl *nl)
{
	const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		return -errno;
	if (send(fd, nl->room, nl->used, 0) < 0) {
		const int ret = -errno;

		close(fd);
		return ret;
	}
	return fd;
}

int
nl_talk(int protocol, struct nl *nl)
{
	static char answer[ANSWER_ROOM] __attribute__((aligned(8)));
	unsigned int wanted = acks_wanted(nl);
	const int fd = open_and_send(protocol, nl);
	int ret = 0;

	if (fd < 0)
		return fd;
	while (wanted > 0) {
		ssize_t n = recv(fd, answer, sizeof(answer), 0);
		int left = (int)n;

		if (n <= 0) {
			ret = -EIO;
			break;
		}
		for (struct nlmsghdr *msg = (struct nlmsghdr *)answer;
				NLMSG_OK(msg, (unsigned int)left) && wanted > 0;
				msg = NLMSG_NEXT(msg, left)) {
			const struct nlmsgerr *err = NLMSG_DATA(msg);

			if (msg->nlmsg_type != NLMSG_ERROR)
				continue;
			wanted--;
			/* a batch that failed is not answered message by message */
			if (err->error != 0) {
				ret = err->error;
				wanted = 0;
			}
		}
	}
	close(fd);
	return ret;
}

int
nl_ask(int protocol, struct nl *nl, nl_fn fn, void *arg)
{
	static char answer[ANSWER_ROOM] __attribute__((aligned(8)));
	const int fd = open_and_send(protocol, nl);
	bool more = true;
	int ret = 0;

	if (fd < 0)
		return fd;
	while (more) {
		ssize_t n = recv(fd, answer, sizeof(answer), 0);
		int left = (int)n;

		if (n <= 0) {
			ret = -EIO;
			break;
		}
		for (struct nlmsghdr *msg = (struct nlmsghdr *)answer;
				NLMSG_OK(msg, (unsigned int)left); msg = NLMSG_NEXT(msg, left)) {
			if (msg->nlmsg_type == NLMSG_DONE || msg->nlmsg_type == NLMSG_ERROR) {
				if (msg->nlmsg_type == NLMSG_ERROR)
					ret = ((const struct nlmsgerr *)NLMSG_DATA(msg))->error;
				more = false;
				break;
			}
			fn(msg, arg);
			more = (msg->nlmsg_flags & NLM_F_MULTI) != 0;
		}
	}
	close(fd);
	return ret;
}
