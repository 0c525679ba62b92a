/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
/*
 * Bursts from a socket that is not connected, each datagram to a random address of 127.0.0.0/8 and
 * a random port; at each port a socket waits on all addresses.
 *
 * A lap sends c.in_flight datagrams. Then it receives them: in bursts, from a queue that all sockets
 * share; or, where each has its own, from those that they went to, as one does that was told which are
 * readable. Which socket a datagram belongs to is known from its number.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <lop_udp.h>
#include <rte_random.h>

#include "path.h"
#include "round.h"

#define SOCKETS 1000
#define FIRST_PORT 20000
#define RECEIVE_BURST 64

static int
open_sockets(struct lob_path *p)
{
	p->socks = calloc(p->entry->n, sizeof(*p->socks));
	if (p->socks == NULL)
		return lob_path_refuse(p, "a table of sockets", ENOMEM);
	for (unsigned int i = 0; i < p->entry->n; i++) {
		struct sockaddr_in addr = lob_addr(INADDR_ANY, FIRST_PORT + i);
		int fd = lob_path_socket(p);

		if (fd >= 0)
			p->socks[p->nb_socks++] = fd;
		if (fd < 0 || lob_path_bind(p, fd, &addr) != 0)
			return lob_path_refuse(p, "1,000 sockets", errno);
	}
	return 0;
}

/* All receive by one call. */
static int
share_queue(struct lob_path *p)
{
	for (unsigned int i = 1; i < p->nb_socks; i++) {
		if (lop_udp_share_queue(p->socks[i], p->socks[0]) != 0)
			return lob_path_refuse(p, "a queue for 1,000 sockets", errno);
	}
	return 0;
}

static int
open_random(struct lob_path *p)
{
	struct sockaddr_in any = lob_addr(INADDR_ANY, 0);
	int ret = open_sockets(p);

	if (ret != 0)
		return ret;
	p->tx = lob_path_socket(p);
	if (p->tx < 0 || lob_path_bind(p, p->tx, &any) != 0)
		return lob_path_refuse(p, "a socket", errno);
	ret = lob_path_targets(p);
	if (ret != 0)
		return ret;
	for (unsigned int i = 0; i < LOB_TARGETS; i++) {
		/* not the network's own address, nor its broadcast */
		const uint32_t host = 1 + rte_rand_max((1 << 24) - 2);

		p->owner[i] = rte_rand_max(p->nb_socks);
		p->to[i] = lob_addr(RTE_IPV4(127, 0, 0, 0) | host, FIRST_PORT + p->owner[i]);
	}
	lob_path_targets_done(p);
	return 0;
}

static int
open_together(struct lob_path *p)
{
	const int ret = open_random(p);

	return ret != 0 ? ret : share_queue(p);
}

static __rte_always_inline int
send_lap(struct lob_round *r, lob_stamp_t first)
{
	const struct lob_path *p = r->path;
	struct rte_mbuf *pkts[LOB_BURST_MAX];

	for (uint16_t done = 0; done < r->c.in_flight;) {
		const uint16_t n = RTE_MIN(r->c.burst, r->c.in_flight - done);
		const lob_stamp_t stamp = first + done;
		uint16_t sent;

		if (unlikely(!lob_payload_burst(p, pkts, n, stamp)))
			return lob_round_fail(r, "the pool is empty");
		sent = lop_udp_send_burst_to(p->tx, &p->to[stamp % LOB_TARGETS], pkts, n);
		r->sent += sent;
		if (unlikely(sent != n))
			return lob_round_fail(r, "%u of %u datagrams are accepted: %s", sent, n,
					strerror(errno));
		done += n;
	}
	return 0;
}

/* What was received and compared: freed many at once. */
struct done {
	struct rte_mbuf *pkts[2 * RECEIVE_BURST];
	unsigned int n;
};

/* All that waits in one socket: 0, or an error that was noted. */
static __rte_always_inline int
receive_all(struct lob_round *r, uint32_t sock, lob_stamp_t first, lob_stamp_t at,
		struct done *done)
{
	const struct lob_path *p = r->path;
	lob_stamp_t due = at;
	uint16_t n, good;

