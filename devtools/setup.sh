# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors
#
# From a fresh Debian to a built tree. Sourced by the scripts of this folder.
#
# LO_BUILD  build folder, build/ unless set
# DPDK_SDK  DPDK source tree to take the driver headers from instead of Debian's source package

set -euo pipefail

me=${0##*/}
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${LO_BUILD:-$top/build}

# What the build needs. The programs of each script come on top.
build_packages=(
	dpdk-dev dpkg-dev gcc libc6-dev libcmocka-dev libdpdk-dev libjansson-dev libnuma-dev
	libpcap-dev meson ninja-build pkg-config zlib1g-dev
)
# Programs that the tests start.
test_packages=(dpdk iproute2 procps python3 python3-pyelftools tshark)

die()
{
	echo "$me: $1" >&2
	exit "${2:-1}"
}

# Elsewhere than on Debian somebody else has to provide what the packages have.
check_programs()
{
	local missing='' name

	for name in cc meson ninja pkg-config; do
		command -v "$name" > /dev/null || missing+=" $name"
	done
	for name in libdpdk jansson cmocka libpcap; do
		pkg-config --exists "$name" 2> /dev/null || missing+=" $name"
	done
	[ -z "$missing" ] || die "not a Debian system: install${missing} (libdpdk 22.11 or later)"
}

# Installs those of the packages that are not there, by one call of apt-get.
setup_packages()
{
	local have sudo missing=() name

	if ! command -v apt-get > /dev/null || ! command -v dpkg-query > /dev/null; then
		check_programs
		return
	fi
	have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2> /dev/null || true)
	for name in "$@"; do
		grep -qxF "installed $name" <<< "$have" || missing+=("$name")
	done
	[ ${#missing[@]} -gt 0 ] || return 0

	sudo=()
	if [ "$(id -u)" != 0 ]; then
		sudo=(sudo -n)
		sudo -n true 2> /dev/null ||
			die "packages are missing, as root run: apt-get install ${missing[*]}"
	fi
	echo "$me: installing ${missing[*]}"
	# Lists may be partly out of reach and still have what is needed.
	log apt "${sudo[@]}" apt-get -q update || true
	log apt "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		--no-install-recommends install "${missing[@]}" ||
		die "apt-get failed ($(grep -m 1 '^E:' "$build/apt.log" || true)); missing: ${missing[*]}" 75
}

# log NAME COMMAND...: what a command says goes to a file of the build folder.
log()
{
	local name=$1

	shift
	mkdir -p "$build"
	"$@" > "$build/$name.log" 2>&1 < /dev/null
}

# setup_build [MESON-OPTION...]: headers, configuration, build.
setup_build()
{
	local dpdk sdk=${DPDK_SDK:+$(realpath "$DPDK_SDK")}

	mkdir -p "$build"
	if [ -z "$sdk" ]; then
		"$top/devtools/get-dpdk-sdk" "$build"
	fi

	dpdk="$(pkg-config --modversion libdpdk) $sdk"
	if [ ! -e "$build/build.ninja" ]; then
		echo "$me: configuring in $build"
		log setup meson setup "$build" "$top" -Ddpdk_sdk="$sdk" "$@" ||
			die "$(grep -m 1 'ERROR:' "$build/setup.log" || tail -n 1 "$build/setup.log")"
	elif [ "$(cat "$build/dpdk" 2> /dev/null)" != "$dpdk" ]; then
		# Another DPDK than the one that meson looked at.
		log setup meson configure "$build" --clearcache -Ddpdk_sdk="$sdk"
		log setup meson setup --reconfigure "$build" "$top" ||
			die "$(grep -m 1 'ERROR:' "$build/setup.log" || tail -n 1 "$build/setup.log")"
	fi
	echo "$dpdk" > "$build/dpdk"

	ninja -C "$build" || die 'the build failed'
	export LD_LIBRARY_PATH=$build/drivers${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
}

# The CPUs that this process may use, one a line: a CPU of each core first, then the siblings.
setup_cpus()
{
	local allowed

	allowed=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
	{ lscpu -p=CPU,CORE 2> /dev/null || true; } | awk -F, -v allowed="$allowed" '
		BEGIN {
			n = split(allowed, range, ",")
			for (i = 1; i <= n; i++) {
				split(range[i], e, "-")
				if (e[2] == "")
					e[2] = e[1]
				for (c = e[1]; c <= e[2]; c++)
					may[c + 0] = 1
			}
		}
		/^#/ || !($1 + 0 in may) { next }
		$2 in core { sibling[++siblings] = $1; next }
		{ core[$2]; print $1; found++ }
		END {
			for (i = 1; i <= siblings; i++)
				print sibling[i]
			if (found + siblings == 0) {
				split(allowed, e, "[,-]")
				print e[1]
			}
		}'
}

# setup_eal MEGABYTES: fills "eal" with the options for memory and driver, and says which memory.
setup_eal()
{
	local want=$1 dir free size

	eal=(--no-pci "--file-prefix=$me-$$" --log-level=lib.eal:warning -d librte_net_lo.so)
	for dir in /sys/kernel/mm/hugepages/hugepages-*kB; do
		[ -r "$dir/free_hugepages" ] || continue
		free=$(< "$dir/free_hugepages")
		size=${dir##*-}
		size=$((${size%kB} / 1024))
		if [ $((free * size)) -ge "$want" ]; then
			# Needs no mounted hugetlbfs and no root.
			eal+=(--in-memory)
			echo "$me: memory: huge pages of $size MB ($free free)"
			return
		fi
	done
	eal+=(--no-huge --no-shconf -m "$want")
	echo "$me: memory: ordinary pages (less than $want MB free in huge pages;" \
		"to have them, as root: sysctl vm.nr_hugepages=$((want / 2)))"
}
