/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * All designs, in the order of the table that lo-designs prints.
 */

#include <rte_cpuflags.h>
#include <rte_ring.h>

#include "designs.h"
#include "lo.h"
#include "lo_rxtx.h"

#define SPSC (RING_F_SP_ENQ | RING_F_SC_DEQ)

/* clang-format off: a table */
const struct lod_design lod_designs[] = {
	{ "net_ring", "rte_ring, as net_ring 22.11", &lod_rte, lod_net_ring_tx, lod_net_ring_rx,
			.ring_flags = SPSC },
	{ "net_ring-port", "rte_ring, as net_ring 24.07 and later: writes mbuf->port", &lod_rte,
			lod_net_ring_tx, lod_net_ring_port_rx, .ring_flags = SPSC },
	{ "zero-copy", "rte_ring filled in place, scalar", &lod_rte, lod_zero_copy_tx,
			lod_zero_copy_rx, .ring_flags = SPSC, .checks = true, .counts = true },
	{ "scalar", "index ring, one pass, scalar", &lod_index, lod_scalar_tx, lod_scalar_rx,
			.checks = true, .counts = true },
#ifdef RTE_ARCH_X86
	{ "zero-copy-avx2", "rte_ring filled in place, AVX2", &lod_rte, lod_zero_copy_avx2_tx,
			lod_zero_copy_avx2_rx, .ring_flags = SPSC, .checks = true, .counts = true,
			.avx2 = true },
	{ "copy", "index ring, AVX2, copies pointers and no more", &lod_index, lod_copy_tx,
			lod_copy_rx, .avx2 = true },
	{ "look", "... and checks, no byte counts", &lod_index, lod_look_tx, lod_copy_rx,
			.checks = true, .avx2 = true },
	{ "marks", "... and a count behind each burst: the driver's design", &lod_index,
			lod_marks_tx, lod_marks_rx, .checks = true, .counts = true, .avx2 = true },
	{ "slots", "a count in every slot", &lod_index, lod_slots_tx, lod_slots_rx, .checks = true,
			.counts = true, .avx2 = true },
	{ "slots-only", "a count in every slot, consumer never asks the tail for bytes", &lod_index,
			lod_slots_tx, lod_slots_only_rx, .checks = true, .counts = true,
			.avx2 = true },
	{ "blocks", "a count per 32 slots, consumer adds the rest", &lod_index, lod_blocks_tx,
			lod_blocks_rx, .checks = true, .counts = true, .avx2 = true },
	{ "sum", "no counts in slots, consumer adds pkt_len", &lod_index, lod_total_tx, lod_sum_rx,
			.checks = true, .counts = true, .avx2 = true },
	{ "uncached", "marks, the peer's index read every burst", &lod_index, lod_uncached_tx,
			lod_uncached_rx, .checks = true, .counts = true, .avx2 = true },
	{ "two-passes", "marks, look at all, then copy", &lod_index, lod_two_passes_tx,
			lod_marks_rx, .checks = true, .counts = true, .avx2 = true },
	{ "max", "marks, the longest length instead of their OR", &lod_index, lod_max_tx,
			lod_marks_rx, .checks = true, .counts = true, .avx2 = true },
	{ "look16", "marks, 16-byte loads and the length by itself", &lod_index, lod_look16_tx,
			lod_marks_rx, .checks = true, .counts = true, .avx2 = true },
#endif
	{ "driver-scalar", "net_lo's bursts without vectors", &lod_driver, lo_tx_one_base,
			lo_rx_one_base, .checks = true, .counts = true },
#ifdef RTE_ARCH_X86
	{ "driver", "net_lo's bursts", &lod_driver, lo_tx_one_avx2, lo_rx_one_avx2, .checks = true,
			.counts = true, .avx2 = true },
#endif
	{ "ring-mp", "rte_ring, several producers", &lod_rte, lod_net_ring_tx, lod_net_ring_rx,
			.ring_flags = RING_F_SC_DEQ, .shared = true },
	{ "ring-mp-rts", "rte_ring, several producers, relaxed tail sync", &lod_rte,
			lod_net_ring_tx, lod_net_ring_rx,
			.ring_flags = RING_F_MP_RTS_ENQ | RING_F_SC_DEQ, .shared = true },
	{ "ring-mp-hts", "rte_ring, several producers, serialised", &lod_rte, lod_net_ring_tx,
			lod_net_ring_rx, .ring_flags = RING_F_MP_HTS_ENQ | RING_F_SC_DEQ,
			.shared = true },
	{ "driver-many", "net_lo's bursts for several producers", &lod_driver, lo_tx_queue_shared,
			lo_rx_many, .checks = true, .counts = true, .shared = true },
	{ .name = NULL },
};
/* clang-format on */

bool
lod_design_runs_here(const struct lod_design *design)
{
#ifdef RTE_ARCH_X86
	return !design->avx2 || rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX2) > 0;
#else
	return !design->avx2;
#endif
}
