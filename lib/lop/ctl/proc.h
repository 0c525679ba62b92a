/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_CTL_PROC_H
#define LOP_CTL_PROC_H

/*
 * Linux's files below /proc/net, one function each. 0 or -errno of what could not be collected;
 * what cannot be written is found by ferror().
 */

#include <stdio.h>

#include "../include/lop_neigh.h"
#include "instance.h"

int lop_proc_snmp(struct lop *lop, FILE *f);
int lop_proc_netstat(struct lop *lop, FILE *f);
int lop_proc_udp(struct lop *lop, FILE *f);
int lop_proc_arp(struct lop *lop, FILE *f);
int lop_proc_dev(struct lop *lop, FILE *f);
int lop_proc_softnet(struct lop *lop, FILE *f);

/* Truesize of the datagrams that wait in a socket. */
uint32_t lop_sock_rmem(struct lop_sock *sk);

/* All neighbours that have a bit of states, in an array to be freed. */
struct lop_neigh_array {
	struct lop_neigh_info *neigh;
	unsigned int n, room;
	bool no_memory;
};

/* 0, or -ENOMEM with nothing to free. */
int lop_neigh_collect(struct lop *lop, uint16_t states, struct lop_neigh_array *all);

#endif
