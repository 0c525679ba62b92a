/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * What a socket's queue is beside datagrams that come and go: errors that wait with them, an end
 * with all of it full, more than fits, notes with each datagram, somebody who waits.
 */

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>

#include <linux/errqueue.h>
#include <linux/sock_diag.h>

#include "../../lib/lop/include/lop_hook.h"
#include "../../lib/lop/include/lop_stats.h"
#include "number_fx.h"

#define BYTES 100
#define CHARGE 832

static uint32_t
meminfo(int fd, int which)
{
	uint32_t info[SK_MEMINFO_VARS];
	socklen_t len = sizeof(info);

	assert_int_equal(lop_getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len), 0);
	return info[which];
}

/* rx_queue and drops of the socket on SF_PORT in /proc/net/udp, which SO_MEMINFO says too. */
static void
assert_in_proc(struct lop *lop, int fd, uint32_t bytes, uint32_t drops)
{
	char *text, *line;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	assert_int_equal(lop_proc_write(lop, "udp", f), 0);
	assert_int_equal(fclose(f), 0);
	line = strstr(text, " 00000000:1388 "); /* SF_PORT */
	assert_non_null(line);
	line = strchr(strchr(line, ':') + 1, ':'); /* of the remote port */
	line = strchr(line + 1, ':');              /* between tx_queue and rx_queue */
	assert_non_null(line);
	assert_int_equal(strtoul(line + 1, NULL, 16), bytes);
	free(text);
	assert_int_equal(meminfo(fd, SK_MEMINFO_RMEM_ALLOC), bytes);
	assert_int_equal(meminfo(fd, SK_MEMINFO_DROPS), drops);
}

/* A receiver that has sent to nobody, and hears of it. */
static int
refused_receiver(struct lop *lop)
{
	const int r = fx_udp(lop, NULL, SF_PORT);

	sf_option(r, IPPROTO_IP, IP_RECVERR, 1);
	return r;
}

static void
take_error(int fd)
{
	char data[64];

	assert_int_equal(lop_recv(fd, data, sizeof(data), MSG_ERRQUEUE), 4);
	assert_memory_equal(data, "lost", 4);
}

/* contract IC-02, UR-05, OB-02: datagrams are read from beside errors, in whatever order */
static void
errors_that_wait_stay_charged(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = refused_receiver(lop), s = sf_connected(lop, SF_PORT);
	uint32_t one;

	assert_int_equal(sf_to(r, "lost", 4, 0, 9), 4);
	one = meminfo(r, SK_MEMINFO_RMEM_ALLOC);
	assert_true(one != 0);
	for (unsigned int round = 0; round < 3; round++) {
		/* read to the end, the error left */
		nf_burst(lop, s, NULL, 0, 57, BYTES);
		assert_in_proc(lop, r, 57 * CHARGE + one, 0);
		nf_assert_received(r, 0, 57, BYTES);
		assert_in_proc(lop, r, one, 0);
		/* the error gone in between */
		nf_burst(lop, s, NULL, 0, 5, BYTES);
		take_error(r);
		assert_in_proc(lop, r, 5 * CHARGE, 0);
		nf_assert_received(r, 0, 5, BYTES);
		assert_in_proc(lop, r, 0, 0);
		/* two of them, one with the datagrams */
		assert_int_equal(sf_to(r, "lost", 4, 0, 9), 4);
		assert_int_equal(lop_recv(r, NULL, 0, 0), -1);
		nf_burst(lop, s, NULL, 0, 2, BYTES);
		assert_int_equal(sf_to(r, "lost", 4, 0, 9), 4);
		assert_int_equal(lop_recv(r, NULL, 0, 0), -1);
		assert_in_proc(lop, r, 2 * CHARGE + 2 * one, 0);
		take_error(r);
		sf_fails(lop_recv(r, NULL, 0, 0), ECONNREFUSED);
		nf_assert_received(r, 0, 2, BYTES);
		assert_in_proc(lop, r, one, 0);
	}
	/* with the option goes the queue */
	sf_option(r, IPPROTO_IP, IP_RECVERR, 0);
	assert_in_proc(lop, r, 0, 0);
	nf_burst(lop, s, NULL, 0, 3, BYTES);
	nf_assert_received(r, 0, 3, BYTES);
	assert_in_proc(lop, r, 0, 0);
}

/* contract UR-06: slots, list and errors go with the socket, and move no counter of Linux */
static void
closed_with_all_of_it_full(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = refused_receiver(lop), s = sf_connected(lop, SF_PORT);

	assert_int_equal(sf_to(r, "lost", 4, 0, 9), 4);
	nf_burst(lop, s, NULL, 0, 40, BYTES);
	nf_burst(lop, s, NULL, 40, 40, BYTES);
	assert_int_equal(lop_send(s, "x", 1, 0), 1);
	fx_mark(lop);
	assert_int_equal(lop_close(r), 0);
	fx_assert_moved(lop, "drop.socket_closed+81");
}

