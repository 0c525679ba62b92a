#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

# flowgen makes packets of many flows and takes back what arrives.

. "$(dirname "$0")/lib.sh"

APP=(--flowgen-flows=256)
pmd_start_one ''
pmd 'set fwd flowgen' start
sleep 0.5
pmd stop
used 0 0
xstats 0
check 'packets were made and received' 'X[rx_good_packets] > 10000'
check 'what was sent was received, or waits' 'X[tx_good_packets] == X[rx_good_packets] + USED'
check 'no errors' 'X[rx_errors] + X[tx_errors] + X[rx_missed_errors] == 0'
pmd_quit
