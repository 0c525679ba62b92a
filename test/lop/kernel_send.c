/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Scenarios: what a send refuses and in which order, sources, sizes around the MTU. */

#include <linux/udp.h>
#include <netinet/in.h>

#include "kernel.h"

/* clang-format off */

/* contract SEND-01, SEND-03, SEND-04, SEND-06, SEND-08, SEND-14, SEND-15, SEND-18, SEND-19, CO-06 */
static const struct kop send_refuses_in_this_order_ops[] = {
	K_UP,
	K_SEND_TO(15, 5, "127.0.0.1", 5001),
	K_UDP(0), K_BIND(0, "127.0.0.1", 5000),
	/* length of the address */
	K_SEND_RAW(0, 5, 0, "127.0.0.1", 5001, AF_INET, -1),
	K_SEND_RAW(0, 5, 0, "127.0.0.1", 5001, AF_INET, 15),
	K_SEND_RAW(0, 5, 0, "127.0.0.1", 5001, AF_INET, 1),
	K_SEND_RAW(0, 5, 0, "127.0.0.1", 9, AF_INET, 128),
	K_SEND_RAW(0, 5, 0, "127.0.0.1", 9, AF_INET, 129),
	/* too long comes before all else that udp looks at */
	K_SEND_RAW(0, 65536, MSG_OOB, "127.0.0.1", 0, AF_INET6, 16),
	K_SEND_RAW(0, 65535, MSG_OOB, "127.0.0.1", 0, AF_INET6, 16),
	K_SEND_FLAGS(0, 5, MSG_OOB),
	K_SEND_RAW(0, 5, 0, "127.0.0.1", 0, AF_INET6, 16),
	K_SEND_RAW(0, 5, 0, "127.0.0.1", 9, AF_UNSPEC, 16),
	K_SEND_RAW(0, 5, 0, "127.0.0.1", 0, AF_INET, 16),
	K_SEND(0, 5),
	K_SEND_TO(0, 5, "8.8.8.8", 53), K_SEND_TO(0, 65508, "8.8.8.8", 53),
	K_SEND_TO(0, 5, "0.1.2.3", 53), K_SEND_TO(0, 5, "240.0.0.1", 53),
	K_SEND_TO(0, 5, "0.0.0.0", 9), K_SEND_TO(0, 65508, "127.0.0.1", 9),
	/* flags that mean nothing here; the bit of MSG_PROXY is the one of MSG_PROBE */
	K_SEND_RAW(0, 5, MSG_NOSIGNAL | MSG_EOR | MSG_TRUNC | MSG_PEEK, "127.0.0.1", 9, AF_INET, 16),
	K_SEND_RAW(0, 5, MSG_PROXY, "127.0.0.1", 9, AF_INET, 16),
	K_SEND_RAW(0, 0, MSG_PROXY, "127.0.0.1", 9, AF_INET, 16),
	K_SEND_RAW(0, 5, MSG_CONFIRM, "127.0.0.1", 9, AF_INET, 16),
	K_SEND_RAW(0, 5, MSG_DONTROUTE, "127.0.0.1", 9, AF_INET, 16),
	/* a pending error: behind the route's */
	K_UDP(1), K_CONNECT(1, "127.0.0.1", 9), K_SEND(1, 5),
	K_SEND_TO(1, 5, "8.8.8.8", 53), K_SEND_TO(1, 65536, "127.0.0.1", 9),
	K_SEND(1, 5), K_SEND(1, 5),
	/* shut down */
	K_UDP(2), K_SHUTDOWN(2, SHUT_WR), K_CONNECT(2, "127.0.0.1", 9), K_SHUTDOWN(2, SHUT_WR),
	K_SEND(2, 5), K_POLL(2, POLLIN | POLLOUT | POLLRDHUP), K_SEND_TO(2, 5, "8.8.8.8", 53),
	K_CLOSE(2), K_SEND(2, 5),
	K_UDP(3), K_SHUTDOWN(3, 5), K_CONNECT(3, "127.0.0.1", 5000), K_SHUTDOWN(3, SHUT_RD),
	K_RECV(3), K_POLL(3, POLLIN | POLLOUT | POLLRDHUP),
};
K_SCENARIO(send_refuses_in_this_order);

