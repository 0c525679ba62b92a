/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Filters: their rules are checked, compiled and put in the place of the old ones. */

#include <errno.h>
#include <stdlib.h>

#include <rte_errno.h>
#include <rte_malloc.h>

#include "../dp/filter.h"
#include "../dp/worker.h"

/* As many as rte_acl can tell apart by priority, and more than it can compile in a while. */
#define RULES_MAX 65536

enum field {
	PROTOCOL,
	SADDR,
	DADDR,
	SPORT,
	DPORT,
	HAS_PORTS,
	FIELDS
};

RTE_ACL_RULE_DEF(acl_rule, FIELDS);

#define FIELD(i, type_, group, member)                                   \
	[i] = {                                                          \
		.type = RTE_ACL_FIELD_TYPE_##type_,                      \
		.size = sizeof(((struct lop_filter_key *)NULL)->member), \
		.field_index = (i),                                      \
		.input_index = (group),                                  \
		.offset = offsetof(struct lop_filter_key, member),       \
	}

/* Groups of four bytes, but the first. */
static const struct rte_acl_field_def fields[FIELDS] = {
	FIELD(PROTOCOL, BITMASK, 0, protocol),
	FIELD(SADDR, MASK, 1, saddr_be),
	FIELD(DADDR, MASK, 2, daddr_be),
	FIELD(SPORT, RANGE, 3, sport_be),
	FIELD(DPORT, RANGE, 3, dport_be),
	FIELD(HAS_PORTS, BITMASK, 4, has_ports_be),
};

static bool
asks_for_ports(const struct lop_filter_rule *r)
{
	return r->sport_min != 0 || r->sport_max != 0 || r->dport_min != 0 || r->dport_max != 0;
}

static bool
rule_is_valid(const struct lop_filter_rule *r)
{
	return r->saddr_len <= 32 && r->daddr_len <= 32 && r->sport_min <= r->sport_max &&
			r->dport_min <= r->dport_max &&
			(r->verdict == LOP_VERDICT_DROP || r->verdict == LOP_VERDICT_ACCEPT) &&
			(!asks_for_ports(r) || r->protocol == 0 ||
					lop_filter_has_ports(r->protocol));
}

static void
port_field(struct rte_acl_field *field, uint16_t min, uint16_t max)
{
	field->value.u16 = min;
	field->mask_range.u16 = max != 0 ? max : UINT16_MAX;
}

/* The first rule has the highest priority. */
static struct acl_rule
compile_rule(const struct lop_filter_rule *r, unsigned int i)
{
	struct acl_rule rule = {
		.data = { .category_mask = 1,
				.priority = RTE_ACL_MAX_PRIORITY - i,
				.userdata = i + 1 },
	};

	rule.field[PROTOCOL].value.u8 = r->protocol;
	rule.field[PROTOCOL].mask_range.u8 = r->protocol != 0 ? UINT8_MAX : 0;
	rule.field[SADDR].value.u32 = rte_be_to_cpu_32(r->saddr_be);
	rule.field[SADDR].mask_range.u32 = r->saddr_len;
	rule.field[DADDR].value.u32 = rte_be_to_cpu_32(r->daddr_be);
	rule.field[DADDR].mask_range.u32 = r->daddr_len;
	port_field(&rule.field[SPORT], r->sport_min, r->sport_max);
	port_field(&rule.field[DPORT], r->dport_min, r->dport_max);
	rule.field[HAS_PORTS].value.u32 = asks_for_ports(r);
	rule.field[HAS_PORTS].mask_range.u32 = asks_for_ports(r);
	return rule;
}

static int
acl_build(struct rte_acl_ctx *acl, const struct lop_filter_rule *rules, unsigned int n)
{
	struct rte_acl_config conf = { .num_categories = 1, .num_fields = FIELDS };

	for (unsigned int i = 0; i < n; i++) {
		const struct acl_rule rule = compile_rule(&rules[i], i);
		const int ret = rte_acl_add_rules(acl, (const struct rte_acl_rule *)&rule, 1);

		if (ret != 0)
			return ret;
	}
	memcpy(conf.defs, fields, sizeof(fields));
	return rte_acl_build(acl, &conf) == 0 ? 0 : -ENOMEM;
}

