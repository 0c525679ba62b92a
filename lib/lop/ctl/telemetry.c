/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Telemetry: /lop/list, and by the name of an instance /lop/snmp, /lop/netstat, /lop/drops, /lop/if,
 * /lop/udp, /lop/routes, /lop/neigh. Where there is more than an answer holds, a number behind the
 * name says how many to pass over: /lop/routes,lop0,64.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#include "../dp/neigh.h"
#include "../dp/udp_table.h"
#include "../include/lop_route.h"
#include "proc.h"

/* Rows of one answer: telemetry cuts it off at 16 KiB. */
#define ROWS_MAX 32

/* One request: rows first to first + ROWS_MAX - 1 of a list. */
struct page {
	struct lop *lop;
	struct rte_tel_data *d;
	unsigned long first, at;
};

/* A row by its number, if it is on the page. Not in an array: 22.11 has none of objects. */
static struct rte_tel_data *
row_add(struct page *p)
{
	struct rte_tel_data *row;
	char number[24];

	if (p->at++ < p->first || p->at > p->first + ROWS_MAX)
		return NULL;
	row = rte_tel_data_alloc();
	if (row == NULL)
		return NULL;
	rte_tel_data_start_dict(row);
	snprintf(number, sizeof(number), "%lu", p->at - 1);
	if (rte_tel_data_add_dict_container(p->d, number, row, 0) != 0) {
		rte_tel_data_free(row);
		return NULL;
	}
	return row;
}

static void
add_addr(struct rte_tel_data *row, const char *key, uint32_t addr_be)
{
	char text[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &addr_be, text, sizeof(text));
	rte_tel_data_add_dict_string(row, key, text);
}

static void
add_mac(struct rte_tel_data *row, const char *key, const uint8_t mac[ETH_ALEN])
{
	char text[RTE_ETHER_ADDR_FMT_SIZE];

	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
			mac[3], mac[4], mac[5]);
	rte_tel_data_add_dict_string(row, key, text);
}

/* With the instances locked. NULL for a name that there is not, or a bad number behind it. */
static struct lop *
instance_of(const char *params, unsigned long *first)
{
	size_t len = params != NULL ? strcspn(params, ",") : 0;
	char *end;

	*first = 0;
	if (len == 0)
		return NULL;
	if (params[len] == ',') {
		if (params[len + 1] < '0' || params[len + 1] > '9')
			return NULL;
		*first = strtoul(params + len + 1, &end, 10);
		if (*end != '\0')
			return NULL;
	}
	for (struct lop *lop = lop_first(); lop != NULL; lop = lop->next) {
		if (strlen(lop->name) == len && strncmp(lop->name, params, len) == 0)
			return lop;
	}
	return NULL;
}

static void
add_groups(const struct lop *lop, struct rte_tel_data *d, bool netstat)
{
	struct rte_tel_data *group = NULL;
	const char *name = "";

	rte_tel_data_start_dict(d);
	for (int id = 0; id < LOP_MIB_COUNT; id++) {
		const char *of = lop_mib_group(id);

		/* as the files have them: IpExt and TcpExt are netstat's */
		if (netstat != (strstr(of, "Ext") != NULL))
			continue;
		if (strcmp(of, name) != 0) {
			name = of;
			group = rte_tel_data_alloc();
			if (group == NULL)
				return;
			rte_tel_data_start_dict(group);
			if (rte_tel_data_add_dict_container(d, name, group, 0) != 0) {
				rte_tel_data_free(group);
				return;
			}
		}
		rte_tel_data_add_dict_uint(group, lop_mib_field(id), lop_mib_read(lop, id));
	}
}

static int
tel_snmp(struct page *p)
{
	add_groups(p->lop, p->d, false);
	return 0;
}

static int
tel_netstat(struct page *p)
{
	add_groups(p->lop, p->d, true);
	return 0;
}

