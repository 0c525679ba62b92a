/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* ioctl(2) on sockets: what it tells of interfaces, and of the socket. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if_arp.h>

#include "../../lib/lop/include/lop_if.h"
#include "fx.h"

static struct ifreq
named(const char *name)
{
	struct ifreq r;

	memset(&r, 0, sizeof(r));
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	return r;
}

static uint32_t
addr_of(const struct sockaddr *sa)
{
	struct sockaddr_in sin;

	memcpy(&sin, sa, sizeof(sin));
	assert_int_equal(sin.sin_family, AF_INET);
	return sin.sin_addr.s_addr;
}

static void
assert_addr(int fd, unsigned long request, const char *name, const char *addr)
{
	struct ifreq r = named(name);

	assert_int_equal(lop_ioctl(fd, request, &r), 0);
	assert_int_equal(addr_of(&r.ifr_addr), inet_addr(addr));
}

static void
assert_refused(int fd, unsigned long request, const char *name, int err)
{
	struct ifreq r = named(name);

	assert_int_equal(lop_ioctl(fd, request, &r), -1);
	assert_int_equal(errno, err);
}

/* contract DEV-01, DEV-03, DEV-04 */
static void
interfaces_answer_by_name(void **state)
{
	static const uint8_t no_mac[6];
	struct lop *lop = fx_lop_up(*state);
	const int fd = fx_udp(lop, NULL, 0);
	struct ifreq r = named("lo");

	assert_int_equal(lop_ioctl(fd, SIOCGIFINDEX, &r), 0);
	assert_int_equal(r.ifr_ifindex, LOP_LO_INDEX);
	assert_int_equal(lop_ioctl(fd, SIOCGIFFLAGS, &r), 0);
	assert_int_equal(r.ifr_flags, IFF_UP | IFF_LOOPBACK | IFF_RUNNING);
	assert_int_equal(lop_ioctl(fd, SIOCGIFMTU, &r), 0);
	assert_int_equal(r.ifr_mtu, 65536);
	assert_int_equal(lop_ioctl(fd, SIOCGIFMETRIC, &r), 0);
	assert_int_equal(r.ifr_metric, 0);
	assert_int_equal(lop_ioctl(fd, SIOCGIFTXQLEN, &r), 0);
	assert_int_equal(r.ifr_qlen, 1000);
	assert_int_equal(lop_ioctl(fd, SIOCGIFHWADDR, &r), 0);
	assert_int_equal(r.ifr_hwaddr.sa_family, ARPHRD_LOOPBACK);
	assert_memory_equal(r.ifr_hwaddr.sa_data, no_mac, sizeof(no_mac));
	assert_refused(fd, SIOCGIFINDEX, "none", ENODEV);
	/* of the family of interfaces, and nobody answers it */
	assert_refused(fd, SIOCSIFMTU, "lo", ENOTTY);

	r = (struct ifreq){ .ifr_ifindex = LOP_LO_INDEX };
	assert_int_equal(lop_ioctl(fd, SIOCGIFNAME, &r), 0);
	assert_string_equal(r.ifr_name, "lo");
	r.ifr_ifindex = 40;
	assert_int_equal(lop_ioctl(fd, SIOCGIFNAME, &r), -1);
	assert_int_equal(errno, ENODEV);
	assert_int_equal(lop_ioctl(fd, SIOCGIFINDEX, NULL), -1);
	assert_int_equal(errno, EFAULT);
}

