/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Packets whose metadata or data others hold, too: these keep what they have. */

#include <string.h>

#include "nl.h"

#define BYTES 300
#define SCATTER RTE_ETH_RX_OFFLOAD_SCATTER

static const struct pkt frame = { .size = BYTES, .ip = 4, .l4 = IPPROTO_UDP, .no_cksum = true };
static const struct pkt filled = { .size = BYTES, .ip = 4, .l4 = IPPROTO_UDP };

#define ASK (RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_UDP_CKSUM)

/* The sender's packet as it was: struct and bytes. */
struct keepsake {
	struct rte_mbuf copy;
	uint8_t bytes[BYTES];
};

static void
keep(struct keepsake *k, const struct rte_mbuf *m)
{
	uint8_t copy[PKT_BYTES_MAX];

	k->copy = *m;
	memcpy(k->bytes, nl_bytes(m, copy), BYTES);
}

static void
assert_kept(const struct keepsake *k, const struct rte_mbuf *m)
{
	uint8_t copy[PKT_BYTES_MAX];

	assert_int_equal(m->ol_flags, k->copy.ol_flags);
	assert_int_equal(m->port, k->copy.port);
	assert_int_equal(m->packet_type, k->copy.packet_type);
	assert_int_equal(m->hash.rss, k->copy.hash.rss);
	assert_int_equal(m->nb_segs, k->copy.nb_segs);
	assert_int_equal(m->data_len, k->copy.data_len);
	assert_int_equal(m->pkt_len, k->copy.pkt_len);
	assert_ptr_equal(m->next, k->copy.next);
	assert_memory_equal(nl_bytes(m, copy), k->bytes, BYTES);
}

/* Send a packet that the sender holds once more; what was received is right, what it has is kept. */
static void
assert_sender_keeps(struct fx *fx, uint64_t flags, uint16_t port, uint16_t seg_size)
{
	struct pkt p = frame;
	struct rte_mbuf *m, *got;
	struct keepsake k;

	p.seg_size = seg_size;
	m = pkt_build(fx->pool, &p);
	m->ol_flags |= flags;
	m->port = port;
	m->hash.rss = 0xdeadbeef;
	for (struct rte_mbuf *s = m; s != NULL; s = s->next)
		rte_mbuf_refcnt_update(s, 1);
	keep(&k, m);
	got = nl_loop(fx, m);
	assert_kept(&k, m);
	pkt_assert(got, flags != 0 ? &filled : &frame);
	assert_int_equal(got->port, fx->tx_port);
	assert_int_equal(got->ol_flags & ~(RTE_MBUF_F_INDIRECT | RTE_MBUF_F_RX_RSS_HASH), 0);
	rte_pktmbuf_free(got);
	assert_kept(&k, m);
	rte_pktmbuf_free(m);
}