static int
tel_drops(struct page *p)
{
	rte_tel_data_start_dict(p->d);
	for (int reason = 0; reason < LOP_DROP_COUNT; reason++)
		rte_tel_data_add_dict_uint(
				p->d, lop_drop_name(reason), lop_drop_read(p->lop, reason));
	return 0;
}

static int
tel_if(struct page *p)
{
	rte_tel_data_start_dict(p->d);
	for (int i = 1; i < LOP_IFS_MAX; i++) {
		struct rte_tel_data *row;
		struct lop_if_info info;
		struct lop_if_stats s;

		if (lop_if_get(p->lop, i, &info) != 0 || lop_if_stats(p->lop, i, &s) != 0)
			continue;
		row = row_add(p);
		if (row == NULL)
			continue;
		rte_tel_data_add_dict_string(row, "name", info.name);
		rte_tel_data_add_dict_uint(row, "ifindex", info.ifindex);
		rte_tel_data_add_dict_uint(row, "port", info.port_id);
		rte_tel_data_add_dict_uint(row, "flags", info.flags);
		rte_tel_data_add_dict_uint(row, "mtu", info.mtu);
		rte_tel_data_add_dict_uint(row, "type", info.type);
		add_mac(row, "mac", info.mac);
		rte_tel_data_add_dict_uint(row, "rx_packets", s.rx_packets);
		rte_tel_data_add_dict_uint(row, "rx_bytes", s.rx_bytes);
		rte_tel_data_add_dict_uint(row, "rx_dropped", s.rx_dropped);
		rte_tel_data_add_dict_uint(row, "rx_otherhost_dropped", s.rx_otherhost_dropped);
		rte_tel_data_add_dict_uint(row, "multicast", s.multicast);
		rte_tel_data_add_dict_uint(row, "tx_packets", s.tx_packets);
		rte_tel_data_add_dict_uint(row, "tx_bytes", s.tx_bytes);
		rte_tel_data_add_dict_uint(row, "tx_dropped", s.tx_dropped);
	}
	return 0;
}

static void
udp_row(struct page *p, struct lop_sock *sk)
{
	struct rte_tel_data *row = row_add(p);

	if (row == NULL)
		return;
	add_addr(row, "local", lop_load(sk->rcv_saddr_be));
	rte_tel_data_add_dict_uint(row, "local_port", ntohs(lop_load(sk->sport_be)));
	add_addr(row, "remote", lop_load(sk->daddr_be));
	rte_tel_data_add_dict_uint(row, "remote_port", ntohs(lop_load(sk->dport_be)));
	rte_tel_data_add_dict_uint(row, "state", lop_load(sk->state));
	rte_tel_data_add_dict_int(row, "ifindex", lop_load(sk->bound_if));
	rte_tel_data_add_dict_uint(row, "tx_queue", lop_load(sk->wmem_bytes));
	rte_tel_data_add_dict_uint(row, "rx_queue", lop_sock_rmem(sk));
	rte_tel_data_add_dict_uint(row, "uid", sk->uid);
	rte_tel_data_add_dict_uint(row, "inode", sk->inode);
	rte_tel_data_add_dict_uint(row, "drops", lop_load(sk->drops));
}

static int
tel_udp(struct page *p)
{
	rte_tel_data_start_dict(p->d);
	pthread_mutex_lock(&p->lop->lock);
	lop_alone_end(p->lop);
	for (unsigned int chain = 0; chain < LOP_UDP_PORT_CHAINS; chain++) {
		struct lop_sock *sk = lop_acquire(p->lop->udp->by_port[chain]);

		for (; sk != NULL; sk = lop_acquire(sk->by_port))
			udp_row(p, sk);
	}
	lop_alone_again(p->lop);
	pthread_mutex_unlock(&p->lop->lock);
	return 0;
}