/* contract DEV-15 */
static void
addresses_answer_by_label(void **state)
{
	const struct lop_ifaddr alias = {
		.local_be = inet_addr("10.9.0.1"), .prefix_len = 32, .label = "lo:1"
	};
	struct lop *lop = fx_lop_up(*state);
	const int fd = fx_udp(lop, NULL, 0);
	const int wire = fx_wire(*state, lop, "wire0");
	const struct lop_ifaddr own = { .local_be = inet_addr("10.8.0.1"),
		.prefix_len = 24,
		.broadcast_be = inet_addr("10.8.0.255") };
	const struct lop_ifaddr all = {
		.local_be = inet_addr("10.7.0.1"), .prefix_len = 0, .label = "wire0:0"
	};

	assert_refused(fd, SIOCGIFADDR, "wire0", EADDRNOTAVAIL);
	assert_int_equal(lop_addr_add(lop, LOP_LO_INDEX, &alias), 0);
	assert_int_equal(lop_addr_add(lop, wire, &own), 0);
	assert_int_equal(lop_addr_add(lop, wire, &all), 0);
	assert_addr(fd, SIOCGIFADDR, "lo", "127.0.0.1");
	assert_addr(fd, SIOCGIFDSTADDR, "lo", "127.0.0.1");
	assert_addr(fd, SIOCGIFNETMASK, "lo", "255.0.0.0");
	assert_addr(fd, SIOCGIFBRDADDR, "lo", "0.0.0.0");
	assert_addr(fd, SIOCGIFADDR, "lo:1", "10.9.0.1");
	assert_addr(fd, SIOCGIFNETMASK, "lo:1", "255.255.255.255");
	assert_addr(fd, SIOCGIFADDR, "wire0", "10.8.0.1");
	assert_addr(fd, SIOCGIFBRDADDR, "wire0", "10.8.0.255");
	assert_addr(fd, SIOCGIFNETMASK, "wire0:0", "0.0.0.0");
	assert_refused(fd, SIOCGIFADDR, "lo:7", EADDRNOTAVAIL);
}

/* contract XM-02 */
static void
sockets_answer_for_themselves(void **state)
{
	static const unsigned long taken[] = { SIOCSPGRP, FIOSETOWN, FIOCLEX, FIONCLEX, FIOASYNC };
	static const unsigned long zero[] = { SIOCGPGRP, FIOGETOWN, SIOCOUTQ };
	static const unsigned long want_room[] = { SIOCGPGRP, FIONREAD, FIOASYNC, FIONBIO };
	const int fd = fx_udp(fx_lop_up(*state), NULL, 0);
	int value = 1;

	for (unsigned int i = 0; i < RTE_DIM(taken); i++)
		assert_int_equal(lop_ioctl(fd, taken[i], &value), 0);
	for (unsigned int i = 0; i < RTE_DIM(zero); i++) {
		value = 1;
		assert_int_equal(lop_ioctl(fd, zero[i], &value), 0);
		assert_int_equal(value, 0);
	}
	for (unsigned int i = 0; i < RTE_DIM(want_room); i++) {
		assert_int_equal(lop_ioctl(fd, want_room[i], NULL), -1);
		assert_int_equal(errno, EFAULT);
	}
	assert_int_equal(lop_ioctl(fd, 0x8906 /* SIOCGSTAMP of old */, &value), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(lop_ioctl(fd, SIOCATMARK, &value), -1);
	assert_int_equal(errno, ENOTTY);
	assert_int_equal(lop_ioctl(-1, FIONREAD, &value), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(lop_fcntl(fd, F_SETFD, FD_CLOEXEC), 0);
	assert_int_equal(lop_fcntl(fd, F_GETFD, 0), FD_CLOEXEC);
	assert_int_equal(lop_fcntl(fd, F_GETOWN, 0), 0);
	assert_int_equal(lop_fcntl(fd, F_GETLEASE, 0), -1);
	assert_int_equal(errno, EINVAL);
}

static int
ethtool(int fd, const char *name, void *data)
{
	struct ifreq r = named(name);

	r.ifr_data = data;
	return lop_ioctl(fd, SIOCETHTOOL, &r);
}

static void
assert_value(int fd, const char *name, uint32_t command, uint32_t want)
{
	struct ethtool_value v = { .cmd = command, .data = 77 };

	assert_int_equal(ethtool(fd, name, &v), 0);
	assert_int_equal(v.cmd, command);
	assert_int_equal(v.data, want);
}

/* contract DEV-13: the link follows the interface, as seen on 6.18 */
static void
ethtool_is_answered(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);
	const int fd = lop_socket(lop, AF_INET, SOCK_DGRAM, 0);
	static const uint32_t on[] = { ETHTOOL_GRXCSUM, ETHTOOL_GTXCSUM, ETHTOOL_GSG, ETHTOOL_GTSO,
		ETHTOOL_GGSO, ETHTOOL_GGRO };
	static const uint32_t refused[] = { ETHTOOL_GDRVINFO, ETHTOOL_GSET, ETHTOOL_SRXCSUM,
		ETHTOOL_GSTATS };
	struct ethtool_ts_info stamps = { .cmd = ETHTOOL_GET_TS_INFO };
	struct ethtool_value v;

	assert_value(fd, "lo", ETHTOOL_GLINK, 0);
	assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP), 0);
	assert_value(fd, "lo", ETHTOOL_GLINK, 1);
	for (unsigned int i = 0; i < RTE_DIM(on); i++)
		assert_value(fd, "lo", on[i], 1);
	assert_value(fd, "lo", ETHTOOL_GFLAGS, 0);
	assert_int_equal(ethtool(fd, "lo", &stamps), 0);
	assert_int_equal(stamps.so_timestamping, 0x1a);
	assert_int_equal(stamps.phc_index, -1);
	assert_int_equal(stamps.tx_types, 0);
	assert_int_equal(stamps.rx_filters, 0);
	for (unsigned int i = 0; i < RTE_DIM(refused); i++) {
		v.cmd = refused[i];
		assert_int_equal(ethtool(fd, "lo", &v), -1);
		assert_int_equal(errno, EOPNOTSUPP);
	}
	assert_int_equal(ethtool(fd, "nope", NULL), -1);
	assert_int_equal(errno, EFAULT);
	assert_int_equal(ethtool(fd, "nope", &v), -1);
	assert_int_equal(errno, ENODEV);

	fx_wire(*state, lop, "w0");
	assert_value(fd, "w0", ETHTOOL_GLINK, 0);
	v.cmd = ETHTOOL_GTSO;
	assert_int_equal(ethtool(fd, "w0", &v), -1);
	assert_int_equal(errno, EOPNOTSUPP);
}

