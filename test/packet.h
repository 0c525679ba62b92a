/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef PACKET_H
#define PACKET_H

/* Frames that a case can recognise: a description, its bytes, an mbuf made of them. */

#include <netinet/in.h>

#include <rte_ether.h>
#include <rte_mbuf.h>

/* Room for the largest frame of any MTU. */
#define PKT_BYTES_MAX (UINT16_MAX + RTE_ETHER_HDR_LEN)

/* What a frame is made of. What is zero gets the default. */
struct pkt {
	uint32_t stamp;    /* the last four bytes, and the seed of the payload */
	uint32_t size;     /* bytes of the whole frame without FCS, default 60 */
	uint16_t seg_size; /* bytes in each segment, default all in one */
	uint8_t ip;        /* 4 or 6, default none: an Ethernet frame of type 0x88b5 */
	uint8_t l4;        /* IPPROTO_UDP, _TCP, _SCTP, default none */
	uint16_t src_port, dst_port;
	uint32_t src_ip, dst_ip; /* host order; IPv6: the last four bytes. Default 127.0.0.1 */
	struct rte_ether_addr src, dst; /* default all zeros */
	bool no_cksum;                  /* leave checksums zero, for an offload to fill */
};

/**
 * Write a frame. Its checksums are right, unless it asks for none.
 *
 * @param buf
 *   Room for PKT_BYTES_MAX bytes.
 * @return
 *   Bytes in the frame.
 */
uint32_t pkt_bytes(const struct pkt *p, uint8_t *buf);

/**
 * Make an mbuf of a frame; l2_len, l3_len and l4_len are set, ol_flags are 0.
 *
 * For any thread: NULL when the pool is empty or a segment does not fit.
 */
struct rte_mbuf *pkt_try(struct rte_mempool *pool, const struct pkt *p);

/** pkt_try(), asserted. */
struct rte_mbuf *pkt_build(struct rte_mempool *pool, const struct pkt *p);

/** Build n mbufs of one description with stamps p->stamp, p->stamp + 1, … */
void pkt_build_burst(struct rte_mempool *pool, const struct pkt *p, struct rte_mbuf **pkts,
		unsigned int n);

/** The stamp of a received frame. */
uint32_t pkt_stamp(const struct rte_mbuf *m);

/** Does a received frame hold these bytes and no others, in a well-formed mbuf? */
bool pkt_is(const struct rte_mbuf *m, const struct pkt *p);

/** pkt_is(), asserted, saying what differs. */
void pkt_assert(const struct rte_mbuf *m, const struct pkt *p);

/** Are all checksums of a received IP packet right in its data? */
bool pkt_cksum_good(const struct rte_mbuf *m);

#endif /* PACKET_H */
