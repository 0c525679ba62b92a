/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* A frame in words. What differs from run to run is said by its kind: IDs, checksums, ports. */

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "diff.h"

#define NOW_MS 120000U /* as far as now may be from the time of a stamp */

/* Text that is being written. */
struct text {
	char *at;
	size_t size, used;
};

static void __rte_format_printf(2, 3) say(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->at + t->used, t->size - t->used, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->used = RTE_MIN(t->used + (size_t)n, t->size - 1);
}

uint32_t
frame_sum(uint32_t sum, const uint8_t *p, uint32_t bytes)
{
	for (uint32_t i = 0; i + 1 < bytes; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	if ((bytes & 1) != 0)
		sum += (uint32_t)p[bytes - 1] << 8;
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static uint32_t
pseudo_sum(const struct iphdr *ip, uint32_t bytes)
{
	uint32_t sum = frame_sum(ip->protocol + bytes, (const uint8_t *)&ip->saddr, 8);

	return frame_sum(sum, NULL, 0);
}

static const char *
udp_sum(const struct iphdr *ip, const struct udphdr *udp, uint32_t bytes, bool whole)
{
	const uint32_t pseudo = pseudo_sum(ip, ntohs(udp->len));

	if (udp->check == 0)
		return "none";
	if (!whole)
		return "set";
	if (frame_sum(pseudo, (const uint8_t *)udp, bytes) == 0xffff)
		return "valid";
	return ntohs(udp->check) == pseudo ? "partial" : "bad";
}

static const char *
id_kind(struct run *run, const struct iphdr *ip)
{
	const uint64_t key = hash_bytes(ip->protocol, &ip->saddr, 8);
	const uint16_t id = ntohs(ip->id);
	unsigned int i;
	uint16_t last;

	if (id == 0)
		return "0";
	if (run->no_ids)
		return "set";
	for (i = 0; i < run->nb_flows && run->flow[i].key != key; i++)
		;
	if (i == RTE_DIM(run->flow))
		return "?";
	last = run->flow[i].id;
	run->flow[i].key = key;
	run->flow[i].id = id;
	if (i == run->nb_flows) {
		run->nb_flows++;
		return "other";
	}
	if (id == last)
		return "same";
	return run->exact_ids && id == (uint16_t)(last + 1) ? "next" : "other";
}

static void
say_data(struct text *t, const uint8_t *p, uint32_t bytes)
{
	say(t, " data %u %08x", bytes, (uint32_t)hash_bytes(0, p, bytes));
}

static void
udp_text(struct run *run, struct text *t, const struct iphdr *ip, const uint8_t *p, uint32_t bytes,
		bool whole)
{
	const struct udphdr *udp = (const struct udphdr *)p;
	char from[8], to[8];

	if (bytes < sizeof(*udp)) {
		say_data(t, p, bytes);
		return;
	}
	port_text(run, from, sizeof(from), ntohs(udp->source));
	port_text(run, to, sizeof(to), ntohs(udp->dest));
	say(t, " udp %s>%s len %u sum %s", from, to, ntohs(udp->len),
			udp_sum(ip, udp, bytes, whole));
	say_data(t, p + sizeof(*udp), bytes - sizeof(*udp));
}

/* A stamp that was made a moment ago. */
static bool
is_now(const uint8_t *stamp)
{
	const uint32_t day_ms = 24 * 3600 * 1000;
	const uint32_t ms = (uint32_t)stamp[0] << 24 | stamp[1] << 16 | stamp[2] << 8 | stamp[3];
	struct timespec now;
	uint32_t now_ms;

	clock_gettime(CLOCK_REALTIME, &now);
	now_ms = (uint32_t)(now.tv_sec % (24 * 3600) * 1000 + now.tv_nsec / 1000000);
	return ms < day_ms && (ms + day_ms - now_ms + NOW_MS) % day_ms < 2 * NOW_MS;
}

/* Where the next stamp of a time stamp option stands; 0: in what is there, no more. */
static uint32_t
stamp_behind(const uint8_t *opt, uint32_t len, uint32_t at)
{
	const uint32_t address = (opt[3] & 0xf) == IPOPT_TS_TSONLY ? 0 : 4;

	at = at == 0 ? 4 + address : at + 4 + address;
	return at + 4 <= len ? at : 0;
}

void
options_text(char *text, size_t size, const uint8_t *opt, uint32_t bytes)
{
	struct text t = { .at = text, .size = size };
	uint32_t len, stamp;

	*text = '\0';
	for (uint32_t i = 0; i < bytes; i += len) {
		const bool plain = opt[i] == IPOPT_EOL || opt[i] == IPOPT_NOP || i + 1 == bytes;

		len = plain ? 1 : RTE_MIN(RTE_MAX(opt[i + 1], 1U), bytes - i);
		stamp = opt[i] == IPOPT_TS && len >= 4 ? stamp_behind(opt + i, len, 0) : 0;
		for (uint32_t k = 0; k < len; k++) {
			if (stamp == 0 || k != stamp || !is_now(opt + i + k)) {
				say(&t, "%02x", opt[i + k]);
			} else {
				say(&t, "(now)");
				k += 3;
			}
			if (stamp != 0 && k >= stamp)
				stamp = stamp_behind(opt + i, len, stamp);
		}
	}
}

static void ip_text(struct run *run, struct text *t, const uint8_t *p, uint32_t bytes, bool quoted);

static void
icmp_text(struct run *run, struct text *t, const uint8_t *p, uint32_t bytes, bool quoted)
{
	const struct icmphdr *icmp = (const struct icmphdr *)p;
	bool error;

	if (bytes < sizeof(*icmp)) {
		say_data(t, p, bytes);
		return;
	}
	error = icmp->type == ICMP_DEST_UNREACH || icmp->type == ICMP_TIME_EXCEEDED ||
			icmp->type == ICMP_PARAMETERPROB || icmp->type == ICMP_SOURCE_QUENCH;
	say(t, " icmp %u/%u", icmp->type, icmp->code);
	/* of nothing but zeros the sum is either zero */
	if (!quoted)
		say(t, " sum %s",
				frame_sum(0, p, bytes) == 0xffff || frame_sum(0, p, bytes) == 0
						? "valid"
						: "bad");
	if (!error || quoted) {
		say_data(t, p + 4, bytes - 4);
		return;
	}
	say(t, " rest %08x quotes", ntohl(icmp->un.gateway));
	ip_text(run, t, p + sizeof(*icmp), bytes - sizeof(*icmp), true);
}

static void
ip_text(struct run *run, struct text *t, const uint8_t *p, uint32_t bytes, bool quoted)
{
	const struct iphdr *ip = (const struct iphdr *)p;
	char from[INET_ADDRSTRLEN], to[INET_ADDRSTRLEN], options[128];
	uint32_t header;
	uint16_t off;

	if (bytes < sizeof(*ip) || ip->version != 4 || ip->ihl < 5 || bytes < ip->ihl * 4U) {
		say_data(t, p, bytes);
		return;
	}
	header = ip->ihl * 4U;
	off = ntohs(ip->frag_off);
	inet_ntop(AF_INET, &ip->saddr, from, sizeof(from));
	inet_ntop(AF_INET, &ip->daddr, to, sizeof(to));
	say(t, " %s>%s len %u tos %#x id %s%s%s", from, to, ntohs(ip->tot_len), ip->tos,
			id_kind(run, ip), (off & IP_DF) != 0 ? " DF" : "",
			(off & IP_MF) != 0 ? " MF" : "");
	if ((off & IP_OFFMASK) != 0)
		say(t, " off %u", (off & IP_OFFMASK) * 8);
	say(t, " ttl %u%s", ip->ttl, frame_sum(0, p, header) == 0xffff ? "" : " ip sum bad");
	if (header > sizeof(*ip)) {
		options_text(options, sizeof(options), p + sizeof(*ip), header - sizeof(*ip));
		say(t, " opts %s", options);
	}
	p += header;
	bytes -= header;
	if ((off & IP_OFFMASK) == 0 && ip->protocol == IPPROTO_UDP) {
		udp_text(run, t, ip, p, bytes, !quoted && (off & IP_MF) == 0);
	} else if ((off & IP_OFFMASK) == 0 && ip->protocol == IPPROTO_ICMP) {
		icmp_text(run, t, p, bytes, quoted || (off & IP_MF) != 0);
	} else {
		say(t, " proto %u", ip->protocol);
		say_data(t, p, bytes);
	}
}

void
frame_text(struct run *run, char *text, size_t size, const uint8_t *frame, uint32_t bytes)
{
	static const uint8_t none[12];
	struct text t = { .at = text, .size = size };
	const struct ether_header *eth = (const struct ether_header *)frame;

	*text = '\0';
	say(&t, "%u", bytes);
	if (bytes < sizeof(*eth)) {
		say_data(&t, frame, bytes);
		return;
	}
	if (memcmp(frame, none, sizeof(none)) != 0 || ntohs(eth->ether_type) != ETHERTYPE_IP) {
		say(&t, " eth ");
		for (unsigned int i = 0; i < 12; i++)
			say(&t, "%02x%s", frame[i], i == 5 ? "<" : "");
		say(&t, " %04x", ntohs(eth->ether_type));
	}
	if (ntohs(eth->ether_type) == ETHERTYPE_IP)
		ip_text(run, &t, frame + sizeof(*eth), bytes - sizeof(*eth), false);
	else
		say_data(&t, frame + sizeof(*eth), bytes - sizeof(*eth));
}
