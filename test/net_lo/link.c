/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The gates of the device while it runs: MTU, link, address filter. */

#include <string.h>

#include "nl.h"

#define MACS_MAX 64

static const struct rte_ether_addr broadcast = { .addr_bytes = { 255, 255, 255, 255, 255, 255 } };
static const struct rte_ether_addr multicast = { .addr_bytes = { 1, 0, 0x5e, 0, 0, 1 } };
static const struct rte_ether_addr second = { .addr_bytes = { 2, 0, 0, 0, 0, 2 } };
static const struct rte_ether_addr nobody = { .addr_bytes = { 2, 0, 0, 0, 0, 99 } };

/* Live, to the byte, over the whole range. */
static void
mtu_is_exact(void **state)
{
	static const uint16_t mtus[] = { 68, 69, 600, 1499, 1500, 1501, 9000, 65000, 65534, 65535 };
	struct fx *fx = *state;
	struct fx_port conf = { 0 };

	conf.eth.rxmode.offloads = RTE_ETH_RX_OFFLOAD_SCATTER;
	nl_up(fx, "", &conf);
	assert_int_equal(nl_info(fx).min_mtu, 68);
	assert_int_equal(nl_info(fx).max_mtu, 65535);
	for (unsigned int i = 0; i < 2 * RTE_DIM(mtus); i++) {
		/* up, and down again */
		uint16_t mtu = mtus[i < RTE_DIM(mtus) ? i : 2 * RTE_DIM(mtus) - 1 - i];
		struct pkt p = { .size = mtu + RTE_ETHER_HDR_LEN, .seg_size = 1999 };
		struct rte_mbuf *m;

		assert_int_equal(rte_eth_dev_set_mtu(fx->tx_port, mtu), 0);
		m = nl_loop(fx, pkt_build(fx->pool, &p));
		pkt_assert(m, &p);
		/* one byte more, by hand: pkt_build() ends at the largest frame */
		assert_int_equal(rte_pktmbuf_tailroom(rte_pktmbuf_lastseg(m)) > 0, 1);
		assert_non_null(rte_pktmbuf_append(m, 1));
		nl_lose(fx, m);
		assert_int_equal(nl_xstat(fx, "tx_drop_oversize"), i + 1);
	}
	nl_assert_books(fx, 4 * RTE_DIM(mtus));
	assert_int_equal(rte_eth_dev_set_mtu(fx->tx_port, 67), -EINVAL);
}

/* Oversize in the middle of bursts of any size: the vectors' remainders, too. */
static void
oversize_at_any_place(void **state)
{
	struct fx *fx = *state;
	uint64_t sent = 0;

	nl_up(fx, "", NULL);
	for (unsigned int n = 1; n <= 40; n++) {
		for (unsigned int bad = 0; bad < n; bad++) {
			struct rte_mbuf *pkts[40];

			pkt_build_burst(fx->pool, &(struct pkt){ .size = 60 }, pkts, n);
			pkts[bad]->data_len = pkts[bad]->pkt_len = 1515;
			assert_int_equal(rte_eth_tx_burst(fx->tx_port, 0, pkts, n), n);
			fx_rx_all(fx->tx_port, 0, pkts, n - 1);
			for (unsigned int i = 0; i + 1 < n; i++)
				assert_int_equal(pkt_stamp(pkts[i]), i < bad ? i : i + 1);
			rte_pktmbuf_free_bulk(pkts, n - 1);
			sent += n;
		}
	}
	assert_int_equal(nl_xstat(fx, "tx_drop_oversize"), 40 * 41 / 2);
	nl_assert_books(fx, sent);
}

static int
note_event(uint16_t port, enum rte_eth_event_type event, void *arg, void *ret)
{
	RTE_SET_USED(event);
	RTE_SET_USED(ret);
	((unsigned int *)arg)[0]++;
	((unsigned int *)arg)[1] = port;
	return 0;
}

static bool
is_up(struct fx *fx)
{
	struct rte_eth_link link;

	assert_int_equal(rte_eth_link_get_nowait(fx->tx_port, &link), 0);
	return link.link_status == RTE_ETH_LINK_UP;
}

static void
send_one(struct fx *fx)
{
	nl_send(fx, pkt_build(fx->pool, &(struct pkt){ 0 }));
}

