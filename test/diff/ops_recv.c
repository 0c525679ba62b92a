/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Receiving, and what came with it. */

#include <time.h>

#include <errno.h>
#include <linux/errqueue.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <string.h>

#include "ops.h"

static void
error_text(struct run *run, char *text, size_t size, const struct cmsghdr *cmsg)
{
	struct {
		struct sock_extended_err err;
		struct sockaddr_in offender;
	} e;
	char addr[64];

	memcpy(&e, CMSG_DATA(cmsg), sizeof(e));
	addr_text(run, addr, sizeof(addr), &e.offender, sizeof(e.offender));
	snprintf(text, size, "error %u origin %u type %u code %u info %u data %u of %s",
			e.err.ee_errno, e.err.ee_origin, e.err.ee_type, e.err.ee_code,
			e.err.ee_info, e.err.ee_data, addr);
}

static bool
is_time(const struct cmsghdr *c)
{
	return c->cmsg_level == SOL_SOCKET &&
			(c->cmsg_type == SO_TIMESTAMP || c->cmsg_type == SO_TIMESTAMPNS ||
					c->cmsg_type == SO_TIMESTAMPING);
}

/* What time it was is another matter; of three stamps: which there are. */
static void
time_text(char *text, size_t size, const struct cmsghdr *c, size_t bytes)
{
	struct timespec ts[3] = { 0 };
	char there[] = "---";

	memcpy(ts, CMSG_DATA(c), RTE_MIN(bytes, sizeof(ts)));
	for (unsigned int i = 0; i < RTE_DIM(ts); i++) {
		if (ts[i].tv_sec != 0)
			there[i] = '0' + i;
	}
	snprintf(text, size, "%zu bytes %s", bytes, bytes == sizeof(ts) ? there : "");
}

static void
cmsg_text(struct run *run, char *text, size_t size, const struct cmsghdr *c)
{
	const size_t bytes = c->cmsg_len - CMSG_LEN(0);
	size_t used = snprintf(text, size, "%d,%d: ", c->cmsg_level, c->cmsg_type);

	if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR &&
			bytes >= sizeof(struct sock_extended_err) + sizeof(struct sockaddr_in)) {
		error_text(run, text + used, size - used, c);
	} else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_ORIGDSTADDR) {
		addr_text(run, text + used, size - used, CMSG_DATA(c), bytes);
	} else if (c->cmsg_level == IPPROTO_IP &&
			(c->cmsg_type == IP_RECVOPTS || c->cmsg_type == IP_RETOPTS)) {
		options_text(text + used, size - used, CMSG_DATA(c), bytes);
	} else if (is_time(c)) {
		time_text(text + used, size - used, c, bytes);
	} else {
		for (size_t i = 0; i < bytes && used + 3 < size; i++)
			used += snprintf(text + used, size - used, "%02x", CMSG_DATA(c)[i]);
	}
}

static void
note_cmsgs(struct run *run, struct msghdr *msg)
{
	json_t *list = json_array();
	char text[512];

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		cmsg_text(run, text, sizeof(text), c);
		json_array_append_new(list, json_string(text));
	}
	if (json_array_size(list) > 0)
		json_object_set(run->now, "cmsgs", list);
	json_decref(list);
}

/* Of a raw socket: its IP ID, ports and sums are not the same each time. */
static void
note_packet(struct run *run, uint32_t bytes)
{
	char text[1024];

	memmove(run->data + sizeof(struct ether_header), run->data,
			RTE_MIN(bytes, sizeof(run->data) - sizeof(struct ether_header)));
	memset(run->data, 0, sizeof(struct ether_header));
	((struct ether_header *)run->data)->ether_type = htons(ETHERTYPE_IP);
	run->no_ids = true;
	frame_text(run, text, sizeof(text), run->data, bytes + sizeof(struct ether_header));
	run->no_ids = false;
	note(run, "packet", json_string(text));
}

/* recv SLOT [room=BYTES] [flags=] [control=BYTES] [as=ip] */
void
op_recv(struct run *run, const struct words *w)
{
	char control[1024] __rte_aligned(8);
	struct sockaddr_storage from = { 0 };
	struct iovec iov = { .iov_base = run->data, .iov_len = number_of(w, "room", 65536) };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = number_of(w, "control", sizeof(control)),
	};
	char text[64];
	ssize_t ret;

	memset(run->data, 0, sizeof(run->data));
	ret = run->x->recvmsg(fd_of(run, w, 1), &msg, (int)number_of(w, "flags", 0) | MSG_DONTWAIT);
	note_result(run, ret);
	if (ret < 0)
		return;
	addr_text(run, text, sizeof(text), &from, msg.msg_namelen);
	note(run, "from", json_string(text));
	if ((msg.msg_flags & ~MSG_CMSG_CLOEXEC) != 0)
		note_text(run, "flags", "%#x", (unsigned int)msg.msg_flags & ~MSG_CMSG_CLOEXEC);
	/* also what was not to be written */
	if (word_of(w, "as") != NULL)
		note_packet(run, ret);
	else
		note_text(run, "data", "%016llx",
				(unsigned long long)hash_bytes(0, run->data, sizeof(run->data)));
	note_cmsgs(run, &msg);
}
