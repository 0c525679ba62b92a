/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_STRESS_CHANGE_H
#define LOP_STRESS_CHANGE_H

/* The changes one by one: an even round does what the odd one behind it undoes. */

#include "stress.h"

void ps_change_victim(struct ps *ps, unsigned int round);
void ps_change_share(struct ps *ps, unsigned int round);
void ps_change_peer(struct ps *ps, unsigned int round);
void ps_change_options(struct ps *ps, unsigned int round);
void ps_change_crowd(struct ps *ps, unsigned int round);
void ps_change_address(struct ps *ps, unsigned int round);
void ps_change_route(struct ps *ps, unsigned int round);
void ps_change_many_routes(struct ps *ps, unsigned int round);
void ps_change_mtu(struct ps *ps, unsigned int round);
void ps_change_neighbour(struct ps *ps, unsigned int round);
void ps_change_lladdr(struct ps *ps, unsigned int round);
void ps_change_mac(struct ps *ps, unsigned int round);
void ps_change_link(struct ps *ps, unsigned int round);
void ps_change_settings(struct ps *ps, unsigned int round);

void ps_change_hook(struct ps *ps, unsigned int round);
void ps_change_dropper(struct ps *ps, unsigned int round);
void ps_change_queuer(struct ps *ps, unsigned int round);
void ps_change_tap(struct ps *ps, unsigned int round);
void ps_change_trace(struct ps *ps, unsigned int round);
void ps_change_send_check(struct ps *ps, unsigned int round);
/** None of these is left. */
void ps_hooks_end(struct ps *ps);

#endif /* LOP_STRESS_CHANGE_H */
