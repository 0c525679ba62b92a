/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef DIFF_SYS_H
#define DIFF_SYS_H

/*
 * The parts of the executor that calls the kernel, in the namespace of the calling process.
 */

#include "diff.h"

/* sys_conf.c */
int sys_flags(const char *dev, unsigned int flags, unsigned int mask);
int sys_mtu(const char *dev, int mtu_bytes);
int sys_mac(const char *dev, const uint8_t mac[ETH_ALEN]);
int sys_rename(const char *dev, const char *name);
int sys_addr(bool add, const char *dev, const struct lop_ifaddr *addr);
int sys_neigh(bool add, const char *dev, const struct lop_neigh_info *neigh);
int sys_neighs(void (*cb)(const struct lop_neigh_info *neigh, void *arg), void *arg);
int sys_sysctl(const char *name, const char *value);
int sys_proc(const char *name, char *text, size_t size);
int sys_ifindex(const char *dev);

/* sys_route.c */
int sys_route(bool add, const struct lop_route *route, const char *dev);
int sys_routes(void (*cb)(const struct lop_route *route, void *arg), void *arg);
int sys_route_get(uint32_t daddr_be, uint32_t saddr_be, const char *dev,
		struct lop_route_answer *answer);

/* sys_hook.c */
int sys_hook(const struct dx_hook *hook);
int sys_hook_count(int hook, uint64_t *packets);

/* sys_port.c */
int sys_capture_begin(void);
void sys_captured(dx_frame_fn fn, void *arg);
int sys_tap(const char *name);
int sys_inject(const char *dev, const void *frame, uint32_t bytes);
void sys_frames(dx_frame_fn fn, void *arg);

#endif /* DIFF_SYS_H */
