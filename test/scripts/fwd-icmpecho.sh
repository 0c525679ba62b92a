#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# An echo request that net_pcap brings into the ring comes out, is answered, and the answer
# comes out too: icmpecho sees twice as many packets as it sends.

. "$(dirname "$0")/lib.sh"

# One Ethernet frame: 10.0.0.1 pings 10.0.0.2, 14 + 20 + 8 bytes and 18 of payload.
frame='\x02\x6c\x6f\0\0\0\x02\x6c\x6f\0\0\x01\x08\0'
frame+='\x45\0\0\x2e\0\x01\0\0\x40\x01\x66\xcc\x0a\0\0\x01\x0a\0\0\x02'
frame+='\x08\0\xf7\xfd\0\x01\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
write_pcap "$frame" >"$TMP/ping.pcap"

pmd_start --vdev="${LO_DRIVER}0" --vdev="net_pcap0,rx_pcap=$TMP/ping.pcap,infinite_rx=1" --
port_exists 0 "${LO_DRIVER}0"

# In a round the ring is emptied first and filled from the file last: stop leaves it filled.
pmd start
sleep 0.2
pmd stop
used 0 0
check 'echo requests wait in the ring' 'USED > 0'
requests=$USED
xstats 0
check 'what was sent was received, or waits' 'X[tx_good_packets] == X[rx_good_packets] + USED'
pmd 'set portlist 0' 'set fwd icmpecho' 'clear port xstats 0' start
sleep 0.3
pmd stop
used 0 0
xstats 0
check 'each request was answered' 'X[tx_good_packets] == requests && USED == 0'
check 'requests and answers were received' 'X[rx_good_packets] == 2 * requests'
pmd_quit
