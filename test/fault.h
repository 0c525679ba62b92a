/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef FAULT_H
#define FAULT_H

/*
 * Memory that is not there: an allocation of the calling thread fails, of DPDK's heap, its memory
 * zones, libc's heap or a pool of mbufs, whoever asks, DPDK's own libraries too.
 */

#include <stdbool.h>

#include <rte_mempool.h>

/**
 * From now on count the allocations of this thread, and let the n-th fail; with all also every one
 * behind it. n = 0: count only.
 */
void lo_fault_arm(unsigned int n, bool all);

/** Allocations since lo_fault_arm(); none fails any more. */
unsigned int lo_fault_disarm(void);

/** Blocks of DPDK's heap and memory zones that are there now, of all threads. */
long lo_fault_live(void);

/** Count the mbufs of a pool too, one by one. Before anybody takes one. */
void lo_fault_pool(struct rte_mempool *mp);

/* For those who stand in for an allocator: does this one fail? And: so many blocks more. */
bool lo_fault_hits(void);
void lo_fault_blocks(long more);

#endif
