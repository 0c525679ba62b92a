/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Sockets whose datagrams wait in the queue of another one. */

#include <poll.h>
#include <sys/ioctl.h>

#include <linux/filter.h>

#include "../../lib/lop/include/lop_hook.h"
#include "../../lib/lop/include/lop_stats.h"
#include "number_fx.h"

#define MEMBERS 3
#define BYTES 18
#define CHARGE 832
#define LARGE_BYTES 400

/* r[0]'s queue, which the others share; s sends. */
struct shared {
	struct lop *lop;
	int r[MEMBERS];
	int s;
};

static struct shared
shared_open(struct lop *lop)
{
	struct shared h = { .lop = lop };

	for (unsigned int i = 0; i < MEMBERS; i++) {
		h.r[i] = fx_udp(lop, NULL, SF_PORT + i);
		if (i != 0)
			assert_int_equal(lop_udp_share_queue(h.r[i], h.r[0]), 0);
	}
	h.s = fx_udp(lop, NULL, 4000);
	return h;
}

/* Whose each datagram is, by digits: numbers go up by one. */
static void
assert_received(const struct shared *h, const char *whose, uint32_t bytes)
{
	struct rte_mbuf *pkts[64];
	const uint16_t n = strlen(whose);

	assert_int_equal(lop_udp_recv_burst(h->r[0], pkts, RTE_DIM(pkts)), n);
	for (uint16_t i = 0; i < n; i++) {
		const unsigned int member = whose[i] - '0';

		assert_int_equal(lop_udp_fd(pkts[i]), h->r[member]);
		assert_int_equal(nf_udp(pkts[i])->dst_port, RTE_BE16(SF_PORT + member));
		assert_int_equal(pkts[i]->pkt_len, bytes);
		nf_assert(rte_pktmbuf_mtod(pkts[i], uint8_t *), bytes, i);
		rte_pktmbuf_free(pkts[i]);
	}
}

/* One burst to these members. */
static void
send_to(const struct shared *h, const char *whose, uint32_t bytes)
{
	struct rte_mbuf *pkts[64];
	struct sockaddr_in to[64];
	const uint16_t n = strlen(whose);

	for (uint16_t i = 0; i < n; i++) {
		pkts[i] = nf_mbuf(h->lop, bytes, i);
		to[i] = fx_addr("127.0.0.1", SF_PORT + whose[i] - '0');
	}
	assert_int_equal(lop_udp_send_burst_to(h->s, to, pkts, n), n);
}

/* contract UR-04: in the order in which they came, from whatever burst */
static void
datagrams_of_all_wait_in_one_queue(void **state)
{
	const struct shared h = shared_open(fx_lop_up(*state));

	/* the first burst makes a plan, the second one goes by it */
	for (unsigned int i = 0; i < 2; i++) {
		send_to(&h, "021120", BYTES);
		assert_received(&h, "021120", BYTES);
	}
	for (unsigned int i = 1; i < MEMBERS; i++)
		assert_int_equal(lop_udp_recv_burst(h.r[i], (struct rte_mbuf *[1]){ NULL }, 1), 0);
}

static void
accept_all(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts, uint8_t *verdicts,
		uint16_t n)
{
	RTE_SET_USED(arg);
	RTE_SET_USED(state);
	RTE_SET_USED(pkts);
	memset(verdicts, LOP_VERDICT_ACCEPT, n);
}

static void
every_way_leads_to_the_queue(void **state)
{
	const struct lop_conf circuit = { .short_circuit = true };
	const struct lop_hook hook = {
		.name = "onlooker", .point = LOP_HOOK_LOCAL_IN, .fn = accept_all
	};
	struct lop *lop[] = { fx_lop_up(*state), fx_lop(*state, &circuit) };

	assert_int_equal(lop_if_set_flags(lop[1], LOP_LO_INDEX, IFF_UP, IFF_UP), 0);
	assert_true(lop_hook_register(lop[0], &hook) > 0);
	for (unsigned int i = 0; i < RTE_DIM(lop); i++) {
		const struct shared h = shared_open(lop[i]);

		send_to(&h, "2011", BYTES);
		assert_received(&h, "2011", BYTES);
	}
}

