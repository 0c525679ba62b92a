/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* IPv4 addresses of interfaces (contract DEV-03, DEV-15). */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/rtnetlink.h>
#include <rte_byteorder.h>
#include <rte_malloc.h>
#include <rte_string_fns.h>

#include "../dp/fib.h"
#include "../dp/neigh.h"
#include "ifs.h"

static size_t
addrs_bytes(unsigned int n)
{
	return sizeof(struct lop_addrs) + n * sizeof(struct lop_ifaddr);
}

/* A copy with room for `more` further addresses. */
static struct lop_addrs *
addrs_copy(const struct lop_addrs *old, unsigned int more)
{
	struct lop_addrs *addrs = rte_zmalloc("lop addrs", addrs_bytes(old->n + more), 0);

	if (addrs != NULL)
		memcpy(addrs, old, addrs_bytes(old->n));
	return addrs;
}

/* No addresses: nothing that could run out. */
static struct lop_addrs none;

void
lop_addrs_create(struct lop_if *dev)
{
	lop_publish(dev->addrs, &none);
}

static void
addrs_free(struct lop_addrs *addrs)
{
	if (addrs != &none)
		rte_free(addrs);
}

void
lop_addrs_free(struct lop_if *dev)
{
	addrs_free(lop_load(dev->addrs));
}

/* The old array is freed when nobody sees it any more. */
static void
addrs_publish(struct lop_if *dev, struct lop_addrs *addrs)
{
	struct lop_addrs *old = lop_load(dev->addrs);

	lop_publish(dev->addrs, addrs);
	if (old == &none)
		return;
	lop_synchronize(dev->lop);
	rte_free(old);
}

static bool
same_subnet(const struct lop_ifaddr *a, const struct lop_ifaddr *b)
{
	const uint32_t differ = rte_be_to_cpu_32(a->local_be ^ b->local_be);

	return a->prefix_len == b->prefix_len &&
			(a->prefix_len == 0 || differ >> (32 - a->prefix_len) == 0);
}

/*
 * Put an address into an array with room for it. Primary addresses come first, those of narrow
 * scope before those of wide, in the order they were added; secondary ones follow as they came.
 */
static int
addr_place(struct lop_addrs *addrs, struct lop_ifaddr *addr)
{
	unsigned int at = 0;

	addr->secondary = false;
	for (unsigned int i = 0; i < addrs->n; i++) {
		const struct lop_ifaddr *other = &addrs->addr[i];

		if (!other->secondary && other->scope >= addr->scope)
			at = i + 1;
		if (!same_subnet(other, addr))
			continue;
		if (other->local_be == addr->local_be)
			return -EEXIST;
		if (other->scope != addr->scope)
			return -EINVAL;
		addr->secondary = true;
	}
	if (addr->secondary)
		at = addrs->n;
	memmove(&addrs->addr[at + 1], &addrs->addr[at], (addrs->n - at) * sizeof(addrs->addr[0]));
	addrs->addr[at] = *addr;
	addrs->n++;
	return 0;
}

static int
addr_insert(struct lop_if *dev, struct lop_ifaddr *addr)
{
	struct lop_addrs *addrs = addrs_copy(lop_load(dev->addrs), 1);
	int ret;

	if (addrs == NULL)
		return -ENOMEM;
	if (addr->label[0] == '\0')
		strlcpy(addr->label, dev->name, sizeof(addr->label));
	ret = addr_place(addrs, addr);
	if (ret != 0) {
		rte_free(addrs);
		return ret;
	}
	/* contract DEV-18: from the first address on, conf/default has no say */
	dev->conf_set = UINT32_MAX;
	addrs_publish(dev, addrs);
	return 0;
}

void
lop_addr_add_loopback(struct lop_if *dev)
{
	struct lop_ifaddr addr = {
		.local_be = RTE_BE32(0x7f000001),
		.prefix_len = 8,
		.scope = RT_SCOPE_HOST,
	};

	if (addr_insert(dev, &addr) == -ENOMEM)
		LOP_LOG(WARNING, "%s: no memory for 127.0.0.1/8", dev->name);
}

static int
addr_add(struct lop_if *dev, const struct lop_ifaddr *wanted)
{
	struct lop_ifaddr addr = *wanted;
	int ret;

	if (addr.prefix_len > 32 || strnlen(addr.label, IFNAMSIZ) == IFNAMSIZ)
		return -EINVAL;
	if (!lop_load(dev->has_ip))
		return -ENOBUFS;
	/* Linux takes it, and does nothing */
	if (addr.local_be == 0)
		return 0;
	ret = addr_insert(dev, &addr);
	if (ret != 0)
		return ret;
	lop_fib_addr_added(dev, &addr);
	lop_routes_changed(dev->lop);
	return 0;
}

int
lop_addr_add(struct lop *lop, int ifindex, const struct lop_ifaddr *addr)
{
	struct lop_if *dev;
	int ret;

	pthread_mutex_lock(&lop->lock);
	dev = lop_if_of(lop, ifindex);
	ret = dev != NULL ? addr_add(dev, addr) : -ENODEV;
	pthread_mutex_unlock(&lop->lock);
	return ret;
}

