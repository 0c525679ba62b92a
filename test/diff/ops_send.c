/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Sending. */

#include <errno.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "ops.h"

#define CONTROL_MAX 512
#define IOVS_MAX 64

struct control {
	char room[CONTROL_MAX] __rte_aligned(8);
	size_t used;
};

static void
cmsg_add(struct control *c, int level, int type, const void *value, size_t bytes)
{
	struct cmsghdr *cmsg = (struct cmsghdr *)(c->room + c->used);

	if (c->used + CMSG_SPACE(bytes) > sizeof(c->room))
		bad_word("control messages", "too many");
	cmsg->cmsg_level = level;
	cmsg->cmsg_type = type;
	cmsg->cmsg_len = CMSG_LEN(bytes);
	memcpy(CMSG_DATA(cmsg), value, bytes);
	c->used += CMSG_SPACE(bytes);
}

/* "cmsg=LEVEL,TYPE,HEX": any other one, as bytes. */
static void
cmsg_raw(struct control *c, const char *text)
{
	char copy[256];
	char *rest = copy;
	uint8_t value[128];
	int level, type;

	snprintf(copy, sizeof(copy), "%s", text);
	level = number(strsep(&rest, ","));
	type = number(strsep(&rest, ","));
	cmsg_add(c, level, type, value, bytes_of(rest != NULL ? rest : "", value, sizeof(value)));
}

/* ttl=, tos=, segment=, pktinfo=IFINDEX,SOURCE, retopts=HEX, cmsg=: in the order they stand. */
static void
control_fill(struct control *c, const struct words *w)
{
	memset(c, 0, sizeof(*c));
	for (unsigned int i = 0; i < w->nb_keys; i++) {
		const char *key = w->pair[i].key;
		const char *value = w->pair[i].value;
		uint8_t bytes[128];

		if (strcmp(key, "ttl") == 0 || strcmp(key, "tos") == 0) {
			const int n = number(value);

			cmsg_add(c, IPPROTO_IP, *(key + 1) == 't' ? IP_TTL : IP_TOS, &n, sizeof(n));
		} else if (strcmp(key, "segment") == 0) {
			const uint16_t n = number(value);

			cmsg_add(c, IPPROTO_UDP, UDP_SEGMENT, &n, sizeof(n));
		} else if (strcmp(key, "pktinfo") == 0) {
			const char *source = strchr(value, ',');
			struct in_pktinfo info = { .ipi_ifindex = atoi(value) };
			struct sockaddr_in sin;

			if (source != NULL) {
				address(source + 1, &sin);
				info.ipi_spec_dst = sin.sin_addr;
			}
			cmsg_add(c, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
		} else if (strcmp(key, "retopts") == 0) {
			cmsg_add(c, IPPROTO_IP, IP_RETOPTS, bytes,
					bytes_of(value, bytes, sizeof(bytes)));
		} else if (strcmp(key, "cmsg") == 0) {
			cmsg_raw(c, value);
		}
	}
}

/* send SLOT BYTES [hex=] [to=] [flags=] [iov=PIECES] [buffer=bad] and control messages */
void
op_send(struct run *run, const struct words *w)
{
	const int fd = fd_of(run, w, 1);
	size_t bytes = number(word(w, 2));
	const char *hex = word_of(w, "hex");
	const int flags = number_of(w, "flags", 0) | MSG_DONTWAIT;
	const bool bad = word_of(w, "buffer") != NULL;
	unsigned int pieces = RTE_MIN(number_of(w, "iov", 1), IOVS_MAX);
	struct iovec iov[IOVS_MAX];
	struct control control;
	struct sockaddr_storage addr;
	struct msghdr msg = { .msg_iov = iov };
	void *from = bad ? (void *)(uintptr_t)8 : run->data;
	size_t at = 0;

	control_fill(&control, w);
	msg.msg_name = (void *)(uintptr_t)sockaddr_of(w, word_of(w, "to"), &addr, &msg.msg_namelen);
	if (bytes > sizeof(run->data) && !bad)
		bad_word("too long a datagram", word(w, 2));
	fill(run, bad ? 0 : bytes);
	/* in front of what is made up */
	if (hex != NULL)
		bytes = RTE_MAX(bytes, bytes_of(hex, run->data, sizeof(run->data)));
	if (control.used == 0 && pieces == 1) {
		note_result(run,
				run->x->sendto(fd, from, bytes, flags, msg.msg_name,
						msg.msg_namelen));
		return;
	}
	for (unsigned int i = 0; i < pieces; i++) {
		iov[i].iov_base = (char *)from + at;
		iov[i].iov_len = i + 1 == pieces ? bytes - at : bytes / pieces;
		at += iov[i].iov_len;
	}
	msg.msg_iovlen = pieces;
	msg.msg_control = control.used != 0 ? control.room : NULL;
	msg.msg_controllen = control.used;
	note_result(run, run->x->sendmsg(fd, &msg, flags));
}

/* One datagram there: its length, source and contents into the hash. */
static uint64_t
one(struct run *run, int from, int to, uint32_t bytes, const struct sockaddr_in *sin, uint64_t hash)
{
	struct sockaddr_storage source = { 0 };
	struct iovec iov = { .iov_base = run->data, .iov_len = sizeof(run->data) };
	struct msghdr msg = {
		.msg_name = &source,
		.msg_namelen = sizeof(source),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t ret[2];

	fill(run, bytes);
	ret[0] = run->x->sendto(from, run->data, bytes, MSG_DONTWAIT, (const struct sockaddr *)sin,
			sizeof(*sin));
	if (ret[0] < 0)
		ret[0] = -errno;
	memset(run->data, 0, bytes);
	ret[1] = run->x->recvmsg(to, &msg, MSG_DONTWAIT);
	if (ret[1] < 0)
		ret[1] = -errno;
	hash = hash_bytes(hash, ret, sizeof(ret));
	hash = hash_bytes(hash, &source, msg.msg_namelen);
	return hash_bytes(hash, run->data, RTE_MAX(ret[1], 0));
}

/* traffic FROM TO TIMES BYTES|random to=: one datagram after the other, each read at once */
void
op_traffic(struct run *run, const struct words *w)
{
	const int from = fd_of(run, w, 1);
	const int to = fd_of(run, w, 2);
	const int64_t times = number(word(w, 3));
	const bool any = strcmp(word(w, 4), "random") == 0;
	const uint32_t bytes = any ? 0 : number(word(w, 4));
	struct sockaddr_in sin;
	uint64_t hash = 0;
	uint64_t random = 1;

	address(word_of(w, "to"), &sin);
	for (int64_t i = 0; i < times; i++) {
		random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
		hash = one(run, from, to, any ? (random >> 33) % 65508 : bytes, &sin, hash);
	}
	note_text(run, "all", "%016llx", (unsigned long long)hash);
}
