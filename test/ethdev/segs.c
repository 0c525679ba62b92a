/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Packets in several pieces, and mbufs that are not plain: shared, cloned, with foreign buffers. */

#include <stdlib.h>

#include "ut.h"

/* Multi-segment transmit, and scattered receive where there is any. */
static void
up_multi_segs(struct fx *fx, bool scatter)
{
	struct fx_port conf;

	ut_plug(fx);
	ut_need_tx(fx, RTE_ETH_TX_OFFLOAD_MULTI_SEGS, "MULTI_SEGS");
	conf = ut_conf(fx);
	conf.eth.txmode.offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	if (scatter)
		conf.eth.rxmode.offloads = ut_rx_info(fx).rx_offload_capa &
				RTE_ETH_RX_OFFLOAD_SCATTER;
	ut_up(fx, &conf);
}

static void
loop_segs(struct fx *fx, uint32_t stamp, uint32_t size, uint16_t seg_size)
{
	struct pkt p = ut_pkt(fx, stamp, size);
	struct rte_mbuf *m;

	p.seg_size = seg_size;
	m = pkt_build(fx->pool, &p);
	fx_tx_all(fx->tx_port, 0, &m, 1);
	fx_rx_all(fx->rx_port, 0, &m, 1);
	pkt_assert(m, &p);
	rte_pktmbuf_free(m);
}

static void
multi_seg_content_intact(void **state)
{
	struct fx *fx = *state;

	up_multi_segs(fx, true);
	loop_segs(fx, 1, 1000, 500);
	loop_segs(fx, 2, 1514, 506);
	loop_segs(fx, 3, 1514, 200);
}

/* Pieces that end within headers, and as many of them as the device takes. */
static void
multi_seg_odd_splits(void **state)
{
	struct fx *fx = *state;
	uint16_t most;

	up_multi_segs(fx, true);
	most = ut_tx_info(fx).tx_desc_lim.nb_seg_max;
	for (uint16_t seg = 7; seg <= 70; seg += 9) {
		if (most == 0 || most == UINT16_MAX || 100 / seg + 1 <= most)
			loop_segs(fx, seg, 100, seg);
	}
}

/* A head that is written by the next packet's pieces shows here. */
static void
multi_seg_mixed_with_single(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *pkts[32];
	struct pkt p;

	up_multi_segs(fx, true);
	for (unsigned int i = 0; i < RTE_DIM(pkts); i++) {
		p = ut_pkt(fx, i, 300 + i * 20);
		p.seg_size = i % 3 == 0 ? 0 : 90;
		pkts[i] = pkt_build(fx->pool, &p);
	}
	fx_tx_all(fx->tx_port, 0, pkts, RTE_DIM(pkts));
	fx_rx_all(fx->rx_port, 0, pkts, RTE_DIM(pkts));
	for (unsigned int i = 0; i < RTE_DIM(pkts); i++) {
		p = ut_pkt(fx, i, 300 + i * 20);
		pkt_assert(pkts[i], &p);
	}
	rte_pktmbuf_free_bulk(pkts, RTE_DIM(pkts));
}

/* Who did not ask for SCATTER gets no chains. */
static void
no_chain_without_scatter(void **state)
{
	struct fx *fx = *state;
	struct pkt p;
	struct rte_mbuf *m;
	uint16_t nb_segs;

	up_multi_segs(fx, false);
	p = ut_pkt(fx, 1, 1000);
	p.seg_size = 400;
	m = pkt_build(fx->pool, &p);
	fx_tx_all(fx->tx_port, 0, &m, 1);
	fx_rx_all(fx->rx_port, 0, &m, 1);
	pkt_assert(m, &p);
	nb_segs = m->nb_segs;
	rte_pktmbuf_free(m);
	assert_int_equal(nb_segs, 1);
}

/* Larger than a buffer of the receive pool: it takes several. */
static void
scatter_jumbo(void **state)
{
	struct fx *fx = *state;
	struct fx_port conf;

	ut_plug(fx);
	ut_need_tx(fx, RTE_ETH_TX_OFFLOAD_MULTI_SEGS, "MULTI_SEGS");
	ut_need_rx(fx, RTE_ETH_RX_OFFLOAD_SCATTER, "SCATTER");
	ut_need_mtu(fx, 9000);
	conf = ut_conf(fx);
	conf.eth.rxmode.mtu = 9000;
	conf.eth.rxmode.offloads = RTE_ETH_RX_OFFLOAD_SCATTER;
	conf.eth.txmode.offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	ut_up(fx, &conf);
	for (uint32_t size = 1500; size <= 9014; size += 501)
		loop_segs(fx, size, size, 2000);
	loop_segs(fx, 1, 9014, 1024);
}