/* contract RT-10, RT-12, RT-13, SEND-08, SEND-12 */
static const struct kop routes_that_refuse_ops[] = {
	K_UP,
	K_UDP(0), K_BIND(0, "0.0.0.0", 5000),
	K_ROUTE_ADD("10.1.0.0", 16, .type = RTN_BLACKHOLE), K_SEND_TO(0, 5, "10.1.0.1", 5000),
	K_ROUTE_ADD("10.2.0.0", 16, .type = RTN_UNREACHABLE), K_SEND_TO(0, 5, "10.2.0.1", 5000),
	K_ROUTE_ADD("10.3.0.0", 16, .type = RTN_PROHIBIT), K_SEND_TO(0, 5, "10.3.0.1", 5000),
	K_ROUTE_ADD("10.4.0.0", 16, .type = RTN_THROW), K_SEND_TO(0, 5, "10.4.0.1", 5000),
	K_CONNECT(0, "10.1.0.1", 5000), K_CONNECT(0, "10.2.0.1", 5000),
	K_CONNECT(0, "10.3.0.1", 5000), K_CONNECT(0, "10.5.0.1", 5000),
	K_ROUTE_ADD("10.6.0.0", 16, .type = RTN_UNICAST, .oif = 1, .scope = RT_SCOPE_LINK),
	K_SEND_TO(0, 5, "10.6.0.1", 5000), K_RECV(0),
	K_ROUTE_ADD("10.7.0.0", 16, .type = RTN_LOCAL, .oif = 1, .scope = RT_SCOPE_HOST),
	K_SEND_TO(0, 5, "10.7.0.1", 5000), K_RECV(0),
	K_ROUTE_ADD("10.1.0.0", 16, .type = RTN_BLACKHOLE),
	K_ROUTE_DEL("10.1.0.0", 16, .type = RTN_BLACKHOLE),
	K_ROUTE_DEL("10.1.0.0", 16, .type = RTN_BLACKHOLE),
	K_SEND_TO(0, 5, "10.1.0.1", 5000),
};
K_SCENARIO(routes_that_refuse);

/* contract RT-03, RT-08, DEV-15, DEV-16, CM-01, CM-02, SEND-18, CO-01, CO-02 */
static const struct kop source_that_is_chosen_ops[] = {
	K_UP,
	K_UDP(0), K_BIND(0, "0.0.0.0", 5000), K_SET(0, IPPROTO_IP, IP_PKTINFO, 1),
	K_UDP(1),
	K_SEND_TO(1, 5, "127.0.0.1", 5000), K_NAME(1), K_RECV(0),
	K_SEND_TO(1, 5, "127.1.2.3", 5000), K_RECV(0),
	K_SEND_TO(1, 5, "127.255.255.254", 5000), K_RECV(0),
	K_SEND_TO(1, 5, "127.0.0.0", 5000), K_RECV(0),
	K_SEND_TO(1, 5, "0.0.0.0", 5000), K_RECV(0),
	K_ADDR_ADD("127.168.1.1", 8, RT_SCOPE_HOST), K_ADDR_ADD("10.9.8.7", 32, RT_SCOPE_UNIVERSE),
	K_ADDR_ADD("10.9.8.7", 32, RT_SCOPE_UNIVERSE),
	K_SEND_TO(1, 5, "127.168.1.1", 5000), K_RECV(0),
	K_SEND_TO(1, 5, "10.9.8.7", 5000), K_RECV(0),
	K_SEND_TO(1, 5, "127.1.2.3", 5000), K_RECV(0),
	K_ROUTE_ADD("127.77.0.0", 16, .type = RTN_LOCAL, .oif = 1, .scope = RT_SCOPE_HOST,
			.table = RT_TABLE_LOCAL, .prefsrc_be = RTE_BE32(0x7fa80101)),
	K_SEND_TO(1, 5, "127.77.0.1", 5000), K_RECV(0),
	/* bound */
	K_UDP(2), K_BIND(2, "127.5.5.5", 5002),
	K_SEND_TO(2, 5, "127.1.2.3", 5000), K_RECV(0),
	K_SEND_TO(2, 5, "0.0.0.0", 5000), K_RECV(0), K_RECV(2),
	K_SEND_TO(2, 5, "0.0.0.0", 5002), K_RECV(2),
	/* told with the datagram */
	K_SEND_PKTINFO(1, 5, "127.0.0.1", 5000, 0, "127.3.3.3"), K_RECV(0),
	K_SEND_PKTINFO(1, 5, "127.0.0.1", 5000, 1, NULL), K_RECV(0),
	K_SEND_PKTINFO(1, 5, "127.0.0.1", 5000, 7, NULL),
	K_SEND_PKTINFO(1, 5, "127.0.0.1", 5000, 0, "8.8.8.8"),
	K_SEND_PKTINFO(1, 5, "127.0.0.1", 5000, 0, "224.1.1.1"),
	K_SEND_PKTINFO(1, 5, "127.0.0.1", 5000, 0, "255.255.255.255"),
	K_SEND_PKTINFO(1, 5, "8.8.8.8", 5000, 1, NULL), K_RECV(0),
	/* connected: the first source stays */
	K_UDP(3), K_CONNECT(3, "127.1.2.3", 5000), K_NAME(3), K_PEER(3), K_SEND(3, 5), K_RECV(0),
	K_CONNECT(3, "10.9.8.7", 5000), K_NAME(3), K_PEER(3), K_SEND(3, 5), K_RECV(0),
	K_DISCONNECT(3), K_NAME(3), K_PEER(3),
	K_CONNECT(3, "0.0.0.0", 5000), K_NAME(3), K_PEER(3),
	K_CONNECT(3, "127.0.0.1", 0), K_PEER(3),
};
K_SCENARIO(source_that_is_chosen);

