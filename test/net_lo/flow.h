/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef FLOW_H
#define FLOW_H

/* Frames that steer=flow tells apart, and what their hash should be. */

#include "nl.h"

#define FLOW_KEY_BYTES 40
#define FLOW_RETA_SIZE 512
#define FLOW_BYTES_MAX 160

enum flow_kind {
	FLOW_V4_UDP,
	FLOW_V4_TCP,
	FLOW_V4_SCTP,
	FLOW_V4_FRAG_FIRST,
	FLOW_V4_FRAG_LAST,
	FLOW_V4_OTHER,
	FLOW_V4_OPTIONS, /* UDP, behind 4 bytes of them */
	FLOW_V4_OPTIONS_MAX,
	FLOW_V6_UDP,
	FLOW_V6_TCP,
	FLOW_V6_SCTP,
	FLOW_V6_FRAG,
	FLOW_V6_OTHER,
	FLOW_NOT_IP,
	FLOW_KINDS
};

struct flow_frame {
	uint8_t bytes[FLOW_BYTES_MAX];
	uint32_t size;
	uint32_t l4_off;
	enum flow_kind kind;
};

extern const char *const flow_kind_name[];

/** A frame of a kind, its addresses and ports from a random number. */
void flow_frame_make(struct flow_frame *f, enum flow_kind kind, uint64_t *random);

/** 32-bit words that the hash of a kind goes over with these types on, 0 for not at all. */
unsigned int flow_words(enum flow_kind kind, uint64_t types);

/** Its hash with these types on, by DPDK's own function; false when it has none. */
bool flow_hash(const struct flow_frame *f, uint64_t types, const uint8_t *key, uint32_t *hash);

/** Bring up steer=flow with receive side scaling asked for. */
void flow_up(struct fx *fx, uint16_t nb_rx, uint16_t nb_tx, uint64_t rx_offloads);

/** Key and types as the port says. */
void flow_conf(struct fx *fx, uint8_t key[FLOW_KEY_BYTES], uint64_t *types);

/** The redirection table as the port says. */
void flow_reta(struct fx *fx, uint16_t reta[FLOW_RETA_SIZE]);

/** Send one packet through queue 0, and find it in the one queue it went to. */
struct rte_mbuf *flow_loop(struct fx *fx, struct rte_mbuf *m, uint16_t nb_rx, uint16_t *queue);

#endif /* FLOW_H */