	do {
		struct rte_mbuf **pkts = &done->pkts[done->n];

		n = lop_udp_recv_burst(p->socks[sock], pkts, RECEIVE_BURST);
		good = 0;
		for (uint16_t i = 0; i < n; i++) {
			lob_stamp_t stamp;

			memcpy(&stamp, rte_pktmbuf_mtod(pkts[i], const void *), sizeof(stamp));
			good += stamp >= due && stamp - first < r->c.in_flight &&
					p->owner[stamp % LOB_TARGETS] == sock &&
					lob_payload_came(p, pkts[i], stamp);
			due = stamp + 1;
		}
		r->received += n;
		done->n += n;
		if (done->n >= RECEIVE_BURST) {
			rte_pktmbuf_free_bulk(done->pkts, done->n);
			done->n = 0;
		}
		if (unlikely(good != n))
			return lob_round_fail(r, "%u of %u datagrams are wrong at socket %u",
					n - good, n, sock);
	} while (n == RECEIVE_BURST);
	return 0;
}

/* Each socket once, at its first datagram. */
static __rte_always_inline int
receive_lap(struct lob_round *r, lob_stamp_t first, lob_stamp_t *asked)
{
	const struct lob_path *p = r->path;
	const lob_stamp_t lap = first + 1;
	struct done done = { .n = 0 };
	int ret = 0;

	for (unsigned int i = 0; i < r->c.in_flight && ret == 0; i++) {
		const uint32_t sock = p->owner[(first + i) % LOB_TARGETS];

		if (asked[sock] == lap)
			continue;
		asked[sock] = lap;
		ret = receive_all(r, sock, first, first + i, &done);
	}
	rte_pktmbuf_free_bulk(done.pkts, done.n);
	return ret;
}

/* What waits in the queue that all share: in the order in which it was sent. */
static __rte_always_inline int
receive_together(struct lob_round *r, lob_stamp_t first)
{
	const struct lob_path *p = r->path;
	struct rte_mbuf *pkts[LOB_BURST_MAX];

	for (uint16_t done = 0; done < r->c.in_flight;) {
		const uint16_t n = lop_udp_recv_burst(p->socks[0], pkts, r->c.burst);
		uint16_t good = 0;

		for (uint16_t i = 0; i < n; i++) {
			const lob_stamp_t stamp = first + done + i;

			good += lop_udp_fd(pkts[i]) == p->socks[p->owner[stamp % LOB_TARGETS]] &&
					lob_payload_came(p, pkts[i], stamp);
		}
		rte_pktmbuf_free_bulk(pkts, n);
		r->received += n;
		done += n;
		if (unlikely(good != n))
			return lob_round_fail(r, "%u of %u datagrams are wrong", n - good, n);
		/* what is missing is counted behind the round */
		if (unlikely(n == 0))
			break;
	}
	return 0;
}

static __rte_always_inline int
go_round(struct lob_round *r, const bool together)
{
	const uint64_t start = rte_rdtsc(), end = start + r->budget_tsc;
	lob_stamp_t asked[SOCKETS] = { 0 }; /* the lap in which each socket was, plus 1 */
	lob_stamp_t next = 0;
	uint64_t now;

	do {
		if (send_lap(r, next) != 0 ||
				(together ? receive_together(r, next)
					  : receive_lap(r, next, asked)) != 0)
			return -EIO;
		next += r->c.in_flight;
		now = rte_rdtsc();
	} while (now < end);

	r->packets = r->received;
	r->tsc = now - start;
	return 0;
}

static int
together_round(struct lob_round *r)
{
	return go_round(r, true);
}

static int
random_round(struct lob_round *r)
{
	return go_round(r, false);
}

static const struct lob_entry entries[] = {
	{ .title = "liblop",
			.note = "1,000 sockets, one queue",
			.kind = LOB_KIND_LIBLOP,
			.n = SOCKETS,
			.open = open_together,
			.round = together_round },
	{ .title = "liblop-each",
			.note = "1,000 sockets, a call for each",
			.kind = LOB_KIND_LIBLOP,
			.n = SOCKETS,
			.open = open_random,
			.round = random_round },
	{ .title = "net_ring",
			.note = "floor",
			.kind = LOB_KIND_NET_RING,
			.round = lob_floor_round },
};

const struct lob_heat lob_udp_random_heats[1] = {
	{ .entries = entries, .n = RTE_DIM(entries), .base = 2 },
};
