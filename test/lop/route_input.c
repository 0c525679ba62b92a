/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Packets that come in from a wire: for this host, or which way they are refused. What is expected
 * is what Linux 6.18 answered to `ip route get ... from ... iif d0`.
 */

#include <string.h>

#include <rte_ip.h>

#include "route.h"

struct row {
	const char *saddr, *daddr;
	int err;
	uint8_t type; /* where err is 0 */
	int reason;   /* where it is not */
};

static void
check_rows(struct lop *lop, int ifindex, const struct row *rows, unsigned int n)
{
	struct lop_worker *w = fx_worker(lop);
	struct rte_mbuf *m = rte_pktmbuf_alloc(lop_mempool(lop));
	struct rte_ipv4_hdr *ip;

	assert_non_null(m);
	assert_non_null(rte_pktmbuf_append(m, sizeof(*ip)));
	ip = rte_pktmbuf_mtod(m, struct rte_ipv4_hdr *);
	memset(ip, 0, sizeof(*ip));
	ip->version_ihl = RTE_IPV4_VHL_DEF;
	ip->next_proto_id = IPPROTO_UDP;
	for (unsigned int i = 0; i < n; i++) {
		const struct lop_dst *dst;
		int reason = -1;
		int err;

		ip->src_addr = rt_ip(rows[i].saddr);
		ip->dst_addr = rt_ip(rows[i].daddr);
		lop_enter(w);
		err = lop_route_input(w, m, lop_if_of(lop, ifindex), &dst, &reason);
		if (err != rows[i].err)
			fail_msg("%s to %s: %d, not %d", rows[i].saddr, rows[i].daddr, err,
					rows[i].err);
		if (err == 0) {
			assert_int_equal(dst->type, rows[i].type);
			assert_int_equal(dst->input, LOP_INPUT_DELIVER);
			assert_int_equal(dst->orig_ifindex, ifindex);
		} else {
			assert_null(dst);
			lop_route_input_count(w, reason);
			if (reason != rows[i].reason)
				fail_msg("%s to %s: reason %s", rows[i].saddr, rows[i].daddr,
						lop_drop_name(reason));
		}
		lop_leave(w);
	}
	rte_pktmbuf_free(m);
}

static struct lop *
two_wires(struct fx *fx)
{
	struct lop *lop = fx_lop_up(fx);

	assert_int_equal(rt_wire(fx, lop, "d0", "10.5.5.5", 24), 2);
	assert_int_equal(rt_wire(fx, lop, "d1", "10.6.6.6", 24), 3);
	assert_int_equal(rt_add_via(lop, "0.0.0.0/0", "10.6.6.9"), 0);
	return lop;
}

/* contract RX-02, RX-04, RX-05 */
static void
input_is_for_us_or_refused(void **state)
{
	static const struct row rows[] = {
		{ "10.5.5.7", "10.5.5.5", 0, RTN_LOCAL, 0 },
		{ "10.5.5.7", "10.6.6.6", 0, RTN_LOCAL, 0 },
		{ "99.0.0.5", "10.5.5.5", 0, RTN_LOCAL, 0 },
		{ "10.5.5.7", "10.5.5.255", 0, RTN_BROADCAST, 0 },
		{ "10.5.5.7", "255.255.255.255", 0, RTN_BROADCAST, 0 },
		{ "0.0.0.0", "255.255.255.255", 0, RTN_BROADCAST, 0 },
		{ "0.0.0.0", "0.0.0.0", 0, RTN_BROADCAST, 0 },
		{ "10.5.5.7", "224.0.0.1", 0, RTN_MULTICAST, 0 },
		{ "0.0.0.0", "224.0.0.1", 0, RTN_MULTICAST, 0 },
		{ "10.5.5.7", "224.0.0.7", -EINVAL, 0, LOP_DROP_DISCARD },
		{ "224.1.1.1", "224.0.0.1", -EINVAL, 0, LOP_DROP_MARTIAN },
		{ "127.0.0.1", "224.0.0.1", -EINVAL, 0, LOP_DROP_MARTIAN },
		{ "224.1.1.1", "10.5.5.5", -EINVAL, 0, LOP_DROP_MARTIAN },
		{ "255.255.255.255", "10.5.5.5", -EINVAL, 0, LOP_DROP_MARTIAN },
		{ "0.0.0.0", "10.5.5.5", -EINVAL, 0, LOP_DROP_MARTIAN },
		{ "10.5.5.7", "0.0.0.0", -EINVAL, 0, LOP_DROP_MARTIAN },
		{ "10.5.5.7", "127.0.0.1", -EINVAL, 0, LOP_DROP_MARTIAN },
		{ "127.0.0.5", "10.5.5.5", -EINVAL, 0, LOP_DROP_MARTIAN },
		{ "10.5.5.5", "10.5.5.5", -EINVAL, 0, LOP_DROP_MARTIAN },
		{ "10.6.6.6", "10.5.5.5", -EINVAL, 0, LOP_DROP_MARTIAN },
		{ "10.5.5.7", "9.9.9.9", -EHOSTUNREACH, 0, LOP_DROP_NOT_LOCAL },
		{ "10.5.5.7", "10.5.5.77", -EHOSTUNREACH, 0, LOP_DROP_NOT_LOCAL },
	};
	struct lop *lop = two_wires(*state);
	uint64_t before = fx_mib(lop, "Ip", "InAddrErrors");

	check_rows(lop, 2, rows, RTE_DIM(rows));
	assert_int_equal(fx_mib(lop, "Ip", "InAddrErrors") - before, 2);
}