/* contract CM-02, RT-05, RT-07, RT-09, CM-06 */
static const struct kop told_to_use_lo_it_delivers_anything_ops[] = {
	K_UP,
	K_UDP(0), K_BIND(0, "0.0.0.0", 5000), K_SET(0, IPPROTO_IP, IP_PKTINFO, 1),
	K_UDP(1), K_BINDTODEVICE(1, "lo"),
	K_SEND_TO(1, 5, "8.8.8.8", 5000), K_RECV(0),
	K_SEND_TO(1, 5, "127.0.0.1", 5000), K_RECV(0),
	K_ADDR_ADD("10.9.8.7", 24, RT_SCOPE_UNIVERSE),
	K_SEND_TO(1, 5, "8.8.8.8", 5000), K_RECV(0),
	K_SEND_TO(1, 5, "10.9.8.7", 5000), K_RECV(0),
	K_SEND_TO(1, 5, "10.9.8.1", 5000), K_RECV(0),
	K_BINDTODEVICE(1, "nosuch"), K_BINDTODEVICE(1, ""),
	K_SEND_TO(1, 5, "8.8.8.8", 5000),
};
K_SCENARIO(told_to_use_lo_it_delivers_anything);

/* For each mode: what fits, what is one byte more, what is far more. */
#define AROUND_1500(mode) \
	K_SET(0, IPPROTO_IP, IP_MTU_DISCOVER, mode), K_GET(0, IPPROTO_IP, IP_MTU_DISCOVER), \
	K_SEND_TO(0, 1471, "127.0.0.1", 5001), K_RECV(1), \
	K_SEND_TO(0, 1472, "127.0.0.1", 5001), K_RECV(1), \
	K_SEND_TO(0, 1473, "127.0.0.1", 5001), K_RECV(1), \
	K_SEND_TO(0, 2952, "127.0.0.1", 5001), K_RECV(1), \
	K_SEND_TO(0, 2953, "127.0.0.1", 5001), K_RECV(1), \
	K_SEND_TO(0, 65507, "127.0.0.1", 5001), K_RECV(1), \
	K_SEND_TO(0, 65508, "127.0.0.1", 5001), K_RECV(1), \
	K_RECV_FLAGS(0, 100, MSG_ERRQUEUE)

/* contract FR-01, FR-02, IPO-03, SEND-14, DEV-09 */
static const struct kop sizes_around_the_mtu_in_each_mode_ops[] = {
	K_UP, K_MTU(1500),
	K_UDP(0), K_BIND(0, "127.0.0.1", 5000),
	K_UDP(1), K_BIND(1, "127.0.0.1", 5001),
	K_GET(0, IPPROTO_IP, IP_MTU_DISCOVER),
	AROUND_1500(IP_PMTUDISC_DONT), AROUND_1500(IP_PMTUDISC_WANT), AROUND_1500(IP_PMTUDISC_DO),
	AROUND_1500(IP_PMTUDISC_PROBE), AROUND_1500(IP_PMTUDISC_INTERFACE),
	AROUND_1500(IP_PMTUDISC_OMIT),
	K_SET(0, IPPROTO_IP, IP_MTU_DISCOVER, 6), K_SET(0, IPPROTO_IP, IP_MTU_DISCOVER, -1),
	K_SET(0, IPPROTO_IP, IP_RECVERR, 1), AROUND_1500(IP_PMTUDISC_DO),
	K_GET(0, IPPROTO_IP, IP_MTU), K_CONNECT(0, "127.0.0.1", 5001), K_GET(0, IPPROTO_IP, IP_MTU),
	K_MTU(65536), K_GET(0, IPPROTO_IP, IP_MTU),
	K_MTU(70000), K_GET(0, IPPROTO_IP, IP_MTU), K_SEND(0, 65507), K_RECV(1),
	K_MTU(576), K_GET(0, IPPROTO_IP, IP_MTU), K_SEND(0, 549), K_SEND(0, 548), K_RECV(1),
	K_MTU(68), K_SET(0, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_WANT),
	K_SEND(0, 500), K_RECV(1), K_SEND(0, 40), K_RECV(1), K_SEND(0, 41), K_RECV(1),
	K_MTU(-1),
};
K_SCENARIO(sizes_around_the_mtu_in_each_mode);

/* clang-format on */

static const struct lo_case kernel_send_cases[] = {
	LO_CASE(send_refuses_in_this_order),
	LO_CASE(routes_that_refuse),
	LO_CASE(source_that_is_chosen),
	LO_CASE(told_to_use_lo_it_delivers_anything),
	LO_CASE(sizes_around_the_mtu_in_each_mode),
};
LO_REGISTER_TEST(lop_kernel_autotest, kernel_send_cases);
