/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Memory for the designs, and rounds on one core.
 */

#include <errno.h>
#include <sys/mman.h>

#include <rte_cycles.h>

#include "bench.h"
#include "packet.h"

#define FRAME_BYTES 64
#define HUGE_PAGE_BYTES (2 << 20)

static void
mbuf_init(struct rte_mbuf *m)
{
	memset(m, 0, sizeof(*m));
	m->buf_addr = &m[1];
	m->data_off = RTE_PKTMBUF_HEADROOM;
	m->refcnt = 1;
	m->nb_segs = 1;
	m->pkt_len = FRAME_BYTES;
	m->data_len = FRAME_BYTES;
}

int
lod_bench_init(struct lod_bench *b, const struct lod_case *c)
{
	const uint32_t n = c->cross ? c->slots : c->in_flight;
	const size_t table = RTE_ALIGN_CEIL(2 * n * sizeof(b->mbufs[0]), LOD_ALIGN_BYTES);
	const size_t loop = RTE_ALIGN_CEIL(sizeof(*b->loop), LOD_ALIGN_BYTES);
	char *at;

	b->c = *c;
	if (sched_getaffinity(0, sizeof(b->cpus), &b->cpus) != 0)
		return -errno;
	b->nb_mbufs = n;
	b->memory_bytes = RTE_ALIGN_CEIL(
			loop + table + (size_t)n * c->stride_bytes + RTE_CACHE_LINE_SIZE,
			HUGE_PAGE_BYTES);
	b->memory = mmap(NULL, b->memory_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);
	if (b->memory == MAP_FAILED)
		return -errno;
	/* a wish; small pages measure as well, only slower */
	(void)madvise(b->memory, b->memory_bytes, MADV_HUGEPAGE);

	at = b->memory;
	b->loop = (struct lod_loop *)at;
	b->mbufs = (struct rte_mbuf **)(at + loop);
	/* an mbuf of a mempool stands behind a header of one line */
	at += loop + table + RTE_CACHE_LINE_SIZE;
	for (uint32_t i = 0; i < n; i++) {
		b->mbufs[i] = (struct rte_mbuf *)(at + (size_t)i * c->stride_bytes);
		b->mbufs[n + i] = b->mbufs[i];
		mbuf_init(b->mbufs[i]);
	}
	return 0;
}

void
lod_bench_fini(struct lod_bench *b)
{
	munmap(b->memory, b->memory_bytes);
}

static __rte_always_inline uint64_t
go_round(struct lod_bench *b, const struct lod_design *design, const bool rewrite)
{
	const lod_burst_t tx = design->tx, rx = design->rx;
	void *txq = b->loop->txq, *rxq = b->loop->rxq;
	const uint16_t burst = b->c.burst;
	struct rte_mbuf *pkts[LOD_BURST_MAX];
	uint64_t packets = 0;

	for (uint32_t i = 0; i < b->c.bursts; i++) {
		uint16_t n = rx(rxq, pkts, burst);

		for (uint16_t k = 0; k < n && rewrite; k++)
			lob_header_rewrite(pkts[k]);
		packets += tx(txq, pkts, n);
	}
	return packets;
}

double
lod_round(struct lod_bench *b, const struct lod_design *design)
{
	uint64_t start, packets, tsc;

	design->family->setup(b->loop, design, b->c.slots);
	for (uint32_t i = 0; i < b->c.in_flight; i += b->c.burst) {
		uint16_t n = RTE_MIN(b->c.burst, b->c.in_flight - i);

		if (design->tx(b->loop->txq, &b->mbufs[i], n) != n)
			return -1;
	}

	start = rte_rdtsc();
	packets = b->c.rewrite ? go_round(b, design, true) : go_round(b, design, false);
	tsc = rte_rdtsc() - start;
	return packets == (uint64_t)b->c.bursts * b->c.burst ? (double)tsc / packets : -1;
}
