/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Scenarios: datagrams of every size, and what becomes of them. */

#include <netinet/in.h>
#include <sys/ioctl.h>

#include "kernel.h"

/* clang-format off */

/* The three counters of one datagram, send and read apart; contract DEV-11, UDPH-01, UR-06, IPO-02 */
static const struct kop one_datagram_moves_these_counters_ops[] = {
	K_UP,
	K_UDP(0), K_BIND(0, "127.0.0.1", 5000),
	K_UDP(1), K_BIND(1, "127.0.0.1", 5001),
	K_SEND_TO(0, 18, "127.0.0.1", 5001),
	K_POLL(1, POLLIN | POLLOUT),
	K_IOCTL(1, FIONREAD), K_IOCTL(0, TIOCOUTQ),
	K_RECV(1), K_RECV(1),
	K_SEND_TO(0, 0, "127.0.0.1", 5001), K_RECV(1),
	K_SEND_TO(0, 65507, "127.0.0.1", 5001), K_RECV(1),
	K_SEND_TO(0, 65508, "127.0.0.1", 5001), K_RECV(1),
	K_SEND_TO(0, 65536, "127.0.0.1", 5001), K_RECV(1),
	/* truncated; looked at twice */
	K_SEND_TO(0, 100, "127.0.0.1", 5001), K_RECV_FLAGS(1, 10, 0),
	K_SEND_TO(0, 100, "127.0.0.1", 5001), K_RECV_FLAGS(1, 10, MSG_TRUNC),
	K_SEND_TO(0, 100, "127.0.0.1", 5001), K_RECV_FLAGS(1, 200, MSG_PEEK), K_RECV(1),
	K_FILE("udp"), K_FILE("arp"), K_FILE("dev"), K_FILE("snmp"), K_FILE("netstat"),
};
K_SCENARIO(one_datagram_moves_these_counters);

/* A thousand of each size: contract DEV-11, UDPH-01, IPO-02, UR-06 */
static const struct kop std1_every_size_class_ops[] = {
	K_UP,
	K_UDP(0), K_BIND(0, "127.0.0.1", 5000),
	K_UDP(1), K_BIND(1, "127.0.0.1", 5001),
	K_TRAFFIC(0, 1, 1000, 0, "127.0.0.1", 5001),
	K_TRAFFIC(0, 1, 1000, 1, "127.0.0.1", 5001),
	K_TRAFFIC(0, 1, 1000, 18, "127.0.0.1", 5001),
	K_TRAFFIC(0, 1, 1000, 512, "127.0.0.1", 5001),
	K_TRAFFIC(0, 1, 1000, 1472, "127.0.0.1", 5001),
	K_TRAFFIC(0, 1, 1000, 1473, "127.0.0.1", 5001),
	K_TRAFFIC(0, 1, 1000, 8192, "127.0.0.1", 5001),
	K_TRAFFIC(0, 1, 1000, 65507, "127.0.0.1", 5001),
	K_TRAFFIC(0, 1, 1000, K_RANDOM, "127.0.0.1", 5001),
};
K_SCENARIO(std1_every_size_class);

/* The same where the larger ones leave in pieces: contract FR-01, RE-01, IPO-02 */
static const struct kop std1_every_size_class_in_fragments_ops[] = {
	K_UP, K_MTU(1500),
	K_UDP(0), K_BIND(0, "127.0.0.1", 5000),
	K_UDP(1), K_BIND(1, "127.0.0.1", 5001),
	K_TRAFFIC(0, 1, 1000, 0, "127.0.0.1", 5001),
	K_TRAFFIC(0, 1, 1000, 18, "127.0.0.1", 5001),
	K_TRAFFIC(0, 1, 1000, 1472, "127.0.0.1", 5001),
	K_TRAFFIC(0, 1, 1000, 1473, "127.0.0.1", 5001),
	K_TRAFFIC(0, 1, 1000, 8192, "127.0.0.1", 5001),
	K_TRAFFIC(0, 1, 1000, 65507, "127.0.0.1", 5001),
	K_TRAFFIC(0, 1, 1000, K_RANDOM, "127.0.0.1", 5001),
};
K_SCENARIO(std1_every_size_class_in_fragments);

