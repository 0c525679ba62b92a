/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Neighbours without ARP: one on lo, what an address makes of a new one, listings, limits. */

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include <rte_errno.h>

#include "../../lib/lop/dp/neigh.h"
#include "../../lib/lop/include/lop_neigh.h"
#include "fx.h"

#define LISTED_MAX 8
#define NUD_ALL 0xffff

struct listed {
	struct lop_neigh_info info[LISTED_MAX];
	unsigned int n;
};

static void
keep(const struct lop_neigh_info *info, void *arg)
{
	struct listed *l = arg;

	if (l->n < LISTED_MAX)
		l->info[l->n] = *info;
	l->n++;
}

static struct listed
list(struct lop *lop, uint16_t states)
{
	struct listed l = { .n = 0 };

	assert_int_equal(lop_neigh_list(lop, states, keep, &l), 0);
	return l;
}

static struct lop_neigh_info
info_for(int ifindex, const char *addr, uint16_t state, uint8_t last)
{
	return (struct lop_neigh_info){
		.ifindex = ifindex,
		.addr_be = inet_addr(addr),
		.state = state,
		.lladdr = { 2, 0, 0, 0, 0, last },
	};
}

static int
set(struct lop *lop, int ifindex, const char *addr, uint16_t state, uint8_t last)
{
	const struct lop_neigh_info info = info_for(ifindex, addr, state, last);

	return lop_neigh_set(lop, &info);
}

static struct lop_neigh *
get(struct lop *lop, int ifindex, const char *addr)
{
	struct lop_worker *w = fx_worker(lop);
	struct lop_neigh *n;

	lop_enter(w);
	n = lop_neigh_get(w, lop_if_of(lop, ifindex), inet_addr(addr));
	lop_leave(w);
	return n;
}

/* The header that a packet gets: destination, source, type. */
static void
assert_header(const struct lop_neigh *n, const char *dst, const char *src)
{
	uint8_t header[RTE_ETHER_HDR_LEN];

	assert_int_equal(lop_load(n->header_bytes), RTE_ETHER_HDR_LEN);
	lop_neigh_header(n, header);
	assert_memory_equal(header, dst, ETH_ALEN);
	assert_memory_equal(header + ETH_ALEN, src, ETH_ALEN);
	assert_memory_equal(header + 2 * ETH_ALEN, "\x08\x00", 2);
}

static void
up(struct lop *lop, int ifindex, const char *addr)
{
	struct lop_ifaddr a = { .local_be = inet_addr(addr), .prefix_len = 24 };

	a.broadcast_be = a.local_be | RTE_BE32(0xff);
	assert_int_equal(lop_addr_add(lop, ifindex, &a), 0);
	assert_int_equal(lop_if_set_flags(lop, ifindex, IFF_UP, IFF_UP), 0);
}

/* contract NE-01, NE-03 */
static void
lo_has_one_entry_from_its_first_packet_on(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct lop_neigh *n = lop->lo->neigh_any;
	struct listed l;

	assert_int_equal(list(lop, NUD_ALL).n, 0);
	assert_ptr_equal(get(lop, LOP_LO_INDEX, "127.0.0.1"), n);
	assert_ptr_equal(get(lop, LOP_LO_INDEX, "127.9.9.9"), n);
	assert_ptr_equal(get(lop, LOP_LO_INDEX, "8.8.8.8"), n);
	l = list(lop, NUD_ALL);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.info[0].ifindex, LOP_LO_INDEX);
	assert_int_equal(l.info[0].addr_be, 0);
	assert_int_equal(l.info[0].state, NUD_NOARP);
	assert_memory_equal(l.info[0].lladdr, "\0\0\0\0\0\0", ETH_ALEN);
	assert_header(n, "\0\0\0\0\0\0", "\0\0\0\0\0\0");
	/* hidden where nobody asks for NOARP */
	assert_int_equal(list(lop, 0).n, 0);
	assert_int_equal(list(lop, NUD_NOARP).n, 1);
}

