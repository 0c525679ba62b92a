/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * What a socket is told of its own sends, by way of the error queue: when they left (SO_TIMESTAMPING,
 * contract XM-06), and that MSG_ZEROCOPY's buffers are free again (contract XM-07).
 */

#include <errno.h>

#include <linux/net_tstamp.h>
#include <rte_ether.h>
#include <rte_ip.h>

#include "error_queue.h"
#include "msg.h"

#define STAMPS_SENT (SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_TX_SCHED)
/* In sock_extended_err.ee_info */
#define SENT 0
#define SCHEDULED 1

void
lop_stamping_set(struct lop_sock *sk, uint32_t flags)
{
	struct lop *lop = sk->lop;
	const uint32_t old = lop_load(sk->ts_flags);

	/* counting begins anew */
	if ((flags & SOF_TIMESTAMPING_OPT_ID) != 0 && (old & SOF_TIMESTAMPING_OPT_ID) == 0)
		lop_store(sk->ts_key, 0);
	rte_atomic_fetch_add_explicit(&lop->nb_stamping,
			((flags & STAMPS_SENT) != 0) - ((old & STAMPS_SENT) != 0),
			rte_memory_order_relaxed);
	lop_store(sk->ts_flags, flags);
	lop_watched_update(lop);
}

static struct rte_mbuf *
record_new(struct lop_worker *w, const struct sock_extended_err *ee)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(w->lop->pool);
	struct lop_error_record *rec;

	if (m == NULL) {
		lop_count(w->drop[LOP_DROP_NO_MBUF], 1);
		return NULL;
	}
	rec = (void *)rte_pktmbuf_append(m, sizeof(*rec));
	*rec = (struct lop_error_record){ .ee = *ee, .now_us = lop_now(w) };
	return m;
}

/* All of the frame behind the record. False: no mbufs. */
static bool
add_frame(struct lop_worker *w, struct rte_mbuf *m, const struct rte_mbuf *frame)
{
	struct rte_mbuf *copy = rte_pktmbuf_copy(frame, w->lop->pool, 0, UINT32_MAX);

	if (copy == NULL || rte_pktmbuf_chain(m, copy) != 0) {
		rte_pktmbuf_free(copy);
		return false;
	}
	return true;
}

static void
stamp(struct lop_worker *w, struct lop_sock *sk, const struct rte_mbuf *frame, uint32_t flags,
		uint32_t info, uint32_t key)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod_offset(
			frame, const struct rte_ipv4_hdr *, RTE_ETHER_HDR_LEN);
	const struct sock_extended_err ee = { .ee_errno = ENOMSG,
		.ee_origin = SO_EE_ORIGIN_TIMESTAMPING,
		.ee_info = info,
		.ee_data = key };
	struct rte_mbuf *m = record_new(w, &ee);
	uint32_t bytes;

	if (m == NULL)
		return;
	/* without the frame nothing is known of it */
	if ((flags & SOF_TIMESTAMPING_OPT_CMSG) != 0 &&
			(flags & SOF_TIMESTAMPING_OPT_TSONLY) == 0) {
		struct lop_error_record *rec = rte_pktmbuf_mtod(m, struct lop_error_record *);

		rec->offender.sin_family = AF_INET;
		rec->offender.sin_addr.s_addr = ip->src_addr;
		rec->ifindex = lop_meta(frame)->dst->dev->ifindex;
		/* its options are not told of */
		rec->ip = *ip;
		rec->ip.version_ihl = RTE_IPV4_VHL_DEF;
		rec->has_port = true;
		memcpy(&rec->port_be, (const uint8_t *)ip + rte_ipv4_hdr_len(ip) + 2,
				sizeof(rec->port_be));
	}
	if ((flags & SOF_TIMESTAMPING_OPT_TSONLY) == 0 && !add_frame(w, m, frame)) {
		/* no packet is lost, so none is traced to its end */
		lop_count(w->drop[LOP_DROP_NO_MBUF], 1);
		rte_pktmbuf_free(m);
		return;
	}
	bytes = m->pkt_len - sizeof(struct lop_error_record);
	if (lop_error_enqueue(sk, m, lop_truesize(bytes)))
		lop_sock_wake(sk);
	else
		rte_pktmbuf_free(m);
}

void
lop_sock_sent(struct lop_worker *w, struct lop_sock *sk, const struct rte_mbuf *frame)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod_offset(
			frame, const struct rte_ipv4_hdr *, RTE_ETHER_HDR_LEN);
	const bool asked = w->stamps != 0 && w->send != NULL && w->send->sock == sk;
	const uint32_t own = lop_load(sk->ts_flags);
	const uint32_t flags = asked ? (own & ~STAMPS_SENT) | w->stamps : own;
	uint32_t key = 0;

	/* once for a datagram, not for its later fragments */
	if ((flags & STAMPS_SENT) == 0 ||
			(ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_OFFSET_MASK)) != 0)
		return;
	if ((flags & SOF_TIMESTAMPING_OPT_ID) != 0)
		key = rte_atomic_fetch_add_explicit(&sk->ts_key, 1, rte_memory_order_relaxed);
	if ((flags & SOF_TIMESTAMPING_TX_SCHED) != 0)
		stamp(w, sk, frame, flags, SCHEDULED, key);
	if ((flags & SOF_TIMESTAMPING_TX_SOFTWARE) != 0)
		stamp(w, sk, frame, flags, SENT, key);
}

int
lop_send_stamped(struct lop_worker *w, struct lop_sending *s, struct rte_mbuf *m)
{
	struct lop *lop = w->lop;
	int ret;

	/* looked at where frames leave, like that of sockets which always ask */
	rte_atomic_fetch_add_explicit(&lop->nb_stamping, 1, rte_memory_order_relaxed);
	w->stamps = s->stamps;
	ret = lop_send_mbuf(w, s, m);
	w->stamps = 0;
	rte_atomic_fetch_sub_explicit(&lop->nb_stamping, 1, rte_memory_order_relaxed);
	return ret;
}

void
lop_zerocopy_done(struct lop_worker *w, struct lop_sock *sk)
{
	const uint32_t key = rte_atomic_fetch_add_explicit(
			&sk->zerocopy_key, 1, rte_memory_order_relaxed);
	const struct sock_extended_err ee = { .ee_origin = SO_EE_ORIGIN_ZEROCOPY,
		.ee_code = SO_EE_CODE_ZEROCOPY_COPIED,
		.ee_info = key,
		.ee_data = key };
	struct rte_mbuf *m;

	if (lop_error_extend(sk, key))
		return;
	m = record_new(w, &ee);
	if (m == NULL)
		return;
	if (lop_error_enqueue(sk, m, lop_truesize(0)))
		lop_sock_wake(sk);
	else
		rte_pktmbuf_free(m);
}