/* contract IC-01, IC-02, SEND-15, CO-05 */
static const struct kop port_unreachable_life_cycle_ops[] = {
	K_UP,
	/* connected: once, by the next call */
	K_UDP(0), K_CONNECT(0, "127.0.0.1", 9),
	K_SEND(0, 5), K_POLL(0, POLLIN | POLLOUT), K_RECV(0), K_RECV(0),
	K_SEND(0, 5), K_SEND(0, 5), K_SEND(0, 5), K_RECV(0),
	K_SEND(0, 5), K_GET(0, SOL_SOCKET, SO_ERROR), K_GET(0, SOL_SOCKET, SO_ERROR), K_RECV(0),
	/* unconnected: nothing is heard of it */
	K_UDP(1), K_BIND(1, "127.0.0.1", 5001),
	K_SEND_TO(1, 5, "127.0.0.1", 9), K_POLL(1, POLLIN | POLLOUT), K_RECV(1),
	K_GET(1, SOL_SOCKET, SO_ERROR),
	/* unless it asked */
	K_SET(1, IPPROTO_IP, IP_RECVERR, 1),
	K_SEND_TO(1, 5, "127.0.0.1", 9), K_POLL(1, POLLIN | POLLOUT),
	K_RECV_FLAGS(1, 65536, MSG_ERRQUEUE), K_RECV(1), K_POLL(1, POLLIN | POLLOUT),
	K_RECV_FLAGS(1, 65536, MSG_ERRQUEUE),
	K_SEND_TO(1, 1000, "127.0.0.1", 9), K_RECV(1), K_RECV(1),
	K_RECV_FLAGS(1, 65536, MSG_ERRQUEUE),
	/* a stranger's datagrams do not reach a connected socket */
	K_UDP(2), K_BIND(2, "127.0.0.1", 5002), K_CONNECT(2, "127.0.0.1", 5003),
	K_SEND_TO(1, 5, "127.0.0.1", 5002), K_RECV(2),
	K_FILE("snmp"),
};
K_SCENARIO(port_unreachable_life_cycle);

