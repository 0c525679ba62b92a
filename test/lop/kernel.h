/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_KERNEL_H
#define LOP_KERNEL_H

/*
 * The same operations done by the kernel and by the library, and what was seen compared.
 *
 * A scenario is a table of operations, written once:
 *
 *	static const struct kop port_unreachable[] = {
 *		K_UP,
 *		K_UDP(0),
 *		K_CONNECT(0, "127.0.0.1", 9),
 *		K_SEND(0, 5),
 *		K_RECV(0),
 *	};
 *	K_SCENARIO(port_unreachable);
 *
 * Two executors run it: one calls the kernel, in a child process with a user and network namespace
 * of its own, the other the library. Each operation leaves a line with its result, errno and data,
 * and behind it every counter of snmp, netstat and dev that moved. The lines must be equal. Where
 * the system allows no namespaces, the case counts as not supported.
 */

#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

#include "../../lib/lop/include/lop_route.h"
#include "fx.h"

#define K_SLOTS 16 /* sockets of a scenario */
#define K_TEXT_MAX (8U << 20)

/* How an executor does each operation. Sockets as POSIX has it; configuration 0 or -errno. */
struct kx {
	const char *name;
	int (*socket)(int domain, int type, int protocol);
	int (*bind)(int fd, const struct sockaddr *addr, socklen_t len);
	int (*connect)(int fd, const struct sockaddr *addr, socklen_t len);
	ssize_t (*sendto)(int fd, const void *buf, size_t len, int flags,
			const struct sockaddr *addr, socklen_t addr_len);
	ssize_t (*sendmsg)(int fd, const struct msghdr *msg, int flags);
	ssize_t (*recvmsg)(int fd, struct msghdr *msg, int flags);
	int (*setsockopt)(int fd, int level, int name, const void *value, socklen_t len);
	int (*getsockopt)(int fd, int level, int name, void *value, socklen_t *len);
	int (*getsockname)(int fd, struct sockaddr *addr, socklen_t *len);
	int (*getpeername)(int fd, struct sockaddr *addr, socklen_t *len);
	int (*poll)(struct pollfd *fds, nfds_t n, int timeout_ms);
	int (*ioctl)(int fd, unsigned long request, void *arg);
	int (*shutdown)(int fd, int how);
	int (*close)(int fd);

	int (*lo_up)(bool up);
	int (*lo_mtu)(int mtu_bytes);
	int (*addr)(bool add, uint32_t addr_be, uint8_t prefix_len, uint8_t scope);
	int (*route)(bool add, const struct lop_route *route);
	int (*sysctl)(const char *name, const char *value);
	/* A file below /proc/net, as a string. */
	int (*proc)(const char *name, char *text, size_t size);
};

extern const struct kx kx_kernel;
/* The instance that it works on is the one given last. */
extern const struct kx kx_lop;
void kx_lop_use(struct lop *lop);

#define K_COUNTERS_MAX 512
#define K_PORTS_MAX 32

/* All counters of a moment, in the order of the files. */
struct ksnap {
	unsigned int n;
	struct {
		char name[40];
		uint64_t value;
	} counter[K_COUNTERS_MAX];
};

/* A run of a scenario. */
struct krun {
	const struct kx *x;
	struct krecord *record;
	int fd[K_SLOTS];
	unsigned int sent;           /* datagrams, for their contents */
	uint16_t ports[K_PORTS_MAX]; /* ephemeral ports, in the order they were seen */
	unsigned int nb_ports;
	struct ksnap snap[2];
	char file[65536];
	uint8_t data[65536 + 64];
};

struct krecord;

/* One operation. Which fields count says the function that runs it. */
struct kop {
	void (*run)(struct krun *run, const struct kop *op);
	const char *what; /* its name in the record */
	int s;            /* slot of the socket */
	const char *addr; /* or name */
	uint16_t port;
	uint32_t n; /* bytes */
	int a, b, c;
	const char *text;
	const struct lop_route *route;
};

