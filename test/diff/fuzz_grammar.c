/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Random lists of operations: "@rule" stands for one of the rule's alternatives. */

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "words.h"

#define ALTERNATIVES_MAX 48
#define TEXT_MAX 512
#define OPS_MAX 20

/* clang-format off */
static const struct rule {
	const char *name;
	const char *alternative[ALTERNATIVES_MAX]; /* twice: twice as likely */
} rules[] = {
	{ "op", { "@socket", "@socket", "@bind", "@bind", "@connect", "@connect", "@send", "@send",
		"@send", "@send", "@send", "@send", "@recv", "@recv", "@recv", "@recv", "@set", "@set",
		"@set", "@get", "name @s", "peer @s", "poll @s", "ioctl @s @ioctl", "shutdown @s @how",
		"close @s", "@link", "@addr", "@addr", "@route", "@route", "@neigh", "@hook", "@sysctl",
		"observe @table", "route get @host", "inject lo @frame", "@pair", "@pair" } },
	{ "pair", { "send @s @bytes to=@local:@port;recv @s", "send @s @bytes;recv @s",
		"send @s @bytes to=@host:@port;recv @s flags=MSG_ERRQUEUE" } },
	{ "socket", { "socket @s", "socket @s", "socket @s", "socket @s proto=IPPROTO_UDP" } },
	{ "s", { "0", "0", "1", "1", "2", "3" } },
	{ "port", { "5000", "5000", "5001", "5001", "5002", "9", "0" } },
	{ "local", { "127.0.0.1", "127.0.0.1", "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.9.8.7" } },
	{ "host", { "127.0.0.1", "127.0.0.1", "127.0.0.1", "127.1.2.3", "0.0.0.0", "127.255.255.255",
		"10.9.8.7", "10.9.8.1", "10.1.0.1", "8.8.8.8", "255.255.255.255", "224.0.0.1",
		"224.0.0.99", "127.0.0.0", "240.0.0.1" } },
	{ "bind", { "bind @s @local:@port", "bind @s 0.0.0.0:@port", "bind @s @host:@port",
		"bind @s @host:@port @odd" } },
	{ "odd", { "alen=15", "alen=0", "alen=128", "family=AF_UNSPEC", "family=AF_INET6" } },
	{ "connect", { "connect @s @local:@port", "connect @s @local:@port", "connect @s @host:@port",
		"connect @s 0.0.0.0:0 family=AF_UNSPEC", "connect @s @host:@port @odd" } },
	{ "bytes", { "0", "1", "5", "100", "548", "549", "1472", "1473", "3000", "8192", "65507",
		"65509", "65536" } },
	{ "send", { "send @s @bytes to=@local:@port", "send @s @bytes to=@host:@port",
		"send @s @bytes", "send @s @bytes to=@host:@port flags=@flag",
		"send @s @bytes flags=@flag", "send @s @bytes to=@host:@port @cmsg",
		"send @s @bytes @cmsg", "send @s @bytes to=@host:@port @odd",
		"send @s @bytes to=@host:@port iov=3" } },
	{ "flag", { "MSG_OOB", "MSG_PROBE", "MSG_DONTROUTE", "MSG_CONFIRM", "MSG_NOSIGNAL", "MSG_MORE", "MSG_MORE" } },
	{ "cmsg", { "ttl=1", "ttl=0", "tos=16", "tos=3", "pktinfo=1", "pktinfo=0,127.3.3.3",
		"pktinfo=0,8.8.8.8", "pktinfo=7", "ttl=9 tos=8", "retopts=01010101" } },
	{ "recv", { "recv @s", "recv @s", "recv @s", "recv @s room=3", "recv @s flags=MSG_PEEK",
		"recv @s flags=MSG_ERRQUEUE", "recv @s flags=MSG_TRUNC room=1", "recv @s control=20" } },
	{ "on", { "1", "1", "0" } },
	{ "set", { "set @s SO_REUSEADDR=@on", "set @s SO_REUSEPORT=@on", "set @s SO_BROADCAST=@on",
		"set @s SO_BROADCAST=@on", "set @s IP_RECVERR=@on", "set @s IP_PKTINFO=@on",
		"set @s IP_RECVTTL=@on", "set @s IP_RECVTOS=@on", "set @s IP_TTL=7", "set @s IP_TOS=16",
		"set @s IP_MTU_DISCOVER=@mode", "set @s IP_MTU_DISCOVER=@mode",
		"set @s SO_BINDTODEVICE=text:lo", "set @s SO_BINDTODEVICE=text:",
		"set @s SO_NO_CHECK=@on", "set @s IP_FREEBIND=@on", "set @s IP_TRANSPARENT=@on",
		"set @s SO_DONTROUTE=@on", "set @s IP_MULTICAST_IF=mreqn if=1",
		"set @s IP_ADD_MEMBERSHIP=mreqn group=224.0.0.99 if=1",
		"set @s IP_DROP_MEMBERSHIP=mreqn group=224.0.0.99 if=1", "set @s IP_MULTICAST_ALL=@on",
		"set @s IP_MULTICAST_TTL=5", "set @s IP_UNICAST_IF=0x1000000", "set @s IP_MINTTL=65",
		"set @s SO_PEEK_OFF=2", "set @s IP_RECVORIGDSTADDR=@on", "set @s IP_RECVOPTS=@on",
		"set @s IP_OPTIONS=hex:01010101", "set @s IP_OPTIONS=hex:", "set @s SO_RCVBUF=@buffer",
		"set @s UDP_CORK=@on", "@filter", "@filter" } },
	{ "filter", { "filter @s BPF_RET|BPF_K:@keep", "filter @s BPF_RET|BPF_K:@keep",
		"filter @s BPF_LD|BPF_@width|BPF_ABS:@place BPF_RET|BPF_A",
		"filter @s BPF_LD|BPF_@width|BPF_ABS:@place BPF_RET|BPF_K:@keep",
		"filter @s BPF_LD|BPF_W|BPF_LEN BPF_JMP|BPF_JGT|BPF_K:0:1:@keep @return @return",
		"set @s SO_DETACH_FILTER=0", "set @s SO_DETACH_FILTER=0", "filter @s" } },
	{ "return", { "BPF_RET|BPF_K:@keep" } },
	{ "keep", { "0", "1", "8", "9", "13", "100", "1000", "1500", "9000", "70000" } },
	{ "width", { "B", "H", "W" } },
	/* what is drawn at random, IDs and ports, is left out */
	{ "place", { "2", "4", "8", "12", "1480", "70000", "SKF_NET_OFF", "SKF_NET_OFF|16",
		"SKF_LL_OFF|12", "SKF_AD_OFF|SKF_AD_PKTTYPE", "SKF_AD_OFF|SKF_AD_IFINDEX",
		"SKF_AD_OFF|SKF_AD_PROTOCOL" } },
	{ "buffer", { "0", "2500", "10000", "100000" } },
	{ "mode", { "IP_PMTUDISC_DONT", "IP_PMTUDISC_WANT", "IP_PMTUDISC_DO", "IP_PMTUDISC_PROBE",
		"IP_PMTUDISC_INTERFACE", "IP_PMTUDISC_OMIT" } },
	{ "get", { "get @s SO_ERROR", "get @s IP_MULTICAST_IF", "get @s SO_REUSEADDR",
		"get @s SO_BINDTODEVICE", "get @s IP_OPTIONS", "get @s IP_TOS", "get @s IP_MTU",
		"get @s SO_MEMINFO len=4", "get @s SO_MEMINFO len=4" } },
	{ "ioctl", { "FIONREAD", "TIOCOUTQ" } },
	{ "how", { "SHUT_RD", "SHUT_WR", "SHUT_RDWR" } },
	/* for some ms Linux still sends by a destination whose interface has lost IPv4 */
	{ "link", { "link lo up", "link lo down", "link lo up", "link lo mtu=@mtu", "link lo mtu=@mtu",
		"link lo mtu=67;advance 300", "link lo mac=02:00:00:00:00:07" } },
	{ "mtu", { "1500", "576", "65536", "65535", "68", "1280" } },
	{ "addr", { "addr add lo 10.9.8.7/32", "addr add lo 10.9.8.7/24", "addr del lo 10.9.8.7/24",
		"addr del lo 10.9.8.7/32", "addr add lo 127.1.2.3/8 scope=RT_SCOPE_HOST",
		"addr del lo 127.0.0.1/8", "addr add lo 127.0.0.1/8 scope=RT_SCOPE_HOST" } },
	{ "verb", { "add", "add", "del" } },
	{ "route", { "route @verb 10.1.0.0/16 type=@kind", "route @verb 10.1.0.0/16 type=@type dev=lo",
		"route @verb default type=@kind", "route @verb 10.9.8.0/24 dev=lo",
		"route @verb 127.1.0.0/16 type=@kind", "route @verb default dev=lo",
		"route @verb 10.1.0.0/16 type=RTN_LOCAL dev=lo mtu=1000" } },
	{ "kind", { "RTN_BLACKHOLE", "RTN_UNREACHABLE", "RTN_PROHIBIT", "RTN_THROW" } },
	{ "type", { "RTN_UNICAST", "RTN_LOCAL", "RTN_BROADCAST", "RTN_ANYCAST" } },
	{ "neigh", { "neigh set lo 0.0.0.0 lladdr=02:00:00:00:00:77",
		"neigh set lo 0.0.0.0 lladdr=00:00:00:00:00:00 nud=NUD_NOARP" } },
	{ "hook", { "hook @point accept priority=@digit",
		"hook @point drop proto=@proto priority=@digit",
		"hook @early reject proto=17 priority=@digit" } },
	{ "early", { "pre", "in", "out" } },
	{ "digit", { "1", "2", "3", "4", "5", "6", "7", "8", "9" } },
	{ "point", { "pre", "in", "out", "post" } },
	{ "proto", { "17", "1" } },
	{ "sysctl", { "sysctl ip_default_ttl=33", "sysctl ip_nonlocal_bind=1",
		"sysctl conf/lo/route_localnet=1", "sysctl conf/lo/accept_local=1",
		"sysctl conf/lo/rp_filter=1" } },
	{ "table", { "udp", "routes", "hooks", "arp" } },
	{ "wire", { "link lo up;tap t0;addr add t0 10.0.0.1/24 brd=10.0.0.255;link t0 up;"
		"neigh set t0 10.0.0.2 lladdr=02:00:00:00:00:02;"
		"neigh set t0 10.0.0.3 lladdr=02:00:00:00:00:03" } },
	{ "come", { "inject t0 @kindof @field @field", "inject t0 @kindof @field @field",
		"inject t0 @kindof @field @field @field @field", "inject t0 udp len=40 @piece",
		"inject t0 udp len=40 @piece", "inject t0 udp len=40 @piece @field", "recv 0", "recv 0",
		"recv 1", "bind 0 0.0.0.0:5000", "bind 1 10.0.0.1:5001", "connect 1 10.0.0.2:1000",
		"set @s IP_RECVERR=1", "set @s IP_PKTINFO=1", "set @s IP_RECVTTL=1",
		"set @s IP_RECVTOS=1", "set @s IP_RECVOPTS=1", "set @s IP_MINTTL=65", "@filter",
		"sysctl conf/t0/@conf", "send 0 @bytes to=10.0.0.2:1000", "hook @point drop proto=@proto priority=@digit",
		"hook @early reject proto=17 priority=@digit", "recv @s flags=MSG_ERRQUEUE" } },
	{ "conf", { "rp_filter=1", "rp_filter=2", "accept_local=1", "route_localnet=1",
		"drop_unicast_in_l2_multicast=1" } },
	{ "kindof", { "udp", "udp", "udp", "icmp", "icmp", "ip" } },
	{ "piece", { "piece=0,16", "piece=16,16", "piece=32,16", "piece=16,32", "piece=0,48",
		"piece=0,24", "piece=24,24", "piece=8,8", "piece=40,8", "piece=0,16 id=2",
		"piece=16,32 id=2", "piece=16,16 mf=0", "piece=32,16 mf=1", "piece=0,17", "piece=0,0" } },
	{ "field", { "", "", "ver=@small", "ihl=@small", "ihl=6", "tos=@small", "totlen=@len", "id=7",
		"frag=0x4000", "frag=0x2000", "frag=0x8000", "frag=100", "ttl=0", "ttl=1", "ttl=255",
		"proto=200", "proto=1", "proto=17", "csum=bad", "usum=bad", "usum=0", "isum=bad",
		"ulen=@len", "len=@len", "len=@len", "src=@peer:1000", "src=@peer:1000", "src=@peer:7",
		"dst=@mine:5000", "dst=@mine:5000", "dst=@mine:5001", "dst=@mine:9", "cut=@len",
		"pad=@small", "itype=@small", "itype=3 code=@small", "itype=11", "itype=12",
		"opts=@opts", "edst=ff:ff:ff:ff:ff:ff", "edst=02:00:00:00:00:99",
		"edst=01:00:5e:00:00:01", "etype=0x1234", "etype=0x0040", "seed=@small" } },
	{ "small", { "0", "1", "2", "3", "4", "5", "8", "9", "15" } },
	{ "len", { "0", "1", "7", "8", "19", "20", "27", "28", "29", "100", "500", "1400" } },
	{ "peer", { "10.0.0.2", "10.0.0.2", "10.0.0.3", "10.0.0.1", "127.0.0.1", "0.0.0.0",
		"255.255.255.255", "224.0.0.1" } },
	{ "mine", { "10.0.0.1", "10.0.0.1", "10.0.0.255", "255.255.255.255", "224.0.0.1",
		"224.0.0.5", "127.0.0.1", "10.0.0.9", "0.0.0.0", "8.8.8.8" } },
	{ "opts", { "01010101", "00000000", "94040000", "ff020000", "ff000000", "0703040000",
		"8808000000000000", "@option", "@option@option", "@option@option" } },
	{ "option", { "07070400000000", "070b080a00000200000000", "070708aabbccdd", "07070300000000",
		"4408050000000000", "440c05010000000000000000",
		"440c05030a00000100000000", "440809f000000000", "4408091000000000", "8307040a000002",
		"8608000000010502", "94040000", "01", "0101", "00" } },
	{ "frame", { "udp src=@host:7 dst=@host:@port", "udp src=127.0.0.1:7 dst=127.0.0.1:5000",
		"icmp src=@host dst=@host" } },
};
/* clang-format on */

