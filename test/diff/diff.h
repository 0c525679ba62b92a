/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef DIFF_H
#define DIFF_H

/*
 * The same operations done by the kernel and by the library, and what was seen compared.
 *
 * A scenario is a list of operations, each a line of words (doc/guides/tools/diff.rst). Two
 * executors run it: K calls the kernel, in a child process with a user and network namespace of its
 * own, S calls the library, with a clock that only the scenario moves. Behind each operation stands
 * an observation, the same for both: its result, errno and data, every counter of snmp, netstat and
 * dev that moved, and what was captured. The observations of both must be equal.
 */

#include <jansson.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#include <rte_common.h>

#include "../../lib/lop/include/lop_hook.h"
#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_neigh.h"
#include "../../lib/lop/include/lop_route.h"

#define DIFF_SKIPPED 77 /* meson shows it as skipped */
#define DIFF_SLOTS 32   /* sockets of a scenario */
#define DIFF_FRAME_MAX 65600
#define DIFF_HOOKS_MAX 8

/* A frame that a capture or a port gave: its data starts at the Ethernet header. */
typedef void (*dx_frame_fn)(void *arg, int pkt_type, const uint8_t *frame, uint32_t bytes);

/* A hook that gives each packet the same answer. */
struct dx_hook {
	enum lop_hook_point point;
	bool reject; /* tells the sender by this code of ICMP's destination unreachable */
	uint8_t code;
	enum lop_verdict verdict;
	int priority;
	uint8_t protocol; /* only these; 0: all */
};

/* How an executor does each operation. Sockets as POSIX has it; all else 0 or -errno. */
struct dx {
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

	int (*flags)(const char *dev, unsigned int flags, unsigned int mask);
	int (*mtu)(const char *dev, int mtu_bytes);
	int (*mac)(const char *dev, const uint8_t mac[ETH_ALEN]);
	int (*rename)(const char *dev, const char *name);
	int (*addr)(bool add, const char *dev, const struct lop_ifaddr *addr);
	int (*route)(bool add, const struct lop_route *route, const char *dev);
	int (*neigh)(bool add, const char *dev, const struct lop_neigh_info *neigh);
	int (*neighs)(void (*cb)(const struct lop_neigh_info *neigh, void *arg), void *arg);
	int (*routes)(void (*cb)(const struct lop_route *route, void *arg), void *arg);
	int (*route_get)(uint32_t daddr_be, uint32_t saddr_be, const char *dev,
			struct lop_route_answer *answer);
	int (*sysctl)(const char *name, const char *value);
	/* A file below /proc/net, as a string. */
	int (*proc)(const char *name, char *text, size_t size);
	/* A hook's number, for hook_count(). Never taken back. */
	int (*hook)(const struct dx_hook *hook);
	int (*hook_count)(int hook, uint64_t *packets);
	/* A device whose other end is ours, down and without an address. */
	int (*tap)(const char *name);
	/* Let a device receive a frame. */
	int (*inject)(const char *dev, const void *frame, uint32_t bytes);
	/* What the taps' other ends have got, and what was captured on lo, since the last call. */
	void (*frames)(dx_frame_fn fn, void *arg);
	void (*captured)(dx_frame_fn fn, void *arg);
	void (*advance)(unsigned int ms);
};

extern const struct dx dx_kernel;
extern const struct dx dx_stack;

/* executor K, in the child, before its first operation: 0 or -errno. */
int sys_begin(bool capture);

/* executor S: an instance for a scenario; the end says how many mbufs are lost, or -1. */
int our_begin(bool capture);
int our_end(void);
/* Its index, 0 where there is none. */
int our_ifindex(const char *dev);

/* One run of one scenario. */
struct run {
	const struct dx *x;
	json_t *now; /* the observation that is being written */
	int fd[DIFF_SLOTS];
	unsigned int sent;  /* datagrams, for their contents */
	uint16_t ports[64]; /* ephemeral ports, in the order they were seen */
	unsigned int nb_ports;
	int hooks[DIFF_HOOKS_MAX];
	unsigned int nb_hooks;
	unsigned int nb_flows;
	struct {
		uint64_t key;
		uint16_t id;
	} flow[64]; /* the last IP ID of each */
	bool no_capture;
	bool no_ids;    /* those of now have no order */
	bool exact_ids; /* "one more than the last" is a promise here */
	bool has_tap;
	uint8_t tap_mac[ETH_ALEN];
	char file[65536];
	uint8_t data[65536 + 64];
};

/* A scenario, its parameters filled in. */
struct scenario {
	char *family; /* name of its file */
	char *name;
	json_t *rows;          /* ids of the contract */
	json_t *ops;           /* strings */
	const char *no_oracle; /* why there is none, NULL: there is */
	bool no_capture, capture_only;
	bool exact_ids;
};

/* run.c: the observations of a run, an array with one object per operation; never NULL. */
json_t *run_scenario(const struct dx *x, const struct scenario *s);

/* ops.c: do one operation, in words; what it is is in the record already. */
void op_run(struct run *run, char *line);

/* The current observation: a field of it, by value. */
void note(struct run *run, const char *field, json_t *value);
void note_text(struct run *run, const char *field, const char *fmt, ...) __rte_format_printf(3, 4);
/* "ret", and "errno" where it is negative. */
void note_result(struct run *run, ssize_t ret);
/* The same for calls that answer -errno. */
void note_status(struct run *run, int ret);
/* An address, an ephemeral port as p1, p2 and so on. */
void addr_text(struct run *run, char *text, size_t size, const void *addr, socklen_t len);
void port_text(struct run *run, char *text, size_t size, uint16_t port);
/* The same where the order says nothing: a port that was not seen before is p, and not noted. */
void port_known_text(const struct run *run, char *text, size_t size, uint16_t port);
/* A number that stands for bytes. */
uint64_t hash_bytes(uint64_t hash, const void *data, size_t bytes);

/* frame.c: a sum of the Internet's kind over bytes, folded; behind the sum of others. */
uint32_t frame_sum(uint32_t sum, const uint8_t *p, uint32_t bytes);
/* frame.c: a frame in words, what differs from run to run left out or named. */
void frame_text(struct run *run, char *text, size_t size, const uint8_t *frame, uint32_t bytes);
/* frame.c: IP options byte by byte, but for stamps of the time that it is. */
void options_text(char *text, size_t size, const uint8_t *opt, uint32_t bytes);

#endif /* DIFF_H */
