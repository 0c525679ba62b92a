/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_TRACE_RECORD_H
#define LOP_DP_TRACE_RECORD_H

/*
 * Records of traced packets. One worker at a time carries a packet and writes its record; events
 * below nb_events are whole and stay as they are, so that others may read them.
 */

#include <net/if.h>

#include "../include/lop_trace.h"
#include "trace.h"

#define LOP_TRACE_PACKETS_MAX 1024
#define LOP_TRACE_EVENTS_MAX 32

/* Numbers of records, in 16 bits of a packet: the trace they belong to and their place in it. */
#define LOP_TRACE_INDEX_BITS 10

struct lop_trace_event {
	uint64_t us;
	uint8_t stage;   /* enum lop_trace_stage */
	uint8_t kind;    /* route: RTN_*; hook: point; device: packet type; drop: reason; ... */
	uint8_t verdict; /* of a hook */
	bool flag;       /* device: lo; route in: came along; IPv4: DF */
	uint8_t ttl, tos;
	uint16_t id;       /* of IPv4; neighbour: NUD_* */
	uint16_t fragment; /* offset in bytes */
	uint16_t sport_be, dport_be;
	uint32_t bytes;
	uint32_t addr_be, saddr_be;
	uint32_t table;
	int fd;        /* -1: none */
	char name[24]; /* interface or hook */
};

struct lop_trace_record {
	RTE_ATOMIC(uint32_t) nb_events;
	RTE_ATOMIC(bool) cut; /* more happened than there is room for */
	struct lop_trace_event event[LOP_TRACE_EVENTS_MAX];
};

struct lop_trace {
	struct lop_trace_filter filter;
	uint32_t packets;
	uint32_t generation;
	RTE_ATOMIC(uint32_t) used; /* records; may go beyond `packets` */
	struct lop_trace_record record[];
};

#endif
