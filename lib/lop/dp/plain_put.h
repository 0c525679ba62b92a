/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_DP_PLAIN_PUT_H
#define LOP_DP_PLAIN_PUT_H

/*
 * Headers by a plan: in front of payloads that are there, or of copies that are made on the way.
 */

#include <rte_byteorder.h>

#include "copy.h"
#include "plan.h"

#define HEADERS_BYTES (LOP_L2_BYTES + LOP_L3_BYTES + LOP_L4_BYTES)

/* The next packet's ID, host byte order (contract IPO-03). */
static __rte_always_inline uint16_t
next_id(const struct lop_plan *p)
{
	if (likely(p->connected))
		return lop_load(p->sock->ip_id);
	return p->id != NULL ? *p->id + 1 : 0;
}

static __rte_always_inline void
ids_taken(const struct lop_plan *p, uint16_t n)
{
	/* two senders at once may take the same: a packet of each is known by its worker */
	if (likely(p->connected))
		lop_store(p->sock->ip_id, lop_load(p->sock->ip_id) + n);
	else if (p->id != NULL)
		*p->id += n;
}

/* Two words that are stored as one. */
typedef uint64_t pair_t __attribute__((vector_size(16)));

/* What the headers of datagrams of one length have in common. */
struct pattern {
	pair_t macs, ends;
	uint64_t type;
	uint64_t middle; /* host byte order: of the next one */
	uint64_t step;   /* to the one behind it */
	uint16_t most;   /* so many, until ID or checksum wrap */
};

/* From one to the next the ID goes up by one and the checksum down by one. */
static __rte_always_inline struct pattern
pattern_of(const struct lop_plan *p, uint32_t bytes)
{
	const uint16_t udp_len = rte_cpu_to_be_16(bytes + LOP_L4_BYTES);
	const uint16_t ip_len = rte_cpu_to_be_16(bytes + LOP_L4_BYTES + LOP_L3_BYTES);
	const uint16_t id = next_id(p);
	const uint64_t middle = rte_be_to_cpu_64(lop_image_middle(
			&p->image, p->image.ip_sum + ip_len, rte_cpu_to_be_16(id)));
	const uint16_t sum = middle;

	return (struct pattern){
		.macs = { p->image.mac, p->image.macs },
		.ends = { p->image.addresses, lop_image_ports(&p->image, p->no_check, udp_len) },
		.type = lop_image_type(&p->image, ip_len),
		.middle = middle,
		.step = p->connected || p->id != NULL ? (UINT64_C(1) << 48) - 1 : 0,
		.most = RTE_MIN(RTE_MIN(UINT16_MAX - id, (int)sum) + 1, UINT16_MAX),
	};
}

static __rte_always_inline void
put_headers(struct pattern *pattern, uint8_t *payload)
{
	const uint64_t middle_be = rte_cpu_to_be_64(pattern->middle);

	pattern->middle += pattern->step;
	memcpy(payload - 48, &pattern->macs, sizeof(pattern->macs));
	memcpy(payload - 32, &pattern->type, sizeof(pattern->type));
	memcpy(payload - 24, &middle_be, sizeof(middle_be));
	memcpy(payload - 16, &pattern->ends, sizeof(pattern->ends));
}

static __rte_always_inline void
put_meta(const struct lop_plan *p, struct rte_mbuf *m)
{
	const pair_t whose = { (uintptr_t)p->common.dst, (uintptr_t)p->common.sock };
	struct lop_meta *meta = lop_meta(m);

	memcpy(meta, &whose, sizeof(whose));
	memcpy(&meta->flags, &p->common.rest, sizeof(p->common.rest));
}

