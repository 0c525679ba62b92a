/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Output stage 1: the UDP header, and with it the IPv4 header and, where the next hop's link
 * header is known, that one too: all of them come from one image.
 *
 * in    the payload; w->send; w->out.dst, or meta.dst and w->to[] of each packet
 * out   UDP and IPv4 headers whole (w->out.headers), the checksum of the first left at the pseudo
 *       header's sum unless a real one is asked for (contract UDPH-01, UDPH-02, CK-02)
 * drop  NO_MBUF, without room for IPv4 options
 */

#include <errno.h>
#include <string.h>

#include <rte_ip.h>
#include <rte_udp.h>

#include "csum.h"
#include "image.h"
#include "ip_options.h"
#include "stages.h"

/* Write one packet's headers; its data then starts at the IPv4 header, or at the link header. */
static __rte_always_inline void
write_headers(struct lop_worker *w, const struct lop_image *im, struct rte_mbuf *m,
		const struct lop_common *c, const struct lop_to *to, bool l2)
{
	const struct lop_send *s = w->send;
	const uint16_t udp_len = rte_cpu_to_be_16(m->pkt_len + LOP_L4_BYTES);
	const uint16_t ip_len = rte_cpu_to_be_16(m->pkt_len + LOP_L4_BYTES + LOP_L3_BYTES);
	const uint16_t id = lop_ip_id_take(
			w, s->connected ? s->sock : NULL, s->id_zero, to->saddr_be, to->daddr_be);

	lop_image_put(im, rte_pktmbuf_mtod(m, uint8_t *), lop_image_type(im, ip_len),
			lop_image_middle(im, im->ip_sum + ip_len, id),
			lop_image_ports(im, s->no_check, udp_len));
	lop_own(m, c, LOP_L4_BYTES + LOP_L3_BYTES + (l2 ? LOP_L2_BYTES : 0));
}

/* Datagrams as long as one another: only ID and checksum differ. */
static __rte_always_inline void
to_one_alike(struct lop_worker *w, const struct lop_image *im, struct rte_mbuf **pkts, uint16_t n,
		const struct lop_common *c, const struct lop_to *to)
{
	const struct lop_send *s = w->send;
	const uint16_t udp_len = rte_cpu_to_be_16(pkts[0]->pkt_len + LOP_L4_BYTES);
	const uint16_t ip_len = rte_cpu_to_be_16(pkts[0]->pkt_len + LOP_L4_BYTES + LOP_L3_BYTES);
	const uint32_t ip_sum = im->ip_sum + ip_len;
	const uint64_t type = lop_image_type(im, ip_len),
		       ports = lop_image_ports(im, s->no_check, udp_len);

	for (uint16_t i = 0; i < n; i++) {
		const uint16_t id = lop_ip_id_take(w, s->connected ? s->sock : NULL, s->id_zero,
				to->saddr_be, to->daddr_be);

		lop_image_put(im, rte_pktmbuf_mtod(pkts[i], uint8_t *), type,
				lop_image_middle(im, ip_sum, id), ports);
		lop_own(pkts[i], c, LOP_L4_BYTES + LOP_L3_BYTES + LOP_L2_BYTES);
	}
}

/* Nothing is to be done before the device, which is lo. */
static __rte_always_inline bool
is_straight(const struct lop_worker *w, const struct lop_dst *dst)
{
	return lop_is_straight(w) && dst->dev == w->lop->lo &&
			(dst->cache_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) == 0;
}

/* A burst to one destination. */
static __rte_always_inline void
to_one(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_send *s = w->send;
	const struct lop_dst *dst = w->out.dst;
	const uint32_t first = pkts[0]->pkt_len;
	uint32_t longest = first, differ = 0;
	uint64_t bytes = 0;
	const struct lop_common c = lop_common_of(s, dst);
	const struct lop_to to = { s->saddr_be, s->daddr_be, s->dport_be };
	struct lop_image im;

	for (uint16_t i = 0; i < n; i++) {
		const uint32_t len = pkts[i]->pkt_len;

		longest |= len;
		differ |= len ^ first;
		bytes += len;
	}
	/* an OR within the limit means that each of them is */
	w->out.fits = longest + LOP_L3_BYTES + LOP_L4_BYTES <= dst->mtu_bytes;
	w->out.bytes = bytes + n * (LOP_L3_BYTES + LOP_L4_BYTES);

	lop_image_make(&im, s, dst->neigh);
	lop_image_to(&im, s, s->saddr_be, s->daddr_be, s->dport_be);
	w->out.linked = im.linked;
	w->out.l2 = im.linked && w->out.fits && !s->confirm && is_straight(w, dst);
	if (likely(w->out.l2 && differ == 0)) {
		to_one_alike(w, &im, pkts, n, &c, &to);
	} else {
		for (uint16_t i = 0; i < n; i++)
			write_headers(w, &im, pkts[i], &c, &to, w->out.l2);
	}
}

/* Destinations that differ in their addresses only. */
static __rte_always_inline bool
is_one_dst(struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_dst *dst = lop_meta(pkts[0])->dst;
	bool one = true;

	for (uint16_t i = 1; i < n; i++)
		one &= lop_meta(pkts[i])->dst == dst;
	return one;
}