/* contract DEV-15: SIOCGIFCONF lists them, as many as there is room for */
static void
addresses_are_listed_by_label(void **state)
{
	const struct lop_ifaddr alias = {
		.local_be = inet_addr("10.9.0.1"), .prefix_len = 32, .label = "lo:1"
	};
	struct lop *lop = fx_lop_up(*state);
	const int fd = fx_udp(lop, NULL, 0);
	struct ifreq r[3];
	struct ifconf c = { .ifc_len = sizeof(r), .ifc_req = r };

	assert_int_equal(lop_addr_add(lop, LOP_LO_INDEX, &alias), 0);
	assert_int_equal(lop_ioctl(fd, SIOCGIFCONF, &c), 0);
	assert_int_equal(c.ifc_len, 2 * sizeof(r[0]));
	assert_string_equal(r[0].ifr_name, "lo");
	assert_int_equal(addr_of(&r[0].ifr_addr), inet_addr("127.0.0.1"));
	assert_string_equal(r[1].ifr_name, "lo:1");
	assert_int_equal(addr_of(&r[1].ifr_addr), inet_addr("10.9.0.1"));

	c.ifc_len = 2 * sizeof(r[0]) - 1;
	assert_int_equal(lop_ioctl(fd, SIOCGIFCONF, &c), 0);
	assert_int_equal(c.ifc_len, sizeof(r[0]));
	c = (struct ifconf){ 0 };
	assert_int_equal(lop_ioctl(fd, SIOCGIFCONF, &c), 0);
	assert_int_equal(c.ifc_len, 2 * sizeof(r[0]));
	assert_int_equal(lop_ioctl(fd, SIOCGIFCONF, NULL), -1);
	assert_int_equal(errno, EFAULT);
}

static const struct lo_case sock_ioctl_cases[] = {
	LO_CASE(ethtool_is_answered),
	LO_CASE(interfaces_answer_by_name),
	LO_CASE(addresses_answer_by_label),
	LO_CASE(addresses_are_listed_by_label),
	LO_CASE(sockets_answer_for_themselves),
};
LO_REGISTER_TEST(lop_socket_autotest, sock_ioctl_cases);
