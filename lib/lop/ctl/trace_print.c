/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Traces as text: packet by packet, our stage, Linux's function, and what was decided. */

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netpacket/packet.h>

#include "../dp/meta.h"
#include "../dp/trace_record.h"

static const struct {
	const char *name, *kernel;
} stages[] = {
	[LOP_TRACE_SOCKET] = { "socket", "udp_sendmsg" },
	[LOP_TRACE_ROUTE] = { "route_out", "ip_route_output_flow" },
	[LOP_TRACE_UDP_OUT] = { "udp_out", "udp_send_skb" },
	[LOP_TRACE_IP_OUT] = { "ip_out", "__ip_local_out" },
	[LOP_TRACE_HOOK] = { "hook", "nf_hook_slow" },
	[LOP_TRACE_FRAG] = { "frag_out", "ip_do_fragment" },
	[LOP_TRACE_NEIGH] = { "neigh_out", "ip_finish_output2/neigh_output" },
	[LOP_TRACE_DEV_OUT] = { "dev_out", "dev_queue_xmit" },
	[LOP_TRACE_ETH_IN] = { "eth_in", "__netif_receive_skb_core" },
	[LOP_TRACE_IP_IN] = { "ip_in", "ip_rcv" },
	[LOP_TRACE_ROUTE_IN] = { "route_in", "ip_rcv_finish" },
	[LOP_TRACE_REASM] = { "reasm_in", "ip_defrag" },
	[LOP_TRACE_UDP_IN] = { "udp_in", "udp_rcv" },
	[LOP_TRACE_ICMP_IN] = { "icmp_in", "icmp_rcv" },
	[LOP_TRACE_QUEUE] = { "sock_queue", "__udp_enqueue_schedule_skb" },
	[LOP_TRACE_DROP] = { "drop", "kfree_skb" },
};

/* A hook's point, and the function that Linux calls nf_hook_slow() from. */
static const struct {
	const char *name, *kernel;
} points[] = {
	[LOP_HOOK_PRE_ROUTING] = { "PRE_ROUTING", "ip_rcv" },
	[LOP_HOOK_LOCAL_IN] = { "LOCAL_IN", "ip_local_deliver" },
	[LOP_HOOK_FORWARD] = { "FORWARD", "ip_forward" },
	[LOP_HOOK_LOCAL_OUT] = { "LOCAL_OUT", "__ip_local_out" },
	[LOP_HOOK_POST_ROUTING] = { "POST_ROUTING", "ip_output" },
};

static const char *const verdicts[] = { "drop", "accept", "stolen", "queue", "repeat" };

static const char *const pkt_types[] = { "host", "broadcast", "multicast", "otherhost",
	"outgoing" };

static const char *const route_types[] = { "unspec", "unicast", "local", "broadcast", "anycast",
	"multicast", "blackhole", "unreachable", "prohibit", "throw" };

static const struct {
	uint16_t state;
	const char *name;
} nud[] = {
	{ NUD_INCOMPLETE, "INCOMPLETE" },
	{ NUD_REACHABLE, "REACHABLE" },
	{ NUD_STALE, "STALE" },
	{ NUD_DELAY, "DELAY" },
	{ NUD_PROBE, "PROBE" },
	{ NUD_FAILED, "FAILED" },
	{ NUD_NOARP, "NOARP" },
	{ NUD_PERMANENT, "PERMANENT" },
};

#define NAME(list, i) ((size_t)(i) < RTE_DIM(list) ? (list)[i] : "?")

struct text {
	char s[INET_ADDRSTRLEN];
};

static struct text
addr(uint32_t addr_be)
{
	struct text t;

	inet_ntop(AF_INET, &addr_be, t.s, sizeof(t.s));
	return t;
}

static struct text
table(uint32_t id)
{
	struct text t;

	switch (id) {
	case RT_TABLE_LOCAL:
		return (struct text){ "local" };
	case RT_TABLE_MAIN:
		return (struct text){ "main" };
	case RT_TABLE_DEFAULT:
		return (struct text){ "default" };
	default:
		snprintf(t.s, sizeof(t.s), "%" PRIu32, id);
		return t;
	}
}

static const char *
nud_name(uint16_t state)
{
	for (unsigned int i = 0; i < RTE_DIM(nud); i++) {
		if (nud[i].state == state)
			return nud[i].name;
	}
	return "NONE";
}

