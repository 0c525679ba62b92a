/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Instances: what is made, in which order, and taken down the other way round. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>
#include <rte_string_fns.h>

#include "../../../app/common/lo_pool.h"
#include "../dp/stages.h"
#include "instance.h"

#define WORKERS_DEFAULT 8
#define MBUFS_DEFAULT 16383
#define MBUFS_MAX (1 << 24)
#define POOL_CACHE 256
#define BACKLOG_DEFAULT 1000
#define BACKLOG_MAX 32000

RTE_LOG_REGISTER_DEFAULT(lop_logtype, NOTICE);

int lop_meta_offset = -1;
uint64_t lop_meta_flag_bit;

static struct lop *instances;
static pthread_mutex_t instances_lock = PTHREAD_MUTEX_INITIALIZER;

void
lop_instances_lock(void)
{
	pthread_mutex_lock(&instances_lock);
}

void
lop_instances_unlock(void)
{
	pthread_mutex_unlock(&instances_lock);
}

struct lop *
lop_first(void)
{
	return instances;
}

const char *
lop_name(const struct lop *lop)
{
	return lop->name;
}

struct rte_mempool *
lop_mempool(const struct lop *lop)
{
	return lop->pool;
}

static int
meta_register(void)
{
	static const struct rte_mbuf_dynfield field = {
		.name = "lop_meta",
		.size = sizeof(struct lop_meta),
		.align = __alignof__(struct lop_meta),
	};
	static const struct rte_mbuf_dynflag flag = { .name = "lop_meta" };
	int bit;

	if (lop_meta_offset >= 0)
		return 0;
	bit = rte_mbuf_dynflag_register(&flag);
	if (bit < 0)
		return -rte_errno;
	lop_meta_offset = rte_mbuf_dynfield_register(&field);
	if (lop_meta_offset < 0)
		return -rte_errno;
	lop_meta_flag_bit = RTE_BIT64(bit);
	return 0;
}

static int
conf_check(const struct lop_conf *conf)
{
	if (conf->workers_max > LOP_WORKERS_MAX) {
		LOP_LOG(ERR, "workers_max=%u: want 1 to %u", conf->workers_max, LOP_WORKERS_MAX);
		return -EINVAL;
	}
	if (conf->mbufs != 0 && (conf->mbufs < 512 || conf->mbufs > MBUFS_MAX)) {
		LOP_LOG(ERR, "mbufs=%u: want 512 to %u", conf->mbufs, MBUFS_MAX);
		return -EINVAL;
	}
	if (conf->backlog > BACKLOG_MAX) {
		LOP_LOG(ERR, "backlog=%u: want 1 to %u", conf->backlog, BACKLOG_MAX);
		return -EINVAL;
	}
	if (conf->name != NULL &&
			(conf->name[0] == '\0' || strchr(conf->name, ',') != NULL ||
					strlen(conf->name) >= sizeof(((struct lop *)0)->name))) {
		LOP_LOG(ERR, "name=%s: want 1 to %zu characters without a comma", conf->name,
				sizeof(((struct lop *)0)->name) - 1);
		return -EINVAL;
	}
	return 0;
}

static struct lop *
named(const char *name)
{
	struct lop *lop = instances;

	while (lop != NULL && strcmp(lop->name, name) != 0)
		lop = lop->next;
	return lop;
}

/* With instances_lock held. */
static int
name_set(struct lop *lop, const char *name)
{
	if (name != NULL) {
		strlcpy(lop->name, name, sizeof(lop->name));
		return named(name) == NULL ? 0 : -EEXIST;
	}
	for (unsigned int i = 0;; i++) {
		snprintf(lop->name, sizeof(lop->name), "lop%u", i);
		if (named(lop->name) == NULL)
			return 0;
	}
}

static uint64_t
random_seed(const struct lop_conf *conf)
{
	return conf->seed != 0 ? conf->seed : rte_rdtsc() ^ (uintptr_t)&conf;
}

static int
qsbr_create(struct lop *lop)
{
	/* all thread ids up to the maximum: workers come later */
	lop->qsbr = rte_zmalloc(
			"lop qsbr", rte_rcu_qsbr_get_memsize(LOP_WORKERS_MAX), RTE_CACHE_LINE_SIZE);
	if (lop->qsbr == NULL)
		return -ENOMEM;
	rte_rcu_qsbr_init(lop->qsbr, LOP_WORKERS_MAX);
	return 0;
}

static int
pool_create(struct lop *lop, const struct lop_conf *conf)
{
	char name[RTE_MEMPOOL_NAMESIZE];

	snprintf(name, sizeof(name), "lop%.20s", lop->name);
	lop->pool = lo_pool_create(name, conf->mbufs != 0 ? conf->mbufs : MBUFS_DEFAULT,
			RTE_MIN(POOL_CACHE, (conf->mbufs != 0 ? conf->mbufs : MBUFS_DEFAULT) / 4),
			RTE_PKTMBUF_HEADROOM + 2048, SOCKET_ID_ANY);
	return lop->pool != NULL ? 0 : -rte_errno;
}