static void
route_row(const struct lop_route *route, void *arg)
{
	struct rte_tel_data *row = row_add(arg);

	if (row == NULL)
		return;
	rte_tel_data_add_dict_uint(row, "table", route->table);
	add_addr(row, "dst", route->dst_be);
	rte_tel_data_add_dict_uint(row, "dst_len", route->dst_len);
	rte_tel_data_add_dict_uint(row, "tos", route->tos);
	rte_tel_data_add_dict_uint(row, "type", route->type);
	rte_tel_data_add_dict_uint(row, "scope", route->scope);
	rte_tel_data_add_dict_uint(row, "protocol", route->protocol);
	rte_tel_data_add_dict_uint(row, "priority", route->priority);
	add_addr(row, "prefsrc", route->prefsrc_be);
	add_addr(row, "gateway", route->gateway_be);
	rte_tel_data_add_dict_int(row, "oif", route->oif);
	rte_tel_data_add_dict_uint(row, "mtu", route->mtu_bytes);
}

static int
tel_routes(struct page *p)
{
	rte_tel_data_start_dict(p->d);
	return lop_route_list(p->lop, 0, route_row, p);
}

static void
neigh_row(const struct lop_neigh_info *neigh, void *arg)
{
	struct rte_tel_data *row = row_add(arg);

	if (row == NULL)
		return;
	rte_tel_data_add_dict_int(row, "ifindex", neigh->ifindex);
	add_addr(row, "addr", neigh->addr_be);
	rte_tel_data_add_dict_uint(row, "state", neigh->state);
	add_mac(row, "lladdr", neigh->lladdr);
	rte_tel_data_add_dict_uint(row, "refs", neigh->refs);
}

/* The hidden ones too (contract NE-03). */
static int
tel_neigh(struct page *p)
{
	rte_tel_data_start_dict(p->d);
	return lop_neigh_list(p->lop, UINT16_MAX, neigh_row, p);
}

static int
tel_list(const char *cmd, const char *params, struct rte_tel_data *d)
{
	RTE_SET_USED(cmd);
	RTE_SET_USED(params);
	rte_tel_data_start_array(d, RTE_TEL_STRING_VAL);
	lop_instances_lock();
	for (const struct lop *lop = lop_first(); lop != NULL; lop = lop->next)
		rte_tel_data_add_array_string(d, lop->name);
	lop_instances_unlock();
	return 0;
}

static const struct {
	const char *cmd;
	int (*answer)(struct page *p);
	const char *help;
} commands[] = {
	{ "/lop/snmp", tel_snmp, "Counters of /proc/net/snmp. Parameters: instance" },
	{ "/lop/netstat", tel_netstat, "Counters of /proc/net/netstat. Parameters: instance" },
	{ "/lop/drops", tel_drops, "What was lost, by reason. Parameters: instance" },
	{ "/lop/if", tel_if, "Interfaces and their counters. Parameters: instance" },
	{ "/lop/udp", tel_udp, "UDP sockets. Parameters: instance[,pass over]" },
	{ "/lop/routes", tel_routes, "Routes of all tables. Parameters: instance[,pass over]" },
	{ "/lop/neigh", tel_neigh, "Neighbours. Parameters: instance[,pass over]" },
};

static int
tel_instance(const char *cmd, const char *params, struct rte_tel_data *d)
{
	struct page p = { .d = d };
	int ret = -EINVAL;

	lop_instances_lock();
	p.lop = instance_of(params, &p.first);
	for (unsigned int i = 0; p.lop != NULL && i < RTE_DIM(commands); i++) {
		if (strcmp(cmd, commands[i].cmd) == 0)
			ret = commands[i].answer(&p);
	}
	lop_instances_unlock();
	return ret < 0 ? ret : 0;
}

RTE_INIT(lop_telemetry_init)
{
	rte_telemetry_register_cmd("/lop/list", tel_list, "The instances. No parameters");
	for (unsigned int i = 0; i < RTE_DIM(commands); i++)
		rte_telemetry_register_cmd(commands[i].cmd, tel_instance, commands[i].help);
}
