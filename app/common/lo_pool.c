/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_mbuf_pool_ops.h>

#include "lo_pool.h"

struct rte_mempool *
lo_pool_create(const char *name, unsigned int n, unsigned int cache, uint16_t data_room, int socket)
{
	struct rte_pktmbuf_pool_private priv = { .mbuf_data_room_size = data_room };
	unsigned int flags = rte_eal_has_hugepages() ? 0 : RTE_MEMPOOL_F_NO_IOVA_CONTIG;
	struct rte_mempool *mp;
	int ret;

	/* sets rte_errno */
	mp = rte_mempool_create_empty(name, n, sizeof(struct rte_mbuf) + data_room, cache,
			sizeof(priv), socket, flags);
	if (mp == NULL)
		return NULL;

	ret = rte_mempool_set_ops_byname(mp, rte_mbuf_best_mempool_ops(), NULL);
	if (ret != 0)
		goto fail;

	rte_pktmbuf_pool_init(mp, &priv);

	ret = rte_mempool_populate_default(mp);
	if (ret < 0)
		goto fail;

	rte_mempool_obj_iter(mp, rte_pktmbuf_init, NULL);
	return mp;

fail:
	rte_mempool_free(mp);
	rte_errno = -ret;
	return NULL;
}