uint64_t
fuzz_random(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static const struct rule *
rule_of(const char *name, size_t len)
{
	for (unsigned int i = 0; i < RTE_DIM(rules); i++) {
		if (strlen(rules[i].name) == len && strncmp(rules[i].name, name, len) == 0)
			return &rules[i];
	}
	bad_word("no such rule", name);
}

static size_t
expand(const char *text, char *to, size_t size, uint64_t *state)
{
	size_t used = 0;

	while (*text != '\0' && used + 1 < size) {
		const struct rule *rule;
		unsigned int n = 1;
		size_t len;

		if (*text != '@') {
			to[used++] = *text++;
			continue;
		}
		len = strspn(++text, "abcdefghijklmnopqrstuvwxyz");
		rule = rule_of(text, len);
		while (n < ALTERNATIVES_MAX && rule->alternative[n] != NULL)
			n++;
		used += expand(rule->alternative[fuzz_random(state) % n], to + used, size - used,
				state);
		text += len;
	}
	to[used] = '\0';
	return used;
}

static void
ops_append(json_t *ops, char *rest)
{
	char *op;

	while ((op = strsep(&rest, ";")) != NULL)
		json_array_append_new(ops, json_string(op));
}

static bool
has_word(const json_t *op, const char *word)
{
	return strstr(json_string_value(op), word) != NULL;
}

/*
 * What is corked for a route that has gone is still sent by it for some ms, until Linux's own grace
 * period is over.
 */
static void
let_routes_go(json_t *ops)
{
	bool corks = false;

	for (size_t i = 0; i < json_array_size(ops); i++) {
		const json_t *op = json_array_get(ops, i);

		corks |= has_word(op, "MSG_MORE") || has_word(op, "UDP_CORK");
		if (corks && (has_word(op, "addr del") || has_word(op, "route del")))
			json_array_insert_new(ops, ++i, json_string("advance 300"));
	}
}

json_t *
fuzz_ops(uint64_t seed, bool packets)
{
	const size_t n = 4 + fuzz_random(&seed) % (OPS_MAX - 4);
	json_t *ops = json_array();
	char text[TEXT_MAX];

	if (packets) {
		expand("@wire", text, sizeof(text), &seed);
		ops_append(ops, text);
	} else if (fuzz_random(&seed) % 16 != 0) {
		/* mostly on a lo that is there */
		json_array_append_new(ops, json_string("link lo up"));
	}
	json_array_append_new(ops, json_string("socket 0"));
	json_array_append_new(ops, json_string("socket 1"));
	for (size_t end = json_array_size(ops) + n; json_array_size(ops) < end;) {
		expand(packets ? "@come" : "@op", text, sizeof(text), &seed);
		ops_append(ops, text);
	}
	let_routes_go(ops);
	return ops;
}