/* contract RX-02, RX-20: what settings allow */
static void
settings_let_martians_in(void **state)
{
	static const struct row rows[] = {
		{ "10.5.5.5", "10.5.5.5", 0, RTN_LOCAL, 0 },
		{ "127.0.0.1", "127.0.0.1", -EINVAL, 0, LOP_DROP_MARTIAN },
	};
	static const struct row lo_rows[] = {
		{ "127.0.0.1", "127.0.0.1", 0, RTN_LOCAL, 0 },
	};
	static const struct row no_accept[] = {
		{ "127.0.0.1", "127.0.0.1", -EINVAL, 0, LOP_DROP_MARTIAN },
	};
	struct lop *lop = two_wires(*state);

	assert_int_equal(lop_sysctl_set(lop, "conf/d0/accept_local", "1"), 0);
	check_rows(lop, 2, rows, RTE_DIM(rows));
	check_rows(lop, LOP_LO_INDEX, no_accept, 1);
	assert_int_equal(lop_sysctl_set(lop, "conf/lo/route_localnet", "1"), 0);
	check_rows(lop, LOP_LO_INDEX, no_accept, 1);
	assert_int_equal(lop_sysctl_set(lop, "conf/lo/accept_local", "1"), 0);
	check_rows(lop, LOP_LO_INDEX, lo_rows, 1);
}

/* contract RX-03: strict, then loose */
static void
way_back_is_checked(void **state)
{
	static const struct row strict[] = {
		{ "10.5.5.7", "10.5.5.5", 0, RTN_LOCAL, 0 },
		{ "99.0.0.5", "10.5.5.5", -EXDEV, 0, LOP_DROP_RP_FILTER },
		{ "10.6.6.7", "10.5.5.5", -EXDEV, 0, LOP_DROP_RP_FILTER },
		{ "10.6.6.6", "10.5.5.5", -EINVAL, 0, LOP_DROP_MARTIAN },
		{ "99.0.0.5", "10.5.5.255", -EXDEV, 0, LOP_DROP_RP_FILTER },
		{ "99.0.0.5", "224.0.0.1", -EXDEV, 0, LOP_DROP_RP_FILTER },
	};
	static const struct row loose[] = {
		{ "99.0.0.5", "10.5.5.5", 0, RTN_LOCAL, 0 },
		{ "10.6.6.7", "10.5.5.5", 0, RTN_LOCAL, 0 },
		{ "10.6.6.6", "10.5.5.5", -EINVAL, 0, LOP_DROP_MARTIAN },
		{ "99.0.0.5", "10.5.5.255", 0, RTN_BROADCAST, 0 },
		{ "99.0.0.5", "224.0.0.1", 0, RTN_MULTICAST, 0 },
	};
	struct lop *lop = two_wires(*state);
	struct lop_route route = rt("0.0.0.0/0");
	static const struct row nowhere[] = {
		{ "99.0.0.5", "10.5.5.5", -EXDEV, 0, LOP_DROP_RP_FILTER },
	};

	assert_int_equal(lop_sysctl_set(lop, "conf/d0/rp_filter", "1"), 0);
	check_rows(lop, 2, strict, RTE_DIM(strict));
	assert_int_equal(fx_mib(lop, "TcpExt", "IPReversePathFilter"), 4);
	assert_int_equal(lop_sysctl_set(lop, "conf/d0/rp_filter", "2"), 0);
	check_rows(lop, 2, loose, RTE_DIM(loose));
	assert_int_equal(lop_route_del(lop, &route), 0);
	check_rows(lop, 2, nowhere, 1);
}

/* contract RX-02: where users make addresses local, those are no sources either */
static void
custom_local_routes_are_no_sources(void **state)
{
	static const struct row before[] = { { "50.0.0.5", "10.5.5.5", 0, RTN_LOCAL, 0 } };
	static const struct row after[] = {
		{ "50.0.0.5", "10.5.5.5", -EINVAL, 0, LOP_DROP_MARTIAN },
		{ "10.5.5.255", "10.5.5.5", -EINVAL, 0, LOP_DROP_MARTIAN },
		{ "10.5.5.7", "50.1.1.1", 0, RTN_LOCAL, 0 },
	};
	struct lop *lop = two_wires(*state);
	struct lop_route route = rt("50.0.0.0/8");

	check_rows(lop, 2, before, 1);
	route.oif = 2;
	route.type = RTN_LOCAL;
	route.scope = RT_SCOPE_HOST;
	route.table = RT_TABLE_LOCAL;
	assert_int_equal(lop_route_add(lop, &route), 0);
	check_rows(lop, 2, after, RTE_DIM(after));
}

static const struct lo_case input_cases[] = {
	LO_CASE(input_is_for_us_or_refused),
	LO_CASE(settings_let_martians_in),
	LO_CASE(way_back_is_checked),
	LO_CASE(custom_local_routes_are_no_sources),
};
LO_REGISTER_TEST(lop_route_autotest, input_cases);
