/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOD_DESIGNS_H
#define LOD_DESIGNS_H

/*
 * Designs of the ring behind a receive queue: the driver's and those that lost to it, each a pair
 * of bursts with the signature of a driver's. doc/adr/ tells which numbers decided.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_mbuf.h>

#define LOD_BURST_MAX 256
#define LOD_SLOTS_MAX 4096
/* As the driver: adjacent lines are fetched together. */
#define LOD_ALIGN_BYTES 128
/* MTU 1500 and the Ethernet header. */
#define LOD_FRAME_MAX_BYTES 1514

struct lod_loop;
struct lod_design;

typedef uint16_t (*lod_burst_t)(void *queue, struct rte_mbuf **pkts, uint16_t n);

/* What designs on the same kind of ring have in common. */
struct lod_family {
	/* Empty the loop's ring and give it so many slots. */
	void (*setup)(struct lod_loop *loop, const struct lod_design *design, uint32_t slots);
	/* The bytes that each side has counted. */
	void (*counted)(const struct lod_loop *loop, uint64_t *tx_bytes, uint64_t *rx_bytes);
};

struct lod_design {
	const char *name;
	const char *what;
	const struct lod_family *family;
	lod_burst_t tx;
	lod_burst_t rx;
	unsigned int ring_flags; /* of an rte_ring */
	bool checks;             /* hands back a burst with a packet that must not cross */
	bool counts;             /* counts bytes on both sides */
	bool avx2;               /* runs only where the CPU has it */
	bool shared;             /* by several producers */
};

/* Ends with a design without a name. The first one is what the others are compared with. */
extern const struct lod_design lod_designs[];

bool lod_design_runs_here(const struct lod_design *design);

/* The families' files. */
extern const struct lod_family lod_rte, lod_index, lod_driver;

#define LOD_BURST(name) uint16_t name(void *queue, struct rte_mbuf **pkts, uint16_t n)

LOD_BURST(lod_net_ring_tx);
LOD_BURST(lod_net_ring_rx);
LOD_BURST(lod_net_ring_port_rx);
LOD_BURST(lod_zero_copy_tx);
LOD_BURST(lod_zero_copy_rx);

LOD_BURST(lod_scalar_tx);
LOD_BURST(lod_scalar_rx);

#ifdef RTE_ARCH_X86
LOD_BURST(lod_zero_copy_avx2_tx);
LOD_BURST(lod_zero_copy_avx2_rx);
LOD_BURST(lod_copy_tx);
LOD_BURST(lod_copy_rx);
LOD_BURST(lod_look_tx);
LOD_BURST(lod_marks_tx);
LOD_BURST(lod_marks_rx);
LOD_BURST(lod_slots_tx);
LOD_BURST(lod_slots_rx);
LOD_BURST(lod_slots_only_rx);
LOD_BURST(lod_total_tx);
LOD_BURST(lod_sum_rx);
LOD_BURST(lod_blocks_tx);
LOD_BURST(lod_blocks_rx);
LOD_BURST(lod_uncached_tx);
LOD_BURST(lod_uncached_rx);
LOD_BURST(lod_two_passes_tx);
LOD_BURST(lod_max_tx);
LOD_BURST(lod_look16_tx);
#endif

#endif
