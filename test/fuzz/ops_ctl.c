/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_neigh.h"
#include "../../lib/lop/include/lop_route.h"
#include "../../lib/lop/include/lop_stats.h"
#include "ops.h"

bool ops_dirty;

int
ops_ifindex(struct fuzz_bytes *b)
{
	const uint8_t byte = fuzz_u8(b);

	if (byte >= 0xf0)
		return (int8_t)byte * 4;
	return (byte & 1) != 0 ? LOP_LO_INDEX : world.wire;
}

static void
op_later(struct fuzz_bytes *b)
{
	world.now_us += (uint64_t)fuzz_u16(b) * 1000;
	lop_poll_devices(world.lop);
}

static void
op_arrive(struct fuzz_bytes *b)
{
	const uint8_t shape = fuzz_u8(b);
	size_t n = ops_size(b) % 2048;
	const uint8_t *data = fuzz_take(b, n, &n);
	struct rte_mbuf *m = world_frame(data, n, 1 + (shape & 1), true);

	if (m != NULL)
		world_arrive(m, (shape & 2) != 0);
}

static void
op_addr(struct fuzz_bytes *b)
{
	const int ifindex = ops_ifindex(b);
	const uint8_t shape = fuzz_u8(b);
	struct lop_ifaddr a = { .local_be = ops_addr_be(b), .prefix_len = fuzz_u8(b) };

	ops_dirty = true;
	if ((shape & 1) != 0)
		a.prefix_len %= 33;
	if ((shape & 2) != 0)
		a.broadcast_be = ops_addr_be(b);
	if ((shape & 4) != 0)
		a.scope = fuzz_u8(b);
	if ((shape & 8) != 0)
		snprintf(a.label, sizeof(a.label), "%s:%u", (shape & 16) != 0 ? "lo" : "wire0",
				shape);
	if ((shape & 0x80) != 0)
		lop_addr_del(world.lop, ifindex, &a);
	else
		lop_addr_add(world.lop, ifindex, &a);
	lop_addr_list(world.lop, ifindex, &a, 1);
}

static void
seen_route(const struct lop_route *route, void *arg)
{
	FUZZ_CHECK(route->dst_len <= 32);
	++*(unsigned int *)arg;
}

static void
op_route(struct fuzz_bytes *b)
{
	const uint8_t shape = fuzz_u8(b);
	struct lop_route r = { .dst_be = ops_addr_be(b), .dst_len = fuzz_u8(b) };
	unsigned int seen = 0;

	ops_dirty = true;
	if ((shape & 1) == 0)
		r.dst_len %= 33;
	r.type = (shape & 2) != 0 ? fuzz_u8(b) : 0;
	r.scope = (shape & 4) != 0 ? fuzz_u8(b) : 0;
	r.table = (shape & 8) != 0 ? fuzz_u8(b) : 0;
	r.gateway_be = (shape & 16) != 0 ? ops_addr_be(b) : 0;
	r.oif = (shape & 32) != 0 ? ops_ifindex(b) : 0;
	if ((shape & 64) != 0) {
		r.tos = fuzz_u8(b);
		r.priority = fuzz_u8(b);
		r.prefsrc_be = ops_addr_be(b);
		r.mtu_bytes = fuzz_u16(b);
		r.flags = fuzz_u8(b);
		r.protocol = fuzz_u8(b);
	}
	if ((shape & 128) != 0)
		lop_route_del(world.lop, &r);
	else
		lop_route_add(world.lop, &r);
	lop_route_list(world.lop, r.table, seen_route, &seen);
}

static void
op_route_get(struct fuzz_bytes *b)
{
	const uint32_t daddr_be = ops_addr_be(b), saddr_be = ops_addr_be(b);
	struct lop_route_answer answer;

	lop_route_get(world.lop, daddr_be, saddr_be, ops_ifindex(b), &answer);
}

static void
seen_neigh(const struct lop_neigh_info *neigh, void *arg)
{
	RTE_SET_USED(neigh);
	++*(unsigned int *)arg;
}

