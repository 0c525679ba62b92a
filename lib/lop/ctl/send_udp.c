/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * From a decided send to the output path: limits, segments, counters (contract SEND-13 to SEND-17,
 * GSO-01).
 */

#include "msg.h"

/* sk_err, consumed. */
static int
take_error(struct lop_sock *sk)
{
	if (likely(lop_load(sk->err) == 0))
		return 0;
	return -rte_atomic_exchange_explicit(&sk->err, 0, rte_memory_order_acq_rel);
}

int
lop_send_allowed(struct lop_worker *w, struct lop_sock *sk, int flags)
{
	int ret = take_error(sk);

	if (ret == 0 && (lop_load(sk->shutdown) & 2) != 0)
		ret = -EPIPE;
	if (ret == 0 && unlikely(lop_load(sk->wmem_bytes) >= lop_load(sk->sndbuf_bytes))) {
		ret = -EAGAIN;
		if ((flags & MSG_DONTWAIT) == 0 && (lop_load(sk->flags) & LOP_SOCK_NONBLOCK) == 0)
			ret = lop_sock_wait(w, sk, POLLOUT, lop_load(sk->snd_timeout_us));
		if (ret == 0)
			return -ERESTART;
		lop_mib_add(w, UDP_SNDBUFERRORS, 1);
	}
	if (ret != 0)
		lop_mib_add(w, IP_OUTDISCARDS, 1);
	return ret;
}

int
lop_send_fits(struct lop_worker *w, struct lop_sock *sk, const struct lop_sending *s,
		uint32_t bytes)
{
	const uint32_t limit = s->send.ignore_df ? LOP_DATAGRAM_MAX : s->mtu_bytes;

	if (s->mtu_bytes < RTE_ETHER_MIN_MTU)
		return -ENETUNREACH;
	if (likely(lop_sending_headers(s) + bytes <= limit))
		return 0;
	lop_error_local(w, sk, EMSGSIZE, s->mtu_bytes - s->send.options_bytes, s->send.daddr_be,
			lop_load(sk->dport_be));
	return -EMSGSIZE;
}

/* contract SEND-16: the fragments behind the first may take twice the send buffer */
static bool
fragments_allowed(const struct lop_sock *sk, const struct lop_sending *s, uint32_t bytes)
{
	const uint32_t piece_max = (s->mtu_bytes - 20 - s->send.options_bytes) & ~7U;
	uint64_t later;

	if (likely(lop_sending_headers(s) + bytes <= s->mtu_bytes))
		return true;
	later = (bytes + 8 - 1) / piece_max;
	return 1 + lop_load(sk->wmem_bytes) + later * lop_truesize(piece_max - 8) <=
			2 * (uint64_t)lop_load(sk->sndbuf_bytes);
}

int
lop_send_no_buffer(struct lop_worker *w)
{
	lop_mib_add(w, UDP_SNDBUFERRORS, 1);
	lop_mib_add(w, IP_OUTDISCARDS, 1);
	return -ENOBUFS;
}

int
lop_send_fill(struct lop_worker *w, struct lop_sock *sk, const struct lop_sending *s,
		const struct lop_request *rq, struct rte_mbuf *m)
{
	struct lop_iov from = rq->iov;

	if (lop_iov_faulty(&from, rq->len)) {
		lop_mib_add(w, IP_OUTDISCARDS, 1);
		return -EFAULT;
	}
	if (!fragments_allowed(sk, s, m->pkt_len + rq->len) ||
			lop_copy_in(w->lop->pool, m, &from, rq->len) != 0)
		return lop_send_no_buffer(w);
	return 0;
}

/* contract GSO-01 */
static int
gso_check(const struct lop_sock *sk, const struct lop_sending *s, uint32_t bytes)
{
	if (lop_sending_headers(s) + RTE_MIN(bytes, (uint32_t)s->gso_size) > s->mtu_bytes)
		return -EMSGSIZE;
	if (bytes > (uint32_t)s->gso_size * LOP_GSO_SEGMENTS_MAX)
		return -EINVAL;
	if ((lop_load(sk->flags) & LOP_SOCK_NO_CHECK_TX) != 0)
		return -EINVAL;
	return 0;
}

/* What a device refuses for want of room is the sender's error with IP_RECVERR only (UDPH-03). */
static int
failed(struct lop_worker *w, const struct lop_sock *sk, int err, uint16_t n)
{
	if (err != -ENOBUFS)
		return err;
	lop_mib_add(w, UDP_SNDBUFERRORS, n);
	return (lop_load(sk->flags) & LOP_SOCK_RECVERR) != 0 ? err : 0;
}

