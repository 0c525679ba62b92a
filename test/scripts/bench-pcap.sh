#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# The kernel's own lo carries datagrams of many lengths and pings; lo-bench sends what dumpcap
# recorded there round through net_lo, and every byte comes back.

. "$(dirname "$0")/lib.sh"

need dumpcap unshare ip
[ -x "${LO_BUILD:-}/app/lo-bench" ] || skip 'no app/lo-bench below LO_BUILD'

LENGTHS=(0 1 17 18 100 1472 2000 9000 30000 65507)
PAYLOAD=$(($(IFS=+; echo "${LENGTHS[*]}")))

# In a network of its own, where nothing else is sent.
record()
{
	local capture=$1 log=$2 pid i n

	ip link set lo up || exit 77
	: >"$log"
	# Nobody listens: each datagram is answered by an ICMP error, which is recorded too.
	dumpcap -q -P -i lo -w "$capture" 2>"$log" &
	pid=$!
	for ((i = 0; i < 100; i++)); do
		grep -q '^File:' "$log" && break
		kill -0 "$pid" 2>/dev/null || exit 77
		sleep 0.05
	done
	for n in "${LENGTHS[@]}"; do
		python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(bytes(i * 7 & 255 for i in range(int(sys.argv[1]))), ("127.0.0.1", 9))' "$n" || exit 1
	done
	if command -v ping >/dev/null; then
		ping -q -i 0.2 -c 3 127.0.0.1
	fi
	# On a busy machine dumpcap comes late to what the kernel has for it.
	for ((i = 0; i < 100; i++)); do
		(($(stat -c %s "$capture") < PAYLOAD + 10 * 42)) || break
		sleep 0.05
	done
	sleep 0.2
	kill -INT "$pid"
	wait "$pid"
}
export -f record

LENGTHS_TEXT=${LENGTHS[*]}
FLAGS=(--net)
[ "$(id -u)" -eq 0 ] || FLAGS+=(--map-root-user)
timeout 60 unshare "${FLAGS[@]}" bash -c "LENGTHS=($LENGTHS_TEXT); PAYLOAD=$PAYLOAD; record '$TMP/lo.pcap' '$LOG'"
RC=$?
((RC != 77)) || skip "dumpcap may not record here: $(tail -n 1 "$LOG")"
[ -s "$TMP/lo.pcap" ] || skip "no network namespace and no capture here (status $RC)"
check 'the capture ends by itself' 'RC == 0'

: >"$LOG"
timeout 60 "$LO_BUILD/app/lo-bench" "${EAL[@]}" "${CORES[@]}" "${MEM[@]}" -- \
	loop --pcap "$TMP/lo.pcap" >"$TMP/out" 2>"$LOG"
RC=$?
REPLY=$(cat "$TMP/out")
grep '^loop:' "$TMP/out"
check 'lo-bench finds no fault' 'RC == 0'
FRAMES=$(sed -nE 's/^loop: .*: ([0-9]+) frames, .*/\1/p' "$TMP/out")
BYTES=$(sed -nE 's/^loop: .* ([0-9]+) bytes, sent round .*/\1/p' "$TMP/out")
check 'all datagrams were in the capture' 'FRAMES >= 10 && BYTES >= PAYLOAD + 10 * 42'
expect ' 0 mismatches$' 'no byte differs'
expect ' 0 frames are cut short in the capture, 0 were left out' 'every frame went round whole'
