/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Errors of sockets: sk_err, and the queue behind IP_RECVERR (contract IC-02, SEND-14).
 */

#include <string.h>

#include <rte_ip.h>

#include "../dp/reasm.h"
#include "error_queue.h"
#include "msg.h"

#define HELD_BYTES_MAX (LOP_SEGMENT_BYTES - sizeof(struct lop_error_record))

static struct lop_error_record *
record_of(const struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod(m, struct lop_error_record *);
}

static bool
is_icmp(const struct rte_mbuf *m)
{
	return record_of(m)->ee.ee_origin == SO_EE_ORIGIN_ICMP;
}

bool
lop_error_enqueue(struct lop_sock *sk, struct rte_mbuf *m, uint32_t truesize)
{
	bool room;

	record_of(m)->truesize = truesize;
	lop_meta(m)->next = NULL;
	lop_rx_lock(sk);
	room = sk->rmem_bytes + truesize < lop_load(sk->rcvbuf_bytes);
	if (room) {
		sk->rmem_bytes += truesize;
		if (sk->err_tail != NULL)
			lop_meta(sk->err_tail)->next = m;
		else
			sk->err_head = m;
		sk->err_tail = m;
		sk->err_waits = true;
	}
	lop_rx_unlock(sk);
	return room;
}

bool
lop_error_extend(struct lop_sock *sk, uint32_t key)
{
	struct sock_extended_err *ee;
	bool extends;

	lop_rx_lock(sk);
	ee = sk->err_tail != NULL ? &record_of(sk->err_tail)->ee : NULL;
	extends = ee != NULL && ee->ee_origin == SO_EE_ORIGIN_ZEROCOPY && ee->ee_data + 1 == key;
	if (extends)
		ee->ee_data = key;
	lop_rx_unlock(sk);
	return extends;
}

/* What was quoted, as far as one mbuf holds it. */
static void
quote(struct rte_mbuf *m, const struct rte_mbuf *from, uint32_t off)
{
	struct iovec io = { .iov_base = rte_pktmbuf_mtod_offset(m, uint8_t *, m->data_len) };
	struct lop_iov to = { .at = &io, .n = 1 };

	if (from == NULL || off >= from->pkt_len)
		return;
	io.iov_len = RTE_MIN(from->pkt_len - off, (uint32_t)HELD_BYTES_MAX);
	lop_copy_out(from, off, io.iov_len, &to);
	m->data_len += io.iov_len;
	m->pkt_len += io.iov_len;
}

/* Which way a message about an error came; its IPv4 header stands in front of it. */
static void
came_by(const struct lop_worker *w, const struct rte_mbuf *m, struct lop_error_record *rec)
{
	const struct rte_ipv4_hdr
			*ip = (const struct rte_ipv4_hdr *)(rte_pktmbuf_mtod(m, const uint8_t *) -
					lop_meta(m)->l3_len);

	rec->ifindex = lop_came_in_by(w, m);
	rec->ip = *ip;
	memcpy(rec->options, ip + 1, rte_ipv4_hdr_len(ip) - sizeof(*ip));
}

static void
queue_error(struct lop_worker *w, struct lop_sock *sk, const struct lop_sock_error *error)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(w->lop->pool);
	struct lop_error_record *rec;

	if (m == NULL) {
		lop_count(w->drop[LOP_DROP_NO_MBUF], 1);
		return;
	}
	rec = (void *)rte_pktmbuf_append(m, sizeof(*rec));
	*rec = (struct lop_error_record){
		.ee = { .ee_errno = error->err,
				.ee_origin = error->origin,
				.ee_type = error->type,
				.ee_code = error->code,
				.ee_info = error->info },
		.daddr_be = error->daddr_be,
		.dport_be = error->dport_be,
		.now_us = lop_now(w),
	};
	if (error->origin == SO_EE_ORIGIN_ICMP) {
		rec->offender.sin_family = AF_INET;
		rec->offender.sin_addr.s_addr = error->offender_be;
		if (error->payload != NULL)
			came_by(w, error->payload, rec);
	}
	quote(m, error->payload, error->payload_off);
	/* where a header with ports would be stands what was quoted */
	if (m->pkt_len >= sizeof(*rec) + 4) {
		rec->has_port = true;
		memcpy(&rec->port_be, (const uint8_t *)(rec + 1) + 2, sizeof(rec->port_be));
	}
	if (!lop_error_enqueue(sk, m, lop_truesize(m->pkt_len - sizeof(*rec))))
		rte_pktmbuf_free(m);
}

void
lop_sock_error(struct lop_worker *w, struct lop_sock *sk, const struct lop_sock_error *error)
{
	const bool told = (lop_load(sk->flags) & LOP_SOCK_RECVERR) != 0;
	const bool local = error->origin == SO_EE_ORIGIN_LOCAL;

	if (told)
		queue_error(w, sk, error);
	else if (local || !error->fatal || lop_load(sk->state) != LOP_SOCK_ESTABLISHED)
		return;
	/* the sender of a local error has it in its hands */
	if (!local)
		lop_store(sk->err, error->err);
	lop_sock_wake(sk);
}

