/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Datagrams that are collected from several sends: UDP_CORK and MSG_MORE (contract CK-01, CK-02,
 * SEND-05, SEND-11). Under sk->tx_lock, which is never held while packets move.
 */

#include <rte_malloc.h>

#include "../dp/fib_table.h"
#include "msg.h"

/* The first send decides where the datagram goes, and most of how it looks. */
struct lop_cork {
	struct rte_mbuf *m; /* what was collected */
	struct lop_sending sending;
	uint32_t genid;      /* sending.dst is good under it */
	int this_host_if;    /* it is what 0.0.0.0 leads to on this one; 0: it is not */
	struct lop_to asked; /* what its route was asked for with */
	uint32_t wmem_bytes; /* that it takes of the send buffer */
};

/* What it would take, as Linux lays it out: the first send in a buffer, more of it in pages. */
static uint32_t
wmem_of(const struct lop_cork *cork)
{
	const uint32_t options = cork->sending.send.options_bytes;
	const uint32_t first = cork->sending.send.first_bytes;
	const uint32_t most = cork->sending.mtu_bytes - 20 - options;
	uint32_t left = 8 + cork->m->pkt_len, sum = 0;

	if (left <= most)
		return lop_truesize_of(8 + first, options) + cork->m->pkt_len - first;
	/* fragments, each in a buffer of its own */
	while (left > most) {
		sum += lop_truesize_of(most & ~7U, options);
		left -= most & ~7U;
	}
	return sum + lop_truesize_of(left, options);
}

static void
wmem_set(struct lop_sock *sk, struct lop_cork *cork, uint32_t bytes)
{
	rte_atomic_fetch_add_explicit(
			&sk->wmem_bytes, bytes - cork->wmem_bytes, rte_memory_order_relaxed);
	cork->wmem_bytes = bytes;
}

static void
cork_free(struct lop_cork *cork)
{
	if (cork == NULL)
		return;
	rte_pktmbuf_free(cork->m);
	rte_free(cork);
}

/* Take it off the socket. */
static struct lop_cork *
cork_take(struct lop_sock *sk)
{
	struct lop_cork *cork;

	rte_spinlock_lock(&sk->tx_lock);
	cork = lop_load(sk->cork);
	lop_store(sk->cork, NULL);
	if (cork != NULL)
		wmem_set(sk, cork, 0);
	rte_spinlock_unlock(&sk->tx_lock);
	return cork;
}

void
lop_cork_discard(struct lop_sock *sk)
{
	cork_free(cork_take(sk));
}

/* connect(2), also one that fails, gives what pends other addresses, and leaves it its route. */
void
lop_cork_readdress(struct lop_sock *sk, uint32_t saddr_be, uint32_t daddr_be, uint16_t dport_be)
{
	struct lop_cork *cork;

	rte_spinlock_lock(&sk->tx_lock);
	cork = lop_load(sk->cork);
	if (cork != NULL) {
		cork->sending.send.saddr_be = saddr_be;
		cork->sending.send.daddr_be = daddr_be;
		cork->sending.send.dport_be = dport_be;
	}
	rte_spinlock_unlock(&sk->tx_lock);
}

/* These options count as they are now. */
static void
refresh(struct lop_sock *sk, struct lop_cork *cork)
{
	struct lop_send *send = &cork->sending.send;
	struct lop_send now;

	lop_send_defaults(&now, sk, cork->sending.dst);
	send->sport_be = now.sport_be;
	send->ttl = cork->sending.ttl != 0 ? cork->sending.ttl : now.ttl;
	send->df = now.df;
	send->ignore_df = now.ignore_df;
	send->id_zero = now.id_zero;
	send->connected = now.connected;
	send->no_check = now.no_check;
}

/*
 * Routes may have changed since the first send, and its destination may be gone with them: asked
 * for again by the addresses that were chosen then.
 */
static int
route_again(struct lop_worker *w, struct lop_sock *sk, struct lop_cork *cork)
{
	const uint32_t genid = lop_acquire(w->lop->genid);
	const struct lop_send *send = &cork->sending.send;
	struct lop_flow flow = { .daddr_be = cork->asked.daddr_be,
		.saddr_be = cork->asked.saddr_be,
		.oif = lop_load(sk->bound_if),
		.tos = send->tos & IPTOS_DSCP_MASK,
		.protocol = sk->protocol,
		.any_source = (lop_load(sk->flags) & LOP_SOCK_TRANSPARENT) != 0,
		.sport_be = send->sport_be,
		.dport_be = cork->asked.dport_be,
		.mark = lop_load(sk->mark),
		.uid = sk->uid };
	struct lop_route_result result;
	int ret = 0;

	if (cork->genid == genid)
		return 0;
	if (cork->this_host_if != 0) {
		/* no route stands behind it: it goes with the interface */
		const struct lop_if *dev = lop_if_of(w->lop, cork->this_host_if);

		result.dst = dev != NULL && lop_load(dev->has_ip) ? lop_acquire(dev->dst_this_host)
								  : NULL;
		ret = result.dst != NULL ? 0 : -ENETUNREACH;
	} else {
		lop_flow_interface(sk, &flow);
		ret = lop_route_resolve(w->lop, &flow, &result);
	}
	if (ret == 0) {
		cork->sending.dst = result.dst;
		cork->genid = genid;
	}
	return ret;
}

