#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# dpdk-dumpcap, a secondary process, records what goes round; tshark reads the file and finds
# testpmd's packets, whole.

. "$(dirname "$0")/lib.sh"

need dpdk-dumpcap tshark
need_huge_pages

pmd_start_one ''
pmd 'set fwd io' 'set txpkts 100' 'start tx_first 1'

# It takes no -d: the driver is preloaded. So are the mempool drivers that testpmd is linked with,
# for a pool names its driver by the number under which the process has registered it.
preload=$(ldd "$(command -v dpdk-testpmd)" | sed -nE 's/.*=> (.*librte_mempool_[^ ]*) .*/\1/p')
LD_PRELOAD="$preload librte_$LO_DRIVER.so" timeout -s INT -k 5 60 dpdk-dumpcap --file-prefix "$PREFIX" \
	-i "${LO_DRIVER}0" -c 1000 -w "$TMP/capture.pcapng" >"$TMP/dumpcap" 2>&1
rc=$?
cat "$TMP/dumpcap"
check 'dpdk-dumpcap ends by itself' 'rc == 0'
pmd stop
used 0 0
xstats 0
check 'nothing was lost meanwhile' 'USED == 32 && X[tx_good_packets] == X[rx_good_packets] + USED'

tshark -r "$TMP/capture.pcapng" -T fields -e frame.len -e ip.src -e ip.dst -e udp.dstport \
	-e ip.len -o ip.check_checksum:TRUE -e ip.checksum.status >"$TMP/fields" 2>"$TMP/errors" ||
	fail "tshark: $(cat "$TMP/errors")"
N=$(wc -l <"$TMP/fields")
KINDS=$(sort -u "$TMP/fields" | wc -l)
REPLY=$(sort -u "$TMP/fields")
echo "captured: $N frames: $REPLY"
check '1000 frames and no more than a burst beyond' 'N >= 1000 && N < 1100'
check 'all alike' 'KINDS == 1'
expect $'^100\t198.18.0.1\t198.18.0.2\t9\t86\t1$' '100 bytes of testpmd to the discard port'
pmd_quit
