/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_NUMBER_FX_H
#define LOP_NUMBER_FX_H

/* Datagrams that are known by a number: what they carry follows from it. */

#include <rte_ip.h>
#include <rte_udp.h>

#include "send_fx.h"

#define NF_BYTES_MAX 4096

static inline void
nf_fill(uint8_t *to, uint32_t bytes, uint32_t number)
{
	for (uint32_t i = 0; i < bytes; i++)
		to[i] = number + (number >> 8) * 5 + i * 7;
}

static inline void
nf_assert(const uint8_t *data, uint32_t bytes, uint32_t number)
{
	uint8_t want[NF_BYTES_MAX];

	assert_true(bytes <= sizeof(want));
	nf_fill(want, bytes, number);
	assert_memory_equal(data, want, bytes);
}

/* A payload in an mbuf of the instance. */
static inline struct rte_mbuf *
nf_mbuf(struct lop *lop, uint32_t bytes, uint32_t number)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(lop_mempool(lop));

	assert_non_null(m);
	nf_fill((uint8_t *)rte_pktmbuf_append(m, bytes), bytes, number);
	return m;
}

/* Numbers from first on, as one burst, all of one length: all are accepted. */
static inline void
nf_burst(struct lop *lop, int fd, const struct sockaddr_in *to, uint32_t first, uint16_t n,
		uint32_t bytes)
{
	struct rte_mbuf *pkts[256];

	assert_true(n <= RTE_DIM(pkts));
	for (uint16_t i = 0; i < n; i++)
		pkts[i] = nf_mbuf(lop, bytes, first + i);
	assert_int_equal(lop_udp_send_burst(fd, to, pkts, n), n);
}

/* What is received next, by bursts of any size: these numbers and nothing else. */
static inline void
nf_assert_received(int fd, uint32_t first, uint16_t n, uint32_t bytes)
{
	struct rte_mbuf *pkts[256];

	assert_true(n < RTE_DIM(pkts));
	assert_int_equal(lop_udp_recv_burst(fd, pkts, n + 1), n);
	for (uint16_t i = 0; i < n; i++) {
		assert_int_equal(pkts[i]->pkt_len, bytes);
		nf_assert(rte_pktmbuf_mtod(pkts[i], uint8_t *), bytes, first + i);
		rte_pktmbuf_free(pkts[i]);
	}
}

/* Headers that still stand in front of a received payload. */
static inline const struct rte_udp_hdr *
nf_udp(const struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod_offset(
			m, const struct rte_udp_hdr *, -(int)sizeof(struct rte_udp_hdr));
}

static inline const struct rte_ipv4_hdr *
nf_ip(const struct rte_mbuf *m)
{
	return (const struct rte_ipv4_hdr *)(const void *)nf_udp(m) - 1;
}

#endif
