/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Transmitting to a device that may have fewer queue pairs than the instance has workers. */

#include <rte_ethdev.h>

#include "../dp/if.h"
#include "instance.h"

uint16_t
lop_if_transmit(struct lop_if *dev, unsigned int worker, struct rte_mbuf **pkts, uint16_t n)
{
	const uint16_t last = dev->nb_queues - 1;
	uint16_t sent;

	if (worker < last || (worker == last && dev->nb_queues >= dev->lop->workers_max))
		return rte_eth_tx_burst(dev->port_id, worker, pkts, n);

	rte_spinlock_lock(&dev->tx_lock);
	sent = rte_eth_tx_burst(dev->port_id, last, pkts, n);
	rte_spinlock_unlock(&dev->tx_lock);
	return sent;
}
