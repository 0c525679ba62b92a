/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_CSUM_H
#define LOP_DP_CSUM_H

/*
 * Internet checksums in software, over packets of any number of segments.
 */

#include <rte_ip.h>
#include <rte_mbuf.h>

/*
 * The sum of a packet's bytes from off to its end, folded to 16 bits, not complemented. Segments
 * may begin at odd bytes, where rte_raw_cksum_mbuf() loses carries.
 */
static inline uint16_t
lop_csum_sum(const struct rte_mbuf *m, uint32_t off)
{
	uint32_t sum = 0;
	bool odd = false;

	while (m != NULL && off >= m->data_len) {
		off -= m->data_len;
		m = m->next;
	}
	for (; m != NULL; m = m->next) {
		const uint32_t bytes = m->data_len - off;
		uint16_t part = rte_raw_cksum(rte_pktmbuf_mtod_offset(m, const void *, off), bytes);

		sum += odd ? rte_bswap16(part) : part;
		odd ^= (bytes & 1) != 0;
		off = 0;
	}
	while (sum >> 16 != 0)
		sum = (sum & UINT16_MAX) + (sum >> 16);
	return sum;
}

/* The checksum of an ICMP message, whose field is 0 now. */
static inline uint16_t
lop_csum_icmp(const struct rte_mbuf *m, uint32_t off)
{
	return ~lop_csum_sum(m, off);
}

/*
 * Finish a UDP checksum that holds the pseudo header's sum (contract UDPH-01, UDPH-02). off is the
 * UDP header's, which lies in the first segment.
 */
static inline void
lop_csum_finish_udp(struct rte_mbuf *m, uint32_t off)
{
	uint16_t csum = ~lop_csum_sum(m, off);

	if (csum == 0)
		csum = UINT16_MAX;
	memcpy(rte_pktmbuf_mtod_offset(m, uint8_t *, off + 6), &csum, sizeof(csum));
}

#endif