/* contract NE-01: a packet that used a destination's neighbour counts as well */
static void
the_entry_of_lo_is_seen_when_lo_has_sent(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct lop_if_count *count = &fx_worker(lop)->ifs[LOP_LO_INDEX];

	lop_count(count->tx_packets, 1);
	assert_int_equal(list(lop, NUD_ALL).n, 1);
	assert_int_equal(lop_neigh_del(lop, LOP_LO_INDEX, 0), 0);
	assert_int_equal(list(lop, NUD_ALL).n, 0);
	assert_int_equal(lop_neigh_del(lop, LOP_LO_INDEX, 0), -ENOENT);
	lop_count(count->tx_dropped, 1);
	assert_int_equal(list(lop, NUD_ALL).n, 1);
}

/* contract NE-01, NE-03, XM-05 */
static void
whatever_is_set_on_lo_is_0_0_0_0(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct listed l;

	assert_int_equal(set(lop, LOP_LO_INDEX, "127.0.0.5", NUD_PERMANENT, 7), 0);
	assert_int_equal(set(lop, LOP_LO_INDEX, "127.0.0.6", NUD_REACHABLE, 8), 0);
	l = list(lop, 0);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.info[0].addr_be, 0);
	assert_int_equal(l.info[0].state, NUD_REACHABLE);
	assert_header(lop->lo->neigh_any, "\2\0\0\0\0\x8", "\0\0\0\0\0\0");
	assert_int_equal(set(lop, LOP_LO_INDEX, "0.0.0.0", NUD_NOARP, 9), 0);
	assert_int_equal(list(lop, 0).n, 0);
	assert_header(lop->lo->neigh_any, "\2\0\0\0\0\x9", "\0\0\0\0\0\0");

	/* only its key finds it */
	assert_int_equal(lop_neigh_del(lop, LOP_LO_INDEX, inet_addr("127.0.0.5")), -ENOENT);
	assert_int_equal(lop_neigh_del(lop, LOP_LO_INDEX, 0), 0);
	assert_int_equal(list(lop, NUD_ALL).n, 0);
	assert_header(lop->lo->neigh_any, "\0\0\0\0\0\0", "\0\0\0\0\0\0");
	assert_int_equal(lop_neigh_del(lop, 5, 0), -ENODEV);
}

/* contract DEV-07, DEV-08, NE-02 */
static void
changes_of_the_device_flush_its_neighbours(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const uint8_t mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 0xaa };

	assert_int_equal(set(lop, LOP_LO_INDEX, "0.0.0.0", NUD_PERMANENT, 7), 0);
	assert_int_equal(lop_if_set_mac(lop, LOP_LO_INDEX, mac), 0);
	assert_int_equal(list(lop, NUD_ALL).n, 0);
	assert_header(get(lop, LOP_LO_INDEX, "127.0.0.1"), (const char *)mac, (const char *)mac);
	assert_int_equal(list(lop, NUD_ALL).n, 1);

	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(set(lop, LOP_LO_INDEX, "0.0.0.0", NUD_PERMANENT, 7), 0);
		assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, i == 0 ? IFF_NOARP : 0,
						 IFF_NOARP),
				0);
		assert_int_equal(list(lop, NUD_ALL).n, 0);
	}
	assert_int_equal(set(lop, LOP_LO_INDEX, "0.0.0.0", NUD_PERMANENT, 7), 0);
	assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, 0, IFF_UP), 0);
	assert_int_equal(list(lop, NUD_ALL).n, 0);
}

