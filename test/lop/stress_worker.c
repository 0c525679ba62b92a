/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* What workers do. They assert nothing: what is wrong is noted for the main thread. */

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include <rte_lcore.h>

#include "stress.h"

struct stamp {
	uint32_t sender;
	uint32_t flow;
	uint64_t number;
	uint64_t check;
};

#define PAYLOAD_MAX 2000

static uint64_t
check_of(const struct stamp *s)
{
	return (s->number ^ (uint64_t)s->sender << 56 ^ (uint64_t)s->flow << 40) *
			UINT64_C(0x9e3779b97f4a7c15);
}

static uint32_t
random_below(struct ps_worker *pw, uint32_t n)
{
	pw->random ^= pw->random << 13;
	pw->random ^= pw->random >> 7;
	pw->random ^= pw->random << 17;
	return (pw->random >> 16) % n;
}

static void
fault(struct ps_worker *pw, const char *fmt, ...)
{
	va_list ap;

	if (pw->error[0] == '\0') {
		va_start(ap, fmt);
		vsnprintf(pw->error, sizeof(pw->error), fmt, ap);
		va_end(ap);
	}
	__atomic_store_n(&pw->ps->give_up, true, __ATOMIC_RELAXED);
}

/* Writes a stamp, returns how long the payload is to be. */
static uint32_t
stamp(struct ps_worker *pw, unsigned int flow, void *data)
{
	struct stamp s = { .sender = pw->id, .flow = flow, .number = pw->next_sent[flow]++ };

	s.check = check_of(&s);
	memcpy(data, &s, sizeof(s));
	return sizeof(s) + random_below(pw, pw->ps->shape.payload_max - sizeof(s) + 1);
}

/* Is it one that may come here now? */
static void
inspect(struct ps_worker *pw, const void *data, uint32_t bytes, bool in_order)
{
	struct stamp s;

	if (bytes < sizeof(s)) {
		fault(pw, "worker %u: %u bytes", pw->id, bytes);
		return;
	}
	memcpy(&s, data, sizeof(s));
	if (s.sender >= PS_WORKERS || s.flow >= PS_FLOWS || s.check != check_of(&s)) {
		fault(pw, "worker %u: a broken stamp", pw->id);
		return;
	}
	pw->received++;
	if (!in_order)
		return;
	if (s.flow != pw->id || s.number < pw->next_received[s.sender])
		fault(pw, "worker %u: flow %u of %u: %" PRIu64 " after %" PRIu64, pw->id, s.flow,
				s.sender, s.number, pw->next_received[s.sender]);
	pw->next_received[s.sender] = s.number + 1;
}

unsigned int
ps_take(struct ps_worker *pw, int fd, bool in_order)
{
	struct rte_mbuf *pkts[PS_BURST];
	uint8_t buf[PAYLOAD_MAX];
	unsigned int n;
	ssize_t bytes;

	n = lop_udp_recv_burst(fd, pkts, PS_BURST);
	for (unsigned int i = 0; i < n; i++) {
		struct stamp s;
		const void *data = rte_pktmbuf_read(pkts[i], 0, sizeof(s), &s);

		inspect(pw, data, data != NULL ? pkts[i]->pkt_len : 0, in_order);
	}
	rte_pktmbuf_free_bulk(pkts, n);
	bytes = lop_recvfrom(fd, buf, sizeof(buf), MSG_DONTWAIT, NULL, NULL);
	if (bytes >= 0) {
		inspect(pw, buf, bytes, in_order);
		n++;
	}
	return n;
}

/* What a send may be refused for meanwhile. A hook's refusal has its name among the drops. */
static void
refused(struct ps_worker *pw, uint32_t n)
{
	switch (errno) {
	case EPERM:
		pw->sent++;
		n--;
		break;
	case EBADF:        /* a victim was closed */
	case EDESTADDRREQ: /* or is not connected yet */
	case ECONNREFUSED: /* nobody listened to what was sent before */
	case EACCES:       /* the send check said no */
	case EAGAIN:       /* hooks have queued a buffer full */
	case ENETUNREACH:  /* the address is gone */
		break;
	default:
		fault(pw, "worker %u: a send was refused: %s", pw->id, strerror(errno));
	}
	pw->refused += n;
}