/* The buffer by Linux's sizes of buffers: contract UR-04, UR-05, CM-06 */
static const struct kop receive_buffer_overflows_ops[] = {
	K_UP,
	K_UDP(0), K_BIND(0, "127.0.0.1", 5000),
	K_UDP(1), K_BIND(1, "127.0.0.1", 5001),
	K_GET(1, SOL_SOCKET, SO_RCVBUF),
	K_SET(1, SOL_SOCKET, SO_RCVBUF, 0), K_GET(1, SOL_SOCKET, SO_RCVBUF),
	K_SET(1, SOL_SOCKET, SO_RXQ_OVFL, 1),
	K_SEND_TO(0, 1, "127.0.0.1", 5001), K_SEND_TO(0, 197, "127.0.0.1", 5001),
	K_SEND_TO(0, 1, "127.0.0.1", 5001), K_SEND_TO(0, 1, "127.0.0.1", 5001),
	K_FILE("udp"),
	K_RECV(1), K_SEND_TO(0, 1, "127.0.0.1", 5001), K_RECV(1), K_RECV(1), K_RECV(1), K_RECV(1),
	/* an empty queue takes anything */
	K_SEND_TO(0, 60000, "127.0.0.1", 5001), K_SEND_TO(0, 1, "127.0.0.1", 5001),
	K_RECV(1), K_RECV(1),
	K_SET(1, SOL_SOCKET, SO_RCVBUF, 4000), K_GET(1, SOL_SOCKET, SO_RCVBUF),
	K_SEND_TO(0, 645, "127.0.0.1", 5001), K_SEND_TO(0, 646, "127.0.0.1", 5001),
	K_SEND_TO(0, 1669, "127.0.0.1", 5001), K_SEND_TO(0, 1670, "127.0.0.1", 5001),
	K_SEND_TO(0, 198, "127.0.0.1", 5001), K_FILE("udp"),
	K_RECV(1), K_RECV(1), K_RECV(1), K_RECV(1), K_RECV(1),
	K_SET(1, SOL_SOCKET, SO_RCVBUF, 100000), K_GET(1, SOL_SOCKET, SO_RCVBUF),
	K_SEND_TO(0, 3717, "127.0.0.1", 5001), K_FILE("udp"), K_RECV(1),
	K_SEND_TO(0, 3718, "127.0.0.1", 5001), K_FILE("udp"), K_RECV(1),
	K_SEND_TO(0, 7813, "127.0.0.1", 5001), K_FILE("udp"), K_RECV(1),
	K_SEND_TO(0, 7814, "127.0.0.1", 5001), K_FILE("udp"), K_RECV(1),
	K_SEND_TO(0, 16004, "127.0.0.1", 5001), K_FILE("udp"), K_RECV(1),
	K_SEND_TO(0, 16005, "127.0.0.1", 5001), K_FILE("udp"), K_RECV(1),
	K_SET(0, SOL_SOCKET, SO_SNDBUF, 0), K_GET(0, SOL_SOCKET, SO_SNDBUF),
	K_TRAFFIC(0, 1, 50, 1000, "127.0.0.1", 5001),
};
K_SCENARIO(receive_buffer_overflows);

/* contract BC-01, SEND-09, RT-04 */
static const struct kop broadcast_reaches_whom_ops[] = {
	K_UP,
	K_UDP(0), K_SET(0, SOL_SOCKET, SO_REUSEADDR, 1), K_BIND(0, "0.0.0.0", 5000),
	K_UDP(1), K_SET(1, SOL_SOCKET, SO_REUSEADDR, 1), K_BIND(1, "127.0.0.1", 5000),
	K_UDP(2), K_SET(2, SOL_SOCKET, SO_REUSEADDR, 1), K_BIND(2, "127.255.255.255", 5000),
	K_UDP(3), K_BIND(3, "127.0.0.1", 5003),
	K_SEND_TO(3, 5, "127.255.255.255", 5000), K_CONNECT(3, "127.255.255.255", 5000),
	K_SEND_TO(3, 5, "255.255.255.255", 5000),
	K_SET(3, SOL_SOCKET, SO_BROADCAST, 1),
	K_SEND_TO(3, 5, "127.255.255.255", 5000), K_RECV(0), K_RECV(1), K_RECV(2),
	K_SEND_TO(3, 5, "127.255.255.255", 5999),
	K_SEND_TO(3, 5, "255.255.255.255", 5000), K_RECV(0), K_RECV(1), K_RECV(2),
	K_UDP(4), K_SET(4, SOL_SOCKET, SO_BROADCAST, 1),
	K_SEND_TO(4, 5, "255.255.255.255", 5000), K_NAME(4),
	K_SEND_TO(4, 5, "127.255.255.255", 5000), K_RECV(0), K_RECV(2),
	K_SEND_TO(4, 5, "127.0.0.0", 5000), K_RECV(0),
};
K_SCENARIO(broadcast_reaches_whom);

/* clang-format on */

static const struct lo_case kernel_udp_cases[] = {
	LO_CASE(one_datagram_moves_these_counters),
	LO_CASE(std1_every_size_class),
	LO_CASE(std1_every_size_class_in_fragments),
	LO_CASE(port_unreachable_life_cycle),
	LO_CASE(receive_buffer_overflows),
	LO_CASE(broadcast_reaches_whom),
};
LO_REGISTER_TEST(lop_kernel_autotest, kernel_udp_cases);