static void
print_ip(FILE *f, const struct lop_trace_event *e)
{
	switch (e->stage) {
	case LOP_TRACE_SOCKET:
		if (e->fd >= 0)
			fprintf(f, "fd %d, ", e->fd);
		fprintf(f, "%s to %s, protocol %u, %" PRIu32 " bytes", addr(e->saddr_be).s,
				addr(e->addr_be).s, e->kind, e->bytes);
		break;
	case LOP_TRACE_UDP_OUT:
		fprintf(f, "port %u to %u, checksum %s", ntohs(e->sport_be), ntohs(e->dport_be),
				(e->table & LOP_META_CSUM_PARTIAL) != 0 ? "partial"
									: "complete or none");
		break;
	case LOP_TRACE_FRAG:
		fprintf(f, "%" PRIu32 " bytes in %" PRIu32 " fragments", e->bytes, e->table);
		break;
	default:
		fprintf(f, "id %u, ttl %u, tos 0x%x, %s%" PRIu32 " bytes", e->id, e->ttl, e->tos,
				e->flag ? "DF, " : "", e->bytes);
	}
}

static void
print_route(FILE *f, const struct lop_trace_event *e)
{
	if (e->name[0] == '\0') {
		fprintf(f, "no destination");
		return;
	}
	fprintf(f, "%s, table %s, dev %s, src %s, next hop %s%s", NAME(route_types, e->kind),
			table(e->table).s, e->name, addr(e->saddr_be).s, addr(e->addr_be).s,
			e->stage == LOP_TRACE_ROUTE_IN && e->flag ? ", came along" : "");
}

static void
print_decision(FILE *f, const struct lop_trace_event *e)
{
	switch (e->stage) {
	case LOP_TRACE_ROUTE:
	case LOP_TRACE_ROUTE_IN:
		print_route(f, e);
		break;
	case LOP_TRACE_HOOK:
		fprintf(f, "%s of %s, \"%s\": %s", points[e->kind].name, points[e->kind].kernel,
				e->name, NAME(verdicts, e->verdict));
		break;
	case LOP_TRACE_NEIGH:
		fprintf(f, "%s dev %s, %s", addr(e->addr_be).s, e->name, nud_name(e->id));
		break;
	case LOP_TRACE_DEV_OUT:
		fprintf(f, "dev %s, %" PRIu32 " bytes", e->name, e->bytes);
		break;
	case LOP_TRACE_ETH_IN:
		fprintf(f, "dev %s, %s", e->name, NAME(pkt_types, e->kind));
		break;
	case LOP_TRACE_REASM:
		fprintf(f, "%" PRIu32 " bytes, whole", e->bytes);
		break;
	case LOP_TRACE_UDP_IN:
	case LOP_TRACE_QUEUE:
		if (e->fd < 0)
			fprintf(f, "no socket");
		else if (e->stage == LOP_TRACE_QUEUE)
			fprintf(f, "fd %d, %" PRIu32 " bytes wait", e->fd, e->table);
		else
			fprintf(f, "fd %d", e->fd);
		break;
	case LOP_TRACE_ICMP_IN:
		fprintf(f, "type %u, code %u", e->kind, e->verdict);
		break;
	case LOP_TRACE_DROP:
		fprintf(f, "%s: %s", lop_drop_name(e->kind), lop_drop_help(e->kind));
		break;
	default:
		print_ip(f, e);
	}
}

/* The function that decides this in Linux. */
static const char *
kernel_name(const struct lop_trace_event *e)
{
	if (e->stage == LOP_TRACE_DEV_OUT && e->flag)
		return "loopback_xmit";
	if (e->stage == LOP_TRACE_ETH_IN && e->flag)
		return "netif_rx/__netif_receive_skb_core";
	if (e->stage == LOP_TRACE_SOCKET && e->fd < 0)
		return "icmp_push_reply";
	return stages[e->stage].kernel;
}

/* Partner: event_end() in dp/trace.c. */
static uint32_t
event_count(const struct lop_trace_record *r)
{
	return lop_acquire(r->nb_events);
}

static void
print_record(FILE *f, unsigned int number, const struct lop_trace_record *r)
{
	const uint32_t n = event_count(r);

	fprintf(f, "packet %u\n", number);
	for (uint32_t i = 0; i < n; i++) {
		const struct lop_trace_event *e = &r->event[i];

		fprintf(f, "  +%" PRIu64 " us  %-10s  %-33s  ", e->us - r->event[0].us,
				stages[e->stage].name, kernel_name(e));
		print_decision(f, e);
		fputc('\n', f);
	}
	if (lop_load(r->cut))
		fprintf(f, "  and more\n");
}

int
lop_trace_print(struct lop *lop, FILE *f)
{
	const struct lop_trace *t;
	unsigned int n = 0;

	pthread_mutex_lock(&lop->lock);
	t = lop->last_trace;
	if (t != NULL)
		n = RTE_MIN(lop_load(t->used), t->packets);
	for (unsigned int i = 0; i < n; i++)
		print_record(f, i + 1, &t->record[i]);
	pthread_mutex_unlock(&lop->lock);
	return fflush(f) == 0 && ferror(f) == 0 ? (int)n : -EIO;
}
