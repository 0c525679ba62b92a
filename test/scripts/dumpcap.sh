#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# dpdk-dumpcap, a secondary process, records what goes round; tshark reads the file and finds
# each of testpmd's packets twice, sent and received, whole.

. "$(dirname "$0")/lib.sh"

need dpdk-dumpcap tshark
need_huge_pages

APP=(--rxd=300 --txd=300)
pmd_start_one ''

# It takes no -d: the driver is preloaded. So are the mempool drivers that testpmd is linked with,
# for a pool names its driver by the number under which the process has registered it.
preload=$(ldd "$(command -v dpdk-testpmd)" | sed -nE 's/.*=> (.*librte_mempool_[^ ]*) .*/\1/p')
# -p leaves the promiscuous mode alone: it was on, and at its end dumpcap would switch it off.
# A shell starts what runs beside it with SIGINT ignored, which is how it is told to end.
LD_PRELOAD="$preload librte_$LO_DRIVER.so" env --default-signal=INT timeout -k 5 60 dpdk-dumpcap \
	--file-prefix "$PREFIX" -p -i "${LO_DRIVER}0" -w "$TMP/capture.pcapng" >"$TMP/dumpcap" 2>&1 &
dumpcap=$!
CHILDREN+=("$dumpcap")
for ((i = 0; i < 200; i++)); do
	! grep -q '^Packets captured' "$TMP/dumpcap" || break
	kill -0 "$dumpcap" 2>/dev/null || fail "dpdk-dumpcap has ended: $(cat "$TMP/dumpcap")"
	sleep 0.05
done

# 288 packets into the ring, and out again. When dumpcap leaves, no packet may be on its way:
# the capture hooks of DPDK 22.11 do not wait for a burst that is in them.
pmd 'set fwd rxonly' 'set txpkts 100' 'start tx_first 9'
sleep 0.3
pmd stop
used 0 0
xstats 0
check '288 packets went through' 'X[tx_good_packets] == 288 && X[rx_good_packets] == 288 && USED == 0'
sleep 0.5
# timeout passes it on.
kill -INT "$dumpcap"
wait "$dumpcap"
RC=$?
cat "$TMP/dumpcap"
check 'dpdk-dumpcap ends when it is told to' 'RC == 0'

tshark -r "$TMP/capture.pcapng" -T fields -e frame.len -e ip.src -e ip.dst -e udp.dstport \
	-e ip.len -o ip.check_checksum:TRUE -e ip.checksum.status >"$TMP/fields" 2>"$TMP/errors" ||
	fail "tshark: $(cat "$TMP/errors")"
N=$(wc -l <"$TMP/fields")
REPLY=$(sort "$TMP/fields" | uniq -c | sed 's/^ *//')
KINDS=$(wc -l <<<"$REPLY")
echo "captured, number and kind: $REPLY"
check '288 sent and 288 received, all alike' 'N == 576 && KINDS == 1'
expect $'^576 100\t198.18.0.1\t198.18.0.2\t9\t86\t1$' '100 bytes of testpmd to the discard port'
pmd_quit