/* contract NE-02: every branch of the constructor */
static void
the_address_and_the_device_choose_state_and_link_address(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int eth = fx_wire(*state, lop, "eth0");
	struct lop_if *dev = lop_acquire(lop->ifs[eth]);
	const char *mac = (const char *)dev->mac.addr_bytes;
	struct lop_neigh *n;

	up(lop, eth, "10.7.0.1");
	n = get(lop, eth, "10.7.0.77");
	assert_int_equal(lop_load(n->state), NUD_NONE);
	n = get(lop, eth, "10.7.0.255");
	assert_int_equal(lop_load(n->state), NUD_NOARP);
	assert_header(n, "\xff\xff\xff\xff\xff\xff", mac);
	n = get(lop, eth, "224.129.1.9");
	assert_int_equal(lop_load(n->state), NUD_NOARP);
	assert_header(n, "\x01\x00\x5e\x01\x01\x09", mac);

	assert_int_equal(lop_if_set_flags(lop, eth, IFF_NOARP, IFF_NOARP), 0);
	n = get(lop, eth, "10.7.0.77");
	assert_int_equal(lop_load(n->state), NUD_NOARP);
	assert_header(n, mac, mac);
	assert_header(get(lop, eth, "10.7.0.255"), mac, mac);
	/* multicast comes before NOARP */
	assert_header(get(lop, eth, "239.1.2.3"), "\x01\x00\x5e\x01\x02\x03", mac);
	assert_int_equal(lop_if_set_flags(lop, eth, 0, IFF_NOARP), 0);

	/* a device with one peer needs no address of it */
	lop_store(dev->flags, lop_load(dev->flags) | IFF_POINTOPOINT);
	n = get(lop, eth, "10.7.0.77");
	assert_int_equal(n->addr_be, 0);
	assert_ptr_equal(get(lop, eth, "10.7.0.78"), n);
	assert_int_equal(lop_load(n->state), NUD_NOARP);
	assert_header(n, "\xff\xff\xff\xff\xff\xff", mac);
	lop_store(dev->flags, lop_load(dev->flags) & ~IFF_POINTOPOINT);

	/* no link headers, nothing to resolve */
	dev->ethernet = false;
	n = get(lop, eth, "10.7.0.99");
	assert_int_equal(lop_load(n->state), NUD_NOARP);
	assert_int_equal(lop_load(n->header_bytes), 0);
	dev->ethernet = true;

	/* no IPv4 there */
	lop_store(dev->has_ip, false);
	assert_null(get(lop, eth, "10.7.0.100"));
	assert_int_equal(rte_errno, EINVAL);
	assert_int_equal(set(lop, eth, "10.7.0.100", NUD_STALE, 1), -EINVAL);
	lop_store(dev->has_ip, true);
}

/* contract NE-03 */
static void
entries_set_by_hand_are_listed_by_state(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int eth = fx_wire(*state, lop, "eth0");
	struct listed l;

	up(lop, eth, "10.7.0.1");
	assert_int_equal(set(lop, eth, "10.7.0.5", NUD_PERMANENT, 5), 0);
	assert_int_equal(set(lop, eth, "10.7.0.6", NUD_STALE, 6), 0);
	assert_int_equal(set(lop, eth, "10.7.0.7", NUD_NOARP, 7), 0);
	assert_int_equal(set(lop, eth, "10.7.0.6", NUD_REACHABLE, 8), 0);
	assert_int_equal(set(lop, eth, "10.7.0.8", NUD_INCOMPLETE, 8), -EINVAL);
	assert_int_equal(set(lop, eth, "10.7.0.8", 0, 8), -EINVAL);
	assert_int_equal(set(lop, 9, "10.7.0.8", NUD_STALE, 8), -ENODEV);
	assert_non_null(get(lop, eth, "10.7.0.9"));

	l = list(lop, 0);
	assert_int_equal(l.n, 2);
	assert_int_equal(l.info[0].addr_be, inet_addr("10.7.0.5"));
	assert_int_equal(l.info[1].addr_be, inet_addr("10.7.0.6"));
	assert_int_equal(l.info[1].lladdr[5], 8);
	assert_int_equal(list(lop, NUD_ALL).n, 3);
	assert_int_equal(list(lop, NUD_PERMANENT).n, 1);
	assert_int_equal(lop_neigh_del(lop, eth, inet_addr("10.7.0.5")), 0);
	assert_int_equal(lop_neigh_del(lop, eth, inet_addr("10.7.0.5")), -ENOENT);
	assert_int_equal(list(lop, NUD_ALL).n, 2);

	assert_int_equal(lop_if_set_flags(lop, eth, 0, IFF_UP), 0);
	assert_int_equal(list(lop, NUD_ALL).n, 0);
}

/* contract NE-04: one miss, then hits of the same entry, whose header follows its address */
static void
a_neighbour_is_made_once_and_keeps_its_header(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int eth = fx_wire(*state, lop, "eth0");
	struct lop_neigh *n;

	up(lop, eth, "10.7.0.1");
	assert_int_equal(set(lop, eth, "10.7.0.5", NUD_PERMANENT, 5), 0);
	n = get(lop, eth, "10.7.0.5");
	for (unsigned int i = 0; i < 8; i++)
		assert_ptr_equal(get(lop, eth, "10.7.0.5"), n);
	assert_int_equal(lop_load(n->used_us), fx_now_us);
	assert_header(n, "\2\0\0\0\0\5", (const char *)lop_if_of(lop, eth)->mac.addr_bytes);
	assert_int_equal(set(lop, eth, "10.7.0.5", NUD_PERMANENT, 6), 0);
	assert_ptr_equal(get(lop, eth, "10.7.0.5"), n);
	assert_header(n, "\2\0\0\0\0\6", (const char *)lop_if_of(lop, eth)->mac.addr_bytes);
	/* it stands at 2 so that what follows it is aligned; whole: the sequence is even */
	assert_int_equal(n->header[2], 2);
	assert_int_equal(lop_load(n->seq) % 2, 0);
}

