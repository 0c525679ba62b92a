#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors
#
# Runs test.sh in the Debian that has the given release of DPDK: makes a root with debootstrap,
# kept for the next time, and builds and tests this checkout in it. Needs root.
# Usage: test-dpdk.sh 22.11|24.11|25.11 [ARGUMENT-OF-TEST.SH...]
#
# Exits with 77 when the archive does not have what it takes at the moment.
# DPDK_SDK=DIR: source tree of that release, where Debian's source package is out of reach.

# shellcheck source=devtools/setup.sh
. "$(dirname "$0")/setup.sh"

# One URI of the system's own apt sources: that of the archive with this label.
mirror_of()
{
	# shellcheck disable=SC2016  # apt's variables
	apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' 'Identifier: Packages' |
		awk -v label="$1" '$1 == "Debian" && $2 == label { print $3; exit }'
}

make_root()
{
	local mirror security new=$root.new

	mirror=$(mirror_of Debian)
	if [ -z "$mirror" ]; then
		apt-get -q update > "$cache/apt.log" 2>&1 || true
		mirror=$(mirror_of Debian)
	fi
	[ -n "$mirror" ] || die "apt has no lists of a Debian mirror" 77
	security=$(mirror_of Debian-Security)

	echo "$me: making a root of Debian $suite"
	rm -rf --one-file-system "$new" "$root"
	debootstrap --variant=minbase --include=ca-certificates "$suite" "$new" "$mirror" \
		> "$cache/debootstrap.log" 2>&1 < /dev/null ||
		die "debootstrap of $suite failed: $(tail -n 1 "$cache/debootstrap.log")" 77

	if [ "$suite" != sid ]; then
		echo "deb $mirror $suite-updates main" >> "$new/etc/apt/sources.list"
		[ -z "$security" ] ||
			echo "deb $security $suite-security main" >> "$new/etc/apt/sources.list"
	fi
	# How this system gets at its mirror: proxies, time-outs, clocks.
	apt-config dump Acquire | grep -E '^Acquire::(https?|Check|Force|Retries)' \
		> "$new/etc/apt/apt.conf.d/90host" || true
	printf '#!/bin/sh\nexit 101\n' > "$new/usr/sbin/policy-rc.d"
	chmod +x "$new/usr/sbin/policy-rc.d"
	mkdir -p "$new/src" "$new/build" "$new/sdk"
	mv "$new" "$root"
}

# Runs in a mount namespace of its own, so whatever ends it takes the mounts away.
enter_root()
{
	local passed=(PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 LO_BUILD=/build)

	cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
	mount -t proc proc "$root/proc"
	mount --rbind /sys "$root/sys"
	mount --rbind /dev "$root/dev"
	mount --bind "$build/dpdk-$release" "$root/build"
	mount --bind "$top" "$root/src"
	mount -o remount,bind,ro "$root/src"
	if [ -n "${DPDK_SDK:-}" ]; then
		mount --bind "$(realpath "$DPDK_SDK")" "$root/sdk"
		passed+=(DPDK_SDK=/sdk)
	fi
	exec chroot "$root" env -i "${passed[@]}" bash -s "$release" "$@" <<- 'EOF'
		release=$1
		shift
		has=$(dpkg-query -W -f '${Version}' libdpdk-dev 2> /dev/null)
		if [ -z "$has" ]; then
			apt-get -q update > /build/update.log 2>&1 ||
				echo "apt-get update: $(grep -m 1 '^[EW]:' /build/update.log)"
			has=$(apt-cache policy libdpdk-dev | sed -n 's/.*Candidate: //p')
		fi
		case $has in
		$release[.~-]*) ;;
		*)
			echo "test-dpdk.sh: the archive has libdpdk-dev ${has:-not at all}, not $release"
			exit 77
			;;
		esac
		cd /src
		devtools/test.sh "$@" < /dev/null
	EOF
}

release=${1:-}
case $release in
22.11) suite=bookworm ;;
24.11) suite=trixie ;;
25.11) suite=sid ;;
*) die "usage: test-dpdk.sh 22.11|24.11|25.11 [ARGUMENT-OF-TEST.SH...], not '$release'" ;;
esac
[ "$(id -u)" = 0 ] || die 'debootstrap and chroot need root' 77

cache=${XDG_CACHE_HOME:-$HOME/.cache}/net_lo
root=$cache/root-$suite

if [ "${TEST_DPDK_INSIDE:-}" = yes ]; then
	shift
	enter_root "$@"
fi

setup_packages debootstrap
mkdir -p "$cache"
exec 9> "$cache/lock-$suite"
flock 9
# A month old is too old to say anything about the updates since.
if [ -z "$(find "$root/src" -maxdepth 0 -mtime -30 2> /dev/null)" ]; then
	make_root
fi
mkdir -p "$build/dpdk-$release"

# unshare holds back the signals that ask; with it goes all that runs inside.
TEST_DPDK_INSIDE=yes unshare --mount --propagation private --pid --fork --kill-child \
	"$0" "$@" 9>&- &
trap 'kill -KILL $!' EXIT
trap 'exit 1' HUP INT TERM
result=0
wait $! || result=$?
trap - EXIT
case $result in
0 | 77) exit $result ;;
75) exit 77 ;;
*) exit 1 ;;
esac
