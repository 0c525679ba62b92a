/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LO_H
#define LO_H

/*
 * The device: what its files share. Everything reachable from struct lo_dev lies in memory that
 * secondary processes see; what only one process may use is in its struct rte_eth_dev.
 */

#include <stdbool.h>
#include <stdint.h>

#include <ethdev_driver.h>
#include <rte_ether.h>
#include <rte_log.h>
#include <rte_mbuf.h>

#include "lo_args.h"
#include "lo_compat.h"
#include "lo_ring.h"
#include "lo_stats.h"

#define LO_QUEUES_MAX 1024
#define LO_MTU_MIN 68
#define LO_MTU_MAX 65535
/* As ethdev counts a frame where the MTU has no limit: with its FCS, which no mbuf holds. */
#define LO_FRAME_OVERHEAD_BYTES (RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN)
#define LO_FRAME_MAX_BYTES (LO_MTU_MAX + LO_FRAME_OVERHEAD_BYTES)
#define LO_MACS_MAX 64
#define LO_MC_MACS_MAX 64
#define LO_RETA_SIZE RTE_ETH_RSS_RETA_SIZE_512
#define LO_RSS_KEY_BYTES 40
#define LO_RSS_TYPES                                                                   \
	(RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_FRAG_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP |     \
			RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_NONFRAG_IPV4_SCTP | \
			RTE_ETH_RSS_NONFRAG_IPV4_OTHER | RTE_ETH_RSS_IPV6 |            \
			RTE_ETH_RSS_FRAG_IPV6 | RTE_ETH_RSS_NONFRAG_IPV6_TCP |         \
			RTE_ETH_RSS_NONFRAG_IPV6_UDP | RTE_ETH_RSS_NONFRAG_IPV6_SCTP | \
			RTE_ETH_RSS_NONFRAG_IPV6_OTHER)

extern int lo_logtype;
#define LO_LOG(level, ...)                                                   \
	rte_log(RTE_LOG_##level, lo_logtype,                                 \
			RTE_FMT("net_lo: " RTE_FMT_HEAD(__VA_ARGS__, ) "\n", \
					RTE_FMT_TAIL(__VA_ARGS__, )))

/* mbuf flags that cross the loop: the shape of the buffer, and the dynamic ones, 23 to 40. */
#define LO_FLAGS_CROSSING \
	(RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL | ((RTE_BIT64(41) - 1) & ~(RTE_BIT64(23) - 1)))

#define LO_TX_FLAGS_SUPPORTED                                               \
	(RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IPV6 | RTE_MBUF_F_TX_IP_CKSUM | \
			RTE_MBUF_F_TX_L4_MASK | RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_UDP_SEG)

/* The layers of a packet that can be told. */
#define LO_PTYPE_MASK (RTE_PTYPE_L2_MASK | RTE_PTYPE_L3_MASK | RTE_PTYPE_L4_MASK)

struct lo_rxq {
	struct lo_ring ring;
	struct lo_rx_total base; /* the totals at the last reset */
	uint16_t nb_desc;        /* as asked for, = ring.size */
	bool deferred_start;
	struct rte_mempool *pool;
	uint64_t offloads;
};

/* The 8 bytes of an mbuf from its data offset on, as the fast path compares them. */
union lo_rearm {
	struct {
		uint16_t data_off;
		uint16_t refcnt;
		uint16_t nb_segs;
		uint16_t port;
	};
	uint64_t word;
};

struct lo_dev;

struct __rte_cache_aligned lo_txq {
	/* Read by every burst, written by the control thread. */
	struct lo_ring *ring; /* steer=queue: where this queue's packets go; may be NULL */
	struct lo_dev *dev;
	uint64_t slow_flags; /* mbuf flags that need lo_tx_slow() */
	uint64_t rearm_want; /* union lo_rearm of a packet that crosses untouched */
	uint64_t rearm_slow; /* bits of it that need lo_tx_slow() when they differ */
	RTE_ATOMIC(uint32_t) frame_max_bytes;
	RTE_ATOMIC(bool) always_slow;
	bool shared; /* several threads at once */
	uint16_t queue_id;
	/* Written by those who transmit. */
	struct lo_tx_count count[LO_TX_SLICES];
	struct lo_tx_cold cold;
	/* Control. */
	struct lo_tx_total base; /* the totals at the last reset */
	uint16_t nb_desc;
	bool deferred_start;
	uint64_t offloads;
};

