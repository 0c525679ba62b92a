/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Memory ports of instances, and the end of an instance. */

#include <errno.h>
#include <string.h>

#include <rte_bus_vdev.h>
#include <rte_dev.h>
#include <rte_eth_ring.h>
#include <rte_ring.h>

#include "../../lib/lop/dp/stages.h"
#include "../../lib/lop/include/lop_if.h"
#include "stack.h"

#define WIRES_MAX 8
#define WIRE_SLOTS 1024

static struct wire {
	const struct lop *lop;
	int ifindex;
	char vdev[RTE_DEV_NAME_MAX_LEN];
	struct rte_ring *rx, *tx; /* as the stack sees them */
} wires[WIRES_MAX];
static unsigned int nb_wires;

static void
wire_free(struct wire *w)
{
	struct rte_mbuf *m;

	while (rte_ring_dequeue(w->rx, (void **)&m) == 0)
		rte_pktmbuf_free(m);
	while (rte_ring_dequeue(w->tx, (void **)&m) == 0)
		rte_pktmbuf_free(m);
	rte_vdev_uninit(w->vdev);
	rte_ring_free(w->rx);
	rte_ring_free(w->tx);
}

static void
wires_free(const struct lop *lop)
{
	for (unsigned int i = 0; i < nb_wires;) {
		if (wires[i].lop != lop) {
			i++;
			continue;
		}
		wire_free(&wires[i]);
		wires[i] = wires[--nb_wires];
	}
}

/* The mbufs are counted when nothing can hold one any more. */
int
stack_down(struct lop *lop)
{
	struct rte_mempool *pool = lop_mempool(lop);
	unsigned int lost;

	lop_socks_close_all(lop);
	for (int i = LOP_LO_INDEX + 1; i < LOP_IFS_MAX; i++)
		lop_if_detach(lop, i);
	wires_free(lop);
	if (lop_worker_of(lop) != NULL)
		lop_poll_devices(lop);
	for (unsigned int i = 0; i < LOP_WORKERS_MAX; i++) {
		if (lop->workers[i] != NULL)
			lop_reasm_fini(lop->workers[i]);
	}
	for (unsigned int i = 0; i < LOP_WORKERS_MAX; i++) {
		if (lop->workers[i] != NULL && lop_reasm_init(lop->workers[i]) != 0)
			return -1;
	}
	lost = pool->size - rte_mempool_avail_count(pool);
	return lop_destroy(lop) == 0 ? (int)lost : -1;
}

int
stack_wire(struct lop *lop, const char *name)
{
	struct wire *w = &wires[nb_wires];
	char text[RTE_RING_NAMESIZE];
	int port;

	if (nb_wires == WIRES_MAX)
		return -ENOSPC;
	snprintf(text, sizeof(text), "rx_%.10s_%.10s", lop_name(lop), name);
	w->rx = rte_ring_create(text, WIRE_SLOTS, SOCKET_ID_ANY, 0);
	snprintf(text, sizeof(text), "tx_%.10s_%.10s", lop_name(lop), name);
	w->tx = rte_ring_create(text, WIRE_SLOTS, SOCKET_ID_ANY, 0);
	if (w->rx == NULL || w->tx == NULL)
		goto fail_rings;
	snprintf(text, sizeof(text), "w_%.10s_%.10s", lop_name(lop), name);
	port = rte_eth_from_rings(text, &w->rx, 1, &w->tx, 1, 0);
	if (port < 0)
		goto fail_rings;
	snprintf(w->vdev, sizeof(w->vdev), "net_ring_%s", text);
	w->lop = lop;
	w->ifindex = lop_if_attach(lop, port, name);
	if (w->ifindex < 0) {
		port = w->ifindex;
		wire_free(w);
		return port;
	}
	nb_wires++;
	return w->ifindex;

fail_rings:
	rte_ring_free(w->rx);
	rte_ring_free(w->tx);
	return -ENOMEM;
}

static struct wire *
wire_of(const struct lop *lop, int ifindex)
{
	for (unsigned int i = 0; i < nb_wires; i++) {
		if (wires[i].lop == lop && wires[i].ifindex == ifindex)
			return &wires[i];
	}
	return NULL;
}

unsigned int
stack_wire_take(const struct lop *lop, int ifindex, struct rte_mbuf **pkts, unsigned int n)
{
	struct wire *w = wire_of(lop, ifindex);

	return w != NULL ? rte_ring_dequeue_burst(w->tx, (void **)pkts, n, NULL) : 0;
}

struct rte_mbuf *
stack_packet(const struct lop *lop, const void *frame, uint32_t bytes)
{
	struct rte_mbuf *head = rte_pktmbuf_alloc(lop_mempool(lop));
	struct rte_mbuf *m = head;

	while (m != NULL && bytes > 0) {
		const uint16_t part = RTE_MIN(bytes, rte_pktmbuf_tailroom(m));

		memcpy(rte_pktmbuf_mtod(m, char *), frame, part);
		m->data_len = part;
		frame = (const char *)frame + part;
		bytes -= part;
		head->pkt_len += part;
		if (bytes == 0)
			break;
		m->next = rte_pktmbuf_alloc(lop_mempool(lop));
		m = m->next;
		head->nb_segs++;
	}
	if (bytes > 0) {
		if (head != NULL)
			head->nb_segs--;
		rte_pktmbuf_free(head);
		return NULL;
	}
	return head;
}

int
stack_wire_give(struct lop *lop, int ifindex, const void *frame, uint32_t bytes)
{
	struct wire *w = wire_of(lop, ifindex);
	struct rte_mbuf *m;

	if (w == NULL)
		return -ENODEV;
	m = stack_packet(lop, frame, bytes);
	if (m == NULL)
		return -ENOMEM;
	if (rte_ring_enqueue(w->rx, m) != 0) {
		rte_pktmbuf_free(m);
		return -ENOBUFS;
	}
	lop_poll_devices(lop);
	return 0;
}
