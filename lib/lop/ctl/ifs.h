/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_CTL_IFS_H
#define LOP_CTL_IFS_H

/*
 * Interfaces and addresses: what their files share. All with lop->lock held.
 */

#include "../dp/if.h"
#include "instance.h"

#define LOP_MTU_MIN_IP 68 /* below, there is no IPv4: contract DEV-09 */
#define LOP_IP_MTU_MAX 65535

/* ctl/if_port.c: the port behind an interface; -errno of ethdev. */
int lop_port_start(struct lop_if *dev, uint16_t nb_desc);
void lop_port_stop(struct lop_if *dev);
int lop_port_flags(struct lop_if *dev, unsigned int flags, unsigned int changed);
int lop_port_mtu(struct lop_if *dev, int mtu_bytes);
int lop_port_mac(struct lop_if *dev, const struct rte_ether_addr *mac);
void lop_port_groups(struct lop_if *dev);

/* ctl/addr.c */
void lop_addrs_create(struct lop_if *dev);
void lop_addrs_free(struct lop_if *dev);
/* 127.0.0.1/8, unless it is there or there is no place for it: no errors (contract DEV-03). */
void lop_addr_add_loopback(struct lop_if *dev);
/* All of them go, and IPv4 with them: contract DEV-09. */
void lop_addrs_clear(struct lop_if *dev);
/* Linux names the labels anew with their interface. */
int lop_addrs_rename(struct lop_if *dev, const char *name);

/* ctl/if_group.c: 224.0.0.1 is joined while the interface is up; all groups go with IPv4. */
#define LOP_GROUP_ALL_HOSTS RTE_BE32(0xe0000001)
void lop_groups_clear(struct lop_if *dev);

/* ctl/if_flags.c */
void lop_if_down(struct lop_if *dev);

#endif