static uint32_t
nth(uint32_t i)
{
	return rte_cpu_to_be_32(0x0a070100 + i);
}

static struct lop_neigh *
get_nth(struct lop *lop, int ifindex, uint32_t i)
{
	struct lop_worker *w = fx_worker(lop);
	struct lop_neigh *n;

	lop_enter(w);
	n = lop_neigh_get(w, lop_if_of(lop, ifindex), nth(i));
	lop_leave(w);
	return n;
}

/* contract NE-05 */
static void
a_full_table_refuses_until_something_is_old(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int eth = fx_wire(*state, lop, "eth0");

	up(lop, eth, "10.7.0.1");
	for (uint32_t i = 0; i < 1024; i++)
		assert_non_null(get_nth(lop, eth, i));
	assert_null(get_nth(lop, eth, 1024));
	assert_int_equal(rte_errno, ENOBUFS);
	assert_int_equal(set(lop, eth, "10.7.200.1", NUD_STALE, 1), -ENOBUFS);
	/* what is there is found, and lo knows no limit */
	assert_non_null(get_nth(lop, eth, 1023));
	assert_non_null(get(lop, LOP_LO_INDEX, "127.0.0.1"));

	/* after five seconds what is older makes room for what is new */
	fx_advance_us(lop, 5000001);
	for (uint32_t i = 1024; i < 2048; i++)
		assert_non_null(get_nth(lop, eth, i));
	assert_null(get_nth(lop, eth, 4000));

	/* more room on request */
	assert_int_equal(lop_sysctl_set(lop, "neigh/default/gc_thresh3", "2048"), 0);
	assert_non_null(get_nth(lop, eth, 4000));
}

/* contract NE-05: permanent ones are not counted, and all are found among 100,000 */
static void
a_hundred_thousand_permanent_neighbours_fit(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int eth = fx_wire(*state, lop, "eth0");
	struct lop_neigh_info info = info_for(eth, "0.0.0.0", NUD_PERMANENT, 1);
	struct listed l = { .n = 0 };

	up(lop, eth, "10.7.0.1");
	for (uint32_t i = 0; i < 100000; i++) {
		info.addr_be = nth(i);
		memcpy(info.lladdr + 2, &i, sizeof(i));
		assert_int_equal(lop_neigh_set(lop, &info), 0);
	}
	for (uint32_t i = 0; i < 100000; i++) {
		const struct lop_neigh *n = get_nth(lop, eth, i);

		assert_non_null(n);
		assert_int_equal(n->addr_be, nth(i));
		assert_memory_equal(n->lladdr + 2, &i, sizeof(i));
	}
	assert_non_null(get_nth(lop, eth, 100000));
	assert_int_equal(lop_neigh_list(lop, NUD_PERMANENT, keep, &l), 0);
	assert_int_equal(l.n, 100000);
	assert_int_equal(lop_if_set_flags(lop, eth, 0, IFF_UP), 0);
	assert_int_equal(list(lop, NUD_ALL).n, 0);
}

static const struct lo_case cases[] = {
	LO_CASE(lo_has_one_entry_from_its_first_packet_on),
	LO_CASE(the_entry_of_lo_is_seen_when_lo_has_sent),
	LO_CASE(whatever_is_set_on_lo_is_0_0_0_0),
	LO_CASE(changes_of_the_device_flush_its_neighbours),
	LO_CASE(the_address_and_the_device_choose_state_and_link_address),
	LO_CASE(entries_set_by_hand_are_listed_by_state),
	LO_CASE(a_neighbour_is_made_once_and_keeps_its_header),
	LO_CASE(a_full_table_refuses_until_something_is_old),
	LO_CASE(a_hundred_thousand_permanent_neighbours_fit),
};
LO_REGISTER_TEST(lop_neigh_autotest, cases);
