/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Frames made by hand, field by field, and received by a device. */

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <string.h>

#include "ops.h"

#define IP_HEADER_MAX 60

static uint16_t
checksum(uint32_t sum, const uint8_t *p, uint32_t bytes)
{
	return (uint16_t)~frame_sum(sum, p, bytes);
}

/* "sum=": bad, or a number; without it the right one. */
static uint16_t
sum_field(const struct words *w, const char *key, uint16_t right)
{
	const char *text = word_of(w, key);

	if (text == NULL)
		return htons(right);
	return htons(strcmp(text, "bad") == 0 ? (uint16_t)(right ^ 0x0101)
					      : (uint16_t)number(text));
}

static void
payload(const struct words *w, uint8_t *p, uint32_t bytes)
{
	const uint32_t seed = number_of(w, "seed", 1);

	for (uint32_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(seed * 31 + i * 7 + (i >> 8));
}

static void
ports_of(const struct words *w, struct sockaddr_in *src, struct sockaddr_in *dst)
{
	const char *from = word_of(w, "src");
	const char *to = word_of(w, "dst");

	address(from != NULL ? from : "10.0.0.2:1000", src);
	address(to != NULL ? to : "10.0.0.1:5000", dst);
}

/* len= bytes of payload; ulen=, usum= */
static uint32_t
udp_make(const struct words *w, uint8_t *p)
{
	const uint32_t len = number_of(w, "len", 5);
	const uint32_t bytes = sizeof(struct udphdr) + len;
	struct udphdr *udp = (struct udphdr *)p;
	struct sockaddr_in src, dst;
	uint32_t sum;
	uint16_t right;

	ports_of(w, &src, &dst);
	memset(udp, 0, sizeof(*udp));
	udp->source = src.sin_port;
	udp->dest = dst.sin_port;
	udp->len = htons(number_of(w, "ulen", bytes));
	payload(w, p + sizeof(*udp), len);
	sum = IPPROTO_UDP + ntohs(udp->len) + (ntohl(src.sin_addr.s_addr) >> 16) +
			(ntohl(src.sin_addr.s_addr) & 0xffff) + (ntohl(dst.sin_addr.s_addr) >> 16) +
			(ntohl(dst.sin_addr.s_addr) & 0xffff);
	right = checksum(sum, p, RTE_MIN(bytes, ntohs(udp->len)));
	udp->check = sum_field(w, "usum", right != 0 ? right : 0xffff);
	return bytes;
}

/* itype=, code=, rest=; then hex= or len= bytes */
static uint32_t
icmp_make(const struct words *w, uint8_t *p)
{
	struct icmphdr *icmp = (struct icmphdr *)p;
	const char *hex = word_of(w, "hex");
	uint32_t len = number_of(w, "len", 8);

	memset(icmp, 0, sizeof(*icmp));
	icmp->type = number_of(w, "itype", ICMP_ECHO);
	icmp->code = number_of(w, "code", 0);
	icmp->un.gateway = htonl(number_of(w, "rest", 0));
	if (hex != NULL)
		len = bytes_of(hex, p + sizeof(*icmp), 1500);
	else
		payload(w, p + sizeof(*icmp), len);
	icmp->checksum = sum_field(w, "isum", checksum(0, p, sizeof(*icmp) + len));
	return sizeof(*icmp) + len;
}

/* ver=, ihl=, tos=, totlen=, id=, frag=, ttl=, proto=, csum=, opts=: in front of what stands. */
static uint32_t
ip_make(const struct words *w, uint8_t *p, uint32_t bytes, uint8_t protocol, uint16_t frag)
{
	struct iphdr *ip = (struct iphdr *)p;
	const char *opts = word_of(w, "opts");
	struct sockaddr_in src, dst;
	uint32_t header = sizeof(*ip);

	ports_of(w, &src, &dst);
	memset(p, 0, IP_HEADER_MAX);
	if (opts != NULL)
		header += bytes_of(opts, p + header, IP_HEADER_MAX - header);
	header = RTE_ALIGN_CEIL(header, 4);
	ip->version = number_of(w, "ver", 4);
	ip->ihl = number_of(w, "ihl", header / 4);
	ip->tos = number_of(w, "tos", 0);
	ip->tot_len = htons(number_of(w, "totlen", header + bytes));
	ip->id = htons(number_of(w, "id", 1));
	ip->frag_off = htons(number_of(w, "frag", frag));
	ip->ttl = number_of(w, "ttl", 64);
	ip->protocol = number_of(w, "proto", protocol);
	ip->saddr = src.sin_addr.s_addr;
	ip->daddr = dst.sin_addr.s_addr;
	ip->check = sum_field(w, "csum", checksum(0, p, RTE_MAX(header, ip->ihl * 4U)));
	return header;
}

static void
ether_make(struct run *run, const struct words *w, uint8_t *frame)
{
	static const uint8_t peer[ETH_ALEN] = { 2, 0, 0, 0, 0, 2 };
	struct ether_header *eth = (struct ether_header *)frame;
	const char *src = word_of(w, "esrc");
	const char *dst = word_of(w, "edst");

	memset(eth, 0, sizeof(*eth));
	if (strcmp(word(w, 1), "lo") != 0) {
		memcpy(eth->ether_dhost, run->tap_mac, ETH_ALEN);
		memcpy(eth->ether_shost, peer, ETH_ALEN);
	}
	if (src != NULL)
		mac_of(src, eth->ether_shost);
	if (dst != NULL)
		mac_of(dst, eth->ether_dhost);
	eth->ether_type = htons(number_of(w, "etype", ETHERTYPE_IP));
}

/* What is above IP, its protocol's number into *protocol. */
static uint32_t
above_make(const struct words *w, uint8_t *p, uint8_t *protocol)
{
	const char *kind = word(w, 2);
	const char *hex = word_of(w, "hex");
	const uint32_t len = number_of(w, "len", 5);

	if (strcmp(kind, "udp") == 0) {
		*protocol = IPPROTO_UDP;
		return udp_make(w, p);
	}
	if (strcmp(kind, "icmp") == 0) {
		*protocol = IPPROTO_ICMP;
		return icmp_make(w, p);
	}
	*protocol = 200;
	if (hex != NULL)
		return bytes_of(hex, p, 1500);
	payload(w, p, len);
	return len;
}

/*
 * inject DEV udp|icmp|ip FIELD=... [piece=OFF,BYTES [mf=0|1]] [cut=BYTES] [pad=BYTES], or
 * inject DEV raw HEX. A piece is a fragment of what stands above IP; cut and pad change what is
 * behind the Ethernet header without any field knowing of it.
 */
void
op_inject(struct run *run, const struct words *w)
{
	static uint8_t above[2 * DIFF_FRAME_MAX], frame[2 * DIFF_FRAME_MAX];
	const char *piece = word_of(w, "piece");
	uint32_t off = 0, bytes, total, at = sizeof(struct ether_header);
	uint8_t protocol;
	uint16_t frag = 0;

	if (strcmp(word(w, 2), "raw") == 0) {
		bytes = bytes_of(word(w, 3), frame, sizeof(frame));
		note_status(run, run->x->inject(word(w, 1), frame, bytes));
		return;
	}
	total = bytes = above_make(w, above, &protocol);
	if (piece != NULL) {
		if (sscanf(piece, "%u,%u", &off, &bytes) != 2)
			bad_word("no piece", piece);
		frag = off / 8 | (number_of(w, "mf", off + bytes < total) != 0 ? IP_MF : 0);
	}
	ether_make(run, w, frame);
	at += ip_make(w, frame + at, bytes, protocol, frag);
	memcpy(frame + at, above + off, bytes);
	at += bytes;
	at = RTE_MIN(at, sizeof(struct ether_header) + number_of(w, "cut", at));
	bytes = number_of(w, "pad", 0);
	memset(frame + at, 0, bytes);
	note_status(run, run->x->inject(word(w, 1), frame, at + bytes));
}
