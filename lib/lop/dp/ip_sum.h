/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_IP_SUM_H
#define LOP_DP_IP_SUM_H

/* The checksum of an IPv4 header. */

#include <stdbool.h>

#include <rte_common.h>
#include <rte_ip.h>

/* The sum of words in the order of memory, folded to 16 bits; not 0 unless all words are. */
static __rte_always_inline uint32_t
lop_sum_fold(uint64_t sum)
{
	sum = (sum & UINT32_MAX) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

/* The sum of a right header is 0xffff; it has 20 to 60 bytes. */
static __rte_always_inline bool
lop_ip_sum_is_right(const void *header, uint8_t bytes)
{
	const unaligned_uint32_t *word = header;
	uint64_t sum = (uint64_t)word[0] + word[1] + word[2] + word[3] + word[4];

	for (uint8_t i = sizeof(struct rte_ipv4_hdr) / 4; unlikely(i < bytes / 4); i++)
		sum += word[i];
	return lop_sum_fold(sum) == 0xffff;
}

#endif
