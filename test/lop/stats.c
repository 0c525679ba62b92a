/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Counters and the files below /proc/net. That these read as the kernel's: test/diff. */

#include <errno.h>
#include <inttypes.h>
#include <linux/neighbour.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/lop/include/lop_neigh.h"
#include "fx.h"

/* A file as one string, to be freed. */
static char *
file_of(struct lop *lop, const char *name)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	assert_int_equal(lop_proc_write(lop, name, f), 0);
	fclose(f);
	return text;
}

static void
assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("not there: %s\nin:\n%s", part, text);
}

static void
assert_has_not(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		fail_msg("there: %s\nin:\n%s", part, text);
}

static void *
count_and_go(void *arg)
{
	struct lop *lop = arg;
	struct lop_worker *w;

	if (lop_worker_attach(lop) != 0)
		return NULL;
	w = lop_worker_of(lop);
	lop_mib_add(w, UDP_INDATAGRAMS, 5);
	lop_count(w->drop[LOP_DROP_RCVBUF], 2);
	lop_count(w->icmp_out[3], 1);
	lop_worker_detach(lop);
	return arg;
}

/* contract OB-01 */
static void
a_counter_is_the_sum_of_all_workers_that_ever_were(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);
	struct lop_icmpmsg msgs;
	pthread_t thread;
	void *ran;

	lop_mib_add(fx_worker(lop), UDP_INDATAGRAMS, 7);
	lop_count(fx_worker(lop)->drop[LOP_DROP_RCVBUF], 1);
	lop_count(fx_worker(lop)->icmp_out[3], 1);
	lop_count(fx_worker(lop)->icmp_in[255], 4);
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(pthread_create(&thread, NULL, count_and_go, lop), 0);
		assert_int_equal(pthread_join(thread, &ran), 0);
		assert_ptr_equal(ran, lop);
	}

	assert_int_equal(lop_mib_read(lop, LOP_MIB_UDP_INDATAGRAMS), 17);
	assert_int_equal(lop_mib_read(lop, LOP_MIB_UDP_NOPORTS), 0);
	assert_int_equal(lop_drop_read(lop, LOP_DROP_RCVBUF), 5);
	assert_int_equal(lop_drop_read(lop, LOP_DROP_HOOK), 0);
	lop_icmpmsg_read(lop, &msgs);
	assert_int_equal(msgs.out[3], 3);
	assert_int_equal(msgs.in[3], 0);
	assert_int_equal(msgs.in[255], 4);
}

static void
instances_count_apart(void **state)
{
	struct lop *a = fx_lop(*state, NULL);
	struct lop *b = fx_lop(*state, NULL);

	lop_mib_add(fx_worker(a), IP_OUTNOROUTES, 1);
	assert_int_equal(lop_mib_read(a, LOP_MIB_IP_OUTNOROUTES), 1);
	assert_int_equal(lop_mib_read(b, LOP_MIB_IP_OUTNOROUTES), 0);
}

static void
every_counter_and_reason_has_a_name_of_its_own(void **state)
{
	RTE_SET_USED(state);
	for (int i = 0; i < LOP_MIB_COUNT; i++) {
		for (int k = 0; k < i; k++)
			assert_false(strcmp(lop_mib_group(i), lop_mib_group(k)) == 0 &&
					strcmp(lop_mib_field(i), lop_mib_field(k)) == 0);
	}
	for (int i = 0; i < LOP_DROP_COUNT; i++) {
		assert_true(strlen(lop_drop_help(i)) > 8);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(lop_drop_name(i), lop_drop_name(k));
	}
}

static void
numbers_out_of_range_are_no_counters(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);

	assert_null(lop_mib_group(LOP_MIB_COUNT));
	assert_null(lop_mib_field((enum lop_mib) - 1));
	assert_null(lop_drop_name(LOP_DROP_COUNT));
	assert_null(lop_drop_help((enum lop_drop_reason) - 1));
	assert_int_equal(lop_mib_read(lop, LOP_MIB_COUNT), 0);
	assert_int_equal(lop_drop_read(lop, LOP_DROP_COUNT), 0);
}