static void
single_calls_lead_there_too(void **state)
{
	const struct shared h = shared_open(fx_lop_up(*state));
	const struct sockaddr_in to = fx_addr("127.0.0.1", SF_PORT + 2);
	uint8_t data[BYTES];

	for (unsigned int i = 0; i < 4; i++) {
		nf_fill(data, BYTES, i);
		assert_int_equal(sf_to(h.s, data, BYTES, 0, SF_PORT + 2), BYTES);
	}
	nf_burst(h.lop, h.s, &to, 4, 5, BYTES);
	assert_received(&h, "222222222", BYTES);
}

/* contract BC-01: each has a copy */
static void
broadcast_waits_once_for_each(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const struct sockaddr_in to = fx_addr("127.255.255.255", SF_PORT);
	const struct sockaddr_in any = fx_addr("0.0.0.0", SF_PORT);
	struct rte_mbuf *pkts[MEMBERS + 1];
	uint32_t seen = 0;
	int r[MEMBERS];
	const int s = fx_udp(lop, NULL, 4000);

	for (unsigned int i = 0; i < MEMBERS; i++) {
		r[i] = lop_socket(lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
		sf_option(r[i], SOL_SOCKET, SO_REUSEADDR, 1);
		assert_int_equal(lop_bind(r[i], (const void *)&any, sizeof(any)), 0);
		assert_int_equal(lop_udp_share_queue(r[i], r[0]), 0);
	}
	sf_option(s, SOL_SOCKET, SO_BROADCAST, 1);
	assert_int_equal(lop_sendto(s, "all", 3, 0, (const void *)&to, sizeof(to)), 3);
	assert_int_equal(lop_udp_recv_burst(r[0], pkts, RTE_DIM(pkts)), MEMBERS);
	for (unsigned int i = 0; i < MEMBERS; i++) {
		for (unsigned int k = 0; k < MEMBERS; k++)
			seen |= (uint32_t)(lop_udp_fd(pkts[i]) == r[k]) << k;
	}
	rte_pktmbuf_free_bulk(pkts, MEMBERS);
	assert_int_equal(seen, RTE_BIT32(MEMBERS) - 1);
}

/* contract UR-04: its SO_RCVBUF, its drops */
static void
owner_of_the_queue_is_charged(void **state)
{
	const struct shared h = shared_open(fx_lop_up(*state));
	struct rte_mbuf *pkts[8];

	sf_option(h.r[0], SOL_SOCKET, SO_RCVBUF, 2 * CHARGE);
	sf_option(h.r[1], SOL_SOCKET, SO_RCVBUF, 1);
	send_to(&h, "1212", BYTES);
	assert_received(&h, "1212", BYTES);
	fx_mark(h.lop);
	send_to(&h, "121212", BYTES);
	assert_int_equal(lop_udp_recv_burst(h.r[0], pkts, RTE_DIM(pkts)), 4);
	rte_pktmbuf_free_bulk(pkts, 4);
	assert_int_equal(fx_mib(h.lop, "Udp", "RcvbufErrors"), 2);
	assert_int_equal(lop_drop_read(h.lop, LOP_DROP_RCVBUF), 2);
}

/* A hook: every other one has a wrong checksum, which nobody knows yet. */
static void
spoil_others(void *arg, const struct lop_hook_state *state, struct rte_mbuf **pkts,
		uint8_t *verdicts, uint16_t n)
{
	RTE_SET_USED(arg);
	RTE_SET_USED(state);
	memset(verdicts, LOP_VERDICT_ACCEPT, n);
	for (uint16_t i = 1; i < n; i += 2) {
		rte_pktmbuf_mtod_offset(pkts[i], struct rte_udp_hdr *, sizeof(struct rte_ipv4_hdr))
				->dgram_cksum = 1;
		lop_meta(pkts[i])->flags &= ~LOP_META_CSUM_KNOWN;
	}
}

/* contract UR-01: found out when it is read, and as if it had not come */
static void
wrong_checksum_is_found_late(void **state)
{
	const struct lop_hook hook = {
		.name = "spoil", .point = LOP_HOOK_LOCAL_IN, .fn = spoil_others
	};
	const struct shared h = shared_open(fx_lop_up(*state));
	struct rte_mbuf *pkts[4];

	assert_true(lop_hook_register(h.lop, &hook) > 0);
	send_to(&h, "1221", LARGE_BYTES);
	fx_mark(h.lop);
	assert_int_equal(lop_udp_recv_burst(h.r[0], pkts, RTE_DIM(pkts)), 2);
	assert_int_equal(lop_udp_fd(pkts[0]), h.r[1]);
	assert_int_equal(lop_udp_fd(pkts[1]), h.r[2]);
	rte_pktmbuf_free_bulk(pkts, 2);
	fx_assert_moved(h.lop,
			"Udp.InDatagrams+2 Udp.InErrors+2 Udp.InCsumErrors+2 drop.udp_csum+2");
}

/* Keep so many bytes from the UDP header on. */
static void
filter_keep(int fd, uint32_t bytes)
{
	struct sock_filter code = { .code = BPF_RET | BPF_K, .k = bytes };
	const struct sock_fprog prog = { .len = 1, .filter = &code };

	assert_int_equal(lop_setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)), 0);
}