/* Datagrams as long as the first, in one segment each: how many, as many as one pattern is for. */
static __rte_always_inline uint16_t
put_run(const struct lop_plan *p, struct rte_mbuf **pkts, uint16_t n, uint32_t bytes)
{
	struct pattern pattern = pattern_of(p, bytes);
	uint16_t k = 0;

	n = RTE_MIN(pattern.most, n);
	for (; k < n; k++) {
		struct rte_mbuf *m = pkts[k];

		if (unlikely(m->pkt_len != bytes || m->data_len != bytes))
			break;
		put_headers(&pattern, rte_pktmbuf_mtod(m, uint8_t *));
		m->data_off -= HEADERS_BYTES;
		m->data_len = bytes + HEADERS_BYTES;
		m->pkt_len = bytes + HEADERS_BYTES;
		m->ol_flags = (m->ol_flags & (RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)) |
				lop_meta_flag_bit;
		put_meta(p, m);
	}
	ids_taken(p, k);
	return k;
}

/* An mbuf's fields from its data offset on, as they are for a frame straight from the pool. */
struct fresh {
	uint16_t data_off, refcnt, nb_segs, port;
	uint64_t ol_flags;
	uint32_t packet_type, pkt_len;
	uint16_t data_len, vlan_tci;
	uint32_t hash;
};
#define LIKE_MBUF(field)                                                                        \
	static_assert(offsetof(struct rte_mbuf, field) - offsetof(struct rte_mbuf, data_off) == \
					offsetof(struct fresh, field),                          \
			"struct fresh is laid out as struct rte_mbuf")
LIKE_MBUF(refcnt);
LIKE_MBUF(nb_segs);
LIKE_MBUF(port);
LIKE_MBUF(ol_flags);
LIKE_MBUF(packet_type);
LIKE_MBUF(pkt_len);
LIKE_MBUF(data_len);
LIKE_MBUF(vlan_tci);
LIKE_MBUF(hash);
#undef LIKE_MBUF

/*
 * Copies of payloads of one length, in mbufs of the instance's pool that are as the pool gave them:
 * how many, as many as one pattern is for.
 */
static __rte_always_inline uint16_t
put_copies(const struct lop_plan *p, struct rte_mbuf **pkts, const struct iovec *from, uint16_t n,
		uint32_t bytes)
{
	struct pattern pattern = pattern_of(p, bytes);
	const struct fresh fresh = {
		.data_off = RTE_PKTMBUF_HEADROOM - HEADERS_BYTES,
		.refcnt = 1,
		.nb_segs = 1,
		.port = p->port_id,
		.ol_flags = lop_meta_flag_bit,
		.pkt_len = bytes + HEADERS_BYTES,
		.data_len = bytes + HEADERS_BYTES,
	};
	uint16_t k = 0;

	n = RTE_MIN(pattern.most, n);
	for (; k < n; k++) {
		struct rte_mbuf *m = pkts[k];
		uint8_t *payload = (uint8_t *)m->buf_addr + RTE_PKTMBUF_HEADROOM;

		if (unlikely(from[k].iov_len != bytes))
			break;
		rte_memcpy(payload, from[k].iov_base, bytes);
		put_headers(&pattern, payload);
		memcpy((uint8_t *)m + offsetof(struct rte_mbuf, data_off), &fresh, sizeof(fresh));
		m->tx_offload = 0;
		put_meta(p, m);
	}
	ids_taken(p, k);
	return k;
}

static __rte_always_inline void
put_one(const struct lop_plan *p, struct rte_mbuf *m)
{
	const uint16_t udp_len = rte_cpu_to_be_16(m->pkt_len + LOP_L4_BYTES);
	const uint16_t ip_len = rte_cpu_to_be_16(m->pkt_len + LOP_L4_BYTES + LOP_L3_BYTES);

	lop_image_put(&p->image, rte_pktmbuf_mtod(m, uint8_t *), lop_image_type(&p->image, ip_len),
			lop_image_middle(&p->image, p->image.ip_sum + ip_len,
					rte_cpu_to_be_16(next_id(p))),
			lop_image_ports(&p->image, p->no_check, udp_len));
	lop_own(m, &p->common, HEADERS_BYTES);
	ids_taken(p, 1);
}

#endif