/* Where there is no route any more Linux's datagram is sent, and comes nowhere. */
static int
send_nowhere(struct lop_worker *w, struct lop_cork *cork)
{
	lop_mib_add(w, IP_OUTREQUESTS, 1);
	lop_mib_add(w, UDP_OUTDATAGRAMS, 1);
	lop_drop(w, cork->m, NO_ROUTE);
	cork->m = NULL;
	return 0;
}

static int
cork_send(struct lop_worker *w, struct lop_sock *sk, struct lop_cork *cork)
{
	int ret;

	if (cork == NULL)
		return 0;
	if (route_again(w, sk, cork) != 0) {
		ret = send_nowhere(w, cork);
	} else {
		struct rte_mbuf *m = cork->m;

		cork->m = NULL;
		refresh(sk, cork);
		ret = cork->sending.stamps != 0 ? lop_send_stamped(w, &cork->sending, m)
						: lop_send_mbuf(w, &cork->sending, m);
	}
	cork_free(cork);
	return ret;
}

int
lop_cork_push(struct lop_worker *w, struct lop_sock *sk)
{
	const int ret = cork_send(w, sk, cork_take(sk));

	lop_sock_settle(sk);
	return ret;
}

/* Add bytes. -EMSGSIZE for the whole, -EFAULT, -ENOBUFS: then all of it is lost. */
static int
append(struct lop_worker *w, struct lop_sock *sk, struct lop_cork *cork,
		const struct lop_request *rq)
{
	const int ret = lop_send_fits(w, sk, &cork->sending, cork->m->pkt_len + rq->len);

	return ret != 0 ? ret : lop_send_fill(w, sk, &cork->sending, rq, cork->m);
}

/* The lock is held, and let go. */
static ssize_t
add(struct lop_worker *w, struct lop_sock *sk, const struct lop_request *rq)
{
	struct lop_cork *cork = lop_load(sk->cork);
	int ret = 0;

	if ((rq->flags & LOP_MSG_PROBE) == 0) {
		const uint8_t mode = lop_load(sk->pmtudisc);

		cork->sending.send.ignore_df = mode == IP_PMTUDISC_WANT ||
				mode == IP_PMTUDISC_DONT || mode == IP_PMTUDISC_OMIT;
		ret = append(w, sk, cork, rq);
	}
	if (ret == 0 && lop_send_is_corked(sk, rq->flags)) {
		wmem_set(sk, cork, wmem_of(cork));
		rte_spinlock_unlock(&sk->tx_lock);
		return rq->len;
	}
	lop_store(sk->cork, NULL);
	wmem_set(sk, cork, 0);
	rte_spinlock_unlock(&sk->tx_lock);
	if (ret != 0)
		cork_free(cork);
	else
		ret = cork_send(w, sk, cork);
	return ret != 0 ? ret : (ssize_t)rq->len;
}

ssize_t
lop_cork_add(struct lop_worker *w, struct lop_sock *sk, const struct lop_request *rq, bool *done)
{
	ssize_t ret;

	rte_spinlock_lock(&sk->tx_lock);
	*done = lop_load(sk->cork) != NULL;
	if (!*done) {
		rte_spinlock_unlock(&sk->tx_lock);
		return 0;
	}
	ret = add(w, sk, rq);
	lop_sock_settle(sk);
	return ret;
}

static ssize_t
begin(struct lop_worker *w, struct lop_sock *sk, const struct lop_request *rq,
		const struct lop_sending *s)
{
	struct lop_cork *cork;
	int ret;

	if ((rq->flags & LOP_MSG_PROBE) != 0)
		return rq->len;
	ret = lop_send_fits(w, sk, s, rq->len);
	if (ret == 0)
		ret = lop_send_allowed(w, sk, rq->flags);
	if (ret != 0)
		return ret;
	cork = rte_zmalloc("lop cork", sizeof(*cork), 0);
	if (cork != NULL)
		cork->m = rte_pktmbuf_alloc(w->lop->pool);
	if (cork == NULL || cork->m == NULL) {
		cork_free(cork);
		return lop_send_no_buffer(w);
	}
	cork->sending = *s;
	if (s->send.options == s->options)
		cork->sending.send.options = cork->sending.options;
	cork->sending.send.software_check = s->gso_size == 0;
	cork->asked = (struct lop_to){ s->send.saddr_be, s->send.daddr_be, s->send.dport_be };
	cork->sending.send.first_bytes = rq->len;
	cork->genid = lop_acquire(w->lop->genid);
	if (s->dst == lop_acquire(s->dst->dev->dst_this_host))
		cork->this_host_if = s->dst->dev->ifindex;

	rte_spinlock_lock(&sk->tx_lock);
	if (lop_load(sk->cork) != NULL) {
		/* another thread was first */
		rte_spinlock_unlock(&sk->tx_lock);
		cork_free(cork);
		return -EINVAL;
	}
	lop_store(sk->cork, cork);
	lop_sock_changed(sk);
	return add(w, sk, rq);
}

/* The first send's addresses stay, whatever becomes of it. */
ssize_t
lop_cork_begin(struct lop_worker *w, struct lop_sock *sk, const struct lop_request *rq,
		const struct lop_sending *s)
{
	ssize_t ret;

	lop_sock_astray_set(sk, s->send.saddr_be, s->send.daddr_be, s->send.dport_be);
	ret = begin(w, sk, rq, s);
	lop_sock_settle(sk);
	return ret;
}
