/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * What lets sanitizers see memory as the code under test does. DPDK's libraries are not built with
 * them, so its heap would hide a use after free, and a block or an mbuf that goes from one thread
 * to another through its locks would look like a race.
 *
 * The linker hands the calls of DPDK's heap in the code under test to the functions below
 * (--wrap), and --mbuf-pool-ops-name=lo_test_locked has pools use the ring at the end.
 */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_mempool.h>

#include "fault.h"

/* NOLINTBEGIN(bugprone-reserved-identifier): the linker's names, and the sanitizer's */
void *__wrap_rte_malloc(const char *type, size_t size, unsigned int align);
void *__wrap_rte_zmalloc(const char *type, size_t size, unsigned int align);
void *__wrap_rte_zmalloc_socket(const char *type, size_t size, unsigned int align, int socket);
void *__wrap_rte_realloc(void *ptr, size_t size, unsigned int align);
void __wrap_rte_free(void *ptr);
const char *__tsan_default_suppressions(void);
/* NOLINTEND(bugprone-reserved-identifier) */

/* Blocks have their size in front, at the distance of their alignment. */
struct block {
	void *start;
	size_t size;
};

static struct block *
block_of(void *ptr)
{
	return (struct block *)ptr - 1;
}

void *
__wrap_rte_malloc(const char *type, size_t size, unsigned int align)
{
	const size_t front = RTE_MAX((size_t)align, (size_t)RTE_CACHE_LINE_SIZE);
	char *start;

	RTE_SET_USED(type);
	if (lo_fault_hits() || size == 0 ||
			posix_memalign((void **)&start, front, front + size) != 0)
		return NULL;
	lo_fault_blocks(1);
	*block_of(start + front) = (struct block){ .start = start, .size = size };
	return start + front;
}

void *
__wrap_rte_zmalloc(const char *type, size_t size, unsigned int align)
{
	void *ptr = __wrap_rte_malloc(type, size, align);

	if (ptr != NULL)
		memset(ptr, 0, size);
	return ptr;
}

void *
__wrap_rte_zmalloc_socket(const char *type, size_t size, unsigned int align, int socket)
{
	RTE_SET_USED(socket);
	return __wrap_rte_zmalloc(type, size, align);
}

void
__wrap_rte_free(void *ptr)
{
	if (ptr == NULL)
		return;
	lo_fault_blocks(-1);
	free(block_of(ptr)->start);
}

void *
__wrap_rte_realloc(void *ptr, size_t size, unsigned int align)
{
	void *new;

	if (ptr == NULL)
		return __wrap_rte_malloc(NULL, size, align);
	new = size != 0 ? __wrap_rte_malloc(NULL, size, align) : NULL;
	if (new != NULL)
		memcpy(new, ptr, RTE_MIN(size, block_of(ptr)->size));
	if (new != NULL || size == 0)
		__wrap_rte_free(ptr);
	return new;
}

/* A pool's objects, last in first out. */
struct stack {
	pthread_mutex_t lock;
	unsigned int n;
	void *objs[];
};

static int
stack_alloc(struct rte_mempool *mp)
{
	struct stack *s = calloc(1, sizeof(*s) + mp->size * sizeof(s->objs[0]));

	if (s == NULL)
		return -ENOMEM;
	pthread_mutex_init(&s->lock, NULL);
	mp->pool_data = s;
	return 0;
}

static void
stack_free(struct rte_mempool *mp)
{
	struct stack *s = mp->pool_data;

	pthread_mutex_destroy(&s->lock);
	free(s);
}

static int
stack_enqueue(struct rte_mempool *mp, void *const *objs, unsigned int n)
{
	struct stack *s = mp->pool_data;

	pthread_mutex_lock(&s->lock);
	memcpy(&s->objs[s->n], objs, n * sizeof(objs[0]));
	s->n += n;
	pthread_mutex_unlock(&s->lock);
	return 0;
}

static int
stack_dequeue(struct rte_mempool *mp, void **objs, unsigned int n)
{
	struct stack *s = mp->pool_data;
	int ret = -ENOBUFS;

	pthread_mutex_lock(&s->lock);
	if (s->n >= n) {
		s->n -= n;
		memcpy(objs, &s->objs[s->n], n * sizeof(objs[0]));
		ret = 0;
	}
	pthread_mutex_unlock(&s->lock);
	return ret;
}

static unsigned int
stack_count(const struct rte_mempool *mp)
{
	struct stack *s = mp->pool_data;
	unsigned int n;

	pthread_mutex_lock(&s->lock);
	n = s->n;
	pthread_mutex_unlock(&s->lock);
	return n;
}

static const struct rte_mempool_ops stack_ops = {
	.name = "lo_test_locked",
	.alloc = stack_alloc,
	.free = stack_free,
	.enqueue = stack_enqueue,
	.dequeue = stack_dequeue,
	.get_count = stack_count,
};
RTE_MEMPOOL_REGISTER_OPS(stack_ops);

/*
 * Races that are meant: a writer under a sequence number, whose readers throw away what they read
 * meanwhile; and a link address, which those who look at it while it changes may find half changed,
 * as in Linux.
 */
const char *
__tsan_default_suppressions(void)
{
	/* both sides: what the writer's stack was may be forgotten by then */
	return "race:lop_neigh_lladdr_set\n"
	       "race:lop_neigh_header\n"
	       "race:lop_if_set_mac\n";
}