/* The sender keeps a reference: its bytes and its mbuf stay as they are. */
static void
shared_mbuf_stays_the_senders(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *mine, *m;
	struct pkt p;

	ut_up(fx, NULL);
	p = ut_pkt(fx, 1, 200);
	mine = m = pkt_build(fx->pool, &p);
	rte_mbuf_refcnt_update(mine, 1);
	fx_tx_all(fx->tx_port, 0, &m, 1);
	fx_rx_all(fx->rx_port, 0, &m, 1);
	pkt_assert(m, &p);
	rte_pktmbuf_free(m);
	pkt_assert(mine, &p);
	rte_eth_tx_done_cleanup(fx->tx_port, 0, 0);
	assert_int_equal(rte_mbuf_refcnt_read(mine), 1);
	rte_pktmbuf_free(mine);
}

static void
clone_crosses(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf *direct, *m;
	struct pkt p;

	ut_up(fx, NULL);
	p = ut_pkt(fx, 1, 200);
	direct = pkt_build(fx->pool, &p);
	m = rte_pktmbuf_clone(direct, fx->pool);
	assert_non_null(m);
	fx_tx_all(fx->tx_port, 0, &m, 1);
	fx_rx_all(fx->rx_port, 0, &m, 1);
	pkt_assert(m, &p);
	rte_pktmbuf_free(m);
	pkt_assert(direct, &p);
	rte_pktmbuf_free(direct);
}

static unsigned int nb_buffers_freed;

static void
free_buffer(void *addr, void *opaque)
{
	RTE_SET_USED(opaque);
	free(addr);
	nb_buffers_freed++;
}

/* A buffer of the application: freed once, when the last one has done with it. */
static void
external_buffer_crosses(void **state)
{
	struct fx *fx = *state;
	struct rte_mbuf_ext_shared_info *info;
	uint16_t size = 2048;
	struct rte_mbuf *m;
	struct pkt p;
	void *buf;

	ut_up(fx, NULL);
	p = ut_pkt(fx, 1, 200);
	m = rte_pktmbuf_alloc(fx->pool);
	buf = aligned_alloc(64, size);
	assert_true(m != NULL && buf != NULL);
	info = rte_pktmbuf_ext_shinfo_init_helper(buf, &size, free_buffer, NULL);
	assert_non_null(info);
	rte_pktmbuf_attach_extbuf(m, buf, RTE_BAD_IOVA, size, info);
	m->data_off = 0;
	m->data_len = m->pkt_len = pkt_bytes(&p, buf);

	nb_buffers_freed = 0;
	fx_tx_all(fx->tx_port, 0, &m, 1);
	fx_rx_all(fx->rx_port, 0, &m, 1);
	pkt_assert(m, &p);
	rte_pktmbuf_free(m);
	assert_int_equal(nb_buffers_freed, 1);
}

/* Mbufs of several pools in one burst: each goes back to its own. The fixture counts. */
static void
several_pools_in_a_burst(void **state)
{
	struct fx *fx = *state;
	struct rte_mempool *pools[3];
	struct rte_mbuf *pkts[30];
	struct pkt p;

	ut_up(fx, NULL);
	for (unsigned int i = 0; i < RTE_DIM(pools); i++)
		pools[i] = fx_pool(fx, 255, 2048);
	for (unsigned int i = 0; i < RTE_DIM(pkts); i++) {
		p = ut_pkt(fx, i, 100);
		pkts[i] = pkt_build(pools[i % RTE_DIM(pools)], &p);
	}
	fx_tx_all(fx->tx_port, 0, pkts, RTE_DIM(pkts));
	fx_rx_all(fx->rx_port, 0, pkts, RTE_DIM(pkts));
	rte_pktmbuf_free_bulk(pkts, RTE_DIM(pkts));
}

/* Data that starts elsewhere than behind the usual headroom. */
static void
data_offset_is_kept(void **state)
{
	static const uint16_t headrooms[] = { 0, 3, 64, 250 };
	struct fx *fx = *state;

	ut_up(fx, NULL);
	for (unsigned int i = 0; i < RTE_DIM(headrooms); i++) {
		struct rte_mbuf *m = rte_pktmbuf_alloc(fx->pool);
		struct pkt p = ut_pkt(fx, i, 200);

		assert_non_null(m);
		m->data_off = headrooms[i];
		m->data_len = m->pkt_len = pkt_bytes(&p, rte_pktmbuf_mtod(m, uint8_t *));
		fx_tx_all(fx->tx_port, 0, &m, 1);
		fx_rx_all(fx->rx_port, 0, &m, 1);
		pkt_assert(m, &p);
		rte_pktmbuf_free(m);
	}
}

static const struct lo_case segs_cases[] = {
	LO_CASE(multi_seg_content_intact),
	LO_CASE(multi_seg_odd_splits),
	LO_CASE(multi_seg_mixed_with_single),
	LO_CASE(no_chain_without_scatter),
	LO_CASE(scatter_jumbo),
	LO_CASE(shared_mbuf_stays_the_senders),
	LO_CASE(clone_crosses),
	LO_CASE(external_buffer_crosses),
	LO_CASE(several_pools_in_a_burst),
	LO_CASE(data_offset_is_kept),
};
LO_REGISTER_TEST(ethdev_autotest, segs_cases);