/* contract OB-01 */
static void
snmp_shows_the_counters_in_place(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);
	char *text;

	for (int i = 0; i < LOP_MIB_COUNT; i++)
		lop_count(fx_worker(lop)->mib[i], i + 1);
	assert_int_equal(lop_sysctl_set(lop, "ip_default_ttl", "77"), 0);
	text = file_of(lop, "snmp");
	assert_has(text, "Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ");
	assert_has(text, "\nIp: 2 77 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18\n");
	assert_has(text,
			"\nUdp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors "
			"SndbufErrors InCsumErrors IgnoredMulti MemErrors\n"
			"Udp: 48 49 50 51 52 53 54 55 56\n");
	assert_has(text, "\nUdpLite: 0 0 0 0 0 0 0 0 0\n");
	assert_has(text, "\nTcp: 1 200 120000 -1 0 0 0 0 0 0 0 0 0 0 0\n");
	assert_has_not(text, "IcmpMsg");
	free(text);
	text = file_of(lop, "netstat");
	assert_has(text, "\nIpExt: 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71 72 73 74\n");
	assert_has(text, "\nTcpExt: 0 0 0 0 0 0 0 0 75 76 0 0 ");
	free(text);
}

/* contract OB-01 */
static void
icmpmsg_shows_seen_types_sixteen_to_a_line(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);
	struct lop_worker *w = fx_worker(lop);
	char *text;

	lop_count(w->icmp_in[3], 5);
	lop_count(w->icmp_in[8], 1);
	lop_count(w->icmp_out[0], 2);
	text = file_of(lop, "snmp");
	assert_has(text, "\nIcmpMsg: InType3 InType8 OutType0\nIcmpMsg: 5 1 2\nTcp: ");
	free(text);
	for (unsigned int type = 10; type < 24; type++)
		lop_count(w->icmp_in[type], type);
	text = file_of(lop, "snmp");
	assert_has(text,
			" InType22 InType23\nIcmpMsg: 5 1 10 11 12 13 14 15 16 17 18 19 20 21 22 "
			"23\n"
			"IcmpMsg: OutType0\nIcmpMsg: 2\nTcp: ");
	free(text);
}

/* contract OB-04, DEV-11, DEV-12 */
static void
dev_shows_each_interface(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);
	struct lop_if_count *c = &fx_worker(lop)->ifs[LOP_LO_INDEX];
	char *text;

	lop_count(c->rx_packets, 3);
	lop_count(c->rx_bytes, 1234567890);
	lop_count(c->tx_packets, 3);
	lop_count(c->tx_bytes, 1234567890);
	lop_count(c->tx_dropped, 2);
	fx_wire(*state, lop, "w0");
	text = file_of(lop, "dev");
	assert_has(text, "|bytes    packets errs drop fifo frame compressed multicast|bytes ");
	assert_has(text,
			"\n    lo: 1234567890       3    0    0    0     0          0         0 "
			"1234567890       3    0    2    0     0       0          0\n");
	assert_has(text, "\n    w0:       0       0 ");
	free(text);
}

/* contract OB-02 */
static void
udp_shows_sockets_by_bucket_the_newest_first(void **state)
{
	struct lop *lop = fx_lop_up(*state);
	struct sockaddr_in peer = fx_addr("127.0.0.3", 9);
	char *text, *first, *second;
	int low, high;

	low = fx_udp(lop, "127.0.0.1", 5000);
	fx_udp(lop, "127.0.0.2", 5000);
	high = fx_udp(lop, NULL, 5001);
	assert_int_equal(lop_connect(low, (struct sockaddr *)&peer, sizeof(peer)), 0);
	assert_int_equal(
			lop_sendto(high, "hello", 5, 0, (struct sockaddr *)&peer, sizeof(peer)), 5);

	text = file_of(lop, "udp");
	assert_int_equal(strlen(text), 4 * 128);
	assert_has(text,
			": 00000000:1389 00000000:0000 07 00000000:00000000 00:00000000 00000000 ");
	first = strstr(text, ": 0200007F:1388 00000000:0000 07 ");
	second = strstr(text, ": 0100007F:1388 0300007F:0009 01 ");
	assert_non_null(first);
	assert_non_null(second);
	assert_true(first < second);
	free(text);
	lop_close(low);
	text = file_of(lop, "udp");
	assert_has_not(text, "0100007F:1388");
	free(text);
}

