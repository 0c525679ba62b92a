/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Receive interrupts: one eventfd for each receive queue.
 *
 * A consumer that is about to sleep arms its queue, then looks into the ring. A producer that
 * has put packets in looks whether the queue is armed. Both do so across a full fence, so one of
 * the two sees the other: no wake-up is lost. Arming lasts for one wake-up.
 *
 * Only the primary process can sleep. A secondary one that has something to wake it for asks it
 * by message, for eventfds do not cross processes.
 */

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_interrupts.h>

#include "lo.h"

#define LO_MP_WAKE "net_lo_wake"

struct lo_mp_wake {
	uint16_t port;
	uint16_t queue;
};

static void
lo_intr_signal(const struct rte_eth_dev *eth, uint16_t queue)
{
	const uint64_t one = 1;
	int fd;

	if (eth->intr_handle == NULL || queue >= rte_intr_nb_efd_get(eth->intr_handle))
		return;
	fd = rte_intr_efds_index_get(eth->intr_handle, queue);
	/* a counter that is full wakes its reader just as well */
	if (write(fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		LO_LOG(ERR, "%s: wake receive queue %u: %s", eth->data->name, queue,
				strerror(errno));
}

static int
lo_mp_wake_handle(const struct rte_mp_msg *msg, const void *peer)
{
	struct lo_mp_wake wake;

	RTE_SET_USED(peer);
	if (msg->len_param != sizeof(wake))
		return -EINVAL;
	memcpy(&wake, msg->param, sizeof(wake));
	if (!rte_eth_dev_is_valid_port(wake.port))
		return -ENODEV;
	lo_intr_signal(&rte_eth_devices[wake.port], wake.queue);
	return 0;
}

static void
lo_intr_ask(const struct lo_dev *dev, uint16_t queue)
{
	struct rte_mp_msg msg = { .name = LO_MP_WAKE };
	const struct lo_mp_wake wake = { dev->data->port_id, queue };

	memcpy(msg.param, &wake, sizeof(wake));
	msg.len_param = sizeof(wake);
	if (rte_mp_sendmsg(&msg) != 0)
		LO_LOG(ERR, "%s: ask for a wake-up of receive queue %u: %s", dev->data->name, queue,
				rte_strerror(rte_errno));
}

void
lo_intr_wake(const struct lo_dev *dev, struct lo_ring *r)
{
	/* pairs with the fence in lo_intr_enable() */
	rte_atomic_thread_fence(rte_memory_order_seq_cst);
	if (rte_atomic_load_explicit(&r->armed, rte_memory_order_relaxed) == 0 ||
			rte_atomic_exchange_explicit(&r->armed, 0, rte_memory_order_acq_rel) == 0)
		return;
	lo_add_shared(&r->wakeups, 1);
	if (rte_eal_process_type() == RTE_PROC_PRIMARY)
		lo_intr_signal(&rte_eth_devices[dev->data->port_id], r->queue_id);
	else
		lo_intr_ask(dev, r->queue_id);
}

int
lo_intr_enable(struct rte_eth_dev *eth, uint16_t queue)
{
	struct lo_ring *r = &((struct lo_rxq *)eth->data->rx_queues[queue])->ring;

	if (!r->interrupts || rte_eal_process_type() != RTE_PROC_PRIMARY)
		return -ENOTSUP;
	rte_atomic_store_explicit(&r->armed, 1, rte_memory_order_relaxed);
	/* pairs with the fence in lo_intr_wake() */
	rte_atomic_thread_fence(rte_memory_order_seq_cst);
	if (lo_ring_count(r) != 0)
		lo_intr_wake(lo_dev_of(eth), r);
	return 0;
}

int
lo_intr_disable(struct rte_eth_dev *eth, uint16_t queue)
{
	struct lo_ring *r = &((struct lo_rxq *)eth->data->rx_queues[queue])->ring;

	if (!r->interrupts || rte_eal_process_type() != RTE_PROC_PRIMARY)
		return -ENOTSUP;
	rte_atomic_store_explicit(&r->armed, 0, rte_memory_order_relaxed);
	return 0;
}

static int
lo_intr_open(struct rte_intr_handle *handle, uint16_t queue)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (rte_intr_efds_index_set(handle, queue, fd) != 0 ||
			rte_intr_vec_list_index_set(
					handle, queue, RTE_INTR_VEC_RXTX_OFFSET + queue) != 0 ||
			rte_intr_nb_efd_set(handle, queue + 1) != 0) {
		close(fd);
		return -rte_errno;
	}
	return 0;
}

int
lo_intr_setup(struct rte_eth_dev *eth)
{
	const uint16_t n = eth->data->nb_rx_queues;
	const bool wanted = eth->data->dev_conf.intr_conf.rxq != 0 && n != 0;
	struct rte_intr_handle *handle;
	int ret = -ENOMEM;

	for (uint16_t i = 0; i < n; i++)
		((struct lo_rxq *)eth->data->rx_queues[i])->ring.interrupts = wanted;
	if (!wanted)
		return 0;

	handle = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
	if (handle == NULL)
		goto fail;
	eth->intr_handle = handle;
	if (rte_intr_type_set(handle, RTE_INTR_HANDLE_VDEV) != 0 ||
			rte_intr_vec_list_alloc(handle, NULL, n) != 0 ||
			rte_intr_efd_counter_size_set(handle, sizeof(uint64_t)) != 0 ||
			rte_intr_max_intr_set(handle, n + RTE_INTR_VEC_RXTX_OFFSET) != 0)
		goto fail_handle;
	for (uint16_t i = 0; i < n; i++) {
		ret = lo_intr_open(handle, i);
		if (ret != 0)
			goto fail_handle;
	}
	/* without shared configuration there are no secondary processes to hear from */
	if (rte_mp_action_register(LO_MP_WAKE, lo_mp_wake_handle) != 0 && rte_errno != EEXIST &&
			rte_errno != ENOTSUP)
		LO_LOG(WARNING, "%s: wake-ups for secondary processes: %s", eth->data->name,
				rte_strerror(rte_errno));
	return 0;

fail_handle:
	lo_intr_teardown(eth);
fail:
	LO_LOG(ERR, "%s: interrupts for %u receive queues: %s", eth->data->name, n,
			rte_strerror(-ret));
	return ret;
}

void
lo_intr_teardown(struct rte_eth_dev *eth)
{
	struct rte_intr_handle *handle = eth->intr_handle;

	if (handle == NULL)
		return;
	for (int i = 0; i < rte_intr_nb_efd_get(handle); i++)
		close(rte_intr_efds_index_get(handle, i));
	rte_intr_vec_list_free(handle);
	rte_intr_instance_free(handle);
	eth->intr_handle = NULL;
}
