/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_COPY_H
#define LOP_DP_COPY_H

/*
 * Payloads between the caller's buffers and mbufs.
 */

#include <sys/uio.h>

#include <rte_mbuf.h>
#include <rte_memcpy.h>

/* A scattered buffer, and where its next byte is. */
struct lop_iov {
	const struct iovec *at;
	size_t n;   /* elements left, the current one counted */
	size_t off; /* in the current one */
};

/* Bytes of payload that one mbuf of the instance's pool takes. */
#define LOP_SEGMENT_BYTES 2048

/* Whether one of the elements that the first `bytes` bytes lie in is NULL. */
bool lop_iov_faulty(const struct lop_iov *iov, size_t bytes);

/*
 * Put the next `bytes` bytes of `from` behind the data of m, in its tailroom first, then in more
 * segments. -ENOBUFS: no mbufs, m has then grown by a part of them.
 */
int lop_copy_in(struct rte_mempool *pool, struct rte_mbuf *m, struct lop_iov *from, uint32_t bytes);

/* Copy `bytes` bytes of m's data from `off` on to the next bytes of `to`. */
void lop_copy_out(const struct rte_mbuf *m, uint32_t off, uint32_t bytes, struct lop_iov *to);

/* Take off what is behind the first `bytes` bytes, which are there. */
void lop_shorten(struct rte_mbuf *m, uint32_t bytes);

/* As its pool wants it back: of this pool, nobody else's, in one segment, with its own buffer. */
static __rte_always_inline bool
lop_is_raw(const struct rte_mbuf *m, const struct rte_mempool *pool)
{
	return m->pool == pool && rte_mbuf_refcnt_read(m) == 1 && m->nb_segs == 1 &&
			m->next == NULL && RTE_MBUF_DIRECT(m);
}

/* A payload in one piece into an empty mbuf. */
static __rte_always_inline void
lop_copy_in_one(struct rte_mbuf *m, const void *from, uint16_t bytes)
{
	m->data_len = bytes;
	m->pkt_len = bytes;
	rte_memcpy(rte_pktmbuf_mtod(m, void *), from, bytes);
}

#endif
