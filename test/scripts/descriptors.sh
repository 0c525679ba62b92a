#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# The state of single descriptors, and how many are used, in an empty, a part full and a full ring.

. "$(dirname "$0")/lib.sh"

# status rx|tx OFFSET WORD
status()
{
	pmd "show port 0 ${1}q 0 desc $2 status"
	expect "= $3\$" "$4: $1 descriptor $2 is $3"
}

APP=(--rxd=200 --txd=200)
pmd_start_one ''
used 0 0
check 'an empty ring uses none' 'USED == 0'
status rx 0 AVAILABLE empty
status rx 199 AVAILABLE empty
status tx 0 DONE empty
status tx 199 DONE empty

pmd 'start tx_first 1'
sleep 0.1
pmd stop
used 0 0
check '32 packets use 32' 'USED == 32'
status rx 0 DONE 'part full'
status rx 31 DONE 'part full'
status rx 32 AVAILABLE 'part full'
status rx 199 AVAILABLE 'part full'

pmd 'set fwd txonly' start
sleep 0.1
pmd stop
used 0 0
check 'a full ring uses all' 'USED == 200'
status rx 0 DONE full
status rx 199 DONE full
status tx 0 FULL full
status tx 199 FULL full
for dir in rx tx; do
	pmd "show port 0 ${dir}q 0 desc 200 status"
	expect 'Invalid' "$dir descriptor 200 does not exist"
done
pmd_quit
