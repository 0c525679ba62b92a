/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The constants that operations name. */

/* Before what wants struct timespec. */
#include <time.h>

#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/if.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <rte_common.h>

#include "words.h"

#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif
#define MSG_PROBE 0x10

/* clang-format off */
#define N(name) { #name, name }

static const struct {
	const char *name;
	int64_t value;
} constants[] = {
	N(AF_UNSPEC), N(AF_UNIX), N(AF_INET), N(AF_INET6),
	N(SOCK_STREAM), N(SOCK_DGRAM), N(SOCK_RAW), N(SOCK_NONBLOCK), N(SOCK_CLOEXEC),
	N(IPPROTO_IP), N(IPPROTO_ICMP), N(IPPROTO_TCP), N(IPPROTO_UDP), N(IPPROTO_UDPLITE),
	N(IPPROTO_RAW), N(SOL_SOCKET),
	N(MSG_OOB), N(MSG_PEEK), N(MSG_DONTROUTE), N(MSG_CTRUNC), N(MSG_PROBE), N(MSG_TRUNC),
	N(MSG_DONTWAIT), N(MSG_EOR), N(MSG_CONFIRM), N(MSG_ERRQUEUE), N(MSG_NOSIGNAL), N(MSG_MORE),
	N(MSG_ZEROCOPY), N(MSG_FASTOPEN), N(MSG_WAITALL),
	N(POLLIN), N(POLLOUT), N(POLLERR), N(POLLHUP), N(POLLRDHUP), N(POLLPRI),
	N(SHUT_RD), N(SHUT_WR), N(SHUT_RDWR),
	N(FIONREAD), N(TIOCOUTQ), N(SIOCGIFNAME), N(SIOCGIFINDEX), N(SIOCGIFFLAGS), N(SIOCGIFMTU),
	N(SIOCGIFMETRIC), N(SIOCGIFTXQLEN), N(SIOCGIFHWADDR), N(SIOCGIFADDR), N(SIOCGIFDSTADDR),
	N(SIOCGIFNETMASK), N(SIOCGIFBRDADDR), N(SIOCGIFMAP), N(SIOCETHTOOL),
	N(IP_PMTUDISC_DONT), N(IP_PMTUDISC_WANT), N(IP_PMTUDISC_DO), N(IP_PMTUDISC_PROBE),
	N(IP_PMTUDISC_INTERFACE), N(IP_PMTUDISC_OMIT),
	N(RTN_UNICAST), N(RTN_LOCAL), N(RTN_BROADCAST), N(RTN_ANYCAST), N(RTN_MULTICAST),
	N(RTN_BLACKHOLE), N(RTN_UNREACHABLE), N(RTN_PROHIBIT), N(RTN_THROW),
	N(RT_SCOPE_UNIVERSE), N(RT_SCOPE_SITE), N(RT_SCOPE_LINK), N(RT_SCOPE_HOST),
	N(RT_SCOPE_NOWHERE), N(RT_TABLE_MAIN), N(RT_TABLE_LOCAL), N(RT_TABLE_DEFAULT),
	N(RTNH_F_ONLINK),
	N(BPF_LD), N(BPF_LDX), N(BPF_ST), N(BPF_STX), N(BPF_ALU), N(BPF_JMP), N(BPF_RET),
	N(BPF_MISC), N(BPF_W), N(BPF_H), N(BPF_B), N(BPF_IMM), N(BPF_ABS), N(BPF_IND), N(BPF_MEM),
	N(BPF_LEN), N(BPF_MSH), N(BPF_ADD), N(BPF_SUB), N(BPF_MUL), N(BPF_DIV), N(BPF_OR),
	N(BPF_AND), N(BPF_LSH), N(BPF_RSH), N(BPF_NEG), N(BPF_MOD), N(BPF_XOR), N(BPF_JA),
	N(BPF_JEQ), N(BPF_JGT), N(BPF_JGE), N(BPF_JSET), N(BPF_K), N(BPF_X), N(BPF_A), N(BPF_TAX),
	N(BPF_TXA), N(SKF_NET_OFF), N(SKF_LL_OFF), N(SKF_AD_OFF), N(SKF_AD_PROTOCOL),
	N(SKF_AD_PKTTYPE), N(SKF_AD_IFINDEX), N(SKF_AD_NLATTR), N(SKF_AD_NLATTR_NEST),
	N(SKF_AD_MARK), N(SKF_AD_QUEUE), N(SKF_AD_HATYPE), N(SKF_AD_RXHASH), N(SKF_AD_CPU),
	N(SKF_AD_ALU_XOR_X), N(SKF_AD_VLAN_TAG), N(SKF_AD_VLAN_TAG_PRESENT),
	N(SKF_AD_PAY_OFFSET), N(SKF_AD_RANDOM), N(SKF_AD_VLAN_TPID),
	N(NUD_PERMANENT), N(NUD_NOARP), N(NUD_REACHABLE), N(NUD_STALE),
};

