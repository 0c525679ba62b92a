/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef DIFF_OPS_H
#define DIFF_OPS_H

/*
 * The operations, by the files they are in. What words each takes: doc/guides/tools/diff.rst.
 */

#include "diff.h"
#include "words.h"

/* ops_socket.c */
void op_socket(struct run *run, const struct words *w);
void op_bind(struct run *run, const struct words *w);
void op_connect(struct run *run, const struct words *w);
void op_set(struct run *run, const struct words *w);
void op_get(struct run *run, const struct words *w);
void op_name(struct run *run, const struct words *w);
void op_peer(struct run *run, const struct words *w);
void op_poll(struct run *run, const struct words *w);
void op_ioctl(struct run *run, const struct words *w);
void op_ifconf(struct run *run, const struct words *w);
void op_ifreq(struct run *run, const struct words *w);
void op_shutdown(struct run *run, const struct words *w);
void op_close(struct run *run, const struct words *w);

/* ops_send.c */
void op_send(struct run *run, const struct words *w);
void op_traffic(struct run *run, const struct words *w);

/* ops_recv.c */
void op_recv(struct run *run, const struct words *w);

/* ops_conf.c */
void op_link(struct run *run, const struct words *w);
void op_addr(struct run *run, const struct words *w);
void op_route(struct run *run, const struct words *w);
void op_neigh(struct run *run, const struct words *w);
void op_sysctl(struct run *run, const struct words *w);
void op_hook(struct run *run, const struct words *w);
void op_tap(struct run *run, const struct words *w);
void op_advance(struct run *run, const struct words *w);

/* ops_filter.c */
void op_filter(struct run *run, const struct words *w);

/* ops_observe.c */
void op_observe(struct run *run, const struct words *w);

/* ops_inject.c */
void op_inject(struct run *run, const struct words *w);

/* A socket's descriptor. */
int fd_of(struct run *run, const struct words *w, unsigned int place);
/* The slot that a word names. */
unsigned int slot_of(const struct words *w, unsigned int place);
/* The address that words describe: the word itself, then family=, alen=, raw=. NULL: none. */
const struct sockaddr *
sockaddr_of(const struct words *w, const char *text, struct sockaddr_storage *addr, socklen_t *len);
/* What the next datagram holds: it differs from those before. */
void fill(struct run *run, uint32_t bytes);

#endif /* DIFF_OPS_H */
