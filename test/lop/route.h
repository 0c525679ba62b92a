/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef ROUTE_H
#define ROUTE_H

/* Routes as a case writes them. */

#include <errno.h>

#include "../../lib/lop/dp/fib.h"
#include "../../lib/lop/include/lop_if.h"
#include "fx.h"

/** "10.0.0.1" as it stands in a packet; NULL: 0. */
uint32_t rt_ip(const char *text);

/** A route to "10.0.0.0/8": fill in the rest. */
struct lop_route rt(const char *prefix);

/** lop_route_add() of a route out of an interface, scope link. */
int rt_add_oif(struct lop *lop, const char *prefix, int oif);

/** lop_route_add() of a route by a gateway. */
int rt_add_via(struct lop *lop, const char *prefix, const char *gateway);

/** lop_route_add() of a route of a type, without an interface. */
int rt_add_type(struct lop *lop, const char *prefix, uint8_t type);

/** An address on an interface; asserts. */
void rt_addr(struct lop *lop, int ifindex, const char *addr, uint8_t len, uint8_t scope);
void rt_addr_del(struct lop *lop, int ifindex, const char *addr, uint8_t len);

/** An interface that is up, with an address unless it is NULL. */
int rt_wire(struct fx *fx, struct lop *lop, const char *name, const char *addr, uint8_t len);

/** lop_route_get() as one line: "local dev 1 src 127.0.0.1 <local>", or "errno 101". */
const char *rt_get(struct lop *lop, const char *daddr, const char *saddr, int oif);

/** A table as lines of "local 127.0.0.1/32 dev 1 src 127.0.0.1\n". */
const char *rt_table(struct lop *lop, uint32_t table);

#endif /* ROUTE_H */
