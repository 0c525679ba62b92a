#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# A port stops, starts, is reset and closed while another one carries traffic and does not notice.

. "$(dirname "$0")/lib.sh"

# Port 0 has received since the last time.
neighbour_runs()
{
	local before

	xstats 0
	before=${X[rx_good_packets]}
	sleep 0.1
	xstats 0
	((X[rx_good_packets] > before)) || fail "port 0 does not run when $1"
	echo "ok: port 0 runs when $1"
}

pmd_start --vdev="${LO_DRIVER}0" --vdev="${LO_DRIVER}1" --
port_exists 0 "${LO_DRIVER}0"
port_exists 1 "${LO_DRIVER}1"

# Packets are in the ring of port 1 when it stops: they must not come out later.
pmd 'set portlist 1' 'start tx_first 4'
sleep 0.2
pmd stop
used 1 0
check 'packets wait in port 1' 'USED == 128'

pmd 'set portlist 0' 'start tx_first 4'
neighbour_runs 'port 1 is idle'
pmd 'port stop 1' 'show port info 1'
expect '^Link status: down' 'port 1 is stopped'
neighbour_runs 'port 1 is stopped'
pmd 'port start 1' 'show port info 1'
expect '^Link status: up' 'port 1 is started'
used 1 0
check 'nothing is left in its ring' 'USED == 0'
neighbour_runs 'port 1 is started'
pmd 'port stop 1' 'port reset 1'
refuse 'Failed|diag' 'failure to reset'
pmd 'port start 1' 'show port info 1'
expect '^Link status: up' 'port 1 starts after a reset'
neighbour_runs 'port 1 was reset'
pmd 'port stop 1' 'port config 1 rxq 0 ring_size 77' 'port start 1'
pmd 'show rxq info 1 0'
expect '^Number of RXDs: 77$' 'it takes another ring size'
pmd stop

pmd 'set portlist 1' 'clear port xstats 1' 'start tx_first 2'
sleep 0.2
pmd stop
used 1 0
xstats 1
check 'port 1 carries packets' 'X[rx_good_packets] > 1000 && USED == 64 &&
	X[tx_good_packets] == X[rx_good_packets] + USED'

pmd 'set portlist 0' start
neighbour_runs 'port 1 waits'
pmd 'port stop 1' 'port close 1' 'show port summary all'
refuse "${LO_DRIVER}1" 'port 1'
neighbour_runs 'port 1 is closed'
pmd stop
used 0 0
check 'port 0 has lost nothing' 'USED == 128'
pmd_quit
