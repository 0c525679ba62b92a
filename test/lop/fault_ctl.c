/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Control calls without memory. */

#include <errno.h>

#include <rte_errno.h>

#include "fault_fx.h"

static int
create_run(struct fault_env *env)
{
	static const struct lop_conf conf = { .name = "second", .mbufs = 512, .workers_max = 2 };
	struct lop *lop = lop_create(&conf);

	env->more = lop;
	return lop != NULL ? 0 : -rte_errno;
}

static void
create_undo(struct fault_env *env)
{
	assert_int_equal(lop_destroy(env->more), 0);
}

/*
 * contract DEV-01: registration fails with ENOMEM, and leaves nothing. Where one large piece of
 * memory is not there the pool is made of smaller ones.
 */
static void
an_instance_is_whole_or_not_there(void **state)
{
	static const struct fault_scenario s = {
		.name = "create", .run = create_run, .undo = create_undo, .may_succeed = true
	};

	fault_sweep(*state, &s);
}

static void
attach_prepare(struct fault_env *env)
{
	create_run(env);
	assert_non_null(env->more);
}

static int
attach_run(struct fault_env *env)
{
	if (env->more == NULL)
		create_run(env);
	return lop_worker_attach(env->more);
}

static void
attach_undo(struct fault_env *env)
{
	lop_destroy(env->more);
	env->more = NULL;
}

static void
a_worker_is_attached_or_not(void **state)
{
	static const struct fault_scenario s = {
		.name = "attach", .prepare = attach_prepare, .run = attach_run, .undo = attach_undo
	};

	fault_sweep(*state, &s);
}

static int
up_run(struct fault_env *env)
{
	return lop_if_set_flags(env->lop, LOP_LO_INDEX, IFF_UP, IFF_UP);
}

static void
up_undo(struct fault_env *env)
{
	struct lop_ifaddr a = { .local_be = inet_addr("127.0.0.1"), .prefix_len = 8 };

	assert_int_equal(lop_if_set_flags(env->lop, LOP_LO_INDEX, 0, IFF_UP), 0);
	lop_addr_del(env->lop, LOP_LO_INDEX, &a);
}

/* contract DEV-03: as in Linux it is up then, with what there was memory for; a line is logged */
static void
lo_goes_up_all_the_same(void **state)
{
	static const struct fault_scenario s = { .name = "up",
		.prepare = up_undo,
		.run = up_run,
		.undo = up_undo,
		.may_succeed = true };

	fault_sweep(*state, &s);
}

static int
wire_run(struct fault_env *env)
{
	env->fd2 = lop_if_attach(env->lop, env->fd, "again");
	return env->fd2 > 0 ? 0 : env->fd2;
}

static void
wire_prepare(struct fault_env *env)
{
	fx_vdev_remove(env->fx, "net_lo_again");
	env->fd = fx_vdev(env->fx, "net_lo_again", "");
}

static void
wire_undo(struct fault_env *env)
{
	assert_int_equal(lop_if_detach(env->lop, env->fd2), 0);
	wire_prepare(env);
}

static void
an_interface_is_attached_or_not(void **state)
{
	static const struct fault_scenario s = { .name = "attach an interface",
		.prepare = wire_prepare,
		.run = wire_run,
		.undo = wire_undo };

	fx_vdev(*state, "net_lo_again", "");
	fault_sweep(*state, &s);
}

static const struct lop_ifaddr some_address = {
	.local_be = RTE_BE32(0x0a010001), .prefix_len = 16, .broadcast_be = RTE_BE32(0x0a01ffff)
};

static int
address_run(struct fault_env *env)
{
	return lop_addr_add(env->lop, env->wire, &some_address);
}

static void
address_undo(struct fault_env *env)
{
	assert_int_equal(lop_addr_del(env->lop, env->wire, &some_address), 0);
}

/* A route without memory is missed, as in Linux; a line is logged. */
static void
an_address_is_there_or_not(void **state)
{
	static const struct fault_scenario s = {
		.name = "address", .run = address_run, .undo = address_undo, .may_succeed = true
	};

	fault_sweep(*state, &s);
}

/* One that later ones stand on: those are to be promoted. */
static void
addresses_prepare(struct fault_env *env)
{
	struct lop_ifaddr a = some_address;

	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(lop_addr_add(env->lop, env->wire, &a), 0);
		a.local_be += RTE_BE32(1);
	}
}

static int
address_del_run(struct fault_env *env)
{
	const int ret = lop_addr_del(env->lop, env->wire, &some_address);

	/* again, and it is gone already */
	return ret == -EADDRNOTAVAIL ? 0 : ret;
}

static void
an_address_is_taken_away_or_stays(void **state)
{
	static const struct fault_scenario s = { .name = "address taken away",
		.prepare = addresses_prepare,
		.run = address_del_run,
		.may_succeed = true };

	fault_sweep(*state, &s);
}

static const struct lo_case ctl_cases[] = {
	LO_CASE(an_instance_is_whole_or_not_there),
	LO_CASE(a_worker_is_attached_or_not),
	LO_CASE(lo_goes_up_all_the_same),
	LO_CASE(an_interface_is_attached_or_not),
	LO_CASE(an_address_is_there_or_not),
	LO_CASE(an_address_is_taken_away_or_stays),
};
LO_REGISTER_TEST(lop_fault_autotest, ctl_cases);
