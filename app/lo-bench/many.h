/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_MANY_H
#define LOB_MANY_H

#include "path.h"

/* Many of a kind in an instance, for scale and memory. All: 0, or -errno after one line on stdout. */

/* Local routes of 24 bits in 16.0.0.0/4, number first up to and not including number end. */
int lob_many_routes(struct lob_path *p, unsigned int first, unsigned int end);

/* One local route to all of 16.0.0.0/4. */
int lob_many_route_of_all(struct lob_path *p);

/* A random address that lob_many_routes(p, 0, n) leads to this host. */
uint32_t lob_many_route_addr(unsigned int n);

/* Sockets p->socks with addresses of their own in 127.0.0.0/8. */
int lob_many_sockets(struct lob_path *p, unsigned int n);

/* The address of socket number i. */
struct sockaddr_in lob_many_socket_addr(unsigned int i);

/* A device that takes everything and returns nothing, up, as p->ifindex, with 10.0.0.1/8. */
int lob_many_device(struct lob_path *p);

/* Permanent neighbours behind p->ifindex, number 0 to n - 1. */
int lob_many_neighbours(struct lob_path *p, unsigned int n);

/* The address of neighbour number i. */
uint32_t lob_many_neighbour_addr(unsigned int i);

#endif /* LOB_MANY_H */