void
lop_error_local(struct lop_worker *w, struct lop_sock *sk, int err, uint32_t info,
		uint32_t daddr_be, uint16_t dport_be)
{
	const struct lop_sock_error error = {
		.err = err,
		.origin = SO_EE_ORIGIN_LOCAL,
		.info = info,
		.daddr_be = daddr_be,
		.dport_be = dport_be,
	};

	lop_sock_error(w, sk, &error);
}

/*
 * The oldest record. The pending error becomes that of the next ICMP message, or none after the
 * last one.
 */
static struct rte_mbuf *
dequeue(struct lop_sock *sk)
{
	struct rte_mbuf *m, *next = NULL;

	lop_rx_lock(sk);
	m = sk->err_head;
	if (m != NULL) {
		next = lop_meta(m)->next;
		sk->err_head = next;
		if (next == NULL)
			sk->err_tail = NULL;
		sk->err_waits = next != NULL;
		sk->rmem_bytes -= record_of(m)->truesize;
		if (next != NULL && is_icmp(next))
			lop_store(sk->err, (int)record_of(next)->ee.ee_errno);
		else if (is_icmp(m))
			lop_store(sk->err, 0);
	}
	lop_rx_unlock(sk);
	if (m != NULL)
		lop_sock_eventfd_settle(sk);
	return m;
}

/* Pending errors stay pending. */
void
lop_error_queue_purge(struct lop_sock *sk)
{
	struct rte_mbuf *m, *next;

	lop_rx_lock(sk);
	m = sk->err_head;
	sk->err_head = NULL;
	sk->err_tail = NULL;
	sk->err_waits = false;
	for (const struct rte_mbuf *e = m; e != NULL; e = lop_meta(e)->next)
		sk->rmem_bytes -= record_of(e)->truesize;
	lop_rx_unlock(sk);
	for (; m != NULL; m = next) {
		next = lop_meta(m)->next;
		rte_pktmbuf_free(m);
	}
}

static void
put_control(const struct lop_worker *w, const struct lop_sock *sk,
		const struct lop_error_record *rec, struct msghdr *control, int *flags)
{
	struct {
		struct sock_extended_err ee;
		struct sockaddr_in offender;
	} data = { .ee = rec->ee, .offender = rec->offender };

	if (rec->ee.ee_origin != SO_EE_ORIGIN_ZEROCOPY)
		lop_cmsg_time(w, sk, rec->now_us, control, flags);
	if (rec->ee.ee_origin == SO_EE_ORIGIN_TIMESTAMPING ||
			(rec->ee.ee_origin == SO_EE_ORIGIN_ICMP &&
					(lop_load(sk->flags) & LOP_SOCK_STAMPING) != 0))
		lop_cmsg_stamping(w, sk, rec->now_us, control, flags);
	if (rec->ip.version_ihl != 0) {
		const bool stamp = rec->ee.ee_origin == SO_EE_ORIGIN_TIMESTAMPING;
		const struct in_pktinfo info = { .ipi_ifindex = rec->ifindex,
			.ipi_spec_dst.s_addr = stamp ? rec->ip.src_addr : 0,
			.ipi_addr.s_addr = stamp ? rec->ip.src_addr : rec->ip.dst_addr };

		if ((lop_load(sk->flags) & LOP_SOCK_PKTINFO) != 0)
			lop_control_put(control, flags, IPPROTO_IP, IP_PKTINFO, &info,
					sizeof(info));
		lop_cmsg_header(sk, &rec->ip, rec->has_port ? &rec->port_be : NULL, control, flags);
	}
	lop_control_put(control, flags, IPPROTO_IP, IP_RECVERR, &data, sizeof(data));
}

/* Never waits; MSG_PEEK and MSG_TRUNC mean nothing here. */
ssize_t
lop_errqueue_recv(struct lop_worker *w, struct lop_sock *sk, struct lop_receipt *r)
{
	struct rte_mbuf *m = dequeue(sk);
	const struct lop_error_record *rec;
	size_t bytes;

	if (m == NULL)
		return -EAGAIN;
	rec = record_of(m);
	bytes = m->pkt_len - sizeof(*rec);
	r->msg_flags = MSG_ERRQUEUE;
	if (bytes > r->len) {
		bytes = r->len;
		r->msg_flags |= MSG_TRUNC;
	}
	if (lop_iov_faulty(&r->iov, bytes)) {
		rte_pktmbuf_free(m);
		return -EFAULT;
	}
	lop_copy_out(m, sizeof(*rec), bytes, &r->iov);
	/* what is told of a socket's own sends names nobody */
	r->has_from = rec->ee.ee_origin != SO_EE_ORIGIN_TIMESTAMPING &&
			rec->ee.ee_origin != SO_EE_ORIGIN_ZEROCOPY;
	r->from = (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = rec->dport_be, .sin_addr.s_addr = rec->daddr_be
	};
	if (r->msg != NULL)
		put_control(w, sk, rec, r->msg, &r->msg_flags);
	rte_pktmbuf_free(m);
	return bytes;
}