/* Down: taken, dropped, counted. Up: as before. Events where they were asked for, one a change. */
static void
assert_link(struct fx *fx, bool lsc)
{
	struct fx_port conf = { 0 };
	unsigned int events[2] = { 0, 0 };
	const unsigned int one = lsc ? 1 : 0;

	conf.eth.intr_conf.lsc = lsc;
	nl_plug(fx, "");
	assert_false(is_up(fx));
	assert_int_equal(rte_eth_dev_callback_register(
					 fx->tx_port, RTE_ETH_EVENT_INTR_LSC, note_event, events),
			0);
	nl_again(fx, &conf);
	assert_true(is_up(fx));
	assert_int_equal(events[0], one);
	assert_int_equal(rte_eth_dev_set_link_up(fx->tx_port), 0);
	assert_int_equal(events[0], one);

	send_one(fx);
	assert_int_equal(rte_eth_dev_set_link_down(fx->tx_port), 0);
	assert_false(is_up(fx));
	assert_int_equal(events[0], 2 * one);
	for (unsigned int i = 0; i < 5; i++)
		send_one(fx);
	assert_int_equal(nl_xstat(fx, "tx_drop_link_down"), 5);
	assert_int_equal(nl_stats(fx).oerrors, 5);
	/* what was on its way is not lost */
	assert_int_equal(fx_drain(fx->tx_port, 0), 1);
	assert_int_equal(rte_eth_dev_set_link_up(fx->tx_port), 0);
	assert_int_equal(events[0], 3 * one);
	send_one(fx);
	assert_int_equal(fx_drain(fx->tx_port, 0), 1);

	/* a start brings the link up, whatever it was at the stop */
	assert_int_equal(rte_eth_dev_set_link_down(fx->tx_port), 0);
	assert_int_equal(rte_eth_dev_stop(fx->tx_port), 0);
	assert_false(is_up(fx));
	assert_int_equal(rte_eth_dev_start(fx->tx_port), 0);
	assert_true(is_up(fx));
	assert_int_equal(events[0], 5 * one);
	assert_int_equal(rte_eth_dev_stop(fx->tx_port), 0);
	assert_int_equal(events[0], 6 * one);
	assert_int_equal(rte_eth_dev_callback_unregister(
					 fx->tx_port, RTE_ETH_EVENT_INTR_LSC, note_event, events),
			0);
}

static void
link_stops_traffic(void **state)
{
	assert_link(*state, false);
}

static void
link_events_where_asked_for(void **state)
{
	assert_link(*state, true);
}

static bool
hears(struct fx *fx, const struct rte_ether_addr *to)
{
	struct pkt p = { .dst = *to };
	uint64_t before = nl_xstat(fx, "rx_mac_filtered");
	bool heard;

	nl_send(fx, pkt_build(fx->pool, &p));
	heard = fx_drain(fx->tx_port, 0) == 1;
	assert_int_equal(nl_xstat(fx, "rx_mac_filtered") - before, heard ? 0 : 1);
	return heard;
}

/* All, until promiscuous mode is switched off; then one's own, broadcast, and what was asked for. */
static void
filter_by_address(void **state)
{
	struct fx *fx = *state;
	struct rte_ether_addr own;

	nl_up(fx, "", NULL);
	assert_int_equal(rte_eth_macaddr_get(fx->tx_port, &own), 0);
	assert_int_equal(rte_eth_promiscuous_get(fx->tx_port), 1);
	assert_int_equal(rte_eth_allmulticast_get(fx->tx_port), 1);
	assert_true(hears(fx, &nobody) && hears(fx, &multicast));

	assert_int_equal(rte_eth_promiscuous_disable(fx->tx_port), 0);
	assert_true(hears(fx, &own) && hears(fx, &broadcast) && hears(fx, &multicast));
	assert_false(hears(fx, &nobody));
	assert_int_equal(rte_eth_allmulticast_disable(fx->tx_port), 0);
	assert_false(hears(fx, &multicast));
	assert_true(hears(fx, &broadcast));
	assert_int_equal(rte_eth_allmulticast_enable(fx->tx_port), 0);
	assert_true(hears(fx, &multicast));
	assert_int_equal(rte_eth_promiscuous_enable(fx->tx_port), 0);
	assert_true(hears(fx, &nobody));
}