/* contract UR-04: of a burst that is too much the first fit, and the rest is counted */
static void
more_than_fits_is_dropped_from_the_end(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, SF_PORT), s = sf_connected(lop, SF_PORT);

	/* doubled: 10 and a half datagrams */
	sf_option(r, SOL_SOCKET, SO_RCVBUF, 10 * CHARGE / 2 + CHARGE / 4);
	for (unsigned int round = 0; round < 3; round++) {
		nf_burst(lop, s, NULL, 0, 4, BYTES);
		nf_assert_received(r, 0, 4, BYTES);
		nf_burst(lop, s, NULL, 0, 4, BYTES);
		fx_mark(lop);
		nf_burst(lop, s, NULL, 4, 64, BYTES);
		assert_in_proc(lop, r, 10 * CHARGE, 58 * (round + 1));
		nf_assert_received(r, 0, 10, BYTES);
		assert_in_proc(lop, r, 0, 58 * (round + 1));
		assert_int_equal(lop_drop_read(lop, LOP_DROP_RCVBUF), 58 * (round + 1));
		assert_int_equal(fx_mib(lop, "Udp", "RcvbufErrors"), 58 * (round + 1));
	}
	/* an empty queue takes one of any size, of a burst the first */
	sf_option(r, SOL_SOCKET, SO_RCVBUF, 0);
	nf_burst(lop, s, NULL, 0, 8, NF_BYTES_MAX / 2);
	nf_assert_received(r, 0, 1, NF_BYTES_MAX / 2);
	assert_in_proc(lop, r, 0, 58 * 3 + 7);
}

/* The next datagram's control message of this kind. */
static uint32_t
noted(int fd, int type, uint32_t number)
{
	uint8_t data[BYTES];
	uint32_t value;
	struct sf_msg m;

	sf_msg(&m, "", 1);
	m.io = (struct iovec){ .iov_base = data, .iov_len = sizeof(data) };
	m.h.msg_control = m.control.bytes;
	m.h.msg_controllen = sizeof(m.control);
	assert_int_equal(lop_recvmsg(fd, &m.h, 0), BYTES);
	nf_assert(data, BYTES, number);
	assert_int_equal(m.control.head.cmsg_type, type);
	memcpy(&value, CMSG_DATA(&m.control.head), sizeof(value));
	return value;
}

/* contract CM-06, UR-04: what is noted with each of a burst, on and off between bursts */
static void
notes_are_those_of_when_it_came(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, SF_PORT), s = sf_connected(lop, SF_PORT);

	sf_option(r, SOL_SOCKET, SO_RCVBUF, 4 * CHARGE / 2 + CHARGE / 4);
	nf_burst(lop, s, NULL, 0, 6, BYTES);
	sf_option(r, SOL_SOCKET, SO_RXQ_OVFL, 1);
	nf_assert_received(r, 0, 4, BYTES);
	/* two were lost before these came, two more with them */
	nf_burst(lop, s, NULL, 10, 6, BYTES);
	assert_int_equal(noted(r, SO_RXQ_OVFL, 10), 2);
	assert_int_equal(noted(r, SO_RXQ_OVFL, 11), 2);
	nf_burst(lop, s, NULL, 20, 1, BYTES);
	for (unsigned int i = 12; i < 14; i++)
		assert_int_equal(noted(r, SO_RXQ_OVFL, i), 2);
	assert_int_equal(noted(r, SO_RXQ_OVFL, 20), 4);
	sf_option(r, SOL_SOCKET, SO_RXQ_OVFL, 0);
	nf_burst(lop, s, NULL, 30, 3, BYTES);
	nf_assert_received(r, 30, 3, BYTES);
	assert_in_proc(lop, r, 0, 4);
}

/* One waits, whose checksum is wrong. */
static void
put_wrong(struct lop *lop, int r, int s)
{
	nf_burst(lop, s, NULL, 0, 1, BYTES);
	lop_meta(lop_sock_of(r)->rx_head)->flags &= ~LOP_META_CSUM_KNOWN;
	lop_sock_of(r)->rx_unsure = true;
}

/* contract UR-01, UR-06: a datagram that was found wrong without a read leaves nobody awake */
static void
eventfd_rests_when_looking_took_the_last(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	const int r = fx_udp(lop, NULL, SF_PORT), s = sf_connected(lop, SF_PORT);
	struct pollfd p = { .fd = lop_eventfd(r), .events = POLLIN };
	uint8_t data[BYTES];
	int bytes;

	nf_burst(lop, s, NULL, 0, 1, BYTES);
	assert_int_equal(poll(&p, 1, 0), 1);
	nf_assert_received(r, 0, 1, BYTES);
	assert_int_equal(poll(&p, 1, 0), 0);
	put_wrong(lop, r, s);
	assert_int_equal(poll(&p, 1, 0), 1);
	sf_fails(lop_recv(r, data, sizeof(data), MSG_PEEK), EAGAIN);
	assert_int_equal(poll(&p, 1, 0), 0);
	put_wrong(lop, r, s);
	assert_int_equal(poll(&p, 1, 0), 1);
	assert_int_equal(lop_ioctl(r, FIONREAD, &bytes), 0);
	assert_int_equal(bytes, 0);
	assert_int_equal(poll(&p, 1, 0), 0);
	assert_in_proc(lop, r, 0, 2);
}

static const struct lo_case edge_cases[] = {
	LO_CASE(errors_that_wait_stay_charged),
	LO_CASE(closed_with_all_of_it_full),
	LO_CASE(more_than_fits_is_dropped_from_the_end),
	LO_CASE(notes_are_those_of_when_it_came),
	LO_CASE(eventfd_rests_when_looking_took_the_last),
};
LO_REGISTER_TEST(lop_recv_autotest, edge_cases);