/* NULL with rte_errno. */
static struct rte_acl_ctx *
acl_create(const struct lop_filter_rule *rules, unsigned int n)
{
	/* a name that is there already would get the other one's */
	static RTE_ATOMIC(unsigned int) last;
	char name[RTE_ACL_NAMESIZE];
	const struct rte_acl_param param = {
		.name = name,
		.socket_id = SOCKET_ID_ANY,
		.rule_size = RTE_ACL_RULE_SZ(FIELDS),
		.max_rule_num = n,
	};
	struct rte_acl_ctx *acl;
	int ret;

	snprintf(name, sizeof(name), "lop filter %u",
			rte_atomic_fetch_add_explicit(&last, 1, rte_memory_order_relaxed));
	acl = rte_acl_create(&param);
	if (acl == NULL) {
		rte_errno = ENOMEM;
		return NULL;
	}
	ret = acl_build(acl, rules, n);
	if (ret != 0) {
		rte_acl_free(acl);
		rte_errno = -ret;
		return NULL;
	}
	return acl;
}

static void
table_free(struct lop_filter_table *t)
{
	if (t == NULL)
		return;
	rte_acl_free(t->acl);
	free(t->hits);
	free(t);
}

/* NULL with rte_errno. */
static struct lop_filter_table *
table_create(const struct lop_filter_rule *rules, unsigned int n, uint8_t policy)
{
	struct lop_filter_table *t = calloc(1, sizeof(*t) + n + 1);

	if (t == NULL) {
		rte_errno = ENOMEM;
		return NULL;
	}
	t->n = n;
	/* lcores do not share lines; those that never come cost no memory */
	t->lane = RTE_ALIGN(n + 1, RTE_CACHE_LINE_SIZE / sizeof(*t->hits)) +
			RTE_CACHE_LINE_SIZE / sizeof(*t->hits);
	t->hits = calloc(RTE_MAX_LCORE * t->lane, sizeof(*t->hits));
	if (t->hits == NULL) {
		rte_errno = ENOMEM;
		goto fail;
	}
	for (unsigned int i = 0; i < n; i++)
		t->verdict[i] = rules[i].verdict;
	t->verdict[n] = policy;
	if (n != 0) {
		t->acl = acl_create(rules, n);
		if (t->acl == NULL)
			goto fail;
	}
	return t;

fail:
	table_free(t);
	return NULL;
}

struct lop_filter *
lop_filter_create(struct lop *lop, enum lop_hook_point point, int priority, enum lop_verdict policy)
{
	struct lop_filter *filter;
	struct lop_hook hook = {
		.name = "filter",
		.point = point,
		.priority = priority,
		.fn = lop_filter_hook,
	};
	struct lop_filter_table *t;

	if (policy != LOP_VERDICT_DROP && policy != LOP_VERDICT_ACCEPT) {
		rte_errno = EINVAL;
		return NULL;
	}
	filter = rte_zmalloc("lop filter", sizeof(*filter), RTE_CACHE_LINE_SIZE);
	if (filter == NULL) {
		rte_errno = ENOMEM;
		return NULL;
	}
	filter->lop = lop;
	filter->policy = policy;
	t = table_create(NULL, 0, policy);
	if (t == NULL)
		goto fail_filter;
	lop_store(filter->table, t);
	hook.arg = filter;
	filter->hook = lop_hook_register(lop, &hook);
	if (filter->hook < 0) {
		rte_errno = -filter->hook;
		goto fail_table;
	}
	return filter;

fail_table:
	table_free(t);
fail_filter:
	rte_free(filter);
	return NULL;
}

int
lop_filter_set(struct lop_filter *filter, const struct lop_filter_rule *rules, unsigned int n)
{
	struct lop_filter_table *t, *old;

	if (n > RULES_MAX)
		return -ENOSPC;
	for (unsigned int i = 0; i < n; i++) {
		if (!rule_is_valid(&rules[i]))
			return -EINVAL;
	}
	t = table_create(rules, n, filter->policy);
	if (t == NULL)
		return -rte_errno;

	pthread_mutex_lock(&filter->lop->lock);
	old = lop_load(filter->table);
	lop_publish(filter->table, t);
	lop_synchronize(filter->lop);
	pthread_mutex_unlock(&filter->lop->lock);
	table_free(old);
	return 0;
}

uint64_t
lop_filter_hits(const struct lop_filter *filter, unsigned int i)
{
	const struct lop_filter_table *t;
	uint64_t hits = 0;

	pthread_mutex_lock(&filter->lop->lock);
	t = lop_load(filter->table);
	for (unsigned int lcore = 0; i <= t->n && lcore < RTE_MAX_LCORE; lcore++)
		hits += lop_load(t->hits[lcore * t->lane + i]);
	pthread_mutex_unlock(&filter->lop->lock);
	return hits;
}

void
lop_filter_destroy(struct lop_filter *filter)
{
	if (filter == NULL)
		return;
	lop_hook_unregister(filter->lop, filter->hook);
	table_free(lop_load(filter->table));
	rte_free(filter);
}
