/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Scenarios: bind and its conflicts, what connected sockets notice, and the states of lo. */

#include <netinet/in.h>

#include "kernel.h"

/* clang-format off */

/* contract BI-01, BI-02, SK-01 */
static const struct kop bind_refuses_in_this_order_ops[] = {
	K_UP,
	K_SOCKET(9, SOCK_DGRAM, IPPROTO_TCP), K_SOCKET(9, SOCK_DGRAM, 200), K_SOCKET(9, 77, 0),
	K_SOCKET(9, SOCK_DGRAM, IPPROTO_ICMP),
	K_UDP(0),
	K_GET(0, SOL_SOCKET, SO_RCVBUF), K_GET(0, SOL_SOCKET, SO_SNDBUF),
	K_GET(0, IPPROTO_IP, IP_MULTICAST_TTL), K_GET(0, IPPROTO_IP, IP_MULTICAST_LOOP),
	K_GET(0, IPPROTO_IP, IP_TTL), K_GET(0, IPPROTO_IP, IP_TOS), K_GET(0, SOL_SOCKET, SO_TYPE),
	K_GET(0, SOL_SOCKET, SO_PROTOCOL), K_GET(0, SOL_SOCKET, SO_DOMAIN),
	K_NAME(0), K_PEER(0), K_RECV(0), K_NAME(0),
	K_BIND_RAW(0, "127.0.0.1", 5000, AF_INET, 15), K_BIND_RAW(0, "127.0.0.1", 5000, AF_INET6, 15),
	K_BIND_RAW(0, "127.0.0.1", 5000, AF_INET6, 16), K_BIND_RAW(0, "8.8.8.8", 5000, AF_INET6, 16),
	K_BIND(0, "8.8.8.8", 5000), K_NAME(0),
	K_BIND(0, "127.0.0.1", 5000), K_NAME(0),
	K_BIND(0, "127.0.0.1", 5000), K_BIND(0, "8.8.8.8", 5000), K_BIND(0, "127.0.0.1", 0),
	K_UDP(1), K_BIND_RAW(1, "0.0.0.0", 5001, AF_UNSPEC, 16), K_NAME(1),
	K_UDP(2), K_BIND(2, "127.255.255.255", 5002), K_NAME(2),
	K_SET(2, SOL_SOCKET, SO_BROADCAST, 1), K_SEND_TO(2, 5, "127.0.0.1", 5000), K_RECV(0),
	K_UDP(3), K_BIND(3, "224.1.2.3", 5003), K_NAME(3), K_SEND_TO(3, 5, "127.0.0.1", 5000),
	K_RECV(0),
	K_UDP(4), K_SET(4, IPPROTO_IP, IP_FREEBIND, 1), K_BIND(4, "8.8.8.8", 5004), K_NAME(4),
	K_SEND_TO(4, 5, "127.0.0.1", 5000), K_RECV(0),
	K_UDP(5), K_BIND(5, "127.0.0.1", 0), K_NAME(5),
	K_UDP(6), K_CONNECT(6, "127.0.0.1", 5000), K_BIND(6, "127.0.0.1", 5006), K_NAME(6),
	K_SYSCTL("ip_nonlocal_bind", "1"), K_UDP(7), K_BIND(7, "9.9.9.9", 5007), K_NAME(7),
};
K_SCENARIO(bind_refuses_in_this_order);

/* Two sockets on a port: each pair of addresses in both orders, under options on one or both. */
#define PAIR(x, y, rx, ry, opt) \
	K_UDP(0), K_SET(0, SOL_SOCKET, opt, rx), K_BIND(0, x, 5000), \
	K_UDP(1), K_SET(1, SOL_SOCKET, opt, ry), K_BIND(1, y, 5000), K_CLOSE(0), K_CLOSE(1)
#define ALL_PAIRS(rx, ry, opt) \
	PAIR("0.0.0.0", "0.0.0.0", rx, ry, opt), PAIR("0.0.0.0", "127.0.0.1", rx, ry, opt), \
	PAIR("0.0.0.0", "224.1.2.3", rx, ry, opt), PAIR("0.0.0.0", "127.255.255.255", rx, ry, opt), \
	PAIR("0.0.0.0", "127.0.0.2", rx, ry, opt), \
	PAIR("127.0.0.1", "0.0.0.0", rx, ry, opt), PAIR("127.0.0.1", "127.0.0.1", rx, ry, opt), \
	PAIR("127.0.0.1", "127.0.0.2", rx, ry, opt), PAIR("127.0.0.1", "224.1.2.3", rx, ry, opt), \
	PAIR("127.0.0.1", "127.255.255.255", rx, ry, opt), \
	PAIR("224.1.2.3", "0.0.0.0", rx, ry, opt), PAIR("224.1.2.3", "224.1.2.3", rx, ry, opt), \
	PAIR("224.1.2.3", "127.0.0.1", rx, ry, opt), \
	PAIR("224.1.2.3", "127.255.255.255", rx, ry, opt), \
	PAIR("127.255.255.255", "127.255.255.255", rx, ry, opt), \
	PAIR("127.255.255.255", "0.0.0.0", rx, ry, opt), \
	PAIR("127.255.255.255", "127.0.0.1", rx, ry, opt), \
	PAIR("127.0.0.2", "127.0.0.2", rx, ry, opt), PAIR("127.0.0.2", "0.0.0.0", rx, ry, opt)

