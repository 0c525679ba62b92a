/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Payloads between the caller's buffers and mbufs.
 */

#include <errno.h>

#include "copy.h"

bool
lop_iov_faulty(const struct lop_iov *iov, size_t bytes)
{
	size_t off = iov->off;

	for (size_t i = 0; i < iov->n && bytes > 0; i++) {
		const size_t part = RTE_MIN(bytes, iov->at[i].iov_len - off);

		if (part > 0 && iov->at[i].iov_base == NULL)
			return true;
		bytes -= part;
		off = 0;
	}
	return false;
}

/* The next piece that is in one place, at most max bytes; the buffer has at least one more byte. */
static uint8_t *
next_piece(struct lop_iov *iov, size_t max, size_t *bytes)
{
	uint8_t *piece;

	while (iov->off == iov->at->iov_len) {
		iov->at++;
		iov->n--;
		iov->off = 0;
	}
	piece = (uint8_t *)iov->at->iov_base + iov->off;
	*bytes = RTE_MIN(max, iov->at->iov_len - iov->off);
	iov->off += *bytes;
	return piece;
}

int
lop_copy_in(struct rte_mempool *pool, struct rte_mbuf *m, struct lop_iov *from, uint32_t bytes)
{
	struct rte_mbuf *last = rte_pktmbuf_lastseg(m);

	while (bytes > 0) {
		size_t room = rte_pktmbuf_tailroom(last);
		size_t piece_bytes;
		const uint8_t *piece;

		if (room == 0) {
			last->next = rte_pktmbuf_alloc(pool);
			if (last->next == NULL)
				return -ENOBUFS;
			last = last->next;
			m->nb_segs++;
			continue;
		}
		piece = next_piece(from, RTE_MIN(room, bytes), &piece_bytes);
		rte_memcpy(rte_pktmbuf_mtod_offset(last, uint8_t *, last->data_len), piece,
				piece_bytes);
		last->data_len += piece_bytes;
		m->pkt_len += piece_bytes;
		bytes -= piece_bytes;
	}
	return 0;
}

void
lop_copy_out(const struct rte_mbuf *m, uint32_t off, uint32_t bytes, struct lop_iov *to)
{
	while (off >= m->data_len && m->next != NULL) {
		off -= m->data_len;
		m = m->next;
	}
	while (bytes > 0 && m != NULL) {
		size_t piece_bytes;
		uint8_t *piece;

		if (off == m->data_len) {
			m = m->next;
			off = 0;
			continue;
		}
		piece = next_piece(to, RTE_MIN(bytes, m->data_len - off), &piece_bytes);
		rte_memcpy(piece, rte_pktmbuf_mtod_offset(m, const uint8_t *, off), piece_bytes);
		off += piece_bytes;
		bytes -= piece_bytes;
	}
}

void
lop_shorten(struct rte_mbuf *m, uint32_t bytes)
{
	/* cannot fail within the packet; over segments, one by one */
	while (m->pkt_len > bytes) {
		struct rte_mbuf *last = rte_pktmbuf_lastseg(m);
		const uint32_t over = m->pkt_len - bytes;
		struct rte_mbuf *before = m;

		if (last == m || last->data_len > over) {
			rte_pktmbuf_trim(m, over);
			continue;
		}
		while (before->next != last)
			before = before->next;
		m->pkt_len -= last->data_len;
		m->nb_segs--;
		before->next = NULL;
		rte_pktmbuf_free_seg(last);
	}
}