int
lop_send_mbufs(struct lop_worker *w, const struct lop_sending *s, struct rte_mbuf **pkts,
		uint16_t n)
{
	uint16_t lost;
	int err;

	w->send = &s->send;
	w->out.dst = s->dst;
	lop_output(w, pkts, n);
	/* what comes in now sends, too */
	err = w->out.err;
	lost = w->out.failed;
	lop_mib_add(w, UDP_OUTDATAGRAMS, n - lost);
	lop_loop(w);
	return likely(err == 0) ? 0 : failed(w, s->send.sock, err, lost);
}

/* Cut a payload: whole mbufs stay, the pieces of others are copied. Takes m. */
static int
cut(struct lop_worker *w, uint16_t size, struct rte_mbuf *m, struct rte_mbuf **segs, uint16_t *n)
{
	uint32_t off = 0;
	int ret = 0;

	*n = 0;
	while (off < m->pkt_len && ret == 0) {
		const uint32_t bytes = RTE_MIN(m->pkt_len - off, (uint32_t)size);
		struct rte_mbuf *seg = rte_pktmbuf_alloc(w->lop->pool);
		uint8_t piece[LOP_SEGMENT_BYTES];

		if (seg == NULL) {
			ret = -ENOBUFS;
			break;
		}
		segs[(*n)++] = seg;
		for (uint32_t done = 0; done < bytes && ret == 0;) {
			const uint32_t part = RTE_MIN(bytes - done, (uint32_t)sizeof(piece));
			struct iovec io = { .iov_len = part };
			struct lop_iov from = { .at = &io, .n = 1 };

			io.iov_base = (void *)(uintptr_t)rte_pktmbuf_read(
					m, off + done, part, piece);
			ret = lop_copy_in(w->lop->pool, seg, &from, part);
			done += part;
		}
		off += bytes;
	}
	rte_pktmbuf_free(m);
	if (ret != 0) {
		rte_pktmbuf_free_bulk(segs, *n);
		*n = 0;
	}
	return ret;
}

/* One datagram of counters that moved by one for each segment (contract QU-05). */
static void
count_as_one(struct lop_worker *w, enum lop_mib id, uint64_t before)
{
	const uint64_t now = lop_load(w->mib[id]);

	if (now > before + 1)
		lop_store(w->mib[id], before + 1);
}

/*
 * UDP_SEGMENT: lo carries the segments one by one, as Linux's does with its feature switched off:
 * one datagram goes out, several packets come in (contract QU-05).
 */
static int
send_segments(struct lop_worker *w, struct lop_sending *s, struct rte_mbuf *m)
{
	const uint64_t requests = lop_load(w->mib[LOP_MIB_IP_OUTREQUESTS]);
	const uint64_t transmits = lop_load(w->mib[LOP_MIB_IP_OUTTRANSMITS]);
	const uint64_t datagrams = lop_load(w->mib[LOP_MIB_UDP_OUTDATAGRAMS]);
	const uint64_t discards = lop_load(w->mib[LOP_MIB_IP_OUTDISCARDS]);
	struct rte_mbuf *segs[LOP_GSO_SEGMENTS_MAX];
	uint64_t headers;
	uint16_t n;
	int ret = cut(w, s->gso_size, m, segs, &n);

	if (ret != 0)
		return lop_send_no_buffer(w);
	for (uint16_t i = 0; i < n; i += LOP_BURST_MAX) {
		const uint16_t burst = RTE_MIN(n - i, LOP_BURST_MAX);
		const int err = lop_send_mbufs(w, s, &segs[i], burst);

		if (ret == 0)
			ret = err;
	}
	headers = lop_load(w->mib[LOP_MIB_IP_OUTTRANSMITS]) - transmits;
	if (headers > 1)
		lop_mib_add(w, IPEXT_OUTOCTETS, -((headers - 1) * lop_sending_headers(s)));
	count_as_one(w, LOP_MIB_IP_OUTREQUESTS, requests);
	count_as_one(w, LOP_MIB_IP_OUTTRANSMITS, transmits);
	count_as_one(w, LOP_MIB_UDP_OUTDATAGRAMS, datagrams);
	count_as_one(w, LOP_MIB_IP_OUTDISCARDS, discards);
	return ret;
}

int
lop_send_mbuf(struct lop_worker *w, struct lop_sending *s, struct rte_mbuf *m)
{
	if (unlikely(s->gso_size != 0)) {
		const int ret = gso_check(s->send.sock, s, m->pkt_len);

		if (ret != 0) {
			rte_pktmbuf_free(m);
			return ret;
		}
		if (m->pkt_len > s->gso_size)
			return send_segments(w, s, m);
	}
	/* hooks see it whole, and without the bit that its fragments will not have (IPO-03) */
	if (unlikely(lop_sending_headers(s) + m->pkt_len > s->mtu_bytes) && s->send.ignore_df)
		s->send.df = false;
	return lop_send_mbufs(w, s, &m, 1);
}
