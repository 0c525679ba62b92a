/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_RTT_H
#define LOB_RTT_H

/*
 * The two ends of a round trip, in three manners: the burst interface, liblop's calls, the
 * kernel's. Loops are compiled once for each.
 */

#include <inttypes.h>
#include <string.h>

#include <lop_udp.h>

#include "calls.h"
#include "latency.h"
#include "round.h"

enum lob_manner {
	LOB_BURST,
	LOB_CALL,
	LOB_KERNEL,
};

/* A datagram at an end: an mbuf, or a copy. */
struct lob_datagram {
	struct rte_mbuf *m;
	uint8_t data[LOB_PATH_SIZE_MAX];
};

/* lob_path_open_pair() and a place for the times. */
int lob_rtt_open(struct lob_path *p);

/* Send a datagram with this stamp from tx: 0, or -EIO after one line on stderr. */
static __rte_always_inline int
lob_rtt_send(struct lob_round *r, const enum lob_manner how, struct lob_datagram *d,
		lob_stamp_t stamp)
{
	const struct lob_path *p = r->path;

	if (how == LOB_BURST) {
		if (unlikely(!lob_payload_burst(p, &d->m, 1, stamp)))
			return lob_round_fail(r, "the pool is empty");
		if (likely(lop_udp_send_burst(p->tx, NULL, &d->m, 1) == 1))
			return 0;
	} else {
		memcpy(d->data, &stamp, sizeof(stamp));
		if (likely(lob_sendto(how == LOB_KERNEL, p->tx, d->data, p->payload_bytes, NULL) ==
				    p->payload_bytes))
			return 0;
	}
	return lob_round_fail(r, "sending: %s", strerror(errno));
}

/* Is there one at this end? Then d holds it. */
static __rte_always_inline bool
lob_rtt_receive(const struct lob_path *p, const enum lob_manner how, int fd, struct lob_datagram *d)
{
	return how == LOB_BURST ? lop_udp_recv_burst(fd, &d->m, 1) == 1
				: lob_recvfrom(how == LOB_KERNEL, fd, d->data, sizeof(d->data),
						  NULL) == p->payload_bytes;
}

/* Send back from rx what it has received; the mbuf goes on. */
static __rte_always_inline bool
lob_rtt_return(const struct lob_path *p, const enum lob_manner how, struct lob_datagram *d)
{
	return how == LOB_BURST ? lop_udp_send_burst(p->rx, NULL, &d->m, 1) == 1
				: lob_sendto(how == LOB_KERNEL, p->rx, d->data, p->payload_bytes,
						  NULL) == p->payload_bytes;
}

/* The datagram is back at tx: 0, or -EIO after one line on stderr. */
static __rte_always_inline int
lob_rtt_finish(struct lob_round *r, const enum lob_manner how, struct lob_datagram *d,
		lob_stamp_t stamp)
{
	const bool good = how == LOB_BURST ? lob_payload_came(r->path, d->m, stamp)
					   : lob_payload_is(r->path, d->data, stamp);

	if (how == LOB_BURST)
		rte_pktmbuf_free(d->m);
	if (unlikely(!good))
		return lob_round_fail(r, "datagram %" PRIu64 " is wrong", stamp);
	return 0;
}

#endif /* LOB_RTT_H */
