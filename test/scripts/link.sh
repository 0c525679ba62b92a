#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# Link down stops traffic and counts it, link up lets it go on; both are announced.

. "$(dirname "$0")/lib.sh"

pmd_start_one ''
pmd 'set fwd flowgen' start
sleep 0.2
xstats 0
check 'the link is up and packets go round' \
	'X[rx_good_packets] > 1000 && X[tx_drop_link_down] == 0'

pmd 'set link-down port 0'
sleep 0.2
pmd 'show port info 0'
expect '^Link status: down' 'the link is down'
xstats 0
before=${X[rx_good_packets]}
sleep 0.2
drops=${X[tx_drop_link_down]}
xstats 0
check 'nothing is received while it is down' 'X[rx_good_packets] == before'
check 'what is sent is counted as dropped' 'X[tx_drop_link_down] > drops && drops > 0'

pmd 'set link-up port 0'
sleep 0.2
pmd 'show port info 0'
expect '^Link status: up' 'the link is up again'
xstats 0
drops=${X[tx_drop_link_down]}
sleep 0.2
xstats 0
check 'packets go round again' 'X[rx_good_packets] > before + 1000'
check 'no more are dropped' 'X[tx_drop_link_down] == drops'
pmd stop
used 0 0
xstats 0
check 'what was sent was received, or waits' 'X[tx_good_packets] == X[rx_good_packets] + USED'
check 'the drops are the only errors' 'X[tx_errors] == X[tx_drop_link_down]'
EVENTS=$(grep -c 'Port 0: link state change event' "$LOG")
check 'both changes were announced' 'EVENTS >= 2'
pmd_quit
