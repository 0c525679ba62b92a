#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# Ports come and go by hot plug while another one carries traffic, again and again.

. "$(dirname "$0")/lib.sh"

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

pmd_start_one ''
pmd 'set portlist 0' 'start tx_first 4'
for round in 1 2 3 4 5; do
	pmd "port attach ${LO_DRIVER}1,mac=02:00:00:00:00:0$round"
	expect 'Port 1 is attached' "round $round: attached"
	pmd 'port start 1'
	port_exists 1 "${LO_DRIVER}1"
	expect "02:00:00:00:00:0$round" 'with the arguments of this round'
	neighbour_runs 'another is attached'
	# The same name twice is refused and does no harm.
	pmd "port attach ${LO_DRIVER}1" 'show port summary all'
	expect '^Number of available ports: 2$' 'a name is taken once'
	# testpmd has made it a forwarding port, and those cannot be detached.
	pmd stop 'set portlist 0' start 'port stop 1' 'port detach 1'
	expect 'Device is detached' 'detached'
	neighbour_runs 'another is detached'
done
pmd stop 'show port summary all'
refuse "${LO_DRIVER}1" 'trace of the last one'

# The new one carries packets too.
pmd "port attach ${LO_DRIVER}2" 'port start 1' 'set portlist 1' 'start tx_first 1'
sleep 0.2
pmd stop
used 1 0
xstats 1
check 'a plugged device carries packets' 'X[rx_good_packets] > 1000 && USED == 32 &&
	X[tx_good_packets] == X[rx_good_packets] + USED'
# Detached with packets in its ring.
pmd 'port stop 1' 'port detach 1'
expect 'Device is detached' 'detached with packets in its ring'
pmd_quit