/* steer=flow only. */
struct lo_flow {
	uint64_t hash_types;                /* RTE_ETH_RSS_* */
	uint64_t key_window[9];             /* see lo_hash.h */
	uint8_t plain_words[UINT8_MAX + 1]; /* by IPv4 protocol: words to hash, 0: look closer */
	uint16_t reta[LO_RETA_SIZE];        /* see lo_reta_place() */
	uint8_t key[LO_RSS_KEY_BYTES];
	uint8_t key_be[LO_RSS_KEY_BYTES]; /* as rte_softrss_be() wants it */
};

struct lo_dev {
	struct rte_eth_dev_data *data;
	struct lo_args args;
	struct lo_flow *flow;
	RTE_ATOMIC(bool) link_up;
	RTE_ATOMIC(bool) filter; /* by MAC address: promiscuous mode was switched off */
	uint32_t lro_max_bytes;  /* 0: no large packets */
	uint64_t rx_offloads;
	RTE_ATOMIC(uint32_t) ptype_mask; /* layers to parse, 0 for none */
	int timestamp_off;               /* in the mbuf, when the offload is on */
	uint64_t timestamp_flag;         /* of the mbuf, 0 when nobody registered it */
	uint16_t nb_mc_macs;
	struct rte_ether_addr mc_macs[LO_MC_MACS_MAX];
	uint16_t lcore_queue[RTE_MAX_LCORE + 1]; /* steer=lcore; the last: unknown threads */
};

/* What the control thread may change while others transmit. */
#define lo_get(field) rte_atomic_load_explicit(&(field), rte_memory_order_relaxed)
#define lo_set(field, value) rte_atomic_store_explicit(&(field), value, rte_memory_order_relaxed)

static inline struct lo_dev *
lo_dev_of(const struct rte_eth_dev *eth)
{
	return eth->data->dev_private;
}

/* lo_select.c */
void lo_bursts_select(struct rte_eth_dev *eth, bool shared);
void lo_bursts_select_any(struct rte_eth_dev *eth);
int lo_rx_burst_mode_get(struct rte_eth_dev *eth, uint16_t queue, struct rte_eth_burst_mode *mode);
int lo_tx_burst_mode_get(struct rte_eth_dev *eth, uint16_t queue, struct rte_eth_burst_mode *mode);

/* lo_tx_slow.c: the packets that need more than to be handed over */
uint16_t lo_tx_slow(struct lo_txq *txq, struct rte_mbuf **pkts, uint16_t n);
uint16_t lo_tx_overflow(struct lo_txq *txq, struct lo_ring *r, struct rte_mbuf **pkts, uint16_t n);
uint16_t lo_tx_prepare(void *queue, struct rte_mbuf **pkts, uint16_t n);

/* lo_csum.c, lo_gso.c: -errno when they fail, the packet is still the caller's */
int lo_csum_check(const struct rte_mbuf *m);
bool lo_csum_writes(const struct lo_dev *dev, const struct rte_mbuf *m);
int lo_csum_apply(const struct lo_dev *dev, struct rte_mbuf *m, uint64_t *rx_flags);
int lo_gso_count(const struct rte_mbuf *m);
struct rte_mbuf *lo_gso_cut(struct rte_mbuf *m, uint32_t i, uint32_t count);

/* lo_flow.c */
int lo_flow_configure(struct rte_eth_dev *eth);
int lo_reta_update(struct rte_eth_dev *eth, struct rte_eth_rss_reta_entry64 *conf, uint16_t size);
int lo_reta_query(struct rte_eth_dev *eth, struct rte_eth_rss_reta_entry64 *conf, uint16_t size);
int lo_rss_hash_update(struct rte_eth_dev *eth, struct rte_eth_rss_conf *conf);
int lo_rss_hash_conf_get(struct rte_eth_dev *eth, struct rte_eth_rss_conf *conf);

/* lo_config.c */
int lo_dev_configure(struct rte_eth_dev *eth);
int lo_dev_start(struct rte_eth_dev *eth);
int lo_dev_stop(struct rte_eth_dev *eth);
int lo_dev_reset(struct rte_eth_dev *eth);
int lo_dev_close(struct rte_eth_dev *eth);
void lo_gates_update(struct rte_eth_dev *eth);
void lo_frame_limit_set(struct rte_eth_dev *eth, uint16_t mtu);
void lo_defaults_set(struct rte_eth_dev *eth);

/* lo_queue.c */
int lo_rx_queue_setup(struct rte_eth_dev *eth, uint16_t id, uint16_t nb_desc, unsigned int socket,
		const struct rte_eth_rxconf *conf, struct rte_mempool *pool);
