/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef FUZZ_OPS_H
#define FUZZ_OPS_H

/*
 * Operations that bytes decode to. Everything that a call is given lies in a block of its own, of
 * exactly the size that the call is told.
 */

#include "world.h"

#define OPS_FDS 12

/* The sockets of an input; -1: none. */
extern int ops_fds[OPS_FDS];
/* Something that the next input would find otherwise was changed. */
extern bool ops_dirty;

typedef void ops_fn(struct fuzz_bytes *b);

/* ops_msg.c: sends and receives. ops_sock.c: the other calls of lop_socket.h. ops_ctl.c: the rest. */
extern ops_fn *const ops_msg[], *const ops_sock[], *const ops_ctl[];
extern const unsigned int ops_msg_count, ops_sock_count, ops_ctl_count;

int ops_fd(struct fuzz_bytes *b);
uint32_t ops_addr_be(struct fuzz_bytes *b);
int ops_ifindex(struct fuzz_bytes *b);
/* Sizes at the edges more often than others. */
size_t ops_size(struct fuzz_bytes *b);
/* To be freed. NULL now and then, with a length all the same. */
struct sockaddr *ops_sockaddr(struct fuzz_bytes *b, uint32_t *len);

#endif