/* The lines of a run, in memory that parent and child share. */
struct krecord {
	bool skipped; /* text says why */
	bool done;
	uint32_t used;
	char text[K_TEXT_MAX];
};

/* Operations: kernel_ops.c. */
void kop_socket(struct krun *run, const struct kop *op);
void kop_bind(struct krun *run, const struct kop *op);
void kop_connect(struct krun *run, const struct kop *op);
void kop_send(struct krun *run, const struct kop *op);
void kop_send_pktinfo(struct krun *run, const struct kop *op);
void kop_recv(struct krun *run, const struct kop *op);
void kop_traffic(struct krun *run, const struct kop *op);
void kop_set(struct krun *run, const struct kop *op);
void kop_get(struct krun *run, const struct kop *op);
void kop_name(struct krun *run, const struct kop *op);
void kop_peer(struct krun *run, const struct kop *op);
void kop_poll(struct krun *run, const struct kop *op);
void kop_ioctl(struct krun *run, const struct kop *op);
void kop_shutdown(struct krun *run, const struct kop *op);
void kop_close(struct krun *run, const struct kop *op);
void kop_lo_up(struct krun *run, const struct kop *op);
void kop_lo_mtu(struct krun *run, const struct kop *op);
void kop_addr(struct krun *run, const struct kop *op);
void kop_route(struct krun *run, const struct kop *op);
void kop_sysctl(struct krun *run, const struct kop *op);
void kop_file(struct krun *run, const struct kop *op);

/* clang-format off */
#define K_OP(fn, ...) { .run = kop_##fn, .what = #fn, __VA_ARGS__ }

#define K_UP K_OP(lo_up, .a = 1)
#define K_DOWN K_OP(lo_up, .a = 0)
#define K_MTU(bytes) K_OP(lo_mtu, .a = (bytes))
#define K_ADDR_ADD(addr_, len, scope) K_OP(addr, .a = 1, .addr = (addr_), .n = (len), .b = (scope))
#define K_ADDR_DEL(addr_, len) K_OP(addr, .a = 0, .addr = (addr_), .n = (len))
#define K_ROUTE_ADD(dst, len, ...) \
	K_OP(route, .a = 1, .addr = (dst), .n = (len), .route = &(const struct lop_route){ __VA_ARGS__ })
#define K_ROUTE_DEL(dst, len, ...) \
	K_OP(route, .a = 0, .addr = (dst), .n = (len), .route = &(const struct lop_route){ __VA_ARGS__ })
#define K_SYSCTL(name, value) K_OP(sysctl, .addr = (name), .text = (value))
#define K_FILE(name) K_OP(file, .addr = (name))

#define K_SOCKET(slot, type, protocol) K_OP(socket, .s = (slot), .a = (type), .b = (protocol))
#define K_UDP(slot) K_SOCKET(slot, SOCK_DGRAM, 0)
#define K_BIND(slot, addr_, port_) K_OP(bind, .s = (slot), .addr = (addr_), .port = (port_))
/* With a family and a length of the address that are not the usual ones. */
#define K_BIND_RAW(slot, addr_, port_, family, len) \
	K_OP(bind, .s = (slot), .addr = (addr_), .port = (port_), .a = (family), .b = (len))
#define K_CONNECT(slot, addr_, port_) K_OP(connect, .s = (slot), .addr = (addr_), .port = (port_))
#define K_CONNECT_RAW(slot, addr_, port_, family, len) \
	K_OP(connect, .s = (slot), .addr = (addr_), .port = (port_), .a = (family), .b = (len))
#define K_DISCONNECT(slot) K_CONNECT_RAW(slot, "0.0.0.0", 0, AF_UNSPEC, 16)
#define K_SEND(slot, bytes) K_OP(send, .s = (slot), .n = (bytes))
#define K_SEND_FLAGS(slot, bytes, flags) K_OP(send, .s = (slot), .n = (bytes), .c = (flags))
#define K_SEND_TO(slot, bytes, addr_, port_) \
	K_OP(send, .s = (slot), .n = (bytes), .addr = (addr_), .port = (port_))