static void
to_each(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_send *s = w->send;
	const struct lop_dst *last = lop_meta(pkts[0])->dst;
	struct lop_common c = lop_common_of(s, last);
	bool fits = true, linked;
	struct lop_image im;

	lop_image_make(&im, s, last->neigh);
	linked = im.linked;
	for (uint16_t i = 0; i < n; i++) {
		const struct lop_to *to = &w->to[i];

		c.dst = lop_meta(pkts[i])->dst;
		if (c.dst != last) {
			lop_image_make(&im, s, c.dst->neigh);
			linked &= im.linked;
			last = c.dst;
		}
		lop_image_to(&im, s, to->saddr_be, to->daddr_be, to->dport_be);
		write_headers(w, &im, pkts[i], &c, to, false);
		fits &= pkts[i]->pkt_len <= c.dst->mtu_bytes;
	}
	w->out.linked = linked;
	w->out.fits = fits;
}

/* The same where nothing is to be done behind it; false: something is. */
static bool
to_each_straight(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_send *s = w->send;
	const struct lop_dst *dst = lop_meta(pkts[0])->dst;
	const struct lop_common c = lop_common_of(s, dst);
	uint32_t longest = 0;
	uint64_t bytes = 0;
	struct lop_image im;

	if (!is_straight(w, dst) || !is_one_dst(pkts, n))
		return false;
	for (uint16_t i = 0; i < n; i++) {
		longest |= pkts[i]->pkt_len;
		bytes += pkts[i]->pkt_len;
	}
	lop_image_make(&im, s, dst->neigh);
	if (!im.linked || longest + LOP_L3_BYTES + LOP_L4_BYTES > dst->mtu_bytes)
		return false;
	for (uint16_t i = 0; i < n; i++) {
		const struct lop_to *to = &w->to[i];

		lop_image_to(&im, s, to->saddr_be, to->daddr_be, to->dport_be);
		write_headers(w, &im, pkts[i], &c, to, true);
	}
	w->out.bytes = bytes + n * (LOP_L3_BYTES + LOP_L4_BYTES);
	w->out.l2 = true;
	return true;
}

uint16_t
lop_udp_out(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	w->out.headers = true;
	if (unlikely(w->send->options_bytes != 0 || w->send->software_check || w->stamps != 0))
		return lop_udp_out_odd(w, pkts, n);
	if (likely(w->out.dst != NULL))
		to_one(w, pkts, n);
	else if (unlikely(!to_each_straight(w, pkts, n)))
		to_each(w, pkts, n);
	return n;
}

/* A source route put the first hop into the header, and its address is what is summed (CM-04). */
static void
sum_anew(struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *);
	const uint16_t pseudo = rte_ipv4_phdr_cksum(ip, 0);

	memcpy(rte_pktmbuf_mtod_offset(m, uint8_t *, lop_ihl(m) + 6), &pseudo, sizeof(pseudo));
}

/* The whole checksum; 0 is sent as 0xffff (contract UDPH-02). Data starts at the IPv4 header. */
static void
sum_in_software(struct rte_mbuf *m)
{
	/* the pseudo header's sum stands there already */
	lop_csum_finish_udp(m, lop_ihl(m));
	lop_meta(m)->flags &= ~LOP_META_CSUM_PARTIAL;
	lop_meta(m)->flags |= LOP_META_CSUM_VALID;
}

/* The first send goes into a buffer, what is added to it into pages (contract UR-05). */
static uint32_t
charge_of(const struct lop_send *s, uint32_t bytes)
{
	const uint32_t first = s->software_check ? RTE_MIN(s->first_bytes, bytes) : bytes;

	return lop_truesize_of(LOP_L4_BYTES + first, s->options_bytes) + bytes - first;
}

/*
 * Datagrams with IPv4 options, a real checksum or stamps to be told of: one by one, with room made
 * for the options, and by all stages.
 */
uint16_t
lop_udp_out_odd(struct lop_worker *w, struct rte_mbuf **pkts, uint16_t n)
{
	const struct lop_send *s = w->send;
	uint16_t kept = 0;
	struct lop_image im;

	w->out.linked = false;
	w->out.fits = true;
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		const struct lop_dst *dst = w->out.dst != NULL ? w->out.dst : lop_meta(m)->dst;
		const struct lop_to one = { s->saddr_be, s->daddr_be, s->dport_be };
		const struct lop_to *to = w->out.dst != NULL ? &one : &w->to[i];
		const struct lop_common c = lop_common_of(s, dst);
		const uint32_t charge = charge_of(s, m->pkt_len);

		lop_image_make(&im, s, NULL);
		lop_image_to(&im, s, to->saddr_be, to->daddr_be, to->dport_be);
		write_headers(w, &im, m, &c, to, false);
		lop_charge_set(m, charge);
		if (s->options_bytes != 0 &&
				lop_options_put(w, &m, s->options, s->options_bytes) != 0) {
			lop_out_drop(w, m, NO_MBUF, ENOBUFS);
			continue;
		}
		if (rte_pktmbuf_mtod(m, const struct rte_ipv4_hdr *)->dst_addr != to->daddr_be &&
				!s->no_check)
			sum_anew(m);
		if (s->software_check && !s->no_check)
			sum_in_software(m);
		w->out.fits &= m->pkt_len <= dst->mtu_bytes;
		pkts[kept++] = m;
	}
	return kept;
}