/* contract OB-03, NE-01, NE-03 */
static void
arp_hides_the_noarp_entry_of_lo(void **state)
{
	static const char head[] = "IP address       HW type     Flags       HW address            "
				   "Mask     Device\n";
	struct lop_neigh_info forged = {
		.ifindex = LOP_LO_INDEX,
		.state = NUD_PERMANENT,
		.lladdr = { 2, 0, 0, 0, 0, 0x77 },
	};
	struct lop *lop = fx_lop_up(*state);
	int fd = fx_udp(lop, "127.0.0.1", 5000);
	struct sockaddr_in self = fx_addr("127.0.0.1", 5000);
	char *text;

	assert_int_equal(lop_sendto(fd, "a", 1, 0, (struct sockaddr *)&self, sizeof(self)), 1);
	text = file_of(lop, "arp");
	assert_string_equal(text, head);
	free(text);
	assert_int_equal(lop_neigh_set(lop, &forged), 0);
	text = file_of(lop, "arp");
	assert_memory_equal(text, head, strlen(head));
	assert_string_equal(text + strlen(head),
			"0.0.0.0          0x304       0x6         02:00:00:00:00:77     *        "
			"lo\n");
	free(text);
}

/* contract BK-04, OB-05 */
static void
softnet_has_a_row_for_each_worker(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);
	pthread_t thread;
	char *text;

	lop_count(fx_worker(lop)->softnet_processed, 0x1234);
	lop_count(fx_worker(lop)->softnet_dropped, 1);
	lop_count(fx_worker(lop)->softnet_squeezed, 2);
	assert_int_equal(pthread_create(&thread, NULL, count_and_go, lop), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	text = file_of(lop, "softnet_stat");
	assert_string_equal(text,
			"00001234 00000001 00000002 00000000 00000000 00000000 00000000 00000000 "
			"00000000 00000000 00000000 00000000 00000000 00000000 00000000\n"
			"00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 "
			"00000000 00000000 00000000 00000000 00000001 00000000 00000000\n");
	free(text);
}

static void
files_that_cannot_be_written_are_errors(void **state)
{
	struct lop *lop = fx_lop(*state, NULL);
	FILE *full = fopen("/dev/full", "w");

	assert_non_null(full);
	assert_int_equal(lop_proc_write(lop, "tcp", full), -ENOENT);
	assert_int_equal(lop_proc_write(lop, "", full), -ENOENT);
	assert_int_equal(lop_proc_write(lop, "snmp", full), -EIO);
	fclose(full);
}

static const struct lo_case stats_cases[] = {
	LO_CASE(a_counter_is_the_sum_of_all_workers_that_ever_were),
	LO_CASE(instances_count_apart),
	LO_CASE(every_counter_and_reason_has_a_name_of_its_own),
	LO_CASE(numbers_out_of_range_are_no_counters),
	LO_CASE(snmp_shows_the_counters_in_place),
	LO_CASE(icmpmsg_shows_seen_types_sixteen_to_a_line),
	LO_CASE(dev_shows_each_interface),
	LO_CASE(udp_shows_sockets_by_bucket_the_newest_first),
	LO_CASE(arp_hides_the_noarp_entry_of_lo),
	LO_CASE(softnet_has_a_row_for_each_worker),
	LO_CASE(files_that_cannot_be_written_are_errors),
};
LO_REGISTER_TEST(lop_stats_autotest, stats_cases);
