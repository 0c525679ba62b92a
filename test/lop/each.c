/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Bursts to many places beside the same datagrams sent one by one: two hosts that do the same,
 * one this way, one that way, have the same answers, the same datagrams and the same counters.
 */

#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_stats.h"
#include "number_fx.h"

#define PLACES 9
#define BURST_MAX 80
#define NOBODY 9

/* Sockets of a host, all the same on both. */
struct host {
	struct lop *lop;
	int r[PLACES];
	int s;
};

static const struct {
	const char *addr;
	uint16_t port;
	const char *peer; /* connected to */
	bool reuseport;
} places[PLACES] = {
	{ .addr = "0.0.0.0", .port = 5000 },
	{ .addr = "127.0.0.1", .port = 5001 },
	{ .addr = "127.0.0.2", .port = 5001 },
	{ .addr = "0.0.0.0", .port = 5002, .peer = "127.0.0.1" },
	{ .addr = "0.0.0.0", .port = 5003, .peer = "127.7.7.7" },
	{ .addr = "0.0.0.0", .port = 65535 },
	{ .addr = "0.0.0.0", .port = 1 },
	{ .addr = "127.0.0.1", .port = 5004, .reuseport = true },
	{ .addr = "127.0.0.1", .port = 5004, .reuseport = true },
};

