/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * /proc/net/snmp and /proc/net/netstat as Linux 6.18 writes them (contract OB-01): pairs of lines,
 * the names of a group and their values.
 */

#include <errno.h>
#include <string.h>

#include "../include/lop_stats.h"
#include "proc.h"

/* Linux keeps these too; nothing here moves them but those in LOP_FOREACH_MIB. */
static const char *const tcp_ext =
		"SyncookiesSent SyncookiesRecv SyncookiesFailed EmbryonicRsts PruneCalled "
		"RcvPruned OfoPruned OutOfWindowIcmps LockDroppedIcmps ArpFilter TW "
		"TWRecycled TWKilled PAWSActive PAWSEstab BeyondWindow TSEcrRejected "
		"PAWSOldAck PAWSTimewait DelayedACKs DelayedACKLocked DelayedACKLost "
		"ListenOverflows ListenDrops TCPHPHits TCPPureAcks TCPHPAcks "
		"TCPRenoRecovery TCPSackRecovery TCPSACKReneging TCPSACKReorder "
		"TCPRenoReorder TCPTSReorder TCPFullUndo TCPPartialUndo TCPDSACKUndo "
		"TCPLossUndo TCPLostRetransmit TCPRenoFailures TCPSackFailures "
		"TCPLossFailures TCPFastRetrans TCPSlowStartRetrans TCPTimeouts "
		"TCPLossProbes TCPLossProbeRecovery TCPRenoRecoveryFail TCPSackRecoveryFail "
		"TCPRcvCollapsed TCPBacklogCoalesce TCPDSACKOldSent TCPDSACKOfoSent "
		"TCPDSACKRecv TCPDSACKOfoRecv TCPAbortOnData TCPAbortOnClose "
		"TCPAbortOnMemory TCPAbortOnTimeout TCPAbortOnLinger TCPAbortFailed "
		"TCPMemoryPressures TCPMemoryPressuresChrono TCPSACKDiscard "
		"TCPDSACKIgnoredOld TCPDSACKIgnoredNoUndo TCPSpuriousRTOs TCPMD5NotFound "
		"TCPMD5Unexpected TCPMD5Failure TCPSackShifted TCPSackMerged "
		"TCPSackShiftFallback TCPBacklogDrop PFMemallocDrop TCPMinTTLDrop "
		"TCPDeferAcceptDrop IPReversePathFilter TCPTimeWaitOverflow "
		"TCPReqQFullDoCookies TCPReqQFullDrop TCPRetransFail TCPRcvCoalesce "
		"TCPOFOQueue TCPOFODrop TCPOFOMerge TCPChallengeACK TCPSYNChallenge "
		"TCPFastOpenActive TCPFastOpenActiveFail TCPFastOpenPassive "
		"TCPFastOpenPassiveFail TCPFastOpenListenOverflow TCPFastOpenCookieReqd "
		"TCPFastOpenBlackhole TCPSpuriousRtxHostQueues BusyPollRxPackets "
		"TCPAutoCorking TCPFromZeroWindowAdv TCPToZeroWindowAdv "
		"TCPWantZeroWindowAdv TCPSynRetrans TCPOrigDataSent TCPHystartTrainDetect "
		"TCPHystartTrainCwnd TCPHystartDelayDetect TCPHystartDelayCwnd "
		"TCPACKSkippedSynRecv TCPACKSkippedPAWS TCPACKSkippedSeq "
		"TCPACKSkippedFinWait2 TCPACKSkippedTimeWait TCPACKSkippedChallenge "
		"TCPWinProbe TCPKeepAlive TCPMTUPFail TCPMTUPSuccess TCPDelivered "
		"TCPDeliveredCE TCPAckCompressed TCPZeroWindowDrop TCPRcvQDrop "
		"TCPWqueueTooBig TCPFastOpenPassiveAltKey TcpTimeoutRehash "
		"TcpDuplicateDataRehash TCPDSACKRecvSegs TCPDSACKIgnoredDubious "
		"TCPMigrateReqSuccess TCPMigrateReqFailure TCPPLBRehash TCPAORequired "
		"TCPAOBad TCPAOKeyNotFound TCPAOGood TCPAODroppedIcmps";
static const char *const mptcp_ext =
		"MPCapableSYNRX MPCapableSYNTX MPCapableSYNACKRX MPCapableACKRX "
		"MPCapableFallbackACK MPCapableFallbackSYNACK MPCapableSYNTXDrop "
		"MPCapableSYNTXDisabled MPCapableEndpAttempt MPFallbackTokenInit "
		"MPTCPRetrans MPJoinNoTokenFound MPJoinSynRx MPJoinSynBackupRx "
		"MPJoinSynAckRx MPJoinSynAckBackupRx MPJoinSynAckHMacFailure MPJoinAckRx "
		"MPJoinAckHMacFailure MPJoinRejected MPJoinSynTx MPJoinSynTxCreatSkErr "
		"MPJoinSynTxBindErr MPJoinSynTxConnectErr DSSNotMatching "
		"DSSCorruptionFallback DSSCorruptionReset InfiniteMapTx InfiniteMapRx "
		"DSSNoMatchTCP DataCsumErr OFOQueueTail OFOQueue OFOMerge NoDSSInWindow "
		"DuplicateData AddAddr AddAddrTx AddAddrTxDrop EchoAdd EchoAddTx "
		"EchoAddTxDrop PortAdd AddAddrDrop MPJoinPortSynRx MPJoinPortSynAckRx "
		"MPJoinPortAckRx MismatchPortSynRx MismatchPortAckRx RmAddr RmAddrDrop "
		"RmAddrTx RmAddrTxDrop RmSubflow MPPrioTx MPPrioRx MPFailTx MPFailRx "
		"MPFastcloseTx MPFastcloseRx MPRstTx MPRstRx SubflowStale SubflowRecover "
		"SndWndShared RcvWndShared RcvWndConflictUpdate RcvWndConflict MPCurrEstab "
		"Blackhole MPCapableDataFallback MD5SigFallback DssFallback "
		"SimultConnectFallback FallbackFailed WinProbe";