static const struct {
	const char *name;
	int level;
	int value;
} options[] = {
#define S(name) { #name, SOL_SOCKET, name }
	S(SO_REUSEADDR), S(SO_REUSEPORT), S(SO_BROADCAST), S(SO_DONTROUTE), S(SO_NO_CHECK),
	S(SO_RCVBUF), S(SO_SNDBUF), S(SO_RCVBUFFORCE), S(SO_SNDBUFFORCE), S(SO_ERROR), S(SO_TYPE),
	S(SO_PROTOCOL), S(SO_DOMAIN), S(SO_PRIORITY), S(SO_MARK), S(SO_RXQ_OVFL), S(SO_PEEK_OFF),
	S(SO_BINDTODEVICE), S(SO_BINDTOIFINDEX), S(SO_RCVLOWAT), S(SO_SNDLOWAT), S(SO_KEEPALIVE),
	S(SO_OOBINLINE), S(SO_ACCEPTCONN), S(SO_LINGER), S(SO_TIMESTAMP), S(SO_TIMESTAMPNS),
	S(SO_PASSCRED), S(SO_INCOMING_CPU), S(SO_DEBUG), S(SO_BSDCOMPAT), S(SO_BUSY_POLL),
	S(SO_ZEROCOPY), S(SO_TXTIME), S(SO_COOKIE), S(SO_SELECT_ERR_QUEUE), S(SO_LOCK_FILTER),
	S(SO_RCVTIMEO), S(SO_SNDTIMEO), S(SO_WIFI_STATUS), S(SO_NOFCS), S(SO_CNX_ADVICE),
	S(SO_TIMESTAMPING), S(SO_MEMINFO), S(SO_ATTACH_FILTER), S(SO_DETACH_FILTER),
#undef S
#define I(name) { #name, IPPROTO_IP, name }
	I(IP_TOS), I(IP_TTL), I(IP_HDRINCL), I(IP_OPTIONS), I(IP_RECVOPTS), I(IP_RETOPTS),
	I(IP_PKTINFO), I(IP_MTU_DISCOVER), I(IP_RECVERR), I(IP_RECVTTL), I(IP_RECVTOS), I(IP_MTU),
	I(IP_FREEBIND), I(IP_TRANSPARENT), I(IP_RECVORIGDSTADDR), I(IP_MINTTL), I(IP_CHECKSUM),
	I(IP_BIND_ADDRESS_NO_PORT), I(IP_RECVFRAGSIZE), I(IP_MULTICAST_IF), I(IP_MULTICAST_TTL),
	I(IP_MULTICAST_LOOP), I(IP_MULTICAST_ALL), I(IP_ADD_MEMBERSHIP), I(IP_DROP_MEMBERSHIP),
	I(IP_UNICAST_IF), I(IP_LOCAL_PORT_RANGE), I(IP_ROUTER_ALERT), I(IP_NODEFRAG), I(IP_PASSSEC),
#undef I
#define U(name) { #name, IPPROTO_UDP, name }
	U(UDP_CORK), U(UDP_SEGMENT), U(UDP_GRO), U(UDP_NO_CHECK6_TX), U(UDP_NO_CHECK6_RX),
	U(UDP_ENCAP),
#undef U
};
/* clang-format on */

bool
constant(const char *name, int64_t *value)
{
	for (unsigned int i = 0; i < RTE_DIM(constants); i++) {
		if (strcmp(constants[i].name, name) == 0) {
			*value = constants[i].value;
			return true;
		}
	}
	return false;
}

bool
option(const char *name, int *level, int *value)
{
	for (unsigned int i = 0; i < RTE_DIM(options); i++) {
		if (strcmp(options[i].name, name) == 0) {
			*level = options[i].level;
			*value = options[i].value;
			return true;
		}
	}
	return false;
}