/* contract BI-03 */
static const struct kop bind_conflicts_ops[] = {
	K_UP,
	ALL_PAIRS(0, 0, SO_REUSEADDR),
	ALL_PAIRS(1, 0, SO_REUSEADDR), ALL_PAIRS(0, 1, SO_REUSEADDR), ALL_PAIRS(1, 1, SO_REUSEADDR),
	ALL_PAIRS(1, 0, SO_REUSEPORT), ALL_PAIRS(0, 1, SO_REUSEPORT), ALL_PAIRS(1, 1, SO_REUSEPORT),
	/* one of each, and both on one */
	K_UDP(0), K_SET(0, SOL_SOCKET, SO_REUSEADDR, 1), K_BIND(0, "127.0.0.1", 5000),
	K_UDP(1), K_SET(1, SOL_SOCKET, SO_REUSEPORT, 1), K_BIND(1, "127.0.0.1", 5000),
	K_SET(1, SOL_SOCKET, SO_REUSEADDR, 1), K_BIND(1, "127.0.0.1", 5000),
	K_CLOSE(0), K_CLOSE(1),
	/* devices */
	K_UDP(0), K_BINDTODEVICE(0, "lo"), K_BIND(0, "127.0.0.1", 5000),
	K_UDP(1), K_BIND(1, "127.0.0.1", 5000), K_BINDTODEVICE(1, "lo"), K_BIND(1, "127.0.0.1", 5000),
};
K_SCENARIO(bind_conflicts);

/* contract UR-02, CO-05 */
static const struct kop the_most_exact_socket_gets_it_ops[] = {
	K_UP,
	K_UDP(0), K_SET(0, SOL_SOCKET, SO_REUSEADDR, 1), K_BIND(0, "0.0.0.0", 5000),
	K_UDP(5), K_BIND(5, "127.0.0.1", 5005), K_SEND_TO(5, 1, "127.0.0.1", 5000), K_RECV(0),
	K_UDP(1), K_SET(1, SOL_SOCKET, SO_REUSEADDR, 1), K_BIND(1, "0.0.0.0", 5000),
	K_SEND_TO(5, 1, "127.0.0.1", 5000), K_RECV(0), K_RECV(1),
	K_UDP(2), K_SET(2, SOL_SOCKET, SO_REUSEADDR, 1), K_BIND(2, "127.0.0.1", 5000),
	K_SEND_TO(5, 1, "127.0.0.1", 5000), K_RECV(0), K_RECV(1), K_RECV(2),
	K_SEND_TO(5, 1, "127.0.0.2", 5000), K_RECV(0), K_RECV(1), K_RECV(2),
	K_CONNECT(0, "127.0.0.1", 5005),
	K_SEND_TO(5, 1, "127.0.0.1", 5000), K_RECV(0), K_RECV(1), K_RECV(2),
	K_UDP(3), K_SET(3, SOL_SOCKET, SO_REUSEADDR, 1), K_BINDTODEVICE(3, "lo"),
	K_BIND(3, "127.0.0.1", 5000),
	K_SEND_TO(5, 1, "127.0.0.1", 5000), K_RECV(0), K_RECV(2), K_RECV(3),
	K_CLOSE(3), K_SEND_TO(5, 1, "127.0.0.1", 5000), K_RECV(0), K_RECV(2),
	K_DISCONNECT(0), K_SEND_TO(5, 1, "127.0.0.1", 5000), K_RECV(0), K_RECV(1), K_RECV(2),
};
K_SCENARIO(the_most_exact_socket_gets_it);