static void
fill(struct lop *lop, const struct lop_conf *conf)
{
	lop->clock_us = conf->clock_us;
	lop->clock_arg = conf->clock_arg;
	lop->tsc_per_us_inverse = UINT64_MAX / (rte_get_tsc_hz() / 1000000);
	lop->short_circuit = conf->short_circuit;
	lop->may_bind_low = !conf->no_bind_low;
	lop->may_admin = !conf->no_net_admin;
	lop->workers_max = conf->workers_max != 0 ? conf->workers_max : WORKERS_DEFAULT;
	lop->seed = random_seed(conf);
	lop_settings_init(lop);
	lop_store(lop->alone, true);
	if (conf->backlog != 0)
		lop_store(lop->setting[LOP_SETTING_BACKLOG], conf->backlog);
}

/* The parts in order; what is made is counted so that it can be undone. */
static const struct {
	int (*init)(struct lop *lop);
	void (*fini)(struct lop *lop);
} parts[] = {
	{ lop_neigh_init, lop_neigh_fini },
	{ lop_fib_init, lop_fib_fini },
	{ lop_udp_init, lop_udp_fini },
	{ lop_lo_create, lop_ifs_fini },
};

static void
parts_fini(struct lop *lop, unsigned int n)
{
	while (n-- > 0)
		parts[n].fini(lop);
}

static int
parts_init(struct lop *lop)
{
	for (unsigned int i = 0; i < RTE_DIM(parts); i++) {
		int ret = parts[i].init(lop);

		if (ret != 0) {
			parts_fini(lop, i);
			return ret;
		}
	}
	return 0;
}

void
lop_watched_update(struct lop *lop)
{
	bool watched = lop->lo == NULL || !lop_if_is_up(lop->lo) || lop->short_circuit ||
			lop_load(lop->hooks.taps) != NULL || lop_load(lop->trace) != NULL ||
			lop_load(lop->hooks.send_check) != NULL ||
			lop_load(lop->udp->nb_raw) != 0 || lop_load(lop->nb_stamping) != 0;

	for (unsigned int i = 0; i < LOP_HOOK_POINTS; i++)
		watched |= lop_load(lop->hooks.point[i]) != NULL;
	lop_publish(lop->watched, watched);
}

static int
lop_init(struct lop *lop, const struct lop_conf *conf)
{
	int ret = name_set(lop, conf->name);

	if (ret != 0)
		return ret;
	fill(lop, conf);
	pthread_mutex_init(&lop->lock, NULL);
	ret = meta_register();
	if (ret != 0)
		return ret;
	ret = qsbr_create(lop);
	if (ret != 0)
		return ret;
	ret = pool_create(lop, conf);
	if (ret != 0)
		goto fail_qsbr;
	ret = parts_init(lop);
	if (ret != 0)
		goto fail_pool;
	lop_watched_update(lop);
	return 0;

fail_pool:
	rte_mempool_free(lop->pool);
fail_qsbr:
	rte_free(lop->qsbr);
	return ret;
}

struct lop *
lop_create(const struct lop_conf *conf)
{
	static const struct lop_conf defaults;
	struct lop *lop;
	int ret;

	if (conf == NULL)
		conf = &defaults;
	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		rte_errno = E_RTE_SECONDARY;
		return NULL;
	}
	ret = conf_check(conf);
	if (ret != 0) {
		rte_errno = -ret;
		return NULL;
	}
	lop = rte_zmalloc("lop", sizeof(*lop), RTE_CACHE_LINE_SIZE);
	if (lop == NULL) {
		rte_errno = ENOMEM;
		return NULL;
	}

	pthread_mutex_lock(&instances_lock);
	ret = lop_init(lop, conf);
	if (ret == 0) {
		lop->next = instances;
		instances = lop;
	}
	pthread_mutex_unlock(&instances_lock);

	if (ret != 0) {
		LOP_LOG(ERR, "%s: %s", lop->name, rte_strerror(-ret));
		rte_free(lop);
		rte_errno = -ret;
		return NULL;
	}
	return lop;
}

static void
unlink_instance(struct lop *lop)
{
	struct lop **at = &instances;

	while (*at != lop)
		at = &(*at)->next;
	*at = lop->next;
}

int
lop_destroy(struct lop *lop)
{
	int ret;

	pthread_mutex_lock(&instances_lock);
	ret = lop_workers_end(lop);
	if (ret == 0) {
		unlink_instance(lop);
		lop_socks_close_all(lop);
		lop_hooks_fini(lop);
		lop_trace_fini(lop);
		parts_fini(lop, RTE_DIM(parts));
		lop_workers_free(lop);
		rte_mempool_free(lop->pool);
		rte_free(lop->qsbr);
		pthread_mutex_destroy(&lop->lock);
		rte_free(lop);
	}
	pthread_mutex_unlock(&instances_lock);
	return ret;
}
