/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Which bursts a device gets: chosen when it starts, by its configuration and the CPU.
 */

#include <errno.h>
#include <stdio.h>

#include <rte_cpuflags.h>
#include <rte_vect.h>

#include "lo.h"
#include "lo_rxtx.h"

#ifdef RTE_ARCH_X86
static bool
lo_cpu_has_avx2(void)
{
	return rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX2) > 0 &&
			rte_vect_get_max_simd_bitwidth() >= RTE_VECT_SIMD_256;
}

static bool
lo_cpu_has_clmul(void)
{
	return rte_cpu_get_flag_enabled(RTE_CPUFLAG_PCLMULQDQ) > 0 && lo_cpu_has_avx2();
}
#endif

static eth_tx_burst_t
lo_tx_burst_of(const struct lo_dev *dev, bool shared)
{
	switch (dev->args.steer) {
	case LO_STEER_LCORE:
		return lo_tx_lcore;
	case LO_STEER_FLOW:
#ifdef RTE_ARCH_X86
		if (lo_cpu_has_clmul())
			return lo_tx_flow_clmul;
#endif
		return lo_tx_flow_base;
	default:
		if (shared)
			return lo_tx_queue_shared;
#ifdef RTE_ARCH_X86
		if (lo_cpu_has_avx2())
			return lo_tx_one_avx2;
#endif
		return lo_tx_one_base;
	}
}

static eth_rx_burst_t
lo_rx_burst_of(bool shared)
{
	if (shared)
		return lo_rx_many;
#ifdef RTE_ARCH_X86
	if (lo_cpu_has_avx2())
		return lo_rx_one_avx2;
#endif
	return lo_rx_one_base;
}

void
lo_bursts_select(struct rte_eth_dev *eth, bool shared)
{
	eth->tx_pkt_burst = lo_tx_burst_of(lo_dev_of(eth), shared);
	eth->rx_pkt_burst = lo_rx_burst_of(shared);
	eth->tx_pkt_prepare = lo_tx_prepare;
}

void
lo_bursts_select_any(struct rte_eth_dev *eth)
{
	eth->tx_pkt_burst = lo_tx_any;
	eth->rx_pkt_burst = lo_rx_any;
	eth->tx_pkt_prepare = lo_tx_prepare;
}

static const struct lo_burst_name {
	eth_tx_burst_t tx;
	eth_rx_burst_t rx;
	const char *text;
} lo_burst_names[] = {
	{ lo_tx_one_base, lo_rx_one_base, "Scalar, one producer" },
	{ lo_tx_queue_shared, lo_rx_many, "Scalar, several producers" },
	{ lo_tx_lcore, NULL, "Scalar, by lcore" },
	{ lo_tx_flow_base, NULL, "Scalar, by flow" },
	{ lo_tx_any, lo_rx_any, "Scalar, secondary process" },
#ifdef RTE_ARCH_X86
	{ lo_tx_one_avx2, lo_rx_one_avx2, "Vector AVX2, one producer" },
	{ lo_tx_flow_clmul, NULL, "Scalar, by flow, hash by PCLMULQDQ" },
#endif
};

int
lo_rx_burst_mode_get(struct rte_eth_dev *eth, uint16_t queue, struct rte_eth_burst_mode *mode)
{
	RTE_SET_USED(queue);
	for (unsigned int i = 0; i < RTE_DIM(lo_burst_names); i++) {
		if (lo_burst_names[i].rx != NULL && lo_burst_names[i].rx == eth->rx_pkt_burst) {
			snprintf(mode->info, sizeof(mode->info), "%s", lo_burst_names[i].text);
			return 0;
		}
	}
	return -EINVAL;
}

int
lo_tx_burst_mode_get(struct rte_eth_dev *eth, uint16_t queue, struct rte_eth_burst_mode *mode)
{
	RTE_SET_USED(queue);
	for (unsigned int i = 0; i < RTE_DIM(lo_burst_names); i++) {
		if (lo_burst_names[i].tx != NULL && lo_burst_names[i].tx == eth->tx_pkt_burst) {
			snprintf(mode->info, sizeof(mode->info), "%s", lo_burst_names[i].text);
			return 0;
		}
	}
	return -EINVAL;
}