#define K_SEND_RAW(slot, bytes, flags, addr_, port_, family, len) \
	K_OP(send, .s = (slot), .n = (bytes), .c = (flags), .addr = (addr_), .port = (port_), \
			.a = (family), .b = (len))
/* What a string literal says, without its NUL; without a port. */
#define K_SEND_BYTES(slot, bytes_, addr_) \
	K_OP(send, .s = (slot), .n = sizeof(bytes_) - 1, .text = (bytes_), .addr = (addr_))
#define K_SEND_PKTINFO(slot, bytes, addr_, port_, ifindex, source) \
	K_OP(send_pktinfo, .s = (slot), .n = (bytes), .addr = (addr_), .port = (port_), \
			.a = (ifindex), .text = (source))
#define K_RECV(slot) K_OP(recv, .s = (slot), .n = 65536)
#define K_RECV_FLAGS(slot, room, flags) K_OP(recv, .s = (slot), .n = (room), .c = (flags))
/* So many datagrams, one after the other; bytes K_RANDOM, shown as -1: each of another size. */
#define K_RANDOM UINT32_MAX
#define K_TRAFFIC(from, to, times, bytes, addr_, port_) \
	K_OP(traffic, .s = (from), .a = (to), .b = (times), .n = (bytes), .addr = (addr_), \
			.port = (port_))
#define K_SET(slot, level, name, value) \
	K_OP(set, .s = (slot), .a = (level), .b = (name), .c = (value), .n = sizeof(int))
#define K_SET_LEN(slot, level, name, value, len) \
	K_OP(set, .s = (slot), .a = (level), .b = (name), .c = (value), .n = (len))
#define K_BINDTODEVICE(slot, name) \
	K_OP(set, .s = (slot), .a = SOL_SOCKET, .b = SO_BINDTODEVICE, .text = (name))
#define K_GET(slot, level, name) K_OP(get, .s = (slot), .a = (level), .b = (name))
#define K_NAME(slot) K_OP(name, .s = (slot))
#define K_PEER(slot) K_OP(peer, .s = (slot))
#define K_POLL(slot, events) K_OP(poll, .s = (slot), .a = (events))
#define K_IOCTL(slot, request) K_OP(ioctl, .s = (slot), .a = (request))
#define K_SHUTDOWN(slot, how) K_OP(shutdown, .s = (slot), .a = (how))
#define K_CLOSE(slot) K_OP(close, .s = (slot))
/* clang-format on */

/* kernel_run.c: what operations write. */
void k_print(struct krun *run, const char *fmt, ...) __rte_format_printf(2, 3);
/* " = 5" or " = -1 EAGAIN". */
void k_print_result(struct krun *run, ssize_t ret);
/* An address, an ephemeral port as p1, p2 and so on. */
void k_print_addr(struct krun *run, const struct sockaddr_storage *addr, socklen_t len);
/* A number that stands for bytes. */
uint64_t k_hash(uint64_t hash, const void *data, size_t bytes);
/* The text of a file below /proc/net, in run->file. */
void k_file(struct krun *run, const char *name);

/* Run a scenario into a record: every line and the counters behind it. */
void k_run(const struct kx *x, const struct kop *ops, unsigned int n, struct krecord *record);

/* Run it with both executors and fail where they differ. */
void k_compare(struct fx *fx, const struct kop *ops, unsigned int n);

/* A scenario's case, of the same name. */
#define K_SCENARIO(name_)                                             \
	static void name_(void **state)                               \
	{                                                             \
		k_compare(*state, name_##_ops, RTE_DIM(name_##_ops)); \
	}                                                             \
	_Static_assert(RTE_DIM(name_##_ops) > 0, "a scenario without operations")

#endif /* LOP_KERNEL_H */
