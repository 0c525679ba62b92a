/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Sends of raw and of ping sockets: whole IPv4 packets, made here (contract IPO-01, IPO-02, IC-03).
 */

#include <netinet/ip_icmp.h>
#include <string.h>

#include <rte_ip.h>

#include "../dp/csum.h"
#include "../dp/icmp.h"
#include "msg.h"

#define IP_BYTES sizeof(struct rte_ipv4_hdr)

static int
check_request(const struct lop_request *rq)
{
	if (rq->len > UINT16_MAX)
		return -EMSGSIZE;
	if ((rq->flags & MSG_OOB) != 0)
		return -EOPNOTSUPP;
	return 0;
}

/* The bytes of the call in an mbuf. NULL with *ret, which was counted. */
static struct rte_mbuf *
payload_of(struct lop_worker *w, struct lop_sock *sk, const struct lop_sending *s,
		const struct lop_request *rq, int *ret)
{
	struct rte_mbuf *m;

	*ret = lop_send_allowed(w, sk, rq->flags);
	if (*ret != 0)
		return NULL;
	m = rte_pktmbuf_alloc(w->lop->pool);
	if (m == NULL) {
		*ret = -ENOBUFS;
		lop_mib_add(w, IP_OUTDISCARDS, 1);
		return NULL;
	}
	*ret = lop_send_fill(w, sk, s, rq, m);
	if (*ret != 0) {
		rte_pktmbuf_free(m);
		return NULL;
	}
	return m;
}

static uint16_t
id_of(struct lop_worker *w, const struct lop_sending *s)
{
	if (s->send.connected)
		return s->send.sock->ip_id++;
	if (s->send.id_zero)
		return 0;
	return lop_ip_id(w, s->send.saddr_be, s->send.daddr_be, s->send.sock->protocol);
}

/* Put a header in front of the payload. The pool's headroom has room for it. */
static int
add_header(struct lop_worker *w, const struct lop_sending *s, struct rte_mbuf **m)
{
	struct rte_ipv4_hdr *ip = (void *)rte_pktmbuf_prepend(*m, IP_BYTES);
	const bool cut = s->send.ignore_df && (*m)->pkt_len + s->send.options_bytes > s->mtu_bytes;

	*ip = (struct rte_ipv4_hdr){
		.version_ihl = RTE_IPV4_VHL_DEF,
		.type_of_service = s->send.tos,
		.total_length = rte_cpu_to_be_16((*m)->pkt_len),
		.packet_id = rte_cpu_to_be_16(id_of(w, s)),
		.fragment_offset = s->send.df && !cut ? RTE_BE16(RTE_IPV4_HDR_DF_FLAG) : 0,
		.time_to_live = s->send.ttl,
		.next_proto_id = s->send.sock->protocol,
		.src_addr = s->send.saddr_be,
		.dst_addr = s->send.daddr_be,
	};
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	if (s->send.options_bytes == 0)
		return 0;
	return lop_options_put(w, m, s->send.options, s->send.options_bytes);
}

/* Takes m, a whole packet. */
static int
output(struct lop_worker *w, const struct lop_sending *s, struct rte_mbuf *m, uint16_t flags)
{
	int err;

	*lop_meta(m) = (struct lop_meta){ .dst = s->dst,
		.sock = s->send.sock,
		.flags = flags | (s->send.confirm ? LOP_META_CONFIRM : 0) };
	m->ol_flags |= lop_meta_flag_bit;
	lop_local_output(w, &m, 1);
	err = w->out.err;
	lop_loop(w);
	if (err == -ENOBUFS && (lop_load(s->send.sock->flags) & LOP_SOCK_RECVERR) == 0)
		err = 0;
	return err;
}

/* ICMP is counted by its type, whoever wrote it (contract OB-01); at: behind the IPv4 header. */
static void
count_icmp(struct lop_worker *w, const struct rte_mbuf *m, uint32_t at, uint8_t protocol,
		uint32_t bytes_min)
{
	const uint8_t *type;
	uint8_t copy;

	if (protocol != IPPROTO_ICMP || m->pkt_len < at + bytes_min)
		return;
	type = rte_pktmbuf_read(m, at, sizeof(copy), &copy);
	lop_icmp_count_out(w, *type);
}