static void
op_neigh(struct fuzz_bytes *b)
{
	static const uint16_t states[] = { NUD_PERMANENT, NUD_NOARP, NUD_REACHABLE, NUD_STALE };
	const uint8_t shape = fuzz_u8(b);
	struct lop_neigh_info n = { .ifindex = ops_ifindex(b), .addr_be = ops_addr_be(b) };
	unsigned int seen = 0;

	ops_dirty = true;
	n.state = (shape & 8) != 0 ? fuzz_u16(b) : states[shape & 3];
	memset(n.lladdr, shape, sizeof(n.lladdr));
	if ((shape & 0x80) != 0)
		lop_neigh_del(world.lop, n.ifindex, n.addr_be);
	else
		lop_neigh_set(world.lop, &n);
	lop_neigh_list(world.lop, shape, seen_neigh, &seen);
}

static void
op_link(struct fuzz_bytes *b)
{
	const uint8_t shape = fuzz_u8(b);
	const int ifindex = ops_ifindex(b);
	uint8_t mac[ETH_ALEN] = { fuzz_u8(b), 0, 0, 0, 0, fuzz_u8(b) };
	char *name;

	ops_dirty = true;
	switch (shape % 6) {
	case 0:
		lop_if_set_flags(world.lop, ifindex, IFF_UP, IFF_UP);
		break;
	case 1:
		lop_if_set_flags(world.lop, ifindex, 0, IFF_UP);
		break;
	case 2:
		lop_if_set_flags(world.lop, ifindex, fuzz_u16(b), fuzz_u16(b));
		break;
	case 3:
		lop_if_set_mtu(world.lop, ifindex, fuzz_u16(b) % 2048);
		break;
	case 4:
		lop_if_set_mac(world.lop, ifindex, mac);
		break;
	default:
		name = fuzz_block(b, shape / 6);
		if (shape / 6 > 0) {
			name[shape / 6 - 1] = '\0';
			lop_if_rename(world.lop, ifindex, name);
		}
		free(name);
		break;
	}
}

static void
op_sysctl(struct fuzz_bytes *b)
{
	static const char *const names[] = { "ip_default_ttl", "ip_nonlocal_bind",
		"ip_local_port_range", "ip_local_reserved_ports", "ip_unprivileged_port_start",
		"ipfrag_time", "ipfrag_high_thresh", "ipfrag_max_dist", "icmp_ratelimit",
		"icmp_ratemask", "icmp_echo_ignore_all", "core/rmem_default", "core/wmem_max",
		"core/netdev_max_backlog", "ip_no_pmtu_disc", "route/min_pmtu", "fwmark_reflect",
		"neigh/default/gc_thresh3", "conf/all/rp_filter", "conf/lo/forwarding",
		"conf/wire0/accept_source_route", "conf/default/accept_local", "ip_forward",
		"ping_group_range", "conf/wire0/route_localnet", "core/netdev_budget" };
	const uint8_t shape = fuzz_u8(b);
	const size_t len = 1 + fuzz_u8(b) % 31U;
	char *value = fuzz_block(b, len), out[64];
	const char *name = names[shape % RTE_DIM(names)];

	ops_dirty = true;
	value[len - 1] = '\0';
	/* the name itself, seldom */
	if (shape >= 0xf0)
		name = value;
	lop_sysctl_set(world.lop, name, value);
	lop_sysctl_get(world.lop, name, out, 1 + shape % sizeof(out));
	free(value);
}

static void
op_show(struct fuzz_bytes *b)
{
	static const char *const files[] = { "snmp", "netstat", "udp", "arp", "dev", "softnet_stat",
		"none" };
	FILE *f = fopen("/dev/null", "w");

	FUZZ_CHECK(f != NULL);
	lop_proc_write(world.lop, files[fuzz_u8(b) % RTE_DIM(files)], f);
	fclose(f);
}

static void
op_watch(struct fuzz_bytes *b)
{
	const uint8_t what = fuzz_u8(b) & 7;

	world_unwatch();
	for (unsigned int i = 0; i < WORLD_HOOK_BYTES; i++)
		world.hook[i] = fuzz_u8(b);
	world_watch(what);
}

static void
op_reinject(struct fuzz_bytes *b)
{
	RTE_SET_USED(b);
	world_reinject();
	world_wire_drain();
}

ops_fn *const ops_ctl[] = { op_later, op_arrive, op_addr, op_route, op_route_get, op_neigh, op_link,
	op_sysctl, op_show, op_watch, op_reinject };
const unsigned int ops_ctl_count = RTE_DIM(ops_ctl);
