/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* One run: the device and the threads, and whether the sums come out. */

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "stress.h"

#ifndef STRESS_PACKETS
#define STRESS_PACKETS 100000000
#endif
#define POOL_MBUFS 4095
#define ROOM_BYTES 128
#define MEDDLE_US 500

/*
 * Under ThreadSanitizer consumers keep what they receive: the mempool library is not instrumented,
 * so an mbuf's way back through it would look like a race. A pool has an mbuf for each packet then.
 */
#if defined(__SANITIZE_THREAD__)
#define KEEP true
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define KEEP true
#endif
#endif
#ifndef KEEP
#define KEEP false
#endif

uint64_t
stress_packets(void)
{
	const char *text = getenv("LO_STRESS_PACKETS");
	uint64_t n;
	char *end;

	if (text == NULL || text[0] == '\0')
		return STRESS_PACKETS;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0' || text[0] < '0' || text[0] > '9' || n < 1000 ||
			n > UINT32_MAX)
		fail_msg("LO_STRESS_PACKETS=%s: want 1000 to %u packets", text, UINT32_MAX);
	return n;
}

static void
prepare(struct fx *fx, struct stress *st, uint64_t packets)
{
	const struct stress_shape *shape = &st->shape;
	const uint64_t each = packets / shape->producers;
	struct fx_port conf = {
		.nb_rx = shape->consumers,
		.nb_tx = shape->nb_tx,
		.nb_rxd = shape->nb_rxd,
	};

	st->port = fx_vdev(fx, "net_lo_stress", shape->args);
	st->at_work = shape->producers;
	for (uint16_t i = 0; i < shape->producers; i++) {
		st->producers[i] = (struct stress_producer){
			.st = st,
			.id = i,
			.quota = each,
			/* of those that share a transmit queue one is a stranger to EAL */
			.unknown = shape->nb_tx < shape->producers && i == 1,
			.pool = fx_pool(fx, KEEP ? each + POOL_MBUFS : POOL_MBUFS, ROOM_BYTES),
		};
	}
	for (uint16_t i = 0; i < shape->consumers; i++) {
		st->consumers[i] = (struct stress_consumer){ .st = st, .id = i };
		if (KEEP) {
			st->consumers[i].kept = calloc(packets, sizeof(struct rte_mbuf *));
			assert_non_null(st->consumers[i].kept);
		}
	}
	conf.pool = st->producers[0].pool;
	fx_port_up(st->port, &conf);
}

static void
run_threads(struct stress *st, void (*meddle)(uint16_t port, unsigned int round))
{
	unsigned int round = 0;

	for (uint16_t i = 0; i < st->shape.consumers; i++)
		assert_int_equal(pthread_create(&st->consumers[i].thread, NULL, stress_consume,
						 &st->consumers[i]),
				0);
	for (uint16_t i = 0; i < st->shape.producers; i++)
		assert_int_equal(pthread_create(&st->producers[i].thread, NULL, stress_produce,
						 &st->producers[i]),
				0);
	while (meddle != NULL && __atomic_load_n(&st->at_work, __ATOMIC_ACQUIRE) != 0) {
		meddle(st->port, round++);
		usleep(MEDDLE_US);
	}
	for (uint16_t i = 0; i < st->shape.producers; i++)
		pthread_join(st->producers[i].thread, NULL);
	for (uint16_t i = 0; i < st->shape.consumers; i++) {
		pthread_join(st->consumers[i].thread, NULL);
		for (uint64_t k = 0; k < st->consumers[i].nb_kept; k++)
			rte_pktmbuf_free(st->consumers[i].kept[k]);
		free(st->consumers[i].kept);
	}
}

/* Each flow has come to one consumer; what did not come at the end of a flow is missing, too. */
static uint64_t
missing_at_the_end(const struct stress *st)
{
	uint64_t missing = 0;

	for (uint16_t p = 0; p < st->shape.producers; p++) {
		for (uint16_t f = 0; f < st->shape.flows; f++) {
			uint64_t next = 0;

			for (uint16_t c = 0; c < st->shape.consumers; c++) {
				uint64_t seen = st->consumers[c].next[p][f];

				if (next != 0 && seen != 0)
					fail_msg("producer %u, flow %u came to two queues", p, f);
				next = RTE_MAX(next, seen);
			}
			missing += st->producers[p].next[f] - next;
		}
	}
	return missing;
}

static void
assert_sums(const struct stress *st)
{
	uint64_t sent = 0, bytes_sent = 0, received = 0, bytes = 0, missing;
	struct rte_eth_stats s;

	for (uint16_t i = 0; i < st->shape.consumers; i++) {
		if (st->consumers[i].error[0] != '\0')
			fail_msg("%s: %s", st->shape.args, st->consumers[i].error);
	}
	if (st->give_up)
		fail_msg("%s: nothing received for a long time", st->shape.args);

	missing = missing_at_the_end(st);
	for (uint16_t i = 0; i < st->shape.consumers; i++) {
		received += st->consumers[i].received;
		bytes += st->consumers[i].bytes;
		missing += st->consumers[i].missing;
	}
	for (uint16_t i = 0; i < st->shape.producers; i++) {
		assert_int_equal(st->producers[i].sent, st->producers[i].quota);
		sent += st->producers[i].sent;
		bytes_sent += st->producers[i].bytes;
	}
	assert_int_equal(received + missing, sent);
	assert_int_equal(rte_eth_stats_get(st->port, &s), 0);
	assert_int_equal(s.ipackets, received);
	assert_int_equal(s.ibytes, bytes);
	assert_int_equal(s.opackets + s.oerrors + s.imissed, sent);
	if (!st->shape.stops_queues) {
		assert_int_equal(s.opackets, received);
		assert_int_equal(s.obytes, bytes);
	}
	if (!st->shape.may_drop) {
		assert_int_equal(missing, 0);
		assert_int_equal(bytes, bytes_sent);
	}
}

void
stress_run(struct fx *fx, const struct stress_shape *shape, uint64_t packets,
		void (*meddle)(uint16_t port, unsigned int round))
{
	static struct stress st;

	st = (struct stress){ .shape = *shape };
	prepare(fx, &st, packets);
	run_threads(&st, meddle);
	assert_sums(&st);
	for (uint16_t i = 0; i < shape->producers; i++)
		assert_int_equal(rte_mempool_in_use_count(st.producers[i].pool), 0);
	/* a case may make more runs than a fixture has room for pools */
	for (uint16_t i = 0; i < shape->producers; i++)
		rte_mempool_free(st.producers[i].pool);
	fx->nb_pools = 0;
	fx_vdev_remove(fx, "net_lo_stress");
}