static void
filter_follows_the_address_lists(void **state)
{
	struct fx *fx = *state;
	struct rte_ether_addr own, list[2] = { multicast, multicast };

	list[1].addr_bytes[5] = 7;
	nl_up(fx, "", NULL);
	assert_int_equal(rte_eth_macaddr_get(fx->tx_port, &own), 0);
	assert_int_equal(rte_eth_promiscuous_disable(fx->tx_port), 0);
	assert_int_equal(rte_eth_allmulticast_disable(fx->tx_port), 0);

	assert_false(hears(fx, &second));
	assert_int_equal(rte_eth_dev_mac_addr_add(fx->tx_port,
					 (struct rte_ether_addr *)(uintptr_t)&second, 0),
			0);
	assert_true(hears(fx, &second) && hears(fx, &own));
	assert_int_equal(rte_eth_dev_mac_addr_remove(
					 fx->tx_port, (struct rte_ether_addr *)(uintptr_t)&second),
			0);
	assert_false(hears(fx, &second));

	assert_int_equal(rte_eth_dev_set_mc_addr_list(fx->tx_port, list, 2), 0);
	assert_true(hears(fx, &list[0]) && hears(fx, &list[1]));
	assert_int_equal(rte_eth_dev_set_mc_addr_list(fx->tx_port, &list[1], 1), 0);
	assert_true(!hears(fx, &list[0]) && hears(fx, &list[1]));
	assert_int_equal(rte_eth_dev_set_mc_addr_list(fx->tx_port, NULL, 0), 0);
	assert_false(hears(fx, &list[1]));

	/* a new address of one's own: the old one is another's now */
	assert_int_equal(rte_eth_dev_default_mac_addr_set(
					 fx->tx_port, (struct rte_ether_addr *)(uintptr_t)&second),
			0);
	assert_true(hears(fx, &second));
	assert_false(hears(fx, &own));
}

static void
address_lists_have_an_end(void **state)
{
	struct fx *fx = *state;
	struct rte_ether_addr macs[MACS_MAX + 1];

	nl_up(fx, "", NULL);
	assert_int_equal(nl_info(fx).max_mac_addrs, MACS_MAX);
	for (unsigned int i = 0; i < RTE_DIM(macs); i++)
		macs[i] = (struct rte_ether_addr){ .addr_bytes = { 2, 9, 0, 0, 0, i } };
	for (unsigned int i = 1; i < MACS_MAX; i++)
		assert_int_equal(rte_eth_dev_mac_addr_add(fx->tx_port, &macs[i], 0), 0);
	assert_int_equal(rte_eth_dev_mac_addr_add(fx->tx_port, &macs[MACS_MAX], 0), -ENOSPC);
	assert_int_equal(rte_eth_promiscuous_disable(fx->tx_port), 0);
	assert_true(hears(fx, &macs[MACS_MAX - 1]));
	assert_false(hears(fx, &macs[MACS_MAX]));

	for (unsigned int i = 0; i < RTE_DIM(macs); i++)
		macs[i].addr_bytes[0] = 3;
	assert_int_equal(rte_eth_dev_set_mc_addr_list(fx->tx_port, macs, MACS_MAX), 0);
	assert_int_equal(rte_eth_dev_set_mc_addr_list(fx->tx_port, macs, MACS_MAX + 1), -ENOSPC);
	assert_int_equal(rte_eth_allmulticast_disable(fx->tx_port), 0);
	assert_true(hears(fx, &macs[MACS_MAX - 1]));
	assert_false(hears(fx, &macs[MACS_MAX]));
}

/* The address of zeros is heard where it is one's own, not where a list has an empty place. */
static void
zeros_are_an_address_by_choice_only(void **state)
{
	const struct rte_ether_addr zero = { 0 };
	struct fx *fx = *state;

	nl_up(fx, "mac=00:00:00:00:00:00", NULL);
	assert_int_equal(rte_eth_promiscuous_disable(fx->tx_port), 0);
	assert_true(hears(fx, &zero));
	fx_vdev_remove(fx, NL_NAME);
	nl_up(fx, "", NULL);
	assert_int_equal(rte_eth_promiscuous_disable(fx->tx_port), 0);
	assert_false(hears(fx, &zero));
}

static const struct lo_case link_cases[] = {
	LO_CASE(mtu_is_exact),
	LO_CASE(oversize_at_any_place),
	LO_CASE(link_stops_traffic),
	LO_CASE(link_events_where_asked_for),
	LO_CASE(filter_by_address),
	LO_CASE(filter_follows_the_address_lists),
	LO_CASE(address_lists_have_an_end),
	LO_CASE(zeros_are_an_address_by_choice_only),
};
LO_REGISTER_TEST(net_lo_autotest, link_cases);
