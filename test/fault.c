/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * The functions below have the names of DPDK's, and as the program's own they come first, for its
 * libraries too. What they do is DPDK's, unless it is an allocation's turn to fail. Of libc's heap
 * the linker hands over the calls of the code under test (--wrap).
 */

#include <dlfcn.h>
#include <stdlib.h>

#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_memzone.h>

#include "fault.h"

static __thread struct {
	bool armed, all;
	unsigned int seen, n;
	unsigned int depth; /* an allocator that calls another one counts once */
} fault;

static long live;

void
lo_fault_arm(unsigned int n, bool all)
{
	fault.seen = 0;
	fault.n = n;
	fault.all = all;
	fault.armed = true;
}

unsigned int
lo_fault_disarm(void)
{
	fault.armed = false;
	return fault.seen;
}

bool
lo_fault_hits(void)
{
	if (!fault.armed || fault.depth != 0)
		return false;
	fault.seen++;
	return fault.n != 0 && (fault.seen == fault.n || (fault.all && fault.seen > fault.n));
}

void
lo_fault_blocks(long more)
{
	if (fault.depth == 0)
		__atomic_fetch_add(&live, more, __ATOMIC_RELAXED);
}

long
lo_fault_live(void)
{
	return __atomic_load_n(&live, __ATOMIC_RELAXED);
}

static void *
next(const char *name, void **cache)
{
	if (*cache == NULL)
		*cache = dlsym(RTLD_NEXT, name);
	if (*cache == NULL)
		abort();
	return *cache;
}

/* NOLINTBEGIN(bugprone-macro-parentheses): types and arguments bring their own */
/* Call what a function of this name is elsewhere: returns a pointer that counts as a block. */
#define ALLOCATE(name, old, types, args)                                 \
	do {                                                             \
		static void *cache;                                      \
		void *(*real)types = (void *(*)types)next(name, &cache); \
		void *block;                                             \
                                                                         \
		if (lo_fault_hits()) {                                   \
			rte_errno = ENOMEM;                              \
			return NULL;                                     \
		}                                                        \
		fault.depth++;                                           \
		block = real args;                                       \
		fault.depth--;                                           \
		if (block != NULL && (old) == NULL)                      \
			lo_fault_blocks(1);                              \
		return block;                                            \
	} while (0)
/* NOLINTEND(bugprone-macro-parentheses) */

void *
rte_malloc(const char *type, size_t size, unsigned int align)
{
	ALLOCATE("rte_malloc", NULL, (const char *, size_t, unsigned int), (type, size, align));
}

void *
rte_zmalloc(const char *type, size_t size, unsigned int align)
{
	ALLOCATE("rte_zmalloc", NULL, (const char *, size_t, unsigned int), (type, size, align));
}

void *
rte_calloc(const char *type, size_t num, size_t size, unsigned int align)
{
	ALLOCATE("rte_calloc", NULL, (const char *, size_t, size_t, unsigned int),
			(type, num, size, align));
}

void *
rte_realloc(void *ptr, size_t size, unsigned int align)
{
	ALLOCATE("rte_realloc", ptr, (void *, size_t, unsigned int), (ptr, size, align));
}

void *
rte_malloc_socket(const char *type, size_t size, unsigned int align, int socket)
{
	ALLOCATE("rte_malloc_socket", NULL, (const char *, size_t, unsigned int, int),
			(type, size, align, socket));
}

void *
rte_zmalloc_socket(const char *type, size_t size, unsigned int align, int socket)
{
	ALLOCATE("rte_zmalloc_socket", NULL, (const char *, size_t, unsigned int, int),
			(type, size, align, socket));
}

void *
rte_calloc_socket(const char *type, size_t num, size_t size, unsigned int align, int socket)
{
	ALLOCATE("rte_calloc_socket", NULL, (const char *, size_t, size_t, unsigned int, int),
			(type, num, size, align, socket));
}

const struct rte_memzone *
rte_memzone_reserve(const char *name, size_t len, int socket, unsigned int flags)
{
	ALLOCATE("rte_memzone_reserve", NULL, (const char *, size_t, int, unsigned int),
			(name, len, socket, flags));
}

const struct rte_memzone *
rte_memzone_reserve_aligned(
		const char *name, size_t len, int socket, unsigned int flags, unsigned int align)
{
	ALLOCATE("rte_memzone_reserve_aligned", NULL,
			(const char *, size_t, int, unsigned int, unsigned int),
			(name, len, socket, flags, align));
}

void
rte_free(void *ptr)
{
	static void *cache;
	void (*real)(void *) = (void (*)(void *))next("rte_free", &cache);

	if (ptr != NULL)
		lo_fault_blocks(-1);
	fault.depth++;
	real(ptr);
	fault.depth--;
}

int
rte_memzone_free(const struct rte_memzone *mz)
{
	static void *cache;
	int (*real)(const struct rte_memzone *) = (int (*)(const struct rte_memzone *))next(
			"rte_memzone_free", &cache);
	int ret;

	fault.depth++;
	ret = real(mz);
	fault.depth--;
	if (ret == 0)
		lo_fault_blocks(-1);
	return ret;
}

/* NOLINTBEGIN(bugprone-reserved-identifier): the linker's names */
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *ptr, size_t size);
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *ptr, size_t size);
/* NOLINTEND(bugprone-reserved-identifier) */

void *
__wrap_malloc(size_t size)
{
	return lo_fault_hits() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return lo_fault_hits() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *ptr, size_t size)
{
	return lo_fault_hits() ? NULL : __real_realloc(ptr, size);
}

/* Of the pool's own kind; the same for all pools of the process. */
static int32_t real_ops;

static struct rte_mempool_ops *
ops_of(void)
{
	return rte_mempool_get_ops(real_ops);
}

static int
faulty_alloc(struct rte_mempool *mp)
{
	return ops_of()->alloc(mp);
}

static void
faulty_free(struct rte_mempool *mp)
{
	if (ops_of()->free != NULL)
		ops_of()->free(mp);
}

static int
faulty_enqueue(struct rte_mempool *mp, void *const *objs, unsigned int n)
{
	return ops_of()->enqueue(mp, objs, n);
}

static int
faulty_dequeue(struct rte_mempool *mp, void **objs, unsigned int n)
{
	if (lo_fault_hits())
		return -ENOBUFS;
	return ops_of()->dequeue(mp, objs, n);
}

static unsigned int
faulty_count(const struct rte_mempool *mp)
{
	return ops_of()->get_count(mp);
}

static const struct rte_mempool_ops faulty_ops = {
	.name = "lo_test_faulty",
	.alloc = faulty_alloc,
	.free = faulty_free,
	.enqueue = faulty_enqueue,
	.dequeue = faulty_dequeue,
	.get_count = faulty_count,
};
RTE_MEMPOOL_REGISTER_OPS(faulty_ops);

void
lo_fault_pool(struct rte_mempool *mp)
{
	const int32_t before = mp->ops_index;

	rte_mempool_cache_flush(rte_mempool_default_cache(mp, rte_lcore_id()), mp);
	mp->cache_size = 0;
	for (unsigned int i = 0; i < rte_mempool_ops_table.num_ops; i++) {
		if (strcmp(rte_mempool_get_ops(i)->name, faulty_ops.name) == 0)
			mp->ops_index = i;
	}
	if (mp->ops_index != before)
		real_ops = before;
}
