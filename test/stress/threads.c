/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* What producers and consumers do. They assert nothing: what is wrong is noted for the main thread. */

#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ip.h>
#include <rte_lcore.h>
#include <rte_udp.h>

#include "stress.h"

#define STAMP_OFF (RTE_ETHER_HDR_LEN + sizeof(struct rte_ipv4_hdr) + sizeof(struct rte_udp_hdr))
#define BYTES_MIN (STAMP_OFF + sizeof(struct stamp))
#define BYTES_RANGE 32
#define SILENCE_S 60
#define POLLS_PER_STOP 5000

struct stamp {
	uint32_t producer;
	uint32_t flow;
	uint64_t number;
	uint64_t check;
};

static uint64_t
check_of(const struct stamp *s)
{
	return (s->number ^ (uint64_t)s->producer << 56 ^ (uint64_t)s->flow << 40) *
			0x9e3779b97f4a7c15ULL;
}

static uint32_t
random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 16;
}

/* Mostly a usual burst, at times a very long one. */
static unsigned int
random_burst(uint64_t *state)
{
	uint32_t r = random_next(state);

	return 1 + (r >> 8) % ((r & 63) == 0 ? STRESS_BURST_MAX : 64);
}

static bool
given_up(struct stress *st)
{
	return __atomic_load_n(&st->give_up, __ATOMIC_RELAXED);
}

/* The headers that tell a producer's flows apart, and the stamp. */
static void
fill(struct stress_producer *p, struct rte_mbuf *m, const uint8_t *headers, uint64_t *random)
{
	uint8_t *data = rte_pktmbuf_mtod(m, uint8_t *);
	struct rte_udp_hdr *udp = (void *)(data + STAMP_OFF - sizeof(*udp));
	struct stamp s = { .producer = p->id };

	s.flow = random_next(random) % p->st->shape.flows;
	s.number = p->next[s.flow]++;
	s.check = check_of(&s);
	memcpy(data, headers, STAMP_OFF);
	udp->src_port = rte_cpu_to_be_16(s.flow);
	udp->dst_port = rte_cpu_to_be_16(p->id);
	memcpy(data + STAMP_OFF, &s, sizeof(s));
	m->data_len = m->pkt_len = BYTES_MIN + random_next(random) % BYTES_RANGE;
	p->bytes += m->pkt_len;
}

/* All packets of a burst, trying again while the ring is full. */
static bool
send_all(struct stress_producer *p, struct rte_mbuf **pkts, unsigned int n)
{
	const uint16_t queue = p->id % p->st->shape.nb_tx;
	unsigned int sent = 0;

	for (;;) {
		sent += rte_eth_tx_burst(p->st->port, queue, pkts + sent, n - sent);
		if (sent == n)
			break;
		if (given_up(p->st))
			break;
		sched_yield();
	}
	p->sent += sent;
	rte_pktmbuf_free_bulk(pkts + sent, n - sent);
	return sent == n;
}

void *
stress_produce(void *arg)
{
	struct stress_producer *p = arg;
	const bool registered = !p->unknown && rte_thread_register() == 0;
	uint64_t random = 88172645463325252ULL + p->id;
	uint8_t headers[STAMP_OFF] = { 0 };
	struct rte_mbuf *pkts[STRESS_BURST_MAX];

	headers[12] = RTE_ETHER_TYPE_IPV4 >> 8;
	headers[RTE_ETHER_HDR_LEN] = RTE_IPV4_VHL_DEF;
	headers[RTE_ETHER_HDR_LEN + 9] = IPPROTO_UDP;
	while (p->sent < p->quota && !given_up(p->st)) {
		unsigned int n = RTE_MIN(random_burst(&random), p->quota - p->sent);

		if (rte_pktmbuf_alloc_bulk(p->pool, pkts, n) != 0) {
			/* all are under way */
			sched_yield();
			continue;
		}
		for (unsigned int i = 0; i < n; i++)
			fill(p, pkts[i], headers, &random);
		if (!send_all(p, pkts, n))
			break;
	}
	/* pairs with the acquire of the consumers: all is sent */
	__atomic_fetch_sub(&p->st->at_work, 1, __ATOMIC_RELEASE);
	if (registered)
		rte_thread_unregister();
	return NULL;
}

