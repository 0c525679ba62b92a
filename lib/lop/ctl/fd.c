/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Descriptors of the process: the lowest free number, as POSIX wants it.
 *
 * The tables have their full size from the start, in memory that the kernel gives page by page when
 * it is written: they never move, so readers need no lock and no grace period.
 */

#include <limits.h>

#include "sock.h"

#define WORD_BITS 64
#define WORDS (LOP_FDS_MAX / WORD_BITS)

struct lop_fd lop_fds[LOP_FDS_MAX];

/* A bit for each number in use; above, one for each word that is full. */
static uint64_t used[WORDS];
static uint64_t full[WORDS / WORD_BITS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int
lowest_free(void)
{
	for (unsigned int f = 0; f < RTE_DIM(full); f++) {
		unsigned int word;

		if (full[f] == UINT64_MAX)
			continue;
		word = f * WORD_BITS + __builtin_ctzll(~full[f]);
		return word * WORD_BITS + __builtin_ctzll(~used[word]);
	}
	return -EMFILE;
}

int
lop_fd_alloc(struct lop_sock *sk)
{
	int fd;

	pthread_mutex_lock(&lock);
	fd = lowest_free();
	if (fd >= 0) {
		const unsigned int word = fd / WORD_BITS;

		used[word] |= UINT64_C(1) << fd % WORD_BITS;
		if (used[word] == UINT64_MAX)
			full[word / WORD_BITS] |= UINT64_C(1) << word % WORD_BITS;
		sk->fd = fd;
		lop_store(lop_fds[fd].lop, sk->lop);
		lop_publish(lop_fds[fd].sock, sk);
	}
	pthread_mutex_unlock(&lock);
	return fd;
}

void
lop_fd_free(int fd)
{
	const unsigned int word = fd / WORD_BITS;

	pthread_mutex_lock(&lock);
	lop_store(lop_fds[fd].sock, NULL);
	lop_store(lop_fds[fd].lop, NULL);
	used[word] &= ~(UINT64_C(1) << fd % WORD_BITS);
	full[word / WORD_BITS] &= ~(UINT64_C(1) << word % WORD_BITS);
	pthread_mutex_unlock(&lock);
}

struct lop_sock *
lop_sock_of(int fd)
{
	struct lop_sock *sk = NULL;

	if (likely((unsigned int)fd < LOP_FDS_MAX))
		sk = lop_acquire(lop_fds[fd].sock);
	if (unlikely(sk == NULL))
		errno = EBADF;
	return sk;
}

/* This thread's worker of a descriptor's instance, or NULL with errno. */
static struct lop_worker *
worker_of(int fd)
{
	struct lop *lop = (unsigned int)fd < LOP_FDS_MAX ? lop_acquire(lop_fds[fd].lop) : NULL;
	struct lop_worker *w;

	if (lop == NULL) {
		errno = EBADF;
		return NULL;
	}
	w = lop_worker_of(lop);
	if (w == NULL)
		errno = ENXIO;
	return w;
}

/* The number may have gone to another instance since its owner was looked up. */
static struct lop_sock *
sock_of(int fd, const struct lop *lop)
{
	struct lop_sock *sk = lop_sock_of(fd);

	if (sk != NULL && lop_load(lop_fds[fd].lop) != lop) {
		errno = EBADF;
		return NULL;
	}
	return sk;
}

struct lop_sock *
lop_sock_enter_any(int fd, struct lop_worker **w)
{
	struct lop_sock *sk;

	*w = worker_of(fd);
	if (*w == NULL)
		return NULL;
	lop_enter(*w);
	sk = sock_of(fd, (*w)->lop);
	if (sk == NULL)
		lop_leave(*w);
	return sk;
}

struct lop_sock *
lop_sock_lock(int fd, struct lop_worker **w)
{
	struct lop_sock *sk;

	*w = worker_of(fd);
	if (*w == NULL)
		return NULL;
	if ((*w)->depth != 0)
		lop_offline(*w);
	pthread_mutex_lock(&(*w)->lop->lock);
	sk = sock_of(fd, (*w)->lop);
	if (sk == NULL)
		lop_sock_unlock(*w);
	return sk;
}

void
lop_sock_unlock(struct lop_worker *w)
{
	pthread_mutex_unlock(&w->lop->lock);
	if (w->depth != 0)
		lop_online(w);
}