/* contract UR-06: whom they came for says, not whose the queue is */
static void
filters_stay_with_their_socket(void **state)
{
	const struct shared h = shared_open(fx_lop_up(*state));
	struct rte_mbuf *pkts[4];

	filter_keep(h.r[0], 0);
	filter_keep(h.r[1], sizeof(struct rte_udp_hdr) + 4);
	/* in their order, on the long way and by a plan */
	for (unsigned int i = 0; i < 2; i++) {
		send_to(&h, "2012", BYTES);
		assert_int_equal(lop_udp_recv_burst(h.r[0], pkts, RTE_DIM(pkts)), 3);
		for (unsigned int k = 0; k < 3; k++) {
			const unsigned int whose = "212"[k] - '0';

			assert_int_equal(lop_udp_fd(pkts[k]), h.r[whose]);
			assert_int_equal(pkts[k]->pkt_len, whose == 1 ? 4 : BYTES);
			rte_pktmbuf_free(pkts[k]);
		}
	}
	assert_int_equal(fx_mib(h.lop, "Udp", "InErrors"), 2);
	assert_int_equal(lop_drop_read(h.lop, LOP_DROP_SOCK_FILTER), 2);
}

/* Who waits, waits for the owner. */
static void
queue_is_waited_for_at_its_owner(void **state)
{
	const struct shared h = shared_open(fx_lop_up(*state));
	const int efd = lop_eventfd(h.r[0]);
	struct pollfd here[] = { { .fd = h.r[0], .events = POLLIN },
		{ .fd = h.r[1], .events = POLLIN } };
	struct pollfd there = { .fd = efd, .events = POLLIN };
	int bytes = -1;

	assert_true(efd >= 0);
	assert_int_equal(poll(&there, 1, 0), 0);
	send_to(&h, "1", BYTES);
	assert_int_equal(poll(&there, 1, 0), 1);
	assert_int_equal(lop_poll(here, 2, 0), 1);
	assert_int_equal(here[0].revents, POLLIN);
	assert_int_equal(lop_ioctl(h.r[0], FIONREAD, &bytes), 0);
	assert_int_equal(bytes, BYTES);
	assert_int_equal(lop_ioctl(h.r[1], FIONREAD, &bytes), 0);
	assert_int_equal(bytes, 0);
	sf_fails(lop_recv(h.r[1], &bytes, sizeof(bytes), 0), EAGAIN);
	assert_received(&h, "1", BYTES);
	assert_int_equal(poll(&there, 1, 0), 0);
}

/* contract IC-01: errors are the socket's own */
static void
errors_stay_with_their_socket(void **state)
{
	const struct shared h = shared_open(fx_lop_up(*state));
	const struct sockaddr_in nobody = fx_addr("127.0.0.1", 9);
	char c = 0;

	assert_int_equal(lop_connect(h.r[1], (const void *)&nobody, sizeof(nobody)), 0);
	assert_int_equal(lop_send(h.r[1], &c, 1, 0), 1);
	sf_fails(lop_recv(h.r[0], &c, 1, 0), EAGAIN);
	sf_fails(lop_recv(h.r[1], &c, 1, 0), ECONNREFUSED);
}

