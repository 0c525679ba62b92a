/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * /proc/net/dev, arp, udp and softnet_stat as Linux 6.18 writes them (contract OB-02 to OB-05).
 */

#include <arpa/inet.h>
#include <errno.h>
#include <net/if_arp.h>
#include <stdlib.h>

#include "../dp/neigh.h"
#include "../dp/udp_table.h"
#include "proc.h"

/* contract OB-04 */
int
lop_proc_dev(struct lop *lop, FILE *f)
{
	fputs("Inter-|   Receive                                                |  Transmit\n"
	      " face |bytes    packets errs drop fifo frame compressed multicast|"
	      "bytes    packets errs drop fifo colls carrier compressed\n",
			f);
	for (int i = 1; i < LOP_IFS_MAX; i++) {
		struct lop_if_info info;
		struct lop_if_stats s;

		if (lop_if_get(lop, i, &info) != 0 || lop_if_stats(lop, i, &s) != 0)
			continue;
		fprintf(f,
				"%6s: %7" PRIu64 " %7" PRIu64 " %4" PRIu64 " %4" PRIu64
				" %4u %5u %10u %9" PRIu64,
				info.name, s.rx_bytes, s.rx_packets, s.rx_errors, s.rx_dropped, 0U,
				0U, 0U, s.multicast);
		fprintf(f,
				" %8" PRIu64 " %7" PRIu64 " %4" PRIu64 " %4" PRIu64
				" %4u %5u %7u %10u\n",
				s.tx_bytes, s.tx_packets, s.tx_errors, s.tx_dropped, 0U, 0U, 0U,
				0U);
	}
	return 0;
}

static void
collect(const struct lop_neigh_info *neigh, void *arg)
{
	struct lop_neigh_array *all = arg;

	if (all->n == all->room) {
		unsigned int room = all->room == 0 ? 64 : 2 * all->room;
		struct lop_neigh_info *more = realloc(all->neigh, room * sizeof(*more));

		if (more == NULL) {
			all->no_memory = true;
			return;
		}
		all->neigh = more;
		all->room = room;
	}
	all->neigh[all->n++] = *neigh;
}

int
lop_neigh_collect(struct lop *lop, uint16_t states, struct lop_neigh_array *all)
{
	int ret;

	*all = (struct lop_neigh_array){ 0 };
	ret = lop_neigh_list(lop, states, collect, all);
	if (ret >= 0 && !all->no_memory)
		return 0;
	free(all->neigh);
	all->neigh = NULL;
	return ret < 0 ? ret : -ENOMEM;
}

/* contract OB-03; entries with no state but NOARP, or none at all, stay hidden: NE-03. */
int
lop_proc_arp(struct lop *lop, FILE *f)
{
	struct lop_neigh_array all;
	int ret = lop_neigh_collect(lop, (uint16_t)~NUD_NOARP, &all);

	if (ret != 0)
		return ret;
	fputs("IP address       HW type     Flags       HW address            Mask     Device\n",
			f);
	for (unsigned int i = 0; i < all.n; i++) {
		const struct lop_neigh_info *n = &all.neigh[i];
		unsigned int flags = 0;
		struct lop_if_info info;
		char addr[INET_ADDRSTRLEN];

		if (lop_if_get(lop, n->ifindex, &info) != 0)
			continue; /* gone since it was collected */
		if ((n->state & NUD_PERMANENT) != 0)
			flags = ATF_PERM | ATF_COM;
		else if ((n->state & LOP_NUD_VALID) != 0)
			flags = ATF_COM;
		inet_ntop(AF_INET, &n->addr_be, addr, sizeof(addr));
		fprintf(f, "%-16s 0x%-10x0x%-10x%02x:%02x:%02x:%02x:%02x:%02x     *        %s\n",
				addr, info.type, flags, n->lladdr[0], n->lladdr[1], n->lladdr[2],
				n->lladdr[3], n->lladdr[4], n->lladdr[5], info.name);
	}
	free(all.neigh);
	return 0;
}

/* What stands for the socket's address: it tells two sockets apart and nothing else. */
static uint32_t
hidden_pointer(const struct lop_sock *sk)
{
	uint64_t x = ((uintptr_t)sk ^ sk->lop->seed) * UINT64_C(0x9e3779b97f4a7c15);

	return x >> 32;
}

uint32_t
lop_sock_rmem(struct lop_sock *sk)
{
	uint32_t bytes;

	lop_rx_lock(sk);
	bytes = sk->rmem_bytes - sk->rx_owed;
	lop_rx_unlock(sk);
	return bytes;
}

/*
 * contract OB-02: as Linux walks its table, by bucket and from the newest on; "sl" is the bucket.
 * The lock keeps the chains as they are.
 */
int
lop_proc_udp(struct lop *lop, FILE *f)
{
	fprintf(f, "%-127s\n",
			"   sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
			"retrnsmt   uid  timeout inode ref pointer drops");
	pthread_mutex_lock(&lop->lock);
	lop_alone_end(lop);
	for (unsigned int chain = 0; chain < LOP_UDP_PORT_CHAINS; chain++) {
		struct lop_sock *sk = lop_acquire(lop->udp->by_port[chain]);

		for (; sk != NULL; sk = lop_acquire(sk->by_port)) {
			char line[160];

			snprintf(line, sizeof(line),
					"%5u: %08X:%04X %08X:%04X %02X %08X:%08X 00:00000000 "
					"00000000 %5u        0 %" PRIu64 " 2 %016" PRIx64 " %u",
					chain, lop_load(sk->rcv_saddr_be),
					ntohs(lop_load(sk->sport_be)), lop_load(sk->daddr_be),
					ntohs(lop_load(sk->dport_be)), lop_load(sk->state),
					lop_load(sk->wmem_bytes), lop_sock_rmem(sk), sk->uid,
					sk->inode, (uint64_t)hidden_pointer(sk),
					lop_load(sk->drops));
			fprintf(f, "%-127s\n", line);
		}
	}
	lop_alone_again(lop);
	pthread_mutex_unlock(&lop->lock);
	return 0;
}

/* contract BK-04, a row for each worker instead of each CPU; nothing waits between two calls. */
int
lop_proc_softnet(struct lop *lop, FILE *f)
{
	for (unsigned int i = 0; i < lop->workers_max; i++) {
		const struct lop_worker *w = lop_acquire(lop->workers[i]);

		if (w == NULL)
			continue;
		fprintf(f, "%08x %08x %08x", (uint32_t)lop_load(w->softnet_processed),
				(uint32_t)lop_load(w->softnet_dropped),
				(uint32_t)lop_load(w->softnet_squeezed));
		for (unsigned int column = 3; column < 12; column++)
			fputs(" 00000000", f);
		fprintf(f, " %08x 00000000 00000000\n", i);
	}
	return 0;
}
