/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_STATS_H
#define LOP_STATS_H

/**
 * @file
 * Counters: Linux's, by Linux's names, and what became of packets that were lost.
 */

#include <stdio.h>

#include "lop.h"

#ifdef __cplusplus
extern "C" {
#endif

/* clang-format off */

/*
 * Linux's counters in the order of /proc/net/snmp and /proc/net/netstat: group, field. The only
 * place to edit.
 */
#define LOP_FOREACH_MIB(X) \
	X(IP_INRECEIVES, "Ip", "InReceives") \
	X(IP_INHDRERRORS, "Ip", "InHdrErrors") \
	X(IP_INADDRERRORS, "Ip", "InAddrErrors") \
	X(IP_FORWDATAGRAMS, "Ip", "ForwDatagrams") \
	X(IP_INUNKNOWNPROTOS, "Ip", "InUnknownProtos") \
	X(IP_INDISCARDS, "Ip", "InDiscards") \
	X(IP_INDELIVERS, "Ip", "InDelivers") \
	X(IP_OUTREQUESTS, "Ip", "OutRequests") \
	X(IP_OUTDISCARDS, "Ip", "OutDiscards") \
	X(IP_OUTNOROUTES, "Ip", "OutNoRoutes") \
	X(IP_REASMTIMEOUT, "Ip", "ReasmTimeout") \
	X(IP_REASMREQDS, "Ip", "ReasmReqds") \
	X(IP_REASMOKS, "Ip", "ReasmOKs") \
	X(IP_REASMFAILS, "Ip", "ReasmFails") \
	X(IP_FRAGOKS, "Ip", "FragOKs") \
	X(IP_FRAGFAILS, "Ip", "FragFails") \
	X(IP_FRAGCREATES, "Ip", "FragCreates") \
	X(IP_OUTTRANSMITS, "Ip", "OutTransmits") \
	X(ICMP_INMSGS, "Icmp", "InMsgs") \
	X(ICMP_INERRORS, "Icmp", "InErrors") \
	X(ICMP_INCSUMERRORS, "Icmp", "InCsumErrors") \
	X(ICMP_INDESTUNREACHS, "Icmp", "InDestUnreachs") \
	X(ICMP_INTIMEEXCDS, "Icmp", "InTimeExcds") \
	X(ICMP_INPARMPROBS, "Icmp", "InParmProbs") \
	X(ICMP_INSRCQUENCHS, "Icmp", "InSrcQuenchs") \
	X(ICMP_INREDIRECTS, "Icmp", "InRedirects") \
	X(ICMP_INECHOS, "Icmp", "InEchos") \
	X(ICMP_INECHOREPS, "Icmp", "InEchoReps") \
	X(ICMP_INTIMESTAMPS, "Icmp", "InTimestamps") \
	X(ICMP_INTIMESTAMPREPS, "Icmp", "InTimestampReps") \
	X(ICMP_INADDRMASKS, "Icmp", "InAddrMasks") \
	X(ICMP_INADDRMASKREPS, "Icmp", "InAddrMaskReps") \
	X(ICMP_OUTMSGS, "Icmp", "OutMsgs") \
	X(ICMP_OUTERRORS, "Icmp", "OutErrors") \
	X(ICMP_OUTRATELIMITGLOBAL, "Icmp", "OutRateLimitGlobal") \
	X(ICMP_OUTRATELIMITHOST, "Icmp", "OutRateLimitHost") \
	X(ICMP_OUTDESTUNREACHS, "Icmp", "OutDestUnreachs") \
	X(ICMP_OUTTIMEEXCDS, "Icmp", "OutTimeExcds") \
	X(ICMP_OUTPARMPROBS, "Icmp", "OutParmProbs") \
	X(ICMP_OUTSRCQUENCHS, "Icmp", "OutSrcQuenchs") \
	X(ICMP_OUTREDIRECTS, "Icmp", "OutRedirects") \
	X(ICMP_OUTECHOS, "Icmp", "OutEchos") \
	X(ICMP_OUTECHOREPS, "Icmp", "OutEchoReps") \
	X(ICMP_OUTTIMESTAMPS, "Icmp", "OutTimestamps") \
	X(ICMP_OUTTIMESTAMPREPS, "Icmp", "OutTimestampReps") \
	X(ICMP_OUTADDRMASKS, "Icmp", "OutAddrMasks") \
	X(ICMP_OUTADDRMASKREPS, "Icmp", "OutAddrMaskReps") \
	X(UDP_INDATAGRAMS, "Udp", "InDatagrams") \
	X(UDP_NOPORTS, "Udp", "NoPorts") \
	X(UDP_INERRORS, "Udp", "InErrors") \
	X(UDP_OUTDATAGRAMS, "Udp", "OutDatagrams") \
	X(UDP_RCVBUFERRORS, "Udp", "RcvbufErrors") \
	X(UDP_SNDBUFERRORS, "Udp", "SndbufErrors") \
	X(UDP_INCSUMERRORS, "Udp", "InCsumErrors") \
	X(UDP_IGNOREDMULTI, "Udp", "IgnoredMulti") \
	X(UDP_MEMERRORS, "Udp", "MemErrors") \
	X(IPEXT_INNOROUTES, "IpExt", "InNoRoutes") \
	X(IPEXT_INTRUNCATEDPKTS, "IpExt", "InTruncatedPkts") \
	X(IPEXT_INMCASTPKTS, "IpExt", "InMcastPkts") \
	X(IPEXT_OUTMCASTPKTS, "IpExt", "OutMcastPkts") \
	X(IPEXT_INBCASTPKTS, "IpExt", "InBcastPkts") \
	X(IPEXT_OUTBCASTPKTS, "IpExt", "OutBcastPkts") \
	X(IPEXT_INOCTETS, "IpExt", "InOctets") \
	X(IPEXT_OUTOCTETS, "IpExt", "OutOctets") \
	X(IPEXT_INMCASTOCTETS, "IpExt", "InMcastOctets") \
	X(IPEXT_OUTMCASTOCTETS, "IpExt", "OutMcastOctets") \
	X(IPEXT_INBCASTOCTETS, "IpExt", "InBcastOctets") \
	X(IPEXT_OUTBCASTOCTETS, "IpExt", "OutBcastOctets") \
	X(IPEXT_INCSUMERRORS, "IpExt", "InCsumErrors") \
	X(IPEXT_INNOECTPKTS, "IpExt", "InNoECTPkts") \
	X(IPEXT_INECT1PKTS, "IpExt", "InECT1Pkts") \
	X(IPEXT_INECT0PKTS, "IpExt", "InECT0Pkts") \
	X(IPEXT_INCEPKTS, "IpExt", "InCEPkts") \
	X(IPEXT_REASMOVERLAPS, "IpExt", "ReasmOverlaps") \
	X(TCPEXT_LOCKDROPPEDICMPS, "TcpExt", "LockDroppedIcmps") \
	X(TCPEXT_ARPFILTER, "TcpExt", "ArpFilter") \
	X(TCPEXT_IPREVERSEPATHFILTER, "TcpExt", "IPReversePathFilter")

/* Every reason to lose a packet: enum name, name in statistics, help. The only place to edit. */
#define LOP_FOREACH_DROP(X) \
	X(NO_ROUTE, "no_route", "no route to the destination") \
	X(ROUTE_ERROR, "route_error", "a route that refuses: blackhole, unreachable, prohibit") \
	X(HOOK, "hook", "a hook refused the packet") \
	X(HOOK_QUEUE, "hook_queue", "a hook queued it and nobody takes queued packets") \
	X(TOO_BIG, "too_big", "larger than the MTU and may not be fragmented") \
	X(FRAG_FAILED, "frag_failed", "fragmentation failed, or the output of a fragment") \
	X(NO_NEIGH, "no_neigh", "the next hop has no link address, or the table is full") \
	X(DEV_DOWN, "dev_down", "the interface is down") \
	X(TX_FULL, "tx_full", "the device's queue is full") \
	X(BACKLOG_FULL, "backlog_full", "too many packets wait on lo") \
	X(NO_MBUF, "no_mbuf", "no mbuf or memory left") \
	X(OTHERHOST, "otherhost", "the link address is another host's") \
	X(UNKNOWN_ETHERTYPE, "unknown_ethertype", "neither IPv4 nor ARP") \
	X(TRUNCATED, "truncated", "shorter than its headers say") \
	X(IP_HEADER, "ip_header", "malformed IPv4 header") \
	X(IP_CSUM, "ip_csum", "wrong IPv4 header checksum") \
	X(IP_OPTIONS, "ip_options", "malformed or refused IPv4 options") \
	X(MARTIAN, "martian", "an address that must not come from a network") \
	X(RP_FILTER, "rp_filter", "the source is not reached through this interface") \
	X(NOT_LOCAL, "not_local", "not for this host, and nothing is forwarded") \
	X(DISCARD, "discard", "multicast that is not joined, or refused in a frame for many") \
	X(REASM, "reasm", "a fragment that fits no datagram") \
	X(REASM_TIMEOUT, "reasm_timeout", "fragments whose datagram never became whole") \
	X(NO_PROTOCOL, "no_protocol", "nobody handles this protocol") \
	X(ICMP, "icmp", "an ICMP message that is malformed or not answered") \
	X(UDP_HEADER, "udp_header", "malformed UDP header") \
	X(UDP_CSUM, "udp_csum", "wrong UDP checksum") \
	X(NO_SOCKET, "no_socket", "no socket on this address and port") \
	X(SOCK_FILTER, "sock_filter", "the socket's filter refused the packet") \
	X(RCVBUF, "rcvbuf", "the socket's receive buffer is full") \
	X(SOCKET_CLOSED, "socket_closed", "unread when its socket was closed") \
	X(RATE_LIMIT, "rate_limit", "an ICMP answer over the limit") \
	X(INSTANCE_GONE, "instance_gone", "on its way when its instance was destroyed")

/* clang-format on */

/** Linux's counters: LOP_MIB_IP_INRECEIVES and so on. */
enum lop_mib {
#define X(id, group, field) LOP_MIB_##id,
	LOP_FOREACH_MIB(X)
#undef X
	LOP_MIB_COUNT
};

/** Why packets were lost: LOP_DROP_NO_ROUTE and so on. */
enum lop_drop_reason {
#define X(id, name, help) LOP_DROP_##id,
	LOP_FOREACH_DROP(X)
#undef X
	LOP_DROP_COUNT
};

/** ICMP messages by type, sent and received, as IcmpMsg has them. */
struct lop_icmpmsg {
	uint64_t in[256], out[256];
};

/** One of Linux's counters, summed over all workers. Any thread. */
LOP_API uint64_t lop_mib_read(const struct lop *lop, enum lop_mib mib);

/** The name of a counter, as "Udp" and "InDatagrams". */
LOP_API const char *lop_mib_group(enum lop_mib mib);
LOP_API const char *lop_mib_field(enum lop_mib mib);

/** Packets lost for a reason, summed over all workers. Any thread. */
LOP_API uint64_t lop_drop_read(const struct lop *lop, enum lop_drop_reason reason);

/** "no_route" and so on; the help text. */
LOP_API const char *lop_drop_name(enum lop_drop_reason reason);
LOP_API const char *lop_drop_help(enum lop_drop_reason reason);

/** Any thread. */
LOP_API void lop_icmpmsg_read(const struct lop *lop, struct lop_icmpmsg *msgs);

/**
 * Write one of Linux's files below /proc/net as Linux writes it: "snmp", "netstat", "udp", "arp",
 * "dev", "softnet_stat".
 *
 * @return
 *   0, -ENOENT for another name, -EIO.
 */
LOP_API int lop_proc_write(struct lop *lop, const char *name, FILE *f);

#ifdef __cplusplus
}
#endif

#endif
