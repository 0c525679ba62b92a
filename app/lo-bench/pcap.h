/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_PCAP_H
#define LOB_PCAP_H

#include "run.h"

/* Mbufs that a full burst of the longest frames takes. */
#define LOB_PCAP_MBUFS (LOB_BURST_MAX * (65549 / RTE_MBUF_DEFAULT_DATAROOM + 1))

/**
 * Read a capture of Ethernet frames into memory.
 *
 * Needs no EAL. lob_pcap_run() releases it.
 *
 * @return
 *   0, or -EINVAL after one line on stderr.
 */
int lob_pcap_load(const char *path);

/**
 * Send the loaded frames round through net_lo, once for each burst size and
 * round, and compare what comes back, byte for byte and in order.
 *
 * @return
 *   0, or -errno after one line on stderr: something differed or was lost.
 */
int lob_pcap_run(struct lob_bench *b);

#endif /* LOB_PCAP_H */
