/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Filter rules, and packets that they decide as the same rules looked at one by one do. An input
 * is the number of rules, the rules, then packets.
 */

#include <arpa/inet.h>
#include <netinet/in.h>

#include <rte_errno.h>
#include <rte_ip.h>

#include "../../lib/lop/dp/filter.h"
#include "world.h"

#define RULES_MAX 24
#define PACKETS_MAX 16

struct packet {
	struct rte_ipv4_hdr ip;
	uint8_t options[40];
	uint16_t ports_be[2];
} __attribute__((packed));

/* Few values, so that rules and packets meet. */
static uint32_t
some_addr(struct fuzz_bytes *b)
{
	const uint8_t byte = fuzz_u8(b);

	return byte < 0xc0 ? rte_cpu_to_be_32(RTE_IPV4(10, byte & 3, 0, byte >> 4)) : fuzz_u32(b);
}

static uint16_t
some_port(struct fuzz_bytes *b)
{
	const uint8_t byte = fuzz_u8(b);

	return byte < 0xc0 ? byte & 0xf : fuzz_u16(b);
}

static uint8_t
some_protocol(struct fuzz_bytes *b)
{
	static const uint8_t protocols[] = { 0, IPPROTO_UDP, IPPROTO_TCP, IPPROTO_ICMP,
		IPPROTO_UDPLITE, IPPROTO_SCTP, IPPROTO_DCCP, IPPROTO_UDP };
	const uint8_t byte = fuzz_u8(b);

	return byte < 0xf0 ? protocols[byte % RTE_DIM(protocols)] : byte;
}

static struct lop_filter_rule
rule_of(struct fuzz_bytes *b)
{
	const uint8_t shape = fuzz_u8(b);
	struct lop_filter_rule r = { .saddr_be = some_addr(b), .daddr_be = some_addr(b) };

	r.protocol = some_protocol(b);
	r.saddr_len = fuzz_u8(b);
	r.daddr_len = fuzz_u8(b);
	if ((shape & 0x01) == 0)
		r.saddr_len %= 33;
	if ((shape & 0x02) == 0)
		r.daddr_len %= 33;
	if ((shape & 0x04) != 0) {
		r.sport_min = some_port(b);
		r.sport_max = (shape & 0x10) != 0 ? some_port(b) : r.sport_min;
	}
	if ((shape & 0x08) != 0) {
		r.dport_min = some_port(b);
		r.dport_max = (shape & 0x20) != 0 ? some_port(b) : r.dport_min;
	}
	r.verdict = (shape & 0xc0) != 0xc0 ? (shape >> 6) & 1 : shape & 7;
	return r;
}

static bool
has_ports(uint8_t protocol)
{
	return protocol == IPPROTO_UDP || protocol == IPPROTO_TCP || protocol == IPPROTO_UDPLITE ||
			protocol == IPPROTO_SCTP || protocol == IPPROTO_DCCP;
}

static bool
is_valid(const struct lop_filter_rule *r)
{
	const bool ports = r->sport_max != 0 || r->dport_max != 0;

	return r->saddr_len <= 32 && r->daddr_len <= 32 && r->sport_min <= r->sport_max &&
			r->dport_min <= r->dport_max && r->verdict <= LOP_VERDICT_ACCEPT &&
			(!ports || r->protocol == 0 || has_ports(r->protocol));
}

static bool
addr_fits(uint32_t addr_be, uint32_t rule_be, uint8_t len)
{
	const uint32_t mask = len != 0 ? UINT32_MAX << (32 - len) : 0;

	return ((ntohl(addr_be) ^ ntohl(rule_be)) & mask) == 0;
}

static bool
port_fits(uint16_t port, uint16_t min, uint16_t max)
{
	return max == 0 || (port >= min && port <= max);
}

static bool
fits(const struct lop_filter_rule *r, const struct packet *p, bool visible)
{
	if (r->protocol != 0 && r->protocol != p->ip.next_proto_id)
		return false;
	if (!addr_fits(p->ip.src_addr, r->saddr_be, r->saddr_len) ||
			!addr_fits(p->ip.dst_addr, r->daddr_be, r->daddr_len))
		return false;
	if (r->sport_max == 0 && r->dport_max == 0)
		return true;
	return visible && port_fits(ntohs(p->ports_be[0]), r->sport_min, r->sport_max) &&
			port_fits(ntohs(p->ports_be[1]), r->dport_min, r->dport_max);
}

