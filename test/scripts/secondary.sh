#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# Two testpmd share one port: the secondary process sends and receives on its own queue, the
# primary sees its packets in the statistics and goes on when the secondary has left.

. "$(dirname "$0")/lib.sh"

need_huge_pages

pmd_start --proc-type=primary --vdev="${LO_DRIVER}0" -- --rxq=2 --txq=2 --num-procs=2 --proc-id=0
port_exists 0 "${LO_DRIVER}0"

# second COMMAND...: a testpmd with queue 1
second()
{
	{
		for line; do
			echo "$line"
			[[ $line != start* ]] || sleep 0.5
		done
		echo quit
	} | timeout -k 5 60 stdbuf -oL dpdk-testpmd "${EAL[@]}" "${CORES[@]}" \
		--proc-type=secondary -- -i --no-mlockall --total-num-mbufs=8192 --rxq=2 --txq=2 --num-procs=2 --proc-id=1 \
		>"$TMP/second" 2>&1
	rc=$?
	REPLY=$(tr -d '\r' <"$TMP/second")
	[ "$rc" -eq 0 ] || fail "the secondary ended with status $rc: $(tail -n 30 <<<"$REPLY")"
}

second 'show port summary 0' 'start tx_first 2' stop
expect "^0 .* ${LO_DRIVER}0 +$LO_DRIVER " 'the secondary has the port'
expect 'RX P=0/Q=1' 'it works on queue 1'
refuse 'RX P=0/Q=0' 'work on queue 0'
xstats 0
used 0 1
check 'the primary sees its packets' 'X[rx_q1_packets] > 1000 &&
	X[tx_q1_packets] == X[rx_q1_packets] + USED && USED == 64'
check 'none of them on queue 0' 'X[rx_q0_packets] + X[tx_q0_packets] == 0'

pmd 'start tx_first 1'
second start stop 'show port xstats 0'
expect '^rx_q0_packets: [1-9]' "the secondary sees the primary's packets"
pmd stop
used 0 0
first=$USED
used 0 1
xstats 0
check 'both worked at once, nothing is lost' 'X[rx_q0_packets] > 1000 && first == 32 && USED == 64 &&
	X[tx_good_packets] == X[rx_good_packets] + first + USED'
check 'no errors' 'X[rx_errors] + X[tx_errors] + X[rx_missed_errors] == 0'
pmd_quit