/* Is this the packet that comes next? False once something is wrong. */
static bool
inspect(struct stress_consumer *c, const struct rte_mbuf *m)
{
	const struct stress_shape *shape = &c->st->shape;
	struct stamp s;
	uint64_t *next;

	if (m->data_len < BYTES_MIN || m->pkt_len != m->data_len || m->nb_segs != 1 ||
			m->port != c->st->port || rte_mbuf_refcnt_read(m) != 1) {
		snprintf(c->error, sizeof(c->error), "queue %u: a broken mbuf", c->id);
		return false;
	}
	memcpy(&s, rte_pktmbuf_mtod_offset(m, void *, STAMP_OFF), sizeof(s));
	if (s.producer >= shape->producers || s.flow >= shape->flows || s.check != check_of(&s)) {
		snprintf(c->error, sizeof(c->error), "queue %u: a broken stamp", c->id);
		return false;
	}
	next = &c->next[s.producer][s.flow];
	if (s.number < *next || (s.number != *next && !shape->may_drop)) {
		snprintf(c->error, sizeof(c->error),
				"queue %u, producer %u, flow %u: packet %" PRIu64 " after %" PRId64,
				c->id, s.producer, s.flow, s.number, (int64_t)*next - 1);
		return false;
	}
	c->missing += s.number - *next;
	*next = s.number + 1;
	c->bytes += m->pkt_len;
	return true;
}

static void
take(struct stress_consumer *c, struct rte_mbuf **pkts, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		if (c->error[0] == '\0' && !inspect(c, pkts[i]))
			__atomic_store_n(&c->st->give_up, true, __ATOMIC_RELAXED);
	}
	c->received += n;
	if (c->kept == NULL) {
		rte_pktmbuf_free_bulk(pkts, n);
		return;
	}
	memcpy(c->kept + c->nb_kept, pkts, n * sizeof(*pkts));
	c->nb_kept += n;
}

static void
stop_and_start(struct stress_consumer *c)
{
	if (rte_eth_dev_rx_queue_stop(c->st->port, c->id) != 0 ||
			rte_eth_dev_rx_queue_start(c->st->port, c->id) != 0) {
		snprintf(c->error, sizeof(c->error), "queue %u cannot be restarted", c->id);
		__atomic_store_n(&c->st->give_up, true, __ATOMIC_RELAXED);
	}
}

void *
stress_consume(void *arg)
{
	struct stress_consumer *c = arg;
	const bool registered = rte_thread_register() == 0;
	uint64_t random = 362436069ULL + c->id, polls = 0;
	uint64_t last = rte_get_timer_cycles();
	struct rte_mbuf *pkts[STRESS_BURST_MAX];

	for (;;) {
		/* pairs with the release of the producers, and is read before the last look */
		const bool done = __atomic_load_n(&c->st->at_work, __ATOMIC_ACQUIRE) == 0;
		unsigned int n = rte_eth_rx_burst(c->st->port, c->id, pkts, random_burst(&random));

		if (c->st->shape.stops_queues && ++polls % POLLS_PER_STOP == 0 && !done)
			stop_and_start(c);
		if (n > 0) {
			take(c, pkts, n);
			last = rte_get_timer_cycles();
			continue;
		}
		if (done)
			break;
		if (rte_get_timer_cycles() - last > SILENCE_S * rte_get_timer_hz())
			__atomic_store_n(&c->st->give_up, true, __ATOMIC_RELAXED);
		sched_yield();
	}
	if (registered)
		rte_thread_unregister();
	return NULL;
}
