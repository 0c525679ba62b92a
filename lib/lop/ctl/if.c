/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Interfaces: how they come, what they are called, how they go. */

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include <net/if_arp.h>
#include <rte_bus_vdev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>
#include <rte_string_fns.h>

#include "../dp/fib.h"
#include "../dp/neigh.h"
#include "ifs.h"

#define LO_MTU_BYTES 65536
#define TX_QUEUE_LEN 1000
#define PORT_DESC 1024
#define LO_DESC_MORE 64 /* slots beyond the backlog: contract BK-01 is the path's business */
#define LO_DESC_MAX 32768

/* As Linux: something printable in a path, without the ':' of labels. */
static bool
name_is_valid(const char *name)
{
	if (name[0] == '\0' || strnlen(name, IFNAMSIZ) == IFNAMSIZ || strcmp(name, ".") == 0 ||
			strcmp(name, "..") == 0)
		return false;
	for (; *name != '\0'; name++) {
		if (*name == '/' || *name == ':' || isspace((unsigned char)*name))
			return false;
	}
	return true;
}

static struct lop_if *
named(const struct lop *lop, const char *name)
{
	for (int i = LOP_LO_INDEX; i < LOP_IFS_MAX; i++) {
		struct lop_if *dev = lop_if_of(lop, i);

		if (dev != NULL && strncmp(dev->name, name, IFNAMSIZ) == 0)
			return dev;
	}
	return NULL;
}

static struct lop_if *
if_create(struct lop *lop, uint16_t port_id, const char *name)
{
	struct lop_if *dev = rte_zmalloc("lop if", sizeof(*dev), RTE_CACHE_LINE_SIZE);

	if (dev == NULL)
		return NULL;
	dev->lop = lop;
	dev->port_id = port_id;
	dev->ethernet = true;
	dev->conf = lop->conf_default;
	dev->conf_all = &lop->conf_all;
	dev->tx_queue_len = TX_QUEUE_LEN;
	rte_spinlock_init(&dev->tx_lock);
	lop_store(dev->has_ip, true);
	strlcpy(dev->name, name, sizeof(dev->name));
	lop_addrs_create(dev);
	return dev;
}

static void
if_free(struct lop_if *dev)
{
	lop_dst_if_free(dev);
	lop_neigh_any_free(dev);
	lop_addrs_free(dev);
	rte_free(dev);
}

/* The last steps of making an interface, undone together. */
static int
if_publish(struct lop_if *dev, int ifindex, uint16_t nb_desc)
{
	int ret;

	dev->ifindex = ifindex;
	ret = dev->loopback ? lop_neigh_any_create(dev) : 0;
	if (ret != 0)
		return ret;
	ret = lop_port_start(dev, nb_desc);
	if (ret != 0)
		return ret;
	ret = lop_dst_if_make(dev);
	if (ret != 0) {
		lop_port_stop(dev);
		return ret;
	}
	lop_publish(dev->lop->ifs[ifindex], dev);
	if (!dev->loopback)
		lop_store(dev->lop->nb_wires, lop_load(dev->lop->nb_wires) + 1);
	return 0;
}

/* A port for lo, with one clear line when there cannot be one. */
static int
lo_plug(struct lop *lop, uint16_t *port_id)
{
	int ret;

	if (rte_eth_dev_count_total() == RTE_MAX_ETHPORTS)
		return -ENOSPC;
	snprintf(lop->vdev, sizeof(lop->vdev), "net_lo_%s", lop->name);
	ret = rte_vdev_init(lop->vdev, "steer=queue,mac=00:00:00:00:00:00");
	if (ret == 0)
		ret = rte_eth_dev_get_port_by_name(lop->vdev, port_id);
	if (ret == 0)
		return 0;
	/* the bus answers -1 when no driver takes the name */
	if (ret == -1) {
		LOP_LOG(ERR, "%s: no driver net_lo: is librte_net_lo loaded?", lop->name);
		ret = -ENODEV;
	}
	lop->vdev[0] = '\0';
	return ret;
}

static void
lo_unplug(struct lop *lop)
{
	if (lop->vdev[0] != '\0')
		rte_vdev_uninit(lop->vdev);
	lop->vdev[0] = '\0';
}

