/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_FRAG_FX_H
#define LOP_FRAG_FX_H

/*
 * A host with one wire, 10.9.0.1/24, that gets IPv4 packets made by hand, and what it answers.
 */

#include "fx.h"

#define FFX_BYTES_MAX 2100

struct ffx {
	struct lop *lop;
	int ifindex;
	uint8_t mac[6];
	uint64_t mib[LOP_MIB_COUNT];
};

/** A packet's header; what is zero: from 10.9.0.2 to 10.9.0.1, UDP, whole. */
struct ffx_ip {
	const char *src, *dst;
	uint16_t id;
	uint16_t off; /**< bytes */
	bool mf, df;
	uint8_t protocol, tos;
	uint8_t options[40];
	uint8_t options_bytes;
};

/** Bring it up; neighbours answer for all sources given later. */
void ffx_up(struct fx *fx, struct ffx *f);

/** Let a packet come in. */
void ffx_give(struct ffx *f, const struct ffx_ip *ip, const void *payload, uint32_t bytes);

/** Write a packet's bytes: how many. */
uint32_t ffx_build(uint8_t *to, const struct ffx_ip *ip, const void *payload, uint32_t bytes);

/** The next IPv4 packet that the host sent: its bytes, 0: none. */
uint32_t ffx_take(struct ffx *f, uint8_t packet[FFX_BYTES_MAX]);

/**
 * Exactly these of Linux's counters moved since the last call or ffx_mark(), in the order of
 * /proc/net/snmp: "Ip.InReceives+2 Ip.InDelivers+1". Octets and InNoECTPkts are not looked at.
 */
void ffx_mark(struct ffx *f);
void ffx_assert_moved(struct ffx *f, const char *what, const char *moved);

/** A UDP datagram without checksum, payload bytes 0, 1, 2...: its length. */
uint32_t ffx_udp(uint8_t *to, uint16_t sport, uint16_t dport, uint32_t payload_bytes);

/** An ICMP message with its checksum: its length. */
uint32_t
ffx_icmp(uint8_t *to, uint8_t type, uint8_t code, uint32_t rest, const void *body, uint32_t bytes);

#endif /* LOP_FRAG_FX_H */
