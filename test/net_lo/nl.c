/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The device of a case: plugged, brought up, driven, asked. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_log.h>
#include <rte_malloc.h>

#include "nl.h"

#define RECEIVE_MS 1000

void
nl_plug(struct fx *fx, const char *args)
{
	fx->tx_port = fx_vdev(fx, NL_NAME, args);
	fx->rx_port = fx->tx_port;
}

void
nl_again(struct fx *fx, const struct fx_port *conf)
{
	struct fx_port c = conf == NULL ? (struct fx_port){ 0 } : *conf;

	if (c.pool == NULL && fx->pool == NULL)
		fx->pool = fx_pool(fx, NL_POOL_MBUFS, NL_ROOM_BYTES);
	if (c.pool == NULL)
		c.pool = fx->pool;
	fx_port_up(fx->tx_port, &c);
}

void
nl_up(struct fx *fx, const char *args, const struct fx_port *conf)
{
	nl_plug(fx, args);
	nl_again(fx, conf);
}

void
nl_up_offloads(struct fx *fx, const char *args, uint64_t rx, uint64_t tx)
{
	struct fx_port conf = { 0 };

	conf.eth.rxmode.offloads = rx;
	conf.eth.txmode.offloads = tx;
	nl_up(fx, args, &conf);
}

struct rte_eth_dev_info
nl_info(struct fx *fx)
{
	struct rte_eth_dev_info info;

	assert_int_equal(rte_eth_dev_info_get(fx->tx_port, &info), 0);
	return info;
}

struct rte_eth_stats
nl_stats(struct fx *fx)
{
	struct rte_eth_stats stats;

	assert_int_equal(rte_eth_stats_get(fx->tx_port, &stats), 0);
	return stats;
}

uint64_t
nl_xstat(struct fx *fx, const char *name)
{
	uint64_t id, value;

	if (rte_eth_xstats_get_id_by_name(fx->tx_port, name, &id) != 0)
		fail_msg("no extended statistic %s", name);
	assert_int_equal(rte_eth_xstats_get_by_id(fx->tx_port, &id, &value, 1), 1);
	return value;
}

void
nl_assert_books(struct fx *fx, uint64_t accepted)
{
	struct rte_eth_stats s = nl_stats(fx);
	uint64_t filtered = nl_xstat(fx, "rx_mac_filtered");
	uint64_t cut = nl_xstat(fx, "tx_gso_packets");
	uint64_t pieces = nl_xstat(fx, "tx_gso_segments");

	/* Each packet that was cut stands for its pieces. */
	assert_int_equal(s.opackets + s.oerrors + s.imissed + filtered, accepted - cut + pieces);
	assert_int_equal(s.ipackets, s.opackets);
	assert_int_equal(s.ibytes, s.obytes);
	assert_int_equal(s.ierrors, 0);
	assert_int_equal(s.rx_nombuf, 0);
}

void
nl_send(struct fx *fx, struct rte_mbuf *m)
{
	fx_tx_all(fx->tx_port, 0, &m, 1);
}

struct rte_mbuf *
nl_loop(struct fx *fx, struct rte_mbuf *m)
{
	nl_send(fx, m);
	fx_rx_all(fx->rx_port, 0, &m, 1);
	return m;
}

void
nl_lose(struct fx *fx, struct rte_mbuf *m)
{
	nl_send(fx, m);
	assert_int_equal(rte_eth_rx_burst(fx->rx_port, 0, &m, 1), 0);
}

struct rte_mbuf *
nl_mbuf(struct rte_mempool *pool, const void *bytes, uint32_t size, uint16_t seg_size)
{
	uint32_t step = seg_size == 0 ? size : seg_size;
	struct rte_mbuf *head = NULL;

	for (uint32_t off = 0; off < size; off += step) {
		uint32_t len = RTE_MIN(step, size - off);
		struct rte_mbuf *seg = rte_pktmbuf_alloc(pool);
		char *to;

		assert_non_null(seg);
		to = rte_pktmbuf_append(seg, len);
		assert_non_null(to);
		memcpy(to, (const char *)bytes + off, len);
		if (head == NULL)
			head = seg;
		else
			assert_int_equal(rte_pktmbuf_chain(head, seg), 0);
	}
	return head;
}

const uint8_t *
nl_bytes(const struct rte_mbuf *m, uint8_t *copy)
{
	const uint8_t *data = rte_pktmbuf_read(m, 0, m->pkt_len, copy);

	assert_non_null(data);
	if (data != copy)
		memcpy(copy, data, m->pkt_len);
	return copy;
}

char *
nl_dump(struct fx *fx)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	assert_int_equal(rte_eth_dev_priv_dump(fx->tx_port, f), 0);
	assert_int_equal(fclose(f), 0);
	return text;
}

size_t
nl_heap_bytes(void)
{
	struct rte_malloc_socket_stats stats;
	size_t sum = 0;

	for (unsigned int i = 0; i < rte_socket_count(); i++) {
		if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(i), &stats) == 0)
			sum += stats.heap_allocsz_bytes;
	}
	return sum;
}

static FILE *log_stream;
static char *log_text;
static size_t log_size;

void
nl_log_begin(void)
{
	log_stream = open_memstream(&log_text, &log_size);
	assert_non_null(log_stream);
	rte_openlog_stream(log_stream);
}

char *
nl_log_end(void)
{
	rte_openlog_stream(NULL);
	fclose(log_stream);
	return log_text;
}

void
nl_assert_range(uint64_t value, uint64_t low, uint64_t high)
{
	if (value < low || value > high)
		fail_msg("%" PRIu64 ": want %" PRIu64 " to %" PRIu64, value, low, high);
}

uint32_t
nl_random(uint64_t *state)
{
	/* Knuth's MMIX */
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return *state >> 33;
}
