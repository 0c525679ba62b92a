/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Headers that are counted on from one datagram to the next instead of summed, and payloads that
 * are copied on the way: what a receiver finds in front of each, and in it.
 */

#include "number_fx.h"

#define MANY 70000
#define PF_PORT 4000

/* A sender, a receiver, and the ID that comes next. */
struct cfx {
	struct lop *lop;
	int r, s;
	uint16_t id;
	bool id_known;
};

/* What stands in all headers. */
struct look {
	uint16_t fragment; /* host byte order */
	bool id_zero, no_check;
	uint8_t tos, ttl;
};

/* RFC 1071, in network byte order as the words stand. */
static uint16_t
sum_of(const void *data, unsigned int bytes, uint32_t sum)
{
	const uint8_t *p = data;

	for (unsigned int i = 0; i + 1 < bytes; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void
assert_headers(struct cfx *c, const struct rte_mbuf *m, const struct look *look)
{
	const struct rte_ipv4_hdr *ip = nf_ip(m);
	const struct rte_udp_hdr *udp = nf_udp(m);
	const uint16_t udp_len = m->pkt_len + sizeof(*udp), id = ntohs(ip->packet_id);

	assert_int_equal(ip->version_ihl, 0x45);
	assert_int_equal(ip->type_of_service, look->tos);
	assert_int_equal(ip->time_to_live, look->ttl);
	assert_int_equal(ip->next_proto_id, IPPROTO_UDP);
	assert_int_equal(ntohs(ip->total_length), udp_len + sizeof(*ip));
	assert_int_equal(ntohs(ip->fragment_offset), look->fragment);
	assert_int_equal(sum_of(ip, sizeof(*ip), 0), 0xffff);
	assert_int_equal(ntohs(udp->dgram_len), udp_len);
	/* the pseudo header's sum is left to the device to go on from */
	assert_int_equal(ntohs(udp->dgram_cksum),
			look->no_check ? 0 : sum_of(&ip->src_addr, 8, IPPROTO_UDP + udp_len));
	if (look->id_zero)
		assert_int_equal(id, 0);
	else if (c->id_known)
		assert_int_equal(id, (uint16_t)(c->id + 1));
	c->id = id;
	c->id_known = true;
}

static void
take(struct cfx *c, uint32_t first, uint16_t n, const uint32_t *bytes, const struct look *look)
{
	struct rte_mbuf *pkts[LOP_BURST_MAX];

	assert_int_equal(lop_udp_recv_burst(c->r, pkts, LOP_BURST_MAX), n);
	for (uint16_t i = 0; i < n; i++) {
		assert_int_equal(pkts[i]->pkt_len, bytes[i]);
		nf_assert(rte_pktmbuf_mtod(pkts[i], uint8_t *), bytes[i], first + i);
		assert_headers(c, pkts[i], look);
		rte_pktmbuf_free(pkts[i]);
	}
}

/* Lengths that come in runs of one to some, a new one now and then. */
static void
lengths(uint32_t *bytes, uint16_t n, uint32_t number)
{
	for (uint16_t i = 0; i < n; i++) {
		const uint32_t at = number + i;

		bytes[i] = at / 1000 % 2 == 0 ? 18 : at / (1 + at / 64 % 9) * 7 % 64;
	}
}

enum way {
	BURST,
	BURST_TO,
	MMSG,
	SEND
};

static void
send_by(struct cfx *c, enum way way, const struct sockaddr_in *to, uint32_t first, uint16_t n,
		const uint32_t *bytes)
{
	static uint8_t data[LOP_BURST_MAX][NF_BYTES_MAX];
	struct mmsghdr msgs[LOP_BURST_MAX] = { 0 };
	struct iovec io[LOP_BURST_MAX];
	struct rte_mbuf *pkts[LOP_BURST_MAX];
	struct sockaddr_in all[LOP_BURST_MAX];

	for (uint16_t i = 0; i < n; i++) {
		if (to != NULL)
			all[i] = *to;
		if (way == BURST || way == BURST_TO) {
			pkts[i] = nf_mbuf(c->lop, bytes[i], first + i);
			continue;
		}
		nf_fill(data[i], bytes[i], first + i);
		io[i] = (struct iovec){ .iov_base = data[i], .iov_len = bytes[i] };
		msgs[i].msg_hdr = (struct msghdr){ .msg_iov = &io[i],
			.msg_iovlen = 1,
			.msg_name = to != NULL ? &all[i] : NULL,
			.msg_namelen = to != NULL ? sizeof(all[i]) : 0 };
	}
	if (way == BURST)
		assert_int_equal(lop_udp_send_burst(c->s, to, pkts, n), n);
	else if (way == BURST_TO)
		assert_int_equal(lop_udp_send_burst_to(c->s, all, pkts, n), n);
	else if (way == MMSG)
		assert_int_equal(lop_sendmmsg(c->s, msgs, n, 0), n);
	for (uint16_t i = 0; i < n && way == SEND; i++)
		assert_int_equal(lop_sendto(c->s, data[i], bytes[i], 0, (const void *)to,
						 to != NULL ? sizeof(*to) : 0),
				bytes[i]);
	for (uint16_t i = 0; i < n && way == MMSG; i++)
		assert_int_equal(msgs[i].msg_len, bytes[i]);
}

static void
cfx_open(struct cfx *c, struct fx *fx, bool connected)
{
	*c = (struct cfx){ .lop = fx_lop_up(fx) };
	c->r = fx_udp(c->lop, NULL, SF_PORT);
	c->s = fx_udp(c->lop, NULL, PF_PORT);
	if (connected) {
		const struct sockaddr_in to = fx_addr("127.0.0.1", SF_PORT);

		assert_int_equal(lop_connect(c->s, (const void *)&to, sizeof(to)), 0);
	}
}

/* contract IPO-01, IPO-03, UDPH-01: over all wraps of ID and checksum, by all ways in turn */
static void
ids_of_the_connected_count_on_over_the_wrap(void **state)
{
	const struct look look = { .fragment = 0x4000, .ttl = 64 };
	uint32_t bytes[LOP_BURST_MAX];
	struct cfx c;

	cfx_open(&c, *state, true);
	for (uint32_t number = 0; number < MANY;) {
		const uint16_t n = number % 5 == 0 ? 1 : LOP_BURST_MAX - number % 3;

		lengths(bytes, n, number);
		send_by(&c,
				number / 64 % 8 == 7                  ? SEND
						: number / 64 % 8 > 4 ? MMSG
								      : BURST,
				NULL, number, n, bytes);
		take(&c, number, n, bytes, &look);
		number += n;
	}
}

/* contract IPO-03, UDPH-01: of one length each, so that a run crosses the wraps wherever they are */
static void
runs_cross_the_wraps_of_any_header(void **state)
{
	const struct look look = { .fragment = 0x4000, .ttl = 64 };
	uint32_t bytes[LOP_BURST_MAX];
	struct cfx c;

	cfx_open(&c, *state, false);
	for (unsigned int i = 0; i < 12; i++) {
		const struct sockaddr_in to = fx_addr(
				i % 2 == 0 ? "127.0.0.1" : "127.9.8.7", SF_PORT);

		for (unsigned int k = 0; k < LOP_BURST_MAX; k++)
			bytes[k] = i * 11;
		c.id_known = false;
		for (uint32_t number = 0; number < 66000; number += LOP_BURST_MAX) {
			send_by(&c,
					i % 3 == 0                   ? BURST
							: i % 3 == 1 ? BURST_TO
								     : MMSG,
					&to, number, LOP_BURST_MAX, bytes);
			take(&c, number, LOP_BURST_MAX, bytes, &look);
		}
	}
}

/* contract IPO-01, IPO-03, UDPH-02: what options make of the headers */
static void
options_stand_in_every_header(void **state)
{
	static const struct {
		int level, name, value;
		struct look is;
		bool zero; /* IDs of the unconnected */
	} rows[] = {
		{ IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT, { .ttl = 64 }, false },
		{ IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_WANT, { .fragment = 0x4000, .ttl = 64 },
				false },
		{ IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO, { .fragment = 0x4000, .ttl = 64 },
				true },
		{ IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE, { .fragment = 0x4000, .ttl = 64 },
				true },
		{ IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_INTERFACE, { .ttl = 64 }, false },
		{ IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT, { .ttl = 64 }, false },
		{ SOL_SOCKET, SO_NO_CHECK, 1, { .ttl = 64, .no_check = true }, false },
		{ IPPROTO_IP, IP_TTL, 7, { .ttl = 7, .no_check = true }, false },
		{ IPPROTO_IP, IP_TOS, 0xb8, { .ttl = 7, .tos = 0xb8, .no_check = true }, false },
		{ IPPROTO_IP, IP_TOS, 0x03, { .ttl = 7, .tos = 0x03, .no_check = true }, false },
	};
	const struct sockaddr_in to = fx_addr("127.0.0.1", SF_PORT);
	uint32_t bytes[LOP_BURST_MAX];

	for (unsigned int connected = 0; connected < 2; connected++) {
		struct cfx c;

		cfx_open(&c, *state, connected != 0);
		for (unsigned int i = 0; i < RTE_DIM(rows) * 8; i++) {
			struct look look = rows[i / 8].is;

			look.id_zero = rows[i / 8].zero && connected == 0;
			if (i % 8 == 0)
				c.id_known = !look.id_zero && connected != 0 && c.id_known;
			sf_option(c.s, rows[i / 8].level, rows[i / 8].name, rows[i / 8].value);
			lengths(bytes, 20, i * 100);
			/* the second goes by what the first one found out */
			for (unsigned int k = 0; k < 2; k++) {
				send_by(&c, i % 4, connected != 0 && i % 4 != BURST_TO ? NULL : &to,
						i, 20, bytes);
				take(&c, i, 20, bytes, &look);
			}
		}
	}
}

/* contract UDPH-01, UR-06: lengths around those at which a copy changes its way */
static void
copies_of_any_length_arrive_whole(void **state)
{
	static const uint32_t each[] = { 0, 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129,
		255, 256, 257, 1471, 1472, 1473, 2047, 2048, 2049 };
	const struct look look = { .fragment = 0x4000, .ttl = 64 };
	uint32_t bytes[LOP_BURST_MAX];
	uint8_t data[NF_BYTES_MAX];
	struct cfx c;

	cfx_open(&c, *state, true);
	for (unsigned int i = 0; i < RTE_DIM(each) * 4; i++) {
		const uint16_t n = i % 4 < 2 ? 1 : 9;
		const unsigned int mixed = i / RTE_DIM(each) % 2;

		for (uint16_t k = 0; k < n; k++)
			bytes[k] = each[(i + k * mixed) % (RTE_DIM(each) - 1)];
		send_by(&c, i % 2 == 0 ? SEND : MMSG, NULL, i, n, bytes);
		take(&c, i, n, bytes, &look);
	}
	/* of more than one mbuf holds: read as it is */
	for (unsigned int i = 0; i < 2; i++) {
		bytes[0] = bytes[1] = each[RTE_DIM(each) - 1];
		send_by(&c, i == 0 ? SEND : MMSG, NULL, i, 2, bytes);
		for (unsigned int k = 0; k < 2; k++) {
			assert_int_equal(lop_recv(c.r, data, sizeof(data), 0), bytes[k]);
			nf_assert(data, bytes[k], i + k);
		}
	}
}

static const struct lo_case cases[] = {
	LO_CASE(ids_of_the_connected_count_on_over_the_wrap),
	LO_CASE(runs_cross_the_wraps_of_any_header),
	LO_CASE(options_stand_in_every_header),
	LO_CASE(copies_of_any_length_arrive_whole),
};
LO_REGISTER_TEST(lop_output_autotest, cases);
