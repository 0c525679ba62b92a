/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The library's hooks: each counts and gives all packets the same answer. */

#include <errno.h>

#include <rte_ip.h>
#include <rte_mbuf.h>

#include "our.h"

static struct {
	struct dx_hook hook;
	uint64_t packets;
} hooks[DIFF_HOOKS_MAX];
static unsigned int nb_hooks;

static void
decide(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts, uint8_t *verdicts,
		uint16_t n)
{
	const unsigned int i = (unsigned int)(uintptr_t)arg;
	const struct dx_hook *hook = &hooks[i].hook;

	for (uint16_t k = 0; k < n; k++) {
		const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(
				pkts[k], const struct rte_ipv4_hdr *);

		if (hook->protocol != 0 && ip->next_proto_id != hook->protocol)
			continue;
		hooks[i].packets++;
		verdicts[k] = hook->reject ? lop_hook_reject(state, pkts[k], hook->code)
					   : hook->verdict;
	}
}

int
our_hook(const struct dx_hook *hook)
{
	const struct lop_hook registration = {
		.name = "diff",
		.point = hook->point,
		.priority = hook->priority,
		.fn = decide,
		.arg = (void *)(uintptr_t)nb_hooks,
	};
	int ret;

	if (nb_hooks == DIFF_HOOKS_MAX)
		return -ENOSPC;
	hooks[nb_hooks].hook = *hook;
	hooks[nb_hooks].packets = 0;
	ret = lop_hook_register(our_lop, &registration);
	return ret > 0 ? (int)nb_hooks++ : ret;
}

int
our_hook_count(int hook, uint64_t *packets)
{
	*packets = hooks[hook].packets;
	return 0;
}

void
our_hooks_forget(void)
{
	nb_hooks = 0;
}
