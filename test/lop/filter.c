/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The filter: 5-tuple rules on a hook. */

#include <errno.h>
#include <netinet/ip.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ip.h>

#include "../../lib/lop/include/lop_filter.h"
#include "hook_fx.h"

/* Whether LOCAL_IN lets a packet pass; the packet is gone. */
static bool
passes(struct lop *lop, struct rte_mbuf *m)
{
	const bool kept = lop_hook_local_in(fx_worker(lop), &m, 1) == 1;

	if (kept)
		rte_pktmbuf_free(m);
	return kept;
}

static bool
udp_passes(struct lop *lop, const char *saddr, const char *daddr, uint16_t sport, uint16_t dport)
{
	return passes(lop, hand_made(lop, saddr, daddr, sport, dport));
}

static struct lop_filter *
filter_of(struct lop *lop, enum lop_verdict policy, const struct lop_filter_rule *rules,
		unsigned int n)
{
	struct lop_filter *f = lop_filter_create(lop, LOP_HOOK_LOCAL_IN, 0, policy);

	assert_non_null(f);
	assert_int_equal(lop_filter_set(f, rules, n), 0);
	return f;
}

/* contract NF-01: without rules the policy decides, and is counted. */
static void
policy_decides_where_no_rule_fits(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	static const enum lop_verdict policies[] = { LOP_VERDICT_ACCEPT, LOP_VERDICT_DROP };

	for (unsigned int i = 0; i < RTE_DIM(policies); i++) {
		struct lop_filter *f = filter_of(lop, policies[i], NULL, 0);

		assert_int_equal(udp_passes(lop, "127.0.0.1", "127.0.0.1", 1, 2),
				policies[i] == LOP_VERDICT_ACCEPT);
		assert_int_equal(lop_filter_hits(f, 0), 1);
		assert_int_equal(lop_filter_hits(f, 1), 0);
		lop_filter_destroy(f);
	}
	assert_true(udp_passes(lop, "127.0.0.1", "127.0.0.1", 1, 2));
}

/* contract NF-01: of several rules that fit the first decides. */
static void
first_rule_that_fits_decides(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct lop_filter_rule rules[] = {
		{ .dport_min = 53, .dport_max = 53, .verdict = LOP_VERDICT_ACCEPT },
		{ .daddr_be = inet_addr("127.0.0.0"), .daddr_len = 8, .verdict = LOP_VERDICT_DROP },
		{ .verdict = LOP_VERDICT_ACCEPT },
	};
	struct lop_filter *f = filter_of(lop, LOP_VERDICT_DROP, rules, RTE_DIM(rules));

	assert_true(udp_passes(lop, "127.0.0.1", "127.0.0.1", 1000, 53));
	assert_false(udp_passes(lop, "127.0.0.1", "127.0.0.1", 1000, 54));
	assert_true(udp_passes(lop, "127.0.0.1", "10.0.0.1", 1000, 54));
	for (unsigned int i = 0; i < RTE_DIM(rules); i++)
		assert_int_equal(lop_filter_hits(f, i), 1);
	assert_int_equal(lop_filter_hits(f, RTE_DIM(rules)), 0);
	lop_filter_destroy(f);
}