/* The names of a group of counters and their values, from the list. */
static void
put_listed(const struct lop *lop, FILE *f, const char *group)
{
	for (int id = 0; id < LOP_MIB_COUNT; id++) {
		if (strcmp(lop_mib_group(id), group) == 0)
			fprintf(f, " %s", lop_mib_field(id));
	}
	fprintf(f, "\n%s:", group);
	if (strcmp(group, "Ip") == 0) /* nothing is forwarded */
		fprintf(f, " 2 %d", lop_setting(lop, LOP_SETTING_IP_DEFAULT_TTL));
	for (int id = 0; id < LOP_MIB_COUNT; id++) {
		if (strcmp(lop_mib_group(id), group) == 0)
			fprintf(f, " %" PRIu64, lop_mib_read(lop, id));
	}
	fputc('\n', f);
}

static uint64_t
value_of(const struct lop *lop, const char *group, const char *field, size_t len)
{
	for (int id = 0; id < LOP_MIB_COUNT; id++) {
		if (strcmp(lop_mib_group(id), group) == 0 && strlen(lop_mib_field(id)) == len &&
				strncmp(lop_mib_field(id), field, len) == 0)
			return lop_mib_read(lop, id);
	}
	return 0;
}

/* The same for a group of which most fields have no counter here. */
static void
put_named(const struct lop *lop, FILE *f, const char *group, const char *fields)
{
	fprintf(f, "%s: %s\n%s:", group, fields, group);
	while (*fields != '\0') {
		size_t len = strcspn(fields, " ");

		fprintf(f, " %" PRIu64, value_of(lop, group, fields, len));
		fields += len + strspn(fields + len, " ");
	}
	fputc('\n', f);
}

/* Types that were seen, received ones first; a pair of lines holds 16. */
static void
put_icmpmsg(const struct lop *lop, FILE *f)
{
	struct lop_icmpmsg msgs;
	unsigned int seen[2 * RTE_DIM(msgs.in)];
	unsigned int n = 0;

	lop_icmpmsg_read(lop, &msgs);
	for (unsigned int i = 0; i < RTE_DIM(seen); i++) {
		if ((i < 256 ? msgs.in[i] : msgs.out[i - 256]) != 0)
			seen[n++] = i;
	}
	for (unsigned int first = 0; first < n; first += 16) {
		unsigned int end = RTE_MIN(n, first + 16);

		fputs("IcmpMsg:", f);
		for (unsigned int i = first; i < end; i++)
			fprintf(f, " %sType%u", seen[i] < 256 ? "In" : "Out", seen[i] & 0xff);
		fputs("\nIcmpMsg:", f);
		for (unsigned int i = first; i < end; i++)
			fprintf(f, " %" PRIu64,
					seen[i] < 256 ? msgs.in[seen[i]] : msgs.out[seen[i] - 256]);
		fputc('\n', f);
	}
}

int
lop_proc_snmp(struct lop *lop, FILE *f)
{
	fputs("Ip: Forwarding DefaultTTL", f);
	put_listed(lop, f, "Ip");
	fputs("Icmp:", f);
	put_listed(lop, f, "Icmp");
	put_icmpmsg(lop, f);
	/* no TCP: its constants, as Linux has them before the first connection */
	fputs("Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails "
	      "EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors\n"
	      "Tcp: 1 200 120000 -1 0 0 0 0 0 0 0 0 0 0 0\n",
			f);
	fputs("Udp:", f);
	put_listed(lop, f, "Udp");
	put_named(lop, f, "UdpLite",
			"InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors "
			"InCsumErrors IgnoredMulti MemErrors");
	return 0;
}

int
lop_proc_netstat(struct lop *lop, FILE *f)
{
	put_named(lop, f, "TcpExt", tcp_ext);
	fputs("IpExt:", f);
	put_listed(lop, f, "IpExt");
	put_named(lop, f, "MPTcpExt", mptcp_ext);
	return 0;
}

static const struct {
	const char *name;
	int (*write)(struct lop *lop, FILE *f);
} proc_files[] = {
	{ "snmp", lop_proc_snmp },
	{ "netstat", lop_proc_netstat },
	{ "udp", lop_proc_udp },
	{ "arp", lop_proc_arp },
	{ "dev", lop_proc_dev },
	{ "softnet_stat", lop_proc_softnet },
};

int
lop_proc_write(struct lop *lop, const char *name, FILE *f)
{
	for (unsigned int i = 0; i < RTE_DIM(proc_files); i++) {
		int ret;

		if (strcmp(name, proc_files[i].name) != 0)
			continue;
		ret = proc_files[i].write(lop, f);
		if (ret == 0 && (fflush(f) != 0 || ferror(f) != 0))
			ret = -EIO;
		return ret;
	}
	return -ENOENT;
}