int lo_tx_queue_setup(struct rte_eth_dev *eth, uint16_t id, uint16_t nb_desc, unsigned int socket,
		const struct rte_eth_txconf *conf);
void lo_rx_queue_release(struct rte_eth_dev *eth, uint16_t id);
void lo_tx_queue_release(struct rte_eth_dev *eth, uint16_t id);
void lo_ring_drain(struct lo_ring *r);
void lo_ring_reset(struct lo_ring *r, bool several_producers);
int lo_rx_queue_start(struct rte_eth_dev *eth, uint16_t id);
int lo_rx_queue_stop(struct rte_eth_dev *eth, uint16_t id);
int lo_tx_queue_start(struct rte_eth_dev *eth, uint16_t id);
int lo_tx_queue_stop(struct rte_eth_dev *eth, uint16_t id);

/* lo_state.c: what can be asked about a queue */
void lo_rxq_info_get(struct rte_eth_dev *eth, uint16_t id, struct rte_eth_rxq_info *info);
void lo_txq_info_get(struct rte_eth_dev *eth, uint16_t id, struct rte_eth_txq_info *info);
lo_rx_count_t lo_rx_queue_count(void *queue);
int lo_tx_queue_count(void *queue);
int lo_rx_descriptor_status(void *queue, uint16_t offset);
int lo_tx_descriptor_status(void *queue, uint16_t offset);
int lo_tx_done_cleanup(void *queue, uint32_t free_cnt);
int lo_monitor_addr_get(void *queue, struct rte_power_monitor_cond *cond);

/* lo_info.c */
int lo_infos_get(struct rte_eth_dev *eth, struct rte_eth_dev_info *info);
int lo_link_update(struct rte_eth_dev *eth, int wait);
void lo_link_set(struct rte_eth_dev *eth, bool up);
int lo_link_up(struct rte_eth_dev *eth);
int lo_link_down(struct rte_eth_dev *eth);
int lo_mtu_set(struct rte_eth_dev *eth, uint16_t mtu);
int lo_promiscuous_enable(struct rte_eth_dev *eth);
int lo_promiscuous_disable(struct rte_eth_dev *eth);
int lo_allmulticast_set(struct rte_eth_dev *eth);
int lo_mac_set(struct rte_eth_dev *eth, struct rte_ether_addr *mac);
int lo_mac_add(struct rte_eth_dev *eth, struct rte_ether_addr *mac, uint32_t i, uint32_t vmdq);
void lo_mac_remove(struct rte_eth_dev *eth, uint32_t i);
int lo_mc_list_set(struct rte_eth_dev *eth, struct rte_ether_addr *macs, uint32_t n);
int lo_ptypes_set(struct rte_eth_dev *eth, uint32_t mask);
int lo_clock_read(struct rte_eth_dev *eth, uint64_t *clock);
int lo_priv_dump(struct rte_eth_dev *eth, FILE *f);
#if LO_PTYPES_COUNTED
const uint32_t *lo_ptypes_get(struct rte_eth_dev *eth, size_t *n);
#else
const uint32_t *lo_ptypes_get(struct rte_eth_dev *eth);
#endif

/* lo_stats.c */
void lo_rx_total_get(const struct lo_rxq *rxq, struct lo_rx_total *total);
void lo_tx_total_get(const struct lo_txq *txq, struct lo_tx_total *total);
extern const char *const lo_drop_name[];
#if LO_QSTATS_APART
int lo_stats_get(struct rte_eth_dev *eth, struct rte_eth_stats *stats, struct eth_queue_stats *q);
#else
int lo_stats_get(struct rte_eth_dev *eth, struct rte_eth_stats *stats);
#endif
int lo_stats_reset(struct rte_eth_dev *eth);
int lo_xstats_get(struct rte_eth_dev *eth, struct rte_eth_xstat *xstats, unsigned int n);
int lo_xstats_get_names(struct rte_eth_dev *eth, struct rte_eth_xstat_name *names, unsigned int n);

/* lo_intr.c */
int lo_intr_setup(struct rte_eth_dev *eth);
void lo_intr_teardown(struct rte_eth_dev *eth);
int lo_intr_enable(struct rte_eth_dev *eth, uint16_t queue);
int lo_intr_disable(struct rte_eth_dev *eth, uint16_t queue);
void lo_intr_wake(const struct lo_dev *dev, struct lo_ring *r);

#endif