static void
sender_keeps_its_metadata(void **state)
{
	struct fx *fx = *state;

	nl_up_offloads(fx, "", SCATTER, RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	assert_sender_keeps(fx, 0, fx->tx_port, 0);
	assert_sender_keeps(fx, 0, 9, 0);
	assert_sender_keeps(fx, 0, 9, 100);
}

static void
sender_keeps_its_metadata_by_flow(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf = { 0 };

	conf.eth.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	conf.eth.rxmode.offloads = RTE_ETH_RX_OFFLOAD_RSS_HASH;
	conf.eth.rx_adv_conf.rss_conf.rss_hf = RTE_ETH_RSS_IPV4;
	nl_up(fx, "steer=flow", &conf);
	assert_sender_keeps(fx, 0, 9, 0);
	assert_sender_keeps(fx, 0, fx->tx_port, 0);
}

static void
sender_keeps_its_metadata_by_lcore(void **state)
{
	struct fx *fx = *state;

	nl_up_offloads(fx, "steer=lcore", SCATTER, RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	assert_sender_keeps(fx, 0, 9, 0);
	assert_sender_keeps(fx, ASK, 9, 50);
}

static void
sender_keeps_its_data(void **state)
{
	struct fx *fx = *state;

	nl_up_offloads(fx, "", SCATTER, RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	assert_sender_keeps(fx, ASK, fx->tx_port, 0);
	assert_sender_keeps(fx, ASK, 9, 0);
	assert_sender_keeps(fx, ASK, 9, 50);
	assert_sender_keeps(fx, ASK, 9, 36);
}

/* Without scattered receive the chain is made one segment: not the sender's. */
static void
sender_keeps_its_segments(void **state)
{
	struct fx *fx = *state;

	nl_up_offloads(fx, "", 0, RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	assert_sender_keeps(fx, 0, fx->tx_port, 100);
	assert_sender_keeps(fx, ASK, 9, 100);
}

/* Only a segment in the middle is shared. */
static void
shared_middle_segment_is_kept(void **state)
{
	struct fx *fx = *state;
	struct pkt p = frame;
	struct rte_mbuf *m, *middle, *got;
	uint8_t before[100];

	nl_up_offloads(fx, "", 0, RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	p.seg_size = 38; /* the checksum lies in the second segment */
	m = pkt_build(fx->pool, &p);
	m->ol_flags |= ASK;
	middle = m->next;
	rte_mbuf_refcnt_update(middle, 1);
	memcpy(before, rte_pktmbuf_mtod(middle, void *), middle->data_len);
	got = nl_loop(fx, m);
	assert_memory_equal(before, rte_pktmbuf_mtod(middle, void *), middle->data_len);
	pkt_assert(got, &filled);
	rte_pktmbuf_free(got);
	rte_pktmbuf_free_seg(middle);
}

/* A clone: the original keeps its bytes, whichever of the two is sent. */
static void
clones_do_not_write_the_original(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *m, *clone, *got;
	struct keepsake k;

	nl_up_offloads(fx, "", 0, 0);
	for (unsigned int i = 0; i < 2; i++) {
		m = pkt_build(fx->pool, &frame);
		clone = rte_pktmbuf_clone(m, fx->pool);
		assert_non_null(clone);
		m->ol_flags |= i == 0 ? 0 : ASK;
		clone->ol_flags |= i == 0 ? ASK : 0;
		keep(&k, i == 0 ? m : clone);
		got = nl_loop(fx, i == 0 ? clone : m);
		pkt_assert(got, &filled);
		assert_kept(&k, i == 0 ? m : clone);
		rte_pktmbuf_free(got);
		rte_pktmbuf_free(i == 0 ? m : clone);
	}
}

/* A clone that asks for nothing crosses as it is: the same mbuf on the same buffer. */
static void
clones_cross_uncopied(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *m, *clone, *got;

	nl_up(fx, "", NULL);
	m = pkt_build(fx->pool, &frame);
	clone = rte_pktmbuf_clone(m, fx->pool);
	assert_non_null(clone);
	got = nl_loop(fx, clone);
	assert_ptr_equal(got, clone);
	assert_ptr_equal(got->buf_addr, m->buf_addr);
	assert_true(RTE_MBUF_CLONED(got));
	rte_pktmbuf_free(got);
	rte_pktmbuf_free(m);
}

static void
count_free(void *addr, void *opaque)
{
	RTE_SET_USED(addr);
	++*(unsigned int *)opaque;
}

/* A buffer of the application's: not written to, and given back once. */
static void
external_buffers_are_not_written(void **state)
{
	static uint8_t buffer[2048], before[BYTES];
	struct fx *fx = *state;
	unsigned int freed = 0;
	uint16_t size = sizeof(buffer);

	nl_up_offloads(fx, "", 0, 0);
	for (unsigned int i = 0; i < 2; i++) {
		struct rte_mbuf_ext_shared_info *info;
		struct rte_mbuf *m = rte_pktmbuf_alloc(fx->pool), *got;

		assert_non_null(m);
		size = sizeof(buffer);
		info = rte_pktmbuf_ext_shinfo_init_helper(buffer, &size, count_free, &freed);
		assert_non_null(info);
		rte_pktmbuf_attach_extbuf(m, buffer, RTE_BAD_IOVA, size, info);
		m->pkt_len = m->data_len = pkt_bytes(&frame, buffer);
		m->data_off = 0;
		m->l2_len = RTE_ETHER_HDR_LEN;
		m->l3_len = 20;
		m->ol_flags |= i == 0 ? 0 : ASK;
		memcpy(before, buffer, BYTES);
		got = nl_loop(fx, m);
		pkt_assert(got, i == 0 ? &frame : &filled);
		if (i == 0)
			assert_ptr_equal(got->buf_addr, buffer);
		assert_memory_equal(before, buffer, BYTES);
		rte_pktmbuf_free(got);
		assert_int_equal(freed, i + 1);
	}
}

/* Direct mbufs of one's own are the same mbufs on the other side, whatever was asked for. */
static void
own_packets_cross_uncopied(void **state)
{
	static const uint64_t asks[] = { 0, ASK };
	struct fx *fx = *state;

	nl_up_offloads(fx, "", SCATTER, RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	for (unsigned int i = 0; i < 2 * RTE_DIM(asks); i++) {
		struct pkt p = frame;
		struct rte_mbuf *m, *got;
		void *second;

		p.seg_size = i < 2 ? 0 : 100;
		m = pkt_build(fx->pool, &p);
		m->ol_flags |= asks[i % 2];
		second = m->next;
		got = nl_loop(fx, m);
		assert_ptr_equal(got, m);
		assert_ptr_equal(got->next, second);
		rte_pktmbuf_free(got);
	}
}

static const struct lo_case shared_cases[] = {
	LO_CASE(sender_keeps_its_metadata),
	LO_CASE(sender_keeps_its_metadata_by_flow),
	LO_CASE(sender_keeps_its_metadata_by_lcore),
	LO_CASE(sender_keeps_its_data),
	LO_CASE(sender_keeps_its_segments),
	LO_CASE(shared_middle_segment_is_kept),
	LO_CASE(clones_do_not_write_the_original),
	LO_CASE(clones_cross_uncopied),
	LO_CASE(external_buffers_are_not_written),
	LO_CASE(own_packets_cross_uncopied),
};
LO_REGISTER_TEST(net_lo_autotest, shared_cases);
