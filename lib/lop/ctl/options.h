/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_CTL_OPTIONS_H
#define LOP_CTL_OPTIONS_H

/*
 * Socket options, by level. Setters run with lop->lock held; getters between lop_enter() and
 * lop_leave(). They answer 0 or -errno. len has been checked against INT_MAX, no more.
 */

#include "sock.h"

int lop_setsockopt_socket(struct lop_sock *sk, int name, const void *value, socklen_t len);
int lop_getsockopt_socket(struct lop_sock *sk, int name, void *value, socklen_t *len);
int lop_setsockopt_ip(struct lop_sock *sk, int name, const void *value, socklen_t len);
int lop_getsockopt_ip(struct lop_sock *sk, int name, void *value, socklen_t *len);
int lop_setsockopt_udp(struct lop_sock *sk, int name, const void *value, socklen_t len);
int lop_getsockopt_udp(struct lop_sock *sk, int name, void *value, socklen_t *len);

/* What older system headers lack. */
#define NAME_PASSPIDFD 76
#define NAME_PEERPIDFD 77
#define NAME_RCVPRIORITY 82
#define NAME_PASSRIGHTS 83

/* 0 or 1, -ENOPROTOOPT for what is no switch of SOL_SOCKET. */
int lop_socket_switch_get(const struct lop_sock *sk, int name);

/* ctl/options_buf.c: SO_SNDBUF and SO_RCVBUF (contract UR-04), SO_*TIMEO. */
int lop_buffer_set(struct lop_sock *sk, int name, int value);
int lop_timeout_set(RTE_ATOMIC(int64_t) * timeout_us, const void *value, socklen_t len);
struct timeval lop_timeout_get(int64_t timeout_us);

/* ctl/options_time.c: SO_TIMESTAMP and its kin. */
bool lop_timestamp_option(int name);
int lop_timestamp_set(struct lop_sock *sk, int name, const void *value, socklen_t len);
int lop_timestamp_get(const struct lop_sock *sk, int name);

/* ctl/sock_filter.c: SO_ATTACH_FILTER and its kin (contract UR-06); *len of the last counts steps. */
int lop_sock_filter_attach(struct lop_sock *sk, const void *value, socklen_t len);
int lop_sock_filter_detach(struct lop_sock *sk);
int lop_sock_filter_get(const struct lop_sock *sk, void *value, socklen_t *len);

/* ctl/ethtool.c: SIOCETHTOOL (contract DEV-13); data is not NULL. 0 or -EOPNOTSUPP. */
struct lop_if_info;
int lop_ethtool(const struct lop_if_info *info, bool is_lo, void *data);

/* A switch in sk->flags or sk->more. */
static inline void
lop_switch(RTE_ATOMIC(uint32_t) * word, uint32_t bit, bool on)
{
	const uint32_t old = lop_load(*word);

	lop_store(*word, on ? old | bit : old & ~bit);
}

/* What getsockopt(2) gives: as much as fits. */
static inline int
lop_option_copy(void *value, socklen_t *len, const void *from, socklen_t size)
{
	if (*len > size)
		*len = size;
	if (*len != 0 && value == NULL)
		return -EFAULT;
	if (*len != 0)
		memcpy(value, from, *len);
	return 0;
}

#endif