static void
place_open(struct host *h, unsigned int i)
{
	const struct sockaddr_in addr = fx_addr(places[i].addr, places[i].port);

	h->r[i] = lop_socket(h->lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_true(h->r[i] >= 0);
	sf_option(h->r[i], SOL_SOCKET, SO_REUSEPORT, places[i].reuseport);
	assert_int_equal(lop_bind(h->r[i], (const void *)&addr, sizeof(addr)), 0);
	if (places[i].peer != NULL) {
		const struct sockaddr_in peer = fx_addr(places[i].peer, 4000);

		assert_int_equal(lop_connect(h->r[i], (const void *)&peer, sizeof(peer)), 0);
	}
}

static void
host_open(struct host *h, struct fx *fx, const char *name)
{
	const struct sockaddr_in own = fx_addr("0.0.0.0", 4000);
	const struct lop_conf conf = { .name = name, .seed = 7 };

	h->lop = fx_lop(fx, &conf);
	assert_int_equal(lop_if_set_flags(h->lop, LOP_LO_INDEX, IFF_UP, IFF_UP), 0);
	for (unsigned int i = 0; i < PLACES; i++)
		place_open(h, i);
	h->s = lop_socket(h->lop, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_true(h->s >= 0);
	assert_int_equal(lop_bind(h->s, (const void *)&own, sizeof(own)), 0);
}

/* What is sent where. */
struct letter {
	struct sockaddr_in to;
	uint32_t bytes;
	int err; /* what the sender is told; -1: sent */
};

/* One by one. */
static void
send_singly(struct host *h, struct letter *letters, unsigned int n)
{
	static uint8_t data[NF_BYTES_MAX];

	for (unsigned int i = 0; i < n; i++) {
		nf_fill(data, letters[i].bytes, i);
		errno = 0;
		letters[i].err = lop_sendto(h->s, data, letters[i].bytes, 0,
						 (const void *)&letters[i].to,
						 sizeof(letters[i].to)) >= 0
				? 0
				: errno;
	}
}

/* As bursts; the one that ends a burst is left out of the next. */
static void
send_in_bursts(struct host *h, struct letter *letters, unsigned int n)
{
	struct rte_mbuf *pkts[BURST_MAX];
	struct sockaddr_in to[BURST_MAX];

	for (unsigned int i = 0; i < n; i++) {
		pkts[i] = nf_mbuf(h->lop, RTE_MIN(letters[i].bytes, 2000u), i);
		to[i] = letters[i].to;
	}
	for (unsigned int done = 0; done < n;) {
		const uint16_t k = lop_udp_send_burst_to(h->s, to + done, pkts + done, n - done);

		for (unsigned int i = 0; i < k; i++)
			letters[done + i].err = 0;
		done += k;
		if (done < n) {
			letters[done].err = errno;
			rte_pktmbuf_free(pkts[done++]);
		}
	}
}

static void
assert_same_counters(const struct host *a, const struct host *b)
{
	struct lop_if_stats of_a, of_b;

	for (unsigned int i = 0; i < LOP_MIB_COUNT; i++) {
		if (lop_mib_read(a->lop, i) != lop_mib_read(b->lop, i))
			fail_msg("%s.%s: %" PRIu64 " in bursts, %" PRIu64 " singly",
					lop_mib_group(i), lop_mib_field(i), lop_mib_read(a->lop, i),
					lop_mib_read(b->lop, i));
	}
	for (unsigned int i = 0; i < LOP_DROP_COUNT; i++) {
		if (lop_drop_read(a->lop, i) != lop_drop_read(b->lop, i))
			fail_msg("drop.%s: %" PRIu64 " in bursts, %" PRIu64 " singly",
					lop_drop_name(i), lop_drop_read(a->lop, i),
					lop_drop_read(b->lop, i));
	}
	assert_int_equal(lop_if_stats(a->lop, LOP_LO_INDEX, &of_a), 0);
	assert_int_equal(lop_if_stats(b->lop, LOP_LO_INDEX, &of_b), 0);
	assert_memory_equal(&of_a, &of_b, sizeof(of_a));
}

/* The next datagram of two queues: the same from the IPv4 header on, or none in both. */
static bool
is_next_same(int a, int b)
{
	static uint8_t data[2][NF_BYTES_MAX];
	struct rte_mbuf *of_a, *of_b;
	const uint16_t n = lop_udp_recv_burst(a, &of_a, 1);
	const unsigned int headers = sizeof(struct rte_ipv4_hdr) + sizeof(struct rte_udp_hdr);

	assert_int_equal(lop_udp_recv_burst(b, &of_b, 1), n);
	if (n == 0)
		return false;
	assert_int_equal(of_a->pkt_len, of_b->pkt_len);
	assert_memory_equal(nf_ip(of_a), nf_ip(of_b), headers);
	assert_memory_equal(rte_pktmbuf_read(of_a, 0, of_a->pkt_len, data[0]),
			rte_pktmbuf_read(of_b, 0, of_b->pkt_len, data[1]), of_a->pkt_len);
	rte_pktmbuf_free(of_a);
	rte_pktmbuf_free(of_b);
	return true;
}

static void
assert_same_received(const struct host *a, const struct host *b)
{
	for (unsigned int i = 0; i < PLACES; i++) {
		while (is_next_same(a->r[i], b->r[i]))
			;
	}
}

static uint32_t
next_random(uint32_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 17;
	*random ^= *random << 5;
	return *random;
}

/* Destinations; those behind the first few are seldom. */
static const struct {
	const char *addr;
	uint16_t port;
	sa_family_t family;
	uint32_t bytes; /* 0: any */
} destinations[] = {
	{ "127.0.0.1", 5000, AF_INET, 0 },
	{ "127.0.0.1", 5001, AF_INET, 0 },
	{ "127.0.0.2", 5001, AF_INET, 0 },
	{ "127.3.4.5", 5000, AF_INET, 0 },
	{ "127.0.0.1", 5002, AF_INET, 0 },
	{ "127.0.0.1", 5004, AF_INET, 0 },
	{ "127.0.0.1", 65535, AF_INET, 0 },
	{ "127.0.0.1", 1, AF_INET, 0 },
	/* not wanted there */
	{ "127.0.0.1", NOBODY, AF_INET, 0 },
	{ "127.0.0.3", 5001, AF_INET, 0 },
	{ "127.0.0.1", 5003, AF_INET, 0 },
	/* refused, or by another way */
	{ "127.0.0.1", 0, AF_INET, 0 },
	{ "127.0.0.1", 5000, AF_INET6, 0 },
	{ "127.0.0.1", 0, AF_INET6, 0 },
	{ "127.0.0.1", 5000, AF_UNSPEC, 0 },
	{ "127.255.255.255", 5000, AF_INET, 0 },
	{ "8.8.8.8", 5000, AF_INET, 0 },
	{ "224.1.2.3", 5000, AF_INET, 0 },
	{ "0.0.0.0", 5000, AF_INET, 0 },
	{ "127.0.0.1", 5000, AF_INET, 1900 },
};
#define PLAIN 8
#define WANTED_NOT 11

static void
letters_make(struct letter *letters, unsigned int n, uint32_t *random, unsigned int kinds)
{
	for (unsigned int i = 0; i < n; i++) {
		const uint32_t r = next_random(random);
		const unsigned int which = r % (r % 3 == 0 ? kinds : PLAIN);

		letters[i] = (struct letter){ .err = -1 };
		letters[i].to = fx_addr(destinations[which].addr, destinations[which].port);
		letters[i].to.sin_family = destinations[which].family;
		letters[i].bytes = destinations[which].bytes != 0 ? destinations[which].bytes
								  : r >> 8 & 0xff;
	}
}

/* Some bursts, of which the first makes a plan. */
static void
compare(struct host *bursts, struct host *singly, uint32_t seed, unsigned int kinds)
{
	uint32_t random = seed;

	for (unsigned int round = 0; round < 12; round++) {
		const unsigned int n = 1 + next_random(&random) % BURST_MAX;
		struct letter a[BURST_MAX], b[BURST_MAX];

		letters_make(a, n, &random, kinds);
		memcpy(b, a, sizeof(b));
		send_in_bursts(bursts, a, n);
		send_singly(singly, b, n);
		for (unsigned int i = 0; i < n; i++) {
			if (a[i].err != b[i].err)
				fail_msg("round %u, datagram %u: %s in bursts, %s singly", round, i,
						strerror(a[i].err), strerror(b[i].err));
		}
		assert_same_counters(bursts, singly);
		assert_same_received(bursts, singly);
	}
}

/* contract IC-01, UR-02, UR-03, CO-05, BK-05 */
static void
bursts_to_anybody_are_as_many_sends(void **state)
{
	struct host bursts, singly;

	host_open(&bursts, *state, "bursts");
	host_open(&singly, *state, "singly");
	for (uint32_t seed = 1; seed <= 40; seed++)
		compare(&bursts, &singly, seed, WANTED_NOT);
	assert_true(fx_mib(bursts.lop, "Udp", "NoPorts") > 100);
}

/* contract SEND-03, SEND-08, SEND-09, SEND-18, MC-01: what is refused, in its turn */
static void
bursts_to_anywhere_are_as_many_sends(void **state)
{
	struct host bursts, singly;

	host_open(&bursts, *state, "bursts");
	host_open(&singly, *state, "singly");
	for (uint32_t seed = 1; seed <= 40; seed++)
		compare(&bursts, &singly, seed, RTE_DIM(destinations));
}

static const struct {
	int level, name, value;
} options[] = {
	{ IPPROTO_IP, IP_TTL, 3 },
	{ IPPROTO_IP, IP_TOS, 0x10 },
	{ IPPROTO_IP, IP_TOS, 0x02 },
	{ IPPROTO_IP, IP_TOS, 0 },
	{ SOL_SOCKET, SO_BROADCAST, 1 },
	{ SOL_SOCKET, SO_DONTROUTE, 1 },
	{ SOL_SOCKET, SO_DONTROUTE, 0 },
	{ SOL_SOCKET, SO_NO_CHECK, 1 },
	{ IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO },
	{ IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT },
	{ IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE },
	{ IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_INTERFACE },
	{ IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT },
	{ SOL_SOCKET, SO_MARK, 5 },
	{ SOL_SOCKET, SO_MARK, 0 },
	{ IPPROTO_IP, IP_MULTICAST_TTL, 4 },
	{ SOL_SOCKET, SO_BINDTOIFINDEX, LOP_LO_INDEX },
};

/* contract CO-04, IPO-01, IPO-03, RT-08, SEND-14: whatever options say, set one behind the other */
static void
bursts_with_options_are_as_many_sends(void **state)
{
	struct host bursts, singly;

	host_open(&bursts, *state, "bursts");
	host_open(&singly, *state, "singly");
	for (unsigned int mtu = 0; mtu < 2; mtu++) {
		for (unsigned int i = 0; i < RTE_DIM(options); i++) {
			sf_option(bursts.s, options[i].level, options[i].name, options[i].value);
			sf_option(singly.s, options[i].level, options[i].name, options[i].value);
			compare(&bursts, &singly, i + 1, RTE_DIM(destinations));
		}
		/* and once more with an MTU that some exceed */
		assert_int_equal(lop_if_set_mtu(bursts.lop, LOP_LO_INDEX, 1500), 0);
		assert_int_equal(lop_if_set_mtu(singly.lop, LOP_LO_INDEX, 1500), 0);
	}
}

/* contract IPO-03, CM-02, CO-05: a sender with a peer or an address of its own */
static void
bursts_of_the_bound_and_connected_are_as_many_sends(void **state)
{
	const struct sockaddr_in unspec = { .sin_family = AF_UNSPEC };
	const struct sockaddr_in peer = fx_addr("127.7.7.8", 5000);
	struct host h[2];

	host_open(&h[0], *state, "bursts");
	host_open(&h[1], *state, "singly");
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(lop_connect(h[i].s, (const void *)&peer, sizeof(peer)), 0);
	compare(&h[0], &h[1], 1, PLAIN);
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(lop_connect(h[i].s, (const void *)&unspec, sizeof(unspec)), 0);
	compare(&h[0], &h[1], 2, RTE_DIM(destinations));
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(lop_close(h[i].s), 0);
		h[i].s = fx_udp(h[i].lop, "127.7.7.7", 4000);
	}
	compare(&h[0], &h[1], 3, RTE_DIM(destinations));
}

static const struct lo_case each_cases[] = {
	LO_CASE(bursts_to_anybody_are_as_many_sends),
	LO_CASE(bursts_to_anywhere_are_as_many_sends),
	LO_CASE(bursts_with_options_are_as_many_sends),
	LO_CASE(bursts_of_the_bound_and_connected_are_as_many_sends),
};
LO_REGISTER_TEST(lop_udp_autotest, each_cases);