int
lop_lo_create(struct lop *lop)
{
	const int backlog = lop_setting(lop, LOP_SETTING_BACKLOG);
	struct lop_if *dev;
	uint16_t port_id;
	int ret;

	ret = lo_plug(lop, &port_id);
	if (ret != 0)
		return ret;
	dev = if_create(lop, port_id, "lo");
	if (dev == NULL) {
		lo_unplug(lop);
		return -ENOMEM;
	}
	dev->loopback = true;
	dev->type = ARPHRD_LOOPBACK;
	lop_store(dev->flags, IFF_LOOPBACK);
	lop_store(dev->mtu_bytes, LO_MTU_BYTES);
	ret = if_publish(dev, LOP_LO_INDEX, RTE_MIN(backlog + LO_DESC_MORE, LO_DESC_MAX));
	if (ret != 0) {
		if_free(dev);
		lo_unplug(lop);
		return ret;
	}
	lop->lo = dev;
	return 0;
}

int
lop_if_attach(struct lop *lop, uint16_t port_id, const char *name)
{
	struct lop_if *dev;
	int ret, ifindex;

	if (!rte_eth_dev_is_valid_port(port_id))
		return -ENODEV;
	if (name == NULL || !name_is_valid(name))
		return -EINVAL;

	pthread_mutex_lock(&lop->lock);
	for (ifindex = LOP_LO_INDEX; ifindex < LOP_IFS_MAX; ifindex++) {
		if (lop_if_of(lop, ifindex) == NULL)
			break;
	}
	ret = named(lop, name) != NULL ? -EEXIST : ifindex == LOP_IFS_MAX ? -ENOSPC : 0;
	if (ret != 0)
		goto out;
	dev = if_create(lop, port_id, name);
	if (dev == NULL) {
		ret = -ENOMEM;
		goto out;
	}
	dev->type = ARPHRD_ETHER;
	lop_store(dev->flags, IFF_BROADCAST | IFF_MULTICAST);
	memset(&dev->broadcast, 0xff, sizeof(dev->broadcast));
	ret = if_publish(dev, ifindex, PORT_DESC);
	if (ret == 0)
		ret = ifindex;
	else
		if_free(dev);
out:
	pthread_mutex_unlock(&lop->lock);
	return ret;
}

static void
if_remove(struct lop_if *dev)
{
	struct lop *lop = dev->lop;

	if (lop_if_is_up(dev))
		lop_if_down(dev);
	lop_addrs_clear(dev);
	lop_publish(lop->ifs[dev->ifindex], NULL);
	lop_routes_changed(lop);
	lop_synchronize(lop);
	if (!dev->loopback)
		lop_store(lop->nb_wires, lop_load(lop->nb_wires) - 1);
	/* what workers made that had seen the interface before */
	lop_neigh_flush(lop, dev);

	lop_port_stop(dev);
	if (dev->loopback) {
		lop->lo = NULL;
		lo_unplug(lop);
	} else {
		rte_eth_dev_close(dev->port_id);
	}
	if_free(dev);
}

int
lop_if_detach(struct lop *lop, int ifindex)
{
	struct lop_if *dev;
	int ret = 0;

	pthread_mutex_lock(&lop->lock);
	dev = lop_if_of(lop, ifindex);
	if (dev == NULL)
		ret = -ENODEV;
	else if (dev->loopback)
		ret = -EOPNOTSUPP; /* contract DEV-07 */
	else
		if_remove(dev);
	pthread_mutex_unlock(&lop->lock);
	return ret;
}

/* contract DEV-01: lo goes last */
void
lop_ifs_fini(struct lop *lop)
{
	pthread_mutex_lock(&lop->lock);
	for (int i = LOP_IFS_MAX - 1; i >= LOP_LO_INDEX; i--) {
		struct lop_if *dev = lop_if_of(lop, i);

		if (dev != NULL)
			if_remove(dev);
	}
	pthread_mutex_unlock(&lop->lock);
}

int
lop_if_index(struct lop *lop, const char *name)
{
	const struct lop_if *dev;
	int ret;

	pthread_mutex_lock(&lop->lock);
	dev = named(lop, name);
	ret = dev != NULL ? dev->ifindex : -ENODEV;
	pthread_mutex_unlock(&lop->lock);
	return ret;
}

int
lop_if_rename(struct lop *lop, int ifindex, const char *name)
{
	struct lop_if *dev, *other;
	int ret = 0;

	if (name == NULL || !name_is_valid(name))
		return -EINVAL;

	pthread_mutex_lock(&lop->lock);
	dev = lop_if_of(lop, ifindex);
	other = named(lop, name);
	if (dev == NULL)
		ret = -ENODEV;
	else if (other != NULL && other != dev)
		ret = -EEXIST;
	else if (other == NULL)
		ret = lop_addrs_rename(dev, name);
	if (ret == 0)
		strlcpy(dev->name, name, sizeof(dev->name));
	pthread_mutex_unlock(&lop->lock);
	return ret;
}