/* Bytes of a packet, with ports behind its header if they fit. */
static size_t
packet_of(struct fuzz_bytes *b, struct packet *p, uint8_t *bytes, bool *visible)
{
	const uint8_t shape = fuzz_u8(b);
	const size_t ihl = 20 + 4 * (size_t)(shape % 11);
	size_t n = ihl + 4;

	memset(p, 0, sizeof(*p));
	p->ip.version_ihl = 0x40 | ihl / 4;
	p->ip.src_addr = some_addr(b);
	p->ip.dst_addr = some_addr(b);
	p->ip.next_proto_id = some_protocol(b);
	p->ports_be[0] = htons(some_port(b));
	p->ports_be[1] = htons(some_port(b));
	if ((shape & 0x40) != 0)
		p->ip.fragment_offset = htons(shape & 0x20 ? 0x2000 : 5);
	if ((shape & 0x80) != 0)
		n -= 1 + (shape & 3);
	memcpy(bytes, &p->ip, sizeof(p->ip));
	memset(bytes + sizeof(p->ip), 1, ihl - sizeof(p->ip));
	memcpy(bytes + ihl, p->ports_be, 4);
	*visible = has_ports(p->ip.next_proto_id) && n == ihl + 4 &&
			(ntohs(p->ip.fragment_offset) & 0x1fff) == 0;
	return n;
}

static unsigned int
deciding(const struct lop_filter_rule *rules, unsigned int n, const struct packet *p, bool visible)
{
	unsigned int i = 0;

	while (i < n && !fits(&rules[i], p, visible))
		i++;
	return i;
}

static void
packets_are_decided(struct fuzz_bytes *b, struct lop_filter *f, const struct lop_filter_rule *rules,
		unsigned int n)
{
	const struct lop_hook_state state = { .lop = world.lop, .point = LOP_HOOK_LOCAL_IN };
	struct rte_mbuf *pkts[PACKETS_MAX];
	uint8_t verdicts[PACKETS_MAX];
	unsigned int rule[PACKETS_MAX], hits[RULES_MAX + 1] = { 0 };
	uint16_t count = 0;

	while (count < PACKETS_MAX && (count == 0 || fuzz_left(b) > 0)) {
		uint8_t bytes[64 + 4];
		struct packet p;
		bool visible;
		const size_t len = packet_of(b, &p, bytes, &visible);

		pkts[count] = world_frame(bytes, len, 1, true);
		FUZZ_CHECK(pkts[count] != NULL);
		rule[count] = deciding(rules, n, &p, visible);
		hits[rule[count++]]++;
	}
	lop_filter_hook(f, &state, pkts, verdicts, count);
	for (uint16_t i = 0; i < count; i++) {
		FUZZ_CHECK(verdicts[i] ==
				(rule[i] < n ? rules[rule[i]].verdict : LOP_VERDICT_ACCEPT));
		rte_pktmbuf_free(pkts[i]);
	}
	for (unsigned int i = 0; i <= n; i++)
		FUZZ_CHECK(lop_filter_hits(f, i) == hits[i]);
	FUZZ_CHECK(lop_filter_hits(f, n + 1) == 0);
}

static void
run(const uint8_t *data, size_t size)
{
	struct fuzz_bytes b = { data, data + size };
	struct lop_filter_rule rules[RULES_MAX];
	const unsigned int n = fuzz_u8(&b) % (RULES_MAX + 1);
	struct lop_filter *f = lop_filter_create(
			world.lop, LOP_HOOK_LOCAL_IN, 0, LOP_VERDICT_ACCEPT);
	bool valid = true;
	int ret;

	FUZZ_CHECK(f != NULL);
	for (unsigned int i = 0; i < n; i++) {
		rules[i] = rule_of(&b);
		valid &= is_valid(&rules[i]);
	}
	ret = lop_filter_set(f, rules, n);
	FUZZ_CHECK(ret == (valid ? 0 : -EINVAL));
	packets_are_decided(&b, f, rules, valid ? n : 0);
	lop_filter_destroy(f);
}

const struct fuzz_target fuzz_filter = {
	.name = "filter",
	.open = world_open,
	.close = world_close,
	.run = run,
};