/* contract NF-01: each field by itself, at its bounds. */
static void
every_field_is_compared(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	static const struct {
		struct lop_filter_rule rule;
		const char *saddr, *daddr;
		uint16_t sport, dport;
		bool fits;
	} rows[] = {
		{ { .protocol = IPPROTO_UDP }, "1.1.1.1", "2.2.2.2", 1, 2, true },
		{ { .protocol = IPPROTO_TCP }, "1.1.1.1", "2.2.2.2", 1, 2, false },
		{ { .saddr_be = RTE_BE32(0x0a010200), .saddr_len = 24 }, "10.1.2.255", "2.2.2.2", 1,
				2, true },
		{ { .saddr_be = RTE_BE32(0x0a010200), .saddr_len = 24 }, "10.1.3.0", "2.2.2.2", 1,
				2, false },
		{ { .daddr_be = RTE_BE32(0x0a010203), .daddr_len = 32 }, "1.1.1.1", "10.1.2.3", 1,
				2, true },
		{ { .daddr_be = RTE_BE32(0x0a010203), .daddr_len = 32 }, "10.1.2.3", "10.1.2.4", 1,
				2, false },
		{ { .sport_min = 100, .sport_max = 200 }, "1.1.1.1", "2.2.2.2", 99, 150, false },
		{ { .sport_min = 100, .sport_max = 200 }, "1.1.1.1", "2.2.2.2", 100, 2, true },
		{ { .sport_min = 100, .sport_max = 200 }, "1.1.1.1", "2.2.2.2", 200, 2, true },
		{ { .sport_min = 100, .sport_max = 200 }, "1.1.1.1", "2.2.2.2", 201, 2, false },
		{ { .dport_min = 1, .dport_max = 65535 }, "1.1.1.1", "2.2.2.2", 7, 65535, true },
		{ { .dport_min = 1, .dport_max = 65535 }, "1.1.1.1", "2.2.2.2", 7, 0, false },
		{ { .dport_min = 0, .dport_max = 9 }, "1.1.1.1", "2.2.2.2", 7, 0, true },
	};
	struct lop_filter *f = filter_of(lop, LOP_VERDICT_ACCEPT, NULL, 0);

	for (unsigned int i = 0; i < RTE_DIM(rows); i++) {
		assert_int_equal(lop_filter_set(f, &rows[i].rule, 1), 0);
		assert_int_equal(udp_passes(lop, rows[i].saddr, rows[i].daddr, rows[i].sport,
						 rows[i].dport),
				!rows[i].fits);
		assert_int_equal(lop_filter_hits(f, 0), rows[i].fits);
	}
	lop_filter_destroy(f);
}

static struct rte_mbuf *
fragment(struct lop *lop, uint16_t offset_units, bool more)
{
	struct rte_mbuf *m = hand_made(lop, "1.1.1.1", "2.2.2.2", 100, 100);

	rte_pktmbuf_mtod(m, struct rte_ipv4_hdr *)->fragment_offset = htons(
			offset_units | (more ? RTE_IPV4_HDR_MF_FLAG : 0));
	return m;
}

/* Options in front of the UDP header. */
static struct rte_mbuf *
with_options(struct lop *lop)
{
	struct rte_mbuf *m = hand_made(lop, "1.1.1.1", "2.2.2.2", 100, 100);
	uint8_t *head;

	assert_non_null(rte_pktmbuf_prepend(m, 8));
	head = rte_pktmbuf_mtod(m, uint8_t *);
	memmove(head, head + 8, sizeof(struct rte_ipv4_hdr));
	memset(head + sizeof(struct rte_ipv4_hdr), IPOPT_NOP, 8);
	head[0] = 0x47;
	lop_meta(m)->l3_len = 28;
	return m;
}

/* contract NF-01: ports stand behind the options; later fragments and others have none. */
static void
ports_fit_only_where_they_are(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	static const struct lop_filter_rule rules[] = {
		{ .dport_min = 1, .dport_max = 65535, .verdict = LOP_VERDICT_DROP },
		{ .protocol = IPPROTO_UDP, .verdict = LOP_VERDICT_ACCEPT },
	};
	struct lop_filter *f = filter_of(lop, LOP_VERDICT_DROP, rules, RTE_DIM(rules));
	struct rte_mbuf *m;

	assert_false(passes(lop, fragment(lop, 0, true)));
	assert_true(passes(lop, fragment(lop, 100, true)));
	assert_true(passes(lop, fragment(lop, 100, false)));
	assert_false(passes(lop, with_options(lop)));
	assert_int_equal(lop_filter_hits(f, 0), 2);
	assert_int_equal(lop_filter_hits(f, 1), 2);
	m = hand_made(lop, "1.1.1.1", "2.2.2.2", 100, 100);
	rte_pktmbuf_mtod(m, struct rte_ipv4_hdr *)->next_proto_id = IPPROTO_ICMP;
	assert_false(passes(lop, m));
	assert_int_equal(lop_filter_hits(f, 2), 1);
	/* too short for ports */
	m = hand_made(lop, "1.1.1.1", "2.2.2.2", 100, 100);
	assert_int_equal(rte_pktmbuf_trim(m, 23), 0);
	assert_true(passes(lop, m));
	lop_filter_destroy(f);
}

