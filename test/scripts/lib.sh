# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# What the stories in this folder share: they source this file, talk to a stock DPDK tool
# and say what they expect. The first claim that does not hold ends a story with status 1.
#
# LO_BUILD  meson's build folder, which has drivers/librte_net_lo.so (meson sets it)
# LO_DRIVER the driver under test, net_lo unless told otherwise
# LO_LCORES the two lcores to use, as EAL's --lcores takes them

set -u

LO_DRIVER=${LO_DRIVER:-net_lo}
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
STORY=$(basename "$0" .sh)
TMP=$(mktemp -d) || exit 1
LOG=$TMP/log
PREFIX=lo-$STORY-$$
CHILDREN=()

fail()
{
	echo "FAIL: $STORY: $*"
	if [ -s "$LOG" ]; then
		echo "--- the end of what the tool said"
		tail -n 60 "$LOG" | tail -c 6000
	fi
	exit 1
}

skip()
{
	echo "SKIP: $STORY: $*"
	exit 77
}

# Stories add their own steps with at_exit, the last one runs first.
AT_EXIT=()
at_exit()
{
	AT_EXIT=("$1" "${AT_EXIT[@]}")
}

cleanup()
{
	local step child

	# Before a folder is removed its users must be gone, hence the wait.
	for child in "${CHILDREN[@]}"; do
		kill -TERM "$child" 2>/dev/null
		wait "$child" 2>/dev/null
	done
	for step in "${AT_EXIT[@]}"; do
		eval "$step"
	done
	rm -rf "$TMP"
	[ ! -w "/var/run/dpdk/$PREFIX" ] || rm -r "/var/run/dpdk/$PREFIX"
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

# One claim: its words, then an arithmetic expression that must hold.
check()
{
	local name

	if ! (($2)); then
		grep -oE 'X\[[a-z0-9_]+\]|[A-Z]{2,}' <<<"$2" | while read -r name; do
			echo "  $name = ${!name:-absent}"
		done
		fail "$1: not ($2)"
	fi
	echo "ok: $1"
}

# The last answer has, or has not, a line like this.
expect()
{
	grep -qE -- "$1" <<<"$REPLY" || fail "expected '$1' in: $REPLY"
	echo "ok: ${2:-$1}"
}

refuse()
{
	! grep -qE -- "$1" <<<"$REPLY" || fail "did not expect '$1' in: $REPLY"
	echo "ok: no ${2:-$1}"
}

# The processors this process may run on, one a line.
cpus()
{
	local from to

	taskset -cp $$ | sed 's/.*: //' | tr , '\n' |
		while IFS=- read -r from to; do seq "$from" "${to:-$from}"; done
}

find_driver()
{
	local dir

	EAL=(--no-pci --file-prefix="$PREFIX")
	if [ -n "${LO_LCORES:-}" ]; then
		CORES=(--lcores="$LO_LCORES")
	elif [ "$(nproc)" -ge 2 ]; then
		CORES=(-l "$(cpus | head -n 2 | paste -sd,)")
	else
		CORES=('--lcores=0@0,1@0')
	fi
	[ "$LO_DRIVER" = net_lo ] || return

	for dir in "${LO_BUILD:-}" "$HERE"/../../build*; do
		if [ -n "$dir" ] && [ -e "$dir/drivers/librte_net_lo.so" ]; then
			# By name: EAL refuses a path below a world-writable folder.
			export LD_LIBRARY_PATH=$dir/drivers${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
			EAL+=(-d librte_net_lo.so)
			return
		fi
	done
	fail "no drivers/librte_net_lo.so: build it, and set LO_BUILD to the build folder"
}
find_driver
MEM=(--no-huge --no-shconf -m 512)

# The tool on a machine without it is a skip, not a failure.
need()
{
	local tool

	for tool; do
		command -v "$tool" >/dev/null || skip "$tool is not installed"
	done
}

# Secondary processes share the primary's memory, which takes huge pages: this story's own, given
# back when it ends.
need_huge_pages()
{
	local knob=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages pages=160 had got

	[ "$(id -u)" -eq 0 ] || skip 'not root, who alone can reserve huge pages'
	had=$(cat "$knob" 2>/dev/null) || skip 'no huge pages of 2 MiB here'
	at_exit "echo \$((\$(cat $knob) - $pages)) >$knob"
	echo $((had + pages)) 2>/dev/null >"$knob" || skip "cannot write $knob"
	got=$(($(cat "$knob") - had))
	[ "$got" -eq "$pages" ] || skip "the system gives $got of $pages huge pages"
	mkdir "$TMP/huge" || exit 1
	mount -t hugetlbfs -o pagesize=2M none "$TMP/huge" 2>/dev/null ||
		skip 'cannot mount hugetlbfs'
	at_exit "umount $TMP/huge"
	MEM=(--huge-dir="$TMP/huge" -m 256)
}

# dpdk_test ARGUMENTS: its input is this function's, its output the log, its
# status in RC.
dpdk_test()
{
	need dpdk-test
	timeout -k 5 60 stdbuf -oL dpdk-test "${EAL[@]}" "${CORES[@]}" "${MEM[@]}" "$@" >"$LOG" 2>&1
	RC=$?
	REPLY=$(tr -d '\r\0' <"$LOG")
}

# A capture file with one frame of 60 bytes, written in printf's escapes: testpmd's own packets
# have no ICMP and no UDP checksum.
write_pcap()
{
	printf '\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0'
	printf '\0\0\0\0\0\0\0\0\x3c\0\0\0\x3c\0\0\0'
	printf '%b' "$1"
}

# --- dpdk-testpmd, one dialogue: its input is a pipe, its output the log

# pmd_start [EAL arguments] -- [testpmd arguments]
pmd_start()
{
	local eal=() pipe=$TMP/pipe.$RANDOM

	need dpdk-testpmd
	while [ "$1" != -- ]; do
		eal+=("$1")
		shift
	done
	shift
	mkfifo "$pipe" || exit 1
	: >"$LOG"
	# Lines must appear when they are printed: the prompt is not buffered, stdio would be.
	# And what waits in a ring is the story's own, testpmd must not flush it at each start.
	timeout -k 5 100 stdbuf -oL dpdk-testpmd "${EAL[@]}" "${CORES[@]}" "${MEM[@]}" "${eal[@]}" \
		-- -i --no-mlockall --no-flush-rx --total-num-mbufs=8192 "$@" <"$pipe" >"$LOG" 2>&1 &
	PMD=$!
	CHILDREN+=("$PMD")
	exec 3>"$pipe"
	pmd_wait 0
}

# Writing to a testpmd that is gone would end the story without a word.
pmd_alive()
{
	local rc

	kill -0 "$PMD" 2>/dev/null && return
	wait "$PMD"
	rc=$?
	fail "dpdk-testpmd has ended by itself, status $rc"
}

# Until a prompt appears after byte $1 of the log.
pmd_wait()
{
	local i

	for ((i = 0; i < 600; i++)); do
		REPLY=$(tail -c "+$(($1 + 1))" "$LOG" | tr -d '\r\0')
		[[ $REPLY != *"testpmd> "* ]] || return
		pmd_alive
		sleep 0.05
	done
	fail "no prompt within 30 s"
}

# Each argument is a command; REPLY is what the last one printed.
pmd()
{
	local line from

	for line; do
		from=$(stat -c %s "$LOG")
		pmd_alive
		echo "$line" >&3
		pmd_wait "$from"
		[[ ! $REPLY =~ (Bad\ arguments|Command\ not\ found|Ambiguous\ command) ]] ||
			fail "dpdk-testpmd does not understand '$line'"
	done
}

# Start forwarding with each received packet printed, until no more come. The printing tears the
# prompt apart, which is written byte by byte, so this does not wait for it but asks for a new one.
pmd_start_printing()
{
	local size=-1 now i

	pmd 'set verbose 1'
	echo start >&3
	for ((i = 0; i < 100; i++)); do
		sleep 0.3
		now=$(stat -c %s "$LOG")
		[ "$now" -ne "$size" ] || break
		size=$now
	done
	pmd '' stop 'set verbose 0'
}

# A failed probe does not end testpmd, so every story says which ports it expects.
port_exists()
{
	pmd "show port summary $1"
	expect "^$1 .* $2 +$LO_DRIVER " "port $1 is $2"
}

# pmd_start_one DEVARGS: testpmd with one device, port 0. APP has more testpmd arguments.
pmd_start_one()
{
	pmd_start --vdev="${LO_DRIVER}0${1:+,$1}" -- "${APP[@]}"
	port_exists 0 "${LO_DRIVER}0"
}
APP=()

# X holds the extended statistics of a port, by name.
declare -A X
xstats()
{
	local name value

	pmd "show port xstats $1"
	X=()
	while IFS=': ' read -r name value; do
		[[ ! $value =~ ^[0-9]+$ ]] || X[$name]=$value
	done <<<"$REPLY"
	[ "${#X[@]}" -gt 0 ] || fail "port $1 has no statistics"
}

# Packets waiting in receive queue $2 of port $1, into USED.
used()
{
	pmd "show port $1 rxq $2 desc used count"
	[[ $REPLY =~ sed\ desc\ count\ =\ ([0-9]+) ]] || fail "no count in: $REPLY"
	USED=${BASH_REMATCH[1]}
}

pmd_quit()
{
	local rc

	pmd_alive
	echo quit >&3
	exec 3>&-
	wait "$PMD"
	rc=$?
	[ "$rc" -eq 0 ] || fail "dpdk-testpmd ended with status $rc"
	! grep -qE 'PANIC|Segmentation|BUG|double free' "$LOG" || fail "the log has a panic"
	echo "ok: dpdk-testpmd ended by itself with status 0"
}