/* contract CO-03, RT-02 */
static const struct kop connected_sockets_notice_changes_ops[] = {
	K_UP,
	K_ADDR_ADD("10.9.8.7", 32, RT_SCOPE_UNIVERSE),
	K_UDP(0), K_BIND(0, "0.0.0.0", 5000),
	K_UDP(1), K_CONNECT(1, "10.9.8.7", 5000), K_NAME(1), K_SEND(1, 5), K_RECV(0),
	K_UDP(2), K_CONNECT(2, "127.0.0.1", 5000), K_SEND(2, 5), K_RECV(0),
	K_ADDR_DEL("10.9.8.7", 32), K_SEND(1, 5), K_SEND(2, 5), K_RECV(0), K_RECV(0), K_NAME(1),
	K_ADDR_DEL("10.9.8.7", 32),
	K_ADDR_ADD("10.9.8.7", 32, RT_SCOPE_UNIVERSE), K_SEND(1, 5), K_RECV(0),
	K_ROUTE_ADD("127.0.0.1", 32, .type = RTN_PROHIBIT), K_SEND(2, 5), K_RECV(0),
	K_MTU(1500), K_SEND(2, 1473), K_RECV(0), K_GET(2, IPPROTO_IP, IP_MTU),
	K_MTU(65536), K_SEND(2, 1473), K_RECV(0), K_GET(2, IPPROTO_IP, IP_MTU),
	K_DOWN, K_SEND(2, 5), K_RECV(0), K_SEND(1, 5), K_RECV(0),
	K_UP, K_SEND(2, 5), K_RECV(0), K_SEND(1, 5), K_RECV(0),
};
K_SCENARIO(connected_sockets_notice_changes);

/* contract DEV-02, SEND-18 */
static const struct kop virgin_lo_ops[] = {
	K_FILE("snmp"), K_FILE("netstat"), K_FILE("dev"), K_FILE("udp"), K_FILE("arp"),
	K_UDP(0), K_BIND(0, "1.2.3.4", 5000), K_NAME(0),
	K_UDP(1), K_BIND(1, "127.0.0.1", 5001), K_UDP(2),
	K_SEND_TO(2, 5, "127.0.0.1", 5001), K_SEND_TO(0, 5, "127.0.0.1", 5001),
	K_SEND_TO(1, 5, "8.8.8.8", 5001), K_CONNECT(2, "127.0.0.1", 5001), K_NAME(2),
	K_SEND_TO(2, 5, "0.0.0.0", 5001), K_RECV(1), K_NAME(2),
	K_FILE("dev"),
};
K_SCENARIO(virgin_lo);

/* contract DEV-03, DEV-10 */
static const struct kop lo_down_after_up_ops[] = {
	K_UP,
	K_UDP(0), K_BIND(0, "127.0.0.1", 5000),
	K_UDP(1), K_CONNECT(1, "127.0.0.1", 5000), K_SEND(1, 5), K_RECV(0),
	K_DOWN,
	K_SEND(1, 5), K_RECV(0), K_SEND_TO(0, 5, "127.0.0.1", 5000), K_RECV(0),
	K_UDP(2), K_BIND(2, "127.0.0.1", 5002), K_SEND_TO(2, 5, "127.0.0.1", 5000), K_RECV(0),
	K_UDP(3), K_BIND(3, "8.8.8.8", 5003), K_SEND_TO(3, 5, "127.0.0.1", 5000),
	K_UDP(4), K_SET(4, SOL_SOCKET, SO_BROADCAST, 1), K_SEND_TO(4, 5, "127.255.255.255", 5000),
	K_UP,
	K_SEND(1, 5), K_RECV(0), K_SEND_TO(4, 5, "127.255.255.255", 5999),
	K_FILE("dev"), K_FILE("arp"),
};
K_SCENARIO(lo_down_after_up);

/* contract DEV-09 */
static const struct kop mtu_below_68_ends_ipv4_ops[] = {
	K_UP,
	K_UDP(0), K_BIND(0, "127.0.0.1", 5000),
	K_UDP(1), K_CONNECT(1, "127.0.0.1", 5000), K_SEND(1, 5), K_RECV(0),
	K_MTU(67), K_SEND(1, 5), K_SEND_TO(0, 5, "127.0.0.1", 5000), K_RECV(0),
	K_UDP(2), K_BIND(2, "127.0.0.1", 5002), K_BIND(2, "8.8.8.8", 5002),
	K_MTU(65536), K_SEND(1, 5), K_SEND_TO(0, 5, "127.0.0.1", 5000),
	K_DOWN, K_UP, K_SEND(1, 5), K_RECV(0), K_SEND_TO(0, 5, "127.0.0.1", 5000), K_RECV(0),
};
K_SCENARIO(mtu_below_68_ends_ipv4);

/* clang-format on */

static const struct lo_case kernel_state_cases[] = {
	LO_CASE(bind_refuses_in_this_order),
	LO_CASE(bind_conflicts),
	LO_CASE(the_most_exact_socket_gets_it),
	LO_CASE(connected_sockets_notice_changes),
	LO_CASE(virgin_lo),
	LO_CASE(lo_down_after_up),
	LO_CASE(mtu_below_68_ends_ipv4),
};
LO_REGISTER_TEST(lop_kernel_autotest, kernel_state_cases);