/* contract NF-01: a burst is looked up as one, and each packet gets its own verdict. */
static void
burst_of_many_is_filtered_packet_by_packet(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct lop_filter_rule rule = {
		.dport_min = 1, .dport_max = 31, .verdict = LOP_VERDICT_DROP
	};
	struct lop_filter *f = filter_of(lop, LOP_VERDICT_ACCEPT, &rule, 1);
	struct rte_mbuf *pkts[LOP_BURST_MAX];

	for (unsigned int i = 0; i < LOP_BURST_MAX; i++)
		pkts[i] = hand_made(lop, "127.0.0.1", "127.0.0.1", 1000, i);
	assert_int_equal(lop_hook_local_in(fx_worker(lop), pkts, LOP_BURST_MAX), 33);
	assert_int_equal(lop_filter_hits(f, 0), 31);
	assert_int_equal(lop_filter_hits(f, 1), 33);
	rte_pktmbuf_free_bulk(pkts, 33);
	lop_filter_destroy(f);
}

/* contract NF-01: what is refused leaves the rules that are. */
static void
bad_rules_leave_the_old_ones(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct lop_filter_rule drop_all = { .verdict = LOP_VERDICT_DROP };
	static const struct lop_filter_rule bad[] = {
		{ .saddr_len = 33 },
		{ .daddr_len = 33 },
		{ .sport_min = 2, .sport_max = 1 },
		{ .dport_min = 2, .dport_max = 1 },
		{ .verdict = LOP_VERDICT_QUEUE },
		{ .protocol = IPPROTO_ICMP, .dport_min = 1, .dport_max = 1 },
	};
	struct lop_filter *f = filter_of(lop, LOP_VERDICT_ACCEPT, &drop_all, 1);

	for (unsigned int i = 0; i < RTE_DIM(bad); i++)
		assert_int_equal(lop_filter_set(f, &bad[i], 1), -EINVAL);
	assert_int_equal(lop_filter_set(f, &drop_all, 65537), -ENOSPC);
	assert_false(udp_passes(lop, "127.0.0.1", "127.0.0.1", 1, 2));
	assert_int_equal(lop_filter_hits(f, 0), 1);
	lop_filter_destroy(f);

	assert_null(lop_filter_create(lop, LOP_HOOK_LOCAL_IN, 0, LOP_VERDICT_QUEUE));
	assert_int_equal(rte_errno, EINVAL);
	assert_null(lop_filter_create(lop, LOP_HOOK_POINTS, 0, LOP_VERDICT_DROP));
	assert_int_equal(rte_errno, EINVAL);
	lop_filter_destroy(NULL);
}

/* contract NF-01: thousands of rules, the last of them reached. */
static void
many_rules_keep_their_order(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	static struct lop_filter_rule rules[2000];
	struct lop_filter *f;

	for (unsigned int i = 0; i < RTE_DIM(rules); i++)
		rules[i] = (struct lop_filter_rule){ .saddr_be = htonl(0x0a000000 + i),
			.saddr_len = 32,
			.protocol = IPPROTO_UDP,
			.verdict = i % 2 == 0 ? LOP_VERDICT_DROP : LOP_VERDICT_ACCEPT };
	f = filter_of(lop, LOP_VERDICT_DROP, rules, RTE_DIM(rules));
	assert_false(udp_passes(lop, "10.0.0.0", "127.0.0.1", 1, 2));
	assert_true(udp_passes(lop, "10.0.7.207", "127.0.0.1", 1, 2));
	assert_false(udp_passes(lop, "10.0.7.208", "127.0.0.1", 1, 2));
	assert_int_equal(lop_filter_hits(f, 0), 1);
	assert_int_equal(lop_filter_hits(f, 1999), 1);
	assert_int_equal(lop_filter_hits(f, 2000), 1);
	lop_filter_destroy(f);
}

static const struct lo_case cases[] = {
	LO_CASE(policy_decides_where_no_rule_fits),
	LO_CASE(first_rule_that_fits_decides),
	LO_CASE(every_field_is_compared),
	LO_CASE(ports_fit_only_where_they_are),
	LO_CASE(burst_of_many_is_filtered_packet_by_packet),
	LO_CASE(bad_rules_leave_the_old_ones),
	LO_CASE(many_rules_keep_their_order),
};
LO_REGISTER_TEST(lop_filter_autotest, cases);