/* IP_HDRINCL: what the kernel fills in, it fills in. Takes m. */
static int
output_own_header(struct lop_worker *w, const struct lop_sending *s, struct rte_mbuf *m)
{
	struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, struct rte_ipv4_hdr *);

	if (m->pkt_len < IP_BYTES || rte_ipv4_hdr_len(ip) > m->data_len ||
			rte_ipv4_hdr_len(ip) < IP_BYTES) {
		rte_pktmbuf_free(m);
		lop_mib_add(w, IP_OUTDISCARDS, 1);
		return -EINVAL;
	}
	if (ip->src_addr == 0)
		ip->src_addr = s->send.saddr_be;
	if (ip->packet_id == 0)
		ip->packet_id = rte_cpu_to_be_16(id_of(w, s));
	ip->total_length = rte_cpu_to_be_16(m->pkt_len);
	ip->hdr_checksum = 0;
	ip->hdr_checksum = ~rte_raw_cksum(ip, rte_ipv4_hdr_len(ip));
	count_icmp(w, m, rte_ipv4_hdr_len(ip), ip->next_proto_id, sizeof(struct icmphdr));
	return output(w, s, m, LOP_META_NO_REQUEST);
}

static int
send_packet(struct lop_worker *w, const struct lop_sending *s, struct rte_mbuf *m)
{
	if (add_header(w, s, &m) != 0) {
		rte_pktmbuf_free(m);
		return lop_send_no_buffer(w);
	}
	count_icmp(w, m, lop_ihl(m), s->send.sock->protocol, 1);
	return output(w, s, m, s->send.ignore_df ? LOP_META_IGNORE_DF : 0);
}

/* A raw socket's payload is all that is behind the IPv4 header: no 8 bytes of UDP. */
static int
raw_fits(struct lop_worker *w, struct lop_sock *sk, const struct lop_sending *s, size_t len,
		bool own_header)
{
	const uint32_t headers = own_header ? 0 : IP_BYTES + s->send.options_bytes;
	const uint32_t limit = s->send.ignore_df && !own_header ? LOP_DATAGRAM_MAX : s->mtu_bytes;

	if (len + headers <= limit)
		return 0;
	lop_error_local(w, sk, EMSGSIZE, s->mtu_bytes, s->send.daddr_be, lop_load(sk->dport_be));
	return -EMSGSIZE;
}

ssize_t
lop_send_raw(struct lop_worker *w, struct lop_sock *sk, const struct lop_request *rq)
{
	const bool own_header = (lop_load(sk->flags) & LOP_SOCK_HDRINCL) != 0;
	const uint64_t no_routes = lop_load(w->mib[LOP_MIB_IP_OUTNOROUTES]);
	struct lop_sending s;
	struct rte_mbuf *m;
	int ret = check_request(rq);

	/* Linux reads type and code for the route */
	if (ret == 0 && sk->protocol == IPPROTO_ICMP && !own_header && rq->len < 2)
		ret = -EFAULT;
	if (ret == 0) {
		ret = lop_send_route(w, sk, rq, &s);
		/* that counter is for others than raw sockets */
		lop_store(w->mib[LOP_MIB_IP_OUTNOROUTES], no_routes);
	}
	if (ret == 0 && (rq->flags & LOP_MSG_PROBE) != 0)
		return rq->len;
	if (ret == 0)
		ret = raw_fits(w, sk, &s, rq->len, own_header);
	if (ret != 0)
		return ret;
	if (own_header && rq->len < IP_BYTES)
		return -EINVAL;
	m = payload_of(w, sk, &s, rq, &ret);
	if (m == NULL)
		return ret;
	ret = own_header ? output_own_header(w, &s, m) : send_packet(w, &s, m);
	return ret != 0 ? ret : (ssize_t)rq->len;
}

/* A ping socket sends echo requests only; its port is their identifier. */
ssize_t
lop_send_ping(struct lop_worker *w, struct lop_sock *sk, const struct lop_request *rq)
{
	struct lop_sending s;
	struct icmphdr *icmp;
	struct rte_mbuf *m;
	struct lop_iov from = rq->iov;
	int ret = check_request(rq);

	if (ret == 0 && rq->len < sizeof(*icmp))
		ret = -EINVAL;
	if (ret == 0 && lop_iov_faulty(&from, rq->len))
		ret = -EFAULT;
	if (ret == 0)
		ret = lop_send_route(w, sk, rq, &s);
	if (ret == 0)
		ret = raw_fits(w, sk, &s, rq->len, false);
	if (ret != 0)
		return ret;
	m = payload_of(w, sk, &s, rq, &ret);
	if (m == NULL)
		return ret;
	icmp = rte_pktmbuf_mtod(m, struct icmphdr *);
	if (icmp->type != ICMP_ECHO || icmp->code != 0) {
		rte_pktmbuf_free(m);
		return -EINVAL;
	}
	icmp->un.echo.id = lop_load(sk->sport_be);
	icmp->checksum = 0;
	icmp->checksum = lop_csum_icmp(m, 0);
	ret = send_packet(w, &s, m);
	return ret != 0 ? ret : (ssize_t)rq->len;
}
