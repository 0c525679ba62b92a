/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The kernel's TAP devices, and the packet socket that captures lo. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/ethernet.h>
#include <netpacket/packet.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sys.h"

#define TAPS_MAX 4

static int capture_fd = -1;
static struct {
	char name[IFNAMSIZ];
	int fd;
} taps[TAPS_MAX];
static unsigned int nb_taps;
static uint8_t room[2 * DIFF_FRAME_MAX];

int
sys_capture_begin(void)
{
	const struct sockaddr_ll on = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = LOP_LO_INDEX,
	};
	const int bytes = INT32_MAX;

	capture_fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (capture_fd < 0)
		return -errno;
	setsockopt(capture_fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	return bind(capture_fd, (const struct sockaddr *)&on, sizeof(on)) == 0 ? 0 : -errno;
}

void
sys_captured(dx_frame_fn fn, void *arg)
{
	for (;;) {
		struct sockaddr_ll from = { 0 };
		socklen_t len = sizeof(from);
		const ssize_t n = recvfrom(
				capture_fd, room, sizeof(room), 0, (struct sockaddr *)&from, &len);

		if (n >= 0)
			fn(arg, from.sll_pkttype, room, n);
		else if (errno != ENETDOWN) /* once, when lo goes down (contract TAP-04) */
			return;
	}
}

int
sys_tap(const char *name)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd, ret;

	if (nb_taps == TAPS_MAX)
		return -ENOSPC;
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (ioctl(fd, TUNSETIFF, &ifr) != 0) {
		ret = -errno;
		close(fd);
		return ret;
	}
	snprintf(taps[nb_taps].name, sizeof(taps[0].name), "%s", name);
	taps[nb_taps++].fd = fd;
	return 0;
}

static int
inject_here(const void *frame, uint32_t bytes)
{
	const struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = LOP_LO_INDEX,
	};
	const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	int ret;

	if (fd < 0)
		return -errno;
	ret = sendto(fd, frame, bytes, 0, (const struct sockaddr *)&to, sizeof(to)) < 0 ? -errno
											: 0;
	close(fd);
	return ret;
}

int
sys_inject(const char *dev, const void *frame, uint32_t bytes)
{
	if (strcmp(dev, "lo") == 0)
		return inject_here(frame, bytes);
	for (unsigned int i = 0; i < nb_taps; i++) {
		if (strcmp(taps[i].name, dev) == 0)
			return write(taps[i].fd, frame, bytes) < 0 ? -errno : 0;
	}
	return -ENODEV;
}

void
sys_frames(dx_frame_fn fn, void *arg)
{
	for (unsigned int i = 0; i < nb_taps; i++) {
		ssize_t n;

		while ((n = read(taps[i].fd, room, sizeof(room))) > 0)
			fn(arg, PACKET_OUTGOING, room, n);
	}
}
