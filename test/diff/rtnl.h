/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef DIFF_RTNL_H
#define DIFF_RTNL_H

/*
 * Requests of netlink, put together attribute by attribute.
 */

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NL_ROOM 4096

struct nl {
	size_t used;
	char room[NL_ROOM] __attribute__((aligned(8)));
};

/* Begin a message behind those that are there; head is the family's own. */
struct nlmsghdr *
nl_message(struct nl *nl, uint16_t type, uint16_t flags, const void *head, size_t bytes);
void nl_put(struct nl *nl, uint16_t type, const void *value, size_t bytes);
void nl_u32(struct nl *nl, uint16_t type, uint32_t value);
void nl_text(struct nl *nl, uint16_t type, const char *text);
/* An attribute of attributes: what nl_open() answers goes to nl_close(). */
size_t nl_open(struct nl *nl, uint16_t type);
void nl_close(struct nl *nl, size_t at);

/* Send all and wait for the answers to those with NLM_F_ACK: 0 or the first -errno. */
int nl_talk(int protocol, struct nl *nl);
/* Ask for a dump, or for one answer: each message goes to fn. */
typedef void (*nl_fn)(struct nlmsghdr *msg, void *arg);
int nl_ask(int protocol, struct nl *nl, nl_fn fn, void *arg);

#endif /* DIFF_RTNL_H */