static void
send_one(struct ps_worker *pw, int fd, unsigned int flow, const struct sockaddr_in *to)
{
	uint8_t buf[PAYLOAD_MAX] = { 0 };
	const uint32_t bytes = stamp(pw, flow, buf);

	if (lop_sendto(fd, buf, bytes, 0, (const struct sockaddr *)to,
			    to != NULL ? sizeof(*to) : 0) == (ssize_t)bytes)
		pw->sent++;
	else
		refused(pw, 1);
}

static void
send_burst(struct ps_worker *pw, int fd, unsigned int flow, const struct sockaddr_in *to)
{
	const unsigned int n = 1 + random_below(pw, PS_BURST);
	struct rte_mbuf *pkts[PS_BURST];
	unsigned int sent;

	if (rte_pktmbuf_alloc_bulk(lop_mempool(pw->ps->lop), pkts, n) != 0) {
		fault(pw, "worker %u: no mbufs", pw->id);
		return;
	}
	for (unsigned int i = 0; i < n; i++) {
		pkts[i]->data_len = pkts[i]->pkt_len = stamp(
				pw, flow, rte_pktmbuf_mtod(pkts[i], void *));
	}
	sent = lop_udp_send_burst(fd, to, pkts, n);
	pw->sent += sent;
	if (sent < n) {
		if (errno == EPERM)
			fault(pw, "worker %u: a burst was refused by a hook", pw->id);
		refused(pw, n - sent);
		rte_pktmbuf_free_bulk(pkts + sent, n - sent);
	}
}

/* Some socket that reaches the flow's, some call. */
static void
send_some(struct ps_worker *pw)
{
	struct ps *ps = pw->ps;
	unsigned int flow = random_below(pw, ps->shape.victims ? PS_FLOWS : PS_WORKERS + PS_SHARED);
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PS_PORT + flow) };
	const struct sockaddr_in *at = &to;
	int fd = pw->fd;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (ps->shape.far && flow < PS_WORKERS && random_below(pw, 2) == 0)
		inet_pton(AF_INET, PS_FAR, &to.sin_addr);
	switch (random_below(pw, ps->shape.victims ? 4 : 3)) {
	case 0:
		flow = (pw->id + 1) % PS_WORKERS;
		fd = pw->connected;
		at = NULL;
		break;
	case 1:
		flow = PS_WORKERS;
		fd = ps->shared_connected;
		at = NULL;
		break;
	case 3:
		fd = __atomic_load_n(&ps->victims[flow % PS_VICTIMS], __ATOMIC_RELAXED);
		flow = PS_WORKERS + 1;
		at = NULL;
		break;
	default:
		break;
	}
	if (random_below(pw, 2) == 0)
		send_one(pw, fd, flow, at);
	else
		send_burst(pw, fd, flow, at);
}

static unsigned int
take_some(struct ps_worker *pw)
{
	struct ps *ps = pw->ps;
	unsigned int n = ps_take(pw, pw->fd, true);

	n += ps_take(pw, ps->shared[random_below(pw, PS_SHARED)], false);
	n += ps_take(pw,
			__atomic_load_n(&ps->victims[random_below(pw, PS_VICTIMS)],
					__ATOMIC_RELAXED),
			false);
	return n;
}

void *
ps_work(void *arg)
{
	struct ps_worker *pw = arg;
	struct ps *ps = pw->ps;

	fx_thread_spread();
	if (lop_worker_attach(ps->lop) != 0) {
		fault(pw, "worker %u cannot attach", pw->id);
		__atomic_fetch_sub(&ps->at_work, 1, __ATOMIC_RELEASE);
		return NULL;
	}
	while ((pw->sent < pw->quota || !__atomic_load_n(&ps->changed, __ATOMIC_RELAXED)) &&
			!__atomic_load_n(&ps->give_up, __ATOMIC_RELAXED)) {
		send_some(pw);
		take_some(pw);
		ps_requeue(ps);
	}
	/* pairs with the acquire below and in the main thread */
	__atomic_fetch_sub(&ps->at_work, 1, __ATOMIC_RELEASE);
	for (;;) {
		const bool done = __atomic_load_n(&ps->at_work, __ATOMIC_ACQUIRE) == 0;

		if (take_some(pw) == 0) {
			if (done)
				break;
			sched_yield();
		}
	}
	if (lop_worker_detach(ps->lop) != 0)
		fault(pw, "worker %u cannot detach", pw->id);
	rte_thread_unregister();
	return NULL;
}
