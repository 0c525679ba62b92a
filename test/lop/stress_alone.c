/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * A worker that is alone in its instance takes no locks. Here others come while it sends and
 * receives as fast as it can, use the same socket, and leave; and somebody who is no worker looks
 * into its queue.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../lib/lop/ctl/sock.h"
#include "../../lib/lop/include/lop_stats.h"
#include "number_fx.h"

#define VISITS 300
#define BURST 8
#define BYTES 18

struct alone {
	struct lop *lop;
	int r, s;
	unsigned int at_work; /* visitors, atomic */
};

struct mate {
	struct alone *a;
	pthread_t thread;
	uint64_t sent, received;
	const char *error;
};

/* Some to the socket, and some of what waits there, whoever sent it. */
static void
exchange(struct mate *me)
{
	struct rte_mbuf *pkts[BURST];
	uint16_t n;

	if (rte_pktmbuf_alloc_bulk(lop_mempool(me->a->lop), pkts, BURST) != 0) {
		me->error = "no mbufs";
		return;
	}
	for (unsigned int i = 0; i < BURST; i++)
		memset(rte_pktmbuf_append(pkts[i], BYTES), 'x', BYTES);
	n = lop_udp_send_burst(me->a->s, NULL, pkts, BURST);
	rte_pktmbuf_free_bulk(pkts + n, BURST - n);
	me->sent += n;
	/* one, and what else there is: both ways to take */
	for (unsigned int want = 1; want <= BURST; want += BURST - 1) {
		n = lop_udp_recv_burst(me->a->r, pkts, want);
		for (uint16_t i = 0; i < n; i++) {
			if (pkts[i]->pkt_len != BYTES)
				me->error = "a datagram of another length";
		}
		rte_pktmbuf_free_bulk(pkts, n);
		me->received += n;
	}
}

static void *
visit(void *arg)
{
	struct mate *me = arg;

	for (unsigned int i = 0; i < VISITS && me->error == NULL; i++) {
		if (lop_worker_attach(me->a->lop) != 0) {
			me->error = "cannot attach";
			break;
		}
		for (unsigned int k = 0; k < 3; k++)
			exchange(me);
		lop_worker_detach(me->a->lop);
	}
	rte_thread_unregister();
	__atomic_fetch_sub(&me->a->at_work, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void *
look(void *arg)
{
	struct mate *me = arg;

	for (unsigned int i = 0; i < VISITS; i++) {
		char *text;
		size_t size;
		FILE *f = open_memstream(&text, &size);

		if (f == NULL || lop_proc_write(me->a->lop, "udp", f) != 0)
			me->error = "cannot look";
		if (f != NULL) {
			fclose(f);
			free(text);
		}
	}
	__atomic_fetch_sub(&me->a->at_work, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* contract UR-04, OB-02: nothing is lost but what finds no room */
static void
workers_and_onlookers_come_and_go(void **state)
{
	const struct lop_conf conf = { .workers_max = 3 };
	struct lop *lop = fx_lop(*state, &conf);
	struct alone a = { .lop = lop, .at_work = 3 };
	struct mate mates[] = { { .a = &a }, { .a = &a }, { .a = &a }, { .a = &a } };
	uint64_t sent = 0, received = 0;

	assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP), 0);
	a.r = fx_udp(lop, "127.0.0.1", SF_PORT);
	a.s = sf_connected(lop, SF_PORT);
	assert_int_equal(pthread_create(&mates[1].thread, NULL, visit, &mates[1]), 0);
	assert_int_equal(pthread_create(&mates[2].thread, NULL, visit, &mates[2]), 0);
	assert_int_equal(pthread_create(&mates[3].thread, NULL, look, &mates[3]), 0);
	while (__atomic_load_n(&a.at_work, __ATOMIC_ACQUIRE) != 0)
		exchange(&mates[0]);
	for (unsigned int i = 1; i < RTE_DIM(mates); i++)
		pthread_join(mates[i].thread, NULL);
	while (lop_load(lop_sock_of(a.r)->rx_packets) != 0)
		exchange(&mates[0]);

	for (unsigned int i = 0; i < RTE_DIM(mates); i++) {
		if (mates[i].error != NULL)
			fail_msg("%s", mates[i].error);
		sent += mates[i].sent;
		received += mates[i].received;
	}
	assert_true(mates[1].sent == 3 * VISITS * BURST && mates[2].sent == mates[1].sent);
	assert_int_equal(sent, received + lop_drop_read(lop, LOP_DROP_RCVBUF));
	assert_int_equal(lop_sock_of(a.r)->rmem_bytes, 0);
	assert_true(lop_load(lop->alone));
}

static const struct lo_case alone_cases[] = {
	LO_CASE(workers_and_onlookers_come_and_go),
};
LO_REGISTER_TEST(lop_stress_autotest, alone_cases);
