#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# fwd-csum.sh on|off: csum asks for IP and UDP checksums. With the receive offloads on, the packet
# says "verified, not in the data"; with them off, the sums in the data are the right ones.

. "$(dirname "$0")/lib.sh"

rx=$1
# 10.0.0.1 port 1000 to 10.0.0.2 port 9: 14 + 20 + 8 bytes and 18 of payload, the sums right.
frame='\x02\x6c\x6f\0\0\0\x02\x6c\x6f\0\0\x01\x08\0'
frame+='\x45\0\0\x2e\0\x01\0\0\x40\x11\x66\xbc\x0a\0\0\x01\x0a\0\0\x02'
frame+='\x03\xe8\0\x09\0\x1a\xe7\xc6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
write_pcap "$frame" >"$TMP/in.pcap"

pmd_start --vdev="${LO_DRIVER}0" --vdev="net_pcap0,rx_pcap=$TMP/in.pcap,infinite_rx=1" \
	--vdev="net_pcap1,tx_pcap=$TMP/out.pcap" --
port_exists 0 "${LO_DRIVER}0"
pmd 'port stop 0' "port config 0 rx_offload ipv4_cksum $rx" "port config 0 rx_offload udp_cksum $rx"
pmd 'csum set ip hw 0' 'csum set udp hw 0'
expect '^IP checksum offload is hw' 'IP checksums are requested'
expect '^UDP checksum offload is hw' 'UDP checksums are requested'
pmd 'port start 0'

# Fill the ring from the file, then let csum send its contents round.
pmd 'set portlist 0,1' start
sleep 0.1
pmd stop
used 0 0
filled=$USED
check 'packets wait in the ring' 'filled > 0'
pmd 'set portlist 0' 'set fwd csum' 'clear port xstats 0' start
sleep 0.3
pmd stop
expect 'Bad-ipcsum: 0 +Bad-l4csum: 0 ' 'no bad checksum'
used 0 0
xstats 0
check 'packets went round' 'X[rx_good_packets] > 10000'
check 'none was lost' 'X[tx_good_packets] == X[rx_good_packets] && USED == filled'
check 'no errors' 'X[rx_errors] + X[tx_errors] + X[rx_missed_errors] == 0'

# What is in the ring carries csum's requests: look at it, and write it to a file.
pmd 'set portlist 0,2' 'set fwd io'
pmd_start_printing
REPLY=$(grep -o 'ol_flags: .*' "$LOG" | sort | uniq -c)
N=$(awk '{ n += $1 } END { print n }' <<<"$REPLY")
check 'all of them are seen' 'N == filled'
refuse 'MBUF_F_TX' 'transmit flag on a received packet'
if [ "$rx" = on ]; then
	expect 'RX_IP_CKSUM_GOOD'
	expect 'RX_L4_CKSUM_(NONE|GOOD)'
	refuse 'RX_(IP|L4)_CKSUM_(UNKNOWN|BAD)' 'other flag'
	pmd_quit
	exit
fi
expect 'RX_L4_CKSUM_UNKNOWN.*RX_IP_CKSUM_UNKNOWN' 'nothing is said about checksums'
refuse 'CKSUM_(GOOD|BAD|NONE)' 'other flag'
pmd_quit
# Beyond the file's header, the record's and the MAC addresses, which csum rewrites.
for ((i = 0; i < filled; i++)); do
	cmp -n 48 -i $((24 + 16 + 12)):$((24 + i * 76 + 16 + 12)) "$TMP/in.pcap" "$TMP/out.pcap" ||
		fail "frame $i is not what went in"
done
echo "ok: $filled frames have the sums they went in with"
