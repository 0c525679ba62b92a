/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The short circuit: what a socket sees is what it sees with the device in between. */

#include <string.h>

#include "../../lib/lop/include/lop_if.h"
#include "../../lib/lop/include/lop_stats.h"
#include "send_fx.h"

#define BYTES_MAX 65536

static uint8_t sent[BYTES_MAX], got[2][BYTES_MAX];

static struct lop *
lop_with(struct fx *fx, bool short_circuit)
{
	const struct lop_conf conf = { .short_circuit = short_circuit };
	struct lop *lop = fx_lop(fx, &conf);

	assert_int_equal(lop_if_set_flags(lop, LOP_LO_INDEX, IFF_UP, IFF_UP), 0);
	return lop;
}

/* What became of a send: of the call, and of what the receiver has. */
struct outcome {
	ssize_t sent, received, again;
	int sent_errno, received_errno, again_errno;
	struct sockaddr_in from;
};

static const struct send_row {
	const char *to;
	uint16_t port;
	uint32_t bytes;
	int flags;
} rows[] = {
	{ "127.0.0.1", 4000, 0, 0 },
	{ "127.0.0.1", 4000, 1, 0 },
	{ "127.0.0.1", 4000, 1472, 0 },
	{ "127.0.0.1", 4000, 4096, 0 },
	{ "127.0.0.1", 4000, 65507, 0 },
	{ "127.0.0.1", 4000, 65508, 0 },
	{ "127.7.7.7", 4000, 5, 0 },
	{ "0.0.0.0", 4000, 5, 0 },
	{ "127.0.0.1", 9, 5, 0 },
	{ "127.0.0.1", 0, 5, 0 },
	{ "127.0.0.1", 4000, 5, MSG_OOB },
	{ "127.255.255.255", 4000, 5, 0 },
	{ "8.8.8.8", 4000, 5, 0 },
};

static void
send_one(const struct send_row *row, int s, int r, uint8_t *data, struct outcome *o)
{
	const struct sockaddr_in to = fx_addr(row->to, row->port);
	socklen_t len = sizeof(o->from);

	memset(o, 0, sizeof(*o));
	errno = 0;
	o->sent = lop_sendto(s, sent, row->bytes, row->flags, (const void *)&to, sizeof(to));
	o->sent_errno = errno;
	errno = 0;
	o->received = lop_recvfrom(r, data, BYTES_MAX, 0, (void *)&o->from, &len);
	o->received_errno = errno;
	errno = 0;
	o->again = lop_send(s, "a", 1, MSG_DONTWAIT);
	o->again_errno = errno;
}

/* contract FLOW-1: payload, source and errno are those of the whole path */
static void
sockets_see_what_the_whole_path_shows(void **state)
{
	int r[2], s[2];

	for (unsigned int i = 0; i < BYTES_MAX; i++)
		sent[i] = i * 31 >> (i & 3);
	for (unsigned int i = 0; i < 2; i++) {
		struct lop *lop = lop_with(*state, i == 1);

		r[i] = fx_udp(lop, NULL, 4000);
		s[i] = fx_udp(lop, NULL, 4001);
	}
	for (unsigned int k = 0; k < RTE_DIM(rows); k++) {
		struct outcome o[2];

		for (unsigned int i = 0; i < 2; i++)
			send_one(&rows[k], s[i], r[i], got[i], &o[i]);
		assert_memory_equal(&o[0], &o[1], sizeof(o[0]));
		if (o[0].received > 0) {
			assert_memory_equal(got[0], sent, o[0].received);
			assert_memory_equal(got[1], sent, o[0].received);
		}
	}
}

/* contract FLOW-1: an answer of ICMP comes back, too */
static void
refusal_comes_back(void **state)
{
	struct lop *lop = lop_with(*state, true);
	const int s = sf_connected(lop, 9);

	assert_int_equal(lop_send(s, "a", 1, 0), 1);
	sf_fails(lop_send(s, "a", 1, 0), ECONNREFUSED);
	assert_int_equal(lop_send(s, "a", 1, 0), 1);
}

/* contract FLOW-1: neither transmitted nor received, and nothing on lo */
static void
short_circuit_leaves_the_device_out(void **state)
{
	struct lop *lop = lop_with(*state, true);
	const int r = fx_udp(lop, NULL, 4000), s = fx_udp(lop, NULL, 4001);

	fx_mark(lop);
	assert_int_equal(sf_to(s, "a", 1, 0, 4000), 1);
	fx_assert_moved(lop, "Ip.OutRequests+1 Ip.InDelivers+1 Udp.OutDatagrams+1");
	sf_assert_text(r, "a");
	fx_assert_moved(lop, "Udp.InDatagrams+1");
}

static const struct lo_case cases[] = {
	LO_CASE(sockets_see_what_the_whole_path_shows),
	LO_CASE(refusal_comes_back),
	LO_CASE(short_circuit_leaves_the_device_out),
};
LO_REGISTER_TEST(lop_input_autotest, cases);
