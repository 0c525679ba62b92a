/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_PATH_H
#define LOB_PATH_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "packet.h"
#include "scenario.h"

struct lop;

/* What an mbuf of liblop holds behind its headroom, with the header of a frame. */
#define LOB_PATH_SIZE_MAX (2048 + 42)
/* Prepared destinations, enough that they do not all stay in the first cache. */
#define LOB_TARGETS (1 << 16)

/* A path from a socket to a socket: an instance of liblop, or the kernel's lo. */
struct lob_path {
	const struct lob_entry *entry;
	struct lop *lop; /* NULL: the kernel's */
	struct rte_mempool *pool;
	struct lob_latency *latency; /* of round trips; NULL: none were measured */
	uint16_t payload_bytes;
	uint8_t payload[LOB_PATH_SIZE_MAX]; /* of every datagram, but for the stamp in front */
	int tx, rx;                         /* the pair of sockets, -1: none */
	struct sockaddr_in tx_addr, rx_addr;
	/* Many receivers, and who of them gets what goes to each of the destinations. */
	int *socks;
	unsigned int nb_socks;
	struct sockaddr_in *to; /* NULL: to the peer of tx */
	uint32_t *owner;
	/* A device behind lo, where datagrams leave for neighbours; 0: they come back. */
	int ifindex;
	char vdev[32];
	uint64_t heap_bytes; /* what open() has found that it takes; memory only */
};

/**
 * Make what an entry needs.
 *
 * @return
 *   0, or -errno after one line on stdout: it is left out.
 */
int lob_path_open(struct lob_path *p, const struct lob_entry *entry, const struct lob_case *c);

/**
 * Take down what lob_path_open() made.
 *
 * @return
 *   0, or -EIO after one line on stderr: mbufs are missing.
 */
int lob_path_close(struct lob_path *p);

/* One line on stdout that says what an entry cannot have; returns -err. */
int lob_path_refuse(const struct lob_path *p, const char *what, int err);

/**
 * Run a round, and compare what liblop counted with what it sent and received.
 *
 * @return
 *   0, or -errno after one line on stderr.
 */
int lob_path_round(struct lob_path *p, struct lob_round *r);

/* A datagram socket of the path. At least 0, or -1 and errno. */
int lob_path_socket(const struct lob_path *p);

/**
 * Bind and ask for the address.
 *
 * @param addr
 *   Where to bind; overwritten.
 * @return
 *   0, or -1 and errno.
 */
int lob_path_bind(const struct lob_path *p, int fd, struct sockaddr_in *addr);

/* Sockets tx and rx on 127.0.0.1, each connected to the other. An entry's open(). */
int lob_path_open_pair(struct lob_path *p);
/* Sockets tx and rx on 127.0.0.1, not connected. */
int lob_path_open_two(struct lob_path *p);

/* Sockets tx and rx on 0.0.0.0, not connected. */
int lob_path_open_any(struct lob_path *p);

/* Tables of LOB_TARGETS destinations, with a tail that lets a burst run over the end. */
int lob_path_targets(struct lob_path *p);

/* lob_path_targets(), once they are filled in. */
void lob_path_targets_done(struct lob_path *p);

static inline struct sockaddr_in
lob_addr(uint32_t addr, uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = rte_cpu_to_be_32(addr),
		.sin_port = rte_cpu_to_be_16(port),
	};
}

/* The payload with this stamp. */
static inline void
lob_payload_write(const struct lob_path *p, void *data, lob_stamp_t stamp)
{
	memcpy(data, p->payload, p->payload_bytes);
	memcpy(data, &stamp, sizeof(stamp));
}

static inline bool
lob_payload_is(const struct lob_path *p, const void *data, lob_stamp_t stamp)
{
	return memcmp(data, &stamp, sizeof(stamp)) == 0 &&
			memcmp((const uint8_t *)data + sizeof(stamp), p->payload + sizeof(stamp),
					p->payload_bytes - sizeof(stamp)) == 0;
}

/* A burst of payloads with consecutive stamps in new mbufs; false when the pool is empty. */
static inline bool
lob_payload_burst(const struct lob_path *p, struct rte_mbuf **pkts, uint16_t n, lob_stamp_t first)
{
	if (unlikely(rte_pktmbuf_alloc_bulk(p->pool, pkts, n) != 0))
		return false;
	for (uint16_t i = 0; i < n; i++) {
		pkts[i]->data_len = p->payload_bytes;
		pkts[i]->pkt_len = p->payload_bytes;
		lob_payload_write(p, rte_pktmbuf_mtod(pkts[i], void *), first + i);
	}
	return true;
}

/* Is it the datagram that lob_payload_burst() made with this stamp? */
static inline bool
lob_payload_came(const struct lob_path *p, const struct rte_mbuf *m, lob_stamp_t stamp)
{
	return m->pkt_len == p->payload_bytes && m->data_len == p->payload_bytes &&
			lob_payload_is(p, rte_pktmbuf_mtod(m, const void *), stamp);
}

#endif /* LOB_PATH_H */