static const struct lop_ifaddr *
addr_find(const struct lop_addrs *addrs, const struct lop_ifaddr *wanted)
{
	for (unsigned int i = 0; i < addrs->n; i++) {
		const struct lop_ifaddr *addr = &addrs->addr[i];

		if (addr->local_be == wanted->local_be && addr->prefix_len == wanted->prefix_len &&
				(wanted->label[0] == '\0' ||
						strncmp(addr->label, wanted->label, IFNAMSIZ) == 0))
			return addr;
	}
	return NULL;
}

static int
addr_remove(struct lop_if *dev, const struct lop_ifaddr *addr)
{
	struct lop_addrs *addrs = addrs_copy(lop_load(dev->addrs), 0);
	unsigned int at;

	if (addrs == NULL)
		return -ENOMEM;
	at = addr_find(addrs, addr) - addrs->addr;
	addrs->n--;
	memmove(&addrs->addr[at], &addrs->addr[at + 1], (addrs->n - at) * sizeof(addrs->addr[0]));
	addrs_publish(dev, addrs);
	lop_fib_addr_removed(dev, addr);
	return 0;
}

/* Copy the secondary addresses that stand on a primary one. */
static unsigned int
secondaries_of(const struct lop_addrs *addrs, const struct lop_ifaddr *primary,
		struct lop_ifaddr *secondaries)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < addrs->n && !primary->secondary; i++) {
		if (addrs->addr[i].secondary && same_subnet(&addrs->addr[i], primary))
			secondaries[n++] = addrs->addr[i];
	}
	return n;
}

/*
 * A primary address takes the secondary ones of its subnet with it, those first. Where they are to
 * be promoted they come back: the first of them finds its subnet free.
 */
static int
addr_del(struct lop_if *dev, const struct lop_ifaddr *wanted)
{
	const struct lop_addrs *addrs = lop_load(dev->addrs);
	const struct lop_ifaddr *found = addr_find(addrs, wanted);
	struct lop_ifaddr *others, victim;
	unsigned int n;
	int ret = 0;

	if (found == NULL)
		return -EADDRNOTAVAIL;
	victim = *found;
	others = rte_zmalloc("lop addrs", addrs->n * sizeof(*others), 0);
	if (others == NULL)
		return -ENOMEM;
	n = secondaries_of(addrs, &victim, others);
	for (unsigned int i = 0; ret == 0 && i < n; i++)
		ret = addr_remove(dev, &others[i]);
	if (ret == 0)
		ret = addr_remove(dev, &victim);
	for (unsigned int i = 0; ret == 0 && lop_if_promote_secondaries(dev) && i < n; i++) {
		ret = addr_insert(dev, &others[i]);
		if (ret == 0)
			lop_fib_addr_added(dev, &others[i]);
	}
	rte_free(others);
	/* without an address it has no neighbours */
	if (lop_load(dev->addrs)->n == 0)
		lop_neigh_flush(dev->lop, dev);
	lop_routes_changed(dev->lop);
	return ret;
}

int
lop_addr_del(struct lop *lop, int ifindex, const struct lop_ifaddr *addr)
{
	struct lop_if *dev;
	int ret;

	pthread_mutex_lock(&lop->lock);
	dev = lop_if_of(lop, ifindex);
	/* without IPv4 an interface is none to ask for addresses */
	ret = dev != NULL && lop_load(dev->has_ip) ? addr_del(dev, addr) : -ENODEV;
	pthread_mutex_unlock(&lop->lock);
	return ret;
}

int
lop_addr_list(struct lop *lop, int ifindex, struct lop_ifaddr *addrs, unsigned int n)
{
	const struct lop_addrs *all;
	struct lop_if *dev;
	int ret = -ENODEV;

	pthread_mutex_lock(&lop->lock);
	dev = lop_if_of(lop, ifindex);
	if (dev != NULL) {
		all = lop_load(dev->addrs);
		memcpy(addrs, all->addr, RTE_MIN(n, all->n) * sizeof(*addrs));
		ret = all->n;
	}
	pthread_mutex_unlock(&lop->lock);
	return ret;
}

void
lop_addrs_clear(struct lop_if *dev)
{
	lop_store(dev->has_ip, false);
	lop_groups_clear(dev);
	addrs_publish(dev, &none);
	lop_fib_if_gone(dev);
	lop_neigh_flush(dev->lop, dev);
}

/* The label's part from ':' on stays; where there is none, all but the first get a number. */
static void
label_rename(char label[IFNAMSIZ], const char *name, unsigned int number)
{
	const char *colon = strchr(label, ':');
	char suffix[IFNAMSIZ] = "";

	if (number > 1 && colon != NULL)
		strlcpy(suffix, colon, sizeof(suffix));
	else if (number > 1)
		snprintf(suffix, sizeof(suffix), ":%u", number);
	/* a name that is too long gives way */
	strlcpy(label, name, IFNAMSIZ - strlen(suffix));
	strlcat(label, suffix, IFNAMSIZ);
}

int
lop_addrs_rename(struct lop_if *dev, const char *name)
{
	struct lop_addrs *addrs = addrs_copy(lop_load(dev->addrs), 0);

	if (addrs == NULL)
		return -ENOMEM;
	for (unsigned int i = 0; i < addrs->n; i++)
		label_rename(addrs->addr[i].label, name, i + 1);
	addrs_publish(dev, addrs);
	return 0;
}