static void
own_queue_comes_back(void **state)
{
	const struct shared h = shared_open(fx_lop_up(*state));
	struct rte_mbuf *pkt;

	send_to(&h, "1", BYTES);
	assert_int_equal(lop_udp_share_queue(h.r[1], h.r[1]), 0);
	/* what waits stays where it waits */
	assert_received(&h, "1", BYTES);
	send_to(&h, "1", BYTES);
	assert_int_equal(lop_udp_recv_burst(h.r[0], &pkt, 1), 0);
	assert_int_equal(lop_udp_recv_burst(h.r[1], &pkt, 1), 1);
	rte_pktmbuf_free(pkt);
	/* and before: it is read where it waits */
	send_to(&h, "1", BYTES);
	assert_int_equal(lop_udp_share_queue(h.r[1], h.r[2]), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(lop_udp_share_queue(h.r[1], h.r[0]), 0);
	assert_int_equal(lop_udp_recv_burst(h.r[1], &pkt, 1), 1);
	rte_pktmbuf_free(pkt);
}

static void
what_waits_outlives_its_socket_but_not_the_queue(void **state)
{
	const struct shared h = shared_open(fx_lop_up(*state));
	struct rte_mbuf *pkt;

	send_to(&h, "1", BYTES);
	assert_int_equal(lop_close(h.r[1]), 0);
	assert_int_equal(lop_udp_recv_burst(h.r[0], &pkt, 1), 1);
	assert_int_equal(lop_udp_fd(pkt), h.r[1]);
	rte_pktmbuf_free(pkt);

	send_to(&h, "22", BYTES);
	assert_int_equal(lop_close(h.r[0]), 0);
	assert_int_equal(lop_drop_read(h.lop, LOP_DROP_SOCKET_CLOSED), 2);
	send_to(&h, "2", BYTES);
	assert_int_equal(lop_udp_recv_burst(h.r[2], &pkt, 1), 1);
	rte_pktmbuf_free(pkt);
}

static void
bad_arguments_change_nothing(void **state)
{
	struct lop *lop = fx_lop_up(*state), *other = fx_lop_up(*state);
	const struct shared h = shared_open(lop);
	const int foreign = fx_udp(other, NULL, SF_PORT);
	const int raw = lop_socket(lop, AF_INET, SOCK_RAW, IPPROTO_UDP);

	assert_true(raw >= 0);
	sf_fails(lop_udp_share_queue(-1, h.r[0]), EBADF);
	sf_fails(lop_udp_share_queue(h.r[0], 1 << 19), EBADF);
	sf_fails(lop_udp_share_queue(h.r[0], -1), EBADF);
	sf_fails(lop_udp_share_queue(h.r[1], foreign), EINVAL);
	sf_fails(lop_udp_share_queue(h.r[1], raw), EOPNOTSUPP);
	sf_fails(lop_udp_share_queue(raw, h.r[1]), EOPNOTSUPP);
	/* others wait in h.r[0]'s; what comes for h.r[1] waits elsewhere */
	sf_fails(lop_udp_share_queue(h.r[0], h.s), EBUSY);
	sf_fails(lop_udp_share_queue(h.s, h.r[1]), EINVAL);
	assert_int_equal(lop_udp_share_queue(h.r[0], h.r[0]), 0);
	send_to(&h, "012", BYTES);
	assert_received(&h, "012", BYTES);
}

static const struct lo_case share_cases[] = {
	LO_CASE(datagrams_of_all_wait_in_one_queue),
	LO_CASE(every_way_leads_to_the_queue),
	LO_CASE(single_calls_lead_there_too),
	LO_CASE(broadcast_waits_once_for_each),
	LO_CASE(owner_of_the_queue_is_charged),
	LO_CASE(wrong_checksum_is_found_late),
	LO_CASE(filters_stay_with_their_socket),
	LO_CASE(queue_is_waited_for_at_its_owner),
	LO_CASE(errors_stay_with_their_socket),
	LO_CASE(own_queue_comes_back),
	LO_CASE(what_waits_outlives_its_socket_but_not_the_queue),
	LO_CASE(bad_arguments_change_nothing),
};
LO_REGISTER_TEST(lop_udp_autotest, share_cases);
