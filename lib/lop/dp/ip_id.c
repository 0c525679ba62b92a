/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * IDs of packets without a socket's counter: one counter for each of many classes of (source,
 * destination, protocol), each from a random start, so that nobody learns from the IDs he sees how
 * much is sent to others (contract IPO-03).
 */

#include "stages.h"

uint16_t *
lop_ip_id_of(struct lop_worker *w, uint32_t saddr_be, uint32_t daddr_be, uint8_t protocol)
{
	uint64_t hash = ((uint64_t)saddr_be << 32 | daddr_be) ^ w->ip_id_key;

	hash *= UINT64_C(0x9e3779b97f4a7c15);
	hash ^= hash >> 32 ^ protocol;
	hash *= UINT64_C(0xd6e8feb86659fd93);
	return &w->ip_id[hash >> (64 - LOP_IP_ID_BITS)];
}

uint16_t
lop_ip_id(struct lop_worker *w, uint32_t saddr_be, uint32_t daddr_be, uint8_t protocol)
{
	return ++*lop_ip_id_of(w, saddr_be, daddr_be, protocol);
}
